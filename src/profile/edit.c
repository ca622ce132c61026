/* SPDX-License-Identifier: MIT */
/*
 * The text is taken apart as inih does it: comments, sections, keys, and
 * indented lines that go on with the key above, also behind comments.
 */
#include "profile/edit.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/quote.h"

enum kind { BLANK, COMMENT, HEADER, KEY, CONTINUED };

struct line {
	const char *text;
	size_t len; /* without its end */
	enum kind kind;
	char key[16];      /* of a key, or of the one that goes on */
	const char *value; /* of either, up to text + len */
};

struct editing {
	const struct profile_edit *edit;
	struct strbuf *out;
	struct line *line;
	size_t nr, alloc;
	size_t first, end;  /* lines of the section, its header first */
	const char *eol;
	const char *list;   /* the key that the items belong to */
	bool *done;         /* of the items */
	bool list_begun;
};

static void classify(struct line *line, const char *start,
		     const struct line *above, bool may_continue)
{
	const char *end = line->text + line->len, *s = start, *stop;
	size_t len;

	while (s < end && isspace((unsigned char)*s))
		s++;
	line->value = s;
	if (s == end) {
		line->kind = BLANK;
	} else if (*s == ';' || *s == '#') {
		line->kind = COMMENT;
	} else if (s > start && may_continue) {
		line->kind = CONTINUED;
	} else if (*s == '[') {
		line->kind = HEADER;
	} else {
		line->kind = KEY;
		for (stop = s; stop < end && *stop != '=' && *stop != ':';)
			stop++;
		line->value = stop + (stop < end);
		while (line->value < end &&
		       isspace((unsigned char)*line->value))
			line->value++;
		while (stop > s && isspace((unsigned char)stop[-1]))
			stop--;
		len = (size_t)(stop - s);
		if (len < sizeof(line->key))
			memcpy(line->key, s, len);
		return;
	}
	if (above && line->kind != HEADER)
		memcpy(line->key, above->key, sizeof(line->key));
}

static void split(struct editing *ed, const char *text, size_t len)
{
	const char *end = text + len;
	bool has_key = false;

	while (text < end) {
		const char *lf = memchr(text, '\n', (size_t)(end - text));
		const char *start = text;
		struct line *line;

		ALLOC_GROW(ed->line, ed->nr + 1, ed->alloc);
		line = &ed->line[ed->nr++];
		*line = (struct line){ .text = text };
		line->len = (size_t)((lf ? lf : end) - text);
		if (line->len && text[line->len - 1] == '\r') {
			line->len--;
			if (ed->nr == 1)
				ed->eol = "\r\n";
		}
		if (ed->nr == 1 && line->len >= 3 &&
		    !memcmp(text, "\xef\xbb\xbf", 3))
			start += 3;
		classify(line, start, ed->nr > 1 ? line - 1 : NULL, has_key);
		if (line->kind == HEADER || line->kind == KEY)
			has_key = line->kind == KEY;
		text = lf ? lf + 1 : end;
	}
}

static void add_line(struct editing *ed, const char *text, size_t len)
{
	strbuf_add(ed->out, text, len);
	strbuf_addstr(ed->out, ed->eol);
}

static void copy(struct editing *ed, const struct line *line)
{
	add_line(ed, line->text, line->len);
}

/* Would it read back as it is, without quotes? */
static bool is_plain(const char *item, bool is_dir)
{
	struct strbuf text = STRBUF_INIT;
	size_t len = strlen(item);
	bool plain;

	quote_c(&text, item, len, false);
	plain = len && (text.len == len || !is_dir) &&
		!strchr(" ;#\"", *item) && item[len - 1] != ' ' &&
		!strstr(item, " ;") && !strchr(item, '=') &&
		!(is_dir && strpbrk(item, "*?["));
	for (const char *c = item; *c; c++)
		plain &= (unsigned char)*c >= 0x20 && *c != 0x7f;
	strbuf_release(&text);
	return plain;
}

