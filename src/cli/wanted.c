/* SPDX-License-Identifier: MIT */
#include "cli/wanted.h"

#include "base/error.h"
#include "cli/command.h"
#include "pare/sparse.h"

static bool is_wanted(void *ctx, const char *path)
{
	return pare_sparse_rules_match(ctx, path);
}

int recover_and_say(bool *was_cut_off, struct pare_repo *repo)
{
	struct strvec said = STRVEC_INIT;
	int error = pare_sparse_recover(&said, repo);

	for (size_t i = 0; i < said.nr; i++)
		command_warn("%s", said.v[i]);
	*was_cut_off = said.nr;
	strvec_clear(&said);
	return error;
}

int wanted_open(struct pare_wanted *out, struct pare_repo *repo)
{
	struct pare_sparse_rules *rules;
	bool was_cut_off;
	int error;

	*out = (struct pare_wanted){ .fn = NULL };
	if (!pare_repo_worktree(repo))
		return 0;
	if ((error = recover_and_say(&was_cut_off, repo)) < 0 ||
	    !pare_repo_config_bool(repo, "core.sparsecheckout", false))
		return error;
	error = pare_sparse_rules_open(
		&rules, repo,
		pare_repo_config_bool(repo, "core.sparsecheckoutcone", false),
		NULL);
	/* Without patterns git brings in everything. */
	if (error == GIT_ENOTFOUND) {
		error_clear();
		return 0;
	}
	if (!error)
		*out = (struct pare_wanted){ .fn = is_wanted, .ctx = rules };
	return error;
}

void wanted_close(struct pare_wanted *wanted)
{
	pare_sparse_rules_free(wanted->ctx);
	*wanted = (struct pare_wanted){ .fn = NULL };
}
