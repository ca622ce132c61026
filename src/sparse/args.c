/* SPDX-License-Identifier: MIT */
/* Words of the command line, or lines of --stdin, to directories. */
#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "base/quote.h"
#include "pare/index.h"
#include "pare/sparse.h"
#include "repo/repo.h"

/* Is there an entry that is exactly this, and a file? */
static int is_index_file(bool *out, const struct pare_index *index,
			 const char *path)
{
	size_t len = strlen(path);
	struct pare_index_iter iter;
	struct pare_index_entry entry;
	uint32_t pos;
	int error;

	*out = false;
	pos = pare_index_lower_bound(index, path, len);
	if (pos == pare_index_nr(index))
		return 0;
	pare_index_iter_init(&iter, index);
	error = pare_index_entry_at(&entry, &iter, pos);
	if (error >= 0)
		*out = entry.name_len == len &&
		       !memcmp(entry.name, path, len) &&
		       !pare_index_is_sparse_dir(&entry);
	pare_index_iter_release(&iter);
	return error < 0 ? error : 0;
}

static int check_arg(const char *arg, const struct pare_index *index)
{
	bool is_file = false;
	int error;

	if (*arg == '/')
		return error_set(GIT_EINVALID,
				 "specify directories rather than patterns "
				 "(no leading slash)");
	if (*arg == '!')
		return error_set(GIT_EINVALID,
				 "specify directories rather than patterns.  "
				 "If your directory starts with a '!', pass "
				 "--skip-checks");
	if (strpbrk(arg, "*?[]"))
		return error_set(GIT_EINVALID,
				 "specify directories rather than patterns.  "
				 "If your directory really has any of "
				 "'*?[]\\' in it, pass --skip-checks");
	if (index && (error = is_index_file(&is_file, index, arg)) < 0)
		return error;
	if (is_file)
		return error_set(GIT_EINVALID,
				 "'%s' is not a directory; to treat it as a "
				 "directory anyway, rerun with --skip-checks",
				 arg);
	return 0;
}

/* A word as seen from the top; from there itself it stays as it is. */
static int add_prefix(struct strbuf *out, struct pare_repo *repo,
		      const char *arg)
{
	const char *top = pare_repo_worktree(repo);
	struct strbuf joined = STRBUF_INIT;
	int error = 0;

	if (!*pare_repo_prefix(repo)) {
		strbuf_addstr(out, arg);
		return 0;
	}
	if (*arg == '/' && top && path_is_under(arg, top)) {
		strbuf_addstr(&joined, arg + strlen(top));
		while (joined.len && joined.buf[0] == '/') {
			memmove(joined.buf, joined.buf + 1, joined.len);
			joined.len--;
		}
	} else {
		if (*arg != '/')
			strbuf_addstr(&joined, pare_repo_prefix(repo));
		strbuf_addstr(&joined, arg);
	}
	if (path_normalize(out, joined.buf) < 0)
		error = error_set(GIT_EINVALID,
				  "'%s' is outside repository at '%s'", arg,
				  top ? top : "");
	strbuf_release(&joined);
	return error;
}

/* Trimmed, normalised; nothing is added for the root itself. */
static int add_dir(struct strvec *out, const char *item)
{
	struct strbuf text = STRBUF_INIT, dir = STRBUF_INIT;
	const char *start;
	int error = 0;

	strbuf_addstr(&text, item);
	strbuf_trim(&text);
	while (text.len && text.buf[text.len - 1] == '/')
		strbuf_setlen(&text, text.len - 1);
	for (start = text.buf; *start == '/'; start++)
		;
	if (path_normalize(&dir, start) < 0)
		error = error_set(GIT_EINVALID, "could not normalize path %s",
				  text.buf);
	else if (dir.len)
		strvec_push(out, dir.buf);
	strbuf_release(&text);
	strbuf_release(&dir);
	return error;
}

static int add_stdin_line(struct strvec *out, const char *line, bool cone)
{
	struct strbuf text = STRBUF_INIT;
	const char *end;
	int error = 0;

	if (cone && *line == '"') {
		if (unquote_c(&text, line, &end) < 0 || *end)
			error = error_set(GIT_EINVALID,
					  "unable to unquote C-style string "
					  "'%s'", line);
	} else {
		strbuf_addstr(&text, line);
	}
	if (!error && cone)
		error = add_dir(out, text.buf);
	else if (!error)
		strvec_push(out, text.buf);
	strbuf_release(&text);
	return error;
}

static int open_index(struct pare_index **out, struct pare_repo *repo)
{
	int error = pare_index_open(out, pare_repo_index_path(repo),
				    repo->algo);

	/* Without an index, or with one git must read, nothing is a file. */
	if (error == GIT_ENOTFOUND || error == PARE_EHANDOVER) {
		error_clear();
		*out = NULL;
		return 0;
	}
	return error;
}

static int clean_words(struct strvec *out, struct pare_repo *repo,
		       const struct strvec *args, unsigned flags)
{
	struct pare_index *index = NULL;
	struct strbuf path = STRBUF_INIT;
	int error = 0;

	if (!(flags & PARE_SPARSE_ARGS_SKIP_CHECKS) &&
	    (error = open_index(&index, repo)) < 0)
		return error;
	for (size_t i = 0; i < args->nr && !error; i++) {
		strbuf_reset(&path);
		if ((error = add_prefix(&path, repo, args->v[i])) < 0)
			break;
		if (!(flags & PARE_SPARSE_ARGS_SKIP_CHECKS))
			error = check_arg(path.buf, index);
		if (!error)
			error = add_dir(out, path.buf);
	}
	strbuf_release(&path);
	pare_index_close(index);
	return error;
}

static int clean_patterns(struct strvec *out, struct strvec *warnings,
			  struct pare_repo *repo, const struct strvec *args,
			  unsigned flags)
{
	struct pare_index *index = NULL;
	bool is_file;
	int error = 0;

	strvec_push_all(out, args);
	if (!args->nr || flags & PARE_SPARSE_ARGS_SKIP_CHECKS)
		return 0;
	if (*pare_repo_prefix(repo))
		return error_set(GIT_EINVALID, "please run from the toplevel "
					       "directory in non-cone mode");
	if ((error = open_index(&index, repo)) < 0 || !index)
		return error;
	for (size_t i = 0; i < args->nr && !error; i++) {
		error = is_index_file(&is_file, index, args->v[i]);
		if (!error && is_file)
			strvec_pushf(warnings,
				     "pass a leading slash before paths such "
				     "as '%s' if you want a single file (see "
				     "NON-CONE PROBLEMS in the "
				     "git-sparse-checkout manual).",
				     args->v[i]);
	}
	pare_index_close(index);
	return error;
}

int pare_sparse_clean_args(struct strvec *out, struct strvec *warnings,
			   struct pare_repo *repo, const struct strvec *args,
			   unsigned flags)
{
	int error = 0;

	if (flags & PARE_SPARSE_ARGS_STDIN) {
		for (size_t i = 0; i < args->nr && !error; i++)
			error = add_stdin_line(out, args->v[i],
					       flags & PARE_SPARSE_ARGS_CONE);
		return error;
	}
	return flags & PARE_SPARSE_ARGS_CONE ?
		       clean_words(out, repo, args, flags) :
		       clean_patterns(out, warnings, repo, args, flags);
}
