/* SPDX-License-Identifier: MIT */
/*
 * The streaming write. The cursors of the four kinds of edits (flag runs,
 * stat data, entries that come or go, racy entries to look at) stand at their
 * next positions; the lowest of them is the next entry that is not copied as
 * it is:
 *
 *	     at                q
 *	......|================|x.....      = copied in one piece
 *
 * In version 4 a name leans on the one before. As long as the entry written
 * last is the one that stands before in the file, the bytes are right as they
 * are; after an entry came or went (`stale`) the next one's are made anew.
 */
#include "index/edit.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/strbuf.h"
#include "index/extensions.h"
#include "index/map.h"
#include "index/out.h"
#include "index/racy.h"

#include <stdlib.h>
#include <string.h>

struct writer {
	const struct pare_index *index; /* or NULL */
	const struct index_edits *edits;
	const struct index_write_options *opts;
	const struct hash_algo *algo;
	struct index_out out;
	uint32_t version, nr; /* nr: of entries in the file */
	bool convert;         /* every entry is made anew */
	bool stale;
	struct strbuf last;   /* version 4: the name written last, when stale */
	struct pare_index_iter iter;
	size_t run, stat, change, racy; /* cursors */
	struct fs_walk worktree;
	bool has_worktree;
	bool keeps_age; /* racy entries stay racy: see index_apply */
};

/* What an entry is to be when it is written. */
struct new_form {
	const uint8_t *stat; /* 40 bytes, with the mode */
	const uint8_t *oid;
	uint16_t flags, extended;
	const char *name;
	size_t name_len;
};

static uint32_t min_u32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Is `pos` in a flag run? Asked in ascending order, *run is the cursor. */
static bool in_run(const struct index_edits *edits, size_t *run, uint32_t pos)
{
	while (*run < edits->nr_runs &&
	       edits->run[*run].first + edits->run[*run].nr <= pos)
		++*run;
	return *run < edits->nr_runs && edits->run[*run].first <= pos;
}

/* The first position from `at` on that needs more than a copy. */
static uint32_t next_edited(struct writer *w, uint32_t at)
{
	const struct index_edits *edits = w->edits;
	uint32_t next = w->nr;

	/* What was meant for entries that went is passed over. */
	while (w->racy < w->index->nr_racy && w->index->racy[w->racy] < at)
		w->racy++;
	while (w->stat < edits->nr_stats && edits->stat[w->stat].pos < at)
		w->stat++;
	if (w->convert || in_run(edits, &w->run, at))
		return at;
	if (w->run < edits->nr_runs)
		next = min_u32(next, edits->run[w->run].first);
	if (w->stat < edits->nr_stats)
		next = min_u32(next, edits->stat[w->stat].pos);
	if (w->change < edits->nr_changes)
		next = min_u32(next, edits->change[w->change].pos);
	if (w->racy < w->index->nr_racy)
		next = min_u32(next, w->index->racy[w->racy]);
	return next > at ? next : at;
}

static size_t common_prefix(const char *a, size_t a_len, const char *b,
			    size_t b_len)
{
	size_t n = 0;

	while (n < a_len && n < b_len && a[n] == b[n])
		n++;
	return n;
}

static void put_packed_name(struct writer *w, const char *name, size_t len)
{
	uint8_t varint[10];
	size_t keep = common_prefix(w->last.buf, w->last.len, name, len);
	size_t n = index_varint_encode(varint, w->last.len - keep);

	index_out_add(&w->out, varint, n);
	index_out_add(&w->out, name + keep, len - keep + 1);
	strbuf_setlen(&w->last, keep);
	strbuf_add(&w->last, name + keep, len - keep);
}

static void put_padded_name(struct writer *w, const struct new_form *f)
{
	static const uint8_t zero[8];
	size_t fixed = 40 + w->algo->raw_size + (f->extended ? 4 : 2);

	index_out_add(&w->out, f->name, f->name_len);
	index_out_add(&w->out, zero,
		      index_entry_size(w->algo, f->extended, f->name_len) -
			      fixed - f->name_len);
}

