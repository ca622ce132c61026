/* SPDX-License-Identifier: MIT */
/* Reading: what git wrote is what we list, what is broken is refused. */
#include "unit/index/fixture.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "index/map.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHA(kind) hash_algo_by_name((kind)->algo)

static struct pare_index *open_or_fail(const char *path,
				       const struct hash_algo *algo)
{
	struct pare_index *index;

	if (pare_index_open(&index, path, algo) < 0)
		fail_msg("%s: %s", path, error_message());
	return index;
}

/* A heap copy, so that a read past the end is seen by the sanitizer. */
static uint8_t *load(const char *path, size_t *len)
{
	struct strbuf sb = STRBUF_INIT;
	uint8_t *copy;

	assert_int_equal(strbuf_read_file(&sb, path, 1 << 20), 0);
	copy = xmalloc(sb.len);
	memcpy(copy, sb.buf, sb.len);
	*len = sb.len;
	strbuf_release(&sb);
	return copy;
}

static int open_copy(const uint8_t *data, size_t len,
		     const struct hash_algo *algo, bool verify)
{
	uint8_t *copy = xmalloc(len ? len : 1);
	struct pare_index *index;
	struct strbuf sb = STRBUF_INIT;
	int error;

	memcpy(copy, data, len);
	error = index_open_mem(&index, copy, len, algo, 1, 0);
	if (!error)
		dump_index(&sb, index, algo);
	if (!error && verify)
		error = pare_index_verify(index);
	strbuf_release(&sb);
	pare_index_close(index);
	free(copy);
	return error;
}

static void lists_what_git_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(index_kinds); i++) {
		char *dir = xstrfmt("r%zu", i);
		char *path = xstrfmt("%s/.git/index", dir);
		struct pare_index *index;

		make_repo(dir, &index_kinds[i]);
		assert_as_git_lists(dir, SHA(&index_kinds[i]));
		index = open_or_fail(path, SHA(&index_kinds[i]));
		assert_int_equal(pare_index_version(index),
				 index_kinds[i].version);
		pare_index_close(index);
		sh("cd %s && git update-index --skip-worktree a/f2 a/b/g3 &&"
		   "echo more >more && git add -N more", dir);
		assert_as_git_lists(dir, SHA(&index_kinds[i]));
		index = open_or_fail(path, SHA(&index_kinds[i]));
		assert_int_equal(pare_index_version(index),
				 index_kinds[i].version == 4 ? 4 : 3);
		pare_index_close(index);
		free(path);
		free(dir);
	}
}

static void knows_what_is_in_it(void **state)
{
	const struct pare_index_facts *facts;
	struct pare_index *index;

	(void)state;
	make_repo("r", &index_kinds[0]);
	sh("cd r && git update-index --skip-worktree a/f2 a/f3 && "
	   "echo m >.gitmodules && git add .gitmodules && "
	   "touch -d 2037-01-01 .gitmodules a/f2 && git add .gitmodules && "
	   "for s in 1 2 3; do echo \"100644 $(git hash-object root) $s	u\"; "
	   "done | git update-index --index-info");
	index = open_or_fail("r/.git/index", &hash_sha1);
	facts = pare_index_facts(index);
	assert_int_equal(facts->nr_skipped, 2);
	assert_int_equal(facts->nr_extended, 2);
	assert_int_equal(facts->nr_unmerged, 3);
	assert_int_equal(facts->nr_gitlinks, 1);
	assert_int_equal(facts->nr_sparse_dirs, 0);
	assert_int_equal(facts->nr_racy, 1);
	assert_true(facts->has_attributes);
	assert_true(facts->has_modules);
	pare_index_close(index);
}

