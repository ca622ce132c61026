/* SPDX-License-Identifier: MIT */
/* A sparse index: the same shape as git's after every change. */
#include "base/hash.h"
#include "pare/index.h"
#include <string.h>

#include "support/cache_tree_check.h"
#include "support/twins.h"

/* Entries as they stand in the file, sparse directories unopened. */
static void assert_same_shape(void)
{
	assert_text(sh("git -C p ls-files --sparse -t -s"),
		    sh("git -C g ls-files --sparse -t -s"));
}

static void run_both(const char *args)
{
	struct result git = sh_try("cd g && git sparse-checkout %s", args);
	struct result pare = sh_try("cd p && git sparse %s", args);

	assert_rc(pare, git.rc);
	assert_text(pare.out, git.out);
	/* Only git takes a directory that is nowhere without a word. */
	if (!strstr(args, "none"))
		assert_text(pare.err, git.err);
	assert_same_shape();
	assert_text(sh("git -C p status --porcelain=v2"),
		    sh("git -C g status --porcelain=v2"));
	assert_same_shape();
	assert_text(sh("git -C p write-tree"), sh("git -C g write-tree"));
}

static void directories_close_and_open_as_git_s_do(void **state)
{
	static const char *const commands[] = {
		"set --sparse-index a", "add e/f", "list", "set a/b/c", "set",
		"add h a/d", "reapply", "set e", "add a/b",
		"reapply --no-sparse-index", "add h",
		"reapply --sparse-index", "set a", "set e/f/none", "set",
		"disable",
	};

	(void)state;
	twins_make(twins_tree);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		run_both(commands[i]);
	assert_twins("g", "p");
}

static void remove_closes_what_left(void **state)
{
	(void)state;
	twins_make(twins_tree);
	run_both("set --sparse-index a e");
	sh("git -C p sparse remove a/b && git -C g sparse-checkout set a/d e");
	assert_same_shape();
	assert_twins("g", "p");
}

static void a_sparse_directory_that_is_present_is_opened(void **state)
{
	(void)state;
	twins_make(twins_tree);
	run_both("set --sparse-index a");
	twins_sh("mkdir -p e/f && echo other >e/f/six");
	run_both("add h");
	run_both("reapply");
	twins_sh("rm -r e");
	run_both("reapply");
	assert_twins("g", "p");
}

/* Git keeps no sparse index with conflicts in it, and reads none quietly. */
static void conflicts_leave_the_index_full(void **state)
{
	(void)state;
	twins_make(twins_tree);
	run_both("set --sparse-index a");
	twins_sh("o=$(git rev-parse HEAD:root); printf "
		 "'100644 %s 1\tclash\n100644 %s 2\tclash\n' $o $o | "
		 "git update-index --index-info");
	twins_run_in(".", "add e", false);
	assert_same_shape();
	assert_text(sh("grep -c sdir p/.git/index || true"), "0\n");
	assert_text(sh("git -C p ls-files 2>&1 | grep unmerged || true"), "");
	twins_sh("git rm -q --cached clash");
	run_both("reapply");
}

/* Trees that no commit has are written to collapse what is staged. */
static void staged_directories_collapse(void **state)
{
	(void)state;
	twins_make(twins_tree);
	twins_sh("echo staged >e/f/six; mkdir -p n/m; echo new >n/m/o; "
		 "git add e n");
	twins_run_in(".", "set --sparse-index a", false);
	assert_same_shape();
	assert_cache_tree("p");
	assert_text(sh("git -C p ls-files --sparse -s n/ e/ | cut -d' ' -f1"),
		    "040000\n040000\n");
	run_both("add e/f");
	run_both("disable");
	assert_twins("g", "p");
}

