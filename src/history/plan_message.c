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

#include "base/alloc.h"
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

static int through_hooks(struct strbuf *out, struct pare_plan *plan,
			 const struct strbuf *offered,
			 const struct pare_apply_options *opts)
{
	struct strbuf message = STRBUF_INIT;
	char *path = NULL;
	int error = edit_message(&message, &path, &plan->rw.face, offered,
				 opts);

	if (!error)
		strbuf_addbuf(out, &message);
	strbuf_release(&message);
	free(path);
	return error;
}

/* git runs prepare-commit-msg for it, and commit-msg not. */
static int unasked(struct strbuf *out, struct pare_plan *plan,
		   const struct pare_plan_options *opts)
{
	struct pare_apply_options quiet = opts->apply;

	quiet.edit = NULL;
	quiet.no_verify = true;
	if (hook_exists(plan->rw.face.repo, "prepare-commit-msg"))
		return through_hooks(out, plan, &plan->rw.face.text, &quiet);
	strbuf_addbuf(out, &plan->rw.face.text);
	return 0;
}

static int asked(struct strbuf *out, struct pare_plan *plan,
		 enum pare_offer why, const struct pare_plan_options *opts)
{
	struct pare_apply_options apply = opts->apply;
	struct strbuf offered = STRBUF_INIT;
	int error = opts->offer(&offered, &apply, &plan->rw.face, why,
				opts->payload);

	if (!error)
		error = through_hooks(out, plan, &offered, &apply);
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
	if (combine)
		message_combine(face, part, group->nr);
	else
		message_of_part(face, last_kept(part, group->nr));
	free(part);
	if (!combine && !reword)
		return unasked(out, plan, opts);
	return asked(out, plan, combine ? PARE_OFFER_SQUASH :
					  PARE_OFFER_REWORD, opts);
}
