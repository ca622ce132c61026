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
#include "cli/rewrite_options.h"
#include "cli/wanted.h"

enum { PLAN_MAX = 64 << 20 };

struct run_state {
	struct pare_repo *repo;
	const struct plan_options *options;
	const struct message_options *message;
	struct pare_plan *plan;
	size_t offered; /* messages so far */
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
		output_text(text.buf, text.len);
	strbuf_release(&text);
	return error;
}

/* What is to be pushed, or NULL. */
static const struct pare_rewrite *pushed(const struct run_state *s)
{
	struct pare_plan_result result;

	pare_plan_result(&result, s->plan);
	return result.rewrite->push_to ? result.rewrite : NULL;
}

static void print_handed_over(const struct run_state *s, bool under_way,
			      bool is_pushed)
{
	json_t *json = json_pack("{s:b, s:b, s:b}", "handed_over", 1, "dry_run",
				 s->options->dry_run, "under_way", under_way);

	if (pushed(s))
		json_object_set_new(json, "pushed", json_boolean(is_pushed));
	output_json(json);
}

/* Only the whole is pushed; where git stops, the user goes on with git. */
static int rebase(struct run_state *s)
{
	bool quiet = s->options->quiet || s->options->json;
	bool under_way = false;
	int result = pare_plan_hand_over(&under_way, s->plan);
	bool is_done = !result && !under_way;

	if (under_way && pushed(s))
		rewrite_hint_push(pushed(s), "when the rebase is done");
	else if (is_done && pushed(s))
		result = rewrite_push(pushed(s), false, quiet);
	if (s->options->json && (is_done || under_way))
		print_handed_over(s, under_way, is_done && !result);
	return result;
}

/* Positive: git's exit code. */
static int hand_over(struct run_state *s, const char *command)
{
	int error;

	if (command && !s->options->quiet)
		command_note("only git rebase can do '%s': it gets the plan",
			     command);
	if (!s->options->dry_run)
		return rebase(s);
	if (s->options->json) {
		print_handed_over(s, false, false);
		return EXIT_DONE;
	}
	printf("would hand this to git rebase -i:\n");
	error = print_plan(s);
	if (!error && pushed(s))
		rewrite_push(pushed(s), true, s->options->quiet);
	return error;
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

static int offer(struct strbuf *offered, struct pare_apply_options *opts,
		 const struct pare_rewrite *rw, enum pare_offer why,
		 void *payload)
{
	struct run_state *s = payload;
	bool given = message_is_given(s->message);
	int error = message_options_apply(offered, opts, s->message, rw);

	if (!error && given && s->offered++)
		return error_set(GIT_EINVALID, "one message was given, the "
				 "plan wants more");
	if (!error && why == PARE_OFFER_REWORD && !opts->edit && !given) {
		error = error_set(GIT_EINVALID, "no new message, and no "
				  "terminal for an editor");
		error_hint("give one with -m or -F, or open the editor with "
			   "-e");
	}
	return error;
}

static json_t *plan_json(const struct run_state *s, int pushed)
{
	struct pare_plan_result result;
	const struct hash_algo *algo = pare_repo_hash_algo(s->repo);
	json_t *json;

	pare_plan_result(&result, s->plan);
	json = rewrite_json(result.rewrite, NULL,
			    s->options->dry_run || result.stopped);
	json_object_set_new(json, "dry_run", json_boolean(s->options->dry_run));
	json_object_set_new(json, "melded",
			    json_integer((json_int_t)result.melded));
	json_object_set_new(json, "reworded",
			    json_integer((json_int_t)result.reworded));
	json_object_set_new(json, "dropped",
			    json_integer((json_int_t)result.dropped));
	if (result.rewrite->push_to)
		json_object_set_new(json, "pushed", json_boolean(
				    !pushed && !result.stopped &&
				    !s->options->dry_run));
	if (result.stopped)
		json_object_set_new(json, "conflict",
				    json_pack("{s:s, s:o}", "commit",
					      oid_hex(&result.commit, algo),
					      "paths",
					      json_strvec(result.paths)));
	return json;
}

static void tell_done(const struct run_state *s)
{
	struct pare_plan_result result;
	const struct hash_algo *algo = pare_repo_hash_algo(s->repo);
	struct strbuf count = STRBUF_INIT;

	pare_plan_result(&result, s->plan);
	if (!pare_plan_count(&count, &result))
		strbuf_addf(&count, "plan of %zu commit%s", result.nr,
			    result.nr == 1 ? "" : "s");
	printf("%s: HEAD is now %.12s, was %.12s\n", count.buf,
	       oid_hex(&result.rewrite->new_tip, algo),
	       oid_hex(&result.rewrite->tip, algo));
	strbuf_release(&count);
}

/* What follows when it is done; the exit code. */
static int push(const struct run_state *s)
{
	const struct plan_options *options = s->options;
	struct pare_plan_result result;
	int exit_code = EXIT_DONE;

	pare_plan_result(&result, s->plan);
	if (result.rewrite->push_to)
		exit_code = rewrite_push(result.rewrite, options->dry_run,
					 options->quiet || options->json);
	if (!options->quiet)
		rewrite_hint_branches(result.rewrite);
	return exit_code;
}

static int do_plan(struct run_state *s)
{
	const struct plan_options *options = s->options;
	struct pare_plan_options opts = {
		.drop_empty = !options->file && !options->interactive,
		.dry_run = options->dry_run,
		.offer = offer,
		.payload = s,
	};
	int error = message_options_base(&opts.apply, s->message, s->repo);
	int exit_code = EXIT_DONE;

	opts.apply.progress = progress_display(options->progress,
					       options->quiet || options->json);
	if (!error && !options->dry_run)
		error = wanted_open(&opts.apply.wanted, s->repo);
	if (!error)
		error = pare_plan_apply(s->plan, &opts);
	wanted_close(&opts.apply.wanted);
	if (!error && options->dry_run && !options->quiet && !options->json)
		error = print_plan(s);
	else if (!error && !options->quiet && !options->json)
		tell_done(s);
	if (!error)
		exit_code = push(s);
	if (options->json && (!error || error == GIT_EMERGECONFLICT))
		output_json(plan_json(s, exit_code));
	return error ? error : exit_code;
}

int plan_run(struct pare_repo *repo, const struct plan_options *options,
	     const struct pare_fold_request *range,
	     const struct message_options *message)
{
	struct run_state s = { .repo = repo, .options = options,
			       .message = message };
	const char *needs_git;
	int result = make_plan(&s, range);

	if (result < 0)
		goto done;
	needs_git = pare_plan_needs_git(s.plan);
	if (options->print)
		result = print_plan(&s);
	else if (options->via_rebase || needs_git)
		result = hand_over(&s, needs_git);
	else if ((result = do_plan(&s)) == PARE_EHANDOVER)
		result = hand_over(&s, "merge");
done:
	pare_plan_free(s.plan);
	return result < 0 ? command_fail(result) : result;
}
