/* SPDX-License-Identifier: MIT */
/*
 * The words are translated, so lines are told by their shape:
 *
 *	Receiving objects:  45% (450/1000), 3.20 MiB | 1.00 MiB/s   CR
 *	remote: Enumerating objects: 5, done.                       LF
 *	remote: Total 7 (delta 0), reused 0 (delta 0)               LF
 *
 * Ssh ends its messages in CR LF, so that a CR alone says nothing.
 */
#include "cli/clone_talk.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/output.h"

static size_t digits(const char *text)
{
	return strspn(text, "0123456789");
}

/* Behind the title: a share, or a number that is final or goes on. */
static bool is_count(const char *text, bool goes_on)
{
	size_t nr = digits(text += strspn(text, " "));
	size_t len = strlen(text);

	if (!nr)
		return false;
	if (starts_with(text + nr, "% (") && digits(text + nr + 3))
		return true;
	if (goes_on)
		return !text[nr] || text[nr] == ',';
	/* "5, done." */
	return text[nr] == ',' && text[len - 1] == '.' &&
	       !strchr(text + nr + 2, ' ');
}

static bool is_progress(const char *text, bool goes_on)
{
	const char *colon = text;

	if (strstr(text, "(delta ") && strstr(text, " reused "))
		return true;
	while ((colon = strchr(colon, ':')))
		if (is_count(++colon, goes_on))
			return true;
	/* A clone of a path, which has nothing to count. */
	return !goes_on && !strcmp(text, "done.");
}

static void take_line(const char *start, size_t len, bool is_whole)
{
	char *text = xstrndup(start, len);
	size_t n = strlen(text);

	while (n && isspace((unsigned char)text[n - 1]))
		text[--n] = '\0';
	if (is_whole && is_progress(text, start[len - 1] == '\r')) {
		progress_words(text, n);
	} else {
		progress_clear();
		fwrite(start, 1, len, stderr);
		fflush(stderr);
	}
	free(text);
}

static void on_err(void *ctx, const struct strbuf *err)
{
	struct clone_talk *talk = ctx;

	while (talk->from < err->len) {
		const char *start = err->buf + talk->from;
		size_t most = err->len - talk->from, len = 0;

		while (len < most && start[len] != '\r' && start[len] != '\n')
			len++;
		/* A line that has not come to its end is a question. */
		take_line(start, len + (len < most), len < most);
		talk->from += len + (len < most);
	}
}

void clone_talk_listen(struct clone_talk *talk, struct run *run)
{
	progress_share_line();
	run->err = &talk->err;
	run->on_err = on_err;
	run->on_err_ctx = talk;
}

void clone_talk_end(struct clone_talk *talk)
{
	progress_clear();
	strbuf_release(&talk->err);
}
