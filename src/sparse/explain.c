/* SPDX-License-Identifier: MIT */
/* Why a path is in the work tree or not, from the files as they are. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/path.h"
#include "checkout/checkout.h"
#include "pare/sparse.h"
#include "repo/config.h"
#include "repo/odb.h"
#include "repo/tree.h"
#include "sparse/pattern_file.h"
#include "sparse/pattern_list.h"

struct pare_sparse_explain {
	struct pare_repo *repo;
	bool enabled, is_cone;
	struct pattern_file file;
	struct cone_walk walk;
	struct strvec selected; /* recursive directories, sorted */
	struct pattern_list patterns;
	struct pattern_matcher matcher;
	struct pare_index *index; /* NULL: there is none */
	struct checkout *co;
};

static int open_index(struct pare_sparse_explain *ex)
{
	struct checkout_options opts = { 0 };
	int error = pare_index_open(&ex->index, pare_repo_index_path(ex->repo),
				    ex->repo->algo);

	if (error == GIT_ENOTFOUND) {
		error_clear();
		error = 0;
	}
	if (ex->index)
		opts.has_attributes =
			pare_index_facts(ex->index)->has_attributes;
	return error < 0 ? error :
			   checkout_open(&ex->co, ex->repo, ex->index, &opts);
}

static int read_rules(struct pare_sparse_explain *ex)
{
	bool cone, ignore_case;
	char *path;
	int error = repo_config_load(ex->repo);

	if (error < 0)
		return error;
	ex->enabled = pare_repo_config_bool(ex->repo, "core.sparsecheckout",
					    false);
	cone = pare_repo_config_bool(ex->repo, "core.sparsecheckoutcone",
				     false);
	ignore_case = pare_repo_config_bool(ex->repo, "core.ignorecase", false);
	path = repo_git_path(ex->repo, "info/sparse-checkout");
	error = pattern_file_read(&ex->file, path, cone, ignore_case);
	free(path);
	if (error < 0)
		return error;
	ex->is_cone = ex->file.is_cone;
	cone_list_all(&ex->file.cone, &ex->selected);
	if (!ex->is_cone)
		pattern_list_parse(&ex->patterns, ex->file.text.buf,
				   ex->file.text.len, ignore_case);
	return 0;
}

int pare_sparse_explain_open(struct pare_sparse_explain **out,
			     struct pare_repo *repo)
{
	struct pare_sparse_explain *ex = xcalloc(1, sizeof(*ex));
	int error;

	ex->repo = repo;
	ex->file = (struct pattern_file)PATTERN_FILE_INIT;
	strvec_init(&ex->selected);
	*out = NULL;
	if ((error = read_rules(ex)) < 0 || (error = open_index(ex)) < 0) {
		pare_sparse_explain_free(ex);
		return error;
	}
	cone_walk_init(&ex->walk, &ex->file.cone);
	pattern_matcher_init(&ex->matcher, &ex->patterns);
	*out = ex;
	return 0;
}

void pare_sparse_explain_free(struct pare_sparse_explain *ex)
{
	if (!ex)
		return;
	if (ex->walk.cone)
		cone_walk_release(&ex->walk);
	pattern_matcher_release(&ex->matcher);
	pattern_list_release(&ex->patterns);
	pattern_file_release(&ex->file);
	strvec_clear(&ex->selected);
	checkout_close(ex->co);
	pare_index_close(ex->index);
	free(ex);
}

/* The line `nr` of the pattern file, without its end. */
static char *line_at(const struct pare_sparse_explain *ex, unsigned nr)
{
	const char *p = ex->file.text.buf;
	size_t len;

	while (--nr && (p = strchr(p, '\n')))
		p++;
	if (!p)
		return NULL;
	len = strcspn(p, "\n");
	if (len && p[len - 1] == '\r')
		len--;
	return xstrndup(p, len);
}

