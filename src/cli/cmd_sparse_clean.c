/* SPDX-License-Identifier: MIT */
/* git sparse clean: remove what lies in directories outside of the cone. */
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/command_list.h"
#include "cli/output.h"
#include "pare/sparse.h"

static bool dry_run, force, verbose, json;

static const struct option options[] = {
	OPT_BOOL('n', "dry-run", &dry_run, "say what would be done"),
	OPT_BOOL('f', "force", &force, "do it (see clean.requireForce)"),
	OPT_BOOL('v', "verbose", &verbose,
		 "name each file, not just directories"),
	OPT_JSON(json),
	OPT_END,
};

static int check_force(struct pare_repo *repo)
{
	if (force || dry_run ||
	    !pare_repo_config_bool(repo, "clean.requireforce", true))
		return 0;
	return error_set(GIT_EINVALID, "for safety, refusing to clean without "
				       "one of --force or --dry-run");
}

static int print(const struct pare_sparse_cleaned *c)
{
	const char *words = dry_run ? "Would remove" : "Removing";

	for (size_t i = 0; i < c->warnings.nr; i++)
		command_warn("%s", c->warnings.v[i]);
	for (size_t i = 0; i < c->nested.nr; i++)
		command_warn("'%s/' is a repository of its own and stays",
			     shown_path(c->nested.v[i]));
	if (json)
		return output_json(json_pack(
			"{s:b, s:o, s:o, s:o, s:o}", "dry_run", dry_run,
			"dirs", json_strvec(&c->dirs), "files",
			json_strvec(&c->files), "nested_dirs",
			json_strvec(&c->nested), "warnings",
			json_strvec(&c->warnings)));
	for (size_t i = 0; verbose && i < c->files.nr; i++)
		printf("%s %s\n", words, shown_path(c->files.v[i]));
	for (size_t i = 0; !verbose && i < c->dirs.nr; i++)
		printf("%s %s/\n", words, shown_path(c->dirs.v[i]));
	if (!c->dirs.nr && isatty(STDERR_FILENO))
		fputs("nothing to do\n", stderr);
	return EXIT_DONE;
}

static int clean(const struct command_call *call)
{
	struct pare_repo *repo = call->repo;
	struct pare_sparse_cleaned cleaned = PARE_SPARSE_CLEANED_INIT;
	int error, exit_code;

	if ((error = pare_sparse_clean_check(repo)) < 0 ||
	    (error = check_force(repo)) < 0)
		return command_fail(error);
	error = pare_sparse_clean(&cleaned, repo, dry_run);
	exit_code = error < 0 ? command_fail(error) : print(&cleaned);
	pare_sparse_cleaned_release(&cleaned);
	return exit_code;
}

const struct command cmd_sparse_clean = {
	.name = "sparse clean",
	.summary = "remove what lies in directories outside of the cone",
	.synopsis = { "sparse clean [<options>]" },
	.options = options,
	.needs = COMMAND_WORKTREE,
	.run = command_run_in_repo,
	.in_repo = clean,
};
