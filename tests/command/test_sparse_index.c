/* SPDX-License-Identifier: MIT */
/* A sparse index: the same shape as git's after every change. */
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
		"reapply --sparse-index", "set a", "disable",
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

static void a_sparse_directory_that_is_present_is_git_s(void **state)
{
	struct result r;

	(void)state;
	twins_make(twins_tree);
	run_both("set --sparse-index a");
	twins_sh("mkdir -p e/f && echo other >e/f/six");
	sh("git -C g sparse-checkout add h");
	r = sh_try("git -C p sparse add h");
	assert_rc(r, 0);
	assert_contains(r.err, "note: handing over to git sparse-checkout: "
			       "a sparse directory is present");
	assert_twins("g", "p");
	sh("git -C p sparse reapply && git -C g sparse-checkout reapply");
	assert_twins("g", "p");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(directories_close_and_open_as_git_s_do),
		sandbox_test(remove_closes_what_left),
		sandbox_test(a_sparse_directory_that_is_present_is_git_s),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
