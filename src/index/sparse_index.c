/* SPDX-License-Identifier: MIT */
#include "index/sparse_index.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/quote.h"
#include "index/cache_tree.h"
#include "index/map.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 2048 }; /* no path of 4,096 bytes is deeper */

/* A tree that is being read; trees in trees would take the stack's memory. */
struct level {
	struct oid oid;
	uint8_t *data;
	const uint8_t *p, *end;
	uint32_t node;
	size_t path_len; /* of its path, with the slash */
};

struct reshape {
	const struct pare_index *index;
	const struct index_sparse_ops *ops;
	struct index_edits *edits;
	struct cache_tree ct;
	struct strbuf path;
	uint32_t pos; /* of the entry that is being replaced */
	struct level *level;
	size_t nr, alloc;
};

static void load_tree(struct reshape *r)
{
	size_t len;
	const uint8_t *data = pare_index_extension(r->index, "TREE", &len);

	if (data && cache_tree_parse(&r->ct, data, len, r->index->algo) < 0)
		error_clear(); /* a cache only */
}

static void finish(struct reshape *r, struct strbuf *tree)
{
	strbuf_reset(tree);
	cache_tree_write(tree, &r->ct);
	cache_tree_release(&r->ct);
	strbuf_release(&r->path);
	free(r->level);
}

static void insert(struct reshape *r, uint32_t mode, const uint8_t *oid)
{
	struct index_new_entry e = {
		.name = r->path.buf, .name_len = r->path.len, .mode = mode,
		.extended = PARE_INDEX_SKIP_WORKTREE,
	};

	oid_read(&e.oid, oid, r->index->algo);
	index_edit_insert(r->edits, r->pos, &e, false);
}

struct item {
	uint32_t mode;
	const char *name;
	size_t len;
	const uint8_t *oid;
};

/* 1 with the next item of a tree object, 0 at its end. */
static int next_item(struct item *item, const uint8_t **p, const uint8_t *end,
		     size_t raw_size)
{
	const uint8_t *nul;

	if (*p == end)
		return 0;
	item->mode = 0;
	while (*p < end && **p >= '0' && **p <= '7')
		item->mode = (item->mode << 3) | (*(*p)++ - '0');
	if (*p == end || *(*p)++ != ' ')
		return GIT_EINVALID;
	nul = memchr(*p, 0, (size_t)(end - *p));
	if (!nul || nul == *p || (size_t)(end - nul - 1) < raw_size ||
	    memchr(*p, '/', (size_t)(nul - *p)))
		return GIT_EINVALID;
	item->name = (const char *)*p;
	item->len = (size_t)(nul - *p);
	item->oid = nul + 1;
	*p = nul + 1 + raw_size;
	return 1;
}

/* The modes an index knows. */
static uint32_t index_mode(uint32_t mode)
{
	switch (mode & 0170000) {
	case 0040000:
	case 0120000:
	case 0160000:
		return mode & 0170000;
	default:
		return mode & 0100 ? 0100755 : 0100644;
	}
}

/* Without a node there is no TREE, or nothing above is valid in it. */
static void count_one(struct reshape *r, uint32_t node)
{
	if (node)
		cache_tree_count(&r->ct, node, 1);
}

/* r->path is the directory, with its slash. */
static int enter_tree(struct reshape *r, const uint8_t *oid, uint32_t node)
{
	struct level top = { .node = node, .path_len = r->path.len };
	const void *data;
	size_t len;
	int error;

	if (r->nr > MAX_DEPTH)
		return error_set(GIT_EINVALID, "'%s' is too deep",
				 quoted(r->path.buf));
	oid_read(&top.oid, oid, r->index->algo);
	error = r->ops->read_tree(r->ops->ctx, &top.oid, &data, &len);
	if (error < 0)
		return error;
	top.data = xmalloc(len ? len : 1);
	memcpy(top.data, data, len);
	top.p = top.data;
	top.end = top.data + len;
	ALLOC_GROW(r->level, r->nr + 1, r->alloc);
	r->level[r->nr++] = top;
	return 0;
}

static void leave_tree(struct reshape *r)
{
	free(r->level[--r->nr].data);
}

static int expand_item(struct reshape *r, const struct item *item,
		       uint32_t node)
{
	uint32_t mode = index_mode(item->mode), child = 0;

	strbuf_add(&r->path, item->name, item->len);
	if (mode == 0040000) {
		strbuf_addch(&r->path, '/');
		if (node)
			child = cache_tree_add(&r->ct, node, item->name,
					       item->len, item->oid);
	}
	if (mode == 0040000 &&
	    r->ops->place(r->ops->ctx, r->path.buf, r->path.len) !=
		    INDEX_DIR_OUTSIDE)
		return enter_tree(r, item->oid, child);
	insert(r, mode, item->oid);
	count_one(r, mode == 0040000 ? child : node);
	return 0;
}

static int expand_tree(struct reshape *r, const uint8_t *oid, uint32_t node)
{
	size_t raw_size = r->index->algo->raw_size;
	int error = enter_tree(r, oid, node);

	while (!error && r->nr) {
		struct level *top = &r->level[r->nr - 1];
		struct item item;

		strbuf_setlen(&r->path, top->path_len);
		error = next_item(&item, &top->p, top->end, raw_size);
		if (error > 0)
			error = expand_item(r, &item, top->node);
		else if (!error)
			leave_tree(r);
		else
			error_set(error, "tree %s is corrupt",
				  oid_hex(&top->oid, r->index->algo));
	}
	while (r->nr)
		leave_tree(r);
	return error;
}