/* Cost follows the change: what lies outside is never opened for an `add`. */
static void an_add_opens_only_its_way(void **state)
{
	static const char make[] =
		"git init -q r && cd r && o=$(echo x | git hash-object -w "
		"--stdin) && for d in 1 2 3 4 5 6 7 8 9; do "
		"for f in $(seq 200); do "
		"printf '100644 %s\td%d/s%d/f%d\n' $o $d $((f % 20)) $f; "
		"done; done | git update-index --index-info && "
		"git commit -qm all && git checkout -q -- d1/s1 && git sparse set --sparse-index d1/s1";
	struct pare_index *index;

	(void)state;
	sh("%s", make);
	/* d1 has 20 directories, 10 files are in s1; 8 others stand closed. */
	assert_int_equal(pare_index_open(&index, "r/.git/index", &hash_sha1),
			 0);
	assert_int_equal(pare_index_nr(index), 10 + 19 + 8);
	pare_index_close(index);
	sh("cd r && git sparse add d3/s7");
	assert_int_equal(pare_index_open(&index, "r/.git/index", &hash_sha1),
			 0);
	assert_int_equal(pare_index_nr(index), 10 + 19 + 10 + 19 + 7);
	assert_true(pare_index_is_sparse(index));
	pare_index_close(index);
	assert_cache_tree("r");
	assert_text(sh("cd r && git write-tree && git status --porcelain"),
		    sh("cd r && git rev-parse HEAD^{tree}"));
	assert_fsck("r");
}

static void what_is_in_no_sparse_directory_is_named(void **state)
{
	struct result r;

	(void)state;
	sh("git init -q r && cd r && %s git sparse set --sparse-index a",
	   twins_tree);
	r = sh_try("git -C r sparse add --strict e/f/gg");
	assert_rc(r, 128);
	assert_contains(r.err, "'e/f/gg' is no directory of HEAD or the index");
	assert_text(sh("git -C r ls-files --sparse e"), "e/\n");
	r = sh_try("git -C r sparse add e/nowhere");
	assert_rc(r, 0);
	assert_contains(r.err, "warning: 'e/nowhere' is no directory of HEAD");
	sh("git -C r sparse add --strict e/f/g && test -e r/e/f/g/seven");
}

/* Paths as long as the system allows, and a stack as small as threads have. */
static void depth_takes_none_of_the_stack(void **state)
{
	static const char *const commands[] = {
		"add a/a", "disable", "set --cone --sparse-index x",
		"set --no-cone root", "undo", "disable",
	};

	(void)state;
	sh("git init -q r && cd r && o=$(echo x | git hash-object -w --stdin) "
	   "&& p=$(printf 'a/%%.0s' $(seq 1900)) && "
	   "printf '100644 %%s\t%%s\n' $o ${p}f $o ${p}g $o root | "
	   "git update-index --index-info");
	/* Trees of all levels are made, closed and opened. */
	sh("cd r && ulimit -s 256 && git-sparse set --sparse-index x && "
	   "git-sparse status");
	assert_text(sh("git -C r ls-files --sparse"), "a/\nroot\n");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		struct result r = sh_try("cd r && ulimit -s 256 && "
					 "git-sparse %s", commands[i]);

		assert_rc(r, 0);
	}
	assert_fsck("r");
}

/* No file comes or goes, and yet something was done. */
static void the_shape_of_the_index_is_told(void **state)
{
	static const struct {
		const char *args, *said;
	} cases[] = {
		{ "reapply -n --sparse-index", "the index would be sparse\n" },
		{ "reapply -v --sparse-index", "the index is sparse now\n" },
		{ "reapply -v --sparse-index", "nothing to do\n" },
		{ "reapply -n --no-sparse-index",
		  "the index would not be sparse any more\n" },
		{ "reapply -v --no-sparse-index",
		  "the index is not sparse any more\n" },
		{ "reapply -v", "nothing to do\n" },
	};

	(void)state;
	sh("git init -q r && cd r && %s git sparse set a", twins_tree);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_text(sh("git -C r sparse %s 2>&1", cases[i].args),
			    cases[i].said);
	/* The root is there, also when no file is directly in it. */
	sh("git init -q e && cd e && mkdir a && echo a >a/f && git add . && "
	   "git commit -qm a && git sparse set a b 2>/dev/null");
	assert_contains(sh("git -C e sparse status"),
			"           0  (the root)\n"
			"           1  a\n           0  b  (does not exist)\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(directories_close_and_open_as_git_s_do),
		sandbox_test(remove_closes_what_left),
		sandbox_test(a_sparse_directory_that_is_present_is_opened),
		sandbox_test(conflicts_leave_the_index_full),
		sandbox_test(staged_directories_collapse),
		sandbox_test(an_add_opens_only_its_way),
		sandbox_test(what_is_in_no_sparse_directory_is_named),
		sandbox_test(depth_takes_none_of_the_stack),
		sandbox_test(the_shape_of_the_index_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
