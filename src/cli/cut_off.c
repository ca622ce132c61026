/* SPDX-License-Identifier: MIT */
#include "cli/cut_off.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "base/run.h"
#include "base/strbuf.h"
#include "cli/command.h"
#include "cli/output.h"
#include "pare/repo.h"

static bool has_only_git(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *d;
	bool only = dir;

	while (only && (d = readdir(dir)))
		only = !strcmp(d->d_name, ".") || !strcmp(d->d_name, "..") ||
		       !strcmp(d->d_name, ".git");
	if (dir)
		closedir(dir);
	return only;
}

static void hint_go_on(const char *what, const char *dir)
{
	command_hint("'%s' is a %s without files; `git sparse status` in there "
		     "says how to go on", shown_path(dir), what);
}

void cut_off_hint_clone(const char *dir)
{
	char *git_dir = xstrfmt("%s/.git", dir);
	char *index = xstrfmt("%s/index", git_dir);

	if (fs_exists(index) || !fs_exists(git_dir))
		; /* a work tree that is used, or none */
	else if (!pare_repo_ask_rev(dir, "HEAD^0"))
		hint_go_on("clone", dir);
	else if (has_only_git(dir))
		command_hint("'%s' is a clone that was cut off; remove it and "
			     "clone again", shown_path(dir));
	free(index);
	free(git_dir);
}

/* Of a linked work tree that has no index yet. */
static bool has_no_index(const char *dir)
{
	struct strbuf path = STRBUF_INIT;
	struct run run = RUN_INIT;
	char *index;
	bool none;

	strvec_pushl(&run.args, "rev-parse", "--git-path", "index", NULL);
	run.dir = dir;
	run.out = &path;
	run.discard_err = true;
	none = run_git(&run) == 0;
	strbuf_rtrim(&path);
	index = *path.buf == '/' ? xstrdup(path.buf) :
				   xstrfmt("%s/%s", dir, path.buf);
	none = none && !fs_exists(index);
	free(index);
	strbuf_release(&path);
	return none;
}

void cut_off_hint_worktree(const char *dir)
{
	char *git_file = xstrfmt("%s/.git", dir);

	if (!fs_exists(git_file) || !has_no_index(dir))
		;
	else if (has_only_git(dir))
		command_hint("'%s' is a work tree without files; `git worktree "
			     "remove --force` takes it away, then add it again",
			     shown_path(dir));
	else
		hint_go_on("work tree", dir);
	free(git_file);
}
