/* SPDX-License-Identifier: MIT */
#include "sparse/transition.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/path.h"

static void add_position(struct positions *list, uint32_t pos)
{
	ALLOC_GROW(list->pos, list->nr + 1, list->alloc);
	list->pos[list->nr++] = pos;
}

/* One of a path's stages: the path is named once. */
static void add_unmerged(struct transition *t,
			 const struct pare_index_entry *e)
{
	size_t nr = t->unmerged.nr;

	add_position(&t->blocked, e->pos);
	if (!nr || strcmp(t->unmerged.v[nr - 1], e->name))
		strvec_pushn(&t->unmerged, e->name, e->name_len);
}

static void add_item(struct checkout_list *list, struct transition *t,
		     const struct pare_index *index,
		     const struct pare_index_entry *e)
{
	checkout_list_add(list, e, pare_index_keep_name(index, e, &t->names));
}

static void plan_entry(struct transition *t, const struct pare_index *index,
		       const struct pare_index_entry *e, bool wanted,
		       const struct transition_options *opts)
{
	bool skipped = opts->nothing_there || pare_index_skipped(e);

	if (pare_index_is_sparse_dir(e))
		return; /* outside, or it would have been opened */
	if (pare_index_stage(e)) {
		add_unmerged(t, e);
		return;
	}
	if (!wanted && (e->mode & 0170000) == 0160000)
		add_position(&t->blocked, e->pos);
	if (skipped && opts->look &&
	    checkout_is_present(opts->look, e->name, e->name_len)) {
		add_position(&t->healed, e->pos);
		skipped = false;
	}
	if (wanted == !skipped) {
		if (opts->nothing_there && !wanted)
			add_position(&t->hidden, e->pos);
		return;
	}
	add_item(wanted ? &t->come : &t->gone, t, index, e);
}

/* `sub/` takes a submodule in only if it is there: git asks the disk. */
static bool is_dir(const struct pare_index_entry *e, struct checkout *disk)
{
	struct strbuf path = STRBUF_INIT;
	bool there;

	if ((e->mode & 0170000) != 0160000)
		return false;
	strbuf_addf(&path, "%s/", e->name);
	there = checkout_is_present(disk, path.buf, path.len);
	strbuf_release(&path);
	return there;
}

static int plan_by_patterns(struct transition *t,
			    const struct pare_index *index,
			    const struct transition_options *opts)
{
	struct pare_index_iter iter;
	struct pare_index_entry entry;
	struct pattern_matcher matcher;
	int error;

	pattern_matcher_init(&matcher, opts->patterns);
	pare_index_iter_init(&iter, index);
	while ((error = pare_index_next(&entry, &iter)) > 0)
		plan_entry(t, index, &entry,
			   pattern_matcher_path(&matcher, entry.name,
						entry.name_len,
						is_dir(&entry, opts->disk)),
			   opts);
	pare_index_iter_release(&iter);
	pattern_matcher_release(&matcher);
	return error;
}

/*
 * Does the iterator stand before entries of which nothing is wanted and
 * nothing there, so that all stay as they are? It is then moved behind them.
 */
static bool pass_over(struct pare_index_iter *iter, struct cone_walk *walk,
		      const struct transition_options *opts)
{
	const char *dir;
	uint32_t end;
	size_t len;

	if (!pare_index_quiet_run(iter, &dir, &len, &end) ||
	    cone_walk_dir(walk, dir, len) != CONE_OUT ||
	    (opts->look && checkout_is_present(opts->look, dir, len + 1)))
		return false;
	pare_index_iter_seek(iter, end);
	return true;
}

int transition_plan(struct transition *t, const struct pare_index *index,
		    const struct cone *cone,
		    const struct transition_options *opts)
{
	struct pare_index_iter iter;
	struct pare_index_entry entry;
	struct cone_walk walk;
	bool by_runs = !opts->nothing_there && cone_is_connected(cone);
	int error;

	if (opts->patterns)
		return plan_by_patterns(t, index, opts);
	cone_walk_init(&walk, cone);
	pare_index_iter_init(&iter, index);
	for (;;) {
		enum cone_kind kind;

		while (by_runs && pass_over(&iter, &walk, opts))
			;
		if ((error = pare_index_next(&entry, &iter)) <= 0)
			break;
		kind = cone_walk_dir(&walk, entry.name,
				     path_dir_len(entry.name, entry.name_len));
		plan_entry(t, index, &entry, kind != CONE_OUT, opts);
	}
	pare_index_iter_release(&iter);
	cone_walk_release(&walk);
	return error;
}

