/* SPDX-License-Identifier: MIT */
/*
 * Commits as the bytes they are: what is not changed is copied byte for byte.
 */
#ifndef PARE_REPO_COMMIT_H
#define PARE_REPO_COMMIT_H

#include "base/hash.h"
#include "base/strbuf.h"
#include "repo/odb.h"

/* A parsed view of a raw commit; pointers lie in the raw bytes. */
struct commit {
	struct oid id;
	struct oid tree;
	struct oid *parent;
	size_t nr_parents;
	const char *author;    /* "Name <mail> 123 +0100", not terminated */
	size_t author_len;
	const char *committer;
	size_t committer_len;
	const char *encoding;  /* NULL: UTF-8 */
	size_t encoding_len;
	const char *extra;     /* header lines after committer but encoding,
				* gpgsig and mergetag, folded lines included */
	size_t extra_len;      /* (`extra` points into `owned` when needed) */
	bool is_signed;
	const char *message;   /* after the first empty line, may hold NUL */
	size_t message_len;
	struct strbuf owned;   /* room for `extra` when it is not one piece */
	struct odb_object raw;
};

/* Read and parse. GIT_EINVALID for a broken commit. */
int commit_read(struct commit *out, struct pare_repo *repo,
		const struct oid *oid);
/* As commit_read of bytes that the caller keeps; `id` and `raw` are zero. */
int commit_parse(struct commit *out, const void *data, size_t len,
		 const struct hash_algo *algo);
void commit_release(struct commit *commit);

/* What a new commit is made from. */
struct commit_draft {
	struct oid tree;
	const struct oid *parent;
	size_t nr_parents;
	const char *author; /* a line "Name <mail> time zone" */
	size_t author_len;
	const char *committer;
	size_t committer_len;
	const char *encoding; /* NULL or "": none */
	size_t encoding_len;
	const char *extra; /* further header lines with their LFs */
	size_t extra_len;
	const char *message;
	size_t message_len;
};

/* Append the raw commit. */
void commit_format(struct strbuf *out, const struct commit_draft *draft,
		   const struct hash_algo *algo);

#endif
