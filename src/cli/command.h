/* SPDX-License-Identifier: MIT */
/*
 * A command is one file, cmd_<name>.c, with its entry on top:
 *
 *	const struct command cmd_sparse_add = {
 *		.name = "sparse add",
 *		.summary = "bring directories into the work tree",
 *		.synopsis = { "sparse add [<options>] [<dir>...]" },
 *		.options = options,
 *		.run = run,
 *	};
 *
 * To add one: write the file, declare its entry in command_list.h, give it a
 * section in man/ and a test in tests/command/. `make lint` says what is
 * missing.
 */
#ifndef PARE_CLI_COMMAND_H
#define PARE_CLI_COMMAND_H

#include "cli/options.h"

struct pare_repo;

enum exit_code {
	EXIT_DONE = 0,
	EXIT_PARTLY = 1, /* --strict, --exit-code, or stopped by a conflict */
	EXIT_FATAL = 128,
	EXIT_USAGE = 129,
	EXIT_FILES = 254, /* files could not be written, all rolled back */
};

enum command_needs {
	COMMAND_WORKTREE = 1 << 0,
	/* With a word it goes without a repository too: `repo` is NULL then. */
	COMMAND_WORD_OR_REPO = 1 << 1,
};

/* Where a command is to do its work, and the words it was given. */
struct command_call {
	struct pare_repo *repo;
	struct strvec words;
};

struct command {
	const char *name;
	const char *summary;
	const char *synopsis[8]; /* without "git " */
	const struct option *options;
	/* Subcommands, NULL-terminated; `run` is used when none is named. */
	const struct command *const *subcommands;
	/* argv[0] is the command's last word. Returns the exit code. */
	int (*run)(const struct command *cmd, int argc, const char **argv);
	/* Of those whose `run` is command_run_in_repo: */
	unsigned needs;
	struct {
		size_t min, max;
		const char *missing; /* said when there are fewer */
	} words;
	int (*in_repo)(const struct command_call *call);
	const char *passes_to; /* "git clone": has what is behind `--` */
	bool hidden;
};

/*
 * Print `fatal: …` and `hint: …` of the error that is set and return the exit
 * code that belongs to it (128; 1 for a conflict, 254 for PARE_EFILES).
 */
int command_fail(int error);

/* `error: …`, `warning: …`, `note: …`, `hint: …`, on stderr. */
void command_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void command_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void command_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void command_hint(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* "sparse add" is called "add" by who dispatches to it. */
const char *command_word(const struct command *cmd);

/* Dispatch to a subcommand by argv[1]; git's texts and 129 otherwise. */
int command_dispatch(const struct command *cmd, int argc, const char **argv);

/*
 * What commands begin with: parse the options, count the words, open the
 * repository, set up the output. Then `in_repo`, whose exit code it is.
 */
int command_run_in_repo(const struct command *cmd, int argc,
			const char **argv);

#endif
