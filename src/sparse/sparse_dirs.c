/* SPDX-License-Identifier: MIT */
#include "sparse/sparse_dirs.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"
#include "index/sparse_index.h"
#include "repo/odb.h"

struct placing {
	struct operation *op;
	struct cone_walk walk;
	struct strvec selected;
	struct odb_object tree; /* the last one read */
	bool all_in;            /* every directory is to be opened */
	bool look_below;        /* a strange cone may want a directory in one
				 * that is outside */
};

static enum index_dir_place place(void *ctx, const char *dir, size_t len)
{
	struct placing *p = ctx;

	if (!p->op->sparse_wanted || p->all_in)
		return INDEX_DIR_IN;
	switch (cone_walk_dir(&p->walk, dir, len - 1)) {
	case CONE_IN:
		return INDEX_DIR_IN;
	case CONE_PARENT:
		return INDEX_DIR_PARENT;
	default:
		break;
	}
	for (size_t i = 0; p->look_below && i < p->selected.nr; i++)
		if (!strncmp(p->selected.v[i], dir, len))
			return INDEX_DIR_PARENT;
	return INDEX_DIR_OUTSIDE;
}

static int read_tree(void *ctx, const struct oid *oid, const void **data,
		     size_t *len)
{
	struct placing *p = ctx;
	struct odb *odb;
	int error = repo_odb(&odb, p->op->repo);

	if (error < 0)
		return error;
	odb_object_release(&p->tree);
	memset(&p->tree, 0, sizeof(p->tree));
	error = odb_read_type(&p->tree, odb, oid, OBJ_TREE);
	if (error == GIT_ENOTFOUND)
		return error_set(PARE_EHANDOVER,
				 "a tree of a sparse directory is not here");
	*data = p->tree.data;
	*len = p->tree.len;
	return error;
}

static int write_tree(void *ctx, struct oid *out, const void *data, size_t len)
{
	struct placing *p = ctx;
	struct odb *odb;
	int error = repo_odb(&odb, p->op->repo);

	return error < 0 ? error : odb_write(out, odb, OBJ_TREE, data, len);
}

static void placing_init(struct placing *p, struct operation *op,
			 bool look_below)
{
	memset(p, 0, sizeof(*p));
	p->op = op;
	p->look_below = look_below;
	strvec_init(&p->selected);
	cone_list_all(&op->cone, &p->selected);
	cone_walk_init(&p->walk, &op->cone);
}

static void placing_release(struct placing *p)
{
	cone_walk_release(&p->walk);
	strvec_clear(&p->selected);
	odb_object_release(&p->tree);
}

/* Is any sparse directory on disk? */
static int find_present(bool *found, const struct operation *op)
{
	struct pare_index_iter iter;
	struct pare_index_entry e;
	struct fs_walk walk;
	struct stat st;
	int error = fs_walk_init(&walk, pare_repo_worktree(op->repo));

	if (error < 0)
		return error;
	*found = false;
	pare_index_iter_init(&iter, op->index);
	while (!*found && (error = pare_index_next(&e, &iter)) > 0) {
		struct strbuf name = STRBUF_INIT;
		size_t dir_len;
		int fd;

		if (!pare_index_is_sparse_dir(&e))
			continue;
		strbuf_add(&name, e.name, e.name_len - 1);
		dir_len = path_dir_len(name.buf, name.len);
		fd = fs_walk_dir(&walk, name.buf, dir_len, FS_WALK_OPEN);
		*found = fd >= 0 &&
			 !fstatat(fd, name.buf + dir_len + (dir_len > 0), &st,
				  AT_SYMLINK_NOFOLLOW);
		strbuf_release(&name);
	}
	pare_index_iter_release(&iter);
	fs_walk_release(&walk);
	return error < 0 ? error : 0;
}

static enum tree_need need(void *ctx, const char *path, size_t len)
{
	switch (place(ctx, path, len)) {
	case INDEX_DIR_IN:
		return TREE_NEED_ALL;
	case INDEX_DIR_PARENT:
		return TREE_NEED_LEVEL;
	default:
		return TREE_NEED_NONE;
	}
}

