/* SPDX-License-Identifier: MIT */
/*
 * <git dir>/pare/selection: its lock, its text.
 *
 * The grammar is that of the other profile files, but it is written and read
 * by us alone and a directory's name may be longer than inih's line, hence a
 * reader of its own for the part of the grammar that is written here.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/lockfile.h"
#include "base/quote.h"
#include "base/strbuf.h"
#include "profile/selection.h"
#include "repo/repo.h"

enum { SELECTION_BYTES_MAX = 256 * 1024 * 1024, LOCK_TRIES = 60,
       LOCK_PAUSE_MS = 50 };

void applied_profile_clear(struct pare_applied_profile *p)
{
	free(p->name);
	p->name = NULL;
	strvec_clear(&p->dirs);
	strvec_clear(&p->exclude);
	strvec_clear(&p->patterns);
}

struct pare_applied_profile *selection_profile(struct pare_selection *sel,
					       const char *name)
{
	struct pare_applied_profile *p;

	for (size_t i = 0; i < sel->nr_profiles; i++)
		if (!strcmp(sel->profile[i].name, name))
			return &sel->profile[i];
	sel->profile = xreallocarray(sel->profile, sel->nr_profiles + 1,
				     sizeof(*sel->profile));
	p = &sel->profile[sel->nr_profiles++];
	p->name = xstrdup(name);
	strvec_init(&p->dirs);
	strvec_init(&p->exclude);
	strvec_init(&p->patterns);
	return p;
}

static void selection_init(struct pare_selection *sel)
{
	*sel = (struct pare_selection)PARE_SELECTION_INIT;
}

/* All but the lock. */
static void selection_clear(struct pare_selection *sel)
{
	strvec_clear(&sel->profiles);
	strvec_clear(&sel->always);
	strvec_clear(&sel->dirs);
	strvec_clear(&sel->exceptions);
	strvec_clear(&sel->applied);
	for (size_t i = 0; i < sel->nr_profiles; i++)
		applied_profile_clear(&sel->profile[i]);
	free(sel->profile);
	sel->profile = NULL;
	sel->nr_profiles = 0;
	sel->patterns = false;
}

void pare_selection_release(struct pare_selection *sel)
{
	selection_clear(sel);
	selection_end_next(sel);
	if (sel->lock_fd)
		close(sel->lock_fd);
	sel->lock_fd = 0;
}

/* As it is where that reads back as it is, else in quotes. */
static void add_item(struct strbuf *out, const char *item)
{
	size_t len = strlen(item), before = out->len;

	quote_c(out, item, len, false);
	if (out->len - before != len)
		return;
	if (len && !strchr(" ;#\"", *item) && item[len - 1] != ' ' &&
	    !strstr(item, " ;"))
		return;
	strbuf_setlen(out, before);
	strbuf_addf(out, "\"%s\"", item);
}

static void add_list(struct strbuf *out, const char *key,
		     const struct strvec *list)
{
	for (size_t i = 0; i < list->nr; i++) {
		if (i)
			strbuf_addch(out, '\t');
		else
			strbuf_addf(out, "%s = ", key);
		add_item(out, list->v[i]);
		strbuf_addch(out, '\n');
	}
}

void pare_selection_format(struct strbuf *out,
			   const struct pare_selection *sel)
{
	strbuf_addstr(out, "; Written by git sparse: why the sparse checkout "
			   "is as it is.\n; What is in it, git's own files "
			   "say. This one may be deleted.\n[selection]\n");
	strbuf_addf(out, "mode = %s\n", sel->patterns ? "patterns" : "cone");
	add_list(out, "profiles", &sel->profiles);
	add_list(out, "always", &sel->always);
	add_list(out, "dirs", &sel->dirs);
	add_list(out, "exceptions", &sel->exceptions);
	add_list(out, "applied", &sel->applied);
	for (size_t i = 0; i < sel->nr_profiles; i++) {
		const struct pare_applied_profile *p = &sel->profile[i];

		strbuf_addf(out, "\n[profile \"%s\"]\n", p->name);
		add_list(out, "dirs", &p->dirs);
		add_list(out, "exclude", &p->exclude);
		add_list(out, "patterns", &p->patterns);
	}
}

struct reader {
	struct pare_selection *sel;
	struct pare_applied_profile *profile; /* NULL: in [selection] */
	bool in_section;
	struct strvec *list; /* that an indented line goes on with */
	struct strbuf item;
};

static int read_section(struct reader *rd, const char *line)
{
	const char *name, *end;

	rd->list = NULL;
	rd->in_section = true;
	if (!strcmp(line, "[selection]")) {
		rd->profile = NULL;
		return 0;
	}
	if (!skip_prefix(line, "[profile \"", &name) ||
	    !(end = strstr(name, "\"]")) || end[2] || end == name)
		return -1;
	strbuf_reset(&rd->item);
	strbuf_add(&rd->item, name, end - name);
	rd->profile = selection_profile(rd->sel, rd->item.buf);
	return 0;
}