static void an_attributes_file_is_known_by_its_base_name(void **state)
{
	static const struct {
		const char *name;
		bool attributes, modules;
	} cases[] = {
		{ "x.gitattributes", false, false },
		{ ".gitattributes", true, false },
		{ "d/.gitattributes", true, false },
		{ ".gitattributes.txt", false, false },
		{ "d/.gitmodules", false, false },
		{ ".gitmodules", false, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct pare_index *index;

		sh("rm -rf r && git init -q r && cd r && mkdir -p d && "
		   "touch '%s' && git add .", cases[i].name);
		index = open_or_fail("r/.git/index", &hash_sha1);
		assert_int_equal(pare_index_facts(index)->has_attributes,
				 cases[i].attributes);
		assert_int_equal(pare_index_facts(index)->has_modules,
				 cases[i].modules);
		pare_index_close(index);
	}
}

static void every_truncation_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(index_kinds); i++) {
		char *dir = xstrfmt("r%zu", i);
		char *path = xstrfmt("%s/.git/index", dir);
		size_t len;
		uint8_t *data;

		make_repo(dir, &index_kinds[i]);
		data = load(path, &len);
		assert_int_equal(open_copy(data, len, SHA(&index_kinds[i]),
					   true), 0);
		for (size_t n = 0; n < len; n++)
			if (!open_copy(data, n, SHA(&index_kinds[i]), true))
				fail_msg("%s v%d: prefix of %zu of %zu bytes",
					 index_kinds[i].algo,
					 index_kinds[i].version, n, len);
		free(data);
		free(path);
		free(dir);
	}
}

/* Broken or not, a changed byte must neither crash nor read elsewhere. */
static void a_flipped_bit_is_read_safely(void **state)
{
	int refused = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(index_kinds); i++) {
		size_t len;
		uint8_t *data;

		sh("rm -rf r");
		make_repo("r", &index_kinds[i]);
		data = load("r/.git/index", &len);
		for (size_t at = 0; at < len; at++) {
			uint8_t was = data[at];

			data[at] ^= (uint8_t)(1 << (at % 8));
			refused += open_copy(data, len,
					     SHA(&index_kinds[i]), false) < 0;
			data[at] = 0xff;
			refused += open_copy(data, len,
					     SHA(&index_kinds[i]), false) < 0;
			data[at] = was;
		}
		free(data);
	}
	assert_true(refused > 100);
}

static void a_changed_byte_does_not_pass_verification(void **state)
{
	struct pare_index *index;
	uint8_t *data;
	size_t len;

	(void)state;
	make_repo("r", &index_kinds[0]);
	data = load("r/.git/index", &len);
	data[12] ^= 1; /* a ctime */
	assert_int_equal(index_open_mem(&index, data, len, &hash_sha1, 1, 0),
			 0);
	assert_int_equal(pare_index_verify(index), GIT_EINVALID);
	pare_index_close(index);
	memset(data + len - 20, 0, 20);
	assert_int_equal(index_open_mem(&index, data, len, &hash_sha1, 1, 0),
			 0);
	assert_int_equal(pare_index_verify(index), 0);
	pare_index_close(index);
	free(data);
}

/* An index of version 2 from names, as they are, in this order. */
static void build(struct strbuf *sb, const char *const *name, size_t nr,
		  const char *extension)
{
	uint8_t word[4], entry[62] = { 0 };
	static const char zero[20];

	strbuf_add(sb, "DIRC\0\0\0\2", 8);
	put_be32(word, (uint32_t)nr);
	strbuf_add(sb, word, 4);
	for (size_t i = 0; i < nr; i++) {
		size_t len = strlen(name[i]);
		size_t size = index_entry_size(&hash_sha1, false, len);

		put_be32(entry + 24, 0100644);
		put_be16(entry + 60, (uint16_t)(len < 0xfff ? len : 0xfff));
		strbuf_add(sb, entry, sizeof(entry));
		strbuf_addstr(sb, name[i]);
		strbuf_add(sb, zero, size - sizeof(entry) - len);
	}
	if (extension) {
		strbuf_add(sb, extension, 4);
		strbuf_add(sb, "\0\0\0\1x", 5);
	}
	strbuf_add(sb, zero, 20);
}

