/* SPDX-License-Identifier: MIT */
/* Plans as git rebase -i makes them, and what git squash-last makes of them. */
#include <stdio.h>
#include <string.h>

#include "support/sandbox.h"

/* The plan of `git rebase -i <args>` in `repo`, without comments. */
static const char *git_plan(const char *repo, const char *args)
{
	write_file("capture", "#!/bin/sh\ngrep -v -e '^$' -e '^[#;]' \"$1\" "
			      ">../plan\nfalse\n");
	sh("chmod +x capture; rm -f plan; cd %s; "
	   "GIT_SEQUENCE_EDITOR=../capture git rebase -q -i %s 2>/dev/null "
	   "|| true", repo, args);
	return read_file("plan");
}

static const char *our_plan(const char *repo, const char *args)
{
	return sh("cd %s; git squash-last --print-plan %s", repo, args);
}

/* Commits with these subjects, one a line; `@3` in one is the third's name. */
static void make_commits(const char *repo, const char *subjects)
{
	write_file("subjects", subjects);
	sh("git init -q %s; cd %s; git commit -q --allow-empty -m base; "
	   "n=0; while IFS= read -r s; do n=$((n + 1)); echo $n >f$n; "
	   "git add .; "
	   "for i in 1 2 3 4 5; do case $s in *@$i*) "
	   "s=$(echo \"$s\" | sed \"s/@$i/$(git rev-parse --short c$i)/\");; "
	   "esac; done; printf '%%s\\n' \"$s\" | git commit -q -F - "
	   "--cleanup=verbatim; git tag c$n; done <../subjects", repo, repo);
}

static void the_plan_is_the_one_git_makes(void **state)
{
	static const char *const config[] = {
		"core.abbrev 12", "rebase.abbreviateCommands true",
		"rebase.instructionFormat '%h (%an) %s'",
		"core.commentChar ';'", "core.abbrev 40",
		"rebase.instructionFormat format:%s%d",
	};

	(void)state;
	make_commits("a", "one\ntwo\nthree\n");
	sh("cd a; git commit -q --allow-empty -m 'an empty one'; "
	   "git -c i18n.commitEncoding=latin1 commit -q --allow-empty "
	   "-m \"$(printf 'caf\\351  x')\"; "
	   "git commit -q --allow-empty -m 'two' -m lines; "
	   "printf 'a\\nb \\n\\nc\\n' | git commit -q --allow-empty -F -");
	assert_text(our_plan("a", "5"), git_plan("a", "HEAD~5"));
	assert_text(our_plan("a", "--root"), git_plan("a", "--root"));
	assert_text(our_plan("a", "--since c2"), git_plan("a", "c2"));
	for (size_t i = 0; i < ARRAY_SIZE(config); i++) {
		sh("cd a; git config %s", config[i]);
		assert_text(our_plan("a", "6"), git_plan("a", "HEAD~6"));
	}
}

static void melds_go_where_git_puts_them(void **state)
{
	static const char *const cases[] = {
		"one\ntwo\nfixup! one\nsquash! two\namend! one\n",
		("one\ntwo\nthree\nfixup! fixup! one\nfixup! one\nsquash! "
		 "fixup! squash! one\n"),
		"one\ntwo\nfixup! @1\nsquash! @2\nfixup! @5\namend! @3\n",
		"first thing\nsecond\nfixup! first\nfixup! fir\nfixup! x\n",
		"fixup! later\nlater\nfixup! fixup!   later\nfixup!later\n",
		"one\none\nfixup! one\nfixup! @2\nfixup! HEAD~3\n",
		"fixup! a b\na b c\nfixup! a b\nfixup! a b c\n",
		"squash! x\nfixup! squash! x\nfixup! x\nx\nfixup! x\n",
		"a\nfixup! \nsquash!\nfixup!  a\nfixup! fixup! \n",
		"one\nfixup! c1\nfixup! c2\nfixup! c3\nfixup! @2\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		sh("rm -rf a");
		make_commits("a", cases[i]);
		assert_text(our_plan("a", "--autosquash --since HEAD~4"),
			    git_plan("a", "--autosquash HEAD~4"));
		assert_text(our_plan("a", "--autosquash --root"),
			    git_plan("a", "--autosquash --root"));
	}
}

