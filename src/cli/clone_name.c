/* SPDX-License-Identifier: MIT */
#include "cli/clone_name.h"

#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/strbuf.h"

struct span {
	const char *start, *end;
};

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool cut(struct span *s, const char *suffix)
{
	size_t len = strlen(suffix);

	if ((size_t)(s->end - s->start) < len ||
	    memcmp(s->end - len, suffix, len))
		return false;
	s->end -= len;
	return true;
}

static void cut_slashes(struct span *s)
{
	while (s->start < s->end &&
	       (s->end[-1] == '/' || is_blank(s->end[-1])))
		s->end--;
}

/* Behind the scheme and what is before an `@` of the host's part. */
static void skip_login(struct span *s)
{
	const char *scheme = strstr(s->start, "://");

	if (scheme)
		s->start = scheme + 3;
	for (const char *p = s->start; p < s->end && *p != '/'; p++)
		if (*p == '@')
			s->start = p + 1;
}

/* "host:22" is a host with its port. */
static void cut_port(struct span *s)
{
	const char *p;

	for (p = s->start; p < s->end; p++)
		if (*p == '/')
			return;
	while (p > s->start && p[-1] >= '0' && p[-1] <= '9')
		p--;
	if (p > s->start && p[-1] == ':')
		s->end = p - 1;
}

/* Blanks and controls become one blank each run; none at the ends. */
static char *tidy(const struct span *s)
{
	struct strbuf name = STRBUF_INIT;
	bool gap = false;

	for (const char *p = s->start; p < s->end; p++) {
		if ((unsigned char)*p <= 0x20 || *p == 0x7f) {
			gap = name.len;
			continue;
		}
		if (gap)
			strbuf_addch(&name, ' ');
		gap = false;
		strbuf_addch(&name, *p);
	}
	if (name.len)
		return strbuf_detach(&name, NULL);
	strbuf_release(&name);
	return NULL;
}

char *clone_name(const char *url, const char *dir)
{
	struct span s = { url, url + strlen(url) };
	struct stat st;
	const char *p;

	if (dir)
		return xstrdup(dir);
	skip_login(&s);
	cut_slashes(&s);
	if (cut(&s, "/.git"))
		cut_slashes(&s);
	cut_port(&s);
	for (p = s.end; p > s.start && p[-1] != '/' && p[-1] != ':'; p--)
		;
	s.start = p;
	/* A bundle is a file. */
	cut(&s, !stat(url, &st) && S_ISREG(st.st_mode) ? ".bundle" : ".git");
	return tidy(&s);
}