/* inih sees a comment in ` ;` also between quotes: there it is \073. */
static void add_item(struct strbuf *out, const char *item, bool is_dir)
{
	struct strbuf text = STRBUF_INIT;

	if (is_plain(item, is_dir)) {
		strbuf_addstr(out, item);
		return;
	}
	quote_c(&text, item, strlen(item), false);
	if (text.buf[0] != '"' || *item == '"') {
		strbuf_reset(&text);
		strbuf_addf(&text, "\"%s\"", item);
	}
	for (const char *c = text.buf; *c; c++) {
		if (*c == ';')
			strbuf_addstr(out, "\\073");
		else
			strbuf_addch(out, *c);
	}
	strbuf_release(&text);
}

static void add_value(struct editing *ed, const char *value, size_t len)
{
	if (ed->list_begun)
		strbuf_addf(ed->out, "%11s", "");
	else
		strbuf_addf(ed->out, "%-8s = ", ed->list);
	ed->list_begun = true;
	add_line(ed, value, len);
}

static void add_new_item(struct editing *ed, size_t i)
{
	struct strbuf text = STRBUF_INIT;

	add_item(&text, ed->edit->items->v[i], !ed->edit->patterns);
	add_value(ed, text.buf, text.len);
	ed->done[i] = true;
	strbuf_release(&text);
}

static size_t count(const struct strvec *list)
{
	return list ? list->nr : 0;
}

/* What is not there yet; a profile of nothing says so. */
static void add_rest(struct editing *ed)
{
	for (size_t i = 0; i < ed->edit->items->nr; i++)
		if (!ed->done[i])
			add_new_item(ed, i);
	if (!ed->list_begun && !count(ed->edit->inherit))
		add_value(ed, "", 0);
}

/* The other lists are written anew: they hardly ever change. */
static void add_list(struct editing *ed, const char *key,
		     const struct strvec *list)
{
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < count(list); i++) {
		if (i)
			strbuf_addf(&text, "%11s", "");
		else
			strbuf_addf(&text, "%-8s = ", key);
		add_item(&text, list->v[i], true);
		add_line(ed, text.buf, text.len);
		strbuf_reset(&text);
	}
	strbuf_release(&text);
}

static void add_title(struct editing *ed)
{
	strbuf_addf(ed->out, "%-8s = %s%s", "title", ed->edit->title, ed->eol);
}

static void add_mode(struct editing *ed)
{
	strbuf_addf(ed->out, "%-8s = patterns%s", "mode", ed->eol);
}

/* The item in line `nr` of the old list that is wanted, or -1. */
static ptrdiff_t item_at(const struct editing *ed, size_t nr)
{
	const struct pare_profile *old = ed->edit->old;
	const struct strvec *list = ed->edit->patterns ? &old->patterns :
							 &old->dirs;
	const unsigned *line = ed->edit->patterns ? old->pattern_line :
						    old->dir_line;

	for (size_t i = 0; i < list->nr; i++) {
		if (line[i] != nr)
			continue;
		for (size_t j = 0; j < ed->edit->items->nr; j++)
			if (!strcmp(list->v[i], ed->edit->items->v[j]))
				return (ptrdiff_t)j;
	}
	return -1;
}

/* The order of patterns is their meaning: is the old one that of the items? */
static bool keeps_order(const struct editing *ed)
{
	ptrdiff_t last = -1;

	for (size_t i = ed->first; i < ed->end && ed->edit->patterns; i++) {
		ptrdiff_t item = item_at(ed, i + 1);

		if (item < 0)
			continue;
		/* All before it must be there already. */
		if (item != last + 1)
			return false;
		last = item;
	}
	return true;
}

static void edit_list_line(struct editing *ed, size_t i)
{
	const struct line *line = &ed->line[i];
	size_t value_len = (size_t)(line->text + line->len - line->value);
	ptrdiff_t item = item_at(ed, i + 1);

	if (!value_len && line->kind == KEY) {
		copy(ed, line);
		ed->list_begun = true;
	} else if (item >= 0 && !ed->done[item]) {
		ed->done[item] = true;
		if (line->kind == KEY || ed->list_begun)
			copy(ed, line);
		else
			add_value(ed, line->value, value_len);
		ed->list_begun = true;
	}
}

