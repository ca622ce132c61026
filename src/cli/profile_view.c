/* SPDX-License-Identifier: MIT */
#include "cli/profile_view.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "cli/output.h"

const char *profile_layer_name(enum pare_profile_layer layer)
{
	static const char *const names[] = {
		[PARE_LAYER_TRACKED] = "tracked",
		[PARE_LAYER_USER] = "user",
		[PARE_LAYER_LOCAL] = "local",
	};

	return names[layer];
}

static int measure(struct profile_view *view, struct pare_repo *repo,
		   const struct pare_profiles *all,
		   const struct pare_progress *progress)
{
	struct pare_sparse_request req = PARE_SPARSE_REQUEST_INIT;
	struct pare_selected selected;
	int error = pare_profile_select(&selected, all, view->profile->name);

	req.cone = !selected.patterns;
	req.progress = progress;
	strvec_push_all(&req.dirs, &selected.lines);
	strvec_push_all(&req.steps, &selected.steps);
	if (!error)
		error = pare_sparse_measure(&view->size, repo, &req);
	view->has_size = !error;
	if (error == GIT_EUNBORNBRANCH || error == GIT_ENOTFOUND ||
	    error == PARE_EHANDOVER) {
		error_clear();
		error = 0;
	}
	pare_selected_release(&selected);
	pare_sparse_request_release(&req);
	return error;
}

int profile_view_selection(struct pare_selection *sel,
			   struct pare_repo *repo)
{
	struct pare_sparse_state state = { 0 };
	int error = pare_selection_load(sel, repo);

	if (error < 0 || !(sel->profiles.nr || sel->next))
		return error;
	error = pare_sparse_read(&state, repo);
	if (!error && state.enabled)
		pare_selection_meet(sel, pare_sparse_selected(&state),
				    !state.cone);
	else if (!error)
		pare_selection_release(sel);
	pare_sparse_state_release(&state);
	return error;
}

int profile_view_make(struct profile_view *view, struct pare_repo *repo,
		      const struct pare_profiles *all,
		      const struct pare_selection *sel,
		      const struct pare_profile *profile,
		      const struct pare_progress *progress)
{
	int error;

	*view = (struct profile_view){ .profile = profile };
	view->is_active = strvec_contains(&sel->profiles, profile->name);
	view->is_always = strvec_contains(&sel->always, profile->name);
	error = pare_profile_resolve(&view->resolved, all, profile->name);
	return error < 0 ? error : measure(view, repo, all, progress);
}

void profile_view_release(struct profile_view *view)
{
	pare_resolved_release(&view->resolved);
}

const char *profile_files(const struct profile_view *view)
{
	return view->has_size ?
		       shown_count(view->size.files, "file", "files") :
		       "? files";
}

const char *profile_bytes(const struct profile_view *view)
{
	static char text[64];

	if (!view->has_size || (view->size.unknown_files && !view->size.bytes))
		return "size unknown";
	snprintf(text, sizeof(text), "%s%s",
		 view->size.unknown_files ? "over " : "",
		 shown_size(view->size.bytes));
	return text;
}

json_t *profile_file_json(const char *file)
{
	char *path = file ? pare_profile_path(file) : NULL;
	json_t *json = path ? json_path(path) : json_null();

	free(path);
	return json;
}

static json_t *dirs_json(const struct strvec *dirs,
			 const struct pare_origin *origin)
{
	json_t *array = json_array();

	for (size_t i = 0; i < dirs->nr; i++) {
		const struct pare_origin *o = &origin[i];

		json_array_append_new(
			array, json_pack("{s:o, s:s, s:o, s:i}", "dir",
					 json_path(dirs->v[i]),
					 "profile", o->profile, "file",
					 profile_file_json(o->file), "line",
					 (int)o->line));
	}
	return array;
}

static json_t *number_json(bool known, uint64_t nr)
{
	return known ? json_integer((json_int_t)nr) : json_null();
}

json_t *profile_json(const struct profile_view *view)
{
	const struct pare_profile *p = view->profile;
	const struct pare_sparse_size *size = &view->size;

	return json_pack(
		"{s:s, s:o, s:b, s:b, s:s, s:o, s:i, s:s, s:o, s:o, s:o, s:o,"
		" s:o, s:o, s:o, s:o}",
		"name", p->name, "title",
		p->title ? json_path(p->title) : json_null(), "active",
		view->is_active, "always", view->is_always, "layer",
		profile_layer_name(p->layer), "file",
		profile_file_json(p->origin.file), "line", (int)p->origin.line,
		"mode", p->is_patterns ? "patterns" : "cone", "inherit",
		json_strvec(&p->inherit), "dirs",
		dirs_json(&view->resolved.dirs, view->resolved.origin),
		"exclude", json_strvec(&view->resolved.excludes), "exclusions",
		dirs_json(&view->resolved.excludes,
			  view->resolved.exclude_origin),
		"patterns", json_strvec(&view->resolved.patterns), "files",
		number_json(view->has_size, size->files), "bytes",
		number_json(view->has_size, size->bytes),
		"files_of_unknown_size",
		number_json(view->has_size, size->unknown_files));
}
