/* SPDX-License-Identifier: MIT */
#include "repo/worktrees.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

enum { STATE_BYTES_MAX = 1 << 20 };

/* One worktree under inspection. */
struct worktree {
	const char *git_dir; /* its own */
	const char *path;
	struct checked_out *out;
};

void checked_out_release(struct checked_out *out)
{
	strvec_clear(&out->ref);
	strvec_clear(&out->path);
}

static void add(struct worktree *wt, const char *ref)
{
	strvec_push(&wt->out->ref, ref);
	strvec_push(&wt->out->path, wt->path);
}

static bool read_state(struct strbuf *out, const char *git_dir,
		       const char *name)
{
	char *path = xstrfmt("%s/%s", git_dir, name);
	int error = strbuf_read_file(out, path, STATE_BYTES_MAX);

	free(path);
	if (error < 0)
		error_clear();
	else
		strbuf_rtrim(out);
	return !error;
}

static void see_head(struct worktree *wt)
{
	struct strbuf text = STRBUF_INIT;
	const char *ref;

	if (read_state(&text, wt->git_dir, "HEAD") &&
	    skip_prefix(text.buf, "ref:", &ref))
		add(wt, ref + strspn(ref, " \t"));
	strbuf_release(&text);
}

/* A file with the branch that an operation began on. */
static void see_branch(struct worktree *wt, const char *name)
{
	struct strbuf text = STRBUF_INIT;

	if (read_state(&text, wt->git_dir, name)) {
		if (starts_with(text.buf, "refs/heads/")) {
			add(wt, text.buf);
		} else if (text.len) {
			char *ref = xstrfmt("refs/heads/%s", text.buf);

			add(wt, ref);
			free(ref);
		}
	}
	strbuf_release(&text);
}

/* Refs that a rebase under way is to move: three lines for each. */
static void see_update_refs(struct worktree *wt)
{
	struct strbuf text = STRBUF_INIT;
	struct strvec lines = STRVEC_INIT;

	if (read_state(&text, wt->git_dir, "rebase-merge/update-refs"))
		strvec_split(&lines, text.buf, '\n');
	for (size_t i = 0; i < lines.nr; i++)
		if (starts_with(lines.v[i], "refs/"))
			add(wt, lines.v[i]);
	strvec_clear(&lines);
	strbuf_release(&text);
}

static void see_worktree(struct checked_out *out, const char *git_dir,
			 const char *path)
{
	struct worktree wt = { .git_dir = git_dir, .path = path, .out = out };

	see_head(&wt);
	see_branch(&wt, "rebase-merge/head-name");
	see_branch(&wt, "rebase-apply/head-name");
	see_branch(&wt, "BISECT_START");
	see_update_refs(&wt);
}

static bool is_here(const struct pare_repo *repo, const char *git_dir)
{
	return !strcmp(repo->git_dir, git_dir);
}

/* `<common dir>/worktrees/<id>`: its file `gitdir` leads to the worktree. */
static void see_linked(struct checked_out *out, const char *git_dir)
{
	struct strbuf path = STRBUF_INIT;

	if (read_state(&path, git_dir, "gitdir")) {
		if (ends_with(path.buf, "/.git"))
			strbuf_setlen(&path, path.len - strlen("/.git"));
		see_worktree(out, git_dir, path.buf);
	}
	strbuf_release(&path);
}

static void see_main(struct checked_out *out, const struct pare_repo *repo)
{
	char *path = xstrdup(repo->common_dir);
	size_t len = strlen(path);

	if (ends_with(path, "/.git"))
		path[len - strlen("/.git")] = '\0';
	see_worktree(out, repo->common_dir, path);
	free(path);
}

static void see_others(struct checked_out *out, struct pare_repo *repo)
{
	char *dir = repo_common_path(repo, "worktrees");
	DIR *d = opendir(dir);
	struct dirent *entry;

	if (!is_here(repo, repo->common_dir) &&
	    !pare_repo_config_bool(repo, "core.bare", false))
		see_main(out, repo);
	while (d && (entry = readdir(d))) {
		char *git_dir;

		if (entry->d_name[0] == '.')
			continue;
		git_dir = xstrfmt("%s/%s", dir, entry->d_name);
		if (!is_here(repo, git_dir))
			see_linked(out, git_dir);
		free(git_dir);
	}
	if (d)
		closedir(d);
	free(dir);
}

void repo_checked_out(struct checked_out *out, struct pare_repo *repo)
{
	if (!repo->is_bare)
		see_worktree(out, repo->git_dir,
			     repo->worktree ? repo->worktree : repo->git_dir);
	out->nr_here = out->ref.nr;
	see_others(out, repo);
}

static const char *find(const struct checked_out *all, const char *ref,
			size_t from)
{
	for (size_t i = from; i < all->ref.nr; i++)
		if (!strcmp(all->ref.v[i], ref))
			return all->path.v[i];
	return NULL;
}

const char *checked_out_at(const struct checked_out *all, const char *ref)
{
	return find(all, ref, 0);
}

const char *checked_out_elsewhere(const struct checked_out *all,
				  const char *ref)
{
	return find(all, ref, all->nr_here);
}
