/* SPDX-License-Identifier: MIT */
#include "base/strbuf.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"

char strbuf_slopbuf[1];

void strbuf_init(struct strbuf *sb, size_t hint_bytes)
{
	*sb = (struct strbuf)STRBUF_INIT;
	if (hint_bytes)
		strbuf_grow(sb, hint_bytes);
}

void strbuf_release(struct strbuf *sb)
{
	if (sb->alloc)
		free(sb->buf);
	*sb = (struct strbuf)STRBUF_INIT;
}

char *strbuf_detach(struct strbuf *sb, size_t *len)
{
	char *s;

	strbuf_grow(sb, 0);
	s = sb->buf;
	if (len)
		*len = sb->len;
	*sb = (struct strbuf)STRBUF_INIT;
	return s;
}

void strbuf_grow(struct strbuf *sb, size_t extra_bytes)
{
	size_t need;

	if (extra_bytes > SIZE_MAX / 2 - sb->len)
		xreallocarray(NULL, SIZE_MAX, 2); /* ends the program */
	need = sb->len + extra_bytes + 1;
	if (need <= sb->alloc)
		return;
	need = alloc_grown(sb->alloc, need);
	sb->buf = xreallocarray(sb->alloc ? sb->buf : NULL, need, 1);
	sb->alloc = need;
	sb->buf[sb->len] = '\0';
}

void strbuf_setlen(struct strbuf *sb, size_t len)
{
	sb->len = len;
	if (sb->alloc)
		sb->buf[len] = '\0';
}

void strbuf_add(struct strbuf *sb, const void *data, size_t len)
{
	if (!len)
		return;
	strbuf_grow(sb, len);
	memcpy(sb->buf + sb->len, data, len);
	strbuf_setlen(sb, sb->len + len);
}

void strbuf_addstr(struct strbuf *sb, const char *s)
{
	strbuf_add(sb, s, strlen(s));
}

void strbuf_addbuf(struct strbuf *sb, const struct strbuf *other)
{
	strbuf_add(sb, other->buf, other->len);
}

void strbuf_addch(struct strbuf *sb, int c)
{
	strbuf_grow(sb, 1);
	sb->buf[sb->len++] = (char)c;
	sb->buf[sb->len] = '\0';
}

void strbuf_vaddf(struct strbuf *sb, const char *fmt, va_list ap)
{
	va_list again;
	int len;

	strbuf_grow(sb, 64);
	va_copy(again, ap);
	len = vsnprintf(sb->buf + sb->len, sb->alloc - sb->len, fmt, again);
	va_end(again);
	if (len < 0)
		return;
	if ((size_t)len >= sb->alloc - sb->len) {
		strbuf_grow(sb, (size_t)len);
		vsnprintf(sb->buf + sb->len, sb->alloc - sb->len, fmt, ap);
	}
	strbuf_setlen(sb, sb->len + (size_t)len);
}

void strbuf_addf(struct strbuf *sb, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(sb, fmt, ap);
	va_end(ap);
}

void strbuf_insert(struct strbuf *sb, size_t pos, const void *data, size_t len)
{
	strbuf_grow(sb, len);
	memmove(sb->buf + pos + len, sb->buf + pos, sb->len - pos);
	if (len)
		memcpy(sb->buf + pos, data, len);
	strbuf_setlen(sb, sb->len + len);
}

void strbuf_complete_line(struct strbuf *sb)
{
	if (sb->len && sb->buf[sb->len - 1] != '\n')
		strbuf_addch(sb, '\n');
}

void strbuf_rtrim(struct strbuf *sb)
{
	size_t len = sb->len;

	while (len && isspace((unsigned char)sb->buf[len - 1]))
		len--;
	strbuf_setlen(sb, len);
}

void strbuf_trim(struct strbuf *sb)
{
	size_t skip = 0;

	strbuf_rtrim(sb);
	while (skip < sb->len && isspace((unsigned char)sb->buf[skip]))
		skip++;
	if (skip) {
		memmove(sb->buf, sb->buf + skip, sb->len - skip);
		strbuf_setlen(sb, sb->len - skip);
	}
}

int strbuf_read_fd(struct strbuf *sb, int fd, size_t max_bytes)
{
	size_t start = sb->len;

	for (;;) {
		ssize_t got;

		strbuf_grow(sb, 8192);
		got = read(fd, sb->buf + sb->len, sb->alloc - sb->len - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			int error = error_errno("could not read");

			strbuf_setlen(sb, start);
			return error;
		}
		if (!got)
			return 0;
		strbuf_setlen(sb, sb->len + (size_t)got);
		if (sb->len - start > max_bytes) {
			strbuf_setlen(sb, start);
			return error_set(GIT_EINVALID,
					 "larger than %zu bytes", max_bytes);
		}
	}
}

int strbuf_read_file(struct strbuf *sb, const char *path, size_t max_bytes)
{
	int fd = fs_open(path,
			 O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0);
	int error;

	if (fd < 0)
		return error_errno("could not open '%s'", path);
	error = strbuf_read_fd(sb, fd, max_bytes);
	close(fd);
	return error < 0 ? error_wrap(error, "'%s'", path) : 0;
}

bool ends_with(const char *s, const char *suffix)
{
	size_t len = strlen(s), suffix_len = strlen(suffix);

	return len >= suffix_len && !strcmp(s + len - suffix_len, suffix);
}
