/* SPDX-License-Identifier: MIT */
/* Words of the command line, or lines of --stdin, to directories. */
#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "base/quote.h"
#include "pare/sparse.h"
#include "repo/repo.h"

static int check_arg(const char *arg)
{
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

static int clean_words(struct strvec *out, struct strvec *words,
		       struct pare_repo *repo, const struct strvec *args,
		       unsigned flags)
{
	struct strbuf path = STRBUF_INIT;
	int error = 0;

	for (size_t i = 0; i < args->nr && !error; i++) {
		strbuf_reset(&path);
		if ((error = add_prefix(&path, repo, args->v[i])) < 0)
			break;
		if (!(flags & PARE_SPARSE_ARGS_SKIP_CHECKS)) {
			error = check_arg(path.buf);
			strvec_push(words, path.buf);
		}
		if (!error)
			error = add_dir(out, path.buf);
	}
	strbuf_release(&path);
	return error;
}

static int clean_patterns(struct strvec *out, struct strvec *words,
			  struct pare_repo *repo, const struct strvec *args,
			  unsigned flags)
{
	strvec_push_all(out, args);
	if (!args->nr || flags & PARE_SPARSE_ARGS_SKIP_CHECKS)
		return 0;
	if (*pare_repo_prefix(repo))
		return error_set(GIT_EINVALID, "please run from the toplevel "
					       "directory in non-cone mode");
	strvec_push_all(words, args);
	return 0;
}

int pare_sparse_clean_args(struct strvec *out, struct strvec *words,
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
		       clean_words(out, words, repo, args, flags) :
		       clean_patterns(out, words, repo, args, flags);
}
