/* SPDX-License-Identifier: MIT */
/* git sparse why: is a path in or out, who decides, and what changes it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/path.h"
#include "cli/command_list.h"
#include "cli/output.h"
#include "cli/why.h"

static bool json, null_terminated;

static const struct option options[] = {
	OPT_BOOL('z', NULL, &null_terminated,
		 "five fields a path, each ended by NUL"),
	OPT_BOOL(0, "json", &json, "print JSON"),
	OPT_END,
};

static const char *verdict_of(const struct why *why)
{
	static const char *const words[] = {
		[PARE_SPARSE_OUT] = "out",
		[PARE_SPARSE_PARTLY] = "partly",
		[PARE_SPARSE_IN] = "in",
	};

	return why->path.what == PARE_SPARSE_NOWHERE ?
		       "unknown" : words[why->path.verdict];
}

static void print_for_people(const struct why *why)
{
	const char *verdict = verdict_of(why);
	enum color c = why->path.verdict == PARE_SPARSE_OUT ? COLOR_RED :
		       why->path.verdict == PARE_SPARSE_IN  ? COLOR_GREEN :
							      COLOR_YELLOW;

	printf("%s%s%s: %s%s%s", color(COLOR_BOLD),
	       *why->name ? shown_path(why->name) : ".", color(COLOR_RESET),
	       color(c), verdict, color(COLOR_RESET));
	if (why->path.what == PARE_SPARSE_DIRECTORY && why->path.files_exact)
		printf(" (%s%s)",
		       why->path.verdict == PARE_SPARSE_PARTLY ?
			       shown_count(why->path.files_in, "of ", "of ") :
			       "",
		       shown_count(why->path.files, "file", "files"));
	putchar('\n');
	for (size_t i = 0; i < why->line.nr; i++)
		printf("  %s\n", why->line.v[i]);
	for (size_t i = 0; i < why->command.nr; i++)
		printf("  %s: %s%s%s\n", i ? "or" : "to change it",
		       color(COLOR_CYAN), why->command.v[i],
		       color(COLOR_RESET));
}

static void print_unknown(const struct why *why)
{
	command_error("'%s' is neither in the index nor in the work tree",
		      shown_path(why->name));
	if (why->path.near)
		command_hint("did you mean '%s'?", shown_path(why->path.near));
}

static void print_field(const char *text)
{
	fputs(text, stdout);
	putchar('\0');
}

static void print_z(const struct why *why)
{
	const struct pare_origin *o = &why->origin;
	char *file = o->file ? pare_profile_path(o->file) : NULL;
	char line[16] = "";

	if (o->file)
		snprintf(line, sizeof(line), "%u", o->line);
	print_field(verdict_of(why));
	print_field(file ? file : "");
	free(file);
	print_field(line);
	print_field(why->item ? why->item : "");
	print_field(why->name);
}

/* Exit code 1 when a path exists nowhere; the others are told all the same. */
static int print_all(const struct why *why, size_t nr)
{
	json_t *array = json_array();
	int exit_code = EXIT_DONE, failed = 0;

	if (!json && !null_terminated)
		output_pager();
	for (size_t i = 0; i < nr; i++) {
		bool unknown = why[i].path.what == PARE_SPARSE_NOWHERE;

		if (unknown)
			exit_code = EXIT_PARTLY;
		if (json)
			json_array_append_new(
				array, why_json(&why[i], verdict_of(&why[i])));
		else if (null_terminated)
			print_z(&why[i]);
		else if (unknown)
			print_unknown(&why[i]);
		else
			print_for_people(&why[i]);
	}
	if (json)
		failed = output_json(json_pack("{s:o}", "paths", array));
	else
		json_decref(array);
	return failed ? failed : exit_code;
}

static int explain_all(const struct command_call *call)
{
	const struct strvec *args = &call->words;
	struct why *why = xcalloc(args->nr, sizeof(*why));
	struct why_context context = { 0 };
	int error = why_context_open(&context, call->repo), exit_code;

	for (size_t i = 0; i < args->nr && !error; i++)
		error = why_make(&why[i], &context, args->v[i]);
	exit_code = error < 0 ? command_fail(error) : print_all(why, args->nr);
	for (size_t i = 0; i < args->nr; i++)
		why_release(&why[i]);
	free(why);
	why_context_release(&context);
	return exit_code;
}

const struct command cmd_sparse_why = {
	.name = "sparse why",
	.summary = "which line brings a path in or leaves it out",
	.synopsis = { "sparse why [<options>] <path>..." },
	.options = options,
	.needs = COMMAND_WORKTREE,
	.words = { .min = 1, .max = SIZE_MAX, .missing = "which path?" },
	.run = command_run_in_repo,
	.in_repo = explain_all,
};
