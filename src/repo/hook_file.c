/* SPDX-License-Identifier: MIT */
/*
 * Hooks of ours in front of the user's own, see pare/repo.h.
 *
 * The user's hook is moved, not edited: it may be a program, a link into the
 * work tree or end in `exec`. It stays in the directory where it was, for what
 * it finds beside itself, and comes back by one rename.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/lockfile.h"
#include "base/path.h"
#include "base/quote.h"
#include "repo/repo.h"

enum { HOOK_BYTES_MAX = 1024 * 1024 };

static const char mark[] = "--uninstall-hook";

/* What stands where a hook of ours shall be. */
enum hook_state {
	HOOK_NONE,
	HOOK_OURS,
	HOOK_THEIRS,
	HOOK_CHANGED,
	HOOK_UNKNOWN, /* with errno */
};

struct hook_file {
	const char *name;
	char *path, *before; /* itself, and where the user's own goes */
	struct strbuf text;  /* of ours */
	enum hook_state state;
	bool has_before;
};

void pare_hook_report_release(struct pare_hook_report *report)
{
	strvec_clear(&report->done);
	strvec_clear(&report->chained);
}

static void make_text(struct strbuf *out, const char *name,
		      const char *command)
{
	strbuf_addf(out,
		    "#!/bin/sh\n"
		    "# Written by `git sparse sync --install-hook`; `%s` takes "
		    "it back.\n"
		    "# A hook that was here before is beside this one and runs "
		    "first.\n"
		    "before=$0.before-pare\n"
		    "code=0\n"
		    "if test -f \"$before\" && test -x \"$before\"\n"
		    "then\n"
		    "\t\"$before\" \"$@\" || code=$?\n"
		    "fi\n"
		    "if command -v git-sparse >/dev/null 2>&1\n"
		    "then\n"
		    "\t%s %s -- \"$@\" </dev/null || :\n"
		    "fi\n"
		    "exit $code\n",
		    mark, command, name);
}

static int cannot(const char *what, const char *path)
{
	return error_errno("could not %s '%s'", what, quoted(path));
}

/* What is no regular file, or too large, is not ours. */
static enum hook_state read_state(const struct hook_file *hook)
{
	struct strbuf text = STRBUF_INIT;
	enum hook_state state = HOOK_THEIRS;
	struct stat st;

	if (lstat(hook->path, &st))
		return errno == ENOENT ? HOOK_NONE : HOOK_UNKNOWN;
	if (S_ISREG(st.st_mode) &&
	    !strbuf_read_file(&text, hook->path, HOOK_BYTES_MAX)) {
		if (text.len == hook->text.len &&
		    !memcmp(text.buf, hook->text.buf, text.len))
			state = HOOK_OURS;
		else if (strstr(text.buf, mark))
			state = HOOK_CHANGED;
	}
	error_clear();
	strbuf_release(&text);
	return state;
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat x, y;

