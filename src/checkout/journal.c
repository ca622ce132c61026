/* SPDX-License-Identifier: MIT */
#include "checkout/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "checkout/swap.h"

enum { JOURNAL_BYTES_MAX = 1024 * 1024 * 1024 };

static const char first_line[] = "pare journal 3\n";

/*
 * When a process began, in ticks since the machine did: with it a process of
 * the same number is known to be another. 0 where there is no /proc.
 */
static uint64_t start_of(pid_t pid)
{
	struct strbuf text = STRBUF_INIT;
	char path[64];
	const char *p;
	uint64_t ticks = 0;
	int field = 2;

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	if (!strbuf_read_file(&text, path, 64 * 1024)) {
		/* The name, field 2, may hold anything; its `)` is the last. */
		p = strrchr(text.buf, ')');
		while (p && field < 22 && (p = strchr(p + 1, ' ')))
			field++;
		if (p)
			ticks = strtoull(p + 1, NULL, 10);
	} else {
		error_clear();
	}
	strbuf_release(&text);
	return ticks;
}

/* `path` is what the lock is on; before it is held the numbers are 0. */
static void add_lock(struct strbuf *text, const struct lockfile *lock,
		     const char *path)
{
	char *real = lockfile_real_path(path);
	struct stat st = { 0 };

	if (lockfile_is_held(lock) && fstat(lock->fd, &st))
		memset(&st, 0, sizeof(st));
	strbuf_addf(text, "lock %ju %ju %s", (uintmax_t)st.st_dev,
		    (uintmax_t)st.st_ino, real);
	strbuf_addch(text, '\0');
	free(real);
}

/* Whose it is, and where the rest begins; NULL: it was cut off itself. */
static const char *read_head(const char *p, long *pid, uint64_t *start)
{
	int at = 0;

	if (!skip_prefix(p, first_line, &p) ||
	    sscanf(p, "pid %ld %" SCNu64 "%n", pid, start, &at) != 2 || !at ||
	    p[at] != '\n')
		return NULL;
	return p + at + 1;
}

/* It has its journal, so it has the locks, or will have. */
int journal_busy(long pid)
{
	int error = error_set(GIT_ELOCKED, "another process is changing the "
			      "work tree (process %ld)", pid);

	error_hint("try again when it has ended");
	return error;
}

/* Under its name, unless somebody else was faster. */
static int put_first(const char *path, const char *temp)
{
	struct strbuf text = STRBUF_INIT;
	uint64_t start;
	int error;
	long pid;

	if (!link(temp, path)) {
		unlink(temp);
		return 0;
	}
	/* Not every file system has links. */
	if (errno != EEXIST && !rename(temp, path))
		return 0;
	error = error_errno("could not write %s", path);
	if (error == GIT_EEXISTS &&
	    !strbuf_read_file(&text, path, JOURNAL_BYTES_MAX) &&
	    read_head(text.buf, &pid, &start))
		error = journal_busy(pid);
	strbuf_release(&text);
	return error;
}

/*
 * By link or rename, but without fsync: it is for kill -9, not for a power
 * cut.
 */
static int put(struct own_journal *own, const char *path,
	       const struct strbuf *text)
{
	char *temp = xstrfmt("%s.%ld", path, (long)getpid());
	int fd = fs_open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
			     O_NOFOLLOW, 0666);
	bool first = !own->st.st_ino;
	struct stat st;
	int error = 0;

	if (fd < 0 || fstat(fd, &st) ||
	    fs_write_all(fd, text->buf, text->len) < 0)
		error = error_errno("could not write %s", temp);
	if (fd >= 0)
		close(fd);
	if (!error && first)
		error = put_first(path, temp);
	else if (!error && rename(temp, path))
		error = error_errno("could not write %s", path);
	if (error < 0)
		unlink(temp);
	else
		own->st = st;
	free(temp);
	return error;
}

void journal_add_lock(struct own_journal *own, const struct lockfile *lock,
		      const char *path)
{
	own->lock[own->nr_locks].lock = lock;
	own->lock[own->nr_locks++].path = xstrdup(path);
}

/*
 * Every item has its place, so that a slot can name it by number; those that
 * are not written have no text.
 */
static void add_item(struct strbuf *text, const struct checkout_item *item,
		     const struct hash_algo *algo)
{
	struct oid oid;

	if (item->status == PARE_PATH_TO_WRITE) {
		oid_read(&oid, item->oid, algo);
		strbuf_addf(text, "%s ", oid_hex(&oid, algo));
		strbuf_add(text, item->path, item->path_len);
	}
	strbuf_addch(text, '\0');
}

