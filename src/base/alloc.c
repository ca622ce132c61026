/* SPDX-License-Identifier: MIT */
#include "base/alloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "base/lockfile.h"

/*
 * No stdio here: it may want memory itself. Nor exit(3): a thread may be in
 * the middle of starting a library, and what that does at the end would find
 * it half made, and crash.
 */
static _Noreturn void out_of_memory(void)
{
	static const char text[] = "fatal: out of memory\n";

	tempfile_remove_all();
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(128);
	_exit(128);
}

void *xmalloc(size_t size_bytes)
{
	void *p = malloc(size_bytes ? size_bytes : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *xcalloc(size_t nr, size_t size_bytes)
{
	void *p = nr && size_bytes ? calloc(nr, size_bytes) : calloc(1, 1);

	if (!p)
		out_of_memory();
	return p;
}

void *xrealloc(void *p, size_t size_bytes)
{
	p = realloc(p, size_bytes ? size_bytes : 1);
	if (!p)
		out_of_memory();
	return p;
}

void *xreallocarray(void *p, size_t nr, size_t size_bytes)
{
	if (size_bytes && nr > SIZE_MAX / size_bytes)
		out_of_memory();
	return xrealloc(p, nr * size_bytes);
}

char *xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

char *xstrndup(const char *s, size_t len)
{
	char *copy = xmalloc(len + 1);

	memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *xstrfmt(const char *fmt, ...)
{
	va_list ap;
	char *s;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (len < 0)
		out_of_memory();
	return s;
}

void alloc_keep_freed(void)
{
#ifdef __GLIBC__
	/* To set one ends that the other grows by itself, so set both. */
	mallopt(M_TRIM_THRESHOLD, 16 * 1024 * 1024);
	mallopt(M_MMAP_THRESHOLD, 1024 * 1024);
#endif
}

size_t alloc_grown(size_t alloc, size_t nr)
{
	size_t grown = alloc < 16 ? 24 : alloc + alloc / 2;

	return grown < nr ? nr : grown;
}
