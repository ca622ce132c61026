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

#include <stdio.h>
#include <string.h>

#include "base/quote.h"
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

/* `len` bytes and the end of the line, a CR or a LF, or what will go on. */
static void take_line(const char *start, size_t len, char end)
{
	struct strbuf text = STRBUF_INIT, words = STRBUF_INIT;

	quote_text(&text, start, len);
	strbuf_addbuf(&words, &text);
	strbuf_rtrim(&words);
	if (end && is_progress(words.buf, end == '\r')) {
		progress_words(words.buf, words.len);
	} else {
		progress_clear();
		fwrite(text.buf, 1, text.len, stderr);
		if (end)
			fputc(end, stderr);
		fflush(stderr);
	}
	strbuf_release(&text);
	strbuf_release(&words);
}

/* The first byte of two that are a control character together. */
static bool is_begun(char c)
{
	return c == '\xc2';
}

static void on_err(void *ctx, const struct strbuf *err)
{
	struct clone_talk *talk = ctx;

	while (talk->from < err->len) {
		const char *start = err->buf + talk->from;
		size_t most = err->len - talk->from, len = 0;
		bool is_whole;

		while (len < most && start[len] != '\r' && start[len] != '\n')
			len++;
		/* One that has not come to its end is a question. */
		is_whole = len < most;
		if (!is_whole && is_begun(start[len - 1]) && !--len)
			return;
		take_line(start, len, is_whole ? start[len] : '\0');
		talk->from += len + is_whole;
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
