/* SPDX-License-Identifier: MIT */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#undef error_set
#undef error_errno
#undef error_wrap

/* Long enough for two paths; what is longer is cut, never lost memory. */
enum { MESSAGE_SIZE = 8 * 1024, HINT_SIZE = 2 * 1024 };

static _Thread_local char message[MESSAGE_SIZE];
static _Thread_local char hint[HINT_SIZE];

/* Formatted aside first, since an argument may be the old message. */
static void set_message(const char *fmt, va_list ap)
{
	char text[MESSAGE_SIZE];

	vsnprintf(text, sizeof(text), fmt, ap);
	memcpy(message, text, sizeof(message));
	hint[0] = '\0';
}

int error_set(int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set_message(fmt, ap);
	va_end(ap);
	return code;
}

int error_errno(const char *fmt, ...)
{
	int saved = errno;
	size_t len;
	va_list ap;

	va_start(ap, fmt);
	set_message(fmt, ap);
	va_end(ap);
	len = strlen(message);
	snprintf(message + len, sizeof(message) - len, ": %s",
		 strerror(saved));
	errno = saved;
	if (saved == ENOENT)
		return GIT_ENOTFOUND;
	return saved == EEXIST ? GIT_EEXISTS : GIT_ERROR;
}

int error_wrap(int code, const char *fmt, ...)
{
	char prefix[1024];
	size_t len;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(prefix, sizeof(prefix) - 2, fmt, ap);
	va_end(ap);
	len = strlen(prefix);
	memcpy(prefix + len, ": ", 3);
	len += 2;
	memmove(message + len, message, sizeof(message) - len);
	memcpy(message, prefix, len);
	message[sizeof(message) - 1] = '\0';
	return code;
}

void error_hint(const char *fmt, ...)
{
	size_t len = strlen(hint);
	va_list ap;

	if (len && len + 1 < sizeof(hint))
		hint[len++] = '\n';
	va_start(ap, fmt);
	vsnprintf(hint + len, sizeof(hint) - len, fmt, ap);
	va_end(ap);
}

const char *error_message(void)
{
	return message;
}

const char *error_hint_text(void)
{
	return hint[0] ? hint : NULL;
}

void error_clear(void)
{
	message[0] = '\0';
	hint[0] = '\0';
}

void error_keep(struct kept_error *kept, int code)
{
	*kept = (struct kept_error){
		.code = code, .message = xstrdup(message),
		.hint = hint[0] ? xstrdup(hint) : NULL,
	};
}

int error_again(struct kept_error *kept)
{
	int code = error_set(kept->code, "%s", kept->message);

	if (kept->hint)
		error_hint("%s", kept->hint);
	free(kept->message);
	free(kept->hint);
	return code;
}
