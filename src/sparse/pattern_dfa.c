/* SPDX-License-Identifier: MIT */
#include "sparse/pattern_dfa.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sparse/pattern_list.h"

enum {
	DEAD = 1, /* the state of the empty set: nothing matches any more */
	STATES_MAX = 4096,
	SLOTS = 2 * STATES_MAX,  /* a power of two */
	MEMBERS_MAX = 1024 * 1024,
};

struct dfa_state {
	size_t first; /* in dfa->member */
	uint32_t nr, hash;
	uint32_t last[2]; /* pattern_dfa_last of a file, of a directory */
};

/* Which patterns match where this set is reached. */
static void find_last(const struct pattern_dfa *dfa, struct dfa_state *state)
{
	for (uint32_t i = 0; i < state->nr; i++) {
		uint32_t member = dfa->member[state->first + i];
		uint32_t nr = dfa->owner[member];
		const struct pattern *pattern = &dfa->list->pattern[nr];

		if (member != dfa->first[nr] + wildmatch_last(pattern->wild))
			continue;
		/* Members ascend, and patterns with them. */
		state->last[1] = nr + 1;
		if (!pattern->must_be_dir)
			state->last[0] = nr + 1;
	}
}

static uint32_t add_state(struct pattern_dfa *dfa, uint32_t hash)
{
	const struct wildmatch_set *set = &dfa->set;
	struct dfa_state *state;
	size_t slot = hash % SLOTS;

	ALLOC_GROW(dfa->state, dfa->nr + 1, dfa->alloc);
	ALLOC_GROW(dfa->next, dfa->nr + 1, dfa->alloc_next);
	ALLOC_GROW(dfa->member, dfa->nr_members + set->nr,
		   dfa->alloc_members);
	memset(dfa->next[dfa->nr], 0, sizeof(*dfa->next));
	state = &dfa->state[dfa->nr];
	*state = (struct dfa_state){ .first = dfa->nr_members, .hash = hash,
				     .nr = (uint32_t)set->nr };
	for (size_t i = 0; i < set->nr; i++)
		dfa->member[dfa->nr_members++] = set->member[i];
	find_last(dfa, state);
	while (dfa->slot[slot])
		slot = (slot + 1) % SLOTS;
	dfa->slot[slot] = (uint32_t)dfa->nr;
	return (uint32_t)dfa->nr++;
}

static uint32_t hash_of(const struct wildmatch_set *set)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < set->nr; i++)
		hash = (hash ^ set->member[i]) * 16777619u;
	return hash ^ hash >> 15;
}

/* A set has one order. It comes all but sorted: what moves on moves up. */
static void sort_members(struct wildmatch_set *set)
{
	for (size_t i = 1; i < set->nr; i++) {
		uint32_t member = set->member[i];
		size_t to = i;

		for (; to && set->member[to - 1] > member; to--)
			set->member[to] = set->member[to - 1];
		set->member[to] = member;
	}
}

static uint32_t find_state(const struct pattern_dfa *dfa, uint32_t hash)
{
	const struct wildmatch_set *set = &dfa->set;

	for (size_t slot = hash % SLOTS; dfa->slot[slot];
	     slot = (slot + 1) % SLOTS) {
		uint32_t id = dfa->slot[slot];
		const struct dfa_state *state = &dfa->state[id];

		if (state->hash == hash && state->nr == set->nr &&
		    (!set->nr || !memcmp(dfa->member + state->first,
					 set->member,
					 set->nr * sizeof(*set->member))))
			return id;
	}
	return 0;
}

/* State 0 is none; DEAD is there from the beginning. */
static void forget_all(struct pattern_dfa *dfa)
{
	size_t nr = dfa->set.nr;

	memset(dfa->slot, 0, SLOTS * sizeof(*dfa->slot));
	dfa->nr = DEAD;
	dfa->nr_members = 0;
	dfa->start = 0;
	dfa->generation++;
	dfa->set.nr = 0;
	add_state(dfa, hash_of(&dfa->set));
	dfa->set.nr = nr;
}

/* The state whose set was just made. */
static uint32_t settle(struct pattern_dfa *dfa)
{
	uint32_t hash, id;

	sort_members(&dfa->set);
	hash = hash_of(&dfa->set);
	id = find_state(dfa, hash);
	if (!id) {
		if (dfa->nr == STATES_MAX ||
		    dfa->nr_members + dfa->set.nr > MEMBERS_MAX)
			forget_all(dfa);
		id = add_state(dfa, hash);
	}
	wildmatch_set_clear(&dfa->set);
	return id;
}

void pattern_dfa_init(struct pattern_dfa *dfa, const struct pattern_list *list,
		      bool basenames)
{
	uint32_t total = 0, at = 0;

	*dfa = (struct pattern_dfa){ .list = list };
	dfa->first = xcalloc(list->nr + 1, sizeof(*dfa->first));
	for (size_t i = 0; i < list->nr; i++) {
		dfa->first[i] = total;
		if (list->pattern[i].is_basename == basenames)
			total += wildmatch_last(list->pattern[i].wild) + 1;
	}
	dfa->first[list->nr] = total;
	dfa->owner = xcalloc(total + 1, sizeof(*dfa->owner));
	for (uint32_t i = 0; i < list->nr; i++)
		while (at < dfa->first[i + 1])
			dfa->owner[at++] = i;
	wildmatch_set_init(&dfa->set, total);
	dfa->slot = xcalloc(SLOTS, sizeof(*dfa->slot));
	forget_all(dfa);
}

void pattern_dfa_release(struct pattern_dfa *dfa)
{
	free(dfa->first);
	free(dfa->owner);
	wildmatch_set_release(&dfa->set);
	free(dfa->state);
	free(dfa->next);
	free(dfa->member);
	free(dfa->slot);
	memset(dfa, 0, sizeof(*dfa));
}

uint32_t pattern_dfa_start(struct pattern_dfa *dfa)
{
	const struct pattern_list *list = dfa->list;

	if (dfa->start)
		return dfa->start;
	for (size_t i = 0; i < list->nr; i++)
		if (dfa->first[i] < dfa->first[i + 1])
			wildmatch_start(&dfa->set, list->pattern[i].wild,
					dfa->first[i]);
	return dfa->start = settle(dfa);
}

/* A step of each member, which no text took here before. */
static uint32_t find_next(struct pattern_dfa *dfa, uint32_t from, uint8_t c)
{
	const struct dfa_state *state = &dfa->state[from];
	unsigned generation = dfa->generation;
	uint32_t to;

	for (uint32_t i = 0; i < state->nr; i++) {
		uint32_t member = dfa->member[state->first + i];
		uint32_t nr = dfa->owner[member];

		wildmatch_take(&dfa->set, dfa->list->pattern[nr].wild,
			       dfa->first[nr], member, c);
	}
	to = settle(dfa);
	if (generation == dfa->generation)
		dfa->next[from][c] = to;
	return to;
}

uint32_t pattern_dfa_run(struct pattern_dfa *dfa, uint32_t state,
			 const char *text, size_t len)
{
	const char *end = text + len;

	for (; text < end && state != DEAD; text++) {
		uint32_t to = dfa->next[state][(uint8_t)*text];

		state = to ? to : find_next(dfa, state, (uint8_t)*text);
	}
	return state;
}

uint32_t pattern_dfa_last(const struct pattern_dfa *dfa, uint32_t state,
			  bool is_dir)
{
	return dfa->state[state].last[is_dir];
}
