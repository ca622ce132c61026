/* SPDX-License-Identifier: MIT */
/* A selection to what the sparse checkout is asked for; what has changed. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/path.h"
#include "profile/lines.h"
#include "profile/selection.h"

static void to_lines(struct strvec *list)
{
	struct strvec lines = STRVEC_INIT;

	lines_of_dirs(&lines, list, "");
	strvec_clear(list);
	*list = lines;
}

static bool to_dirs(struct strvec *list)
{
	struct strvec dirs = STRVEC_INIT;

	if (!dirs_of_lines(&dirs, list))
		return false;
	strvec_clear(list);
	*list = dirs;
	return true;
}

/* Patterns if a profile has some, or what is there besides needs them. */
static void choose_mode(struct pare_selection *sel)
{
	bool need = false;

	for (size_t i = 0; i < sel->nr_profiles; i++)
		need |= sel->profile[i].patterns.nr > 0;
	if (need && !sel->patterns) {
		to_lines(&sel->dirs);
		to_lines(&sel->exceptions);
		sel->patterns = true;
	} else if (!need && sel->patterns && to_dirs(&sel->dirs)) {
		if (!to_dirs(&sel->exceptions))
			strvec_clear(&sel->exceptions);
		sel->patterns = false;
	}
}

static void push_lines(struct pare_selected *out,
		       const struct pare_selection *sel,
		       const struct strvec *lines)
{
	for (size_t i = 0; i < lines->nr; i++)
		if (!strvec_contains(&out->lines, lines->v[i]) &&
		    !strvec_contains(&sel->exceptions, lines->v[i]))
			strvec_push(&out->lines, lines->v[i]);
}

/* The files of the root first: what follows may be below directories. */
static void push_root(struct pare_selected *out,
		      const struct pare_selection *sel)
{
	bool wanted = strvec_contains(&sel->dirs, "/*");

	for (size_t i = 0; i < sel->nr_profiles; i++)
		wanted |= sel->profile[i].dirs.nr > 0 ||
			  strvec_contains(&sel->profile[i].patterns, "!/*/");
	if (wanted)
		strvec_pushl(&out->lines, "/*", "!/*/", NULL);
}

static void resolve_lines(struct pare_selected *out,
			  const struct pare_selection *sel)
{
	struct strvec dirs = STRVEC_INIT;

	push_root(out, sel);
	for (size_t i = 0; i < sel->nr_profiles; i++)
		push_lines(out, sel, &sel->profile[i].patterns);
	for (size_t i = 0; i < sel->nr_profiles; i++)
		lines_of_dirs(&dirs, &sel->profile[i].dirs, "");
	for (size_t i = 0; i < sel->nr_profiles; i++)
		lines_of_dirs(&dirs, &sel->profile[i].exclude, "!");
	push_lines(out, sel, &dirs);
	push_lines(out, sel, &sel->dirs);
	strvec_clear(&dirs);
}

static int by_length(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;
	size_t x_len = strlen(x), y_len = strlen(y);

	return x_len != y_len ? (x_len > y_len) - (x_len < y_len) :
				strcmp(x + 1, y + 1);
}

/* Does anything that is taken out lie above or below an own addition? */
static bool is_touched(const struct pare_selection *sel, const char *dir)
{
	const struct strvec *list = &sel->exceptions;

	for (size_t i = 0; i <= sel->nr_profiles; i++) {
		for (size_t j = 0; j < list->nr; j++)
			if (path_is_under_fold(dir, list->v[j],
					       sel->ignore_case) ||
			    path_is_under_fold(list->v[j], dir,
					       sel->ignore_case))
				return true;
		if (i < sel->nr_profiles)
			list = &sel->profile[i].exclude;
	}
	return false;
}

/* Of own additions and exceptions the deeper one has the last word. */
static void resolve_dirs(struct pare_selected *out,
			 const struct pare_selection *sel)
{
	size_t first;

	for (size_t i = 0; i < sel->nr_profiles; i++) {
		const struct pare_applied_profile *p = &sel->profile[i];

		strvec_push_all(&out->lines, &p->dirs);
		for (size_t j = 0; j < p->exclude.nr; j++)
			strvec_pushf(&out->steps, "-%s", p->exclude.v[j]);
	}
	strvec_push_all(&out->lines, &sel->dirs);
	first = out->steps.nr;
	for (size_t i = 0; i < sel->dirs.nr; i++)
		if (is_touched(sel, sel->dirs.v[i]))
			strvec_pushf(&out->steps, "+%s", sel->dirs.v[i]);
	for (size_t i = 0; i < sel->exceptions.nr; i++)
		strvec_pushf(&out->steps, "-%s", sel->exceptions.v[i]);
	if (out->steps.nr > first)
		qsort(out->steps.v + first, out->steps.nr - first,
		      sizeof(*out->steps.v), by_length);
}

