/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sparse/pattern_list.h"
#include "support/sandbox.h"

/*
 * The paths of one tree; each set of patterns is asked of git (`git
 * sparse-checkout reapply`, then the flags of `git ls-files -t`) and of us.
 */
#define PATHS \
	"a.c b.md d/a.c d/b.md d/e/a.c d/e/b.md d/e/f/a.c d/e/f/g/b.md " \
	"dd/a.c dd/d/e/b.md docs/x.md docs/a/x.md docs/a/b/y.txt e/d/a.c " \
	"e/f/d/b.md 'sp ' 'tr /x' '#hash' '!bang' 'q?x' 'st*r/a.c' 'st*r/b' " \
	"'br[a]k/a.c' 'ba\\\\ck/a.c' x/y/z/w/v/u.c x/y/b.md X/Y/b.md Z"

static void make_tree(void)
{
	sh("git init -q . && for f in " PATHS "; do mkdir -p \"$(dirname "
	   "\"$f\")\" && echo \"$f\" >\"$f\"; done && git add " PATHS " && "
	   "git commit -qm x && git init -q m && "
	   "git -C m commit -q --allow-empty -m m && "
	   "git update-index --add --cacheinfo "
	   "160000,$(git -C m rev-parse HEAD),e/sub && rm -rf m && "
	   "git commit -qm sub && git config core.sparseCheckout true && "
	   "git config core.sparseCheckoutCone false");
}

/* "H <path>" and "S <path>" for all, as `git ls-files -t -s -z` has them. */
static char *our_answer(const struct pattern_list *list, const char *listing,
			size_t len, bool has_sub, bool *is_consistent)
{
	struct pattern_matcher matcher;
	struct strbuf out = STRBUF_INIT;
	const char *end = listing + len;

	*is_consistent = true;
	pattern_matcher_init(&matcher, list);
	for (const char *p = listing; p < end; p += strlen(p) + 1) {
		/* "H 100644 <hex> 0\t<path>" */
		const char *path = strchr(p, '\t') + 1;
		bool is_dir = has_sub && starts_with(p + 2, "160000");
		bool in = pattern_matcher_path(&matcher, path, strlen(path),
					       is_dir);
		const struct pattern *decider = pattern_list_decider(
			list, path, strlen(path), is_dir);

		if (in != (decider && !decider->is_negative))
			*is_consistent = false;
		strbuf_addf(&out, "%c %s\n", in ? 'H' : 'S', path);
	}
	pattern_matcher_release(&matcher);
	return strbuf_detach(&out, NULL);
}

static char *gits_answer(const char *listing, size_t len)
{
	struct strbuf out = STRBUF_INIT;
	const char *end = listing + len;

	for (const char *p = listing; p < end; p += strlen(p) + 1)
		strbuf_addf(&out, "%c %s\n", *p, strchr(p, '\t') + 1);
	return strbuf_detach(&out, NULL);
}

