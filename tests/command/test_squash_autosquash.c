/* SPDX-License-Identifier: MIT */
/* Plans done in memory, beside git rebase -i with the same plan. */
#include <stdio.h>
#include <string.h>

#include "support/sandbox.h"

/*
 * Three commits on a base, c1 to c3 by name, each with a file of its own and
 * a body; then one meld for each of `subjects` (separated by `|`), which
 * appends to the file of c1, with `more` as its body.
 */
static void make_commits(const char *subjects)
{
	sh("rm -rf a; git init -q a; cd a; git config commit.status false; "
	   "echo 0 >f0; git add .; git commit -q -m base; "
	   "for i in 1 2 3; do echo $i >f$i; git add .; "
	   "GIT_AUTHOR_NAME=\"A $i\" GIT_AUTHOR_DATE=\"170000000$i +0200\" "
	   "git commit -q -m \"c$i\" -m \"body $i\"; git tag c$i; done; "
	   "n=3; IFS='|'; all='%s'; for s in $all; do n=$((n + 1)); echo $n >>f1; "
	   "git add .; git commit -q -m \"$s\" -m \"more $n\"; git tag c$n; "
	   "done", subjects);
	sh("rm -rf g p; cp -r a g; cp -r a p");
}

/* What a plan makes, ids included: dates are fixed here. */
static void assert_same_history(void)
{
	const char *all = "git log --format='%H %T %an %ad%n%B' HEAD; "
			  "git rev-parse ORIG_HEAD; git status --porcelain";

	assert_text(sh("cd p; %s", all), sh("cd g; %s", all));
	assert_fsck("p");
}

static const char *index_state(void)
{
	return sh("cd p; sha1sum .git/index; stat -c '%%y %%i' .git/index; "
		  "stat -c '%%n %%y %%z %%i' f*; cat f*");
}

static void autosquash_makes_what_git_makes(void **state)
{
	static const char *const cases[] = {
		"fixup! c1",
		"squash! c1|fixup! c1|squash! c1",
		"fixup! c1|amend! c1|fixup! fixup! c1",
		"amend! c1|squash! c1",
		"squash! c1|amend! c1",
		"squash! c3|fixup! c3|fixup! c3",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *index;

		make_commits(cases[i]);
		index = index_state();
		sh("cd g; GIT_SEQUENCE_EDITOR=: GIT_EDITOR=true "
		   "git rebase -q -i --autosquash HEAD~6 || "
		   "GIT_SEQUENCE_EDITOR=: GIT_EDITOR=true "
		   "git rebase -q -i --autosquash --root");
		sh("cd p; git squash-last -q --autosquash --root");
		assert_text(index_state(), index);
		assert_same_history();
	}
}

/* Both twins by the same plan, the editor offered by both kept. */
static void run_plan(const char *plan, const char *options)
{
	write_file("plan", plan);
	write_file("editor", "#!/bin/sh\ncat \"$1\" >>../draft\n"
			     "echo ===== >>../draft\n"
			     "echo typed >>\"$1\"\n");
	sh("chmod +x editor; rm -f draft; cd g; "
	   "GIT_SEQUENCE_EDITOR='cp ../plan' GIT_EDITOR=../editor "
	   "git rebase -q -i c3~3; touch ../draft; mv ../draft ../draft-git");
	sh("cd p; GIT_EDITOR=../editor git squash-last -q -e --since c3~3 "
	   "--plan ../plan %s; touch ../draft; mv ../draft ../draft-pare",
	   options);
}

