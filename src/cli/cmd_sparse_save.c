/* SPDX-License-Identifier: MIT */
/* git sparse save: what is selected, as a profile. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/path.h"
#include "base/quote.h"
#include "cli/command_list.h"
#include "cli/output.h"
#include "cli/profile_view.h"
#include "pare/profile.h"
#include "pare/sparse.h"

static bool local, user, tracked, force, dry_run, json, quiet;
static int verbose;
static const char *title;

static const struct option options[] = {
	OPT_BOOL(0, "local", &local, "for this clone only, the default"),
	OPT_BOOL(0, "user", &user, "for all clones of yours"),
	OPT_BOOL(0, "tracked", &tracked, "for the team, in .gitpare"),
	OPT_STRING(0, "title", &title, "<text>", "what the profile is for"),
	OPT_BOOL('f', "force", &force, "replace the profile of this name"),
	OPT_BOOL('n', "dry-run", &dry_run,
		 "print what would be written, change nothing"),
	OPT_JSON(json),
	OPT_BOOL('q', "quiet", &quiet, "say only what is wrong"),
	OPT_COUNT('v', "verbose", &verbose, "say what was done"),
	OPT_END,
};

/* Directories, without those below another. */
static void take_dirs(struct strvec *items,
		      const struct pare_sparse_state *state)
{
	for (size_t i = 0; i < state->dirs.nr; i++) {
		const char *dir = state->dirs.v[i];
		bool covered = false;

		for (size_t j = 0; j < state->dirs.nr && !covered; j++)
			covered =
				i != j && path_is_under(dir, state->dirs.v[j]);
		if (!covered)
			strvec_push(items, dir);
	}
}

/* Of a line that stands twice the last one decides: the others say nothing. */
static void take_patterns(struct strvec *items,
			  const struct pare_sparse_state *state)
{
	for (size_t i = 0; i < state->patterns.nr; i++) {
		const char *line = state->patterns.v[i];
		bool comes_again = false;

		for (size_t j = i + 1; j < state->patterns.nr; j++)
			comes_again |= !strcmp(line, state->patterns.v[j]);
		if (!comes_again)
			strvec_push(items, line);
	}
}

/* Active profiles and what is beside them, where that says the same: then the
 * new one follows them as they change. */
static void inherit_active(struct pare_profile_save *save,
			   struct pare_repo *repo, struct pare_selection *sel,
			   const struct pare_sparse_state *state)
{
	struct pare_profiles *all = NULL;

	if (pare_selection_load(sel, repo) < 0 ||
	    !(sel->profiles.nr || sel->next) ||
	    pare_profiles_load(&all, repo) < 0) {
		error_clear();
		return;
	}
	pare_selection_meet(sel, &state->dirs, false);
	if (pare_selection_can_inherit(sel, all, save->layer, save->name)) {
		save->inherit = &sel->profiles;
		save->items = &sel->dirs;
		save->exclude = &sel->exceptions;
	}
	pare_profiles_free(all);
}

/* Who takes the profile later may have them; here they may be mistyped. */
static void warn_of_absent(struct pare_repo *repo,
			   const struct pare_sparse_state *state,
			   const struct strvec *items)
{
	struct pare_sparse_stats stats = { 0 };
	struct strvec absent = STRVEC_INIT;

	if (pare_sparse_stats(&stats, repo, state) < 0)
		error_clear();
	for (size_t i = 0; i < stats.nr_dirs && !stats.is_new; i++)
		if (!stats.dir[i].files &&
		    strvec_contains(items, stats.dir[i].dir))
			strvec_push(&absent, stats.dir[i].dir);
	if (absent.nr == 1)
		command_warn("the profile has '%s', which is no directory of "
			     "the index", shown_path(absent.v[0]));
	else if (absent.nr)
		command_warn("the profile has '%s' and %zu more that are no "
			     "directories of the index",
			     shown_path(absent.v[0]), absent.nr - 1);
	strvec_clear(&absent);
	pare_sparse_stats_release(&stats);
}

/* A stronger layer may have a profile of this name. */
static void warn_of_hiding(struct pare_repo *repo,
			   const struct pare_profile_save *save)
{
	struct pare_profiles *all = NULL;
	const struct pare_profile *p;

	if (pare_profiles_load(&all, repo) < 0) {
		error_clear();
		return;
	}
	p = pare_profiles_find(all, save->name);
	if (p && p->layer > save->layer)
		command_warn("profile '%s' in %s:%u hides it here", p->name,
			     p->origin.file, p->origin.line);
	pare_profiles_free(all);
}

