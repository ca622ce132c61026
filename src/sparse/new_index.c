/* SPDX-License-Identifier: MIT */
#include "sparse/new_index.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/run.h"
#include "repo/odb.h"

/* A directory of its own: beside the other files, or elsewhere if not even
 * that may be touched. */
static int make_dir(char **out, const struct operation *op)
{
	const char *tmp = getenv("TMPDIR");
	char *inside, *name;
	int error;

	if (op->req->dry_run) {
		*out = xstrfmt("%s/pare-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	} else {
		name = xstrfmt("index.%ld.XXXXXX", (long)getpid());
		error = repo_pare_path(&inside, op->repo, name, true);
		free(name);
		if (error < 0)
			return error;
		*out = inside;
	}
	if (!mkdtemp(*out)) {
		error = error_errno("could not create %s", *out);
		free(*out);
		*out = NULL;
		return error;
	}
	return 0;
}

static enum tree_need need_all(void *ctx, const char *path, size_t len)
{
	(void)ctx;
	(void)path;
	(void)len;
	return TREE_NEED_ALL;
}

/* Trees that are not here come first, or read-tree would have them one by
 * one, and die without a word of its own when the remote is out of reach. */
static int fetch_head(struct operation *op, const struct oid *head)
{
	struct tree_root root = { "", *head };

	return repo_fetch_trees(op->repo, &root, 1, need_all, NULL,
				op->req->progress);
}

/* Names are refused by what our own index code refuses. */
static int read_head(const char *path)
{
	struct run run = RUN_INIT;
	int rc;

	strvec_pushl(&run.args, "-c", "core.sparseCheckout=false", "-c",
		     "core.splitIndex=false", "-c", "core.protectHFS=true",
		     "-c", "core.protectNTFS=true", "read-tree", "HEAD", NULL);
	strvec_pushf(&run.env, "GIT_INDEX_FILE=%s", path);
	rc = run_git(&run);
	if (rc > 0)
		return error_set(GIT_ERROR,
				 "could not read HEAD into an index");
	return rc;
}

int new_index_from_head(struct operation *op)
{
	struct oid head;
	char *dir;
	int error = repo_head_tree(&head, op->repo);

	if (error == GIT_EUNBORNBRANCH) {
		error_clear();
		return 0;
	}
	if (error < 0 || (error = fetch_head(op, &head)) < 0 ||
	    (error = make_dir(&dir, op)) < 0)
		return error;
	op->made_index = xstrfmt("%s/index", dir);
	free(dir);
	if ((error = read_head(op->made_index)) < 0)
		return error;
	return pare_index_open(&op->index, op->made_index, op->repo->algo);
}

void new_index_discard(struct operation *op)
{
	if (!op->made_index)
		return;
	unlink(op->made_index);
	*strrchr(op->made_index, '/') = '\0';
	rmdir(op->made_index);
	free(op->made_index);
	op->made_index = NULL;
}
