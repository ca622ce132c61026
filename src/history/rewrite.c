/* SPDX-License-Identifier: MIT */
/* Planning: what is read, refused and offered as the message. */
#include "history/rewrite.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "history/autosquash.h"
#include "history/branches.h"
#include "history/message.h"
#include "repo/hooks.h"
#include "history/terms.h"

static struct rewrite *new_rewrite(void)
{
	struct rewrite *rw = xcalloc(1, sizeof(*rw));

	strbuf_init(&rw->face.text, 0);
	strbuf_init(&rw->face.draft, 0);
	strvec_init(&rw->face.authors);
	return rw;
}

static void fill_map(struct rewrite *rw)
{
	rw->face.nr = rw->range.nr;
	rw->face.map = xcalloc(rw->range.nr, sizeof(*rw->face.map));
	for (size_t i = 0; i < rw->range.nr; i++)
		rw->face.map[i].before = rw->range.commit[i].id;
}

int pare_rewrite_fold(struct pare_rewrite **out, struct pare_repo *repo,
		      const struct pare_fold_request *req)
{
	struct rewrite *rw = new_rewrite();
	int error = range_start(&rw->face, repo);

	rw->face.fold = true;
	if (!error)
		error = range_for_fold(&rw->range, &rw->face, req);
	if (!error)
		error = terms_check(rw, &req->terms);
	if (error < 0) {
		pare_rewrite_free(&rw->face);
		return error;
	}
	fill_map(rw);
	rw->face.change_id = req->change_id;
	message_for_fold(&rw->face, &rw->range, req->mode);
	*out = &rw->face;
	return 0;
}

int pare_rewrite_reword(struct pare_rewrite **out, struct pare_repo *repo,
			const char *rev, const struct pare_terms *terms)
{
	struct rewrite *rw = new_rewrite();
	int error = range_start(&rw->face, repo);

	if (!error)
		error = range_for_reword(&rw->range, &rw->face, rev);
	if (!error)
		error = terms_check(rw, terms);
	if (error < 0) {
		pare_rewrite_free(&rw->face);
		return error;
	}
	fill_map(rw);
	message_of_one(&rw->face, &rw->range.commit[0]);
	*out = &rw->face;
	return 0;
}

int rewrite_ask_pre_rebase(const struct rewrite *rw,
			   const struct pare_apply_options *opts)
{
	struct pare_repo *repo = rw->face.repo;
	const struct commit *first = &rw->range.commit[0];
	const char *args[] = { "--root", NULL };
	int result;

	if (opts->no_verify)
		return 0;
	if (first->nr_parents)
		args[0] = oid_hex(&first->parent[0], repo->algo);
	result = hook_run(repo, "pre-rebase",
			  &(struct hook_options){ .args = args });
	return result > 0 ? error_set(GIT_EUSER, "The pre-rebase hook refused "
				      "to rebase.") : result;
}

void rewrite_release(struct rewrite *rw)
{
	range_release(&rw->range);
	strbuf_release(&rw->face.text);
	strbuf_release(&rw->face.draft);
	branches_release(&rw->face);
	free(rw->face.branch);
	free(rw->face.push_to);
	free(rw->face.push_remote);
	free(rw->face.comment);
	strvec_clear(&rw->face.authors);
	free(rw->face.map);
}

void pare_rewrite_subject(struct strbuf *out, const struct pare_rewrite *face,
			  size_t i)
{
	const struct rewrite *rw = (const struct rewrite *)face;

	commit_subject(out, &rw->range.commit[i]);
}

void pare_rewrite_free(struct pare_rewrite *face)
{
	struct rewrite *rw = (struct rewrite *)face;

	if (!rw)
		return;
	rewrite_release(rw);
	free(rw);
}