static void add_root(struct tree_root **root, size_t *nr, size_t *alloc,
		     struct arena *names, const struct pare_index_entry *e,
		     const struct operation *op)
{
	ALLOC_GROW(*root, *nr + 1, *alloc);
	(*root)[*nr].path = pare_index_keep_name(op->index, e, names);
	oid_read(&(*root)[(*nr)++].oid, e->oid, op->repo->algo);
}

/* Where a clone left even the trees with its remote, few fetches bring all
 * that will be opened. */
static int fetch_trees(struct placing *p)
{
	struct operation *op = p->op;
	struct arena names = ARENA_INIT;
	struct tree_root *root = NULL;
	struct pare_index_iter iter;
	struct pare_index_entry e;
	size_t nr = 0, alloc = 0;
	int error;

	if (!repo_has_promisor(op->repo))
		return 0;
	pare_index_iter_init(&iter, op->index);
	while ((error = pare_index_next(&e, &iter)) > 0)
		if (pare_index_is_sparse_dir(&e))
			add_root(&root, &nr, &alloc, &names, &e, op);
	pare_index_iter_release(&iter);
	if (!error)
		error = repo_fetch_trees(op->repo, root, nr, need, p,
					 op->req->progress);
	arena_release(&names);
	free(root);
	return error;
}

int sparse_dirs_widen(struct operation *op)
{
	struct index_edits edits = INDEX_EDITS_INIT;
	struct index_write_options opts = { 0 };
	struct strbuf tree = STRBUF_INIT;
	struct pare_index *wider = NULL;
	struct placing p;
	struct index_sparse_ops ops = {
		.place = place, .read_tree = read_tree, .ctx = &p,
	};
	int error;

	if (!op->index || !pare_index_facts(op->index)->nr_sparse_dirs)
		return 0;
	placing_init(&p, op, true);
	/* Which of its files are there cannot be known unopened; with one of
	 * them git opens all. */
	if ((error = find_present(&p.all_in, op)) < 0)
		goto done;
	error = fetch_trees(&p);
	if (!error)
		error = index_expand(&edits, &tree, op->index, &ops);
	if (!error && !index_edits_empty(&edits)) {
		opts.sparse = true;
		opts.tree = tree.len ? tree.buf : NULL;
		opts.tree_len = tree.len;
		error = index_apply(&wider, op->index, &edits, &opts);
	}
	if (!error && wider) {
		op->disk_index = op->index;
		op->index = wider;
	}
done:
	placing_release(&p);
	index_edits_release(&edits);
	strbuf_release(&tree);
	return error;
}

bool sparse_dirs_reshapes(const struct operation *op)
{
	/* A narrower cone, or what was staged since, may close directories
	 * without any entry being changed. */
	return op->sparse_wanted || pare_index_is_sparse(op->index);
}

int sparse_dirs_write(struct operation *op, const struct index_edits *edits,
		      struct index_write_options *opts)
{
	struct index_edits closing = INDEX_EDITS_INIT;
	struct pare_index *changed = NULL;
	struct strbuf tree = STRBUF_INIT;
	struct placing p;
	struct index_sparse_ops ops = {
		.place = place, .read_tree = read_tree,
		.write_tree = write_tree, .ctx = &p,
	};
	int error;

	opts->expand = pare_index_is_sparse(op->index) && !op->sparse_wanted;
	if (!op->sparse_wanted)
		return index_write(op->index, edits, &op->index_lock,
				   op->repo->algo, opts);
	opts->sparse = true;
	placing_init(&p, op, false);
	error = index_apply(&changed, op->index, edits, opts);
	if (!error)
		error = index_collapse(&closing, &tree, changed, &ops);
	if (!error) {
		opts->tree = tree.len ? tree.buf : NULL;
		opts->tree_len = tree.len;
		error = index_write(changed, &closing, &op->index_lock,
				    op->repo->algo, opts);
	}
	placing_release(&p);
	pare_index_close(changed);
	index_edits_release(&closing);
	strbuf_release(&tree);
	return error;
}
