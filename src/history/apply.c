/* SPDX-License-Identifier: MIT */
/*
 * Acting a rewrite out: the objects first, which nobody sees, then under the
 * refs' locks ORIG_HEAD and the undo record, then the refs, all at once.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/lockfile.h"
#include "history/commit_writer.h"
#include "history/edit_message.h"
#include "history/record.h"
#include "history/rewrite.h"
#include "repo/hooks.h"
#include "repo/refs.h"

struct maker {
	struct rewrite *rw;
	struct commit_writer writer;
};

/* The first commit's parents and author, the last one's tree. */
static int make_fold(struct maker *m, const struct strbuf *message)
{
	struct pare_rewrite *face = &m->rw->face;
	struct commit_draft draft;
	int error;

	commit_draft_from(&draft, &m->rw->range.commit[0]);
	draft.tree = m->rw->range.commit[face->nr - 1].tree;
	commit_draft_message(&draft, face->repo, message);
	error = commit_writer_write(&face->new_tip, &m->writer, &draft);
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

		commit_draft_from(&draft, &m->rw->range.commit[i]);
		if (i)
			draft.parent = &face->map[i - 1].after;
		else
			commit_draft_message(&draft, face->repo, message);
		error = commit_writer_write(&face->map[i].after, &m->writer,
					    &draft);
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
	struct maker m = { .rw = (struct rewrite *)face };
	struct strbuf message = STRBUF_INIT, what = STRBUF_INIT;
	char *path = NULL;
	int error = commit_writer_init(&m.writer, face->repo, opts->sign,
				       opts->sign_key);

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
	commit_writer_release(&m.writer);
	return error;
}
