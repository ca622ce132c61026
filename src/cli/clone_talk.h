/* SPDX-License-Identifier: MIT */
/*
 * What `git clone` says while it runs: its progress goes on the line that all
 * of our own phases share, everything else to stderr. Much of it is a server's:
 * its control characters are made visible.
 *
 *	struct clone_talk talk = CLONE_TALK_INIT;
 *
 *	clone_talk_listen(&talk, &run);
 *	rc = run_git(&run);
 *	clone_talk_end(&talk);
 */
#ifndef PARE_CLI_CLONE_TALK_H
#define PARE_CLI_CLONE_TALK_H

#include "base/run.h"

struct clone_talk {
	struct strbuf err;
	size_t from; /* what comes before was dealt with */
};

#define CLONE_TALK_INIT { .err = STRBUF_INIT, .from = 0 }

void clone_talk_listen(struct clone_talk *talk, struct run *run);
void clone_talk_end(struct clone_talk *talk);

#endif
