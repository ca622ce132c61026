/* SPDX-License-Identifier: MIT */
/*
 * Glob patterns as gitignore(5) has them. A pattern is compiled once and then
 * run as an automaton: a match costs at most the product of the two lengths,
 * whatever the pattern, so that no repository can make us count stars forever.
 */
#ifndef PARE_SPARSE_WILDMATCH_H
#define PARE_SPARSE_WILDMATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum wildmatch_flags {
	WILDMATCH_CASEFOLD = 1 << 0, /* ASCII letters in either case */
	/* `*`, `?` and `[…]` stop at a slash; a component `**` does not. */
	WILDMATCH_PATHNAME = 1 << 1,
};

struct wildmatch;

/*
 * Compile pattern[0..len), of which the first `plain_len` bytes are without a
 * special one: git compares these first and looks at what follows as at a
 * pattern of its own, so that `**` right behind them is at a beginning. Never
 * fails: what is malformed (`[` without its `]`, an unknown `[:class:]`, a
 * backslash at the end) matches nothing, as in git. Release with
 * wildmatch_free, which accepts NULL.
 */
struct wildmatch *wildmatch_compile(const char *pattern, size_t len,
				    size_t plain_len, unsigned flags);
void wildmatch_free(struct wildmatch *wild);

/* Does all of text[0..len) match? Any thread may ask. */
bool wildmatch_match(const struct wildmatch *wild, const char *text,
		     size_t len);

/*
 * The automaton itself, for those who run many at once (pattern_dfa.h). A set
 * holds states of several: those of one begin at its `first`, and the last of
 * them is where it has matched.
 *
 *	wildmatch_set_init(&set, nr);           nr: of all that run in it
 *	wildmatch_start(&set, wild, first);     its states before any text
 *	for each member of `set`
 *		wildmatch_take(&next, wild, first, member, c);
 *	wildmatch_set_clear(&set);
 *	wildmatch_set_release(&set);
 */
struct wildmatch_set {
	bool *has;        /* of each state: is it in? */
	uint32_t *member; /* the states that are in */
	size_t nr;
};

void wildmatch_set_init(struct wildmatch_set *set, size_t nr);
void wildmatch_set_clear(struct wildmatch_set *set);
void wildmatch_set_release(struct wildmatch_set *set);
uint32_t wildmatch_last(const struct wildmatch *wild);
void wildmatch_start(struct wildmatch_set *set, const struct wildmatch *wild,
		     uint32_t first);
void wildmatch_take(struct wildmatch_set *next, const struct wildmatch *wild,
		    uint32_t first, uint32_t member, uint8_t c);

#endif