/* A small generator: the same sets every time. */
static unsigned next(unsigned *seed, unsigned below)
{
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 16) % below;
}

static void random_subjects(char *out, size_t size, unsigned seed)
{
	static const char *const prefix[] = { "", "", "fixup! ", "squash! ",
					      "amend! ", "fixup! fixup! ",
					      "squash! amend! " };
	static const char *const word[] = { "red", "red fish", "blue",
					    "blue fish", "re", "@1", "@2",
					    "@3", "fish", "b" };
	size_t len = 0;

	for (unsigned i = 0; i < 14; i++) {
		unsigned p = next(&seed, ARRAY_SIZE(prefix));
		unsigned w = next(&seed, ARRAY_SIZE(word));

		/* Names of commits that are there already. */
		if (i < 3 && word[w][0] == '@')
			w = 0;
		len += (size_t)snprintf(out + len, size - len, "%s%s\n",
					prefix[p], word[w]);
	}
}

static void random_melds_go_where_git_puts_them(void **state)
{
	char subjects[2048];

	(void)state;
	for (unsigned seed = 1; seed <= 12; seed++) {
		random_subjects(subjects, sizeof(subjects), seed);
		sh("rm -rf a");
		make_commits("a", subjects);
		for (unsigned n = 14; n > 6; n -= 3) {
			char ours[64], gits[64];

			snprintf(ours, sizeof(ours), "--autosquash %u", n);
			snprintf(gits, sizeof(gits), "--autosquash HEAD~%u", n);
			assert_text(our_plan("a", ours), git_plan("a", gits));
		}
	}
}

/* Both twins by the same plan: git's sequence editor copies it. */
static void assert_same_as_git(const char *plan, const char *options)
{
	write_file("plan", plan);
	sh("rm -rf g p; cp -r a g; cp -r a p");
	sh("cd g; GIT_SEQUENCE_EDITOR='cp ../plan' GIT_EDITOR=true "
	   "git rebase -q -i HEAD~3 >/dev/null 2>&1");
	sh("cd p; GIT_EDITOR=true git squash-last -q 3 --plan ../plan %s "
	   "2>/dev/null", options);
	assert_text(sh("git -C p log --format='%%T %%an %%at %%B'"),
		    sh("git -C g log --format='%%T %%an %%at %%B'"));
	assert_text(sh("cd p; git status --porcelain"), "");
	assert_fsck("p");
}

static void plans_for_git_alone_are_handed_over(void **state)
{
	(void)state;
	make_commits("a", "one\ntwo\nthree\n");
	assert_same_as_git("pick c1\nexec echo x >y; git add y; "
			   "git commit -q -m y\npick c2\nsquash c3\n", "");
	assert_same_as_git("pick c1\nlabel here\npick c2\nreset here\n"
			   "merge -C c3 c2\n", "");
	assert_same_as_git("pick c3\npick c1\nfixup c2\n", "--via-rebase");
}

/* c1, c2, a merge that holds what neither side has, a fixup of its like. */
static void make_merge(int fixup)
{
	sh("rm -rf a; git init -q a; cd a; echo 1 >f1; git add .; "
	   "git commit -qm c1; git checkout -q -b side; echo s >s; git add .; "
	   "git commit -qm side; git checkout -q main; echo 2 >f2; git add .; "
	   "git commit -qm c2; git merge -q --no-commit side; echo e >evil; "
	   "git add .; git commit -qm 'merge side'; echo 3 >f3; git add .; "
	   "git commit -qm c3; echo 4 >>f%d; "
	   "git commit -qam 'fixup! c%d'; rm -rf ../g; cp -a . ../g",
	   fixup, fixup);
}

