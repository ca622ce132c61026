/* SPDX-License-Identifier: MIT */
/* The one pass over all entries: structure, order, facts, marks. */
#include "index/scan.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/quote.h"
#include "index/entry.h"
#include "index/map.h"

/*
 * The name is copied, so that looking at marks does not bring the file back
 * into memory. In version 4 names can be long and share their bytes, so marks
 * stop when the copies outweigh the file.
 */
static void add_mark(struct pare_index *index, size_t offset, uint32_t pos,
		     const char *name, size_t len)
{
	if (index->mark_bytes + len > index->len)
		return;
	index->mark_bytes += len + 1;
	ALLOC_GROW(index->mark, index->nr_marks + 1, index->alloc_marks);
	index->mark[index->nr_marks++] = (struct index_mark){
		.offset = offset,
		.pos = pos,
		.name = arena_strndup(&index->names, name ? name : "", len),
		.name_len = len,
		.quiet = true,
	};
}

/*
 * Of one directory's .gitattributes only the base name counts; .gitmodules
 * is read at the root alone.
 */
static void learn_name(struct pare_index_facts *facts, const char *name,
		       size_t len)
{
	static const char attributes[] = ".gitattributes";
	const size_t n = sizeof(attributes) - 1;

	if (len == 11 && !memcmp(name, ".gitmodules", 11))
		facts->has_modules = true;
	if (len < n || memcmp(name + len - n, attributes, n))
		return;
	if (len == n || name[len - n - 1] == '/')
		facts->has_attributes = true;
}

static void add_racy(struct pare_index *index, uint32_t pos)
{
	ALLOC_GROW(index->racy, index->nr_racy + 1, index->alloc_racy);
	index->racy[index->nr_racy++] = pos;
	index->facts.nr_racy++;
}

/* An entry that is not just a file of which nothing is in the work tree. */
static void learn_more(struct pare_index *index,
		       const struct pare_index_entry *e)
{
	struct pare_index_facts *facts = &index->facts;
	bool gitlink = (e->mode & 0170000) == 0160000;

	index->mark[index->nr_marks - 1].quiet = false;
	facts->nr_unmerged += pare_index_stage(e) != 0;
	facts->nr_sparse_dirs += pare_index_is_sparse_dir(e);
	facts->nr_gitlinks += gitlink;
	if (!pare_index_skipped(e) && index->mtime_s && !gitlink &&
	    get_be32(e->stat + 8) >= index->mtime_s)
		add_racy(index, e->pos);
}

static inline void learn(struct pare_index *index,
			 const struct pare_index_entry *e)
{
	/* A file or a symbolic link: 0100000 or 0120000. */
	bool plain = (e->mode & 0150000) == 0100000;
	bool skipped = pare_index_skipped(e);

	index->facts.nr_extended += !!(e->flags & PARE_INDEX_EXTENDED);
	index->facts.nr_skipped += skipped;
	if (!skipped || !plain || pare_index_stage(e))
		learn_more(index, e);
	/* The last byte sorts out nearly all names before a call. */
	if (e->name_len && e->name[e->name_len - 1] == 's')
		learn_name(&index->facts, e->name, e->name_len);
}

/* Where a name stands to the one before, of which `keep` bytes are shared. */
static int compare_tail(const char *prev, size_t prev_len, const char *tail,
			size_t tail_len, size_t keep)
{
	size_t len = prev_len - keep;
	int cmp = memcmp(prev + keep, tail, len < tail_len ? len : tail_len);

	if (cmp || len == tail_len)
		return cmp;
	return len < tail_len ? -1 : 1;
}

static int check_order(const struct index_raw_entry *raw, const char *prev,
		       size_t prev_len, int prev_stage, uint32_t pos)
{
	int stage = (raw->flags & PARE_INDEX_STAGE_MASK) >>
		    PARE_INDEX_STAGE_SHIFT;
	int cmp;

	/* Nameless entries replace others in a split index: see index_read. */
	if (!pos || !prev_len || !(raw->keep + raw->tail_len))
		return 0;
	cmp = compare_tail(prev, prev_len, raw->tail, raw->tail_len, raw->keep);
	if (cmp < 0 || (!cmp && prev_stage < stage))
		return 0;
	if (!cmp)
		return error_set(GIT_EINVALID,
				 "index is corrupt: multiple entries for '%s'",
				 quoted(prev));
	return error_set(GIT_EINVALID,
			 "index is corrupt: '%s' stands before a lower name",
			 quoted(prev));
}

static inline uint64_t word_at(const uint8_t *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return word;
}

static inline bool has_zero_byte(uint64_t word)
{
	return (word - 0x0101010101010101u) & ~word & 0x8080808080808080u;
}

