/* SPDX-License-Identifier: MIT */
#include "repo/repo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/run.h"
#include "repo/config_store.h"
#include "repo/git2_lazy.h"
#include "repo/odb.h"

/*
 * The lines of the one `git rev-parse`, in order. --show-toplevel is last
 * because it fails, after the others are printed, where there is no work tree.
 */
enum layout_line {
	LINE_IS_BARE,
	LINE_IS_SHALLOW,
	LINE_FORMAT,
	LINE_GIT_DIR,
	LINE_COMMON_DIR,
	LINE_INDEX,
	LINE_OBJECTS,
	LINE_HOOKS,
	LINE_SHALLOW,
	LINE_PREFIX,
	LINE_TOPLEVEL,
	LINE_NR,
};

static const char *const layout_args[] = {
	"rev-parse",
	"--is-bare-repository",
	"--is-shallow-repository",
	"--show-object-format",
	"--git-dir",
	"--git-common-dir",
	"--git-path", "index",
	"--git-path", "objects",
	"--git-path", "hooks",
	"--git-path", "shallow",
	"--show-prefix",
	"--show-toplevel",
	NULL,
};

/*
 * Relative answers are relative to the current directory, which getcwd(3)
 * gives without links, so that a leading `..` may be taken off its end.
 */
static char *absolute_path(const char *cwd, const char *path)
{
	struct strbuf out = STRBUF_INIT;

	if (*path == '/')
		return xstrdup(path);
	strbuf_addstr(&out, cwd);
	for (;;) {
		if (!strcmp(path, ".") || !strcmp(path, ".."))
			path = path[1] ? "../" : "";
		if (starts_with(path, "./")) {
			path += 2;
		} else if (starts_with(path, "../")) {
			strbuf_setlen(&out, path_dir_len(out.buf, out.len));
			path += 3;
		} else {
			break;
		}
	}
	if (*path || !out.len)
		path_append(&out, path);
	while (out.len > 1 && out.buf[out.len - 1] == '/')
		strbuf_setlen(&out, out.len - 1);
	return strbuf_detach(&out, NULL);
}

/* Cut `text` at its LFs; the number of lines, of which at most `max` kept. */
static size_t split_lines(char **line, size_t max, char *text)
{
	size_t nr = 0;

	while (*text) {
		char *end = strchrnul(text, '\n');

		if (nr < max)
			line[nr] = text;
		nr++;
		text = end + !!*end;
		*end = '\0';
	}
	return nr;
}

/* What follows git's message (how to set safe.directory) is the hint. */
static int layout_error(const char *err, int exit_code)
{
	const char *text = strstr(err, "fatal: "), *end;
	int code = GIT_ERROR;

	if (!text)
		return error_set(GIT_ERROR,
				 "git rev-parse failed (exit code %d)",
				 exit_code);
	text += strlen("fatal: ");
	end = strchrnul(text, '\n');
	if (starts_with(text, "not a git repository"))
		code = GIT_ENOTFOUND;
	else if (starts_with(text, "detected dubious ownership"))
		code = GIT_EOWNER;
	error_set(code, "%.*s", (int)(end - text), text);
	while (*end) {
		const char *line = end + 1;

		end = strchrnul(line, '\n');
		if (end > line)
			error_hint("%.*s", (int)(end - line), line);
	}
	return code;
}

static int fill_layout(struct pare_repo *repo, char **line, size_t nr)
{
	char *cwd = getcwd(NULL, 0);

	if (!cwd)
		return error_errno("could not get the current directory");
	repo->is_bare = !strcmp(line[LINE_IS_BARE], "true");
	repo->is_shallow = !strcmp(line[LINE_IS_SHALLOW], "true");
	repo->algo = hash_algo_by_name(line[LINE_FORMAT]);
	repo->git_dir = absolute_path(cwd, line[LINE_GIT_DIR]);
	repo->common_dir = absolute_path(cwd, line[LINE_COMMON_DIR]);
	repo->index_path = absolute_path(cwd, line[LINE_INDEX]);
	repo->objects_dir = absolute_path(cwd, line[LINE_OBJECTS]);
	repo->hooks_dir = absolute_path(cwd, line[LINE_HOOKS]);
	repo->shallow_path = absolute_path(cwd, line[LINE_SHALLOW]);
	repo->prefix = xstrdup(line[LINE_PREFIX]);
	if (nr > LINE_TOPLEVEL)
		repo->worktree = absolute_path(cwd, line[LINE_TOPLEVEL]);
	free(cwd);
	if (!repo->algo)
		return error_set(GIT_EINVALID, "unknown object format '%s'",
				 line[LINE_FORMAT]);
	return 0;
}