/* git would lose `evil` where it makes the merge again. */
static void merges_keep_what_they_hold(void **state)
{
	struct result r;
	const char *trees;

	(void)state;
	make_merge(3);
	trees = sh("git -C a log --format='%%T %%an' --first-parent HEAD~1^");
	sh("cd a; git squash-last -q --autosquash --root");
	assert_text(sh("cd a; git log --format=%%s --first-parent; "
		       "git rev-parse HEAD~1"),
		    sh("cd g; printf 'c3\nmerge side\nc2\nc1\n'; "
		       "git rev-parse HEAD~2"));
	assert_text(sh("cd a; git cat-file -p HEAD:f3; git status -s"),
		    "3\n4\n");
	/* Below it other words, but the same tree: it is made anew. */
	sh("cd a; printf \"reword HEAD~3\\npick HEAD~2\\nmerge -C HEAD~1 %%s # x"
	   "\\npick HEAD\\n\" $(git rev-parse side) | "
	   "git squash-last -q --root --plan - -m new --update-refs");
	assert_text(sh("cd a; git log --format=%%s --first-parent"),
		    "c3\nmerge side\nc2\nnew\n");
	assert_text(sh("git -C a log --format='%%T %%an' --first-parent HEAD^"),
		    trees);
	assert_text(sh("git -C a rev-parse HEAD~1^2"),
		    sh("git -C a rev-parse side"));
	assert_fsck("a");
	/* Its first parent changes: for git, which is said. */
	make_merge(2);
	r = sh_try("cd a; git squash-last --autosquash --root -n");
	assert_rc(r, 0);
	assert_contains(r.err, "note: only git rebase can do 'merge'");
	assert_contains(r.out, "would hand this to git rebase -i:\npick ");
}

static void a_plan_is_checked_before_anything_is_done(void **state)
{
	static const struct {
		const char *setup, *plan, *options, *err;
	} cases[] = {
		{ "", "pluck c1\n", "", "fatal: line 1: invalid command "
					"'pluck'\n" },
		{ "", "pick c1\nfoo\npick zz\nexec \n", "",
		  "error: line 2: invalid command 'foo'\n"
		  "error: line 3: could not parse 'zz'\n"
		  "error: line 4: missing arguments for exec\n"
		  "fatal: the plan has 3 faults; nothing was changed\n" },
		{ "", "# nothing\n", "", "fatal: nothing to do\n" },
		{ "git config rebase.missingCommitsCheck error;",
		  "pick c2\n", "", "fatal: 2 commits are in no line" },
		{ "", "exec false\n", "--plan nowhere", "fatal: " },
	};

	(void)state;
	make_commits("a", "one\ntwo\nthree\n");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *before;
		struct result r;

		write_file("plan", cases[i].plan);
		sh("rm -rf p; cp -r a p; cd p; %s true", cases[i].setup);
		before = sh("cd p; find . -type f | xargs sha1sum");
		r = sh_try("cd p; git squash-last 3 --plan ../plan %s",
			   cases[i].options);
		assert_rc(r, 128);
		assert_contains(r.err, cases[i].err);
		assert_text(sh("cd p; find . -type f | xargs sha1sum"),
			    before);
	}
}

static void the_sequence_editor_is_the_one_git_takes(void **state)
{
	(void)state;
	make_commits("a", "one\ntwo\nthree\n");
	write_file("editor", "#!/bin/sh\ncp \"$2\" ../seen-$1; "
			     "sed -i 2d \"$2\"\n");
	sh("chmod +x editor; cd a; git config sequence.editor '../editor cfg';"
	   "git squash-last -q -i 3 2>/dev/null");
	assert_text(sh("git -C a log --format=%%s"), "three\none\nbase\n");
	sh("cd a; GIT_SEQUENCE_EDITOR='../editor env' "
	   "git squash-last -q --interactive 2 2>/dev/null");
	assert_text(sh("git -C a log --format=%%s"), "one\nbase\n");
	assert_contains(read_file("seen-cfg"), "p, pick <commit>: keep it\n");
	assert_contains(read_file("seen-cfg"),
			sh("git -C a log -1 --format='pick %%h one'"));
	assert_rc(sh_try("cd a; git squash-last --via-rebase 2"), 129);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(the_plan_is_the_one_git_makes),
		sandbox_test(melds_go_where_git_puts_them),
		sandbox_test(random_melds_go_where_git_puts_them),
		sandbox_test(plans_for_git_alone_are_handed_over),
		sandbox_test(merges_keep_what_they_hold),
		sandbox_test(a_plan_is_checked_before_anything_is_done),
		sandbox_test(the_sequence_editor_is_the_one_git_takes),
	};

	return cmocka_run_group_tests_name("squash_plan", tests, NULL, NULL);
}
