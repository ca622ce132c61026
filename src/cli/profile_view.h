/* SPDX-License-Identifier: MIT */
/* What `profiles` and `show` tell of a profile. */
#ifndef PARE_CLI_PROFILE_VIEW_H
#define PARE_CLI_PROFILE_VIEW_H

#include <jansson.h>

#include "base/strbuf.h"
#include "pare/profile.h"
#include "pare/sparse.h"

struct profile_view {
	const struct pare_profile *profile;
	struct pare_resolved resolved;
	struct pare_sparse_size size;
	bool has_size; /* false: no HEAD, or not all of its trees */
	bool is_active, is_always;
};

/* The profiles that are active, as git's files have it: a work tree that is not
 * sparse has none. Can be released after an error. */
int profile_view_selection(struct pare_selection *sel,
			   struct pare_repo *repo);

/*
 * Resolve and measure, which `progress` (or NULL) is told of; release it also
 * after an error.
 */
int profile_view_make(struct profile_view *view, struct pare_repo *repo,
		      const struct pare_profiles *all,
		      const struct pare_selection *sel,
		      const struct pare_profile *profile,
		      const struct pare_progress *progress);
void profile_view_release(struct profile_view *view);

/* "tracked", "user", "local". */
const char *profile_layer_name(enum pare_profile_layer layer);

/* "1,204 files", "12.4 MiB", "over 3.0 KiB", "size unknown". */
const char *profile_files(const struct profile_view *view);
const char *profile_bytes(const struct profile_view *view);

/* The file of an origin, in full; null without one. */
json_t *profile_file_json(const char *file);

json_t *profile_json(const struct profile_view *view);

#endif
