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
};

/* Is there a hook of this name that can be run? */
bool hook_exists(const struct pare_repo *repo, const char *name);

/*
 * Run the hook if there is one, from the root of the work tree (the git dir in
 * a bare repository), with GIT_DIR set as git does, its stdout on our stderr.
 * Returns its exit code, 0 when there is none, negative when it could not be
 * started.
 */
int hook_run(const struct pare_repo *repo, const char *name,
	     const struct hook_options *opts);

#endif
