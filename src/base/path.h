/* SPDX-License-Identifier: MIT */
/* Paths as strings: joining, normalising, and which ones are never safe. */
#ifndef PARE_BASE_PATH_H
#define PARE_BASE_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

/*
 * Resolve `.`, `..` and doubled slashes in a relative path without looking at
 * the disk; a trailing slash is dropped. Returns -1 when `..` leaves the top
 * or the path is absolute; `.` becomes "".
 */
int path_normalize(struct strbuf *out, const char *path);

/*
 * May this path of an index or tree be made in a work tree? False for an
 * empty, absolute, `.`, `..` component, an over-long one (4,096 bytes), and
 * `.git` in any case or in the spellings NTFS and HFS+ read as it (`git~1`,
 * trailing dots, blanks and `:` streams; characters HFS+ ignores), as git's
 * verify_path with protectNTFS and protectHFS.
 */
bool path_is_safe(const char *path, size_t len);

/* Is `path` equal to `dir` or below it? "" is above all. */
bool path_is_under(const char *path, const char *dir);
/* The same where case may not count (core.ignoreCase), as git has it: ASCII. */
bool path_is_under_fold(const char *path, const char *dir, bool ignore_case);

/* Bytes of `path` before its last slash, 0 without one. */
size_t path_dir_len(const char *path, size_t len);

/* Are both in the same directory, by their names? */
bool path_same_dir(const char *a, size_t a_len, const char *b, size_t b_len);

/*
 * Append `path`, from some root, as it is named in the directory `prefix` of
 * that root, which ends in a slash or is empty: "../a", "..", ".", and "./-a".
 */
void path_relative(struct strbuf *out, const char *path, const char *prefix);

/* Append "/" unless there is one, then `name`. */
void path_append(struct strbuf *path, const char *name);

/* The number of edits between two words, for did-you-mean. */
size_t edit_distance(const char *a, const char *b);

/*
 * The item of `words` (NULL-terminated) nearest to `word`, or NULL when none
 * is near enough to be meant.
 */
const char *nearest_word(const char *word, const char *const *words);

#endif
