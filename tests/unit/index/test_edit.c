/* SPDX-License-Identifier: MIT */
/* Writing: the bytes git writes for the same change, and a naive model. */
#include "unit/index/fixture.h"

#include "base/bytes.h"
#include "index/edit.h"
#include "index/map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHA(kind) hash_algo_by_name((kind)->algo)

static const struct index_write_options plain = { .worktree = "r" };

static uint32_t pos_of(const struct pare_index *index, const char *name)
{
	return pare_index_lower_bound(index, name, strlen(name));
}

static void write_edits(const char *path, const struct hash_algo *algo,
			const struct pare_index *index,
			struct index_edits *edits,
			const struct index_write_options *opts)
{
	struct lockfile lock = LOCKFILE_INIT;

	assert_int_equal(lockfile_hold(&lock, path), 0);
	if (index_write(index, edits, &lock, algo, opts) < 0)
		fail_msg("%s", error_message());
	assert_int_equal(lockfile_commit(&lock), 0);
	index_edits_release(edits);
}

/*
 * Let git do `script` on a copy of the index and the edits that `make` gives
 * on another; both files must be equal to the last byte. `tree_too` false:
 * but for TREE, which git forgets when update-index sets a flag (and keeps in
 * sparse-checkout, as we do), and the checksum.
 */
static void assert_as_git_writes(const struct index_kind *kind,
				 const char *script,
				 void (*make)(struct index_edits *edits,
					      const struct pare_index *index),
				 bool tree_too)
{
	struct index_edits edits = INDEX_EDITS_INIT;
	struct pare_index *index, *git, *ours;

	sh("cp -p r/.git/index r/.git/git.idx && "
	   "cp -p r/.git/index r/.git/our.idx && "
	   "cd r && export GIT_INDEX_FILE=.git/git.idx && %s", script);
	assert_int_equal(pare_index_open(&index, "r/.git/our.idx", SHA(kind)),
			 0);
	make(&edits, index);
	write_edits("r/.git/our.idx", SHA(kind), index, &edits, &plain);
	pare_index_close(index);
	if (tree_too) {
		sh("cmp r/.git/git.idx r/.git/our.idx");
		return;
	}
	assert_int_equal(pare_index_open(&git, "r/.git/git.idx", SHA(kind)), 0);
	assert_int_equal(pare_index_open(&ours, "r/.git/our.idx", SHA(kind)),
			 0);
	assert_int_equal(pare_index_verify(ours), 0);
	assert_int_equal(ours->entries_end, git->entries_end);
	assert_memory_equal(ours->data, git->data, git->entries_end);
	pare_index_close(git);
	pare_index_close(ours);
}

static void skip_some(struct index_edits *edits, const struct pare_index *index)
{
	index_edit_flags(edits, pos_of(index, "a/b/c/h1"), 2,
			 PARE_INDEX_SKIP_WORKTREE, 0);
	index_edit_flags(edits, pos_of(index, "a/f2"), 1,
			 PARE_INDEX_SKIP_WORKTREE, 0);
}

static void unskip_one(struct index_edits *edits, const struct pare_index *index)
{
	index_edit_flags(edits, pos_of(index, "a/b/c/h2"), 1, 0,
			 PARE_INDEX_SKIP_WORKTREE);
}

static void unskip_all(struct index_edits *edits, const struct pare_index *index)
{
	index_edit_flags(edits, 0, pare_index_nr(index), 0,
			 PARE_INDEX_SKIP_WORKTREE);
}

static void remove_some(struct index_edits *edits,
			const struct pare_index *index)
{
	index_edit_remove(edits, pos_of(index, "a-b/x"), true);
	index_edit_remove(edits, pos_of(index, "a/b/c/h3"), true);
	index_edit_remove(edits, pos_of(index, "a/b/c/h4"), true);
	index_edit_remove(edits, pos_of(index, "sub"), true);
}

static void insert_some(struct index_edits *edits,
			const struct pare_index *index)
{
	static const char *const name[] = { "a/b/c/h10", "a/new", "zz" };

	for (size_t i = 0; i < ARRAY_SIZE(name); i++) {
		struct index_new_entry e = { .name = name[i],
					     .name_len = strlen(name[i]),
					     .mode = 0100644 };

		hash_object(&e.oid, index->algo, "blob", "r\n", 2);
		index_edit_insert(edits, pos_of(index, name[i]), &e, true);
	}
}

