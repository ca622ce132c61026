/* SPDX-License-Identifier: MIT */
/*
 * The sparse checkout: which directories are in the work tree, and changing
 * that. This room knows directories only; profiles are resolved by the caller.
 *
 *	struct pare_sparse_request req = PARE_SPARSE_REQUEST_INIT;
 *
 *	req.action = PARE_SPARSE_ADD;
 *	strvec_push(&req.dirs, "products/x");
 *	error = pare_sparse_change(&report, repo, &req);
 *	… print the report, also after an error …
 *	pare_sparse_report_release(&report);
 */
#ifndef PARE_SPARSE_H
#define PARE_SPARSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strvec.h"
#include "pare/progress.h"
#include "pare/repo.h"

/* What is selected at present. */
struct pare_sparse_state {
	bool enabled;     /* core.sparseCheckout */
	bool cone;        /* core.sparseCheckoutCone, and the file is a cone */
	bool has_file;    /* info/sparse-checkout exists */
	bool sparse_index;
	struct strvec dirs;     /* cone: recursive directories, sorted, "a/b" */
	struct strvec patterns; /* not cone: the lines */
	struct strvec warnings; /* about the file, in git's words */
};

int pare_sparse_read(struct pare_sparse_state *out, struct pare_repo *repo);
void pare_sparse_state_release(struct pare_sparse_state *state);

/* Its directories, or without a cone its patterns. */
const struct strvec *
pare_sparse_selected(const struct pare_sparse_state *state);

enum pare_sparse_action {
	PARE_SPARSE_SET,     /* `dirs` are the selection */
	PARE_SPARSE_ADD,     /* the selection and `dirs` */
	PARE_SPARSE_REMOVE,  /* the selection less `dirs` */
	PARE_SPARSE_REAPPLY, /* the pattern file as it is */
	PARE_SPARSE_DISABLE,
	PARE_SPARSE_INIT,
};

struct pare_sparse_request {
	enum pare_sparse_action action;
	/*
	 * Cone: directories as "a/b", relative to the root, already
	 * normalised (pare_sparse_clean_args). Not cone: pattern lines.
	 */
	struct strvec dirs;
	/*
	 * Cone: applied to what that makes, in turn: "+a/b" brings a directory
	 * in, "-a/b" takes it out.
	 */
	struct strvec steps;
	/*
	 * What `dirs` were made of: a file of the index among them is an
	 * error, of patterns a warning.
	 */
	struct strvec words;
	/*
	 * ADD and REMOVE: `dirs` and `steps` are the whole selection, as with
	 * SET; the rest is as for the action.
	 */
	bool is_whole;
	int cone;         /* -1: as it is (first time: cone) */
	int sparse_index; /* -1: as it is */
	int keep_days;    /* of ignored files that leave; -1: 14 */
	bool dry_run;
	/*
	 * The work tree is a new one, without an index yet: REAPPLY makes the
	 * index from HEAD and runs post-checkout, as a first checkout does;
	 * SET only writes the selection down. Nothing is kept for undo.
	 */
	bool is_first;
	bool strict;      /* a directory that exists nowhere is an error */
	/*
	 * Text of the caller's kept with the undo record of this change and
	 * handed back by pare_sparse_undo (the selection before), or NULL.
	 */
	const char *caller_state;
	bool caller_changes; /* the caller's state will be another: a step for
			      * undo also when nothing else is to do */
	/* For undo: the id in the trash of what comes back; or NULL. */
	const char *restore_id;
	const struct pare_progress *progress;
};

#define PARE_SPARSE_REQUEST_INIT                                              \
	{ .dirs = STRVEC_INIT, .steps = STRVEC_INIT, .words = STRVEC_INIT,    \
	  .cone = -1, .sparse_index = -1, .keep_days = -1 }

void pare_sparse_request_release(struct pare_sparse_request *req);

enum pare_sparse_args_flags {
	PARE_SPARSE_ARGS_CONE = 1 << 0, /* directories, not patterns */
	PARE_SPARSE_ARGS_SKIP_CHECKS = 1 << 1,
	PARE_SPARSE_ARGS_STDIN = 1 << 2, /* lines, as --stdin takes them */
};

