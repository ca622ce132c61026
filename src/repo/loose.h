/* SPDX-License-Identifier: MIT */
/*
 * Loose objects that were cut short, as a loss of power leaves them: libgit2
 * waits for their rest for ever (seen with 1.5), so they are looked at before
 * it is asked.
 */
#ifndef PARE_REPO_LOOSE_H
#define PARE_REPO_LOOSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/hash.h"

/* Is the object a file of its own in the objects directory `dir`? */
bool loose_exists(const char *dir, const struct oid *oid,
		  const struct hash_algo *algo);

/*
 * Does that file end before the object does? False where there is none, where
 * it is larger than `max_bytes`, and for faults that libgit2 sees itself.
 */
bool loose_is_cut(const char *dir, const struct oid *oid,
		  const struct hash_algo *algo, size_t max_bytes);

#endif
