/* SPDX-License-Identifier: MIT */
/* What a rewrite that changes files asks of the sparse checkout. */
#ifndef PARE_CLI_WANTED_H
#define PARE_CLI_WANTED_H

#include "pare/checkout.h"
#include "pare/repo.h"

/* Put right what a change that was cut off has left, and say so. */
int recover_and_say(bool *was_cut_off, struct pare_repo *repo);

/*
 * Do that, then fill `out`, whose answers are those of the pattern file.
 */
int wanted_open(struct pare_wanted *out, struct pare_repo *repo);
void wanted_close(struct pare_wanted *wanted);

#endif
