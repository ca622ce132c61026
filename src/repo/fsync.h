/* SPDX-License-Identifier: MIT */
/*
 * What is to be on the disk before it gets its name: core.fsync, a list of
 * components and of sets of them, as git reads it.
 */
#ifndef PARE_REPO_FSYNC_H
#define PARE_REPO_FSYNC_H

#include <stdbool.h>

#include "repo/repo.h"

/* Git does neither unless it is told to. */
bool repo_syncs_index(struct pare_repo *repo);
bool repo_syncs_objects(struct pare_repo *repo);

#endif
