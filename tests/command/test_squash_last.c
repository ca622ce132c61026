/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "support/sandbox.h"

/* Five commits, each with an author of its own. */
static void make_repo(const char *name)
{
	sh("git init -q %s; cd %s; for i in 1 2 3 4 5; do echo $i >f$i; "
	   "mkdir -p d; echo $i >d/g; git add .; "
	   "GIT_AUTHOR_DATE=\"170000000$i +0100\" GIT_AUTHOR_NAME=\"A $i\" "
	   "git commit -q -m \"commit $i\" -m \"body of $i\"; done", name, name);
}

static const char *cat_head(const char *repo)
{
	return sh("git -C %s cat-file commit HEAD", repo);
}

static void a_squash_is_the_one_rebase_makes(void **state)
{
	(void)state;
	make_repo("a");
	sh("cp -r a b");
	sh("cd a; GIT_SEQUENCE_EDITOR=\"sed -i '2,\\$s/^pick/squash/'\" "
	   "GIT_EDITOR=true git rebase -q -i HEAD~4");
	sh("cd b; git squash-last -q 4");
	assert_text(cat_head("b"), cat_head("a"));
	assert_text(sh("git -C b rev-parse HEAD ORIG_HEAD"),
		    sh("git -C a rev-parse HEAD ORIG_HEAD"));
	assert_fsck("b");
}

static void the_draft_is_the_one_rebase_offers(void **state)
{
	(void)state;
	make_repo("a");
	sh("git -C a config commit.status false; cp -r a b");
	write_file("editor", "#!/bin/sh\ncp \"$1\" \"$DRAFT\"\n");
	sh("chmod +x editor");
	sh("cd a; GIT_SEQUENCE_EDITOR=\"sed -i '2,\\$s/^pick/squash/'\" "
	   "DRAFT=$PWD/../draft-git GIT_EDITOR=$PWD/../editor "
	   "git rebase -q -i HEAD~3");
	sh("cd b; DRAFT=$PWD/../draft-pare GIT_EDITOR=$PWD/../editor "
	   "git squash-last -q -e 3");
	assert_text(read_file("draft-pare"), read_file("draft-git"));
	assert_text(cat_head("b"), cat_head("a"));
}

static void index_and_work_tree_are_not_touched(void **state)
{
	const char *before, *files;

	(void)state;
	make_repo("a");
	sh("cd a; echo dirty >f1; echo new >untracked; echo staged >f2; "
	   "git add f2");
	before = sh("cd a; sha1sum .git/index; stat -c %%y%%i .git/index");
	sh("cd a; git squash-last -q 2");
	assert_text(sh("cd a; sha1sum .git/index; stat -c %%y%%i .git/index"),
		    before);
	files = sh("cd a; git status --porcelain; cat f1 untracked");
	assert_text(files, " M f1\nM  f2\n?? untracked\ndirty\nnew\n");
	assert_fsck("a");
}

static void merges_in_the_range_lose_nothing(void **state)
{
	const char *tree;

	(void)state;
	make_repo("a");
	sh("cd a; git checkout -q -b side HEAD~1; echo s >side; git add .; "
	   "git commit -qm side; git checkout -q main; "
	   "git merge -q --no-commit side; echo evil >evil; git add .; "
	   "git commit -qm merge; echo 6 >f6; git add .; git commit -qm six");
	tree = sh("git -C a rev-parse HEAD^{tree} HEAD~3");
	sh("cd a; git squash-last -q 3");
	assert_text(sh("git -C a rev-parse HEAD^{tree} HEAD^"), tree);
	assert_fsck("a");
	/* With the merge as the oldest, the fold has its parents. */
	sh("cd a; git squash-last --undo");
	tree = sh("git -C a rev-parse HEAD^{tree} HEAD~1^1 HEAD~1^2");
	sh("cd a; git squash-last -q 2");
	assert_text(sh("git -C a rev-parse HEAD^{tree} HEAD^1 HEAD^2"), tree);
	assert_text(sh("git -C a log -1 --format=%%B"),
		    "merge\n\nsix\n\n");
	assert_fsck("a");
}

