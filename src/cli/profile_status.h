/* SPDX-License-Identifier: MIT */
/* The part of `git sparse status` that is about profiles. */
#ifndef PARE_CLI_PROFILE_STATUS_H
#define PARE_CLI_PROFILE_STATUS_H

#include <jansson.h>

#include "pare/profile.h"
#include "pare/sparse.h"

struct profile_status {
	struct pare_selection sel;   /* as last written by us */
	struct pare_profiles *all;   /* NULL: they cannot be read */
	char *fault;                 /* why */
	struct pare_drift *drift;
	size_t nr_drift;
	bool is_edited;              /* the pattern file, by others */
	struct strvec added, removed; /* what that brought in, took out */
};

/* Without an active profile there is nothing to tell, and nothing is read. */
int profile_status_make(struct profile_status *ps, struct pare_repo *repo,
			const struct pare_sparse_state *state);
void profile_status_release(struct profile_status *ps);

void profile_status_print(const struct profile_status *ps);
/* Adds its keys to `object`. */
void profile_status_add_json(const struct profile_status *ps, json_t *object);

#endif