/* The line that selects `dir`: it is "/<dir>/", escaped. */
static unsigned line_of(const struct pare_sparse_explain *ex, const char *dir)
{
	const char *p = ex->file.text.buf, *end = p + ex->file.text.len;
	unsigned nr = 0;

	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p)), *d = dir;
		const char *c = p + 1;

		nr++;
		for (; *p == '/' && c < end && *d; d++, c++) {
			if (*c == '\\' && c + 1 < end)
				c++;
			if (*c != *d)
				break;
		}
		if (*p == '/' && !*d && c < end && *c == '/' &&
		    (c + 1 == end || c[1] == '\n' || c[1] == '\r'))
			return nr;
		p = lf ? lf + 1 : end;
	}
	return 0;
}

static void set_rule(struct pare_sparse_explained *out,
		     const struct pare_sparse_explain *ex,
		     enum pare_sparse_rule rule, const char *dir)
{
	out->rule = rule;
	if (!dir)
		return;
	out->by = xstrdup(dir);
	out->line = line_of(ex, dir);
}

/* The selected directory that is `dir` or above it: the topmost one. */
static const char *selected_above(const struct pare_sparse_explain *ex,
				  const char *dir)
{
	for (size_t i = 0; i < ex->selected.nr; i++)
		if (path_is_under(dir, ex->selected.v[i]))
			return ex->selected.v[i];
	return NULL;
}

static const char *selected_below(const struct pare_sparse_explain *ex,
				  const char *dir)
{
	for (size_t i = 0; i < ex->selected.nr; i++)
		if (path_is_under(ex->selected.v[i], dir))
			return ex->selected.v[i];
	return NULL;
}

static void judge_by_cone(struct pare_sparse_explained *out,
			  struct pare_sparse_explain *ex, const char *path)
{
	size_t len = strlen(path);
	bool is_dir = out->is_dir;
	size_t dir_len = is_dir ? len : path_dir_len(path, len);
	char *dir = xstrndup(path, dir_len);
	enum cone_kind kind = cone_walk_dir(&ex->walk, dir, dir_len);

	out->verdict = kind == CONE_OUT ? PARE_SPARSE_OUT :
		       kind == CONE_PARENT && is_dir ? PARE_SPARSE_PARTLY :
						       PARE_SPARSE_IN;
	if (ex->file.cone.full)
		set_rule(out, ex, PARE_SPARSE_RULE_ALL, NULL);
	else if (!dir_len)
		set_rule(out, ex, PARE_SPARSE_RULE_ROOT, NULL);
	else if (kind == CONE_IN)
		set_rule(out, ex, PARE_SPARSE_RULE_DIR,
			 selected_above(ex, dir));
	else if (kind == CONE_PARENT)
		set_rule(out, ex, PARE_SPARSE_RULE_PARENT,
			 selected_below(ex, dir));
	free(dir);
}

static void judge_by_patterns(struct pare_sparse_explained *out,
			      struct pare_sparse_explain *ex, const char *path)
{
	const struct pattern *decider = pattern_list_decider(
		&ex->patterns, path, strlen(path), out->is_dir);

	if (decider) {
		out->rule = PARE_SPARSE_RULE_PATTERN;
		out->line = decider->line;
		out->by = line_at(ex, decider->line);
		out->verdict = decider->is_negative ? PARE_SPARSE_OUT :
						      PARE_SPARSE_IN;
	}
	/* A directory is what its files are. */
	if (out->what == PARE_SPARSE_DIRECTORY)
		out->verdict = !out->files_in ? PARE_SPARSE_OUT :
			       out->files_in < out->files ?
						PARE_SPARSE_PARTLY :
						PARE_SPARSE_IN;
}

static bool is_wanted(struct pare_sparse_explain *ex, const char *name,
		      size_t len)
{
	if (!ex->enabled)
		return true;
	if (ex->is_cone)
		return cone_walk_dir(&ex->walk, name,
				     path_dir_len(name, len)) != CONE_OUT;
	return pattern_matcher_path(&ex->matcher, name, len, false);
}

/* Count what lies below `dir`; none: it is no directory of the index. */
static int look_below(struct pare_sparse_explained *out,
		      struct pare_sparse_explain *ex, const char *dir)
{
	struct strbuf prefix = STRBUF_INIT;
	struct pare_index_iter iter;
	struct pare_index_entry e;
	int error;

