/* SPDX-License-Identifier: MIT */
#include "repo/ident.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/run.h"

/* Git explains at length how to say who one is: that is the hint. */
static int unknown_ident(const char *err, const char *which)
{
	const char *fatal = strstr(err, "fatal: "), *line = err;

	if (!fatal)
		return error_set(GIT_ERROR, "the %s is not known", which);
	error_set(GIT_ERROR, "%.*s",
		  (int)strcspn(fatal + strlen("fatal: "), "\n"),
		  fatal + strlen("fatal: "));
	while (line < fatal) {
		size_t len = strcspn(line, "\n");

		if (len)
			error_hint("%.*s", (int)len, line);
		line += len + 1;
	}
	return GIT_ERROR;
}

int repo_ident(struct strbuf *out, struct pare_repo *repo, const char *which)
{
	struct strbuf err = STRBUF_INIT;
	struct run run = RUN_INIT;
	int result;

	(void)repo;
	strvec_pushl(&run.args, "var",
		     !strcmp(which, "author") ? "GIT_AUTHOR_IDENT" :
						"GIT_COMMITTER_IDENT", NULL);
	run.out = out;
	run.err = &err;
	if ((result = run_git(&run)) > 0)
		result = unknown_ident(err.buf, which);
	else
		strbuf_rtrim(out);
	strbuf_release(&err);
	return result;
}

static bool git_dir_has(const struct pare_repo *repo, const char *name)
{
	char *path = repo_git_path(repo, name);
	bool found = fs_exists(path);

	free(path);
	return found;
}

/* A sequence between two of its commits has no CHERRY_PICK_HEAD. */
static const char *sequencer_operation(const struct pare_repo *repo)
{
	char *path = repo_git_path(repo, "sequencer/todo");
	struct strbuf todo = STRBUF_INIT;
	const char *operation = NULL;

	if (strbuf_read_file(&todo, path, SIZE_MAX) < 0)
		error_clear();
	else
		operation = starts_with(todo.buf, "revert ") ?
			"a revert" : "a cherry-pick";
	strbuf_release(&todo);
	free(path);
	return operation;
}

const char *pare_repo_operation(const struct pare_repo *repo)
{
	return repo_operation(repo, true);
}

const char *repo_operation(const struct pare_repo *repo, bool with_bisect)
{
	static const struct {
		const char *file, *operation;
	} signs[] = {
		{ "rebase-apply/applying", "an am" },
		{ "rebase-apply",          "a rebase" },
		{ "rebase-merge",          "a rebase" },
		{ "MERGE_HEAD",            "a merge" },
		{ "CHERRY_PICK_HEAD",      "a cherry-pick" },
		{ "REVERT_HEAD",           "a revert" },
	};
	const char *operation;

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (git_dir_has(repo, signs[i].file))
			return signs[i].operation;
	if ((operation = sequencer_operation(repo)))
		return operation;
	return with_bisect && git_dir_has(repo, "BISECT_LOG") ? "a bisect" :
								 NULL;
}
