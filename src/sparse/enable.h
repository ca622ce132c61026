/* SPDX-License-Identifier: MIT */
/* The configuration that makes a worktree sparse. */
#ifndef PARE_SPARSE_ENABLE_H
#define PARE_SPARSE_ENABLE_H

#include <stdbool.h>

#include "repo/repo.h"

/* What to write; -1 leaves a key alone. */
struct sparse_config {
	int enabled;      /* core.sparseCheckout */
	int cone;         /* core.sparseCheckoutCone */
	int sparse_index; /* index.sparse */
};

/*
 * Write it to config.worktree, turning extensions.worktreeConfig on first if
 * it is off (core.bare=true and core.worktree then move to the main one).
 */
int sparse_config_write(struct pare_repo *repo,
			const struct sparse_config *config);

/*
 * Take back what was written of `config`: the values in `before`, and if
 * `extended` (extensions.worktreeConfig) was off and nothing else has come to
 * need it, that too.
 */
int sparse_config_restore(struct pare_repo *repo,
			  const struct sparse_config *config,
			  const struct sparse_config *before, bool extended);

#endif
