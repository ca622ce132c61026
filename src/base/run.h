/* SPDX-License-Identifier: MIT */
/*
 * Other programs: git itself, hooks, editors, signing programs.
 *
 * Started with posix_spawn(3) (no copy of our address space). Descriptors of
 * ours are close-on-exec everywhere.
 */
#ifndef PARE_BASE_RUN_H
#define PARE_BASE_RUN_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/strbuf.h"
#include "base/strvec.h"

struct run {
	struct strvec args; /* args.v[0] is looked up in PATH */
	struct strvec env;  /* "NAME=value" sets, "NAME" unsets */
	const char *dir;    /* run there; NULL: here */
	const void *in; /* fed to its stdin; NULL with in_len 0: /dev/null */
	size_t in_len;
	struct strbuf *out; /* collects stdout; NULL: see below */
	struct strbuf *err; /* collects stderr; NULL: ours */
	/* Called as `err` grows, with all there is so far; or NULL. */
	void (*on_err)(void *ctx, const struct strbuf *err);
	void *on_err_ctx;
	bool inherit_in;    /* our stdin (editors) */
	bool inherit_out;   /* child_start only: our stdout (pagers) */
	bool out_to_err;    /* stdout goes to our stderr (hooks) */
	bool discard_out;   /* stdout to /dev/null */
	bool discard_err;
	bool err_to_out;    /* stderr goes where stdout goes */
};

#define RUN_INIT { .args = STRVEC_INIT, .env = STRVEC_INIT }

/*
 * Run and wait. Returns the exit code (128 + n for signal n), or a negative
 * error when it could not be started (GIT_ENOTFOUND: no such program).
 * `args` and `env` are cleared in either case.
 */
int run_command(struct run *run);

/* As run_command for `git <args>`: "git" is put in front. */
int run_git(struct run *run);

/*
 * Run `git <args…>` (NULL-terminated), append its stdout to `out`. A non-zero
 * exit is an error whose message is the last `fatal:` or `error:` line git
 * wrote, without that word.
 */
int run_git_capture(struct strbuf *out, const char *arg, ...)
	__attribute__((sentinel));

/*
 * A child to talk with, line by line (`git update-ref --stdin`). `run->in`,
 * `out` and `err` are unused. Closing stdin and waiting is child_finish().
 */
struct child {
	pid_t pid;
	int in;  /* its stdin, ours to write */
	int out; /* its stdout, ours to read; -1: it has ours */
};

int child_start(struct child *child, struct run *run);
int child_finish(struct child *child); /* exit code or negative */

/* Say something to it. A child that is gone is -1, not a SIGPIPE. */
int child_write(struct child *child, const void *data, size_t len);
/* The next line it says, without its LF; false when it says no more. */
bool child_read_line(struct strbuf *line, struct child *child);

#endif
