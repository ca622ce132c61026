/* SPDX-License-Identifier: MIT */
/* Would a path be in the work tree? For check-rules, without a change. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/path.h"
#include "pare/sparse.h"
#include "repo/repo.h"
#include "sparse/pattern_file.h"

struct pare_sparse_rules {
	struct cone cone;
	struct cone_walk walk;
};

static int from_file(struct cone *cone, struct pare_repo *repo)
{
	struct pattern_file file = PATTERN_FILE_INIT;
	char *path = repo_git_path(repo, "info/sparse-checkout");
	int error = pattern_file_read(&file, path, true, cone->ignore_case);

	free(path);
	if (!error && !file.exists)
		error = error_set(GIT_ENOTFOUND,
				  "unable to load existing sparse-checkout "
				  "patterns");
	else if (!error && !file.is_cone)
		error = error_set(PARE_EHANDOVER,
				  "the pattern file is not a cone");
	if (!error) {
		*cone = file.cone;
		file.cone = (struct cone)CONE_INIT;
	}
	pattern_file_release(&file);
	return error;
}

int pare_sparse_rules_open(struct pare_sparse_rules **out,
			   struct pare_repo *repo, bool cone,
			   const struct strvec *dirs)
{
	struct pare_sparse_rules *rules;
	int error = 0;

	*out = NULL;
	if (!cone)
		return error_set(PARE_EHANDOVER, "patterns, not a cone");
	rules = xcalloc(1, sizeof(*rules));
	rules->cone.ignore_case =
		pare_repo_config_bool(repo, "core.ignorecase", false);
	for (size_t i = 0; dirs && i < dirs->nr; i++)
		cone_add(&rules->cone, dirs->v[i]);
	if (!dirs)
		error = from_file(&rules->cone, repo);
	if (error < 0) {
		pare_sparse_rules_free(rules);
		return error;
	}
	cone_walk_init(&rules->walk, &rules->cone);
	*out = rules;
	return 0;
}

bool pare_sparse_rules_match(struct pare_sparse_rules *rules,
			     const char *path)
{
	return cone_walk_dir(&rules->walk, path,
			     path_dir_len(path, strlen(path))) != CONE_OUT;
}

void pare_sparse_rules_free(struct pare_sparse_rules *rules)
{
	if (!rules)
		return;
	if (rules->walk.cone)
		cone_walk_release(&rules->walk);
	cone_release(&rules->cone);
	free(rules);
}
