/* SPDX-License-Identifier: MIT */
#include "support/whole.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/hash.h"
#include "checkout/move.h"
#include "pare/index.h"
#include "support/sandbox.h"

static void read_names(struct strvec *out, const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *de;

	if (!dir)
		print_error("no directory %s\n", path);
	assert_non_null(dir);
	while ((de = readdir(dir)))
		if (strcmp(de->d_name, ".") && strcmp(de->d_name, ".."))
			strvec_push(out, de->d_name);
	closedir(dir);
	strvec_sort(out);
}

static size_t read_link(char *out, size_t size, const char *path)
{
	ssize_t len = readlink(path, out, size - 1);

	assert_true(len >= 0);
	out[len] = '\0';
	return (size_t)len;
}

/* Copies */

static void copy_file(const char *from, const char *to, const struct stat *st)
{
	struct strbuf text = STRBUF_INIT;
	struct timespec times[2] = { st->st_atim, st->st_mtim };
	int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		      st->st_mode & 0777);

	assert_true(fd >= 0);
	assert_int_equal(strbuf_read_file(&text, from, SIZE_MAX / 4), 0);
	assert_int_equal(fs_write_all(fd, text.buf, text.len), 0);
	futimens(fd, times);
	close(fd);
	strbuf_release(&text);
}

void tree_copy(const char *from, const char *to)
{
	struct strvec names = STRVEC_INIT;
	char target[4096];
	struct stat st;

	assert_int_equal(lstat(from, &st), 0);
	if (S_ISREG(st.st_mode)) {
		copy_file(from, to, &st);
	} else if (S_ISLNK(st.st_mode)) {
		read_link(target, sizeof(target), from);
		assert_int_equal(symlink(target, to), 0);
	} else {
		assert_int_equal(mkdir(to, 0777), 0);
		read_names(&names, from);
		for (size_t i = 0; i < names.nr; i++) {
			char *a = xstrfmt("%s/%s", from, names.v[i]);
			char *b = xstrfmt("%s/%s", to, names.v[i]);

			tree_copy(a, b);
			free(a);
			free(b);
		}
		strvec_clear(&names);
	}
}

void tree_remove(const char *path)
{
	remove_all_at(AT_FDCWD, path);
}

/* Snapshots */

/* "20261124-101500-1234" where a digit begins there; its length, or 0. */
static size_t trash_id_len(const char *s)
{
	static const char form[] = "dddddddd-dddddd-";
	size_t len = 0;

	for (; form[len]; len++)
		if (form[len] == 'd' ? !isdigit((unsigned char)s[len]) :
				       s[len] != form[len])
			return 0;
	if (!isdigit((unsigned char)s[len]))
		return 0;
	return len + strspn(s + len, "0123456789");
}

static void add_without_ids(struct strbuf *out, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		size_t len = trash_id_len(text + i);

		if (len) {
			strbuf_addstr(out, "ID");
			i += len - 1;
		} else if (starts_with(text + i, "trash ")) {
			/* The id's length. */
			strbuf_addstr(out, "trash N");
			i += strcspn(text + i, "\n") - 1;
		} else {
			strbuf_addch(out, text[i]);
		}
	}
}

/* In one line. */
static void add_flat(struct strbuf *out, const char *text)
{
	size_t from = out->len;

	strbuf_addch(out, ' ');
	add_without_ids(out, text, strlen(text));
	for (size_t i = from; i < out->len; i++)
		if (out->buf[i] == '\n')
			out->buf[i] = '|';
}

static void add_hash(struct strbuf *out, const struct strbuf *content)
{
	struct oid oid;

	hash_object(&oid, &hash_sha1, "blob", content->buf, content->len);
	strbuf_addf(out, " %s", oid_hex(&oid, &hash_sha1));
}

static void add_index(struct strbuf *out, const char *path)
{
	struct pare_index *index;
	struct pare_index_iter iter;
	struct pare_index_entry e;

	if (pare_index_open(&index, path, &hash_sha1) < 0) {
		strbuf_addf(out, "index: %s\n", error_message());
		return;
	}
	assert_int_equal(pare_index_verify(index), 0);
	pare_index_iter_init(&iter, index);
	while (pare_index_next(&e, &iter) > 0) {
		struct oid oid;

		oid_read(&oid, e.oid, &hash_sha1);
		strbuf_addf(out, "index %s %o %s %x %x\n", e.name, e.mode,
			    oid_hex(&oid, &hash_sha1), e.flags, e.extended);
	}
	pare_index_iter_release(&iter);
	pare_index_close(index);
}

static bool is_left(const char *path)
{
	const char *name = strrchr(path, '/');

	name = name ? name + 1 : path;
	return ends_with(name, ".lock") || starts_with(name, "tmp_") ||
	       strstr(name, "_tmp_") || starts_with(path, "pare/index") ||
	       starts_with(path, "pare/write.") ||
	       starts_with(path, "pare/swap.") ||
	       starts_with(path, "pare/journal");
}

struct walk {
	struct whole *out;
	bool in_git;
	size_t root_len;
};

static void add_dir(struct walk *w, const char *path);

static void add_content(struct walk *w, struct strbuf *line, const char *path)
{
	const char *name = path + w->root_len;
	struct strbuf content = STRBUF_INIT;

	if (strbuf_read_file(&content, path, SIZE_MAX / 4) < 0) {
		print_error("%s: %s\n", path, error_message());
		fail();
	}
	if (starts_with(content.buf, "precious"))
		strvec_push(&w->out->precious, content.buf);
	if (w->in_git && starts_with(name, "pare/")) {
		add_flat(line, content.buf);
	} else if (!w->in_git || strcmp(name, "index")) {
		add_hash(line, &content);
	}
	strbuf_release(&content);
}

