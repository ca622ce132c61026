/* SPDX-License-Identifier: MIT */
/* After a kill -9: see journal.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"
#include "checkout/journal.h"
#include "checkout/kept_index.h"
#include "checkout/swap.h"
#include "repo/odb.h"
#include "repo/refs.h"

static bool is_younger(const struct stat *st, const struct stat *than)
{
	return st->st_mtim.tv_sec > than->st_mtim.tv_sec ||
	       (st->st_mtim.tv_sec == than->st_mtim.tv_sec &&
		st->st_mtim.tv_nsec >= than->st_mtim.tv_nsec);
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat x, y;

	return !lstat(a, &x) && !lstat(b, &y) && S_ISREG(x.st_mode) &&
	       x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/*
 * Only the very file that the dead process made: by its numbers, or while they
 * were not noted yet by its mark. Where marks cannot be made only a lock that
 * git never takes is known to be ours.
 */
static bool is_left(const char *lock, const char *mark, uintmax_t dev,
		    uintmax_t ino, const struct stat *journal)
{
	struct stat st;

	if (lstat(lock, &st))
		return false;
	if (ino)
		return st.st_dev == (dev_t)dev && st.st_ino == (ino_t)ino;
	return is_same_file(lock, mark) ||
	       (ends_with(lock, "/pare/undo.lock") && is_younger(&st, journal));
}

/* A line of the journal about a lock. */
struct noted_lock {
	uintmax_t dev, ino;
	const char *path; /* what it is on */
};

static bool is_lock(const char *line)
{
	return starts_with(line, "lock ");
}

static bool read_lock(struct noted_lock *lock, const char *line)
{
	int at = 0;

	if (sscanf(line, "lock %ju %ju %n", &lock->dev, &lock->ino, &at) != 2 ||
	    !at)
		return false;
	lock->path = line + at;
	return true;
}

static void remove_lock(const char *line, long pid, const struct stat *journal)
{
	struct noted_lock noted;
	char *lock, *mark;

	if (!read_lock(&noted, line))
		return;
	lock = xstrfmt("%s.lock", noted.path);
	mark = lockfile_mark_path(noted.path, pid);
	if (is_left(lock, mark, noted.dev, noted.ino, journal))
		unlink(lock);
	unlink(mark);
	free(lock);
	free(mark);
}

static bool is_that_lock(const char *line, const char *lock, long pid,
			 const struct stat *journal)
{
	struct noted_lock noted;
	const char *rest;
	bool is_that;
	char *mark;

	if (!read_lock(&noted, line) || !skip_prefix(lock, noted.path, &rest) ||
	    strcmp(rest, ".lock"))
		return false;
	mark = lockfile_mark_path(noted.path, pid);
	is_that = is_left(lock, mark, noted.dev, noted.ino, journal);
	free(mark);
	return is_that;
}

bool journal_has_lock(const struct journal *j, const char *lock)
{
	const char *p = j->rest, *end = j->text.buf + j->text.len;

	for (; p && p < end && is_lock(p); p += strlen(p) + 1)
		if (is_that_lock(p, lock, j->pid, &j->st))
			return true;
	return false;
}

/* A file that a thread had begun. */
struct half {
	const char *path;
	size_t path_len;
	struct oid oid;
};

/* Is all that is in the file the beginning of the blob, and is there more? */
static bool is_beginning(size_t *len, int fd, const struct odb_object *blob)
{
	struct strbuf text = STRBUF_INIT;
	bool same;

	same = !strbuf_read_fd(&text, fd, blob->len) && text.len < blob->len &&
	       !memcmp(text.buf, blob->data, text.len);
	error_clear();
	*len = text.len;
	strbuf_release(&text);
	return same;
}

/* What git took for a change of a file of the work tree gets its rest. */
static int complete(int fd, const struct half *half, size_t len,
		    const struct odb_object *blob)
{
	if (lseek(fd, (off_t)len, SEEK_SET) < 0 ||
	    fs_write_all(fd, (const char *)blob->data + len, blob->len - len))
		return error_errno("could not complete '%s'", half->path);
	return 0;
}

