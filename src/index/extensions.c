/* SPDX-License-Identifier: MIT */
#include "index/extensions.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "index/cache_tree.h"
#include "index/map.h"

#include <string.h>

struct carrier {
	struct index_out *out;
	const struct index_edits *edits;
	const struct hash_algo *algo;
	const struct index_write_options *opts;
	struct pare_index_iter iter;
};

static void put_extension(struct carrier *c, const char *signature,
			  const void *data, size_t len)
{
	uint8_t header[8];

	memcpy(header, signature, 4);
	put_be32(header + 4, (uint32_t)len);
	index_out_add(c->out, header, sizeof(header));
	index_out_add(c->out, data, len);
}

static void change_tree(struct cache_tree *ct,
			const struct index_change *change, const char *name,
			size_t len)
{
	if (change->invalidate)
		cache_tree_invalidate(ct, name, len);
	else
		cache_tree_adjust(ct, name, len, change->nr ? -1 : 1);
}

static void put_changed_tree(struct carrier *c, const uint8_t *data, size_t len)
{
	struct strbuf out = STRBUF_INIT;
	struct cache_tree ct;

	if (cache_tree_parse(&ct, data, len, c->algo) < 0) {
		error_clear(); /* a cache: git makes it again */
		return;
	}
	for (size_t i = 0; i < c->edits->nr_changes; i++) {
		const struct index_change *change = &c->edits->change[i];
		struct pare_index_entry e;

		if (!change->nr)
			change_tree(&ct, change, change->entry.name,
				    change->entry.name_len);
		for (uint32_t n = 0; n < change->nr; n++)
			if (pare_index_entry_at(&e, &c->iter,
						change->pos + n) > 0)
				change_tree(&ct, change, e.name, e.name_len);
	}
	cache_tree_write(&out, &ct);
	put_extension(c, "TREE", out.buf, out.len);
	cache_tree_release(&ct);
	strbuf_release(&out);
}

/*
 * How much of UNTR stands before its directories, 0 when that cannot be told:
 * which work tree it is of; stat data of two files of ignored names, flags,
 * the two files' hashes; the name such files have in each directory.
 */
static size_t untracked_header_len(const uint8_t *p, size_t len,
				   const struct hash_algo *algo)
{
	size_t fixed = 2 * 36 + 4 + 2 * algo->raw_size, at;
	const uint8_t *nul;
	uint64_t ident;

	at = index_varint_decode(&ident, p, p + len);
	if (!at || ident > len - at || len - at - ident <= fixed)
		return 0;
	at += ident + fixed;
	nul = memchr(p + at, 0, len - at);
	return nul ? (size_t)(nul + 1 - p) : 0;
}

/*
 * Whether its directories are as young as the index is known by the age of the
 * old one only. Without any, as here, git reads them anew; without the
 * extension it would keep no such cache any more.
 */
static void put_empty_untracked(struct carrier *c, const uint8_t *data,
				size_t len)
{
	size_t header_len = untracked_header_len(data, len, c->algo);
	struct strbuf out = STRBUF_INIT;

	if (!header_len)
		return;
	strbuf_add(&out, data, header_len);
	strbuf_addch(&out, 0); /* directories */
	put_extension(c, "UNTR", out.buf, out.len);
	strbuf_release(&out);
}

/* One extension of the file, by the rules in edit.h. */
static void carry_extension(struct carrier *c, const uint8_t *p, size_t len)
{
	bool moved = c->edits->nr_changes;

	if (!memcmp(p, "EOIE", 4) || !memcmp(p, "IEOT", 4))
		return;
	if (!memcmp(p, "UNTR", 4)) {
		put_empty_untracked(c, p + 8, len);
		return;
	}
	if (moved && !memcmp(p, "FSMN", 4))
		return;
	if (!memcmp(p, "sdir", 4) && c->opts->expand)
		return;
	if (!memcmp(p, "TREE", 4)) {
		if (c->opts->tree)
			return;
		if (moved) {
			put_changed_tree(c, p + 8, len);
			return;
		}
	}
	index_out_add(c->out, p, 8 + len);
}

void index_write_extensions(struct index_out *out,
			    const struct pare_index *index,
			    const struct index_edits *edits,
			    const struct hash_algo *algo,
			    const struct index_write_options *opts)
{
	struct carrier c = { .out = out, .edits = edits, .algo = algo,
			     .opts = opts };
	size_t at, len;

	if (opts->tree)
		put_extension(&c, "TREE", opts->tree, opts->tree_len);
	if (index) {
		pare_index_iter_init(&c.iter, index);
		for (at = index->entries_end; at < index->trailer;
		     at += 8 + len) {
			len = get_be32(index->data + at + 4);
			carry_extension(&c, index->data + at, len);
		}
		pare_index_iter_release(&c.iter);
	}
	if (opts->sparse && !opts->expand && !(index && index->sparse))
		put_extension(&c, "sdir", "", 0);
}
