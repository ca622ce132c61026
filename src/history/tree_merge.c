/* SPDX-License-Identifier: MIT */
/*
 * Where is a merge path by path also git's, which knows renames? A file that
 * one side renamed is a path it deleted. As long as the other side left that
 * path alone, the rename changes nothing. So whatever one side deleted (file
 * or directory) and the other touched is git's to decide, and whatever both
 * sides deleted or both added; a directory that was renamed takes new files
 * along, but then it is one that was deleted here and changed there. The rest
 * is the table in `merge_entry`.
 */
#include "history/tree_merge.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/hash.h"
#include "history/merge_by_git.h"
#include "history/text_merge.h"
#include "history/tree_changes.h"
#include "repo/tree.h"

enum { CLEAN = 0, GIT_DECIDES = 1 };
enum { DEPTH_MAX = 1024 };

/* A directory being merged, and those above it. */
struct level {
	const struct level *up;
	const struct tree_entry *name; /* NULL: the root */
	size_t depth;
	struct odb_object tree[NR_SIDES];
	struct tree_changes changes;
};

int tree_merge_init(struct tree_merge *m, struct pare_repo *repo)
{
	*m = (struct tree_merge){ .repo = repo, .undecided = STRBUF_INIT };
	m->text_by_git = merge_is_configured(repo);
	return repo_odb(&m->odb, repo);
}

static void start_over(struct tree_merge *m)
{
	for (size_t i = 0; i < m->nr_attributes; i++)
		free(m->attributes[i].path);
	m->nr_attributes = 0;
	strbuf_reset(&m->undecided);
}

void tree_merge_release(struct tree_merge *m)
{
	start_over(m);
	free(m->attributes);
	strbuf_release(&m->undecided);
	if (m->scratch)
		rmdir(m->scratch);
	free(m->scratch);
	*m = (struct tree_merge){ .undecided = STRBUF_INIT };
}

void empty_tree_oid(struct oid *out, const struct hash_algo *algo)
{
	memset(out, 0, sizeof(*out));
	hash_object(out, algo, "tree", "", 0);
}

static bool is_tree(const struct tree_entry *entry)
{
	return entry_is_there(entry) && mode_is_tree(entry->mode);
}

static void add_path(struct strbuf *out, const struct level *level)
{
	if (!level->name)
		return;
	add_path(out, level->up);
	strbuf_add(out, level->name->name, level->name->name_len);
	strbuf_addch(out, '/');
}

/* Such names are no git tree's; a path with them leads out of the scratch. */
static bool is_below(const struct level *level)
{
	for (; level->name; level = level->up)
		if (!strcmp(level->name->name, ".") ||
		    !strcmp(level->name->name, ".."))
			return false;
	return true;
}

static void remember_attributes(struct tree_merge *m, const struct level *level)
{
	struct strbuf path = STRBUF_INIT;
	struct tree_merge_attributes *new;

	if (oid_is_zero(&level->changes.attributes[OURS]) || !is_below(level))
		return;
	add_path(&path, level);
	strbuf_addstr(&path, ".gitattributes");
	ALLOC_GROW(m->attributes, m->nr_attributes + 1, m->alloc_attributes);
	new = &m->attributes[m->nr_attributes++];
	new->path = strbuf_detach(&path, NULL);
	new->oid = level->changes.attributes[OURS];
}

static void take(struct tree_change *change, int side,
		 const struct hash_algo *algo)
{
	const struct tree_entry *entry = &change->side[side];

	change->keep = entry_is_there(entry);
	if (!change->keep)
		return;
	change->mode = entry->mode;
	oid_read(&change->oid, entry->oid, algo);
}

/* May attributes say how contents are merged here? */
static int attributes_matter(struct tree_merge *m, const struct level *level)
{
	for (; level; level = level->up)
		for (int i = 0; i < NR_SIDES; i++) {
			int result = CLEAN;

			if (!oid_is_zero(&level->changes.attributes[i]))
				result = merge_attributes_matter(
					m, &level->changes.attributes[i]);
			if (result)
				return result;
		}
	return CLEAN;
}

