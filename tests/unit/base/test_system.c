/* SPDX-License-Identifier: MIT */
/* The disk, locks, other programs, threads. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fs.h"
#include "base/lockfile.h"
#include "base/run.h"
#include "base/thread.h"
#include "base/workers.h"
#include "support/sandbox.h"

static int dir_of(struct fs_walk *walk, const char *path,
		  enum fs_walk_mode mode)
{
	return fs_walk_dir(walk, path, strlen(path), mode);
}

static void a_walk_finds_and_makes_directories(void **state)
{
	struct fs_walk walk;
	struct stat st;

	(void)state;
	sh("mkdir -p a/b/c a/bc; echo x >a/b/c/file; echo y >a/bc/other");
	assert_int_equal(fs_walk_init(&walk, "."), 0);
	assert_int_equal(fstatat(dir_of(&walk, "a/b/c", FS_WALK_OPEN), "file",
				 &st, 0), 0);
	assert_int_equal(fstatat(dir_of(&walk, "a/bc", FS_WALK_OPEN), "other",
				 &st, 0), 0);
	assert_int_equal(fstatat(dir_of(&walk, "", FS_WALK_OPEN), "a", &st,
				 0), 0);
	assert_int_equal(dir_of(&walk, "a/x/y", FS_WALK_OPEN), -1);
	assert_int_equal(errno, ENOENT);
	assert_true(dir_of(&walk, "a/x/y", FS_WALK_CREATE) >= 0);
	assert_int_equal(stat("a/x/y", &st), 0);
	sh("rm -r a/x");
	fs_walk_forget(&walk, "a/x", 3);
	assert_int_equal(dir_of(&walk, "a/x/y", FS_WALK_OPEN), -1);
	assert_true(dir_of(&walk, "a/b/c", FS_WALK_OPEN) >= 0);
	fs_walk_release(&walk);
}

static void a_walk_follows_no_link(void **state)
{
	struct fs_walk walk;

	(void)state;
	sh("mkdir -p outside/d work/a; ln -s ../outside work/link; "
	   "ln -s ../../outside/d work/a/d; echo x >work/file");
	assert_int_equal(fs_walk_init(&walk, "work"), 0);
	assert_int_equal(dir_of(&walk, "link", FS_WALK_CREATE), -1);
	assert_true(errno == ELOOP || errno == ENOTDIR);
	assert_int_equal(dir_of(&walk, "link/new", FS_WALK_CREATE), -1);
	assert_int_equal(dir_of(&walk, "a/d/new", FS_WALK_CREATE), -1);
	assert_int_equal(dir_of(&walk, "file/new", FS_WALK_CREATE), -1);
	fs_walk_release(&walk);
	assert_text(sh("find outside"), "outside\noutside/d\n");
}

static void a_lock_replaces_its_file_whole(void **state)
{
	struct lockfile lock = LOCKFILE_INIT, second = LOCKFILE_INIT;

	(void)state;
	write_file("f", "old");
	assert_int_equal(lockfile_hold(&lock, "f"), 0);
	assert_int_equal(lockfile_hold(&second, "f"), GIT_ELOCKED);
	assert_string_equal(error_message(),
			    "Unable to create 'f.lock': File exists.");
	assert_contains(error_hint_text(), "ago");
	assert_int_equal(lockfile_write(&lock, "new", 3), 0);
	assert_text(read_file("f"), "old");
	assert_int_equal(lockfile_commit(&lock), 0);
	assert_text(read_file("f"), "new");
	assert_false(fs_exists("f.lock"));
	assert_int_equal(lockfile_hold(&lock, "f"), 0);
	lockfile_rollback(&lock);
	lockfile_rollback(&lock);
	assert_false(fs_exists("f.lock"));
	assert_text(read_file("f"), "new");
}

static void a_lock_goes_with_the_process(void **state)
{
	static const int ends[] = { 0, SIGTERM, SIGINT, SIGHUP };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		pid_t pid = fork();

		if (!pid) {
			struct lockfile lock = LOCKFILE_INIT;

			if (lockfile_hold(&lock, "f") < 0)
				_exit(99);
			if (ends[i])
				raise(ends[i]);
			exit(0);
		}
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		assert_false(fs_exists("f.lock"));
	}
}

static void *idle(void *unused)
{
	for (;;)
		pause();
	return unused;
}

/* While the main thread makes its locks it can take no signal, and no other
 * thread may take it in its place. */
