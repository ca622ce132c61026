/* SPDX-License-Identifier: MIT */
#include "history/tree_changes.h"

#include "base/alloc.h"

enum { DONE = 0, ODD = 1 };

bool entry_same(const struct tree_entry *a, const struct tree_entry *b,
		const struct hash_algo *algo)
{
	if (!entry_is_there(a) || !entry_is_there(b))
		return entry_is_there(a) == entry_is_there(b);
	return a->mode == b->mode && !memcmp(a->oid, b->oid, algo->raw_size);
}

/* Others are old; git writes such a tree in its own way. */
static bool is_common_mode(uint32_t mode)
{
	return mode == 0040000 || mode == 0100644 || mode == 0100755 ||
	       mode == 0120000 || mode == 0160000;
}

/* The three trees of a level, walked side by side. */
struct walk {
	struct tree_iter iter[NR_SIDES];
	struct tree_entry next[NR_SIDES];
};

static int entry_cmp(const struct tree_entry *a, const struct tree_entry *b)
{
	return tree_entry_cmp(a->name, a->name_len, a->mode, b->name,
			      b->name_len, b->mode);
}

/* On to the next entry; git is asked about trees it would not make. */
static int advance(struct walk *walk, int side)
{
	struct tree_entry before = walk->next[side];
	struct tree_entry *next = &walk->next[side];
	int result = tree_iter_next(next, &walk->iter[side]);

	if (result < 0)
		return result;
	if (!result) {
		next->raw = NULL;
		return DONE;
	}
	if (!is_common_mode(next->mode) ||
	    (before.raw && entry_cmp(&before, next) >= 0))
		return ODD;
	return DONE;
}

static const struct tree_entry *first_of(const struct walk *walk)
{
	const struct tree_entry *first = NULL;

	for (int i = 0; i < NR_SIDES; i++)
		if (entry_is_there(&walk->next[i]) &&
		    (!first || entry_cmp(&walk->next[i], first) < 0))
			first = &walk->next[i];
	return first;
}

static bool is_unchanged(const struct tree_change *change,
			 const struct hash_algo *algo)
{
	const struct tree_entry *side = change->side;

	return entry_same(&side[BASE], &side[OURS], algo) &&
	       entry_same(&side[OURS], &side[THEIRS], algo);
}

static void note_attributes(struct tree_changes *out,
			    const struct tree_change *change,
			    const struct hash_algo *algo)
{
	static const char name[] = ".gitattributes";

	for (int i = 0; i < NR_SIDES; i++) {
		const struct tree_entry *entry = &change->side[i];

		if (entry_is_file(entry) && entry->name_len == strlen(name) &&
		    !memcmp(entry->name, name, strlen(name)))
			oid_read(&out->attributes[i], entry->oid, algo);
	}
}

/* Take the entries of one name off the walk; remember them if they differ. */
static int take_name(struct tree_changes *out, struct walk *walk,
		     const struct tree_entry *first_of_all,
		     const struct hash_algo *algo)
{
	const struct tree_entry first = *first_of_all;
	const struct tree_entry *ours = &walk->next[OURS];
	struct tree_change change = {
		.at = entry_is_there(ours) ? ours->raw : walk->iter[OURS].end
	};
	int result = DONE;

	for (int i = 0; i < NR_SIDES && result == DONE; i++) {
		if (!entry_is_there(&walk->next[i]) ||
		    entry_cmp(&walk->next[i], &first))
			continue;
		change.side[i] = walk->next[i];
		result = advance(walk, i);
	}
	note_attributes(out, &change, algo);
	if (result != DONE || is_unchanged(&change, algo))
		return result;
	ALLOC_GROW(out->item, out->nr + 1, out->alloc);
	out->item[out->nr++] = change;
	return DONE;
}

int tree_changes_find(struct tree_changes *out,
		      const struct odb_object tree[NR_SIDES],
		      const struct hash_algo *algo)
{
	const struct tree_entry *first;
	struct walk walk = { 0 };
	int result = DONE;

	for (int i = 0; i < NR_SIDES && result == DONE; i++) {
		tree_iter_init(&walk.iter[i],
			       tree[i].data ? tree[i].data : "",
			       tree[i].len, algo);
		result = advance(&walk, i);
	}
	while (result == DONE && (first = first_of(&walk)))
		result = take_name(out, &walk, first, algo);
	return result;
}

const struct tree_entry *tree_change_any(const struct tree_change *change)
{
	for (int i = 0; i < NR_SIDES; i++)
		if (entry_is_there(&change->side[i]))
			return &change->side[i];
	return NULL;
}

const struct tree_entry *
tree_changes_both_kinds(const struct tree_changes *changes)
{
	for (size_t i = 0; i < changes->nr; i++) {
		const struct tree_entry *a = tree_change_any(&changes->item[i]);

		for (size_t j = i + 1; j < changes->nr; j++) {
			const struct tree_entry *b =
				tree_change_any(&changes->item[j]);

			if (b->name_len < a->name_len ||
			    memcmp(a->name, b->name, a->name_len))
				break;
			if (a->name_len == b->name_len)
				return a;
		}
	}
	return NULL;
}

