/* SPDX-License-Identifier: MIT */
/* git sparse worktree add: a linked work tree, sparse from its beginning. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/quote.h"
#include "base/run.h"
#include "cli/command_list.h"
#include "cli/cut_off.h"
#include "cli/first_checkout.h"
#include "cli/output.h"
#include "cli/sparse_report.h"

static struct sparse_change sc = SPARSE_CHANGE_INIT;
static struct strvec dirs = STRVEC_INIT;

static const struct option options[] = {
	SPARSE_PROFILE_OPTION(sc, "have the directories of this profile"),
	OPT_LIST(0, "dir", &dirs, "<dir>", "have this directory"),
	OPT_JSON(sc.json),
	OPT_BOOL('q', "quiet", &sc.quiet, "say only what is wrong"),
	OPT_COUNT('v', "verbose", &sc.verbose, "say what was done"),
	OPT_TRISTATE(0, "progress", &sc.progress, "show how far it is"),
	OPT_END,
};

struct request {
	struct strvec words;     /* all arguments */
	const char *path, *commit;
	size_t extra;            /* from here on they are git's */
	struct pare_repo *repo;  /* where we are */
	bool is_sparse;          /* is that? */
	struct pare_selection selection; /* its own */
	struct strvec branches;  /* that there were */
	char *branch;            /* that the new work tree is on, or NULL */
};

static const char *const subcommands[] = { "add", NULL };

/* The other things one does with work trees are git's. */
static int not_add(const struct command *cmd, const char *word)
{
	static const char *const gits[] = { "list", "lock", "move", "prune",
					    "remove", "repair", "unlock" };

	for (size_t i = 0; i < ARRAY_SIZE(gits); i++) {
		if (strcmp(word, gits[i]))
			continue;
		command_error("`git worktree %s` does it", word);
		options_print_usage(cmd, true);
		return EXIT_USAGE;
	}
	return options_word_error(cmd, "unknown subcommand", word,
				  subcommands);
}

static int read_words(struct request *rq, const struct command *cmd)
{
	size_t nr = 0;

	while (nr < rq->words.nr && strcmp(rq->words.v[nr], "--"))
		nr++;
	rq->extra = nr < rq->words.nr ? nr + 1 : nr;
	if (!nr)
		return options_usage_error(cmd, "need a subcommand");
	if (strcmp(rq->words.v[0], "add"))
		return not_add(cmd, rq->words.v[0]);
	if (nr < 2 || nr > 3)
		return options_usage_error(cmd, nr < 2 ? "name a path" :
							 "too many arguments");
	rq->path = rq->words.v[1];
	rq->commit = nr > 2 ? rq->words.v[2] : NULL;
	return 0;
}

static int list_branches(struct strvec *out)
{
	struct strbuf names = STRBUF_INIT;
	int error = run_git_capture(&names, "for-each-ref",
				    "--format=%(refname)", "refs/heads", NULL);

	if (!error)
		strvec_split(out, names.buf, '\n');
	strbuf_release(&names);
	return error;
}

static int look_around(struct request *rq)
{
	struct pare_sparse_state state = { 0 };
	int error = pare_repo_open(&rq->repo, 0);

	output_setup(rq->repo);
	if (error < 0 || (error = list_branches(&rq->branches)) < 0 ||
	    !pare_repo_worktree(rq->repo))
		return error;
	error = pare_sparse_read(&state, rq->repo);
	rq->is_sparse = !error && state.enabled;
	pare_sparse_state_release(&state);
	return error < 0 ? error :
			   pare_selection_load(&rq->selection, rq->repo);
}

static bool names_something(void)
{
	return sc.profile_names.nr || dirs.nr;
}

/* Without anything named, in a full work tree: git's own checkout. */
static bool wants_all(const struct request *rq)
{
	return !names_something() && !rq->is_sparse;
}

static bool wants_no_files(const struct request *rq)
{
	for (size_t i = rq->extra; i < rq->words.nr; i++)
		if (!strcmp(rq->words.v[i], "--no-checkout"))
			return true;
	return false;
}

static int add_by_git(const struct request *rq)
{
	struct run run = RUN_INIT;
	int rc;

	strvec_pushl(&run.args, "worktree", "add", NULL);
	if (sc.quiet)
		strvec_push(&run.args, "--quiet");
	for (size_t i = rq->extra; i < rq->words.nr; i++)
		strvec_push(&run.args, rq->words.v[i]);
	if (!wants_all(rq))
		strvec_push(&run.args, "--no-checkout");
	strvec_pushl(&run.args, "--", rq->path, NULL);
	if (rq->commit)
		strvec_push(&run.args, rq->commit);
	run.out_to_err = true;
	rc = run_git(&run);
	/* What `git branch` ends with when a branch cannot be made. */
	return rc == 255 ? EXIT_FATAL : rc;
}

