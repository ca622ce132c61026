/* SPDX-License-Identifier: MIT */
/* After a rewrite: pushing it, taking it back. */
#include <string.h>

#include "support/sandbox.h"

/* A clone `a` of `up` with four commits on main, all of them pushed. */
static void make_repo(void)
{
	sh("git init -q --bare -b main up; git clone -q up a 2>/dev/null; cd a; "
	   "git checkout -q -b main 2>/dev/null || true; "
	   "for i in 1 2 3 4; do echo $i >f$i; git add .; "
	   "git commit -q -m c$i; done; git push -q -u origin main; "
	   "git reset -q --soft HEAD; cd ..; cp -a a other");
}

static const char *upstream(void)
{
	return sh("git -C up log --format=%%s main");
}

static void a_push_follows(void **state)
{
	struct result r;

	(void)state;
	make_repo();
	r = sh_try("cd a; git squash-last 2 -m new");
	assert_rc(r, 128);
	assert_contains(r.err, "already in the upstream origin/main");
	assert_contains(sh("cd a; git squash-last -n --push 2 -m new"),
			"would push main to origin/main\n");
	assert_text(upstream(), "c4\nc3\nc2\nc1\n");
	sh("cd a; git squash-last -q --push 2 -m new");
	assert_text(upstream(), "new\nc2\nc1\n");
	assert_contains(sh("cd a; git reword --json --push HEAD~1 -m two"),
			"\"pushed\": true");
	assert_text(upstream(), "new\ntwo\nc1\n");
	sh("cd a; echo 1 >>f1; git commit -q -a -m 'fixup! c1'; "
	   "git squash-last -q --autosquash --root --push");
	assert_text(upstream(), "new\ntwo\nc1\n");
	assert_text(sh("git -C up show main:f1; git -C a status -sb"),
		    "1\n1\n## main...origin/main\n");
	assert_fsck("up");
}

/* What git rebase does is pushed as well, when it has done all of it. */
static void a_push_follows_git_rebase(void **state)
{
	struct result r;

	(void)state;
	make_repo();
	sh("cd a; git squash-last --print-plan --allow-pushed 2 >../plan; "
	   "sed 2s/pick/fixup/ ../plan >../fixup; "
	   "sed '1aexec touch ran' ../fixup >../exec; "
	   "sed '1abreak' ../plan >../break");
	assert_contains(sh("cd a; git squash-last -n --push --plan ../exec 2 "
			   "2>&1"), "would push main to origin/main\n");
	sh("cd a; git squash-last -q --push --plan ../exec 2 2>&1; rm ran");
	assert_text(upstream(), "c3\nc2\nc1\n");
	sh("cd a; git reset -q --hard ORIG_HEAD; git push -q -f; "
	   "git squash-last -q --push --via-rebase --plan ../fixup 2 2>&1");
	assert_text(upstream(), "c3\nc2\nc1\n");
	/* It has stopped, with exit code 0. */
	sh("cd a; git reset -q --hard $(git -C ../other rev-parse main); "
	   "git push -q -f");
	r = sh_try("cd a; git squash-last --push --plan ../break 2");
	assert_rc(r, 0);
	assert_contains(r.err, "hint: when the rebase is done: git push "
			       "--force-with-lease --force-if-includes origin "
			       "main\n");
	assert_text(upstream(), "c4\nc3\nc2\nc1\n");
	sh("cd a; git rebase --abort");
	/* It has failed. */
	sh("cd a; sed '1aexec false' ../plan >../false");
	r = sh_try("cd a; git squash-last --push --plan ../false 2");
	assert_rc(r, 1);
	assert_contains(r.err, "hint: when the rebase is done: git push");
	sh("cd a; git rebase --abort; echo dirty >>f1");
	r = sh_try("cd a; git squash-last --push --plan ../exec 2");
	assert_rc(r, 1);
	assert_null(strstr(r.err, "git push"));
	assert_text(upstream(), "c4\nc3\nc2\nc1\n");
	/* The lease is not kept. */
	sh("cd other; git commit -q --allow-empty -m theirs; git push -q; "
	   "cd ../a; git checkout -q f1");
	r = sh_try("cd a; git squash-last --push --plan ../exec 2");
	assert_rc(r, 1);
	assert_contains(r.err, "hint: when that is mended: git push");
	assert_null(strstr(r.err, "--undo"));
	assert_text(upstream(), "theirs\nc4\nc3\nc2\nc1\n");
	assert_fsck("up");
}