/*
 * Arguments of the command line to directories, as git checks them: prefix,
 * `..`, no globs. Whether they are files is seen by the change, which has the
 * index: give it `words` in the request. Lines of --stdin get no prefix and no
 * checks, and `words` may be NULL.
 */
int pare_sparse_clean_args(struct strvec *out, struct strvec *words,
			   struct pare_repo *repo, const struct strvec *args,
			   unsigned flags);

/* What a change did, or with dry_run would do. Paths are sorted. */
struct pare_sparse_report {
	uint64_t files_written, bytes_written;
	uint64_t files_removed, bytes_removed;
	bool bytes_known; /* false: sizes of absent blobs are not known */
	struct strvec not_up_to_date; /* kept, modified */
	struct strvec unmerged;       /* kept, in conflict */
	struct strvec present;        /* not written, something is there */
	struct strvec staged;         /* staged changes that leave the tree */
	struct strvec untracked_dirs; /* kept directories */
	struct strvec nested_dirs;    /* kept: nested repositories */
	struct strvec submodules;     /* kept: those that are populated */
	struct strvec trashed;        /* ignored files moved aside */
	struct strvec restored;       /* undo: files out of the trash */
	struct strvec not_restored;   /* undo: something stands there */
	char *restored_from;          /* then: where those are, or NULL */
	struct strvec missing_dirs;   /* selected, but exist nowhere */
	struct strvec missing_near;   /* in step: the nearest one, or "" */
	struct strvec failures;       /* files that could not be written, and
				       * what filters complained of */
	struct strvec warnings;       /* further lines, in git's words */
	bool config_failed; /* the configuration could not be written */
	bool index_opened, index_closed; /* no longer sparse, sparse now */
	bool done; /* what went wrong did so after the change was made */
	/* Cone: directories; else pattern lines. With PARE_EHANDOVER
	 * dirs_after is what git should set. */
	struct strvec dirs_before, dirs_after;
	bool cone;          /* after the change */
	bool cone_begins, cone_ends; /* of the mode that is configured */
	/* With PARE_EHANDOVER: what git should do (set dirs_after, …). */
	enum pare_sparse_action action;
	bool changed;       /* anything at all was to do */
};

void pare_sparse_report_init(struct pare_sparse_report *report);
void pare_sparse_report_release(struct pare_sparse_report *report);

/*
 * Do it. 0 done (look at the report for what was kept), PARE_EFILES when
 * files could not be written and all was rolled back, other codes: nothing
 * was changed. PARE_EHANDOVER: git must do it (the caller runs git). The
 * report is initialised here and can be released after any of them.
 */
int pare_sparse_change(struct pare_sparse_report *report,
		       struct pare_repo *repo,
		       const struct pare_sparse_request *req);

/*
 * After PARE_EHANDOVER and before git is run: GIT_EINVALID when a link stands
 * where the index has a directory, which git would follow and empty.
 */
int pare_sparse_check_handover(struct pare_repo *repo);

/* What pare_sparse_change does first: tidy up after one that was cut off, and
 * say so in `warnings`. Its last part may be missing still. */
int pare_sparse_recover(struct strvec *warnings, struct pare_repo *repo);

/*
 * Go back to the selection before the last change (again: forward). The text
 * that came with that change goes to *caller_state (free(3) it). Of `how` only
 * dry_run, keep_days, progress and caller_state count; the latter is kept for
 * the way back.
 */
int pare_sparse_undo(struct pare_sparse_report *report, char **caller_state,
		     struct pare_repo *repo,
		     const struct pare_sparse_request *how);

/* Where that will lead. */
struct pare_sparse_before {
	bool enabled, cone;
	struct strvec dirs; /* lines of patterns, if it is no cone */
	char *caller_state;
};

/* GIT_ENOTFOUND when there is nothing to undo. Release after either. */
int pare_sparse_before_read(struct pare_sparse_before *out,
			    struct pare_repo *repo);
void pare_sparse_before_release(struct pare_sparse_before *before);

/*
 * Directories outside of the cone of which nothing is checked out but which
 * are on disk: all that is in them goes for good, but for repositories of
 * their own. With `dry_run` it is only named. `out` is initialised with
 * PARE_SPARSE_CLEANED_INIT.
 */
