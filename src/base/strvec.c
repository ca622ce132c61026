/* SPDX-License-Identifier: MIT */
#include "base/strvec.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"

const char *strvec_empty[] = { NULL };

void strvec_init(struct strvec *sv)
{
	*sv = (struct strvec)STRVEC_INIT;
}

void strvec_clear(struct strvec *sv)
{
	if (sv->alloc) {
		for (size_t i = 0; i < sv->nr; i++)
			free((char *)sv->v[i]);
		free(sv->v);
	}
	strvec_init(sv);
}

void strvec_push_nodup(struct strvec *sv, char *s)
{
	if (sv->nr + 2 > sv->alloc) {
		size_t alloc = alloc_grown(sv->alloc, sv->nr + 2);

		sv->v = xreallocarray(sv->alloc ? sv->v : NULL, alloc,
				      sizeof(*sv->v));
		sv->alloc = alloc;
	}
	sv->v[sv->nr++] = s;
	sv->v[sv->nr] = NULL;
}

const char *strvec_push(struct strvec *sv, const char *s)
{
	return strvec_pushn(sv, s, strlen(s));
}

const char *strvec_pushn(struct strvec *sv, const char *s, size_t len)
{
	strvec_push_nodup(sv, xstrndup(s, len));
	return sv->v[sv->nr - 1];
}

const char *strvec_pushf(struct strvec *sv, const char *fmt, ...)
{
	struct strbuf text = STRBUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	strvec_push_nodup(sv, strbuf_detach(&text, NULL));
	return sv->v[sv->nr - 1];
}

void strvec_pushl(struct strvec *sv, ...)
{
	const char *s;
	va_list ap;

	va_start(ap, sv);
	while ((s = va_arg(ap, const char *)))
		strvec_push(sv, s);
	va_end(ap);
}

void strvec_pushv(struct strvec *sv, const char *const *v)
{
	for (; *v; v++)
		strvec_push(sv, *v);
}

void strvec_push_all(struct strvec *sv, const struct strvec *other)
{
	for (size_t i = 0; i < other->nr; i++)
		strvec_push(sv, other->v[i]);
}

void strvec_remove(struct strvec *sv, size_t i)
{
	free((char *)sv->v[i]);
	memmove(sv->v + i, sv->v + i + 1, (sv->nr - i) * sizeof(*sv->v));
	sv->nr--;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void strvec_sort(struct strvec *sv)
{
	if (sv->nr > 1)
		qsort(sv->v, sv->nr, sizeof(*sv->v), compare);
}

void strvec_uniq(struct strvec *sv)
{
	size_t kept = 0;

	if (sv->nr < 2)
		return;
	for (size_t i = 1; i < sv->nr; i++) {
		if (strcmp(sv->v[kept], sv->v[i]))
			sv->v[++kept] = sv->v[i];
		else
			free((char *)sv->v[i]);
	}
	sv->nr = kept + 1;
	sv->v[sv->nr] = NULL;
}

bool strvec_contains(const struct strvec *sv, const char *s)
{
	for (size_t i = 0; i < sv->nr; i++)
		if (!strcmp(sv->v[i], s))
			return true;
	return false;
}

bool strvec_equal(const struct strvec *a, const struct strvec *b)
{
	bool same = a->nr == b->nr;

	for (size_t i = 0; i < a->nr && same; i++)
		same = !strcmp(a->v[i], b->v[i]);
	return same;
}

ptrdiff_t strvec_search(const struct strvec *sv, const char *s)
{
	size_t low = 0, high = sv->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(s, sv->v[middle]);

		if (!order)
			return (ptrdiff_t)middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return -1;
}

void strvec_split_lines(struct strvec *sv, const char *s)
{
	while (*s) {
		size_t len = strcspn(s, "\n");
		bool is_crlf = s[len] && len && s[len - 1] == '\r';

		strvec_pushn(sv, s, len - is_crlf);
		s += len + (s[len] != '\0');
	}
}

void strvec_split(struct strvec *sv, const char *s, char sep)
{
	while (*s) {
		const char *end = strchr(s, sep);
		size_t len = end ? (size_t)(end - s) : strlen(s);

		if (len)
			strvec_pushn(sv, s, len);
		s += len + (end != NULL);
	}
}
