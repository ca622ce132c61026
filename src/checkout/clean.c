/* SPDX-License-Identifier: MIT */
/*
 * Emptying a directory for good, as asked for: every file in it goes, but a
 * repository of its own is left as it is, and with it the way to it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/path.h"
#include "base/quote.h"
#include "checkout/room.h"

enum { DEPTH_MAX = 2048 };

struct cleaning {
	struct checkout *co;
	struct checkout_cleaned *out;
	bool dry_run;
	struct strbuf path;
};

static void clean_at(struct cleaning *c, int parent, const char *name,
		     unsigned depth);

static void tell_failure(struct cleaning *c)
{
	strvec_pushf(&c->co->warnings, "failed to remove '%s': %s",
		     quoted(c->path.buf), strerror(errno));
}

/* The names in a directory, sorted; takes `fd` over. */
static int read_names(struct strvec *names, int fd)
{
	DIR *stream = fdopendir(fd);
	struct dirent *d;
	int saved;

	if (!stream) {
		close(fd);
		return -1;
	}
	while ((errno = 0, d = readdir(stream)))
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			strvec_push(names, d->d_name);
	saved = errno;
	closedir(stream);
	strvec_sort(names);
	errno = saved;
	return saved ? -1 : 0;
}

static void clean_entry(struct cleaning *c, int dir, const char *name,
			unsigned depth)
{
	size_t len = c->path.len;
	struct stat st;

	path_append(&c->path, name);
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW)) {
		if (errno != ENOENT)
			tell_failure(c);
	} else if (S_ISDIR(st.st_mode)) {
		clean_at(c, dir, name, depth + 1);
	} else if (c->dry_run || !unlinkat(dir, name, 0)) {
		strvec_pushn(&c->out->files, c->path.buf, c->path.len);
	} else {
		tell_failure(c);
	}
	strbuf_setlen(&c->path, len);
}

static void remove_dir(struct cleaning *c, int parent, const char *name)
{
	if (c->dry_run || path_is_under(c->co->repo->prefix, c->path.buf))
		return;
	if (unlinkat(parent, name, AT_REMOVEDIR) && errno != ENOTEMPTY &&
	    errno != EEXIST)
		tell_failure(c);
}

/* c->path is the directory. */
static void clean_at(struct cleaning *c, int parent, const char *name,
		     unsigned depth)
{
	struct strvec names = STRVEC_INIT;
	int fd = depth > DEPTH_MAX ? (errno = ELOOP, -1) :
				     fs_openat(parent, name, O_RDONLY |
					       O_DIRECTORY | O_NOFOLLOW |
					       O_CLOEXEC, 0);
	int own = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (own < 0 || read_names(&names, own) < 0) {
		tell_failure(c);
	} else if (strvec_search(&names, ".git") >= 0) {
		strvec_pushn(&c->out->nested, c->path.buf, c->path.len);
	} else {
		for (size_t i = 0; i < names.nr; i++)
			clean_entry(c, fd, names.v[i], depth);
		remove_dir(c, parent, name);
	}
	if (fd >= 0)
		close(fd);
	strvec_clear(&names);
}

void checkout_clean_dir(struct checkout_cleaned *out, struct checkout *co,
			const char *dir, bool dry_run)
{
	struct cleaning c = { .co = co, .out = out, .dry_run = dry_run,
			      .path = STRBUF_INIT };
	size_t len = strlen(dir), dir_len = path_dir_len(dir, len);
	int fd;

	if (!path_is_safe(dir, len))
		return;
	fs_walk_forget(&co->walk, dir, len);
	fd = fs_walk_dir(&co->walk, dir, dir_len, FS_WALK_OPEN);
	if (fd < 0)
		return;
	strbuf_addstr(&c.path, dir);
	clean_at(&c, fd, dir + dir_len + (dir_len > 0), 0);
	if (!dry_run && !path_is_under(co->repo->prefix, dir))
		checkout_prune_dirs(co, dir, len, 0, NULL);
	strbuf_release(&c.path);
}
