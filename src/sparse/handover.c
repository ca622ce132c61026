/* SPDX-License-Identifier: MIT */
/*
 * Before git does the work: its cleaning up takes a link that stands where a
 * directory of the index was for that directory, and deletes what the link
 * points to. Wherever git has to do it, we look first.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/quote.h"
#include "base/run.h"
#include "pare/sparse.h"
#include "repo/repo.h"

/* The component at which the walk stopped: is it a link? */
static int check_stop(struct fs_walk *walk, const char *path)
{
	size_t at = walk->path.len ? walk->path.len + 1 : 0;
	struct strbuf name = STRBUF_INIT;
	struct stat st;
	int fd, error = 0;

	strbuf_add(&name, path, at + strcspn(path + at, "/"));
	fd = fs_walk_dir(walk, name.buf, at ? at - 1 : 0, FS_WALK_OPEN);
	if (fd >= 0 && !fstatat(fd, name.buf + at, &st, AT_SYMLINK_NOFOLLOW) &&
	    S_ISLNK(st.st_mode)) {
		error = error_set(GIT_EINVALID, "'%s' is a link where a "
				  "directory was, git would delete what it "
				  "points to", quoted(name.buf));
		error_hint("move the link away and try again");
	}
	strbuf_release(&name);
	return error;
}

static int check_names(struct fs_walk *walk, const struct strbuf *names)
{
	const char *p = names->buf, *end = p + names->len, *last = "";
	int error = 0;

	for (; p < end && !error; p += strlen(p) + 1) {
		size_t len = path_dir_len(p, strlen(p));

		/* As the one before, which was looked at. */
		if (path_dir_len(last, strlen(last)) == len &&
		    !strncmp(last, p, len))
			continue;
		last = p;
		if (fs_walk_dir(walk, p, len, FS_WALK_OPEN) < 0 &&
		    (errno == ENOTDIR || errno == ELOOP))
			error = check_stop(walk, p);
	}
	return error;
}

int pare_sparse_check_handover(struct pare_repo *repo)
{
	struct strbuf names = STRBUF_INIT;
	struct fs_walk walk;
	int error = run_git_capture(&names, "ls-files", "-z", "--full-name",
				    ":/", NULL);

	if (!error &&
	    !(error = fs_walk_init(&walk, pare_repo_worktree(repo)))) {
		error = check_names(&walk, &names);
		fs_walk_release(&walk);
	}
	strbuf_release(&names);
	return error;
}
