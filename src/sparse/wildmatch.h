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

enum wildmatch_flags {
	WILDMATCH_CASEFOLD = 1 << 0, /* ASCII letters in either case */
	/* `*`, `?` and `[…]` stop at a slash; a component `**` does not. */
	WILDMATCH_PATHNAME = 1 << 1,
};

struct wildmatch;

/*
 * Compile pattern[0..len). Never fails: what is malformed (`[` without its
 * `]`, an unknown `[:class:]`, a backslash at the end) matches nothing, as in
 * git. Release with wildmatch_free, which accepts NULL.
 */
struct wildmatch *wildmatch_compile(const char *pattern, size_t len,
				    unsigned flags);
void wildmatch_free(struct wildmatch *wild);

/* Does all of text[0..len) match? Any thread may ask. */
bool wildmatch_match(const struct wildmatch *wild, const char *text,
		     size_t len);

#endif
