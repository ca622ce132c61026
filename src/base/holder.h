/* SPDX-License-Identifier: MIT */
/*
 * Who has a lock file? git (before 2.54) keeps no note of it, but while it
 * writes a lock it has the file open, and the system knows that; the locks of
 * pare are open as long as they are held.
 */
#ifndef PARE_BASE_HOLDER_H
#define PARE_BASE_HOLDER_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/strbuf.h"

/* Has the process this file open? Other people's processes do not say. */
bool holder_has_open(long pid, const struct stat *file);

/* "3 days", "1 minute": the largest unit alone. */
void holder_add_age(struct strbuf *out, long seconds);

/*
 * One line for a person about the lock at `path`: how old it is, which process
 * has it open, or noted itself in `<name>~pid.lock` (core.lockfilePid), and
 * whether that one still runs. False when the lock is gone.
 */
bool holder_describe(struct strbuf *out, const char *path);

#endif
