/* SPDX-License-Identifier: MIT */
#include "repo/tree.h"

#include <string.h>

#include "base/error.h"
#include "base/quote.h"

enum { MODE_DIGITS_MAX = 7 };

void tree_iter_init(struct tree_iter *iter, const void *data, size_t len,
		    const struct hash_algo *algo)
{
	iter->p = data;
	iter->end = iter->p + len;
	iter->algo = algo;
}

/* The digits before the blank at *p, which is moved behind it. */
static bool parse_mode(uint32_t *mode, const char **p, const char *end)
{
	const char *start = *p, *c = start;

	*mode = 0;
	for (; c < end && c - start <= MODE_DIGITS_MAX; c++) {
		if (*c == ' ') {
			*p = c + 1;
			return c > start;
		}
		if (*c < '0' || *c > '7')
			return false;
		*mode = (*mode << 3) | (uint32_t)(*c - '0');
	}
	return false;
}

int tree_iter_next(struct tree_entry *entry, struct tree_iter *iter)
{
	const char *p = iter->p, *nul;

	if (p == iter->end)
		return 0;
	if (!parse_mode(&entry->mode, &p, iter->end))
		return error_set(GIT_EINVALID, "malformed mode in tree entry");
	nul = memchr(p, '\0', (size_t)(iter->end - p));
	if (!nul || nul == p || memchr(p, '/', (size_t)(nul - p)))
		return error_set(GIT_EINVALID,
				 "malformed filename in tree entry");
	if ((size_t)(iter->end - nul - 1) < iter->algo->raw_size)
		return error_set(GIT_EINVALID, "too-short tree object");
	entry->name = p;
	entry->name_len = (size_t)(nul - p);
	entry->oid = (const uint8_t *)nul + 1;
	entry->raw = iter->p;
	iter->p = nul + 1 + iter->algo->raw_size;
	entry->raw_len = (size_t)(iter->p - entry->raw);
	return 1;
}

/* The byte at `i`, with the slash that a directory has in sorting. */
static unsigned char sort_byte(const char *name, size_t len, uint32_t mode,
			       size_t i)
{
	if (i < len)
		return (unsigned char)name[i];
	return i == len && mode_is_tree(mode) ? '/' : '\0';
}

int tree_entry_cmp(const char *a, size_t a_len, uint32_t a_mode,
		   const char *b, size_t b_len, uint32_t b_mode)
{
	size_t len = a_len < b_len ? a_len : b_len;
	int cmp = memcmp(a, b, len);

	if (cmp)
		return cmp;
	return (int)sort_byte(a, a_len, a_mode, len) -
	       (int)sort_byte(b, b_len, b_mode, len);
}

void tree_add_entry(struct strbuf *tree, uint32_t mode, const char *name,
		    size_t name_len, const struct oid *oid,
		    const struct hash_algo *algo)
{
	strbuf_addf(tree, "%o ", (unsigned)mode);
	strbuf_add(tree, name, name_len);
	strbuf_addch(tree, '\0');
	strbuf_add(tree, oid->hash, algo->raw_size);
}

/* Find one name in the tree *oid; *oid and *mode become what it names. */
static int lookup_name(struct oid *oid, uint32_t *mode, struct odb *odb,
		       const struct hash_algo *algo, const char *name,
		       size_t len)
{
	struct odb_object tree;
	struct tree_entry entry;
	struct tree_iter iter;
	int result = odb_read_type(&tree, odb, oid, OBJ_TREE);

	/* That nothing is there is another answer than that nobody knows. */
	if (result < 0)
		return result == GIT_ENOTFOUND ? PARE_EMISSING : result;
	tree_iter_init(&iter, tree.data, tree.len, algo);
	while ((result = tree_iter_next(&entry, &iter)) > 0)
		if (entry.name_len == len && !memcmp(entry.name, name, len))
			break;
	if (result > 0) {
		oid_read(oid, entry.oid, algo);
		*mode = entry.mode;
	}
	odb_object_release(&tree);
	return result;
}

int tree_lookup(struct oid *oid, uint32_t *mode, struct odb *odb,
		const struct hash_algo *algo, const struct oid *tree,
		const char *path)
{
	struct oid at = *tree;
	uint32_t at_mode = 0040000;
	const char *name = path;
	int result = 1;

	while (*name) {
		size_t len = strcspn(name, "/");

		result = mode_is_tree(at_mode) ?
			lookup_name(&at, &at_mode, odb, algo, name, len) : 0;
		if (result <= 0)
			break;
		name += len;
		name += strspn(name, "/");
	}
	if (result < 0)
		return result;
	if (!result)
		return error_set(GIT_ENOTFOUND, "path '%s' is not in the tree",
				 quoted(path));
	*oid = at;
	*mode = at_mode;
	return 0;
}

struct walk {
	struct odb *odb;
	const struct hash_algo *algo;
	tree_walk_fn fn;
	void *ctx;
	struct strbuf path;
	unsigned depth;
};

static int walk_tree(struct walk *walk, const struct oid *oid);

static int walk_entry(struct walk *walk, const struct tree_entry *entry)
{
	size_t len = walk->path.len;
	struct oid oid;
	int result;

	strbuf_add(&walk->path, entry->name, entry->name_len);
	if (mode_is_tree(entry->mode))
		strbuf_addch(&walk->path, '/');
	result = walk->fn(walk->path.buf, entry, walk->ctx);
	if (!result && mode_is_tree(entry->mode)) {
		oid_read(&oid, entry->oid, walk->algo);
		result = walk_tree(walk, &oid);
	}
	strbuf_setlen(&walk->path, len);
	return result < 0 ? result : 0;
}

static int walk_tree(struct walk *walk, const struct oid *oid)
{
	struct odb_object tree = { 0 };
	struct tree_entry entry;
	struct tree_iter iter;
	int result;

	if (++walk->depth > TREE_DEPTH_MAX)
		return error_set(GIT_EINVALID, "trees are nested deeper than "
				 "%d", TREE_DEPTH_MAX);
	if ((result = odb_read_type(&tree, walk->odb, oid, OBJ_TREE)) < 0)
		return result;
	tree_iter_init(&iter, tree.data, tree.len, walk->algo);
	while ((result = tree_iter_next(&entry, &iter)) > 0)
		if ((result = walk_entry(walk, &entry)) < 0)
			break;
	odb_object_release(&tree);
	walk->depth--;
	return result;
}

int tree_walk(struct odb *odb, const struct hash_algo *algo,
	      const struct oid *tree, tree_walk_fn fn, void *ctx)
{
	struct walk walk = { .odb = odb, .algo = algo, .fn = fn, .ctx = ctx,
			     .path = STRBUF_INIT };
	int error = walk_tree(&walk, tree);

	strbuf_release(&walk.path);
	return error;
}
