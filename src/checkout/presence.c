/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/path.h"
#include "checkout/room.h"

/*
 * The walk stopped below the directory it has open: what it wanted next is
 * the topmost that is missing.
 */
static void remember_missing(struct checkout *co, const char *path,
			     size_t dir_len)
{
	size_t at = co->walk.path.len ? co->walk.path.len + 1 : 0;
	const char *slash = memchr(path + at, '/', dir_len - at);
	size_t len = slash ? (size_t)(slash - path) : dir_len;

	strbuf_reset(&co->missing);
	strbuf_add(&co->missing, path, len);
	strbuf_addch(&co->missing, '/');
}

bool checkout_is_present(struct checkout *co, const char *path, size_t len)
{
	const struct strbuf *missing = &co->missing;
	bool want_dir;
	size_t dir_len;
	struct stat st;
	int fd;

	if (missing->len && len >= missing->len &&
	    !memcmp(path, missing->buf, missing->len))
		return false;
	want_dir = len && path[len - 1] == '/';
	if (want_dir)
		len--;
	if (!path_is_safe(path, len))
		return false;
	dir_len = path_dir_len(path, len);
	fd = fs_walk_dir(&co->walk, path, dir_len, FS_WALK_OPEN);
	if (fd < 0) {
		if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)
			remember_missing(co, path, dir_len);
		return false;
	}
	if (want_dir) {
		char name[4096];
		size_t at = dir_len ? dir_len + 1 : 0;

		memcpy(name, path + at, len - at);
		name[len - at] = '\0';
		return !fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) &&
		       S_ISDIR(st.st_mode);
	}
	return !fstatat(fd, path + (dir_len ? dir_len + 1 : 0), &st,
			AT_SYMLINK_NOFOLLOW);
}
