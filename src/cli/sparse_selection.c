/* SPDX-License-Identifier: MIT */
#include "cli/sparse_selection.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/quote.h"
#include "base/strbuf.h"

/* A change that was killed before it could note what is active. */
static int settle(struct sparse_change *sc)
{
	struct pare_sparse_state state = { 0 };
	int error = pare_sparse_read(&state, sc->repo);
	bool settled;

	if (error < 0)
		return error;
	settled = state.enabled &&
		  pare_selection_settle(&sc->selection,
					pare_sparse_selected(&state),
					!state.cone);
	pare_sparse_state_release(&state);
	if (sc->dry_run)
		return 0;
	if (settled)
		return pare_selection_save(&sc->selection, sc->repo);
	pare_selection_withdraw(sc->repo);
	return 0;
}

int sparse_selection_lock(struct sparse_change *sc)
{
	struct strbuf text = STRBUF_INIT;
	int error = sc->dry_run ?
			    pare_selection_load(&sc->selection, sc->repo) :
			    pare_selection_lock(&sc->selection, sc->repo);

	if (!error && sc->selection.next)
		error = settle(sc);
	if (error < 0 || !sc->selection.profiles.nr)
		return error;
	pare_selection_format(&text, &sc->selection);
	sc->selection_before = strbuf_detach(&text, NULL);
	sc->req.caller_state = sc->selection_before;
	return 0;
}

static void forget(struct pare_selection *sel)
{
	struct strvec nothing = STRVEC_INIT;

	strvec_clear(&sel->profiles);
	pare_selection_meet(sel, &nothing, false);
}

int sparse_selection_meet(struct sparse_change *sc)
{
	struct pare_sparse_state state = { 0 };
	int error = pare_sparse_read(&state, sc->repo);

	if (error < 0)
		return error;
	if (!state.enabled)
		forget(&sc->selection);
	else
		pare_selection_meet(&sc->selection,
				    pare_sparse_selected(&state),
				    !state.cone);
	pare_sparse_state_release(&state);
	return 0;
}

/* Nothing is named: the team may have said what to begin with. */
static int take_default(struct sparse_change *sc)
{
	int error;

	if (sc->profile_names.nr || sc->args.nr || sc->from_stdin ||
	    sc->cone == 0)
		return 0;
	if ((error = pare_profiles_load(&sc->profiles, sc->repo)) < 0)
		return error;
	strvec_push_all(&sc->profile_names,
			&pare_profiles_settings(sc->profiles)
				 ->default_profiles);
	return 0;
}

static int load_profiles(struct sparse_change *sc)
{
	return sc->profiles || !sc->profile_names.nr ?
		       0 :
		       pare_profiles_load(&sc->profiles, sc->repo);
}

static int begin_set(struct sparse_change *sc)
{
	int error = take_default(sc);

	if (error < 0 || (error = load_profiles(sc)) < 0)
		return error;
	sc->selection_changes = sc->selection.profiles.nr ||
				sc->profile_names.nr;
	forget(&sc->selection);
	if (!sc->profile_names.nr)
		return 0;
	sc->selection.patterns = !sparse_change_takes_cone(sc);
	pare_selection_add(&sc->selection, &sc->req.dirs);
	error = pare_selection_take(&sc->selection, sc->profiles,
				    &sc->profile_names);
	return error < 0 ? error : sparse_selection_request(sc);
}

static int begin_init(struct sparse_change *sc)
{
	struct pare_sparse_state state = { 0 };
	int error = pare_sparse_read(&state, sc->repo);
	bool begins = !state.enabled && !state.has_file;

	pare_sparse_state_release(&state);
	if (error < 0 || !begins)
		return error;
	if ((error = take_default(sc)) < 0 || !sc->profile_names.nr)
		return error;
	sc->req.action = PARE_SPARSE_SET;
	return begin_set(sc);
}

static int begin_add(struct sparse_change *sc)
{
	int error;

	if ((error = load_profiles(sc)) < 0 ||
	    (error = sparse_selection_meet(sc)) < 0)
		return error;
	pare_selection_add(&sc->selection, &sc->req.dirs);
	if (sc->profiles)
		error = pare_selection_take(&sc->selection, sc->profiles,
					    &sc->profile_names);
	return error < 0 ? error : sparse_selection_request(sc);
}

static int drop_profiles(struct sparse_change *sc)
{
	for (size_t i = 0; i < sc->profile_names.nr; i++) {
		const char *name = sc->profile_names.v[i];

		if (pare_selection_drop(&sc->selection, name))
			continue;
		error_set(GIT_ENOTFOUND, "profile '%s' is not active",
			  quoted(name));
		error_hint("`git sparse status` names those that are");
		return GIT_ENOTFOUND;
	}
	return 0;
}

static int begin_remove(struct sparse_change *sc)
{
	int error;

	if ((error = sparse_selection_meet(sc)) < 0 ||
	    (error = drop_profiles(sc)) < 0)
		return error;
	pare_selection_remove(&sc->selection, &sc->kept, &sc->req.dirs,
			      sc->anyway);
	return sparse_selection_request(sc);
}

