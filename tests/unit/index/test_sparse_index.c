/* SPDX-License-Identifier: MIT */
/* Sparse directories: what git makes of the same index for the same cone. */
#include "unit/index/fixture.h"

#include "base/path.h"
#include "index/cache_tree.h"
#include "index/map.h"
#include "index/sparse_index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The cone of a test, and the repository that the trees are read from. */
struct cone {
	const char *const *dir;
	const char *algo;
	struct strbuf tree;
};

static enum index_dir_place place(void *ctx, const char *dir, size_t len)
{
	const struct cone *cone = ctx;

	for (const char *const *d = cone->dir; *d; d++) {
		size_t n = strlen(*d);

		if (n + 1 <= len && !memcmp(dir, *d, n) && dir[n] == '/')
			return INDEX_DIR_IN;
		if (len <= n && !memcmp(*d, dir, len))
			return INDEX_DIR_PARENT;
	}
	return INDEX_DIR_OUTSIDE;
}

static enum index_dir_place everywhere(void *ctx, const char *dir, size_t len)
{
	(void)ctx;
	(void)dir;
	(void)len;
	return INDEX_DIR_IN;
}

static int read_tree(void *ctx, const struct oid *oid, const void **data,
		     size_t *len)
{
	struct cone *cone = ctx;

	sh("git -C r cat-file tree %s >tree.raw",
	   oid_hex(oid, hash_algo_by_name(cone->algo)));
	strbuf_reset(&cone->tree);
	assert_int_equal(strbuf_read_file(&cone->tree, "tree.raw", 1 << 20),
			 0);
	*data = cone->tree.buf;
	*len = cone->tree.len;
	return 0;
}

static void reshape(const char *from, const char *to, struct cone *cone,
		    bool collapse, bool everything)
{
	const struct hash_algo *algo = hash_algo_by_name(cone->algo);
	struct index_sparse_ops ops = {
		.place = everything ? everywhere : place,
		.read_tree = read_tree, .ctx = cone,
	};
	struct index_write_options opts = { .worktree = "r",
					    .sparse = !everything,
					    .expand = everything };
	struct index_edits edits = INDEX_EDITS_INIT;
	struct strbuf tree = STRBUF_INIT;
	struct lockfile lock = LOCKFILE_INIT;
	struct pare_index *index;

	assert_int_equal(pare_index_open(&index, from, algo), 0);
	assert_int_equal(collapse ? index_collapse(&edits, &tree, index, &ops) :
				    index_expand(&edits, &tree, index, &ops),
			 0);
	opts.tree = tree.len ? tree.buf : NULL;
	opts.tree_len = tree.len;
	assert_int_equal(lockfile_hold(&lock, to), 0);
	if (index_write(index, &edits, &lock, algo, &opts) < 0)
		fail_msg("%s", error_message());
	assert_int_equal(lockfile_commit(&lock), 0);
	index_edits_release(&edits);
	strbuf_release(&tree);
	strbuf_release(&cone->tree);
	pare_index_close(index);
}

static const struct {
	const char *name;       /* arguments of git sparse-checkout */
	const char *const dir[4];
} cones[] = {
	{ "", { NULL } },
	{ "a", { "a", NULL } },
	{ "a/b", { "a/b", NULL } },
	{ "a/b/c deep/one", { "a/b/c", "deep/one", NULL } },
	{ "deep a-b", { "deep", "a-b", NULL } },
	{ "nowhere/at/all", { "nowhere/at/all", NULL } },
};

/* make_repo's, with wider directories and one that holds a submodule. */
static void make_wide_repo(const struct index_kind *kind)
{
	sh("rm -rf r");
	make_repo("r", kind);
	sh("cd r && for d in zebra z/yy/x z/y/x z/xxx/sub other/n1 other/nn; "
	   "do mkdir -p $d; echo $d >$d/f; touch -h -d 2020-01-01 $d/f; done &&"
	   "mkdir sub other/nn/mod && "
	   "git add . && git update-index --add --cacheinfo "
	   "160000,$(git hash-object root),other/nn/mod && "
	   "git commit -qm two && git reset -q --hard && "
	   "git config index.threads 1 && sleep 0.01");
}

static void collapsing_gives_the_bytes_of_git(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(index_kinds); i++) {
		make_wide_repo(&index_kinds[i]);
		for (size_t k = 0; k < ARRAY_SIZE(cones); k++) {
			struct cone cone = { cones[k].dir,
					     index_kinds[i].algo,
					     STRBUF_INIT };

			sh("cd r && git sparse-checkout set --cone "
			   "--no-sparse-index %s && git status --porcelain && "
			   "cp -p .git/index .git/full.idx && "
			   "git sparse-checkout reapply --sparse-index && "
			   "git ls-files --sparse | grep -q /$",
			   cones[k].name);
			reshape("r/.git/full.idx", "r/.git/our.idx", &cone,
				true, false);
			sh("cmp r/.git/index r/.git/our.idx");
		}
	}
}

static void expanding_all_gives_the_bytes_of_git(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(index_kinds); i++) {
		make_wide_repo(&index_kinds[i]);
		for (size_t k = 0; k < ARRAY_SIZE(cones); k++) {
			struct cone cone = { cones[k].dir,
					     index_kinds[i].algo,
					     STRBUF_INIT };

			sh("cd r && git sparse-checkout set --cone "
			   "--sparse-index %s && "
			   "cp -p .git/index .git/sparse.idx && "
			   "git sparse-checkout reapply --no-sparse-index",
			   cones[k].name);
			reshape("r/.git/sparse.idx", "r/.git/our.idx", &cone,
				false, true);
			sh("cmp r/.git/index r/.git/our.idx");
		}
	}
}

