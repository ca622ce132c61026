/* SPDX-License-Identifier: MIT */
#include "history/commit_writer.h"

#include "history/encoding.h"
#include "repo/ident.h"

int commit_writer_init(struct commit_writer *w, struct pare_repo *repo,
		       int sign, const char *sign_key)
{
	int error;

	*w = (struct commit_writer){ .repo = repo, .committer = STRBUF_INIT,
				     .sign_key = sign_key };
	w->sign = sign >= 0 ? sign :
		pare_repo_config_bool(repo, "commit.gpgsign", false);
	error = repo_odb(&w->odb, repo);
	return error ? error : repo_ident(&w->committer, repo, "committer");
}

void commit_writer_release(struct commit_writer *w)
{
	if (w->committer.buf)
		strbuf_release(&w->committer);
}

/* The signature as a header: its lines after the first begin with a blank. */
static int sign(struct strbuf *headers, struct commit_writer *w,
		const struct strbuf *raw)
{
	struct strbuf signature = STRBUF_INIT;
	int error = repo_sign(&signature, w->repo, raw->buf, raw->len,
			      w->sign_key);

	strbuf_rtrim(&signature);
	strbuf_addstr(headers, w->repo->algo == &hash_sha256 ?
		      "gpgsig-sha256 " : "gpgsig ");
	for (size_t i = 0; i < signature.len; i++) {
		strbuf_addch(headers, signature.buf[i]);
		if (signature.buf[i] == '\n')
			strbuf_addch(headers, ' ');
	}
	strbuf_addch(headers, '\n');
	strbuf_release(&signature);
	return error;
}

int commit_writer_write(struct oid *out, struct commit_writer *w,
			struct commit_draft *draft)
{
	const struct hash_algo *algo = w->repo->algo;
	struct strbuf raw = STRBUF_INIT, headers = STRBUF_INIT;
	int error = 0;

	draft->committer = w->committer.buf;
	draft->committer_len = w->committer.len;
	commit_format(&raw, draft, algo);
	if (w->sign) {
		strbuf_add(&headers, draft->extra, draft->extra_len);
		error = sign(&headers, w, &raw);
		draft->extra = headers.buf;
		draft->extra_len = headers.len;
		strbuf_reset(&raw);
		commit_format(&raw, draft, algo);
	}
	if (!error)
		error = odb_write(out, w->odb, OBJ_COMMIT, raw.buf, raw.len);
	strbuf_release(&headers);
	strbuf_release(&raw);
	return error;
}

void commit_draft_from(struct commit_draft *draft, const struct commit *commit)
{
	*draft = (struct commit_draft){
		.tree = commit->tree,
		.parent = commit->parent,
		.nr_parents = commit->nr_parents,
		.author = commit->author,
		.author_len = commit->author_len,
		.encoding = commit->encoding,
		.encoding_len = commit->encoding_len,
		.extra = commit->extra,
		.extra_len = commit->extra_len,
		.message = commit->message,
		.message_len = commit->message_len,
	};
}

void commit_draft_message(struct commit_draft *draft, struct strbuf *author,
			  struct pare_repo *repo, struct strbuf *message)
{
	reencode_text(author, draft->author, draft->author_len,
		      draft->encoding, draft->encoding_len, repo);
	if (!commit_encoding(repo)) {
		mend_utf8(author);
		mend_utf8(message);
	}
	draft->author = author->buf;
	draft->author_len = author->len;
	draft->encoding = commit_encoding(repo);
	draft->encoding_len = draft->encoding ? strlen(draft->encoding) : 0;
	draft->message = message->buf;
	draft->message_len = message->len;
}
