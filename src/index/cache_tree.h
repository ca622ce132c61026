/* SPDX-License-Identifier: MIT */
/*
 * The TREE extension: which tree object each directory of the index is, as
 * far as that is known (git's cache-tree). A node whose tree is not known is
 * invalid, entry_count -1.
 *
 * Nodes lie in one array and name each other by position, so that a hundred
 * thousand directories are three allocations and any depth is read without
 * recursion. Node 0 is the root; 0 as a link means none.
 */
#ifndef PARE_INDEX_CACHE_TREE_H
#define PARE_INDEX_CACHE_TREE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/strbuf.h"
#include "pare/index.h"

struct cache_tree_node {
	const char *name; /* one path component, borrowed, not terminated */
	uint32_t name_len;
	int32_t entry_count; /* index entries below, -1: invalid */
	const uint8_t *oid;  /* raw_size bytes, borrowed; NULL when invalid */
	uint32_t subtree_nr;
	uint32_t parent, child, next;
	bool used; /* by an update */
};

struct cache_tree {
	const struct hash_algo *algo;
	struct cache_tree_node *node;
	size_t nr, alloc;
	struct arena added; /* names and oids of nodes that were added */
};

/*
 * Read an extension; names and oids point into `data`. GIT_EINVALID when it
 * is malformed (it is only a cache: drop it then).
 */
int cache_tree_parse(struct cache_tree *ct, const uint8_t *data, size_t len,
		     const struct hash_algo *algo);
void cache_tree_release(struct cache_tree *ct);

/* Append the extension's content, without its header. */
void cache_tree_write(struct strbuf *out, const struct cache_tree *ct);

/*
 * The entry `path` has changed: no directory above it is known any more; a
 * directory of that name is forgotten.
 */
void cache_tree_invalidate(struct cache_tree *ct, const char *path,
			   size_t len);

/*
 * `path` stands for `by` more (or less) entries than before, while the trees
 * stay what they are, as when a sparse directory is expanded.
 */
void cache_tree_adjust(struct cache_tree *ct, const char *path, size_t len,
		       int by);

/* The node of directory `path` (with or without a slash at its end), or 0. */
uint32_t cache_tree_find(const struct cache_tree *ct, const char *path,
			 size_t len);

/* The subtree of `node` of that name, or 0. */
uint32_t cache_tree_find_in(const struct cache_tree *ct, uint32_t node,
			    const char *name, size_t len);

/* A new valid subtree of `parent`, of no entries yet; all is copied. */
uint32_t cache_tree_add(struct cache_tree *ct, uint32_t parent,
			const char *name, size_t len, const uint8_t *oid);

/* `by` more entries in `node` and all above it. */
void cache_tree_count(struct cache_tree *ct, uint32_t node, int by);

/* Directory `node` (valid) becomes one entry: a leaf that counts one. */
void cache_tree_collapse(struct cache_tree *ct, uint32_t node);

/* Where there is nothing yet: an invalid root. */
void cache_tree_have_root(struct cache_tree *ct, const struct hash_algo *algo);

/* Write a tree object, give its name. */
typedef int (*cache_tree_write_fn)(void *ctx, struct oid *out,
				   const void *data, size_t len);

/*
 * Make and write the trees that are not known, so that all nodes are valid but
 * those above entries that are only to be added. There must be no unmerged
 * entries. A valid root means that nothing is to do.
 */
int cache_tree_update(struct cache_tree *ct, const struct pare_index *index,
		      cache_tree_write_fn write_tree, void *ctx);

#endif
