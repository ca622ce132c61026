/* SPDX-License-Identifier: MIT */
/*
 * Patterns that are no cone: `info/sparse-checkout` read as gitignore(5) lines,
 * and paths matched against them as git's sparse checkout does.
 *
 * The last pattern that matches a path decides; a path that none matches is
 * as its directory is, and at the root it is out. Unlike with ignored files a
 * path may be taken in again below a directory that is out.
 *
 *	pattern_list_parse(&list, text, len, ignore_case);
 *	pattern_matcher_init(&matcher, &list);
 *	for each path, best in the order of the index
 *		in = pattern_matcher_path(&matcher, path, len, false);
 *	pattern_matcher_release(&matcher);
 *	pattern_list_release(&list);
 */
#ifndef PARE_SPARSE_PATTERN_LIST_H
#define PARE_SPARSE_PATTERN_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "sparse/pattern_dfa.h"

struct pattern {
	struct wildmatch *wild; /* without `!`, leading and trailing slash */
	bool is_negative;
	bool must_be_dir;
	bool is_basename;  /* no slash inside: matches the last component */
	unsigned line;     /* in the file, 1 is the first */
};

struct pattern_list {
	struct pattern *pattern;
	size_t nr, alloc;
	bool ignore_case;
};

/* Every text is a pattern list: there are no errors. */
void pattern_list_parse(struct pattern_list *out, const char *text, size_t len,
			bool ignore_case);
/* One more, of the command line: there `#` begins no comment. */
void pattern_list_add(struct pattern_list *list, const char *line, size_t len);
void pattern_list_release(struct pattern_list *list);

struct pattern_level {
	size_t path_len; /* of the directory, with its slash */
	uint32_t state;  /* in `paths`, behind that slash */
	bool is_in;
};

/*
 * Remembers the answers of the directories above the last path, and for each
 * how far the patterns with a slash have come. A path costs its last component
 * and the directories that the path before was not in.
 */
struct pattern_matcher {
	const struct pattern_list *list;
	struct pattern_dfa paths, names; /* with a slash inside, without */
	unsigned generation; /* of `paths`, that the levels are from */
	struct strbuf dir;
	struct pattern_level *level;
	size_t nr, alloc;
};

/* `list` is borrowed. */
void pattern_matcher_init(struct pattern_matcher *matcher,
			  const struct pattern_list *list);
void pattern_matcher_release(struct pattern_matcher *matcher);

/*
 * Is the path of an index entry in the checkout? `is_dir` is for a submodule:
 * git asks the disk, so one counts as a directory (which patterns that end in
 * a slash want) only if its directory is there.
 */
bool pattern_matcher_path(struct pattern_matcher *matcher, const char *path,
			  size_t len, bool is_dir);

/*
 * The pattern that decides, or NULL: none, the root's default. It may be one
 * that matched a directory above.
 */
const struct pattern *pattern_list_decider(const struct pattern_list *list,
					   const char *path, size_t len,
					   bool is_dir);

#endif