static void drafts_and_messages_are_git_s(void **state)
{
	static const char *const plans[] = {
		"pick c1\nsquash c4\nfixup c5\nsquash c6\npick c2\npick c3\n",
		"pick c1\nfixup -C c4\nfixup c5\nsquash c6\npick c2\n",
		"pick c1\nfixup c4\nfixup -c c5\nfixup c6\npick c2\n",
		"pick c1\nsquash c4\nfixup -C c5\nfixup -C c6\n",
		"pick c1\nfixup c4\nfixup -C c5\nfixup -C c6\npick c3\n",
		"pick c2\nsquash c3\ndrop c1\nsquash c4~3\n",
		"reword c1\npick c2\nreword c3\n",
		"pick c3\nreword c2\npick c1\n",
		"pick c1\nfixup -c c4\nnoop\n# x\nfixup c5\nfixup -C c6\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(plans); i++) {
		make_commits("squash! c1|amend! c1|fixup! c1");
		run_plan(plans[i], "");
		assert_text(read_file("draft-pare"), read_file("draft-git"));
		assert_same_history();
	}
}

static void hooks_run_for_final_messages(void **state)
{
	(void)state;
	make_commits("fixup! c1|squash! c2|x");
	write_file("log", "#!/bin/sh\ncase $1 in amend) exit;; esac\n"
			  "{ echo \"$(basename $0) $1\"; "
			  "case $0 in *rewrite) cat;; *) grep -v '^#' $1;; "
			  "esac; } >>../log-$(basename \"$PWD\")\n");
	sh("chmod +x log; for h in prepare-commit-msg commit-msg post-rewrite; "
	   "do cp log g/.git/hooks/$h; cp log p/.git/hooks/$h; done");
	run_plan("reword c1\nfixup c4\nreword c2\npick c3\nsquash c5\n"
		 "drop c6\n", "");
	assert_same_history();
	assert_text(sh("sed -n '/post-rewrite/,$p' log-p"),
		    sh("sed -n '/post-rewrite/,$p' log-g"));
	/* Once for each, commit-msg where a person had a word in it. */
	assert_text(sh("grep -e -msg log-p | sed 's/ .*//'"),
		    "prepare-commit-msg\ncommit-msg\n"
		    "prepare-commit-msg\ncommit-msg\n"
		    "prepare-commit-msg\ncommit-msg\n");
	make_commits("fixup! c1");
	sh("cp log p/.git/hooks/commit-msg; cp log "
	   "p/.git/hooks/prepare-commit-msg; rm log-p; cd p; "
	   "git squash-last -q --autosquash 4");
	assert_contains(sh("grep -e -msg log-p"), "prepare-commit-msg ");
	assert_not_contains(read_file("log-p"), "\ncommit-msg ");
}

static void a_conflict_changes_nothing(void **state)
{
	const char *before;
	struct result r;

	(void)state;
	make_commits("x|fixup! c1");
	before = sh("cd p; git for-each-ref; git reflog; git status "
		    "--porcelain; cat f1");
	write_file("plan", "pick c5\npick c1\npick c2\n");
	r = sh_try("cd p; git squash-last --since c3~3 --plan ../plan --json "
		   "2>../err");
	assert_rc(r, 1);
	assert_contains(r.out, "\"conflict\": {");
	assert_contains(r.out, sh("git -C p rev-parse c5 | tr -d '\\n'"));
	assert_contains(r.out, "\"f1\"");
	assert_contains(r.out, "\"new_head\": null");
	assert_contains(read_file("err"), "fatal: could not apply ");
	assert_contains(read_file("err"), "hint: conflict in f1\n");
	assert_contains(read_file("err"), "--via-rebase");
	assert_text(sh("cd p; git for-each-ref; git reflog; git status "
		       "--porcelain; cat f1"), before);
	/* No editor opens for words that would be lost. */
	write_file("plan", "reword c1\npick c5\n");
	r = sh_try("cd p; GIT_EDITOR='touch ../opened; :' git squash-last -e "
		   "--since c3~3 --plan ../plan");
	assert_rc(r, 1);
	assert_rc(sh_try("test -e opened"), 1);
}

