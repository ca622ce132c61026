/* SPDX-License-Identifier: MIT */
/* Changing a selection: profiles and directories in and out. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "profile/lines.h"
#include "profile/selection.h"

static void push_new(struct strvec *list, const char *item)
{
	if (!strvec_contains(list, item))
		strvec_push(list, item);
}

static void remove_item(struct strvec *list, const char *item)
{
	for (size_t i = list->nr; i-- > 0;)
		if (!strcmp(list->v[i], item))
			strvec_remove(list, i);
}

/* Drop what is `dir` or below it; was there any? */
static bool remove_under(const struct pare_selection *sel, struct strvec *list,
			 const char *dir)
{
	size_t before = list->nr;

	for (size_t i = list->nr; i-- > 0;)
		if (path_is_under_fold(list->v[i], dir, sel->ignore_case))
			strvec_remove(list, i);
	return list->nr != before;
}

/* Is `dir` one of these or below one? */
static bool is_covered(const struct pare_selection *sel,
		       const struct strvec *list, const char *dir)
{
	for (size_t i = 0; i < list->nr; i++)
		if (path_is_under_fold(dir, list->v[i], sel->ignore_case))
			return true;
	return false;
}

/* The same for a sorted list, which may be long. */
static bool is_covered_sorted(const struct strvec *list, const char *dir)
{
	struct strbuf above = STRBUF_INIT;
	bool found = false;

	strbuf_addstr(&above, dir);
	while (above.len && !found) {
		found = strvec_search(list, above.buf) >= 0;
		strbuf_setlen(&above, path_dir_len(above.buf, above.len));
	}
	strbuf_release(&above);
	return found;
}

static bool is_excluded(const struct pare_selection *sel, const char *dir)
{
	for (size_t i = 0; i < sel->nr_profiles; i++)
		if (is_covered(sel, &sel->profile[i].exclude, dir))
			return true;
	return false;
}

static const char *wants_line(const struct pare_selection *sel,
			      const char *line)
{
	for (size_t i = 0; i < sel->nr_profiles; i++) {
		const struct pare_applied_profile *p = &sel->profile[i];
		struct strvec lines = STRVEC_INIT;
		bool wants;

		strvec_push_all(&lines, &p->patterns);
		lines_of_dirs(&lines, &p->dirs, "");
		wants = strvec_contains(&lines, line);
		strvec_clear(&lines);
		if (wants)
			return p->name;
	}
	return NULL;
}

const char *selection_wants(const struct pare_selection *sel, const char *dir)
{
	if (sel->patterns)
		return wants_line(sel, dir);
	if (is_excluded(sel, dir))
		return NULL;
	for (size_t i = 0; i < sel->nr_profiles; i++)
		if (is_covered(sel, &sel->profile[i].dirs, dir))
			return sel->profile[i].name;
	return NULL;
}

void pare_selection_add(struct pare_selection *sel, const struct strvec *dirs)
{
	struct strvec known = STRVEC_INIT;

	strvec_push_all(&known, &sel->dirs);
	strvec_sort(&known);
	for (size_t i = 0; i < dirs->nr; i++) {
		const char *dir = dirs->v[i];

		if (sel->patterns)
			remove_item(&sel->exceptions, dir);
		else
			remove_under(sel, &sel->exceptions, dir);
		if (strvec_search(&known, dir) < 0)
			strvec_push(&sel->dirs, dir);
	}
	strvec_clear(&known);
}

static void keep(struct pare_kept *kept, const char *dir, const char *by)
{
	strvec_push(&kept->dirs, dir);
	strvec_push(&kept->by, by);
}

/* What profiles want below `dir` stays, also below an own addition. */
static bool keep_below(struct pare_selection *sel, struct pare_kept *kept,
		       const char *dir, bool is_own)
{
	bool any = false;

	for (size_t i = 0; i < sel->nr_profiles; i++) {
		const struct pare_applied_profile *p = &sel->profile[i];

		for (size_t j = 0; j < p->dirs.nr; j++) {
			const char *d = p->dirs.v[j];

			if (!path_is_under_fold(d, dir, sel->ignore_case) ||
			    is_excluded(sel, d) ||
			    is_covered(sel, &sel->exceptions, d))
				continue;
			any = true;
			if (!kept)
				continue;
			keep(kept, d, p->name);
			if (is_own)
				push_new(&sel->dirs, d);
		}
	}
	return any;
}

