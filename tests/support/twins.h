/* SPDX-License-Identifier: MIT */
/*
 * The same command by git sparse-checkout in `g/` and by git sparse in `p/`.
 */
#ifndef PARE_TESTS_TWINS_H
#define PARE_TESTS_TWINS_H

#include <stdbool.h>

#include "support/sandbox.h"

/* Run `script` in a new repository, then make the twins of it. */
void twins_make(const char *script);

/* The tree most tests want, committed: files in the root and directories. */
extern const char twins_tree[];

/* Run a shell script in both. */
void twins_sh(const char *script);

/*
 * Run `git sparse-checkout <args>` and `git sparse <args>` in `dir` ("." say):
 * exit codes and stdout must be the same, stderr too unless `stderr_too` is
 * false, and the twins be equal afterwards.
 */
void twins_run_in(const char *dir, const char *args, bool stderr_too);

static inline void twins_run(const char *args)
{
	twins_run_in(".", args, true);
}

#endif
