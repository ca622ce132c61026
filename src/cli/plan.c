/* SPDX-License-Identifier: MIT */
#include "cli/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/lockfile.h"
#include "cli/command.h"
#include "cli/editor.h"
#include "cli/output.h"

enum { PLAN_MAX = 64 << 20 };

struct run_state {
	struct pare_repo *repo;
	const struct plan_options *options;
	struct pare_plan *plan;
};

/* All that is wrong with it, then one line that says so. */
static int tell_faults(const struct pare_plan_told *told, int error,
		       const char *where)
{
	if (told->faults.nr > 1) {
		for (size_t i = 0; i < told->faults.nr; i++)
			command_error("%s", told->faults.v[i]);
		error = error_set(error, "the plan has %zu faults; nothing "
				  "was changed", told->faults.nr);
	}
	if (told->warnings.nr) {
		command_warn("in no line of the plan (newer to older):");
		for (size_t i = 0; i < told->warnings.nr; i++)
			command_warn("  %s", told->warnings.v[i]);
	}
	if (error < 0 && where)
		error_hint("the plan is in %s; mend it and give it with "
			   "--plan", where);
	return error;
}

static int read_plan(struct run_state *s, const struct strbuf *text,
		     const char *where)
{
	struct pare_plan_told told = PARE_PLAN_TOLD_INIT;
	int error = pare_plan_read(s->plan, &told, text->buf, text->len);

	error = tell_faults(&told, error, where);
	pare_plan_told_release(&told);
	return error;
}

static int take_file(struct run_state *s)
{
	const char *file = s->options->file;
	struct strbuf text = STRBUF_INIT;
	int error;

	if (file[0] == '-' && !file[1])
		error = strbuf_read_fd(&text, STDIN_FILENO, PLAN_MAX);
	else
		error = strbuf_read_file(&text, file, PLAN_MAX);
	if (!error)
		error = read_plan(s, &text, NULL);
	strbuf_release(&text);
	return error;
}

/* The name makes editors show it as what it is. */
static int let_edit(struct run_state *s)
{
	char *dir = xstrfmt("%s/pare", pare_repo_git_dir(s->repo));
	char *path = xstrfmt("%s/git-rebase-todo", dir);
	struct strbuf text = STRBUF_INIT;
	int error = pare_plan_text(&text, s->plan, true);

	if (!error && fs_mkdirs(dir, 0777) < 0)
		error = error_errno("cannot make '%s'", dir);
	if (!error)
		error = lockfile_replace(path, text.buf, text.len);
	if (!error)
		error = sequence_editor_open(path, s->repo);
	strbuf_reset(&text);
	if (!error)
		error = strbuf_read_file(&text, path, PLAN_MAX);
	if (!error)
		error = read_plan(s, &text, path);
	if (!error)
		unlink(path);
	strbuf_release(&text);
	free(path);
	free(dir);
	return error;
}

static int print_plan(struct run_state *s)
{
	struct strbuf text = STRBUF_INIT;
	int error = pare_plan_text(&text, s->plan, false);

	if (!error)
		fwrite(text.buf, 1, text.len, stdout);
	strbuf_release(&text);
	return error;
}

/* Positive: git's exit code. */
static int hand_over(struct run_state *s, const char *command)
{
	if (command && !s->options->quiet)
		fprintf(stderr, "note: only git rebase can do '%s': it gets "
				"the plan\n", command);
	if (s->options->dry_run) {
		printf("would hand this to git rebase -i:\n");
		return print_plan(s);
	}
	return pare_plan_hand_over(s->plan);
}

static int make_plan(struct run_state *s,
		     const struct pare_fold_request *range)
{
	const struct pare_plan_request req = {
		.range = *range,
		.autosquash = s->options->autosquash,
	};
	int error = pare_plan_make(&s->plan, s->repo, &req);

	if (!error && s->options->file)
		error = take_file(s);
	if (!error && s->options->interactive)
		error = let_edit(s);
	return error;
}

int plan_run(struct pare_repo *repo, const struct plan_options *options,
	     const struct pare_fold_request *range,
	     const struct message_options *message)
{
	struct run_state s = { .repo = repo, .options = options };
	const char *needs_git;
	int result = make_plan(&s, range);

	(void)message;
	if (result < 0)
		goto done;
	needs_git = pare_plan_needs_git(s.plan);
	if (options->print)
		result = print_plan(&s);
	else
		result = hand_over(&s, needs_git);
done:
	pare_plan_free(s.plan);
	return result < 0 ? command_fail(result) : result;
}
