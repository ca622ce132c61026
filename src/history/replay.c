/* SPDX-License-Identifier: MIT */
/*
 * The sequencer of `git rebase -i` without its work tree. Each pick or reword
 * begins a group, into which the fixups and squashes after it meld; a group is
 * written as one commit when it is complete. What can be seen of git's way
 * there is kept: a commit whose parent is HEAD already is not made anew and
 * keeps its id and, if it is amended then, its further headers; and the rules
 * about commits that are or become empty are those of each single step.
 */
#include "history/replay.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "history/encoding.h"
#include "history/tree_merge.h"

/* Beside 0 and errors: git would stop here; out->stop says why. */
enum { STOPPED = 1 };

struct replay {
	struct replay_result *out;
	struct pare_repo *repo;
	const struct replay_options *opts;
	struct tree_merge merge;
	struct oid none;      /* the empty tree */
	struct oid head;      /* zero: not born yet */
	struct oid head_tree;
	bool leading;         /* only unchanged picks so far */

	/* The group under way; 0 members: there is none. */
	struct todo_item *item;
	struct commit *commit;
	size_t nr, alloc_item, alloc_commit;
	struct oid tree;      /* what its commit will have */
	struct oid tree_below;
	bool amends;          /* its first commit is HEAD and stays below */
	size_t first_in_map;  /* from here on its members are in the map */
};

void replay_result_release(struct replay_result *result)
{
	free(result->map);
	free(result->refs);
	strvec_clear(&result->paths);
	*result = (struct replay_result)REPLAY_RESULT_INIT;
}

static int stop(struct replay *r, enum replay_stop why,
		const struct todo_item *item)
{
	r->out->stop = why;
	r->out->commit = item->oid;
	r->out->line = item->line;
	return STOPPED;
}

static void record(struct replay *r, const struct oid *before)
{
	struct replay_result *out = r->out;

	ALLOC_GROW(out->map, out->nr + 1, out->alloc);
	out->map[out->nr++] = (struct pare_rewritten){ .before = *before };
}

static struct commit *add_member(struct replay *r, const struct todo_item *item)
{
	ALLOC_GROW(r->item, r->nr + 1, r->alloc_item);
	ALLOC_GROW(r->commit, r->nr + 1, r->alloc_commit);
	r->item[r->nr] = *item;
	memset(&r->commit[r->nr], 0, sizeof(*r->commit));
	return &r->commit[r->nr++];
}

static void drop_members(struct replay *r)
{
	while (r->nr)
		commit_release(&r->commit[--r->nr]);
}

/* The tree of the first parent, empty for a root. */
static int tree_of_parent(struct oid *out, struct replay *r,
			  const struct commit *commit)
{
	struct commit parent;
	int error;

	*out = r->none;
	if (!commit->nr_parents)
		return 0;
	error = commit_read(&parent, r->repo, &commit->parent[0]);
	if (error < 0)
		return error;
	*out = parent.tree;
	commit_release(&parent);
	return 0;
}

static bool is_on_head(const struct replay *r, const struct commit *commit)
{
	if (!commit->nr_parents)
		return oid_is_zero(&r->head);
	return oid_equal(&commit->parent[0], &r->head);
}

/*
 * Put the change of `commit` on r->tree. *same says that this changed
 * nothing, *was_empty that there was nothing to change.
 */
static int apply(struct replay *r, const struct commit *commit,
		 const struct todo_item *item, bool *same, bool *was_empty)
{
	struct oid base, merged;
	int result = tree_of_parent(&base, r, commit);

	if (result < 0)
		return result;
	*was_empty = oid_equal(&base, &commit->tree);
	result = tree_merge(&merged, &r->out->paths, &r->merge, &base,
			    &r->tree, &commit->tree);
	if (result < 0)
		return error_wrap(result, "commit %.12s",
				  oid_hex(&commit->id, r->repo->algo));
	if (result)
		return stop(r, REPLAY_CONFLICT, item);
	*same = oid_equal(&merged, &r->tree);
	r->tree = merged;
	return 0;
}

static bool is_plain_pick(const struct replay *r)
{
	return r->nr == 1 && r->item[0].command != TODO_REWORD;
}

/* Its own words, from the first line that is not blank, as git reads it. */
static void picked_message(struct strbuf *out, struct replay *r,
			   const struct commit *commit)
{
	struct strbuf body = STRBUF_INIT;
	const char *line;

	reencode_message(&body, commit, r->repo);
	line = body.buf;
	for (const char *p = line; isspace((unsigned char)*p); p++)
		if (*p == '\n')
			line = p + 1;
	strbuf_addstr(out, line);
	strbuf_release(&body);
}