static void remove_dir(struct pare_selection *sel, struct pare_kept *kept,
		       const char *dir, bool anyway)
{
	bool excepted = is_covered(sel, &sel->exceptions, dir);
	bool had = remove_under(sel, &sel->dirs, dir);
	bool is_own = is_covered(sel, &sel->dirs, dir);
	const char *by = excepted ? NULL : selection_wants(sel, dir);
	bool below;

	if (by && !anyway) {
		keep(kept, dir, by);
		return;
	}
	below = keep_below(sel, anyway ? NULL : kept, dir, is_own);
	if (is_own || (anyway && (by || below))) {
		remove_under(sel, &sel->exceptions, dir);
		push_new(&sel->exceptions, dir);
	} else if (!had && !below) {
		strvec_push(&kept->absent, dir);
	}
}

static void remove_line(struct pare_selection *sel, struct pare_kept *kept,
			const char *line, bool anyway)
{
	const char *by = wants_line(sel, line);
	bool had = strvec_contains(&sel->dirs, line);

	remove_item(&sel->dirs, line);
	if (by && strvec_contains(&sel->exceptions, line))
		by = NULL;
	if (by && anyway)
		push_new(&sel->exceptions, line);
	else if (by)
		keep(kept, line, by);
	else if (!had)
		strvec_push(&kept->absent, line);
}

void pare_selection_remove(struct pare_selection *sel, struct pare_kept *kept,
			   const struct strvec *dirs, bool anyway)
{
	for (size_t i = 0; i < dirs->nr; i++) {
		if (sel->patterns)
			remove_line(sel, kept, dirs->v[i], anyway);
		else
			remove_dir(sel, kept, dirs->v[i], anyway);
	}
}

void pare_kept_release(struct pare_kept *kept)
{
	strvec_clear(&kept->dirs);
	strvec_clear(&kept->by);
	strvec_clear(&kept->absent);
}

/* Forget profiles that are neither active nor applied with those that are. */
static void prune_profiles(struct pare_selection *sel)
{
	size_t nr = 0;

	if (!sel->profiles.nr)
		strvec_clear(&sel->always);
	for (size_t i = 0; i < sel->nr_profiles; i++) {
		struct pare_applied_profile *p = &sel->profile[i];

		if (strvec_contains(&sel->always, p->name) ||
		    strvec_contains(&sel->profiles, p->name))
			sel->profile[nr++] = *p;
		else
			applied_profile_clear(p);
	}
	sel->nr_profiles = nr;
}

/* Exceptions from what nothing wants any longer. */
static void prune_exceptions(struct pare_selection *sel)
{
	for (size_t i = sel->exceptions.nr; i-- > 0;) {
		const char *dir = sel->exceptions.v[i];
		bool wanted =
			selection_wants(sel, dir) ||
			(!sel->patterns && is_covered(sel, &sel->dirs, dir));

		for (size_t j = 0; !sel->patterns && j < sel->nr_profiles; j++)
			for (size_t k = 0; k < sel->profile[j].dirs.nr; k++)
				wanted |= path_is_under_fold(
					sel->profile[j].dirs.v[k], dir,
					sel->ignore_case);
		if (!wanted)
			strvec_remove(&sel->exceptions, i);
	}
}

bool pare_selection_drop(struct pare_selection *sel, const char *name)
{
	if (!strvec_contains(&sel->profiles, name))
		return false;
	remove_item(&sel->profiles, name);
	prune_profiles(sel);
	prune_exceptions(sel);
	return true;
}

/* What the names are now. */
static int resolve_all(struct pare_selection *fresh,
		       const struct pare_profiles *profiles,
		       const struct strvec *names)
{
	int error = 0;

	for (size_t i = 0; i < names->nr && !error; i++)
		error = applied_profile_resolve(
			selection_profile(fresh, names->v[i]), profiles,
			names->v[i]);
	return error;
}

