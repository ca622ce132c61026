/* SPDX-License-Identifier: MIT */
/* The selection that a request asks for. */
#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "base/quote.h"
#include "repo/odb.h"
#include "repo/tree.h"
#include "sparse/operation.h"
#include "sparse/split.h"

/* With trees that are not here, or not to be read here, anything may be. */
static int in_tree(bool *out, struct pare_repo *repo, const struct oid *tree,
		   const char *path)
{
	struct odb *odb;
	struct oid oid;
	uint32_t mode;
	int error = repo_odb(&odb, repo);

	if (!error)
		error = tree_lookup(&oid, &mode, odb, repo->algo, tree, path);
	/* A file is somewhere too; who says --skip-checks means it. */
	*out = error != GIT_ENOTFOUND;
	if (error == GIT_ENOTFOUND || error == PARE_EMISSING ||
	    error == PARE_EHANDOVER) {
		error_clear();
		error = 0;
	}
	return error;
}

/* Of the entry before: is it a sparse directory above, and has it this? */
static int in_sparse_dir(bool *out, struct pare_repo *repo,
			 const struct pare_index_entry *entry,
			 const char *prefix)
{
	struct oid tree;

	if (!pare_index_is_sparse_dir(entry) ||
	    strncmp(prefix, entry->name, entry->name_len))
		return 0;
	oid_read(&tree, entry->oid, repo->algo);
	return in_tree(out, repo, &tree, prefix + entry->name_len);
}

/* Does any entry lie below `dir`, one in a sparse directory too? */
static int in_index(bool *out, struct pare_repo *repo,
		    const struct pare_index *index, const char *dir)
{
	struct strbuf prefix = STRBUF_INIT;
	struct pare_index_iter iter;
	struct pare_index_entry entry;
	uint32_t pos;
	int error = 0;

	strbuf_addf(&prefix, "%s/", dir);
	*out = false;
	pos = pare_index_lower_bound(index, prefix.buf, prefix.len);
	pare_index_iter_init(&iter, index);
	if (pos < pare_index_nr(index)) {
		error = pare_index_entry_at(&entry, &iter, pos);
		if (error >= 0)
			*out = entry.name_len >= prefix.len &&
			       !memcmp(entry.name, prefix.buf, prefix.len);
	}
	if (error >= 0 && !*out && pos) {
		error = pare_index_entry_at(&entry, &iter, pos - 1);
		if (error >= 0)
			error = in_sparse_dir(out, repo, &entry, prefix.buf);
	}
	pare_index_iter_release(&iter);
	strbuf_release(&prefix);
	return error < 0 ? error : 0;
}

/* Is there an entry that is exactly this, and a file? */
static int is_index_file(bool *out, const struct pare_index *index,
			 const char *path)
{
	struct pare_index_iter iter;
	struct pare_index_entry entry;
	int found;

	pare_index_iter_init(&iter, index);
	found = pare_index_find(&entry, &iter, path, strlen(path));
	*out = found > 0 && !pare_index_is_sparse_dir(&entry);
	pare_index_iter_release(&iter);
	return found < 0 ? found : 0;
}

static int tell_file(struct operation *op, const char *word)
{
	if (op->report->cone)
		return error_set(GIT_EINVALID,
				 "'%s' is not a directory; to treat it as a "
				 "directory anyway, rerun with --skip-checks",
				 word);
	strvec_pushf(&op->report->warnings,
		     "pass a leading slash before paths such as '%s' if you "
		     "want a single file (see NON-CONE PROBLEMS in the "
		     "git-sparse-checkout manual).", word);
	return 0;
}

int target_check_words(struct operation *op)
{
	const struct strvec *words = &op->req->words;
	bool is_file;
	int error = 0;

	/* Without an index nothing is a file. */
	if (!op->index || op->made_index)
		return 0;
	for (size_t i = 0; i < words->nr && !error; i++) {
		error = is_index_file(&is_file, op->index, words->v[i]);
		if (!error && is_file)
			error = tell_file(op, words->v[i]);
	}
	return error;
}

