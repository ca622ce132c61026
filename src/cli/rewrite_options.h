/* SPDX-License-Identifier: MIT */
/* What squash-last and reword ask of every rewrite, and what they do after. */
#ifndef PARE_CLI_REWRITE_OPTIONS_H
#define PARE_CLI_REWRITE_OPTIONS_H

#include "pare/history.h"
#include "pare/profile.h"

struct rewrite_options {
	bool allow_pushed, push;
	int update_refs, progress;
	struct pare_profiles *profiles; /* whose protect the terms borrow */
};

#define REWRITE_OPTIONS_INIT { .update_refs = -1, .progress = -1 }

/* The rows of an option table. */
#define REWRITE_OPTIONS(o)                                                    \
	OPT_BOOL(0, "allow-pushed", &(o).allow_pushed,                        \
		 "also what the upstream has or [squash] protect names"),     \
	OPT_TRISTATE(0, "update-refs", &(o).update_refs,                      \
		     "branches at commits that go follow"),                   \
	OPT_BOOL(0, "push", &(o).push,                                        \
		 "push with a lease when it is done"),                        \
	OPT_TRISTATE(0, "progress", &(o).progress, "show how far it is")

/* Read the layers of the profile; a fault in them is an error. */
int rewrite_terms(struct pare_terms *terms, struct rewrite_options *options,
		  struct pare_repo *repo);
void rewrite_options_release(struct rewrite_options *options);

/* Say on stderr which branches stay with the commits that go. */
void rewrite_hint_branches(const struct pare_rewrite *rw);

/*
 * Push, or say what would be pushed. Returns the exit code: 1 with what to
 * type when git push fails, the rewrite being done.
 */
int rewrite_push(const struct pare_rewrite *rw, bool dry_run, bool quiet);

/* Say what to type to push it, and `when`. */
void rewrite_hint_push(const struct pare_rewrite *rw, const char *when);

#endif
