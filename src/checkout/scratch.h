/* SPDX-License-Identifier: MIT */
/*
 * A small index of our own for git to work on: it holds the paths in question
 * and the files that say how to treat them (.gitattributes, .gitignore), so
 * git need not read, and cannot change, the real one, and sees none of its
 * assume-valid or skip-worktree bits.
 */
#ifndef PARE_CHECKOUT_SCRATCH_H
#define PARE_CHECKOUT_SCRATCH_H

#include "base/run.h"
#include "checkout/checkout.h"

struct scratch {
	struct checkout *co;
	struct strbuf feed;  /* for `git update-index --index-info` */
	struct strbuf paths; /* those that get the skip-worktree bit */
	struct tempfile *temp;
	const char *top; /* git's work tree; the real one, unless set */
	char *path;
};

void scratch_init(struct scratch *s, struct checkout *co);
void scratch_release(struct scratch *s);

void scratch_add(struct scratch *s, uint32_t mode, const uint8_t *oid,
		 const char *path, size_t len);
/*
 * All entries of the index whose last component is `name`; with `skipped` they
 * get the skip-worktree bit, but for those that git is to write for `list`.
 */
int scratch_add_named(struct scratch *s, const char *name, bool skipped,
		      const struct checkout_list *list);

/* Make the index file from what was added. */
int scratch_make(struct scratch *s);

/* Prepare `run` (args empty) for `git` at the top, on this index. */
void scratch_run_init(const struct scratch *s, struct run *run);

#endif
