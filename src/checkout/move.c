/* SPDX-License-Identifier: MIT */
#include "checkout/move.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"

enum { DIR_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

/* Calls `fn` for everything in the directory; stops at the first non-zero. */
static int each_in(int dir, const char *name,
		   int (*fn)(int dir, const char *name, void *ctx), void *ctx)
{
	int fd = fs_openat(dir, name, DIR_FLAGS, 0), rc = 0, saved;
	struct dirent *de;
	DIR *d;

	if (fd < 0)
		return -1;
	d = fdopendir(fd);
	if (!d) {
		close(fd);
		return -1;
	}
	while (!rc && (errno = 0, de = readdir(d))) {
		if (strcmp(de->d_name, ".") && strcmp(de->d_name, ".."))
			rc = fn(fd, de->d_name, ctx);
	}
	if (!rc && errno)
		rc = -1;
	saved = errno;
	closedir(d);
	errno = saved;
	return rc;
}

static int remove_one(int dir, const char *name, void *files_too)
{
	if (files_too && !unlinkat(dir, name, 0))
		return 0;
	if (files_too && errno != EISDIR && errno != EPERM)
		return errno == ENOENT ? 0 : -1;
	if (!unlinkat(dir, name, AT_REMOVEDIR))
		return 0;
	if (errno != ENOTEMPTY && errno != EEXIST)
		return -1;
	if (each_in(dir, name, remove_one, files_too))
		return -1;
	return unlinkat(dir, name, AT_REMOVEDIR);
}

int remove_all_at(int dir, const char *name)
{
	static char yes;

	return remove_one(dir, name, &yes);
}

int remove_empty_at(int dir, const char *name)
{
	return remove_one(dir, name, NULL);
}

static int find_file(int dir, const char *name, void *ctx)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) ||
	    !S_ISDIR(st.st_mode))
		return 1;
	return each_in(dir, name, find_file, ctx);
}

bool holds_no_file_at(int dir, const char *name)
{
	return !each_in(dir, name, find_file, NULL);
}

static int find_any(int dir, const char *name, void *ctx)
{
	(void)dir;
	(void)name;
	(void)ctx;
	return 1;
}

bool is_empty_at(int dir, const char *name)
{
	return !each_in(dir, name, find_any, NULL);
}

static int copy_file(int from_dir, const char *from, int to_dir,
		     const char *to, const struct stat *st)
{
	int in, out, rc = -1, saved;
	char buf[65536];
	ssize_t got;

	in = fs_openat(from_dir, from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);
	if (in < 0)
		return -1;
	out = fs_openat(to_dir, to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		     st->st_mode & 0777);
	if (out < 0)
		goto done;
	do {
		got = read(in, buf, sizeof(buf));
		if (got > 0 && fs_write_all(out, buf, (size_t)got))
			goto done;
	} while (got > 0 || (got < 0 && errno == EINTR));
	if (!got) {
		struct timespec times[2] = { st->st_atim, st->st_mtim };

		rc = futimens(out, times);
	}
done:
	saved = errno;
	if (out >= 0 && close(out))
		rc = -1;
	if (rc && out >= 0)
		unlinkat(to_dir, to, 0);
	close(in);
	errno = saved;
	return rc;
}

int copy_file_at(int from_dir, const char *from, int to_dir, const char *to)
{
	struct stat st;

	if (fstatat(from_dir, from, &st, AT_SYMLINK_NOFOLLOW))
		return -1;
	return copy_file(from_dir, from, to_dir, to, &st);
}

