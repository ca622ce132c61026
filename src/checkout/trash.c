/* SPDX-License-Identifier: MIT */
#include "checkout/trash.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"
#include "checkout/move.h"

enum { SECONDS_PER_DAY = 24 * 60 * 60 };

void trash_new_id(struct strbuf *out)
{
	time_t now = time(NULL);
	char text[32] = "";
	struct tm tm;

	if (localtime_r(&now, &tm))
		strftime(text, sizeof(text), "%Y%m%d-%H%M%S", &tm);
	strbuf_addf(out, "%s-%ld", text, (long)getpid());
}

/* An id is one component and nothing clever. */
static bool id_is_good(const char *id)
{
	return *id && *id != '.' && !strchr(id, '/');
}

int trash_path(char **out, const struct pare_repo *repo, const char *id)
{
	char *name;
	int error;

	if (!id_is_good(id))
		return error_set(GIT_EINVALID, "'%s' is no id of the trash",
				 id);
	name = xstrfmt("trash/%s", id);
	error = repo_pare_path(out, repo, name, false);
	free(name);
	return error;
}

int trash_put(struct pare_repo *repo, const char *id, int dir,
	      const char *path)
{
	size_t dir_len = path_dir_len(path, strlen(path));
	const char *name = path + (dir_len ? dir_len + 1 : 0);
	struct fs_walk to;
	char *root = NULL;
	int fd, rc = -1, saved;

	if (trash_path(&root, repo, id) < 0 || fs_mkdirs(root, 0777) < 0 ||
	    fs_walk_init(&to, root) < 0) {
		free(root);
		errno = EIO;
		return -1;
	}
	fd = fs_walk_dir(&to, path, dir_len, FS_WALK_CREATE);
	if (fd >= 0)
		rc = move_at(dir, name, fd, name);
	saved = errno;
	fs_walk_release(&to);
	free(root);
	errno = saved;
	return rc;
}

struct restoring {
	struct fs_walk to;
	struct strbuf path;
	struct strvec *restored, *kept;
};

static void restore_dir(struct restoring *r, int fd);

static void restore_entry(struct restoring *r, int fd, const char *name)
{
	struct stat st;
	int dst, sub;

	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW))
		return;
	if (S_ISDIR(st.st_mode)) {
		sub = fs_openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
				       O_CLOEXEC, 0);
		if (sub >= 0)
			restore_dir(r, sub);
		unlinkat(fd, name, AT_REMOVEDIR);
		return;
	}
	dst = path_is_safe(r->path.buf, r->path.len) ?
		fs_walk_dir(&r->to, r->path.buf,
			    path_dir_len(r->path.buf, r->path.len),
			    FS_WALK_CREATE) : -1;
	if (dst < 0 || move_at(fd, name, dst, name))
		strvec_push(r->kept, r->path.buf);
	else
		strvec_push(r->restored, r->path.buf);
}

/* Takes `fd` over. */
static void restore_dir(struct restoring *r, int fd)
{
	struct strvec names = STRVEC_INIT;
	struct dirent *de;
	DIR *d = fdopendir(fd);
	size_t len = r->path.len;

	if (!d) {
		close(fd);
		return;
	}
	while ((de = readdir(d))) {
		if (strcmp(de->d_name, ".") && strcmp(de->d_name, ".."))
			strvec_push(&names, de->d_name);
	}
	strvec_sort(&names);
	for (size_t i = 0; i < names.nr; i++) {
		path_append(&r->path, names.v[i]);
		restore_entry(r, fd, names.v[i]);
		strbuf_setlen(&r->path, len);
	}
	strvec_clear(&names);
	closedir(d);
}

int trash_restore(struct pare_repo *repo, const char *id,
		  struct strvec *restored, struct strvec *kept)
{
	struct restoring r = {
		.path = STRBUF_INIT, .restored = restored, .kept = kept,
	};
	char *root = NULL;
	int error, fd;

