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

/* What git itself leaves in the work tree says what the patterns take in. */
static void patterns_are_checked_as_git_applies_them(void **state)
{
	static const char *const sets[] = {
		"'/a/' '!/a/b/c/'", "'*.o' 'six'", "'/*' '!/*/' '/a/b/'",
		"'!root' '/e/**'",  "'a/b/*'",	   "'[er]*'",
	};

	(void)state;
	sh("git init -q r && cd r && %s true", twins_tree);
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		const char *there;

		sh("cd r && git sparse-checkout set --no-cone %s", sets[i]);
		there = sh("cd r && git ls-files -t | sed -n 's/^H //p'");
		assert_text(sh("cd r && git ls-tree -r --name-only HEAD | "
			       "git sparse check-rules"), there);
		sh("printf '%%s\\n' %s >rules", sets[i]);
		assert_text(sh("cd r && git ls-tree -r --name-only HEAD | "
			       "git sparse check-rules --no-cone "
			       "--rules-file ../rules"), there);
	}
	/* Lines of such a file are patterns, whatever they begin with. */
	sh("printf '#x\\n\\ny \\n\"z\\n' >rules");
	assert_text(sh("cd r && printf '#x\\ny\\ny \\n\"\\\"z\"\\nq\\n' | "
		       "git sparse check-rules --no-cone "
		       "--rules-file ../rules"),
		    "#x\ny \n\"\\\"z\"\n");
}

static void lines_of_stdin_are_taken_as_git_takes_them(void **state)
{
	(void)state;
	twins_make(twins_tree);
	sh("printf 'root\\r\\n\\n\"a\\n /x \\n#c\\n/e/' >lines");
	twins_run_in(".", "set --no-cone --stdin <../lines", true);
	twins_run_in(".", "add --stdin <../lines", true);
	twins_run_in(".", "set --no-cone root '!a/one' h/run", true);
	twins_run_in(".", "add root", true);
	sh("printf ' a/b \\r\\n\\n\"sp ace\"\\n' >lines");
	twins_run_in(".", "set --cone --stdin <../lines", true);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(paths_are_checked_against_the_pattern_file),
		sandbox_test(a_rules_file_works_in_a_bare_repository),
		sandbox_test(patterns_are_checked_as_git_applies_them),
		sandbox_test(lines_of_stdin_are_taken_as_git_takes_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
