/* SPDX-License-Identifier: MIT */
/* Acting a fold or reword out: its message, its commits, the finish. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "history/branches.h"
#include "history/commit_writer.h"
#include "history/edit_message.h"
#include "history/encoding.h"
#include "history/finish.h"
#include "history/rewrite.h"
#include "repo/author.h"

struct maker {
	struct rewrite *rw;
	struct strbuf author; /* of the first */
	struct commit_writer writer;
};

int rewrite_author(struct strbuf *out, const struct rewrite *rw,
		   const struct pare_apply_options *opts)
{
	const struct commit *first = &rw->range.commit[0];
	const struct author_request req = { .author = opts->author,
					    .date = opts->date,
					    .reset = opts->reset_author };
	struct strbuf old = STRBUF_INIT;
	int error;

	reencode_text(&old, first->author, first->author_len, first->encoding,
		      first->encoding_len, rw->face.repo);
	error = repo_author(out, rw->face.repo, old.buf, old.len, &req);
	strbuf_release(&old);
	return error;
}

/* Other words and perhaps another author for the first commit. */
static void mend_draft(struct commit_draft *draft, struct maker *m,
		       struct strbuf *room, struct strbuf *message)
{
	commit_draft_message(draft, room, m->rw->face.repo, message);
	draft->author = m->author.buf;
	draft->author_len = m->author.len;
}

/* The first commit's parents and author, the last one's tree. */
static int make_fold(struct maker *m, struct strbuf *message)
{
	struct pare_rewrite *face = &m->rw->face;
	struct strbuf room = STRBUF_INIT;
	struct commit_draft draft;
	int error;

	commit_draft_from(&draft, &m->rw->range.commit[0]);
	draft.tree = m->rw->range.commit[face->nr - 1].tree;
	mend_draft(&draft, m, &room, message);
	error = commit_writer_write(&face->new_tip, &m->writer, &draft);
	strbuf_release(&room);
	for (size_t i = 0; i < face->nr; i++)
		face->map[i].after = face->new_tip;
	return error;
}

/* The commit's parents, those that were made anew in their new form. */
static struct oid *new_parents(const struct pare_rewrite *face, size_t i,
			       const struct commit *commit)
{
	struct oid *parent = xcalloc(commit->nr_parents, sizeof(*parent));

	for (size_t k = 0; k < commit->nr_parents; k++) {
		parent[k] = commit->parent[k];
		for (size_t before = i; before-- > 0;) {
			if (!oid_equal(&face->map[before].before, &parent[k]))
				continue;
			parent[k] = face->map[before].after;
			break;
		}
	}
	return parent;
}

/*
 * New words for the first; the others follow with new parents, merges too,
 * and keep their trees.
 */
static int make_reworded(struct maker *m, struct strbuf *message,
			 const struct pare_progress *progress)
{
	struct pare_rewrite *face = &m->rw->face;
	int error = 0;

	pare_progress_start(progress, "Rewriting commits", face->nr);
	for (size_t i = 0; i < face->nr && !error; i++) {
		const struct commit *commit = &m->rw->range.commit[i];
		struct oid *parent = new_parents(face, i, commit);
		struct strbuf room = STRBUF_INIT;
		struct commit_draft draft;

		commit_draft_from(&draft, commit);
		draft.parent = parent;
		if (!i)
			mend_draft(&draft, m, &room, message);
		error = commit_writer_write(&face->map[i].after, &m->writer,
					    &draft);
		strbuf_release(&room);
		free(parent);
		pare_progress_update(progress, i + 1);
	}
	pare_progress_stop(progress, !error);
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

/* The commit that gets the message. */
static void fill_about(struct message_about *about, const struct maker *m)
{
	const struct rewrite *rw = m->rw;
	const struct pare_rewrite *face = &rw->face;
	const struct commit *first = &rw->range.commit[0];

	*about = (struct message_about){
		.parent = first->nr_parents ? &first->parent[0] : NULL,
		.tree = face->fold ? rw->range.commit[face->nr - 1].tree :
				     first->tree,
		.author = m->author.buf,
		.author_len = m->author.len,
		.reworded = face->fold ? NULL : &first->id,
	};
}

int pare_rewrite_apply(struct pare_rewrite *face, const struct strbuf *offered,
		       const struct pare_apply_options *opts)
{
	struct maker m = { .rw = (struct rewrite *)face,
			   .author = STRBUF_INIT };
	/* No tree changes. */
	const struct follow_options how = { .progress = opts->progress };
	struct strbuf message = STRBUF_INIT, what = STRBUF_INIT;
	struct moved_ref *refs = NULL;
	size_t nr_refs;
	struct message_about about;
	int error = commit_writer_init(&m.writer, face->repo, opts->sign,
				       opts->sign_key);

	if (!error)
		error = rewrite_author(&m.author, m.rw, opts);
	if (!error)
		error = rewrite_ask_pre_rebase(m.rw, opts);
	if (!error) {
		fill_about(&about, &m);
		error = edit_message(&message, face, offered, &about, opts);
	}
	if (error < 0)
		goto done;
	error = face->fold ? make_fold(&m, &message) :
			     make_reworded(&m, &message, opts->progress);
	describe(&what, face, &message);
	branches_moved(&refs, &nr_refs, face);
	if (!error)
		error = rewrite_finish(face, what.buf, refs, nr_refs,
				       &how);
	if (error < 0)
		edit_message_hint(face, &message, opts, error);
done:
	free(refs);
	strbuf_release(&m.author);
	strbuf_release(&what);
	strbuf_release(&message);
	commit_writer_release(&m.writer);
	return error;
}
