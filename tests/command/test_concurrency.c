/* SPDX-License-Identifier: MIT */
/*
 * Several at once in one repository. Whoever says that it is done has done
 * it, and nobody undoes it; who came too late says so, with an exit code, and
 * has changed nothing. A few rounds each, more with PARE_CONCURRENCY=<rounds>.
 */
#include <stdlib.h>
#include <string.h>

#include "support/sandbox.h"

enum { ROUNDS = 2 };

static unsigned rounds(void)
{
	const char *wanted = getenv("PARE_CONCURRENCY");
	unsigned nr = wanted ? (unsigned)strtoul(wanted, NULL, 10) : 0;

	return nr ? nr : ROUNDS;
}

/*
 * What the loops are made of; each runs with $me set. `win` tries until it is
 * done, and counts. A loser has met a lock, or seen that what it was to change
 * is another already. All else is noted in `wrong`.
 */
static const char tools[] =
	"won() { echo \"$*\" >>../won.$me; }\n"
	"wrong() { echo \"$me: $*\" >>../wrong; }\n"
	"lost() {\n"
	"	echo >>../lost.$me\n"
	"	test -s ../err.$me || wrong \"$*: exit code $rc, not a word\"\n"
	"	case $rc in 1|128) ;; *) wrong \"$*: exit code $rc\" ;; esac\n"
	"	grep -q -e 'File exists' -e 'but expected' -e 'has moved' "
	"-e 'is changing the work tree' "
	"../err.$me || wrong \"$*: $rc: $(cat ../err.$me)\"\n"
	"}\n"
	"once() {\n"
	"	rc=0; \"$@\" >../out.$me 2>../err.$me || rc=$?\n"
	"	if test $rc = 0; then won \"$*\"; else lost \"$*\"; return 1; fi\n"
	"}\n"
	"win() {\n"
	"	tries=0\n"
	"	until once \"$@\"; do\n"
	"		tries=$((tries + 1))\n"
	"		test $tries -lt 1000 || { wrong \"$*: never\"; return; }\n"
	"	done\n"
	"}\n"
	"has() { git sparse list | grep -qx $1 && test -f $1/f; }\n"
	"each() { i=0; while i=$((i + 1)); test $i -le $rounds; do $1 || :; done; }\n";

static void make_repo(void)
{
	sh("git init -q r && cd r && for d in a x y z; do mkdir $d; "
	   "echo $d >$d/f; done; git add . && git commit -qm tree && "
	   "git sparse-checkout set a");
}

/* Both at once in "r", to their end. */
static void run_both(const char *one, const char *other)
{
	struct result r;
	const char *wrong;

	r = sh_try("cd r; rounds=%u\n%s\n"
		   "(me=one; %s) & one=$!; (me=other; %s) & other=$!\n"
		   "wait $one || wrong one ended with $?\n"
		   "wait $other || wrong other ended with $?",
		   rounds(), tools, one, other);
	assert_int_equal(r.rc, 0);
	assert_text(r.err, "");
	wrong = read_file("wrong");
	if (wrong)
		print_error("%s", wrong);
	assert_null(wrong);
	/* No lock, no journal, and git finds nothing wrong. */
	assert_text(sh("cd r && git fsck --strict --no-dangling "
		       "--no-progress 2>&1; "
		       "find .git -name '*.lock' -o -name 'tmp_*' "
		       "-o -path '*/pare/journal*'"), "");
	print_message("%s", sh("for i in won lost; do for me in one other; do "
			       "echo $me $i $(cat $i.$me 2>/dev/null | wc -l) "
			       "times; done; done"));
}

static unsigned count(const char *command)
{
	return (unsigned)strtoul(sh("%s", command), NULL, 10);
}

/* Each has its directory, which the other never touches. */
#define COMES_AND_GOES(dir)                                                   \
	"step() { win git sparse add " dir "; has " dir " || wrong " dir      \
	" is not there; win git sparse remove " dir "; ! has " dir " || "     \
	"wrong " dir " is still there; }; each step; win git sparse add " dir

static void two_selections_at_once_are_both_done(void **state)
{
	(void)state;
	make_repo();
	run_both(COMES_AND_GOES("x"), COMES_AND_GOES("y"));
	assert_text(sh("cd r && git sparse list && git ls-files -t && "
		       "ls -d a/* x/* y/* && git status --porcelain"),
		    "a\nx\ny\nH a/f\nH x/f\nH y/f\nS z/f\na/f\nx/f\ny/f\n");
}

