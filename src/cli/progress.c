/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cli/output.h"

enum { FIRST_MS = 1000, NEXT_MS = 100, DELAY_MAX_S = 1000000 };

static struct {
	const char *title;
	uint64_t total, done;
	int64_t next_ms; /* when to draw again */
	bool drawn;
	bool shared;     /* the line is that of all phases */
	size_t width;    /* of what stands there */
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

/* A line that is too long would leave a copy of itself at each drawing. */
static size_t columns(void)
{
	struct winsize size;

	return !ioctl(STDERR_FILENO, TIOCGWINSZ, &size) && size.ws_col > 1 ?
		       size.ws_col - 1u : 79;
}

static void show(const char *text, size_t len, const char *end)
{
	size_t room = columns();
	int pad;

	if (len > room) {
		len = room;
		while (len && ((unsigned char)text[len] & 0xc0) == 0x80)
			len--; /* not in the middle of a character */
	}
	pad = phase.width > len ? (int)(phase.width - len) : 0;
	fprintf(stderr, "\r%.*s%*s%s", (int)len, text, pad, "", end);
	fflush(stderr);
	phase.width = len;
	phase.drawn = true;
}

static void draw(const char *end)
{
	char text[256];
	int len;

	if (phase.total)
		len = snprintf(text, sizeof(text),
			       "%s: %3u%% (%" PRIu64 "/%" PRIu64 ")",
			       phase.title,
			       (unsigned)(phase.done * 100 / phase.total),
			       phase.done, phase.total);
	else if (phase.done)
		len = snprintf(text, sizeof(text), "%s: %" PRIu64,
			       phase.title, phase.done);
	else
		len = snprintf(text, sizeof(text), "%s...", phase.title);
	if (len > 0)
		show(text, strnlen(text, sizeof(text)), end);
}

static void start(void *payload, const char *title, uint64_t total)
{
	(void)payload;
	phase.title = title;
	phase.total = total;
	phase.done = 0;
	phase.drawn = false;
	if (phase.shared)
		return;
	phase.width = 0;
	phase.next_ms = now_ms() + first_ms();
}

static bool is_time(void)
{
	int64_t now = now_ms();

	if (now < phase.next_ms)
		return false;
	phase.next_ms = now + NEXT_MS;
	return is_foreground();
}

static void update(void *payload, uint64_t done)
{
	(void)payload;
	phase.done = phase.total && done > phase.total ? phase.total : done;
	if (is_time())
		draw("");
}

/* What has come to an error stands where it stopped; the error goes below. */
static void stop(void *payload, bool completed)
{
	(void)payload;
	if (completed)
		phase.done = phase.total ? phase.total : phase.done;
	if (phase.shared)
		progress_clear();
	else if (phase.drawn)
		draw(completed ? ", done.\n" : "\n");
	phase.drawn = false;
}

void progress_share_line(void)
{
	phase.shared = true;
	phase.width = 0;
	phase.next_ms = now_ms() + first_ms();
}

void progress_words(const char *text, size_t len)
{
	if (is_time())
		show(text, len, "");
}

void progress_clear(void)
{
	if (phase.shared && phase.width)
		show("", 0, "\r");
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
