/* SPDX-License-Identifier: MIT */
/* git sparse check-rules: which of the paths on stdin the rules take in. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/quote.h"
#include "cli/command_list.h"
#include "cli/output.h"
#include "pare/sparse.h"

enum { INPUT_BYTES_MAX = 1024 * 1024 * 1024 };

static bool null_terminated, json, skip_checks;
static int cone = -1;
static const char *rules_file;
static json_t *matches; /* with --json */

static const struct option options[] = {
	OPT_BOOL('z', NULL, &null_terminated,
		 "lines end with NUL, in and out, nothing is quoted"),
	OPT_BOOL(0, "json", &json, "print JSON"),
	OPT_BOOL(0, "skip-checks", &skip_checks,
		 "take names that look like files or patterns"),
	OPT_TRISTATE(0, "cone", &cone, "the rules are directories (cone mode)"),
	OPT_STRING(0, "rules-file", &rules_file, "<file>",
		   "rules of this file instead of the pattern file"),
	OPT_END,
};

static bool takes_cone(struct pare_repo *repo)
{
	if (cone >= 0)
		return cone;
	return rules_file || pare_repo_config_bool(
				     repo, "core.sparsecheckoutcone", false);
}

/* The lines of the rules file: directories as `set --stdin` takes them. */
static int read_rules(struct strvec *rules, struct pare_repo *repo,
		      bool is_cone)
{
	struct strbuf text = STRBUF_INIT;
	struct strvec lines = STRVEC_INIT;
	int error = strbuf_read_file(&text, rules_file, INPUT_BYTES_MAX);

	if (!error) {
		strvec_split_lines(&lines, text.buf);
		error = pare_sparse_clean_args(
			rules, NULL, repo, &lines,
			(is_cone ? PARE_SPARSE_ARGS_CONE : 0) |
				PARE_SPARSE_ARGS_STDIN);
	}
	strvec_clear(&lines);
	strbuf_release(&text);
	return error;
}

static void take_match(const char *path)
{
	if (json) {
		json_array_append_new(matches, json_path(path));
		return;
	}
	fputs(null_terminated ? path : shown_path(path), stdout);
	putchar(null_terminated ? '\0' : '\n');
}

static int check_line(struct pare_sparse_rules *rules, const char *line)
{
	struct strbuf path = STRBUF_INIT;
	const char *end = "";
	int error = 0;

	if (!null_terminated && *line == '"') {
		if (unquote_c(&path, line, &end) < 0 || *end)
			error = error_set(GIT_EINVALID,
					  "unable to unquote C-style string "
					  "'%s'", line);
	} else {
		strbuf_addstr(&path, line);
	}
	if (!error && pare_sparse_rules_match(rules, path.buf))
		take_match(path.buf);
	strbuf_release(&path);
	return error;
}

static int check_input(struct pare_sparse_rules *rules)
{
	struct strbuf text = STRBUF_INIT;
	int error = strbuf_read_fd(&text, STDIN_FILENO, INPUT_BYTES_MAX);
	char sep = null_terminated ? '\0' : '\n';
	size_t at = 0;

	while (!error && at < text.len) {
		char *end = memchr(text.buf + at, sep, text.len - at);
		size_t stop = end ? (size_t)(end - text.buf) : text.len;

		text.buf[stop] = '\0';
		if (!null_terminated && stop > at && text.buf[stop - 1] == '\r')
			text.buf[stop - 1] = '\0';
		error = check_line(rules, text.buf + at);
		at = stop + 1;
	}
	strbuf_release(&text);
	return error;
}

/* The only one that works in a bare repository too. */
static int check(const struct command_call *call)
{
	struct pare_repo *repo = call->repo;
	struct pare_sparse_rules *rules = NULL;
	struct strvec given = STRVEC_INIT;
	bool is_cone = takes_cone(repo);
	int error = 0;

	if (rules_file)
		error = read_rules(&given, repo, is_cone);
	if (!error)
		error = pare_sparse_rules_open(&rules, repo, is_cone,
					       rules_file ? &given : NULL);
	if (!error && json)
		matches = json_array();
	if (!error)
		error = check_input(rules);
	pare_sparse_rules_free(rules);
	strvec_clear(&given);
	if (error < 0) {
		json_decref(matches);
		return command_fail(error);
	}
	return json ? output_json(json_pack("{s:o}", "paths", matches)) :
		      EXIT_DONE;
}

const struct command cmd_sparse_check_rules = {
	.name = "sparse check-rules",
	.summary = "which of the paths on stdin the rules take in",
	.synopsis = { "sparse check-rules [<options>]" },
	.options = options,
	.run = command_run_in_repo,
	.in_repo = check,
};
