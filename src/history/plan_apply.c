/* SPDX-License-Identifier: MIT */
/* Acting a plan out in memory, then the finish that all rewrites have. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/quote.h"
#include "history/autosquash.h"
#include "history/finish.h"
#include "history/plan.h"
#include "history/prefetch.h"
#include "history/replay.h"
#include "repo/refs.h"
#include "repo/worktrees.h"

struct acting {
	struct pare_plan *plan;
	const struct pare_plan_options *opts;
};

static int group_message(struct strbuf *out, const struct replay_group *group,
			 void *payload)
{
	struct acting *acting = payload;

	return plan_message(out, acting->plan, group, acting->opts);
}

static int stopped(struct pare_plan *plan, const struct replay_result *result)
{
	struct pare_repo *repo = plan->rw.face.repo;
	struct strbuf subject = STRBUF_INIT;
	struct commit commit;
	char hex[HASH_MAX_HEX + 1];
	int error = commit_read(&commit, repo, &result->commit);

	if (error < 0)
		return error;
	commit_subject(&subject, &commit);
	commit_release(&commit);
	oid_hex_r(hex, &result->commit, repo->algo);
	plan->stopped = true;
	plan->stop = result->commit;
	strvec_push_all(&plan->paths, &result->paths);
	if (result->stop == REPLAY_MERGE_CHANGES) {
		error = error_set(PARE_EHANDOVER, "the merge %.12s... %s has "
				  "to be made again", hex, subject.buf);
		strbuf_release(&subject);
		return error;
	}
	if (result->stop == REPLAY_CONFLICT)
		error = error_set(GIT_EMERGECONFLICT,
				  "could not apply %.12s... %s", hex,
				  subject.buf);
	else
		error = error_set(GIT_EMERGECONFLICT,
				  result->stop == REPLAY_BECAME_EMPTY ?
				  "the change of %.12s... %s is there already" :
				  "%.12s... %s takes back all of the commit it "
				  "melds into", hex, subject.buf);
	for (size_t i = 0; i < result->paths.nr; i++)
		error_hint("conflict in %s", quoted(result->paths.v[i]));
	error_hint("nothing was changed; --via-rebase has git rebase stop "
		   "there");
	strbuf_release(&subject);
	return error;
}

static void count(struct pare_plan_result *out, const struct pare_plan *plan)
{
	size_t *missing, nr;

	for (size_t i = 0; i < plan->list.nr; i++) {
		enum todo_command command = plan->list.items[i].command;

		out->melded += todo_is_meld(command);
		out->reworded += command == TODO_REWORD;
		out->dropped += command == TODO_DROP;
	}
	todo_missing(&missing, &nr, &plan->made, &plan->list);
	out->dropped += nr;
	free(missing);
}

void pare_plan_result(struct pare_plan_result *out,
		      const struct pare_plan *plan)
{
	*out = (struct pare_plan_result){
		.rewrite = &plan->rw.face,
		.nr = plan->made.nr,
		.stopped = plan->stopped,
		.commit = plan->stop,
		.paths = &plan->paths,
	};
	count(out, plan);
}

bool pare_plan_count(struct strbuf *out, const struct pare_plan_result *result)
{
	const struct {
		const char *word;
		size_t nr;
	} counts[] = {
		{ "melded", result->melded },
		{ "reworded", result->reworded },
		{ "dropped", result->dropped },
	};
	const char *comma = "";

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		if (!counts[i].nr)
			continue;
		strbuf_addf(out, "%s%zu %s", comma, counts[i].nr,
			    counts[i].word);
		comma = ", ";
	}
	return *comma;
}

/* "squash-last: plan of 4 commits: 1 melded", for the reflog and the undo. */
static void describe(struct strbuf *what, const struct pare_plan *plan)
{
	const char *action = getenv("GIT_REFLOG_ACTION");
	struct pare_plan_result result;

	pare_plan_result(&result, plan);
	strbuf_addf(what, "%s: plan of %zu commit%s: ",
		    action && *action ? action : "squash-last", result.nr,
		    result.nr == 1 ? "" : "s");
	if (!pare_plan_count(what, &result))
		strbuf_setlen(what, what->len - strlen(": "));
}

static struct pare_branch *find_branch(struct pare_rewrite *face,
				       const char *ref)
{
	for (size_t i = 0; i < face->nr_branches; i++)
		if (!strcmp(face->branches[i].ref, ref))
			return &face->branches[i];
	return NULL;
}

static int check_free(const struct pare_rewrite *face,
		      const struct checked_out *all, const char *ref)
{
	const char *path = checked_out_at(all, ref);

	if (face->branch && !strcmp(face->branch, ref))
		return error_set(GIT_EINVALID, "HEAD is on %s, which moves "
				 "anyway", quoted(face->branch));
	return path ? error_set(GIT_EINVALID, "%s is checked out at %s",
				quoted(ref), quoted(path)) : 0;
}

/* One update-ref line: where the ref is now, and where it goes. */
static int move_ref(struct moved_ref *out, struct pare_rewrite *face,
		    const struct checked_out *all,
		    const struct replay_ref *ref)
{
	struct pare_branch *branch = find_branch(face, ref->ref);
	int error = check_free(face, all, ref->ref);

	if (!error && oid_is_zero(&ref->oid))
		error = error_set(GIT_EINVALID, "there is no commit yet for %s",
				  quoted(ref->ref));
	if (error < 0)
		return error;
	*out = (struct moved_ref){ .ref = ref->ref, .after = ref->oid };
	if (branch) {
		branch->moves = true;
		branch->after = ref->oid;
		out->before = branch->before;
		return 0;
	}
	error = repo_ref(&out->before, face->repo, ref->ref);
	return error == GIT_ENOTFOUND ? 0 : error; /* git makes a new one too */
}

