/* SPDX-License-Identifier: MIT */
#ifndef PARE_INDEX_SCAN_H
#define PARE_INDEX_SCAN_H

#include <stdbool.h>

struct pare_index;

/*
 * Check every entry of an index whose header is read; fills its facts, marks,
 * racy positions and entries_end. An entry without a name is not an error
 * here but told, since in a split index, which is refused later, it may be.
 */
int index_scan(bool *nameless, struct pare_index *index);

#endif
