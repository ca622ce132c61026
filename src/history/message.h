/* SPDX-License-Identifier: MIT */
/* Messages of many commits into one, as `git rebase -i` puts them together. */
#ifndef PARE_HISTORY_MESSAGE_H
#define PARE_HISTORY_MESSAGE_H

#include "history/range.h"

/*
 * Fill rw->text, rw->draft and rw->comment. The comment character is
 * core.commentChar, unless a body has a line that begins with it: then the
 * first of git's own list that none begins with, so that no line is lost.
 */
void message_for_fold(struct pare_rewrite *rw, const struct range *range,
		      enum pare_message_mode mode);
void message_for_reword(struct pare_rewrite *rw, const struct range *range);

#endif
