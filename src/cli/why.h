/* SPDX-License-Identifier: MIT */
/* One path explained: what git's files say, who wanted it so, what to type. */
#ifndef PARE_CLI_WHY_H
#define PARE_CLI_WHY_H

#include <jansson.h>

#include "pare/profile.h"
#include "pare/sparse.h"

struct why_context {
	struct pare_repo *repo;
	struct pare_sparse_state state;
	struct pare_selection sel;   /* met with what git has */
	struct pare_profiles *all;   /* NULL: they cannot be read */
	struct pare_sparse_explain *explain;
	char *pattern_file;          /* as shown to people */
};

/* Faults in the profiles are warned of; then their lines are not known. */
int why_context_open(struct why_context *c, struct pare_repo *repo);
void why_context_release(struct why_context *c);

struct why {
	char *name; /* from the root of the work tree */
	struct pare_sparse_explained path;
	struct pare_reason *reason; /* those that decide */
	size_t nr_reasons;
	struct pare_reason *offer; /* out: profiles that would bring it */
	size_t nr_offers;
	/* The first that decides; file NULL: no line does. */
	struct pare_origin origin;
	const char *item; /* its directory or pattern, or NULL */
	struct strvec line;    /* for people */
	struct strvec command; /* that change it */
};

/* `arg` is as typed, from the current directory. */
int why_make(struct why *why, struct why_context *c, const char *arg);
void why_release(struct why *why);

json_t *why_json(const struct why *why, const char *verdict);

#endif