/*
 * What the index says of it: 0 that it is not here (its own entry, or that of
 * a sparse directory), 1 that it is, with the content that was to be written.
 */
static int is_wanted(const struct half *half, const struct pare_index *index)
{
	struct pare_index_iter iter;
	struct pare_index_entry e;
	int answer;

	pare_index_iter_init(&iter, index);
	answer = pare_index_find(&e, &iter, half->path, half->path_len);
	if (answer > 0)
		answer = !pare_index_skipped(&e);
	pare_index_iter_release(&iter);
	return answer;
}

static int mend_file(int dir, const char *name, const struct half *half,
		     int wanted, const struct odb_object *blob,
		     const struct stat *journal)
{
	int fd = fs_openat(dir, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK |
				      O_CLOEXEC, 0), error = 0;
	struct stat st;
	size_t len;

	if (fd < 0)
		return 0;
	/* Whoever wrote it, nothing is lost with such a file. */
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) &&
	    is_younger(&st, journal) && is_beginning(&len, fd, blob)) {
		if (wanted)
			error = complete(fd, half, len, blob);
		else
			unlinkat(dir, name, 0);
	}
	close(fd);
	return error;
}

static int mend(const struct half *half, struct fs_walk *walk,
		const struct pare_index *index, struct pare_repo *repo,
		const struct stat *journal)
{
	size_t dir_len = path_dir_len(half->path, half->path_len);
	int dir = fs_walk_dir(walk, half->path, dir_len, FS_WALK_OPEN);
	const char *name = half->path + dir_len + (dir_len > 0);
	int wanted = index ? is_wanted(half, index) : 0;
	struct odb_object blob;
	struct odb *odb;
	int error;

	if (wanted < 0)
		return wanted;
	if (dir < 0)
		return 0;
	if (repo_odb(&odb, repo) < 0 ||
	    odb_read_type(&blob, odb, &half->oid, OBJ_BLOB) < 0) {
		error_clear();
		return 0;
	}
	error = mend_file(dir, name, half, wanted, &blob, journal);
	odb_object_release(&blob);
	return error;
}

/* The item with this number, from 1. */
static bool find_half(struct half *half, const char *p, const char *end,
		      uint32_t number, const struct hash_algo *algo)
{
	size_t hex_len = algo->hex_size;

	while (--number && p < end)
		p += strlen(p) + 1;
	if (p >= end || strlen(p) <= hex_len + 1 || p[hex_len] != ' ' ||
	    oid_parse(&half->oid, p, algo) < 0)
		return false;
	half->path = p + hex_len + 1;
	half->path_len = strlen(half->path);
	return path_is_safe(half->path, half->path_len);
}

static int mend_all(const struct checkout_slots *slots, const char *items,
		    const char *end, struct pare_repo *repo,
		    const struct stat *journal)
{
	struct pare_index *index = NULL;
	struct fs_walk walk;
	struct half half;
	int error = pare_index_open(&index, pare_repo_index_path(repo),
				    repo->algo);

	/* A first checkout has none yet. */
	if (error == GIT_ENOTFOUND) {
		error_clear();
		error = 0;
	}
	if (error < 0)
		return error;
	error = fs_walk_init(&walk, pare_repo_worktree(repo));
	if (error < 0)
		goto done;
	for (size_t i = 0; !error && i < ARRAY_SIZE(slots->item); i++)
		if (slots->item[i] &&
		    find_half(&half, items, end, slots->item[i], repo->algo))
			error = mend(&half, &walk, index, repo, journal);
	fs_walk_release(&walk);
done:
	pare_index_close(index);
	return error;
}

static int mend_halves(struct pare_repo *repo, const char *items,
		       const char *end, const struct stat *journal)
{
	struct strbuf text = STRBUF_INIT;
	struct checkout_slots slots;
	char *path;
	int error = repo_pare_path(&path, repo, "journal.slots", false);

	if (error < 0)
		return error;
	if (strbuf_read_file(&text, path, sizeof(slots)) < 0 ||
	    text.len != sizeof(slots)) {
		error_clear();
	} else {
		memcpy(&slots, text.buf, sizeof(slots));
		error = mend_all(&slots, items, end, repo, journal);
	}
	strbuf_release(&text);
	free(path);
	return error;
}