/* Somebody else has pushed since: the lease is not kept. */
static void a_push_that_fails_leaves_the_rewrite(void **state)
{
	struct result r;

	(void)state;
	make_repo();
	sh("cd other; git commit -q --allow-empty -m theirs; git push -q");
	r = sh_try("cd a; git squash-last --push 2 -m new");
	assert_rc(r, 1);
	assert_contains(r.out, "folded 2 commits into one");
	assert_contains(r.err, "error: the commits are rewritten, but they "
			       "could not be pushed to origin/main");
	assert_contains(r.err, "hint: when that is mended: git push "
			       "--force-with-lease --force-if-includes origin "
			       "main");
	assert_text(upstream(), "theirs\nc4\nc3\nc2\nc1\n");
	assert_text(sh("git -C a log --format=%%s"), "new\nc2\nc1\n");
	/* Seen in the background, but never taken in: still refused. */
	sh("cd a; git fetch -q");
	r = sh_try("cd a; git reword --json --push -m newer");
	assert_rc(r, 1);
	assert_contains(r.out, "\"pushed\": false");
	assert_text(upstream(), "theirs\nc4\nc3\nc2\nc1\n");
	sh("cd a; git squash-last -q --undo; git squash-last -q --undo");
}

static void without_a_place_to_push_nothing_is_done(void **state)
{
	static const struct { const char *setup, *err; } cases[] = {
		{ "git checkout -q --detach", "HEAD is detached" },
		{ "git checkout -q -b topic", "there is nowhere to push topic" },
		{ "git remote remove origin", "there is nowhere to push main" },
		/* push.default is simple: the names differ */
		{ "git checkout -q --track -b topic origin/main",
		  "there is nowhere to push topic" },
	};
	const char *head;

	(void)state;
	make_repo();
	head = sh("git -C a rev-parse HEAD");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct result r;

		sh("rm -rf b; cp -a a b; cd b; %s", cases[i].setup);
		r = sh_try("cd b; git squash-last --push 2 -m new");
		assert_rc(r, 128);
		assert_contains(r.err, cases[i].err);
		assert_text(sh("git -C b rev-parse HEAD"), head);
	}
	assert_rc(sh_try("cd a; git squash-last --undo --push"), 129);
	assert_rc(sh_try("cd a; git squash-last --print-plan --push"), 129);
}

/* A fork to push to, beside the upstream. */
static void the_push_remote_counts(void **state)
{
	struct result r;

	(void)state;
	make_repo();
	sh("git init -q --bare fork; cd a; git remote add fork ../fork; "
	   "git checkout -q --track -b topic origin/main; "
	   "git config branch.topic.pushRemote fork; "
	   "git config push.default current; "
	   "for i in 5 6; do git commit -q --allow-empty -m c$i; done; "
	   "git push -q");
	r = sh_try("cd a; git squash-last 2 -m new");
	assert_rc(r, 128);
	assert_contains(r.err, "is already in the upstream fork/topic");
	sh("cd a; git squash-last -q --push 2 -m new");
	assert_text(sh("git -C fork log --format=%%s topic"),
		    "new\nc4\nc3\nc2\nc1\n");
	assert_text(upstream(), "c4\nc3\nc2\nc1\n");
}

static void undo_refuses_when_things_have_changed(void **state)
{
	static const struct { const char *meanwhile, *err; } cases[] = {
		{ "git commit -q --allow-empty -m more",
		  "refs/heads/main has moved since" },
		{ "git branch -f x main~2", "refs/heads/x has moved since" },
		{ "git branch -q -D x", "refs/heads/x has moved since" },
		{ "git checkout -q -b y",
		  "the last rewrite was on refs/heads/main, HEAD is on "
		  "refs/heads/y" },
		{ "git checkout -q --detach", "HEAD is on no branch" },
		{ "git checkout -q --detach; git branch -q -D main",
		  "HEAD is on no branch" },
		{ "git update-ref -d refs/heads/main", "main" },
		{ "git worktree add -q ../wt x", "x is checked out at " },
		{ "mkdir .git/rebase-merge", "a rebase is in progress" },
		{ "echo nonsense >.git/pare/rewrite", "is damaged" },
		{ "rm .git/pare/rewrite", "there is nothing to undo" },
	};

	(void)state;
	make_repo();
	sh("cd a; git branch x HEAD~1; git reword -q --allow-pushed "
	   "--update-refs HEAD~2 -m two");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *refs = "git for-each-ref; git status -s; "
				   "git worktree prune";
		const char *before;
		struct result r;

		sh("rm -rf b wt; cp -a a b; cd b; %s", cases[i].meanwhile);
		before = sh("cd b; %s", refs);
		r = sh_try("cd b; git reword --undo");
		assert_rc(r, 128);
		assert_contains(r.err, cases[i].err);
		assert_text(sh("cd b; %s", refs), before);
	}
	sh("cd a; git checkout -q --detach; git reword -q -m four; "
	   "git reword --undo; git checkout -q main");
	assert_text(sh("git -C a log -1 --format=%%s HEAD~2"), "two\n");
	assert_fsck("a");
}

