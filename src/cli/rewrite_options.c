/* SPDX-License-Identifier: MIT */
#include "cli/rewrite_options.h"

#include <stdio.h>

#include "base/error.h"
#include "base/path.h"
#include "base/quote.h"
#include "base/run.h"
#include "cli/command.h"

int rewrite_terms(struct pare_terms *terms, struct rewrite_options *options,
		  struct pare_repo *repo)
{
	int error;

	*terms = (struct pare_terms){
		.allow_pushed = options->allow_pushed,
		.push = options->push,
		.update_refs = options->update_refs,
	};
	error = pare_profiles_load_committed(&options->profiles, repo);
	if (error == PARE_EHANDOVER) /* of a format that is told of later */
		return 0;
	if (error < 0 && options->allow_pushed) {
		error_clear();
		error = 0;
	}
	if (error < 0) {
		error_hint("it may say which branches are protected; "
			   "--allow-pushed goes without it");
		return error;
	}
	if (options->profiles && !options->allow_pushed)
		terms->protect = &pare_profiles_settings(options->profiles)
					  ->squash_protect;
	return 0;
}

void rewrite_options_release(struct rewrite_options *options)
{
	pare_profiles_free(options->profiles);
	options->profiles = NULL;
}

static const char *branch_name(const char *ref)
{
	skip_prefix(ref, "refs/heads/", &ref);
	return ref;
}

void rewrite_hint_branches(const struct pare_rewrite *rw)
{
	struct strbuf names = STRBUF_INIT;

	for (size_t i = rw->nr_branches; i-- > 0;) {
		const struct pare_branch *branch = &rw->branches[i];

		if (branch->moves)
			continue;
		if (branch->elsewhere)
			command_hint("%s stays, it is checked out at %s",
				     branch_name(branch->ref),
				     branch->elsewhere);
		else
			strbuf_addf(&names, " %s", branch_name(branch->ref));
	}
	if (names.len)
		command_hint("still at the old commits:%s (--update-refs moves "
			     "them along)", names.buf);
	strbuf_release(&names);
}

static const char *target_name(const struct pare_rewrite *rw)
{
	const char *name = rw->push_to;

	skip_prefix(name, "refs/remotes/", &name);
	return name;
}

void rewrite_hint_push(const struct pare_rewrite *rw, const char *when)
{
	command_hint("%s: git push --force-with-lease --force-if-includes %s "
		     "%s", when, rw->push_remote, branch_name(rw->branch));
}

int rewrite_push(const struct pare_rewrite *rw, bool dry_run, bool quiet)
{
	struct run run = RUN_INIT;
	int rc;

	if (dry_run) {
		if (!quiet)
			printf("would push %s to %s\n", branch_name(rw->branch),
			       target_name(rw));
		return EXIT_DONE;
	}
	fflush(stdout);
	strvec_pushl(&run.args, "push", "--force-with-lease",
		     "--force-if-includes", NULL);
	if (quiet)
		strvec_push(&run.args, "-q");
	strvec_pushl(&run.args, rw->push_remote, rw->branch, NULL);
	run.inherit_in = true;
	run.out_to_err = true;
	rc = run_git(&run);
	if (!rc)
		return EXIT_DONE;
	command_error("the commits are rewritten, but they could not be pushed "
		      "to %s", target_name(rw));
	rewrite_hint_push(rw, "when that is mended");
	/* What git rebase has done is in no record of ours. */
	if (!oid_is_zero(&rw->new_tip))
		command_hint("or take it back: git squash-last --undo");
	return EXIT_PARTLY;
}
