/* SPDX-License-Identifier: MIT */
/*
 * Rewriting the last commits: nothing but objects and refs is touched, never
 * the index or the work tree.
 *
 *	pare_rewrite_fold(&rw, repo, &req);    reads, refuses, plans
 *	… rw->text is the message; let the user edit rw->draft …
 *	pare_rewrite_apply(rw, message, &opts);  hooks, objects, refs
 *	pare_rewrite_free(rw);
 */
#ifndef PARE_HISTORY_H
#define PARE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/hash.h"
#include "base/strbuf.h"
#include "pare/repo.h"

enum pare_message_mode {
	PARE_MESSAGE_COMBINE, /* all of them, oldest first */
	PARE_MESSAGE_FIRST,
	PARE_MESSAGE_LAST,
};

struct pare_fold_request {
	size_t count;      /* fold so many commits; 0: see below */
	const char *since; /* all after the merge base with this revision */
	bool root;         /* all there are */
	enum pare_message_mode mode;
	bool allow_pushed; /* also commits that the upstream has */
};

/* A commit that goes, and the one that stands for it afterwards. */
struct pare_rewritten {
	struct oid before, after; /* `after` is known once it was applied */
};

struct pare_rewrite {
	struct pare_repo *repo;
	char *branch;            /* "refs/heads/x", NULL: HEAD is detached */
	struct oid tip;          /* HEAD before */
	struct pare_rewritten *map; /* oldest first */
	size_t nr;
	bool fold;               /* all become one; else the first is reworded */
	struct oid new_tip;      /* after pare_rewrite_apply */
	struct strbuf text;      /* the message, without comments */
	struct strbuf draft;     /* with git's comments, for an editor */
	char comment[2];         /* begins a comment line of `draft` */
};

/*
 * Plan the fold of HEAD's last commits along the first parents. Refusals, with
 * nothing changed: GIT_EUNBORNBRANCH, GIT_EINVALID (too many, too few, commits
 * the upstream has), GIT_ELOCKED (an operation is in progress).
 */
int pare_rewrite_fold(struct pare_rewrite **out, struct pare_repo *repo,
		      const struct pare_fold_request *req);

/*
 * Plan new words for the commit `rev`, HEAD or below it with a linear way up;
 * the commits above it keep their trees. GIT_EINVALID when a merge lies on
 * the way.
 */
int pare_rewrite_reword(struct pare_rewrite **out, struct pare_repo *repo,
			const char *rev, bool allow_pushed);

/*
 * What an editor left of a draft: comment lines and superfluous blanks go. A
 * NULL `comment` keeps every line.
 */
void pare_message_clean(struct strbuf *message, const char *comment);

struct pare_apply_options {
	bool no_verify;  /* leave commit-msg out */
	int sign;        /* -1: commit.gpgSign */
	const char *sign_key;
	/* Run when hooks were, before the commit is made: NULL or an editor. */
	int (*edit)(const char *path, void *payload);
	void *payload;
};

/*
 * Make the commits and move the refs. The message passes through
 * COMMIT_EDITMSG, prepare-commit-msg, `edit` and commit-msg; it stays there,
 * and is named, when one of them fails. `message` is what is offered.
 */
int pare_rewrite_apply(struct pare_rewrite *rw, const struct strbuf *message,
		       const struct pare_apply_options *opts);
void pare_rewrite_free(struct pare_rewrite *rw);

/*
 * Put the refs back to before the last rewrite; again to redo. GIT_EMODIFIED,
 * naming the ref, when one has moved since; GIT_ENOTFOUND when there is
 * nothing to undo.
 */
int pare_rewrite_undo(struct strbuf *what, struct pare_repo *repo,
		      bool dry_run);

#endif