	if ((error = trash_path(&root, repo, id)) < 0)
		return error;
	fd = fs_open(root, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
	if (fd < 0) {
		/* Nothing was put there. */
		if (errno != ENOENT)
			error = error_errno("could not open '%s'", root);
		goto done;
	}
	error = fs_walk_init(&r.to, repo->worktree);
	if (error < 0) {
		close(fd);
		goto done;
	}
	restore_dir(&r, fd);
	fs_walk_release(&r.to);
	rmdir(root);
done:
	strbuf_release(&r.path);
	free(root);
	return error;
}

/* Remove the entries of `root` that match and are older than `limit`. */
static int remove_older(const char *root, time_t limit,
			bool (*matches)(const char *name))
{
	DIR *d = opendir(root);
	struct dirent *de;
	int error = 0;

	if (!d)
		return 0;
	while ((de = readdir(d))) {
		struct stat st;

		if (!matches(de->d_name) ||
		    fstatat(dirfd(d), de->d_name, &st, AT_SYMLINK_NOFOLLOW) ||
		    st.st_mtime > limit)
			continue;
		if (remove_all_at(dirfd(d), de->d_name) && !error)
			error = error_errno("could not remove '%s/%s'", root,
					    de->d_name);
	}
	closedir(d);
	return error;
}

/*
 * What a process left that was killed: "index.<pid>…" and the like, see
 * scratch.c, stage.c, swap.c, journal.c, and new_index.c of src/sparse.
 */
static const char *pid_of_leftover(const char *name)
{
	static const char *const kinds[] = { "index.", "write.", "swap.",
					     "lock.", "journal." };
	const char *pid;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (skip_prefix(name, kinds[i], &pid) && *pid >= '1' &&
		    *pid <= '9')
			return pid;
	return NULL;
}

static bool is_leftover(const char *name)
{
	return pid_of_leftover(name);
}

static bool is_of_the_dead(const char *name)
{
	const char *pid = pid_of_leftover(name);

	return pid && kill((pid_t)strtol(pid, NULL, 10), 0) && errno == ESRCH;
}

int trash_remove_leftovers(struct pare_repo *repo)
{
	char *pare = NULL;
	int error = repo_pare_path(&pare, repo, ".", false);

	if (!error)
		error = remove_older(pare, time(NULL), is_of_the_dead);
	/* A number may have been given to another process since. */
	if (!error)
		error = remove_older(pare, time(NULL) - SECONDS_PER_DAY,
				     is_leftover);
	free(pare);
	return error;
}

static size_t count_older(const struct pare_repo *repo, const char *name,
			  time_t limit, bool (*matches)(const char *name))
{
	struct dirent *de;
	char *root = NULL;
	size_t nr = 0;
	DIR *d = repo_pare_path(&root, repo, name, false) < 0 ? NULL :
								opendir(root);

	while (d && (de = readdir(d))) {
		struct stat st;

		nr += matches(de->d_name) &&
		      !fstatat(dirfd(d), de->d_name, &st,
			       AT_SYMLINK_NOFOLLOW) && st.st_mtime <= limit;
	}
	if (d)
		closedir(d);
	free(root);
	return nr;
}

void trash_count_old(size_t *leftovers, size_t *trashed,
		     const struct pare_repo *repo, int days)
{
	time_t now = time(NULL);

	*leftovers = count_older(repo, ".", now - SECONDS_PER_DAY, is_leftover);
	*trashed =
		count_older(repo, "trash", now - (time_t)days * SECONDS_PER_DAY,
			    id_is_good);
}

int trash_expire(struct pare_repo *repo, int days)
{
	time_t now = time(NULL);
	char *root = NULL;
	int error = repo_pare_path(&root, repo, "trash", false);

	if (!error)
		error = remove_older(root,
				     now - (time_t)days * SECONDS_PER_DAY,
				     id_is_good);
	if (root)
		rmdir(root);
	free(root);
	return error < 0 ? error : trash_remove_leftovers(repo);
}
