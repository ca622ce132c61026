/* SPDX-License-Identifier: MIT */
/*
 * A growing byte string.
 *
 * Invariants: `buf` is never NULL and always ends in a NUL at buf[len]; the
 * bytes before it may hold NULs. `alloc` 0 means nothing is owned.
 */
#ifndef PARE_BASE_STRBUF_H
#define PARE_BASE_STRBUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/types.h>

struct strbuf {
	size_t alloc;
	size_t len;
	char *buf;
};

extern char strbuf_slopbuf[1];
#define STRBUF_INIT { .alloc = 0, .len = 0, .buf = strbuf_slopbuf }

/* Life cycle. */
void strbuf_init(struct strbuf *sb, size_t hint_bytes);
/* Free the memory; the buffer is empty and usable afterwards. */
void strbuf_release(struct strbuf *sb);
/* Hand the string over: free(3) it. `sb` is empty afterwards. */
char *strbuf_detach(struct strbuf *sb, size_t *len);

/* Size. */
void strbuf_grow(struct strbuf *sb, size_t extra_bytes);
/* Cut to, or say after writing into grown space, `len` bytes. */
void strbuf_setlen(struct strbuf *sb, size_t len);
static inline void strbuf_reset(struct strbuf *sb)
{
	strbuf_setlen(sb, 0);
}

/* Contents. */
void strbuf_add(struct strbuf *sb, const void *data, size_t len);
void strbuf_addstr(struct strbuf *sb, const char *s);
void strbuf_addbuf(struct strbuf *sb, const struct strbuf *other);
void strbuf_addch(struct strbuf *sb, int c);
void strbuf_addf(struct strbuf *sb, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void strbuf_vaddf(struct strbuf *sb, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
void strbuf_insert(struct strbuf *sb, size_t pos, const void *data,
		   size_t len);
/* Append an LF unless the buffer is empty or ends in one. */
void strbuf_complete_line(struct strbuf *sb);
void strbuf_rtrim(struct strbuf *sb);
void strbuf_trim(struct strbuf *sb);

/*
 * Append what is left to read from `fd`, or the whole file at `path` (no
 * link is followed in its last component). Both return 0 or an error; a file
 * larger than `max_bytes` is GIT_EINVALID.
 */
int strbuf_read_fd(struct strbuf *sb, int fd, size_t max_bytes);
int strbuf_read_file(struct strbuf *sb, const char *path, size_t max_bytes);

static inline bool starts_with(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

bool ends_with(const char *s, const char *suffix);

/* If `s` begins with `prefix`, point *rest behind it. */
static inline bool skip_prefix(const char *s, const char *prefix,
			       const char **rest)
{
	size_t len = strlen(prefix);

	if (strncmp(s, prefix, len))
		return false;
	*rest = s + len;
	return true;
}

#endif