/* The lock that the index was written under, if it was noted. */
static bool find_index_lock(struct noted_lock *out, const struct journal *j,
			    const struct pare_repo *repo)
{
	char *real = lockfile_real_path(pare_repo_index_path(repo));
	const char *p = j->rest, *end = j->text.buf + j->text.len;
	bool found = false;

	for (; !found && p < end && is_lock(p); p += strlen(p) + 1)
		found = read_lock(out, p) && out->ino &&
			!strcmp(out->path, real);
	free(real);
	return found;
}

/* Whoever moves HEAD just now was told to by the one that is dead. */
static int has_head_moved(bool *moved, struct pare_repo *repo, const char *line)
{
	struct oid noted, now;
	const char *hex;
	char *ref = NULL, *lock = repo_git_path(repo, "HEAD.lock");
	int error = 0;

	*moved = true;
	if (fs_exists(lock)) {
		error = error_set(GIT_ELOCKED, "HEAD is locked, and the change "
				  "of it was cut off");
		lockfile_explain(lock);
	} else if (skip_prefix(line, "head ", &hex) &&
		   !oid_parse(&noted, hex, repo->algo) &&
		   !(error = repo_head(&ref, &now, repo))) {
		*moved = !oid_equal(&noted, &now);
	}
	free(ref);
	free(lock);
	return error;
}

/*
 * Files that changed places do so again, and the index with them; unless HEAD
 * has moved, then all is done but for the directories that are empty.
 */
static int put_back(struct swaps *swaps, struct pare_repo *repo,
		    const struct journal *j, const char *head)
{
	struct noted_lock lock;
	bool moved = false;
	int error = 0;

	if (find_index_lock(&lock, j, repo) &&
	    kept_index_is(repo, (dev_t)lock.dev, (ino_t)lock.ino)) {
		error = has_head_moved(&moved, repo, head);
		if (!error && !moved)
			error = kept_index_back(swaps->fd, repo,
						(dev_t)lock.dev,
						(ino_t)lock.ino);
	}
	if (!error && moved)
		swaps_done(swaps);
	else if (!error)
		swaps_back(swaps);
	return error;
}

static int swap_back(struct pare_repo *repo, const struct journal *j,
		     const char *p, const char *end)
{
	struct swaps swaps = SWAPS_INIT;
	const char *head = p;
	struct checkout *co;
	int error = checkout_open(&co, repo, NULL, NULL);

	if (error < 0)
		return error;
	error = swaps_open(&swaps, co, j->pid, false);
	if (p < end)
		p += strlen(p) + 1;
	for (; !error && p < end; p += strlen(p) + 1)
		if (!swaps_add_text(&swaps, p))
			break;
	if (!error)
		error = put_back(&swaps, repo, j, head);
	if (error == GIT_ENOTFOUND) {
		error_clear();
		error = 0;
	}
	if (!error)
		swaps_close(&swaps);
	else
		swaps_leave(&swaps);
	checkout_close(co);
	return error;
}

static int recover(struct strvec *warnings, struct pare_repo *repo,
		   const struct journal *j)
{
	const char *p = j->rest, *end = j->text.buf + j->text.len;
	int error;

	for (; p < end && is_lock(p); p += strlen(p) + 1)
		remove_lock(p, j->pid, &j->st);
	if (p == end || starts_with(p, "head "))
		error = swap_back(repo, j, p, end);
	else
		error = mend_halves(repo, p, end, &j->st);
	if (!error)
		strvec_pushf(warnings,
			     "tidied up after a change that was cut off "
			     "(process %ld)", j->pid);
	return error;
}

int journal_recover(struct strvec *warnings, struct pare_repo *repo)
{
	struct journal journal;
	int error = journal_read(&journal, repo);

	if (!error && journal.is_running)
		error = journal.is_certain ? journal_busy(journal.pid) : 1;
	else if (!error && journal.rest)
		error = recover(warnings, repo, &journal);
	if (!error)
		journal_remove(repo, &journal.st);
	strbuf_release(&journal.text);
	return error;
}
