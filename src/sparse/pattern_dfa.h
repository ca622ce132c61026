/* SPDX-License-Identifier: MIT */
/*
 * Many patterns run at once over a text, at the cost of one.
 *
 * The automata of wildmatch.h run side by side. The sets of their states that
 * turn up are few, since names are alike: each set is kept and numbered, with
 * the set that each byte leads to (a deterministic automaton, made as far as
 * it is needed). A byte that was seen in a set before costs a look into a
 * table, however many patterns there are; one that was not, a step of each.
 *
 * What is kept is bounded. When it is full all is forgotten and begun anew, and
 * `generation` moves on: numbers from before then mean nothing. Only
 * pattern_dfa_run does that, and its own answer is always valid.
 */
#ifndef PARE_SPARSE_PATTERN_DFA_H
#define PARE_SPARSE_PATTERN_DFA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sparse/wildmatch.h"

struct pattern_list;
struct dfa_state;

struct pattern_dfa {
	const struct pattern_list *list;
	unsigned generation;
	uint32_t start;  /* 0: not known in this generation */
	uint32_t *first; /* of each pattern: its first state in a set */
	uint32_t *owner; /* of each state in a set: its pattern */
	struct wildmatch_set set; /* the one that is being made */
	struct dfa_state *state;
	uint32_t (*next)[256]; /* of each state, by byte; 0 is not known */
	uint32_t *member;      /* of all states' sets */
	uint32_t *slot;        /* hash table of states, 0 is free */
	size_t nr, alloc, alloc_next, nr_members, alloc_members;
};

/* The patterns of `list`, borrowed, that are (not) for the last component. */
void pattern_dfa_init(struct pattern_dfa *dfa, const struct pattern_list *list,
		      bool basenames);
void pattern_dfa_release(struct pattern_dfa *dfa);

/* The state before any text. */
uint32_t pattern_dfa_start(struct pattern_dfa *dfa);
/* The state behind text[0..len). */
uint32_t pattern_dfa_run(struct pattern_dfa *dfa, uint32_t state,
			 const char *text, size_t len);
/*
 * The last pattern that matches all the text up to `state`, counted from 1; 0
 * is none. Those that end in a slash match directories only.
 */
uint32_t pattern_dfa_last(const struct pattern_dfa *dfa, uint32_t state,
			  bool is_dir);

#endif
