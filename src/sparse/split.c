/* SPDX-License-Identifier: MIT */
#include "sparse/split.h"

#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "base/quote.h"
#include "base/run.h"
#include "base/strbuf.h"
#include "repo/odb.h"
#include "repo/tree.h"

/*
 * One entry a child is looked at: behind "dir/child/…" the search goes on at
 * "dir/child0", since `0` follows `/`.
 */
static int children_in_index(struct strvec *out, const struct strbuf *prefix,
			     const struct pare_index *index)
{
	struct strbuf next = STRBUF_INIT;
	struct pare_index_iter iter;
	struct pare_index_entry entry;
	uint32_t pos = pare_index_lower_bound(index, prefix->buf, prefix->len);
	int error = 0;

	pare_index_iter_init(&iter, index);
	while (pos < pare_index_nr(index)) {
		const char *slash;

		if ((error = pare_index_entry_at(&entry, &iter, pos)) < 0)
			break;
		if (entry.name_len < prefix->len ||
		    memcmp(entry.name, prefix->buf, prefix->len))
			break;
		slash = memchr(entry.name + prefix->len, '/',
			       entry.name_len - prefix->len);
		if (!slash) {
			pos++;
			continue;
		}
		strvec_pushn(out, entry.name, (size_t)(slash - entry.name));
		strbuf_reset(&next);
		strbuf_add(&next, entry.name, (size_t)(slash - entry.name));
		strbuf_addch(&next, '/' + 1);
		pos = pare_index_lower_bound(index, next.buf, next.len);
	}
	pare_index_iter_release(&iter);
	strbuf_release(&next);
	return error < 0 ? error : 0;
}

/* By git, of an object format that this libgit2 cannot read, or of trees that
 * it has to fetch. */
static int children_by_git(struct strvec *out, const struct strbuf *prefix)
{
	struct strbuf names = STRBUF_INIT;
	int error;

	error_clear();
	error = run_git_capture(&names, "--literal-pathspecs", "ls-tree", "-dz",
				"--full-tree", "--name-only", "HEAD", "--",
				prefix->len ? prefix->buf : ".", NULL);
	for (size_t at = 0; at < names.len; at += strlen(names.buf + at) + 1)
		strvec_push(out, names.buf + at);
	strbuf_release(&names);
	return error;
}

static int children_in_head(struct strvec *out, const struct strbuf *prefix,
			    struct pare_repo *repo)
{
	struct odb_object tree = { 0 };
	struct oid head, oid;
	struct tree_iter iter;
	struct tree_entry entry;
	struct odb *odb;
	struct strbuf dir = STRBUF_INIT;
	uint32_t mode;
	bool found;
	int error;

	strbuf_add(&dir, prefix->buf, prefix->len ? prefix->len - 1 : 0);
	error = repo_head_tree(&head, repo);
	if (!error && !(error = repo_odb(&odb, repo)))
		error = tree_lookup(&oid, &mode, odb, repo->algo, &head,
				    dir.buf);
	found = !error;
	if (error == PARE_EHANDOVER || error == PARE_EMISSING)
		error = children_by_git(out, prefix);
	if (error == GIT_ENOTFOUND || error == GIT_EUNBORNBRANCH) {
		error_clear();
		error = 0;
		goto done;
	}
	if (error < 0 || !found || !mode_is_tree(mode))
		goto done;
	if ((error = odb_read_type(&tree, odb, &oid, OBJ_TREE)) < 0)
		goto done;
	tree_iter_init(&iter, tree.data, tree.len, repo->algo);
	while ((error = tree_iter_next(&entry, &iter)) > 0)
		if (mode_is_tree(entry.mode))
			strvec_pushf(out, "%s%s", prefix->buf, entry.name);
done:
	odb_object_release(&tree);
	strbuf_release(&dir);
	return error < 0 ? error : 0;
}

int split_children(struct strvec *out, const char *dir, struct pare_repo *repo,
		   const struct pare_index *index)
{
	struct strbuf prefix = STRBUF_INIT;
	int error;

	strbuf_addstr(&prefix, dir);
	if (prefix.len)
		strbuf_addch(&prefix, '/');
	error = index ? children_in_index(out, &prefix, index) :
			children_in_head(out, &prefix, repo);
	strbuf_release(&prefix);
	return error;
}

/*
 * From these directories go on to those on the way to `dir`: one, or as many
 * as differ in case where that does not count. What is beside goes into
 * `beside`, if that is wanted.
 */
static int go_down(struct strvec *level, struct strvec *beside,
		   const char *dir, const struct split *split)
{
	struct strvec children = STRVEC_INIT, on = STRVEC_INIT;
	int error = 0;

	for (size_t i = 0; i < level->nr && !error; i++)
		error = split_children(&children, level->v[i], split->repo,
				       split->index);
	for (size_t i = 0; i < children.nr; i++) {
		if (path_is_under_fold(dir, children.v[i], split->ignore_case))
			strvec_push(&on, children.v[i]);
		else if (beside)
			strvec_push(beside, children.v[i]);
	}
	strvec_clear(&children);
	strvec_clear(level);
	*level = on;
	return error;
}

/* Put into `out` what is beside the way from `top` down to `dir`. */
static int add_beside(struct strvec *out, const char *top, const char *dir,
		      const struct split *split)
{
	struct strvec level = STRVEC_INIT;
	size_t top_len = strlen(top);
	/* How `top` is spelled there, only the way from the root says. */
	size_t at = split->ignore_case ? 0 : top_len;
	int error = 0;

	strvec_push(&level, at ? top : "");
	while (dir[at] && !error) {
		error = go_down(&level, at >= top_len ? out : NULL, dir,
				split);
		at += at != 0;
		at += strcspn(dir + at, "/");
	}
	strvec_clear(&level);
	return error;
}

int split_remove(struct strvec *dirs, const char *dir,
		 const struct split *split, struct strvec *warnings)
{
	struct strvec kept = STRVEC_INIT;
	bool found = false;
	int error = 0;

	for (size_t i = 0; i < dirs->nr && !error; i++) {
		const char *have = dirs->v[i];
		size_t before = kept.nr;

		if (path_is_under_fold(have, dir, split->ignore_case)) {
			found = true;
		} else if (path_is_under_fold(dir, have,
					      split->ignore_case)) {
			found = true;
			error = add_beside(&kept, have, dir, split);
			if (!error && kept.nr == before)
				strvec_pushf(warnings,
					     "nothing beside '%s' is left of "
					     "'%s': the files directly in it "
					     "leave too", quoted(dir),
					     quoted(have));
		} else {
			strvec_push(&kept, have);
		}
	}
	if (!error && !found)
		strvec_pushf(warnings, "'%s' is not selected", quoted(dir));
	if (!error) {
		strvec_sort(&kept);
		strvec_uniq(&kept);
		strvec_clear(dirs);
		*dirs = kept;
	} else {
		strvec_clear(&kept);
	}
	return error;
}
