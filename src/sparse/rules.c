/* SPDX-License-Identifier: MIT */
/* Would a path be in the work tree? For check-rules, without a change. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/path.h"
#include "pare/sparse.h"
#include "repo/repo.h"
#include "sparse/pattern_file.h"
#include "sparse/pattern_list.h"

struct pare_sparse_rules {
	bool is_cone; /* else the patterns are the rules */
	struct cone cone;
	struct cone_walk walk;
	struct pattern_list patterns;
	struct pattern_matcher matcher;
};

static int from_file(struct pare_sparse_rules *rules, struct pare_repo *repo)
{
	struct pattern_file file = PATTERN_FILE_INIT;
	char *path = repo_git_path(repo, "info/sparse-checkout");
	bool ignore_case = rules->cone.ignore_case;
	int error = pattern_file_read(&file, path, rules->is_cone, ignore_case);

	free(path);
	if (!error && !file.exists)
		error = error_set(GIT_ENOTFOUND,
				  "unable to load existing sparse-checkout "
				  "patterns");
	if (!error && rules->is_cone && file.is_cone) {
		rules->cone = file.cone;
		file.cone = (struct cone)CONE_INIT;
	} else if (!error) {
		rules->is_cone = false;
		pattern_list_parse(&rules->patterns, file.text.buf,
				   file.text.len, ignore_case);
	}
	pattern_file_release(&file);
	return error;
}

/*
 * Each line of a rules file is a pattern as it stands: neither a comment nor
 * trailing blanks are left out, as they are in a pattern file.
 */
static void from_lines(struct pare_sparse_rules *rules,
		       const struct strvec *lines)
{
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < lines->nr; i++) {
		const char *line = lines->v[i];
		size_t len = strlen(line);

		while (len && line[len - 1] == ' ')
			len--;
		if (*line == '#')
			strbuf_addch(&text, '\\');
		strbuf_add(&text, line, len);
		for (; line[len]; len++)
			strbuf_addstr(&text, "\\ ");
		strbuf_addch(&text, '\n');
	}
	pattern_list_parse(&rules->patterns, text.buf, text.len,
			   rules->cone.ignore_case);
	strbuf_release(&text);
}

int pare_sparse_rules_open(struct pare_sparse_rules **out,
			   struct pare_repo *repo, bool cone,
			   const struct strvec *given)
{
	struct pare_sparse_rules *rules = xcalloc(1, sizeof(*rules));
	int error = 0;

	*out = NULL;
	rules->is_cone = cone;
	rules->cone.ignore_case =
		pare_repo_config_bool(repo, "core.ignorecase", false);
	if (!given)
		error = from_file(rules, repo);
	else if (!cone)
		from_lines(rules, given);
	for (size_t i = 0; given && cone && i < given->nr; i++)
		cone_add(&rules->cone, given->v[i]);
	if (error < 0) {
		pare_sparse_rules_free(rules);
		return error;
	}
	cone_walk_init(&rules->walk, &rules->cone);
	pattern_matcher_init(&rules->matcher, &rules->patterns);
	*out = rules;
	return 0;
}

bool pare_sparse_rules_match(struct pare_sparse_rules *rules,
			     const char *path)
{
	size_t len = strlen(path);

	if (!rules->is_cone)
		return pattern_matcher_path(&rules->matcher, path, len, false);
	return cone_walk_dir(&rules->walk, path, path_dir_len(path, len)) !=
	       CONE_OUT;
}

void pare_sparse_rules_free(struct pare_sparse_rules *rules)
{
	if (!rules)
		return;
	if (rules->walk.cone)
		cone_walk_release(&rules->walk);
	cone_release(&rules->cone);
	pattern_matcher_release(&rules->matcher);
	pattern_list_release(&rules->patterns);
	free(rules);
}
