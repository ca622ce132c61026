/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "sparse/pattern_file.h"
#include "support/sandbox.h"

#define TOP "/*\n!/*/\n"

static void parse(struct pattern_file *file, const char *text)
{
	*file = (struct pattern_file)PATTERN_FILE_INIT;
	pattern_file_parse(file, text, strlen(text), true, false);
}

static void format_is_git_s_to_the_byte(void **state)
{
	static const struct {
		const char *dirs[6], *text;
	} cases[] = {
		{ { NULL }, TOP },
		{ { "deep/deeper2", "B", "a b", "\xc3\xa9" },
		  TOP "/deep/\n!/deep/*/\n/B/\n/a b/\n/deep/deeper2/\n"
		      "/\xc3\xa9/\n" },
		{ { "A/B/C" },
		  TOP "/A/\n!/A/*/\n/A/B/\n!/A/B/*/\n/A/B/C/\n" },
		{ { "a", "a/b", "a/b/c" }, TOP "/a/\n" },
		{ { "zglob[!a]?" }, TOP "/zglob\\[!a]\\?/\n" },
		{ { "#x", "!y", "b\\c", "s*" },
		  TOP "/!y/\n/#x/\n/b\\\\c/\n/s\\*/\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cone cone = CONE_INIT;
		struct strbuf out = STRBUF_INIT;

		for (size_t j = 0; cases[i].dirs[j]; j++)
			cone_add(&cone, cases[i].dirs[j]);
		pattern_file_format(&out, &cone);
		assert_text(out.buf, cases[i].text);
		strbuf_release(&out);
		cone_release(&cone);
	}
}

static void what_is_no_cone_is_named_in_git_s_words(void **state)
{
	static const struct {
		const char *text, *warning;
	} cases[] = {
		{ TOP "abc\n", "unrecognized pattern: 'abc'" },
		{ TOP "/a\n", "unrecognized pattern: '/a'" },
		{ TOP "/x*/\n", "unrecognized pattern: '/x*'" },
		{ TOP "/**/\n", "unrecognized pattern: '/**'" },
		{ TOP "/\n", "unrecognized pattern: ''" },
		{ TOP "//\n", "unrecognized pattern: '/'" },
		{ TOP "!\n", "unrecognized pattern: ''" },
		{ TOP "/a/*/\n", "unrecognized pattern: '/a/*'" },
		{ TOP "\r\n/a/\r\n", "unrecognized pattern: ''" },
		{ TOP "!/q/*/\n", "unrecognized negative pattern: '/q/*'" },
		{ TOP "!/a/\n", "unrecognized negative pattern: '/a'" },
		{ "/*\n!/*\n", "unrecognized negative pattern: '/*'" },
		{ TOP "/a/\n!/a/*/\n/a/\n",
		  "your sparse-checkout file may have issues: pattern '/a' is "
		  "repeated" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct pattern_file file;

		parse(&file, cases[i].text);
		assert_false(file.is_cone);
		assert_int_equal(file.warnings.nr, 2);
		assert_text(file.warnings.v[0], cases[i].warning);
		assert_text(file.warnings.v[1],
			    "disabling cone pattern matching");
		pattern_file_release(&file);
	}
}

static void lines_are_read_as_git_reads_them(void **state)
{
	static const struct {
		const char *text, *dir;
		enum cone_kind kind;
	} cases[] = {
		{ "\xef\xbb\xbf" TOP "/a/\n", "a", CONE_IN },
		{ TOP "# a comment\n\n/a/\n", "a", CONE_IN },
		{ TOP "/a/\r\n", "a", CONE_IN },
		{ TOP "/a/  \n", "a", CONE_IN },
		{ TOP "/a/", "a", CONE_IN },
		{ TOP "/a/\n!/a/*/\n/a/b/\n", "a", CONE_PARENT },
		{ TOP "/a/\n!/a/*/\n/a/b/\n", "a/b", CONE_IN },
		{ TOP "/a/\n/a/\n", "a", CONE_IN },
		{ TOP "/a\\*/\n", "a*", CONE_IN },
		{ TOP "/b\\\\c/\n", "b\\c", CONE_IN },
		{ TOP "/*/\n", "*", CONE_IN },
		{ TOP, "a", CONE_OUT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct pattern_file file;

		parse(&file, cases[i].text);
		assert_true(file.is_cone);
		assert_int_equal(file.warnings.nr, 0);
		assert_int_equal(cone_get(&file.cone, cases[i].dir,
					  strlen(cases[i].dir)),
				 cases[i].kind);
		pattern_file_release(&file);
	}
}

static void a_file_without_the_second_line_is_everything(void **state)
{
	struct pattern_file file;

	(void)state;
	parse(&file, "/*\n");
	assert_true(file.is_cone && file.cone.full);
	pattern_file_release(&file);
	parse(&file, TOP);
	assert_true(file.is_cone && !file.cone.full);
	pattern_file_release(&file);
}

static void what_is_written_is_read_back(void **state)
{
	static const char *const dirs[] = { "a b", "x\\y", "s*t?[u]",
					    "d/e/f", "d/g" };
	struct cone cone = CONE_INIT;
	struct strbuf text = STRBUF_INIT;
	struct strvec back = STRVEC_INIT;
	struct pattern_file file;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		cone_add(&cone, dirs[i]);
	pattern_file_format(&text, &cone);
	parse(&file, text.buf);
	assert_true(file.is_cone);
	cone_list_all(&file.cone, &back);
	assert_int_equal(back.nr, ARRAY_SIZE(dirs));
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		assert_true(strvec_contains(&back, dirs[i]));
	assert_int_equal(cone_get(&file.cone, "d/e", 3), CONE_PARENT);
	strvec_clear(&back);
	pattern_file_release(&file);
	strbuf_release(&text);
	cone_release(&cone);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(format_is_git_s_to_the_byte),
		cmocka_unit_test(what_is_no_cone_is_named_in_git_s_words),
		cmocka_unit_test(lines_are_read_as_git_reads_them),
		cmocka_unit_test(a_file_without_the_second_line_is_everything),
		cmocka_unit_test(what_is_written_is_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
