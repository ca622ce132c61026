/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "profile/parse.h"
#include "support/sandbox.h"

static int parse(struct pare_profiles *all, enum pare_profile_layer layer,
		 const char *text, size_t len)
{
	struct strvec faults = STRVEC_INIT;
	int error = profiles_parse(all, &faults, "f", layer, text, len);

	strvec_clear(&faults);
	return error;
}

static void faults_are_named_with_their_line(void **state)
{
	char longline[400] = "[profile \"a\"]\ntitle = ";
	const struct {
		const char *text, *message;
	} cases[] = {
		{ "dirs = a\n", "f:1: 'dirs' is in no section" },
		{ "[profile web]\ndirs = a\n",
		  "f:1: write the profile's name in quotes: "
		  "[profile \"web\"]" },
		{ "[profile]\n", "f:1: write the profile's name in quotes: "
				 "[profile \"name\"]" },
		{ "[sparce]\n",
		  "f:1: unknown section 'sparce'; did you mean 'sparse'?" },
		{ "[profile \"a\"]\ndir = x\n",
		  "f:2: unknown key 'dir'; did you mean 'dirs'?" },
		{ "[profile \"a\"]\n\n[profile \"a\"]\n",
		  "f:3: profile 'a' is in line 1 already" },
		{ "[profile \"a\"]\ntitle = x\ntitle = y\n",
		  "f:3: 'title' is in line 2 already" },
		{ "[profile \"a\"]\n\tdirs = x\n\ttitle = y\n",
		  "f:3: an indented line continues 'dirs'; begin a key at "
		  "the start of the line" },
		{ "[profile \"a\"]\ndirs = ../x\n",
		  "f:2: '../x' is no directory of the repository" },
		{ "[profile \"a\"]\ndirs = /x\n",
		  "f:2: '/x' begins with a slash; directories are named "
		  "from the root of the repository" },
		{ "[profile \"a\"]\ndirs = x\n  y*\n",
		  "f:3: 'y*' is a pattern; only directories can be named" },
		{ "[profile \"a\"]\ndirs = a/.git/b\n",
		  "f:2: 'a/.git/b' is no directory of the repository" },
		{ "[profile \"a\"\ndirs = a\n", "f:1: a section without ']'" },
		{ "[sparse] x\n", "f:1: text behind the section's ']'" },
		{ "[sparse]\nalways\n",
		  "f:2: expected 'key = value' or '[section]'" },
		{ "[sparse]\nkeep-removed = 0\n",
		  "f:2: a repository may not ask for files to be deleted at "
		  "once" },
		{ "[profile \"a\"]\nmode = cones\n",
		  "f:2: 'cones' is none of cone, patterns" },
		{ "[profile \"a\"]\npatterns = /*\n[sparse]\n",
		  "f:1: profile 'a' has patterns, but not "
		  "'mode = patterns'" },
		{ "[profile \"a\"]\nmode = patterns\npatterns = \"x\n",
		  "f:3: a quoted pattern that does not end well: \"\\\"x\"" },
		{ longline, "f:2: a line of more than 198 bytes" },
	};

	(void)state;
	memset(longline + strlen(longline), 'x', 300);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct pare_profiles *all = profiles_new();

		assert_int_equal(parse(all, PARE_LAYER_TRACKED, cases[i].text,
				       strlen(cases[i].text)),
				 GIT_EINVALID);
		assert_text(error_message(), cases[i].message);
		pare_profiles_free(all);
	}
}

