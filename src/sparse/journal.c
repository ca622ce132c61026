/* SPDX-License-Identifier: MIT */
#include "sparse/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"
#include "repo/odb.h"
#include "sparse/new_index.h"

enum { JOURNAL_BYTES_MAX = 1024 * 1024 * 1024, NR_LOCKS = 3 };

static const char first_line[] = "pare journal 2\n";

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
	struct stat st = { 0 };

	if (lockfile_is_held(lock) && fstat(lock->fd, &st))
		memset(&st, 0, sizeof(st));
	strbuf_addf(text, "lock %ju %ju %s.lock", (uintmax_t)st.st_dev,
		    (uintmax_t)st.st_ino, path);
	strbuf_addch(text, '\0');
}

/* By rename, but without fsync: it is for kill -9, not for a power cut. */
static int replace(const char *path, const struct strbuf *text)
{
	char *temp = xstrfmt("%s.%ld", path, (long)getpid());
	int fd = fs_open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int error = 0;

	if (fd < 0 || fs_write_all(fd, text->buf, text->len) < 0)
		error = error_errno("could not write %s", temp);
	if (fd >= 0)
		close(fd);
	if (!error && rename(temp, path))
		error = error_errno("could not write %s", path);
	if (error < 0)
		unlink(temp);
	free(temp);
	return error;
}

/* Plain lines, then NUL-terminated: the locks, and the paths to be written. */
int journal_write(const struct operation *op)
{
	struct strbuf text = STRBUF_INIT;
	char *path, *undo = NULL;
	int error = repo_pare_path(&path, op->repo, "journal", true);

	if (error < 0 ||
	    (error = repo_pare_path(&undo, op->repo, "undo", false)) < 0)
		return error;
	strbuf_addstr(&text, first_line);
	strbuf_addf(&text, "pid %ld %" PRIu64 "\n", (long)getpid(),
		    start_of(getpid()));
	add_lock(&text, &op->index_lock, pare_repo_index_path(op->repo));
	add_lock(&text, &op->pattern_lock, op->pattern_path);
	add_lock(&text, &op->undo_lock, undo);
	for (size_t i = 0; i < op->plan.come.nr; i++)
		if (op->plan.come.item[i].status == PARE_PATH_TO_WRITE)
			strbuf_add(&text, op->plan.come.item[i].path,
				   op->plan.come.item[i].path_len + 1);
	error = replace(path, &text);
	strbuf_release(&text);
	free(path);
	free(undo);
	return error;
}

void journal_end(const struct operation *op)
{
	char *path;

	if (repo_pare_path(&path, op->repo, "journal", false) < 0)
		return;
	unlink(path);
	/* A change that was refused leaves no trace: goes when empty. */
	*strrchr(path, '/') = '\0';
	rmdir(path);
	free(path);
}

static bool is_younger(const struct stat *st, const struct stat *than)
{
	return st->st_mtim.tv_sec > than->st_mtim.tv_sec ||
	       (st->st_mtim.tv_sec == than->st_mtim.tv_sec &&
		st->st_mtim.tv_nsec >= than->st_mtim.tv_nsec);
}

/*
 * Killed between taking a lock and noting its number: a lock that was made
 * after the journal and is one that git never makes, or is empty and was made
 * right after it.
 */
static bool is_unnoted_lock(const char *path, const struct stat *st,
			    const struct stat *journal)
{
	if (!is_younger(st, journal))
		return false;
	return ends_with(path, "/pare/undo.lock") ||
	       (!st->st_size &&
		st->st_mtim.tv_sec - journal->st_mtim.tv_sec <= 2);
}

/* Only the very file that the dead process made. */
static void remove_lock(const char *line, const struct stat *journal)
{
	uintmax_t dev, ino;
	struct stat st;
	int at = 0;

	if (sscanf(line, "lock %ju %ju %n", &dev, &ino, &at) != 2 || !at)
		return;
	if (lstat(line + at, &st))
		return;
	if (ino ? st.st_dev == (dev_t)dev && st.st_ino == (ino_t)ino :
		  is_unnoted_lock(line + at, &st, journal))
		unlink(line + at);
}

/* Is all that is in the file the beginning of the blob? */
static bool is_beginning(int dir, const char *name,
			 const struct odb_object *blob)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
				   O_CLOEXEC);
	struct strbuf text = STRBUF_INIT;
	bool same;

	if (fd < 0)
		return false;
	same = !strbuf_read_fd(&text, fd, blob->len) &&
	       text.len <= blob->len && !memcmp(text.buf, blob->data, text.len);
	error_clear();
	strbuf_release(&text);
	close(fd);
	return same;
}

/*
 * A file made since the journal was, in which there is a part of what the
 * index has and nothing else: whoever wrote it, nothing is lost with it.
 */
static void remove_half(struct fs_walk *walk, const struct checkout_item *item,
			const struct stat *journal, struct pare_repo *repo)
{
	size_t dir_len = path_dir_len(item->path, item->path_len);
	int fd = fs_walk_dir(walk, item->path, dir_len, FS_WALK_OPEN);
	const char *name = item->path + dir_len + (dir_len > 0);
	struct odb_object blob;
	struct odb *odb;
	struct oid oid;
	struct stat st;

	if (fd < 0 || fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) ||
	    !S_ISREG(st.st_mode) || !is_younger(&st, journal))
		return;
	oid_read(&oid, item->oid, repo->algo);
	if (repo_odb(&odb, repo) < 0 ||
	    odb_read_type(&blob, odb, &oid, OBJ_BLOB) < 0) {
		error_clear();
		return;
	}
	if (is_beginning(fd, name, &blob))
		unlinkat(fd, name, 0);
	odb_object_release(&blob);
}