static void names_out_of_order_are_refused(void **state)
{
	static const struct {
		const char *name[3];
		const char *message;
	} cases[] = {
		{ { "a", "b", "c" }, NULL },
		{ { "a-b", "a/b", "a0" }, NULL },
		{ { "a", "c", "b" },
		  "index is corrupt: 'c' stands before a lower name" },
		{ { "a", "b", "b" },
		  "index is corrupt: multiple entries for 'b'" },
		{ { "ab", "a", "c" },
		  "index is corrupt: 'ab' stands before a lower name" },
		{ { "a", "", "c" }, "index is corrupt: an entry has no name" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct strbuf sb = STRBUF_INIT;
		int error;

		build(&sb, cases[i].name, 3, NULL);
		error = open_copy((uint8_t *)sb.buf, sb.len, &hash_sha1, false);
		assert_int_equal(error, cases[i].message ? GIT_EINVALID : 0);
		if (cases[i].message)
			assert_text(error_message(), cases[i].message);
		strbuf_release(&sb);
	}
}

static void extensions_are_known_skipped_or_handed_over(void **state)
{
	static const struct {
		const char *signature;
		int code;
		const char *message;
	} cases[] = {
		{ "TREE", 0, NULL },
		{ "REUC", 0, NULL },
		{ "ZZZZ", 0, NULL },
		{ "link", PARE_EHANDOVER, "the index is split" },
		{ "abcd", PARE_EHANDOVER,
		  "the index uses the extension 'abcd'" },
		{ "sdir", 0, NULL },
	};
	static const char *const name[] = { "a" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct strbuf sb = STRBUF_INIT;
		struct pare_index *index;
		size_t len;
		int error;

		build(&sb, name, 1, cases[i].signature);
		error = index_open_mem(&index, sb.buf, sb.len, &hash_sha1, 1,
				       0);
		assert_int_equal(error, cases[i].code);
		if (error) {
			assert_text(error_message(), cases[i].message);
		} else {
			assert_memory_equal(
				pare_index_extension(
					index, cases[i].signature, &len),
				"x", 1);
			assert_int_equal(len, 1);
			assert_null(pare_index_extension(index, "NONE", &len));
			assert_int_equal(pare_index_is_sparse(index), i == 5);
		}
		pare_index_close(index);
		strbuf_release(&sb);
	}
}

static void a_split_index_is_handed_over(void **state)
{
	struct pare_index *index;

	(void)state;
	make_repo("r", &index_kinds[0]);
	sh("git -C r update-index --split-index");
	assert_int_equal(pare_index_open(&index, "r/.git/index", &hash_sha1),
			 PARE_EHANDOVER);
	assert_null(index);
}

/* 1,500 names of up to 5,000 bytes, some of them much alike. */
static void make_long_names(const char *dir, int version)
{
	sh("git init -q %s && cd %s && git config index.version %d && "
	   "id=$(git hash-object -w --stdin </dev/null) && "
	   "awk -v id=$id 'BEGIN { for (i = 0; i < 1500; i++) {"
	   " s = 10000 + i * 7; t = \"\";"
	   " for (k = 0; k < i %% 30; k++) t = t \"/dir\" k;"
	   " if (i %% 100 == 7) { while (length(t) < 4080 + i %% 37)"
	   "  t = t \"/0123456789\"; }"
	   " print \"100644 \" id \"\\tlong/\" s t \"/x\" } }' |"
	   "git update-index --index-info && "
	   "git update-index --index-version %d",
	   dir, dir, version, version);
}

static void positions_and_names_are_found(void **state)
{
	(void)state;
	for (int version = 2; version <= 4; version += 2) {
		struct pare_index_iter all, jump;
		struct pare_index_entry e, at;
		struct pare_index *index;
		uint32_t nr;

		sh("rm -rf r");
		make_long_names("r", version);
		assert_as_git_lists("r", &hash_sha1);
		index = open_or_fail("r/.git/index", &hash_sha1);
		nr = pare_index_nr(index);
		assert_int_equal(nr, 1500);
		pare_index_iter_init(&all, index);
		pare_index_iter_init(&jump, index);
		while (pare_index_next(&e, &all) > 0) {
			assert_int_equal(pare_index_lower_bound(
				index, e.name, e.name_len), e.pos);
			assert_int_equal(pare_index_lower_bound(
				index, e.name, e.name_len - 1), e.pos);
			assert_int_equal(pare_index_entry_at(
				&at, &jump, e.pos), 1);
			assert_string_equal(at.name, e.name);
			assert_int_equal(at.offset, e.offset);
			/* and from somewhere else */
			pare_index_iter_seek(&jump, (e.pos * 7919) % nr);
			assert_int_equal(pare_index_entry_at(
				&at, &jump, e.pos), 1);
			assert_string_equal(at.name, e.name);
		}
		assert_int_equal(pare_index_lower_bound(index, "", 0), 0);
		assert_int_equal(pare_index_lower_bound(index, "z", 1), nr);
		pare_index_iter_seek(&jump, nr);
		assert_int_equal(pare_index_next(&e, &jump), 0);
		pare_index_iter_release(&all);
		pare_index_iter_release(&jump);
		pare_index_close(index);
	}
}

static void a_kept_name_outlives_the_iterator(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct arena arena = ARENA_INIT;
		struct pare_index_iter iter;
		struct pare_index_entry e;
		struct pare_index *index;
		const char *kept;

		sh("rm -rf r");
		make_repo("r", &index_kinds[i]);
		index = open_or_fail("r/.git/index", &hash_sha1);
		pare_index_iter_init(&iter, index);
		assert_int_equal(pare_index_next(&e, &iter), 1);
		kept = pare_index_keep_name(index, &e, &arena);
		assert_int_equal(pare_index_next(&e, &iter), 1);
		pare_index_iter_release(&iter);
		assert_string_equal(kept, "a-b/x");
		pare_index_close(index);
		arena_release(&arena);
	}
}