static void the_bytes_are_those_of_git(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(index_kinds); i++) {
		const struct index_kind *kind = &index_kinds[i];

		sh("rm -rf r");
		make_repo("r", kind);
		assert_as_git_writes(kind, "git update-index --skip-worktree "
				     "a/b/c/h1 a/b/c/h2 a/f2", skip_some,
				     false);
		assert_as_git_writes(kind, "git rm -q --cached a-b/x a/b/c/h3 "
				     "a/b/c/h4 sub", remove_some, true);
		assert_as_git_writes(kind, "for f in a/b/c/h10 a/new zz; do "
				     "git update-index --add --cacheinfo "
				     "100644,$(git hash-object root),$f; done",
				     insert_some, true);
		sh("cd r && git update-index --skip-worktree a/b/c/h1 "
		   "a/b/c/h2 a/f2 && git write-tree");
		assert_as_git_writes(kind, "git update-index "
				     "--no-skip-worktree a/b/c/h2",
				     unskip_one, false);
		assert_as_git_writes(kind, "git update-index "
				     "--no-skip-worktree a/b/c/h1 a/b/c/h2 "
				     "a/f2", unskip_all, false);
		assert_as_git_writes(kind, "git rm -q --cached --sparse "
				     "a-b/x a/b/c/h3 a/b/c/h4 sub",
				     remove_some, true);
	}
}

/* An entry of the naive model: all of it, spelled out. */
struct model_entry {
	char *name;
	uint32_t mode;
	struct oid oid;
	uint16_t flags, extended;
	struct index_stat stat;
};

struct model {
	struct model_entry *entry;
	size_t nr, alloc;
};

static void model_add(struct model *m, const char *name,
		      const struct model_entry *e)
{
	ALLOC_GROW(m->entry, m->nr + 1, m->alloc);
	m->entry[m->nr] = *e;
	m->entry[m->nr++].name = xstrdup(name);
}

static void model_release(struct model *m)
{
	for (size_t i = 0; i < m->nr; i++)
		free(m->entry[i].name);
	free(m->entry);
}

static void model_of(struct model_entry *out, const struct pare_index_entry *e,
		     const struct hash_algo *algo)
{
	memset(out, 0, sizeof(*out));
	out->mode = e->mode;
	out->flags = e->flags & (PARE_INDEX_ASSUME_VALID |
				 PARE_INDEX_STAGE_MASK);
	out->extended = e->extended;
	oid_read(&out->oid, e->oid, algo);
	index_stat_read(&out->stat, e->stat);
}

static void assert_is_model(const struct pare_index *index,
			    const struct model *m)
{
	struct pare_index_iter iter;
	struct pare_index_entry e;
	size_t i = 0;

	assert_int_equal(pare_index_nr(index), m->nr);
	pare_index_iter_init(&iter, index);
	for (; pare_index_next(&e, &iter) > 0; i++) {
		struct model_entry is;

		model_of(&is, &e, index->algo);
		assert_string_equal(e.name, m->entry[i].name);
		assert_int_equal(is.mode, m->entry[i].mode);
		assert_int_equal(is.extended, m->entry[i].extended);
		assert_int_equal(is.flags, m->entry[i].flags);
		assert_true(oid_equal(&is.oid, &m->entry[i].oid));
		assert_memory_equal(&is.stat, &m->entry[i].stat,
				    sizeof(is.stat));
	}
	pare_index_iter_release(&iter);
}

static uint32_t rnd(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % below;
}

/* Edits by chance, `one_in` entries each, and what they should make. */
static void edit_by_chance(struct index_edits *edits, struct model *m,
			   const struct pare_index *index, uint32_t seed,
			   uint32_t one_in)
{
	static const uint16_t bits[] = { PARE_INDEX_SKIP_WORKTREE,
					 PARE_INDEX_INTENT_TO_ADD };
	struct pare_index_iter iter;
	struct pare_index_entry e;
	struct model_entry is;

	pare_index_iter_init(&iter, index);
	while (pare_index_next(&e, &iter) > 0) {
		model_of(&is, &e, index->algo);
		if (!rnd(&seed, one_in) && e.name_len > 1) {
			struct index_new_entry new = {
				.name_len = e.name_len - 1, .mode = 0120000,
				.name = e.name, .oid = is.oid,
				.extended = bits[0] & (uint16_t)-(seed & 1),
			};
			struct model_entry n = { .mode = 0120000,
						 .oid = is.oid,
						 .extended = new.extended };
			char *name = xstrndup(e.name, e.name_len - 1);

			/* "…/" before "…/x": a name that no other has */
			index_edit_insert(edits, e.pos, &new, seed & 2);
			model_add(m, name, &n);
			free(name);
		}
		if (!rnd(&seed, one_in)) {
			uint16_t bit = bits[rnd(&seed, 2)];
			bool set = rnd(&seed, 2);

			index_edit_flags(edits, e.pos, 1, set ? bit : 0,
					 set ? 0 : bit);
			is.extended = set ? is.extended | bit :
					    is.extended & (uint16_t)~bit;
		}
		if (!rnd(&seed, one_in)) {
			is.stat.mtime_s = seed;
			is.stat.size = e.pos;
			index_edit_stat(edits, e.pos, &is.stat);
		}
		if (!rnd(&seed, one_in))
			index_edit_remove(edits, e.pos, seed & 4);
		else
			model_add(m, e.name, &is);
	}
	pare_index_iter_release(&iter);
}

