/* SPDX-License-Identifier: MIT */
#include "cli/sparse_change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/quote.h"
#include "base/run.h"
#include "cli/output.h"
#include "cli/sparse_report.h"
#include "cli/sparse_selection.h"

enum { STDIN_BYTES_MAX = 256 * 1024 * 1024 };

/* What is named will mostly be brought in, which takes trees and blobs. */
static bool names_something(const struct sparse_change *sc)
{
	return sc->args.nr || sc->from_stdin || sc->profile_names.nr;
}

bool sparse_change_begin(struct sparse_change *sc, const struct command *cmd,
			 int argc, const char **argv)
{
	int error;

	sc->cmd = cmd;
	if (options_parse(&sc->exit_code, &sc->args, cmd, argc, argv, 0) ==
	    OPTIONS_EXIT) {
		strvec_clear(&sc->args);
		return false;
	}
	if ((error = sparse_change_open(sc)) < 0) {
		sc->exit_code = sparse_change_end(sc, error);
		return false;
	}
	return true;
}

int sparse_change_open(struct sparse_change *sc)
{
	int error;

	/* Our own hooks need not run while we are at it. */
	setenv(SPARSE_CHANGING, "1", 1);
	pare_sparse_report_init(&sc->report);
	error = pare_repo_open(&sc->repo, PARE_REPO_NEED_WORKTREE |
					  (names_something(sc) ?
					   PARE_REPO_WANT_OBJECTS : 0));
	if (error < 0)
		return error;
	output_setup(sc->repo);
	sc->req.cone = sc->cone;
	sc->req.sparse_index = sc->sparse_index;
	sc->req.dry_run = sc->dry_run;
	sc->req.strict = sc->strict;
	sc->req.progress = progress_display(sc->progress, sc->quiet);
	return 0;
}

bool sparse_change_no_args(struct sparse_change *sc)
{
	if (!sc->args.nr)
		return true;
	sc->exit_code = options_usage_error(sc->cmd, "too many arguments");
	sparse_change_end(sc, 0);
	return false;
}

static int read_stdin(struct strvec *lines)
{
	struct strbuf text = STRBUF_INIT;
	int error = strbuf_read_fd(&text, STDIN_FILENO, STDIN_BYTES_MAX);

	if (!error)
		strvec_split_lines(lines, text.buf);
	strbuf_release(&text);
	return error;
}

bool sparse_change_takes_cone(const struct sparse_change *sc)
{
	if (sc->cone >= 0)
		return sc->cone;
	if (!pare_repo_config_bool(sc->repo, "core.sparsecheckout", false))
		return true;
	return pare_repo_config_bool(sc->repo, "core.sparsecheckoutcone",
				     false);
}

int sparse_change_take_args(struct sparse_change *sc)
{
	struct strvec ignored = STRVEC_INIT, lines = STRVEC_INIT;
	unsigned flags =
		sparse_change_takes_cone(sc) ? PARE_SPARSE_ARGS_CONE : 0;
	unsigned checks = sc->skip_checks ? PARE_SPARSE_ARGS_SKIP_CHECKS : 0;
	int error;

	/* With --stdin the words are checked all the same, then not used. */
	error = pare_sparse_clean_args(sc->from_stdin ? &ignored :
							&sc->req.dirs,
				       &sc->req.words, sc->repo, &sc->args,
				       flags | checks);
	if (!error && sc->from_stdin)
		error = read_stdin(&lines);
	if (!error && sc->from_stdin)
		error = pare_sparse_clean_args(&sc->req.dirs, NULL,
					       sc->repo, &lines,
					       flags | PARE_SPARSE_ARGS_STDIN);
	strvec_clear(&ignored);
	strvec_clear(&lines);
	return error;
}

static const char *git_word(enum pare_sparse_action action)
{
	switch (action) {
	case PARE_SPARSE_REAPPLY:
		return "reapply";
	case PARE_SPARSE_DISABLE:
		return "disable";
	case PARE_SPARSE_INIT:
		return "init";
	default:
		return "set";
	}
}

