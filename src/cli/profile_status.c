/* SPDX-License-Identifier: MIT */
#include "cli/profile_status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/quote.h"
#include "base/strbuf.h"
#include "cli/output.h"
#include "cli/profile_view.h"

static void subtract(struct strvec *out, const struct strvec *from,
		     const struct strvec *what)
{
	struct strvec sorted = STRVEC_INIT;

	strvec_push_all(&sorted, what);
	strvec_sort(&sorted);
	for (size_t i = 0; i < from->nr; i++)
		if (strvec_search(&sorted, from->v[i]) < 0)
			strvec_push(out, from->v[i]);
	strvec_clear(&sorted);
}

/* A file with a fault is told of; what is active stays as it was applied. */
static int find_drift(struct profile_status *ps, struct pare_repo *repo)
{
	int error = pare_profiles_load(&ps->all, repo);

	if (!error)
		error = pare_selection_drift(&ps->drift, &ps->nr_drift,
					     &ps->sel, ps->all);
	if (error != GIT_EINVALID && error != GIT_ENOTFOUND)
		return error;
	ps->fault = xstrdup(error_message());
	error_clear();
	return 0;
}

int profile_status_make(struct profile_status *ps, struct pare_repo *repo,
			const struct pare_sparse_state *state)
{
	const struct strvec *present = pare_sparse_selected(state);
	int error;

	*ps = (struct profile_status){ .sel = PARE_SELECTION_INIT };
	strvec_init(&ps->added);
	strvec_init(&ps->removed);
	error = pare_selection_load(&ps->sel, repo);
	if (!error && state->enabled)
		pare_selection_settle(&ps->sel, present, !state->cone);
	if (error < 0 || !ps->sel.profiles.nr)
		return error;
	if (!state->enabled) {
		pare_selection_release(&ps->sel);
		return 0;
	}
	subtract(&ps->added, present, &ps->sel.applied);
	subtract(&ps->removed, &ps->sel.applied, present);
	ps->is_edited = ps->added.nr || ps->removed.nr;
	/* What is active is what git's files leave of it. */
	pare_selection_meet(&ps->sel, present, !state->cone);
	return find_drift(ps, repo);
}

void profile_status_release(struct profile_status *ps)
{
	pare_drift_free(ps->drift, ps->nr_drift);
	pare_profiles_free(ps->all);
	pare_selection_release(&ps->sel);
	strvec_clear(&ps->added);
	strvec_clear(&ps->removed);
	free(ps->fault);
}

static const struct pare_profile *find(const struct profile_status *ps,
				       const char *name)
{
	return ps->all ? pare_profiles_find(ps->all, name) : NULL;
}

static void print_profile(const struct profile_status *ps, const char *name,
			  bool is_always)
{
	const struct pare_profile *p = find(ps, name);
	struct strbuf title = STRBUF_INIT;

	if (p && p->title)
		quote_text(&title, p->title, strlen(p->title));
	printf("profile %s%s%s%s%s", color(COLOR_BOLD), shown_path(name),
	       color(COLOR_RESET), title.len ? ": " : "", title.buf);
	if (p)
		printf("  (%s:%u%s)", p->origin.file, p->origin.line,
		       is_always ? ", always" : "");
	putchar('\n');
	strbuf_release(&title);
}

static void print_items(const char *sign, const struct strvec *items)
{
	for (size_t i = 0; i < items->nr; i++)
		printf("  %s%s\n", sign, shown_path(items->v[i]));
}

static void print_drift(const struct pare_drift *drift)
{
	if (drift->gone) {
		printf("\nprofile '%s' is gone; its directories stay as they "
		       "were applied\n(`git sparse remove --profile %s` ends "
		       "it)\n", shown_path(drift->profile),
		       shown_path(drift->profile));
		return;
	}
	printf("\nprofile '%s' has changed since it was applied:\n",
	       shown_path(drift->profile));
	print_items("+ ", &drift->gained);
	print_items("- ", &drift->lost);
	puts("(`git sparse sync` applies it)");
}

static void print_list(const char *title, const struct strvec *items)
{
	if (!items->nr)
		return;
	printf("%s", title);
	for (size_t i = 0; i < items->nr; i++)
		printf("%s%s", i ? ", " : " ", shown_path(items->v[i]));
	putchar('\n');
}

void profile_status_print(const struct profile_status *ps)
{
	const struct pare_selection *sel = &ps->sel;

	if (!sel->profiles.nr)
		return;
	for (size_t i = 0; i < sel->profiles.nr; i++)
		print_profile(ps, sel->profiles.v[i], false);
	for (size_t i = 0; i < sel->always.nr; i++)
		if (!strvec_contains(&sel->profiles, sel->always.v[i]))
			print_profile(ps, sel->always.v[i], true);
	print_list("added by name:", &sel->dirs);
	print_list("taken out:", &sel->exceptions);
	if (ps->fault)
		printf("\nthe profiles cannot be read: %s\n", ps->fault);
	for (size_t i = 0; i < ps->nr_drift; i++)
		print_drift(&ps->drift[i]);
	if (!ps->is_edited)
		return;
	puts("\nchanged since by git, not by git sparse:");
	print_items("+ ", &ps->added);
	print_items("- ", &ps->removed);
}

static json_t *active_json(const struct profile_status *ps, const char *name)
{
	const struct pare_profile *p = find(ps, name);
	const struct pare_drift *drift = NULL;
	struct strvec none = STRVEC_INIT;

	for (size_t i = 0; i < ps->nr_drift; i++)
		if (!strcmp(ps->drift[i].profile, name))
			drift = &ps->drift[i];
	return json_pack(
		"{s:o, s:b, s:o, s:o, s:o, s:b, s:o, s:o}", "name",
		json_path(name), "always",
		!strvec_contains(&ps->sel.profiles, name), "title",
		p && p->title ? json_path(p->title) : json_null(), "file",
		profile_file_json(p ? p->origin.file : NULL), "line",
		p ? json_integer(p->origin.line) : json_null(), "gone",
		drift && drift->gone, "gained",
		json_strvec(drift ? &drift->gained : &none), "lost",
		json_strvec(drift ? &drift->lost : &none));
}

void profile_status_add_json(const struct profile_status *ps, json_t *object)
{
	const struct pare_selection *sel = &ps->sel;
	json_t *profiles = json_array();

	for (size_t i = 0; i < sel->profiles.nr; i++)
		json_array_append_new(profiles,
				      active_json(ps, sel->profiles.v[i]));
	for (size_t i = 0; i < sel->always.nr; i++)
		if (!strvec_contains(&sel->profiles, sel->always.v[i]))
			json_array_append_new(
				profiles,
				active_json(ps, sel->always.v[i]));
	json_object_set_new(object, "profiles", profiles);
	json_object_set_new(object, "own", json_strvec(&sel->dirs));
	json_object_set_new(object, "exceptions",
			    json_strvec(&sel->exceptions));
	json_object_set_new(object, "fault",
			    ps->fault ? json_path(ps->fault) : json_null());
	json_object_set_new(object, "edited_added", json_strvec(&ps->added));
	json_object_set_new(object, "edited_removed",
			    json_strvec(&ps->removed));
}