static struct strvec *find_list(struct reader *rd, const char *key, size_t len)
{
	struct pare_selection *sel = rd->sel;
	struct pare_applied_profile *p = rd->profile;
	const struct {
		const char *key;
		struct strvec *list;
	} lists[] = {
		{ "profiles", p ? NULL : &sel->profiles },
		{ "always", p ? NULL : &sel->always },
		{ "dirs", p ? &p->dirs : &sel->dirs },
		{ "exceptions", p ? NULL : &sel->exceptions },
		{ "applied", p ? NULL : &sel->applied },
		{ "exclude", p ? &p->exclude : NULL },
		{ "patterns", p ? &p->patterns : NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		if (strlen(lists[i].key) == len &&
		    !strncmp(lists[i].key, key, len))
			return lists[i].list;
	return NULL;
}

static int read_item(struct reader *rd, const char *value)
{
	const char *end = "";

	strbuf_reset(&rd->item);
	if (*value != '"')
		strbuf_addstr(&rd->item, value);
	else if (unquote_c(&rd->item, value, &end) < 0 || *end)
		return -1;
	if (!rd->item.len || strlen(rd->item.buf) != rd->item.len)
		return -1;
	strvec_push(rd->list, rd->item.buf);
	return 0;
}

static int read_line(struct reader *rd, const char *line)
{
	const char *value;

	if (!*line || *line == ';')
		return 0;
	if (*line == '[')
		return read_section(rd, line);
	if (*line == '\t')
		return rd->list ? read_item(rd, line + 1) : -1;
	value = strstr(line, " = ");
	if (!rd->in_section || !value)
		return -1;
	if (!rd->profile && starts_with(line, "mode = ")) {
		rd->sel->patterns = !strcmp(value + 3, "patterns");
		return rd->sel->patterns || !strcmp(value + 3, "cone") ? 0 : -1;
	}
	rd->list = find_list(rd, line, value - line);
	return rd->list ? read_item(rd, value + 3) : -1;
}

int pare_selection_parse(struct pare_selection *out, const char *text,
			 size_t len)
{
	struct reader rd = { .sel = out, .item = STRBUF_INIT };
	const char *end = text + len;
	struct strbuf line = STRBUF_INIT;
	unsigned nr = 0;
	int error = 0;

	selection_init(out);
	while (text < end && !error) {
		const char *lf = memchr(text, '\n', end - text);
		const char *stop = lf ? lf : end;

		nr++;
		strbuf_reset(&line);
		strbuf_add(&line, text, stop - text);
		error = strlen(line.buf) == line.len ?
				read_line(&rd, line.buf) : -1;
		text = lf ? lf + 1 : end;
	}
	strbuf_release(&line);
	strbuf_release(&rd.item);
	if (!error)
		return 0;
	selection_clear(out);
	return error_set(GIT_EINVALID, "the selection: line %u is not "
			 "understood", nr);
}

int selection_read(struct pare_selection *out, struct pare_repo *repo,
		   const char *name)
{
	struct strbuf text = STRBUF_INIT;
	char *path;
	int error;

	selection_init(out);
	if ((error = repo_pare_path(&path, repo, name, false)) < 0)
		return error;
	error = strbuf_read_file(&text, path, SELECTION_BYTES_MAX);
	if (!error)
		error = pare_selection_parse(out, text.buf, text.len);
	/* It only says why: without it there are no profiles. */
	if (error == GIT_ENOTFOUND || error == GIT_EINVALID) {
		error_clear();
		error = 0;
	}
	out->ignore_case = pare_repo_config_bool(repo, "core.ignorecase",
						 false);
	strbuf_release(&text);
	free(path);
	return error;
}

int pare_selection_load(struct pare_selection *out, struct pare_repo *repo)
{
	int error = selection_read(out, repo, "selection");

	if (!error)
		selection_read_next(out, repo);
	return error;
}

/*
 * The lock is one on the git directory (flock(2)), held from reading to
 * writing: it cannot be left behind by a process that was killed, and a change
 * that is refused leaves no trace.
 */
static int take_lock(int *fd, const char *dir)
{
	int opened = fs_open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	int error;

	if (opened < 0)
		return error_errno("cannot open '%s'", quoted(dir));
	*fd = fcntl(opened, F_DUPFD_CLOEXEC, 3);
	close(opened);
	if (*fd < 0) {
		*fd = 0;
		return error_errno("cannot open '%s'", quoted(dir));
	}
	for (int i = 0; flock(*fd, LOCK_EX | LOCK_NB); i++) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return 0; /* a file system without locks */
		if (i < LOCK_TRIES) {
			poll(NULL, 0, LOCK_PAUSE_MS);
			continue;
		}
		error = error_set(GIT_ELOCKED, "another process is changing "
				  "the selection (it has locked '%s')",
				  quoted(dir));
		close(*fd);
		*fd = 0;
		return error;
	}
	return 0;
}

int pare_selection_lock(struct pare_selection *out, struct pare_repo *repo)
{
	int fd = 0, error = take_lock(&fd, pare_repo_git_dir(repo));

	selection_init(out);
	if (!error)
		error = pare_selection_load(out, repo);
	out->lock_fd = fd;
	return error;
}

/* Nobody else writes now; if it is there, its process was killed. */
static void remove_lock(const struct pare_selection *sel, const char *path)
{
	char *lock = xstrfmt("%s.lock", path);

	if (sel->lock_fd)
		unlink(lock);
	free(lock);
}

int selection_write(const struct pare_selection *sel, const char *path)
{
	struct strbuf text = STRBUF_INIT;
	int error;

	remove_lock(sel, path);
	pare_selection_format(&text, sel);
	error = lockfile_replace(path, text.buf, text.len);
	strbuf_release(&text);
	return error;
}

static int selection_remove(const struct pare_selection *sel, const char *path)
{
	remove_lock(sel, path);
	if (unlink(path) && errno != ENOENT)
		return error_errno("cannot remove '%s'", quoted(path));
	return 0;
}

int pare_selection_save(const struct pare_selection *sel,
			struct pare_repo *repo)
{
	char *path;
	int error;

	if (repo_pare_path(&path, repo, "selection", sel->profiles.nr) < 0)
		return error_errno("cannot create %s/pare",
				   pare_repo_git_dir(repo));
	error = sel->profiles.nr ? selection_write(sel, path) :
				   selection_remove(sel, path);
	if (!error)
		pare_selection_withdraw(repo);
	free(path);
	return error;
}
