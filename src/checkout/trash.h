/* SPDX-License-Identifier: MIT */
/*
 * Ignored files that left with their directory: `<git dir>/pare/trash/<id>/`
 * holds them under their paths. Moved there by rename(2); across file systems
 * by copy.
 */
#ifndef PARE_CHECKOUT_TRASH_H
#define PARE_CHECKOUT_TRASH_H

#include <stddef.h>

#include "base/strbuf.h"
#include "base/strvec.h"
#include "repo/repo.h"

/* A new id, "20261124-101500-1234": local time and pid. */
void trash_new_id(struct strbuf *out);

/* Where it is; free(3) it. GIT_EINVALID when `id` is none. */
int trash_path(char **out, const struct pare_repo *repo, const char *id);

/*
 * Move `path`, a file or directory whose parent is open as `dir`, into the
 * trash `id`. -1 with errno; EEXIST when `id` holds that path already.
 */
int trash_put(struct pare_repo *repo, const char *id, int dir,
	      const char *path);

/*
 * Move everything in `<id>` back to where it was. A path where something
 * stands now is left in the trash and named in `kept`.
 */
int trash_restore(struct pare_repo *repo, const char *id,
		  struct strvec *restored, struct strvec *kept);

/* After a day: the temporary files of processes that were killed. */
int trash_remove_leftovers(struct pare_repo *repo);
/* How many of those there are, and what in the trash is older than `days`. */
void trash_count_old(size_t *leftovers, size_t *trashed,
		     const struct pare_repo *repo, int days);

/*
 * Delete what is older than `days`, and the temporary files of processes that
 * are no more.
 */
int trash_expire(struct pare_repo *repo, int days);

#endif
