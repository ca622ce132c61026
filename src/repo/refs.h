/* SPDX-License-Identifier: MIT */
/*
 * Refs move all together or not at all, by `git update-ref --stdin`: its
 * locks, its hooks, its reflog identity.
 *
 *	ref_transaction_init(&tx, repo, "squash-last: fold 3 commits");
 *	ref_transaction_update(&tx, "refs/heads/main", &new, &old);
 *	if ((error = ref_transaction_prepare(&tx)) < 0)   all locks are held
 *		goto done;
 *	… change what must change with them …
 *	error = ref_transaction_commit(&tx);
 * done:
 *	ref_transaction_release(&tx);                     aborts what is open
 */
#ifndef PARE_REPO_REFS_H
#define PARE_REPO_REFS_H

#include "base/hash.h"
#include "base/run.h"
#include "base/strbuf.h"
#include "base/strvec.h"
#include "repo/repo.h"

struct ref_transaction {
	struct pare_repo *repo;
	char *reflog_message;
	struct strbuf commands;
	/* HEAD's: git moves refs in this order, so where some have moved and
	 * HEAD has not, the work tree stays with it. */
	struct strbuf last;
	struct strvec refs;      /* what is to change, … */
	struct strbuf new_oids;  /* … and each one's struct oid */
	struct strbuf said; /* by git and the hooks, beside the answers */
	struct child child;
	bool started;
};

void ref_transaction_init(struct ref_transaction *tx, struct pare_repo *repo,
			  const char *reflog_message);
/* A zero `old`: must not exist. NULL `old`: not checked. Zero `new`: delete. */
void ref_transaction_update(struct ref_transaction *tx, const char *ref,
			    const struct oid *new, const struct oid *old);
/* As update, but of HEAD or a symref itself (--no-deref). */
void ref_transaction_update_no_deref(struct ref_transaction *tx,
				     const char *ref, const struct oid *new,
				     const struct oid *old);
/* GIT_EMODIFIED when a ref has moved, GIT_ELOCKED when one is locked. */
int ref_transaction_prepare(struct ref_transaction *tx);
/*
 * 0 when all refs have moved, also if git died or was not heard after that;
 * PARE_EPARTLY when some have.
 */
int ref_transaction_commit(struct ref_transaction *tx);
void ref_transaction_release(struct ref_transaction *tx);

/*
 * Where HEAD points: *ref is "refs/heads/main" or NULL when detached
 * (free(3) it), *oid its commit. GIT_EUNBORNBRANCH with *ref set when the
 * branch has no commit yet.
 */
int repo_head(char **ref, struct oid *oid, struct pare_repo *repo);

/* The value of a ref; GIT_ENOTFOUND. */
int repo_ref(struct oid *oid, struct pare_repo *repo, const char *ref);

/* Call for all refs below `prefix` ("refs/heads/"). */
int repo_each_ref(struct pare_repo *repo, const char *prefix,
		  int (*fn)(const char *ref, const struct oid *oid, void *ctx),
		  void *ctx);

/* As repo_each_ref for branches, those left out that stand for another ref. */
int repo_each_branch(struct pare_repo *repo,
		     int (*fn)(const char *ref, const struct oid *oid,
			       void *ctx),
		     void *ctx);

/*
 * The upstream of a branch as a full ref name, or GIT_ENOTFOUND: its
 * remote-tracking ref as `git rev-parse @{upstream}` gives it.
 */
int repo_upstream(char **ref, struct pare_repo *repo, const char *branch);

/* What is known here of a branch's counterparts; each may be NULL. */
struct tracking {
	char *upstream;    /* "refs/remotes/o/main" */
	char *push;        /* the same of where `git push` puts it */
	char *push_remote; /* "o" */
};

int repo_tracking(struct tracking *out, struct pare_repo *repo,
		  const char *branch);
void tracking_release(struct tracking *tracking);

/*
 * Which of `refs` (full names, at most two; NULL for none) has the commit
 * `oid` in its history? *which is one of them, or NULL.
 */
int repo_ref_with(const char **which, struct pare_repo *repo,
		  const struct oid *oid, const char *a, const char *b);

#endif
