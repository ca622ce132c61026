/* SPDX-License-Identifier: MIT */
/* git sparse list: what is selected, as git sparse-checkout list says it. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/command_list.h"
#include "cli/output.h"
#include "pare/sparse.h"

static bool null_terminated, json;

static const struct option options[] = {
	OPT_BOOL('z', NULL, &null_terminated,
		 "end lines with NUL, quote nothing"),
	OPT_BOOL(0, "json", &json, "print JSON"),
	OPT_END,
};

static void print_dirs(const struct strvec *dirs)
{
	for (size_t i = 0; i < dirs->nr; i++) {
		fputs(null_terminated ? dirs->v[i] : shown_path(dirs->v[i]),
		      stdout);
		putchar(null_terminated ? '\0' : '\n');
	}
}

static void print_patterns(const struct strvec *patterns)
{
	for (size_t i = 0; i < patterns->nr; i++) {
		const char *p = patterns->v[i];

		if (null_terminated)
			fputs(p, stdout);
		else
			output_text(p, strlen(p));
		putchar(null_terminated ? '\0' : '\n');
	}
}

static int print(const struct pare_sparse_state *state)
{
	if (!state->enabled) {
		error_set(GIT_EINVALID, "this worktree is not sparse");
		error_hint("`git sparse set <dir>...` makes a selection");
		return command_fail(GIT_EINVALID);
	}
	for (size_t i = 0; i < state->warnings.nr; i++)
		command_warn("%s", state->warnings.v[i]);
	if (!state->has_file)
		command_warn("this worktree is not sparse (sparse-checkout "
			     "file may not exist)");
	if (json)
		return output_json(json_pack(
			"{s:b, s:o, s:o}", "cone", state->cone, "dirs",
			json_strvec(&state->dirs), "patterns",
			state->cone ? json_array() :
				      json_strvec(&state->patterns)));
	if (!null_terminated)
		output_pager();
	if (state->cone)
		print_dirs(&state->dirs);
	else
		print_patterns(&state->patterns);
	return EXIT_DONE;
}

static int list(const struct command_call *call)
{
	struct pare_sparse_state state = { 0 };
	int error = pare_sparse_read(&state, call->repo);
	int exit_code = error < 0 ? command_fail(error) : print(&state);

	pare_sparse_state_release(&state);
	return exit_code;
}

const struct command cmd_sparse_list = {
	.name = "sparse list",
	.summary = "what is selected",
	.synopsis = { "sparse list [<options>]" },
	.options = options,
	.needs = COMMAND_WORKTREE,
	.run = command_run_in_repo,
	.in_repo = list,
};
