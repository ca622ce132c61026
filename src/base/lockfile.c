/* SPDX-License-Identifier: MIT */
/*
 * The list of temporary files is read by a signal handler, so it is changed
 * in an order that is valid at every instruction: an entry is filled before it
 * becomes active, and made inactive before it is freed. Entries stay in the
 * list and are used again.
 */
#include "base/lockfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/holder.h"
#include "base/shared.h"

struct tempfile {
	struct tempfile *volatile next;
	volatile sig_atomic_t active;
	volatile pid_t owner; /* a forked child must not remove ours */
	char path[PATH_MAX];
};

static struct tempfile *volatile tempfiles;

void tempfile_remove_all(void)
{
	pid_t me = getpid();

	for (struct tempfile *t = tempfiles; t; t = t->next) {
		if (t->active && t->owner == me)
			unlink(t->path);
		t->active = 0;
	}
}

static void on_signal(int signal_nr)
{
	tempfile_remove_all();
	signal(signal_nr, SIG_DFL);
	raise(signal_nr);
}

static void watch_for_the_end(void)
{
	static const int signals[] = { SIGINT,	SIGHUP, SIGTERM, SIGQUIT,
				       SIGPIPE, SIGXFSZ };
	static bool done;

	if (done)
		return;
	done = true;
	atexit(tempfile_remove_all);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		struct sigaction old, new = { .sa_handler = on_signal };

		/* Who started us with a signal ignored wants it so. */
		if (!sigaction(signals[i], NULL, &old) &&
		    old.sa_handler == SIG_DFL)
			sigaction(signals[i], &new, NULL);
	}
}

static struct tempfile *free_entry(void)
{
	struct tempfile *t;

	for (t = tempfiles; t; t = t->next)
		if (!t->active)
			return t;
	t = xcalloc(1, sizeof(*t));
	t->next = tempfiles;
	tempfiles = t;
	return t;
}

/* NULL when the path is too long to be kept. */
static struct tempfile *prepare_entry(const char *path)
{
	struct tempfile *t;

	if (strlen(path) >= sizeof(t->path))
		return NULL;
	watch_for_the_end();
	t = free_entry();
	memcpy(t->path, path, strlen(path) + 1);
	t->owner = getpid();
	return t;
}

struct tempfile *tempfile_register(const char *path)
{
	struct tempfile *t = prepare_entry(path);

	if (t)
		t->active = 1;
	return t;
}

void tempfile_forget(struct tempfile *temp)
{
	if (temp)
		temp->active = 0;
}

/* What cannot be removed now is tried again at the end. */
static void remove_noted(struct tempfile *temp)
{
	if (!unlink(temp->path) || errno == ENOENT)
		temp->active = 0;
}

void tempfile_delete(struct tempfile *temp)
{
	if (temp && temp->active)
		remove_noted(temp);
}

const char *tempfile_path(const struct tempfile *temp)
{
	return temp->path;
}

void lockfile_explain(const char *lock_path)
{
	struct strbuf who = STRBUF_INIT;

	if (holder_describe(&who, lock_path))
		error_hint("%s", who.buf);
	strbuf_release(&who);
	error_hint("Another git process seems to be running in this "
		   "repository, or one");
	error_hint("was stopped and left the file behind. Make sure that none "
		   "runs,");
	error_hint("then remove the file.");
}

static int taken(const char *lock_path)
{
	error_set(GIT_ELOCKED, "Unable to create '%s': File exists.",
		  lock_path);
	lockfile_explain(lock_path);
	return GIT_ELOCKED;
}

/*
 * git follows a link at the file itself (a config kept elsewhere). What is no
 * file behind it, a device say, is not replaced by one.
 */
char *lockfile_real_path(const char *path)
{
	char *real;
	struct stat st;

	if (lstat(path, &st) || !S_ISLNK(st.st_mode) ||
	    (!stat(path, &st) && !S_ISREG(st.st_mode)))
		return xstrdup(path);
	real = realpath(path, NULL);
	return real ? real : xstrdup(path);
}

static void hold_signals(sigset_t *before)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, before);
}