static int merge_blobs(struct oid *out, struct tree_merge *m,
		       const struct tree_change *change)
{
	struct odb_object blob[NR_SIDES] = { 0 };
	struct text text[NR_SIDES] = { 0 };
	struct strbuf merged = STRBUF_INIT;
	int result = CLEAN;

	for (int i = 0; i < NR_SIDES && result == CLEAN; i++) {
		struct oid oid;

		oid_read(&oid, change->side[i].oid, m->repo->algo);
		result = odb_read_type(&blob[i], m->odb, &oid, OBJ_BLOB);
		text[i] = (struct text){ blob[i].data, blob[i].len };
	}
	/* What a partial clone lacks, git fetches. */
	if (result == GIT_ENOTFOUND)
		result = GIT_DECIDES;
	if (result == CLEAN && !text_merge(&merged, &text[BASE], &text[OURS],
					   &text[THEIRS]))
		result = GIT_DECIDES;
	if (result == CLEAN)
		result = odb_write(out, m->odb, OBJ_BLOB, merged.buf,
				   merged.len);
	for (int i = 0; i < NR_SIDES; i++)
		odb_object_release(&blob[i]);
	strbuf_release(&merged);
	return result;
}

static bool same_content(const struct tree_change *change, int a, int b,
			 const struct hash_algo *algo)
{
	return !memcmp(change->side[a].oid, change->side[b].oid,
		       algo->raw_size);
}

/* A regular file on all sides: mode and content, each by itself. */
static int merge_files(struct tree_merge *m, const struct level *level,
		       struct tree_change *change)
{
	const struct hash_algo *algo = m->repo->algo;
	const struct tree_entry *side = change->side;
	int result;

	take(change, OURS, algo);
	if (side[BASE].mode == side[OURS].mode)
		change->mode = side[THEIRS].mode;
	if (same_content(change, BASE, THEIRS, algo) ||
	    same_content(change, OURS, THEIRS, algo))
		return CLEAN;
	if (same_content(change, BASE, OURS, algo)) {
		oid_read(&change->oid, side[THEIRS].oid, algo);
		return CLEAN;
	}
	if (m->text_by_git || m->undecided.len)
		return GIT_DECIDES;
	result = attributes_matter(m, level);
	return result ? result : merge_blobs(&change->oid, m, change);
}

static int merge_dirs(struct oid *out, bool *empty, struct tree_merge *m,
		      struct level *level, const struct oid *const *tree);

static int merge_subtrees(struct tree_merge *m, const struct level *level,
			  struct tree_change *change)
{
	const struct oid *tree[NR_SIDES] = { NULL };
	struct level below = { .up = level, .name = tree_change_any(change),
			       .depth = level->depth + 1 };
	struct oid oid[NR_SIDES];
	bool empty;
	int result;

	for (int i = 0; i < NR_SIDES; i++) {
		if (!entry_is_there(&change->side[i]))
			continue;
		oid_read(&oid[i], change->side[i].oid, m->repo->algo);
		tree[i] = &oid[i];
	}
	result = merge_dirs(&change->oid, &empty, m, &below, tree);
	change->keep = !empty;
	change->mode = 0040000;
	return result;
}

static int merge_entry(struct tree_merge *m, const struct level *level,
		       struct tree_change *change)
{
	const struct hash_algo *algo = m->repo->algo;
	const struct tree_entry *base = &change->side[BASE];
	const struct tree_entry *ours = &change->side[OURS];
	const struct tree_entry *theirs = &change->side[THEIRS];

	if (entry_same(base, ours, algo)) {
		take(change, THEIRS, algo);
		return CLEAN;
	}
	if (entry_same(base, theirs, algo)) {
		take(change, OURS, algo);
		return CLEAN;
	}
	if (is_tree(ours) && is_tree(theirs))
		return merge_subtrees(m, level, change);
	if (!entry_is_there(base) || !entry_is_there(ours) ||
	    !entry_is_there(theirs))
		return GIT_DECIDES;
	if (entry_same(ours, theirs, algo)) {
		take(change, OURS, algo);
		return CLEAN;
	}
	if (entry_is_file(base) && entry_is_file(ours) && entry_is_file(theirs))
		return merge_files(m, level, change);
	return GIT_DECIDES;
}