static void what_git_adds_beside_a_selection_stays_added(void **state)
{
	(void)state;
	make_repo();
	run_both(COMES_AND_GOES("x"),
		 "step() { for j in 1 2 3; do echo $i >a/n$i.$j; "
		 "win git add a/n$i.$j; done; }; each step");
	assert_int_equal(count("cd r && git ls-files 'a/n*' | wc -l"),
			 3 * rounds());
	assert_int_equal(count("cd r && git status --porcelain | "
			       "grep -c '^A  a/n'"), 3 * rounds());
	assert_text(sh("cd r && git sparse list; git ls-files -t x y z"),
		    "a\nx\nH x/f\nS y/f\nS z/f\n");
}

static void what_git_commits_beside_a_selection_stays_committed(void **state)
{
	(void)state;
	make_repo();
	run_both(COMES_AND_GOES("x"),
		 "step() { for j in 1 2; do echo $i.$j >>a/f; "
		 "win git commit -qam $i.$j; done; }; each step");
	assert_int_equal(count("cd r && git rev-list --count HEAD"),
			 1 + 2 * rounds());
	assert_text(sh("cd r && git status --porcelain; git sparse list; "
		       "git ls-files -t"),
		    "a\nx\nH a/f\nH x/f\nS y/f\nS z/f\n");
}

/* Objects go from files into packs while they are read and written. */
static void gc_and_fetch_are_in_nobodys_way(void **state)
{
	(void)state;
	make_repo();
	sh("git clone -q --bare r up && cd r && git remote add o ../up && "
	   "git clone -q ../up ../w && cd ../w && "
	   "for i in $(seq %u); do echo $i >b$i; git add .; "
	   "git commit -qm $i; done", rounds());
	run_both(COMES_AND_GOES("x") "; step() { echo $i >a/$i; "
		 "win git add a/$i; win git commit -qm $i; "
		 "win git commit -q --allow-empty -m empty; "
		 "win git squash-last -q -m folded$i 2; }; each step",
		 "step() { win git gc -q; git -C ../w push -q ../up "
		 "HEAD~$((rounds - i)):refs/heads/main; win git fetch -q o; "
		 "}; each step");
	assert_int_equal(count("cd r && git rev-list --count HEAD"),
			 1 + rounds());
	assert_int_equal(count("cd r && git rev-list --count o/main"),
			 1 + rounds());
	assert_int_equal(count("cd r && git log --format=%s | grep -c folded"),
			 rounds());
	assert_text(sh("cd r && git status --porcelain; git sparse list"),
		    "a\nx\n");
}

static void two_squashes_at_once_fold_as_often_as_they_say(void **state)
{
	unsigned won, commits = 4 * rounds() + 2;

	(void)state;
	make_repo();
	sh("cd r && for i in $(seq %u); do echo $i >>a/f; "
	   "git commit -qam $i; done", commits);
	run_both("step() { once git squash-last -q 2; }; each step",
		 "step() { once git squash-last -q 2; }; each step");
	won = count("cat won.* | wc -l");
	assert_true(won >= rounds());
	assert_int_equal(count("cd r && git rev-list --count HEAD"),
			 commits + 1 - won);
	/* Each fold keeps the messages of what it folded. */
	assert_int_equal(count("cd r && git log --format=%B | "
			       "grep -c '^[0-9][0-9]*$'"), commits);
	assert_text(sh("cd r && git status --porcelain; tail -n 1 a/f"),
		    sh("echo %u", commits));
}

static void what_git_commits_beside_a_squash_is_not_lost(void **state)
{
	unsigned folded;

	(void)state;
	make_repo();
	sh("cd r && for i in 1 2 3; do echo $i >>a/f; git commit -qam $i; "
	   "done");
	run_both("step() { once git squash-last -q 2; }; each step",
		 "step() { for j in 1 2; do echo $i.$j >a/n$i.$j; "
		 "win git add a/n$i.$j; win git commit -qm c$i.$j; done; }; "
		 "each step");
	folded = count("cat won.one 2>/dev/null | wc -l");
	assert_int_equal(count("cd r && git ls-tree --name-only HEAD a/ | "
			       "grep -c a/n"), 2 * rounds());
	assert_int_equal(count("cd r && git log --format=%B | grep -c ^c"),
			 2 * rounds());
	assert_int_equal(count("cd r && git rev-list --count HEAD"),
			 4 + 2 * rounds() - folded);
	assert_text(sh("cd r && git status --porcelain"), "");
}

/* A plan that takes a change of HEAD back, and its undo. */
#define PLANS                                                                 \
	"step() { win git squash-last -q --plan ../plan 2; "                  \
	"test ! -e a/two && test \"$(cat a/f)\" = a || wrong not taken back; "  \
	"win git squash-last -q --undo; "                                     \
	"test -e a/two && test \"$(cat a/f)\" = b || wrong not there; }; "      \
	"each step"

