/* SPDX-License-Identifier: MIT */
/*
 * Names on their way to a terminal or a line-based format, and back: git's
 * C-style quoting (core.quotePath in gitconfig says when).
 */
#ifndef PARE_BASE_QUOTE_H
#define PARE_BASE_QUOTE_H

#include "base/strbuf.h"

/*
 * Append `name`, in double quotes with C escapes if it holds a control
 * character (also one of two bytes, U+0080 to U+009F), `"`, `\` or (with
 * quote_high) a byte above 0x7f; else as it is.
 */
void quote_c(struct strbuf *out, const char *name, size_t len,
	     bool quote_high);

/* The same in one of four buffers of this thread, for messages. */
const char *quoted(const char *name);

/*
 * Read the C-quoted string at `s` (which begins with `"`), append its bytes
 * to `out`, point *end behind the closing quote. -1 if it is not well formed.
 */
int unquote_c(struct strbuf *out, const char *s, const char **end);

/*
 * Append `text` with every control character but LF and TAB made visible
 * (\033 becomes `^[`, C1 controls become \xNN): messages of commits and
 * profiles must not drive the terminal.
 */
void quote_text(struct strbuf *out, const char *text, size_t len);

/* Append a line with its control characters, but TAB, as \NNN. */
void quote_line(struct strbuf *out, const char *text, size_t len);

/*
 * Append `text`, which is JSON, with DEL and the C1 controls as \u00NN, where
 * a terminal takes them for what they are.
 */
void quote_json(struct strbuf *out, const char *text, size_t len);

/* Append `s` in single quotes for sh(1), as git's sq_quote does. */
void quote_sh(struct strbuf *out, const char *s);

#endif
