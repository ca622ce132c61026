/* SPDX-License-Identifier: MIT */
#include "support/snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/hash.h"

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_no_dot(const struct dirent *d)
{
	return strcmp(d->d_name, ".") && strcmp(d->d_name, "..");
}

static void add_content(struct strbuf *out, const char *path)
{
	struct strbuf text = STRBUF_INIT;
	struct oid oid;

	if (strbuf_read_file(&text, path, SIZE_MAX / 4) < 0) {
		strbuf_addf(out, " %s", strerror(errno));
	} else {
		hash_object(&oid, &hash_sha1, "blob", text.buf, text.len);
		strbuf_addf(out, " %zu %s", text.len,
			    oid_hex(&oid, &hash_sha1));
	}
	strbuf_release(&text);
}

static void add_file(struct strbuf *out, const char *path, const char *shown,
		     const struct stat *st)
{
	char target[PATH_MAX];
	ssize_t len;

	strbuf_addf(out, "%06o %s", (unsigned)st->st_mode, shown);
	if (S_ISLNK(st->st_mode)) {
		len = readlink(path, target, sizeof(target));
		strbuf_addf(out, " -> %.*s", len < 0 ? 0 : (int)len, target);
	} else if (S_ISREG(st->st_mode)) {
		add_content(out, path);
	}
	strbuf_addch(out, '\n');
}

/* `skip` is the length of the root in `path`, which is left out. */
static void add_dir(struct strbuf *out, struct strbuf *path, size_t skip,
		    const char *hidden)
{
	struct dirent **names;
	int nr = scandir(path->buf, &names, is_no_dot, by_name);
	size_t len = path->len;
	struct stat st;

	if (nr < 0) {
		strbuf_addf(out, "%s: %s\n", path->buf + skip,
			    strerror(errno));
		return;
	}
	for (int i = 0; i < nr; i++) {
		strbuf_addf(path, "/%s", names[i]->d_name);
		if ((!hidden || strcmp(names[i]->d_name, hidden)) &&
		    !lstat(path->buf, &st)) {
			add_file(out, path->buf, path->buf + skip, &st);
			if (S_ISDIR(st.st_mode))
				add_dir(out, path, skip, hidden);
		}
		strbuf_setlen(path, len);
		free(names[i]);
	}
	free(names);
}

void snapshot_files(struct strbuf *out, const char *root)
{
	struct strbuf path = STRBUF_INIT;

	strbuf_addstr(&path, root);
	add_dir(out, &path, path.len + 1, ".git");
	strbuf_release(&path);
}

/* The git directory of a work tree, through the file of a linked one. */
static void find_git_dir(struct strbuf *out, const char *root)
{
	struct strbuf text = STRBUF_INIT;
	char *path = xstrfmt("%s/.git", root);
	const char *dir;

	if (!strbuf_read_file(&text, path, PATH_MAX) &&
	    skip_prefix(text.buf, "gitdir: ", &dir)) {
		strbuf_addstr(out, dir);
		strbuf_rtrim(out);
	} else {
		strbuf_addstr(out, path);
	}
	free(path);
	strbuf_release(&text);
}

static void add_file_of(struct strbuf *out, const struct strbuf *dir,
			const char *name)
{
	char *path = xstrfmt("%s/%s", dir->buf, name);
	size_t before;

	strbuf_addf(out, "== %s\n", name);
	before = out->len;
	if (strbuf_read_file(out, path, SIZE_MAX / 4) < 0) {
		strbuf_setlen(out, before);
		strbuf_addstr(out, "(none)\n");
	}
	free(path);
}

void snapshot_git_dir(struct strbuf *out, const char *root)
{
	static const char *const common_files[] = { "config", "packed-refs" };
	static const char *const files[] = { "info/sparse-checkout",
					     "config.worktree", "HEAD" };
	struct strbuf dir = STRBUF_INIT;
	const char *end;

	find_git_dir(&dir, root);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		add_file_of(out, &dir, files[i]);
	end = strstr(dir.buf, "/worktrees/");
	if (end)
		strbuf_setlen(&dir, (size_t)(end - dir.buf));
	for (size_t i = 0; i < ARRAY_SIZE(common_files); i++)
		add_file_of(out, &dir, common_files[i]);
	if (end)
		add_file_of(out, &dir, "config.worktree");
	strbuf_addstr(&dir, "/refs");
	add_dir(out, &dir, dir.len + 1, NULL);
	strbuf_release(&dir);
}
