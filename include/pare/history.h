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
#include "base/strvec.h"
#include "pare/checkout.h"
#include "pare/progress.h"
#include "pare/repo.h"

enum pare_message_mode {
	PARE_MESSAGE_COMBINE, /* all of them, oldest first */
	PARE_MESSAGE_FIRST,
	PARE_MESSAGE_LAST,
};

/* On which terms history is rewritten. */
struct pare_terms {
	bool allow_pushed; /* also what the upstream has, or is protected */
	bool push;         /* it is pushed afterwards: what the upstream has
			    * may go, what is protected may not */
	const struct strvec *protect; /* patterns of branches; may be NULL */
	int update_refs;   /* branches that point to commits that go follow;
			    * -1: rebase.updateRefs */
};

#define PARE_TERMS_INIT { .update_refs = -1 }

/* Which one stays when several messages with a Change-Id are joined. */
enum pare_change_id {
	PARE_CHANGE_ID_DEFAULT, /* the last of a fold, in a plan the first */
	PARE_CHANGE_ID_FIRST,
	PARE_CHANGE_ID_LAST,
};

struct pare_fold_request {
	size_t count;      /* fold so many commits; 0: see below */
	const char *since; /* all after the merge base with this revision */
	bool root;         /* all there are */
	enum pare_message_mode mode;
	enum pare_change_id change_id;
	struct pare_terms terms;
};

/* A commit that goes, and the one that stands for it afterwards. */
struct pare_rewritten {
	struct oid before, after; /* `after` is known once it was applied */
};

/* Another branch that points to a commit that goes. */
struct pare_branch {
	char *ref;
	struct oid before, after; /* `after` as that of pare_rewritten */
	char *elsewhere; /* the worktree it is checked out in: it stays */
	bool moves;
};

struct pare_rewrite {
	struct pare_repo *repo;
	char *branch;            /* "refs/heads/x", NULL: HEAD is detached */
	struct oid tip;          /* HEAD before */
	struct pare_rewritten *map; /* oldest first */
	size_t nr;
	bool fold; /* all become one; else the first is reworded */
	struct pare_branch *branches;
	size_t nr_branches;
	char *push_to;           /* with terms.push: "refs/remotes/o/x" */
	char *push_remote;       /* "o" */
	struct oid new_tip;      /* after pare_rewrite_apply */
	struct strbuf text;      /* the message, without comments */
	struct strbuf draft;     /* with git's comments, for an editor */
	char *comment;           /* begins a comment line of `draft`; "":
				  * nothing does */
	struct strvec authors;   /* "Name <mail>" of all, the first's first */
	enum pare_change_id change_id;
};

/*
 * Plan the fold of HEAD's last commits along the first parents. Refusals, with
 * nothing changed: GIT_EUNBORNBRANCH, GIT_EINVALID (too many, too few, against
 * the terms), GIT_ELOCKED (an operation is in progress).
 */
int pare_rewrite_fold(struct pare_rewrite **out, struct pare_repo *repo,
		      const struct pare_fold_request *req);

/*
 * Plan new words for the commit `rev`, HEAD or an ancestor of it; the commits
 * above it, merges too, keep their trees. GIT_EINVALID for another one.
 */
int pare_rewrite_reword(struct pare_rewrite **out, struct pare_repo *repo,
			const char *rev, const struct pare_terms *terms);

/* What becomes of comments and blanks in a message, as git commit has it. */
enum pare_cleanup {
	PARE_CLEANUP_DEFAULT,    /* STRIP behind an editor, else WHITESPACE;
				  * what nobody has typed stays as it is */
	PARE_CLEANUP_STRIP,      /* comment lines go, and superfluous blanks */
	PARE_CLEANUP_WHITESPACE, /* superfluous blanks go */
	PARE_CLEANUP_VERBATIM,
	PARE_CLEANUP_SCISSORS,   /* all from the scissors line on, and blanks */
};

/*
 * `name`, or commit.cleanup without one. GIT_EINVALID with git's words for
 * what is none.
 */
int pare_cleanup_parse(enum pare_cleanup *out, struct pare_repo *repo,
		       const char *name);

/*
 * Superfluous blanks go, and lines that begin with `comment` (NULL or "": no
 * line does).
 */
void pare_message_clean(struct strbuf *message, const char *comment);

/* Where the words that are offered come from. */
enum pare_source {
	PARE_SOURCE_COMMITS, /* rw->text */
	PARE_SOURCE_DRAFT,   /* rw->draft, whose comments are git's */
	PARE_SOURCE_GIVEN,   /* typed: -m, -F */
	PARE_SOURCE_REUSED,  /* another commit's */
};

struct pare_apply_options {
	/* Of the folded or reworded commit, as git commit takes them: */
	const char *author; /* "Name <mail>", or what to look for */
	const char *date;
	bool reset_author;
	/* See pare_message_add_trailers: */
	bool signoff, co_authors;
	bool no_verify;  /* leave pre-rebase and commit-msg out */
	int sign;        /* -1: commit.gpgSign */
	const char *sign_key;
	enum pare_cleanup cleanup;
	enum pare_source source;
	const char *reused; /* the revision, for PARE_SOURCE_REUSED */
	const struct pare_progress *progress; /* may be NULL */
	struct pare_wanted wanted; /* of files that come with a changed tree */
	/* Run when hooks were, before the commit is made: NULL or an editor. */
	int (*edit)(const char *path, void *payload);
	void *payload;
};

/*
 * Add the trailers that `opts` asks for to words that are about to be
 * offered: Co-authored-by for the authors but the commit's own, and
 * Signed-off-by. One that is there is not added again.
 */
int pare_message_add_trailers(struct strbuf *message,
			      const struct pare_rewrite *rw,
			      const struct pare_apply_options *opts);

