/* SPDX-License-Identifier: MIT */
/*
 * Making the trees that TREE does not know, from the entries. Where a node is
 * valid its entries are passed over unread, so the cost is that of the
 * directories that have changed.
 */
#include "index/cache_tree.h"

#include "base/alloc.h"
#include "index/map.h"

#include <stdlib.h>
#include <string.h>

/* A directory whose tree is being made; those that it is in wait below. */
struct level {
	uint32_t node, first; /* the first of its entries */
	size_t len;           /* of its name, with the slash */
	bool whole;           /* nothing in it is of no tree yet */
	struct strbuf tree;
};

struct update {
	struct cache_tree *ct;
	struct pare_index_iter iter;
	struct pare_index_entry entry; /* the next one */
	bool has_entry;
	struct strbuf path; /* begins with the name of each level */
	struct level *level;
	size_t nr, alloc;
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

static struct level *top(const struct update *u)
{
	return &u->level[u->nr - 1];
}

static void enter_dir(struct update *u, uint32_t node, size_t len)
{
	ALLOC_GROW(u->level, u->nr + 1, u->alloc);
	u->level[u->nr++] = (struct level){
		.node = node, .first = u->entry.pos, .len = len,
		.whole = true, .tree = STRBUF_INIT,
	};
}

/* The tree of a directory in it, if that has one, becomes an item. */
static void join(struct level *dir, const struct cache_tree *ct,
		 uint32_t child)
{
	const struct cache_tree_node *node = &ct->node[child];

	if (node->oid)
		add_item(&dir->tree, 0040000, node->name, node->name_len,
			 node->oid, ct->algo->raw_size);
	dir->whole &= node->entry_count >= 0;
}

/* A valid node: its entries are passed over. */
static int pass(struct update *u, uint32_t node)
{
	uint32_t count = (uint32_t)u->ct->node[node].entry_count;

	pare_index_iter_seek(&u->iter, u->entry.pos + count);
	return advance(u);
}

static uint32_t have_subdir(struct cache_tree *ct, uint32_t node,
			    const char *name, size_t len, const uint8_t *oid)
{
	uint32_t child = cache_tree_find_in(ct, node, name, len);

	if (!child) {
		child = cache_tree_add(ct, node, name, len, oid);
		ct->node[child].entry_count = -1;
	}
	ct->node[child].used = true;
	return child;
}

/* The directory that the entry is in, below the top one. */
static int update_subdir(struct update *u)
{
	const struct pare_index_entry *e = &u->entry;
	struct level *dir = top(u);
	const char *rest = e->name + dir->len;
	size_t n = (size_t)((const char *)strchr(rest, '/') - rest);
	uint32_t child = have_subdir(u->ct, dir->node, rest, n, e->oid);
	int error;

	strbuf_reset(&u->path);
	strbuf_add(&u->path, e->name, dir->len + n + 1);
	if (pare_index_is_sparse_dir(e) && e->name_len == u->path.len) {
		set_oid(u->ct, child, e->oid);
		u->ct->node[child].entry_count = 1;
		error = advance(u);
	} else if (u->ct->node[child].entry_count > 0) {
		error = pass(u, child);
	} else {
		enter_dir(u, child, u->path.len);
		return 0;
	}
	join(dir, u->ct, child);
	return error;
}

/* One entry, or the first of a directory below. */
static int update_item(struct update *u)
{
	const struct pare_index_entry *e = &u->entry;
	struct level *dir = top(u);

	if (memchr(e->name + dir->len, '/', e->name_len - dir->len))
		return update_subdir(u);
	if (e->extended & PARE_INDEX_INTENT_TO_ADD)
		dir->whole = false; /* of no tree yet */
	else
		add_item(&dir->tree, e->mode, e->name + dir->len,
			 e->name_len - dir->len, e->oid,
			 u->ct->algo->raw_size);
	return advance(u);
}

/* A tree that holds nothing but files yet to be added is none. */
static int finish_dir(struct update *u, const struct level *dir)
{
	uint32_t end = u->has_entry ? u->entry.pos : u->iter.index->nr;
	struct cache_tree *ct = u->ct;
	struct oid oid;
	int error;

	discard_unused(ct, dir->node);
	ct->node[dir->node].oid = NULL;
	ct->node[dir->node].entry_count = -1;
	if (!dir->tree.len && !dir->whole)
		return 0;
	error = u->write_tree(u->ctx, &oid, dir->tree.buf, dir->tree.len);
	if (error < 0)
		return error;
	set_oid(ct, dir->node, oid.hash);
	if (dir->whole)
		ct->node[dir->node].entry_count = (int32_t)(end - dir->first);
	return 0;
}

static int leave_dir(struct update *u)
{
	struct level *dir = top(u);
	uint32_t node = dir->node;
	int error = finish_dir(u, dir);

	strbuf_release(&dir->tree);
	if (--u->nr && !error)
		join(top(u), u->ct, node);
	return error;
}

static int update_all(struct update *u)
{
	int error = advance(u);

	enter_dir(u, 0, 0);
	while (!error && u->nr) {
		size_t len = top(u)->len;

		if (u->has_entry && u->entry.name_len > len &&
		    !memcmp(u->entry.name, u->path.buf, len))
			error = update_item(u);
		else
			error = leave_dir(u);
	}
	return error;
}

int cache_tree_update(struct cache_tree *ct, const struct pare_index *index,
		      cache_tree_write_fn write_tree, void *ctx)
{
	struct update u = { .ct = ct, .path = STRBUF_INIT,
			    .write_tree = write_tree, .ctx = ctx };
	int error;

	cache_tree_have_root(ct, index->algo);
	if (!index->nr || ct->node[0].entry_count >= 0)
		return 0;
	pare_index_iter_init(&u.iter, index);
	error = update_all(&u);
	while (u.nr)
		strbuf_release(&u.level[--u.nr].tree);
	free(u.level);
	strbuf_release(&u.path);
	pare_index_iter_release(&u.iter);
	return error;
}
