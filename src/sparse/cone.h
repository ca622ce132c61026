/* SPDX-License-Identifier: MIT */
/*
 * A cone: whole directories (recursive) and the way down to them (parents, of
 * which only the files directly in them are wanted).
 *
 * A directory is written "a/b", the root "". Names are compared bytewise, or
 * without regard to ASCII case (core.ignoreCase).
 */
#ifndef PARE_SPARSE_CONE_H
#define PARE_SPARSE_CONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "base/strvec.h"

enum cone_kind {
	CONE_OUT,    /* nothing directly in it is wanted */
	CONE_PARENT, /* the files directly in it */
	CONE_IN,     /* all that is below */
};

struct cone_dir {
	const char *name;
	uint32_t hash;
	uint32_t len;
	uint8_t kind; /* CONE_OUT: an empty slot, or one that was taken out */
};

struct cone {
	bool full;        /* everything is in */
	bool ignore_case;
	struct cone_dir *slot;
	size_t nr, alloc; /* alloc is a power of two, or 0 */
	struct arena names;
	/* Recursive directories that were put in before, in other case. */
	struct strvec respelled;
};

#define CONE_INIT { .names = ARENA_INIT, .respelled = STRVEC_INIT }

void cone_release(struct cone *cone);

/* Put `dir` in as it is said; its parents are not looked at. */
void cone_put(struct cone *cone, const char *dir, size_t len,
	      enum cone_kind kind);
/* What was put in under exactly this name. */
enum cone_kind cone_get(const struct cone *cone, const char *dir, size_t len);

/* Want all of `dir`, with the way down to it. "" is no directory to want. */
void cone_add(struct cone *cone, const char *dir);

/*
 * Append the recursive directories or the parents that say something: none
 * below a recursive one. Sorted as git sorts them, bytewise.
 */
void cone_list(const struct cone *cone, enum cone_kind kind,
	       struct strvec *out);
/* All recursive directories that were put in, also below another. */
void cone_list_all(const struct cone *cone, struct strvec *out);

/* Is one of the directories above `dir` recursive? */
bool cone_covers(const struct cone *cone, const char *dir, size_t len);

/*
 * Is the directory above each that was put in wanted, too, so that below one
 * that is CONE_OUT nothing can be wanted? A strange pattern file may be other.
 */
bool cone_is_connected(const struct cone *cone);

/*
 * Asking about directories in index order: what two neighbours have in common
 * is not asked twice, and nothing is allocated but for depth.
 */
struct cone_walk {
	const struct cone *cone;
	struct strbuf dir;
	struct cone_level *level;
	size_t nr, alloc;
	enum cone_kind kind; /* of `dir` */
};

void cone_walk_init(struct cone_walk *walk, const struct cone *cone);
void cone_walk_release(struct cone_walk *walk);
enum cone_kind cone_walk_dir(struct cone_walk *walk, const char *dir,
			     size_t len);

#endif
