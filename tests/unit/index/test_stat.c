/* SPDX-License-Identifier: MIT */
/* What stat data says of a file: git's rules, one row each. */
#include "unit/index/fixture.h"

#include "base/bytes.h"
#include "index/map.h"
#include "index/stat.h"

#include <string.h>

enum { USUAL = INDEX_STAT_TRUST_CTIME | INDEX_STAT_FILEMODE |
	       INDEX_STAT_SYMLINKS };

/* A file of five bytes, and what the row changes on disk or in the entry. */
static const struct row {
	const char *what;
	unsigned options;
	enum index_stat_answer answer;
	mode_t mode;             /* on disk; 0: 0100644 */
	int mtime, mtime_ns, ctime, ino, uid, dev, size; /* added, on disk */
	uint32_t entry_mode;     /* 0: 0100644 */
	int entry_size;          /* 0: 5, -1: 0 */
	uint16_t extended;
	uint32_t index_mtime;    /* 0: 2000 */
	bool empty;              /* the entry's blob */
} rows[] = {
	{ "nothing", USUAL, INDEX_STAT_SAME, .mode = 0100644 },
	{ "size", USUAL, INDEX_STAT_CHANGED, .size = 1 },
	{ "mtime", USUAL, INDEX_STAT_TOUCHED, .mtime = 1 },
	{ "mtime below a second", USUAL, INDEX_STAT_TOUCHED, .mtime_ns = 1 },
	{ "the same, minimal", USUAL | INDEX_STAT_MINIMAL, INDEX_STAT_SAME,
	  .mtime_ns = 1 },
	{ "ctime", USUAL, INDEX_STAT_TOUCHED, .ctime = 1 },
	{ "ctime, not trusted", USUAL & ~INDEX_STAT_TRUST_CTIME,
	  INDEX_STAT_SAME, .ctime = 1 },
	{ "ctime, minimal", USUAL | INDEX_STAT_MINIMAL, INDEX_STAT_SAME,
	  .ctime = 1 },
	{ "inode", USUAL, INDEX_STAT_TOUCHED, .ino = 1 },
	{ "inode, minimal", USUAL | INDEX_STAT_MINIMAL, INDEX_STAT_SAME,
	  .ino = 1 },
	{ "owner", USUAL, INDEX_STAT_TOUCHED, .uid = 1 },
	{ "device", USUAL, INDEX_STAT_SAME, .dev = 1 },
	{ "executable", USUAL, INDEX_STAT_CHANGED, .mode = 0100755 },
	{ "executable, not trusted", USUAL & ~INDEX_STAT_FILEMODE,
	  INDEX_STAT_SAME, .mode = 0100755 },
	{ "group may write", USUAL, INDEX_STAT_SAME, .mode = 0100664 },
	{ "a link", USUAL, INDEX_STAT_CHANGED, .mode = 0120777 },
	{ "a directory", USUAL, INDEX_STAT_CHANGED, .mode = 0040755 },
	{ "a link that is one", USUAL, INDEX_STAT_SAME, .mode = 0120777,
	  .entry_mode = 0120000 },
	{ "a link as a file", USUAL, INDEX_STAT_CHANGED,
	  .entry_mode = 0120000 },
	{ "the same without links", USUAL & ~INDEX_STAT_SYMLINKS,
	  INDEX_STAT_SAME, .entry_mode = 0120000 },
	{ "a submodule", USUAL, INDEX_STAT_SAME, .mode = 0040755,
	  .entry_mode = 0160000, .mtime = 7 },
	{ "a submodule that is a file", USUAL, INDEX_STAT_CHANGED,
	  .entry_mode = 0160000 },
	{ "intent to add", USUAL, INDEX_STAT_CHANGED,
	  .extended = PARE_INDEX_INTENT_TO_ADD },
	{ "skip-worktree does not count", USUAL, INDEX_STAT_SAME,
	  .extended = PARE_INDEX_SKIP_WORKTREE },
	{ "marked as racy", USUAL, INDEX_STAT_TOUCHED, .entry_size = -1 },
	{ "truly empty", USUAL, INDEX_STAT_SAME, .entry_size = -1, .size = -5,
	  .empty = true },
	{ "as young as the index", USUAL, INDEX_STAT_RACY,
	  .index_mtime = 1000 },
	{ "younger than the index", USUAL, INDEX_STAT_RACY,
	  .index_mtime = 999 },
	{ "older than the index", USUAL, INDEX_STAT_SAME,
	  .index_mtime = 1001 },
};

