/* SPDX-License-Identifier: MIT */
/* Branches beside HEAD's: those that follow, stay, or may not be rewritten. */
#include <string.h>

#include "support/sandbox.h"

/* Five commits with a file each; branches x1, y1 … at every one. */
static void make_repo(void)
{
	sh("git init -q -b main a && cd a && for i in 1 2 3 4 5; do "
	   "echo $i >f$i; git add .; git commit -q -m c$i; "
	   "git branch x$i; git branch y$i; done");
}

static const char *tips(const char *repo)
{
	return sh("git -C %s for-each-ref "
		  "--format='%%(objectname) %%(refname)'", repo);
}

/* The list that git rebase opens, up to its help. */
static const char *git_plan(const char *args)
{
	sh("cd a; GIT_SEQUENCE_EDITOR='cp \"$1\" ../git-plan; false' "
	   "git rebase -i %s 2>/dev/null || true", args);
	return sh("sed '/^# Rebase /,$d' git-plan");
}

static void the_plan_has_git_s_update_refs(void **state)
{
	static const char *const args[] = {
		"--root", "--autosquash --root",
	};

	(void)state;
	make_repo();
	sh("cd a; git commit -q --allow-empty -m 'fixup! c2'; git branch z; "
	   "git commit -q --allow-empty -m 'squash! c4'; "
	   "git worktree add -q ../wt x2; "
	   "git worktree add -q --detach ../bi; cd ../bi; git checkout -q y3; "
	   "git bisect start -q HEAD x1 >/dev/null; git checkout -q --detach");
	for (size_t i = 0; i < ARRAY_SIZE(args); i++) {
		const char *git;

		git = git_plan(sh("printf %%s '--update-refs %s'", args[i]));
		assert_contains(git, "# Ref refs/heads/x2 checked out at");
		assert_contains(git, "# Ref refs/heads/y3 checked out at");
		/* git ends the list with an empty line of its own. */
		assert_text(sh("cd a; git squash-last --print-plan "
			       "--update-refs %s; echo", args[i]), git);
		assert_text(sh("cd a; git -c rebase.updateRefs squash-last "
			       "--print-plan %s; echo", args[i]), git);
	}
	/* What git itself gets has no comment that it may not know. */
	sh("cd a; git config core.commentString //; git squash-last -q "
	   "--via-rebase --update-refs --autosquash --root 2>&1");
	assert_text(sh("git -C a log --format=%%s | grep -c '!' || true"),
		    "0\n");
}

static void an_autosquash_moves_what_git_moves(void **state)
{
	(void)state;
	make_repo();
	sh("cd a; echo more >>f2; git commit -q -a -m 'fixup! c2'; "
	   "git branch z; echo 4 >>f4; git commit -q -a -m 'fixup! c4'; "
	   "cd ..; cp -a a g; cd g; GIT_SEQUENCE_EDITOR=: git rebase -q -i "
	   "--autosquash --update-refs HEAD~6");
	sh("cd a; git squash-last -q --autosquash --update-refs "
	   "--since HEAD~6");
	assert_text(tips("a"), tips("g"));
	assert_text(sh("git -C a reflog -1 --format=%%gs y5"),
		    "squash-last: plan of 6 commits: 2 melded\n");
	assert_fsck("a");
}

static void a_reword_moves_what_git_moves(void **state)
{
	(void)state;
	make_repo();
	sh("cp -a a g; cd g; GIT_SEQUENCE_EDITOR=\"sed -i '1s/pick/reword/'\" "
	   "GIT_EDITOR='echo new >' git rebase -q -i --update-refs HEAD~3");
	sh("cd a; git reword -q --update-refs HEAD~2 -m new");
	assert_text(tips("a"), tips("g"));
	sh("cd a; git reword --undo -q");
	assert_text(sh("git -C a log --format=%%s y5"), "c5\nc4\nc3\nc2\nc1\n");
}

