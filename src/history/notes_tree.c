/* SPDX-License-Identifier: MIT */
#include "history/notes_tree.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"

struct writing {
	struct odb *odb;
	const struct hash_algo *algo;
};

/* An entry of the new tree; `name` lies in the old one or in an edit. */
struct entry {
	const char *name;
	size_t name_len;
	uint32_t mode;
	struct oid oid;
};

/* A directory on the way to a note. */
static bool is_fanout(const struct tree_entry *entry)
{
	return mode_is_tree(entry->mode) && entry->name_len == 2 &&
	       isxdigit((unsigned char)entry->name[0]) &&
	       isxdigit((unsigned char)entry->name[1]);
}

static int read_tree(struct odb_object *out, struct odb *odb,
		     const struct oid *tree)
{
	memset(out, 0, sizeof(*out));
	return oid_is_zero(tree) ? 0 :
				   odb_read_type(out, odb, tree, OBJ_TREE);
}

/* In one directory: the note, or the directory to go on in. */
static int find_in(struct oid *found, bool *is_dir,
		   const struct odb_object *obj, const struct hash_algo *algo,
		   const char *rest)
{
	struct tree_iter iter;
	struct tree_entry entry;
	int more, result = GIT_ENOTFOUND;

	tree_iter_init(&iter, obj->data, obj->len, algo);
	while ((more = tree_iter_next(&entry, &iter)) > 0) {
		bool dir = is_fanout(&entry) &&
			   !strncmp(entry.name, rest, 2);

		if (!dir && (mode_is_tree(entry.mode) ||
			     strcmp(entry.name, rest)))
			continue;
		oid_read(found, entry.oid, algo);
		*is_dir = dir;
		result = 0;
		if (!dir)
			break;
	}
	return more < 0 ? more : result;
}

int notes_tree_find(struct oid *blob, struct odb *odb,
		    const struct hash_algo *algo, const struct oid *tree,
		    const char *object)
{
	struct oid at = *tree;

	for (size_t depth = 0; depth + 2 < algo->hex_size; depth += 2) {
		struct odb_object obj;
		bool is_dir = false;
		int error = read_tree(&obj, odb, &at);

		if (!error)
			error = find_in(blob, &is_dir, &obj, algo,
					object + depth);
		odb_object_release(&obj);
		if (error < 0 || !is_dir)
			return error;
		at = *blob;
	}
	return GIT_ENOTFOUND;
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return tree_entry_cmp(x->name, x->name_len, x->mode, y->name,
			      y->name_len, y->mode);
}

static int write_entries(struct oid *out, const struct writing *w,
			 struct entry *entry, size_t nr)
{
	struct strbuf tree = STRBUF_INIT;
	int error;

	qsort(entry, nr, sizeof(*entry), compare_entries);
	for (size_t i = 0; i < nr; i++)
		tree_add_entry(&tree, entry[i].mode, entry[i].name,
			       entry[i].name_len, &entry[i].oid, w->algo);
	error = odb_write(out, w->odb, OBJ_TREE, tree.buf, tree.len);
	strbuf_release(&tree);
	return error;
}

/* Edits from `first` on that begin with the same two digits. */
static size_t same_prefix(const struct notes_edit *edit, size_t nr,
			  size_t first, size_t depth)
{
	size_t n = 1;

	while (first + n < nr && !strncmp(edit[first].object + depth,
					  edit[first + n].object + depth, 2))
		n++;
	return n;
}

/* The first edit below the directory `name`; *n 0: there is none. */
static size_t edits_below(size_t *n, const char *name,
			  const struct notes_edit *edit, size_t nr,
			  size_t depth)
{
	*n = 0;
	for (size_t i = 0; i < nr; i++) {
		if (strncmp(edit[i].object + depth, name, 2))
			continue;
		*n = same_prefix(edit, nr, i, depth);
		return i;
	}
	return nr;
}

static int write_level(struct oid *out, const struct writing *w,
		       const struct oid *tree, const struct notes_edit *edit,
		       size_t nr, size_t depth);

