/* SPDX-License-Identifier: MIT */
/* git sparse lint: every fault of the files that profiles stand in. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/quote.h"
#include "cli/command_list.h"
#include "cli/output.h"
#include "pare/profile.h"
#include "pare/sparse.h"

static bool json, strict;

static const struct option options[] = {
	OPT_BOOL(0, "strict", &strict, "warnings are faults too"),
	OPT_JSON(json),
	OPT_END,
};

/* Warn of each item of the list that is among the missing ones. */
static void tell_missing(struct pare_lint *lint, const struct pare_profile *p,
			 const struct strvec *dirs, const unsigned *line,
			 const struct strvec *missing,
			 const struct strvec *near)
{
	for (size_t i = 0; i < dirs->nr; i++) {
		ptrdiff_t at = strvec_search(missing, dirs->v[i]);
		bool has_near = at >= 0 && *near->v[at];

		if (at < 0)
			continue;
		pare_lint_add(lint, true, p->origin.file, line[i],
			      "'%s' is no directory of HEAD or the index%s%s%s",
			      quoted(dirs->v[i]),
			      has_near ? "; did you mean '" : "",
			      has_near ? quoted(near->v[at]) : "",
			      has_near ? "'?" : "");
	}
}

static int check_directories(struct pare_lint *lint, struct pare_repo *repo)
{
	const struct pare_profiles *all = lint->profiles;
	struct strvec dirs = STRVEC_INIT, missing = STRVEC_INIT;
	struct strvec near = STRVEC_INIT;
	int error;

	for (size_t i = 0; i < pare_profiles_nr(all); i++) {
		strvec_push_all(&dirs, &pare_profiles_at(all, i)->dirs);
		strvec_push_all(&dirs, &pare_profiles_at(all, i)->exclude);
	}
	strvec_sort(&dirs);
	strvec_uniq(&dirs);
	error = pare_sparse_find_missing(&missing, &near, repo, &dirs);
	for (size_t i = 0; i < pare_profiles_nr(all) && missing.nr; i++) {
		const struct pare_profile *p = pare_profiles_at(all, i);

		tell_missing(lint, p, &p->dirs, p->dir_line, &missing, &near);
		tell_missing(lint, p, &p->exclude, p->exclude_line, &missing,
			     &near);
	}
	strvec_clear(&dirs);
	strvec_clear(&missing);
	strvec_clear(&near);
	/* What cannot be looked up is not missing. */
	if (error == PARE_EHANDOVER || error == GIT_ENOTFOUND) {
		error_clear();
		error = 0;
	}
	return error;
}

static int print_json(const struct pare_lint *lint)
{
	json_t *faults = json_array();

	for (size_t i = 0; i < lint->nr; i++) {
		const struct pare_lint_fault *f = &lint->fault[i];

		json_array_append_new(
			faults,
			json_pack("{s:o, s:i, s:s, s:o}", "file",
				  json_path(f->file), "line", (int)f->line,
				  "severity",
				  f->is_warning ? "warning" : "error", "text",
				  json_path(f->text)));
	}
	return output_json(json_pack("{s:o, s:o}", "files",
				     json_strvec(&lint->files), "faults",
				     faults));
}

static void print_for_people(const struct pare_lint *lint)
{
	if (lint->nr)
		output_pager();
	for (size_t i = 0; i < lint->nr; i++) {
		const struct pare_lint_fault *f = &lint->fault[i];

		printf("%s%s:%u:%s %s%s\n", color(COLOR_BOLD), f->file, f->line,
		       color(COLOR_RESET), f->is_warning ? "warning: " : "",
		       f->text);
	}
	if (lint->files.nr && !lint->nr && isatty(STDERR_FILENO))
		fprintf(stderr, "nothing is wrong in %s\n",
			shown_count(lint->files.nr, "file", "files"));
	if (!lint->files.nr)
		command_hint("there are no profiles here; they stand in "
			     ".gitpare at the root of the repository");
}

static int print(const struct pare_lint *lint)
{
	bool failed = false;
	int exit_code = EXIT_DONE;

	for (size_t i = 0; i < lint->nr; i++)
		failed |= strict || !lint->fault[i].is_warning;
	if (json)
		exit_code = print_json(lint);
	else
		print_for_people(lint);
	return exit_code ? exit_code : failed ? EXIT_PARTLY : EXIT_DONE;
}

static int lint_all(const struct command_call *call)
{
	struct pare_repo *repo = call->repo;
	struct pare_lint lint;
	int error, exit_code;

	error = pare_profiles_lint(&lint, repo, call->words.v[0]);
	if (!error && repo)
		error = check_directories(&lint, repo);
	pare_lint_finish(&lint);
	exit_code = error < 0 ? command_fail(error) : print(&lint);
	pare_lint_release(&lint);
	return exit_code;
}

const struct command cmd_sparse_lint = {
	.name = "sparse lint",
	.summary = "every fault of the files that profiles stand in",
	.synopsis = { "sparse lint [<options>] [<file>]" },
	.options = options,
	.needs = COMMAND_WORD_OR_REPO, /* a file can be read anywhere */
	.words = { .max = 1 },
	.run = command_run_in_repo,
	.in_repo = lint_all,
};
