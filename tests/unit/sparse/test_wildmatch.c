/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <time.h>

#include "sparse/wildmatch.h"
#include "support/sandbox.h"

static bool match(const char *pattern, const char *text, unsigned flags)
{
	struct wildmatch *wild = wildmatch_compile(pattern, strlen(pattern), 0,
						   flags);
	bool matched = wildmatch_match(wild, text, strlen(text));

	wildmatch_free(wild);
	return matched;
}

enum {
	PATH = WILDMATCH_PATHNAME,
	FOLD = WILDMATCH_CASEFOLD,
};

/* As t3070 of git has them. */
static void patterns_match_as_in_git(void **state)
{
	static const struct {
		bool path, fold, plain; /* with these flags */
		const char *text, *pattern;
	} cases[] = {
		/* literals, ? and one star */
		{ 1, 1, 1, "foo", "foo" },
		{ 0, 0, 0, "foo", "bar" },
		{ 1, 1, 1, "", "" },
		{ 0, 0, 0, "", "?" },
		{ 1, 1, 1, "foo", "???" },
		{ 0, 0, 0, "foo", "??" },
		{ 1, 1, 1, "foo", "*" },
		{ 1, 1, 1, "foo", "f*" },
		{ 0, 0, 0, "foo", "*f" },
		{ 1, 1, 1, "foo", "*foo*" },
		{ 1, 1, 1, "foobar", "*ob*a*r*" },
		{ 1, 1, 1, "aaaaaaabababab", "*ab" },
		{ 1, 1, 1, "foo*", "foo\\*" },
		{ 0, 0, 0, "foobar", "foo\\*bar" },
		{ 1, 1, 1, "f\\oo", "f\\\\oo" },
		{ 0, 0, 0, "foo/bar", "foo?bar[" },
		{ 0, 0, 1, "foo/bar", "foo?bar" },
		{ 0, 0, 1, "foo/bar", "foo[/]bar" },
		{ 0, 0, 1, "foo/bar", "f[^eiu][^eiu][^eiu][^eiu][^eiu]r" },
		{ 1, 1, 1, "foo-bar", "f[^eiu][^eiu][^eiu][^eiu][^eiu]r" },
		/* sets */
		{ 1, 1, 1, "ball", "*[al]?" },
		{ 0, 0, 0, "ten", "[ten]" },
		{ 1, 1, 1, "ten", "**[!te]" },
		{ 0, 0, 0, "ten", "**[!ten]" },
		{ 1, 1, 1, "ten", "t[a-g]n" },
		{ 0, 0, 0, "ten", "t[!a-g]n" },
		{ 1, 1, 1, "ton", "t[!a-g]n" },
		{ 1, 1, 1, "ton", "t[^a-g]n" },
		{ 1, 1, 1, "a]b", "a[]]b" },
		{ 1, 1, 1, "a-b", "a[]-]b" },
		{ 1, 1, 1, "a]b", "a[]-]b" },
		{ 0, 0, 0, "aab", "a[]-]b" },
		{ 1, 1, 1, "aab", "a[]a-]b" },
		{ 1, 1, 1, "]", "]" },
		{ 0, 0, 0, "", "\\" },
		{ 0, 0, 0, "\\", "\\" },
		{ 0, 0, 0, "XXX/\\", "*/\\" },
		{ 1, 1, 1, "XXX/\\", "*/\\\\" },
		{ 1, 1, 1, "@foo", "@foo" },
		{ 1, 1, 1, "[ab]", "\\[ab]" },
		{ 1, 1, 1, "[ab]", "[[]ab]" },
		{ 1, 1, 1, "[ab]", "[[:]ab]" },
		{ 0, 0, 0, "[ab]", "[[::]ab]" },
		{ 1, 1, 1, "[ab]", "[[:digit]ab]" },
		{ 1, 1, 1, "[ab]", "[\\[:]ab]" },
		{ 1, 1, 1, "?a?b", "\\??\\?b" },
		{ 1, 1, 1, "abc", "\\a\\b\\c" },
		{ 0, 0, 0, "foo", "" },
		{ 1, 1, 1, "a1B", "[[:alpha:]][[:digit:]][[:upper:]]" },
		{ 0, 1, 0, "a", "[[:digit:][:upper:][:space:]]" },
		{ 1, 1, 1, "A", "[[:digit:][:upper:][:space:]]" },
		{ 0, 0, 0, "1", "[[:digit:][:upper:][:spaci:]]" },
		{ 0, 0, 0, ".", "[[:digit:][:upper:][:space:]]" },
		{ 1, 1, 1, ".", "[[:digit:][:punct:][:space:]]" },
		{ 1, 1, 1, "5", "[[:xdigit:]]" },
		{ 1, 1, 1, "y", "[a-c[:digit:]x-z]" },
		{ 0, 0, 0, "q", "[a-c[:digit:]x-z]" },
		{ 1, 1, 1, "]", "[\\\\-^]" },
		{ 0, 0, 0, "[", "[\\\\-^]" },
		{ 1, 1, 1, "-", "[\\-_]" },
		{ 1, 1, 1, "]", "[\\]]" },
		{ 0, 0, 0, "\\", "[\\]]" },
		{ 0, 0, 0, "ab", "a[]b" },
		{ 0, 0, 0, "ab", "[!" },
		{ 0, 0, 0, "ab", "[-" },
		{ 1, 1, 1, "-", "[-]" },
		{ 0, 0, 0, "-", "[a-" },
		{ 0, 0, 0, "-", "[!a-" },
		{ 1, 1, 1, "-", "[--A]" },
		{ 1, 1, 1, "5", "[--A]" },
		{ 1, 1, 1, " ", "[ --]" },
		{ 1, 1, 1, "$", "[ --]" },
		{ 0, 0, 0, "0", "[ --]" },
		{ 1, 1, 1, "-", "[---]" },
		{ 0, 0, 0, "j", "[a-e-n]" },
		{ 1, 1, 1, "-", "[a-e-n]" },
		{ 1, 1, 1, "a", "[!------]" },
		{ 0, 0, 0, "[", "[]-a" },
		{ 1, 1, 1, "^", "[]-a]" },
		{ 0, 0, 0, "^", "[!]-a]" },
		{ 1, 1, 1, "[", "[!]-a]" },
		{ 1, 1, 1, "-b]", "[a-]b]" },
		{ 0, 0, 0, "\\", "[\\]" },
		{ 1, 1, 1, "\\", "[\\\\]" },
		{ 0, 0, 0, "\\", "[!\\\\]" },
		{ 1, 1, 1, "G", "[A-\\\\]" },
		{ 0, 0, 0, "aaabbb", "b*a" },
		{ 1, 1, 1, ",", "[,]" },
		{ 1, 1, 1, "+", "[,-.+]" },
		/* stars and slashes */
		{ 0, 0, 1, "foo/baz/bar", "foo*bar" },
		{ 0, 0, 1, "foo/baz/bar", "foo**bar" },
		{ 1, 1, 1, "foobazbar", "foo**bar" },
		{ 1, 1, 1, "foo/baz/bar", "foo/**/bar" },
		{ 1, 1, 1, "foo/b/a/z/bar", "foo/**/bar" },
		{ 1, 1, 0, "foo/bar", "foo/**/bar" },
		{ 1, 1, 0, "foo/bar", "foo/**/**/bar" },
		{ 1, 1, 1, "foo/b/a/z/bar", "foo/**/**/bar" },
		{ 0, 0, 1, "foo/b/a/z/bar", "foo/*/bar" },
		{ 1, 1, 1, "deep/foo/bar", "**/bar" },
		{ 1, 1, 0, "bar", "**/bar" },
		{ 1, 1, 1, "foo/bar", "**/bar" },
		{ 0, 0, 0, "deep/foo/bar/", "**/bar" },
		{ 1, 1, 1, "deep/foo/bar/baz", "**/bar/*" },
		{ 0, 0, 0, "deep/foo/bar", "**/bar/*" },
		{ 1, 1, 1, "deep/foo/bar/", "**/bar/**" },
		{ 0, 0, 1, "deep/foo/bar/baz/x", "**/bar/*" },
		{ 1, 1, 1, "deep/foo/bar/baz/x", "**/bar/**" },
		{ 0, 0, 1, "foo/bar/baz", "**/bar*" },
		{ 1, 1, 1, "foo/bar/baz", "**/bar/*" },
		{ 1, 1, 0, "foo", "**/foo" },
		{ 1, 1, 1, "XXX/foo", "**/foo" },
		{ 0, 0, 1, "foo/bba/arr", "foo**" },
		{ 1, 1, 1, "foo/bba/arr", "foo/**" },
		{ 0, 0, 0, "foo", "foo/**" },
		{ 1, 1, 1, "foo/", "foo/**" },
		{ 1, 1, 1, "ab/cXd/efXg/hi", "**/*X*/**/*i" },
		{ 0, 0, 1, "ab/cXd/efXg/hi", "*X*i" },
		{ 1, 1, 1, "ab/cXd/efXg/hi", "*/*X*/*/*i" },
		{ 0, 0, 0, "foo/bar/baz/to", "**/t[o" },
		{ 1, 1, 1, "foo/bb/aa/rr", "**/**/**" },
		{ 1, 1, 1, "abcXdefXghi", "*X*i" },
		{ 0, 0, 1, "foo/bb/aa/rr", "*/*/*" },
		{ 1, 1, 1, "foo/bb/aa", "*/*/*" },
		{ 0, 0, 0, "foo/bar", "*/*/*" },
		{ 1, 1, 1, "-adobe-courier-bold-o-normal--12-120-75-75-m-70-"
		  "iso8859-1", "-*-*-*-*-*-*-12-*-*-*-m-*-*-*" },
		{ 0, 0, 0, "-adobe-courier-bold-o-normal--12-120-75-75-X-70-"
		  "iso8859-1", "-*-*-*-*-*-*-12-*-*-*-m-*-*-*" },
		{ 1, 1, 1, "abcd/abcdefg/abcdefghijk/abcdefghijklmnop.txt",
		  "**/*a*b*g*n*t" },
		{ 0, 0, 0, "abcd/abcdefg/abcdefghijk/abcdefghijklmnop.txtz",
		  "**/*a*b*g*n*t" },
		/* letters */
		{ 0, 1, 0, "a", "[A-Z]" },
		{ 1, 1, 1, "A", "[A-Z]" },
		{ 0, 1, 0, "A", "[a-z]" },
		{ 0, 1, 0, "aBc", "AbC" },
		{ 1, 1, 1, "\xc3\xa9", "\xc3\xa9" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		bool path = match(cases[i].pattern, cases[i].text, PATH);
		bool fold = match(cases[i].pattern, cases[i].text,
				  PATH | FOLD);
		bool plain = match(cases[i].pattern, cases[i].text, 0);

		if (path != cases[i].path || fold != cases[i].fold ||
		    plain != cases[i].plain)
			fail_msg("'%s' against '%s': %d %d %d",
				 cases[i].pattern, cases[i].text, path, fold,
				 plain);
	}
}

/* Stars that would be tried in 2^n ways by backtracking. */
static void no_pattern_is_slow(void **state)
{
	char pattern[4000], text[4001];
	clock_t start = clock();

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	for (size_t i = 3; i < sizeof(text) - 1; i += 4)
		text[i] = '/';
	text[sizeof(text) - 1] = '\0';
	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = "**/*a"[i % 5];
	pattern[sizeof(pattern) - 1] = '\0';
	pattern[sizeof(pattern) - 2] = 'b';
	assert_false(match(pattern, text, PATH));
	assert_false(match(pattern, text, 0));
	assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
}

/* Any bytes at all are a pattern. */
static void any_bytes_are_a_pattern(void **state)
{
	static const char bytes[] = "*?[]!^-\\/:a.[:alpha:]";
	unsigned seed = 1;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		char pattern[12], text[8];
		struct wildmatch *wild;
		size_t len = 0;

		for (; len < sizeof(pattern) && seed % 13; len++) {
			seed = seed * 1103515245 + 12345;
			pattern[len] = bytes[(seed >> 16) %
					     (sizeof(bytes) - 1)];
		}
		seed = seed * 1103515245 + 12345;
		memset(text, "a/-["[seed >> 16 & 3], sizeof(text));
		wild = wildmatch_compile(pattern, len, 0, seed >> 20 & 3);
		for (size_t n = 0; n <= sizeof(text); n++)
			wildmatch_match(wild, text, n);
		wildmatch_free(wild);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match_as_in_git),
		cmocka_unit_test(no_pattern_is_slow),
		cmocka_unit_test(any_bytes_are_a_pattern),
	};

	return cmocka_run_group_tests_name("sparse_wildmatch", tests, NULL,
					   NULL);
}