/* The first eight bytes, or as many as there are and zeroes, as a number. */
static inline uint64_t first_bytes(const uint8_t *p, size_t len)
{
	uint64_t word = get_be64(p);

	return len >= 8 ? word : !len ? 0 : word & ~(UINT64_MAX >> 8 * len);
}

static inline bool has_nul(const uint8_t *p, size_t len)
{
	for (; len >= 8; p += 8, len -= 8)
		if (has_zero_byte(word_at(p)))
			return true;
	return len && has_zero_byte(get_be64(p) | UINT64_MAX >> 8 * len);
}

/*
 * Is `name` free of NULs and above `prev`, which is? Reads up to eight bytes
 * behind either, which are in the file as its checksum follows.
 */
static inline bool is_next_name(const uint8_t *prev, size_t prev_len,
				const uint8_t *name, size_t len)
{
	size_t least = prev_len < len ? prev_len : len, k = 0;

	while (k + 8 <= least && word_at(prev + k) == word_at(name + k))
		k += 8;
	return !has_nul(name + k, len - k) &&
	       first_bytes(prev + k, prev_len - k) <
		       first_bytes(name + k, len - k);
}

/*
 * The next entry of version 2 or 3 if nothing at all is odd about it. What is
 * left to the careful way: long names, equal ones of several stages, faults.
 */
static inline bool take_quickly(struct pare_index_entry *entry,
				struct pare_index_iter *iter)
{
	const struct pare_index *index = iter->index;
	size_t left = (size_t)(index->data + index->trailer - iter->p);
	size_t fixed = 40 + index->algo->raw_size + 2, len, size;
	const uint8_t *p = iter->p;
	uint16_t flags, extended = 0;

	if (left < fixed + 2)
		return false;
	flags = get_be16(p + fixed - 2);
	if (flags & PARE_INDEX_EXTENDED) {
		extended = get_be16(p + fixed);
		fixed += 2;
	}
	len = flags & INDEX_NAME_MASK;
	size = (fixed + len + 8) & ~(size_t)7;
	if (extended & ~INDEX_EXTENDED_KNOWN || !len ||
	    len == INDEX_NAME_MASK || size > left || p[fixed + len] ||
	    !is_next_name((const uint8_t *)entry->name, entry->name_len,
			  p + fixed, len))
		return false;
	entry->name = (const char *)p + fixed;
	entry->name_len = len;
	entry->stat = p;
	entry->oid = p + 40;
	entry->mode = get_be32(p + 24);
	entry->flags = flags;
	entry->extended = extended;
	entry->pos = iter->pos++;
	entry->offset = (size_t)(p - index->data);
	iter->p = p + size;
	return true;
}

static int take_carefully(struct pare_index_entry *entry,
			  struct pare_index_iter *iter)
{
	struct index_raw_entry raw;
	int error = index_raw_read(&raw, iter);

	if (!error)
		error = check_order(&raw, entry->name, entry->name_len,
				    pare_index_stage(entry), iter->pos);
	if (!error)
		index_entry_take(entry, iter, &raw);
	return error;
}

/*
 * What lies behind may leave our memory, or the whole file would count as
 * ours. It stays in the page cache, and looking at it brings it back.
 */
static void let_go(size_t *gone, const struct pare_index *index, size_t end)
{
	enum { WINDOW_BYTES = 8 << 20 };

	end -= end % (size_t)sysconf(_SC_PAGESIZE);
	if (!index->mapped || end < *gone + WINDOW_BYTES)
		return;
	madvise((void *)(index->data + *gone), end - *gone, MADV_DONTNEED);
	*gone = end;
}

static int take_next(struct pare_index_entry *entry,
		     struct pare_index_iter *iter)
{
	if (iter->index->version < 4 && take_quickly(entry, iter))
		return 0;
	return take_carefully(entry, iter);
}

int index_scan(bool *nameless, struct pare_index *index)
{
	/* Eight bytes to look at, as behind any name in the file. */
	struct pare_index_entry entry = { .name = "\0\0\0\0\0\0\0" };
	struct pare_index_iter iter;
	size_t gone = 0;
	int error = 0;

	pare_index_iter_init(&iter, index);
	while (iter.pos < index->nr) {
		bool at_mark = !(iter.pos % INDEX_MARK_SPACING);
		size_t offset = (size_t)(iter.p - index->data);

		if (at_mark && index->version == 4)
			add_mark(index, offset, iter.pos, iter.name,
				 iter.name_len);
		if ((error = take_next(&entry, &iter)) < 0)
			break;
		if (at_mark && index->version < 4)
			add_mark(index, offset, entry.pos, entry.name,
				 entry.name_len);
		if (at_mark)
			let_go(&gone, index, offset);
		if (!entry.name_len)
			*nameless = true;
		learn(index, &entry);
	}
	index->entries_end = (size_t)(iter.p - index->data);
	pare_index_iter_release(&iter);
	return error;
}
