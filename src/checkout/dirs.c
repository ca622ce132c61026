/* SPDX-License-Identifier: MIT */
/*
 * Directories that left the selection. What is still in them is listed by a
 * walk of our own, git is asked once which of it is ignored, and a directory
 * that holds nothing else goes, as a whole, by one rename into the trash.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/quote.h"
#include "checkout/move.h"
#include "checkout/room.h"
#include "checkout/scratch.h"
#include "checkout/trash.h"

enum { DEPTH_MAX = 2048 };

/* What is left in one directory: files.v[first..last) of the clearing. */
struct left {
	size_t first, last;
	bool open; /* still a question */
};

struct clearing {
	struct checkout *co;
	struct checkout_dir *dir;
	struct left *left;
	size_t nr;
	struct strvec files;
	struct strvec tracked; /* dry run: sorted */
	bool dry_run;
};

static enum checkout_dir_answer scan(struct clearing *c, int parent,
				     const char *name, struct strbuf *path,
				     unsigned depth);

static enum checkout_dir_answer scan_entry(struct clearing *c, int fd,
					   const struct dirent *de,
					   struct strbuf *path, unsigned depth)
{
	enum checkout_dir_answer answer = CHECKOUT_DIR_GONE;
	size_t len = path->len;
	struct stat st;

	if (!strcmp(de->d_name, ".git"))
		return CHECKOUT_DIR_NESTED;
	path_append(path, de->d_name);
	if (fstatat(fd, de->d_name, &st, AT_SYMLINK_NOFOLLOW))
		answer = errno == ENOENT ? CHECKOUT_DIR_GONE :
					   CHECKOUT_DIR_FAILED;
	else if (S_ISDIR(st.st_mode))
		answer = scan(c, fd, de->d_name, path, depth + 1);
	else if (strvec_search(&c->tracked, path->buf) < 0)
		strvec_pushn(&c->files, path->buf, path->len);
	strbuf_setlen(path, len);
	return answer;
}

/* GONE: nothing is in the way so far. */
static enum checkout_dir_answer scan(struct clearing *c, int parent,
				     const char *name, struct strbuf *path,
				     unsigned depth)
{
	enum checkout_dir_answer answer = CHECKOUT_DIR_GONE;
	struct dirent *de;
	DIR *d;
	int fd;

	fd = fs_openat(parent, name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
	if (fd < 0 || depth > DEPTH_MAX || !(d = fdopendir(fd))) {
		if (fd >= 0)
			close(fd);
		return CHECKOUT_DIR_FAILED;
	}
	while (answer == CHECKOUT_DIR_GONE && (errno = 0, de = readdir(d))) {
		if (strcmp(de->d_name, ".") && strcmp(de->d_name, ".."))
			answer = scan_entry(c, fd, de, path, depth);
	}
	if (answer == CHECKOUT_DIR_GONE && errno)
		answer = CHECKOUT_DIR_FAILED;
	closedir(d);
	return answer;
}

static const char *last_part(const char *path, size_t *dir_len)
{
	size_t len = path_dir_len(path, strlen(path));

	*dir_len = len;
	return path + (len ? len + 1 : 0);
}

static void look_into(struct clearing *c, size_t i)
{
	struct checkout_dir *dir = &c->dir[i];
	struct strbuf path = STRBUF_INIT;
	const char *name;
	struct stat st;
	size_t dir_len;
	int fd;

	dir->answer = CHECKOUT_DIR_GONE;
	c->left[i].first = c->files.nr;
	name = last_part(dir->path, &dir_len);
	if (!path_is_safe(dir->path, strlen(dir->path)))
		return;
	fs_walk_forget(&c->co->walk, dir->path, strlen(dir->path));
	fd = fs_walk_dir(&c->co->walk, dir->path, dir_len, FS_WALK_OPEN);
	if (fd < 0 || fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) ||
	    !S_ISDIR(st.st_mode))
		return;
	strbuf_addstr(&path, dir->path);
	dir->answer = scan(c, fd, name, &path, 0);
	strbuf_release(&path);
	if (dir->answer == CHECKOUT_DIR_GONE) {
		c->left[i].open = true;
		if (path_is_under(c->co->repo->prefix, dir->path))
			dir->answer = CHECKOUT_DIR_CURRENT;
	}
	c->left[i].last = c->files.nr;
}

/* Ask git which of the files are ignored; the answer keeps their order. */
static int ask_ignored(struct strbuf *out, struct clearing *c,
		       struct scratch *s)
{
	struct strbuf in = STRBUF_INIT;
	struct run run;
	int rc;

	for (size_t i = 0; i < c->files.nr; i++) {
		/* A name may begin with the `:` of a pathspec. */
		strbuf_addstr(&in, "./");
		strbuf_add(&in, c->files.v[i], strlen(c->files.v[i]) + 1);
	}
	scratch_run_init(s, &run);
	strvec_pushl(&run.args, "check-ignore", "-z", "--stdin", NULL);
	run.in = in.buf;
	run.in_len = in.len;
	run.out = out;
	run.discard_err = true;
	rc = run_git(&run);
	strbuf_release(&in);
	if (rc > 1)
		return error_set(GIT_ERROR, "git check-ignore failed");
	return rc < 0 ? rc : 0;
}

