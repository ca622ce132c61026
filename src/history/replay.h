/* SPDX-License-Identifier: MIT */
/*
 * A plan acted out in memory, as `git rebase -i` would in a work tree: the
 * same trees, parents, authors and messages, and a stop where git stops.
 *
 *	struct replay_result result = REPLAY_RESULT_INIT;
 *
 *	error = replay_list(&result, repo, &onto, &todo, &opts);
 *	if (error < 0)              as everywhere
 *	if (result.stop)            git would stop at result.commit
 *	… move HEAD to result.tip, result.refs[] to theirs …
 *	replay_result_release(&result);
 *
 * Only objects are written, which nobody sees until a ref names them.
 */
#ifndef PARE_HISTORY_REPLAY_H
#define PARE_HISTORY_REPLAY_H

#include "base/strvec.h"
#include "history/commit_writer.h"
#include "history/todo.h"
#include "pare/history.h"

struct replay_member {
	const struct todo_item *item;
	const struct commit *commit;
};

/* A pick or reword and what melds into it, in order; noops are left out. */
struct replay_group {
	const struct replay_member *member;
	size_t nr;
	const struct oid *parent; /* of its commit; NULL: it is a root */
	struct oid tree;
};

/* A commit whose change is there already; those that begin empty are kept. */
enum replay_empty {
	REPLAY_EMPTY_STOP, /* as `git rebase -i` */
	REPLAY_EMPTY_DROP, /* as `git rebase --autosquash` without -i */
	REPLAY_EMPTY_KEEP,
};

struct replay_options {
	struct commit_writer *writer;
	/*
	 * Append the final message of a group that is no plain pick (a reword,
	 * or more than one member), in the encoding of new commits.
	 */
	int (*message)(struct strbuf *out, const struct replay_group *group,
		       void *payload);
	void *payload;
	enum replay_empty empty;
	const struct pare_progress *progress; /* may be NULL */
};

enum replay_stop {
	REPLAY_DONE,
	REPLAY_CONFLICT,     /* of `commit`; see `paths` */
	REPLAY_BECAME_EMPTY, /* the change of `commit` is there already */
	REPLAY_FOLDED_EMPTY, /* `commit` undoes the one it melds into */
	REPLAY_MERGE_CHANGES, /* the merge `commit` would have another tree */
};

struct replay_ref {
	const char *ref; /* borrowed from the todo list */
	struct oid oid;
};

struct replay_result {
	struct oid tip;             /* zero: no commit at all */
	struct pare_rewritten *map; /* what git feeds to post-rewrite, in its
				     * order: leading unchanged picks are not
				     * in it */
	size_t nr, alloc;
	struct replay_ref *refs;    /* of update-ref, in order */
	size_t nr_refs, alloc_refs;
	enum replay_stop stop;
	struct oid commit;          /* where it stopped, */
	size_t line;                /* the line of its item, */
	struct strvec paths;        /* and the paths in conflict */
	size_t merges_by_git;       /* so many went to git merge-tree */
};

#define REPLAY_RESULT_INIT { .paths = STRVEC_INIT }

/*
 * Act out picks, rewords, fixups, squashes, drops, update-refs and noops on
 * top of `onto` (NULL: the first one becomes a root); of merges only those
 * that are made from the same other parents as their commit was. Other
 * commands, and merges that are picked, are GIT_EINVALID: those are git's (see
 * todo_needs_git). A stop is no error: 0, with out->stop set.
 */
int replay_list(struct replay_result *out, struct pare_repo *repo,
		const struct oid *onto, const struct todo_list *todo,
		const struct replay_options *opts);
void replay_result_release(struct replay_result *result);

#endif