/* Names of up to 5,000 bytes, with much and with little in common. */
static void make_long_names(int version)
{
	sh("rm -rf r && git init -q r && cd r && "
	   "git config index.version %d && "
	   "id=$(git hash-object -w --stdin </dev/null) && "
	   "awk -v id=$id 'BEGIN { for (i = 0; i < 1200; i++) {"
	   " s = 10000 + i * 7; t = \"\";"
	   " for (k = 0; k < i %% 30; k++) t = t \"/dir\" k;"
	   " if (i %% 100 == 7) { while (length(t) < 4070 + i %% 57)"
	   "  t = t \"/0123456789\"; }"
	   " print \"100644 \" id \"\\tlong/\" s t \"/x\" } }' |"
	   "git update-index --index-info && git write-tree && "
	   "git update-index --index-version %d", version, version);
}

static void any_edits_do_what_the_model_does(void **state)
{
	static const uint32_t one_in[] = { 2, 5, 60, 1000 };

	(void)state;
	for (uint32_t round = 0; round < 24; round++) {
		struct index_edits edits = INDEX_EDITS_INIT;
		struct index_write_options opts = { .worktree = "r" };
		struct pare_index *index;
		struct model m = { 0 };

		if (!(round % 12))
			make_long_names(round ? 4 : 2);
		/* every third round also to the other version */
		if (round % 3 == 2)
			opts.version = round % 2 ? 4 : 2;
		assert_int_equal(pare_index_open(&index, "r/.git/index",
						 &hash_sha1), 0);
		edit_by_chance(&edits, &m, index, round * 77 + 1,
			       one_in[round % 4]);
		write_edits("r/.git/our.idx", &hash_sha1, index, &edits,
			    &opts);
		pare_index_close(index);
		if (pare_index_open(&index, "r/.git/our.idx", &hash_sha1) < 0)
			fail_msg("round %u: %s", (unsigned)round,
				 error_message());
		assert_is_model(index, &m);
		assert_int_equal(pare_index_verify(index), 0);
		pare_index_close(index);
		model_release(&m);
		sh("cd r && GIT_INDEX_FILE=.git/our.idx git ls-files -s "
		   ">/dev/null");
	}
}

static void versions_convert_as_git_converts_them(void **state)
{
	(void)state;
	for (int from = 2; from <= 4; from += 2) {
		struct index_write_options opts = {
			.worktree = "r", .version = from == 2 ? 4 : 2
		};
		struct index_edits edits = INDEX_EDITS_INIT;
		struct pare_index *index;

		make_long_names(from);
		sh("cd r && cp -p .git/index .git/git.idx && "
		   "GIT_INDEX_FILE=.git/git.idx git update-index "
		   "--index-version %d", from == 2 ? 4 : 2);
		assert_int_equal(pare_index_open(&index, "r/.git/index",
						 &hash_sha1), 0);
		write_edits("r/.git/our.idx", &hash_sha1, index, &edits,
			    &opts);
		pare_index_close(index);
		sh("cmp r/.git/git.idx r/.git/our.idx");
	}
}

