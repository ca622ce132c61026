/* SPDX-License-Identifier: MIT */
/*
 * The message on its way through COMMIT_EDITMSG, the hooks and the editor;
 * without any of these two the file is left alone.
 */
#ifndef PARE_HISTORY_EDIT_MESSAGE_H
#define PARE_HISTORY_EDIT_MESSAGE_H

#include "history/template.h"

/*
 * Run prepare-commit-msg, the editor and commit-msg over `message`, for the
 * commit `about`; what they leave of it, cleaned, goes to `out`. An empty
 * message is GIT_EINVALID with git's words. On an error the hint names the
 * file in which the message is, without comments.
 */
int edit_message(struct strbuf *out, struct pare_rewrite *rw,
		 const struct strbuf *message,
		 const struct message_about *about,
		 const struct pare_apply_options *opts);

/*
 * Add a hint that names the file in which `message` is, when something later
 * has failed with `error`: COMMIT_EDITMSG, or pare/message, which is written
 * now.
 */
void edit_message_hint(const struct pare_rewrite *rw,
		       const struct strbuf *message,
		       const struct pare_apply_options *opts, int error);

#endif
