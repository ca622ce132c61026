/* SPDX-License-Identifier: MIT */
#include "history/edit_message.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/lockfile.h"
#include "history/cleanup.h"
#include "history/plan.h"
#include "repo/hooks.h"
#include "repo/repo.h"

enum { MESSAGE_MAX = 64 << 20 };

struct editing {
	struct pare_rewrite *rw;
	const struct message_about *about;
	const struct pare_apply_options *opts;
	enum pare_cleanup cleanup;
	char *comment; /* begins the lines that go; "": none do */
	char *path;
	struct strbuf *out;
};

static int run_hook(struct editing *e, const char *name,
		    const char *const *args)
{
	/* Without an editor of ours a hook must not open one either. */
	static const char *const quiet[] = { "GIT_EDITOR=:", NULL };
	const struct hook_options opts = { .args = args,
					   .env = e->opts->edit ? NULL : quiet,
					   .with_index = true };
	int result = hook_run(e->rw->repo, name, &opts);

	if (result > 0)
		return error_set(GIT_ERROR,
				 "the %s hook refused (exit code %d)", name,
				 result);
	return result;
}

/* As git does: relative where it can be. */
static const char *path_for_hooks(const struct editing *e)
{
	const char *top = e->rw->repo->worktree, *rest;

	if (top && skip_prefix(e->path, top, &rest) && *rest == '/')
		return rest + 1;
	return e->path;
}

/* Its arguments say where the message is from. */
static int run_prepare(struct editing *e)
{
	const char *args[] = { path_for_hooks(e), "message", NULL, NULL };
	const struct oid *old = e->about->reworded;

	if (e->opts->source == PARE_SOURCE_REUSED) {
		args[1] = "commit";
		args[2] = e->opts->reused;
	} else if (old && e->opts->source != PARE_SOURCE_GIVEN) {
		args[1] = "commit";
		args[2] = oid_equal(old, &e->rw->tip) ?
			"HEAD" : oid_hex(old, e->rw->repo->algo);
	}
	return run_hook(e, "prepare-commit-msg", args);
}

static void clean(struct editing *e, struct strbuf *message)
{
	if (e->cleanup == PARE_CLEANUP_VERBATIM)
		return;
	if (*e->comment && e->opts->edit)
		message_cut(message, e->comment);
	pare_message_clean(message, e->cleanup == PARE_CLEANUP_STRIP ?
				    e->comment : NULL);
}

static int offer(struct editing *e, const struct strbuf *message)
{
	struct strbuf text = STRBUF_INIT;
	bool cut = e->cleanup == PARE_CLEANUP_SCISSORS;
	int error = 0;

	strbuf_addbuf(&text, message);
	if (!e->opts->edit)
		clean(e, &text);
	else if (e->cleanup != PARE_CLEANUP_VERBATIM)
		pare_message_clean(&text, NULL);
	if (e->opts->edit && *e->comment &&
	    (cut || e->cleanup == PARE_CLEANUP_STRIP) &&
	    pare_repo_config_bool(e->rw->repo, "commit.status", true)) {
		strbuf_complete_line(&text);
		strbuf_addch(&text, '\n');
		error = template_add(&text, e->rw, e->about, e->comment, cut);
	}
	if (!error)
		error = lockfile_replace(e->path, text.buf, text.len);
	strbuf_release(&text);
	return error;
}

/* What was typed is left in the file in a form that -F can take, even when
 * the editor failed; and commit-msg sees no comment of the template. */
static int clean_file(struct editing *e)
{
	struct strbuf text = STRBUF_INIT;
	int error = strbuf_read_file(&text, e->path, MESSAGE_MAX);

	if (!error) {
		clean(e, &text);
		error = lockfile_replace(e->path, text.buf, text.len);
	}
	strbuf_release(&text);
	return error;
}

static int let_edit(struct editing *e)
{
	int error = e->opts->edit(e->path, e->opts->payload);
	struct kept_error first;

	if (!error)
		return clean_file(e);
	/* It counts, not what fails in tidying up after it. */
	error_keep(&first, error);
	clean_file(e);
	return error_again(&first);
}

static int through_the_file(struct editing *e, const struct strbuf *message)
{
	const char *verify[] = { path_for_hooks(e), NULL };
	int error = offer(e, message);

	if (!error)
		error = run_prepare(e);
	if (!error && e->opts->edit)
		error = let_edit(e);
	if (!error && !e->opts->no_verify)
		error = run_hook(e, "commit-msg", verify);
	if (!error)
		error = strbuf_read_file(e->out, e->path, MESSAGE_MAX);
	return error;
}

