/* SPDX-License-Identifier: MIT */
/*
 * What a rewrite leaves alone, and what is left of one that is cut off: in all
 * kinds of repositories.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/sandbox.h"

/* So many commits that change `f1`, every third a fixup! of the first. */
static void make_repo(const char *args, int nr)
{
	sh("git init -q -b main %s a && cd a && n=0 && "
	   "while test $n -lt %d; do n=$((n + 1)); "
	   "s=c$n; f=$((n %% 5)); "
	   "test $((n %% 3)) = 0 && s='fixup! c1' && f=x$n; "
	   "printf 'commit refs/heads/main\\ncommitter C <c@e> %%s +0000\\n"
	   "data <<E\\n%%s\\nE\\nM 100644 inline f%%s\\ndata <<E\\n%%s\\nE\\n' "
	   "$((1700000000 + n)) \"$s\" $f $n; done | "
	   "git fast-import --quiet", args, nr);
}

static const char *state_of_files(const char *repo)
{
	return sh("cd %s; d=$(git rev-parse --git-dir); sha1sum $d/index; "
		  "stat -c '%%y %%i' $d/index; "
		  "find . -path ./.git -prune -o -type f -exec "
		  "stat -c '%%n %%y %%z %%i %%s' {} + | sort", repo);
}

static const char *nr_of_objects(void)
{
	return sh("git -C a count-objects | cut -d' ' -f1");
}

/* Neither index nor work tree, whatever is staged or changed in them. */
static void files_are_left_alone(void **state)
{
	static const char *const commands[] = {
		"squash-last --autosquash --root", "squash-last --undo",
		"squash-last --undo", "squash-last 3", "reword HEAD~2 -m x",
		"reword -m 'fixup! c1'", "squash-last --root -m x",
		"squash-last --undo", "squash-last -n 3",
		"squash-last --print-plan 3",
	};

	(void)state;
	make_repo("", 9);
	sh("cd a; git reset -q --hard; echo dirty >f1; echo staged >new; "
	   "git add new; echo 1 >untracked; git branch x HEAD~2; "
	   "cp -a ../a ../start");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		const char *before = state_of_files("a");

		sh("cd a; git %s", commands[i]);
		assert_text(state_of_files("a"), before);
	}
	assert_text(sh("git -C a status -s"),
		    " M f1\nA  new\n?? untracked\n");
	assert_fsck("a");
}

static void a_fold_writes_one_object_and_one_line(void **state)
{
	(void)state;
	make_repo("", 30);
	sh("cd a; git reset -q --hard; git repack -q -a -d; git reflog expire "
	   "--expire=now --all");
	assert_text(nr_of_objects(), "0\n");
	sh("cd a; git squash-last -q 20 -m x");
	assert_text(nr_of_objects(), "1\n");
	assert_text(sh("cd a; git reflog HEAD; git reflog main | wc -l"),
		    sh("cd a; echo \"$(git rev-parse --short HEAD) HEAD@{0}: "
		       "squash-last: fold 20 commits into x\"; echo 1"));
	sh("cd a; git reword -q HEAD~3 -m y");
	assert_text(nr_of_objects(), "5\n");
	assert_text(sh("cd a; git reflog | wc -l; git rev-parse ORIG_HEAD"),
		    sh("cd a; echo 2; git rev-parse HEAD@{1}"));
}

static pid_t start(void)
{
	pid_t pid = fork();

	if (!pid) {
		setpgid(0, 0);
		if (chdir("a") || !freopen("/dev/null", "w", stderr))
			_exit(126);
		execlp("git-squash-last", "git-squash-last", "-q",
		       "--autosquash", "--root", "--update-refs", NULL);
		_exit(127);
	}
	return pid;
}

/* Killed with all that it started, like by the end of the power. */
static void kill_after(long microseconds)
{
	struct timespec nap = { .tv_sec = microseconds / 1000000,
				.tv_nsec = microseconds % 1000000 * 1000 };
	pid_t pid = start();
	int status;

	nanosleep(&nap, NULL);
	kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
}