static void put_entry(struct writer *w, const struct new_form *f)
{
	uint16_t keep = PARE_INDEX_ASSUME_VALID | PARE_INDEX_STAGE_MASK;
	uint16_t len = (uint16_t)(f->name_len < INDEX_NAME_MASK ?
				  f->name_len : INDEX_NAME_MASK);
	uint8_t word[4];

	index_out_add(&w->out, f->stat, INDEX_STAT_SIZE);
	index_out_add(&w->out, f->oid, w->algo->raw_size);
	put_be16(word, (uint16_t)((f->flags & keep) | len |
				  (f->extended ? PARE_INDEX_EXTENDED : 0)));
	put_be16(word + 2, f->extended);
	index_out_add(&w->out, word, f->extended ? 4 : 2);
	if (w->version == 4)
		put_packed_name(w, f->name, f->name_len);
	else
		put_padded_name(w, f);
}

/*
 * Version 4: make `last` the name written last, which is the one before
 * `pos` in the file unless that is stale already.
 */
static void know_last_name(struct writer *w, uint32_t pos)
{
	if (w->stale || w->version != 4)
		return;
	strbuf_reset(&w->last);
	w->stale = true;
	if (!w->index || !pos || w->convert)
		return;
	pare_index_iter_seek(&w->iter, pos);
	strbuf_add(&w->last, w->iter.name, w->iter.name_len);
}

static void put_inserted(struct writer *w, const struct index_new_entry *e)
{
	uint8_t stat[INDEX_STAT_SIZE];
	struct new_form f = {
		.stat = stat, .oid = e->oid.hash, .flags = e->flags,
		.extended = e->extended, .name = e->name,
		.name_len = e->name_len,
	};

	index_stat_write(stat, &e->stat);
	put_be32(stat + 24, e->mode);
	put_entry(w, &f);
}

/* Entries that come before `pos`; returns where the file goes on. */
static uint32_t apply_changes(struct writer *w, uint32_t pos)
{
	const struct index_edits *edits = w->edits;
	uint32_t end = pos;

	for (; w->change < edits->nr_changes; w->change++) {
		const struct index_change *change =
			&edits->change[w->change];

		if (change->pos != pos && change->pos >= end)
			break;
		know_last_name(w, pos);
		if (!change->nr)
			put_inserted(w, &change->entry);
		else if (change->pos + change->nr > end)
			end = change->pos + change->nr;
	}
	return end;
}

/* Flags, stat data and the racy mark of an entry that stays. */
static void edit_form(struct writer *w, const struct pare_index_entry *e,
		      struct new_form *f, uint8_t *stat)
{
	const struct index_edits *edits = w->edits;
	bool racy = false;

	if (in_run(edits, &w->run, e->pos))
		f->extended = (uint16_t)((f->extended &
					  ~edits->run[w->run].clear) |
					 edits->run[w->run].set);
	while (w->racy < w->index->nr_racy &&
	       w->index->racy[w->racy] <= e->pos)
		racy = w->index->racy[w->racy++] == e->pos;
	memcpy(stat, e->stat, INDEX_STAT_SIZE);
	f->stat = stat;
	if (w->stat < edits->nr_stats && edits->stat[w->stat].pos == e->pos) {
		index_stat_write(stat, &edits->stat[w->stat].stat);
		while (w->stat < edits->nr_stats &&
		       edits->stat[w->stat].pos == e->pos)
			w->stat++;
	} else if (racy && !w->keeps_age &&
		   !(f->extended & PARE_INDEX_SKIP_WORKTREE) &&
		   (!w->has_worktree ||
		    index_racy_needs_mark(&w->worktree, w->index, e))) {
		put_be32(stat + 36, 0);
	}
}

