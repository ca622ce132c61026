/* SPDX-License-Identifier: MIT */
/*
 * The one error channel.
 *
 * A function that can fail returns 0 or a negative git_error_code (the
 * constants are libgit2's, from <git2/errors.h>; the message slot is ours, so
 * that a command which never needs libgit2 need not start it). The message
 * is one line, lower case, without a newline and without `fatal: `, and names
 * the thing. It waits in a slot of the calling thread until the next error_set
 * or error_clear; a worker thread hands its message to the main thread itself.
 *
 * Raising is one line, since the code comes back:
 *
 *	return error_set(GIT_EINVALID, "'%s' is not a directory", path);
 *
 * The command prints `fatal: <message>` and, if there is one, `hint: <hint>`
 * once, in main(). Names that come from a repository go through quote.h first.
 */
#ifndef PARE_BASE_ERROR_H
#define PARE_BASE_ERROR_H

#include <git2/errors.h>

/*
 * Codes of our own, below libgit2's range.
 *
 * PARE_EFILES: files of the work tree could not be written; all was rolled
 * back (exit code 254, as git has it).
 * PARE_EHANDOVER: the repository uses something only git handles; nothing was
 * changed, and the command hands the work to git. The message says what.
 * PARE_EMISSING: a tree is not here, though a promisor remote may have it.
 * PARE_EPARTLY: git failed between two refs; a hint names those that moved.
 */
enum pare_error_code {
	PARE_EFILES = -1001,
	PARE_EHANDOVER = -1002,
	PARE_EMISSING = -1003,
	PARE_EPARTLY = -1004,
};

/* Set the message of this thread, drop its hint; returns `code`. */
int error_set(int code, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), cold));

/*
 * As error_set, with ": " and the text of errno appended. The code follows
 * errno: GIT_ENOTFOUND for ENOENT, GIT_EEXISTS for EEXIST, else GIT_ERROR.
 */
int error_errno(const char *fmt, ...)
	__attribute__((format(printf, 1, 2), cold));

/* Put "<prefix>: " before the message that is set; returns `code`. */
int error_wrap(int code, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), cold));

/* Add a hint to the error just set (another line if there is one). */
void error_hint(const char *fmt, ...)
	__attribute__((format(printf, 1, 2), cold));

/* The message of this thread, never NULL; lives until the next error. */
const char *error_message(void);

/* The hint lines of this thread, or NULL. */
const char *error_hint_text(void);

void error_clear(void);

#ifdef __clang_analyzer__
/* What it cannot see from here: an error is never 0. */
#define error_set(code, ...) (error_set(code, __VA_ARGS__), (code))
#define error_errno(...) (error_errno(__VA_ARGS__), GIT_ERROR)
#define error_wrap(code, ...) (error_wrap(code, __VA_ARGS__), (code))
#endif

/* An error that is told later, whatever fails until then. */
struct kept_error {
	int code;
	char *message, *hint;
};

void error_keep(struct kept_error *kept, int code);
/* Set it again, release it, and return its code. */
int error_again(struct kept_error *kept);

#endif
