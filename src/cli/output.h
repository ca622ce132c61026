/* SPDX-License-Identifier: MIT */
/*
 * What commands print: for people, for scripts (`-z`), or as JSON (jansson).
 * Each command builds its JSON with jansson's json_pack and hands it over; the
 * forms for people are printed through here too, so that colour and quoting
 * are decided in one place.
 */
#ifndef PARE_CLI_OUTPUT_H
#define PARE_CLI_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "base/strvec.h"
#include "cli/options.h"
#include "pare/progress.h"
#include "pare/repo.h"

enum color { COLOR_RESET, COLOR_BOLD, COLOR_RED, COLOR_GREEN, COLOR_YELLOW,
	     COLOR_CYAN, COLOR_DIM };

/*
 * Decide on colour (color.ui, NO_COLOR, TERM, a terminal) and quoting
 * (core.quotePath) once the repository is known; `repo` may be NULL.
 */
void output_setup(struct pare_repo *repo);

/*
 * From here on stdout goes through the user's pager, as `git var GIT_PAGER`
 * names it, when it is a terminal; for commands that may print much. A second
 * call, or a pager that git has started already, changes nothing. After
 * output_setup(). The pager is waited for at exit.
 */
void output_pager(void);

/* The escape sequence, or "" when colour is off. */
const char *color(enum color c);

/*
 * Text that a repository may have chosen: byte for byte into a file or a pipe,
 * with its control characters made visible on a terminal.
 */
void output_text(const char *text, size_t len);

/* A path for people: C-quoted if needed, as git does; four buffers in turn. */
const char *shown_path(const char *path);

/* "12.4 MiB"; four buffers in turn. */
const char *shown_size(uint64_t bytes);
/* "1 file", "1,204 files". */
const char *shown_count(uint64_t nr, const char *one, const char *many);

/* clang-format off */
/*
 * --json, and -z: the same as pairs of a key and a value, each ended by NUL.
 * Both set `v`; what becomes of the object is between the option and
 * output_json().
 */
#define OPT_JSON(v)                                                           \
	OPT_BOOL(0, "json", &(v), "print JSON"),                              \
	{ .type = OPTION_CALLBACK, .letter = 'z', .value = &(v),              \
	  .help = "the same as keys and values, each ended by NUL",           \
	  .flags = OPTION_NO_ARG | OPTION_NO_NEG, .callback = output_take_z }
/* clang-format on */
int output_take_z(const struct option *opt, const char *arg, bool unset);

/* Print to stdout and release the reference. Returns 0, or 128 on EPIPE &c. */
int output_json(json_t *json);
/* A JSON array of the strings; bytes that are no UTF-8 become U+FFFD, but with
 * -z they stay as they are. */
json_t *json_strvec(const struct strvec *sv);
json_t *json_path(const char *path);

/* Flush stdout; a failed write (full disk, closed pipe) is the exit code. */
int output_finish(int exit_code);

/*
 * Progress on stderr: after a second, ten times a second, only on a terminal
 * (`want`: 1 always, 0 never, -1 decide). Phases print one line each.
 */
const struct pare_progress *progress_display(int want, bool quiet);

/*
 * From here on all phases share one line, which is gone at the end of each:
 * for a command of many. The second counts from now.
 */
void progress_share_line(void);
/* Have these words of somebody else on that line, without its end. */
void progress_words(const char *text, size_t len);
/* Take the line away, because something else is to be printed. */
void progress_clear(void);

#endif