static int in_head(bool *out, struct pare_repo *repo, const char *dir)
{
	struct oid head;
	int error;

	*out = false;
	error = repo_head_tree(&head, repo);
	if (error == GIT_EUNBORNBRANCH) {
		error_clear();
		return 0;
	}
	/* Not to be read here: git takes any name. */
	if (error == PARE_EHANDOVER) {
		error_clear();
		*out = true;
		return 0;
	}
	return error < 0 ? error : in_tree(out, repo, &head, dir);
}

/* The directory beside `dir` whose name is nearest, or "". */
static int add_nearest(struct operation *op, const char *dir)
{
	struct strvec beside = STRVEC_INIT;
	struct strbuf parent = STRBUF_INIT;
	const char *nearest;
	int error;

	strbuf_add(&parent, dir, path_dir_len(dir, strlen(dir)));
	error = split_children(&beside, parent.buf, op->repo, op->index);
	nearest = error < 0 ? NULL : nearest_word(dir, beside.v);
	strvec_push(&op->report->missing_near, nearest ? nearest : "");
	strbuf_release(&parent);
	strvec_clear(&beside);
	return error;
}

static int look_for_dirs(struct operation *op)
{
	struct strvec *missing = &op->report->missing_dirs;
	int error = 0;

	for (size_t i = 0; i < op->req->dirs.nr && !error; i++) {
		const char *dir = op->req->dirs.v[i];
		bool there = false;

		if (op->index)
			error = in_index(&there, op->repo, op->index, dir);
		if (!error && !there)
			error = in_head(&there, op->repo, dir);
		if (!error && !there) {
			strvec_push(missing, dir);
			error = add_nearest(op, dir);
		}
	}
	return error;
}

static int find_missing(struct operation *op)
{
	struct strvec *missing = &op->report->missing_dirs;
	const char *near;
	int error;

	/* A new work tree has no index; HEAD will be what is in it. */
	if ((!op->index && !op->req->is_first) || op->ignore_case)
		return 0;
	error = look_for_dirs(op);
	if (error < 0 || !op->req->strict || !missing->nr)
		return error;
	error_set(GIT_ENOTFOUND, "'%s' is no directory of HEAD or the index",
		  quoted(missing->v[0]));
	near = op->report->missing_near.v[0];
	if (*near)
		error_hint("did you mean '%s'?", quoted(near));
	return GIT_ENOTFOUND;
}

static int take_out(struct operation *op, const struct strvec *dirs)
{
	const struct split split = { op->repo, op->index, op->ignore_case };
	int error = 0;

	for (size_t i = 0; i < dirs->nr && !error; i++)
		error = split_remove(&op->report->dirs_after, dirs->v[i],
				     &split, &op->report->warnings);
	return error;
}

static int take_steps(struct operation *op)
{
	const struct split split = { op->repo, op->index, op->ignore_case };
	struct strvec *after = &op->report->dirs_after;
	struct strvec unsaid = STRVEC_INIT;
	int error = 0;

	for (size_t i = 0; i < op->req->steps.nr && !error; i++) {
		const char *step = op->req->steps.v[i];

		if (*step == '+') {
			strvec_push(after, step + 1);
			strvec_sort(after);
			strvec_uniq(after);
		} else {
			error = split_remove(after, step + 1, &split,
					     &unsaid);
		}
	}
	strvec_clear(&unsaid);
	return error;
}

/* Selected directories without those below another. */
static void reduce(struct operation *op)
{
	struct strvec *after = &op->report->dirs_after;

	/* Where case does not count, what is said now is how it is spelled. */
	for (size_t i = 0; i < op->req->dirs.nr; i++)
		if (strvec_search(after, op->req->dirs.v[i]) >= 0)
			cone_add(&op->cone, op->req->dirs.v[i]);
	for (size_t i = 0; i < after->nr; i++)
		cone_add(&op->cone, after->v[i]);
	strvec_clear(after);
	cone_list(&op->cone, CONE_IN, after);
}

