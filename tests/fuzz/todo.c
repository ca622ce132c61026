/* SPDX-License-Identifier: MIT */
/* Plans: what is read and written again reads the same. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "history/todo.h"

/* Any word that begins with a hexadecimal digit names a commit. */
static int resolve(struct todo_commit *out, const char *rev, void *payload)
{
	const char *digit = strchr("0123456789abcdef", *rev);

	(void)payload;
	if (!digit)
		return GIT_ENOTFOUND;
	out->oid.hash[0] = (uint8_t)*digit;
	out->is_merge = rev[1] == 'm';
	return 0;
}

static const char *name(const struct oid *oid, void *payload)
{
	static char text[2];

	(void)payload;
	text[0] = (char)oid->hash[0];
	return text;
}

static int parse(struct todo_list *list, const void *text, size_t len)
{
	const struct todo_parse_options opts = { .resolve = resolve };
	struct strvec faults = STRVEC_INIT;
	int error = todo_parse(list, &faults, text, len, &opts);

	if (!error != !faults.nr)
		abort();
	strvec_clear(&faults);
	return error;
}

static void format(struct strbuf *out, const struct todo_list *list)
{
	const struct todo_format_options opts = { .name = name };

	todo_format(out, list, &opts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct todo_list once = TODO_LIST_INIT, twice = TODO_LIST_INIT;
	struct strbuf a = STRBUF_INIT, b = STRBUF_INIT;

	if (!parse(&once, data, size)) {
		format(&a, &once);
		if (parse(&twice, a.buf, a.len) < 0)
			abort();
		format(&b, &twice);
		if (a.len != b.len || memcmp(a.buf, b.buf, a.len))
			abort();
	}
	strbuf_release(&a);
	strbuf_release(&b);
	todo_list_release(&once);
	todo_list_release(&twice);
	return 0;
}
