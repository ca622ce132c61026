/* SPDX-License-Identifier: MIT */
#include "sparse/staged.h"

#include <string.h>

#include "base/error.h"
#include "base/run.h"
#include "repo/odb.h"

/* The first record of TREE is the root: "\0<entries> <subtrees>\n<tree>". */
static bool index_is_head(const struct operation *op, const struct oid *head)
{
	size_t len;
	const uint8_t *tree = pare_index_extension(op->index, "TREE", &len);
	const uint8_t *lf;
	struct oid oid;

	if (!tree || len < 2 || tree[0] || tree[1] == '-')
		return false;
	lf = memchr(tree, '\n', len);
	if (!lf || (size_t)(tree + len - lf - 1) < op->repo->algo->raw_size)
		return false;
	oid_read(&oid, lf + 1, op->repo->algo);
	return oid_equal(&oid, head);
}

/* Both are in index order. */
static void intersect(struct operation *op, const struct strbuf *names)
{
	const struct checkout_list *gone = &op->plan.gone;
	const char *p = names->buf, *end = names->buf + names->len;
	size_t i = 0;

	while (p < end && i < gone->nr) {
		int cmp = strcmp(p, gone->item[i].path);

		if (!cmp && gone->item[i].status != PARE_PATH_MODIFIED)
			strvec_push(&op->report->staged, p);
		if (cmp >= 0)
			i++;
		if (cmp <= 0)
			p += strlen(p) + 1;
	}
}

int staged_find(struct operation *op)
{
	struct strbuf names = STRBUF_INIT;
	struct oid head;
	int error;

	if (!op->plan.gone.nr)
		return 0;
	error = repo_head_tree(&head, op->repo);
	if (error == GIT_EUNBORNBRANCH) {
		error_clear();
		return 0;
	}
	if (error < 0 || index_is_head(op, &head))
		return error;
	/* Without --no-relative a subdirectory would see only itself. */
	error = run_git_capture(&names, "--no-optional-locks", "diff-index",
				"--cached", "--no-relative", "--name-only",
				"--no-renames", "-z", "HEAD", "--", NULL);
	if (!error)
		intersect(op, &names);
	/* A tree of HEAD may be out of reach; git does not look at all. */
	if (error == GIT_ERROR) {
		strvec_pushf(&op->report->warnings, "cannot tell whether "
			     "staged changes leave: %s", error_message());
		error_clear();
		error = 0;
	}
	strbuf_release(&names);
	return error;
}
