/* SPDX-License-Identifier: MIT */
/*
 * What the shim and the tests that use it agree on.
 *
 * The shim is preloaded into a program of ours, never into its children. It
 * counts the system calls of some kinds and does something to one of them:
 *
 *	PARE_FAULT_CALLS	kinds, by comma: "open,write", "change" (below)
 *	PARE_FAULT_AT		which one, from 1; 0: only count
 *	PARE_FAULT_DO		an error ("ENOSPC"), or a word of the table
 *	PARE_FAULT_KEEP		all that follow fail too (a full disk)
 *	PARE_FAULT_REPORT	a file with a struct fault_report, shared
 *	PARE_FAULT_TRACE	say on stderr where it was
 *	PARE_FAULT_NO_LOCKS	flock(2) fails, as some networks have it
 *
 * With PARE_FAULT_LOG, a file, alone it only writes down there which names are
 * made or written to, and which files are synced, in order: "rename /r/x". The
 * programs that a hook starts do so too then.
 *
 *	short		a write or read does less than it was asked for
 *	kill, int, term, stop	the process gets the signal before the call
 *	child-dies	the child that is started is killed at once
 *
 * "malloc" is memory that the program itself asks for, "lib-malloc" what the
 * libraries want for themselves.
 */
#ifndef PARE_TESTS_FAULT_SHIM_H
#define PARE_TESTS_FAULT_SHIM_H

#include <stdint.h>

enum { FAULT_KINDS = 20 };

struct fault_report {
	uint32_t calls; /* of the kinds that were asked for */
	uint32_t fired;
	uint32_t of_kind[FAULT_KINDS]; /* of each, as in fault_kind_names */
	char crashed_in[64]; /* the library in which it did */
};

#define FAULT_KIND_NAMES                                                      \
	"open", "read", "write", "fsync", "rename", "mmap", "malloc",         \
	"unlink", "spawn", "mkdir", "close", "stat", "readdir", "thread",     \
	"link", "chmod", "truncate", "change", "lib-malloc", "create"

#endif
