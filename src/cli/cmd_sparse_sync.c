/* SPDX-License-Identifier: MIT */
/* git sparse sync: apply what the active profiles have gained and lost. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/command_list.h"
#include "cli/output.h"
#include "cli/sparse_change.h"
#include "cli/sparse_report.h"
#include "cli/sparse_selection.h"
#include "cli/sync_hook.h"
#include "cli/wanted.h"

static struct sparse_change sc = SPARSE_CHANGE_INIT;
static bool install, uninstall, shared;
static const char *hook;

static const struct option options[] = {
	SPARSE_STRICT_OPTION(sc),
	SPARSE_CHANGE_OPTIONS(sc),
	OPT_GROUP("Hooks that do it"),
	OPT_BOOL(0, "install-hook", &install,
		 "run after checkout, merge and rebase"),
	OPT_BOOL(0, "uninstall-hook", &uninstall, "take the hooks back"),
	OPT_BOOL(0, "shared-hooks", &shared,
		 "write to core.hooksPath wherever it is"),
	OPT_STRING(0, "hook", &hook, "<name>",
		   "run as this hook, with its arguments"),
	OPT_END,
};

struct drift {
	struct pare_drift *item;
	size_t nr;
};

static bool any_change(const struct drift *d)
{
	for (size_t i = 0; i < d->nr; i++)
		if (!d->item[i].gone)
			return true;
	return false;
}

static json_t *drift_json(const struct drift *d)
{
	json_t *array = json_array();

	for (size_t i = 0; i < d->nr; i++)
		json_array_append_new(
			array,
			json_pack("{s:o, s:b, s:o, s:o}", "profile",
				  json_path(d->item[i].profile), "gone",
				  d->item[i].gone, "gained",
				  json_strvec(&d->item[i].gained), "lost",
				  json_strvec(&d->item[i].lost)));
	return array;
}

static void print_items(FILE *out, char sign, const struct strvec *items)
{
	for (size_t i = 0; i < items->nr; i++)
		fprintf(out, "  %c %s\n", sign, shown_path(items->v[i]));
}

static void tell_gone(const char *name)
{
	command_warn("profile '%s' is gone; its directories stay as they were "
		     "applied", shown_path(name));
	command_hint("`git sparse remove --profile %s` ends it",
		     shown_path(name));
}

static void print_drift(const struct drift *d)
{
	FILE *out = sc.dry_run ? stdout : stderr;
	bool wordy = sc.dry_run || sc.verbose || isatty(STDERR_FILENO);

	for (size_t i = 0; i < d->nr && !sc.quiet && !sc.json; i++) {
		const struct pare_drift *drift = &d->item[i];

		if (drift->gone && !hook)
			tell_gone(drift->profile);
		if (drift->gone || !wordy)
			continue;
		fprintf(out, "profile '%s' has changed:\n",
			shown_path(drift->profile));
		print_items(out, '+', &drift->gained);
		print_items(out, '-', &drift->lost);
	}
}

static int find_drift(struct drift *d, size_t *nr_before)
{
	int error = sparse_selection_lock(&sc);

	*nr_before = sc.selection.profiles.nr;
	if (error < 0 || !sc.selection.profiles.nr ||
	    (error = sparse_selection_meet(&sc)) < 0 ||
	    !sc.selection.profiles.nr ||
	    (error = pare_profiles_load(&sc.profiles, sc.repo)) < 0)
		return error;
	return pare_selection_drift(&d->item, &d->nr, &sc.selection,
				    sc.profiles);
}

/*
 * Profiles that plain git has ended are noted as ended; those of a work tree
 * that is not sparse wait for it to be sparse again.
 */
static int note_ended(size_t nr_before)
{
	struct pare_sparse_state state = { 0 };
	int error = 0;

	if (sc.selection.profiles.nr == nr_before)
		return 0;
	if ((error = pare_sparse_read(&state, sc.repo)) < 0)
		return error;
	sc.selection_changes = state.enabled;
	if (!state.enabled)
		sc.selection_before[0] = '\0';
	pare_sparse_state_release(&state);
	return sparse_selection_finish(&sc);
}

static int apply(void)
{
	int error = pare_selection_refresh(&sc.selection, sc.profiles);

	sc.req.action = PARE_SPARSE_ADD;
	if (error < 0 || (error = sparse_selection_request(&sc)) < 0)
		return error;
	sparse_selection_settings(&sc);
	sc.req.caller_changes = sparse_selection_is_other(&sc);
	error = sparse_selection_change(&sc);
	return error < 0 ? error : sparse_selection_finish(&sc);
}

static int sync_profiles(void)
{
	struct drift d = { 0 };
	size_t nr_before;
	bool changes;
	int error = find_drift(&d, &nr_before);

	changes = !error && any_change(&d);
	if (!error && !changes && sc.profiles && !sc.dry_run)
		/* What is left of it is done by doing it again. */
		error = recover_and_say(&changes, sc.repo);
	if (!error && sc.json)
		sc.more = json_pack("{s:o}", "drift", drift_json(&d));
	if (!error)
		print_drift(&d);
	if (changes) {
		error = apply();
	} else {
		strvec_push_all(&sc.report.dirs_before, &sc.selection.applied);
		strvec_push_all(&sc.report.dirs_after, &sc.selection.applied);
		if (!error)
			error = note_ended(nr_before);
	}
	if (!error && (changes || !hook))
		sc.exit_code = sparse_report_print(&sc);
	pare_drift_free(d.item, d.nr);
	return error;
}

/* A hook's fault must not be that of the git command it belongs to. */
static int run_as_hook(bool busy)
{
	int error;

	if (busy || !sync_hook_is_needed(&sc, hook)) {
		sparse_change_end(&sc, 0);
		return EXIT_DONE;
	}
	error = sync_profiles();
	if (error < 0 && error != PARE_EHANDOVER) {
		command_warn("the profiles were not applied: %s",
			     error_message());
		command_hint("`git sparse sync` does it when that is mended");
		error = 0;
	}
	sparse_change_end(&sc, error);
	return EXIT_DONE;
}

static int run(const struct command *cmd, int argc, const char **argv)
{
	bool busy = getenv(SPARSE_CHANGING);
	int error;

	if (!sparse_change_begin(&sc, cmd, argc, argv))
		return hook ? EXIT_DONE : sc.exit_code;
	if (hook)
		return run_as_hook(busy);
	if (!sparse_change_no_args(&sc))
		return sc.exit_code;
	if (install + uninstall > 1 || (shared && !install)) {
		sc.exit_code = options_usage_error(
			cmd, shared ? "--shared-hooks goes with "
				      "--install-hook" :
				      "--install-hook or --uninstall-hook");
		return sparse_change_end(&sc, 0);
	}
	if (install)
		error = sync_hook_install(&sc, shared);
	else if (uninstall)
		error = sync_hook_uninstall(&sc);
	else
		error = sync_profiles();
	return sparse_change_end(&sc, error);
}

const struct command cmd_sparse_sync = {
	.name = "sparse sync",
	.summary = "apply what active profiles have gained and lost",
	.synopsis = { "sparse sync [<options>]",
		      "sparse sync [<options>] --install-hook",
		      "sparse sync [<options>] --uninstall-hook" },
	.options = options,
	.run = run,
};
