/* SPDX-License-Identifier: MIT */
/* info/sparse-checkout: reading it as git reads it, writing it to the byte. */
#ifndef PARE_SPARSE_PATTERN_FILE_H
#define PARE_SPARSE_PATTERN_FILE_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "base/strvec.h"
#include "sparse/cone.h"

/* Of a larger one git says that it is ignored: all would be in. */
enum { PATTERN_FILE_BYTES_MAX = 100 * 1024 * 1024 };

struct pattern_file {
	bool exists;
	bool is_cone;           /* every line is one that a cone has */
	struct cone cone;       /* when it is */
	struct strvec lines;    /* the patterns, without comments */
	struct strvec warnings; /* in git's words, when it is not */
	struct strbuf text;     /* the file as it is */
};

#define PATTERN_FILE_INIT                                                     \
	{ .cone = CONE_INIT, .lines = STRVEC_INIT, .warnings = STRVEC_INIT,   \
	  .text = STRBUF_INIT }

/*
 * Read the file at `path`; a missing one has `exists` false and an empty cone.
 * With `want_cone` false the lines are not tried as a cone.
 */
int pattern_file_read(struct pattern_file *out, const char *path,
		      bool want_cone, bool ignore_case);
/* The same from text. */
void pattern_file_parse(struct pattern_file *out, const char *text, size_t len,
			bool want_cone, bool ignore_case);
void pattern_file_release(struct pattern_file *file);

/* Append the text of a cone. */
void pattern_file_format(struct strbuf *out, const struct cone *cone);

#endif