static void note_branch(struct request *rq)
{
	struct strbuf name = STRBUF_INIT;

	if (!run_git_capture(&name, "symbolic-ref", "-q", "HEAD", NULL)) {
		strbuf_rtrim(&name);
		rq->branch = strbuf_detach(&name, NULL);
	}
	error_clear();
	strbuf_release(&name);
}

/* Who selected it here selects it there. */
static int copy_selection(const struct request *rq)
{
	struct pare_repo *there;
	int error = pare_repo_open(&there, PARE_REPO_NEED_WORKTREE);

	if (!error && rq->selection.profiles.nr)
		error = pare_selection_save(&rq->selection, there);
	pare_repo_free(there);
	return error;
}

/* Only what was made just now; a branch that was there stays. */
static void take_away(const struct request *rq)
{
	struct run remove = RUN_INIT, drop = RUN_INIT;
	char *there = getcwd(NULL, 0);
	const char *branch, *common = pare_repo_common_dir(rq->repo);

	if (!there || chdir(common))
		return;
	strvec_pushf(&remove.args, "--git-dir=%s", common);
	strvec_pushl(&remove.args, "worktree", "remove", "--force", "--",
		     there, NULL);
	run_git(&remove);
	if (rq->branch && skip_prefix(rq->branch, "refs/heads/", &branch) &&
	    !strvec_contains(&rq->branches, rq->branch)) {
		strvec_pushf(&drop.args, "--git-dir=%s", common);
		strvec_pushl(&drop.args, "branch", "-q", "-D", "--", branch,
			     NULL);
		run_git(&drop);
	}
	command_hint("the work tree was taken away again");
	free(there);
}

static int fill(struct request *rq)
{
	struct first_checkout fc = {
		.dir = rq->path,
		.as_it_is = !names_something(),
		.is_named = names_something(),
		.no_files = wants_no_files(rq),
	};
	int error, rc;

	if (chdir(rq->path))
		return command_fail(error_errno("cannot go to '%s'",
						quoted(rq->path)));
	first_checkout_clean_environment();
	note_branch(rq);
	strvec_push_all(&sc.args, &dirs);
	/* Directories are meant, also where git copied patterns. */
	if (dirs.nr && !sc.profile_names.nr)
		sc.cone = 1;
	error = fc.as_it_is ? copy_selection(rq) : 0;
	rc = error < 0 ? command_fail(error) : first_checkout_run(&sc, &fc);
	if (rc)
		take_away(rq);
	return rc;
}

static int add(struct request *rq)
{
	bool taken = fs_exists(rq->path);
	int rc = look_around(rq);

	if (rc < 0)
		return command_fail(rc);
	rc = add_by_git(rq);
	if (rc < 0)
		return command_fail(rc);
	if (rc && taken)
		cut_off_hint_worktree(rq->path);
	if (!rc && sc.json)
		sc.more = json_pack("{s:o}", "directory", json_path(rq->path));
	if (!rc && wants_all(rq))
		return sparse_report_handed_over(&sc);
	return rc ? rc : fill(rq);
}

static int run(const struct command *cmd, int argc, const char **argv)
{
	struct request rq = {
		.words = STRVEC_INIT, .branches = STRVEC_INIT,
		.selection = PARE_SELECTION_INIT,
	};
	int rc;

	if (options_parse(&rc, &rq.words, cmd, argc, argv,
			  OPTIONS_KEEP_DASHDASH) == OPTIONS_OK &&
	    !(rc = read_words(&rq, cmd)))
		rc = add(&rq);
	pare_selection_release(&rq.selection);
	pare_repo_free(rq.repo);
	free(rq.branch);
	strvec_clear(&rq.branches);
	strvec_clear(&rq.words);
	strvec_clear(&dirs);
	return rc;
}

const struct command cmd_sparse_worktree = {
	.name = "sparse worktree",
	.summary = "a linked work tree that is sparse from its beginning",
	.synopsis = { "sparse worktree add [<options>] <path> [<branch>] "
		      "[-- <git worktree options>]" },
	.options = options,
	.passes_to = "git worktree add",
	.run = run,
};
