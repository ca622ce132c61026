/* SPDX-License-Identifier: MIT */
/* What a terminal gets and a pipe does not: script(1) is the terminal. */
#include "support/sandbox.h"

#include <jansson.h>
#include <string.h>

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
	/* The user's word comes before the configuration, git's before ours. */
	assert_contains(on_terminal("GIT_PAGER=\"sed s/^/mine:/\" git sparse "
				    "why a"), "mine:");
	assert_not_contains(on_terminal("git -c pager.sparse=false sparse why "
					"a"), "paged:");
	assert_contains(on_terminal("GIT_PAGER=\"echo LESS is \\$LESS; cat\" "
				    "git sparse list"), "LESS is FRX\r\na");
	assert_contains(on_terminal("LESS=R GIT_PAGER=\"echo LESS is \\$LESS; "
				    "cat\" git sparse list"), "LESS is R\r\n");
}

/* Where no file comes or goes, what did change is said. */
static void a_change_without_files_is_told(void **state)
{
	static const char *const cases[][2] = {
		{ "git sparse add nowhere", "\r\nselected now: nowhere\r\n" },
		{ "git sparse undo", "no longer selected: nowhere\r\n" },
		{ "git sparse undo -n 2>/dev/null", "selected now: nowhere\r\n" },
		{ "git sparse reapply", "nothing to do\r\n" },
		{ "git sparse reapply -n --no-cone",
		  "the selection would be in non-cone mode\r\n" },
		{ "git sparse reapply --no-cone",
		  "the selection is now in non-cone mode\r\n" },
		{ "git sparse reapply --no-cone", "nothing to do\r\n" },
		{ "git sparse reapply --cone",
		  "the selection is now in cone mode\r\n" },
		{ "git sparse set --no-cone '/*' '!/*/' /a/",
		  "the selection is now in non-cone mode\r\n" },
		{ "git sparse undo", "the selection is now in cone mode\r\n" },
		{ "git sparse set --profile web", "active now: web\r\n" },
		{ "git sparse undo", "no longer active: web\r\n" },
		{ "git sparse undo", "active now: web\r\n" },
		{ "git sparse set a", "no longer active: web\r\n" },
		{ "git sparse add c d e f g",
		  "\r\nselected now: 5 directories\r\n" },
		{ "git sparse add b && echo z >>b/f && git sparse remove b",
		  "\r\nno longer selected: b\r\n" },
		{ "git sparse reapply", "\r\nnothing else to do\r\n" },
		{ "git sparse clean -n", "nothing to do\r\n" },
		{ "git sparse lint", "nothing is wrong in 1 file\r\n" },
	};

	(void)state;
	make_repository();
	write_file("r/.gitpare", "[profile \"web\"]\ndirs = a\n");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *said = on_terminal(cases[i][0]);
		size_t len = strlen(said), end = strlen(cases[i][1]);

		/* The last line, where there is a warning before it. */
		if (*cases[i][1] == '\r' && len > end)
			said += len - end;
		assert_text(said, cases[i][1]);
	}
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

static void a_share_is_neither_nothing_nor_all(void **state)
{
	(void)state;
	make_repository();
	sh("cd r && blob=$(git hash-object -w a/f) && for i in $(seq 300); do "
	   "printf '100644 %%s\tmany/%%s\n' $blob $i; done | "
	   "git update-index --index-info && git commit -qm many && "
	   "git sparse set a");
	assert_contains(sh("git -C r sparse status"),
			"1 file of 302 tracked files present (under 1%)\n");
	sh("git -C r sparse set a many");
	assert_contains(sh("git -C r sparse status"),
			"301 files of 302 tracked files present (99%)\n");
	sh("git -C r sparse add b");
	assert_contains(sh("git -C r sparse status"), "present (100%)\n");
	sh("git -C r sparse disable");
	assert_text(sh("git -C r sparse status"),
		    "not sparse: all of 302 tracked files\n"
		    "(`git sparse set <dir>...` makes a selection)\n");
}

/* The same value, in another way of writing it. */
static void no_json_drives_a_terminal(void **state)
{
	static const char name[] = "b/\x7f \xc2\x9b" "2J \xc2\xa0\xc3\xa9\033";
	const char *text;
	json_t *json;

	(void)state;
	make_repository();
	write_file("r/b/\x7f \xc2\x9b" "2J \xc2\xa0\xc3\xa9\033", "x\n");
	text = sh("git -C r sparse clean -n --json");
	assert_contains(text, "\"b/\\u007F \\u009B2J \xc2\xa0\xc3\xa9\\u001B\"");
	json = json_loads(text, 0, NULL);
	assert_string_equal(json_string_value(json_array_get(
				    json_object_get(json, "files"), 0)), name);
	json_decref(json);
}

/* Of a hook, whose words git hands us with its own. */
static void what_is_said_while_refs_move_is_made_visible(void **state)
{
	(void)state;
	make_repository();
	write_file("r/.git/hooks/reference-transaction",
		   "#!/bin/sh\nprintf 'a\\033[2J\\302\\233b\\n' >&2\n");
	sh("cd r && git commit -q --allow-empty -m y && "
	   "chmod +x .git/hooks/reference-transaction");
	assert_contains(on_terminal("git squash-last -q -m z --root"),
			"a^[[2J\\x9bb\r\n");
	assert_contains(sh("cd r; git commit -q --allow-empty -m y 2>&1; "
			   "git squash-last -q -m w --root 2>&1"),
			"a\033[2J\xc2\x9b" "b\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(lists_go_through_the_pager_on_a_terminal),
		sandbox_test(a_change_without_files_is_told),
		sandbox_test(colours_are_for_terminals_that_want_them),
		sandbox_test(a_share_is_neither_nothing_nor_all),
		sandbox_test(no_json_drives_a_terminal),
		sandbox_test(what_is_said_while_refs_move_is_made_visible),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
