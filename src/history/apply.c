/* SPDX-License-Identifier: MIT */
/*
 * Acting a rewrite out: the objects first, which nobody sees, then under the
 * refs' locks ORIG_HEAD and the undo record, then the refs, all at once.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/lockfile.h"
#include "history/edit_message.h"
#include "history/encoding.h"
#include "history/record.h"
#include "history/rewrite.h"
#include "repo/hooks.h"
#include "repo/ident.h"
#include "repo/refs.h"

struct maker {
	struct rewrite *rw;
	struct odb *odb;
	struct strbuf committer;
	const struct pare_apply_options *opts;
};

/* The signature as a header: its lines after the first begin with a blank. */
static int sign(struct strbuf *headers, struct maker *m,
		const struct strbuf *raw)
{
	struct strbuf signature = STRBUF_INIT;
	struct pare_repo *repo = m->rw->face.repo;
	int error = repo_sign(&signature, repo, raw->buf, raw->len,
			      m->opts->sign_key);

	strbuf_rtrim(&signature);
	strbuf_addstr(headers, repo->algo == &hash_sha256 ? "gpgsig-sha256 " :
							    "gpgsig ");
	for (size_t i = 0; i < signature.len; i++) {
		strbuf_addch(headers, signature.buf[i]);
		if (signature.buf[i] == '\n')
			strbuf_addch(headers, ' ');
	}
	strbuf_addch(headers, '\n');
	strbuf_release(&signature);
	return error;
}

static bool wants_signature(struct maker *m)
{
	if (m->opts->sign >= 0)
		return m->opts->sign;
	return pare_repo_config_bool(m->rw->face.repo, "commit.gpgsign",
				     false);
}

static int write_commit(struct oid *out, struct maker *m,
			struct commit_draft *draft)
{
	const struct hash_algo *algo = m->rw->face.repo->algo;
	struct strbuf raw = STRBUF_INIT, headers = STRBUF_INIT;
	int error = 0;

	draft->committer = m->committer.buf;
	draft->committer_len = m->committer.len;
	commit_format(&raw, draft, algo);
	if (wants_signature(m)) {
		strbuf_add(&headers, draft->extra, draft->extra_len);
		error = sign(&headers, m, &raw);
		draft->extra = headers.buf;
		draft->extra_len = headers.len;
		strbuf_reset(&raw);
		commit_format(&raw, draft, algo);
	}
	if (!error)
		error = odb_write(out, m->odb, OBJ_COMMIT, raw.buf, raw.len);
	strbuf_release(&headers);
	strbuf_release(&raw);
	return error;
}

static void draft_from(struct commit_draft *draft, const struct commit *commit)
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

/* New words come in the encoding of new commits, whatever the old ones had. */
static void draft_words(struct commit_draft *draft, struct maker *m,
			const struct strbuf *message)
{
	draft->encoding = commit_encoding(m->rw->face.repo);
	draft->encoding_len = draft->encoding ? strlen(draft->encoding) : 0;
	draft->message = message->buf;
	draft->message_len = message->len;
}

/* The first commit's parents and author, the last one's tree. */
static int make_fold(struct maker *m, const struct strbuf *message)
{
	struct pare_rewrite *face = &m->rw->face;
	struct commit_draft draft;
	int error;

	draft_from(&draft, &m->rw->range.commit[0]);
	draft.tree = m->rw->range.commit[face->nr - 1].tree;
	draft_words(&draft, m, message);
	error = write_commit(&face->new_tip, m, &draft);
	for (size_t i = 0; i < face->nr; i++)
		face->map[i].after = face->new_tip;
	return error;
}

/* New words for the first; the others follow with a new parent. */
static int make_reworded(struct maker *m, const struct strbuf *message)
{
	struct pare_rewrite *face = &m->rw->face;
	int error = 0;

	for (size_t i = 0; i < face->nr && !error; i++) {
		struct commit_draft draft;

		draft_from(&draft, &m->rw->range.commit[i]);
		if (i)
			draft.parent = &face->map[i - 1].after;
		else
			draft_words(&draft, m, message);
		error = write_commit(&face->map[i].after, m, &draft);
	}
	face->new_tip = face->map[face->nr - 1].after;
	return error;
}

static void describe(struct strbuf *what, const struct pare_rewrite *face,
		     const struct strbuf *message)
{
	const char *action = getenv("GIT_REFLOG_ACTION");
	size_t len = strcspn(message->buf, "\n");

	if (action && *action)
		strbuf_addf(what, "%s: ", action);
	else
		strbuf_addstr(what, face->fold ? "squash-last: " : "reword: ");
	if (face->fold)
		strbuf_addf(what, "fold %zu commits into ", face->nr);
	strbuf_add(what, message->buf, len);
}

static int write_orig_head(struct pare_rewrite *face)
{
	char *path = repo_git_path(face->repo, "ORIG_HEAD");
	struct strbuf line = STRBUF_INIT;
	int error;

	strbuf_addf(&line, "%s\n", oid_hex(&face->tip, face->repo->algo));
	error = lockfile_replace(path, line.buf, line.len);
	strbuf_release(&line);
	free(path);
	return error;
}

static int move_refs(struct pare_rewrite *face, const char *what)
{
	struct ref_transaction tx;
	int error;

	ref_transaction_init(&tx, face->repo, what);
	ref_transaction_update(&tx, "HEAD", &face->new_tip, &face->tip);
	error = ref_transaction_prepare(&tx);
	if (!error)
		error = write_orig_head(face);
	if (!error)
		error = record_write(face->repo,
				     face->branch ? face->branch : "HEAD",
				     &face->tip, &face->new_tip, what);
	if (!error)
		error = ref_transaction_commit(&tx);
	ref_transaction_release(&tx);
	return error;
}

/* Its exit code is nobody's business any more: the refs have moved. */
static void run_post_rewrite(struct pare_rewrite *face)
{
	static const char *const args[] = { "rebase", NULL };
	const struct hash_algo *algo = face->repo->algo;
	struct strbuf lines = STRBUF_INIT;

	for (size_t i = 0; i < face->nr; i++)
		strbuf_addf(&lines, "%s %s\n",
			    oid_hex(&face->map[i].before, algo),
			    oid_hex(&face->map[i].after, algo));
	hook_run(face->repo, "post-rewrite",
		 &(struct hook_options){ .args = args,
					 .in = lines.buf,
					 .in_len = lines.len });
	strbuf_release(&lines);
}

int pare_rewrite_apply(struct pare_rewrite *face, const struct strbuf *offered,
		       const struct pare_apply_options *opts)
{
	struct maker m = { .rw = (struct rewrite *)face,
			   .committer = STRBUF_INIT,
			   .opts = opts };
	struct strbuf message = STRBUF_INIT, what = STRBUF_INIT;
	char *path = NULL;
	int error = repo_ident(&m.committer, face->repo, "committer");

	if (!error)
		error = repo_odb(&m.odb, face->repo);
	if (!error)
		error = edit_message(&message, &path, face, offered, opts);
	if (error < 0)
		goto done;
	error = face->fold ? make_fold(&m, &message) :
			     make_reworded(&m, &message);
	describe(&what, face, &message);
	if (!error)
		error = move_refs(face, what.buf);
	if (error < 0)
		error_hint("nothing was changed; the message is in %s", path);
	else
		run_post_rewrite(face);
done:
	free(path);
	strbuf_release(&what);
	strbuf_release(&message);
	strbuf_release(&m.committer);
	return error;
}
