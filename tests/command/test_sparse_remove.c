/* SPDX-License-Identifier: MIT */
/* What git sparse-checkout lacks: remove, undo, status, --dry-run, --json. */
#include <string.h>

#include "support/twins.h"

static void make_repo(void)
{
	sh("git init -q r && cd r && %s", twins_tree);
}

static const char *list(void)
{
	return sh("git -C r sparse list");
}

/* All that a change could touch. */
static const char *everything(void)
{
	return sh("cd r && { git ls-files -t -s; find . -path ./.git/objects "
		  "-prune -o -type f ! -name index -print | LC_ALL=C sort | "
		  "xargs -d '\\n' sha1sum; sha1sum .git/index; "
		  "git config --list; }");
}

static void remove_is_set_without_the_directory(void **state)
{
	static const struct {
		const char *set, *remove, *left;
	} cases[] = {
		{ "a e h", "e", "a\nh\n" },
		{ "a e h", "a e", "h\n" },
		{ "a", "a/b", "a/d\n" },
		{ "a", "a/b/c", "a/d\n" },
		{ "a/b e", "a", "e\n" },
		{ "e h", "e/f/g", "h\n" },
		{ "a h", "a/d", "a/b\nh\n" },
		{ "a h", "nowhere", "a\nh\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		sh("rm -rf seed g p");
		twins_make(twins_tree);
		twins_sh("git sparse-checkout set a e h");
		sh("git -C p sparse set %s && git -C p sparse remove %s",
		   cases[i].set, cases[i].remove);
		assert_text(sh("git -C p sparse-checkout list"),
			    cases[i].left);
		sh("git -C p sparse-checkout list | "
		   "git -C g sparse-checkout set --stdin");
		assert_twins("g", "p");
	}
}

/* As for set and add, all spellings of a directory are one then. */
static void remove_knows_it_by_any_spelling_where_case_does_not_count(
	void **state)
{
	static const struct {
		const char *set, *remove, *left;
	} cases[] = {
		{ "a e h", "A E", "h\n" },
		{ "a/b e", "A/B", "e\n" },
		{ "a", "A/b", "a/d\n" },
		{ "A", "a/B/C", "a/d\n" },
		{ "A e/f/g h", "E a/D", "a/b\nh\n" },
		{ "H h e", "h", "e\n" },
		{ "a h", "ab", "a\nh\n" },
	};

	(void)state;
	make_repo();
	sh("git -C r config core.ignoreCase true");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		sh("git -C r sparse set %s && git -C r sparse remove %s",
		   cases[i].set, cases[i].remove);
		assert_text(sh("git -C r sparse-checkout list"), cases[i].left);
		assert_text(sh("cd r && git status --porcelain && git ls-files "
			       "-t >../p && git sparse-checkout reapply && "
			       "git ls-files -t | diff ../p -"), "");
	}
	/* Below directories that differ in nothing else, and of profiles. */
	sh("cd r && git sparse disable && mkdir -p A/b A/x && echo 1 >A/b/f && "
	   "echo 1 >A/x/f && printf '[profile \"p\"]\ndirs = a\n  e\n"
	   "exclude = a/d\n' >.gitpare && git -c core.ignoreCase=false "
	   "add . && git commit -qm A && git sparse set a && git sparse remove a/b");
	assert_text(list(), "A/x\na/d\n");
	assert_contains(sh("cd r && git sparse set --profile p H && "
			   "git sparse remove E h 2>&1"),
			"warning: 'E' stays: profile 'p' wants it");
	assert_text(list(), "A/b\nA/x\na/b\ne\n");
	sh("cd r && git sparse remove --anyway E/F A/X");
	assert_text(list(), "A/b\na/b\n");
	sh("cd r && git sparse add e/f a/x");
	assert_text(list(), "A/b\nA/x\na/b\na/x\ne\n");
	assert_fsck("r");
}

static void remove_says_what_it_cannot_keep(void **state)
{
	struct result r;

	(void)state;
	make_repo();
	sh("git -C r sparse set e h");
	r = sh_try("git -C r sparse remove e/f");
	assert_rc(r, 0);
	assert_contains(r.err, "nothing beside 'e/f' is left of 'e'");
	r = sh_try("git -C r sparse remove a");
	assert_rc(r, 0);
	assert_contains(r.err, "'a' is not selected");
	assert_text(list(), "h\n");
}