static int group_message(struct strbuf *out, struct replay *r,
			 const struct commit_draft *draft)
{
	struct replay_group group = {
		.nr = r->nr,
		.parent = draft->nr_parents ? &draft->parent[0] : NULL,
		.tree = draft->tree,
	};
	struct replay_member *member = xcalloc(r->nr, sizeof(*member));
	int error;

	for (size_t i = 0; i < r->nr; i++)
		member[i] = (struct replay_member){
			.item = &r->item[i], .commit = &r->commit[i]
		};
	group.member = member;
	error = r->opts->message(out, &group, r->opts->payload);
	free(member);
	return error;
}

static int write_group(struct oid *out, struct replay *r)
{
	struct strbuf message = STRBUF_INIT, author = STRBUF_INIT;
	struct commit_draft draft;
	int error = 0;

	commit_draft_from(&draft, &r->commit[0]);
	draft.tree = r->tree;
	if (!r->amends) {
		draft.parent = &r->head;
		draft.nr_parents = oid_is_zero(&r->head) ? 0 : 1;
		draft.extra_len = 0;
	}
	if (is_plain_pick(r))
		picked_message(&message, r, &r->commit[0]);
	else
		error = group_message(&message, r, &draft);
	commit_draft_message(&draft, &author, r->repo, &message);
	if (!error)
		error = commit_writer_write(out, r->opts->writer, &draft);
	strbuf_release(&author);
	strbuf_release(&message);
	return error;
}

/* The group is complete: make its commit the new HEAD. */
static int finish_group(struct replay *r)
{
	int error = 0;

	if (r->nr && r->amends && is_plain_pick(r))
		r->head = r->commit[0].id;
	else if (r->nr)
		error = write_group(&r->head, r);
	if (r->nr)
		r->head_tree = r->tree;
	for (size_t i = r->first_in_map; i < r->out->nr; i++)
		r->out->map[i].after = r->head;
	r->first_in_map = r->out->nr;
	drop_members(r);
	return error;
}

/* A commit whose change is there already: keep it, leave it out or stop. */
static int pick_empty(struct replay *r, const struct todo_item *item)
{
	if (r->opts->empty == REPLAY_EMPTY_STOP)
		return stop(r, REPLAY_BECAME_EMPTY, item);
	if (r->opts->empty == REPLAY_EMPTY_DROP)
		drop_members(r);
	return 0;
}

static bool is_meld_next(const struct todo_list *todo, size_t i)
{
	while (i < todo->nr && todo_is_noop(todo->items[i].command))
		i++;
	return i < todo->nr && todo_is_meld(todo->items[i].command);
}

static int check_no_merge(const struct replay *r, const struct commit *commit)
{
	if (commit->nr_parents < 2)
		return 0;
	return error_set(GIT_EINVALID, "commit %.12s is a merge",
			 oid_hex(&commit->id, r->repo->algo));
}

static int start_group(struct replay *r, const struct todo_list *todo,
		       size_t i)
{
	const struct todo_item *item = &todo->items[i];
	struct commit *commit;
	bool same, was_empty;
	int result = finish_group(r);

	if (result < 0)
		return result;
	commit = add_member(r, item);
	result = commit_read(commit, r->repo, &item->oid);
	if (!result)
		result = check_no_merge(r, commit);
	if (result < 0)
		return result;
	r->tree = r->tree_below = r->head_tree;
	r->amends = is_on_head(r, commit);
	/* Git passes over these before it begins, unless they are amended. */
	r->leading = r->leading && r->amends && commit->nr_parents &&
		     item->command == TODO_PICK;
	if (!r->leading || is_meld_next(todo, i + 1))
		record(r, &item->oid);
	if (r->amends) {
		r->tree = commit->tree;
		return 0;
	}
	result = apply(r, commit, item, &same, &was_empty);
	return !result && same && !was_empty ? pick_empty(r, item) : result;
}

/* What came before ended the chain, so HEAD itself is melded into. */
static int start_group_at_head(struct replay *r)
{
	const struct todo_item head = { .command = TODO_PICK, .oid = r->head,
					.arg = "" };
	struct commit *commit;
	int error;

	if (oid_is_zero(&r->head))
		return error_set(GIT_EINVALID, "there is no commit to meld "
				 "into");
	commit = add_member(r, &head);
	error = commit_read(commit, r->repo, &r->head);
	if (error < 0)
		return error;
	r->tree = r->head_tree;
	r->amends = true;
	return tree_of_parent(&r->tree_below, r, commit);
}

static int meld(struct replay *r, const struct todo_item *item)
{
	bool same = false, was_empty = false, keeps;
	struct commit *commit;
	int result = r->nr ? 0 : start_group_at_head(r);

	if (result < 0)
		return result;
	record(r, &item->oid);
	r->leading = false;
	commit = add_member(r, item);
	result = commit_read(commit, r->repo, &item->oid);
	if (!result)
		result = check_no_merge(r, commit);
	if (!result)
		result = apply(r, commit, item, &same, &was_empty);
	if (result)
		return result;
	if (same && !was_empty && r->opts->empty == REPLAY_EMPTY_DROP)
		return 0;
	keeps = same && (was_empty || r->opts->empty == REPLAY_EMPTY_KEEP);
	if (!keeps && oid_equal(&r->tree, &r->tree_below))
		return stop(r, REPLAY_FOLDED_EMPTY, item);
	return 0;
}

