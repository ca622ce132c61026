/* SPDX-License-Identifier: MIT */
/*
 * A plan that git is to do: it becomes the text that the sequence editor of
 * `git rebase -i` leaves.
 */
#include <stdlib.h>

#include "base/lockfile.h"
#include "base/quote.h"
#include "base/run.h"
#include "history/plan.h"
#include "repo/ident.h"
#include "repo/repo.h"

static const char *full_name(const struct oid *oid, void *payload)
{
	const struct pare_plan *plan = payload;

	return oid_hex(oid, plan->rw.face.repo->algo);
}

static int write_plan(char **path, struct pare_plan *plan)
{
	const struct todo_format_options opts = {
		/* Which string begins one, only a newer git may know. */
		.comment = "",
		.name = full_name,
		.payload = plan,
	};
	struct strbuf text = STRBUF_INIT;
	int error = repo_pare_path(path, plan->rw.face.repo, "plan", true);

	todo_format(&text, &plan->list, &opts);
	if (!error)
		error = lockfile_replace(*path, text.buf, text.len);
	strbuf_release(&text);
	return error;
}

int pare_plan_hand_over(bool *under_way, struct pare_plan *plan)
{
	struct run run = RUN_INIT;
	struct strbuf editor = STRBUF_INIT;
	char *path = NULL;
	int result = write_plan(&path, plan);

	if (result < 0)
		goto done;
	strbuf_addstr(&editor, "GIT_SEQUENCE_EDITOR=cp ");
	quote_sh(&editor, path);
	strvec_push(&run.env, editor.buf);
	/* Commits that are missing were asked about already. */
	strvec_pushl(&run.args, "-c", "rebase.missingCommitsCheck=ignore",
		     "rebase", "-i", NULL);
	strvec_push(&run.args, oid_is_zero(&plan->onto) ?
				       "--root" :
				       full_name(&plan->onto, plan));
	run.inherit_in = true;
	run.out_to_err = true;
	result = run_git(&run);
	*under_way = repo_operation(plan->rw.face.repo, false) != NULL;
done:
	strbuf_release(&editor);
	free(path);
	return result;
}
