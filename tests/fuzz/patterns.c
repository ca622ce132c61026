/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "sparse/pattern_list.h"

/* The walk with its memory and the question out of the blue agree. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const paths[] = {
		"a", "a/b", "a/b/c.md", "a/b/d/e/f", "a.c", "b/[x]/y", "b/a",
		"A/B/c.MD", "docs/\xc3\xa9/x y", "x/y/z/w/v/u",
	};
	struct pattern_matcher matcher;
	struct pattern_list list;
	bool ignore_case = size && *data & 1;

	pattern_list_parse(&list, (const char *)data, size, ignore_case);
	pattern_matcher_init(&matcher, &list);
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		size_t len = strlen(paths[i]);
		const struct pattern *decider = pattern_list_decider(
			&list, paths[i], len, i % 2);

		if (pattern_matcher_path(&matcher, paths[i], len, i % 2) !=
		    (decider && !decider->is_negative))
			abort();
	}
	pattern_matcher_release(&matcher);
	pattern_list_release(&list);
	return 0;
}
