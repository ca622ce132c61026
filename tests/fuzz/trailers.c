/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "history/trailers.h"

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* The trailers of a message, to its end. */
static size_t collect(struct strvec *list, const struct strbuf *message)
{
	size_t at = trailers_find(message->buf, message->len);

	check(at <= message->len);
	trailers_collect(list, message->buf + at, message->len - at);
	return at;
}

static bool is_blank(const struct strbuf *text)
{
	for (size_t i = 0; i < text->len; i++)
		if (!isspace((unsigned char)text->buf[i]))
			return false;
	return true;
}

/* Written line by line they are read as the same. */
static void check_round_trip(const struct strvec *list)
{
	struct strbuf text = STRBUF_INIT;
	struct strvec again = STRVEC_INIT;

	for (size_t i = 0; i < list->nr; i++)
		strbuf_addf(&text, "%s\n", list->v[i]);
	trailers_collect(&again, text.buf, text.len);
	check(again.nr == list->nr);
	for (size_t i = 0; i < list->nr; i++)
		check(!strcmp(again.v[i], list->v[i]));
	strbuf_release(&text);
	strvec_clear(&again);
}

/* One of several Change-Ids is left, and all that is none. */
static void check_change_ids(struct strvec *list, bool last)
{
	size_t nr = trailers_change_ids(list), others = list->nr - nr;

	trailers_keep_change_id(list, last);
	check(trailers_change_ids(list) == (nr > 0));
	check(list->nr == others + (nr > 0));
}

/*
 * What is added is found again, once; what was there stays where it was. A
 * message that is blank has no body for trailers to follow.
 */
static void check_addition(struct strbuf *message, const struct strvec *list)
{
	struct strbuf before = STRBUF_INIT, once = STRBUF_INIT;
	struct strvec had = STRVEC_INIT, has = STRVEC_INIT;
	bool blank = is_blank(message);

	strbuf_addbuf(&before, message);
	strbuf_rtrim(&before);
	collect(&had, message);
	trailers_add(message, list);
	check(message->len >= before.len);
	check(!memcmp(message->buf, before.buf, before.len));
	collect(&has, message);
	for (size_t i = 0; !blank && i < had.nr; i++)
		check(i < has.nr && !strcmp(had.v[i], has.v[i]));
	for (size_t i = had.nr; !blank && i < has.nr; i++)
		check(strvec_contains(list, has.v[i]));
	strbuf_addbuf(&once, message);
	trailers_add(message, list);
	check(blank || (once.len == message->len &&
			!memcmp(once.buf, message->buf, once.len)));
	strbuf_release(&before);
	strbuf_release(&once);
	strvec_clear(&had);
	strvec_clear(&has);
}

/* Two messages, with a NUL between them: the trailers of the second are added
 * to the first. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf message = STRBUF_INIT, other = STRBUF_INIT;
	struct strvec list = STRVEC_INIT;
	const char *text = (const char *)data;
	size_t len = strnlen(text, size);

	strbuf_add(&message, text, len);
	if (len < size)
		strbuf_add(&other, text + len + 1,
			   strnlen(text + len + 1, size - len - 1));
	collect(&list, &other);
	check_round_trip(&list);
	check_addition(&message, &list);
	check_change_ids(&list, size & 1);
	strbuf_release(&message);
	strbuf_release(&other);
	strvec_clear(&list);
	return 0;
}