void pare_selection_resolve(struct pare_selected *out,
			    struct pare_selection *sel)
{
	strvec_init(&out->lines);
	strvec_init(&out->steps);
	choose_mode(sel);
	out->patterns = sel->patterns;
	if (sel->patterns)
		resolve_lines(out, sel);
	else
		resolve_dirs(out, sel);
}

int pare_profile_select(struct pare_selected *out,
			const struct pare_profiles *profiles, const char *name)
{
	struct pare_selection sel = PARE_SELECTION_INIT;
	int error;

	error = applied_profile_resolve(selection_profile(&sel, name),
					profiles, name);
	/* Nothing is in it after an error. */
	pare_selection_resolve(out, &sel);
	pare_selection_release(&sel);
	return error;
}

void pare_selected_release(struct pare_selected *selected)
{
	strvec_clear(&selected->lines);
	strvec_clear(&selected->steps);
}

static void flatten(struct strvec *out, const struct pare_applied_profile *p)
{
	strvec_push_all(out, &p->dirs);
	for (size_t i = 0; i < p->exclude.nr; i++)
		strvec_pushf(out, "!%s", p->exclude.v[i]);
	strvec_push_all(out, &p->patterns);
	strvec_sort(out);
}

static void subtract(struct strvec *out, const struct strvec *from,
		     const struct strvec *what)
{
	for (size_t i = 0; i < from->nr; i++)
		if (strvec_search(what, from->v[i]) < 0)
			strvec_push(out, from->v[i]);
}

static void compare(struct pare_drift *drift,
		    const struct pare_applied_profile *then,
		    const struct pare_applied_profile *now)
{
	struct strvec a = STRVEC_INIT, b = STRVEC_INIT;

	flatten(&a, then);
	flatten(&b, now);
	subtract(&drift->gained, &b, &a);
	subtract(&drift->lost, &a, &b);
	strvec_clear(&a);
	strvec_clear(&b);
}

#define APPLIED_PROFILE_INIT                                                  \
	{ .dirs = STRVEC_INIT, .exclude = STRVEC_INIT, .patterns = STRVEC_INIT }

/* Fill `drift`; 1 when there is any. */
static int drift_of(struct pare_drift *drift,
		    const struct pare_applied_profile *then,
		    const struct pare_profiles *profiles, bool wanted)
{
	struct pare_applied_profile now = APPLIED_PROFILE_INIT;
	bool there = pare_profiles_find(profiles, then->name);
	int error = 0;

	*drift = (struct pare_drift){ .profile = then->name,
				      .gained = STRVEC_INIT,
				      .lost = STRVEC_INIT };
	drift->gone = wanted && !there;
	if (wanted && there)
		error = applied_profile_resolve(&now, profiles, then->name);
	if (error >= 0 && !drift->gone)
		compare(drift, then, &now);
	applied_profile_clear(&now);
	return error < 0 ? error :
			   drift->gone || drift->gained.nr || drift->lost.nr;
}

int pare_selection_drift(struct pare_drift **out, size_t *nr,
			 const struct pare_selection *sel,
			 const struct pare_profiles *profiles)
{
	const struct strvec *always = &pare_profiles_settings(profiles)->always;
	size_t max = sel->nr_profiles + always->nr;
	struct pare_drift *drift = xcalloc(max + 1, sizeof(*drift));
	int rc = 0;

	*nr = 0;
	for (size_t i = 0; i < sel->nr_profiles && rc >= 0; i++) {
		const struct pare_applied_profile *p = &sel->profile[i];
		bool wanted = strvec_contains(&sel->profiles, p->name) ||
			      strvec_contains(always, p->name);

		rc = drift_of(&drift[*nr], p, profiles, wanted);
		*nr += rc > 0;
	}
	/* What `always` names only now. */
	for (size_t i = 0; i < always->nr && rc >= 0 && sel->profiles.nr; i++) {
		struct pare_applied_profile none = APPLIED_PROFILE_INIT;
		bool known = false;

		for (size_t j = 0; j < sel->nr_profiles; j++)
			known |= !strcmp(sel->profile[j].name, always->v[i]);
		if (known)
			continue;
		none.name = (char *)always->v[i];
		rc = drift_of(&drift[*nr], &none, profiles, true);
		*nr += rc > 0;
	}
	*out = drift;
	if (rc >= 0)
		return 0;
	pare_drift_free(drift, *nr + 1);
	*out = NULL;
	*nr = 0;
	return rc;
}

void pare_drift_free(struct pare_drift *drift, size_t nr)
{
	for (size_t i = 0; drift && i < nr; i++) {
		strvec_clear(&drift[i].gained);
		strvec_clear(&drift[i].lost);
	}
	free(drift);
}
