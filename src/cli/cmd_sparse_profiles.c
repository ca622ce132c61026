/* SPDX-License-Identifier: MIT */
/* git sparse profiles: what is on offer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/quote.h"
#include "cli/command_list.h"
#include "cli/output.h"
#include "cli/profile_view.h"

/*
 * A file of a megabyte can inherit so much that no memory holds it. Real ones
 * are far from this.
 */
enum { LINES_MAX = 1 << 20 };

static bool json;
static int progress = -1;

static const struct option options[] = {
	OPT_JSON(json),
	OPT_TRISTATE(0, "progress", &progress, "show how far it is"),
	OPT_END,
};

/* Of the longest name and file count, for the columns. */
struct widths {
	int name, files, bytes;
};

static void widen(int *width, const char *text)
{
	if ((int)strlen(text) > *width)
		*width = (int)strlen(text);
}

static void print_profile(const struct profile_view *view,
			  const struct widths *w)
{
	const struct pare_profile *p = view->profile;
	struct strbuf title = STRBUF_INIT;
	const char *mark = view->is_active ? "*" : view->is_always ? "+" : " ";

	if (p->title)
		quote_text(&title, p->title, strlen(p->title));
	printf("%s %s%-*s%s  %*s  %*s%s%s\n", mark, color(COLOR_BOLD), w->name,
	       p->name, color(COLOR_RESET), w->files, profile_files(view),
	       w->bytes, profile_bytes(view), title.len ? "  " : "",
	       title.buf);
	strbuf_release(&title);
}

static int print(const struct profile_view *views, size_t nr)
{
	struct widths w = { 0 };
	json_t *array;

	if (json) {
		array = json_array();
		for (size_t i = 0; i < nr; i++)
			json_array_append_new(array, profile_json(&views[i]));
		return output_json(json_pack("{s:o}", "profiles", array));
	}
	output_pager();
	for (size_t i = 0; i < nr; i++) {
		widen(&w.name, views[i].profile->name);
		widen(&w.files, profile_files(&views[i]));
		widen(&w.bytes, profile_bytes(&views[i]));
	}
	for (size_t i = 0; i < nr; i++)
		print_profile(&views[i], &w);
	if (!nr)
		command_hint("there are no profiles here; they stand in "
			     ".gitpare at the root of the repository, see "
			     "gitpare(5)");
	return EXIT_DONE;
}

static int check_lines(size_t *lines, const struct pare_resolved *resolved)
{
	*lines += resolved->dirs.nr + resolved->excludes.nr +
		  resolved->patterns.nr;
	if (*lines <= LINES_MAX)
		return 0;
	error_set(GIT_EINVALID, "the profiles have more than %d lines, with "
		  "what they inherit", LINES_MAX);
	error_hint("git sparse show <profile> tells of one");
	return GIT_EINVALID;
}

static int list(struct pare_repo *repo, const struct pare_profiles *all,
		const struct pare_selection *sel)
{
	size_t nr = pare_profiles_nr(all), made = 0, lines = 0;
	struct profile_view *views = xcalloc(nr + 1, sizeof(*views));
	int error = 0, exit_code;

	progress_share_line();
	while (made < nr && !error) {
		error = profile_view_make(&views[made], repo, all, sel,
					  pare_profiles_at(all, made),
					  progress_display(progress, json));
		if (!error)
			error = check_lines(&lines, &views[made].resolved);
		made++;
	}
	exit_code = error < 0 ? command_fail(error) : print(views, nr);
	for (size_t i = 0; i < made; i++)
		profile_view_release(&views[i]);
	free(views);
	return exit_code;
}

static int profiles(const struct command_call *call)
{
	struct pare_selection sel = PARE_SELECTION_INIT;
	struct pare_profiles *all = NULL;
	int error, exit_code;

	error = pare_profiles_load(&all, call->repo);
	if (!error)
		error = profile_view_selection(&sel, call->repo);
	exit_code = error < 0 ? command_fail(error) :
				list(call->repo, all, &sel);
	pare_selection_release(&sel);
	pare_profiles_free(all);
	return exit_code;
}

const struct command cmd_sparse_profiles = {
	.name = "sparse profiles",
	.summary = "what profiles are on offer",
	.synopsis = { "sparse profiles [<options>]" },
	.options = options,
	.run = command_run_in_repo,
	.in_repo = profiles,
};
