/* SPDX-License-Identifier: MIT */
/* Where the settings of a sparse checkout stand, and whether git reads them. */
#include <stdlib.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "repo/config.h"
#include "sparse/doctor.h"

static void check_shared(struct doctor *d, const char *key, const char *value)
{
	char *command = xstrfmt("git config --worktree %s %s && git config "
				"--local --unset %s", key, value, key);

	pare_findings_add(d->out, "config", NULL, command,
			  "%s stands in the configuration that all work trees "
			  "share; it belongs into config.worktree", key);
	free(command);
}

/* As git-worktree(1) wants it once each work tree has a file of its own. */
static void check_own_file(struct doctor *d)
{
	static const char *const sparse[] = { "core.sparseCheckout",
					      "core.sparseCheckoutCone",
					      "index.sparse" };
	struct pare_repo *repo = d->repo;
	const char *bare = repo_config_get_scope(repo, "core.bare", "local");

	if (bare && !strcasecmp(bare, "true"))
		check_shared(d, "core.bare", "true");
	if (repo_config_get_scope(repo, "core.worktree", "local"))
		check_shared(d, "core.worktree",
			     repo_config_get_scope(repo, "core.worktree",
						   "local"));
	for (size_t i = 0; i < ARRAY_SIZE(sparse); i++) {
		const char *value = repo_config_get_scope(repo, sparse[i],
							  "local");

		/* What this work tree says itself counts here. */
		if (value && !repo_config_get_scope(repo, sparse[i],
						    "worktree"))
			check_shared(d, sparse[i], value);
	}
}

void doctor_config(struct doctor *d)
{
	struct pare_repo *repo = d->repo;
	char *path = repo_git_path(repo, "config.worktree");

	if (pare_repo_config_bool(repo, "extensions.worktreeconfig", false))
		check_own_file(d);
	else if (fs_exists(path))
		pare_findings_add(d->out, "config", path,
				  "git config extensions.worktreeConfig true",
				  "config.worktree is not read: "
				  "extensions.worktreeConfig is off");
	free(path);
}