static void there_need_not_be_an_index(void **state)
{
	struct pare_index *index;

	(void)state;
	assert_int_equal(pare_index_open(&index, "none", &hash_sha1),
			 GIT_ENOTFOUND);
	assert_int_equal(pare_index_open(&index, ".", &hash_sha1),
			 GIT_EINVALID);
	write_file("empty", "");
	assert_int_equal(pare_index_open(&index, "empty", &hash_sha1),
			 GIT_EINVALID);
	sh("git init -q r && cd r && touch x && git add x && git rm -q "
	   "--cached x");
	index = open_or_fail("r/.git/index", &hash_sha1);
	assert_int_equal(pare_index_nr(index), 0);
	assert_int_equal(pare_index_lower_bound(index, "a", 1), 0);
	pare_index_close(index);
}

static void varints_go_both_ways(void **state)
{
	static const uint64_t values[] = {
		0, 1, 127, 128, 129, 16511, 16512, 1 << 20, UINT32_MAX,
		(uint64_t)1 << 40,
	};
	uint8_t buf[10];
	uint64_t value;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		size_t n = index_varint_encode(buf, values[i]);

		assert_int_equal(index_varint_decode(&value, buf, buf + n), n);
		assert_true(value == values[i]);
		assert_int_equal(index_varint_decode(&value, buf, buf + n - 1),
				 0);
	}
	memset(buf, 0xff, sizeof(buf));
	assert_int_equal(index_varint_decode(&value, buf, buf + 10), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(lists_what_git_lists),
		sandbox_test(knows_what_is_in_it),
		sandbox_test(an_attributes_file_is_known_by_its_base_name),
		sandbox_test(every_truncation_is_refused),
		sandbox_test(a_flipped_bit_is_read_safely),
		sandbox_test(a_changed_byte_does_not_pass_verification),
		cmocka_unit_test(names_out_of_order_are_refused),
		cmocka_unit_test(extensions_are_known_skipped_or_handed_over),
		sandbox_test(a_split_index_is_handed_over),
		sandbox_test(positions_and_names_are_found),
		sandbox_test(a_kept_name_outlives_the_iterator),
		sandbox_test(there_need_not_be_an_index),
		cmocka_unit_test(varints_go_both_ways),
	};

	return cmocka_run_group_tests_name("index", tests, NULL, NULL);
}