/* "2 profiles and 1 directory" */
static void print_content(const struct pare_profile_save *save)
{
	size_t nr = save->items->nr;
	bool inherits = save->inherit && save->inherit->nr;

	if (inherits)
		fprintf(stderr, "%s%s",
			shown_count(save->inherit->nr, "profile", "profiles"),
			nr ? " and " : "");
	if (nr || !inherits)
		fputs(save->patterns ? shown_count(nr, "pattern", "patterns") :
				       shown_count(nr, "directory",
						   "directories"), stderr);
}

static void tell(const struct pare_profile_save *save,
		 const struct pare_profile_saved *saved)
{
	bool wanted = !quiet && (verbose || isatty(STDERR_FILENO));

	if (dry_run) {
		output_text(saved->section, strlen(saved->section));
		return;
	}
	if (!wanted)
		return;
	print_content(save);
	fprintf(stderr, " kept as profile '%s' in %s:%u%s\n", save->name,
		saved->file, saved->line,
		saved->replaced ? ", in the place of the one before" : "");
	if (save->layer == PARE_LAYER_TRACKED)
		command_hint("commit .gitpare, and others have it too");
	else
		command_hint("`git sparse set --profile %s` takes it",
			     save->name);
}

static int print(const struct pare_profile_save *save,
		 const struct pare_profile_saved *saved)
{
	const struct strvec none = STRVEC_INIT;

	if (!json) {
		tell(save, saved);
		return EXIT_DONE;
	}
	return output_json(json_pack(
		"{s:s, s:o, s:i, s:s, s:b, s:b, s:s, s:o, s:o, s:o, s:o}",
		"name",
		save->name, "file", profile_file_json(saved->file), "line",
		(int)saved->line, "layer", profile_layer_name(save->layer),
		"replaced", saved->replaced, "dry_run", dry_run, "mode",
		save->patterns ? "patterns" : "cone", "inherit",
		json_strvec(save->inherit ? save->inherit : &none), "dirs",
		json_strvec(save->patterns ? &none : save->items), "exclude",
		json_strvec(save->exclude ? save->exclude : &none), "patterns",
		json_strvec(save->patterns ? save->items : &none)));
}

static int save_selection(const struct command_call *call)
{
	struct pare_repo *repo = call->repo;
	struct pare_sparse_state state = { 0 };
	struct pare_profile_saved saved = { 0 };
	struct strvec items = STRVEC_INIT;
	struct pare_selection sel = PARE_SELECTION_INIT;
	struct pare_profile_save save = {
		.name = call->words.v[0], .title = title, .force = force,
		.dry_run = dry_run, .items = &items,
		.layer = tracked ? PARE_LAYER_TRACKED :
			 user	 ? PARE_LAYER_USER :
				   PARE_LAYER_LOCAL,
	};
	int error, exit_code;

	if (local + user + tracked > 1)
		return options_usage_error(&cmd_sparse_save,
					   "only one of --local, --user and "
					   "--tracked");
	error = pare_sparse_read(&state, repo);
	if (!error && !state.enabled) {
		error = error_set(GIT_EINVALID, "this worktree is not sparse");
		error_hint("`git sparse set <dir>...` makes a selection");
	}
	if (!error) {
		save.patterns = !state.cone;
		if (state.cone)
			take_dirs(&items, &state);
		else
			take_patterns(&items, &state);
		if (state.cone)
			inherit_active(&save, repo, &sel, &state);
		error = pare_profile_save(&saved, repo, &save);
	}
	exit_code = error < 0 ? command_fail(error) : print(&save, &saved);
	if (!error && state.cone)
		warn_of_absent(repo, &state, save.items);
	if (!error && !dry_run)
		warn_of_hiding(repo, &save);
	pare_profile_saved_release(&saved);
	pare_selection_release(&sel);
	strvec_clear(&items);
	pare_sparse_state_release(&state);
	return exit_code;
}

const struct command cmd_sparse_save = {
	.name = "sparse save",
	.summary = "keep the selection as a profile",
	.synopsis = { "sparse save [<options>] <profile>" },
	.options = options,
	.needs = COMMAND_WORKTREE,
	.words = { .min = 1, .max = 1, .missing = "under which name?" },
	.run = command_run_in_repo,
	.in_repo = save_selection,
};
