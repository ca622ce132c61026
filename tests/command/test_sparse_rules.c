/* SPDX-License-Identifier: MIT */
/* git sparse check-rules: paths against rules, without a change. */
#include "support/twins.h"

static void paths_are_checked_against_the_pattern_file(void **state)
{
	(void)state;
	sh("git init -q r && cd r && %s git sparse set a/b 'sp ace'",
	   twins_tree);
	assert_text(sh("cd r && git ls-tree -r --name-only HEAD | "
		       "git sparse check-rules"),
		    sh("cd r && git ls-files -t | sed -n 's/^H //p'"));
	assert_text(sh("cd r && printf 'sp ace/nine\\0e/five\\0root\\0' | "
		       "git sparse check-rules -z | tr '\\0' ,"),
		    "sp ace/nine,root,");
	assert_text(sh("cd r && printf 'e/five\\n' | git sparse check-rules"),
		    "");
	assert_text(sh("cd r && printf '\"a/b/\\\\303\\\\251\"\\n' | "
		       "git sparse check-rules"), "\"a/b/\\303\\251\"\n");
	assert_rc(sh_try("cd r && printf '\"a' | git sparse check-rules"),
		  128);
}

static void a_rules_file_works_in_a_bare_repository(void **state)
{
	(void)state;
	sh("git init -q --bare b && printf 'a/b\\n/e/\\n' >rules");
	assert_text(sh("cd b && printf 'a/b/c\\na/x\\na/y/z\\ne/f/g\\nh/i\\n' "
		       "| git sparse check-rules --rules-file ../rules"),
		    "a/b/c\na/x\ne/f/g\n");
	assert_rc(sh_try("cd b && git sparse check-rules --rules-file no "
			 "</dev/null"), 128);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(paths_are_checked_against_the_pattern_file),
		sandbox_test(a_rules_file_works_in_a_bare_repository),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