static void make_plan(void)
{
	sh("cd r && echo b >a/f && echo 2 >a/two && git add . && "
	   "git commit -qm two && echo 3 >a/three && git add . && "
	   "git commit -qm three && "
	   "printf 'drop HEAD~1\npick HEAD\n' >../plan");
}

static void what_git_adds_beside_a_plan_stays_added(void **state)
{
	(void)state;
	make_repo();
	make_plan();
	run_both(PLANS, "step() { for j in 1 2 3; do echo $i >a/n$i.$j; "
			"win git add a/n$i.$j; done; }; each step");
	assert_int_equal(count("cd r && git status --porcelain | "
			       "grep -c '^A  a/n'"), 3 * rounds());
	assert_text(sh("cd r && git status --porcelain | sed '/ a.n/d'; "
		       "git log --format=%%s"), "three\ntwo\ntree\n");
}

static void a_plan_and_a_selection_are_both_done(void **state)
{
	(void)state;
	make_repo();
	make_plan();
	run_both(PLANS, COMES_AND_GOES("x"));
	assert_text(sh("cd r && git status --porcelain; git sparse list; "
		       "git log --format=%%s"), "a\nx\nthree\ntwo\ntree\n");
}

/* What git's message leaves out: since when, and whose it is. */
static void a_lock_is_named_with_its_age_and_who_has_it(void **state)
{
	static const struct {
		const char *before, *hint;
	} cases[] = {
		{ "touch -d '23 minutes ago' .git/index.lock",
		  "made 23 minutes ago; no process that can be seen has it "
		  "open" },
		{ "touch -d '2 days ago' .git/index.lock; "
		  "echo pid 999999999 >.git/index~pid.lock",
		  "made 2 days ago by process 999999999, which is no more" },
		{ "touch -d '1 hour ago' .git/index.lock; "
		  "echo pid $$ >.git/index~pid.lock",
		  "made 1 hour ago by process $$ (sh)" },
		/* Nobody will ever write into that. */
		{ "touch -d '3 days ago' .git/index.lock; "
		  "mkfifo .git/index~pid.lock",
		  "made 3 days ago; no process that can be seen has it open" },
		{ "exec 9>.git/index.lock",
		  "; process $$ (sh) has it open" },
	};

	(void)state;
	make_repo();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct result r = sh_try("cd r; %s\n"
					 "echo \"%s\"; timeout 60 git sparse add x "
					 "9>&-; "
					 "rc=$?; rm -f .git/*.lock; exit $rc",
					 cases[i].before, cases[i].hint);

		assert_rc(r, 128);
		assert_contains(r.err, "fatal: Unable to create '");
		assert_contains(r.err, ".git/index.lock': File exists.\nhint: ");
		r.out[strlen(r.out) - 1] = '\0';
		assert_contains(r.err, r.out);
		assert_contains(r.err, "\nhint: then remove the file.\n");
	}
}

static void the_lock_of_a_branch_too(void **state)
{
	struct result r;

	(void)state;
	make_repo();
	sh("cd r && git commit -q --allow-empty -m empty && "
	   "touch -d '3 hours ago' .git/refs/heads/main.lock");
	r = sh_try("cd r && git squash-last 2");
	assert_rc(r, 128);
	assert_contains(r.err, "refs/heads/main.lock': File exists.\n"
			       "hint: the lock was made 3 hours ago; no "
			       "process that can be seen has it open\n");
}

/* While it waits for its editor git has the message there. */
static void the_message_of_a_commit_is_not_overwritten(void **state)
{
	(void)state;
	make_repo();
	sh("cd r && git commit -q --allow-empty -m two && echo new >>a/f && "
	   "GIT_EDITOR='f() { git squash-last -q -m folded 2 && "
	   "git reword -q -m reworded; }; f' git commit -qam mine -e || :");
	assert_text(sh("cd r && cat .git/COMMIT_EDITMSG | head -n 1; "
		       "git log --format=%%s"), "mine\nreworded\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(a_lock_is_named_with_its_age_and_who_has_it),
		sandbox_test(the_lock_of_a_branch_too),
		sandbox_test(the_message_of_a_commit_is_not_overwritten),
		sandbox_test(two_selections_at_once_are_both_done),
		sandbox_test(what_git_adds_beside_a_selection_stays_added),
		sandbox_test(what_git_commits_beside_a_selection_stays_committed),
		sandbox_test(gc_and_fetch_are_in_nobodys_way),
		sandbox_test(two_squashes_at_once_fold_as_often_as_they_say),
		sandbox_test(what_git_commits_beside_a_squash_is_not_lost),
		sandbox_test(what_git_adds_beside_a_plan_stays_added),
		sandbox_test(a_plan_and_a_selection_are_both_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