/* Made and noted with the signals held, so that none comes between. */
static int create_noted(struct tempfile *temp)
{
	sigset_t before;
	int fd, saved;

	hold_signals(&before);
	fd = fs_open(temp->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	saved = errno;
	if (fd >= 0) {
		temp->active = 1;
		shared_adjust(fd);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = saved;
	return fd;
}

/* The second name of a file that is noted. */
static int link_noted(const struct tempfile *from, struct tempfile *to)
{
	sigset_t before;
	int result, saved;

	hold_signals(&before);
	result = link(from->path, to->path);
	saved = errno;
	if (!result)
		to->active = 1;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = saved;
	return result;
}

char *lockfile_mark_path(const char *path, long pid)
{
	return xstrfmt("%s.%ld.lock", path, pid);
}

/* Into lock->mark; without it where one cannot be made. */
static void make_mark(struct lockfile *lock, const char *path)
{
	char *mark_path = lockfile_mark_path(path, (long)getpid());
	struct tempfile *mark = prepare_entry(mark_path);

	free(mark_path);
	if (!mark)
		return;
	lock->fd = create_noted(mark);
	if (lock->fd >= 0)
		lock->mark = mark;
}

void lockfile_unmark(struct lockfile *lock)
{
	tempfile_delete(lock->mark);
	lock->mark = NULL;
}

static void drop_mark(struct lockfile *lock)
{
	if (!lock->mark)
		return;
	close(lock->fd);
	lock->fd = -1;
	lockfile_unmark(lock);
}

/* -1 with errno: EEXIST if somebody has the lock. */
static int create(struct lockfile *lock, struct tempfile *temp)
{
	if (lock->mark) {
		int saved;

		if (!link_noted(lock->mark, temp))
			return 0;
		saved = errno;
		drop_mark(lock);
		errno = saved;
		if (saved == EEXIST)
			return -1;
	}
	lock->fd = create_noted(temp);
	return lock->fd < 0 ? -1 : 0;
}

/* Takes `real` over. */
static int hold(struct lockfile *lock, const char *path, char *real,
		bool marked)
{
	char *lock_path = xstrfmt("%s.lock", real);
	struct tempfile *temp;
	int error = 0;

	*lock = (struct lockfile)LOCKFILE_INIT;
	if (marked)
		make_mark(lock, real);
	temp = prepare_entry(lock_path);
	if (!temp) {
		drop_mark(lock);
		error = error_set(GIT_EINVALID, "path too long: %s", path);
		goto done;
	}
	if (create(lock, temp)) {
		error = errno == EEXIST ?
				taken(lock_path) :
				error_errno("Unable to create '%s'",
					    lock_path);
		goto done;
	}
	lock->temp = temp;
	lock->path = real;
	real = NULL;
done:
	free(lock_path);
	free(real);
	return error;
}

int lockfile_hold(struct lockfile *lock, const char *path)
{
	return hold(lock, path, lockfile_real_path(path), false);
}

int lockfile_hold_marked(struct lockfile *lock, const char *path)
{
	return hold(lock, path, lockfile_real_path(path), true);
}

int lockfile_hold_nofollow(struct lockfile *lock, const char *path)
{
	return hold(lock, path, xstrdup(path), false);
}

int lockfile_write(struct lockfile *lock, const void *data, size_t len)
{
	if (fs_write_all(lock->fd, data, len))
		return error_errno("could not write '%s'", lock->temp->path);
	return 0;
}

bool lockfile_is_held(const struct lockfile *lock)
{
	return lock->temp != NULL;
}

static void forget_lock(struct lockfile *lock)
{
	free(lock->path);
	*lock = (struct lockfile)LOCKFILE_INIT;
}

/* After the rename another process may take the lock: a signal that finds ours
 * still noted would remove theirs. */
static int rename_noted(struct tempfile *temp, const char *to)
{
	sigset_t before;
	int result, saved;

	hold_signals(&before);
	result = rename(temp->path, to);
	saved = errno;
	if (result)
		remove_noted(temp);
	else
		temp->active = 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = saved;
	return result;
}

int lockfile_commit(struct lockfile *lock)
{
	int error = 0;

	if (lock->sync && fs_sync(lock->fd))
		error = error_errno("could not sync '%s'", lock->temp->path);
	if (close(lock->fd) && !error)
		error = error_errno("could not close '%s'", lock->temp->path);
	lock->fd = -1;
	if (!error && rename_noted(lock->temp, lock->path))
		error = error_errno("could not rename '%s' to '%s'",
				    lock->temp->path, lock->path);
	tempfile_delete(lock->temp);
	lockfile_unmark(lock);
	forget_lock(lock);
	return error;
}

void lockfile_rollback(struct lockfile *lock)
{
	if (!lock->temp)
		return;
	if (lock->fd >= 0)
		close(lock->fd);
	tempfile_delete(lock->temp);
	lockfile_unmark(lock);
	forget_lock(lock);
}

int lockfile_replace(const char *path, const void *data, size_t len)
{
	struct lockfile lock = LOCKFILE_INIT;
	int error = lockfile_hold_nofollow(&lock, path);

	if (!error)
		error = lockfile_write(&lock, data, len);
	if (!error)
		error = lockfile_commit(&lock);
	lockfile_rollback(&lock);
	return error;
}
