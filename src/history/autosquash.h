/* SPDX-License-Identifier: MIT */
/* Commits that say in their subject where they belong go there. */
#ifndef PARE_HISTORY_AUTOSQUASH_H
#define PARE_HISTORY_AUTOSQUASH_H

#include "history/todo.h"
#include "repo/commit.h"

/* The first paragraph of `commit`'s message as one line of UTF-8. */
void commit_subject(struct strbuf *out, const struct commit *commit);

struct autosquash_options {
	/* The subject of each item; NULL for one without a commit. */
	char *const *subject;
	/*
	 * Look up words that may be revisions, all at once: oid[i] is the
	 * commit that word->v[i] names, or stays zero. Called at most once.
	 */
	int (*lookup)(struct oid *oid, const struct strvec *word,
		      void *payload);
	void *payload;
};

/*
 * Move each `fixup!`, `squash!` and `amend!` of `list` behind what it is for
 * and make it a fixup, squash or fixup -C, as `git rebase -i --autosquash`
 * does. One that is for nothing in the list stays. *nr: how many moved.
 */
int autosquash(size_t *nr, struct todo_list *list,
	       const struct autosquash_options *opts);

/* An `autosquash_options.lookup` that asks git; `payload` is the repo. */
int autosquash_lookup(struct oid *oid, const struct strvec *word,
		      void *payload);

#endif
