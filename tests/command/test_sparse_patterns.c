/* SPDX-License-Identifier: MIT */
/* Patterns instead of a cone, git beside pare. */
#include "support/twins.h"

static void patterns_decide_as_git_s_do(void **state)
{
	(void)state;
	twins_make(twins_tree);
	twins_run("set --no-cone '/*' '!/e/' '*.txt'");
	twins_run("list");
	twins_run("add '/e/f/'");
	twins_run("set");
	twins_run("set '**/three' '/e' '!seven' 'h/' '[a]/one'");
	twins_run("add 'nowhere' '!/e/f/'");
	twins_run("list");
	twins_run("reapply");
	/* Everything is a cone too. */
	twins_run("disable");
}

static void a_line_of_patterns_can_be_removed(void **state)
{
	(void)state;
	twins_make(twins_tree);
	twins_run("set --no-cone /root /e/ /h/");
	sh("git -C p sparse remove /e/");
	sh("git -C g sparse-checkout set /root /h/");
	assert_twins("g", "p");
}

static void patterns_become_a_cone_again(void **state)
{
	(void)state;
	twins_make(twins_tree);
	twins_run("set --no-cone /root /e/");
	twins_run("set --cone a");
	twins_run("list");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(patterns_decide_as_git_s_do),
		sandbox_test(a_line_of_patterns_can_be_removed),
		sandbox_test(patterns_become_a_cone_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