/* The listed paths whose entries are still skipped; of an index that was not
 * there all of them. */
static int find_items(struct checkout_list *list, struct arena *names,
		      const struct pare_index *index, bool is_new,
		      const char *path, const char *end)
{
	struct pare_index_iter iter;
	struct pare_index_entry entry;
	int error = 0;

	pare_index_iter_init(&iter, index);
	for (; path < end; path += strlen(path) + 1) {
		size_t len = strlen(path);
		uint32_t pos = pare_index_lower_bound(index, path, len);

		if (pos == pare_index_nr(index))
			continue;
		error = pare_index_entry_at(&entry, &iter, pos);
		if (error < 0)
			break;
		if (entry.name_len == len && !memcmp(entry.name, path, len) &&
		    (is_new || pare_index_skipped(&entry)))
			checkout_list_add(list, &entry,
					  pare_index_keep_name(index, &entry,
							       names));
	}
	pare_index_iter_release(&iter);
	return error < 0 ? error : 0;
}

static int remove_halves_of(struct pare_repo *repo,
			    const struct pare_index *index, bool is_new,
			    const char *paths, const char *end,
			    const struct stat *journal)
{
	struct checkout_options opts = { 0 };
	struct checkout_list list = { 0 };
	struct arena names = ARENA_INIT;
	struct checkout *co = NULL;
	struct fs_walk walk = { 0 };
	int error;

	opts.has_attributes = pare_index_facts(index)->has_attributes;
	error = find_items(&list, &names, index, is_new, paths, end);
	if (error < 0 ||
	    (error = checkout_open(&co, repo, index, &opts)) < 0 ||
	    (error = checkout_check_writes(co, &list)) < 0 ||
	    (error = fs_walk_init(&walk, pare_repo_worktree(repo))) < 0)
		goto done;
	for (size_t i = 0; i < list.nr; i++)
		if (list.item[i].status == PARE_PATH_PRESENT)
			remove_half(&walk, &list.item[i], journal, repo);
	fs_walk_release(&walk);
done:
	checkout_close(co);
	checkout_list_release(&list);
	arena_release(&names);
	return error;
}

/* Killed in the first checkout: its index was one of HEAD. */
static int remove_first_halves(struct pare_repo *repo, const char *paths,
			       const char *end, const struct stat *journal)
{
	const struct pare_sparse_request req = PARE_SPARSE_REQUEST_INIT;
	struct operation op = { .repo = repo, .req = &req, OPERATION_EMPTY };
	int error = new_index_from_head(&op);

	if (!error && op.index)
		error = remove_halves_of(repo, op.index, true, paths, end,
					 journal);
	pare_index_close(op.index);
	new_index_discard(&op);
	return error;
}

static int remove_halves(struct pare_repo *repo, const char *paths,
			 const char *end, const struct stat *journal)
{
	struct pare_index *index = NULL;
	int error = pare_index_open(&index, pare_repo_index_path(repo),
				    repo->algo);

	if (error == GIT_ENOTFOUND) {
		error_clear();
		return remove_first_halves(repo, paths, end, journal);
	}
	if (!error)
		error = remove_halves_of(repo, index, false, paths, end,
					 journal);
	pare_index_close(index);
	return error;
}

static bool is_running(pid_t pid, uint64_t start)
{
	if (kill(pid, 0) && errno == ESRCH)
		return false;
	return !start || start_of(pid) == start;
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

static int recover(struct strvec *warnings, struct pare_repo *repo,
		   const struct strbuf *text, const struct stat *st)
{
	const char *end = text->buf + text->len, *p;
	uint64_t start;
	long pid;
	int error;

	if (!(p = read_head(text->buf, &pid, &start)))
		return 0; /* nothing was begun */
	if (is_running((pid_t)pid, start))
		return 1;
	for (int i = 0; i < NR_LOCKS && p < end; i++) {
		remove_lock(p, st);
		p += strlen(p) + 1;
	}
	error = p < end ? remove_halves(repo, p, end, st) : 0;
	if (!error)
		strvec_pushf(warnings,
			     "tidied up after a change that was cut off "
			     "(process %ld)", pid);
	return error;
}

int journal_recover(struct strvec *warnings, struct pare_repo *repo)
{
	struct strbuf text = STRBUF_INIT;
	struct stat st;
	char *path;
	int error = repo_pare_path(&path, repo, "journal", false);

	if (error < 0)
		return error;
	if (lstat(path, &st) || !S_ISREG(st.st_mode))
		goto done;
	error = strbuf_read_file(&text, path, JOURNAL_BYTES_MAX);
	if (!error)
		error = recover(warnings, repo, &text, &st);
	if (!error)
		unlink(path);
done:
	strbuf_release(&text);
	free(path);
	return error;
}

bool journal_peek(long *pid, bool *running, struct pare_repo *repo)
{
	struct strbuf text = STRBUF_INIT;
	uint64_t start;
	char *path;
	bool found = false;

	if (repo_pare_path(&path, repo, "journal", false) < 0)
		return false;
	if (!strbuf_read_file(&text, path, JOURNAL_BYTES_MAX))
		found = read_head(text.buf, pid, &start);
	else
		error_clear();
	*running = found && is_running((pid_t)*pid, start);
	strbuf_release(&text);
	free(path);
	return found;
}
