/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "repo/commit.h"

static void format(struct strbuf *out, const struct commit *commit)
{
	struct commit_draft draft = {
		.tree = commit->tree,
		.parent = commit->parent,
		.nr_parents = commit->nr_parents,
		.author = commit->author,
		.author_len = commit->author_len,
		.committer = commit->committer,
		.committer_len = commit->committer_len,
		.encoding = commit->encoding,
		.encoding_len = commit->encoding_len,
		.extra = commit->extra,
		.extra_len = commit->extra_len,
		.message = commit->message,
		.message_len = commit->message_len,
	};

	commit_format(out, &draft, &hash_sha1);
}

/* What is read and written again reads the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf once = STRBUF_INIT, twice = STRBUF_INIT;
	struct commit commit;

	if (commit_parse(&commit, data, size, &hash_sha1) < 0)
		return 0;
	format(&once, &commit);
	commit_release(&commit);
	if (commit_parse(&commit, once.buf, once.len, &hash_sha1) < 0)
		abort();
	format(&twice, &commit);
	commit_release(&commit);
	if (once.len != twice.len || memcmp(once.buf, twice.buf, once.len))
		abort();
	strbuf_release(&once);
	strbuf_release(&twice);
	return 0;
}