/* For directories git reads a line that begins with `"` as quoted. */
static void add_line(struct strbuf *lines, const char *item, bool cone)
{
	struct strbuf shown = STRBUF_INIT;

	quote_c(&shown, item, strlen(item), false);
	if (cone && (*item == '"' || strchr(item, '\n')))
		strbuf_addbuf(lines, &shown);
	else
		strbuf_addstr(lines, item);
	strbuf_addch(lines, '\n');
	strbuf_release(&shown);
}

/* Without an index git's reapply does nothing. */
static int first_checkout_by_git(void)
{
	struct run run = RUN_INIT;

	strvec_pushl(&run.args, "checkout", "--quiet", NULL);
	run.out_to_err = true;
	return run_git(&run);
}

int sparse_change_hand_over(struct sparse_change *sc)
{
	const struct strvec *dirs = &sc->report.dirs_after;
	enum pare_sparse_action action = sc->report.action;
	struct run run = RUN_INIT;
	struct strbuf lines = STRBUF_INIT;
	bool sets = strcmp(git_word(action), "set") == 0;
	int rc;

	command_note("handing over to git sparse-checkout: %s",
		     error_message());
	if (sc->dry_run)
		return command_fail(error_set(
			GIT_EINVALID, "--dry-run is not possible here"));
	if ((rc = pare_sparse_check_handover(sc->repo)) < 0)
		return command_fail(rc);
	if (action == PARE_SPARSE_REAPPLY && sc->req.is_first)
		return first_checkout_by_git();
	strvec_pushl(&run.args, "sparse-checkout", git_word(action), NULL);
	if (action != PARE_SPARSE_DISABLE) {
		if (sets || sc->req.cone >= 0)
			strvec_push(&run.args, sc->report.cone ? "--cone" :
								 "--no-cone");
		if (sc->req.sparse_index >= 0)
			strvec_push(&run.args, sc->req.sparse_index ?
						       "--sparse-index" :
						       "--no-sparse-index");
	}
	if (sets) {
		strvec_push(&run.args, "--stdin");
		for (size_t i = 0; i < dirs->nr; i++)
			add_line(&lines, dirs->v[i], sc->report.cone);
		run.in = lines.buf;
		run.in_len = lines.len;
	}
	run.out_to_err = sc->json;
	rc = run_git(&run);
	strbuf_release(&lines);
	if (rc < 0)
		return command_fail(rc);
	if (!rc && (rc = sparse_selection_finish(sc)) < 0)
		return command_fail(rc);
	return rc;
}

static int tell_handed_over(struct sparse_change *sc)
{
	int rc = sparse_change_hand_over(sc);

	return rc ? rc : sparse_report_handed_over(sc);
}

static int tell_error(struct sparse_change *sc, int error)
{
	for (size_t i = 0; i < sc->report.warnings.nr; i++)
		command_warn("%s", sc->report.warnings.v[i]);
	for (size_t i = 0; i < sc->report.failures.nr; i++)
		fprintf(stderr, "error: %s\n",
			quoted(sc->report.failures.v[i]));
	if (sc->report.config_failed || sc->report.done) {
		command_error("%s", error_message());
		return EXIT_PARTLY;
	}
	return command_fail(error);
}

int sparse_change_end(struct sparse_change *sc, int error)
{
	int rc = sc->exit_code;

	if (error == PARE_EHANDOVER)
		rc = tell_handed_over(sc);
	else if (error < 0)
		rc = tell_error(sc, error);
	sparse_selection_release(sc);
	pare_sparse_report_release(&sc->report);
	pare_sparse_request_release(&sc->req);
	strvec_clear(&sc->args);
	json_decref(sc->more);
	sc->more = NULL;
	pare_repo_free(sc->repo);
	sc->repo = NULL;
	return rc;
}

int sparse_change_run(struct sparse_change *sc)
{
	int error = sparse_selection_begin(sc);

	if (!error)
		error = sparse_selection_change(sc);
	if (!error)
		error = sparse_selection_finish(sc);
	if (error >= 0)
		sc->exit_code = sparse_report_print(sc);
	return sparse_change_end(sc, error);
}