static void follow_a_drop(const char *setup)
{
	struct result r;

	make_commits("x");
	sh("cd p; echo dirty >>f3; echo new >new; echo staged >>f0; "
	   "git add f0; %s", setup);
	write_file("plan", "pick c1\npick c3\npick c4\n");
	sh("cd p; git squash-last -q --since c3~3 --plan ../plan");
	assert_text(sh("cd p; git status --porcelain; test -e f2 || echo gone"),
		    "M  f0\n M f3\n?? new\ngone\n");
	assert_contains(sh("cd p; GIT_PROGRESS_DELAY=0 git squash-last -q "
			   "--undo; GIT_PROGRESS_DELAY=0 git squash-last -q "
			   "--progress --since c3~3 --plan ../plan 2>&1; "
			   "git squash-last -q --undo"),
			"Updating files: 100% (1/1)");
	assert_text(sh("cd p; git status --porcelain; cat f2"),
		    "M  f0\n M f3\n?? new\n2\n");
	/* What comes behind the files fails. */
	r = sh_try("cd p; git rev-parse HEAD >../before; "
		   "touch .git/ORIG_HEAD.lock; git squash-last -q "
		   "--since c3~3 --plan ../plan");
	assert_rc(r, 128);
	assert_contains(r.err, "ORIG_HEAD.lock': File exists");
	assert_text(sh("cd p; rm .git/ORIG_HEAD.lock; git rev-parse HEAD"),
		    read_file("before"));
	assert_text(sh("cd p; git status --porcelain; cat f2"),
		    "M  f0\n M f3\n?? new\n2\n");
	/* A file that must go has changes of its own. */
	sh("cd p; echo dirty >>f2");
	r = sh_try("cd p; git rev-parse HEAD ORIG_HEAD >../before; "
		   "git squash-last -q --since c3~3 --plan ../plan");
	assert_rc(r, 128);
	assert_contains(r.err, "have changes of their own");
	assert_text(sh("cd p; git rev-parse HEAD ORIG_HEAD"),
		    read_file("before"));
	assert_text(sh("cd p; git status --porcelain; cat f2"),
		    "M  f0\n M f2\n M f3\n?? new\n2\ndirty\n");
	assert_fsck("p");
}

static void index_and_work_tree_follow_a_drop(void **state)
{
	(void)state;
	follow_a_drop(":");
}

/* Which git itself has to write. */
static void a_split_index_follows_too(void **state)
{
	(void)state;
	follow_a_drop("git update-index --split-index");
	assert_text(sh("ls p/.git | grep -c sharedindex"), "1\n");
}

static void what_is_outside_of_the_cone_stays_out(void **state)
{
	static const char *const selections[] = {
		"a", "--sparse-index a", "--no-cone '/*' '!/b/'",
	};

	(void)state;
	write_file("plan", "drop HEAD~1\npick HEAD\n");
	for (size_t i = 0; i < ARRAY_SIZE(selections); i++) {
		sh("rm -rf p; git init -q p; cd p; mkdir a b; "
		   "for f in a/f b/f; do echo 1 >$f; done; git add .; "
		   "git commit -qm one; for f in a/n b/n b/f; do echo 2 >$f; "
		   "done; git add .; git commit -qm two; "
		   "git commit -q --allow-empty -m three; "
		   "git sparse-checkout set %s", selections[i]);
		sh("cd p; git squash-last -q --plan ../plan 2");
		assert_text(sh("cd p; git ls-files -t; ls -d */*; "
			       "git status --porcelain"),
			    "H a/f\nS b/f\na/f\n");
		sh("cd p; git squash-last -q --undo");
		assert_text(sh("cd p; git ls-files -t; ls -d */*; "
			       "git status --porcelain"),
			    "H a/f\nH a/n\nS b/f\nS b/n\na/f\na/n\n");
		assert_fsck("p");
	}
}

static void a_given_message_is_for_one(void **state)
{
	struct result r;

	(void)state;
	make_commits("x");
	write_file("plan", "pick c1\nreword c2\npick c3\n");
	sh("cd p; git squash-last -q --since c3~3 --plan ../plan -m other");
	assert_text(sh("git -C p log --format=%%s"), "c3\nother\nc1\nbase\n");
	sh("rm -rf p; cp -r a p");
	write_file("plan", "pick c1\nreword c2\nreword c3\n");
	r = sh_try("cd p; git squash-last --since c3~3 --plan ../plan -m x");
	assert_rc(r, 128);
	assert_contains(r.err, "the plan wants more");
	r = sh_try("cd p; git squash-last --since c3~3 --plan ../plan "
		   "</dev/null");
	assert_rc(r, 128);
	assert_contains(r.err, "no new message");
}