int target_choose(struct operation *op)
{
	const struct pare_sparse_request *req = op->req;
	struct strvec *after = &op->report->dirs_after;
	bool sets = req->action == PARE_SPARSE_SET || req->is_whole;
	int error = 0;

	op->cone.ignore_case = op->ignore_case;
	if (req->action == PARE_SPARSE_DISABLE) {
		op->cone.full = true;
		return 0;
	}
	if (!sets && op->before.is_cone)
		cone_list_all(&op->before.cone, after);
	if (!sets && !op->write_patterns) {
		/* The file as it is, also if it is a strange cone. */
		op->cone = op->before.cone;
		op->before.cone = (struct cone)CONE_INIT;
		return 0;
	}
	if (sets || req->action == PARE_SPARSE_ADD) {
		strvec_push_all(after, &req->dirs);
		if ((error = find_missing(op)) < 0)
			return error;
	}
	strvec_sort(after);
	strvec_uniq(after);
	if (!sets && req->action == PARE_SPARSE_REMOVE)
		error = take_out(op, &req->dirs);
	if (!error)
		error = take_steps(op);
	if (!error)
		reduce(op);
	return error;
}

static void choose_lines(struct operation *op)
{
	const struct strvec *dirs = &op->req->dirs;
	struct strvec *after = &op->report->dirs_after;
	enum pare_sparse_action action =
		op->req->is_whole ? PARE_SPARSE_SET : op->req->action;

	if (action != PARE_SPARSE_SET)
		strvec_push_all(after, &op->before.lines);
	for (size_t i = after->nr; i-- > 0;)
		if (action == PARE_SPARSE_REMOVE &&
		    strvec_contains(dirs, after->v[i]))
			strvec_remove(after, i);
	if (action == PARE_SPARSE_SET || action == PARE_SPARSE_ADD)
		strvec_push_all(after, dirs);
	/* Nothing asked for is the files in the root, as in a cone. */
	if (op->write_patterns && !after->nr)
		strvec_pushl(after, "/*", "!/*/", NULL);
}

void target_choose_patterns(struct operation *op)
{
	struct strvec *after = &op->report->dirs_after;

	choose_lines(op);
	pattern_list_parse(&op->patterns, "", 0, op->ignore_case);
	for (size_t i = 0; i < after->nr; i++) {
		const char *line = after->v[i];

		strbuf_addf(&op->text, "%s\n", line);
		pattern_list_add(&op->patterns, line, strlen(line));
	}
}

int pare_sparse_find_missing(struct strvec *missing, struct strvec *near,
			     struct pare_repo *repo, const struct strvec *dirs)
{
	struct pare_sparse_request req = PARE_SPARSE_REQUEST_INIT;
	struct pare_sparse_report report;
	struct operation op = { .repo = repo, .req = &req, .report = &report };
	struct oid head;
	int error;

	pare_sparse_report_init(&report);
	error = pare_index_open(&op.index, pare_repo_index_path(repo),
				repo->algo);
	if (error == GIT_ENOTFOUND) {
		error_clear();
		error = repo_head_tree(&head, repo);
	}
	if (!error && !pare_repo_config_bool(repo, "core.ignorecase", false)) {
		strvec_push_all(&req.dirs, dirs);
		error = look_for_dirs(&op);
	}
	if (error == GIT_EUNBORNBRANCH) {
		error_clear();
		error = 0;
	}
	strvec_push_all(missing, &report.missing_dirs);
	strvec_push_all(near, &report.missing_near);
	pare_index_close(op.index);
	pare_sparse_request_release(&req);
	pare_sparse_report_release(&report);
	return error;
}
