/* SPDX-License-Identifier: MIT */
/*
 * All of a repository as text, to be compared many times: by system calls
 * alone, without a process. And trees copied and removed likewise.
 */
#ifndef PARE_TESTS_WHOLE_H
#define PARE_TESTS_WHOLE_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "base/strvec.h"

struct whole {
	struct strbuf work; /* a line a file: mode, path, content's hash */
	/*
	 * The git directory likewise, the index as its entries without stat
	 * data, without objects and what is in `left`. Ids of the trash,
	 * which are times, are all the same.
	 */
	struct strbuf git;
	struct strbuf objects;  /* their files with sizes: no part of equality */
	struct strvec left;     /* locks and temporary files */
	struct strvec precious; /* contents that begin with "precious" */
};

#define WHOLE_INIT                                                         \
	{ .work = STRBUF_INIT, .git = STRBUF_INIT, .objects = STRBUF_INIT,    \
	  .left = STRVEC_INIT, .precious = STRVEC_INIT }

/* Of the repository at `path`, whose git directory is `path/.git`. */
void whole_take(struct whole *out, const char *path);
void whole_release(struct whole *whole);

/*
 * What differs, sorted: "index <path>", "work <path>" of files, "empty <path>"
 * of directories, "git <path>" of what is in the git directory.
 */
void whole_diff(struct strvec *out, const struct whole *a,
		   const struct whole *b);
bool whole_equal(const struct whole *a, const struct whole *b);
/* Does `a` hold all the precious contents of `b`? */
bool whole_keeps(const struct whole *a, const struct whole *b);
/* The same for the same in everything, the objects too; to be freed. */
char *whole_key(const struct whole *whole);
/* Show how `b` differs from `a`. */
void whole_show(const struct whole *a, const struct whole *b);

/* Copy a tree with modes and times; `to` must not exist. */
void tree_copy(const char *from, const char *to);
void tree_remove(const char *path);

#endif
