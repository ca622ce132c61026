/* SPDX-License-Identifier: MIT */
/*
 * A terminal of 80 columns with a program on it, for what a pipe does not
 * get: progress, colour, the pager, completion in a shell.
 *
 *	struct terminal t;
 *
 *	terminal_start(&t, "bash --norc -i");
 *	assert_true(terminal_wait(&t, "$ "));
 *	terminal_type(&t, "git sparse add pro\t\n");
 *	…
 *	terminal_stop(&t);
 */
#ifndef PARE_TESTS_TERMINAL_H
#define PARE_TESTS_TERMINAL_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/strbuf.h"

struct terminal {
	pid_t pid;
	int fd;
	struct strbuf seen; /* all that came out */
	size_t from;        /* terminal_wait() looks behind this */
};

/* Run a shell command (sh -c) on a new terminal. */
void terminal_start(struct terminal *t, const char *command);
void terminal_type(struct terminal *t, const char *text);
/*
 * Read until `text` has come out, behind what was waited for before. False
 * after two minutes or when the program has ended.
 */
bool terminal_wait(struct terminal *t, const char *text);
/* Read until the program ends; its exit code. `seen` lives on. */
int terminal_finish(struct terminal *t);
/* Hang up, and release all. */
void terminal_stop(struct terminal *t);

#endif
