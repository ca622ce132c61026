/* SPDX-License-Identifier: MIT */
#include "history/trailers.h"

#include <ctype.h>
#include <strings.h>

static size_t line_len(const char *text, const char *end)
{
	const char *lf = memchr(text, '\n', (size_t)(end - text));

	return (size_t)((lf ? lf + 1 : end) - text);
}

/* Of "token:" with its colon; 0 when the line is no trailer. */
static size_t token_len(const char *line, size_t len)
{
	size_t i = 0;

	while (i < len && (isalnum((unsigned char)line[i]) || line[i] == '-'))
		i++;
	if (!i)
		return 0;
	while (i < len && (line[i] == ' ' || line[i] == '\t'))
		i++;
	return i < len && line[i] == ':' ? i + 1 : 0;
}

/* Without the blanks at its end it must be one still. */
static bool is_trailer(const char *line, size_t len)
{
	static const char picked[] = "(cherry picked from commit ";

	return token_len(line, len) ||
	       (len > strlen(picked) &&
		!memcmp(line, picked, strlen(picked)) &&
		!isspace((unsigned char)line[strlen(picked)]));
}

static bool is_blank(const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isspace((unsigned char)line[i]))
			return false;
	return true;
}

/* The last paragraph; NULL when there is none. */
static const char *last_paragraph(const char *text, const char *end)
{
	const char *paragraph = NULL;
	bool blank = true;

	for (const char *p = text; p < end;) {
		size_t n = line_len(p, end);

		if (is_blank(p, n))
			blank = true;
		else if (blank) {
			paragraph = p;
			blank = false;
		}
		p += n;
	}
	return paragraph;
}

size_t trailers_find(const char *text, size_t len)
{
	const char *end = text + len;
	const char *block = last_paragraph(text, end);

	if (!block || is_blank(text, (size_t)(block - text)))
		return len;
	for (const char *p = block; p < end;) {
		size_t n = line_len(p, end);
		bool continues = p > block && (*p == ' ' || *p == '\t');

		if (!continues && !is_blank(p, n) && !is_trailer(p, n))
			return len;
		p += n;
	}
	return (size_t)(block - text);
}

/* Tokens are the same in any case, what follows is not. */
static bool same_trailer(const char *a, const char *b)
{
	size_t len = token_len(a, strlen(a));

	if (len != token_len(b, strlen(b)))
		return false;
	return !strncasecmp(a, b, len) && !strcmp(a + len, b + len);
}

static bool has_trailer(const struct strvec *list, const char *trailer)
{
	for (size_t i = 0; i < list->nr; i++)
		if (same_trailer(list->v[i], trailer))
			return true;
	return false;
}

void trailers_collect(struct strvec *list, const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		struct strbuf trailer = STRBUF_INIT;

		do {
			size_t n = line_len(text, end);

			strbuf_add(&trailer, text, n);
			text += n;
		} while (text < end && (*text == ' ' || *text == '\t'));
		strbuf_rtrim(&trailer);
		if (trailer.len && !has_trailer(list, trailer.buf))
			strvec_push(list, trailer.buf);
		strbuf_release(&trailer);
	}
}

static bool is_change_id(const char *trailer)
{
	return !strncasecmp(trailer, "Change-Id:", strlen("Change-Id:"));
}

size_t trailers_change_ids(const struct strvec *list)
{
	size_t nr = 0;

	for (size_t i = 0; i < list->nr; i++)
		nr += is_change_id(list->v[i]);
	return nr;
}

void trailers_keep_change_id(struct strvec *list, bool last)
{
	size_t nr = trailers_change_ids(list);
	size_t kept = last ? nr : 1, seen = 0;

	for (size_t i = 0; i < list->nr;) {
		if (is_change_id(list->v[i]) && ++seen != kept)
			strvec_remove(list, i);
		else
			i++;
	}
}

void trailers_add(struct strbuf *message, const struct strvec *list)
{
	struct strvec had = STRVEC_INIT;
	size_t at;
	bool first = true;

	strbuf_complete_line(message);
	at = trailers_find(message->buf, message->len);
	if (at < message->len) {
		trailers_collect(&had, message->buf + at, message->len - at);
		strbuf_rtrim(message);
		strbuf_addch(message, '\n');
		first = false;
	}
	for (size_t i = 0; i < list->nr; i++) {
		if (has_trailer(&had, list->v[i]))
			continue;
		if (first)
			strbuf_addch(message, '\n');
		first = false;
		strbuf_addf(message, "%s\n", list->v[i]);
	}
	strvec_clear(&had);
}