static int copy_link(int from_dir, const char *from, int to_dir,
		     const char *to)
{
	char target[4097];
	ssize_t len = readlinkat(from_dir, from, target, sizeof(target));

	if (len < 0)
		return -1;
	if ((size_t)len == sizeof(target)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	target[len] = '\0';
	return symlinkat(target, to_dir, to);
}

static int copy_all(int from_dir, const char *from, int to_dir,
		    const char *to);

static int copy_into(int dir, const char *name, void *ctx)
{
	return copy_all(dir, name, *(int *)ctx, name);
}

static int copy_all(int from_dir, const char *from, int to_dir, const char *to)
{
	struct stat st;
	int rc, fd;

	if (fstatat(from_dir, from, &st, AT_SYMLINK_NOFOLLOW))
		return -1;
	if (S_ISREG(st.st_mode))
		return copy_file(from_dir, from, to_dir, to, &st);
	if (S_ISLNK(st.st_mode))
		return copy_link(from_dir, from, to_dir, to);
	if (!S_ISDIR(st.st_mode)) {
		errno = ENOTSUP;
		return -1;
	}
	if (mkdirat(to_dir, to, 0700))
		return -1;
	fd = fs_openat(to_dir, to, DIR_FLAGS, 0);
	if (fd < 0)
		return -1;
	rc = each_in(from_dir, from, copy_into, &fd);
	if (!rc)
		rc = fchmod(fd, st.st_mode & 0777);
	close(fd);
	return rc;
}

static int move_by_copy(int from_dir, const char *from, int to_dir,
			const char *to)
{
	struct stat st;

	if (!fstatat(to_dir, to, &st, AT_SYMLINK_NOFOLLOW)) {
		errno = EEXIST;
		return -1;
	}
	if (copy_all(from_dir, from, to_dir, to)) {
		int saved = errno;

		if (saved != EEXIST)
			remove_all_at(to_dir, to);
		errno = saved;
		return -1;
	}
	return remove_all_at(from_dir, from);
}

/* Where the kernel or file system has no rename that keeps its hands off. */
static int move_by_link(int from_dir, const char *from, int to_dir,
			const char *to)
{
	struct stat st;

	if (!linkat(from_dir, from, to_dir, to, 0))
		return unlinkat(from_dir, from, 0);
	if (errno == EEXIST)
		return -1;
	/* A directory, or no hard links here. */
	if (!fstatat(to_dir, to, &st, AT_SYMLINK_NOFOLLOW)) {
		errno = EEXIST;
		return -1;
	}
	return renameat(from_dir, from, to_dir, to);
}

int move_at(int from_dir, const char *from, int to_dir, const char *to)
{
#ifdef RENAME_NOREPLACE
	if (!renameat2(from_dir, from, to_dir, to, RENAME_NOREPLACE))
		return 0;
	if (errno == EXDEV)
		return move_by_copy(from_dir, from, to_dir, to);
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
#endif
	if (!move_by_link(from_dir, from, to_dir, to))
		return 0;
	if (errno != EXDEV)
		return -1;
	return move_by_copy(from_dir, from, to_dir, to);
}

enum { NAME_BYTES_MAX = 64 };

int exchange_by_link(int a_dir, const char *a, int b_dir, const char *b)
{
	char old[NAME_BYTES_MAX];
	int saved;

	snprintf(old, sizeof(old), "%s.old", b);
	if (linkat(a_dir, a, b_dir, old, 0))
		return -1;
	if (!renameat(b_dir, b, a_dir, a))
		return renameat(b_dir, old, b_dir, b);
	saved = errno;
	unlinkat(b_dir, old, 0);
	errno = saved;
	return -1;
}

int exchange_at(int a_dir, const char *a, int b_dir, const char *b)
{
#ifdef RENAME_EXCHANGE
	if (!renameat2(a_dir, a, b_dir, b, RENAME_EXCHANGE))
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
#endif
	return exchange_by_link(a_dir, a, b_dir, b);
}

void exchange_settle(int b_dir, const char *b)
{
	char old[NAME_BYTES_MAX];
	struct stat st;

	snprintf(old, sizeof(old), "%s.old", b);
	if (fstatat(b_dir, b, &st, AT_SYMLINK_NOFOLLOW) && errno == ENOENT)
		renameat(b_dir, old, b_dir, b);
}
