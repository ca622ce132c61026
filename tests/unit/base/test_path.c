/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/path.h"
#include "support/sandbox.h"

static void normalizing_resolves_dots(void **state)
{
	static const struct {
		const char *path, *normal; /* NULL: refused */
	} cases[] = {
		{ "a/b", "a/b" },      { "a//b/", "a/b" },
		{ "./a/./b", "a/b" },  { "a/../b", "b" },
		{ "a/b/..", "a" },     { ".", "" },
		{ "a/..", "" },	       { "", "" },
		{ "..", NULL },	       { "a/../../b", NULL },
		{ "/a", NULL },	       { "a/...", "a/..." },
		{ "..a/b..", "..a/b.." },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct strbuf out = STRBUF_INIT;
		int error = path_normalize(&out, cases[i].path);

		assert_int_equal(error, cases[i].normal ? 0 : -1);
		if (cases[i].normal)
			assert_string_equal(out.buf, cases[i].normal);
		strbuf_release(&out);
	}
}

static void unsafe_paths_are_known(void **state)
{
	static const char *const unsafe[] = {
		"", "/a", "a//b", "a/", "a/./b", "a/../b", "..", ".",
		".git", ".GIT/config", "a/.Git", "git~1", "GIT~1/x",
		".git ", ".git.", ".git. .", ".git::$INDEX_ALLOCATION",
		"a/.git\\x", "a\\.git", "x\\y\\GIT~1\\z",
		".g\xe2\x80\x8cit", "\xef\xbb\xbf.git",
		".gi\xe2\x81\xaat/hooks",
	};
	static const char *const safe[] = {
		"a", "a/b", ".gitignore", ".gitattributes", ".gitx",
		"git", "git~2", "a.git", "..a", "a..", "...", ".git-x",
		"a\\b", "\xe2\x80\x8cgit", ".g\xe2\x80\x8bit", "-x", "a:b",
	};
	char deep[5000];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(unsafe); i++)
		if (path_is_safe(unsafe[i], strlen(unsafe[i])))
			fail_msg("'%s' should be unsafe", unsafe[i]);
	for (size_t i = 0; i < ARRAY_SIZE(safe); i++)
		if (!path_is_safe(safe[i], strlen(safe[i])))
			fail_msg("'%s' should be safe", safe[i]);
	memset(deep, 'a', sizeof(deep));
	assert_false(path_is_safe(deep, sizeof(deep)));
	assert_false(path_is_safe("a\0b", 3));
}

static void under_is_about_components(void **state)
{
	(void)state;
	assert_true(path_is_under("a/b", "a"));
	assert_true(path_is_under("a", "a"));
	assert_true(path_is_under("a", ""));
	assert_false(path_is_under("ab", "a"));
	assert_false(path_is_under("a", "a/b"));
	assert_true(path_is_under_fold("A/b", "a", true));
	assert_false(path_is_under_fold("A/b", "a", false));
	assert_false(path_is_under_fold("AB", "a", true));
	assert_true(path_is_under_fold("a", "", true));
	assert_int_equal(path_dir_len("a/b/c", 5), 3);
	assert_int_equal(path_dir_len("a", 1), 0);
}

static void a_path_is_named_from_where_one_stands(void **state)
{
	static const char *const cases[][3] = {
		{ "libs/ui", "", "libs/ui" },
		{ "libs/ui", "libs/", "ui" },
		{ "libs/ui", "libs/ui/", "." },
		{ "libs", "libs/ui/src/", "../.." },
		{ "libs/net", "libs/ui/", "../net" },
		{ "libsx", "libs/", "../libsx" },
		{ "lib", "libs/", "../lib" },
		{ "a/b", "libs/ui/", "../../a/b" },
		{ "-a", "", "./-a" },
		{ "-a", "b/", "../-a" },
	};
	struct strbuf out = STRBUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		strbuf_reset(&out);
		path_relative(&out, cases[i][0], cases[i][1]);
		assert_string_equal(out.buf, cases[i][2]);
	}
	strbuf_release(&out);
}

static void the_nearest_word_is_proposed(void **state)
{
	static const char *const words[] = { "dirs", "title", "inherit",
					     "exclude", NULL };
	static const char *const commands[] = { "set", "status", NULL };
	static const char *const dirs[] = { "docker-images", "docs", NULL };

	(void)state;
	assert_string_equal(nearest_word("dir", words), "dirs");
	assert_string_equal(nearest_word("tilte", words), "title");
	assert_string_equal(nearest_word("inherits", words), "inherit");
	assert_null(nearest_word("zzzzzz", words));
	/* What was not typed to its end, however long that is. */
	assert_string_equal(nearest_word("stat", commands), "status");
	assert_string_equal(nearest_word("inh", words), "inherit");
	assert_null(nearest_word("in", words));
	assert_string_equal(nearest_word("doc", dirs), "docs");
	assert_string_equal(nearest_word("dock", dirs), "docs");
	assert_string_equal(nearest_word("docke", dirs), "docker-images");
	assert_int_equal(edit_distance("", "abc"), 3);
	assert_int_equal(edit_distance("ab", "ba"), 1);
	assert_int_equal(edit_distance("kitten", "sitting"), 3);
}

static void hashes_are_gits(void **state)
{
	struct oid oid, again;

	(void)state;
	hash_object(&oid, &hash_sha1, "blob", "hello\n", 6);
	assert_string_equal(oid_hex(&oid, &hash_sha1),
			    "ce013625030ba8dba906f756967f9e9ca394464a");
	assert_int_equal(oid_parse(&again, oid_hex(&oid, &hash_sha1),
				   &hash_sha1), 0);
	assert_true(oid_equal(&oid, &again));
	hash_object(&oid, &hash_sha256, "blob", "", 0);
	assert_string_equal(oid_hex(&oid, &hash_sha256),
			    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f77"
			    "49120a303721813");
	assert_int_equal(oid_parse(&again, "ce01", &hash_sha1), -1);
	assert_ptr_equal(hash_algo_by_name("sha256"), &hash_sha256);
	assert_null(hash_algo_by_name("md5"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(normalizing_resolves_dots),
		cmocka_unit_test(unsafe_paths_are_known),
		cmocka_unit_test(under_is_about_components),
		cmocka_unit_test(a_path_is_named_from_where_one_stands),
		cmocka_unit_test(the_nearest_word_is_proposed),
		cmocka_unit_test(hashes_are_gits),
	};

	return cmocka_run_group_tests_name("base_path", tests, NULL, NULL);
}