static void add_swaps(struct strbuf *text, const struct own_journal *own)
{
	strbuf_addf(text, "head %s", oid_hex(&own->head, own->repo->algo));
	strbuf_addch(text, '\0');
	for (size_t i = 0; i < own->swaps->nr; i++) {
		swap_format(text, &own->swaps->item[i]);
		strbuf_addch(text, '\0');
	}
}

/* Plain lines, then NUL-terminated: the locks, and what is to be written. */
int journal_write(struct own_journal *own, const struct checkout_list *come)
{
	struct strbuf text = STRBUF_INIT;
	char *path;
	int error = repo_pare_path(&path, own->repo, "journal", true);

	if (error < 0)
		return error;
	strbuf_addstr(&text, first_line);
	strbuf_addf(&text, "pid %ld %" PRIu64 "\n", (long)getpid(),
		    start_of(getpid()));
	for (size_t i = 0; i < own->nr_locks; i++)
		add_lock(&text, own->lock[i].lock, own->lock[i].path);
	for (size_t i = 0; come && i < come->nr; i++)
		add_item(&text, &come->item[i], own->repo->algo);
	if (own->swaps)
		add_swaps(&text, own);
	error = put(own, path, &text);
	strbuf_release(&text);
	free(path);
	return error;
}

/* Memory that is a file: a store into it outlives the process. */
static void map_slots(struct own_journal *own, const char *path)
{
	int fd = fs_open(path, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW |
			       O_CLOEXEC, 0666);
	void *map = MAP_FAILED;

	if (fd >= 0 && !ftruncate(fd, sizeof(*own->slots)))
		map = mmap(NULL, sizeof(*own->slots), PROT_READ | PROT_WRITE,
			   MAP_SHARED, fd, 0);
	if (map != MAP_FAILED)
		own->slots = map;
	if (fd >= 0)
		close(fd);
}

void journal_open_slots(struct own_journal *own, struct checkout *co)
{
	char *path;

	/* Without them all is as before, but for one file half written. */
	if (repo_pare_path(&path, own->repo, "journal.slots", true) < 0) {
		error_clear();
		return;
	}
	map_slots(own, path);
	checkout_note_in(co, own->slots);
	free(path);
}

/* Where there is none somebody else may be making one; one that cannot be
 * looked at, or is no file, is nobody's. */
static bool is_to_go(const char *path, const struct stat *which)
{
	struct stat st;

	if (lstat(path, &st))
		return errno != ENOENT;
	return !S_ISREG(st.st_mode) || (st.st_dev == which->st_dev &&
					st.st_ino == which->st_ino);
}

void journal_remove(const struct pare_repo *repo, const struct stat *which)
{
	char *path, *slots;

	if (repo_pare_path(&path, repo, "journal", false) < 0)
		return;
	slots = xstrfmt("%s.slots", path);
	if (is_to_go(path, which)) {
		unlink(slots);
		unlink(path);
	}
	free(slots);
	free(path);
}

void journal_end(struct own_journal *own)
{
	char *path;

	for (size_t i = 0; i < own->nr_locks; i++)
		free(own->lock[i].path);
	own->nr_locks = 0;
	if (!own->st.st_ino)
		return;
	journal_remove(own->repo, &own->st);
	if (own->slots)
		munmap(own->slots, sizeof(*own->slots));
	own->slots = NULL;
	if (repo_pare_path(&path, own->repo, "journal", false) < 0)
		return;
	/* A change that was refused leaves no trace: goes when empty. */
	*strrchr(path, '/') = '\0';
	rmdir(path);
	free(path);
}

static bool is_running(pid_t pid, uint64_t start)
{
	if (kill(pid, 0) && errno == ESRCH)
		return false;
	return !start || start_of(pid) == start;
}

int journal_read(struct journal *journal, struct pare_repo *repo)
{
	uint64_t start = 0;
	char *path;
	int error = repo_pare_path(&path, repo, "journal", false);

	*journal = (struct journal){ .text = STRBUF_INIT };
	if (error < 0)
		return error;
	journal->exists = !lstat(path, &journal->st) &&
			  S_ISREG(journal->st.st_mode);
	if (journal->exists)
		error = strbuf_read_file(&journal->text, path,
					 JOURNAL_BYTES_MAX);
	/* Whose it was has ended since. */
	if (error == GIT_ENOTFOUND) {
		error_clear();
		error = 0;
		journal->exists = false;
	}
	if (!error && journal->exists)
		journal->rest = read_head(journal->text.buf, &journal->pid,
					  &start);
	/* Of an earlier change of our own, which could not be removed. */
	if (journal->rest && journal->pid == (long)getpid())
		journal->rest = NULL;
	if (journal->rest)
		journal->is_running = is_running((pid_t)journal->pid, start);
	journal->is_certain = journal->is_running && start;
	free(path);
	return error;
}
