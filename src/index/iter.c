/* SPDX-License-Identifier: MIT */
/* Walking the entries of a mapped index, and jumping among them. */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "index/entry.h"
#include "index/map.h"

#include <stdlib.h>
#include <string.h>

size_t index_varint_encode(uint8_t out[static 10], uint64_t value)
{
	uint8_t buf[10];
	size_t at = sizeof(buf) - 1;

	buf[at] = value & 127;
	while (value >>= 7)
		buf[--at] = 128 | (--value & 127);
	memcpy(out, buf + at, sizeof(buf) - at);
	return sizeof(buf) - at;
}

size_t index_varint_decode(uint64_t *value, const uint8_t *p,
			   const uint8_t *end)
{
	const uint8_t *start = p;
	uint64_t v;

	if (p == end)
		return 0;
	v = *p & 127;
	while (*p++ & 128) {
		if (p == end || v >= UINT64_MAX >> 8)
			return 0;
		v = ((v + 1) << 7) | (*p & 127);
	}
	*value = v;
	return (size_t)(p - start);
}

static int corrupt(const struct pare_index_iter *iter, const char *why)
{
	return error_set(GIT_EINVALID, "index is corrupt: entry %u %s",
			 (unsigned)iter->pos, why);
}

/*
 * The tail's length: the flags tell the name's up to 0xffe, beyond that the
 * NUL does. `p` is where the tail begins.
 */
static int read_tail(struct index_raw_entry *raw,
		     const struct pare_index_iter *iter, const uint8_t *p)
{
	const uint8_t *end = iter->index->data + iter->index->trailer;
	size_t len = raw->flags & INDEX_NAME_MASK;
	size_t left = (size_t)(end - p);
	const uint8_t *nul;

	raw->tail = (const char *)p;
	if (len < INDEX_NAME_MASK) {
		if (len < raw->keep)
			return corrupt(iter, "has a wrong name length");
		raw->tail_len = len - raw->keep;
		if (raw->tail_len >= left)
			return corrupt(iter, "overruns the file");
		nul = memchr(p, 0, raw->tail_len + 1);
		if (nul != p + raw->tail_len)
			return corrupt(iter, "has a wrong name length");
	} else {
		nul = memchr(p, 0, left);
		if (!nul)
			return corrupt(iter, "overruns the file");
		raw->tail_len = (size_t)(nul - p);
		if (raw->keep + raw->tail_len < INDEX_NAME_MASK)
			return corrupt(iter, "has a wrong name length");
	}
	return 0;
}

/* Version 4: how much of the name before goes, then the tail. */
static int read_packed_name(struct index_raw_entry *raw,
			    const struct pare_index_iter *iter,
			    const uint8_t *p)
{
	const uint8_t *end = iter->index->data + iter->index->trailer;
	uint64_t strip;
	size_t n = index_varint_decode(&strip, p, end);

	if (!n || strip > iter->name_len)
		return corrupt(iter, "has a malformed name");
	raw->keep = iter->name_len - (size_t)strip;
	if (read_tail(raw, iter, p + n) < 0)
		return GIT_EINVALID;
	raw->next = (const uint8_t *)raw->tail + raw->tail_len + 1;
	return 0;
}

int index_raw_read(struct index_raw_entry *raw,
		   const struct pare_index_iter *iter)
{
	const struct pare_index *index = iter->index;
	const uint8_t *end = index->data + index->trailer;
	size_t fixed = 40 + index->algo->raw_size + 2, size;

	if ((size_t)(end - iter->p) < fixed + 2)
		return corrupt(iter, "overruns the file");
	raw->start = iter->p;
	raw->flags = get_be16(iter->p + fixed - 2);
	raw->extended = 0;
	raw->keep = 0;
	if (raw->flags & PARE_INDEX_EXTENDED) {
		raw->extended = get_be16(iter->p + fixed);
		fixed += 2;
		if (raw->extended & ~INDEX_EXTENDED_KNOWN)
			return corrupt(iter, "has unknown flags");
	}
	if (index->version == 4)
		return read_packed_name(raw, iter, iter->p + fixed);
	if (read_tail(raw, iter, iter->p + fixed) < 0)
		return GIT_EINVALID;
	size = (fixed + raw->tail_len + 8) & ~(size_t)7;
	if (size > (size_t)(end - iter->p))
		return corrupt(iter, "overruns the file");
	raw->next = iter->p + size;
	return 0;
}

static void append_name(struct pare_index_iter *iter,
			const struct index_raw_entry *raw)
{
	size_t len = raw->keep + raw->tail_len;

	if (len + 1 > iter->name_alloc) {
		iter->name_alloc = alloc_grown(iter->name_alloc, len + 1);
		iter->name = xrealloc(iter->name, iter->name_alloc);
	}
	memcpy(iter->name + raw->keep, raw->tail, raw->tail_len + 1);
	iter->name_len = len;
}

void index_entry_take(struct pare_index_entry *entry,
		      struct pare_index_iter *iter,
		      const struct index_raw_entry *raw)
{
	const struct pare_index *index = iter->index;

	if (index->version == 4) {
		append_name(iter, raw);
		entry->name = iter->name;
		entry->name_len = iter->name_len;
	} else {
		entry->name = raw->tail;
		entry->name_len = raw->tail_len;
	}
	entry->stat = raw->start;
	entry->oid = raw->start + 40;
	entry->mode = get_be32(raw->start + 24);
	entry->flags = raw->flags;
	entry->extended = raw->extended;
	entry->pos = iter->pos++;
	entry->offset = (size_t)(raw->start - index->data);
	iter->p = raw->next;
}

