/* SPDX-License-Identifier: MIT */
/* One entry in the file: the part of reading that does the bounds checks. */
#ifndef PARE_INDEX_ENTRY_H
#define PARE_INDEX_ENTRY_H

#include <stdint.h>

#include "pare/index.h"

/*
 * An entry before its name is put together: in version 4 the name is the
 * first `keep` bytes of the one before and then `tail`, in 2 and 3 `keep` is
 * 0 and `tail` the name.
 */
struct index_raw_entry {
	const uint8_t *start; /* the stat data is first */
	const char *tail;     /* NUL-terminated */
	size_t keep, tail_len;
	const uint8_t *next;  /* the entry after it */
	uint16_t flags, extended;
};

/* Look at the entry at iter->p, without moving on. */
int index_raw_read(struct index_raw_entry *raw,
		   const struct pare_index_iter *iter);

/* Make an entry of it and move the iterator on. */
void index_entry_take(struct pare_index_entry *entry,
		      struct pare_index_iter *iter,
		      const struct index_raw_entry *raw);

#endif
