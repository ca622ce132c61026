/* SPDX-License-Identifier: MIT */
/* git sparse clone: clone and have what one needs, in one line. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/quote.h"
#include "base/run.h"
#include "cli/clone_name.h"
#include "cli/clone_talk.h"
#include "cli/command_list.h"
#include "cli/cut_off.h"
#include "cli/first_checkout.h"
#include "cli/output.h"

static const char default_filter[] = "blob:none";

static struct sparse_change sc = SPARSE_CHANGE_INIT;
static struct strvec dirs = STRVEC_INIT;
static const char *filter = default_filter;
static const char *depth, *branch, *origin;

static const struct option options[] = {
	SPARSE_PROFILE_OPTION(sc, "have the directories of this profile"),
	OPT_LIST(0, "dir", &dirs, "<dir>", "have this directory"),
	OPT_STRING(0, "filter", &filter, "<spec>",
		   "what the server need not send yet: blob:none"),
	OPT_STRING(0, "depth", &depth, "<n>", "fetch so many commits"),
	OPT_STRING('b', "branch", &branch, "<name>",
		   "check out this branch or tag"),
	OPT_STRING('o', "origin", &origin, "<name>",
		   "call the remote this, not origin"),
	OPT_JSON(sc.json),
	OPT_BOOL('q', "quiet", &sc.quiet, "say only what is wrong"),
	OPT_COUNT('v', "verbose", &sc.verbose, "say what was done"),
	OPT_TRISTATE(0, "progress", &sc.progress, "show how far it is"),
	OPT_END,
};

struct request {
	const char *url;
	char *dir;
	struct strvec words; /* all arguments */
	size_t extra;        /* from here on they are git's */
};

static bool is_bare(const struct request *rq)
{
	for (size_t i = rq->extra; i < rq->words.nr; i++)
		if (!strcmp(rq->words.v[i], "--bare") ||
		    !strcmp(rq->words.v[i], "--mirror"))
			return true;
	return false;
}

static bool has_extra(const struct request *rq, const char *a, const char *b)
{
	for (size_t i = rq->extra; i < rq->words.nr; i++)
		if (!strcmp(rq->words.v[i], a) ||
		    (b && !strcmp(rq->words.v[i], b)))
			return true;
	return false;
}

/* 0, or the exit code. */
static int read_words(struct request *rq, const struct command *cmd)
{
	size_t nr = 0;

	while (nr < rq->words.nr && strcmp(rq->words.v[nr], "--"))
		nr++;
	rq->extra = nr < rq->words.nr ? nr + 1 : nr;
	if (!nr)
		return options_usage_error(cmd, "you must name a repository "
						"to clone");
	if (nr > 2)
		return options_usage_error(cmd, "too many arguments");
	if (is_bare(rq))
		return command_fail(error_set(GIT_EBAREREPO,
					      "a bare repository has no work "
					      "tree to make sparse"));
	rq->url = rq->words.v[0];
	rq->dir = clone_name(rq->url, nr > 1 ? rq->words.v[1] : NULL);
	if (rq->dir)
		return 0;
	error_set(GIT_EINVALID, "no directory name could be guessed from '%s'",
		  quoted(rq->url));
	error_hint("name the directory behind the repository");
	return command_fail(GIT_EINVALID);
}

/* A clone from a path copies the objects: there git knows no filter. */
static bool wants_filter(const struct request *rq)
{
	struct stat st;

	return filter && (filter != default_filter || stat(rq->url, &st));
}

static int clone(const struct request *rq)
{
	bool shown = progress_display(sc.progress, sc.quiet);
	struct clone_talk talk = CLONE_TALK_INIT;
	struct run run = RUN_INIT;
	int rc;

	strvec_pushl(&run.args, "clone", "--no-checkout", NULL);
	if (wants_filter(rq))
		strvec_pushf(&run.args, "--filter=%s", filter);
	if (depth)
		strvec_pushf(&run.args, "--depth=%s", depth);
	if (branch)
		strvec_pushf(&run.args, "--branch=%s", branch);
	if (origin)
		strvec_pushf(&run.args, "--origin=%s", origin);
	if (sc.quiet)
		strvec_push(&run.args, "--quiet");
	for (int i = 0; i < sc.verbose; i++)
		strvec_push(&run.args, "--verbose");
	strvec_push(&run.args, shown ? "--progress" : "--no-progress");
	for (size_t i = rq->extra; i < rq->words.nr; i++)
		strvec_push(&run.args, rq->words.v[i]);
	strvec_pushl(&run.args, "--", rq->url, rq->dir, NULL);
	run.inherit_in = true; /* it may ask for a password */
	run.out_to_err = true;
	if (shown)
		clone_talk_listen(&talk, &run);
	rc = run_git(&run);
	clone_talk_end(&talk);
	return rc;
}

static int check_out(const struct request *rq)
{
	struct first_checkout fc = {
		.dir = rq->dir,
		.no_files = has_extra(rq, "--no-checkout", "-n"),
		.is_named = sc.profile_names.nr || dirs.nr,
		.stays = true,
	};
	int rc;

	if (chdir(rq->dir)) {
		error_errno("cannot go to '%s'", quoted(rq->dir));
		return command_fail(GIT_ERROR);
	}
	strvec_push_all(&sc.args, &dirs);
	if (sc.json)
		sc.more = json_pack("{s:o}", "directory", json_path(rq->dir));
	rc = first_checkout_run(&sc, &fc);
	if (!rc && !sc.quiet &&
	    has_extra(rq, "--recurse-submodules", "--recursive"))
		command_hint("submodules are not fetched here; `git submodule "
			     "update --init <path>...` brings those you need");
	return rc;
}

static int run(const struct command *cmd, int argc, const char **argv)
{
	struct request rq = { .words = STRVEC_INIT };
	bool taken;
	int rc;

	if (options_parse(&rc, &rq.words, cmd, argc, argv,
			  OPTIONS_KEEP_DASHDASH) == OPTIONS_EXIT)
		goto done;
	if ((rc = read_words(&rq, cmd)))
		goto done;
	first_checkout_clean_environment();
	taken = fs_exists(rq.dir);
	rc = clone(&rq);
	if (rc < 0)
		rc = command_fail(rc);
	else if (!rc)
		rc = check_out(&rq);
	else if (taken)
		cut_off_hint_clone(rq.dir);
done:
	free(rq.dir);
	strvec_clear(&rq.words);
	strvec_clear(&dirs);
	strvec_clear(&sc.profile_names);
	return rc;
}

const struct command cmd_sparse_clone = {
	.name = "sparse clone",
	.summary = "clone, and have the directories one needs",
	.synopsis = { "sparse clone [<options>] <url> [<dir>] "
		      "[-- <git clone options>]" },
	.options = options,
	.passes_to = "git clone",
	.run = run,
};