static void lists_go_on_and_comments_end_in_every_line(void **state)
{
	static const char text[] = "\xef\xbb\xbf; team\r\n"
				   "[profile \"a\"]\r\n"
				   "dirs = one ; first\r\n"
				   "  two/x/ ; second\r\n"
				   "  \"q\\303\\251\"\r\n";
	struct pare_profiles *all = profiles_new();
	const struct pare_profile *p;

	(void)state;
	assert_int_equal(parse(all, PARE_LAYER_TRACKED, text,
			       strlen(text)), 0);
	p = pare_profiles_find(all, "a");
	assert_non_null(p);
	assert_int_equal(p->dirs.nr, 3);
	assert_text(p->dirs.v[0], "one");
	assert_text(p->dirs.v[1], "two/x");
	assert_text(p->dirs.v[2], "q\xc3\xa9");
	assert_int_equal(p->dir_line[1], 4);
	assert_int_equal(parse(all, PARE_LAYER_LOCAL,
			       "[profile \"a\"]\ndirs = new\n", 25), 0);
	assert_int_equal(p->dirs.nr, 1);
	assert_text(p->dirs.v[0], "new");
	assert_int_equal(parse(all, PARE_LAYER_USER, "[sparse]\n\0\n", 11),
			 GIT_EINVALID);
	assert_text(error_message(), "f:2: a NUL byte");
	pare_profiles_free(all);
}

static void a_million_bad_lines_are_few_faults(void **state)
{
	size_t len = PROFILE_FILE_BYTES_MAX;
	char *text = xmalloc(len);
	struct strvec faults = STRVEC_INIT;
	struct pare_profiles *all = profiles_new();

	(void)state;
	memset(text, '\n', len);
	assert_int_equal(parse(all, PARE_LAYER_USER, text, len), 0);
	for (size_t i = 0; i < len; i += 2)
		text[i] = 'x';
	assert_int_equal(profiles_parse(all, &faults, "f", PARE_LAYER_USER,
					text, len), GIT_EINVALID);
	assert_int_equal(faults.nr, PROFILE_FAULTS_MAX);
	assert_text(faults.v[999],
		    "f:1000: expected 'key = value' or '[section]'");
	strvec_clear(&faults);
	pare_profiles_free(all);
	free(text);
}

static void resolve_follows_inheritance_but_no_circle(void **state)
{
	static const char text[] = "[profile \"a\"]\ninherit = b\ndirs = x\n"
				   "[profile \"b\"]\ndirs = y\nexclude = y/z\n"
				   "[profile \"c\"]\ninherit = d\n"
				   "[profile \"d\"]\ninherit = c\n"
				   "[profile \"e\"]\ninherit = aa\n";
	static const struct {
		const char *name, *message;
	} cases[] = {
		{ "c", "f:7: profile 'c' inherits itself through 'd' (f:9)" },
		{ "e", "f:11: profile 'e' inherits: no profile 'aa'" },
		{ "q", "no profile 'q'" },
	};
	struct pare_profiles *all = profiles_new();
	struct pare_selection sel = PARE_SELECTION_INIT;
	struct pare_resolved out;

	(void)state;
	assert_int_equal(parse(all, PARE_LAYER_TRACKED, text,
			       strlen(text)), 0);
	strvec_push(&sel.profiles, "a");
	assert_int_equal(pare_profiles_resolve(&out, all, &sel), 0);
	assert_int_equal(out.dirs.nr, 2);
	assert_text(out.dirs.v[1], "y");
	assert_text(out.origin[1].profile, "b");
	assert_int_equal(out.origin[1].line, 5);
	assert_text(out.excludes.v[0], "y/z");
	pare_resolved_release(&out);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		strvec_clear(&sel.profiles);
		strvec_push(&sel.profiles, cases[i].name);
		assert_true(pare_profiles_resolve(&out, all, &sel) < 0);
		assert_text(error_message(), cases[i].message);
		pare_resolved_release(&out);
	}
	strvec_clear(&sel.profiles);
	pare_profiles_free(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_are_named_with_their_line),
		cmocka_unit_test(lists_go_on_and_comments_end_in_every_line),
		cmocka_unit_test(a_million_bad_lines_are_few_faults),
		cmocka_unit_test(resolve_follows_inheritance_but_no_circle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
