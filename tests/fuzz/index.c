/* SPDX-License-Identifier: MIT */
/* Bytes as an index: what is read is written again and must read the same. */
#include "fuzz.h"

#include "base/error.h"
#include "index/edit.h"
#include "index/map.h"
#include "index/sparse_index.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void must(bool truth)
{
	if (!truth)
		abort();
}

/* Flags of the first entry, stat data of the second, the third goes. */
static void edit(struct index_edits *edits, uint32_t nr)
{
	static const struct index_stat st = { .mtime_s = 1, .size = 3 };

	if (nr > 0)
		index_edit_flags(edits, 0, 1, PARE_INDEX_SKIP_WORKTREE, 0);
	if (nr > 1)
		index_edit_stat(edits, 1, &st);
	if (nr > 2)
		index_edit_remove(edits, 2, true);
}

static void compare(const struct pare_index *before,
		    const struct pare_index *after)
{
	struct pare_index_iter a, b;
	struct pare_index_entry x, y;

	pare_index_iter_init(&a, before);
	pare_index_iter_init(&b, after);
	while (pare_index_next(&x, &a) > 0) {
		if (x.pos == 2)
			continue;
		must(pare_index_next(&y, &b) == 1);
		must(!strcmp(x.name, y.name) && x.mode == y.mode);
		must(!memcmp(x.oid, y.oid, before->algo->raw_size));
		must(!x.pos || x.extended == y.extended);
		must(pare_index_lower_bound(after, y.name, y.name_len) <=
		     y.pos);
	}
	must(!pare_index_next(&y, &b));
	pare_index_iter_release(&a);
	pare_index_iter_release(&b);
}

static void write_again(const struct pare_index *index, uint32_t version)
{
	struct index_write_options opts = { .version = version };
	struct lockfile lock = { .fd = memfd_create("index", 0) };
	struct index_edits edits = INDEX_EDITS_INIT;
	struct pare_index *after;
	size_t len;
	char *data;

	edit(&edits, index->nr);
	must(!index_write(index, &edits, &lock, index->algo, &opts));
	len = (size_t)lseek(lock.fd, 0, SEEK_END);
	data = malloc(len);
	must(data && pread(lock.fd, data, len, 0) == (ssize_t)len);
	must(!index_open_mem(&after, data, len, index->algo, 1, 0));
	must(!pare_index_verify(after));
	compare(index, after);
	pare_index_close(after);
	free(data);
	close(lock.fd);
	index_edits_release(&edits);
}

static enum index_dir_place outside(void *ctx, const char *dir, size_t len)
{
	(void)ctx;
	must(len > 0 && dir[len - 1] == '/');
	return INDEX_DIR_OUTSIDE;
}

/* Whatever TREE says, what comes out is an index. */
static void collapse(const struct pare_index *index)
{
	struct index_sparse_ops ops = { .place = outside };
	struct index_write_options opts = { .sparse = true };
	struct index_edits edits = INDEX_EDITS_INIT;
	struct strbuf tree = STRBUF_INIT;
	struct pare_index *after;

	must(!index_collapse(&edits, &tree, index, &ops));
	opts.tree = tree.len ? tree.buf : NULL;
	opts.tree_len = tree.len;
	must(!index_apply(&after, index, &edits, &opts));
	pare_index_close(after);
	strbuf_release(&tree);
	index_edits_release(&edits);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct hash_algo *const algo[] = { &hash_sha1,
							&hash_sha256 };
	struct pare_index *index;

	for (size_t i = 0; i < 2; i++) {
		if (index_open_mem(&index, data, size, algo[i], 1, 0) < 0)
			continue;
		write_again(index, 0);
		write_again(index, index->version == 4 ? 2 : 4);
		collapse(index);
		pare_index_close(index);
	}
	error_clear();
	return 0;
}
