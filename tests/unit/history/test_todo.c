/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "history/todo.h"
#include "support/sandbox.h"

/* "1" to "9" are commits, "m1" to "m9" merges, each named by its digit. */
static int resolve(struct todo_commit *out, const char *rev, void *payload)
{
	(void)payload;
	out->is_merge = *rev == 'm';
	rev += out->is_merge;
	if (!strcmp(rev, "broken"))
		return error_set(GIT_ERROR, "the disk is gone");
	if (*rev < '1' || *rev > '9' || rev[1])
		return GIT_ENOTFOUND;
	out->oid.hash[0] = (uint8_t)(*rev - '0');
	return 0;
}

static int parse_with(struct todo_list *list, struct strvec *faults,
		      const char *comment, const char *text)
{
	const struct todo_parse_options opts = { .comment = comment,
						 .resolve = resolve };

	return todo_parse(list, faults, text, strlen(text), &opts);
}

static const char *name(const struct oid *oid, void *payload)
{
	static char text[2];

	(void)payload;
	text[0] = (char)('0' + oid->hash[0]);
	return text;
}

/* Read `text`, write it again and compare. */
static void assert_reads_as(const char *text, const char *expected)
{
	const struct todo_format_options opts = { .name = name };
	struct todo_list list = TODO_LIST_INIT;
	struct strvec faults = STRVEC_INIT;
	struct strbuf out = STRBUF_INIT;

	assert_int_equal(parse_with(&list, &faults, NULL, text), 0);
	todo_format(&out, &list, &opts);
	assert_text(out.buf, expected);
	strbuf_release(&out);
	strvec_clear(&faults);
	todo_list_release(&list);
}

static void every_command_is_read_and_written(void **state)
{
	static const char all[] =
		"pick 1 first thing\nreword 2 # second\nedit 3\n"
		"squash 4 x\nfixup 5 y\nfixup -C 6 z\nfixup -c 7 z\n"
		"exec make -k  check\nbreak\ndrop 8 gone\nlabel onto\n"
		"reset [new root]\nmerge -C 9 side # Merge\n"
		"merge -c 1 side\nmerge side other\n"
		"update-ref refs/heads/x\nnoop\nrevert 1 back\n";

	(void)state;
	assert_reads_as(all, all);
}

static void spellings_are_one(void **state)
{
	(void)state;
	assert_reads_as("p 1 a\nr 2\ne 3\ns 4\nf 5\nf -C6 z\nf\t-c  7\t\tz\n"
			"x true\nb\nd 8\nl a\nt a\nm -C9 b\nu refs/x/y\n",
			"pick 1 a\nreword 2\nedit 3\nsquash 4\nfixup 5\n"
			"fixup -C 6 z\nfixup -c 7 z\nexec true\nbreak\n"
			"drop 8\nlabel a\nreset a\nmerge -C 9 b\n"
			"update-ref refs/x/y\n");
	assert_reads_as("# no\n\n  \t\n   # neither\npick 1 a\r\n\r\n"
			" \tpick\t2  b c\r\nbreak\r\npick 3",
			"pick 1 a\npick 2 b c\nbreak\npick 3\n");
	assert_reads_as("", "");
}

static void another_comment_string(void **state)
{
	struct todo_list list = TODO_LIST_INIT;
	struct strvec faults = STRVEC_INIT;

	(void)state;
	assert_int_equal(parse_with(&list, &faults, "//",
				    "// hm\npick 1 # a\n  // x\n"), 0);
	assert_int_equal(list.nr, 1);
	assert_int_equal(list.items[0].line, 2);
	assert_text(list.items[0].arg, "# a");
	strvec_clear(&faults);
	todo_list_release(&list);
}

static void letters_are_written_where_there_are_some(void **state)
{
	const struct todo_format_options opts = { .abbreviate = true,
						  .comment = ";",
						  .name = name };
	struct todo_list list = TODO_LIST_INIT;
	struct strvec faults = STRVEC_INIT;
	struct strbuf out = STRBUF_INIT;

	(void)state;
	parse_with(&list, &faults, NULL, "pick 1 a\nfixup -C 2\nnoop\n");
	todo_list_add(&list, TODO_COMMENT, NULL, " said");
	todo_format(&out, &list, &opts);
	assert_text(out.buf, "p 1 a\nf -C 2\nnoop\n; said\n");
	strbuf_release(&out);
	strvec_clear(&faults);
	todo_list_release(&list);
}