	return !lstat(a, &x) && !lstat(b, &y) && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

static int hook_file_open(struct hook_file *hook, const struct pare_repo *repo,
			  const char *name, const char *command)
{
	struct stat st;
	int error;

	hook->name = name;
	hook->path = xstrfmt("%s/%s", repo->hooks_dir, name);
	hook->before = xstrfmt("%s.before-pare", hook->path);
	strbuf_init(&hook->text, 0);
	make_text(&hook->text, name, command);
	hook->state = read_state(hook);
	if (hook->state == HOOK_UNKNOWN)
		return cannot("look at", hook->path);
	hook->has_before = fs_exists(hook->before);
	if (hook->state == HOOK_CHANGED) {
		error = error_set(GIT_EMODIFIED,
				  "'%s' was changed since it was installed",
				  quoted(hook->path));
		error_hint("take out of it by hand what is not yours");
		return error;
	}
	if (!lstat(hook->path, &st) && S_ISDIR(st.st_mode))
		return error_set(GIT_EEXISTS, "'%s' is a directory",
				 quoted(hook->path));
	return 0;
}

static void hook_file_release(struct hook_file *hook)
{
	free(hook->path);
	free(hook->before);
	strbuf_release(&hook->text);
}

static void note(struct pare_hook_report *report, const struct hook_file *hook,
		 bool chained)
{
	strvec_push(&report->done, hook->name);
	if (chained)
		strvec_push(&report->chained, hook->name);
}

/* Ours, executable by whoever may read it. */
static int write_ours(struct lockfile *lock, const struct hook_file *hook)
{
	struct stat st;
	int error = lockfile_write(lock, hook->text.buf, hook->text.len);

	if (error < 0)
		return error;
	if (fstat(lock->fd, &st) ||
	    fchmod(lock->fd, (st.st_mode & 0777) | (st.st_mode & 0444) >> 2))
		return cannot("make executable", hook->path);
	return 0;
}

/* Both names for a moment, so that there is never none. */
static int keep_theirs(const struct hook_file *hook)
{
	if (hook->state != HOOK_THEIRS || hook->has_before)
		return 0;
	if (!linkat(AT_FDCWD, hook->path, AT_FDCWD, hook->before, 0) ||
	    !rename(hook->path, hook->before))
		return 0;
	return cannot("keep", hook->path);
}

/* Back to one name, which is theirs again; -1 if ours stays. */
static int withdraw(const struct hook_file *hook)
{
	if (hook->state != HOOK_THEIRS)
		return unlink(hook->path);
	/* Two names of one file are not renamed. */
	return is_same_file(hook->path, hook->before) ?
		       unlink(hook->before) :
		       rename(hook->before, hook->path);
}

/* Under another name first, so that it is put in place at once. */
static int install(const struct hook_file *hook)
{
	struct lockfile lock = LOCKFILE_INIT;
	int error = lockfile_hold_nofollow(&lock, hook->path);

	if (!error)
		error = write_ours(&lock, hook);
	if (!error)
		error = keep_theirs(hook);
	if (!error && (error = lockfile_commit(&lock)) < 0 &&
	    hook->state == HOOK_THEIRS)
		withdraw(hook);
	lockfile_rollback(&lock);
	return error;
}

/* After an error, which stays: those that were installed before it. */
static void withdraw_all(const struct hook_file *hook, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (hook[i].state != HOOK_OURS && withdraw(&hook[i]))
			error_hint("'%s' stays installed",
				   quoted(hook[i].path));
}

/* Hooks of a team, or of all repositories, are not for us to write. */
static int check_place(const struct pare_repo *repo, unsigned flags,
		       const char *command)
{
	char *dir = realpath(repo->hooks_dir, NULL);
	char *common = realpath(repo->common_dir, NULL);
	bool inside;

	if (!dir) /* not there: it will be made */
		dir = xstrdup(repo->hooks_dir);
	inside = common && path_is_under(dir, common);
	free(dir);
	free(common);
	if (inside || (flags & PARE_HOOK_SHARED))
		return 0;
	error_set(GIT_EINVALID, "core.hooksPath is not inside of the git "
		  "directory: '%s'", quoted(repo->hooks_dir));
	error_hint("others may share these hooks; --shared-hooks writes there "
		   "all the same");
	error_hint("or put this line into them: %s <name of the hook> -- "
		   "\"$@\"", command);
	return GIT_EINVALID;
}

static size_t count(const char *const *names)
{
	size_t nr = 0;

	while (names[nr])
		nr++;
	return nr;
}

static int no_room(const struct hook_file *hook)
{
	int error = error_set(GIT_EEXISTS, "'%s' is in the way",
			      quoted(hook->before));

	error_hint("it is where '%s' would be kept; move it away",
		   quoted(hook->path));
	return error;
}

/* All that are not there yet, or none. */
static int install_all(const struct pare_repo *repo,
		       const struct hook_file *hook, size_t nr)
{
	bool made = !fs_exists(repo->hooks_dir);
	int error = 0;

	if (fs_mkdirs(repo->hooks_dir, 0777))
		return cannot("create", repo->hooks_dir);
	for (size_t i = 0; i < nr && !error; i++) {
		if (hook[i].state != HOOK_OURS)
			error = install(&hook[i]);
		if (error)
			withdraw_all(hook, i);
	}
	if (error && made)
		rmdir(repo->hooks_dir);
	return error;
}

int pare_hooks_install(struct pare_hook_report *report,
		       struct pare_repo *repo, const char *const *names,
		       const char *command, unsigned flags)
{
	size_t nr = count(names);
	struct hook_file *hook = xcalloc(nr + 1, sizeof(*hook));
	int error = check_place(repo, flags, command);

	for (size_t i = 0; i < nr && !error; i++) {
		error = hook_file_open(&hook[i], repo, names[i], command);
		if (!error && hook[i].state == HOOK_THEIRS &&
		    hook[i].has_before &&
		    !is_same_file(hook[i].path, hook[i].before))
			error = no_room(&hook[i]);
	}
	if (!error && !(flags & PARE_HOOK_DRY_RUN))
		error = install_all(repo, hook, nr);
	for (size_t i = 0; i < nr && !error; i++)
		if (hook[i].state != HOOK_OURS)
			note(report, &hook[i], hook[i].has_before ||
					       hook[i].state == HOOK_THEIRS);
	for (size_t i = 0; i < nr; i++)
		hook_file_release(&hook[i]);
	free(hook);
	return error;
}

static int take_back(const struct hook_file *hook)
{
	if (hook->has_before ? rename(hook->before, hook->path) :
			       unlink(hook->path))
		return cannot("take back", hook->path);
	return 0;
}

/* After `error`, which stays: those that were taken back before it. */
static int install_again(const struct hook_file *hook, size_t nr, int error)
{
	struct kept_error first;

	error_keep(&first, error);
	for (size_t i = 0; i < nr; i++) {
		struct hook_file again = hook[i];

		if (again.state != HOOK_OURS)
			continue;
		again.state = again.has_before ? HOOK_THEIRS : HOOK_NONE;
		again.has_before = false;
		if (install(&again) < 0)
			error_clear();
	}
	return error_again(&first);
}

static int take_back_all(const struct hook_file *hook, size_t nr)
{
	int error = 0;

	for (size_t i = 0; i < nr && !error; i++) {
		if (hook[i].state == HOOK_OURS)
			error = take_back(&hook[i]);
		if (error)
			error = install_again(hook, i, error);
	}
	return error;
}

int pare_hooks_uninstall(struct pare_hook_report *report,
			 struct pare_repo *repo, const char *const *names,
			 const char *command, unsigned flags)
{
	size_t nr = count(names);
	struct hook_file *hook = xcalloc(nr + 1, sizeof(*hook));
	int error = 0;

	for (size_t i = 0; i < nr && !error; i++)
		error = hook_file_open(&hook[i], repo, names[i], command);
	if (!error && !(flags & PARE_HOOK_DRY_RUN))
		error = take_back_all(hook, nr);
	for (size_t i = 0; i < nr && !error; i++)
		if (hook[i].state == HOOK_OURS)
			note(report, &hook[i], hook[i].has_before);
	for (size_t i = 0; i < nr; i++)
		hook_file_release(&hook[i]);
	free(hook);
	return error;
}
