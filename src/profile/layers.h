/* SPDX-License-Identifier: MIT */
/* The files that profiles come from, weakest layer first. */
#ifndef PARE_PROFILE_LAYERS_H
#define PARE_PROFILE_LAYERS_H

#include "base/strbuf.h"
#include "pare/profile.h"

enum { LAYERS = 3 };

struct layer_file {
	enum pare_profile_layer layer;
	char *name; /* as shown to people */
	struct strbuf text;
};

/* Where the tracked file is looked for when the work tree has none. */
enum layer_else {
	LAYER_ELSE_NOWHERE,
	LAYER_ELSE_INDEX, /* else HEAD */
	LAYER_ELSE_HEAD,      /* by git, without starting libgit2 */
	LAYER_ELSE_COMMITTED, /* HEAD too, by ourselves */
};

/*
 * Read those that there are into `file`, room for LAYERS. Release also after
 * an error.
 */
int layers_read(struct layer_file *file, size_t *nr, struct pare_repo *repo,
		enum layer_else otherwise);
void layers_release(struct layer_file *file, size_t nr);

/*
 * Where the file of a layer is, or NULL: no work tree, no home. free(3) it;
 * _name is how it is shown.
 */
char *layer_path(const struct pare_repo *repo, enum pare_profile_layer layer);
char *layer_name(const struct pare_repo *repo, enum pare_profile_layer layer);

/*
 * 1 read, 0 there is none. What is no regular file is none. `path` is of
 * `layer`, or said by the user to be.
 */
int layer_read_file(struct strbuf *out, enum pare_profile_layer layer,
		    const char *path);

/*
 * The user's own file may be a link: it is outside of the repository, and
 * people keep such files elsewhere. A link that a repository brings must not
 * make us read what it likes.
 */
static inline bool layer_follows_links(enum pare_profile_layer layer)
{
	return layer == PARE_LAYER_USER;
}

#endif
