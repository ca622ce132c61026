/* SPDX-License-Identifier: MIT */
#include "profile/values.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/path.h"
#include "base/quote.h"
#include "base/strbuf.h"

void profile_take_dir(struct parser *ps, struct strvec *dirs, const char *value)
{
	struct strbuf raw = STRBUF_INIT, dir = STRBUF_INIT;
	const char *end = "";

	if (*value == '"' ? unquote_c(&raw, value, &end) < 0 || *end : false)
		profile_fault(ps, "a quoted name that does not end well: %s",
		      quoted(value));
	else if (*value == '/')
		profile_fault(ps,
			      "'%s' begins with a slash; directories are named "
			      "from the root of the repository",
			      quoted(value));
	else if (*value != '"' && strpbrk(value, "*?[\\"))
		profile_fault(ps, "'%s' is a pattern; only directories can be "
			      "named", quoted(value));
	else if (path_normalize(&dir, *value == '"' ? raw.buf : value) < 0 ||
		 strlen(raw.buf) != raw.len || !path_is_safe(dir.buf, dir.len))
		profile_fault(ps, "'%s' is no directory of the repository",
		      quoted(value));
	else
		strvec_push(dirs, dir.buf);
	strbuf_release(&raw);
	strbuf_release(&dir);
}

void profile_note_lines(struct parser *ps, unsigned **line,
			const struct strvec *list, size_t before)
{
	if (list->nr == before)
		return;
	*line = xreallocarray(*line, list->nr, sizeof(**line));
	for (size_t i = before; i < list->nr; i++)
		(*line)[i] = ps->line;
}

void profile_take_mode(struct parser *ps, const char *value)
{
	if (strcmp(value, "cone") && strcmp(value, "patterns"))
		profile_fault(ps, "'%s' is none of cone, patterns",
			      quoted(value));
	else
		ps->profile->is_patterns = *value == 'p';
}

void profile_take_pattern(struct parser *ps, const char *value)
{
	struct strbuf raw = STRBUF_INIT;
	const char *end = "";

	if (*value != '"')
		strbuf_addstr(&raw, value);
	if (*value == '"' && (unquote_c(&raw, value, &end) < 0 || *end))
		profile_fault(ps, "a quoted pattern that does not end well: %s",
			      quoted(value));
	else if (!raw.len || strlen(raw.buf) != raw.len ||
		 strchr(raw.buf, '\n'))
		profile_fault(ps, "%s is no pattern", quoted(value));
	else
		strvec_push(&ps->profile->patterns, raw.buf);
	strbuf_release(&raw);
}

void profile_take_words(struct strvec *words, const char *value)
{
	while (*value) {
		size_t len = strcspn(value, " \t");

		if (len)
			strvec_pushn(words, value, len);
		value += len + strspn(value + len, " \t");
	}
}

void profile_take_bool(struct parser *ps, int *out, const char *value)
{
	if (!strcmp(value, "true") || !strcmp(value, "false"))
		*out = *value == 't';
	else
		profile_fault(ps, "'%s' is neither true nor false",
			      quoted(value));
}

void profile_take_days(struct parser *ps, int *out, const char *value)
{
	char *end;
	long days = strtol(value, &end, 10);

	if (end == value || *end || days < 0 || days > 36500)
		profile_fault(ps, "'%s' is not a number of days",
			      quoted(value));
	else if (!days && ps->layer == PARE_LAYER_TRACKED)
		profile_fault(ps, "a repository may not ask for files to be "
			      "deleted at once");
	else
		*out = (int)days;
}

void profile_take_one_of(struct parser *ps, const char **out,
			 const char *value, const char *const *words)
{
	struct strbuf all = STRBUF_INIT;

	for (size_t i = 0; words[i]; i++) {
		if (!strcmp(value, words[i])) {
			*out = words[i];
			strbuf_release(&all);
			return;
		}
		strbuf_addf(&all, "%s%s", i ? ", " : "", words[i]);
	}
	profile_fault(ps, "'%s' is none of %s", quoted(value), all.buf);
	strbuf_release(&all);
}
