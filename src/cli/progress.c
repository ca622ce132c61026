/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/output.h"

enum { FIRST_MS = 1000, NEXT_MS = 100, DELAY_MAX_S = 1000000 };

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

/* When to begin; GIT_PROGRESS_DELAY are seconds, as git reads it. */
static int64_t first_ms(void)
{
	const char *value = getenv("GIT_PROGRESS_DELAY");
	char *end;
	unsigned long seconds;

	if (!value || *value < '0' || *value > '9')
		return FIRST_MS;
	seconds = strtoul(value, &end, 10);
	return *end || seconds > DELAY_MAX_S ? FIRST_MS :
					       (int64_t)seconds * 1000;
}

/* Who was sent to the background leaves the terminal alone. */
static bool is_foreground(void)
{
	pid_t group = tcgetpgrp(STDERR_FILENO);

	return group < 0 || group == getpgid(0);
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
	phase.next_ms = now_ms() + first_ms();
}

static void update(void *payload, uint64_t done)
{
	int64_t now;

	(void)payload;
	phase.done = phase.total && done > phase.total ? phase.total : done;
	now = now_ms();
	if (now < phase.next_ms)
		return;
	phase.next_ms = now + NEXT_MS;
	if (is_foreground())
		draw("");
}

/* What has come to an error stands where it stopped; the error goes below. */
static void stop(void *payload, bool completed)
{
	(void)payload;
	if (completed)
		phase.done = phase.total ? phase.total : phase.done;
	if (phase.drawn)
		draw(completed ? ", done.\n" : "\n");
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