/* The next position of all lists, and which of them have it. */
struct merge {
	const struct transition *t;
	size_t come, gone, healed, hidden;
};

static uint32_t at(const struct positions *list, size_t i)
{
	return i < list->nr ? list->pos[i] : UINT32_MAX;
}

static uint32_t item_at(const struct checkout_list *list, size_t i)
{
	return i < list->nr ? list->item[i].pos : UINT32_MAX;
}

static uint32_t min(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static uint32_t next_pos(const struct merge *m)
{
	return min(min(item_at(&m->t->come, m->come),
		       item_at(&m->t->gone, m->gone)),
		   min(at(&m->t->healed, m->healed),
		       at(&m->t->hidden, m->hidden)));
}

static void edit_come(struct index_edits *edits,
		      const struct checkout_item *item)
{
	index_edit_flags(edits, item->pos, 1, 0, PARE_INDEX_SKIP_WORKTREE);
	if (item->status == PARE_PATH_WRITTEN ||
	    item->status == PARE_PATH_ADOPTED)
		index_edit_stat(edits, item->pos, &item->stat);
}

static void edit_gone(struct index_edits *edits,
		      const struct checkout_item *item, bool healed)
{
	if (item->status == PARE_PATH_MODIFIED) {
		if (healed)
			index_edit_flags(edits, item->pos, 1, 0,
					 PARE_INDEX_SKIP_WORKTREE);
	} else if (!healed) {
		index_edit_flags(edits, item->pos, 1,
				 PARE_INDEX_SKIP_WORKTREE, 0);
	}
}

void transition_edits(struct index_edits *edits, const struct transition *t)
{
	struct merge m = { .t = t };
	uint32_t pos;

	while ((pos = next_pos(&m)) != UINT32_MAX) {
		bool healed = at(&t->healed, m.healed) == pos;

		m.healed += healed;
		if (at(&t->hidden, m.hidden) == pos) {
			index_edit_flags(edits, pos, 1,
					 PARE_INDEX_SKIP_WORKTREE, 0);
			m.hidden++;
		} else if (item_at(&t->come, m.come) == pos) {
			edit_come(edits, &t->come.item[m.come++]);
		} else if (item_at(&t->gone, m.gone) == pos) {
			edit_gone(edits, &t->gone.item[m.gone++], healed);
		} else {
			index_edit_flags(edits, pos, 1, 0,
					 PARE_INDEX_SKIP_WORKTREE);
		}
	}
}

/* The first item of a sorted list at or behind `pos`. */
static size_t first_item(const struct checkout_list *list, uint32_t pos)
{
	size_t low = 0, high = list->nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (list->item[mid].pos < pos)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool transition_keeps(const struct transition *t, uint32_t first,
		      uint32_t last)
{
	size_t low = 0, high = t->blocked.nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (t->blocked.pos[mid] < first)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < t->blocked.nr && t->blocked.pos[low] < last)
		return true;
	for (size_t i = first_item(&t->gone, first);
	     i < t->gone.nr && t->gone.item[i].pos < last; i++)
		if (t->gone.item[i].status == PARE_PATH_MODIFIED)
			return true;
	return false;
}

static bool has_gitlink(const struct checkout_list *list)
{
	for (size_t i = 0; i < list->nr; i++)
		if ((list->item[i].mode & 0170000) == 0160000)
			return true;
	return false;
}

bool transition_moves_gitlinks(const struct transition *t)
{
	return has_gitlink(&t->come) || has_gitlink(&t->gone);
}

void transition_release(struct transition *t)
{
	checkout_list_release(&t->come);
	checkout_list_release(&t->gone);
	free(t->healed.pos);
	free(t->blocked.pos);
	free(t->hidden.pos);
	strvec_clear(&t->unmerged);
	arena_release(&t->names);
	memset(t, 0, sizeof(*t));
}
