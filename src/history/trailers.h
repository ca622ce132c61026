/* SPDX-License-Identifier: MIT */
/* Trailers: `Signed-off-by: A <a@x>` and the like at the end of a message. */
#ifndef PARE_HISTORY_TRAILERS_H
#define PARE_HISTORY_TRAILERS_H

#include "pare/history.h"

/*
 * Where the last paragraph of a message begins if it is one of trailers and
 * nothing else, and not the first; `len` otherwise.
 */
size_t trailers_find(const char *text, size_t len);

/*
 * Append the trailers of the paragraph at `text` to `list`, each with the
 * lines that continue it, those left out that are in it already.
 */
void trailers_collect(struct strvec *list, const char *text, size_t len);

/* How many Change-Ids are there? */
size_t trailers_change_ids(const struct strvec *list);
/* Leave one of them, the first or the last. */
void trailers_keep_change_id(struct strvec *list, bool last);

/* Append them to a message, to the trailers it has if it has some. */
void trailers_add(struct strbuf *message, const struct strvec *list);

#endif
