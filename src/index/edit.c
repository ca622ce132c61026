/* SPDX-License-Identifier: MIT */
/* The list of edits. */
#include "index/edit.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

void index_edit_flags(struct index_edits *edits, uint32_t first, uint32_t nr,
		      uint16_t set, uint16_t clear)
{
	struct index_flag_run *run;

	if (!nr)
		return;
	if (edits->nr_runs) {
		run = &edits->run[edits->nr_runs - 1];
		if (run->first + run->nr == first && run->set == set &&
		    run->clear == clear) {
			run->nr += nr;
			return;
		}
	}
	ALLOC_GROW(edits->run, edits->nr_runs + 1, edits->alloc_runs);
	run = &edits->run[edits->nr_runs++];
	run->first = first;
	run->nr = nr;
	run->set = set;
	run->clear = clear;
}

void index_edit_stat(struct index_edits *edits, uint32_t pos,
		     const struct index_stat *st)
{
	ALLOC_GROW(edits->stat, edits->nr_stats + 1, edits->alloc_stats);
	edits->stat[edits->nr_stats].pos = pos;
	edits->stat[edits->nr_stats++].stat = *st;
}

static struct index_change *add_change(struct index_edits *edits, uint32_t pos,
				       bool invalidate)
{
	struct index_change *change;

	ALLOC_GROW(edits->change, edits->nr_changes + 1, edits->alloc_changes);
	change = &edits->change[edits->nr_changes++];
	memset(change, 0, sizeof(*change));
	change->pos = pos;
	change->invalidate = invalidate;
	return change;
}

void index_edit_remove(struct index_edits *edits, uint32_t pos,
		       bool invalidate)
{
	struct index_change *last;

	if (edits->nr_changes) {
		last = &edits->change[edits->nr_changes - 1];
		if (last->nr && last->pos + last->nr == pos &&
		    last->invalidate == invalidate) {
			last->nr++;
			return;
		}
	}
	add_change(edits, pos, invalidate)->nr = 1;
}

void index_edit_insert(struct index_edits *edits, uint32_t pos,
		       const struct index_new_entry *entry, bool invalidate)
{
	struct index_change *change = add_change(edits, pos, invalidate);

	change->entry = *entry;
	change->entry.name = xstrndup(entry->name, entry->name_len);
}

bool index_edits_empty(const struct index_edits *edits)
{
	return !edits->nr_runs && !edits->nr_stats && !edits->nr_changes;
}

void index_edits_release(struct index_edits *edits)
{
	for (size_t i = 0; i < edits->nr_changes; i++)
		free((char *)edits->change[i].entry.name);
	free(edits->change);
	free(edits->stat);
	free(edits->run);
	memset(edits, 0, sizeof(*edits));
}
