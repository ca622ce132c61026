/* SPDX-License-Identifier: MIT */
/*
 * A NULL-terminated array of strings that owns them: arguments, paths,
 * directories.
 */
#ifndef PARE_BASE_STRVEC_H
#define PARE_BASE_STRVEC_H

#include <stdbool.h>
#include <stddef.h>

struct strvec {
	const char **v;
	size_t nr;
	size_t alloc;
};

extern const char *strvec_empty[];
#define STRVEC_INIT { .v = strvec_empty, .nr = 0, .alloc = 0 }

void strvec_init(struct strvec *sv);
/* Free all; the vector is empty and usable afterwards. */
void strvec_clear(struct strvec *sv);

/* Copy the string in; the copy is returned and lives as long as its item. */
const char *strvec_push(struct strvec *sv, const char *s);
const char *strvec_pushn(struct strvec *sv, const char *s, size_t len);
const char *strvec_pushf(struct strvec *sv, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void strvec_pushl(struct strvec *sv, ...) __attribute__((sentinel));
void strvec_pushv(struct strvec *sv, const char *const *v);
void strvec_push_all(struct strvec *sv, const struct strvec *other);
/* Take ownership of a malloc'ed string. */
void strvec_push_nodup(struct strvec *sv, char *s);
void strvec_remove(struct strvec *sv, size_t i);

/* Bytewise order; strvec_uniq wants a sorted vector. */
void strvec_sort(struct strvec *sv);
void strvec_uniq(struct strvec *sv);
bool strvec_contains(const struct strvec *sv, const char *s);
/* The same strings in the same order. */
bool strvec_equal(const struct strvec *a, const struct strvec *b);
/* In a vector sorted by strvec_sort: the position of `s`, or -1. */
ptrdiff_t strvec_search(const struct strvec *sv, const char *s);

/* The lines of a text, empty ones too; they end in LF or CRLF. */
void strvec_split_lines(struct strvec *sv, const char *s);
/* Split at `sep`; empty pieces are left out. */
void strvec_split(struct strvec *sv, const char *s, char sep);

#endif
