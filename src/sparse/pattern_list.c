/* SPDX-License-Identifier: MIT */
#include "sparse/pattern_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/path.h"

/* Without the blanks at the end of a line, but for those behind `\`. */
static size_t trimmed_len(const char *line, size_t len)
{
	size_t end = 0;

	for (size_t i = 0; i < len; i++) {
		if (line[i] == ' ')
			continue;
		if (line[i] == '\\' && i + 1 < len)
			i++;
		end = i + 1;
	}
	return end;
}

static size_t literal_len(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && !strchr("*?[\\", text[i]))
		i++;
	return i;
}

static void add_pattern(struct pattern_list *list, const char *text,
			size_t len, unsigned line)
{
	unsigned flags = list->ignore_case ? WILDMATCH_CASEFOLD : 0;
	struct pattern *pattern;

	ALLOC_GROW(list->pattern, list->nr + 1, list->alloc);
	pattern = &list->pattern[list->nr++];
	*pattern = (struct pattern){ .line = line };
	if (len && *text == '!') {
		pattern->is_negative = true;
		text++;
		len--;
	}
	if (len && text[len - 1] == '/') {
		pattern->must_be_dir = true;
		len--;
	}
	pattern->is_basename = !memchr(text, '/', len);
	if (len && *text == '/') {
		text++;
		len--;
	}
	if (!pattern->is_basename)
		flags |= WILDMATCH_PATHNAME;
	pattern->wild = wildmatch_compile(text, len, literal_len(text, len),
					  flags);
}

void pattern_list_parse(struct pattern_list *out, const char *text, size_t len,
			bool ignore_case)
{
	static const char bom[] = "\xef\xbb\xbf";
	const char *end = text + len;
	unsigned line = 0;

	memset(out, 0, sizeof(*out));
	out->ignore_case = ignore_case;
	if (len >= strlen(bom) && !memcmp(text, bom, strlen(bom)))
		text += strlen(bom);
	while (text < end) {
		const char *lf = memchr(text, '\n', (size_t)(end - text));
		const char *next = lf ? lf + 1 : end, *nul;
		size_t n = (size_t)((lf ? lf : end) - text);

		line++;
		if (n && *text != '#') {
			if (text[n - 1] == '\r')
				n--;
			if ((nul = memchr(text, '\0', n)))
				n = (size_t)(nul - text);
			add_pattern(out, text, trimmed_len(text, n), line);
		}
		text = next;
	}
}

void pattern_list_add(struct pattern_list *list, const char *line, size_t len)
{
	add_pattern(list, line, len, 0);
}

void pattern_list_release(struct pattern_list *list)
{
	for (size_t i = 0; i < list->nr; i++)
		wildmatch_free(list->pattern[i].wild);
	free(list->pattern);
	memset(list, 0, sizeof(*list));
}

/* Enter the root. */
static void restart(struct pattern_matcher *matcher)
{
	ALLOC_GROW(matcher->level, 1, matcher->alloc);
	matcher->level[0] = (struct pattern_level){
		.state = pattern_dfa_start(&matcher->paths),
	};
	matcher->generation = matcher->paths.generation;
	matcher->nr = 1;
}

void pattern_matcher_init(struct pattern_matcher *matcher,
			  const struct pattern_list *list)
{
	memset(matcher, 0, sizeof(*matcher));
	strbuf_init(&matcher->dir, 0);
	matcher->list = list;
	pattern_dfa_init(&matcher->paths, list, false);
	pattern_dfa_init(&matcher->names, list, true);
	restart(matcher);
}

void pattern_matcher_release(struct pattern_matcher *matcher)
{
	pattern_dfa_release(&matcher->paths);
	pattern_dfa_release(&matcher->names);
	free(matcher->level);
	if (matcher->dir.buf)
		strbuf_release(&matcher->dir);
	memset(matcher, 0, sizeof(*matcher));
}

/*
 * Is what is called `name` in, in a directory that is in or not? `state` is
 * that of `paths` behind its path.
 */
static bool decide(struct pattern_matcher *matcher, uint32_t state,
		   const char *name, size_t len, bool is_dir, bool above)
{
	struct pattern_dfa *names = &matcher->names;
	uint32_t by_path = pattern_dfa_last(&matcher->paths, state, is_dir);
	uint32_t by_name = pattern_dfa_last(
		names, pattern_dfa_run(names, pattern_dfa_start(names), name,
				       len), is_dir);
	uint32_t last = by_path > by_name ? by_path : by_name;

	return last ? !matcher->list->pattern[last - 1].is_negative : above;
}

/* Enter the directory path[0..len), its slash not counted. */
static void push_level(struct pattern_matcher *matcher, const char *path,
		       size_t len)
{
	struct pattern_level above = matcher->level[matcher->nr - 1];
	const char *name = path + above.path_len;
	size_t name_len = len - above.path_len;
	uint32_t state = pattern_dfa_run(&matcher->paths, above.state, name,
					 name_len);
	bool is_in = decide(matcher, state, name, name_len, true, above.is_in);

	strbuf_setlen(&matcher->dir, above.path_len);
	strbuf_add(&matcher->dir, name, name_len);
	strbuf_addch(&matcher->dir, '/');
	ALLOC_GROW(matcher->level, matcher->nr + 1, matcher->alloc);
	matcher->level[matcher->nr++] = (struct pattern_level){
		.path_len = len + 1,
		.state = pattern_dfa_run(&matcher->paths, state, "/", 1),
		.is_in = is_in,
	};
}

/* Leave the levels that `path` is not below, enter those that it is. */
static const struct pattern_level *find_level(struct pattern_matcher *matcher,
					      const char *path, size_t len)
{
	const char *end = path + len, *slash;

	if (matcher->generation != matcher->paths.generation)
		restart(matcher);
	while (matcher->nr > 1) {
		size_t dir_len = matcher->level[matcher->nr - 1].path_len;

		if (dir_len < len && !memcmp(path, matcher->dir.buf, dir_len))
			break;
		matcher->nr--;
	}
	for (;;) {
		size_t at = matcher->level[matcher->nr - 1].path_len;

		slash = memchr(path + at, '/', (size_t)(end - path) - at);
		if (!slash)
			return &matcher->level[matcher->nr - 1];
		push_level(matcher, path, (size_t)(slash - path));
	}
}

bool pattern_matcher_path(struct pattern_matcher *matcher, const char *path,
			  size_t len, bool is_dir)
{
	const struct pattern_level *level = find_level(matcher, path, len);
	const char *name = path + level->path_len;
	size_t name_len = len - level->path_len;
	uint32_t state = pattern_dfa_run(&matcher->paths, level->state, name,
					 name_len);

	return decide(matcher, state, name, name_len, is_dir, level->is_in);
}

static bool matches(const struct pattern *pattern, const char *path,
		    size_t len, bool is_dir)
{
	size_t from = pattern->is_basename ? path_dir_len(path, len) : 0;

	if (pattern->must_be_dir && !is_dir)
		return false;
	from += !!from;
	return wildmatch_match(pattern->wild, path + from, len - from);
}

const struct pattern *pattern_list_decider(const struct pattern_list *list,
					   const char *path, size_t len,
					   bool is_dir)
{
	for (; len; len = path_dir_len(path, len), is_dir = true)
		for (size_t i = list->nr; i--;)
			if (matches(&list->pattern[i], path, len, is_dir))
				return &list->pattern[i];
	return NULL;
}
