/* SPDX-License-Identifier: MIT */
/*
 * The user's pager. less is told to leave at once when all fits on a screen,
 * as git tells it, unless the user has said otherwise.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/run.h"
#include "cli/output.h"

static struct child pager = { .pid = -1, .in = -1, .out = -1 };

/*
 * It ends when it has read the end of its stdin, of which stderr may be a
 * second copy; only then comes the prompt.
 */
static void wait_for_pager(void)
{
	fflush(stdout);
	fflush(stderr);
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	child_finish(&pager);
}

static void set_defaults(struct run *run)
{
	if (!getenv("LESS"))
		strvec_push(&run->env, "LESS=FRX");
	if (!getenv("LV"))
		strvec_push(&run->env, "LV=-c");
}

static int start(const char *program)
{
	struct run run = RUN_INIT;

	strvec_pushl(&run.args, "sh", "-c", program, NULL);
	set_defaults(&run);
	run.inherit_out = true;
	return child_start(&pager, &run);
}

void output_pager(void)
{
	struct strbuf program = STRBUF_INIT;

	if (pager.pid >= 0 || !isatty(STDOUT_FILENO) ||
	    getenv("GIT_PAGER_IN_USE"))
		return;
	if (run_git_capture(&program, "var", "GIT_PAGER", NULL) < 0)
		goto done;
	strbuf_rtrim(&program);
	if (!program.len || !strcmp(program.buf, "cat"))
		goto done;
	fflush(stdout);
	/* Without a pager the text is still worth having. */
	if (start(program.buf) < 0)
		goto done;
	dup2(pager.in, STDOUT_FILENO);
	if (isatty(STDERR_FILENO))
		dup2(pager.in, STDERR_FILENO);
	close(pager.in);
	pager.in = -1;
	/* ^C belongs to the pager, which may be searching. */
	signal(SIGINT, SIG_IGN);
	atexit(wait_for_pager);
done:
	error_clear();
	strbuf_release(&program);
}