/* The entry as it is but for its flags: the name's bytes stay. */
static void put_same_name(struct writer *w, const struct pare_index_entry *e,
			  const struct new_form *f)
{
	size_t fixed = 40 + w->algo->raw_size;
	const uint8_t *name = w->index->data + e->offset + fixed +
			      (e->flags & PARE_INDEX_EXTENDED ? 4 : 2);
	uint16_t flags = (uint16_t)(e->flags & ~PARE_INDEX_EXTENDED);
	uint8_t word[4];

	index_out_add(&w->out, f->stat, INDEX_STAT_SIZE);
	index_out_add(&w->out, f->oid, w->algo->raw_size);
	put_be16(word, (uint16_t)(flags |
				  (f->extended ? PARE_INDEX_EXTENDED : 0)));
	put_be16(word + 2, f->extended);
	index_out_add(&w->out, word, f->extended ? 4 : 2);
	index_out_add(&w->out, name, (size_t)(w->iter.p - name));
}

static int put_existing(struct writer *w, uint32_t pos)
{
	uint8_t stat[INDEX_STAT_SIZE];
	struct pare_index_entry e;
	struct new_form f;
	int error = pare_index_entry_at(&e, &w->iter, pos);

	if (error <= 0)
		return error < 0 ? error : GIT_EINVALID;
	f = (struct new_form){ .oid = e.oid, .flags = e.flags,
			       .extended = e.extended, .name = e.name,
			       .name_len = e.name_len };
	edit_form(w, &e, &f, stat);
	if (w->version == 4 && !w->stale && !w->convert)
		put_same_name(w, &e, &f);
	else
		put_entry(w, &f);
	if (!w->convert)
		w->stale = false;
	return 0;
}

/* Large stretches are read, not looked at: that spares the page faults. */
static void copy_bytes(struct writer *w, size_t from, size_t to)
{
	enum { READING_PAYS_BYTES = 64 * 1024 };

	if (w->index->mapped && to - from >= READING_PAYS_BYTES)
		index_out_add_file(&w->out, w->index->fd, from, to - from);
	else
		index_out_add(&w->out, w->index->data + from, to - from);
}

static int write_entries(struct writer *w)
{
	uint32_t at = 0;
	int error;

	while (at < w->nr) {
		uint32_t next = next_edited(w, at);
		size_t from;

		if (w->stale && next > at)
			next = at; /* its name is to be made anew */
		if (next > at) {
			from = index_offset_of(&w->iter, at);
			copy_bytes(w, from, index_offset_of(&w->iter, next));
		}
		at = next;
		if (at == w->nr)
			break;
		next = apply_changes(w, at);
		if (next > at) {
			at = next;
			continue;
		}
		if ((error = put_existing(w, at)) < 0)
			return error;
		at++;
	}
	apply_changes(w, w->nr);
	if (w->change < w->edits->nr_changes)
		return error_set(GIT_EINVALID, "index edits out of order");
	return 0;
}

static uint32_t count_entries(const struct writer *w)
{
	uint32_t nr = w->nr;

	for (size_t i = 0; i < w->edits->nr_changes; i++)
		nr += w->edits->change[i].nr ? -w->edits->change[i].nr : 1;
	return nr;
}

/*
 * Will an entry have extended flags? Of those that have now, the ones in runs
 * are looked at, up to the first that stays so; all others stay as they are.
 */
static bool any_extended(struct writer *w)
{
	uint32_t outside = w->index ? w->index->facts.nr_extended : 0;
	struct pare_index_entry e;
	size_t at = 0;

	for (size_t i = 0; i < w->edits->nr_changes; i++) {
		const struct index_change *change = &w->edits->change[i];

		if (!change->nr && change->entry.extended)
			return true;
		for (uint32_t n = 0; outside && n < change->nr; n++)
			if (!in_run(w->edits, &at, change->pos + n) &&
			    pare_index_entry_at(&e, &w->iter,
						change->pos + n) > 0 &&
			    (e.flags & PARE_INDEX_EXTENDED))
				outside--;
	}
	for (size_t i = 0; i < w->edits->nr_runs; i++) {
		const struct index_flag_run *run = &w->edits->run[i];

		if (run->set)
			return true;
		pare_index_iter_seek(&w->iter, run->first);
		for (uint32_t n = 0; outside && n < run->nr; n++) {
			if (pare_index_next(&e, &w->iter) <= 0)
				break;
			if (e.extended & ~run->clear)
				return true;
			outside -= !!(e.flags & PARE_INDEX_EXTENDED);
		}
	}
	return outside;
}