static void edit_line(struct editing *ed, size_t i, bool keep_items)
{
	const struct line *line = &ed->line[i];

	if (line->kind != KEY && line->kind != CONTINUED)
		copy(ed, line);
	else if (!strcmp(line->key, ed->list) && keep_items)
		edit_list_line(ed, i);
	else if (!strcmp(line->key, "title") && ed->edit->title)
		add_title(ed);
	else if (!strcmp(line->key, "title"))
		copy(ed, line);
	else if (!strcmp(line->key, "mode") && ed->edit->patterns)
		add_mode(ed);
}

static bool has_key(const struct editing *ed, const char *key)
{
	for (size_t i = ed->first; i < ed->end; i++)
		if (ed->line[i].kind == KEY && !strcmp(ed->line[i].key, key))
			return true;
	return false;
}

/* The line behind which the items that are new belong. */
static size_t last_of_list(const struct editing *ed)
{
	size_t list = 0, other = ed->first;

	for (size_t i = ed->first; i < ed->end; i++) {
		if (ed->line[i].kind != KEY && ed->line[i].kind != CONTINUED)
			continue;
		other = i;
		if (!strcmp(ed->line[i].key, ed->list))
			list = i;
	}
	return list ? list : other;
}

static void edit_section(struct editing *ed)
{
	bool keep_items = keeps_order(ed);
	size_t last = last_of_list(ed);

	for (size_t i = ed->first; i < ed->end; i++) {
		edit_line(ed, i, keep_items);
		if (i == ed->first && ed->edit->title && !has_key(ed, "title"))
			add_title(ed);
		if (i == ed->first && ed->edit->patterns &&
		    !has_key(ed, "mode"))
			add_mode(ed);
		if (i == ed->first)
			add_list(ed, "inherit", ed->edit->inherit);
		if (i == last) {
			add_rest(ed);
			add_list(ed, "exclude", ed->edit->exclude);
		}
	}
}

static void add_section(struct editing *ed)
{
	if (ed->nr && ed->line[ed->nr - 1].kind != BLANK)
		strbuf_addstr(ed->out, ed->eol);
	strbuf_addf(ed->out, "[profile \"%s\"]%s", ed->edit->name, ed->eol);
	if (ed->edit->title)
		add_title(ed);
	if (ed->edit->patterns)
		add_mode(ed);
	add_list(ed, "inherit", ed->edit->inherit);
	add_rest(ed);
	add_list(ed, "exclude", ed->edit->exclude);
}

static void find_section(struct editing *ed)
{
	ed->first = ed->end = ed->nr;
	if (!ed->edit->old)
		return;
	ed->first = ed->edit->old->origin.line - 1;
	ed->end = ed->first + 1;
	while (ed->end < ed->nr && ed->line[ed->end].kind != HEADER)
		ed->end++;
}

void profile_edit_text(struct strbuf *out, const struct profile_edit *edit,
		       const char *text, size_t len)
{
	struct editing ed = { .edit = edit, .out = out, .eol = "\n" };
	const char *end = text + len;

	ed.list = edit->patterns ? "patterns" : "dirs";
	ed.done = xcalloc(edit->items->nr + 1, sizeof(*ed.done));
	split(&ed, text, len);
	find_section(&ed);
	if (!edit->old) {
		strbuf_add(out, text, len);
		if (len && end[-1] != '\n')
			strbuf_addstr(out, ed.eol);
		add_section(&ed);
	} else {
		const char *behind =
			ed.end < ed.nr ? ed.line[ed.end].text : end;

		strbuf_add(out, text, (size_t)(ed.line[ed.first].text - text));
		edit_section(&ed);
		strbuf_add(out, behind, (size_t)(end - behind));
	}
	free(ed.line);
	free(ed.done);
}
