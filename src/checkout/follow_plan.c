/* SPDX-License-Identifier: MIT */
/*
 * The rules of a two-way merge (git-read-tree(1)) for the paths on which the
 * trees differ; all others keep their entries:
 *
 *	entry       from      to        becomes
 *	none        none      there     new
 *	none        there     none      none
 *	like `to`   any       there     as it is
 *	like `from` there     other     `to`, or goes
 *
 * and in every other case something is staged there that would be lost. A
 * sparse directory is one entry, and goes by the same rules.
 */
#include "checkout/follow_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/path.h"
#include "base/quote.h"
#include "repo/tree_diff.h"

struct planning {
	struct follow_plan *plan;
	const struct pare_index *index;
	const struct hash_algo *algo;
	const struct pare_wanted *wanted;
	struct pare_index_iter iter;
	struct strvec added; /* that had no entry, in order */
};

/* As the index has it. */
static uint32_t index_mode(uint32_t mode)
{
	if (mode_is_tree(mode) || mode_is_gitlink(mode) || mode_is_link(mode))
		return mode & 0170000;
	return mode & 0100 ? 0100755 : 0100644;
}

static bool is_like(const struct pare_index_entry *entry,
		    const struct tree_entry *side, const struct hash_algo *algo)
{
	return entry && side && entry->mode == index_mode(side->mode) &&
	       !(entry->extended & PARE_INDEX_INTENT_TO_ADD) &&
	       !memcmp(entry->oid, side->oid, algo->raw_size);
}

static struct follow_step *add_step(struct follow_plan *plan)
{
	ALLOC_GROW(plan->step, plan->nr + 1, plan->alloc);
	plan->step[plan->nr] = (struct follow_step){
		.gone = FOLLOW_NONE, .come = FOLLOW_NONE,
	};
	return &plan->step[plan->nr++];
}

static uint32_t add_gone(struct planning *p,
			 const struct pare_index_entry *entry)
{
	struct follow_plan *plan = p->plan;

	checkout_list_add(&plan->gone, entry,
			  pare_index_keep_name(p->index, entry, &plan->names));
	return (uint32_t)plan->gone.nr - 1;
}

static uint32_t add_come(struct planning *p, const char *path, size_t len,
			 const struct tree_entry *to)
{
	struct follow_plan *plan = p->plan;
	uint8_t *oid = arena_alloc(&plan->names, p->algo->raw_size);
	const struct pare_index_entry entry = {
		.name_len = len, .oid = oid, .mode = index_mode(to->mode),
	};

	memcpy(oid, to->oid, p->algo->raw_size);
	checkout_list_add(&plan->come, &entry,
			  arena_strndup(&plan->names, path, len));
	return (uint32_t)plan->come.nr - 1;
}

static void insert(struct planning *p, uint32_t pos, const char *path,
		   size_t len, const struct tree_entry *to, bool skipped)
{
	struct index_new_entry entry = {
		.name = path, .name_len = len, .mode = index_mode(to->mode),
		.extended = skipped ? PARE_INDEX_SKIP_WORKTREE : 0,
	};

	oid_read(&entry.oid, to->oid, p->algo);
	index_edit_insert(&p->plan->edits, pos, &entry, true);
}

static void add(struct planning *p, uint32_t pos, const char *path, size_t len,
		const struct tree_entry *to)
{
	bool is_wanted = !p->wanted->fn ||
			 p->wanted->fn(p->wanted->ctx, path);
	struct follow_step *step;

	insert(p, pos, path, len, to, !is_wanted);
	strvec_push(&p->added, path);
	if (!is_wanted)
		return;
	step = add_step(p->plan);
	step->change = (uint32_t)p->plan->edits.nr_changes - 1;
	step->come = add_come(p, path, len, to);
}

/* `to` is NULL when the entry goes. */
static void replace(struct planning *p, const struct pare_index_entry *old,
		    const char *path, size_t len, const struct tree_entry *to)
{
	bool skipped = pare_index_skipped(old);
	bool was_link = mode_is_gitlink(old->mode);
	bool is_link = to && mode_is_gitlink(to->mode);
	struct follow_step *step;

	if (to)
		insert(p, old->pos, path, len, to, skipped);
	index_edit_remove(&p->plan->edits, old->pos, true);
	/* What a submodule has checked out is its own business. */
	if (pare_index_is_sparse_dir(old) || (was_link && is_link))
		return;
	step = add_step(p->plan);
	step->skipped = skipped;
	step->gone = add_gone(p, old);
	/* The one goes before the other can come. */
	if (to && (was_link || is_link)) {
		step = add_step(p->plan);
		step->skipped = skipped;
	}
	if (!to)
		return;
	step->change = (uint32_t)p->plan->edits.nr_changes - 2;
	step->come = add_come(p, path, len, to);
}

static void refuse(struct planning *p, const char *path)
{
	strvec_pushf(&p->plan->refused, "%s: staged changes", quoted(path));
}

