/* SPDX-License-Identifier: MIT */
/* What a terminal gets and a pipe does not: script(1) is the terminal. */
#include "support/sandbox.h"

static void make_repository(void)
{
	sh("git init -q r && cd r && mkdir -p a b && echo x >a/f &&"
	   "echo y >b/f && git add . && git commit -qm x &&"
	   "git sparse set a");
}

static const char *on_terminal(const char *command)
{
	return sh("cd r && TERM=xterm script -qec '%s' /dev/null </dev/null",
		  command);
}

static void lists_go_through_the_pager_on_a_terminal(void **state)
{
	(void)state;
	make_repository();
	sh("git config --global core.pager 'sed s/^/paged:/'");
	assert_contains(on_terminal("git sparse list"), "paged:a");
	assert_contains(on_terminal("git sparse status"), "paged:1 file of");
	/* Not twice when git has begun one. */
	assert_contains(on_terminal("git -p sparse list"), "paged:a");
	assert_not_contains(on_terminal("git -p sparse list"), "paged:paged");
	assert_not_contains(on_terminal("git --no-pager sparse list"),
			    "paged");
	assert_text(sh("cd r && git sparse list"), "a\n");
}

static void colours_are_for_terminals_that_want_them(void **state)
{
	(void)state;
	make_repository();
	sh("git config --global core.pager cat");
	write_file("r/.gitpare", "[profile \"web\"]\ntitle = Web\ndirs = a\n");
	assert_contains(on_terminal("git sparse profiles"), "\033[1mweb");
	assert_not_contains(on_terminal("NO_COLOR=1 git sparse profiles"),
			    "\033[1m");
	assert_not_contains(on_terminal("TERM=dumb git sparse profiles"),
			    "\033[1m");
	assert_not_contains(
		on_terminal("git -c color.ui=never sparse profiles"),
		"\033[1m");
	assert_not_contains(sh("cd r && git sparse profiles"), "\033[1m");
	assert_contains(sh("cd r && git -c color.ui=always sparse profiles"),
			"\033[1m");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(lists_go_through_the_pager_on_a_terminal),
		sandbox_test(colours_are_for_terminals_that_want_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
