/* SPDX-License-Identifier: MIT */
#include "cli/first_checkout.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/quote.h"
#include "base/strbuf.h"
#include "cli/output.h"
#include "cli/sparse_report.h"
#include "cli/sparse_selection.h"

enum { NAMES_SHOWN = 12 };

void first_checkout_clean_environment(void)
{
	/* Those of `git rev-parse --local-env-vars` but configuration. */
	static const char *const names[] = {
		"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE",
		"GIT_COMMON_DIR", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY",
		"GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG",
		"GIT_IMPLICIT_WORK_TREE", "GIT_GRAFT_FILE",
		"GIT_SHALLOW_FILE", "GIT_REPLACE_REF_BASE",
		"GIT_INTERNAL_SUPER_PREFIX", "GIT_NAMESPACE",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		unsetenv(names[i]);
}

/* `git -C <dir>` as the shell takes it; who is there needs no -C. */
static const char *git_there(const char *dir)
{
	static struct strbuf text = STRBUF_INIT;

	if (!strcmp(dir, "."))
		return "git";
	strbuf_reset(&text);
	strbuf_addstr(&text, "git -C ");
	if (strspn(dir, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			"0123456789_-+=.,/@%:") == strlen(dir))
		strbuf_addstr(&text, dir);
	else
		quote_sh(&text, dir);
	return text.buf;
}

/* What a signal handler may print, and who had the signals before. */
static char cut_off_text[512];
static struct {
	int nr;
	struct sigaction before;
} watched[] = { { .nr = SIGINT }, { .nr = SIGTERM }, { .nr = SIGHUP } };

static void on_cut_off(int nr)
{
	ssize_t ignored = write(STDERR_FILENO, cut_off_text,
				strlen(cut_off_text));

	(void)ignored;
	for (size_t i = 0; i < ARRAY_SIZE(watched); i++)
		if (watched[i].nr == nr)
			sigaction(nr, &watched[i].before, NULL);
	raise(nr);
}

/* Whoever presses ^C is told how to go on. Locks are held by now, so theirs
 * are the handlers that come after ours. */
static void watch_for_the_end(const struct first_checkout *fc)
{
	struct sigaction ours = { .sa_handler = on_cut_off };

	snprintf(cut_off_text, sizeof(cut_off_text),
		 "\nhint: `%s sparse reapply` finishes it\n",
		 git_there(fc->dir));
	for (size_t i = 0; fc->stays && i < ARRAY_SIZE(watched); i++)
		if (!sigaction(watched[i].nr, NULL, &watched[i].before) &&
		    watched[i].before.sa_handler != SIG_IGN)
			sigaction(watched[i].nr, &ours, NULL);
}

/* pare_sparse_change, or git where it must: then 1. */
static int change(struct sparse_change *sc)
{
	int error;

	pare_sparse_report_release(&sc->report);
	sc->req.is_first = true;
	error = pare_sparse_change(&sc->report, sc->repo, &sc->req);
	if (error != PARE_EHANDOVER)
		return error;
	if (sparse_change_hand_over(sc))
		return error_set(GIT_ERROR, "git could not do it");
	/* It has written configuration. */
	pare_repo_free(sc->repo);
	sc->repo = NULL;
	error = pare_repo_open(&sc->repo, PARE_REPO_NEED_WORKTREE);
	return error < 0 ? error : 1;
}

static int forget_note(struct sparse_change *sc, int error)
{
	struct kept_error failure;

	error_keep(&failure, error);
	strvec_clear(&sc->selection.profiles);
	if (sparse_selection_note(sc) < 0)
		error_clear();
	return error_again(&failure);
}

static int select_asked(struct sparse_change *sc)
{
	int error;

	sc->req.action = PARE_SPARSE_SET;
	if ((error = sparse_change_take_args(sc)) < 0 ||
	    (error = sparse_selection_begin(sc)) < 0)
		return error;
	/* The index of a new work tree is not there to be asked. */
	strvec_clear(&sc->req.words);
	/* Who is killed from here on and goes on with reapply has it noted. */
	if ((error = sparse_selection_note(sc)) < 0)
		return error;
	error = change(sc);
	if (error < 0)
		return forget_note(sc, error);
	return error ? error : sparse_selection_finish(sc);
}

static int select_root(struct sparse_change *sc)
{
	const struct pare_progress *progress = sc->req.progress;

	pare_sparse_request_release(&sc->req);
	sc->req = (struct pare_sparse_request)PARE_SPARSE_REQUEST_INIT;
	sc->req.progress = progress;
	sc->req.action = PARE_SPARSE_SET;
	sc->selection_changes = false;
	return change(sc);
}

/* What was said of the selection is still to be told. */
static void carry_over(struct pare_sparse_report *to,
		       const struct pare_sparse_report *from)
{
	strvec_push_all(&to->missing_dirs, &from->missing_dirs);
	strvec_push_all(&to->missing_near, &from->missing_near);
	strvec_push_all(&to->warnings, &from->warnings);
	strvec_clear(&to->dirs_before);
}

static int bring_files(struct sparse_change *sc,
		       const struct first_checkout *fc)
{
	struct pare_sparse_report chosen = sc->report;
	int error;

	watch_for_the_end(fc);
	pare_sparse_report_init(&sc->report);
	sc->req.action = PARE_SPARSE_REAPPLY;
	sc->req.cone = sc->req.sparse_index = -1;
	sc->req.is_whole = false;
	strvec_clear(&sc->req.dirs);
	strvec_clear(&sc->req.steps);
	sc->selection_changes = false;
	error = change(sc);
	if (error >= 0)
		carry_over(&sc->report, &chosen);
	pare_sparse_report_release(&chosen);
	return error;
}

/* 1, 0, or an error: a work tree without files is not what it is to be. */
static int head_is_unborn(void)
{
	int result = pare_repo_ask_rev(NULL, "HEAD^0");

	return result > 1 ? error_set(GIT_ERROR, "git rev-parse failed (exit "
				      "code %d)", result) : result;
}

/* Of a clone without trees (--filter=tree:0) git fetches those of HEAD, all
 * at once, when it looks into one. */
static void have_trees(void)
{
	if (pare_repo_ask_rev(NULL, "HEAD:.gitpare") < 0)
		error_clear();
}

/* The names that could have been meant, as a hint. */
static void hint_offer(const struct sparse_change *sc)
{
	size_t nr = sc->profiles ? pare_profiles_nr(sc->profiles) : 0;
	struct strbuf names = STRBUF_INIT;

	for (size_t i = 0; i < nr && i < NAMES_SHOWN; i++)
		strbuf_addf(&names, "%s'%s'", i ? ", " : "",
			    quoted(pare_profiles_at(sc->profiles, i)->name));
	if (nr > NAMES_SHOWN)
		strbuf_addf(&names, " and %zu more", nr - NAMES_SHOWN);
	if (nr)
		error_hint("on offer: %s", names.buf);
	strbuf_release(&names);
}

/* What to type, as far as it is known. */
static void hint_add(const struct sparse_change *sc,
		     const struct first_checkout *fc, bool unknown)
{
	struct strbuf command = STRBUF_INIT;

	strbuf_addf(&command, "%s sparse add", git_there(fc->dir));
	for (size_t i = 0; i < sc->profile_names.nr && !unknown; i++) {
		strbuf_addstr(&command, " --profile ");
		quote_sh(&command, sc->profile_names.v[i]);
	}
	if (unknown || !(sc->profile_names.nr + sc->args.nr))
		strbuf_addstr(&command, " --profile <profile>");
	for (size_t i = 0; i < sc->args.nr; i++) {
		strbuf_addch(&command, ' ');
		quote_sh(&command, sc->args.v[i]);
	}
	error_hint("go on with `%s`", command.buf);
	strbuf_release(&command);
}

/* The selection that was asked for cannot be had. */
static int make_do(struct sparse_change *sc, const struct first_checkout *fc,
		   int error)
{
	struct kept_error failure;
	int second;

	error_keep(&failure, error);
	second = select_root(sc);
	if (second >= 0 && !fc->no_files && !(second = head_is_unborn()))
		second = bring_files(sc, fc);
	/* What was asked for is not. */
	sc->report.done = false;
	error_again(&failure);
	if (error == GIT_ENOTFOUND)
		hint_offer(sc);
	if (second < 0)
		error_hint("the clone in '%s' stands without files",
			   quoted(fc->dir));
	else
		error_hint("the clone in '%s' stands, with the files in the "
			   "root", quoted(fc->dir));
	hint_add(sc, fc, error == GIT_ENOTFOUND && sc->profile_names.nr);
	return error;
}

/* Others are on offer beside the profiles that `default` names. */
static void hint_default(const struct sparse_change *sc, const char *git)
{
	struct strbuf names = STRBUF_INIT;

	if (!sc->profiles ||
	    pare_profiles_nr(sc->profiles) <= sc->profile_names.nr)
		return;
	for (size_t i = 0; i < sc->profile_names.nr; i++)
		strbuf_addf(&names, "%s'%s'", i ? ", " : "",
			    shown_path(sc->profile_names.v[i]));
	command_hint("nothing was named: this is the default, %s; `%s sparse "
		     "profiles` lists what else is on offer", names.buf, git);
	strbuf_release(&names);
}

/* Nothing was named: say what to type next. */
static void hint_next(const struct sparse_change *sc,
		      const struct first_checkout *fc)
{
	const char *git = git_there(fc->dir);

	if (sc->quiet || fc->as_it_is || fc->is_named)
		return;
	if (sc->selection.profiles.nr) {
		hint_default(sc, git);
		return;
	}
	command_hint("only the files in the root are here");
	if (sc->profiles && pare_profiles_nr(sc->profiles))
		command_hint("`%s sparse profiles` lists what is on offer, and "
			     "`%s sparse add --profile <profile>` brings it in",
			     git, git);
	else
		command_hint("`%s sparse add <dir>...` brings more in", git);
}

static int tell_done(struct sparse_change *sc,
		     const struct first_checkout *fc, bool unborn, bool by_git)
{
	int rc = by_git ? sparse_report_handed_over(sc) :
			  sparse_report_print(sc);

	if (unborn && !sc->quiet)
		command_hint("HEAD has no commit yet: what is selected comes "
			     "with the first `git pull` or `git switch`");
	else
		hint_next(sc, fc);
	return rc;
}

int first_checkout_run(struct sparse_change *sc,
		       const struct first_checkout *fc)
{
	int error = sparse_change_open(sc), unborn = 0;

	if (error < 0)
		return sparse_change_end(sc, error);
	have_trees();
	if (!fc->as_it_is)
		error = select_asked(sc);
	if (error < 0 && fc->stays)
		return sparse_change_end(sc, make_do(sc, fc, error));
	if (error >= 0 && (unborn = head_is_unborn()) < 0)
		error = unborn;
	else if (error >= 0 && !unborn && !fc->no_files)
		error = bring_files(sc, fc);
	if (error < 0 && fc->stays)
		error_hint("the clone in '%s' stands; `%s sparse reapply` "
			   "finishes it", quoted(fc->dir), git_there(fc->dir));
	if (error >= 0)
		sc->exit_code = tell_done(sc, fc, unborn, error > 0);
	return sparse_change_end(sc, error);
}
