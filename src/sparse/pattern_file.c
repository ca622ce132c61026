/* SPDX-License-Identifier: MIT */
#include "sparse/pattern_file.h"

#include <string.h>

#include "base/error.h"

/* A line as git takes it apart: `!` in front, `/` behind. */
struct pattern {
	const char *text;
	size_t len;
	bool negative, dir_only;
};

static bool is_special(char c)
{
	return c == '*' || c == '?' || c == '[' || c == '\\';
}

static int warn(struct pattern_file *file, const char *what,
		const struct pattern *p, const char *rest)
{
	strvec_pushf(&file->warnings, "%s '%.*s'%s", what, (int)p->len,
		     p->text, rest);
	return -1;
}

/* Are all globs escaped, but for a last component `*`? */
static bool is_literal(const struct pattern *p)
{
	for (size_t i = 1; i < p->len; i++) {
		char prev = p->text[i - 1];
		char next = i + 1 < p->len ? p->text[i + 1] : '\0';

		if (!is_special(p->text[i]) || prev == '\\')
			continue;
		if (p->text[i] == '\\' && is_special(next))
			continue;
		if (p->text[i] == '*' && prev == '/' && !next)
			continue;
		return false;
	}
	return true;
}

static bool is_text(const struct pattern *p, const char *text)
{
	return p->len == strlen(text) && !memcmp(p->text, text, p->len);
}

/* The directory of a pattern "/a\*b": no slash in front, nothing escaped. */
static void unescape(struct strbuf *dir, const struct pattern *p, size_t len)
{
	strbuf_reset(dir);
	for (size_t i = 1; i < len; i++) {
		if (p->text[i] == '\\' && i + 1 < len)
			i++;
		strbuf_addch(dir, p->text[i]);
	}
}

static int add_negative(struct pattern_file *file, const struct pattern *p,
			struct strbuf *dir)
{
	static const char what[] = "unrecognized negative pattern:";

	unescape(dir, p, p->len - 2);
	if (cone_get(&file->cone, dir->buf, dir->len) != CONE_IN)
		return warn(file, what, p, "");
	cone_put(&file->cone, dir->buf, dir->len, CONE_PARENT);
	return 0;
}

/* Take a pattern into the cone; -1 with a warning when it is none of a cone. */
static int add_pattern(struct pattern_file *file, const struct pattern *p,
		       struct strbuf *dir)
{
	static const char what[] = "unrecognized pattern:";
	bool below;

	if (p->negative && p->dir_only && is_text(p, "/*")) {
		file->cone.full = false;
		return 0;
	}
	if (!p->negative && !p->dir_only && is_text(p, "/*")) {
		file->cone.full = true;
		return 0;
	}
	if (p->len < 2 || p->text[0] != '/' ||
	    memmem(p->text, p->len, "**", 2) ||
	    (!p->dir_only && !is_text(p, "/*")) || !is_literal(p))
		return warn(file, what, p, "");

	below = p->len > 2 && !memcmp(p->text + p->len - 2, "/*", 2);
	if (below && !p->negative)
		return warn(file, what, p, "");
	if (below)
		return add_negative(file, p, dir);
	if (p->negative)
		return warn(file, "unrecognized negative pattern:", p, "");

	unescape(dir, p, p->len);
	if (cone_get(&file->cone, dir->buf, dir->len) == CONE_PARENT)
		return warn(file, "your sparse-checkout file may have issues: "
			    "pattern", p, " is repeated");
	cone_put(&file->cone, dir->buf, dir->len, CONE_IN);
	return 0;
}

/* Blanks at the end go, unless the first of them is escaped. */
static size_t trim_blanks(const char *line, size_t len)
{
	size_t end = 0;

	for (size_t i = 0; i < len; i++) {
		if (line[i] == '\\' && i + 1 < len)
			end = ++i + 1;
		else if (line[i] != ' ')
			end = i + 1;
	}
	return end;
}

static void add_line(struct pattern_file *file, const char *line, size_t len,
		     bool *try_cone)
{
	struct strbuf dir = STRBUF_INIT;
	struct pattern p;

	len = trim_blanks(line, len);
	strvec_pushn(&file->lines, line, len);
	p = (struct pattern){ .text = line, .len = len };
	if (p.len && p.text[0] == '!') {
		p.negative = true;
		p.text++;
		p.len--;
	}
	if (p.len && p.text[p.len - 1] == '/') {
		p.dir_only = true;
		p.len--;
	}
	if (*try_cone && add_pattern(file, &p, &dir) < 0) {
		strvec_push(&file->warnings, "disabling cone pattern matching");
		*try_cone = false;
	}
	strbuf_release(&dir);
}

void pattern_file_parse(struct pattern_file *out, const char *text, size_t len,
			bool want_cone, bool ignore_case)
{
	const char *p = text, *end = text + len;

	out->cone.ignore_case = ignore_case;
	if (len >= 3 && !memcmp(p, "\xef\xbb\xbf", 3))
		p += 3;
	out->is_cone = want_cone;
	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		const char *stop = lf ? lf : end;
		size_t line_len = (size_t)(stop - p);

		/* An empty line is skipped before its CR is cut off. */
		if (line_len && *p != '#') {
			if (lf && p[line_len - 1] == '\r')
				line_len--;
			/* For git a line ends where its string does. */
			line_len = strnlen(p, line_len);
			add_line(out, p, line_len, &out->is_cone);
		}
		p = lf ? lf + 1 : end;
	}
}

int pattern_file_read(struct pattern_file *out, const char *path,
		      bool want_cone, bool ignore_case)
{
	int error = strbuf_read_file(&out->text, path,
				     PATTERN_FILE_BYTES_MAX);

	out->exists = true;
	if (error == GIT_ENOTFOUND) {
		error_clear();
		out->exists = false;
	} else if (error < 0) {
		return error;
	}
	pattern_file_parse(out, out->text.buf, out->text.len, want_cone,
			   ignore_case);
	return 0;
}

void pattern_file_release(struct pattern_file *file)
{
	cone_release(&file->cone);
	strvec_clear(&file->lines);
	strvec_clear(&file->warnings);
	strbuf_release(&file->text);
}

static void add_dir(struct strbuf *out, const char *dir)
{
	strbuf_addch(out, '/');
	while (*dir) {
		size_t plain = strcspn(dir, "*?[\\");

		strbuf_add(out, dir, plain);
		dir += plain;
		if (*dir) {
			strbuf_addch(out, '\\');
			strbuf_addch(out, *dir++);
		}
	}
}

void pattern_file_format(struct strbuf *out, const struct cone *cone)
{
	struct strvec dirs = STRVEC_INIT;

	strbuf_addstr(out, "/*\n!/*/\n");
	cone_list(cone, CONE_PARENT, &dirs);
	for (size_t i = 0; i < dirs.nr; i++) {
		add_dir(out, dirs.v[i]);
		strbuf_addstr(out, "/\n!");
		add_dir(out, dirs.v[i]);
		strbuf_addstr(out, "/*/\n");
	}
	strvec_clear(&dirs);
	cone_list(cone, CONE_IN, &dirs);
	for (size_t i = 0; i < dirs.nr; i++) {
		add_dir(out, dirs.v[i]);
		strbuf_addstr(out, "/\n");
	}
	strvec_clear(&dirs);
}