static void since_and_root_name_the_range(void **state)
{
	(void)state;
	make_repo("a");
	sh("cd a; git branch base HEAD~3; git squash-last -q --since base");
	assert_text(sh("git -C a rev-list --count HEAD"), "3\n");
	assert_text(sh("git -C a rev-parse HEAD^"),
		    sh("git -C a rev-parse base"));
	sh("cd a; git squash-last -q --root -m 'all of it'");
	assert_text(sh("git -C a log --format=%%P%%B"), "all of it\n\n");
	assert_fsck("a");
}

static void messages_are_chosen(void **state)
{
	static const struct {
		const char *options, *message;
	} cases[] = {
		{ "--fixup", "commit 3\n\nbody of 3\n" },
		{ "--message first", "commit 3\n\nbody of 3\n" },
		{ "--message last", "commit 5\n\nbody of 5\n" },
		{ "-m one -m two", "one\n\ntwo\n" },
		{ "-C HEAD~4", "commit 1\n\nbody of 1\n" },
		{ "-F ../text", "from a file\n" },
		{ "-F - <../text", "from a file\n" },
		{ "", "commit 3\n\nbody of 3\n\ncommit 4\n\nbody of 4\n\n"
		      "commit 5\n\nbody of 5\n" },
	};

	(void)state;
	make_repo("a");
	write_file("text", "\nfrom a file  \n\n\n");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		sh("rm -rf b; cp -r a b; cd b; git squash-last -q 3 %s",
		   cases[i].options);
		assert_text(sh("cd b; git cat-file commit HEAD | "
			       "sed '1,/^$/d'"), cases[i].message);
	}
}

static void no_line_of_a_body_is_a_comment(void **state)
{
	(void)state;
	sh("git init -q a; cd a; for i in 1 2 3; do "
	   "git commit -q --allow-empty --cleanup=verbatim "
	   "-m \"#12$i is mended\" -m \"; $i\"; done; "
	   "GIT_EDITOR=true git squash-last -q -e 2");
	assert_text(sh("git -C a log -1 --format=%%B"),
		    "#122 is mended\n\n; 2\n\n#123 is mended\n\n; 3\n\n");
}

static void hooks_run_once_and_may_refuse(void **state)
{
	const char *head;

	(void)state;
	make_repo("a");
	write_file("a/.git/hooks/commit-msg",
		   "#!/bin/sh\necho \"commit-msg\" >>.git/ran\n"
		   "grep -q refuse \"$1\" && exit 1\n"
		   "printf '\\nSigned\\n' >>\"$1\"\n");
	write_file("a/.git/hooks/prepare-commit-msg",
		   "#!/bin/sh\necho \"prepare $2\" >>.git/ran\n");
	write_file("a/.git/hooks/post-rewrite",
		   "#!/bin/sh\n(echo \"post $1\"; cat) >>.git/ran\n");
	sh("chmod +x a/.git/hooks/*");
	head = sh("cd a; git rev-parse HEAD; git reflog");
	assert_rc(sh_try("cd a; git squash-last 2 -m 'please refuse'"), 128);
	assert_text(sh("cd a; git rev-parse HEAD; git reflog"), head);
	assert_text(read_file("a/.git/COMMIT_EDITMSG"), "please refuse\n");
	sh("rm a/.git/ran; cd a; git squash-last -q 2 -m fine");
	assert_text(read_file("a/.git/ran"),
		    sh("cd a; echo prepare message; echo commit-msg; "
		       "echo post rebase; "
		       "for c in ORIG_HEAD~1 ORIG_HEAD; do "
		       "echo $(git rev-parse $c HEAD); done"));
	assert_text(sh("git -C a log -1 --format=%%B"), "fine\n\nSigned\n\n");
	sh("cd a; git squash-last -q --no-verify 2 -m 'refuse not'");
}