static void a_signal_waits_for_the_main_thread(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (!pid) {
		struct lockfile lock = LOCKFILE_INIT;
		pthread_t other;
		sigset_t term;

		if (thread_start(&other, idle, NULL) ||
		    lockfile_hold(&lock, "first"))
			_exit(1);
		sigemptyset(&term);
		sigaddset(&term, SIGTERM);
		pthread_sigmask(SIG_BLOCK, &term, NULL);
		kill(getpid(), SIGTERM);
		usleep(20000);
		write_file("alive", "");
		if (lockfile_hold(&lock, "second"))
			_exit(1);
		pthread_sigmask(SIG_UNBLOCK, &term, NULL);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	assert_true(fs_exists("alive"));
	assert_false(fs_exists("first.lock") || fs_exists("second.lock"));
}

static void a_lock_follows_a_link_to_the_file(void **state)
{
	struct lockfile lock;

	(void)state;
	sh("mkdir d; echo old >d/f; ln -s d/f f");
	assert_int_equal(lockfile_hold(&lock, "f"), 0);
	assert_int_equal(lockfile_write(&lock, "new\n", 4), 0);
	assert_int_equal(lockfile_commit(&lock), 0);
	assert_text(read_file("d/f"), "new\n");
	sh("test -L f");
	/* What only we write is no link. */
	assert_int_equal(lockfile_replace("f", "ours\n", 5), 0);
	assert_text(sh("test ! -L f; cat f d/f"), "ours\nnew\n");
}

static void commands_get_and_give(void **state)
{
	struct strbuf out = STRBUF_INIT, err = STRBUF_INIT;
	struct run run = RUN_INIT;
	char *big = malloc(1 << 20);

	(void)state;
	memset(big, 'x', 1 << 20);
	strvec_pushl(&run.args, "sh", "-c",
		     "cat; echo $A$HOMELESS >&2; exit 3", NULL);
	strvec_pushl(&run.env, "A=b", "HOME", NULL);
	run.in = big;
	run.in_len = 1 << 20;
	run.out = &out;
	run.err = &err;
	assert_int_equal(run_command(&run), 3);
	assert_int_equal(out.len, 1 << 20);
	assert_string_equal(err.buf, "b\n");
	/* A child that reads nothing does not kill us. */
	strvec_pushl(&run.args, "true", NULL);
	assert_int_equal(run_command(&run), 0);
	strvec_pushl(&run.args, "sh", "-c", "kill -9 $$", NULL);
	assert_int_equal(run_command(&run), 128 + 9);
	strvec_pushl(&run.args, "no-such-program-here", NULL);
	assert_int_equal(run_command(&run), GIT_ENOTFOUND);
	strbuf_release(&out);
	strbuf_release(&err);
	free(big);
}

static void gits_own_words_become_the_error(void **state)
{
	struct strbuf out = STRBUF_INIT;

	(void)state;
	assert_int_equal(run_git_capture(&out, "rev-parse", "--git-dir", NULL),
			 GIT_ERROR);
	assert_contains(error_message(), "not a git repository");
	strbuf_release(&out);
}

static void a_child_converses(void **state)
{
	struct run run = RUN_INIT;
	struct child child;
	char line[8] = "";

	(void)state;
	strvec_pushl(&run.args, "cat", NULL);
	assert_int_equal(child_start(&child, &run), 0);
	assert_int_equal(write(child.in, "one\n", 4), 4);
	assert_int_equal(read(child.out, line, 4), 4);
	assert_string_equal(line, "one\n");
	assert_int_equal(child_finish(&child), 0);
}

struct sums {
	atomic_int seen[1000];
	size_t last_tick;
};

static void count(void *ctx, size_t thread, size_t first, size_t last)
{
	struct sums *sums = ctx;

	assert_true(thread < 3);
	for (size_t i = first; i < last; i++)
		atomic_fetch_add(&sums->seen[i], 1);
}

static void tick(void *ctx, size_t done)
{
	struct sums *sums = ctx;

	assert_true(done <= 1000);
	sums->last_tick = done;
}

static void workers_do_every_item_once(void **state)
{
	static struct sums sums;
	const struct workers_job job = { .work = count, .tick = tick,
					 .ctx = &sums, .nr = 1000,
					 .chunk = 7, .threads = 3 };

	(void)state;
	workers_run(&job);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(sums.seen[i], 1);
	assert_int_equal(sums.last_tick, 1000);
	assert_true(workers_online() >= 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(a_walk_finds_and_makes_directories),
		sandbox_test(a_walk_follows_no_link),
		sandbox_test(a_lock_replaces_its_file_whole),
		sandbox_test(a_lock_goes_with_the_process),
		sandbox_test(a_signal_waits_for_the_main_thread),
		sandbox_test(a_lock_follows_a_link_to_the_file),
		sandbox_test(commands_get_and_give),
		sandbox_test(gits_own_words_become_the_error),
		sandbox_test(a_child_converses),
		cmocka_unit_test(workers_do_every_item_once),
	};

	return cmocka_run_group_tests_name("base_system", tests, NULL, NULL);
}
