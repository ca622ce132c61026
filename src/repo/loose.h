/* SPDX-License-Identifier: MIT */
/*
 * Loose objects that were cut short, as a loss of power leaves them: libgit2
 * waits for their rest for ever (seen with 1.5), so they are looked at before
 * it is asked. One that is not loose costs no system call: which of the 256
 * directories of loose objects there are is seen at the first question. (A
 * file that comes later is whole, or its writer has not given it its name.)
 *
 *	loose_add(&loose, dir);
 *	if (loose_is_cut(&loose, &oid, algo, SIZE_MAX))
 *		…
 *	loose_release(&loose);
 */
#ifndef PARE_REPO_LOOSE_H
#define PARE_REPO_LOOSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/hash.h"

struct loose {
	struct loose_dir {
		char *path; /* of an objects directory */
		uint8_t there[32]; /* a bit for each of "00" to "ff" */
		bool was_looked_at;
	} *dir;
	size_t nr, alloc;
	struct oid whole; /* seen to be so last: a header is read, then all */
};

/* An objects directory, and those that it borrows from (info/alternates). */
void loose_add(struct loose *loose, const char *dir);
void loose_release(struct loose *loose);

/* Is the object a file of its own? */
bool loose_exists(struct loose *loose, const struct oid *oid,
		  const struct hash_algo *algo);

/*
 * Does that file end before the object does? False where there is none, where
 * it is larger than `max_bytes`, and for faults that libgit2 sees itself.
 */
bool loose_is_cut(struct loose *loose, const struct oid *oid,
		  const struct hash_algo *algo, size_t max_bytes);

#endif