void pare_index_iter_init(struct pare_index_iter *iter,
			  const struct pare_index *index)
{
	memset(iter, 0, sizeof(*iter));
	iter->index = index;
	iter->p = index->data + INDEX_HEADER_SIZE;
}

int pare_index_next(struct pare_index_entry *entry,
		    struct pare_index_iter *iter)
{
	struct index_raw_entry raw;
	int error;

	if (iter->pos >= iter->index->nr)
		return 0;
	error = index_raw_read(&raw, iter);
	if (error < 0)
		return error;
	index_entry_take(entry, iter, &raw);
	return 1;
}

void pare_index_iter_release(struct pare_index_iter *iter)
{
	free(iter->name);
	memset(iter, 0, sizeof(*iter));
}

static void iter_to_mark(struct pare_index_iter *iter,
			 const struct index_mark *mark)
{
	struct index_raw_entry raw = { .tail = mark->name,
				       .tail_len = mark->name_len };

	iter->p = iter->index->data + mark->offset;
	iter->pos = mark->pos;
	if (iter->index->version == 4)
		append_name(iter, &raw);
}

/* The last mark at or before `pos`. */
static const struct index_mark *mark_before(const struct pare_index *index,
					    uint32_t pos)
{
	size_t lo = 0, hi = index->nr_marks;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (index->mark[mid].pos <= pos)
			lo = mid;
		else
			hi = mid;
	}
	return &index->mark[lo];
}

void pare_index_iter_seek(struct pare_index_iter *iter, uint32_t pos)
{
	const struct pare_index *index = iter->index;
	struct pare_index_entry entry;
	const struct index_mark *mark;

	if (!index->nr_marks || pos == iter->pos)
		return;
	mark = mark_before(index, pos);
	if (pos < iter->pos || mark->pos > iter->pos)
		iter_to_mark(iter, mark);
	while (iter->pos < pos && pare_index_next(&entry, iter) > 0)
		; /* checked when the index was opened */
}

bool pare_index_quiet_run(const struct pare_index_iter *iter, const char **dir,
			  size_t *len, uint32_t *end)
{
	const struct pare_index *index = iter->index;
	size_t at = iter->pos / INDEX_MARK_SPACING, n = 0;
	const struct index_mark *first, *last;

	if (iter->pos % INDEX_MARK_SPACING || at + 1 >= index->nr_marks ||
	    !index->mark[at].quiet)
		return false;
	/* What lies between two names begins with all they share. */
	first = &index->mark[at];
	last = first + 1;
	while (n < first->name_len && n < last->name_len &&
	       first->name[n] == last->name[n])
		n++;
	while (n && last->name[n - 1] != '/')
		n--;
	if (!n)
		return false;
	*dir = last->name;
	*len = n - 1;
	*end = last->pos;
	return true;
}

size_t index_offset_of(struct pare_index_iter *iter, uint32_t pos)
{
	if (pos >= iter->index->nr)
		return iter->index->entries_end;
	pare_index_iter_seek(iter, pos);
	return (size_t)(iter->p - iter->index->data);
}

int pare_index_entry_at(struct pare_index_entry *entry,
			struct pare_index_iter *iter, uint32_t pos)
{
	pare_index_iter_seek(iter, pos);
	return pare_index_next(entry, iter);
}

static int name_cmp(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int cmp = memcmp(a, b, a_len < b_len ? a_len : b_len);

	if (cmp || a_len == b_len)
		return cmp;
	return a_len < b_len ? -1 : 1;
}

/* Go to the first entry that is not below the name: as pare_index_next. */
static int next_from(struct pare_index_entry *entry,
		     struct pare_index_iter *iter, const char *name, size_t len)
{
	const struct pare_index *index = iter->index;
	const struct index_mark *mark = index->mark;
	size_t lo = 0, hi = index->nr_marks;
	int result;

	if (!index->nr)
		return 0;
	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		/* In version 4 the entry before the mark is meant. */
		if (name_cmp(mark[mid].name, mark[mid].name_len, name, len) < 0)
			lo = mid;
		else
			hi = mid;
	}
	iter_to_mark(iter, &mark[lo]);
	while ((result = pare_index_next(entry, iter)) > 0 &&
	       name_cmp(entry->name, entry->name_len, name, len) < 0)
		;
	return result;
}

int pare_index_find(struct pare_index_entry *entry,
		    struct pare_index_iter *iter, const char *name, size_t len)
{
	int result = next_from(entry, iter, name, len);

	if (!result)
		entry->pos = iter->index->nr;
	return result > 0 ? entry->name_len == len &&
				    !memcmp(entry->name, name, len) :
			    result;
}

uint32_t pare_index_lower_bound(const struct pare_index *index,
				const char *name, size_t len)
{
	struct pare_index_iter iter;
	struct pare_index_entry entry;
	uint32_t pos;

	pare_index_iter_init(&iter, index);
	pos = next_from(&entry, &iter, name, len) > 0 ? entry.pos : iter.pos;
	pare_index_iter_release(&iter);
	return pos;
}

const char *pare_index_keep_name(const struct pare_index *index,
				 const struct pare_index_entry *entry,
				 struct arena *arena)
{
	if (index->version < 4)
		return entry->name;
	return arena_strndup(arena, entry->name, entry->name_len);
}
