/* SPDX-License-Identifier: MIT */
/* What fetch.c and fetch_trees.c share; see odb.h for the face. */
#ifndef PARE_REPO_FETCH_H
#define PARE_REPO_FETCH_H

#include "base/strvec.h"
#include "repo/odb.h"

/* Promisor remotes in git's order. */
int promisor_remotes(struct strvec *out, struct pare_repo *repo);

/* repo_fetch_missing with another filter than `blob:none`. */
int fetch_missing_as(struct pare_repo *repo, const char *filter,
		     const struct oid *oid, size_t nr,
		     const struct pare_progress *progress);

#endif
