/* SPDX-License-Identifier: MIT */
#include "checkout/scratch.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/lockfile.h"
#include "base/path.h"
#include "checkout/room.h"

void scratch_init(struct scratch *s, struct checkout *co)
{
	*s = (struct scratch){
		.co = co, .feed = STRBUF_INIT, .paths = STRBUF_INIT,
		.top = co->repo->worktree,
	};
}

void scratch_release(struct scratch *s)
{
	if (s->temp)
		tempfile_delete(s->temp);
	strbuf_release(&s->feed);
	strbuf_release(&s->paths);
	free(s->path);
	*s = (struct scratch){ .feed = STRBUF_INIT, .paths = STRBUF_INIT };
}

void scratch_add(struct scratch *s, uint32_t mode, const uint8_t *oid,
		 const char *path, size_t len)
{
	const struct hash_algo *algo = s->co->repo->algo;
	struct oid o;

	oid_read(&o, oid, algo);
	strbuf_addf(&s->feed, "%o %s\t", mode, oid_hex(&o, algo));
	strbuf_add(&s->feed, path, len);
	strbuf_addch(&s->feed, '\0');
}

static bool is_named(const struct pare_index_entry *e, const char *name,
		     size_t len)
{
	return e->name_len >= len &&
	       !memcmp(e->name + e->name_len - len, name, len) &&
	       (e->name_len == len || e->name[e->name_len - len - 1] == '/');
}

static bool is_written(const struct checkout_list *list, const char *path)
{
	size_t low = 0, high = list ? list->nr : 0;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int cmp = strcmp(path, list->item[mid].path);

		if (!cmp)
			return item_is_for_git(&list->item[mid]);
		if (cmp < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return false;
}

int scratch_add_named(struct scratch *s, const char *name, bool skipped,
		      const struct checkout_list *list)
{
	struct pare_index_iter iter;
	struct pare_index_entry e;
	size_t len = strlen(name);
	int error;

	if (!s->co->index)
		return 0;
	pare_index_iter_init(&iter, s->co->index);
	while ((error = pare_index_next(&e, &iter)) > 0) {
		if (!is_named(&e, name, len) || pare_index_stage(&e) ||
		    !path_is_safe(e.name, e.name_len))
			continue;
		scratch_add(s, e.mode, e.oid, e.name, e.name_len);
		if (skipped && !is_written(list, e.name))
			strbuf_add(&s->paths, e.name, e.name_len + 1);
	}
	pare_index_iter_release(&iter);
	return error;
}

void scratch_run_init(const struct scratch *s, struct run *run)
{
	const struct pare_repo *repo = s->co->repo;
	static const char *const plain[] = {
		"core.hooksPath=/dev/null", "core.fsmonitor=false",
		"core.splitIndex=false", "core.untrackedCache=false",
		"core.sparseCheckout=false", "index.sparse=false",
	};

	*run = (struct run)RUN_INIT;
	run->dir = s->top;
	strvec_pushf(&run->env, "GIT_DIR=%s", repo->git_dir);
	strvec_pushf(&run->env, "GIT_WORK_TREE=%s", s->top);
	strvec_pushf(&run->env, "GIT_INDEX_FILE=%s", s->path);
	strvec_push(&run->env, "LC_ALL=C");
	for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
		strvec_pushl(&run->args, "-c", plain[i], NULL);
}

static int feed_git(struct scratch *s, const struct strbuf *in,
		    const char *what)
{
	struct strbuf err = STRBUF_INIT;
	struct run run;
	int rc;

	scratch_run_init(s, &run);
	strvec_pushl(&run.args, "update-index", "-z", what, NULL);
	if (strcmp(what, "--index-info"))
		strvec_push(&run.args, "--stdin");
	run.in = in->buf;
	run.in_len = in->len;
	run.err = &err;
	rc = run_git(&run);
	if (rc > 0) {
		strbuf_rtrim(&err);
		rc = error_set(GIT_ERROR, "git update-index failed: %s",
			       err.buf);
	}
	strbuf_release(&err);
	return rc;
}

int scratch_make(struct scratch *s)
{
	static unsigned serial;
	struct strbuf path = STRBUF_INIT;
	char *dir = NULL;
	int error;

	error = repo_pare_path(&dir, s->co->repo, "", true);
	if (error < 0)
		goto done;
	strbuf_addstr(&path, dir);
	path_append(&path, "");
	strbuf_addf(&path, "index.%ld.%u", (long)getpid(), serial++);
	unlink(path.buf);
	s->temp = tempfile_register(path.buf);
	s->path = strbuf_detach(&path, NULL);
	/* Nothing to put in makes no file, which git takes as empty. */
	if (s->feed.len)
		error = feed_git(s, &s->feed, "--index-info");
	if (error >= 0 && s->paths.len)
		error = feed_git(s, &s->paths, "--skip-worktree");
done:
	free(dir);
	strbuf_release(&path);
	return error;
}