/* What the hooks have added is no comment. */
static int check(struct editing *e)
{
	if (e->opts->edit && e->cleanup != PARE_CLEANUP_VERBATIM)
		pare_message_clean(e->out, NULL);
	if (strlen(e->out->buf) != e->out->len)
		return error_set(GIT_EINVALID, "a NUL byte in commit log "
					       "message not allowed.");
	if (message_is_empty(e->out))
		return error_set(GIT_EINVALID, "Aborting commit due to empty "
					       "commit message.");
	return 0;
}

static enum pare_cleanup resolve_cleanup(const struct pare_apply_options *opts)
{
	bool typed = opts->source == PARE_SOURCE_GIVEN ||
		     opts->source == PARE_SOURCE_REUSED;

	if (opts->edit)
		return opts->cleanup == PARE_CLEANUP_DEFAULT ?
			PARE_CLEANUP_STRIP : opts->cleanup;
	if (opts->cleanup == PARE_CLEANUP_SCISSORS)
		return PARE_CLEANUP_WHITESPACE;
	if (opts->cleanup == PARE_CLEANUP_DEFAULT)
		return typed ? PARE_CLEANUP_WHITESPACE : PARE_CLEANUP_VERBATIM;
	return opts->cleanup;
}

/*
 * The comments of a draft are git's, those of other words nobody's; only
 * whoever types words and says --cleanup=strip means his own to go.
 */
static char *resolve_comment(const struct editing *e,
			     const struct strbuf *message)
{
	if (e->opts->source == PARE_SOURCE_DRAFT)
		return xstrdup(e->rw->comment);
	if (e->opts->source == PARE_SOURCE_GIVEN && !e->opts->edit)
		return xstrdup(plan_comment(e->rw->repo));
	return comment_for(e->rw->repo, message);
}

/*
 * COMMIT_EDITMSG is git's, and a `git commit` that runs beside us would take
 * our message out of it for its own: it is written only for those who look
 * for it there.
 */
static bool needs_file(const struct pare_rewrite *rw,
		       const struct pare_apply_options *opts)
{
	return opts->edit || hook_exists(rw->repo, "prepare-commit-msg") ||
	       (!opts->no_verify && hook_exists(rw->repo, "commit-msg"));
}

static int without_file(struct editing *e, const struct strbuf *message)
{
	strbuf_addbuf(e->out, message);
	clean(e, e->out);
	return 0;
}

int edit_message(struct strbuf *out, struct pare_rewrite *rw,
		 const struct strbuf *message,
		 const struct message_about *about,
		 const struct pare_apply_options *opts)
{
	struct editing e = { .rw = rw, .about = about, .opts = opts,
			     .cleanup = resolve_cleanup(opts), .out = out };
	int error;

	e.comment = resolve_comment(&e, message);
	e.path = repo_git_path(rw->repo, "COMMIT_EDITMSG");
	error = needs_file(rw, opts) ? through_the_file(&e, message) :
				       without_file(&e, message);
	if (!error)
		error = check(&e);
	if (error < 0)
		edit_message_hint(rw, out, opts, error);
	free(e.path);
	free(e.comment);
	return error;
}

/* The path where it is then, or NULL. */
static char *save_message(const struct pare_rewrite *rw,
			  const struct strbuf *message)
{
	char *path;

	if (repo_pare_path(&path, rw->repo, "message", true) < 0)
		return NULL;
	if (!lockfile_replace(path, message->buf, message->len))
		return path;
	free(path);
	return NULL;
}

void edit_message_hint(const struct pare_rewrite *rw,
		       const struct strbuf *message,
		       const struct pare_apply_options *opts, int error)
{
	const char *changed = error == PARE_EPARTLY ? "" :
						      "nothing was changed";
	struct kept_error first;
	char *path = NULL;

	error_keep(&first, 0);
	if (needs_file(rw, opts))
		path = repo_git_path(rw->repo, "COMMIT_EDITMSG");
	else if (message->len)
		path = save_message(rw, message);
	error_again(&first);
	if (path)
		error_hint("%s%sthe message is in %s", changed,
			   *changed ? "; " : "", path);
	else if (*changed)
		error_hint("%s", changed);
	free(path);
}
