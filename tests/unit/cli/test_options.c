/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "cli/command.h"
#include "support/sandbox.h"

static bool quiet;
static int tristate, verbose, number;
static const char *message, *sign;
static struct strvec dirs = STRVEC_INIT;

static const struct option options[] = {
	OPT_BOOL('q', "quiet", &quiet, "say less"),
	OPT_TRISTATE(0, "cone", &tristate, "cone mode"),
	{ .type = OPTION_COUNT, .letter = 'v', .name = "verbose",
	  .value = &verbose, .help = "say more" },
	OPT_GROUP("What to do"),
	OPT_INT(0, "number", &number, "<n>", "how many"),
	OPT_STRING('m', "message", &message, "<text>", "the message"),
	{ .type = OPTION_OPTSTRING, .letter = 'S', .name = "gpg-sign",
	  .value = &sign, .arg = "<key>", .help = "sign" },
	OPT_LIST('d', "dir", &dirs, "<dir>", "a directory"),
	OPT_END,
};

static const struct command cmd = {
	.name = "test one",
	.synopsis = { "test one [<options>]" },
	.options = options,
};

static int reset(void **state)
{
	(void)state;
	quiet = false;
	tristate = verbose = number = -1;
	message = sign = NULL;
	strvec_clear(&dirs);
	return 0;
}

/* Parse a line of words split at blanks; returns the words left, joined. */
static const char *parse(int *exit_code, const char *line, unsigned flags)
{
	static struct strbuf left = STRBUF_INIT;
	static struct strvec argv = STRVEC_INIT;
	struct strvec args = STRVEC_INIT;

	strvec_clear(&argv);
	strbuf_reset(&left);
	strvec_push(&argv, "one");
	strvec_split(&argv, line, ' ');
	*exit_code = -1;
	options_parse(exit_code, &args, &cmd, (int)argv.nr, argv.v, flags);
	for (size_t i = 0; i < args.nr; i++)
		strbuf_addf(&left, "%s%s", i ? " " : "", args.v[i]);
	strvec_clear(&args);
	return left.buf;
}

static void options_are_read_as_git_reads_them(void **state)
{
	int exit_code;

	(void)state;
	verbose = 0;
	assert_string_equal(parse(&exit_code, "a -qvv --cone b -mtext "
					      "--dir x -d y --number=7", 0),
			    "a b");
	assert_int_equal(exit_code, -1);
	assert_true(quiet);
	assert_int_equal(tristate, 1);
	assert_int_equal(verbose, 2);
	assert_int_equal(number, 7);
	assert_string_equal(message, "text");
	assert_int_equal(dirs.nr, 2);
	parse(&exit_code, "--no-quiet --no-cone --no-message --no-dir", 0);
	assert_false(quiet);
	assert_int_equal(tristate, 0);
	assert_null(message);
	assert_int_equal(dirs.nr, 0);
	parse(&exit_code, "--mess hello --gpg-sign=key", 0);
	assert_string_equal(message, "hello");
	assert_string_equal(sign, "key");
	parse(&exit_code, "-S", 0);
	assert_string_equal(sign, "");
}

static void dashes_end_the_options(void **state)
{
	int exit_code;

	(void)state;
	assert_string_equal(parse(&exit_code, "-- -q --what", 0),
			    "-q --what");
	assert_string_equal(parse(&exit_code, "--end-of-options -q", 0), "-q");
	assert_false(quiet);
	assert_string_equal(parse(&exit_code, "word -q", OPTIONS_STOP_AT_WORD),
			    "word -q");
	assert_string_equal(parse(&exit_code, "-3 -q", OPTIONS_NUMBERS),
			    "-3");
	assert_true(quiet);
	assert_string_equal(parse(&exit_code, "-", 0), "-");
}

static void mistakes_are_129(void **state)
{
	static const char *const lines[] = {
		"--what", "-x", "--quiet=yes", "--message", "-m",
		"--number=seven", "--number=99999999999", "--no-cone=1",
	};
	int exit_code;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		parse(&exit_code, lines[i], 0);
		if (exit_code != EXIT_USAGE)
			fail_msg("'%s' gave %d", lines[i], exit_code);
	}
	parse(&exit_code, "-h", 0);
	assert_int_equal(exit_code, EXIT_DONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			options_are_read_as_git_reads_them, reset, reset),
		cmocka_unit_test_setup_teardown(dashes_end_the_options, reset,
						reset),
		cmocka_unit_test_setup_teardown(mistakes_are_129, reset,
						reset),
	};

	return cmocka_run_group_tests_name("cli_options", tests, NULL, NULL);
}