static void a_fold_takes_branches_along(void **state)
{
	struct result r;
	const char *before;

	(void)state;
	make_repo();
	sh("cd a; git worktree add -q ../wt x4");
	before = tips("a");
	r = sh_try("cd a; git squash-last 3 -m new");
	assert_rc(r, 0);
	assert_contains(r.err, "hint: still at the old commits: x3 x5 y3 y4 y5 "
			       "(--update-refs moves them along)\n");
	assert_contains(r.err, "hint: x4 stays, it is checked out at ");
	sh("cd a; git squash-last -q --undo");
	assert_text(tips("a"), before);
	r = sh_try("cd a; git squash-last 3 -m new --update-refs");
	assert_rc(r, 0);
	assert_not_contains(r.err, "still");
	assert_contains(sh("cd a; git squash-last --undo --json -n"),
			"\"undone\": \"squash-last: fold 3 commits into "
			"new\"");
	assert_contains(sh("cd a; git squash-last --undo --json -n"),
			"\"ref\": \"refs/heads/x3\"");
	assert_text(sh("cd a; git rev-parse x3 x5 y3 y4 y5 | uniq"),
		    sh("cd a; git rev-parse HEAD"));
	assert_text(sh("cd a; git log -1 --format=%%s x4; "
		       "git log -1 --format=%%s x2"), "c4\nc2\n");
	for (int i = 0; i < 3; i++) {
		assert_contains(sh("cd a; git squash-last --undo -n"),
				i % 2 ? "would redo: " : "would undo: ");
		assert_contains(sh("cd a; git squash-last --undo -n --json"),
				i % 2 ? "\"redo\": true" : "\"redo\": false");
		assert_contains(sh("cd a; git squash-last --undo | sed "
				   "'s/ne: .* (/ne: (/'"),
				i % 2 ? "redone: (squash-last: fold 3 commits "
					"into new)\n" :
					"undone: (squash-last: fold 3 commits "
					"into new)\n");
	}
	assert_text(tips("a"), before);
	assert_fsck("a");
}

static void all_refs_move_or_none(void **state)
{
	const char *before;
	struct result r;

	(void)state;
	make_repo();
	before = sh("git -C a for-each-ref; git -C a reflog; "
		    "git -C a reflog y4");
	sh("touch a/.git/refs/heads/y4.lock");
	r = sh_try("cd a; git squash-last 3 -m new --update-refs");
	assert_rc(r, 128);
	assert_contains(r.err, "y4");
	r = sh_try("cd a; git squash-last --autosquash --root --update-refs "
		   "--plan - <<-\\E\n\tpick main~3\n\tupdate-ref "
		   "refs/heads/y3\n\tpick main~2\n\tupdate-ref refs/heads/y4\n"
		   "\tE\n");
	assert_rc(r, 128);
	sh("rm a/.git/refs/heads/y4.lock");
	assert_text(sh("git -C a for-each-ref; git -C a reflog; "
		       "git -C a reflog y4"), before);
	sh("printf '#!/bin/sh\\n! { test $1 = prepared && grep -q y3; }\\n' "
	   ">a/.git/hooks/reference-transaction; "
	   "chmod +x a/.git/hooks/reference-transaction");
	r = sh_try("cd a; git squash-last 3 -m new --update-refs");
	assert_rc(r, 128);
	assert_text(sh("git -C a for-each-ref; git -C a reflog; "
		       "git -C a reflog y4"), before);
	assert_text(sh("cd a; git status --porcelain; cat f5"), "5\n");
}

