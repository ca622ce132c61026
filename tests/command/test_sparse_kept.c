/* SPDX-License-Identifier: MIT */
/* What stands in the way of a change stays, is named, and --strict tells. */
#include <string.h>

#include "support/twins.h"

static void make_repo(const char *more)
{
	sh("rm -rf r && git init -q r && cd r && %s %s", twins_tree, more);
}

/* A git before the real one: `deed` is done while pare waits for it. */
static void act_during(const char *word, const char *deed)
{
	sh("mkdir -p bin && real=$(command -v git) && cat >bin/git <<EOF\n"
	   "#!/bin/sh\n"
	   "$real \"\\$@\"; rc=\\$?\n"
	   "case \" \\$* \" in *' %s '*) cd '%s'; %s;; esac\n"
	   "exit \\$rc\n"
	   "EOF\nchmod +x bin/git", word, sandbox_path(), deed);
}

static void strict_is_1_where_something_stays(void **state)
{
	static const struct {
		const char *setup, *command, *said;
	} cases[] = {
		{ "echo longer than it was >e/five", "set --strict a",
		  "\te/five\n" },
		{ "git sparse set -q a; mkdir h; echo mine >h/mine",
		  "reapply --strict", "'h/' contains untracked files" },
		{ "git sparse set -q a; echo in the way >e",
		  "add --strict e", "\te/five\n" },
		{ "git sparse set -q a; echo in the way >e",
		  "disable --strict", "\te/five\n" },
		{ "echo mine >h/mine", "init --strict",
		  "'h/' contains untracked files" },
		{ "git sparse set -q a h; echo mine >h/mine",
		  "remove --strict h", "'h/' contains untracked files" },
		{ "echo mine >h/x.o; git sparse set -q a; mkdir h; "
		  "echo other >h/x.o", "undo --strict",
		  "'h/x.o' stays in the trash: something stands there" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct result r;

		make_repo(cases[i].setup);
		r = sh_try("cd r && git sparse %s", cases[i].command);
		if (r.rc != 1)
			print_error("%s\n", cases[i].command);
		assert_rc(r, 1);
		assert_contains(r.err, cases[i].said);
	}
	assert_text(sh("cat r/h/x.o r/.git/pare/trash/*/h/x.o"),
		    "other\nmine\n");
	make_repo("");
	sh("cd r && git sparse set --strict a && git sparse add --strict e && "
	   "git sparse reapply --strict && git sparse undo --strict && "
	   "git sparse disable --strict && git sparse init --strict");
}

static void the_trash_is_emptied_after_its_days(void **state)
{
	(void)state;
	make_repo("echo old >e/x.o; git sparse set -q a h; echo new >h/y.o; "
		  "touch -d '15 days ago' .git/pare/trash/*; "
		  "printf '[sparse]\\nkeep-removed = 16\\n' >.git/info/pare");
	sh("cd r && git sparse set a");
	assert_text(sh("cd r/.git/pare/trash && cat */e/x.o */h/y.o"),
		    "old\nnew\n");
	sh("cd r && rm .git/info/pare && git sparse set h");
	assert_text(sh("cd r/.git/pare/trash && ls */*"), "y.o\n");
}

/* Also one that is ignored, and one that the index has never seen. */
static void repositories_stay(void **state)
{
	struct result r;

	(void)state;
	make_repo("echo 'build/' >>.git/info/exclude; git init -q e/f/mine; "
		  "git init -q h/build/theirs; echo x >h/build/theirs/x");
	r = sh_try("cd r && git sparse set a");
	assert_rc(r, 0);
	assert_contains(r.err, "warning: directory 'e/' contains a repository "
			       "of its own");
	assert_contains(r.err, "warning: directory 'h/' contains a repository "
			       "of its own");
	assert_text(sh("cd r && git -C e/f/mine rev-parse --show-prefix; "
		       "cat h/build/theirs/x; test ! -e e/five"), "\nx\n");
}

static void the_current_directory_stays(void **state)
{
	(void)state;
	make_repo("echo x >e/f/x.o");
	assert_text(sh("cd r/e/f && git sparse set --skip-checks ../../a && "
		       "cd ../f && pwd | sed 's#.*/r/##'; ls -A; ls .."),
		    "e/f\nx.o\nf\n");
	sh("cd r/e/f && git sparse undo && test -e six && "
	   "git sparse set ../../a && cd .. && git sparse reapply");
	assert_text(sh("cd r && git sparse reapply && ls && "
		       "git status --porcelain"), "a\nroot\n");
}

/* A file that came after the look is of nobody's asking to be deleted. */
static void only_what_was_seen_is_deleted_for_good(void **state)
{
	struct result r;

	(void)state;
	make_repo("mkdir e/o; echo x >e/x.o; echo y >e/o/y.o; "
		  "printf '[sparse]\\nkeep-removed = 0\\n' >.git/info/pare");
	act_during("check-ignore", "echo precious >r/e/o/new");
	r = sh_try("cd r && PATH=../bin:$PATH git-sparse set a");
	assert_rc(r, 0);
	assert_contains(r.err, "warning: failed to remove directory 'e'");
	assert_text(sh("cd r/e && find . -type f && cat o/new"),
		    "./o/new\nprecious\n");
	make_repo("mkdir e/o; echo x >e/x.o; echo y >e/o/y.o; "
		  "printf '[sparse]\\nkeep-removed = 0\\n' >.git/info/pare; "
		  "git sparse set a");
	assert_text(sh("ls r; ls r/.git/pare"), "a\nroot\nundo\n");
}

/* Between the look and the deed a link takes a directory's place. */
static void a_link_that_comes_after_the_look_is_not_followed(void **state)
{
	static const char *const days[] = { "0", "14" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(days); i++) {
		make_repo("mkdir e/o; echo x >e/x.o; echo y >e/o/y.o");
		sh("rm -rf out aside && mkdir -p out/o && echo precious | "
		   "tee out/x.o >out/o/y.o && "
		   "printf '[sparse]\\nkeep-removed = %s\\n' "
		   ">r/.git/info/pare", days[i]);
		act_during("check-ignore", "mv r/e aside; ln -s ../out r/e");
		sh_try("cd r && PATH=../bin:$PATH git-sparse set a");
		assert_text(sh("cat out/x.o out/o/y.o; find out aside -type f |"
			       " LC_ALL=C sort"),
			    "precious\nprecious\naside/o/y.o\naside/x.o\n"
			    "out/o/y.o\nout/x.o\n");
	}
}

static void a_disable_that_fails_leaves_all_as_it_was(void **state)
{
	static const struct {
		const char *setup;
		int rc;
	} cases[] = {
		{ "b=$(git rev-parse HEAD:e/f/six | sed 's#..#&/#'); "
		  "rm -f .git/objects/$b", 254 },
		{ ": >.git/config.worktree.lock", 1 },
		{ ": >.git/index.lock", 128 },
	};
	static const char look[] =
		"cd r && { cat .git/config .git/config.worktree "
		".git/info/sparse-checkout; git sparse list; }";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *before;

		make_repo("git sparse set --sparse-index a");
		before = sh(look);
		sh("cd r && %s", cases[i].setup);
		assert_rc(sh_try("cd r && git sparse disable"), cases[i].rc);
		assert_text(sh(look), before);
		sh("cd r && rm -f .git/*.lock && git sparse reapply");
		assert_text(sh("ls r"), "a\nroot\n");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(strict_is_1_where_something_stays),
		sandbox_test(the_trash_is_emptied_after_its_days),
		sandbox_test(repositories_stay),
		sandbox_test(the_current_directory_stays),
		sandbox_test(only_what_was_seen_is_deleted_for_good),
		sandbox_test(a_link_that_comes_after_the_look_is_not_followed),
		sandbox_test(a_disable_that_fails_leaves_all_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