int pare_selection_take(struct pare_selection *sel,
			const struct pare_profiles *profiles,
			const struct strvec *names)
{
	const struct strvec *always = &pare_profiles_settings(profiles)->always;
	struct pare_selection fresh = PARE_SELECTION_INIT;
	int error = 0;

	for (size_t i = 0; i < always->nr; i++)
		push_new(&fresh.always, always->v[i]);
	for (size_t i = 0; i < names->nr; i++)
		if (!strvec_contains(&fresh.always, names->v[i]))
			push_new(&fresh.profiles, names->v[i]);
	if ((error = resolve_all(&fresh, profiles, &fresh.profiles)) < 0)
		goto done;
	error = resolve_all(&fresh, profiles, &fresh.always);
	if (error < 0) {
		error = error_wrap(error, "[sparse] always");
		goto done;
	}
	for (size_t i = 0; i < fresh.nr_profiles; i++) {
		struct pare_applied_profile *p =
			selection_profile(sel, fresh.profile[i].name);
		struct pare_applied_profile old = *p;

		*p = fresh.profile[i];
		fresh.profile[i] = old;
	}
	for (size_t i = 0; i < names->nr; i++)
		push_new(&sel->profiles, names->v[i]);
	strvec_clear(&sel->always);
	strvec_push_all(&sel->always, &fresh.always);
	prune_profiles(sel);
done:
	pare_selection_release(&fresh);
	return error;
}

int pare_selection_refresh(struct pare_selection *sel,
			   const struct pare_profiles *profiles)
{
	struct strvec names = STRVEC_INIT;
	int error;

	for (size_t i = 0; i < sel->profiles.nr; i++)
		if (pare_profiles_find(profiles, sel->profiles.v[i]))
			strvec_push(&names, sel->profiles.v[i]);
	error = pare_selection_take(sel, profiles, &names);
	strvec_clear(&names);
	return error;
}

/* All of it, profiles forgotten. */
static void take_present(struct pare_selection *sel,
			 const struct strvec *present, bool patterns)
{
	strvec_clear(&sel->profiles);
	strvec_clear(&sel->dirs);
	strvec_clear(&sel->exceptions);
	strvec_clear(&sel->applied);
	prune_profiles(sel);
	sel->patterns = patterns;
	strvec_push_all(&sel->dirs, present);
	strvec_push_all(&sel->applied, present);
}

/* Is anything that the profile brought still there? */
static bool is_left(const struct pare_selection *sel, const char *name,
		    const struct strvec *present)
{
	for (size_t i = 0; i < sel->nr_profiles; i++) {
		const struct pare_applied_profile *p = &sel->profile[i];

		if (strcmp(p->name, name))
			continue;
		for (size_t j = 0; j < p->patterns.nr; j++)
			if (strvec_contains(present, p->patterns.v[j]))
				return true;
		for (size_t j = 0; j < p->dirs.nr; j++)
			for (size_t k = 0; k < present->nr; k++)
				if (sel->patterns ||
				    path_is_under(p->dirs.v[j],
						  present->v[k]) ||
				    path_is_under(present->v[k],
						  p->dirs.v[j]))
					return true;
		return !p->patterns.nr && !p->dirs.nr;
	}
	return true;
}

static bool is_there(const struct pare_selection *sel,
		     const struct strvec *list, const char *item)
{
	return sel->patterns ? strvec_contains(list, item) :
			       is_covered_sorted(list, item);
}

void pare_selection_meet(struct pare_selection *sel,
			 const struct strvec *present, bool patterns)
{
	struct pare_kept kept = PARE_KEPT_INIT;
	struct strvec new = STRVEC_INIT, gone = STRVEC_INIT;

	if (pare_selection_settle(sel, present, patterns) && sel->profiles.nr)
		return;
	if (!sel->profiles.nr || sel->patterns != patterns) {
		take_present(sel, present, patterns);
		return;
	}
	if (strvec_equal(present, &sel->applied))
		return;
	for (size_t i = 0; i < present->nr; i++)
		if (!is_there(sel, &sel->applied, present->v[i]))
			strvec_push(&new, present->v[i]);
	for (size_t i = 0; i < sel->applied.nr; i++)
		if (!is_there(sel, present, sel->applied.v[i]))
			strvec_push(&gone, sel->applied.v[i]);
	for (size_t i = sel->profiles.nr; i-- > 0;)
		if (!is_left(sel, sel->profiles.v[i], present))
			pare_selection_drop(sel, sel->profiles.v[i]);
	pare_selection_remove(sel, &kept, &gone, true);
	/* A part of what went may have stayed: "a" went, "a/b" is there. */
	for (size_t i = 0; i < present->nr && !patterns; i++)
		if (is_covered(sel, &gone, present->v[i]))
			strvec_push(&new, present->v[i]);
	pare_selection_add(sel, &new);
	strvec_clear(&sel->applied);
	strvec_push_all(&sel->applied, present);
	if (!sel->profiles.nr)
		take_present(sel, present, patterns);
	pare_kept_release(&kept);
	strvec_clear(&new);
	strvec_clear(&gone);
}
