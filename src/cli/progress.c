/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/output.h"

enum { FIRST_MS = 1000, NEXT_MS = 100 };

static struct {
	const char *title;
	uint64_t total, done;
	int64_t next_ms; /* when to draw again */
	bool drawn;
} phase;

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void draw(const char *end)
{
	if (phase.total)
		fprintf(stderr, "\r%s: %3u%% (%" PRIu64 "/%" PRIu64 ")%s",
			phase.title,
			(unsigned)(phase.done * 100 / phase.total),
			phase.done, phase.total, end);
	else if (phase.done)
		fprintf(stderr, "\r%s: %" PRIu64 "%s", phase.title,
			phase.done, end);
	else
		fprintf(stderr, "\r%s...%s", phase.title, end);
	fflush(stderr);
	phase.drawn = true;
}

static void start(void *payload, const char *title, uint64_t total)
{
	(void)payload;
	phase.title = title;
	phase.total = total;
	phase.done = 0;
	phase.drawn = false;
	phase.next_ms = now_ms() + FIRST_MS;
}

static void update(void *payload, uint64_t done)
{
	int64_t now;

	(void)payload;
	phase.done = phase.total && done > phase.total ? phase.total : done;
	now = now_ms();
	if (now < phase.next_ms)
		return;
	draw("");
	phase.next_ms = now + NEXT_MS;
}

static void stop(void *payload)
{
	(void)payload;
	if (phase.drawn)
		draw(", done.\n");
	phase.drawn = false;
}

const struct pare_progress *progress_display(int want, bool quiet)
{
	static const struct pare_progress display = {
		.start = start, .update = update, .stop = stop
	};

	if (!want || (want < 0 && (quiet || !isatty(STDERR_FILENO))))
		return NULL;
	return &display;
}
