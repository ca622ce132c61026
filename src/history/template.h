/* SPDX-License-Identifier: MIT */
/* What stands below a message in the editor: who, when, and what changes. */
#ifndef PARE_HISTORY_TEMPLATE_H
#define PARE_HISTORY_TEMPLATE_H

#include "pare/history.h"

/* The commit that a message is for. */
struct message_about {
	const struct oid *parent; /* NULL: it is a root */
	struct oid tree;
	const char *author;       /* "Name <mail> time zone" */
	size_t author_len;
	const struct oid *reworded; /* what it has the words of now, or NULL */
};

/*
 * Append what git shows there: how the message ends, author and date, the
 * branch, the changed files, and with commit.verbose the diff. Lines begin
 * with `comment`; `cut` puts the scissors line on top.
 */
int template_add(struct strbuf *out, const struct pare_rewrite *rw,
		 const struct message_about *about, const char *comment,
		 bool cut);

#endif
