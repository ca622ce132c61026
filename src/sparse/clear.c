/* SPDX-License-Identifier: MIT */
/*
 * Directories outside of the cone that are still there.
 *
 * Looked for on disk, not in the index: only the directories on the way down
 * to selected ones are read, and there are few of those.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/quote.h"
#include "sparse/operation.h"

struct clearing {
	struct operation *op;
	struct fs_walk walk;
	struct strvec selected; /* all recursive directories, sorted */
	struct strvec *found;   /* directories to clear */
	struct strvec *warnings;
};

static bool is_directory(int dir_fd, const struct dirent *d)
{
	struct stat st;

	if (d->d_type != DT_UNKNOWN)
		return d->d_type == DT_DIR;
	return !fstatat(dir_fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) &&
	       S_ISDIR(st.st_mode);
}

/* What is there no more, or is a link now, has nothing to be cleared. */
static void cannot_read(struct clearing *c, const char *dir)
{
	if (errno && errno != ENOENT && errno != ENOTDIR && errno != ELOOP)
		strvec_pushf(c->warnings, "could not read directory '%s': %s",
			     quoted(*dir ? dir : "."), strerror(errno));
}

/* Paths of the directories in `dir`. */
static void read_subdirs(struct strvec *out, struct clearing *c,
			 const char *dir)
{
	int fd = fs_walk_dir(&c->walk, dir, strlen(dir), FS_WALK_OPEN);
	int own = fd < 0 ? -1 :
			   fs_openat(fd, ".",
				     O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	DIR *stream = own < 0 ? NULL : fdopendir(own);
	struct dirent *d;

	if (!stream) {
		cannot_read(c, dir);
		if (own >= 0)
			close(own);
		return;
	}
	while ((errno = 0, d = readdir(stream))) {
		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, "..") ||
		    !strcmp(d->d_name, ".git") || !is_directory(own, d))
			continue;
		if (*dir)
			strvec_pushf(out, "%s/%s", dir, d->d_name);
		else
			strvec_push(out, d->d_name);
	}
	cannot_read(c, dir);
	closedir(stream);
	strvec_sort(out);
}

static bool has_selected_below(const struct clearing *c, const char *dir)
{
	for (size_t i = 0; i < c->selected.nr; i++)
		if (path_is_under(c->selected.v[i], dir))
			return true;
	return false;
}

/* The entries below `dir`. */
static void range_of(uint32_t *first, uint32_t *last,
		     const struct pare_index *index, const char *dir)
{
	struct strbuf bound = STRBUF_INIT;

	strbuf_addf(&bound, "%s/", dir);
	*first = pare_index_lower_bound(index, bound.buf, bound.len);
	bound.buf[bound.len - 1]++;
	*last = pare_index_lower_bound(index, bound.buf, bound.len);
	strbuf_release(&bound);
}

static void find_below(struct clearing *c, const char *dir)
{
	const struct operation *op = c->op;
	struct strvec subdirs = STRVEC_INIT;

	read_subdirs(&subdirs, c, dir);
	for (size_t i = 0; i < subdirs.nr; i++) {
		const char *sub = subdirs.v[i];
		enum cone_kind kind = cone_get(&op->cone, sub, strlen(sub));
		uint32_t first, last;

		if (kind == CONE_IN)
			continue;
		range_of(&first, &last, op->index, sub);
		if (first == last)
			continue;
		if (kind == CONE_PARENT || has_selected_below(c, sub) ||
		    transition_keeps(&op->plan, first, last))
			find_below(c, sub);
		else
			strvec_push(c->found, sub);
	}
	strvec_clear(&subdirs);
}

static void report_dir(struct pare_sparse_report *report,
		       const struct checkout_dir *dir)
{
	if (dir->answer == CHECKOUT_DIR_UNTRACKED)
		strvec_push(&report->untracked_dirs, dir->path);
	else if (dir->answer == CHECKOUT_DIR_NESTED)
		strvec_push(&report->nested_dirs, dir->path);
	else if (dir->answer == CHECKOUT_DIR_FAILED)
		strvec_pushf(&report->warnings,
			     "failed to remove directory '%s'", dir->path);
}

static int clear_found(struct operation *op, const struct strvec *found)
{
	const struct pare_sparse_request *req = op->req;
	struct pare_sparse_report *report = op->report;
	struct checkout_dir *dir = xcalloc(found->nr + 1, sizeof(*dir));
	int error = 0;

	for (size_t i = 0; i < found->nr; i++)
		dir[i].path = found->v[i];
	if (found->nr)
		error = checkout_clear_dirs(op->co, dir, found->nr,
					    op->trash_id,
					    req->keep_days < 0 ?
						    14 : req->keep_days,
					    req->dry_run, &report->trashed);
	for (size_t i = 0; i < found->nr && !error; i++)
		report_dir(report, &dir[i]);
	free(dir);
	return error;
}

int clear_find(struct strvec *found, struct operation *op,
	       struct strvec *warnings)
{
	struct clearing c = { .op = op, .selected = STRVEC_INIT,
			      .found = found, .warnings = warnings };
	int error = fs_walk_init(&c.walk, pare_repo_worktree(op->repo));

	if (error < 0)
		return error;
	cone_list_all(&op->cone, &c.selected);
	find_below(&c, "");
	strvec_clear(&c.selected);
	fs_walk_release(&c.walk);
	return 0;
}

int clear_directories(struct operation *op)
{
	struct strvec found = STRVEC_INIT;
	int error;

	if (!op->report->cone || op->cone.full || op->plan.unmerged.nr)
		return 0;
	error = clear_find(&found, op, &op->report->warnings);
	if (!error)
		error = clear_found(op, &found);
	strvec_clear(&found);
	return error;
}