/* The tree comes back with the refs, and local changes stay. */
static void undo_of_a_plan_restores_files(void **state)
{
	struct result r;

	(void)state;
	make_repo();
	sh("cd a; git branch x HEAD~1; printf 'pick main~1\\nupdate-ref "
	   "refs/heads/new\\n' >../plan; echo dirty >>f1; "
	   "git squash-last -q --allow-pushed --plan ../plan 2");
	assert_text(sh("cd a; ls; git status -s; git rev-parse new | grep -c "
		       "$(git rev-parse main)"),
		    "f1\nf2\nf3\n M f1\n1\n");
	sh("cd a; git squash-last -q --undo");
	assert_text(sh("cd a; ls; git status -s; git branch -a"),
		    "f1\nf2\nf3\nf4\n M f1\n* main\n  x\n  "
		    "remotes/origin/main\n");
	sh("cd a; git squash-last -q --undo; echo mine >f4");
	/* What is in the way is not overwritten. */
	r = sh_try("cd a; git squash-last --undo");
	assert_rc(r, 128);
	assert_text(sh("cd a; cat f4; git log -1 --format=%%s"), "mine\nc3\n");
	sh("cd a; rm f4; git squash-last -q --undo");
	assert_fsck("a");
}

/* The refs and the record of them do not change at one moment. */
static void undo_knows_what_was_done(void **state)
{
	struct result r;

	(void)state;
	make_repo();
	sh("cd a; git reword -q --allow-pushed -m four; "
	   "cp -a . ../b; cp -a . ../c");
	/* The refs could not be moved: the last rewrite is the one before. */
	sh("printf '#!/bin/sh\ntest $1 != prepared || "
	   "rm .git/refs/heads/main.lock\n' >a/.git/hooks/reference-transaction; "
	   "chmod +x a/.git/hooks/reference-transaction");
	r = sh_try("cd a; git reword -m lost");
	assert_rc(r, 128);
	sh("cd a; rm .git/hooks/reference-transaction; "
	   "git squash-last -q --undo");
	assert_text(sh("git -C a log -1 --format=%%s; ls a/.git/pare"),
		    "c4\nmessage\nrewrite\n");
	/* The same, killed. */
	sh("cd b; sed '1s/[0-9a-f]*$/0123456789012345678901234567890123456789/' "
	   ".git/pare/rewrite >.git/pare/rewrite.pending; "
	   "git squash-last -q --undo");
	assert_text(sh("git -C b log -1 --format=%%s; ls b/.git/pare"),
		    "c4\nrewrite\n");
	/* Killed when they had moved. */
	sh("cd c; cp .git/pare/rewrite ../old; git reword -q -m more; "
	   "mv .git/pare/rewrite .git/pare/rewrite.pending; "
	   "mv ../old .git/pare/rewrite; git squash-last -q --undo");
	assert_text(sh("git -C c log -1 --format=%%s; ls c/.git/pare"),
		    "four\nrewrite\n");
	assert_fsck("a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(a_push_follows),
		sandbox_test(a_push_follows_git_rebase),
		sandbox_test(a_push_that_fails_leaves_the_rewrite),
		sandbox_test(without_a_place_to_push_nothing_is_done),
		sandbox_test(the_push_remote_counts),
		sandbox_test(undo_refuses_when_things_have_changed),
		sandbox_test(undo_knows_what_was_done),
		sandbox_test(undo_of_a_plan_restores_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
