/* SPDX-License-Identifier: MIT */
/* strbuf, strvec, arena, quote, error. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/quote.h"
#include "base/strbuf.h"
#include "base/strvec.h"
#include "support/sandbox.h"

static void strbuf_is_always_a_string(void **state)
{
	struct strbuf sb = STRBUF_INIT;

	(void)state;
	assert_string_equal(sb.buf, "");
	strbuf_addstr(&sb, "ab");
	strbuf_addch(&sb, 'c');
	strbuf_addf(&sb, "%d", 42);
	strbuf_insert(&sb, 1, "--", 2);
	assert_string_equal(sb.buf, "a--bc42");
	assert_int_equal(sb.len, 7);
	strbuf_setlen(&sb, 3);
	assert_string_equal(sb.buf, "a--");
	strbuf_release(&sb);
	assert_string_equal(sb.buf, "");
}

static void strbuf_formats_what_is_longer_than_its_room(void **state)
{
	struct strbuf sb = STRBUF_INIT;
	char text[5000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	strbuf_addf(&sb, "<%s>", text);
	assert_int_equal(sb.len, sizeof(text) + 1);
	assert_int_equal(sb.buf[sb.len - 1], '>');
	strbuf_release(&sb);
}

static void strbuf_trims_and_completes(void **state)
{
	struct strbuf sb = STRBUF_INIT;

	(void)state;
	strbuf_complete_line(&sb);
	assert_int_equal(sb.len, 0);
	strbuf_addstr(&sb, " \t a b \r\n");
	strbuf_trim(&sb);
	assert_string_equal(sb.buf, "a b");
	strbuf_complete_line(&sb);
	strbuf_complete_line(&sb);
	assert_string_equal(sb.buf, "a b\n");
	strbuf_release(&sb);
}

static void strvec_sorts_and_searches(void **state)
{
	struct strvec sv = STRVEC_INIT;

	(void)state;
	assert_null(sv.v[0]);
	strvec_split(&sv, "b,a,,c,a", ',');
	strvec_sort(&sv);
	strvec_uniq(&sv);
	assert_int_equal(sv.nr, 3);
	assert_int_equal(strvec_search(&sv, "c"), 2);
	assert_int_equal(strvec_search(&sv, "d"), -1);
	strvec_remove(&sv, 0);
	assert_string_equal(sv.v[0], "b");
	assert_null(sv.v[2]);
	assert_false(strvec_contains(&sv, "a"));
	strvec_clear(&sv);
}

static void arena_gives_small_and_large_pieces(void **state)
{
	struct arena arena = ARENA_INIT;
	char *first, *large;

	(void)state;
	first = arena_strndup(&arena, "name", 4);
	large = arena_alloc(&arena, 1 << 20);
	memset(large, 1, 1 << 20);
	for (int i = 0; i < 10000; i++)
		arena_strndup(&arena, "some path", 9);
	assert_int_equal((uintptr_t)arena_alloc(&arena, 8) % 8, 0);
	assert_string_equal(first, "name");
	arena_release(&arena);
}

static void quoting_is_gits_and_goes_back(void **state)
{
	static const struct {
		const char *name, *quoted, *quoted_high;
	} cases[] = {
		{ "plain/a b", "plain/a b", "plain/a b" },
		{ "a\nb", "\"a\\nb\"", "\"a\\nb\"" },
		{ "q\"\\", "\"q\\\"\\\\\"", "\"q\\\"\\\\\"" },
		{ "\a\b\t\v\f\r", "\"\\a\\b\\t\\v\\f\\r\"",
		  "\"\\a\\b\\t\\v\\f\\r\"" },
		{ "\x01\x7f", "\"\\001\\177\"", "\"\\001\\177\"" },
		{ "\xc3\xa9", "\xc3\xa9", "\"\\303\\251\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *name = cases[i].name, *end;
		struct strbuf sb = STRBUF_INIT;

		quote_c(&sb, name, strlen(name), false);
		assert_string_equal(sb.buf, cases[i].quoted);
		strbuf_reset(&sb);
		quote_c(&sb, name, strlen(name), true);
		assert_string_equal(sb.buf, cases[i].quoted_high);
		if (sb.buf[0] == '"') {
			struct strbuf back = STRBUF_INIT;

			assert_int_equal(unquote_c(&back, sb.buf, &end), 0);
			assert_string_equal(back.buf, name);
			assert_int_equal(*end, 0);
			strbuf_release(&back);
		}
		strbuf_release(&sb);
	}
}

static void unquoting_refuses_what_is_not_well_formed(void **state)
{
	static const char *const cases[] = { "a", "\"", "\"a", "\"\\", "\"\\x\"",
					     "\"\\12\"", "\"\\400\"",
					     "\"\\18\"" };
	struct strbuf sb = STRBUF_INIT;

	(void)state;
	strbuf_addstr(&sb, "kept");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(unquote_c(&sb, cases[i], NULL), -1);
		assert_string_equal(sb.buf, "kept");
	}
	strbuf_release(&sb);
}

static void text_for_people_drives_no_terminal(void **state)
{
	struct strbuf sb = STRBUF_INIT;
	static const char text[] = "a\033[31m\tb\r\xc2\x9b" "c\xc3\xa9\n";

	(void)state;
	quote_text(&sb, text, sizeof(text) - 1);
	assert_string_equal(sb.buf, "a^[[31m\tb^M\\x9bc\xc3\xa9\n");
	strbuf_reset(&sb);
	quote_json(&sb, "\"\x7f\xc2\x80\xc2\x9f\xc2\xa0\xc3\xa9\\n\xc2", 14);
	assert_string_equal(sb.buf, "\"\\u007F\\u0080\\u009F\xc2\xa0\xc3\xa9"
				    "\\n\xc2");
	strbuf_reset(&sb);
	quote_sh(&sb, "it's !");
	assert_string_equal(sb.buf, "'it'\\''s '\\!''");
	strbuf_release(&sb);
}

static void errors_keep_message_and_hint(void **state)
{
	(void)state;
	assert_int_equal(error_set(GIT_EINVALID, "bad '%s'", "x"),
			 GIT_EINVALID);
	error_hint("try %s", "y");
	error_hint("or z");
	assert_string_equal(error_hint_text(), "try y\nor z");
	error_wrap(GIT_EINVALID, "in %s", "file");
	assert_string_equal(error_message(), "in file: bad 'x'");
	error_set(GIT_ERROR, "again: %s", error_message());
	assert_string_equal(error_message(), "again: in file: bad 'x'");
	assert_null(error_hint_text());
	errno = ENOENT;
	assert_int_equal(error_errno("no"), GIT_ENOTFOUND);
	assert_string_equal(error_message(), "no: No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strbuf_is_always_a_string),
		cmocka_unit_test(strbuf_formats_what_is_longer_than_its_room),
		cmocka_unit_test(strbuf_trims_and_completes),
		cmocka_unit_test(strvec_sorts_and_searches),
		cmocka_unit_test(arena_gives_small_and_large_pieces),
		cmocka_unit_test(quoting_is_gits_and_goes_back),
		cmocka_unit_test(unquoting_refuses_what_is_not_well_formed),
		cmocka_unit_test(text_for_people_drives_no_terminal),
		cmocka_unit_test(errors_keep_message_and_hint),
	};

	return cmocka_run_group_tests_name("base_strings", tests, NULL, NULL);
}
