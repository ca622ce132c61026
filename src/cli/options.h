/* SPDX-License-Identifier: MIT */
/*
 * Options as a table: the parser, the usage text, the manual check and shell
 * completion (`--git-completion-helper`) all read the same one.
 *
 *	static bool dry_run;
 *	static const struct option options[] = {
 *		OPT_BOOL('n', "dry-run", &dry_run, "say what would be done"),
 *		OPT_END,
 *	};
 *
 * As in git: `--no-x` for switches, unambiguous prefixes, `--x=v`, `--x v`,
 * `-mv`, bundled letters; `--` and `--end-of-options` end the options.
 */
#ifndef PARE_CLI_OPTIONS_H
#define PARE_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strvec.h"

enum option_type {
	OPTION_END,
	OPTION_GROUP,    /* a heading in the usage */
	OPTION_BOOL,     /* bool *: true, --no-x false */
	OPTION_TRISTATE, /* int *: 1, --no-x 0 */
	OPTION_COUNT,    /* int *: one more each time, --no-x 0 */
	OPTION_INT,      /* int *: a number */
	OPTION_STRING,   /* const char **: --no-x NULL */
	OPTION_OPTSTRING, /* const char **: the argument may be left out
			   * ("" then); it must be stuck on */
	OPTION_LIST,     /* struct strvec *: each adds; --no-x empties */
	OPTION_CALLBACK, /* int (*)(const struct option *, const char *arg,
			  * bool unset) in `callback` */
};

enum option_flags {
	OPTION_NO_NEG = 1 << 0,  /* no --no-x */
	OPTION_HIDDEN = 1 << 1,  /* neither in usage nor completion */
	OPTION_NO_ARG = 1 << 2,  /* a callback without argument */
};

struct option {
	enum option_type type;
	char letter; /* 0: none */
	const char *name; /* NULL: only a letter */
	void *value;
	const char *arg;  /* "<dir>" */
	const char *help;
	unsigned flags;
	int (*callback)(const struct option *opt, const char *arg, bool unset);
};

#define OPT_END { .type = OPTION_END }
#define OPT_GROUP(h) { .type = OPTION_GROUP, .help = (h) }
#define OPT_BOOL(l, n, v, h)                                                  \
	{ .type = OPTION_BOOL, .letter = (l), .name = (n), .value = (v),      \
	  .help = (h) }
#define OPT_TRISTATE(l, n, v, h)                                              \
	{ .type = OPTION_TRISTATE, .letter = (l), .name = (n), .value = (v),  \
	  .help = (h) }
#define OPT_COUNT(l, n, v, h)                                                 \
	{ .type = OPTION_COUNT, .letter = (l), .name = (n), .value = (v),     \
	  .help = (h) }
#define OPT_INT(l, n, v, a, h)                                                \
	{ .type = OPTION_INT, .letter = (l), .name = (n), .value = (v),       \
	  .arg = (a), .help = (h) }
#define OPT_STRING(l, n, v, a, h)                                             \
	{ .type = OPTION_STRING, .letter = (l), .name = (n), .value = (v),    \
	  .arg = (a), .help = (h) }
#define OPT_LIST(l, n, v, a, h)                                               \
	{ .type = OPTION_LIST, .letter = (l), .name = (n), .value = (v),      \
	  .arg = (a), .help = (h) }

struct command;

/* What options_parse answers beside a positive exit code in *exit_code. */
enum options_result {
	OPTIONS_OK,   /* go on with `args` */
	OPTIONS_EXIT, /* something was printed instead: return the code */
};

enum options_parse_flags {
	/* Stop at the first word that is no option (for subcommands). */
	OPTIONS_STOP_AT_WORD = 1 << 0,
	/* `--` goes to `args` too: what is behind it is for another. */
	OPTIONS_KEEP_DASHDASH = 1 << 2,
	/* `-3` is the number 3: it goes to `args` (git squash-last -3). */
	OPTIONS_NUMBERS = 1 << 1,
};

/*
 * Parse argv[1..argc) by the command's table; words that are no options are
 * appended to `args`. An unknown option prints git's `error: unknown option
 * `x'` with a did-you-mean and the usage on stderr: exit code 129. `-h` prints
 * the usage on stdout: exit code 0 (129 is git's before 2.50; we follow new).
 */
enum options_result options_parse(int *exit_code, struct strvec *args,
				  const struct command *cmd, int argc,
				  const char **argv, unsigned flags);

/* Does it take a value, perhaps one that may be left out? */
bool option_takes_argument(const struct option *opt);

/* Print `usage: git …` and the table. */
void options_print_usage(const struct command *cmd, bool to_stderr);

/* Print `error: <text>` and the usage on stderr; returns 129. */
int options_usage_error(const struct command *cmd, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * The same for a word that is none of `words` (NULL-terminated), with a
 * did-you-mean; `what` it is, "unknown subcommand" say, comes before it.
 */
int options_word_error(const struct command *cmd, const char *what,
		       const char *word, const char *const *words);

#endif