/* In a plan written by hand. */
/* All locks are held, and then one ref cannot get its new value. */
static void refs_that_moved_all_the_same_are_named(void **state)
{
	struct result r;

	(void)state;
	make_repo();
	write_file("a/.git/hooks/reference-transaction",
		   "#!/bin/sh\ntest $1 = prepared && grep -q y4 || exit 0\n"
		   "rm -f .git/refs/heads/y4\n"
		   "mkdir -p .git/refs/heads/y4/x && :>.git/refs/heads/y4/x/x\n");
	sh("chmod +x a/.git/hooks/reference-transaction");
	r = sh_try("cd a; git squash-last 3 -m new --update-refs");
	assert_rc(r, 128);
	assert_contains(r.err, "refs/heads/y4'\nhint: refs/heads/y");
	assert_contains(r.err, " has moved all the same\n"
			       "hint: the message is in ");
	assert_not_contains(r.err, "nothing was changed");
	assert_text(sh("cat a/.git/pare/message"), "new\n");
}

/* Where HEAD is no branch, it could be the first of them. */
static void the_work_tree_stays_with_head_then(void **state)
{
	const char *head;
	struct result r;

	(void)state;
	make_repo();
	write_file("a/.git/hooks/reference-transaction",
		   "#!/bin/sh\ntest $1 = prepared && grep -q y3 || exit 0\n"
		   "rm -f .git/refs/heads/y3\n"
		   "mkdir -p .git/refs/heads/y3/x && :>.git/refs/heads/y3/x/x\n");
	sh("cd a; chmod +x .git/hooks/reference-transaction; "
	   "git checkout -q --detach");
	head = sh("git -C a rev-parse HEAD");
	r = sh_try("cd a; printf 'pick main~2\nupdate-ref refs/heads/y3\n"
		   "pick main~3\npick main~1\ndrop main\n' | "
		   "git squash-last --update-refs --plan - 4");
	assert_rc(r, 128);
	assert_contains(r.err, "couldn't set 'refs/heads/y3'");
	assert_text(sh("git -C a rev-parse HEAD"), head);
	assert_text(sh("cd a; rm -r .git/refs/heads/y3; "
		       "git status --porcelain; ls"), "f1\nf2\nf3\nf4\nf5\n");
}

static void refs_that_cannot_move_are_named(void **state)
{
	static const struct { const char *line, *err; } cases[] = {
		{ "update-ref refs/heads/main", "HEAD is on refs/heads/main" },
		{ "update-ref refs/heads/x1",
		  "refs/heads/x1 is checked out at " },
		{ "update-ref x1", "line 2: update-ref requires a fully "
				   "qualified refname e.g. refs/heads/x1" },
	};
	const char *before;

	(void)state;
	make_repo();
	sh("cd a; git worktree add -q ../wt x1");
	before = tips("a");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct result r;

		write_file("plan", sh("printf 'pick main~2\\n%s\\npick main"
				      "\\n'", cases[i].line));
		r = sh_try("cd a; git squash-last --root --plan ../plan");
		assert_rc(r, 128);
		assert_contains(r.err, cases[i].err);
	}
	write_file("plan", "update-ref refs/heads/y1\npick main\n");
	assert_contains(sh_try("cd a; git squash-last --root --plan ../plan")
				.err, "there is no commit yet for");
	assert_text(tips("a"), before);
	/* The last of two lines has the word; a new ref is made. */
	write_file("plan", "pick main~4\nupdate-ref refs/heads/y1\npick "
			   "main~2\nupdate-ref refs/heads/y1\nupdate-ref "
			   "refs/heads/new\n");
	sh("cd a; git squash-last -q --root --plan ../plan");
	assert_text(sh("cd a; git rev-parse y1 new"),
		    sh("cd a; git rev-parse main main"));
	sh("cd a; git squash-last -q --undo");
	assert_text(tips("a"), before);
}

