/* SPDX-License-Identifier: MIT */
/*
 * Configuration, read once by `git config --list -z --show-origin
 * --show-scope` (every layer, includes, `-c`, GIT_CONFIG_*), written by git
 * too (its locks, its formatting).
 */
#ifndef PARE_REPO_CONFIG_H
#define PARE_REPO_CONFIG_H

#include "base/strvec.h"
#include "repo/repo.h"

/* Make sure the configuration is loaded; cheap the second time. */
int repo_config_load(struct pare_repo *repo);

/* All values of a key in order, borrowed; nr 0 when unset. */
void repo_config_get_all(const char *const **values, size_t *nr,
			 struct pare_repo *repo, const char *key);

/*
 * The last value of `key` as set in `scope` ("local", "worktree", "global",
 * "system", "command"), or NULL.
 */
const char *repo_config_get_scope(struct pare_repo *repo, const char *key,
				  const char *scope);

/* Was the key set at all (also to nothing)? */
bool repo_config_has(struct pare_repo *repo, const char *key);

/* true, false, or `fallback` if the key is unset or no boolean. */
int repo_config_tristate(struct pare_repo *repo, const char *key,
			 int fallback);

/*
 * Set `key` to `value` (NULL: unset all) in the file at `path`. The loaded
 * configuration is told. GIT_ELOCKED when the file is locked; exit code 1
 * belongs to it (contract-sparse 3.9).
 */
int repo_config_set_file(struct pare_repo *repo, const char *path,
			 const char *key, const char *value);

/*
 * Call `fn` for every key that matches `prefix` ("branch.", say), in the
 * order git lists them; stops and returns the first non-zero answer.
 */
int repo_config_each(struct pare_repo *repo, const char *prefix,
		     int (*fn)(const char *key, const char *value, void *ctx),
		     void *ctx);

#endif
