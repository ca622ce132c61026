/* SPDX-License-Identifier: MIT */
/* Reading a plan that a person has written or changed. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/error.h"
#include "history/autosquash.h"
#include "history/plan.h"
#include "repo/config.h"

static const struct commit *find_commit(const struct range *range,
					const struct oid *oid)
{
	for (size_t i = 0; i < range->nr; i++)
		if (oid_equal(&range->commit[i].id, oid))
			return &range->commit[i];
	return NULL;
}

/* What the words of a plan name, found in one question to git. */
struct names {
	const struct pare_plan *plan;
	struct strvec word; /* sorted */
	struct oid *oid;    /* of each word; zero: no commit */
};

/* The word of a line that may be a commit, if there is one. */
static void collect_word(struct strvec *words, const char *line, size_t len)
{
	static const char blank[] = " \t\r";
	struct strbuf text = STRBUF_INIT;
	const char *p;

	strbuf_add(&text, line, len);
	p = text.buf + strspn(text.buf, blank);
	p += strcspn(p, blank);
	p += strspn(p, blank);
	if (p[0] == '-' && (p[1] == 'C' || p[1] == 'c'))
		p += 2 + strspn(p + 2, blank);
	len = strcspn(p, blank);
	if (len)
		strvec_pushn(words, p, len);
	strbuf_release(&text);
}

static int look_up(struct names *names, const char *text, size_t len,
		   const char *comment)
{
	const char *end = text + len;

	while (text < end) {
		const char *lf = memchr(text, '\n', (size_t)(end - text));

		if (!starts_with(text, comment))
			collect_word(&names->word, text,
				     (size_t)((lf ? lf : end) - text));
		text = lf ? lf + 1 : end;
	}
	strvec_sort(&names->word);
	strvec_uniq(&names->word);
	names->oid = xcalloc(names->word.nr, sizeof(*names->oid));
	return names->word.nr ? autosquash_lookup(names->oid, &names->word,
						  names->plan->rw.face.repo) :
				0;
}

static int resolve(struct todo_commit *out, const char *rev, void *payload)
{
	const struct names *names = payload;
	ptrdiff_t at = strvec_search(&names->word, rev);
	const struct commit *known;
	struct commit commit;
	int error;

	if (at < 0 || oid_is_zero(&names->oid[at]))
		return GIT_ENOTFOUND;
	out->oid = names->oid[at];
	known = find_commit(&names->plan->rw.range, &out->oid);
	if (known) {
		out->is_merge = known->nr_parents > 1;
		return 0;
	}
	error = commit_read(&commit, names->plan->rw.face.repo, &out->oid);
	out->is_merge = !error && commit.nr_parents > 1;
	if (!error)
		commit_release(&commit);
	return error;
}

void pare_plan_told_release(struct pare_plan_told *told)
{
	strvec_clear(&told->faults);
	strvec_clear(&told->warnings);
}

static bool does_something(const struct todo_list *list)
{
	for (size_t i = 0; i < list->nr; i++)
		if (list->items[i].command != TODO_COMMENT)
			return true;
	return false;
}

static int check_missing(struct pare_plan *plan, struct pare_plan_told *told)
{
	struct pare_repo *repo = plan->rw.face.repo;
	const char *level = pare_repo_config_get(repo,
						 "rebase.missingcommitscheck");
	bool fail = level && !strcasecmp(level, "error");
	size_t *missing, nr;
	int error = 0;

	if (!fail && (!level || strcasecmp(level, "warn")))
		return 0;
	todo_missing(&missing, &nr, &plan->made, &plan->list);
	for (size_t i = nr; i-- > 0;) {
		const struct oid *oid = &plan->made.items[missing[i]].oid;
		const struct commit *commit = find_commit(&plan->rw.range,
							  oid);
		struct strbuf line = STRBUF_INIT;

		strbuf_addf(&line, "%.12s ", oid_hex(oid, repo->algo));
		commit_subject(&line, commit);
		strvec_push(&told->warnings, line.buf);
		strbuf_release(&line);
	}
	free(missing);
	if (nr && fail) {
		error = error_set(GIT_EINVALID, "%zu %s in no line of the "
				  "plan", nr, nr == 1 ? "commit is" :
							"commits are");
		error_hint("write `drop <commit>` to leave one out on "
			   "purpose");
	}
	return error;
}

int pare_plan_read(struct pare_plan *plan, struct pare_plan_told *told,
		   const char *text, size_t len)
{
	struct names names = { .plan = plan, .word = STRVEC_INIT };
	const struct todo_parse_options opts = {
		.comment = plan_comment(plan->rw.face.repo),
		.resolve = resolve,
		.payload = &names,
	};
	int error = 0;

	todo_list_release(&plan->list);
	if (len <= TODO_TEXT_MAX)
		error = look_up(&names, text, len, opts.comment);
	if (!error)
		error = todo_parse(&plan->list, &told->faults, text, len,
				   &opts);
	if (!error && !does_something(&plan->list))
		error = error_set(GIT_EINVALID, "nothing to do");
	if (!error)
		error = check_missing(plan, told);
	free(names.oid);
	strvec_clear(&names.word);
	return error;
}

/* Is this the merge that `commit` is, of the same others? */
static bool is_the_same_merge(const struct todo_item *item,
			      const struct commit *commit,
			      const struct hash_algo *algo)
{
	const char *p = item->arg;

	if (item->flags & TODO_EDIT_MESSAGE)
		return false;
	for (size_t i = 1; i < commit->nr_parents; i++) {
		if (!skip_prefix(p, oid_hex(&commit->parent[i], algo), &p))
			return false;
		p += strspn(p, " \t");
	}
	return commit->nr_parents > 1 && (!*p || *p == '#');
}

static bool is_for_git(const struct todo_item *item, const struct range *range,
		       const struct hash_algo *algo)
{
	const struct commit *commit;

	if (item->command != TODO_MERGE || !todo_names_commit(item))
		return todo_command_needs_git(item->command);
	commit = find_commit(range, &item->oid);
	return !commit || !is_the_same_merge(item, commit, algo);
}

const char *pare_plan_needs_git(const struct pare_plan *plan)
{
	for (size_t i = 0; i < plan->list.nr; i++) {
		const struct todo_item *item = &plan->list.items[i];

		if (is_for_git(item, &plan->rw.range,
			       plan->rw.face.repo->algo))
			return todo_command_name(item->command);
	}
	return NULL;
}
