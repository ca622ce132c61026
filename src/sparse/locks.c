/* SPDX-License-Identifier: MIT */
/*
 * git keeps no note of who made a lock. A lock is stale for us only when that
 * is as good as proven: it is old, no process has it open, and no git or pare
 * runs with its current directory in this repository (git closes index.lock
 * while a hook or an editor runs, but waits for them; who works on another
 * directory with --git-dir has the file open, or is not done within minutes).
 * Processes whose directory cannot be read count as running here.
 */
#include "sparse/locks.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#ifdef __linux__
#include <sys/vfs.h>
#endif
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/holder.h"
#include "base/path.h"
#include "base/strbuf.h"

enum { OLD_SECONDS = 10 * 60, ANCESTORS_MAX = 64 };

static void add_if_there(struct strvec *out, char *path)
{
	if (fs_exists(path))
		strvec_push(out, path);
	free(path);
}

void locks_find(struct strvec *out, const struct pare_repo *repo)
{
	static const char *const own[] = {
		"info/sparse-checkout.lock", "config.worktree.lock",
		"HEAD.lock", "pare/selection.lock",
		"pare/selection.next.lock", "pare/undo.lock",
	};
	static const char *const common[] = { "config.lock", "packed-refs.lock",
					      "shallow.lock",
					      "info/pare.lock" };

	add_if_there(out, xstrfmt("%s.lock", pare_repo_index_path(repo)));
	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		add_if_there(out, repo_git_path(repo, own[i]));
	for (size_t i = 0; i < ARRAY_SIZE(common); i++)
		add_if_there(out, repo_common_path(repo, common[i]));
}

static bool is_in_here(const struct pare_repo *repo, long pid)
{
	char link[64], cwd[4096];
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/%ld/cwd", pid);
	len = readlink(link, cwd, sizeof(cwd) - 1);
	/* One that has ended meanwhile has none, and no lock either. */
	if (len < 0)
		return errno != ENOENT && errno != ESRCH;
	cwd[len] = '\0';
	return (repo->worktree && path_is_under(cwd, repo->worktree)) ||
	       path_is_under(cwd, repo->git_dir) ||
	       path_is_under(cwd, repo->common_dir);
}

/* The name and parent of a process: "<pid> (<name>) <state> <parent> …". */
static bool read_stat(long pid, bool *is_git, long *parent)
{
	struct strbuf text = STRBUF_INIT;
	char path[64];
	const char *name, *end;
	bool good;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	good = !strbuf_read_file(&text, path, 64 * 1024);
	if (!good)
		error_clear();
	name = good ? strchr(text.buf, '(') : NULL;
	end = good ? strrchr(text.buf, ')') : NULL;
	good = name && end && sscanf(end + 1, " %*c %ld", parent) == 1;
	if (good)
		*is_git = starts_with(name + 1, "git") ||
			  starts_with(name + 1, "pare");
	strbuf_release(&text);
	return good;
}

/* Ourselves, and the git, shell and terminal that started us. */
static size_t find_ancestors(long *pid)
{
	size_t nr = 0;
	long next = (long)getpid();
	bool is_git;

	while (nr < ANCESTORS_MAX && next > 1) {
		pid[nr++] = next;
		if (!read_stat(next, &is_git, &next))
			break;
	}
	return nr;
}

static bool may_hold(const struct pare_repo *repo, const struct stat *lock,
		     long pid, bool is_ancestor)
{
	bool is_git = false;
	long parent;

	if (holder_has_open(pid, lock))
		return true;
	return !is_ancestor && read_stat(pid, &is_git, &parent) && is_git &&
	       is_in_here(repo, pid);
}

/* The process that may have it, 0: none, -1: there is no /proc. */
static long find_holder(const struct pare_repo *repo, const struct stat *lock)
{
	long ancestor[ANCESTORS_MAX], holder = 0;
	size_t nr = find_ancestors(ancestor);
	struct dirent *de;
	DIR *d = nr > 1 ? opendir("/proc") : NULL;

	if (!d)
		return -1;
	while (!holder && (de = readdir(d))) {
		char *end;
		long pid = strtol(de->d_name, &end, 10);
		bool is_ancestor = false;

		for (size_t i = 0; i < nr && !is_ancestor; i++)
			is_ancestor = ancestor[i] == pid;
		if (!*end && pid > 0 && may_hold(repo, lock, pid, is_ancestor))
			holder = pid;
	}
	closedir(d);
	return holder;
}

/* What runs on another machine is not seen from here. */
static bool is_on_network(const char *path)
{
#ifdef __linux__
	static const unsigned long network[] = {
		0x6969, 0xff534d42, 0xfe534d42, 0x65735546, 0x01021997,
	}; /* NFS, CIFS, SMB2, FUSE, 9P: linux/magic.h */
	struct statfs fs;

	if (statfs(path, &fs))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(network); i++)
		if ((unsigned long)fs.f_type == network[i])
			return true;
	return false;
#else
	(void)path;
	return true;
#endif
}

int lock_judge(struct lock_answer *out, const struct pare_repo *repo,
	       const char *path)
{
	struct stat st;

	if (lstat(path, &st))
		return error_errno("cannot look at '%s'", path);
	*out = (struct lock_answer){ .holder = LOCK_UNKNOWN };
	out->age_seconds = (long)(time(NULL) - st.st_mtime);
	out->pid = find_holder(repo, &st);
	if (out->pid > 0)
		out->holder = LOCK_HELD;
	else if (!out->pid && out->age_seconds >= OLD_SECONDS &&
		 S_ISREG(st.st_mode) && !is_on_network(path))
		out->holder = LOCK_STALE;
	return 0;
}