static void faults_are_told_with_their_line(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "pick 1\npluck 2\n", "line 2: invalid command 'pluck'" },
		{ "\n# c\npick\n", "line 3: missing arguments for pick" },
		{ "pick \n", "line 1: missing arguments for pick" },
		{ "p\r\n", "line 1: missing arguments for pick" },
		{ "pick 1\nfixup -C\n", "line 2: missing arguments for fixup" },
		{ "pick 12\n", "line 1: could not parse '12'" },
		{ "pick 1\tx\nf -C \"\n", "line 2: could not parse '\"\\\"\"'" },
		{ "pick m1\n", "line 1: 'pick' does not accept merge commits" },
		{ "r m1\n", "line 1: 'reword' does not accept merge commits" },
		{ "pick 1\nsquash m1\n", "line 2: cannot squash merge commit "
					 "into another commit" },
		{ "drop m1\nfixup 1\n",
		  "line 2: cannot 'fixup' without a previous commit" },
		{ "noop\nsquash 1\n",
		  "line 2: cannot 'squash' without a previous commit" },
		{ "noop x\n", "line 1: noop does not accept arguments: 'x'" },
		{ "break now\n",
		  "line 1: break does not accept arguments: 'now'" },
		{ "exec \n", "line 1: missing arguments for exec" },
		{ "update-ref main\n",
		  "line 1: update-ref requires a fully qualified refname e.g. "
		  "refs/heads/main" },
		{ "u refs/heads/a..b\n",
		  "line 1: 'refs/heads/a..b' is not a valid refname" },
		{ "u refs/heads/\n",
		  "line 1: 'refs/heads/' is not a valid refname" },
		{ "u refs/heads/.x\n",
		  "line 1: 'refs/heads/.x' is not a valid refname" },
		{ "u refs/heads/x.lock\n",
		  "line 1: 'refs/heads/x.lock' is not a valid refname" },
		{ "label #\n", "line 1: '#' is not a valid label" },
		{ "pick\0011\n", "line 1: invalid command '\"pick\\0011\"'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct todo_list list = TODO_LIST_INIT;
		struct strvec faults = STRVEC_INIT;

		assert_int_equal(parse_with(&list, &faults, NULL,
					    cases[i].text), GIT_EINVALID);
		assert_text(error_message(), cases[i].message);
		assert_int_equal(faults.nr, 1);
		strvec_clear(&faults);
		todo_list_release(&list);
	}
}

static void all_faults_are_told_at_once(void **state)
{
	struct todo_list list = TODO_LIST_INIT;
	struct strvec faults = STRVEC_INIT;

	(void)state;
	assert_int_equal(parse_with(&list, &faults, NULL,
				    "fixup 1\nwhat\npick 0\nsquash 2\n"),
			 GIT_EINVALID);
	assert_int_equal(faults.nr, 3);
	assert_text(faults.v[0],
		    "line 1: cannot 'fixup' without a previous commit");
	assert_text(faults.v[1], "line 2: invalid command 'what'");
	assert_text(faults.v[2], "line 3: could not parse '0'");
	strvec_clear(&faults);
	todo_list_release(&list);
}

static void what_is_no_fault_of_the_text_ends_it(void **state)
{
	struct todo_list list = TODO_LIST_INIT;
	struct strvec faults = STRVEC_INIT;
	const struct todo_parse_options opts = { .resolve = resolve };

	(void)state;
	assert_int_equal(parse_with(&list, &faults, NULL, "pick broken\n"),
			 GIT_ERROR);
	assert_int_equal(faults.nr, 0);
	assert_int_equal(todo_parse(&list, &faults, "pick 1\npick 2\0 x\n", 17,
				    &opts), GIT_EINVALID);
	assert_text(error_message(), "line 2: a NUL byte");
	strvec_clear(&faults);
	todo_list_release(&list);
}

static void missing_commits_are_found(void **state)
{
	struct todo_list before = TODO_LIST_INIT, after = TODO_LIST_INIT;
	struct strvec faults = STRVEC_INIT;
	size_t *missing, nr;

	(void)state;
	parse_with(&before, &faults, NULL,
		   "pick 1\npick 2\nfixup 3\nexec x\npick 4\npick 5\n");
	parse_with(&after, &faults, NULL,
		   "pick 3\ndrop 1\nmerge -C 5 side\nexec x\n");
	todo_missing(&missing, &nr, &before, &after);
	assert_int_equal(nr, 2);
	assert_int_equal(missing[0], 1);
	assert_int_equal(missing[1], 4);
	free(missing);
	strvec_clear(&faults);
	todo_list_release(&before);
	todo_list_release(&after);
}

static void commands_know_what_they_need(void **state)
{
	static const struct {
		const char *text;
		bool git;
	} cases[] = {
		{ "pick 1\nreword 2\nsquash 3\nfixup -c 4\ndrop 5\nnoop\n"
		  "update-ref refs/heads/x\n", false },
		{ "pick 1\nexec true\n", true },
		{ "edit 1\n", true },
		{ "break\n", true },
		{ "label x\n", true },
		{ "reset x\n", true },
		{ "merge x\n", true },
		{ "revert 1\n", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct todo_list list = TODO_LIST_INIT;
		struct strvec faults = STRVEC_INIT;

		assert_int_equal(parse_with(&list, &faults, NULL,
					    cases[i].text), 0);
		assert_int_equal(todo_needs_git(&list) != NULL, cases[i].git);
		strvec_clear(&faults);
		todo_list_release(&list);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_is_read_and_written),
		cmocka_unit_test(spellings_are_one),
		cmocka_unit_test(another_comment_string),
		cmocka_unit_test(letters_are_written_where_there_are_some),
		cmocka_unit_test(faults_are_told_with_their_line),
		cmocka_unit_test(all_faults_are_told_at_once),
		cmocka_unit_test(what_is_no_fault_of_the_text_ends_it),
		cmocka_unit_test(missing_commits_are_found),
		cmocka_unit_test(commands_know_what_they_need),
	};

	return cmocka_run_group_tests_name("todo", tests, NULL, NULL);
}