static void assert_as_git(const char *text, size_t len, bool ignore_case)
{
	struct pattern_list list;
	struct strbuf listing = STRBUF_INIT;
	char *gits, *ours;
	/* Git asks the disk whether a submodule is a directory. */
	bool has_sub = len % 2, is_consistent;
	FILE *file = fopen(".git/info/sparse-checkout", "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	/* Afterwards it goes, since git takes back in what is skipped but
	 * there. */
	sh("%s && git sparse-checkout reapply 2>err && rm -rf e/sub && "
	   "git ls-files -t -s -z >listing",
	   has_sub ? "mkdir -p e/sub" : "rm -rf e/sub");
	assert_int_equal(strbuf_read_file(&listing, "listing", SIZE_MAX), 0);
	pattern_list_parse(&list, text, len, ignore_case);
	ours = our_answer(&list, listing.buf, listing.len, has_sub,
			  &is_consistent);
	gits = gits_answer(listing.buf, listing.len);
	if (strcmp(ours, gits))
		print_message("patterns:\n%s\n", text);
	assert_text(ours, gits);
	assert_true(is_consistent);
	pattern_list_release(&list);
	strbuf_release(&listing);
	free(ours);
	free(gits);
}

static void special_lines_are_read_as_git_reads_them(void **state)
{
	static const char *const texts[] = {
		"", "\n", "/*\n", "/*\n!/*/\n", "*\n", "/\n", "//\n", "!\n",
		"\xef\xbb\xbf/d\n", "/*\r\n!/d\r\n", "/d", "/*\r", "\r\n/d\n",
		"#hash\n", "\\#hash\n", "/*\n!bang\n", "\\!bang\n", "/sp\n",
		"/sp \n", "/sp\\ \n", "/sp\\ \\ \n", "sp \\\n", "/sp\\  \n",
		"/q?x\n", "/q\\?x\n", "st\\*r\n", "/st*r/\n", "br[a]k\n",
		"br\\[a]k\n", "/ba\\\\ck/\n", "d/\n", "d\n", "!d\n/*\n",
		"/*\n!d\n", "/*\n!d/\n/d/e/\n", "/d/\n!/d/e\n/d/e/f/g/b.md\n",
		"*.md\n!/docs/\n/docs/a/\n", "docs/**\n", "docs/**/\n",
		"/docs/**/*.md\n", "**/b.md\n", "**/d/**\n", "/d**/b.md\n",
		"d*/a.c\n", "/*/d\n", "sub\n", "sub/\n", "/e/sub/\n",
		"/e/*/\n", "/e/*\n!/e/sub/\n", "e/\n!sub/\n", "x/y\n",
		"/x/y/z/w/v/\n!u.c\n", "[dx]\n", "[!d]\n", "/[\n", "X\n",
		"x/Y\n", "!*\n", "/**\n", "**\n!**/e/**\n", "*/\n",
	};

	(void)state;
	make_tree();
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_as_git(texts[i], strlen(texts[i]), false);
	assert_as_git("/a.c\0x\nZ\n", 9, false);
	sh("git config core.ignoreCase true");
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_as_git(texts[i], strlen(texts[i]), true);
}

static unsigned seed;

static unsigned below(unsigned n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % n;
}

static void random_pattern(struct strbuf *out)
{
	static const char *const parts[] = {
		"a.c", "b.md", "d", "e", "f", "g", "dd", "docs", "a", "x",
		"y", "z", "*", "**", "?", "*.md", "*.c", "d*", "[de]",
		"[!d]", "[a-f]", "**.md", "e?", "sub", "st\\*r", "b*d", "u.c",
		"\\d", "d**", "***", "X",
	};
	unsigned nr = 1 + below(4);

	if (!below(3))
		strbuf_addch(out, '!');
	if (below(2))
		strbuf_addch(out, '/');
	while (nr--) {
		strbuf_addstr(out, parts[below(ARRAY_SIZE(parts))]);
		if (nr)
			strbuf_addch(out, '/');
	}
	if (!below(3))
		strbuf_addch(out, '/');
	strbuf_addch(out, '\n');
}

static void random_lists_match_as_in_git(void **state)
{
	(void)state;
	make_tree();
	for (unsigned round = 0; round < 320; round++) {
		struct strbuf text = STRBUF_INIT;
		bool ignore_case = round >= 260;

		if (round == 260)
			sh("git config core.ignoreCase true");
		seed = round + 1;
		if (below(2))
			strbuf_addstr(&text, "/*\n");
		for (unsigned nr = 1 + below(6); nr; nr--)
			random_pattern(&text);
		assert_as_git(text.buf, text.len, ignore_case);
		strbuf_release(&text);
	}
}

/* Answers do not depend on the order in which paths are asked. */
static void any_order_gives_the_same(void **state)
{
	static const char *const paths[] = {
		"d/e/f", "a", "d/e", "d/f", "d/e/f", "dd/e/f", "d/e/g/h", "z",
	};
	static const char text[] = "/d/\n!/d/e/\n/d/e/g\n/z\n";
	static const bool in[] = {
		false, false, false, true, false, false, true, true,
	};
	struct pattern_list list;
	struct pattern_matcher matcher;

	(void)state;
	pattern_list_parse(&list, text, strlen(text), false);
	pattern_matcher_init(&matcher, &list);
	for (size_t i = 0; i < ARRAY_SIZE(paths) * 2; i++) {
		size_t at = i % ARRAY_SIZE(paths);
		bool is_sub = !strcmp(paths[at], "d/e");

		assert_int_equal(pattern_matcher_path(&matcher, paths[at],
						      strlen(paths[at]),
						      is_sub), in[at]);
	}
	assert_int_equal(pattern_list_decider(&list, "d/e/x", 5, false)->line,
			 2);
	assert_null(pattern_list_decider(&list, "q", 1, false));
	pattern_matcher_release(&matcher);
	pattern_list_release(&list);
	pattern_list_release(&list);
}

/*
 * A pattern with a state for each of 2^13 endings of a name is more than is
 * kept of what was seen; all is then begun anew, also in the midst of a path.
 */
static void more_states_than_are_kept(void **state)
{
	static const char text[] =
		"*a?????????????\n/*/*b?????????????\n!/a*/**/b*b?b*\n";
	struct pattern_list list;
	struct pattern_matcher matcher;
	unsigned paths, names;

	(void)state;
	seed = 1;
	pattern_list_parse(&list, text, strlen(text), false);
	pattern_matcher_init(&matcher, &list);
	paths = matcher.paths.generation;
	names = matcher.names.generation;
	for (unsigned i = 0; i < 3000; i++) {
		char path[41];
		const struct pattern *decider;

		for (size_t at = 0; at < sizeof(path); at++)
			path[at] = "ab"[below(2)];
		path[2 + i / 100 % 3] = path[40] = '/';
		decider = pattern_list_decider(&list, path, 40, false);
		assert_int_equal(pattern_matcher_path(&matcher, path, 40,
						      false),
				 decider && !decider->is_negative);
	}
	assert_true(matcher.paths.generation > paths);
	assert_true(matcher.names.generation > names);
	pattern_matcher_release(&matcher);
	pattern_list_release(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(special_lines_are_read_as_git_reads_them),
		sandbox_test(random_lists_match_as_in_git),
		cmocka_unit_test(any_order_gives_the_same),
		cmocka_unit_test(more_states_than_are_kept),
	};

	return cmocka_run_group_tests_name("sparse_pattern_list", tests, NULL,
					   NULL);
}