/* From nothing to a cone: no more than the cone needs, and git agrees. */
static void expanding_reaches_only_the_cone(void **state)
{
	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(cones); k++) {
		struct cone cone = { cones[k].dir, "sha1", STRBUF_INIT };

		make_wide_repo(&index_kinds[k % 2]);
		sh("cd r && git sparse-checkout set --cone --sparse-index && "
		   "cp -p .git/index .git/sparse.idx && "
		   "git sparse-checkout set %s", cones[k].name);
		reshape("r/.git/sparse.idx", "r/.git/our.idx", &cone, false,
			false);
		assert_text(sh("cd r && GIT_INDEX_FILE=.git/our.idx git "
			       "ls-files --sparse -s"),
			    sh("cd r && git ls-files --sparse -s"));
		sh("cd r && test $(GIT_INDEX_FILE=.git/our.idx "
		   "git write-tree) = $(git rev-parse HEAD^{tree})");
		/* and TREE is one git takes as it is */
		reshape("r/.git/our.idx", "r/.git/again.idx", &cone, true,
			false);
		sh("cmp r/.git/our.idx r/.git/again.idx");
		assert_fsck("r");
	}
}

static void what_may_not_be_hidden_stays(void **state)
{
	static const char *const none[] = { NULL };
	struct cone cone = { none, "sha1", STRBUF_INIT };

	(void)state;
	make_wide_repo(&index_kinds[0]);
	sh("cd r && git sparse-checkout set --cone --no-sparse-index && "
	   "git update-index --no-skip-worktree a/b/c/h5 && git write-tree && "
	   "cp .git/index .git/some.idx && "
	   "for s in 1 2 3; do echo \"100644 $(git rev-parse HEAD:root) $s	z/u\"; "
	   "done | git update-index --index-info && "
	   "cp .git/index .git/unmerged.idx");
	reshape("r/.git/some.idx", "r/.git/our.idx", &cone, true, false);
	assert_text(sh("cd r && GIT_INDEX_FILE=.git/our.idx "
		       "git -c index.sparse=true ls-files --sparse -t | "
		       "grep -v -e /h -e /g -e /f[1-9]"),
		    "S a-b/\nS a/.gitattributes\nS deep/\n"
		    "H link\nS other/n1/\nS other/nn/f\nS other/nn/mod\n"
		    "H root\nH run\nH sub\n"
		    "S z/\nS zebra/\n");
	reshape("r/.git/unmerged.idx", "r/.git/our.idx", &cone, true, false);
	assert_text(sh("cd r && GIT_INDEX_FILE=.git/our.idx "
		       "git -c index.sparse=true ls-files --sparse | "
		       "grep -c /$ || true"), "0\n");
}

static void applying_in_memory_reads_like_a_file(void **state)
{
	struct index_write_options opts = { .worktree = "r" };
	struct index_edits edits = INDEX_EDITS_INIT;
	struct pare_index *index, *next;

	(void)state;
	make_repo("r", &index_kinds[1]);
	assert_int_equal(pare_index_open(&index, "r/.git/index", &hash_sha1),
			 0);
	index_edit_flags(&edits, 0, 3, PARE_INDEX_SKIP_WORKTREE, 0);
	index_edit_remove(&edits, 4, true);
	assert_int_equal(index_apply(&next, index, &edits, &opts), 0);
	assert_int_equal(pare_index_nr(next), pare_index_nr(index) - 1);
	assert_int_equal(pare_index_facts(next)->nr_skipped, 3);
	pare_index_close(next);
	index_edits_release(&edits);
	/* what would be out of order is not accepted */
	index_edit_insert(&edits, 0, &(struct index_new_entry){
			.name = "zzz", .name_len = 3, .mode = 0100644 }, true);
	assert_int_equal(index_apply(&next, index, &edits, &opts),
			 GIT_EINVALID);
	assert_null(next);
	index_edits_release(&edits);
	pare_index_close(index);
}

static void broken_trees_are_refused(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} cases[] = {
		{ "\0-1 0\nx", 7 },    { "\0-2 0\n", 6 }, { "\0-1 1\n", 6 },
		{ "\0" "1 0\nshort", 10 }, { "", 0 },     { "x\0-1 0\n", 7 },
		{ "\0-1 99999999999\n", 16 }, { "\0-1 1\n\0-1 0\n", 12 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cache_tree ct;

		assert_int_equal(cache_tree_parse(
			&ct, (const uint8_t *)cases[i].text, cases[i].len,
			&hash_sha1), GIT_EINVALID);
		cache_tree_release(&ct);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(collapsing_gives_the_bytes_of_git),
		sandbox_test(expanding_all_gives_the_bytes_of_git),
		sandbox_test(expanding_reaches_only_the_cone),
		sandbox_test(what_may_not_be_hidden_stays),
		sandbox_test(applying_in_memory_reads_like_a_file),
		cmocka_unit_test(broken_trees_are_refused),
	};

	return cmocka_run_group_tests_name("sparse index", tests, NULL, NULL);
}
