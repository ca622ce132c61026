/* SPDX-License-Identifier: MIT */
/* Telling what a change of the selection did, or would do. */
#ifndef PARE_CLI_SPARSE_REPORT_H
#define PARE_CLI_SPARSE_REPORT_H

#include "cli/sparse_change.h"

/*
 * Warnings in git's words on stderr; with --dry-run the plan, with --json the
 * whole report on stdout; otherwise stdout stays empty, as scripts expect, and
 * a line for people goes to stderr if that is a terminal or -v is given.
 * Returns the exit code.
 */
int sparse_report_print(const struct sparse_change *sc);

/* The same when git did the work: with --json it is told. */
int sparse_report_handed_over(const struct sparse_change *sc);

#endif