/* The level as it is becomes entries; edits that are done are marked. */
static int take_old(struct entry *entry, size_t *nr_entries, bool *fanout,
		    bool *done, const struct writing *w,
		    const struct odb_object *obj,
		    const struct notes_edit *edit, size_t nr, size_t depth)
{
	struct tree_iter iter;
	struct tree_entry old;
	int more;

	tree_iter_init(&iter, obj->data, obj->len, w->algo);
	while ((more = tree_iter_next(&old, &iter)) > 0) {
		struct entry *e = &entry[(*nr_entries)++];
		size_t n = 0, at = 0;

		*e = (struct entry){ old.name, old.name_len, old.mode,
				     { { 0 } } };
		oid_read(&e->oid, old.oid, w->algo);
		if (is_fanout(&old)) {
			*fanout = true;
			at = edits_below(&n, old.name, edit, nr, depth);
			if (n)
				more = write_level(&e->oid, w, &e->oid,
						   edit + at, n, depth + 2);
			if (more < 0)
				return more;
		} else if (!mode_is_tree(old.mode)) {
			while (at < nr && strcmp(edit[at].object + depth,
						 old.name))
				at++;
			n = at < nr;
			if (n)
				e->oid = edit[at].blob;
		}
		for (size_t i = 0; i < n; i++)
			done[at + i] = true;
		if (oid_is_zero(&e->oid))
			(*nr_entries)--;
	}
	return more;
}

/* What is new: beside its neighbours, in a directory if they are. */
static int add_new(struct entry *entry, size_t *nr_entries, bool fanout,
		   const bool *done, const struct writing *w,
		   const struct notes_edit *edit, size_t nr, size_t depth)
{
	static const struct oid none;
	int error = 0;

	for (size_t i = 0; i < nr && !error;) {
		size_t n = fanout ? same_prefix(edit, nr, i, depth) : 1;
		struct entry *e = &entry[*nr_entries];
		const char *name = edit[i].object + depth;

		*e = (struct entry){ name, fanout ? 2 : strlen(name),
				     fanout ? 0040000 : 0100644,
				     edit[i].blob };
		if (!done[i] && fanout)
			error = write_level(&e->oid, w, &none, edit + i, n,
					    depth + 2);
		if (!done[i] && !oid_is_zero(&e->oid))
			(*nr_entries)++;
		i += n;
	}
	return error;
}

/* *out is zero when nothing is left. */
static int write_level(struct oid *out, const struct writing *w,
		       const struct oid *tree, const struct notes_edit *edit,
		       size_t nr, size_t depth)
{
	struct odb_object obj;
	struct entry *entry = NULL;
	bool *done = xcalloc(nr, sizeof(*done)), fanout = false;
	size_t nr_entries = 0;
	int error = read_tree(&obj, w->odb, tree);

	if (!error) {
		/* No entry is shorter than its name, mode and object. */
		entry = xcalloc(obj.len / w->algo->raw_size + nr + 1,
				sizeof(*entry));
		error = take_old(entry, &nr_entries, &fanout, done, w, &obj,
				 edit, nr, depth);
	}
	if (!error)
		error = add_new(entry, &nr_entries, fanout, done, w, edit, nr,
				depth);
	*out = (struct oid){ { 0 } };
	if (!error && nr_entries)
		error = write_entries(out, w, entry, nr_entries);
	odb_object_release(&obj);
	free(entry);
	free(done);
	return error;
}

int notes_tree_write(struct oid *out, struct odb *odb,
		     const struct hash_algo *algo, const struct oid *tree,
		     const struct notes_edit *edit, size_t nr)
{
	const struct writing w = { .odb = odb, .algo = algo };
	int error = write_level(out, &w, tree, edit, nr, 0);

	/* A root may be empty. */
	if (!error && oid_is_zero(out))
		error = odb_write(out, odb, OBJ_TREE, "", 0);
	return error;
}
