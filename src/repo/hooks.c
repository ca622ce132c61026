/* SPDX-License-Identifier: MIT */
#include "repo/hooks.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/run.h"

static char *hook_path(const struct pare_repo *repo, const char *name)
{
	return xstrfmt("%s/%s", repo->hooks_dir, name);
}

bool hook_exists(const struct pare_repo *repo, const char *name)
{
	char *path = hook_path(repo, name);
	struct stat st;
	bool found = !stat(path, &st) && S_ISREG(st.st_mode) &&
		     !access(path, X_OK);

	free(path);
	return found;
}

int hook_run(const struct pare_repo *repo, const char *name,
	     const struct hook_options *opts)
{
	struct run run = RUN_INIT;

	if (!hook_exists(repo, name))
		return 0;
	strvec_push_nodup(&run.args, hook_path(repo, name));
	if (opts && opts->args)
		strvec_pushv(&run.args, opts->args);
	strvec_pushf(&run.env, "GIT_DIR=%s", repo->git_dir);
	if (opts && opts->env)
		strvec_pushv(&run.env, opts->env);
	if (opts) {
		run.in = opts->in;
		run.in_len = opts->in_len;
	}
	run.dir = repo->worktree ? repo->worktree : repo->git_dir;
	run.out_to_err = true;
	return run_command(&run);
}