	strbuf_addstr(&prefix, dir);
	if (prefix.len)
		strbuf_addch(&prefix, '/');
	out->files_exact = true;
	pare_index_iter_init(&iter, ex->index);
	pare_index_iter_seek(&iter, pare_index_lower_bound(
					    ex->index, prefix.buf, prefix.len));
	while ((error = pare_index_next(&e, &iter)) > 0) {
		if (e.name_len < prefix.len ||
		    memcmp(e.name, prefix.buf, prefix.len))
			break;
		if (pare_index_stage(&e) > 1)
			continue;
		out->what = PARE_SPARSE_DIRECTORY;
		if (pare_index_is_sparse_dir(&e)) {
			out->files_exact = false;
			continue;
		}
		out->files++;
		out->files_in += is_wanted(ex, e.name, e.name_len);
	}
	pare_index_iter_release(&iter);
	strbuf_release(&prefix);
	return error < 0 ? error : 0;
}

/* Below a sparse directory the trees know. */
static int look_in_tree(struct pare_sparse_explained *out,
			struct pare_sparse_explain *ex,
			const struct pare_index_entry *e, const char *path)
{
	struct oid tree, oid;
	struct odb *odb;
	uint32_t mode;
	int error = repo_odb(&odb, ex->repo);

	if (error < 0)
		return error;
	oid_read(&tree, e->oid, ex->repo->algo);
	error = tree_lookup(&oid, &mode, odb, ex->repo->algo, &tree,
			    path + e->name_len);
	if (error == GIT_ENOTFOUND || error == PARE_EMISSING) {
		error_clear();
		return 0;
	}
	if (error < 0)
		return error;
	out->what = mode_is_tree(mode) ? PARE_SPARSE_DIRECTORY :
					 PARE_SPARSE_FILE;
	out->skipped = true;
	return 0;
}

static int look_at_disk(struct pare_sparse_explained *out,
			struct pare_sparse_explain *ex,
			const struct pare_index_entry *e)
{
	struct checkout_list list = { 0 };
	int error;

	checkout_list_add(&list, e, e->name);
	error = checkout_check_removals(ex->co, &list);
	if (!error) {
		out->present = list.item[0].status != PARE_PATH_ABSENT;
		out->modified = list.item[0].status == PARE_PATH_MODIFIED;
	}
	checkout_list_release(&list);
	return error;
}

static int look_at_file(struct pare_sparse_explained *out,
			struct pare_sparse_explain *ex,
			const struct pare_index_entry *e)
{
	out->what = PARE_SPARSE_FILE;
	out->skipped = pare_index_skipped(e);
	out->unmerged = pare_index_stage(e) != 0;
	return look_at_disk(out, ex, e);
}

/* A file of the index, a directory of it, or below a sparse directory. */
static int find_in_index(struct pare_sparse_explained *out,
			 struct pare_sparse_explain *ex, const char *path)
{
	size_t len = strlen(path);
	struct pare_index_iter iter;
	struct pare_index_entry e;
	int error;

	pare_index_iter_init(&iter, ex->index);
	error = pare_index_find(&e, &iter, path, len);
	if (error > 0)
		error = look_at_file(out, ex, &e);
	else if (!error && e.pos &&
		 (error = pare_index_entry_at(&e, &iter, e.pos - 1)) >= 0 &&
		 pare_index_is_sparse_dir(&e) && len > e.name_len &&
		 !memcmp(e.name, path, e.name_len))
		error = look_in_tree(out, ex, &e, path);
	pare_index_iter_release(&iter);
	if (error < 0 || out->what != PARE_SPARSE_NOWHERE)
		return error < 0 ? error : 0;
	return look_below(out, ex, path);
}

