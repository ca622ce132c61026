/* SPDX-License-Identifier: MIT */
/*
 * Many small pieces with one life: paths of a plan, names of an index of
 * version 4. Nothing is freed singly.
 */
#ifndef PARE_BASE_ARENA_H
#define PARE_BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *block;
};

#define ARENA_INIT { NULL }

/* Aligned for any object; lives until arena_release. */
void *arena_alloc(struct arena *a, size_t size_bytes);
char *arena_strndup(struct arena *a, const char *s, size_t len);
void arena_release(struct arena *a);

#endif