static void one_reflog_line_and_undo(void **state)
{
	const char *before, *after;
	struct result r;

	(void)state;
	make_repo("a");
	before = sh("git -C a rev-parse HEAD");
	sh("cd a; git squash-last -q 3");
	after = sh("git -C a rev-parse HEAD");
	assert_text(sh("cd a; git reflog -1 --format=%%gs; "
		       "git reflog -1 --format=%%gs main; "
		       "git reflog | wc -l"),
		    "squash-last: fold 3 commits into commit 3\n"
		    "squash-last: fold 3 commits into commit 3\n6\n");
	sh("cd a; git squash-last --undo");
	assert_text(sh("git -C a rev-parse HEAD"), before);
	sh("cd a; git squash-last -q --undo");
	assert_text(sh("git -C a rev-parse HEAD"), after);
	sh("cd a; git commit -q --allow-empty -m more");
	r = sh_try("cd a; git squash-last --undo");
	assert_rc(r, 128);
	assert_contains(r.err, "fatal: refs/heads/main has moved since");
}

static void what_must_not_be_is_refused(void **state)
{
	static const struct {
		const char *setup, *args;
		int rc;
		const char *err;
	} cases[] = {
		{ "true", "99", 128,
		  "fatal: cannot fold 99 commits: there are only 5" },
		{ "true", "1", 129, "'1' is not a number of commits" },
		{ "true", "x", 129, "'x' is not a number of commits" },
		{ "true", "2 3", 129, "too many arguments" },
		{ "true", "--root 3", 129, "exclude each other" },
		{ "true", "--message best", 129, "first or last): `best'" },
		{ "true", "--since nothing", 128, "fatal: " },
		{ "true", "--since HEAD", 128, "fatal: nothing to fold" },
		{ "true", "-m ' '", 128, "empty commit message" },
		{ "true", "-m a -F f1", 128, "cannot be used together" },
		{ "true", "--undo", 128, "fatal: there is nothing to undo" },
		{ "git checkout -q --orphan new", "2", 128,
		  "fatal: there are no commits yet" },
		{ "git rev-parse HEAD >.git/MERGE_HEAD", "2", 128,
		  "is in progress" },
		{ "git clone -q . ../up && git remote add o ../up && "
		  "git fetch -q o && git branch -q -u o/main", "2", 128,
		  "is already in the upstream o/main" },
	};

	(void)state;
	make_repo("a");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *refs;
		struct result r;

		sh("rm -rf b up; cp -r a b; cd b; %s", cases[i].setup);
		refs = sh("cd b; git for-each-ref; git reflog 2>&1 || true");
		r = sh_try("cd b; git squash-last %s", cases[i].args);
		assert_rc(r, cases[i].rc);
		assert_contains(r.err, cases[i].err);
		assert_text(sh("cd b; git for-each-ref; "
			       "git reflog 2>&1 || true"), refs);
	}
}

static void pushed_commits_need_to_be_allowed(void **state)
{
	(void)state;
	make_repo("a");
	sh("git clone -q a b; cd b; git squash-last -q --allow-pushed 2");
	assert_text(sh("git -C b rev-list --count HEAD"), "4\n");
}

static void a_dry_run_writes_nothing(void **state)
{
	const char *files;

	(void)state;
	make_repo("a");
	files = sh("find a -type f | sort | xargs sha1sum");
	sh("cd a; git commit -q --allow-empty -F - <<-E\n"
	   "\tA subject of\n\ttwo lines \033[31m\n\n\tbody\n\tE\n");
	files = sh("find a -type f | sort | xargs sha1sum");
	assert_text(sh("cd a; git squash-last -n 2"),
		    sh("cd a; echo 'would fold 2 commits into one:'; git log "
		       "--reverse --abbrev=12 --format='    %%h %%s' -2 | "
		       "sed 's/\033/^[/'"));
	assert_text(sh("cd a; git reword -n HEAD~1 -m x"),
		    sh("cd a; git log --abbrev=12 -1 HEAD~1 "
		       "--format='would reword %%h %%s'"));
	assert_contains(sh("cd a; git squash-last -n --json 3"),
			"\"dry_run\": true");
	assert_text(sh("find a -type f | sort | xargs sha1sum"), files);
}

