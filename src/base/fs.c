/* SPDX-License-Identifier: MIT */
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/shared.h"

enum { DIR_FLAGS = O_RDONLY | O_DIRECTORY | O_CLOEXEC };

int fs_openat(int dir, const char *path, int flags, mode_t mode)
{
	int fd;

	do {
		fd = openat(dir, path, flags, mode);
	} while (fd < 0 && errno == EINTR);
	return fd;
}

int fs_open(const char *path, int flags, mode_t mode)
{
	return fs_openat(AT_FDCWD, path, flags, mode);
}

struct fs_level {
	int fd;
	size_t end; /* bytes of walk->path that lead here */
};

static void push_level(struct fs_walk *walk, int fd, size_t end)
{
	ALLOC_GROW(walk->level, walk->nr + 1, walk->alloc);
	walk->level[walk->nr].fd = fd;
	walk->level[walk->nr].end = end;
	walk->nr++;
}

/* Close levels until `nr` are left; the path follows. */
static void pop_to(struct fs_walk *walk, size_t nr)
{
	while (walk->nr > nr)
		close(walk->level[--walk->nr].fd);
	strbuf_setlen(&walk->path, nr ? walk->level[nr - 1].end : 0);
}

int fs_walk_init(struct fs_walk *walk, const char *root)
{
	int fd;

	*walk = (struct fs_walk){ .path = STRBUF_INIT };
	fd = fs_open(root, DIR_FLAGS, 0);
	if (fd < 0)
		return error_errno("could not open '%s'", root);
	push_level(walk, fd, 0);
	return 0;
}

void fs_walk_release(struct fs_walk *walk)
{
	pop_to(walk, 0);
	free(walk->level);
	strbuf_release(&walk->path);
	*walk = (struct fs_walk){ .path = STRBUF_INIT };
}

static int open_dir_at(int fd, const char *name, enum fs_walk_mode mode)
{
	int sub = fs_openat(fd, name, DIR_FLAGS | O_NOFOLLOW, 0);

	if (sub >= 0 || errno != ENOENT || mode != FS_WALK_CREATE)
		return sub;
	if (mkdirat(fd, name, 0777) && errno != EEXIST)
		return -1;
	return fs_openat(fd, name, DIR_FLAGS | O_NOFOLLOW, 0);
}

/* The number of open levels that lie on the way to path[0..len). */
static size_t shared_levels(const struct fs_walk *walk, const char *path,
			    size_t len)
{
	size_t nr = 1;

	while (nr < walk->nr) {
		size_t end = walk->level[nr].end;

		if (end > len || (end < len && path[end] != '/') ||
		    memcmp(path, walk->path.buf, end))
			break;
		nr++;
	}
	return nr;
}

int fs_walk_dir(struct fs_walk *walk, const char *path, size_t len,
		enum fs_walk_mode mode)
{
	size_t at;

	pop_to(walk, shared_levels(walk, path, len));
	at = walk->path.len;
	while (at < len) {
		const char *slash;
		size_t start = at && path[at] == '/' ? at + 1 : at, end;
		int fd;

		slash = memchr(path + start, '/', len - start);
		end = slash ? (size_t)(slash - path) : len;
		strbuf_add(&walk->path, path + at, end - at);
		fd = open_dir_at(walk->level[walk->nr - 1].fd,
				 walk->path.buf + start, mode);
		if (fd < 0) {
			int saved = errno;

			pop_to(walk, walk->nr);
			errno = saved;
			return -1;
		}
		push_level(walk, fd, end);
		at = end;
	}
	return walk->level[walk->nr - 1].fd;
}

void fs_walk_forget(struct fs_walk *walk, const char *path, size_t len)
{
	size_t nr = 1;

	/* Levels strictly above `path` stay. */
	while (nr < walk->nr && walk->level[nr].end < len &&
	       !memcmp(path, walk->path.buf, walk->level[nr].end) &&
	       path[walk->level[nr].end] == '/')
		nr++;
	if (nr < walk->nr && walk->level[nr].end >= len &&
	    !memcmp(path, walk->path.buf, len) &&
	    (walk->level[nr].end == len || walk->path.buf[len] == '/'))
		pop_to(walk, nr);
}

int fs_mkdirs(const char *path, mode_t mode)
{
	char *copy = xstrdup(path);
	int error = 0;

	for (char *p = copy + 1; !error; p++) {
		char c = *p;

		if (c && c != '/')
			continue;
		*p = '\0';
		if (!mkdir(copy, mode))
			shared_adjust_dir(copy);
		else if (errno != EEXIST)
			error = error_errno("could not create directory '%s'",
					    copy);
		*p = c;
		if (!c)
			break;
	}
	free(copy);
	return error;
}

int fs_write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t put = write(fd, p, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		if (!put) {
			errno = ENOSPC;
			return -1;
		}
		p += put;
		len -= (size_t)put;
	}
	return 0;
}

int fs_sync(int fd)
{
	static int wanted = -1;

	if (wanted < 0) {
		const char *value = getenv("GIT_TEST_FSYNC");

		wanted = !value || strcmp(value, "0");
	}
	if (!wanted)
		return 0;
	while (fsync(fd)) {
		/* Not every file system knows it. */
		if (errno == EINVAL || errno == ENOTSUP)
			return 0;
		if (errno != EINTR)
			return -1;
	}
	return 0;
}

bool fs_exists(const char *path)
{
	struct stat st;

	return !lstat(path, &st);
}
