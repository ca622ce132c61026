/* SPDX-License-Identifier: MIT */
/*
 * Profiles: named sets of directories that a team keeps in its repository
 * (`.gitpare`), a clone in `<common dir>/info/pare`, a person in
 * `$XDG_CONFIG_HOME/git/pare`.
 */
#ifndef PARE_PROFILE_H
#define PARE_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strvec.h"
#include "pare/repo.h"

enum pare_profile_layer {
	PARE_LAYER_TRACKED, /* weakest */
	PARE_LAYER_USER,
	PARE_LAYER_LOCAL,
};

/* A line of a profile file that says a thing: ".gitpare:12". */
struct pare_origin {
	const char *file;    /* as shown to people */
	unsigned line;
	const char *profile; /* NULL: outside of any */
};

/*
 * `file` of an origin, as a program wants it: no "~/" for the home directory.
 * free(3) it.
 */
char *pare_profile_path(const char *file);

struct pare_profile {
	const char *name;
	const char *title;   /* NULL: none */
	enum pare_profile_layer layer;
	struct pare_origin origin;
	struct strvec inherit, dirs, exclude;
	bool is_patterns;       /* mode = patterns: `patterns`, not dirs */
	struct strvec patterns;
	/* Lines of the items, in step. */
	unsigned *inherit_line, *dir_line, *exclude_line, *pattern_line;
};

struct pare_profiles;

/*
 * Read all layers: `.gitpare` from the work tree, else the index, else HEAD.
 * No file at all is no error (there are no profiles then). A fault is
 * GIT_EINVALID, its message `<file>:<line>: …`.
 */
int pare_profiles_load(struct pare_profiles **out, struct pare_repo *repo);
/* The same without looking into the index or HEAD, which takes its time. */
int pare_profiles_load_present(struct pare_profiles **out,
			       struct pare_repo *repo);
/* The same, for completion: from HEAD where the work tree has none, by git. */
int pare_profiles_load_quick(struct pare_profiles **out,
			     struct pare_repo *repo);
/* The same without the index: from the work tree, else from HEAD. */
int pare_profiles_load_committed(struct pare_profiles **out,
				 struct pare_repo *repo);
void pare_profiles_free(struct pare_profiles *profiles);

size_t pare_profiles_nr(const struct pare_profiles *profiles);
const struct pare_profile *
pare_profiles_at(const struct pare_profiles *profiles, size_t i);
/* NULL when there is none of this name. */
const struct pare_profile *
pare_profiles_find(const struct pare_profiles *profiles, const char *name);
/* GIT_ENOTFOUND `no profile 'wbe'`, with a did-you-mean hint. */
int pare_profiles_require(const struct pare_profile **out,
			  const struct pare_profiles *profiles,
			  const char *name);

/* A selection to be kept as a profile. */
struct pare_profile_save {
	const char *name;
	const char *title; /* NULL: the one it has, or none */
	enum pare_profile_layer layer;
	bool force;        /* replace the one of this name */
	bool dry_run;
	bool patterns;     /* of `items`: lines, not directories */
	const struct strvec *items;
	/* Beside the directories; NULL: nothing. */
	const struct strvec *inherit, *exclude;
};

struct pare_profile_saved {
	char *file;      /* as shown to people */
	unsigned line;   /* of the section there */
	bool replaced;
	char *section;   /* its text */
};

/*
 * Write it to the file of its layer, by lock and rename; comments, order and
 * blank lines of what stands there are kept. Nothing is written when the file
 * has a fault or is no regular file, when the name, a title or an item cannot
 * be held by the file (all GIT_EINVALID), or when there is such a profile
 * already and `force` is not set (GIT_EEXISTS). Release after any of them.
 */
int pare_profile_save(struct pare_profile_saved *out, struct pare_repo *repo,
		      const struct pare_profile_save *save);
void pare_profile_saved_release(struct pare_profile_saved *saved);

/* What is wrong with profile files: all of it, not only the first. */
struct pare_lint_fault {
	char *file; /* as shown to people */
	unsigned line;
	bool is_warning; /* it can be read, but is hardly meant so */
	char *text;
};

struct pare_lint {
	struct pare_lint_fault *fault; /* by file and line after _finish */
	size_t nr, alloc;
	struct strvec files;           /* those that were looked at */
	struct pare_profiles *profiles; /* what could be read of all layers */
};

/*
 * Look at all layers; with `file` only at that one, in the place of the layer
 * whose file it is, else of the tracked one. Without a repository (NULL) a
 * file has to be named. The files' faults are no error; one that cannot be
 * opened is. Release after either. The caller may add faults of its own
 * (directories that exist nowhere) before pare_lint_finish.
 */
int pare_profiles_lint(struct pare_lint *out, struct pare_repo *repo,
		       const char *file);
