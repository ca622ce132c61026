/* SPDX-License-Identifier: MIT */
/*
 * How far a long job is. The engine calls, in the main thread only; the
 * commands draw. A NULL progress, or NULL members, are allowed everywhere.
 */
#ifndef PARE_PROGRESS_H
#define PARE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct pare_progress {
	/* A phase begins, "Updating files" say; total 0: not known. */
	void (*start)(void *payload, const char *title, uint64_t total);
	void (*update)(void *payload, uint64_t done);
	/* It is over; `completed` false: it came to an error. */
	void (*stop)(void *payload, bool completed);
	void *payload;
};

static inline void pare_progress_start(const struct pare_progress *p,
				       const char *title, uint64_t total)
{
	if (p && p->start)
		p->start(p->payload, title, total);
}

static inline void pare_progress_update(const struct pare_progress *p,
					uint64_t done)
{
	if (p && p->update)
		p->update(p->payload, done);
}

static inline void pare_progress_stop(const struct pare_progress *p,
				      bool completed)
{
	if (p && p->stop)
		p->stop(p->payload, completed);
}

#endif
