/* SPDX-License-Identifier: MIT */
/*
 * Making the trees that TREE does not know, from the entries. Where a node is
 * valid its entries are passed over unread, so the cost is that of the
 * directories that have changed.
 */
#include "index/cache_tree.h"

#include "base/error.h"
#include "base/quote.h"
#include "index/map.h"

#include <string.h>

enum { MAX_DEPTH = 2048 }; /* no path of 4,096 bytes is deeper */

struct update {
	struct cache_tree *ct;
	struct pare_index_iter iter;
	struct pare_index_entry entry; /* the next one */
	bool has_entry;
	cache_tree_write_fn write_tree;
	void *ctx;
};

static int advance(struct update *u)
{
	int error = pare_index_next(&u->entry, &u->iter);

	u->has_entry = error > 0;
	return error < 0 ? error : 0;
}

static void add_item(struct strbuf *tree, uint32_t mode, const char *name,
		     size_t len, const uint8_t *oid, size_t raw_size)
{
	strbuf_addf(tree, "%o ", (unsigned)mode);
	strbuf_add(tree, name, len);
	strbuf_addch(tree, 0);
	strbuf_add(tree, oid, raw_size);
}

static void set_oid(struct cache_tree *ct, uint32_t node, const uint8_t *raw)
{
	uint8_t *copy = arena_alloc(&ct->added, ct->algo->raw_size);

	memcpy(copy, raw, ct->algo->raw_size);
	ct->node[node].oid = copy;
}

/* Subtrees of which no entry is there any more. */
static void discard_unused(struct cache_tree *ct, uint32_t node)
{
	uint32_t *link = &ct->node[node].child;

	while (*link) {
		if (ct->node[*link].used) {
			link = &ct->node[*link].next;
			continue;
		}
		*link = ct->node[*link].next;
		ct->node[node].subtree_nr--;
	}
}

static int update_dir(struct update *u, uint32_t node, const char *dir,
		      size_t len, unsigned depth);

/* The directory that the entry is in, below dir[0..len). */
static int update_subdir(struct update *u, struct strbuf *tree, bool *whole,
			 uint32_t node, size_t len, unsigned depth)
{
	const char *rest = u->entry.name + len;
	size_t n = (size_t)((const char *)strchr(rest, '/') - rest);
	struct cache_tree *ct = u->ct;
	struct strbuf path = STRBUF_INIT;
	uint32_t child = cache_tree_find_in(ct, node, rest, n);
	int error = 0;

	strbuf_add(&path, u->entry.name, len + n + 1);
	if (!child) {
		child = cache_tree_add(ct, node, rest, n, u->entry.oid);
		ct->node[child].entry_count = -1;
	}
	ct->node[child].used = true;
	if (pare_index_is_sparse_dir(&u->entry) &&
	    u->entry.name_len == path.len) {
		set_oid(ct, child, u->entry.oid);
		ct->node[child].entry_count = 1;
		error = advance(u);
	} else {
		error = update_dir(u, child, path.buf, path.len, depth + 1);
	}
	if (!error && ct->node[child].oid)
		add_item(tree, 0040000, path.buf + len, n,
			 ct->node[child].oid, ct->algo->raw_size);
	*whole &= ct->node[child].entry_count >= 0;
	strbuf_release(&path);
	return error;
}

/* One entry, or all of a directory below. */
static int update_item(struct update *u, struct strbuf *tree, bool *whole,
		       uint32_t node, size_t len, unsigned depth)
{
	const struct pare_index_entry *e = &u->entry;

	if (memchr(e->name + len, '/', e->name_len - len))
		return update_subdir(u, tree, whole, node, len, depth);
	if (e->extended & PARE_INDEX_INTENT_TO_ADD)
		*whole = false; /* of no tree yet */
	else
		add_item(tree, e->mode, e->name + len, e->name_len - len,
			 e->oid, u->ct->algo->raw_size);
	return advance(u);
}

/* Was the node valid? Then its entries are behind us now. */
static int pass_valid(bool *passed, struct update *u, uint32_t node)
{
	int32_t count = u->ct->node[node].entry_count;

	*passed = count > 0;
	if (!*passed)
		return 0;
	pare_index_iter_seek(&u->iter, u->entry.pos + (uint32_t)count);
	return advance(u);
}

/* A tree that holds nothing but files yet to be added is none. */
static int finish_dir(struct update *u, uint32_t node,
		      const struct strbuf *tree, bool whole, uint32_t count)
{
	struct cache_tree *ct = u->ct;
	struct oid oid;
	int error;

	discard_unused(ct, node);
	ct->node[node].oid = NULL;
	ct->node[node].entry_count = -1;
	if (!tree->len && !whole)
		return 0;
	error = u->write_tree(u->ctx, &oid, tree->buf, tree->len);
	if (error < 0)
		return error;
	set_oid(ct, node, oid.hash);
	if (whole)
		ct->node[node].entry_count = (int32_t)count;
	return 0;
}

static int update_dir(struct update *u, uint32_t node, const char *dir,
		      size_t len, unsigned depth)
{
	struct strbuf tree = STRBUF_INIT;
	uint32_t first = u->entry.pos, last = first;
	bool whole = true, passed;
	int error;

	if (depth > MAX_DEPTH)
		return error_set(GIT_EINVALID, "'%s' is too deep",
				 quoted(dir));
	if ((error = pass_valid(&passed, u, node)) < 0 || passed)
		return error;
	while (!error && u->has_entry && u->entry.name_len > len &&
	       !memcmp(u->entry.name, dir, len))
		error = update_item(u, &tree, &whole, node, len, depth);
	last = u->has_entry ? u->entry.pos : u->iter.index->nr;
	if (!error)
		error = finish_dir(u, node, &tree, whole, last - first);
	strbuf_release(&tree);
	return error;
}

int cache_tree_update(struct cache_tree *ct, const struct pare_index *index,
		      cache_tree_write_fn write_tree, void *ctx)
{
	struct update u = { .ct = ct, .write_tree = write_tree, .ctx = ctx };
	int error;

	cache_tree_have_root(ct, index->algo);
	if (!index->nr || ct->node[0].entry_count >= 0)
		return 0;
	pare_index_iter_init(&u.iter, index);
	error = advance(&u);
	if (!error)
		error = update_dir(&u, 0, "", 0, 0);
	pare_index_iter_release(&u.iter);
	return error;
}