static void reword_mends_any_commit(void **state)
{
	const char *trees;

	(void)state;
	make_repo("a");
	trees = sh("git -C a log --format='%%T %%an %%ad'");
	sh("cd a; git reword -q -m 'the last'; git reword -q HEAD~4 -m first; "
	   "git reword -q HEAD~2 -F - <f3");
	assert_text(sh("git -C a log --format=%%s"),
		    "the last\ncommit 4\n3\ncommit 2\nfirst\n");
	assert_text(sh("git -C a log --format='%%T %%an %%ad'"), trees);
	sh("cd a; git reword --undo");
	assert_text(sh("git -C a log -1 --format=%%s HEAD~2"), "commit 3\n");
	assert_fsck("a");
}

static void reword_refuses(void **state)
{
	struct result r;

	(void)state;
	make_repo("a");
	r = sh_try("cd a; git reword </dev/null");
	assert_rc(r, 128);
	assert_contains(r.err, "no new message");
	assert_rc(sh_try("cd a; git reword nothing -m x"), 128);
	sh("cd a; git checkout -q -b side HEAD~1; git commit -q --allow-empty "
	   "-m side; git checkout -q main");
	r = sh_try("cd a; git reword side -m x");
	assert_rc(r, 128);
	assert_contains(r.err, "side is not an ancestor of HEAD");
}

/* Two ways lead from the merge to `commit 2`, one to `side`. */
static void reword_goes_through_merges(void **state)
{
	const char *trees;

	(void)state;
	make_repo("a");
	sh("cd a; git checkout -q -b side HEAD~2; git commit -q --allow-empty "
	   "-m side; git checkout -q main; git merge -q --no-commit side; "
	   "echo evil >evil; git add .; git commit -qm merge; "
	   "git commit -q --allow-empty -m top");
	trees = sh("git -C a log --topo-order --format='%%T %%an'");
	sh("cd a; git reword -q HEAD~5 -m two; git reword -q HEAD~1^2 -m beside; "
	   "git reword -q HEAD~1 -m merged");
	assert_text(sh("cd a; git rev-list --count HEAD; "
		       "git log --first-parent --format=%%s"),
		    "8\ntop\nmerged\ncommit 5\ncommit 4\n"
		    "commit 3\ntwo\ncommit 1\n");
	assert_text(sh("git -C a log --topo-order --format='%%T %%an'"),
		    trees);
	assert_text(sh("git -C a log -1 --format=%%s HEAD~1^2"), "beside\n");
	assert_text(sh("git -C a log -1 --format=%%s HEAD~1^2~2"), "two\n");
	assert_text(sh("git -C a rev-parse HEAD~1^2~2"),
		    sh("git -C a rev-parse HEAD~5"));
	assert_fsck("a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(a_squash_is_the_one_rebase_makes),
		sandbox_test(the_draft_is_the_one_rebase_offers),
		sandbox_test(index_and_work_tree_are_not_touched),
		sandbox_test(merges_in_the_range_lose_nothing),
		sandbox_test(since_and_root_name_the_range),
		sandbox_test(messages_are_chosen),
		sandbox_test(no_line_of_a_body_is_a_comment),
		sandbox_test(hooks_run_once_and_may_refuse),
		sandbox_test(one_reflog_line_and_undo),
		sandbox_test(what_must_not_be_is_refused),
		sandbox_test(pushed_commits_need_to_be_allowed),
		sandbox_test(a_dry_run_writes_nothing),
		sandbox_test(reword_mends_any_commit),
		sandbox_test(reword_refuses),
		sandbox_test(reword_goes_through_merges),
	};

	return cmocka_run_group_tests_name("squash_last", tests, NULL, NULL);
}
