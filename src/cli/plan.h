/* SPDX-License-Identifier: MIT */
/* git squash-last by a plan: made, shown, edited, read, done. */
#ifndef PARE_CLI_PLAN_H
#define PARE_CLI_PLAN_H

#include "cli/message_options.h"

struct plan_options {
	bool autosquash;
	bool print;       /* --print-plan: no more than that */
	bool interactive; /* the plan in the sequence editor */
	const char *file; /* --plan, - is stdin */
	bool via_rebase;
	bool dry_run, json, quiet;
	int progress; /* -1: on a terminal */
};

static inline bool plan_is_wanted(const struct plan_options *options)
{
	return options->autosquash || options->print || options->interactive ||
	       options->file;
}

/* Do what is asked and tell; returns the exit code. */
int plan_run(struct pare_repo *repo, const struct plan_options *options,
	     const struct pare_fold_request *range,
	     const struct message_options *message);

#endif
