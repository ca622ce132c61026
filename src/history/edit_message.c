/* SPDX-License-Identifier: MIT */
#include "history/edit_message.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/lockfile.h"
#include "repo/hooks.h"
#include "repo/repo.h"

enum { MESSAGE_MAX = 64 << 20 };

static int run_hook(struct pare_rewrite *rw, const char *name,
		    const char *const *args, bool editor)
{
	/* Without an editor of ours a hook must not open one either. */
	static const char *const quiet[] = { "GIT_EDITOR=:", NULL };
	const struct hook_options opts = { .args = args,
					   .env = editor ? NULL : quiet };
	int result = hook_run(rw->repo, name, &opts);

	if (result > 0)
		return error_set(GIT_ERROR, "the %s hook refused (exit code %d)",
				 name, result);
	return result;
}

static bool is_empty(const struct strbuf *message)
{
	const char *p = message->buf;

	while (*p) {
		size_t len = strcspn(p, "\n");

		if (len && !starts_with(p, "Signed-off-by: "))
			return false;
		p += len + (p[len] == '\n');
	}
	return true;
}

static int through_the_file(struct strbuf *out, const char *path,
			    struct pare_rewrite *rw,
			    const struct pare_apply_options *opts)
{
	const char *prepare[] = { path, "message", NULL };
	const char *verify[] = { path, NULL };
	int error = run_hook(rw, "prepare-commit-msg", prepare, opts->edit);

	if (!error && opts->edit)
		error = opts->edit(path, opts->payload);
	if (!error && opts->edit && rw->comment[0]) {
		/* commit-msg sees no comment of the template. */
		error = strbuf_read_file(out, path, MESSAGE_MAX);
		if (!error) {
			pare_message_clean(out, rw->comment);
			error = lockfile_replace(path, out->buf, out->len);
		}
		strbuf_reset(out);
	}
	if (!error && !opts->no_verify)
		error = run_hook(rw, "commit-msg", verify, opts->edit);
	if (!error)
		error = strbuf_read_file(out, path, MESSAGE_MAX);
	return error;
}

int edit_message(struct strbuf *out, char **path, struct pare_rewrite *rw,
		 const struct strbuf *message,
		 const struct pare_apply_options *opts)
{
	int error;

	*path = repo_git_path(rw->repo, "COMMIT_EDITMSG");
	error = lockfile_replace(*path, message->buf, message->len);
	if (!error)
		error = through_the_file(out, *path, rw, opts);
	if (error < 0) {
		error_hint("nothing was changed; the message is in %s", *path);
		return error;
	}
	if (opts->edit)
		pare_message_clean(out, NULL);
	if (is_empty(out))
		return error_set(GIT_EINVALID, "Aborting commit due to empty "
					       "commit message.");
	return 0;
}
