/* SPDX-License-Identifier: MIT */
/* git sparse beside git sparse-checkout, in cone mode. */
#include <string.h>

#include "support/twins.h"

static void sequences_leave_what_git_leaves(void **state)
{
	static const char *const sequences[][8] = {
		{ "set a/b", "list", "add e/f", "list", "set h", "reapply",
		  "disable" },
		{ "set", "list", "add a", "add a/b", "add e/f/g 'sp ace'",
		  "list", "set --stdin </dev/null" },
		{ "init", "list", "add e", "reapply", "disable", "init",
		  "list" },
		{ "init --cone", "set a/b/c a/d", "list", "disable", "disable",
		  "set e" },
		{ "set a/b e/f h", "add", "set", "add a a a/", "list" },
		{ "set ./a//b/ e/../h", "list", "add 'sp ace'/" },
		{ "set --cone a", "set h", "reapply --cone", "list" },
		{ "set --skip-checks root", "list", "add --skip-checks '/e'" },
		{ "set --end-of-options a", "add -- e", "list" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sequences); i++) {
		sh("rm -rf seed g p");
		twins_make(twins_tree);
		for (size_t j = 0; j < 8 && sequences[i][j]; j++)
			twins_run(sequences[i][j]);
	}
}

static void bad_arguments_are_refused_as_git_does(void **state)
{
	static const char *const cases[] = {
		"add a",     "reapply",     "list",       "set /a",
		"set '!a'",  "set 'a*'",    "set 'a[b]'", "set 'a?'",
		"set root",  "set ../x",    "set a root", "set a/b/two",
	};

	(void)state;
	twins_make(twins_tree);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *before = sh("cd p && cat .git/config; ls -A .git; "
					"git ls-files -t -s");
		struct result git = sh_try("cd g && git sparse-checkout %s",
					   cases[i]);
		struct result pare = sh_try("cd p && git sparse %s", cases[i]);

		assert_rc(pare, git.rc);
		assert_int_equal(pare.rc, 128);
		assert_text(pare.out, "");
		/* Our hint comes behind git's line. */
		assert_int_equal(strncmp(pare.err, git.err, strlen(git.err)),
				 0);
		/* git leaves a half-made configuration; we nothing. */
		assert_text(sh("cd p && cat .git/config; ls -A .git; "
			       "git ls-files -t -s"), before);
		sh("rm -rf g && cp -a seed g && "
		   "git -C g update-index -q --refresh");
	}
}

static void modified_files_are_kept_and_named(void **state)
{
	(void)state;
	twins_make(twins_tree);
	twins_run("set a e");
	twins_sh("echo more >>e/f/six; echo staged >e/five; git add e/five");
	/* We name the staged change beside what git says. */
	twins_run_in(".", "set a", false);
	twins_run("set h");
	twins_sh("git checkout -q HEAD -- e/f/six");
	twins_run("reapply");
	twins_run("add e");
}

static void unmerged_files_are_kept_and_named(void **state)
{
	(void)state;
	twins_make("mkdir a e; echo 1 >a/x; echo 1 >e/y; git add .; "
		   "git commit -qm 1; git checkout -q -b o; echo 2 >e/y; "
		   "git commit -qam 2; git checkout -q -; echo 3 >e/y; "
		   "git commit -qam 3; git merge -q o >/dev/null 2>&1 || true");
	twins_run("set a");
	twins_run("add e");
	twins_run("set");
}

static void untracked_files_keep_their_directory(void **state)
{
	(void)state;
	twins_make(twins_tree);
	twins_sh("echo mine >e/f/mine; echo mine >h/mine");
	twins_run("set a");
	twins_run("set h");
	twins_sh("rm e/f/mine");
	twins_run("reapply");
}

static void files_present_though_skipped_are_seen(void **state)
{
	(void)state;
	twins_make(twins_tree);
	twins_run("set a");
	twins_sh("mkdir -p e/f && echo other >e/f/six && echo h >h");
	twins_run("reapply");
	twins_run("add e");
	twins_sh("rm h");
	twins_run("add h");
}

static void expected_outside_files_stay_as_they_are(void **state)
{
	(void)state;
	twins_make(twins_tree);
	twins_run("set a");
	twins_sh("git config sparse.expectFilesOutsideOfPatterns true; "
		 "mkdir -p e/f && echo other >e/f/six");
	twins_run("add e");
}

static void subdirectories_prefix_their_arguments(void **state)
{
	(void)state;
	twins_make(twins_tree);
	twins_run_in("a", "set b d", true);
	twins_run_in("a", "add ../e/f", true);
	twins_run_in("a/b", "list", true);
	twins_run_in("a", "add ../../x", true);
	twins_run_in("a", "add .", true);
}

static void stdin_lines_are_trimmed_and_unquoted(void **state)
{
	(void)state;
	twins_make(twins_tree);
	twins_sh("printf 'a/b\\n\\n  e/f  \\r\\n/h/\\n\"sp ace\"\\n' "
		 ">../lines; printf '\"a\\n' >../bad");
	twins_run("set --stdin <../lines");
	twins_run("list");
	twins_run("add --stdin <../bad");
	/* Here git leaves out what is behind the quotes. */
	assert_contains(sh_try("cd p && echo '\"e\"x' | git sparse add --stdin")
				.err, "unable to unquote C-style string '\"e\"x'");
	twins_run_in("a", "set --stdin <../../lines", true);
}

