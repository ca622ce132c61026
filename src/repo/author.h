/* SPDX-License-Identifier: MIT */
/* Another author or date for a commit, as `git commit` takes them. */
#ifndef PARE_REPO_AUTHOR_H
#define PARE_REPO_AUTHOR_H

#include "base/strbuf.h"
#include "repo/repo.h"

struct author_request {
	const char *author; /* "Name <mail>", or what to look for in authors */
	const char *date;   /* in any form git knows */
	bool reset;         /* to whoever runs this, now */
};

/*
 * Append the author line that the request makes of the old one. GIT_EINVALID
 * with git's words for an author that cannot be found or a date that is none.
 */
int repo_author(struct strbuf *out, struct pare_repo *repo, const char *old,
		size_t old_len, const struct author_request *req);

#endif