/* The place of `ref` among those before it: the last line has the word. */
static size_t place_of(const struct moved_ref *refs, size_t nr, const char *ref)
{
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(refs[i].ref, ref))
			return i;
	return nr;
}

static int moved_refs(struct moved_ref **out, size_t *nr,
		      struct pare_plan *plan,
		      const struct replay_result *result)
{
	struct pare_rewrite *face = &plan->rw.face;
	struct checked_out all = CHECKED_OUT_INIT;
	int error = 0;

	*nr = 0;
	*out = xcalloc(result->nr_refs, sizeof(**out));
	for (size_t i = 0; i < face->nr_branches; i++)
		face->branches[i].moves = false;
	if (result->nr_refs)
		repo_checked_out(&all, face->repo);
	for (size_t i = 0; i < result->nr_refs && !error; i++) {
		size_t at = place_of(*out, *nr, result->refs[i].ref);

		error = move_ref(&(*out)[at], face, &all, &result->refs[i]);
		*nr += at == *nr;
	}
	checked_out_release(&all);
	return error;
}

static void take_map(struct pare_rewrite *face, struct replay_result *result)
{
	free(face->map);
	face->map = result->map;
	face->nr = result->nr;
	result->map = NULL;
	result->nr = result->alloc = 0;
}

static int finish(struct pare_plan *plan, struct replay_result *result,
		  const struct pare_apply_options *apply)
{
	const struct follow_options how = { .wanted = apply->wanted,
					    .progress = apply->progress };
	struct pare_rewrite *face = &plan->rw.face;
	struct strbuf what = STRBUF_INIT;
	struct moved_ref *refs = NULL;
	size_t nr = 0;
	int error;

	if (oid_is_zero(&result->tip))
		return error_set(GIT_EINVALID, "the plan leaves no commit");
	face->new_tip = result->tip;
	take_map(face, result);
	describe(&what, plan);
	error = moved_refs(&refs, &nr, plan, result);
	if (!error && (nr || !oid_equal(&face->tip, &face->new_tip)))
		error = rewrite_finish(face, what.buf, refs, nr, &how);
	free(refs);
	strbuf_release(&what);
	return error;
}

/* The words do not matter where only the trees are of interest. */
static int no_message(struct strbuf *out, const struct replay_group *group,
		      void *payload)
{
	(void)group;
	(void)payload;
	strbuf_addstr(out, "trial\n");
	return 0;
}

static int replay(struct replay_result *result, struct acting *acting,
		  struct commit_writer *writer, bool trial)
{
	const struct pare_plan *plan = acting->plan;
	const struct replay_options opts = {
		.writer = writer,
		.message = trial ? no_message : group_message,
		.payload = acting,
		.empty = acting->opts->drop_empty ? REPLAY_EMPTY_DROP :
						    REPLAY_EMPTY_STOP,
		.progress = acting->opts->apply.progress,
	};
	int error = replay_list(result, plan->rw.face.repo,
				oid_is_zero(&plan->onto) ? NULL : &plan->onto,
				&plan->list, &opts);

	return !error && result->stop ? stopped(acting->plan, result) : error;
}

/* Nobody is asked for words that a stop would make idle. */
static bool wants_trial(const struct pare_plan *plan)
{
	for (size_t i = 0; i < plan->list.nr; i++) {
		const struct todo_item *item = &plan->list.items[i];

		if (item->command == TODO_SQUASH ||
		    item->command == TODO_REWORD ||
		    (item->command == TODO_FIXUP &&
		     item->flags & TODO_EDIT_MESSAGE))
			return true;
	}
	return false;
}

static int try_out(struct acting *acting)
{
	struct replay_result result = REPLAY_RESULT_INIT;
	struct commit_writer writer;
	int error = commit_writer_init(&writer, acting->plan->rw.face.repo, 0,
				       NULL);

	if (!error)
		error = replay(&result, acting, &writer, true);
	if (!error)
		take_map(&acting->plan->rw.face, &result);
	replay_result_release(&result);
	commit_writer_release(&writer);
	return error;
}

static int act(struct acting *acting)
{
	const struct pare_apply_options *apply = &acting->opts->apply;
	struct replay_result result = REPLAY_RESULT_INIT;
	struct commit_writer writer;
	int error = commit_writer_init(&writer, acting->plan->rw.face.repo,
				       apply->sign, apply->sign_key);

	if (!error)
		error = replay(&result, acting, &writer, false);
	if (!error)
		error = finish(acting->plan, &result, apply);
	if (error < 0)
		plan_hint_typed(acting->plan);
	else
		plan_forget_typed(acting->plan);
	replay_result_release(&result);
	commit_writer_release(&writer);
	return error;
}

int pare_plan_apply(struct pare_plan *plan,
		    const struct pare_plan_options *opts)
{
	struct acting acting = { .plan = plan, .opts = opts };
	int error = prefetch_range(&plan->rw.range, plan->rw.face.repo);

	if (!error && (opts->dry_run || wants_trial(plan)))
		error = try_out(&acting);
	if (!error && !opts->dry_run)
		error = rewrite_ask_pre_rebase(&plan->rw, &opts->apply);
	return error || opts->dry_run ? error : act(&acting);
}
