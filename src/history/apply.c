/* SPDX-License-Identifier: MIT */
/* Acting a fold or reword out: its message, its commits, the finish. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "history/branches.h"
#include "history/commit_writer.h"
#include "history/edit_message.h"
#include "history/finish.h"
#include "history/rewrite.h"

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
static int make_reworded(struct maker *m, const struct strbuf *message)
{
	struct pare_rewrite *face = &m->rw->face;
	int error = 0;

	for (size_t i = 0; i < face->nr && !error; i++) {
		const struct commit *commit = &m->rw->range.commit[i];
		struct oid *parent = new_parents(face, i, commit);
		struct commit_draft draft;

		commit_draft_from(&draft, commit);
		draft.parent = parent;
		if (!i)
			commit_draft_message(&draft, face->repo, message);
		error = commit_writer_write(&face->map[i].after, &m->writer,
					    &draft);
		free(parent);
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

int pare_rewrite_apply(struct pare_rewrite *face, const struct strbuf *offered,
		       const struct pare_apply_options *opts)
{
	struct maker m = { .rw = (struct rewrite *)face };
	struct strbuf message = STRBUF_INIT, what = STRBUF_INIT;
	struct moved_ref *refs = NULL;
	size_t nr_refs;
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
	branches_moved(&refs, &nr_refs, face);
	if (!error)
		error = rewrite_finish(face, what.buf, refs, nr_refs);
	if (error < 0)
		error_hint("nothing was changed; the message is in %s", path);
done:
	free(refs);
	free(path);
	strbuf_release(&what);
	strbuf_release(&message);
	commit_writer_release(&m.writer);
	return error;
}
