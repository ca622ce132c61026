/* SPDX-License-Identifier: MIT */
#include "repo/tree_diff.h"

#include <string.h>

#include "base/error.h"

enum { FROM, TO, NR_TREES };

struct diff {
	struct odb *odb;
	const struct hash_algo *algo;
	tree_diff_fn fn;
	void *ctx;
	struct strbuf path;
	unsigned depth;
};

/* One directory of one side. */
struct side {
	struct odb_object tree;
	struct tree_iter iter;
	struct tree_entry entry;
	bool there; /* there is an entry */
};

static int cmp(const struct tree_entry *a, const struct tree_entry *b)
{
	return tree_entry_cmp(a->name, a->name_len, a->mode, b->name,
			      b->name_len, b->mode);
}

static int advance(struct side *side)
{
	const struct tree_entry last = side->entry;
	int result = tree_iter_next(&side->entry, &side->iter);

	if (result > 0 && side->there && cmp(&last, &side->entry) >= 0)
		return error_set(GIT_EINVALID, "a tree is not in order");
	side->there = result > 0;
	return result < 0 ? result : 0;
}

/* No directory is one without entries. */
static int open_side(struct side *side, struct diff *d,
		     const struct tree_entry *entry)
{
	struct oid oid;
	int error = 0;

	if (entry) {
		oid_read(&oid, entry->oid, d->algo);
		error = odb_read_type(&side->tree, d->odb, &oid, OBJ_TREE);
	}
	if (error < 0)
		return error;
	tree_iter_init(&side->iter, side->tree.data ? side->tree.data : "",
		       side->tree.len, d->algo);
	return advance(side);
}

static int diff_dirs(struct diff *d, const struct tree_entry *from,
		     const struct tree_entry *to);

static bool is_same(const struct tree_entry *a, const struct tree_entry *b,
		    const struct hash_algo *algo)
{
	return a && b && a->mode == b->mode &&
	       !memcmp(a->oid, b->oid, algo->raw_size);
}

static int tell(struct diff *d, const struct tree_entry *from,
		const struct tree_entry *to)
{
	const struct tree_entry *any = from ? from : to;
	bool is_dir = mode_is_tree(any->mode);
	size_t len = d->path.len;
	int result;

	if (is_same(from, to, d->algo))
		return 0;
	strbuf_add(&d->path, any->name, any->name_len);
	if (is_dir)
		strbuf_addch(&d->path, '/');
	result = d->fn(d->path.buf, d->path.len, from, to, d->ctx);
	if (!result && is_dir)
		result = diff_dirs(d, from, to);
	strbuf_setlen(&d->path, len);
	return result < 0 ? result : 0;
}

/* The next name of the two sides, and on. */
static int step(struct diff *d, struct side side[NR_TREES])
{
	int order = !side[FROM].there ? 1 :
		    !side[TO].there   ? -1 :
					cmp(&side[FROM].entry, &side[TO].entry);
	int error = tell(d, order <= 0 ? &side[FROM].entry : NULL,
			 order >= 0 ? &side[TO].entry : NULL);

	if (!error && order <= 0)
		error = advance(&side[FROM]);
	if (!error && order >= 0)
		error = advance(&side[TO]);
	return error;
}

static int diff_dirs(struct diff *d, const struct tree_entry *from,
		     const struct tree_entry *to)
{
	struct side side[NR_TREES] = { 0 };
	int error = 0;

	if (++d->depth > TREE_DEPTH_MAX)
		return error_set(GIT_EINVALID, "trees are nested deeper than "
				 "%d", TREE_DEPTH_MAX);
	if (!(error = open_side(&side[FROM], d, from)))
		error = open_side(&side[TO], d, to);
	while (!error && (side[FROM].there || side[TO].there))
		error = step(d, side);
	odb_object_release(&side[FROM].tree);
	odb_object_release(&side[TO].tree);
	d->depth--;
	return error;
}

int tree_diff(struct odb *odb, const struct hash_algo *algo,
	      const struct oid *from, const struct oid *to, tree_diff_fn fn,
	      void *ctx)
{
	struct diff d = { .odb = odb, .algo = algo, .fn = fn, .ctx = ctx,
			  .path = STRBUF_INIT };
	const struct tree_entry a = { .mode = 0040000, .oid = from->hash };
	const struct tree_entry b = { .mode = 0040000, .oid = to->hash };
	int error = is_same(&a, &b, algo) ? 0 : diff_dirs(&d, &a, &b);

	strbuf_release(&d.path);
	return error;
}
