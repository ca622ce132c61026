/* SPDX-License-Identifier: MIT */
/* Random sequences with a cone, and often a sparse index: see support/random_sparse.h. */
#include "support/random_sparse.h"
#include "support/sandbox.h"

static void random_sequences_leave_what_git_leaves(void **state)
{
	(void)state;
	random_sparse_run(RANDOM_SPARSE_INDEX, 50);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(random_sequences_leave_what_git_leaves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
