/* SPDX-License-Identifier: MIT */
/* How much a selection is, from HEAD's trees, without reading a file. */
#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "repo/odb.h"
#include "repo/tree.h"
#include "sparse/operation.h"

struct measuring {
	struct pare_sparse_size *out;
	struct odb *odb;
	const struct hash_algo *algo;
	struct cone_walk walk;
	struct pattern_matcher matcher;
	bool cone;
	bool may_lack; /* a partial clone */
	const struct pare_progress *progress;
	uint64_t seen; /* files, also those that are out */
};

enum { TELL_EACH = 1 << 10 };

static int add_file(struct measuring *m, const struct tree_entry *entry)
{
	enum object_type type;
	struct oid oid;
	size_t size;
	int error = 0;

	/* It is an entry of the index as any other, but has no size. */
	m->out->files++;
	if (mode_is_gitlink(entry->mode))
		return 0;
	oid_read(&oid, entry->oid, m->algo);
	if (m->may_lack && !odb_has(m->odb, &oid))
		error = GIT_ENOTFOUND;
	else
		error = odb_read_header(&type, &size, m->odb, &oid);
	if (error == GIT_ENOTFOUND) {
		error_clear();
		m->out->unknown_files++;
		return 0;
	}
	if (!error)
		m->out->bytes += size;
	return error;
}

static int visit(const char *path, const struct tree_entry *entry, void *ctx)
{
	struct measuring *m = ctx;
	size_t len = strlen(path);
	bool in;

	if (mode_is_tree(entry->mode))
		return m->cone && cone_walk_dir(&m->walk, path, len - 1) ==
					  CONE_OUT;
	if (++m->seen % TELL_EACH == 0)
		pare_progress_update(m->progress, m->seen);
	in = m->cone ? cone_walk_dir(&m->walk, path, path_dir_len(path, len)) !=
			       CONE_OUT :
		       pattern_matcher_path(&m->matcher, path, len, false);
	return in ? add_file(m, entry) : 0;
}

static int walk_head(struct operation *op, struct pare_sparse_size *out)
{
	struct measuring m = { .out = out, .algo = op->repo->algo,
			       .cone = op->report->cone,
			       .may_lack = repo_has_promisor(op->repo),
			       .progress = op->req->progress };
	struct oid head;
	int error;

	if ((error = repo_head_tree(&head, op->repo)) < 0 ||
	    (error = repo_odb(&m.odb, op->repo)) < 0)
		return error;
	cone_walk_init(&m.walk, &op->cone);
	pattern_matcher_init(&m.matcher, &op->patterns);
	pare_progress_start(m.progress, "Counting files", 0);
	error = tree_walk(m.odb, m.algo, &head, visit, &m);
	pare_progress_stop(m.progress, !error);
	cone_walk_release(&m.walk);
	pattern_matcher_release(&m.matcher);
	return error;
}

int pare_sparse_measure(struct pare_sparse_size *out, struct pare_repo *repo,
			const struct pare_sparse_request *req)
{
	struct pare_sparse_report report;
	struct operation op = {
		.repo = repo, .req = req, .report = &report,
		.text = STRBUF_INIT, .cone = CONE_INIT,
	};
	int error = repo_check_format(repo);

	*out = (struct pare_sparse_size){ 0 };
	if (error < 0)
		return error;
	pare_sparse_report_init(&report);
	report.cone = req->cone != 0;
	op.ignore_case = pare_repo_config_bool(repo, "core.ignorecase", false);
	if (report.cone)
		error = target_choose(&op);
	else
		target_choose_patterns(&op);
	if (!error)
		error = walk_head(&op, out);
	cone_release(&op.cone);
	pattern_list_release(&op.patterns);
	strbuf_release(&op.text);
	pare_sparse_report_release(&report);
	return error;
}
