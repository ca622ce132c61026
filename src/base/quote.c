/* SPDX-License-Identifier: MIT */
#include "base/quote.h"

#include "base/strbuf.h"

/* The letter after the backslash for a byte that has one, else 0. */
static char escape_letter(unsigned char c)
{
	static const char letter[] = "abtnvfr"; /* from \a, 7, to \r, 13 */

	if (c >= 7 && c <= 13)
		return letter[c - 7];
	return c == '"' || c == '\\' ? (char)c : 0;
}

/* U+0080 to U+009F in UTF-8, which terminals obey as ESC and a letter. */
static bool is_c1(const char *s, size_t left)
{
	return left > 1 && (unsigned char)s[0] == 0xc2 &&
	       (unsigned char)s[1] >= 0x80 && (unsigned char)s[1] < 0xa0;
}

/* How many bytes at `s` cannot stay as they are; 0: this one can. */
static size_t must_quote(const char *s, size_t left, bool quote_high)
{
	unsigned char c = (unsigned char)*s;

	if (is_c1(s, left))
		return 2;
	return c < 0x20 || c == 0x7f || c == '"' || c == '\\' ||
	       (quote_high && c >= 0x80);
}

static void quote_byte(struct strbuf *out, unsigned char c)
{
	if (escape_letter(c))
		strbuf_addf(out, "\\%c", escape_letter(c));
	else
		strbuf_addf(out, "\\%03o", c);
}

void quote_c(struct strbuf *out, const char *name, size_t len, bool quote_high)
{
	size_t i = 0, nr;

	while (i < len && !must_quote(name + i, len - i, quote_high))
		i++;
	if (i == len) {
		strbuf_add(out, name, len);
		return;
	}
	strbuf_addch(out, '"');
	strbuf_add(out, name, i);
	while (i < len) {
		nr = must_quote(name + i, len - i, quote_high);
		if (!nr)
			strbuf_addch(out, name[i++]);
		for (; nr; nr--)
			quote_byte(out, (unsigned char)name[i++]);
	}
	strbuf_addch(out, '"');
}

const char *quoted(const char *name)
{
	static _Thread_local struct strbuf buf[4] = {
		STRBUF_INIT, STRBUF_INIT, STRBUF_INIT, STRBUF_INIT
	};
	static _Thread_local unsigned turn;
	struct strbuf *out = &buf[turn++ & 3];

	strbuf_reset(out);
	quote_c(out, name, strlen(name), false);
	return out->buf;
}

static int octal(const char *s)
{
	int value = 0;

	for (int i = 0; i < 3; i++) {
		if (s[i] < '0' || s[i] > (i ? '7' : '3'))
			return -1;
		value = value * 8 + (s[i] - '0');
	}
	return value;
}

int unquote_c(struct strbuf *out, const char *s, const char **end)
{
	static const char letters[] = "abtnvfr";
	size_t start = out->len;

	if (*s++ != '"')
		return -1;
	for (; *s != '"'; s++) {
		const char *letter;

		if (!*s)
			goto bad;
		if (*s != '\\') {
			strbuf_addch(out, *s);
			continue;
		}
		s++;
		if (*s == '"' || *s == '\\') {
			strbuf_addch(out, *s);
		} else if (*s && (letter = strchr(letters, *s))) {
			strbuf_addch(out, (int)(7 + (letter - letters)));
		} else {
			int value = octal(s);

			if (value < 0)
				goto bad;
			strbuf_addch(out, value);
			s += 2;
		}
	}
	if (end)
		*end = s + 1;
	return 0;
bad:
	strbuf_setlen(out, start);
	return -1;
}

void quote_json(struct strbuf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		bool two = is_c1(text + i, len - i);

		i += two;
		if (two || text[i] == 0x7f)
			strbuf_addf(out, "\\u%04X", (unsigned char)text[i]);
		else
			strbuf_addch(out, text[i]);
	}
}

void quote_text(struct strbuf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f) {
			strbuf_addf(out, "^%c", c ^ 0x40);
		} else if (is_c1(text + i, len - i)) {
			strbuf_addf(out, "\\x%02x", (unsigned char)text[++i]);
		} else {
			strbuf_addch(out, c);
		}
	}
}

void quote_line(struct strbuf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (is_c1(text + i, len - i)) {
			strbuf_addf(out, "\\%03o\\%03o", c,
				    (unsigned char)text[i + 1]);
			i++;
		} else if ((c < 0x20 && c != '\t') || c == 0x7f) {
			strbuf_addf(out, "\\%03o", c);
		} else {
			strbuf_addch(out, c);
		}
	}
}

void quote_sh(struct strbuf *out, const char *s)
{
	strbuf_addch(out, '\'');
	for (; *s; s++) {
		if (*s == '\'' || *s == '!')
			strbuf_addf(out, "'\\%c'", *s);
		else
			strbuf_addch(out, *s);
	}
	strbuf_addch(out, '\'');
}