static void add_begins_where_nothing_is_checked_out(void **state)
{
	(void)state;
	sh("git init -q seed && cd seed && %s", twins_tree);
	sh("git clone -q --no-checkout seed r && git -C r sparse add a/b e/f");
	assert_text(list(), "a/b\ne/f\n");
	assert_text(sh("cd r && find . -path ./.git -prune -o -type f -print | "
		       "LC_ALL=C sort"),
		    "./.gitignore\n./a/b/c/three\n./a/b/two\n./a/one\n"
		    "./e/f/g/seven\n./e/f/six\n./e/five\n./root\n");
	assert_text(sh("git -C r status --porcelain"), "");
	assert_text(sh("ls r/.git/pare"), "undo\n");
	assert_fsck("r");
}

static void add_in_a_full_tree_points_to_set(void **state)
{
	struct result r;

	(void)state;
	make_repo();
	r = sh_try("git -C r sparse add a");
	assert_rc(r, 128);
	assert_text(r.err,
		    "fatal: no sparse-checkout to add to\n"
		    "hint: use `git sparse set <dir>...` to narrow this full "
		    "work tree\n");
}

static void undo_goes_back_and_forth(void **state)
{
	const char *full, *first, *second;

	(void)state;
	make_repo();
	full = sh("cd r && git ls-files -t; git status --porcelain");
	assert_rc(sh_try("git -C r sparse undo"), 128);
	sh("git -C r sparse set a/b");
	first = sh("cd r && git sparse list; git ls-files -t");
	sh("git -C r sparse set e h");
	second = sh("cd r && git sparse list; git ls-files -t");
	sh("git -C r sparse undo");
	assert_text(sh("cd r && git sparse list; git ls-files -t"), first);
	sh("git -C r sparse undo");
	assert_text(sh("cd r && git sparse list; git ls-files -t"), second);
	sh("git -C r sparse disable && git -C r sparse undo");
	assert_text(sh("cd r && git sparse list; git ls-files -t"), second);
	sh("git -C r sparse undo");
	assert_text(sh("cd r && git ls-files -t; git status --porcelain"),
		    full);
	assert_fsck("r");
}

static void ignored_files_go_to_the_trash_and_come_back(void **state)
{
	(void)state;
	make_repo();
	sh("cd r && git sparse set a e && echo built >e/f/x.o && "
	   "git sparse set a");
	assert_int_equal(sh_try("test -e r/e").rc, 1);
	assert_text(sh("find r/.git/pare/trash -name x.o | wc -l"), "1\n");
	sh("git -C r sparse undo");
	assert_text(read_file("r/e/f/x.o"), "built\n");
	assert_text(list(), "a\ne\n");
}

static void dry_run_changes_nothing(void **state)
{
	static const char *const commands[] = {
		"set a", "set h e", "disable", "add e", "remove a/b", "reapply",
	};
	const char *before;

	(void)state;
	make_repo();
	before = everything();
	assert_contains(sh("git -C r sparse set -n a"), "removed");
	assert_text(everything(), before);
	sh("git -C r sparse set a");
	before = everything();
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		sh("git -C r sparse %s --dry-run", commands[i]);
		assert_text(everything(), before);
	}
	assert_contains(sh("git -C r sparse add -n e"),
			"3 files would be written");
}

static void json_says_what_was_done(void **state)
{
	const char *json;

	(void)state;
	make_repo();
	json = sh("git -C r sparse set --json a/b h");
	assert_contains(json, "\"files_removed\": 5");
	assert_contains(json, "\"dirs_after\"");
	assert_contains(sh("git -C r sparse list --json"), "\"a/b\"");
	assert_contains(sh("git -C r sparse status --json"),
			"\"present\"");
}

static void status_counts(void **state)
{
	const char *status;

	(void)state;
	make_repo();
	assert_contains(sh("git -C r sparse status"), "not sparse");
	sh("git -C r sparse set a/b h");
	status = sh("git -C r sparse status");
	assert_contains(status, "8 files of 13 tracked files present");
	assert_contains(status, "2  a/b\n");
	assert_contains(status, "2  h\n");
	sh("cd r && mkdir -p e/f && git show HEAD:e/f/six >e/f/six");
	assert_contains(sh("git -C r sparse status"),
			"1 file present outside of the selection:\n  e/f/six");
}

