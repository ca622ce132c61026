/* SPDX-License-Identifier: MIT */
/* Figures for `git sparse status`, from one walk over the index. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/path.h"
#include "checkout/checkout.h"
#include "checkout/journal.h"
#include "pare/index.h"
#include "pare/sparse.h"
#include "repo/odb.h"
#include "repo/repo.h"
#include "sparse/cone.h"
#include "sparse/pattern_file.h"

enum { OUTSIDE_NAMED = 10 };

struct counting {
	struct pare_sparse_stats *out;
	struct checkout *co;    /* NULL: skipped entries are not there */
	struct cone_walk walk;
	bool cone;
	size_t current;         /* the directory the last entry lay in */
};

/* The selected directory an entry lies in: they are sorted, and so are the
 * entries, but "a-b/x" comes before "a/x", hence the search. */
static void count_in_dir(struct counting *c, const struct pare_index_entry *e)
{
	struct pare_sparse_stats *out = c->out;
	struct pare_sparse_dir_count *dir = &out->dir[c->current];

	if (!c->current || !path_is_under(e->name, dir->dir))
		for (size_t i = 1; i < out->nr_dirs; i++)
			if (path_is_under(e->name, out->dir[i].dir)) {
				c->current = i;
				dir = &out->dir[i];
				break;
			}
	if (path_is_under(e->name, dir->dir))
		dir->files++;
}

static void count_entry(struct counting *c, const struct pare_index_entry *e)
{
	size_t dir_len = path_dir_len(e->name, e->name_len);
	enum cone_kind kind = CONE_IN;
	bool present = !pare_index_skipped(e);

	if (!present && c->co && !pare_index_is_sparse_dir(e))
		present = checkout_is_present(c->co, e->name, e->name_len);
	c->out->entries++;
	c->out->present += present;
	if (!c->cone)
		return;
	if (!pare_index_is_sparse_dir(e))
		kind = cone_walk_dir(&c->walk, e->name, dir_len);
	if (!dir_len)
		c->out->dir[0].files++;
	else if (kind == CONE_IN && c->out->nr_dirs > 1)
		count_in_dir(c, e);
	if (kind == CONE_OUT && present &&
	    ++c->out->nr_outside <= OUTSIDE_NAMED)
		strvec_pushn(&c->out->outside, e->name, e->name_len);
}

static void add_dirs(struct pare_sparse_stats *out,
		     const struct pare_sparse_state *state, struct cone *cone)
{
	out->dir = xcalloc(state->dirs.nr + 1, sizeof(*out->dir));
	out->dir[out->nr_dirs++].dir = xstrdup("");
	for (size_t i = 0; i < state->dirs.nr; i++) {
		out->dir[out->nr_dirs++].dir = xstrdup(state->dirs.v[i]);
		cone_add(cone, state->dirs.v[i]);
	}
}

static int walk_index(struct counting *c, const struct pare_index *index)
{
	struct pare_index_iter iter;
	struct pare_index_entry entry;
	int error;

	pare_index_iter_init(&iter, index);
	while ((error = pare_index_next(&entry, &iter)) > 0)
		if (pare_index_stage(&entry) <= 1)
			count_entry(c, &entry);
	pare_index_iter_release(&iter);
	return error;
}

/* As after `git clone --no-checkout`. */
static int look_for_head(struct pare_sparse_stats *out, struct pare_repo *repo)
{
	struct oid tree;
	int error = repo_head_tree(&tree, repo);

	out->is_new = true;
	out->is_unborn = error == GIT_EUNBORNBRANCH;
	if (error != GIT_EUNBORNBRANCH && error != PARE_EHANDOVER)
		return error;
	error_clear();
	return 0;
}

static bool was_cut_off(struct pare_repo *repo)
{
	struct journal journal = { .text = STRBUF_INIT };
	bool was = !journal_read(&journal, repo) && journal.exists &&
		   !journal.is_running;

	error_clear();
	strbuf_release(&journal.text);
	return was;
}

int pare_sparse_stats(struct pare_sparse_stats *out, struct pare_repo *repo,
		      const struct pare_sparse_state *state)
{
	struct checkout_options opts = { 0 };
	struct counting c = { .out = out };
	struct pare_index *index = NULL;
	struct cone cone = CONE_INIT;
	int error;

	*out = (struct pare_sparse_stats){ .outside = STRVEC_INIT,
					   .is_cut_off = was_cut_off(repo) };
	cone.ignore_case =
		pare_repo_config_bool(repo, "core.ignorecase", false);
	c.cone = state->enabled && state->cone;
	if (c.cone)
		add_dirs(out, state, &cone);
	error = pare_index_open(&index, pare_repo_index_path(repo),
				repo->algo);
	out->entries_exact = true;
	if (error == GIT_ENOTFOUND) {
		error_clear();
		error = look_for_head(out, repo);
		goto done;
	}
	if (error < 0)
		goto done;
	out->entries_exact = !pare_index_facts(index)->nr_sparse_dirs;
	if (state->enabled)
		error = checkout_open(&c.co, repo, index, &opts);
	if (error < 0)
		goto done;
	cone_walk_init(&c.walk, &cone);
	error = walk_index(&c, index);
	cone_walk_release(&c.walk);
done:
	checkout_close(c.co);
	pare_index_close(index);
	cone_release(&cone);
	return error;
}

void pare_sparse_stats_release(struct pare_sparse_stats *stats)
{
	for (size_t i = 0; i < stats->nr_dirs; i++)
		free(stats->dir[i].dir);
	free(stats->dir);
	strvec_clear(&stats->outside);
}
