/* SPDX-License-Identifier: MIT */
/* Raw tree objects: walking them, looking a path up, making them. */
#ifndef PARE_REPO_TREE_H
#define PARE_REPO_TREE_H

#include "base/hash.h"
#include "base/strbuf.h"
#include "repo/odb.h"

/* As git's core.maxTreeDepth: deeper ones are made to exhaust a stack. */
enum { TREE_DEPTH_MAX = 2048 };

struct tree_entry {
	uint32_t mode;    /* as written, so 0100664 stays that */
	const char *name; /* NUL-terminated, in the tree's bytes */
	size_t name_len;
	const uint8_t *oid;  /* raw_size bytes, in the tree's bytes */
	const char *raw;     /* the whole entry, to copy it as it is */
	size_t raw_len;
};

static inline bool mode_is_tree(uint32_t mode)
{
	return (mode & 0170000) == 0040000;
}

static inline bool mode_is_gitlink(uint32_t mode)
{
	return (mode & 0170000) == 0160000;
}

static inline bool mode_is_link(uint32_t mode)
{
	return (mode & 0170000) == 0120000;
}

struct tree_iter {
	const char *p, *end;
	const struct hash_algo *algo;
};

void tree_iter_init(struct tree_iter *iter, const void *data, size_t len,
		    const struct hash_algo *algo);

/* 1 with the next entry, 0 at the end, GIT_EINVALID for a broken tree. */
int tree_iter_next(struct tree_entry *entry, struct tree_iter *iter);

/* git's order: a directory sorts as if its name ended in a slash. */
int tree_entry_cmp(const char *a, size_t a_len, uint32_t a_mode,
		   const char *b, size_t b_len, uint32_t b_mode);

/* Append an entry in tree form. */
void tree_add_entry(struct strbuf *tree, uint32_t mode, const char *name,
		    size_t name_len, const struct oid *oid,
		    const struct hash_algo *algo);

/*
 * Find `path` below `tree`. GIT_ENOTFOUND when it is not there, PARE_EMISSING
 * when a tree on the way is not here (a partial clone without trees); *mode is
 * 0040000 for a directory. "" is the tree itself.
 */
int tree_lookup(struct oid *oid, uint32_t *mode, struct odb *odb,
		const struct hash_algo *algo, const struct oid *tree,
		const char *path);

/*
 * Visit everything below `tree`, directories before what is in them. `path`
 * is relative to `tree`, with a slash at the end of a directory. The callback
 * answers 0 to go on (and into a directory), 1 to pass over what is in it, a
 * negative code to stop with it.
 */
typedef int (*tree_walk_fn)(const char *path, const struct tree_entry *entry,
			    void *ctx);
int tree_walk(struct odb *odb, const struct hash_algo *algo,
	      const struct oid *tree, tree_walk_fn fn, void *ctx);

#endif
