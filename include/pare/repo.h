/* SPDX-License-Identifier: MIT */
/*
 * The repository at hand: where its parts are and what its configuration says.
 *
 * Found and judged by git itself (one `git rev-parse`, one `git config`), so
 * that GIT_DIR, GIT_INDEX_FILE, `git -c`, safe.directory, linked worktrees and
 * config.worktree are honoured. Errors: see base/error.h; every function that
 * returns int returns 0 or a negative code with a message.
 */
#ifndef PARE_REPO_H
#define PARE_REPO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strvec.h"

struct pare_repo;

enum pare_repo_open_flags {
	/* Fail in a bare repository: `this operation must be run in a work
	 * tree` (GIT_EBAREREPO). */
	PARE_REPO_NEED_WORKTREE = 1 << 0,
	/* Objects will be read: libgit2 gets ready beside the rest. */
	PARE_REPO_WANT_OBJECTS = 1 << 1,
};

/*
 * Open the repository that git finds from the current directory. The caller
 * releases it with pare_repo_free(). GIT_ENOTFOUND outside a repository, with
 * git's own message.
 */
int pare_repo_open(struct pare_repo **out, unsigned flags);
void pare_repo_free(struct pare_repo *repo);

/* Absolute paths without a trailing slash; they live as long as the repo. */
const char *pare_repo_git_dir(const struct pare_repo *repo);
const char *pare_repo_common_dir(const struct pare_repo *repo);
const char *pare_repo_index_path(const struct pare_repo *repo);
/* NULL in a bare repository. */
const char *pare_repo_worktree(const struct pare_repo *repo);
/* Of the current directory in the work tree: "" or "a/b/". */
const char *pare_repo_prefix(const struct pare_repo *repo);

struct hash_algo;
/* Of its object names, see base/hash.h. */
const struct hash_algo *pare_repo_hash_algo(const struct pare_repo *repo);

/*
 * The last value of `key` (section and name in any case) in all of the
 * configuration, or NULL; "" for a key without `=`. The value lives as long
 * as the repo.
 */
const char *pare_repo_config_get(struct pare_repo *repo, const char *key);
/* `fallback` when unset; a value that is no boolean counts as unset. */
bool pare_repo_config_bool(struct pare_repo *repo, const char *key,
			   bool fallback);
/* With k, m, g. */
int64_t pare_repo_config_int(struct pare_repo *repo, const char *key,
			     int64_t fallback);

/*
 * Git's answer whether the revision `rev` names anything in the repository of
 * the directory `dir` (NULL: the current one): 0, 1 if not, more if it cannot
 * say; negative when git cannot be asked.
 */
int pare_repo_ask_rev(const char *dir, const char *rev);

/*
 * Add a hint to the error just set about the revision `rev`: the branch or
 * tag that was perhaps meant.
 */
void pare_repo_hint_near_rev(const char *rev);

/*
 * The operation in progress, a bisect too, as words for a message ("a
 * rebase", "a merge", …), or NULL.
 */
const char *pare_repo_operation(const struct pare_repo *repo);

/*
 * Hooks that run a command of ours behind the user's own. A hook that is there
 * already is kept beside ours as `<name>.before-pare`, whatever it is (a
 * program, a link, not executable), and ours runs it first: same arguments,
 * same stdin, and its exit code is the one git sees.
 */
enum pare_hook_flags {
	PARE_HOOK_DRY_RUN = 1 << 0,
	/* Also where core.hooksPath is not inside of the git directory. */
	PARE_HOOK_SHARED = 1 << 1,
};

struct pare_hook_report {
	struct strvec done;    /* names of hooks installed, or taken back */
	struct strvec chained; /* those of them with a hook of the user's */
};

#define PARE_HOOK_REPORT_INIT { .done = STRVEC_INIT, .chained = STRVEC_INIT }

void pare_hook_report_release(struct pare_hook_report *report);

/*
 * Install a hook for each of `names`, NULL-terminated, that runs `<command>
 * <name> -- <its arguments>`. Those that stand already are left out. All are
 * looked at before the first is written: GIT_EINVALID outside of the git
 * directory, GIT_EMODIFIED when one of ours was changed, GIT_EEXISTS when the
 * user's hook has nowhere to go.
 */
int pare_hooks_install(struct pare_hook_report *report,
		       struct pare_repo *repo, const char *const *names,
		       const char *command, unsigned flags);

/*
 * Take them back, and put the user's own in their place. GIT_EMODIFIED, and
 * nothing is touched, when one of ours was changed since.
 */
int pare_hooks_uninstall(struct pare_hook_report *report,
			 struct pare_repo *repo, const char *const *names,
			 const char *command, unsigned flags);

#endif
