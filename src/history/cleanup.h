/* SPDX-License-Identifier: MIT */
/*
 * Comments and blanks of messages. No line that somebody wrote is taken for a
 * comment: what begins one is chosen so that no line of the text does.
 */
#ifndef PARE_HISTORY_CLEANUP_H
#define PARE_HISTORY_CLEANUP_H

#include "pare/history.h"

/*
 * What begins a comment beside `text`: core.commentString or
 * core.commentChar, unless a line begins with it: then the first of the
 * characters that git chooses from. "" when all are taken; free(3) it.
 */
char *comment_for(struct pare_repo *repo, const struct strbuf *text);

/* The line above which a message ends, in templates (`8< --`). */
extern const char scissors_line[];

/* Cut a message at its scissors line. */
void message_cut(struct strbuf *message, const char *comment);

/* Is there nothing but blanks and Signed-off-by lines? */
bool message_is_empty(const struct strbuf *message);

#endif
