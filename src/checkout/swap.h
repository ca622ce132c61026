/* SPDX-License-Identifier: MIT */
/*
 * Files that take each other's places. The new ones are made in a directory
 * of ours, <git dir>/pare/swap.<pid>, each under its number; then they change
 * places with the old ones, which lie there until all is well. So what needs
 * room on the disk is done before anything is touched, at no moment is a file
 * half there, and the way back is renames, too, also for who comes after a
 * kill -9 and has only the journal and the directory:
 *
 *	the path holds the file that was made     it was placed: back
 *	no such file was made, but one lies here  it was taken away: back
 *
 *	swaps_open(&s, co, getpid(), true);
 *	swaps_add(&s, gone, come);
 *	swaps_make(&s, &come);      nothing is touched
 *	swaps_act(&s);              or all is back again
 *	swaps_back(&s);             something later went wrong
 *	swaps_done(&s);             or it did not
 *	swaps_close(&s);            the old ones are gone now
 */
#ifndef PARE_CHECKOUT_SWAP_H
#define PARE_CHECKOUT_SWAP_H

#include "checkout/checkout.h"

/* By what a file is known again; a rename changes none of it. */
struct swap_mark {
	uint64_t ino; /* 0: there is none */
	uint64_t size_bytes;
	int64_t mtime_s;
	long mtime_ns;
};

struct swap {
	struct checkout_item *gone; /* what is there, clean; or NULL */
	struct checkout_item *come; /* what is to be there; or NULL */
	const char *path;
	bool was_dir; /* a submodule's directory goes */
	struct swap_mark made;
};

struct swaps {
	struct checkout *co;
	char *dir;
	int fd; /* of `dir`, or -1 */
	struct swap *item;
	size_t nr, alloc;
};

#define SWAPS_INIT { .fd = -1 }

/* With `make` an empty directory; else the one that a process has left, which
 * is GIT_ENOTFOUND when there is none. */
int swaps_open(struct swaps *s, struct checkout *co, long pid, bool make);
/*
 * `gone` is TO_REMOVE or ABSENT, `come` TO_WRITE; borrowed. With both, neither
 * is a submodule.
 */
void swaps_add(struct swaps *s, struct checkout_item *gone,
	       struct checkout_item *come);

/* Make the new files; `come` are all of them. Errors as of checkout_write. */
int swaps_make(struct swaps *s, struct checkout_list *come);

/*
 * Change places. GIT_EUNCOMMITTED, naming it, when a file is not as it was
 * looked at, or something has come in the way; PARE_EHANDOVER where a rename
 * cannot go. Then all is back.
 */
int swaps_act(struct swaps *s);

/* As far as nobody has touched it since. */
void swaps_back(struct swaps *s);

/* All is well: directories that have become empty go. */
void swaps_done(struct swaps *s);

/* Remove the directory, release all; or leave it for the next one. */
void swaps_close(struct swaps *s);
void swaps_leave(struct swaps *s);

/* For the journal: an item as text, and back. */
void swap_format(struct strbuf *out, const struct swap *swap);
bool swaps_add_text(struct swaps *s, const char *text);

#endif