void pare_lint_add(struct pare_lint *lint, bool is_warning, const char *file,
		   unsigned line, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
/* Put the faults in order. */
void pare_lint_finish(struct pare_lint *lint);
void pare_lint_release(struct pare_lint *lint);

/* [sparse] and [squash] settings; the strongest layer wins. */
struct pare_settings {
	struct strvec default_profiles; /* [sparse] default */
	struct strvec always;           /* [sparse] always */
	int sparse_index;               /* -1 unset */
	int keep_removed_days;          /* -1 unset */
	const char *squash_message;     /* NULL, "combine", "first", "last" */
	int squash_co_authors;          /* -1 unset */
	const char *squash_change_id;   /* NULL, "first", "last" */
	struct strvec squash_protect;
	/* Where the two lists of profiles stand; file NULL: nowhere. */
	struct pare_origin default_origin, always_origin;
};

const struct pare_settings *
pare_profiles_settings(const struct pare_profiles *profiles);

/* A profile as it was when it was last applied, with what it inherits. */
struct pare_applied_profile {
	char *name;
	struct strvec dirs, exclude; /* directories, sorted */
	struct strvec patterns;      /* lines, in their order */
};

/*
 * What is wanted here: profiles, and directories beside them. It is kept in
 * `<git dir>/pare/selection` as long as a profile is active; without one the
 * selection is what git's pattern file says, and there is no such file.
 */
struct pare_selection {
	struct strvec profiles;   /* active, in the order they were added */
	struct strvec always;     /* applied with them, see `[sparse] always` */
	struct strvec dirs;       /* own additions */
	struct strvec exceptions; /* taken out although something wants them */
	/* `dirs`, `exceptions` and `applied` are pattern lines. */
	bool patterns;
	bool ignore_case;         /* core.ignoreCase: of directories */
	struct strvec applied;    /* the selection as last written, sorted */
	/* Those of `profiles` and `always`. */
	struct pare_applied_profile *profile;
	size_t nr_profiles;
	int lock_fd;              /* 0: not locked */
	struct pare_selection *next; /* announced, not saved; or NULL */
};

#define PARE_SELECTION_INIT                                                   \
	{ .profiles = STRVEC_INIT, .always = STRVEC_INIT,                     \
	  .dirs = STRVEC_INIT, .exceptions = STRVEC_INIT,                     \
	  .applied = STRVEC_INIT }

/*
 * Read the file; without one, or with one that makes no sense (it may be
 * deleted at any time), the selection is empty. pare_selection_lock also
 * keeps other processes from changing it until pare_selection_release;
 * GIT_ELOCKED when one has held it for seconds.
 */
int pare_selection_load(struct pare_selection *out, struct pare_repo *repo);
int pare_selection_lock(struct pare_selection *out, struct pare_repo *repo);
void pare_selection_release(struct pare_selection *sel);

/* Write the file, or remove it when no profile is active. */
int pare_selection_save(const struct pare_selection *sel,
			struct pare_repo *repo);

/*
 * Between the change of git's files and the save a process may be killed.
 * What would be saved is announced before, in `<git dir>/pare/selection.next`,
 * with `dirs` as what git will have then; a save ends it, as does _withdraw.
 * Whoever loads the selection, and finds that git has just that, settles on
 * it: true. Nothing is announced any more then, in either case. What cannot
 * be announced is no error.
 */
void pare_selection_announce(const struct pare_selection *sel,
			     const struct strvec *dirs,
			     struct pare_repo *repo);
void pare_selection_withdraw(struct pare_repo *repo);
bool pare_selection_settle(struct pare_selection *sel,
			   const struct strvec *present, bool patterns);

struct strbuf;
/* As text, for the undo record, and back; GIT_EINVALID with the line. */
void pare_selection_format(struct strbuf *out,
			   const struct pare_selection *sel);
int pare_selection_parse(struct pare_selection *out, const char *text,
			 size_t len);

/*
 * Git's files are the truth: `present` is what they select. What plain git
 * brought in since is an own addition now, what it took out an exception, and
 * a profile of which nothing is left is no longer active. Where no profile is
 * active all of it is an own addition. Settles what was announced.
 */
void pare_selection_meet(struct pare_selection *sel,
			 const struct strvec *present, bool patterns);

/*
 * Make profiles active, as they are now; the same for those of `always`. On an
 * error (see pare_profiles_require, _resolve) nothing is changed.
 */
int pare_selection_take(struct pare_selection *sel,
			const struct pare_profiles *profiles,
			const struct strvec *names);
/* Deactivate one; false when it is not active. */
bool pare_selection_drop(struct pare_selection *sel, const char *name);

void pare_selection_add(struct pare_selection *sel, const struct strvec *dirs);

/* What pare_selection_remove could not take out. */
struct pare_kept {
	struct strvec dirs;   /* stay */
	struct strvec by;     /* in step: the profile that wants it */
	struct strvec absent; /* asked for, but not selected */
};

#define PARE_KEPT_INIT                                                        \
	{ .dirs = STRVEC_INIT, .by = STRVEC_INIT, .absent = STRVEC_INIT }

/*
 * Take directories out. What an active profile wants stays, unless `anyway`
 * makes it an exception.
 */
void pare_selection_remove(struct pare_selection *sel,
			   struct pare_kept *kept, const struct strvec *dirs,
			   bool anyway);
void pare_kept_release(struct pare_kept *kept);

/* One who wants a directory (or pattern line), or takes it out. */
enum pare_reason_kind {
	PARE_REASON_PROFILE,   /* an active profile wants it */
	PARE_REASON_OWN,       /* it was added by name */
	PARE_REASON_EXCLUDE,   /* an active profile takes it out */
	PARE_REASON_EXCEPTION, /* it was taken out by name */
	PARE_REASON_OFFER,     /* a profile that is not active has it */
	PARE_REASON_DRIFT,     /* an active one has it since it was applied */
};

struct pare_reason {
	enum pare_reason_kind kind;
	char *item; /* the directory, it or one above; or the pattern line */
	/* The active profile, the one it inherits, … that has the item. */
	struct strvec chain;
	/* file NULL: by name, or its file does not have it any more. */
	struct pare_origin origin;
};

/*
 * All of them for a directory, or with sel->patterns for a line; those that
 * take out come before those that want. `profiles` NULL: the lines are not
 * known. Free with pare_reasons_free.
 */
void pare_selection_why(struct pare_reason **out, size_t *nr,
			const struct pare_selection *sel,
			const struct pare_profiles *profiles,
			const char *item);
/* Profiles that have the directory, but are not active, or have it only since
 * they were applied (those come first). */
void pare_profiles_offering(struct pare_reason **out, size_t *nr,
			    const struct pare_selection *sel,
			    const struct pare_profiles *profiles,
			    const char *dir);
void pare_reasons_free(struct pare_reason *reason, size_t nr);

/* The selection as pare_sparse_request wants it. */
struct pare_selected {
	bool patterns;       /* the request is for patterns: `lines` */
	struct strvec lines; /* directories, or pattern lines */
	struct strvec steps; /* on top, see pare/sparse.h */
};

/*
 * Would a profile `name` of `layer` that inherits the active profiles, has the
 * own additions as its directories and excludes the exceptions mean the same?
 * Those it inherits have to be where all are who can read it.
 */
bool pare_selection_can_inherit(const struct pare_selection *sel,
				const struct pare_profiles *profiles,
				enum pare_profile_layer layer,
				const char *name);

/* Turns `sel` into one of patterns when a profile needs that. */
void pare_selection_resolve(struct pare_selected *out,
			    struct pare_selection *sel);
/* The same for one profile alone; can be released after an error. */
int pare_profile_select(struct pare_selected *out,
			const struct pare_profiles *profiles,
			const char *name);
void pare_selected_release(struct pare_selected *selected);

/* What a profile gained and lost since it was applied. */
struct pare_drift {
	const char *profile; /* lives as long as the selection */
	bool gone;           /* there is none of this name any more */
	struct strvec gained, lost; /* an exclusion is "!dir" */
};

/*
 * One item for each active profile (or one of `always`) that changed; free
 * them with pare_drift_free. An inheritance that is broken now is an error.
 */
int pare_selection_drift(struct pare_drift **out, size_t *nr,
			 const struct pare_selection *sel,
			 const struct pare_profiles *profiles);
void pare_drift_free(struct pare_drift *drift, size_t nr);

/* Take all active profiles as they are now; those that are gone stay as they
 * were applied. */
int pare_selection_refresh(struct pare_selection *sel,
			   const struct pare_profiles *profiles);

/* A selection as directories, each with who wants it. */
struct pare_resolved {
	struct strvec dirs;     /* sorted, unique */
	struct pare_origin *origin; /* of dirs, in step; file NULL: own */
	struct strvec excludes; /* children to take out */
	struct pare_origin *exclude_origin; /* in step; file NULL: own */
	struct strvec patterns; /* lines of profiles that have patterns */
};

/*
 * Union of the active profiles (with what they inherit), the profiles of
 * `always`, own additions, less exclusions and exceptions. An inheritance
 * cycle or an unknown parent is GIT_EINVALID with file:line.
 */
int pare_profiles_resolve(struct pare_resolved *out,
			  const struct pare_profiles *profiles,
			  const struct pare_selection *sel);
/* One profile with what it inherits, and nothing else. */
int pare_profile_resolve(struct pare_resolved *out,
			 const struct pare_profiles *profiles,
			 const char *name);
void pare_resolved_release(struct pare_resolved *resolved);

#endif
