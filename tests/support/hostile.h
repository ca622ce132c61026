/* SPDX-License-Identifier: MIT */
/* What the tests of repositories made to do harm share. */
#ifndef PARE_TESTS_HOSTILE_H
#define PARE_TESTS_HOSTILE_H

#include "base/strbuf.h"
#include "support/sandbox.h"

/* Names of directories that lead out of the work tree or into .git. */
extern const char *const hostile_names[];
extern const size_t hostile_names_nr;

/* For a shell; a sanitizer has terabytes of its own. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LIMIT_MEMORY_KIB(nr) "true"
#else
#define LIMIT_MEMORY_KIB(nr) "ulimit -v " #nr
#endif

/*
 * `command` in "r" ends by itself, in time, and with an exit code of ours:
 * not by a signal, not by a sanitizer. Its result, stderr among the output.
 */
struct result hostile_run(const char *what, const char *command);

/* Put git's checksum over the last 20 bytes, and write the index of "r". */
void hostile_write_index(struct strbuf *index);

#endif
