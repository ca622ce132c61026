/* SPDX-License-Identifier: MIT */
/* The message on its way through COMMIT_EDITMSG, the hooks and the editor. */
#ifndef PARE_HISTORY_EDIT_MESSAGE_H
#define PARE_HISTORY_EDIT_MESSAGE_H

#include "pare/history.h"

/*
 * Run prepare-commit-msg, the editor and commit-msg over `message`; what they
 * leave of it, cleaned, goes to `out`. An empty message is GIT_EINVALID with
 * git's words. *path is the file, which stays (free(3) it).
 */
int edit_message(struct strbuf *out, char **path, struct pare_rewrite *rw,
		 const struct strbuf *message,
		 const struct pare_apply_options *opts);

#endif
