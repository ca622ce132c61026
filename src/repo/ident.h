/* SPDX-License-Identifier: MIT */
/* Who commits (`git var`), signatures, and what is going on here. */
#ifndef PARE_REPO_IDENT_H
#define PARE_REPO_IDENT_H

#include "base/strbuf.h"
#include "repo/repo.h"

/*
 * Append "Name <mail> time zone" of GIT_COMMITTER_IDENT or GIT_AUTHOR_IDENT
 * (`which` is "committer" or "author"). Git's own message when it is unknown.
 */
int repo_ident(struct strbuf *out, struct pare_repo *repo, const char *which);

/*
 * Sign the bytes of a commit as commit.gpgSign, gpg.format and
 * user.signingKey say (`key`: another key, or NULL). The armoured signature
 * goes to `out`.
 */
int repo_sign(struct strbuf *out, struct pare_repo *repo, const void *data,
	      size_t len, const char *key);

/*
 * The operation in progress as words for a message ("a rebase", "a merge",
 * "a cherry-pick", "a revert", "a bisect", "an am"), or NULL. A bisect counts
 * only if `with_bisect`.
 */
const char *repo_operation(const struct pare_repo *repo, bool with_bisect);

#endif