static long microseconds_of_one(void)
{
	struct timespec from, to;
	int status;
	pid_t pid;

	clock_gettime(CLOCK_MONOTONIC, &from);
	pid = start();
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	clock_gettime(CLOCK_MONOTONIC, &to);
	return (to.tv_sec - from.tv_sec) * 1000000 +
	       (to.tv_nsec - from.tv_nsec) / 1000;
}

static const char tips_and_files[] =
	"git for-each-ref; git status -s; git symbolic-ref HEAD";

/* 200 commits: refs are the old ones or the new, and all goes on. */
static void a_kill_leaves_old_or_new(void **state)
{
	enum { KILLS = 12 };
	const char *old, *new;
	unsigned seed = (unsigned)time(NULL), nr_new = 0;
	long whole;

	(void)state;
	make_repo("", 200);
	sh("cd a; git reset -q --hard; git branch x HEAD~100; "
	   "git branch y HEAD~150; cp -a ../a ../start");
	old = sh("cd a; %s", tips_and_files);
	whole = microseconds_of_one();
	new = sh("cd a; %s", tips_and_files);
	assert_string_not_equal(old, new);
	for (int i = 0; i < KILLS; i++) {
		const char *now;

		sh("rm -rf a; cp -a start a");
		kill_after((long)(rand_r(&seed) % 1000) * whole / 800);
		now = sh("cd a; %s", tips_and_files);
		if (!strcmp(now, new))
			nr_new++;
		else
			assert_text(now, old);
		/* What a killed git left locked is told, and can be removed. */
		sh("cd a; find .git -name '*.lock' -exec rm {} +; "
		   "git squash-last -q 2 -m after");
		assert_fsck("a");
	}
	printf("# %u of %d finished before the kill\n", nr_new, KILLS);
}

static void a_bare_repository_will_do(void **state)
{
	(void)state;
	make_repo("--bare", 9);
	sh("cd a; git branch x HEAD~1; git squash-last -q --update-refs 3 "
	   "-m new; git reword -q HEAD~1 -m old; "
	   "git squash-last -q --autosquash --root; "
	   "printf 'pick main~1\\n' | git squash-last -q 2 --plan -");
	assert_text(sh("cd a; git log -1 --format=%%s; "
		       "git log -1 --format=%%s x; ls | grep -c f2 || :"),
		    "old\nnew\n0\n");
	sh("cd a; git squash-last -q --undo");
	assert_text(sh("git -C a log -2 --format=%%s"), "new\nold\n");
	assert_fsck("a");
}

static void a_detached_head_moves_alone(void **state)
{
	const char *main;

	(void)state;
	make_repo("", 9);
	sh("cd a; git reset -q --hard; git checkout -q --detach");
	main = sh("git -C a rev-parse main");
	sh("cd a; git squash-last -q 3 -m new; git reword -q HEAD~1 -m old");
	assert_text(sh("git -C a rev-parse main"), main);
	assert_text(sh("git -C a log -2 --format=%%s"), "new\nold\n");
	assert_text(sh("cd a; git reflog -2 --format=%%gs; git status -s; "
		       "git symbolic-ref -q HEAD || echo detached"),
		    "reword: old\nsquash-last: fold 3 commits into new\n"
		    "detached\n");
	/* Seen from there main is another branch, which may follow. */
	sh("cd a; git checkout -q --detach main; git squash-last -q "
	   "--update-refs 3 -m new");
	assert_text(sh("git -C a rev-parse main"),
		    sh("git -C a rev-parse HEAD"));
	assert_fsck("a");
}

static void linked_worktrees_have_their_own_undo(void **state)
{
	const char *before;

	(void)state;
	make_repo("", 9);
	sh("cd a; git reset -q --hard; git worktree add -q -b side ../wt");
	before = sh("git -C a for-each-ref");
	sh("cd wt; git squash-last -q 3 -m side; cd ../a; "
	   "git squash-last -q 2 -m main");
	assert_text(sh("git -C a log -1 --format=%%s main; "
		       "git -C wt log -1 --format=%%s; git -C a rev-parse "
		       "--git-path ORIG_HEAD; test -f "
		       "a/.git/worktrees/wt/ORIG_HEAD; git -C wt status -s"),
		    "main\nside\n.git/ORIG_HEAD\n");
	sh("cd wt; git squash-last -q --undo; cd ../a; "
	   "git squash-last -q --undo");
	assert_text(sh("git -C a for-each-ref"), before);
	assert_fsck("a");
}