struct pare_sparse_cleaned {
	struct strvec dirs;   /* without the slash */
	struct strvec files;  /* in them */
	struct strvec nested; /* kept: repositories */
	struct strvec warnings;
};

#define PARE_SPARSE_CLEANED_INIT                                              \
	{ STRVEC_INIT, STRVEC_INIT, STRVEC_INIT, STRVEC_INIT }

int pare_sparse_clean(struct pare_sparse_cleaned *out, struct pare_repo *repo,
		      bool dry_run);
void pare_sparse_cleaned_release(struct pare_sparse_cleaned *cleaned);

/* Could it be done here: is there a sparse checkout with a cone? */
int pare_sparse_clean_check(struct pare_repo *repo);

/*
 * Which paths the rules take in: those of the pattern file, or with `given` of
 * these, directories of a cone or lines of patterns.
 */
struct pare_sparse_rules;

int pare_sparse_rules_open(struct pare_sparse_rules **out,
			   struct pare_repo *repo, bool cone,
			   const struct strvec *given);
bool pare_sparse_rules_match(struct pare_sparse_rules *rules,
			     const char *path);
void pare_sparse_rules_free(struct pare_sparse_rules *rules);

/*
 * Which of `dirs` exist neither in the index nor in HEAD, and in step the
 * nearest name beside each, or ""; in the order of `dirs`. None where there is
 * no commit yet.
 */
int pare_sparse_find_missing(struct strvec *missing, struct strvec *near,
			     struct pare_repo *repo,
			     const struct strvec *dirs);

/*
 * Why a path is in the work tree or not: what the pattern file says of it, and
 * what is true of it on disk. (Who wrote that line, pare/profile.h knows.)
 *
 *	pare_sparse_explain_open(&explain, repo);
 *	for each path, "a/b"
 *		pare_sparse_explain(&answer, explain, path);
 *		… pare_sparse_explained_release(&answer);
 *	pare_sparse_explain_free(explain);
 */
enum pare_sparse_verdict {
	PARE_SPARSE_OUT,
	PARE_SPARSE_PARTLY, /* a directory of which some is in */
	PARE_SPARSE_IN,
};

enum pare_sparse_rule {
	PARE_SPARSE_RULE_ALL,     /* the work tree is not sparse */
	PARE_SPARSE_RULE_ROOT,    /* files of the root always are */
	PARE_SPARSE_RULE_DIR,     /* `by` is selected, it or one above */
	PARE_SPARSE_RULE_PARENT,  /* `by` is selected, somewhere below */
	PARE_SPARSE_RULE_PATTERN, /* `by` is the last pattern that matches */
	PARE_SPARSE_RULE_NONE,    /* nothing selects it */
};

enum pare_sparse_what {
	PARE_SPARSE_FILE,      /* of the index */
	PARE_SPARSE_DIRECTORY, /* with files of the index */
	PARE_SPARSE_UNTRACKED, /* on disk only */
	PARE_SPARSE_NOWHERE,
};

struct pare_sparse_explained {
	enum pare_sparse_verdict verdict;
	enum pare_sparse_rule rule;
	enum pare_sparse_what what;
	char *by;      /* directory or pattern, or NULL */
	unsigned line; /* of it in the pattern file, 0: in none */
	bool is_dir;   /* a directory, also an untracked one */
	/* A file: */
	bool skipped;  /* its entry has the skip-worktree bit */
	bool present;  /* it is on disk */
	bool modified; /* it is, and differs from its entry */
	bool unmerged;
	/* A directory: files of the index in it, and those that are in. */
	uint64_t files, files_in;
	bool files_exact; /* false: it is, or holds, a sparse directory */
	/* NOWHERE: the nearest name that exists, or NULL. */
	char *near;
};

struct pare_sparse_explain;

int pare_sparse_explain_open(struct pare_sparse_explain **out,
			     struct pare_repo *repo);
int pare_sparse_explain(struct pare_sparse_explained *out,
			struct pare_sparse_explain *explain, const char *path);
void pare_sparse_explained_release(struct pare_sparse_explained *explained);
void pare_sparse_explain_free(struct pare_sparse_explain *explain);

/*
 * How much of HEAD a SET with these `dirs` and `steps` (or, with cone 0,
 * pattern lines) would have in the work tree. Nothing is fetched: of files
 * that a partial clone lacks the size is not known. GIT_ENOTFOUND when a tree
 * is missing, GIT_EUNBORNBRANCH when there is no HEAD.
 */
