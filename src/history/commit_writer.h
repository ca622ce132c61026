/* SPDX-License-Identifier: MIT */
/* New commits: one committer and one signing key for all of a rewrite. */
#ifndef PARE_HISTORY_COMMIT_WRITER_H
#define PARE_HISTORY_COMMIT_WRITER_H

#include "repo/commit.h"

struct commit_writer {
	struct pare_repo *repo;
	struct odb *odb;
	struct strbuf committer; /* "Name <mail> time zone" */
	bool sign;
	const char *sign_key;    /* NULL: as configured */
};

/*
 * The committer is git's of now; `sign` < 0 asks commit.gpgSign. Release it in
 * either case.
 */
int commit_writer_init(struct commit_writer *w, struct pare_repo *repo,
		       int sign, const char *sign_key);
void commit_writer_release(struct commit_writer *w);

/* Fill in the committer, sign if asked for, write the object. */
int commit_writer_write(struct oid *out, struct commit_writer *w,
			struct commit_draft *draft);

/* A draft that says what `commit` says, signatures aside; it borrows all. */
void commit_draft_from(struct commit_draft *draft, const struct commit *commit);

/*
 * Other words for a draft, which it borrows, in the encoding of new commits,
 * whatever the old ones had; the author's name too, for which `author` is the
 * room. Without an encoding both become UTF-8 if they are not.
 */
void commit_draft_message(struct commit_draft *draft, struct strbuf *author,
			  struct pare_repo *repo, struct strbuf *message);

#endif