/* Names directly below `prefix`, which ends in a slash or is empty. */
static int names_below(struct strvec *names, struct pare_sparse_explain *ex,
		       const struct strbuf *prefix)
{
	struct pare_index_iter iter;
	struct pare_index_entry e;
	struct strbuf next = STRBUF_INIT;
	uint32_t pos = pare_index_lower_bound(ex->index, prefix->buf,
					      prefix->len);
	int error = 0;

	pare_index_iter_init(&iter, ex->index);
	while (pos < pare_index_nr(ex->index) &&
	       (error = pare_index_entry_at(&e, &iter, pos)) >= 0) {
		const char *slash;

		if (e.name_len < prefix->len ||
		    memcmp(e.name, prefix->buf, prefix->len))
			break;
		slash = memchr(e.name + prefix->len, '/',
			       e.name_len - prefix->len);
		strbuf_reset(&next);
		strbuf_add(&next, e.name,
			   slash ? (size_t)(slash - e.name) : e.name_len);
		strvec_push(names, next.buf);
		pos++;
		if (!slash)
			continue;
		/* Behind all of "dir/": `0` follows `/`. */
		strbuf_addch(&next, '/' + 1);
		pos = pare_index_lower_bound(ex->index, next.buf, next.len);
	}
	pare_index_iter_release(&iter);
	strbuf_release(&next);
	return error < 0 ? error : 0;
}

/* The first component that does not exist is the one that was mistyped. */
static int find_nearest(struct pare_sparse_explained *out,
			struct pare_sparse_explain *ex, const char *path)
{
	struct strbuf prefix = STRBUF_INIT;
	struct strvec names = STRVEC_INIT;
	const char *nearest, *slash;
	int error;

	for (;;) {
		char *word;
		bool there;

		strvec_clear(&names);
		if ((error = names_below(&names, ex, &prefix)) < 0)
			break;
		slash = strchr(path + prefix.len, '/');
		word = slash ? xstrndup(path, (size_t)(slash - path)) :
			       xstrdup(path);
		there = slash && strvec_contains(&names, word);
		nearest = there ? NULL : nearest_word(word, names.v);
		if (nearest)
			out->near = xstrdup(nearest);
		free(word);
		if (!there)
			break;
		strbuf_reset(&prefix);
		strbuf_add(&prefix, path, (size_t)(slash + 1 - path));
	}
	strbuf_release(&prefix);
	strvec_clear(&names);
	return error;
}

static void look_for_untracked(struct pare_sparse_explained *out,
			       struct pare_sparse_explain *ex,
			       const char *path)
{
	char *as_dir = xstrfmt("%s/", path);

	out->present = checkout_is_present(ex->co, path, strlen(path));
	out->is_dir = out->present &&
		      checkout_is_present(ex->co, as_dir, strlen(as_dir));
	if (out->present)
		out->what = PARE_SPARSE_UNTRACKED;
	free(as_dir);
}

int pare_sparse_explain(struct pare_sparse_explained *out,
			struct pare_sparse_explain *ex, const char *path)
{
	int error = 0;

	*out = (struct pare_sparse_explained){
		.verdict = PARE_SPARSE_OUT, .rule = PARE_SPARSE_RULE_NONE,
		.what = *path ? PARE_SPARSE_NOWHERE : PARE_SPARSE_DIRECTORY,
	};
	if (ex->index)
		error = *path ? find_in_index(out, ex, path) :
				look_below(out, ex, path);
	if (!error && out->what == PARE_SPARSE_NOWHERE)
		look_for_untracked(out, ex, path);
	if (!error && out->what == PARE_SPARSE_NOWHERE && ex->index)
		error = find_nearest(out, ex, path);
	if (error < 0) {
		pare_sparse_explained_release(out);
		return error;
	}
	out->is_dir |= out->what == PARE_SPARSE_DIRECTORY;
	if (!ex->enabled) {
		out->verdict = PARE_SPARSE_IN;
		out->rule = PARE_SPARSE_RULE_ALL;
	} else if (ex->is_cone) {
		judge_by_cone(out, ex, path);
	} else {
		judge_by_patterns(out, ex, path);
	}
	return 0;
}

void pare_sparse_explained_release(struct pare_sparse_explained *explained)
{
	free(explained->by);
	free(explained->near);
	explained->by = explained->near = NULL;
}
