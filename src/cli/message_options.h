/* SPDX-License-Identifier: MIT */
/* Where a message comes from: what squash-last and reword have in common. */
#ifndef PARE_CLI_MESSAGE_OPTIONS_H
#define PARE_CLI_MESSAGE_OPTIONS_H

#include <jansson.h>
#include <stdbool.h>

#include "base/strbuf.h"
#include "base/strvec.h"
#include "pare/history.h"

struct message_options {
	struct strvec message; /* -m, a paragraph each */
	const char *file;      /* -F */
	const char *reuse;     /* -C */
	int edit;              /* -1: on a terminal, unless one is given */
	bool no_verify;
	const char *sign;      /* -S[<key>] */
	bool no_sign;
};

#define MESSAGE_OPTIONS_INIT { .message = STRVEC_INIT, .edit = -1 }

/* Was one named by -m, -F or -C? */
bool message_is_given(const struct message_options *given);
/* As pare_apply_options have them. */
int message_wants_signature(const struct message_options *given);
const char *message_sign_key(const struct message_options *given);

/*
 * Decide on the message to offer and whether an editor opens; fills `opts`
 * with all that pare_rewrite_apply wants. `offered` is `rw`'s own draft or
 * text when nothing is given.
 */
int message_options_apply(struct strbuf *offered,
			  struct pare_apply_options *opts,
			  const struct message_options *given,
			  const struct pare_rewrite *rw);

/* The rewrite as JSON; stable, see git-squash-last(1). `message` may be NULL. */
json_t *rewrite_json(const struct pare_rewrite *rw,
		     const struct strbuf *message, bool dry_run);

struct rewrite_told {
	const struct strbuf *offered; /* the message */
	bool dry_run, json, quiet;
};

/*
 * Say what was or would be done, push if the terms were so, name the branches
 * that stay; returns the exit code.
 */
int rewrite_tell(const struct pare_rewrite *rw,
		 const struct rewrite_told *told);

/* Undo and say so; returns the exit code. */
int rewrite_undo(bool dry_run, bool quiet);

#endif