static void a_sparse_index_stays_sparse(void **state)
{
	const char *before;

	(void)state;
	sh("git init -q -b main a; cd a; mkdir in out; "
	   "for i in 1 2 3 4; do echo $i >in/$i; echo $i >out/$i; git add .; "
	   "git commit -q -m c$i; done; echo >>out/1; git commit -q -a -m "
	   "'fixup! c1'; git sparse-checkout set --cone --sparse-index in");
	before = state_of_files("a");
	sh("cd a; git squash-last -q --autosquash --root; "
	   "git squash-last -q 2 -m new; git reword -q HEAD~1 -m two");
	assert_text(state_of_files("a"), before);
	/* A plan that changes files, outside the cone too. */
	sh("cd a; printf 'pick main~1\\n' | git squash-last -q 1 --plan - || "
	   "printf 'pick main~1\\n' | git squash-last -q 2 --plan -");
	assert_text(sh("cd a; git status -s; git ls-files --sparse | tail -2; "
		       "git ls-files -t | head -3; ls"),
		    "in/2\nout/\nH in/1\nH in/2\nS out/1\nin\n");
	assert_fsck("a");
}

/* Without blobs, and without trees: what is needed comes in few fetches. */
static void a_partial_clone_fetches_what_it_needs(void **state)
{
	static const struct { const char *filter; int at_most; } cases[] = {
		{ "blob:none", 1 }, { "tree:0", 2 },
	};

	(void)state;
	sh("git init -q -b main a; cd a; git config uploadpack.allowFilter 1; "
	   "git config uploadpack.allowAnySHA1InWant 1; mkdir -p d/e; "
	   "seq 9 >d/e/f; echo 1 >d/g; git add .; git commit -q -m c1; "
	   "sed -i s/9/nine/ d/e/f; echo x >x; git add .; "
	   "git commit -q -a -m c2; echo 2 >d/g; git commit -q -a -m c3; "
	   "sed -i s/^1/one/ d/e/f; git commit -q -a -m 'fixup! c1'; "
	   "sed -i s/^5/five/ d/e/f; git commit -q -a -m 'squash! c2'; "
	   "cp -a . ../g; cd ../g; GIT_SEQUENCE_EDITOR=: GIT_EDITOR=: "
	   "git rebase -q -i --autosquash --root");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		sh("rm -rf c; git clone -q --no-checkout --filter=%s "
		   "file://$PWD/a c 2>/dev/null; cd c; git squash-last -q -n "
		   "--allow-pushed 3; GIT_TRACE=$PWD/../trace git squash-last "
		   "-q --allow-pushed --autosquash --root",
		   cases[i].filter);
		assert_text(sh("git -C c rev-parse HEAD^{tree} HEAD~1^{tree} "
			       "HEAD~2^{tree}"),
			    sh("git -C g rev-parse HEAD^{tree} HEAD~1^{tree} "
			       "HEAD~2^{tree}"));
		assert_true(atoi(sh("grep -c 'built-in: git fetch' trace; "
				    "rm trace")) <= cases[i].at_most);
		assert_fsck("c");
	}
}

static void another_object_format_is_told(void **state)
{
	struct result r;

	(void)state;
	make_repo("--object-format=sha256", 4);
	r = sh_try("cd a; git squash-last 2 -m x");
	assert_rc(r, 128);
	assert_contains(r.err, "object format sha256");
	assert_rc(sh_try("cd a; git reword -m x"), 128);
	assert_text(sh("git -C a log -1 --format=%%s"), "c4\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(files_are_left_alone),
		sandbox_test(a_fold_writes_one_object_and_one_line),
		sandbox_test(a_kill_leaves_old_or_new),
		sandbox_test(a_bare_repository_will_do),
		sandbox_test(a_detached_head_moves_alone),
		sandbox_test(linked_worktrees_have_their_own_undo),
		sandbox_test(a_sparse_index_stays_sparse),
		sandbox_test(a_partial_clone_fetches_what_it_needs),
		sandbox_test(another_object_format_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