static int find_layout(struct pare_repo *repo, unsigned flags)
{
	struct strbuf out = STRBUF_INIT, err = STRBUF_INIT;
	struct run run = RUN_INIT;
	char *line[LINE_NR];
	size_t nr;
	int error, exit_code;

	strvec_pushv(&run.args, layout_args);
	/* The text of git's errors is looked at. */
	strvec_push(&run.env, "LC_ALL=C");
	run.out = &out;
	run.err = &err;
	if ((error = exit_code = run_git(&run)) < 0)
		goto done;
	nr = split_lines(line, LINE_NR, out.buf);
	if (exit_code &&
	    (nr != LINE_TOPLEVEL || flags & PARE_REPO_NEED_WORKTREE)) {
		error = layout_error(err.buf, exit_code);
		if (nr == LINE_TOPLEVEL)
			error = error_set(GIT_EBAREREPO, "this operation must "
					  "be run in a work tree");
		goto done;
	}
	if (nr != LINE_NR - !!exit_code) {
		error = error_set(GIT_EINVALID, "a path of this repository "
				  "has a newline in it");
		goto done;
	}
	error = fill_layout(repo, line, nr);
done:
	strbuf_release(&out);
	strbuf_release(&err);
	return error;
}

int pare_repo_open(struct pare_repo **out, unsigned flags)
{
	struct pare_repo *repo = xcalloc(1, sizeof(*repo));
	char *tables;
	int error;

	*out = NULL;
	if (flags & PARE_REPO_WANT_OBJECTS)
		git2_prepare();
	/* The two children do not need each other: let them run at once. */
	repo->config_reading = config_reading_start();
	if ((error = find_layout(repo, flags)) < 0) {
		pare_repo_free(repo);
		return error;
	}
	/* Git makes this directory where refs are kept in tables. */
	tables = repo_common_path(repo, "reftable");
	repo->has_reftable = fs_exists(tables);
	free(tables);
	*out = repo;
	return 0;
}

void pare_repo_free(struct pare_repo *repo)
{
	if (!repo)
		return;
	git2_await();
	odb_free(repo->odb);
	config_reading_finish(NULL, repo->config_reading);
	config_free(repo->config);
	free(repo->git_dir);
	free(repo->common_dir);
	free(repo->worktree);
	free(repo->prefix);
	free(repo->index_path);
	free(repo->objects_dir);
	free(repo->hooks_dir);
	free(repo->shallow_path);
	free(repo);
}

const char *pare_repo_git_dir(const struct pare_repo *repo)
{
	return repo->git_dir;
}

const char *pare_repo_common_dir(const struct pare_repo *repo)
{
	return repo->common_dir;
}

const char *pare_repo_index_path(const struct pare_repo *repo)
{
	return repo->index_path;
}

const char *pare_repo_worktree(const struct pare_repo *repo)
{
	return repo->worktree;
}

const struct hash_algo *pare_repo_hash_algo(const struct pare_repo *repo)
{
	return repo->algo;
}

const char *pare_repo_prefix(const struct pare_repo *repo)
{
	return repo->prefix;
}

char *repo_git_path(const struct pare_repo *repo, const char *name)
{
	return xstrfmt("%s/%s", repo->git_dir, name);
}

char *repo_common_path(const struct pare_repo *repo, const char *name)
{
	return xstrfmt("%s/%s", repo->common_dir, name);
}

int repo_pare_path(char **out, const struct pare_repo *repo, const char *name,
		   bool make)
{
	char *dir = repo_git_path(repo, "pare");
	int error = make ? fs_mkdirs(dir, 0777) : 0;

	*out = error ? NULL : xstrfmt("%s/%s", dir, name);
	free(dir);
	return error;
}

int repo_check_format(const struct pare_repo *repo)
{
	if (repo->algo != &hash_sha1)
		return error_set(PARE_EHANDOVER,
				 "object format %s is left to git",
				 repo->algo->name);
	if (repo->has_reftable)
		return error_set(PARE_EHANDOVER,
				 "reftable refs are left to git");
	return 0;
}