static bool skip_ignored(const char **p, const char *end, const char *file)
{
	const char *rest;

	if (*p >= end || !skip_prefix(*p, "./", &rest) || strcmp(rest, file))
		return false;
	*p += strlen(*p) + 1;
	return true;
}

static int find_untracked(struct clearing *c)
{
	struct strbuf out = STRBUF_INIT;
	const char *p, *end;
	struct scratch s;
	size_t file = 0;
	int error;

	if (!c->files.nr)
		return 0;
	scratch_init(&s, c->co);
	if ((error = scratch_add_named(&s, ".gitignore", true, NULL)) < 0 ||
	    (error = scratch_make(&s)) < 0 ||
	    (error = ask_ignored(&out, c, &s)) < 0)
		goto done;
	p = out.buf;
	end = p + out.len;
	for (size_t i = 0; i < c->nr; i++) {
		for (; file < c->left[i].last; file++) {
			if (skip_ignored(&p, end, c->files.v[file]) ||
			    !c->left[i].open)
				continue;
			c->dir[i].answer = CHECKOUT_DIR_UNTRACKED;
			c->left[i].open = false;
		}
	}
done:
	strbuf_release(&out);
	scratch_release(&s);
	return error;
}

static bool below_any(const struct clearing *c, const char *path)
{
	for (size_t i = 0; i < c->nr; i++) {
		if (path_is_under(path, c->dir[i].path))
			return true;
	}
	return false;
}

/* What a dry run must overlook: tracked files that would be gone by then. */
static int list_tracked(struct clearing *c)
{
	struct pare_index_iter iter;
	struct pare_index_entry e;
	int error;

	pare_index_iter_init(&iter, c->co->index);
	while ((error = pare_index_next(&e, &iter)) > 0) {
		if (below_any(c, e.name))
			strvec_push(&c->tracked, e.name);
	}
	pare_index_iter_release(&iter);
	strvec_sort(&c->tracked);
	return error;
}

/* For good, what was looked at and no more: another may have come since. */
static int delete_files(struct clearing *c, const struct left *left)
{
	for (size_t i = left->first; i < left->last; i++) {
		const char *path = c->files.v[i], *name;
		size_t dir_len;
		int fd;

		name = last_part(path, &dir_len);
		fd = fs_walk_dir(&c->co->walk, path, dir_len, FS_WALK_OPEN);
		if (fd < 0 || (unlinkat(fd, name, 0) && errno != ENOENT))
			return -1;
	}
	return 0;
}

static int clear_away(struct clearing *c, size_t i, const char *trash_id,
		      int keep_days)
{
	struct checkout *co = c->co;
	const struct left *left = &c->left[i];
	const char *path = c->dir[i].path, *name;
	size_t dir_len;
	int fd;

	if (!keep_days && delete_files(c, left))
		return -1;
	name = last_part(path, &dir_len);
	fd = fs_walk_dir(&co->walk, path, dir_len, FS_WALK_OPEN);
	if (fd < 0)
		return -1;
	if (!keep_days || left->first == left->last)
		return remove_empty_at(fd, name);
	return trash_put(co->repo, trash_id, fd, path);
}

static void act(struct clearing *c, const char *trash_id, int keep_days,
		struct strvec *trashed)
{
	for (size_t i = 0; i < c->nr; i++) {
		const char *path = c->dir[i].path;

		if (!c->left[i].open ||
		    c->dir[i].answer == CHECKOUT_DIR_CURRENT)
			continue;
		if (!c->dry_run && clear_away(c, i, trash_id, keep_days)) {
			c->dir[i].answer = CHECKOUT_DIR_FAILED;
			strvec_pushf(&c->co->warnings,
				     "failed to remove directory %s: %s",
				     quoted(path), strerror(errno));
			continue;
		}
		if (keep_days && trashed)
			for (size_t f = c->left[i].first;
			     f < c->left[i].last; f++)
				strvec_push(trashed, c->files.v[f]);
		if (!c->dry_run)
			checkout_prune_dirs(c->co, path, strlen(path), 0,
					    NULL);
	}
}

int checkout_clear_dirs(struct checkout *co, struct checkout_dir *dir,
			size_t nr, const char *trash_id, int keep_days,
			bool dry_run, struct strvec *trashed)
{
	struct clearing c = {
		.co = co, .dir = dir, .nr = nr, .files = STRVEC_INIT,
		.tracked = STRVEC_INIT, .dry_run = dry_run,
	};
	int error = 0;

	if (!nr)
		return 0;
	c.left = xcalloc(nr, sizeof(*c.left));
	if (dry_run)
		error = list_tracked(&c);
	for (size_t i = 0; !error && i < nr; i++)
		look_into(&c, i);
	if (!error)
		error = find_untracked(&c);
	if (!error)
		act(&c, trash_id, keep_days, trashed);
	strvec_clear(&c.files);
	strvec_clear(&c.tracked);
	free(c.left);
	return error;
}

int checkout_clear_dir(enum checkout_dir_answer *answer, struct checkout *co,
		       const char *dir, const char *trash_id, int keep_days,
		       bool dry_run, struct strvec *trashed)
{
	struct checkout_dir one = { .path = dir };
	int error = checkout_clear_dirs(co, &one, 1, trash_id, keep_days,
					dry_run, trashed);

	*answer = one.answer;
	return error;
}
