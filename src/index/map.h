/* SPDX-License-Identifier: MIT */
/*
 * The mapped index, as the files of this room see it.
 *
 * Entries have no fixed size, so a position does not tell an offset. Every
 * MARK_SPACING-th entry leaves a mark with its name (in version 4 with the
 * name before it, which its own leans on); whatever lies between is walked.
 */
#ifndef PARE_INDEX_MAP_H
#define PARE_INDEX_MAP_H

#include "base/arena.h"
#include "base/hash.h"
#include "base/strbuf.h"
#include "pare/index.h"

enum {
	INDEX_HEADER_SIZE = 12,
	INDEX_MARK_SPACING = 256,
	INDEX_NAME_MASK = 0x0fff,
	INDEX_EXTENDED_KNOWN =
		PARE_INDEX_SKIP_WORKTREE | PARE_INDEX_INTENT_TO_ADD,
};

struct index_mark {
	size_t offset;    /* of entry `pos` */
	uint32_t pos;
	const char *name; /* version 4: of the entry before */
	size_t name_len;
	bool quiet; /* up to the next mark all are merged, skipped files */
};

struct pare_index {
	const struct hash_algo *algo;
	const uint8_t *data;
	size_t len;
	bool mapped; /* munmap at the end, otherwise the data is borrowed… */
	int fd;      /* of what is mapped */
	struct strbuf owned; /* …or lies here, when this is not zeroed */
	uint32_t version, nr;
	size_t entries_end; /* offset; extensions follow */
	size_t trailer;     /* offset of the checksum */
	uint32_t mtime_s, mtime_ns;
	bool sparse;
	struct pare_index_facts facts;
	struct index_mark *mark;
	size_t nr_marks, alloc_marks;
	uint32_t *racy; /* positions */
	size_t nr_racy, alloc_racy;
	struct arena names; /* of marks */
	size_t mark_bytes;  /* in `names` */
};

/*
 * Read an index in memory, which must outlive it. The modification time is
 * given, since it decides which entries are racy.
 */
int index_open_mem(struct pare_index **out, const void *data, size_t len,
		   const struct hash_algo *algo, uint32_t mtime_s,
		   uint32_t mtime_ns);

/* Offset of entry `pos`, or of the end of the entries. */
size_t index_offset_of(struct pare_index_iter *iter, uint32_t pos);

/* Bytes of an entry of version 2 or 3, padding included. */
static inline size_t index_entry_size(const struct hash_algo *algo,
				      bool extended, size_t name_len)
{
	size_t fixed = 40 + algo->raw_size + (extended ? 4 : 2);

	return (fixed + name_len + 8) & ~(size_t)7;
}

/* git's variable-width integers: seven bits a byte, no two forms for one. */
size_t index_varint_encode(uint8_t out[static 10], uint64_t value);
/* Bytes read, or 0 when the number does not end before `end`. */
size_t index_varint_decode(uint64_t *value, const uint8_t *p,
			   const uint8_t *end);

#endif
