/* SPDX-License-Identifier: MIT */
/* Messages in different encodings, on their way into one commit. */
#ifndef PARE_HISTORY_ENCODING_H
#define PARE_HISTORY_ENCODING_H

#include "repo/commit.h"

/* Of new commits: i18n.commitEncoding; NULL when that is UTF-8. */
const char *commit_encoding(struct pare_repo *repo);

/*
 * Append the message of `commit` in the encoding `to` (NULL: UTF-8). One that
 * cannot be converted is copied as it is, as git does.
 */
void message_as(struct strbuf *out, const struct commit *commit,
		const char *to);

/* The same in the encoding of new commits. */
void reencode_message(struct strbuf *out, const struct commit *commit,
		      struct pare_repo *repo);

/* `text`, `from` (NULL: UTF-8) in the encoding of new commits. */
void reencode_text(struct strbuf *out, const char *text, size_t len,
		   const char *from, size_t from_len, struct pare_repo *repo);

/*
 * Take each byte that is no part of UTF-8 for one of ISO-8859-1, as git does
 * when it writes a commit that has no encoding.
 */
void mend_utf8(struct strbuf *text);

#endif
