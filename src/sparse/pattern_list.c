/* SPDX-License-Identifier: MIT */
#include "sparse/pattern_list.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/path.h"
#include "sparse/wildmatch.h"

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

static void compile_rest(struct pattern *pattern, bool ignore_case)
{
	unsigned flags = ignore_case ? WILDMATCH_CASEFOLD : 0;

	if (!pattern->is_basename)
		flags |= WILDMATCH_PATHNAME;
	if (pattern->literal_len < pattern->len && !pattern->is_suffix)
		pattern->rest = wildmatch_compile(
			pattern->text + pattern->literal_len,
			pattern->len - pattern->literal_len, flags);
}

static void add_pattern(struct pattern_list *list, const char *text,
			size_t len, unsigned line)
{
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
	pattern->text = xstrndup(text, len);
	pattern->len = len;
	pattern->literal_len = literal_len(text, len);
	pattern->is_suffix = pattern->is_basename && len && *text == '*' &&
			     literal_len(text + 1, len - 1) == len - 1;
	compile_rest(pattern, list->ignore_case);
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
	for (size_t i = 0; i < list->nr; i++) {
		free(list->pattern[i].text);
		wildmatch_free(list->pattern[i].rest);
	}
	free(list->pattern);
	memset(list, 0, sizeof(*list));
}

static bool same(const struct pattern_list *list, const char *a,
		 const char *b, size_t len)
{
	return !(list->ignore_case ? strncasecmp(a, b, len) :
				     memcmp(a, b, len));
}

/* A pattern without a slash: against the last component. */
static bool matches_name(const struct pattern_list *list,
			 const struct pattern *pattern, const char *name,
			 size_t len)
{
	if (pattern->is_suffix) {
		size_t suffix = pattern->len - 1;

		return len >= suffix && same(list, pattern->text + 1,
					     name + len - suffix, suffix);
	}
	if (len < pattern->literal_len ||
	    !same(list, pattern->text, name, pattern->literal_len))
		return false;
	if (!pattern->rest)
		return len == pattern->literal_len;
	return wildmatch_match(pattern->rest, name + pattern->literal_len,
			       len - pattern->literal_len);
}

static bool matches(const struct pattern_list *list,
		    const struct pattern *pattern, const char *path,
		    size_t len, bool is_dir)
{
	size_t dir_len;

	if (pattern->must_be_dir && !is_dir)
		return false;
	if (!pattern->is_basename)
		return matches_name(list, pattern, path, len);
	dir_len = path_dir_len(path, len);
	dir_len += !!dir_len;
	return matches_name(list, pattern, path + dir_len, len - dir_len);
}

static const struct pattern *
last_match(const struct pattern_matcher *matcher,
	   const struct pattern_level *level, const char *path, size_t len,
	   bool is_dir)
{
	const struct pattern_list *list = matcher->list;

	for (size_t i = level->nr; i--;) {
		uint32_t nr = matcher->candidate[level->first + i];
		const struct pattern *pattern = &list->pattern[nr];

		if (matches(list, pattern, path, len, is_dir))
			return pattern;
	}
	return NULL;
}

/* Can it match anything below the directory whose path, with slash, this is? */
static bool may_match_below(const struct pattern_list *list,
			    const struct pattern *pattern, const char *dir,
			    size_t len)
{
	size_t common = pattern->literal_len;

	if (pattern->is_basename)
		return true;
	if (common >= len)
		common = len;
	else if (!pattern->rest)
		return false;
	return same(list, pattern->text, dir, common);
}

void pattern_matcher_init(struct pattern_matcher *matcher,
			  const struct pattern_list *list)
{
	memset(matcher, 0, sizeof(*matcher));
	strbuf_init(&matcher->dir, 0);
	matcher->list = list;
	ALLOC_GROW(matcher->level, 1, matcher->alloc);
	matcher->level[0] = (struct pattern_level){ .nr = list->nr };
	matcher->nr = 1;
	ALLOC_GROW(matcher->candidate, list->nr, matcher->alloc_candidates);
	for (size_t i = 0; i < list->nr; i++)
		matcher->candidate[i] = (uint32_t)i;
}

void pattern_matcher_release(struct pattern_matcher *matcher)
{
	free(matcher->level);
	free(matcher->candidate);
	if (matcher->dir.buf)
		strbuf_release(&matcher->dir);
	memset(matcher, 0, sizeof(*matcher));
}

/* Enter the directory path[0..len), its slash not counted. */
static void push_level(struct pattern_matcher *matcher, const char *path,
		       size_t len)
{
	struct pattern_level above = matcher->level[matcher->nr - 1], *level;
	const struct pattern *decider = last_match(matcher, &above, path, len,
						   true);

	strbuf_setlen(&matcher->dir, above.path_len);
	strbuf_add(&matcher->dir, path + above.path_len,
		   len - above.path_len);
	strbuf_addch(&matcher->dir, '/');
	ALLOC_GROW(matcher->level, matcher->nr + 1, matcher->alloc);
	level = &matcher->level[matcher->nr++];
	*level = (struct pattern_level){
		.path_len = len + 1,
		.first = above.first + above.nr,
		.is_in = decider ? !decider->is_negative : above.is_in,
	};
	ALLOC_GROW(matcher->candidate, level->first + above.nr,
		   matcher->alloc_candidates);
	for (size_t i = 0; i < above.nr; i++) {
		uint32_t nr = matcher->candidate[above.first + i];

		if (may_match_below(matcher->list, &matcher->list->pattern[nr],
				    matcher->dir.buf, matcher->dir.len))
			matcher->candidate[level->first + level->nr++] = nr;
	}
}

/* Leave the levels that `path` is not below, enter those that it is. */
static struct pattern_level *find_level(struct pattern_matcher *matcher,
					const char *path, size_t len)
{
	const char *end = path + len, *slash;

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
	const struct pattern *decider = last_match(matcher, level, path, len,
						   is_dir);

	return decider ? !decider->is_negative : level->is_in;
}

const struct pattern *pattern_list_decider(const struct pattern_list *list,
					   const char *path, size_t len,
					   bool is_dir)
{
	for (; len; len = path_dir_len(path, len), is_dir = true)
		for (size_t i = list->nr; i--;)
			if (matches(list, &list->pattern[i], path, len,
				    is_dir))
				return &list->pattern[i];
	return NULL;
}
