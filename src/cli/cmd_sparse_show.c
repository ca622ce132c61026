/* SPDX-License-Identifier: MIT */
/* git sparse show: one profile, with the line that each thing comes from. */
#include <stdio.h>
#include <string.h>

#include "base/quote.h"
#include "cli/command_list.h"
#include "cli/output.h"
#include "cli/profile_view.h"

static bool json;
static int progress = -1;

static const struct option options[] = {
	OPT_JSON(json),
	OPT_TRISTATE(0, "progress", &progress, "show how far it is"),
	OPT_END,
};

static void print_list(const char *title, const struct strvec *list)
{
	if (list->nr)
		printf("\n%s\n", title);
	for (size_t i = 0; i < list->nr; i++)
		printf("  %s\n", shown_path(list->v[i]));
}

/* Each with the line that says it. */
static void print_dirs(const struct profile_view *view, const char *title,
		       const struct strvec *dirs,
		       const struct pare_origin *origin)
{
	int width = 0;

	for (size_t i = 0; i < dirs->nr; i++)
		if ((int)strlen(shown_path(dirs->v[i])) > width)
			width = (int)strlen(shown_path(dirs->v[i]));
	if (dirs->nr)
		printf("\n%s\n", title);
	for (size_t i = 0; i < dirs->nr; i++) {
		const struct pare_origin *o = &origin[i];

		printf("  %-*s  %s:%u", width, shown_path(dirs->v[i]),
		       o->file, o->line);
		if (strcmp(o->profile, view->profile->name))
			printf(" (%s)", o->profile);
		putchar('\n');
	}
}

static void print_words(const char *title, const struct strvec *words)
{
	if (!words->nr)
		return;
	fputs(title, stdout);
	for (size_t i = 0; i < words->nr; i++)
		printf(" %s", shown_path(words->v[i]));
	putchar('\n');
}

static void print(const struct profile_view *view)
{
	const struct pare_profile *p = view->profile;
	struct strbuf title = STRBUF_INIT;

	output_pager();
	if (p->title)
		quote_text(&title, p->title, strlen(p->title));
	printf("%s%s%s%s%s\n", color(COLOR_BOLD), p->name, color(COLOR_RESET),
	       title.len ? ": " : "", title.buf);
	printf("%s:%u (%s)%s\n", p->origin.file, p->origin.line,
	       profile_layer_name(p->layer),
	       view->is_active ? ", active" :
	       view->is_always ? ", applied with the active ones" : "");
	print_words("inherits", &p->inherit);
	printf("%s, %s\n", profile_files(view), profile_bytes(view));
	print_dirs(view, "directories", &view->resolved.dirs,
		   view->resolved.origin);
	print_dirs(view, "taken out", &view->resolved.excludes,
		   view->resolved.exclude_origin);
	print_list("patterns", &view->resolved.patterns);
	strbuf_release(&title);
}

static int show(const struct command_call *call)
{
	struct pare_repo *repo = call->repo;
	struct pare_selection sel = PARE_SELECTION_INIT;
	struct pare_profiles *all = NULL;
	const struct pare_profile *profile;
	struct profile_view view = { 0 };
	int error, exit_code = EXIT_DONE;

	progress_share_line();
	error = pare_profiles_load(&all, repo);
	if (!error)
		error = pare_profiles_require(&profile, all,
					      call->words.v[0]);
	if (!error)
		error = profile_view_selection(&sel, repo);
	if (!error)
		error = profile_view_make(&view, repo, all, &sel, profile,
					  progress_display(progress, json));
	if (error < 0)
		exit_code = command_fail(error);
	else if (json)
		exit_code = output_json(profile_json(&view));
	else
		print(&view);
	profile_view_release(&view);
	pare_selection_release(&sel);
	pare_profiles_free(all);
	return exit_code;
}

const struct command cmd_sparse_show = {
	.name = "sparse show",
	.summary = "what is in a profile, and which line says so",
	.synopsis = { "sparse show [<options>] <profile>" },
	.options = options,
	.words = { .min = 1, .max = 1, .missing = "which profile?" },
	.run = command_run_in_repo,
	.in_repo = show,
};
