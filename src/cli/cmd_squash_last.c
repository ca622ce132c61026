/* SPDX-License-Identifier: MIT */
/* git squash-last: fold the last commits of HEAD into one. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/command_list.h"
#include "cli/message_options.h"
#include "cli/output.h"
#include "cli/plan.h"
#include "cli/rewrite_options.h"

static struct message_options message = MESSAGE_OPTIONS_INIT;
static struct pare_fold_request request;
static struct plan_options plan;
static struct rewrite_options common = REWRITE_OPTIONS_INIT;
static const char *mode;
static bool fixup, undo;

static const struct option options[] = {
	OPT_GROUP("Which commits"),
	OPT_STRING(0, "since", &request.since, "<rev>",
		   "all after the merge base with <rev>"),
	OPT_BOOL(0, "root", &request.root, "all there are"),
	OPT_GROUP("The message"),
	OPT_LIST('m', NULL, &message.message, "<text>",
		 "the message; more than one: paragraphs"),
	OPT_STRING(0, "message", &mode, "(combine|first|last)",
		   "which messages to keep (combine)"),
	OPT_BOOL(0, "fixup", &fixup, "keep the first message only"),
	OPT_TRISTATE(0, "co-authors", &message.co_authors,
		     "name the other authors as Co-authored-by"),
	OPT_MESSAGE(message),
	OPT_GROUP("By a plan"),
	OPT_BOOL(0, "autosquash", &plan.autosquash,
		 "meld fixup!, squash! and amend! commits, keep the rest"),
	OPT_BOOL(0, "print-plan", &plan.print,
		 "print the plan, as git rebase -i has it"),
	OPT_STRING(0, "plan", &plan.file, "<file>",
		   "do the plan in a file, - is stdin"),
	OPT_BOOL('i', "interactive", &plan.interactive,
		 "open the plan in the sequence editor, do what is left"),
	OPT_BOOL(0, "via-rebase", &plan.via_rebase,
		 "have git rebase -i do it"),
	OPT_GROUP("How"),
	REWRITE_OPTIONS(common),
	OPT_BOOL(0, "undo", &undo, "take the last rewrite back; again: redo"),
	OPT_BOOL('n', "dry-run", &plan.dry_run, "say what would be done"),
	OPT_JSON(plan.json),
	OPT_BOOL('q', "quiet", &plan.quiet, "say nothing"),
	OPT_END,
};

static int run(const struct command *cmd, int argc, const char **argv);

const struct command cmd_squash_last = {
	.name = "squash-last",
	.summary = "fold the last commits into one",
	.synopsis = { "squash-last [<options>] [<n>]",
		      "squash-last [<options>] --since <rev>",
		      "squash-last [<options>] --root",
		      "squash-last [<options>] --autosquash",
		      "squash-last [<options>] (-i | --plan <file>)",
		      "squash-last --undo" },
	.options = options,
	.run = run,
};

static const char *const modes[] = { "combine", "first", "last", NULL };

static int parse_mode(void)
{
	if (fixup)
		request.mode = PARE_MESSAGE_FIRST;
	if (!mode)
		return 0;
	for (size_t i = 0; modes[i]; i++) {
		if (!strcmp(mode, modes[i])) {
			request.mode = (enum pare_message_mode)i;
			return 0;
		}
	}
	return -1;
}

static long least_commits(void)
{
	return plan_is_wanted(&plan) ? 1 : 2;
}

/* `4` and `-4`; 2 when nothing is said and all go into one. */
static int parse_count(const struct strvec *args)
{
	const char *word = args->nr ? args->v[0] : "2";
	long least = least_commits();
	char *end;
	long count;

	if (!args->nr && least == 1)
		return 0;
	word += *word == '-';
	errno = 0;
	count = strtol(word, &end, 10);
	if (errno || end == word || *end || count < least)
		return -1;
	request.count = (size_t)count;
	return 0;
}

/* 0, or the exit code of a usage error. */
static int check(const struct command *cmd, const struct strvec *args)
{
	if (args->nr > 1)
		return options_usage_error(cmd, "too many arguments");
	if ((args->nr != 0) + (request.since != NULL) + request.root > 1)
		return options_usage_error(
			cmd, "<n>, --since and --root exclude each other");
	if (common.push && (undo || plan.print))
		return options_usage_error(cmd, "--push does not go with "
						"--undo and --print-plan");
	if (plan.via_rebase && !plan_is_wanted(&plan))
		return options_usage_error(cmd, "--via-rebase needs a plan: "
						"--autosquash, -i or --plan");
	if (plan_is_wanted(&plan) && message_options_of_one(&message))
		return options_usage_error(cmd, "--author, --date and "
						"--reset-author are for a "
						"fold");
	if (parse_mode() < 0)
		return options_word_error(cmd, "unknown mode (combine, "
					       "first or last)", mode, modes);
	if (request.since || request.root || parse_count(args) >= 0)
		return 0;
	command_error("'%s' is not a number of commits (%ld or more)",
		      args->v[0], least_commits());
	if (!strcmp(args->v[0], "1"))
		command_hint("`git reword` changes the message of one");
	return EXIT_USAGE;
}

/* What the profile file says where no option does. */
static void take_settings(const struct pare_settings *set)
{
	if (!mode && !fixup && set->squash_message) {
		mode = set->squash_message;
		parse_mode();
	}
	if (message.co_authors < 0)
		message.co_authors = set->squash_co_authors;
	if (set->squash_change_id)
		request.change_id = !strcmp(set->squash_change_id, "first") ?
			PARE_CHANGE_ID_FIRST : PARE_CHANGE_ID_LAST;
}

/* The exit code. */
static int fold(struct pare_repo *repo)
{
	struct pare_apply_options opts;
	struct strbuf offered = STRBUF_INIT;
	struct pare_rewrite *rw = NULL;
	const struct rewrite_told told = {
		.offered = &offered, .dry_run = plan.dry_run,
		.json = plan.json, .quiet = plan.quiet,
	};
	int result = pare_rewrite_fold(&rw, repo, &request);

	if (!result)
		result = message_options_apply(&offered, &opts, &message, rw);
	if (!result && !plan.dry_run)
		result = pare_rewrite_apply(rw, &offered, &opts);
	result = result < 0 ? command_fail(result) : rewrite_tell(rw, &told);
	pare_rewrite_free(rw);
	strbuf_release(&offered);
	return result;
}

static int run(const struct command *cmd, int argc, const char **argv)
{
	struct strvec args = STRVEC_INIT;
	struct pare_repo *repo = NULL;
	int exit_code, error;

	if (options_parse(&exit_code, &args, cmd, argc, argv,
			  OPTIONS_NUMBERS) == OPTIONS_EXIT)
		goto done;
	exit_code = check(cmd, &args);
	if (exit_code)
		goto done;
	if (undo) {
		exit_code = rewrite_undo(plan.dry_run, plan.quiet, plan.json);
		goto done;
	}
	plan.progress = common.progress;
	error = pare_repo_open(&repo, PARE_REPO_WANT_OBJECTS);
	if (!error) {
		output_setup(repo);
		error = rewrite_terms(&request.terms, &common, repo);
	}
	if (!error && common.profiles)
		take_settings(pare_profiles_settings(common.profiles));
	if (error < 0)
		exit_code = command_fail(error);
	else if (plan_is_wanted(&plan))
		exit_code = plan_run(repo, &plan, &request, &message);
	else
		exit_code = fold(repo);
done:
	rewrite_options_release(&common);
	pare_repo_free(repo);
	strvec_clear(&args);
	return exit_code;
}
