/* SPDX-License-Identifier: MIT */
/* What the files that read, change and resolve a selection share. */
#ifndef PARE_PROFILE_SELECTION_H
#define PARE_PROFILE_SELECTION_H

#include "pare/profile.h"

/* The profile of this name as it was applied; an empty one if there is none. */
struct pare_applied_profile *selection_profile(struct pare_selection *sel,
					       const char *name);
void applied_profile_clear(struct pare_applied_profile *p);

/* Fill `p`, which is empty, with what `name` is now. */
int applied_profile_resolve(struct pare_applied_profile *p,
			    const struct pare_profiles *profiles,
			    const char *name);

/* The profile (as applied) that wants all of `dir`, or NULL. */
const char *selection_wants(const struct pare_selection *sel,
			    const char *dir);

/* A file of the form of `<git dir>/pare/selection`; empty if it is none. */
int selection_read(struct pare_selection *out, struct pare_repo *repo,
		   const char *name);
/* Write one. A lock on it that is there under our lock of all is that of a
 * killed process, and goes. */
int selection_write(const struct pare_selection *sel, const char *path);
/* What was announced: read it, if there is any; forget it. */
void selection_read_next(struct pare_selection *sel, struct pare_repo *repo);
void selection_end_next(struct pare_selection *sel);

#endif