static void it_is_told_recorded_and_undone(void **state)
{
	const char *before;

	(void)state;
	make_commits("fixup! c1|x");
	before = sh("git -C p rev-parse HEAD");
	assert_contains(sh("cd p; git squash-last -n --autosquash 5"),
			"fixup ");
	assert_contains(sh("cd p; git squash-last -n --json --autosquash 5"),
			sh("git -C p rev-parse c2 | tr -d '\\n'"));
	assert_text(sh("git -C p rev-parse HEAD"), before);
	assert_contains(sh("cd p; git squash-last --autosquash 5"),
			"1 melded: HEAD is now ");
	assert_text(sh("cd p; git reflog -1 --format=%%gs; git reflog -1 "
		       "--format=%%gs refs/heads/main; git rev-parse "
		       "ORIG_HEAD"),
		    sh("echo 'squash-last: plan of 5 commits: 1 melded'; "
		       "echo 'squash-last: plan of 5 commits: 1 melded'; "
		       "echo %s", before));
	sh("cd p; git squash-last -q --undo");
	assert_text(sh("git -C p rev-parse HEAD"), before);
	sh("cd p; printf 'reword HEAD~1\n' >../plan");
	assert_contains(sh("cd p; git squash-last --plan ../plan -m new 2"),
			"1 reworded, 1 dropped: HEAD is now ");
	/* They only change places. */
	sh("cd p; printf 'pick HEAD\npick HEAD~1\n' >../plan");
	assert_contains(sh("cd p; git squash-last --plan ../plan 2; "
			   "git reflog -1 --format=%%gs"),
			"\nsquash-last: plan of 2 commits\n");
	assert_contains(sh("cd p; git squash-last --plan ../plan 2"),
			"plan of 2 commits: HEAD is now ");
}

static void branches_named_in_the_plan_move(void **state)
{
	struct result r;

	(void)state;
	make_commits("fixup! c1");
	sh("for r in a g p; do git -C $r branch here c2; git -C $r branch on "
	   "c3~3; done");
	run_plan("pick c1\nfixup c4\nupdate-ref refs/heads/here\npick c2\n"
		 "update-ref refs/heads/on\npick c3\n", "");
	assert_same_history();
	assert_text(sh("git -C p rev-parse here on"),
		    sh("git -C g rev-parse here on"));
	assert_contains(sh("cd p; git squash-last --undo"),
			"; refs/heads/on: ");
	assert_text(sh("git -C p for-each-ref"), sh("git -C a for-each-ref"));
	sh("cd p; git squash-last -q --undo");
	assert_text(sh("git -C p rev-parse main here on"),
		    sh("git -C g rev-parse main here on"));
	sh("cd p; git branch -f on HEAD");
	r = sh_try("cd p; git squash-last --undo");
	assert_rc(r, 128);
	assert_contains(r.err, "refs/heads/on has moved since");
	write_file("plan", "pick c1\nupdate-ref refs/heads/main\n");
	r = sh_try("cd a; git squash-last 4 --plan ../plan");
	assert_rc(r, 128);
	assert_contains(r.err, "HEAD is on refs/heads/main");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(autosquash_makes_what_git_makes),
		sandbox_test(drafts_and_messages_are_git_s),
		sandbox_test(hooks_run_for_final_messages),
		sandbox_test(a_conflict_changes_nothing),
		sandbox_test(index_and_work_tree_follow_a_drop),
		sandbox_test(a_split_index_follows_too),
		sandbox_test(what_is_outside_of_the_cone_stays_out),
		sandbox_test(a_given_message_is_for_one),
		sandbox_test(it_is_told_recorded_and_undone),
		sandbox_test(branches_named_in_the_plan_move),
	};

	return cmocka_run_group_tests_name("squash_autosquash", tests, NULL,
					   NULL);
}
