/* SPDX-License-Identifier: MIT */
/*
 * Memory that is always there.
 *
 * Like git, pare does not limp on without memory: the x-functions end the
 * program with `fatal: out of memory` and exit code 128. Lock and temporary
 * files are removed on the way out (lockfile.h), so the repository is as it
 * was. Sizes that come from a file are checked against the file before they
 * are asked for here.
 */
#ifndef PARE_BASE_ALLOC_H
#define PARE_BASE_ALLOC_H

#include <stddef.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

void *xmalloc(size_t size_bytes) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t nr, size_t size_bytes)
	__attribute__((malloc, returns_nonnull));
void *xrealloc(void *p, size_t size_bytes) __attribute__((returns_nonnull));
void *xreallocarray(void *p, size_t nr, size_t size_bytes)
	__attribute__((returns_nonnull));
char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull));
char *xstrndup(const char *s, size_t len)
	__attribute__((malloc, returns_nonnull));
char *xstrfmt(const char *fmt, ...)
	__attribute__((format(printf, 1, 2), returns_nonnull));

/*
 * Make room in the array `x`, which holds `alloc` items, for `nr` of them;
 * `x` and `alloc` are changed.
 */
#define ALLOC_GROW(x, nr, alloc)                                              \
	do {                                                                  \
		if ((nr) > (alloc)) {                                         \
			(alloc) = alloc_grown((alloc), (nr));                 \
			(x) = xreallocarray((x), (alloc), sizeof(*(x)));      \
		}                                                             \
	} while (0)

/*
 * Keep what is freed for what is asked for next. glibc gives the end of the
 * heap back to the system at once, to have it from there, cleared, a moment
 * later: for each object that is written a quarter of a megabyte, which takes
 * longer than all else about it. For a program that soon ends; call it first.
 */
void alloc_keep_freed(void);

/* The next capacity after `alloc` that holds at least `nr` items. */
size_t alloc_grown(size_t alloc, size_t nr);

#endif