static void add_file(struct walk *w, const char *path, const struct stat *st)
{
	struct strbuf *out = w->in_git ? &w->out->git : &w->out->work;
	const char *name = path + w->root_len;
	char target[4096];

	/* A message that was not used is kept, and where HEAD was is noted. */
	if (w->in_git && (!strcmp(name, "COMMIT_EDITMSG") ||
			  !strcmp(name, "ORIG_HEAD")))
		return;
	if (w->in_git && is_left(name)) {
		strvec_push(&w->out->left, name);
		return;
	}
	if (w->in_git && !strcmp(name, "index"))
		add_index(out, path);
	strbuf_addstr(out, w->in_git ? "git " : "work ");
	add_without_ids(out, name, strlen(name));
	strbuf_addf(out, " %o", st->st_mode);
	if (S_ISREG(st->st_mode)) {
		add_content(w, out, path);
	} else if (S_ISLNK(st->st_mode)) {
		read_link(target, sizeof(target), path);
		strbuf_addf(out, " -> %s", target);
	}
	strbuf_addch(out, '\n');
}

/* Objects that nobody refers to are no change. */
static void add_object(struct walk *w, const char *path,
		       const struct stat *st)
{
	if (S_ISDIR(st->st_mode))
		add_dir(w, path);
	else
		strbuf_addf(&w->out->objects, "%s %ju\n", path,
			    (uintmax_t)st->st_size);
}

static void add_dir(struct walk *w, const char *path)
{
	struct strvec names = STRVEC_INIT;

	read_names(&names, path);
	for (size_t i = 0; i < names.nr; i++) {
		char *below = xstrfmt("%s/%s", path, names.v[i]);
		struct stat st;

		assert_int_equal(lstat(below, &st), 0);
		if (w->in_git && starts_with(below + w->root_len, "objects/"))
			add_object(w, below, &st);
		else if (!S_ISDIR(st.st_mode))
			add_file(w, below, &st);
		else if (w->in_git || strcmp(below + w->root_len, ".git"))
			add_dir(w, below);
		free(below);
	}
	if (!w->in_git && !names.nr)
		strbuf_addf(&w->out->work, "empty %s\n", path + w->root_len);
	strvec_clear(&names);
}

void whole_take(struct whole *out, const char *path)
{
	struct walk w = { .out = out, .root_len = strlen(path) + 1 };
	char *git_dir = xstrfmt("%s/.git", path);

	whole_release(out);
	add_dir(&w, path);
	if (fs_exists(git_dir)) {
		w.in_git = true;
		w.root_len = strlen(git_dir) + 1;
		add_dir(&w, git_dir);
	}
	strvec_sort(&out->precious);
	free(git_dir);
}

void whole_release(struct whole *whole)
{
	strbuf_release(&whole->work);
	strbuf_release(&whole->git);
	strbuf_release(&whole->objects);
	strvec_clear(&whole->left);
	strvec_clear(&whole->precious);
	*whole = (struct whole)WHOLE_INIT;
}

/* The lines of `a` that `b` does not have, to the second blank. */
static void add_missing(struct strvec *out, const struct strbuf *a,
			const struct strbuf *b)
{
	struct strvec one = STRVEC_INIT, other = STRVEC_INIT;

	strvec_split_lines(&one, a->buf);
	strvec_split_lines(&other, b->buf);
	for (size_t i = 0; i < one.nr; i++) {
		const char *line = one.v[i];
		size_t len = strcspn(line, " ") + 1;

		if (!strvec_contains(&other, line))
			strvec_pushn(out, line,
				     len + strcspn(line + len, " "));
	}
	strvec_clear(&one);
	strvec_clear(&other);
}

void whole_diff(struct strvec *out, const struct whole *a,
		   const struct whole *b)
{
	add_missing(out, &a->work, &b->work);
	add_missing(out, &b->work, &a->work);
	add_missing(out, &a->git, &b->git);
	add_missing(out, &b->git, &a->git);
	strvec_sort(out);
}

bool whole_equal(const struct whole *a, const struct whole *b)
{
	return !strcmp(a->work.buf, b->work.buf) &&
	       !strcmp(a->git.buf, b->git.buf);
}

char *whole_key(const struct whole *whole)
{
	struct strbuf all = STRBUF_INIT, key = STRBUF_INIT;

	strbuf_addf(&all, "%s--\n%s--\n%s--\n", whole->work.buf,
		    whole->git.buf, whole->objects.buf);
	for (size_t i = 0; i < whole->left.nr; i++)
		strbuf_addf(&all, "%s\n", whole->left.v[i]);
	add_hash(&key, &all);
	strbuf_release(&all);
	return strbuf_detach(&key, NULL);
}

bool whole_keeps(const struct whole *a, const struct whole *b)
{
	for (size_t i = 0; i < b->precious.nr; i++)
		if (!strvec_contains(&a->precious, b->precious.v[i]))
			return false;
	return true;
}

void whole_show(const struct whole *a, const struct whole *b)
{
	char *before = xstrfmt("%s\n-- git\n%s", a->work.buf, a->git.buf);
	char *after = xstrfmt("%s\n-- git\n%s", b->work.buf, b->git.buf);

	write_file("whole-a", before);
	write_file("whole-b", after);
	print_error("%s", sh_try("diff whole-a whole-b").out);
	for (size_t i = 0; i < b->left.nr; i++)
		print_error("left: %s\n", b->left.v[i]);
	free(before);
	free(after);
}
