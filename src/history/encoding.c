/* SPDX-License-Identifier: MIT */
#include "history/encoding.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

#include "base/alloc.h"

static bool is_utf8(const char *name)
{
	return !strcasecmp(name, "utf-8") || !strcasecmp(name, "utf8");
}

const char *commit_encoding(struct pare_repo *repo)
{
	const char *name = pare_repo_config_get(repo, "i18n.commitencoding");

	return name && *name && !is_utf8(name) ? name : NULL;
}

/* -1 when a byte has no place in the other encoding. */
static int convert(struct strbuf *out, const char *text, size_t len,
		   const char *to, const char *from)
{
	iconv_t cd = iconv_open(to, from);
	char *in = (char *)text;
	struct strbuf text_out = STRBUF_INIT;
	size_t done = 0;

	if (cd == (iconv_t)-1)
		return -1;
	for (;;) {
		char *p;
		size_t room;

		strbuf_grow(&text_out, len * 2 + 16);
		p = text_out.buf + text_out.len;
		room = text_out.alloc - text_out.len - 1;
		done = iconv(cd, &in, &len, &p, &room);
		strbuf_setlen(&text_out, (size_t)(p - text_out.buf));
		if (done != (size_t)-1 || errno != E2BIG)
			break;
	}
	if (done != (size_t)-1)
		strbuf_addbuf(out, &text_out);
	iconv_close(cd);
	strbuf_release(&text_out);
	return done == (size_t)-1 ? -1 : 0;
}

/* What cannot be converted is copied. */
static void text_as(struct strbuf *out, const char *text, size_t len,
		    const char *encoding, size_t encoding_len, const char *to)
{
	char *from = encoding ? xstrndup(encoding, encoding_len) :
				xstrdup("UTF-8");
	bool same = to ? !strcasecmp(from, to) : is_utf8(from);

	if (same || convert(out, text, len, to ? to : "UTF-8", from) < 0)
		strbuf_add(out, text, len);
	free(from);
}

void message_as(struct strbuf *out, const struct commit *commit,
		const char *to)
{
	text_as(out, commit->message, commit->message_len, commit->encoding,
		commit->encoding_len, to);
}

void reencode_text(struct strbuf *out, const char *text, size_t len,
		   const char *from, size_t from_len, struct pare_repo *repo)
{
	text_as(out, text, len, from, from_len, commit_encoding(repo));
}

void reencode_message(struct strbuf *out, const struct commit *commit,
		      struct pare_repo *repo)
{
	message_as(out, commit, commit_encoding(repo));
}

/* The length of the character at `s`, 0 when it is none that git takes. */
static size_t utf8_len(const unsigned char *s, size_t len)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = *s < 0x80 ? 1 : *s < 0xc0 ? 0 : *s < 0xe0 ? 2 :
		   *s < 0xf0 ? 3 : *s < 0xf8 ? 4 : 0;
	uint32_t c;

	if (n < 2 || n > len)
		return n > len ? 0 : n;
	c = *s & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ||
	    (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef))
		return 0;
	return n;
}

void mend_utf8(struct strbuf *text)
{
	struct strbuf out = STRBUF_INIT;
	size_t done = 0;

	for (size_t i = 0; i < text->len;) {
		const unsigned char *s = (unsigned char *)text->buf + i;
		size_t n = utf8_len(s, text->len - i);

		if (!n) {
			strbuf_add(&out, text->buf + done, i - done);
			strbuf_addch(&out, 0xc0 + (*s >> 6));
			strbuf_addch(&out, 0x80 + (*s & 0x3f));
			done = i + 1;
		}
		i += n ? n : 1;
	}
	if (!done)
		return;
	strbuf_add(&out, text->buf + done, text->len - done);
	strbuf_release(text);
	*text = out;
}
