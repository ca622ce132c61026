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

struct pare_profile {
	const char *name;
	const char *title;   /* NULL: none */
	enum pare_profile_layer layer;
	struct pare_origin origin;
	struct strvec inherit, dirs, exclude;
	/* Lines of the items of `dirs`, in step. */
	unsigned *dir_line;
};

struct pare_profiles;

/*
 * Read all layers: `.gitpare` from the work tree, else HEAD.
 * No file at all is no error (there are no profiles then). A fault is
 * GIT_EINVALID, its message `<file>:<line>: …`.
 */
int pare_profiles_load(struct pare_profiles **out, struct pare_repo *repo);
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

/* [sparse] and [squash] settings; the strongest layer wins. */
struct pare_settings {
	struct strvec default_profiles; /* [sparse] default */
	struct strvec always;           /* [sparse] always */
	int sparse_index;               /* -1 unset */
	int keep_removed_days;          /* -1 unset */
	const char *squash_message;     /* NULL, "combine", "first", "last" */
	int squash_co_authors;          /* -1 unset */
	struct strvec squash_protect;
};

const struct pare_settings *
pare_profiles_settings(const struct pare_profiles *profiles);

/* What is wanted: profiles, and directories beside them. */
struct pare_selection {
	struct strvec profiles;   /* active, in the order they were added */
	struct strvec dirs;       /* own additions */
	struct strvec exceptions; /* taken out although a profile wants them */
};

#define PARE_SELECTION_INIT                                                   \
	{ .profiles = STRVEC_INIT, .dirs = STRVEC_INIT,                       \
	  .exceptions = STRVEC_INIT }

/* A selection as directories, each with who wants it. */
struct pare_resolved {
	struct strvec dirs;     /* sorted, unique */
	struct pare_origin *origin; /* of dirs, in step; file NULL: own */
	struct strvec excludes; /* children to take out */
};

/*
 * Union of the active profiles (with what they inherit), the profiles of
 * `always`, own additions, less exclusions and exceptions. An inheritance
 * cycle or an unknown parent is GIT_EINVALID with file:line.
 */
int pare_profiles_resolve(struct pare_resolved *out,
			  const struct pare_profiles *profiles,
			  const struct pare_selection *sel);
void pare_resolved_release(struct pare_resolved *resolved);

#endif