int sparse_selection_request(struct sparse_change *sc)
{
	struct pare_selected selected;

	pare_selection_resolve(&selected, &sc->selection);
	if (sc->cone >= 0 && sc->cone == selected.patterns) {
		pare_selected_release(&selected);
		return error_set(GIT_EINVALID, "--%scone cannot be had with "
				 "this profile", sc->cone ? "" : "no-");
	}
	sc->selection_changes = true;
	strvec_clear(&sc->new_dirs);
	strvec_push_all(&sc->new_dirs, &sc->req.dirs);
	strvec_clear(&sc->req.dirs);
	strvec_push_all(&sc->req.dirs, &selected.lines);
	strvec_push_all(&sc->req.steps, &selected.steps);
	sc->req.is_whole = true;
	sc->req.cone = !selected.patterns;
	pare_selected_release(&selected);
	return 0;
}

void sparse_selection_settings(struct sparse_change *sc)
{
	const struct pare_settings *set;

	if (!sc->profiles &&
	    pare_profiles_load_present(&sc->profiles, sc->repo) < 0) {
		command_warn("%s; its settings are not used", error_message());
		error_clear();
		return;
	}
	set = pare_profiles_settings(sc->profiles);
	sc->req.keep_days = set->keep_removed_days;
	if (sc->req.sparse_index < 0 && sc->profile_names.nr &&
	    sc->selection.profiles.nr && sc->req.cone == 1 &&
	    !pare_repo_config_get(sc->repo, "index.sparse"))
		sc->req.sparse_index = set->sparse_index;
}

/* Are other profiles active now than when the selection was locked? */
static bool has_other_profiles(const struct sparse_change *sc)
{
	const char *text = sc->selection_before ? sc->selection_before : "";
	const struct strvec *after = &sc->selection.profiles;
	struct pare_selection before = PARE_SELECTION_INIT;
	bool same = !pare_selection_parse(&before, text, strlen(text)) &&
		    before.profiles.nr == after->nr;

	for (size_t i = 0; i < after->nr && same; i++)
		same = strvec_contains(&before.profiles, after->v[i]);
	error_clear();
	pare_selection_release(&before);
	return !same;
}

bool sparse_selection_is_other(const struct sparse_change *sc)
{
	const char *before = sc->selection_before ? sc->selection_before : "";
	struct strbuf text = STRBUF_INIT;
	bool other;

	if (sc->selection.profiles.nr)
		pare_selection_format(&text, &sc->selection);
	other = strcmp(text.buf, before);
	strbuf_release(&text);
	return other;
}

int sparse_selection_begin(struct sparse_change *sc)
{
	int error = sparse_selection_lock(sc);
	bool used = sc->selection.profiles.nr || sc->profile_names.nr;

	if (error < 0)
		return error;
	if (sc->req.action == PARE_SPARSE_SET)
		error = begin_set(sc);
	else if (sc->req.action == PARE_SPARSE_INIT)
		error = begin_init(sc);
	else if (sc->req.action == PARE_SPARSE_ADD && used)
		error = begin_add(sc);
	else if (sc->req.action == PARE_SPARSE_REMOVE && used)
		error = begin_remove(sc);
	if (!error)
		sparse_selection_settings(sc);
	if (!error)
		sc->req.caller_changes = sc->selection_changes &&
					 has_other_profiles(sc);
	return error;
}

int sparse_selection_change(struct sparse_change *sc)
{
	if (sc->selection_changes && sc->selection.profiles.nr &&
	    !sc->dry_run) {
		pare_selection_announce(&sc->selection, &sc->req.dirs,
					sc->repo);
		sc->announced = true;
	}
	return pare_sparse_change(&sc->report, sc->repo, &sc->req);
}

int sparse_selection_note(struct sparse_change *sc)
{
	if (!sc->selection_changes || sc->dry_run)
		return 0;
	strvec_clear(&sc->selection.applied);
	strvec_push_all(&sc->selection.applied, &sc->req.dirs);
	return pare_selection_save(&sc->selection, sc->repo);
}

int sparse_selection_finish(struct sparse_change *sc)
{
	if (!sc->selection_changes || sc->dry_run)
		return 0;
	strvec_clear(&sc->selection.applied);
	strvec_push_all(&sc->selection.applied, &sc->report.dirs_after);
	return pare_selection_save(&sc->selection, sc->repo);
}

void sparse_selection_release(struct sparse_change *sc)
{
	/* Nothing came of it. */
	if (sc->announced && sc->repo && !sc->report.done)
		pare_selection_withdraw(sc->repo);
	sc->announced = false;
	pare_selection_release(&sc->selection);
	pare_profiles_free(sc->profiles);
	sc->profiles = NULL;
	pare_kept_release(&sc->kept);
	strvec_clear(&sc->new_dirs);
	strvec_clear(&sc->profile_names);
	free(sc->selection_before);
	sc->selection_before = NULL;
}