int index_expand(struct index_edits *edits, struct strbuf *tree,
		 const struct pare_index *index,
		 const struct index_sparse_ops *ops)
{
	struct reshape r = { .index = index, .ops = ops, .edits = edits,
			     .path = STRBUF_INIT };
	struct pare_index_iter iter;
	struct pare_index_entry e;
	int error = 0;

	load_tree(&r);
	pare_index_iter_init(&iter, index);
	while (error >= 0 && pare_index_next(&e, &iter) > 0) {
		uint32_t node;

		if (!pare_index_is_sparse_dir(&e) ||
		    ops->place(ops->ctx, e.name, e.name_len) ==
			    INDEX_DIR_OUTSIDE)
			continue;
		strbuf_reset(&r.path);
		strbuf_add(&r.path, e.name, e.name_len);
		r.pos = e.pos;
		node = cache_tree_find(&r.ct, e.name, e.name_len);
		if (!node)
			cache_tree_invalidate(&r.ct, e.name, e.name_len);
		error = expand_tree(&r, e.oid, node);
		if (node)
			cache_tree_count(&r.ct, node, -1);
		index_edit_remove(edits, e.pos, false);
	}
	pare_index_iter_release(&iter);
	finish(&r, tree);
	return error < 0 ? error : 0;
}

/* Are the `nr` entries from `pos` on all in `dir`, skipped and plain? */
static bool can_collapse(struct pare_index_iter *iter, uint32_t pos,
			 uint32_t nr, const char *dir, size_t len)
{
	struct pare_index_entry e;

	pare_index_iter_seek(iter, pos);
	while (nr--) {
		if (pare_index_next(&e, iter) <= 0 ||
		    !pare_index_skipped(&e) || pare_index_stage(&e) ||
		    (e.mode & 0170000) == 0160000 || e.name_len <= len ||
		    memcmp(e.name, dir, len))
			return false;
	}
	return pare_index_next(&e, iter) <= 0 || e.name_len < len ||
	       memcmp(e.name, dir, len);
}

/*
 * Of the directories that begin with entry `e` (those above it which the
 * entry before is not in; it shares `common` bytes) collapse the topmost that
 * can be. Returns the entries it had, 0 when there is none.
 */
static uint32_t collapse_at(struct reshape *r, struct pare_index_iter *scan,
			    const struct pare_index_entry *e, size_t common)
{
	for (size_t i = common; i + 1 < e->name_len; i++) {
		const struct cache_tree_node *known;
		uint32_t node, nr;

		if (e->name[i] != '/')
			continue;
		node = cache_tree_find(&r->ct, e->name, i + 1);
		if (!node)
			return 0;
		known = &r->ct.node[node];
		if (known->entry_count <= 0 ||
		    r->ops->place(r->ops->ctx, e->name, i + 1) !=
			    INDEX_DIR_OUTSIDE)
			continue;
		nr = (uint32_t)known->entry_count;
		if (nr > r->index->nr - e->pos ||
		    !can_collapse(scan, e->pos, nr, e->name, i + 1))
			continue;
		strbuf_reset(&r->path);
		strbuf_add(&r->path, e->name, i + 1);
		r->pos = e->pos;
		insert(r, 0040000, known->oid);
		cache_tree_collapse(&r->ct, node);
		return nr;
	}
	return 0;
}

static size_t common_bytes(const char *a, size_t a_len, const char *b,
			   size_t b_len)
{
	size_t n = 0;

	while (n < a_len && n < b_len && a[n] == b[n])
		n++;
	return n;
}

static void collapse_all(struct reshape *r)
{
	struct pare_index_iter iter, scan;
	struct pare_index_entry e;
	struct strbuf prev = STRBUF_INIT;

	pare_index_iter_init(&iter, r->index);
	pare_index_iter_init(&scan, r->index);
	while (pare_index_next(&e, &iter) > 0) {
		uint32_t nr = 0;

		if (pare_index_skipped(&e))
			nr = collapse_at(r, &scan, &e,
					 common_bytes(prev.buf, prev.len,
						      e.name, e.name_len));
		strbuf_reset(&prev);
		strbuf_add(&prev, e.name, e.name_len);
		for (uint32_t i = 0; i < nr; i++)
			index_edit_remove(r->edits, e.pos + i, false);
		if (nr)
			pare_index_iter_seek(&iter, e.pos + nr);
	}
	pare_index_iter_release(&iter);
	pare_index_iter_release(&scan);
	strbuf_release(&prev);
}

int index_collapse(struct index_edits *edits, struct strbuf *tree,
		   const struct pare_index *index,
		   const struct index_sparse_ops *ops)
{
	struct reshape r = { .index = index, .ops = ops, .edits = edits,
			     .path = STRBUF_INIT };
	int error = 0;

	load_tree(&r);
	if (!index->facts.nr_unmerged) {
		if (ops->write_tree)
			error = cache_tree_update(&r.ct, index,
						  ops->write_tree, ops->ctx);
		if (!error && r.ct.nr)
			collapse_all(&r);
	}
	finish(&r, tree);
	return error;
}