static void extensions_stay_while_they_are_true(void **state)
{
	static const struct {
		const char *signature;
		bool stays, stays_moved;
	} cases[] = {
		{ "TREE", true, true },   { "REUC", true, true },
		{ "UNTR", false, false },  { "FSMN", true, false },
		{ "EOIE", false, false }, { "IEOT", false, false },
		{ "XYZW", true, true },
	};

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(cases); i++) {
		const char *signature = cases[i / 2].signature;
		bool moved = i % 2;
		struct index_edits edits = INDEX_EDITS_INIT;
		struct pare_index *index;
		size_t len;

		/* a tree of one root node with one entry, in any of them */
		sh("rm -rf r && git init -q r && cd r && touch a && "
		   "git add a && cd .git && size=$(wc -c <index) && "
		   "{ head -c $((size - 20)) index && "
		   "printf '%s\\000\\000\\000\\031\\0001 0\\n' && "
		   "printf oooooooooooooooooooo && "
		   "head -c 20 /dev/zero; } >new && mv new index",
		   signature);
		assert_int_equal(pare_index_open(&index, "r/.git/index",
						 &hash_sha1), 0);
		assert_non_null(pare_index_extension(index, signature, &len));
		if (moved)
			index_edit_remove(&edits, 0, true);
		else
			index_edit_flags(&edits, 0, 1,
					 PARE_INDEX_SKIP_WORKTREE, 0);
		write_edits("r/.git/index", &hash_sha1, index, &edits, &plain);
		pare_index_close(index);
		assert_int_equal(pare_index_open(&index, "r/.git/index",
						 &hash_sha1), 0);
		assert_int_equal(!!pare_index_extension(index, signature,
							&len),
				 moved ? cases[i / 2].stays_moved :
					 cases[i / 2].stays);
		pare_index_close(index);
	}
}

static void options_decide_trailer_sdir_and_tree(void **state)
{
	static const char tree[] = "\0-1 0\n";
	struct index_write_options opts = {
		.worktree = "r", .skip_hash = true, .sparse = true,
		.tree = tree, .tree_len = sizeof(tree) - 1,
	};
	struct index_edits edits = INDEX_EDITS_INIT;
	struct pare_index *index;
	static const uint8_t zero[20];
	size_t len;

	(void)state;
	make_repo("r", &index_kinds[0]);
	assert_int_equal(pare_index_open(&index, "r/.git/index", &hash_sha1),
			 0);
	write_edits("r/.git/our.idx", &hash_sha1, index, &edits, &opts);
	pare_index_close(index);
	assert_int_equal(pare_index_open(&index, "r/.git/our.idx", &hash_sha1),
			 0);
	assert_memory_equal(index->data + index->trailer, zero, 20);
	assert_true(pare_index_is_sparse(index));
	assert_memory_equal(pare_index_extension(index, "TREE", &len), tree,
			    sizeof(tree) - 1);
	assert_int_equal(len, sizeof(tree) - 1);
	opts = (struct index_write_options){ .worktree = "r", .expand = true };
	write_edits("r/.git/our2.idx", &hash_sha1, index, &edits, &opts);
	pare_index_close(index);
	assert_int_equal(pare_index_open(&index, "r/.git/our2.idx",
					 &hash_sha1), 0);
	assert_false(pare_index_is_sparse(index));
	assert_int_equal(pare_index_verify(index), 0);
	pare_index_close(index);
}

/* From nothing, in both versions; more than one slot of the ring. */
static void an_index_is_made_from_inserts_alone(void **state)
{
	(void)state;
	for (uint32_t version = 2; version <= 4; version += 2) {
		struct index_write_options opts = { .version = version };
		struct index_edits edits = INDEX_EDITS_INIT;
		struct pare_index *index;
		char name[32];

		sh("rm -rf r && git init -q r && cd r && "
		   "git hash-object -w --stdin </dev/null >/dev/null");
		for (unsigned i = 0; i < 30000; i++) {
			struct index_new_entry e = { .mode = 0100644,
						     .name = name };

			e.name_len = (size_t)snprintf(name, sizeof(name),
						      "d%03u/f%05u", i / 100,
						      i);
			hash_object(&e.oid, &hash_sha1, "blob", "", 0);
			index_edit_insert(&edits, 0, &e, true);
		}
		write_edits("r/.git/index", &hash_sha1, NULL, &edits, &opts);
		assert_int_equal(pare_index_open(&index, "r/.git/index",
						 &hash_sha1), 0);
		assert_int_equal(pare_index_version(index), version);
		assert_int_equal(pare_index_verify(index), 0);
		pare_index_close(index);
		assert_text(sh("cd r && git ls-files | wc -l && "
			       "git ls-files | sed -n 29999p && "
			       "git write-tree >/dev/null && "
			       "git fsck --strict --no-dangling"),
			    "30000\nd299/f29998\n");
	}
}

