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
	const char *reuse_edit; /* -c */
	const char *cleanup;
	const char *author, *date;
	bool reset_author, signoff;
	int co_authors;        /* -1: as the profile file says */
	int edit;              /* -1: on a terminal, unless one is given */
	bool no_verify;
	const char *sign;      /* -S[<key>] */
	bool no_sign;
};

#define MESSAGE_OPTIONS_INIT                                                  \
	{ .message = STRVEC_INIT, .edit = -1, .co_authors = -1 }

/*
 * What git squash-last and git reword have in common, `o` being a struct
 * message_options; -m has a long name in the one and not in the other.
 */
#define OPT_MESSAGE(o)                                                        \
	OPT_STRING('F', "file", &(o).file, "<file>",                          \
		   "the message from a file, - is stdin"),                    \
	OPT_STRING('C', "reuse-message", &(o).reuse, "<rev>",                 \
		   "the message of another commit"),                          \
	OPT_STRING('c', "reedit-message", &(o).reuse_edit, "<rev>",           \
		   "the same, and open the editor"),                          \
	OPT_TRISTATE('e', "edit", &(o).edit, "open the editor"),              \
	OPT_STRING(0, "cleanup", &(o).cleanup, "<mode>",                      \
		   "strip, whitespace, verbatim, scissors or default"),       \
	OPT_BOOL('s', "signoff", &(o).signoff,                                \
		 "add a Signed-off-by trailer"),                              \
	OPT_STRING(0, "author", &(o).author, "<author>",                      \
		   "another author"),                                         \
	OPT_STRING(0, "date", &(o).date, "<date>", "another author date"),    \
	OPT_BOOL(0, "reset-author", &(o).reset_author,                        \
		 "you are the author, now"),                                  \
	{ .type = OPTION_BOOL, .name = "no-verify", .value = &(o).no_verify,  \
	  .help = "leave out pre-rebase and commit-msg" },                    \
	{ .type = OPTION_OPTSTRING, .letter = 'S', .name = "gpg-sign",        \
	  .value = &(o).sign, .arg = "<key>", .help = "sign what is made",    \
	  .flags = OPTION_NO_NEG },                                           \
	{ .type = OPTION_BOOL, .name = "no-gpg-sign", .value = &(o).no_sign,  \
	  .help = "do not sign", .flags = OPTION_NO_NEG }

/* Fill in what git reads beside the words; checks what excludes each other. */
int message_options_base(struct pare_apply_options *opts,
			 const struct message_options *given,
			 struct pare_repo *repo);
/* Is one of the options set that are for one commit (--author, …)? */
bool message_options_of_one(const struct message_options *given);

/* Was one named by -m, -F, -C or -c? */
bool message_is_given(const struct message_options *given);
/*
 * Decide on the message to offer and whether an editor opens; fills `opts`
 * with all that pare_rewrite_apply wants. `offered` is `rw`'s own draft or
 * text when nothing is given.
 */
int message_options_apply(struct strbuf *offered,
			  struct pare_apply_options *opts,
			  const struct message_options *given,
			  const struct pare_rewrite *rw);

/* The rewrite as JSON, see git-squash-last(1); `message` may be NULL. */
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
int rewrite_undo(bool dry_run, bool quiet, bool json);

#endif
