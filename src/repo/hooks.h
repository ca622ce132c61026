/* SPDX-License-Identifier: MIT */
/* Running the user's hooks as git runs them; libgit2 runs none. */
#ifndef PARE_REPO_HOOKS_H
#define PARE_REPO_HOOKS_H

#include <stdbool.h>

#include "repo/repo.h"

struct hook_options {
	const char *const *args; /* NULL-terminated; may be NULL */
	const void *in;          /* its stdin; NULL: /dev/null */
	size_t in_len;
	const char *const *env;  /* more environment, "A=b" */
	bool with_index;         /* GIT_INDEX_FILE is set, as in a commit */
};

/* Is there a hook of this name that can be run? */
bool hook_exists(const struct pare_repo *repo, const char *name);

/*
 * Run the hook if there is one, from the root of the work tree (the git dir in
 * a bare repository), its stdout on our stderr. GIT_DIR is set where the hook
 * could not find the repository by itself, as git has it.
 * Returns its exit code, 0 when there is none, negative when it could not be
 * started.
 */
int hook_run(struct pare_repo *repo, const char *name,
	     const struct hook_options *opts);

#endif
