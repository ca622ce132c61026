/* SPDX-License-Identifier: MIT */
/* Making a plan from commits. */
#include "history/plan.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/error.h"
#include "history/autosquash.h"
#include "history/branches.h"
#include "history/terms.h"
#include "repo/config.h"
#include "repo/refs.h"

static struct pare_plan *new_plan(void)
{
	struct pare_plan *plan = xcalloc(1, sizeof(*plan));

	strbuf_init(&plan->rw.face.text, 0);
	strbuf_init(&plan->rw.face.draft, 0);
	strvec_init(&plan->rw.face.authors);
	strvec_init(&plan->paths);
	strbuf_init(&plan->typed, 0);
	return plan;
}

void pare_plan_free(struct pare_plan *plan)
{
	if (!plan)
		return;
	todo_list_release(&plan->made);
	todo_list_release(&plan->list);
	strvec_clear(&plan->paths);
	strbuf_release(&plan->typed);
	rewrite_release(&plan->rw);
	free(plan);
}

/* Without a word about the range: what the upstream has not. */
static int find_range(struct pare_plan *plan,
		      const struct pare_fold_request *asked)
{
	struct pare_fold_request req = *asked;
	struct pare_rewrite *face = &plan->rw.face;
	char *upstream = NULL;
	int error = 0;

	if (!req.count && !req.since && !req.root) {
		error = face->branch ? repo_upstream(&upstream, face->repo,
						     face->branch) :
				       GIT_ENOTFOUND;
		if (error == GIT_ENOTFOUND) {
			error_set(error, "there is no upstream to say which "
					 "commits are meant");
			error_hint("say how many: <n>, --since <rev> or "
				   "--root");
		}
		req.since = upstream;
	}
	if (!error)
		error = range_for_plan(&plan->rw.range, face, &req);
	if (!error)
		error = terms_check(&plan->rw, &req.terms);
	free(upstream);
	return error;
}

/* A merge is made again from its other parents, as git's own lists have it. */
static void add_commit(struct todo_list *list, const struct commit *commit,
		       const struct hash_algo *algo)
{
	struct strbuf arg = STRBUF_INIT;
	bool merge = commit->nr_parents > 1;
	struct todo_item *item;

	for (size_t i = 1; i < commit->nr_parents; i++)
		strbuf_addf(&arg, "%s%s", i > 1 ? " " : "",
			    oid_hex(&commit->parent[i], algo));
	item = todo_list_add(list, merge ? TODO_MERGE : TODO_PICK, &commit->id,
			     arg.buf);
	if (merge)
		item->flags = TODO_REPLACE_MESSAGE;
	strbuf_release(&arg);
}

static void fill_list(struct todo_list *list, const struct pare_plan *plan)
{
	const struct range *range = &plan->rw.range;

	for (size_t i = 0; i < range->nr; i++)
		add_commit(list, &range->commit[i], plan->rw.face.repo->algo);
}

/* The branches at a commit go where it goes. */
static void add_branches(struct todo_list *list,
			 const struct pare_rewrite *face,
			 const struct oid *oid)
{
	for (size_t i = 0; i < face->nr_branches; i++) {
		const struct pare_branch *branch = &face->branches[i];

		if (!oid_equal(&branch->before, oid))
			continue;
		if (branch->elsewhere) {
			char *text = xstrfmt(" Ref %s checked out at '%s'",
					     branch->ref, branch->elsewhere);

			todo_list_add(list, TODO_COMMENT, NULL, text);
			free(text);
		} else {
			todo_list_add(list, TODO_UPDATE_REF, NULL, branch->ref);
		}
	}
}

static void fill_list_with_branches(struct todo_list *list,
				    const struct pare_plan *plan)
{
	const struct range *range = &plan->rw.range;

	for (size_t i = 0; i < range->nr; i++) {
		add_commit(list, &range->commit[i], plan->rw.face.repo->algo);
		add_branches(list, &plan->rw.face, &range->commit[i].id);
	}
}

/* The subjects of the list's picks, each at the place of its item. */
static char **subjects(const struct pare_plan *plan)
{
	const struct commit *commit = plan->rw.range.commit;
	char **subject = xcalloc(plan->list.nr, sizeof(*subject));

	for (size_t i = 0; i < plan->list.nr; i++) {
		struct strbuf text = STRBUF_INIT;

		if (!todo_names_commit(&plan->list.items[i]))
			continue;
		if (commit->nr_parents < 2) {
			commit_subject(&text, commit);
			subject[i] = strbuf_detach(&text, NULL);
		}
		commit++;
	}
	return subject;
}

static int arrange(struct pare_plan *plan)
{
	char **subject = subjects(plan);
	size_t moved, nr = plan->list.nr;
	int error = autosquash(&moved, &plan->list,
			       &(struct autosquash_options){
				       .subject = subject,
				       .lookup = autosquash_lookup,
				       .payload = plan->rw.face.repo,
			       });

	for (size_t i = 0; i < nr; i++)
		free(subject[i]);
	free(subject);
	return error;
}

int pare_plan_make(struct pare_plan **out, struct pare_repo *repo,
		   const struct pare_plan_request *req)
{
	struct pare_plan *plan = new_plan();
	int error = range_start(&plan->rw.face, repo);

	plan->rw.face.change_id = req->range.change_id;
	if (!error)
		error = find_range(plan, &req->range);
	if (error < 0) {
		pare_plan_free(plan);
		return error;
	}
	if (plan->rw.range.commit[0].nr_parents)
		plan->onto = plan->rw.range.commit[0].parent[0];
	fill_list(&plan->made, plan);
	if (wants_branches(&req->range.terms, repo))
		fill_list_with_branches(&plan->list, plan);
	else
		fill_list(&plan->list, plan);
	if (req->autosquash)
		error = arrange(plan);
	if (error < 0) {
		pare_plan_free(plan);
		return error;
	}
	*out = plan;
	return 0;
}

struct last_comment {
	const char *value;
};

static int see_comment(const char *key, const char *value, void *payload)
{
	struct last_comment *last = payload;

	if (!strcmp(key, "core.commentchar") ||
	    !strcmp(key, "core.commentstring"))
		last->value = value;
	return 0;
}

const char *plan_comment(struct pare_repo *repo)
{
	struct last_comment last = { NULL };

	repo_config_each(repo, "core.comment", see_comment, &last);
	/* A line cannot begin with a newline; git takes none for an error. */
	return last.value && *last.value && !strchr(last.value, '\n') &&
	       strcasecmp(last.value, "auto") ? last.value : "#";
}
