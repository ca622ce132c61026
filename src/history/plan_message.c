/* SPDX-License-Identifier: MIT */
/*
 * The message of a commit and all that melds into it, by git's rules:
 *
 *	squash      its message is added
 *	fixup       its message is skipped
 *	fixup -C    its message replaces those before it; behind a squash it is
 *	            added like one
 *
 * The editor opens once, at the end, if there was a squash, a fixup -c or a
 * reword; else nobody has a word in it. (For a reword with a squash git opens
 * it twice.)
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/lockfile.h"
#include "history/edit_message.h"
#include "history/message.h"
#include "history/plan.h"
#include "history/replay.h"
#include "repo/hooks.h"

static bool is_squash(const struct todo_item *item)
{
	return item->command == TODO_SQUASH;
}

static bool replaces(const struct todo_item *item)
{
	return item->command == TODO_FIXUP &&
	       item->flags & TODO_REPLACE_MESSAGE;
}

/* Does a meld open the editor? */
static bool melds_ask(const struct replay_group *group)
{
	for (size_t i = 1; i < group->nr; i++) {
		const struct todo_item *item = group->member[i].item;

		if (is_squash(item) ||
		    (replaces(item) && item->flags & TODO_EDIT_MESSAGE))
			return true;
	}
	return false;
}

static struct message_part *parts_of(const struct replay_group *group)
{
	struct message_part *part = xcalloc(group->nr, sizeof(*part));
	bool squashed = false;

	for (size_t i = 0; i < group->nr; i++) {
		const struct todo_item *item = group->member[i].item;

		squashed = squashed || is_squash(item);
		for (size_t k = 0; k < i && replaces(item) && !squashed; k++)
			part[k].keep = false;
		part[i] = (struct message_part){
			.commit = group->member[i].commit,
			.keep = !i || is_squash(item) || replaces(item),
			.subject = !i       ? SUBJECT_KEEP :
				   squashed ? SUBJECT_OF_MELD :
					      SUBJECT_OF_AMEND,
		};
	}
	return part;
}

/* Where nothing is joined one message is kept, the last. */
static const struct message_part *last_kept(const struct message_part *part,
					    size_t nr)
{
	while (--nr && !part[nr].keep)
		;
	return &part[nr];
}

/*
 * COMMIT_EDITMSG has room for one: all that were typed for this plan stay in
 * a file until it is done.
 */
static int keep_typed(struct pare_plan *plan, const struct commit *commit,
		      const struct strbuf *message)
{
	struct pare_repo *repo = plan->rw.face.repo;
	char *path = NULL;
	int error = repo_pare_path(&path, repo, "messages", true);

	strbuf_addf(&plan->typed, "%s%s\n\n", plan->typed.len ? "\n" : "",
		    oid_hex(&commit->id, repo->algo));
	strbuf_addbuf(&plan->typed, message);
	if (!error)
		error = lockfile_replace(path, plan->typed.buf,
					 plan->typed.len);
	free(path);
	return error;
}

void plan_forget_typed(struct pare_plan *plan)
{
	char *path = NULL;

	if (plan->typed.len &&
	    !repo_pare_path(&path, plan->rw.face.repo, "messages", false))
		unlink(path);
	free(path);
}

void plan_hint_typed(struct pare_plan *plan)
{
	char *path = NULL;

	if (!plan->typed.len)
		return;
	path = repo_git_path(plan->rw.face.repo, "pare/messages");
	error_hint("what was typed is in %s", path);
	free(path);
}

static int through_hooks(struct strbuf *out, struct pare_plan *plan,
			 const struct replay_group *group,
			 const struct strbuf *offered,
			 const struct pare_apply_options *opts)
{
	const struct replay_member *first = &group->member[0];
	const struct message_about about = {
		.parent = group->parent,
		.tree = group->tree,
		.author = first->commit->author,
		.author_len = first->commit->author_len,
		.reworded = first->item->command == TODO_REWORD ?
			&first->commit->id : NULL,
	};
	struct strbuf message = STRBUF_INIT;
	int error = edit_message(&message, &plan->rw.face, offered, &about,
				 opts);

	if (!error)
		strbuf_addbuf(out, &message);
	if (!error && opts->edit)
		error = keep_typed(plan, first->commit, &message);
	strbuf_release(&message);
	return error;
}

/* git runs prepare-commit-msg for it, and commit-msg not. */
static int unasked(struct strbuf *out, struct pare_plan *plan,
		   const struct replay_group *group,
		   const struct pare_plan_options *opts)
{
	struct pare_apply_options quiet = opts->apply;
	struct pare_rewrite *face = &plan->rw.face;
	int error = pare_message_add_trailers(&face->text, face, &quiet);

	if (error < 0)
		return error;
	quiet.edit = NULL;
	quiet.no_verify = true;
	quiet.source = PARE_SOURCE_COMMITS;
	if (quiet.cleanup == PARE_CLEANUP_DEFAULT &&
	    !hook_exists(plan->rw.face.repo, "prepare-commit-msg")) {
		strbuf_addbuf(out, &face->text);
		return 0;
	}
	return through_hooks(out, plan, group, &face->text, &quiet);
}

static int asked(struct strbuf *out, struct pare_plan *plan,
		 const struct replay_group *group, enum pare_offer why,
		 const struct pare_plan_options *opts)
{
	struct pare_apply_options apply = opts->apply;
	struct strbuf offered = STRBUF_INIT;
	int error = opts->offer(&offered, &apply, &plan->rw.face, why,
				opts->payload);

	if (!error)
		error = through_hooks(out, plan, group, &offered, &apply);
	strbuf_release(&offered);
	return error;
}

int plan_message(struct strbuf *out, struct pare_plan *plan,
		 const struct replay_group *group,
		 const struct pare_plan_options *opts)
{
	struct pare_rewrite *face = &plan->rw.face;
	struct message_part *part = parts_of(group);
	bool reword = group->member[0].item->command == TODO_REWORD;
	bool combine = melds_ask(group);

	strbuf_reset(&face->text);
	strbuf_reset(&face->draft);
	strvec_clear(&face->authors);
	for (size_t i = 0; i < group->nr; i++)
		message_take_author(face, group->member[i].commit);
	if (combine)
		message_combine(face, part, group->nr);
	else
		message_of_part(face, last_kept(part, group->nr));
	free(part);
	if (!combine && !reword)
		return unasked(out, plan, group, opts);
	return asked(out, plan, group, combine ? PARE_OFFER_SQUASH :
						 PARE_OFFER_REWORD, opts);
}
