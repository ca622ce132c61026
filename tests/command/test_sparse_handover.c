/* SPDX-License-Identifier: MIT */
/* What the engine leaves to git: one line says so, and git's result stands. */
#include "support/twins.h"

static void run_handed_over(const char *args)
{
	struct result git = sh_try("cd g && git sparse-checkout %s", args);
	struct result pare = sh_try("cd p && git sparse %s", args);

	assert_rc(pare, git.rc);
	assert_text(pare.out, git.out);
	assert_contains(pare.err,
			"note: handing over to git sparse-checkout: ");
	assert_twins("g", "p");
}

static void a_split_index_is_git_s(void **state)
{
	(void)state;
	twins_make(twins_tree);
	twins_sh("git update-index --split-index");
	run_handed_over("set a e");
	twins_run("list");
	sh("git -C p sparse remove a/b && git -C g sparse-checkout set a/d e");
	assert_twins("g", "p");
	run_handed_over("disable");
}

static void a_dry_run_is_not_handed_over(void **state)
{
	struct result r;

	(void)state;
	twins_make(twins_tree);
	sh("git -C p update-index --split-index");
	r = sh_try("git -C p sparse set -n a");
	assert_rc(r, 128);
	assert_text(sh("git -C p ls-files -t | grep -c ^S || true"), "0\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(a_split_index_is_git_s),
		sandbox_test(a_dry_run_is_not_handed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
