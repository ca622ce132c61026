/* SPDX-License-Identifier: MIT */
/* What is selected at present, from the configuration and the pattern file. */
#include <stdlib.h>

#include "base/error.h"
#include "pare/sparse.h"
#include "repo/config.h"
#include "repo/repo.h"
#include "sparse/pattern_file.h"

int pare_sparse_read(struct pare_sparse_state *out, struct pare_repo *repo)
{
	struct pattern_file file = PATTERN_FILE_INIT;
	char *path;
	int error;

	*out = (struct pare_sparse_state){
		.dirs = STRVEC_INIT, .patterns = STRVEC_INIT,
		.warnings = STRVEC_INIT,
	};
	if ((error = repo_config_load(repo)) < 0)
		return error;
	out->enabled =
		pare_repo_config_bool(repo, "core.sparsecheckout", false);
	out->sparse_index = pare_repo_config_bool(repo, "index.sparse", false);
	path = repo_git_path(repo, "info/sparse-checkout");
	error = pattern_file_read(
		&file, path,
		pare_repo_config_bool(repo, "core.sparsecheckoutcone", false),
		pare_repo_config_bool(repo, "core.ignorecase", false));
	free(path);
	if (!error) {
		out->has_file = file.exists;
		out->cone = file.is_cone;
		if (file.is_cone)
			cone_list_all(&file.cone, &out->dirs);
		strvec_push_all(&out->patterns, &file.lines);
		strvec_push_all(&out->warnings, &file.warnings);
	}
	pattern_file_release(&file);
	return error;
}

void pare_sparse_state_release(struct pare_sparse_state *state)
{
	strvec_clear(&state->dirs);
	strvec_clear(&state->patterns);
	strvec_clear(&state->warnings);
}

const struct strvec *pare_sparse_selected(const struct pare_sparse_state *state)
{
	return state->cone ? &state->dirs : &state->patterns;
}
