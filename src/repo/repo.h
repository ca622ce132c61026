/* SPDX-License-Identifier: MIT */
/* What the rooms above see of the repository; see pare/repo.h for the rest. */
#ifndef PARE_REPO_REPO_H
#define PARE_REPO_REPO_H

#include <stdbool.h>

#include "base/hash.h"
#include "base/strbuf.h"
#include "pare/repo.h"

struct pare_repo {
	char *git_dir;     /* of this worktree: .git or .git/worktrees/x */
	char *common_dir;  /* shared by all worktrees */
	char *worktree;    /* NULL: bare */
	char *prefix;      /* "" or "a/b/" */
	char *index_path;
	char *objects_dir;
	char *hooks_dir;   /* honours core.hooksPath */
	char *shallow_path;
	bool is_bare;
	bool is_shallow;
	bool has_reftable;
	const struct hash_algo *algo;
	struct config *config; /* loaded at first use: repo_config_load() */
	struct config_reading *config_reading; /* till then: git, at work */
	struct odb *odb;       /* opened at first use: repo_odb() */
};

/* "<git_dir>/<name>", for per-worktree files; free(3) it. */
char *repo_git_path(const struct pare_repo *repo, const char *name);
/* "<common_dir>/<name>". */
char *repo_common_path(const struct pare_repo *repo, const char *name);

/* "<git_dir>/pare/<name>"; the directory is made if `make` is set. */
int repo_pare_path(char **out, const struct pare_repo *repo, const char *name,
		   bool make);

/*
 * PARE_EHANDOVER with the reason when this libgit2 cannot read the repository
 * (an object format or ref storage it lacks); 0 when it can.
 */
int repo_check_format(const struct pare_repo *repo);

#endif
