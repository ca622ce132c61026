/* SPDX-License-Identifier: MIT */
#include "sparse/enable.h"

#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "repo/config.h"

static int move_to(struct pare_repo *repo, const char *common,
		   const char *worktree, const char *key)
{
	const char *value = repo_config_get_scope(repo, key, "local");
	char *kept;
	int error;

	if (!value)
		return 0;
	kept = xstrdup(value);
	error = repo_config_set_file(repo, worktree, key, kept);
	if (!error)
		error = repo_config_set_file(repo, common, key, NULL);
	free(kept);
	return error;
}

static bool is_true(const char *value)
{
	return value && (!strcasecmp(value, "true") ||
			 !strcasecmp(value, "yes") ||
			 !strcasecmp(value, "on") || !strcasecmp(value, "1") ||
			 !*value);
}

/* config.worktree is read only when the extension is on. */
static int use_worktree_config(struct pare_repo *repo)
{
	char *common, *worktree;
	int error;

	if (pare_repo_config_bool(repo, "extensions.worktreeconfig", false))
		return 0;
	common = repo_common_path(repo, "config");
	worktree = repo_common_path(repo, "config.worktree");
	error = repo_config_set_file(repo, common, "extensions.worktreeConfig",
				     "true");
	if (!error &&
	    is_true(repo_config_get_scope(repo, "core.bare", "local")))
		error = move_to(repo, common, worktree, "core.bare");
	if (!error)
		error = move_to(repo, common, worktree, "core.worktree");
	free(common);
	free(worktree);
	return error;
}

static int set_bool(struct pare_repo *repo, const char *path, const char *key,
		    int value)
{
	if (value < 0)
		return 0;
	return repo_config_set_file(repo, path, key, value ? "true" : "false");
}

static bool writes_nothing(const struct sparse_config *config)
{
	return config->enabled < 0 && config->cone < 0 &&
	       config->sparse_index < 0;
}

int sparse_config_write(struct pare_repo *repo,
			const struct sparse_config *config)
{
	bool begins = config->enabled == 1 &&
		      !pare_repo_config_bool(repo, "core.sparsecheckout",
					     false);
	char *path;
	int error;

	if (writes_nothing(config))
		return 0;
	if ((error = use_worktree_config(repo)) < 0)
		return error;
	path = repo_git_path(repo, "config.worktree");
	/* Where git has it, but on only with all the rest: a cone that is
	 * taken for patterns, after a kill, would be the wrong files. */
	error = set_bool(repo, path, "core.sparseCheckout",
			 begins ? 0 : config->enabled);
	if (!error)
		error = set_bool(repo, path, "core.sparseCheckoutCone",
				 config->cone);
	if (!error)
		error = set_bool(repo, path, "index.sparse",
				 config->sparse_index);
	if (!error && begins)
		error = set_bool(repo, path, "core.sparseCheckout", 1);
	free(path);
	return error;
}

static int put_back(struct pare_repo *repo, const char *path, const char *key,
		    int written, int before)
{
	if (written < 0)
		return 0;
	return repo_config_set_file(repo, path, key,
				    before < 0 ? NULL :
				    before     ? "true" :
						 "false");
}

/* An empty config.worktree is of no use to anybody. */
static int leave_worktree_config(struct pare_repo *repo, const char *path)
{
	struct stat st;
	char *common;
	int error;

	if (!lstat(path, &st) && (st.st_size || unlink(path)))
		return 0;
	common = repo_common_path(repo, "config");
	error = repo_config_set_file(repo, common, "extensions.worktreeConfig",
				     NULL);
	free(common);
	return error;
}

int sparse_config_restore(struct pare_repo *repo,
			  const struct sparse_config *config,
			  const struct sparse_config *before, bool extended)
{
	char *path;
	int error;

	if (writes_nothing(config))
		return 0;
	path = repo_git_path(repo, "config.worktree");
	error = put_back(repo, path, "core.sparseCheckout", config->enabled,
			 before->enabled);
	if (!error)
		error = put_back(repo, path, "core.sparseCheckoutCone",
				 config->cone, before->cone);
	if (!error)
		error = put_back(repo, path, "index.sparse",
				 config->sparse_index, before->sparse_index);
	if (!error && !extended)
		error = leave_worktree_config(repo, path);
	free(path);
	return error;
}
