/* SPDX-License-Identifier: MIT */
#include "repo/hooks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/quote.h"
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

/*
 * A hook that works in another repository must not be held in this one, so
 * git sets GIT_DIR only where `.git` in the current directory does not do.
 */
static void push_environment(struct strvec *env, const struct pare_repo *repo,
			     const struct hook_options *opts)
{
	const char *rest;
	bool plain = repo->worktree &&
		     skip_prefix(repo->git_dir, repo->worktree, &rest) &&
		     !strcmp(rest, "/.git");

	if (!plain || getenv("GIT_DIR"))
		strvec_pushf(env, "GIT_DIR=%s", repo->git_dir);
	if (repo->worktree && getenv("GIT_WORK_TREE"))
		strvec_pushf(env, "GIT_WORK_TREE=%s", repo->worktree);
	if (opts && (opts->with_index || getenv("GIT_INDEX_FILE")))
		strvec_pushf(env, "GIT_INDEX_FILE=%s",
			     plain && !getenv("GIT_INDEX_FILE") ?
				     ".git/index" : repo->index_path);
	if (opts && opts->env)
		strvec_pushv(env, opts->env);
}

/* Git says so too, unless advice.ignoredHook is off. */
static void tell_ignored(struct pare_repo *repo, const char *name)
{
	char *path = hook_path(repo, name);
	struct stat st;

	if (!stat(path, &st) && S_ISREG(st.st_mode) && access(path, X_OK) &&
	    pare_repo_config_bool(repo, "advice.ignoredhook", true)) {
		struct strbuf shown = STRBUF_INIT;

		quote_text(&shown, path, strlen(path));
		fprintf(stderr, "hint: The '%s' hook was ignored because it's "
			"not set as executable.\nhint: You can disable this "
			"warning with `git config advice.ignoredHook "
			"false`.\n", shown.buf);
		strbuf_release(&shown);
	}
	free(path);
}

int hook_run(struct pare_repo *repo, const char *name,
	     const struct hook_options *opts)
{
	struct run run = RUN_INIT;

	if (!hook_exists(repo, name)) {
		tell_ignored(repo, name);
		return 0;
	}
	strvec_push_nodup(&run.args, hook_path(repo, name));
	if (opts && opts->args)
		strvec_pushv(&run.args, opts->args);
	push_environment(&run.env, repo, opts);
	if (opts) {
		run.in = opts->in;
		run.in_len = opts->in_len;
	}
	run.dir = repo->worktree ? repo->worktree : repo->git_dir;
	run.out_to_err = true;
	return run_command(&run);
}
