/* SPDX-License-Identifier: MIT */
/* git sparse doctor: what is not as it should be, and how it is mended. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "cli/command_list.h"
#include "cli/output.h"
#include "pare/profile.h"
#include "pare/sparse.h"

enum { SELECTION_BYTES_MAX = 256 << 20 };

static bool json, fix;
static int progress = -1;

static const struct option options[] = {
	OPT_BOOL(0, "fix", &fix, "mend what is safe, and say what was done"),
	OPT_JSON(json),
	OPT_TRISTATE(0, "progress", &progress, "show how far it is"),
	OPT_END,
};

/* It is ours, and it may be gone; but what it says should make sense. */
static void look_at_text(struct pare_findings *out, struct pare_repo *repo)
{
	char *path = xstrfmt("%s/pare/selection", pare_repo_git_dir(repo));
	struct strbuf text = STRBUF_INIT;
	struct pare_selection sel = PARE_SELECTION_INIT;

	if (!strbuf_read_file(&text, path, SELECTION_BYTES_MAX) &&
	    pare_selection_parse(&sel, text.buf, text.len) < 0)
		pare_findings_add(out, "selection", path,
				  "git sparse set --profile <profile>",
				  "which profiles are active is not known: %s",
				  error_message());
	error_clear();
	pare_selection_release(&sel);
	strbuf_release(&text);
	free(path);
}

static bool is_same(const struct strvec *a, const struct strvec *b)
{
	bool same = a->nr == b->nr;

	for (size_t i = 0; i < a->nr && same; i++)
		same = strvec_contains(b, a->v[i]);
	return same;
}

static void look_at_selection(struct pare_findings *out,
			      struct pare_selection *sel,
			      const struct pare_sparse_state *state)
{
	const struct strvec *present = pare_sparse_selected(state);

	if (state->enabled)
		pare_selection_settle(sel, present, !state->cone);
	/* `disable` leaves them noted, for `init` to come back to. */
	if (!sel->profiles.nr || !state->enabled)
		return;
	if (!is_same(present, &sel->applied))
		pare_findings_add(out, "selection", NULL, "git sparse status",
				  "plain git has changed the selection: what "
				  "it added counts as added by name, what it "
				  "took out as an exception")
			->fix = PARE_FIX_CALLER;
}

static int look(struct pare_findings *out, struct pare_repo *repo)
{
	struct pare_selection sel = PARE_SELECTION_INIT;
	struct pare_sparse_state state = { 0 };
	struct pare_profiles *all = NULL;
	int error;

	look_at_text(out, repo);
	error = pare_selection_load(&sel, repo);
	/* An odd pattern file is a finding already. */
	if (!error && !pare_sparse_read(&state, repo))
		look_at_selection(out, &sel, &state);
	if (pare_profiles_load(&all, repo) == GIT_EINVALID)
		pare_findings_add(out, "profiles", NULL, "git sparse lint",
				  "the profiles cannot be read: %s",
				  error_message());
	error_clear();
	pare_profiles_free(all);
	pare_sparse_state_release(&state);
	pare_selection_release(&sel);
	return error;
}

/* The selection as git's files have it. */
static int meet(struct pare_repo *repo)
{
	struct pare_selection sel = PARE_SELECTION_INIT;
	struct pare_sparse_state state = { 0 };
	int error = pare_selection_lock(&sel, repo);

	if (!error)
		error = pare_sparse_read(&state, repo);
	if (!error)
		pare_selection_meet(&sel, pare_sparse_selected(&state),
				    !state.cone);
	if (!error)
		error = pare_selection_save(&sel, repo);
	pare_sparse_state_release(&state);
	pare_selection_release(&sel);
	return error;
}

static void mend(struct pare_findings *findings, struct pare_repo *repo)
{
	pare_sparse_doctor_fix(findings, repo,
			       progress_display(progress, json));
	for (size_t i = 0; i < findings->nr; i++) {
		struct pare_finding *f = &findings->item[i];

		if (f->fix != PARE_FIX_CALLER)
			continue;
		f->fixed = !meet(repo);
		f->outcome = f->fixed ? NULL : xstrdup(error_message());
	}
}

static json_t *text_json(const char *text)
{
	return text ? json_path(text) : json_null();
}

static int print_json(const struct pare_findings *findings)
{
	json_t *array = json_array();

	for (size_t i = 0; i < findings->nr; i++) {
		const struct pare_finding *f = &findings->item[i];

		json_array_append_new(
			array,
			json_pack("{s:s, s:s, s:o, s:o, s:o, s:b, s:b, s:o}",
				  "kind", f->kind, "severity",
				  f->is_note ? "note" : "problem", "text",
				  json_path(f->text), "path",
				  text_json(f->path), "command",
				  text_json(f->command), "can_fix",
				  f->fix != PARE_FIX_NONE, "fixed", f->fixed,
				  "outcome", text_json(f->outcome)));
	}
	return output_json(json_pack("{s:o}", "findings", array));
}

static void print_finding(const struct pare_finding *f)
{
	enum color c = f->fixed	  ? COLOR_GREEN :
		       f->is_note ? COLOR_DIM :
				    COLOR_RED;
	const char *word = f->fixed   ? "mended" :
			   f->is_note ? "note" :
					"problem";

	printf("%s%s%s: %s\n", color(c), word, color(COLOR_RESET), f->text);
	if (f->outcome)
		printf("  not mended: %s\n", f->outcome);
	if (f->command && !f->fixed)
		printf("  %s%s%s\n", color(COLOR_CYAN), f->command,
		       color(COLOR_RESET));
}

static int print(const struct pare_findings *findings)
{
	bool left = false, can_fix = false;
	int exit_code = EXIT_DONE;

	for (size_t i = 0; i < findings->nr; i++) {
		const struct pare_finding *f = &findings->item[i];

		left |= !f->is_note && !f->fixed;
		can_fix |= f->fix != PARE_FIX_NONE && !f->fixed;
	}
	if (json)
		exit_code = print_json(findings);
	for (size_t i = 0; i < findings->nr && !json; i++)
		print_finding(&findings->item[i]);
	if (!findings->nr && !json)
		puts("nothing is wrong");
	else if (can_fix && !fix && !json)
		command_hint("`git sparse doctor --fix` mends what is safe");
	return exit_code ? exit_code : left ? EXIT_PARTLY : EXIT_DONE;
}

static int examine(const struct command_call *call)
{
	struct pare_repo *repo = call->repo;
	struct pare_findings findings = { 0 };
	int error, exit_code;

	/* What cannot be tidied up is found below. */
	if (fix && pare_sparse_doctor_recover(&findings, repo) < 0)
		error_clear();
	error = pare_sparse_doctor(&findings, repo,
				   progress_display(progress, json));
	if (!error)
		error = look(&findings, repo);
	if (!error && fix)
		mend(&findings, repo);
	exit_code = error < 0 ? command_fail(error) : print(&findings);
	pare_findings_release(&findings);
	return exit_code;
}

const struct command cmd_sparse_doctor = {
	.name = "sparse doctor",
	.summary = "what is not as it should be, and how it is mended",
	.synopsis = { "sparse doctor [<options>]" },
	.options = options,
	.needs = COMMAND_WORKTREE,
	.run = command_run_in_repo,
	.in_repo = examine,
};