/* Large enough for the second thread, with pieces copied and made anew. */
static void a_large_index_is_written_by_two_threads(void **state)
{
	struct index_edits edits = INDEX_EDITS_INIT;
	struct index_write_options opts = { .version = 2 };
	struct pare_index *index;
	char name[64];

	(void)state;
	sh("git init -q r");
	for (unsigned i = 0; i < 90000; i++) {
		struct index_new_entry e = { .mode = 0100644, .name = name };

		e.name_len = (size_t)snprintf(name, sizeof(name),
					      "dir%03u/file%06u", i / 100, i);
		hash_object(&e.oid, &hash_sha1, "blob", "", 0);
		index_edit_insert(&edits, 0, &e, true);
	}
	write_edits("r/.git/index", &hash_sha1, NULL, &edits, &opts);
	assert_int_equal(pare_index_open(&index, "r/.git/index", &hash_sha1),
			 0);
	assert_true(index->len > 4 * 1024 * 1024);
	index_edit_flags(&edits, 7, 1, PARE_INDEX_SKIP_WORKTREE, 0);
	index_edit_flags(&edits, 20000, 40000, PARE_INDEX_SKIP_WORKTREE, 0);
	write_edits("r/.git/index", &hash_sha1, index, &edits, &plain);
	pare_index_close(index);
	assert_int_equal(pare_index_open(&index, "r/.git/index", &hash_sha1),
			 0);
	assert_int_equal(pare_index_verify(index), 0);
	assert_int_equal(pare_index_facts(index)->nr_skipped, 40001);
	pare_index_close(index);
	assert_text(sh("git -C r ls-files -t | grep -c ^S"), "40001\n");
}

/*
 * A file changed in the second in which the index was written, to the same
 * size: git sees it by its content, and must still do so after our write.
 */
static struct pare_index *open_racy(void)
{
	struct pare_index *index;

	sh("git init -q r && cd r && echo one >f && echo two >same && "
	   "echo x >old && touch -d '2020-01-01 00:00:00' f same && "
	   "git add . && git commit -qm one && echo eno >f && "
	   "touch -d '2020-01-01 00:00:00' f && "
	   "git config core.trustctime false && "
	   "touch -d '2020-01-01 00:00:00' .git/index");
	assert_int_equal(pare_index_open(&index, "r/.git/index", &hash_sha1),
			 0);
	assert_true(pare_index_facts(index)->nr_racy >= 2);
	return index;
}

static void a_racy_change_is_still_seen(void **state)
{
	struct index_edits edits = INDEX_EDITS_INIT;
	struct pare_index *index = open_racy();

	(void)state;
	index_edit_flags(&edits, pos_of(index, "old"), 1,
			 PARE_INDEX_SKIP_WORKTREE, 0);
	write_edits("r/.git/index", &hash_sha1, index, &edits, &plain);
	pare_index_close(index);
	assert_text(sh("git -C r ls-files --debug same | grep size | "
		       "tr -d '\t'; git -C r ls-files --debug f | grep size |"
		       "tr -d '\t'; git -C r status --porcelain"),
		    "  size: 4flags: 0\n  size: 0flags: 0\n M f\n");
}

/* Where the files cannot be looked at, nothing is said of them yet. */
static void a_racy_entry_stays_so_in_memory(void **state)
{
	struct index_edits edits = INDEX_EDITS_INIT;
	struct index_write_options opts = { 0 };
	struct pare_index *index = open_racy(), *next;

	(void)state;
	index_edit_flags(&edits, pos_of(index, "old"), 1,
			 PARE_INDEX_SKIP_WORKTREE, 0);
	assert_int_equal(index_apply(&next, index, &edits, &opts), 0);
	assert_int_equal(pare_index_facts(next)->nr_racy,
			 pare_index_facts(index)->nr_racy - 1);
	index_edits_release(&edits);
	edits = (struct index_edits)INDEX_EDITS_INIT;
	write_edits("r/.git/index", &hash_sha1, next, &edits, &plain);
	pare_index_close(next);
	pare_index_close(index);
	assert_text(sh("git -C r ls-files --debug same f | grep size | "
		       "tr -d '\t'; git -C r status --porcelain"),
		    "  size: 0flags: 0\n  size: 4flags: 0\n M f\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(the_bytes_are_those_of_git),
		sandbox_test(any_edits_do_what_the_model_does),
		sandbox_test(versions_convert_as_git_converts_them),
		sandbox_test(extensions_stay_while_they_are_true),
		sandbox_test(options_decide_trailer_sdir_and_tree),
		sandbox_test(an_index_is_made_from_inserts_alone),
		sandbox_test(a_large_index_is_written_by_two_threads),
		sandbox_test(a_racy_change_is_still_seen),
		sandbox_test(a_racy_entry_stays_so_in_memory),
	};

	return cmocka_run_group_tests_name("index edits", tests, NULL, NULL);
}