/* Its first parent in the new form, the others and the tree as they are. */
static int write_merge(struct oid *out, struct replay *r,
		       const struct commit *commit)
{
	struct oid *parent = xcalloc(commit->nr_parents, sizeof(*parent));
	struct strbuf message = STRBUF_INIT, author = STRBUF_INIT;
	struct commit_draft draft;
	int error;

	memcpy(parent, commit->parent, commit->nr_parents * sizeof(*parent));
	parent[0] = r->head;
	commit_draft_from(&draft, commit);
	draft.parent = parent;
	draft.extra_len = 0;
	picked_message(&message, r, commit);
	commit_draft_message(&draft, &author, r->repo, &message);
	error = commit_writer_write(out, r->opts->writer, &draft);
	strbuf_release(&author);
	strbuf_release(&message);
	free(parent);
	return error;
}

/*
 * A merge commit whose first parent got another form, but no other tree, has
 * merged the same and keeps what it holds. Else it has to be made again, in a
 * work tree.
 */
static int keep_merge(struct replay *r, const struct todo_item *item)
{
	struct commit commit;
	struct oid tree;
	int result = finish_group(r);

	if (result < 0)
		return result;
	result = commit_read(&commit, r->repo, &item->oid);
	if (result < 0)
		return result;
	if (!is_on_head(r, &commit)) {
		record(r, &item->oid);
		r->leading = false;
		result = tree_of_parent(&tree, r, &commit);
		if (!result && !oid_equal(&tree, &r->head_tree))
			result = stop(r, REPLAY_MERGE_CHANGES, item);
		if (!result)
			result = write_merge(&r->head, r, &commit);
	} else {
		r->head = item->oid;
	}
	r->head_tree = commit.tree;
	for (size_t i = r->first_in_map; i < r->out->nr; i++)
		r->out->map[i].after = r->head;
	r->first_in_map = r->out->nr;
	commit_release(&commit);
	return result;
}

static int update_ref(struct replay *r, const struct todo_item *item)
{
	struct replay_result *out = r->out;
	int error = finish_group(r);

	r->leading = false;
	ALLOC_GROW(out->refs, out->nr_refs + 1, out->alloc_refs);
	out->refs[out->nr_refs++] = (struct replay_ref){
		.ref = item->arg, .oid = r->head
	};
	return error;
}

static int do_item(struct replay *r, const struct todo_list *todo, size_t i)
{
	const struct todo_item *item = &todo->items[i];

	switch (item->command) {
	case TODO_PICK:
	case TODO_REWORD:
		return start_group(r, todo, i);
	case TODO_FIXUP:
	case TODO_SQUASH:
		return meld(r, item);
	case TODO_UPDATE_REF:
		return update_ref(r, item);
	case TODO_MERGE:
		return keep_merge(r, item);
	case TODO_DROP:
	case TODO_NOOP:
	case TODO_COMMENT:
		return 0;
	default:
		return error_set(GIT_EINVALID, "'%s' is for git rebase",
				 todo_command_name(item->command));
	}
}

static int start_at(struct replay *r, const struct oid *onto)
{
	struct commit commit;
	int error;

	r->head_tree = r->none;
	if (!onto)
		return 0;
	error = commit_read(&commit, r->repo, onto);
	if (error < 0)
		return error;
	r->head = *onto;
	r->head_tree = commit.tree;
	commit_release(&commit);
	return 0;
}

int replay_list(struct replay_result *out, struct pare_repo *repo,
		const struct oid *onto, const struct todo_list *todo,
		const struct replay_options *opts)
{
	struct replay r = { .out = out, .repo = repo, .opts = opts,
			    .leading = true };
	int result = tree_merge_init(&r.merge, repo);

	empty_tree_oid(&r.none, repo->algo);
	if (!result)
		result = start_at(&r, onto);
	pare_progress_start(opts->progress, "Rewriting commits", todo->nr);
	for (size_t i = 0; i < todo->nr && !result; i++) {
		result = do_item(&r, todo, i);
		pare_progress_update(opts->progress, i + 1);
	}
	if (!result)
		result = finish_group(&r);
	pare_progress_stop(opts->progress, !result);
	out->tip = r.head;
	out->merges_by_git = r.merge.by_git;
	drop_members(&r);
	free(r.item);
	free(r.commit);
	tree_merge_release(&r.merge);
	return result < 0 ? result : 0;
}