static void choose_version(struct writer *w)
{
	uint32_t old = w->index ? w->index->version : 2;

	w->version = w->opts->version ? w->opts->version : old;
	if (w->version < 4)
		w->version = any_extended(w) ? 3 : 2;
	w->convert = (w->version == 4) != (old == 4);
	w->stale = w->convert; /* names are always made anew, from nothing */
}

static void write_header(struct writer *w)
{
	uint8_t header[INDEX_HEADER_SIZE] = { 'D', 'I', 'R', 'C' };

	put_be32(header + 4, w->version);
	put_be32(header + 8, count_entries(w));
	index_out_add(&w->out, header, sizeof(header));
}

/* To `fd`, or if that is -1 to `memory`. */
static int write_to(const struct pare_index *index,
		    const struct index_edits *edits, int fd,
		    struct strbuf *memory, const struct hash_algo *algo,
		    const struct index_write_options *opts)
{
	struct writer w = { .index = index, .edits = edits, .opts = opts,
			    .algo = algo, .last = STRBUF_INIT,
			    .nr = index ? index->nr : 0,
			    .keeps_age = memory && !opts->worktree };
	int error = 0;

	if (index)
		pare_index_iter_init(&w.iter, index);
	if (index && index->nr_racy && opts->worktree) {
		error = fs_walk_init(&w.worktree, opts->worktree);
		if (error < 0)
			goto done;
		w.has_worktree = true;
	}
	choose_version(&w);
	index_out_init(&w.out, fd, memory, algo, !opts->skip_hash,
		       index ? index->len : 0);
	w.out.progress = opts->progress;
	w.out.steps = w.nr;
	pare_progress_start(opts->progress, "Writing index", w.nr);
	write_header(&w);
	error = write_entries(&w);
	if (!error)
		index_write_extensions(&w.out, index, edits, algo, opts);
	if (index_out_finish(&w.out, algo) < 0 && !error)
		error = error_errno("unable to write new index file");
	pare_progress_stop(opts->progress, !error);
done:
	if (w.has_worktree)
		fs_walk_release(&w.worktree);
	pare_index_iter_release(&w.iter);
	strbuf_release(&w.last);
	return error;
}

int index_write(const struct pare_index *index,
		const struct index_edits *edits, struct lockfile *lock,
		const struct hash_algo *algo,
		const struct index_write_options *opts)
{
	return write_to(index, edits, lock->fd, NULL, algo, opts);
}

int index_apply(struct pare_index **out, const struct pare_index *index,
		const struct index_edits *edits,
		const struct index_write_options *opts)
{
	struct index_write_options in_memory = *opts;
	struct strbuf bytes = STRBUF_INIT;
	/* Racy entries have been compared with the work tree, and what was
	 * just written there is as it was written. */
	bool compared = opts->worktree;
	int error;

	*out = NULL;
	in_memory.skip_hash = true;
	in_memory.progress = NULL;
	strbuf_grow(&bytes, index->len + index->len / 8);
	error = write_to(index, edits, -1, &bytes, index->algo, &in_memory);
	if (!error)
		error = index_open_mem(out, bytes.buf, bytes.len, index->algo,
				       compared ? 0 : index->mtime_s,
				       compared ? 0 : index->mtime_ns);
	if (error < 0)
		strbuf_release(&bytes);
	else
		(*out)->owned = bytes;
	return error;
}
