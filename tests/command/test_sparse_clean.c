/* SPDX-License-Identifier: MIT */
/*
 * git sparse clean: git has it since 2.52, so what is expected is written
 * here. Directories outside of which nothing is checked out are emptied.
 */
#include "support/sandbox.h"
#include "support/twins.h"

/* A cone with leftovers outside: untracked, ignored, below and beside. */
static void make_leftovers(void)
{
	sh("git init -q r && cd r && %s"
	   "git sparse set a/b\n"
	   "mkdir -p e/f h a/d x\n"
	   "echo 1 >e/f/left; echo 2 >e/left.o; echo 3 >h/left; "
	   "echo 4 >a/d/left.o; echo 5 >x/mine; echo 6 >a/b/mine",
	   twins_tree);
}

static void clean_says_what_it_removes(void **state)
{
	struct result r;

	(void)state;
	make_leftovers();
	r = sh_try("cd r && git sparse clean");
	assert_rc(r, 128);
	assert_text(r.err, "fatal: for safety, refusing to clean without one "
			   "of --force or --dry-run\n");
	r = sh_try("cd r && git sparse clean --dry-run");
	assert_rc(r, 0);
	assert_text(r.out, "Would remove a/d/\nWould remove e/\n"
			   "Would remove h/\n");
	r = sh_try("cd r && git sparse clean -n -v");
	assert_text(r.out, "Would remove a/d/left.o\nWould remove e/f/left\n"
			   "Would remove e/left.o\nWould remove h/left\n");
	assert_non_null(read_file("r/e/f/left"));
	r = sh_try("cd r && git sparse clean -f");
	assert_rc(r, 0);
	assert_text(r.out, "Removing a/d/\nRemoving e/\nRemoving h/\n");
	assert_text(r.err, "");
	assert_text(sh("cd r && test ! -e a/d -a ! -e e -a ! -e h; cat x/mine a/b/mine; "
		       "git status --porcelain"), "5\n6\n?? a/b/mine\n?? x/\n");
	r = sh_try("cd r && git -c clean.requireForce=false sparse clean");
	assert_rc(r, 0);
	assert_text(r.out, "");
	assert_fsck("r");
}

static void clean_needs_a_cone(void **state)
{
	struct result r;

	(void)state;
	sh("git init -q r && cd r && %s", twins_tree);
	r = sh_try("cd r && git sparse clean -f");
	assert_rc(r, 128);
	assert_text(r.err, "fatal: must be in a sparse-checkout to clean "
			   "directories\n");
	sh("cd r && git sparse set --no-cone /a");
	r = sh_try("cd r && git sparse clean -f");
	assert_rc(r, 128);
	assert_text(r.err, "fatal: must be in a cone-mode sparse-checkout to "
			   "clean directories\n");
	sh("cd r && git sparse set --cone a; o=$(git rev-parse HEAD:root); "
	   "printf '100644 %%s 1\\tc\\n100644 %%s 2\\tc\\n' $o $o | "
	   "git update-index --index-info");
	r = sh_try("cd r && git sparse clean -f");
	assert_rc(r, 128);
	assert_text(r.err, "fatal: failed to convert index to a sparse index; "
			   "resolve merge conflicts and try again\n");
	r = sh_try("cd r && git sparse clean -f more");
	assert_rc(r, 129);
}

/* What is of the index stays, wherever it is, and the rest beside it goes. */
static void clean_leaves_tracked_files(void **state)
{
	(void)state;
	make_leftovers();
	sh("cd r && echo back >e/five && echo staged >h/eight && "
	   "git add --sparse h/eight");
	assert_text(sh("cd r && git sparse clean -f"),
		    "Removing a/d/\nRemoving e/f/\n");
	assert_text(sh("cd r && ls e h && git status --porcelain"),
		    "e:\nfive\nleft.o\n\nh:\neight\nleft\n"
		    " M e/five\nM  h/eight\n?? a/b/mine\n?? h/left\n?? x/\n");
	sh("cd r && git config sparse.expectFilesOutsideOfPatterns true && "
	   "git sparse clean -f");
	assert_text(read_file("r/e/five"), "back\n");
}

static void clean_keeps_repositories_and_links(void **state)
{
	struct result r;

	(void)state;
	make_leftovers();
	sh("git init -q r/e/nested && echo mine >r/e/nested/file && "
	   "mkdir out && echo outside >out/file && rm -rf r/h && "
	   "ln -s ../../out r/e/f/link && ln -s ../out r/h");
	r = sh_try("cd r && git sparse clean -f");
	assert_rc(r, 0);
	assert_text(r.out, "Removing a/d/\nRemoving e/\n");
	assert_text(r.err, "warning: 'e/nested/' is a repository of its own "
			   "and stays\n");
	assert_text(sh("cat r/e/nested/file out/file; ls r/e"),
		    "mine\noutside\nnested\n");
	r = sh_try("cd r && git sparse clean -n --json");
	assert_rc(r, 0);
	assert_contains(r.out, "\"nested_dirs\"");
}

/* In a sparse index, and from within a directory that goes. */
static void clean_opens_a_sparse_index(void **state)
{
	struct result r;

	(void)state;
	make_leftovers();
	sh("cd r && rm -rf e h a/d && git sparse reapply --sparse-index && "
	   "mkdir -p e/f && echo 1 >e/f/left && cp .git/index before");
	r = sh_try("cd r/e/f && git sparse clean -f");
	assert_rc(r, 0);
	assert_text(r.out, "Removing e/\n");
	assert_text(sh("cd r && find e; cmp before .git/index"), "e\ne/f\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(clean_says_what_it_removes),
		sandbox_test(clean_needs_a_cone),
		sandbox_test(clean_leaves_tracked_files),
		sandbox_test(clean_keeps_repositories_and_links),
		sandbox_test(clean_opens_a_sparse_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