static void linked_worktrees_have_their_own_selection(void **state)
{
	(void)state;
	twins_make(twins_tree);
	twins_run("set a");
	sh("git -C g worktree add -q -b w ../gw");
	sh("git -C p worktree add -q -b w ../pw");
	assert_text(sh("cd pw && git sparse list"), "a\n");
	sh("cd gw && git sparse-checkout set e");
	sh("cd pw && git sparse set e");
	assert_twins("gw", "pw");
	twins_run("list");
}

static void the_index_keeps_its_version(void **state)
{
	(void)state;
	twins_make(twins_tree);
	twins_sh("git update-index --index-version 4");
	twins_run("set a/b");
	twins_run("add e");
	assert_text(sh("head -c 8 p/.git/index | od -An -tx1 | tr -d ' \\n'"),
		    "4449524300000004");
}

static void a_first_set_without_an_index_writes_patterns_only(void **state)
{
	(void)state;
	sh("git init -q seed && cd seed && %s", twins_tree);
	sh("git clone -q --no-checkout seed g && "
	   "git clone -q --no-checkout seed p && "
	   "git -C p remote set-url origin \"$(git -C g remote get-url "
	   "origin)\"");
	twins_run("set a/b");
}

static void an_unborn_branch_takes_patterns(void **state)
{
	(void)state;
	sh("git init -q g && git init -q p");
	twins_run("init");
	twins_run("set a/b");
	twins_run("list");
}

static void case_is_ignored_where_the_config_says_so(void **state)
{
	(void)state;
	twins_make(twins_tree);
	twins_sh("git config core.ignoreCase true");
	twins_run("set A/B E");
	twins_run("list");
	twins_run("add a");
	/* Each spelling stays, but for what is only on the way. */
	twins_run("set A/B a/b a/B e");
	twins_run("list");
	twins_run("add E A/d");
	twins_run("add a A");
	twins_run("list");
	sh("cd p && git sparse remove A a");
	assert_text(sh("cd p && git sparse list"), "E\ne\n");
}

static void submodules_survive(void **state)
{
	static const char *const commands[] = { "reapply -n", "reapply -v",
						"set -n a", "set -v a" };

	(void)state;
	sh("git init -q sub && cd sub && echo s >s && git add . && "
	   "git commit -qm s");
	twins_make("mkdir a && echo a >a/x && git add . && "
		   "git -c protocol.file.allow=always submodule --quiet add "
		   "../sub mods/c && git commit -qm m");
	twins_run_in(".", "set a", false);
	/* It is there and clean each time, and goes at no time. */
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		assert_not_contains(sh("cd p && git sparse %s 2>&1",
				       commands[i]), "removed");
	twins_run_in(".", "add mods", false);
	sh("git -C p submodule -q deinit -f mods/c");
	assert_text(sh("cd p && git sparse set -n a && git sparse set -v a "
		       "2>&1"), "1 file would be removed\n1 file removed\n");
}

/* git sparse-checkout deletes them, or stops at a bug of its own. */
static void files_to_be_added_later_stay(void **state)
{
	(void)state;
	sh("git init -q r && cd r && %s echo mine >e/mine && git add -N e/mine",
	   twins_tree);
	assert_contains(sh_try("cd r && git sparse set a").err, "\te/mine\n");
	sh("cd r && git sparse reapply --sparse-index && git sparse add h && "
	   "git sparse init --cone");
	assert_text(read_file("r/e/mine"), "mine\n");
	assert_contains(sh("git -C r status --porcelain"), " A e/mine");
	assert_fsck("r");
}

/* As many bytes as an argument may have, each second one a level. */
static void a_directory_is_never_too_deep_to_be_told(void **state)
{
	struct result r;

	(void)state;
	twins_make(twins_tree);
	twins_run_in(".", "set $(printf 'z/%.0s' $(seq 300)) a/b", false);
	twins_run_in(".", "add $(printf 'z/%.0s' $(seq 299)) e", false);
	/* Git takes minutes, and writes a file that it would not read. */
	r = sh_try("cd p && ulimit -t 60 && "
		   "git-sparse set $(printf 'z/%%.0s' $(seq 10000))");
	assert_rc(r, 128);
	assert_text(r.err, "fatal: the selection would take a pattern file of "
			   "200070003 bytes, and git reads none of more than "
			   "104857600\n");
	assert_twins("g", "p");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(sequences_leave_what_git_leaves),
		sandbox_test(bad_arguments_are_refused_as_git_does),
		sandbox_test(modified_files_are_kept_and_named),
		sandbox_test(unmerged_files_are_kept_and_named),
		sandbox_test(untracked_files_keep_their_directory),
		sandbox_test(files_present_though_skipped_are_seen),
		sandbox_test(expected_outside_files_stay_as_they_are),
		sandbox_test(subdirectories_prefix_their_arguments),
		sandbox_test(stdin_lines_are_trimmed_and_unquoted),
		sandbox_test(linked_worktrees_have_their_own_selection),
		sandbox_test(the_index_keeps_its_version),
		sandbox_test(a_first_set_without_an_index_writes_patterns_only),
		sandbox_test(an_unborn_branch_takes_patterns),
		sandbox_test(case_is_ignored_where_the_config_says_so),
		sandbox_test(submodules_survive),
		sandbox_test(files_to_be_added_later_stay),
		sandbox_test(a_directory_is_never_too_deep_to_be_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
