/* SPDX-License-Identifier: MIT */
/*
 * Items shared out to threads.
 *
 * A worker never prints and never sets state that another reads; what it has
 * to say it puts into its item.
 */
#ifndef PARE_BASE_WORKERS_H
#define PARE_BASE_WORKERS_H

#include <stdbool.h>
#include <stddef.h>

struct workers_job {
	/* Called for ranges [first, last) of at most `chunk` items. */
	void (*work)(void *ctx, size_t thread, size_t first, size_t last);
	/* Called in the calling thread, now and then, with the items done. */
	void (*tick)(void *ctx, size_t done);
	void *ctx;
	size_t nr;      /* items */
	size_t chunk;   /* items handed out at once, in order */
	size_t threads; /* at most; 1 runs in the calling thread */
};

void workers_run(const struct workers_job *job);

/* Processors this process may use, 1 at least. */
size_t workers_online(void);

#endif