static void what_is_protected_is_refused(void **state)
{
	static const struct { const char *setup, *args, *err; } cases[] = {
		{ "true", "squash-last",
		  "branch main is protected (by main in [squash] protect)" },
		{ "true", "reword -m x", "branch main is protected" },
		{ "true", "squash-last --autosquash --root",
		  "branch main is protected" },
		{ "git checkout -q -b release/1/2", "squash-last",
		  "branch release/1/2 is protected (by release/*" },
		{ "git checkout -q -b topic y5", "squash-last --update-refs",
		  "branch x5 is protected" },
		{ "git checkout -q --track -b topic o/main && git commit -q "
		  "--amend -m x && git config push.default upstream",
		  "squash-last --push",
		  "the branch pushed to, main is protected" },
		{ "echo '[squash' >.gitpare", "squash-last", ".gitpare:1: " },
	};

	(void)state;
	make_repo();
	sh("cd a; printf '[squash]\\nprotect = main release/*\\n' >.gitpare; "
	   "git add .; git commit -qm protect; mkdir -p ../.config/git; "
	   "printf '[squash]\\nprotect = main release/* x?\\n' "
	   ">.git/info/pare; "
	   "git clone -q --bare . ../up; git remote add o ../up; "
	   "git fetch -q o");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct result r;
		const char *before;

		sh("rm -rf b; cp -a a b; cd b; %s", cases[i].setup);
		before = tips("b");
		r = sh_try("cd b; git %s", cases[i].args);
		assert_rc(r, 128);
		assert_contains(r.err, cases[i].err);
		assert_contains(r.err, "--allow-pushed");
		assert_text(tips("b"), before);
	}
	sh("cd a; git squash-last -q --allow-pushed");
	/* Without a work tree HEAD's file has the word. */
	sh("cd up; git branch topic");
	assert_contains(sh_try("git -C up squash-last").err, "is protected");
	sh("cd up; git symbolic-ref HEAD refs/heads/topic; "
	   "git squash-last -q");
	assert_fsck("up");
}

static void operations_and_worktrees_are_respected(void **state)
{
	static const struct { const char *setup, *err; } cases[] = {
		{ "git worktree add -q -f ../wt main",
		  "branch main is checked out at" },
		{ "mkdir .git/rebase-merge", "a rebase is in progress" },
		{ "mkdir -p .git/rebase-apply; touch .git/rebase-apply/"
		  "applying", "an am is in progress" },
		{ "git rev-parse HEAD >.git/CHERRY_PICK_HEAD",
		  "a cherry-pick is in progress" },
		{ "git rev-parse HEAD >.git/REVERT_HEAD",
		  "a revert is in progress" },
		{ "b=$(git rev-parse HEAD:f1); printf \"100644 $b 1\\tz\\n"
		  "100644 $b 2\\tz\\n\" | git update-index --index-info",
		  "the index has unmerged paths" },
		{ "git rev-parse HEAD >.git/info/grafts", "grafts" },
		{ "git replace HEAD~1 HEAD~3", "replaced" },
	};

	(void)state;
	make_repo();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct result r;

		sh("rm -rf b wt; cp -a a b; cd b; %s", cases[i].setup);
		r = sh_try("cd b; git squash-last 3");
		assert_rc(r, 128);
		assert_contains(r.err, cases[i].err);
		r = sh_try("cd b; git reword HEAD~2 -m x");
		assert_rc(r, 128);
		assert_contains(r.err, cases[i].err);
	}
	/* Replaced, but not what is rewritten; and a bisect is no obstacle. */
	sh("rm -rf b; cp -a a b; cd b; git replace HEAD~3 HEAD~4; "
	   "git bisect start -q; git bisect bad; git squash-last -q 2");
	assert_fsck("b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(the_plan_has_git_s_update_refs),
		sandbox_test(an_autosquash_moves_what_git_moves),
		sandbox_test(a_reword_moves_what_git_moves),
		sandbox_test(a_fold_takes_branches_along),
		sandbox_test(all_refs_move_or_none),
		sandbox_test(refs_that_moved_all_the_same_are_named),
		sandbox_test(the_work_tree_stays_with_head_then),
		sandbox_test(refs_that_cannot_move_are_named),
		sandbox_test(what_is_protected_is_refused),
		sandbox_test(operations_and_worktrees_are_respected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
