/* SPDX-License-Identifier: MIT */
/*
 * The index as it was before a change, in a directory beside: there and back
 * by a link and renames, as there may be no room for another file then.
 */
#ifndef PARE_CHECKOUT_KEPT_INDEX_H
#define PARE_CHECKOUT_KEPT_INDEX_H

#include <stdbool.h>
#include <sys/stat.h>

#include "repo/repo.h"

int kept_index_keep(int dir, const struct pare_repo *repo);

/* Is the index still the file that was written for the change? */
bool kept_index_is(const struct pare_repo *repo, dev_t dev, ino_t ino);

/*
 * Put it back over that file. GIT_EMODIFIED when the index is another by now;
 * GIT_EEXISTS when it is locked.
 */
int kept_index_back(int dir, const struct pare_repo *repo, dev_t dev,
		    ino_t ino);

#endif