static int see_dir(struct planning *p, const char *path, size_t len,
		   const struct tree_entry *from, const struct tree_entry *to)
{
	struct pare_index_entry entry;
	int found = pare_index_find(&entry, &p->iter, path, len);

	if (found <= 0 || is_like(&entry, to, p->algo))
		return found;
	if (is_like(&entry, from, p->algo))
		replace(p, &entry, path, len, to);
	else
		refuse(p, path);
	return 1;
}

static void note_kind(struct follow_plan *plan, const char *path, size_t len,
		      const struct tree_entry *side)
{
	size_t dir_len = path_dir_len(path, len);
	const char *name = path + dir_len + (dir_len > 0);

	plan->has_attributes |= !strcmp(name, ".gitattributes");
	plan->has_gitlinks |= side && mode_is_gitlink(side->mode);
}

static int see(const char *path, size_t len, const struct tree_entry *from,
	       const struct tree_entry *to, void *ctx)
{
	struct planning *p = ctx;
	struct pare_index_entry entry;
	int found;

	if (path[len - 1] == '/')
		return see_dir(p, path, len, from, to);
	if (to && !path_is_safe(path, len))
		return error_set(GIT_EINVALID, "invalid path %s", quoted(path));
	note_kind(p->plan, path, len, from);
	note_kind(p->plan, path, len, to);
	found = pare_index_find(&entry, &p->iter, path, len);
	if (found < 0)
		return found;
	if (!found ? !to : is_like(&entry, to, p->algo))
		return 0;
	if (!found && !from)
		add(p, entry.pos, path, len, to);
	else if (found && is_like(&entry, from, p->algo))
		replace(p, &entry, path, len, to);
	else
		refuse(p, path);
	return 0;
}

/* Do the edits take this entry out? */
static bool goes(const struct index_edits *edits, uint32_t pos)
{
	size_t low = 0, high = edits->nr_changes;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct index_change *change = &edits->change[mid];

		if (change->pos + change->nr <= pos)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < edits->nr_changes && edits->change[low].pos <= pos; low++)
		if (edits->change[low].nr &&
		    pos - edits->change[low].pos < edits->change[low].nr)
			return true;
	return false;
}

/* Entries below a new file, which stay. */
static int check_below(struct planning *p, const char *path)
{
	char *dir = xstrfmt("%s/", path);
	size_t len = strlen(dir);
	struct pare_index_entry entry;
	int error;

	pare_index_iter_seek(&p->iter,
			     pare_index_lower_bound(p->index, dir, len));
	while ((error = pare_index_next(&entry, &p->iter)) > 0 &&
	       !strncmp(entry.name, dir, len)) {
		if (!goes(&p->plan->edits, entry.pos)) {
			refuse(p, path);
			break;
		}
	}
	free(dir);
	return error < 0 ? error : 0;
}

/* 1 when an entry has the name of a directory above, and stays. */
static int is_below_file(struct planning *p, const char *path)
{
	struct pare_index_entry entry;
	int found;

	for (size_t len = path_dir_len(path, strlen(path)); len;
	     len = path_dir_len(path, len)) {
		found = pare_index_find(&entry, &p->iter, path, len);
		if (found < 0 || (found && !goes(&p->plan->edits, entry.pos)))
			return found;
	}
	return 0;
}

/* A file and a directory of one name are not to be in one index. */
static int check_kinds(struct planning *p)
{
	const char *last = "";
	int error = 0, below_file = 0;

	for (size_t i = 0; i < p->added.nr && !error; i++) {
		const char *path = p->added.v[i];

		error = check_below(p, path);
		if (!path_same_dir(path, strlen(path), last, strlen(last)))
			below_file = is_below_file(p, path);
		if (!error && below_file > 0)
			refuse(p, path);
		else if (!error)
			error = below_file;
		last = path;
	}
	return error;
}

int follow_plan_make(struct follow_plan *plan, struct pare_repo *repo,
		     const struct pare_index *index, const struct oid *from,
		     const struct oid *to, const struct pare_wanted *wanted)
{
	struct planning p = {
		.plan = plan, .index = index, .algo = repo->algo,
		.wanted = wanted, .added = STRVEC_INIT,
	};
	struct odb *odb;
	int error = repo_odb(&odb, repo);

	pare_index_iter_init(&p.iter, index);
	if (!error)
		error = tree_diff(odb, repo->algo, from, to, see, &p);
	if (!error)
		error = check_kinds(&p);
	pare_index_iter_release(&p.iter);
	strvec_clear(&p.added);
	return error;
}

void follow_plan_release(struct follow_plan *plan)
{
	index_edits_release(&plan->edits);
	checkout_list_release(&plan->gone);
	checkout_list_release(&plan->come);
	free(plan->step);
	strvec_clear(&plan->refused);
	arena_release(&plan->names);
	*plan = (struct follow_plan)FOLLOW_PLAN_INIT;
}
