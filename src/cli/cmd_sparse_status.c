/* SPDX-License-Identifier: MIT */
/* git sparse status: directories, figures, and what does not agree. */
#include <inttypes.h>
#include <stdio.h>

#include "base/error.h"
#include "cli/command_list.h"
#include "cli/output.h"
#include "cli/profile_status.h"
#include "pare/sparse.h"

static bool json;

static const struct option options[] = {
	OPT_JSON(json),
	OPT_END,
};

static int print_json(const struct pare_sparse_state *state,
		      const struct pare_sparse_stats *stats,
		      const struct profile_status *profiles)
{
	json_t *dirs = json_array(), *object;

	for (size_t i = 0; i < stats->nr_dirs; i++)
		json_array_append_new(
			dirs,
			json_pack("{s:o, s:I}", "dir",
				  json_path(stats->dir[i].dir), "files",
				  (json_int_t)stats->dir[i].files));
	object = json_pack(
		"{s:b, s:b, s:b, s:b, s:I, s:I, s:b, s:o, s:o, s:I, s:o, s:b}",
		"sparse", state->enabled, "cone", state->cone,
		"checked_out", !stats->is_new,
		"sparse_index", state->sparse_index,
		"entries", (json_int_t)stats->entries,
		"present", (json_int_t)stats->present,
		"exact", stats->entries_exact, "dirs", dirs,
		"patterns", state->cone ? json_array() :
					  json_strvec(&state->patterns),
		"nr_outside", (json_int_t)stats->nr_outside,
		"outside", json_strvec(&stats->outside),
		"cut_off", stats->is_cut_off);
	if (object)
		profile_status_add_json(profiles, object);
	return output_json(object);
}

static void print_dirs(const struct pare_sparse_stats *stats)
{
	for (size_t i = 0; i < stats->nr_dirs; i++) {
		const struct pare_sparse_dir_count *d = &stats->dir[i];

		printf("  %10" PRIu64 "  %s%s\n", d->files,
		       *d->dir ? shown_path(d->dir) : "(the root)",
		       d->files || !*d->dir ? "" : "  (does not exist)");
	}
}

static void print_outside(const struct pare_sparse_stats *stats)
{
	if (!stats->nr_outside)
		return;
	printf("\n%s present outside of the selection:\n",
	       shown_count(stats->nr_outside, "file", "files"));
	for (size_t i = 0; i < stats->outside.nr; i++)
		printf("  %s\n", shown_path(stats->outside.v[i]));
	if (stats->nr_outside > stats->outside.nr)
		puts("  ...");
	puts("(`git sparse reapply` takes away those that are clean)");
}

/* There is no index yet: what is selected, and what to type. */
static void print_new(const struct pare_sparse_state *state,
		      const struct pare_sparse_stats *stats,
		      const struct profile_status *profiles)
{
	const struct strvec *selected = pare_sparse_selected(state);

	puts(stats->is_unborn ? "HEAD has no commit yet" :
				"nothing is checked out yet");
	if (state->enabled) {
		puts(state->cone ? "selected:\n  (the root)" : "selected:");
		for (size_t i = 0; i < selected->nr; i++)
			printf("  %s\n", shown_path(selected->v[i]));
	}
	if (profiles->sel.profiles.nr)
		putchar('\n');
	profile_status_print(profiles);
	if (state->enabled && !stats->is_unborn)
		puts("(`git sparse reapply` brings the files)");
	else if (!stats->is_unborn)
		puts("(`git sparse add <dir>...` or `git sparse add --profile "
		     "<profile>` brings what you need)");
}

/* Neither nothing nor all, where it is not quite that. */
static void print_share(uint64_t present, uint64_t entries)
{
	unsigned percent = (unsigned)(100.0 * (double)present /
					      (double)entries + 0.5);

	if (percent == 100 && present < entries)
		percent = 99;
	if (!percent && present)
		fputs(" (under 1%)", stdout);
	else
		printf(" (%u%%)", percent);
}

static int print(const struct pare_sparse_state *state,
		 const struct pare_sparse_stats *stats,
		 const struct profile_status *profiles)
{
	if (json)
		return print_json(state, stats, profiles);
	for (size_t i = 0; i < state->warnings.nr; i++)
		command_warn("%s", state->warnings.v[i]);
	output_pager();
	if (stats->is_new) {
		print_new(state, stats, profiles);
		return EXIT_DONE;
	}
	if (!state->enabled) {
		printf("not sparse: all of %s\n"
		       "(`git sparse set <dir>...` makes a selection)\n",
		       shown_count(stats->entries, "tracked file",
				   "tracked files"));
		return EXIT_DONE;
	}
	if (!state->has_file)
		command_warn("the sparse-checkout file does not exist");
	printf("%s of %s present", shown_count(stats->present, "file", "files"),
	       shown_count(stats->entries, "tracked file", "tracked files"));
	if (stats->entries && stats->entries_exact)
		print_share(stats->present, stats->entries);
	puts(state->cone ? "" : ", selected by patterns");
	print_dirs(stats);
	if (!state->cone)
		for (size_t i = 0; i < state->patterns.nr; i++)
			printf("  %s\n", shown_path(state->patterns.v[i]));
	if (profiles->sel.profiles.nr)
		putchar('\n');
	profile_status_print(profiles);
	print_outside(stats);
	if (stats->is_cut_off)
		puts("\na change was cut off\n(`git sparse doctor --fix` "
		     "tidies up)");
	return EXIT_DONE;
}

static int status(const struct command_call *call)
{
	struct pare_sparse_state state = { 0 };
	struct pare_sparse_stats stats = { 0 };
	struct profile_status profiles = { 0 };
	int error = pare_sparse_read(&state, call->repo), exit_code;

	if (!error)
		error = pare_sparse_stats(&stats, call->repo, &state);
	if (!error)
		error = profile_status_make(&profiles, call->repo, &state);
	exit_code = error < 0 ? command_fail(error) :
				print(&state, &stats, &profiles);
	profile_status_release(&profiles);
	pare_sparse_stats_release(&stats);
	pare_sparse_state_release(&state);
	return exit_code;
}

const struct command cmd_sparse_status = {
	.name = "sparse status",
	.summary = "what is selected, and how much of the repository it is",
	.synopsis = { "sparse status [<options>]" },
	.options = options,
	.needs = COMMAND_WORKTREE,
	.run = command_run_in_repo,
	.in_repo = status,
};