/*
 * Make the commits and move the refs. The message passes through
 * COMMIT_EDITMSG, prepare-commit-msg, `edit` and commit-msg; it stays there (or
 * in pare/message, when there is neither hook nor editor), and is named, when
 * one of them or anything later fails. `message` is what is offered.
 */
int pare_rewrite_apply(struct pare_rewrite *rw, const struct strbuf *message,
		       const struct pare_apply_options *opts);
/* Append the first line of map[i].before's message, as git logs it. */
void pare_rewrite_subject(struct strbuf *out, const struct pare_rewrite *rw,
			  size_t i);
void pare_rewrite_free(struct pare_rewrite *rw);

/* What an undo moves; its strings live until pare_undone_release. */
struct pare_undone {
	char *what; /* the words of the rewrite's reflog line */
	bool is_redo; /* an undo was taken back */
	struct pare_branch *refs; /* the first is HEAD's; all move */
	size_t nr;
};

/*
 * Put the refs back to before the last rewrite; again to redo. GIT_EMODIFIED,
 * naming the ref, when one has moved since; GIT_ENOTFOUND when there is
 * nothing to undo. `wanted` says it of files that come with the tree.
 */
int pare_rewrite_undo(struct pare_undone *out, struct pare_repo *repo,
		      const struct pare_wanted *wanted, bool dry_run);
void pare_undone_release(struct pare_undone *undone);

/*
 * Rewriting by a plan, a list in the grammar of `git rebase -i`:
 *
 *	pare_plan_make(&plan, repo, &req);      reads, refuses, arranges
 *	pare_plan_text(&text, plan, true);      … for people to change …
 *	pare_plan_read(plan, &told, text.buf, text.len);
 *	pare_plan_free(plan);
 */
struct pare_plan;

struct pare_plan_request {
	/* Which commits; a count of 0 without `since` and `root`: those that
	 * the branch's upstream has not. `mode` is not looked at. */
	struct pare_fold_request range;
	bool autosquash; /* fixup!, squash! and amend! go where they belong */
};

/*
 * Plan to pick the commits one by one, arranged if asked for. Refusals, with
 * nothing changed, are those of pare_rewrite_fold; one commit is enough.
 */
int pare_plan_make(struct pare_plan **out, struct pare_repo *repo,
		   const struct pare_plan_request *req);
void pare_plan_free(struct pare_plan *plan);

/*
 * Append the plan as git would print it (core.abbrev,
 * rebase.abbreviateCommands, rebase.instructionFormat); with `help` a comment
 * that explains it.
 */
int pare_plan_text(struct strbuf *out, struct pare_plan *plan, bool help);

struct pare_plan_told {
	struct strvec faults;   /* "line 4: …" */
	struct strvec warnings; /* commits that are in no line */
};

#define PARE_PLAN_TOLD_INIT { .faults = STRVEC_INIT, .warnings = STRVEC_INIT }

void pare_plan_told_release(struct pare_plan_told *told);

/*
 * Take `text` for the plan. GIT_EINVALID with all `faults` when it cannot be
 * read, has no line that does anything, or leaves commits out and
 * rebase.missingCommitsCheck is `error`; `warn` leaves them in `warnings`.
 */
int pare_plan_read(struct pare_plan *plan, struct pare_plan_told *told,
		   const char *text, size_t len);

/*
 * The command of the plan that only git itself can do ("exec", "edit", …),
 * or NULL. (A merge as it was may turn out to be one in pare_plan_apply.)
 */
const char *pare_plan_needs_git(const struct pare_plan *plan);

enum pare_offer {
	PARE_OFFER_REWORD, /* other words are wanted for rw->text */
	PARE_OFFER_SQUASH, /* rw->text is made from several messages */
};

struct pare_plan_options {
	struct pare_apply_options apply; /* `edit` is not looked at */
	/* Drop a commit whose change is there already; else stop at it. */
	bool drop_empty;
	bool dry_run; /* only see whether it would stop; the objects made on
		       * the way stay, named by nothing */
	/*
	 * Called for each message that a person may have a word in: say what
	 * is offered and, in opts->edit, whether an editor opens.
	 */
	int (*offer)(struct strbuf *offered, struct pare_apply_options *opts,
		     const struct pare_rewrite *rw, enum pare_offer why,
		     void *payload);
	void *payload;
};

/*
 * Do the plan in memory: make the commits, move the refs. When the tree of
 * HEAD changes, index and work tree follow. GIT_EMERGECONFLICT, with nothing
 * changed, where git would stop; pare_plan_result says where. A plan that
 * needs git is GIT_EINVALID, PARE_EHANDOVER if it has a merge whose first
 * parent gets another tree; other merges keep theirs.
 */
int pare_plan_apply(struct pare_plan *plan,
		    const struct pare_plan_options *opts);

struct pare_plan_result {
	const struct pare_rewrite *rewrite; /* its map: as post-rewrite gets */
	size_t nr;                          /* commits it was made of, and */
	size_t melded, reworded, dropped;   /* those of them, by the plan */
	bool stopped;
	struct oid commit;           /* where, */
	const struct strvec *paths;  /* with conflicts in these */
};

/* What there is to say of it; it lives as long as the plan. */
void pare_plan_result(struct pare_plan_result *out,
		      const struct pare_plan *plan);

/* Append "2 melded, 1 dropped", what there is; false when there is nothing. */
bool pare_plan_count(struct strbuf *out,
		     const struct pare_plan_result *result);

/*
 * Have `git rebase -i` do the plan, on our terminal. Returns its exit code,
 * or a negative error when it could not be started. It may be `under_way`
 * still, with an exit code of 0 too: an `edit` or `break` stops there.
 */
int pare_plan_hand_over(bool *under_way, struct pare_plan *plan);

#endif