static void a_directory_that_exists_nowhere_is_named(void **state)
{
	const char *before;
	struct result r;

	(void)state;
	make_repo();
	before = everything();
	r = sh_try("git -C r sparse set --strict a sp\\ acce");
	assert_rc(r, 128);
	assert_contains(r.err, "fatal: 'sp acce' is no directory of HEAD or "
			       "the index");
	assert_contains(r.err, "hint: did you mean 'sp ace'?");
	assert_text(everything(), before);
	r = sh_try("git -C r sparse set a sp\\ acce");
	assert_rc(r, 0);
	assert_contains(r.err, "'sp acce' is no directory");
}

static void a_taken_lock_changes_nothing(void **state)
{
	static const char *const locks[] = { "index.lock",
					     "info/sparse-checkout.lock" };
	struct result r;

	(void)state;
	make_repo();
	for (size_t i = 0; i < ARRAY_SIZE(locks); i++) {
		const char *before;

		sh("mkdir -p r/.git/info && : >r/.git/%s", locks[i]);
		before = everything();
		r = sh_try("git -C r sparse set a");
		assert_rc(r, 128);
		assert_contains(r.err, "fatal: Unable to create '");
		assert_contains(r.err, "File exists.");
		assert_text(everything(), before);
		sh("rm r/.git/%s", locks[i]);
	}
}

static void a_failed_configuration_is_code_1_and_changes_nothing(void **state)
{
	const char *before;

	(void)state;
	make_repo();
	sh(": >r/.git/config.lock");
	before = everything();
	assert_rc(sh_try("git -C r sparse set a"), 1);
	assert_text(everything(), before);
}

static void a_missing_blob_rolls_all_back(void **state)
{
	const char *before;
	struct result r;

	(void)state;
	make_repo();
	sh("cd r && git sparse set a && b=$(git rev-parse HEAD:e/f/six) && "
	   "rm -f .git/objects/$(echo $b | cut -c1-2)/$(echo $b | cut -c3-)");
	before = everything();
	r = sh_try("git -C r sparse add e");
	assert_rc(r, 254);
	assert_text(everything(), before);
	assert_text(sh("ls r"), "a\nroot\n");
}

static void staged_changes_that_leave_are_named(void **state)
{
	struct result r;

	(void)state;
	make_repo();
	sh("cd r && echo new >e/five && git add e/five");
	r = sh_try("git -C r sparse set a");
	assert_rc(r, 0);
	assert_contains(r.err, "'e/five' has staged changes");
	assert_text(sh("git -C r status --porcelain"), "M  e/five\n");
	assert_text(sh("git -C r cat-file -p :e/five"), "new\n");
}

static void touched_files_count_as_clean(void **state)
{
	(void)state;
	make_repo();
	sh("cd r && touch -d 2001-01-01 e/f/six && git sparse set a");
	assert_int_equal(sh_try("test -e r/e").rc, 1);
}

static void links_are_never_followed(void **state)
{
	(void)state;
	make_repo();
	sh("mkdir -p outside/f && echo precious >outside/f/six && "
	   "echo precious >outside/five");
	sh("cd r && git sparse set a && ln -s ../outside e");
	sh("cd r && git sparse reapply; git sparse set h; "
	   "git sparse add e || true; git sparse disable || true");
	assert_text(read_file("outside/f/six"), "precious\n");
	assert_text(read_file("outside/five"), "precious\n");
	assert_text(sh("find outside | LC_ALL=C sort"),
		    "outside\noutside/f\noutside/f/six\noutside/five\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(remove_is_set_without_the_directory),
		sandbox_test(
			remove_knows_it_by_any_spelling_where_case_does_not_count),
		sandbox_test(remove_says_what_it_cannot_keep),
		sandbox_test(add_begins_where_nothing_is_checked_out),
		sandbox_test(add_in_a_full_tree_points_to_set),
		sandbox_test(undo_goes_back_and_forth),
		sandbox_test(ignored_files_go_to_the_trash_and_come_back),
		sandbox_test(dry_run_changes_nothing),
		sandbox_test(json_says_what_was_done),
		sandbox_test(status_counts),
		sandbox_test(a_directory_that_exists_nowhere_is_named),
		sandbox_test(a_taken_lock_changes_nothing),
		sandbox_test(a_failed_configuration_is_code_1_and_changes_nothing),
		sandbox_test(a_missing_blob_rolls_all_back),
		sandbox_test(staged_changes_that_leave_are_named),
		sandbox_test(touched_files_count_as_clean),
		sandbox_test(links_are_never_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