static void set_file(struct stat *st, const struct row *row)
{
	memset(st, 0, sizeof(*st));
	st->st_mode = row->mode ? row->mode : 0100644;
	st->st_mtim.tv_sec = 1000 + row->mtime;
	st->st_mtim.tv_nsec = 500 + row->mtime_ns;
	st->st_ctim.tv_sec = 1000 + row->ctime;
	st->st_ino = (ino_t)(77 + row->ino);
	st->st_uid = (uid_t)(5 + row->uid);
	st->st_gid = 6;
	st->st_dev = (dev_t)(1 + row->dev);
	st->st_size = 5 + row->size;
}

static void the_answer_is_the_one_of_git(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		struct pare_index index = { .algo = &hash_sha1 };
		struct pare_index_entry e = { .extended = row->extended };
		uint8_t raw[INDEX_STAT_SIZE] = { 0 };
		struct index_stat then;
		struct stat st, before;
		struct oid oid;
		enum index_stat_answer answer;

		set_file(&before, &(struct row){ .what = "" });
		index_stat_from(&then, &before);
		if (row->entry_size)
			then.size = 0;
		index_stat_write(raw, &then);
		hash_object(&oid, &hash_sha1, "blob", "12345",
			    row->empty ? 0 : 5);
		e.mode = row->entry_mode ? row->entry_mode : 0100644;
		e.stat = raw;
		e.oid = oid.hash;
		index.mtime_s = row->index_mtime ? row->index_mtime : 2000;
		set_file(&st, row);
		answer = index_stat_compare(&e, &st, &index, row->options);
		if (answer != row->answer)
			fail_msg("%s: %d, not %d", row->what, (int)answer,
				 (int)row->answer);
	}
}

static void numbers_go_to_disk_and_back(void **state)
{
	struct index_stat in = { 1, 2, 3, 4, 5, 6, 7, 8, UINT32_MAX }, out;
	uint8_t raw[INDEX_STAT_SIZE];

	(void)state;
	memset(raw, 0xaa, sizeof(raw));
	index_stat_write(raw, &in);
	index_stat_read(&out, raw);
	assert_memory_equal(&in, &out, sizeof(in));
	assert_int_equal(get_be32(raw + 24), 0xaaaaaaaa); /* the mode */
}

static void four_gigabytes_are_no_change_of_size(void **state)
{
	static const uint32_t sizes[] = { 0x80000000, 0 };
	struct pare_index index = { .algo = &hash_sha1, .mtime_s = 2000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		static const uint8_t oid[20] = { 1 };
		struct pare_index_entry e = { .mode = 0100644, .oid = oid };
		uint8_t raw[INDEX_STAT_SIZE];
		struct index_stat then;
		struct stat st;

		set_file(&st, &(struct row){ .what = "" });
		st.st_size = (off_t)1 << 32;
		index_stat_from(&then, &st);
		assert_int_equal(then.size, 0);
		then.size = sizes[i];
		index_stat_write(raw, &then);
		e.stat = raw;
		assert_int_equal(index_stat_compare(&e, &st, &index, USUAL),
				 sizes[i] ? INDEX_STAT_SAME :
					    INDEX_STAT_TOUCHED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_answer_is_the_one_of_git),
		cmocka_unit_test(numbers_go_to_disk_and_back),
		cmocka_unit_test(four_gigabytes_are_no_change_of_size),
	};

	return cmocka_run_group_tests_name("index stat", tests, NULL, NULL);
}