/* Our tree's bytes with the changes put in. */
static void splice(struct strbuf *out, const struct level *level,
		   const struct hash_algo *algo)
{
	const char *p = level->tree[OURS].data;
	const char *end = p + level->tree[OURS].len;

	for (size_t i = 0; i < level->changes.nr; i++) {
		const struct tree_change *change = &level->changes.item[i];
		const struct tree_entry *ours = &change->side[OURS];

		if (p) {
			strbuf_add(out, p, (size_t)(change->at - p));
			p = change->at +
			    (entry_is_there(ours) ? ours->raw_len : 0);
		}
		if (change->keep) {
			const struct tree_entry *named =
				tree_change_any(change);

			tree_add_entry(out, change->mode, named->name,
				       named->name_len, &change->oid, algo);
		}
	}
	if (p)
		strbuf_add(out, p, (size_t)(end - p));
}

static int leave_to_git(struct tree_merge *m, const struct level *level,
			const struct tree_entry *named)
{
	if (!m->undecided.len) {
		add_path(&m->undecided, level);
		strbuf_add(&m->undecided, named->name, named->name_len);
	}
	return GIT_DECIDES;
}

/* Goes on when git is to decide: all directories there are have to be seen. */
static int merge_entries(struct tree_merge *m, struct level *level)
{
	const struct tree_entry *both =
		tree_changes_both_kinds(&level->changes);
	int decided = both ? leave_to_git(m, level, both) : CLEAN;

	for (size_t i = 0; i < level->changes.nr; i++) {
		struct tree_change *change = &level->changes.item[i];
		int result = merge_entry(m, level, change);

		if (result < 0)
			return result;
		if (result == GIT_DECIDES)
			decided =
				leave_to_git(m, level, tree_change_any(change));
	}
	return decided;
}

static int merge_level(struct oid *out, bool *empty, struct tree_merge *m,
		       struct level *level)
{
	struct strbuf tree = STRBUF_INIT;
	int result = tree_changes_find(&level->changes, level->tree,
				       m->repo->algo);

	remember_attributes(m, level);
	if (result == CLEAN)
		result = merge_entries(m, level);
	if (result == CLEAN) {
		splice(&tree, level, m->repo->algo);
		*empty = !tree.len;
		result = odb_write(out, m->odb, OBJ_TREE, tree.buf, tree.len);
	}
	strbuf_release(&tree);
	return result;
}

/* NULL in `tree`: that side has no such directory. */
static int merge_dirs(struct oid *out, bool *empty, struct tree_merge *m,
		      struct level *level, const struct oid *const *tree)
{
	int result = level->depth > DEPTH_MAX ? GIT_DECIDES : CLEAN;

	*empty = false;
	for (int i = 0; i < NR_SIDES && result == CLEAN; i++)
		if (tree[i])
			result = odb_read_type(&level->tree[i], m->odb,
					       tree[i], OBJ_TREE);
	if (result == GIT_ENOTFOUND)
		result = GIT_DECIDES;
	if (result == CLEAN)
		result = merge_level(out, empty, m, level);
	for (int i = 0; i < NR_SIDES; i++)
		odb_object_release(&level->tree[i]);
	free(level->changes.item);
	return result;
}

int tree_merge(struct oid *out, struct strvec *conflicts, struct tree_merge *m,
	       const struct oid *base, const struct oid *ours,
	       const struct oid *theirs)
{
	const struct oid *tree[NR_SIDES] = { base, ours, theirs };
	struct level root = { .up = NULL };
	struct oid none;
	bool empty;
	int result;

	if (oid_equal(base, theirs) || oid_equal(ours, theirs)) {
		*out = *ours;
		return 0;
	}
	if (oid_equal(base, ours)) {
		*out = *theirs;
		return 0;
	}
	empty_tree_oid(&none, m->repo->algo);
	for (int i = 0; i < NR_SIDES; i++)
		if (oid_equal(tree[i], &none))
			tree[i] = NULL;
	start_over(m);
	result = merge_dirs(out, &empty, m, &root, tree);
	if (result != GIT_DECIDES)
		return result;
	m->by_git++;
	return merge_by_git(out, conflicts, m, base, ours, theirs);
}
