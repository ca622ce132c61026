/* SPDX-License-Identifier: MIT */
/* A profile's section in the text of its file: put in, or put anew. */
#ifndef PARE_PROFILE_EDIT_H
#define PARE_PROFILE_EDIT_H

#include "base/strbuf.h"
#include "pare/profile.h"

struct profile_edit {
	const char *name;
	const char *title;          /* NULL: the one it has */
	bool patterns;              /* of `items` */
	const struct strvec *items; /* directories, or pattern lines */
	const struct strvec *inherit, *exclude; /* NULL: nothing */
	/* As it was parsed from the text; NULL: there is none yet. */
	const struct pare_profile *old;
};

/*
 * Append the new text to `out`. Of a section that is there the comments, blank
 * lines and the lines of directories that stay are kept; everything outside of
 * it is kept byte for byte. The text must be without a fault.
 */
void profile_edit_text(struct strbuf *out, const struct profile_edit *edit,
		       const char *text, size_t len);

#endif
