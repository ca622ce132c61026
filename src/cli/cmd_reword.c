/* SPDX-License-Identifier: MIT */
/* git reword: new words for a commit; those above it keep their trees. */
#include <stdio.h>

#include "base/error.h"
#include "cli/command_list.h"
#include "cli/message_options.h"
#include "cli/output.h"
#include "cli/rewrite_options.h"

static struct message_options message = MESSAGE_OPTIONS_INIT;
static struct rewrite_options common = REWRITE_OPTIONS_INIT;
static bool undo, dry_run, json, quiet;

static const struct option options[] = {
	OPT_LIST('m', "message", &message.message, "<text>",
		 "the message; more than one: paragraphs"),
	OPT_MESSAGE(message),
	REWRITE_OPTIONS(common),
	OPT_BOOL(0, "undo", &undo, "take the last rewrite back; again: redo"),
	OPT_BOOL('n', "dry-run", &dry_run, "say what would be done"),
	OPT_JSON(json),
	OPT_BOOL('q', "quiet", &quiet, "say nothing"),
	OPT_END,
};

static int run(const struct command *cmd, int argc, const char **argv);

const struct command cmd_reword = {
	.name = "reword",
	.summary = "mend the message of a commit",
	.synopsis = { "reword [<options>] [<rev>]", "reword --undo" },
	.options = options,
	.run = run,
};

/* Without new words there may be something else to do. */
static bool changes_all_the_same(void)
{
	return message_options_of_one(&message) || message.signoff;
}

/* The exit code. */
static int reword(struct pare_repo *repo, const char *rev)
{
	struct pare_apply_options opts;
	struct strbuf offered = STRBUF_INIT;
	struct pare_rewrite *rw = NULL;
	struct pare_terms terms;
	const struct rewrite_told told = {
		.offered = &offered, .dry_run = dry_run,
		.json = json, .quiet = quiet,
	};
	int error = rewrite_terms(&terms, &common, repo);

	if (!error)
		error = pare_rewrite_reword(&rw, repo, rev, &terms);
	if (!error)
		error = message_options_apply(&offered, &opts, &message, rw);
	if (!error && !opts.edit && !message_is_given(&message) &&
	    !changes_all_the_same()) {
		error = error_set(GIT_EINVALID,
				  "no new message, and no terminal for an "
				  "editor");
		error_hint("give one with -m or -F, or open the editor with "
			   "-e");
	}
	opts.progress = progress_display(common.progress, quiet || json);
	if (!error && !dry_run)
		error = pare_rewrite_apply(rw, &offered, &opts);
	error = error < 0 ? command_fail(error) : rewrite_tell(rw, &told);
	pare_rewrite_free(rw);
	strbuf_release(&offered);
	return error;
}

static int run(const struct command *cmd, int argc, const char **argv)
{
	struct strvec args = STRVEC_INIT;
	struct pare_repo *repo = NULL;
	int exit_code, error;

	if (options_parse(&exit_code, &args, cmd, argc, argv, 0) ==
	    OPTIONS_EXIT)
		goto done;
	if (args.nr > 1) {
		exit_code = options_usage_error(cmd, "too many arguments");
		goto done;
	}
	if (common.push && undo) {
		exit_code = options_usage_error(cmd, "--push does not go with "
						"--undo");
		goto done;
	}
	if (undo) {
		exit_code = rewrite_undo(dry_run, quiet, json);
		goto done;
	}
	error = pare_repo_open(&repo, PARE_REPO_WANT_OBJECTS);
	if (error < 0) {
		exit_code = command_fail(error);
		goto done;
	}
	output_setup(repo);
	exit_code = reword(repo, args.nr ? args.v[0] : "HEAD");
done:
	rewrite_options_release(&common);
	pare_repo_free(repo);
	strvec_clear(&args);
	return exit_code;
}