struct pare_sparse_size {
	uint64_t files;
	uint64_t bytes;         /* of those whose size is known */
	uint64_t unknown_files; /* those whose size is not */
};

int pare_sparse_measure(struct pare_sparse_size *out, struct pare_repo *repo,
			const struct pare_sparse_request *req);

/* Figures for `git sparse status`. */
struct pare_sparse_dir_count {
	char *dir;      /* "" for the files in the root */
	uint64_t files; /* index entries in it */
};

struct pare_sparse_stats {
	uint64_t entries;  /* tracked files (a sparse directory counts once) */
	uint64_t present;  /* without the skip-worktree bit */
	struct pare_sparse_dir_count *dir; /* a selected directory each */
	size_t nr_dirs;
	struct strvec outside; /* present though outside of the cone, some */
	uint64_t nr_outside;
	bool entries_exact; /* false: there are sparse directories */
	bool is_new;        /* no index: nothing was checked out yet */
	bool is_unborn;     /* of such a one: nor is there a commit */
	bool is_cut_off;    /* a change was; the next one tidies up */
};

int pare_sparse_stats(struct pare_sparse_stats *out, struct pare_repo *repo,
		      const struct pare_sparse_state *state);
void pare_sparse_stats_release(struct pare_sparse_stats *stats);

/*
 * What is not as it should be, and mending it. A finding is one of:
 *
 *	config        settings that are not read, or in the wrong file
 *	pattern-file  there is none, it is a link, it is not the cone it should
 *	index         it cannot be read, or its checksum is wrong
 *	absent        files that are selected but not there
 *	outside       unmodified files that are there but not selected
 *	modified      the same, but modified
 *	unmerged      the same, in conflict
 *	in-the-way    something stands where a selected file should be
 *	bits          skip-worktree bits that say other than the patterns
 *	directory     directories outside with nothing tracked in them
 *	lock          a lock file
 *	journal       a change that was cut off
 *	undo          an undo record that cannot be read
 *	leftover      temporary files of ours, files moved aside long ago
 *	sparse-index  one that other programs cannot read
 *	handover      what is left to git, so that it was not looked at
 *	selection     added by the caller, see pare/profile.h
 */
enum pare_fix {
	PARE_FIX_NONE,     /* a person has to decide */
	PARE_FIX_RECOVER,  /* tidy up after a change that was cut off */
	PARE_FIX_UNLINK,   /* remove `path`, which is no file of a person's */
	PARE_FIX_LEFTOVER, /* remove our old temporary files */
	PARE_FIX_DISABLE,
	PARE_FIX_REAPPLY,
	PARE_FIX_CALLER,   /* the caller does it */
};

struct pare_finding {
	const char *kind;
	bool is_note;  /* nothing is wrong, but good to know */
	char *text;    /* what is, and what it means: one line */
	char *path;    /* or NULL */
	char *command; /* that mends it, or NULL */
	enum pare_fix fix;
	bool fixed;
	char *outcome; /* after mending: why it was not, or NULL */
};

struct pare_findings {
	struct pare_finding *item;
	size_t nr, alloc;
};

/*
 * Tidy up after a change that was cut off, if one was: a finding that is fixed.
 * Before the look at the rest, which may not be so bad then.
 */
int pare_sparse_doctor_recover(struct pare_findings *out,
			       struct pare_repo *repo);

/* Look, change nothing, add to `out`. Release also after an error. */
int pare_sparse_doctor(struct pare_findings *out, struct pare_repo *repo,
		       const struct pare_progress *progress);
/*
 * Mend what is safe: no file of a person's is removed, ignored ones are moved
 * aside. What could not be mended says why in `outcome`; that is no error.
 */
void pare_sparse_doctor_fix(struct pare_findings *findings,
			    struct pare_repo *repo,
			    const struct pare_progress *progress);
/* Another finding; `path` and `command` may be NULL. */
struct pare_finding *pare_findings_add(struct pare_findings *findings,
				       const char *kind, const char *path,
				       const char *command, const char *fmt,
				       ...)
	__attribute__((format(printf, 5, 6)));
void pare_findings_release(struct pare_findings *findings);

#endif
