/* SPDX-License-Identifier: MIT */
/* What became of a path when the work tree was made to follow the index. */
#ifndef PARE_CHECKOUT_H
#define PARE_CHECKOUT_H

#include <stdbool.h>

enum pare_path_status {
	PARE_PATH_PENDING = 0,
	PARE_PATH_TO_WRITE,  /* planned: absent, will be written */
	PARE_PATH_WRITTEN,
	PARE_PATH_ADOPTED,   /* was there already with this very content */
	PARE_PATH_TO_REMOVE, /* planned: clean, will be removed */
	PARE_PATH_REMOVED,
	PARE_PATH_ABSENT,    /* to be removed, but not there */
	PARE_PATH_MODIFIED,  /* kept: not up to date */
	PARE_PATH_UNMERGED,  /* kept: has conflict stages */
	PARE_PATH_PRESENT,   /* not written: something else stands there */
	PARE_PATH_FAILED,    /* could not be written */
};

/* Are files that are new in the index to be in the work tree? A NULL `fn`: all
 * are. */
struct pare_wanted {
	bool (*fn)(void *ctx, const char *path);
	void *ctx;
};

#endif
