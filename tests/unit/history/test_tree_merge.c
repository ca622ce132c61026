/* SPDX-License-Identifier: MIT */
/* Merges of ours beside those of `git merge-tree`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "history/text_merge.h"
#include "history/tree_merge.h"
#include "repo/tree.h"
#include "support/random_history.h"
#include "support/sandbox.h"

enum { BASE, OURS, THEIRS, NR_SIDES };

static struct pare_repo *repo;
static struct odb *odb;

static void open_here(void)
{
	sh("git init -q .");
	assert_int_equal(pare_repo_open(&repo, 0), 0);
	assert_int_equal(repo_odb(&odb, repo), 0);
}

static const char *hex(const struct oid *oid)
{
	return oid_hex(oid, repo->algo);
}

/*
 * What git makes of three trees, with ours in the work tree as in a rebase:
 * the tree and, below it, the conflicts.
 */
static struct result git_merge(const struct oid *tree)
{
	sh("rm -rf wt && mkdir wt && "
	   "GIT_INDEX_FILE=wt.index git read-tree %s && "
	   "GIT_INDEX_FILE=wt.index git checkout-index -aq --prefix=wt/",
	   hex(&tree[OURS]));
	return sh_try("b=$(git commit-tree -m b %s) && "
		      "o=$(git commit-tree -m o -p $b %s) && "
		      "t=$(git commit-tree -m t -p $b %s) && "
		      "cd wt && GIT_DIR=../.git GIT_WORK_TREE=. git merge-tree "
		      "--write-tree --name-only --no-messages $o $t >../out; "
		      "rc=$?; sed 's/~[0-9a-f]*$//' <../out; exit $rc", hex(&tree[BASE]), hex(&tree[OURS]),
		      hex(&tree[THEIRS]));
}

/* Texts in which lines repeat, blocks move and are there twice. */
enum { TEXTS = 300, ROUNDS = 4, LINES_MAX = 60 };

struct lines {
	unsigned line[2 * LINES_MAX + 40];
	unsigned nr;
};

static unsigned some_line(uint64_t *state, unsigned kinds)
{
	return random_below(state, 3) ? random_below(state, kinds) :
					1000 + random_below(state, 100000);
}

static void replace(struct lines *l, unsigned at, unsigned gone,
		    const unsigned *new, unsigned nr)
{
	memmove(l->line + at + nr, l->line + at + gone,
		(l->nr - at - gone) * sizeof(*l->line));
	memcpy(l->line + at, new, nr * sizeof(*new));
	l->nr += nr - gone;
}

static void change_lines(struct lines *l, uint64_t *state, unsigned kinds)
{
	unsigned at = random_below(state, l->nr + 1), new[12], nr;
	unsigned gone = random_below(state, 4);

	if (gone > l->nr - at)
		gone = l->nr - at;
	nr = random_below(state, 4);
	for (unsigned i = 0; i < nr; i++)
		new[i] = some_line(state, kinds);
	/* A block from elsewhere, once more or moved. */
	if (l->nr > 12 && !random_below(state, 4)) {
		unsigned from = random_below(state, l->nr - 10);

		nr = 1 + random_below(state, 10);
		memcpy(new, l->line + from, nr * sizeof(*new));
	}
	if (l->nr < LINES_MAX + 20)
		replace(l, at, gone, new, nr);
}

static void add_text(struct strbuf *out, const struct lines *l, bool ends)
{
	strbuf_reset(out);
	for (unsigned i = 0; i < l->nr; i++)
		strbuf_addf(out, "%u\n", l->line[i]);
	if (!ends && out->len)
		strbuf_setlen(out, out->len - 1);
}

static void make_texts(struct strbuf *text, uint64_t *state)
{
	unsigned kinds = 1 + random_below(state, 30);
	struct lines base = { .nr = random_below(state, LINES_MAX) };

	for (unsigned i = 0; i < base.nr; i++)
		base.line[i] = some_line(state, kinds);
	for (int side = BASE; side < NR_SIDES; side++) {
		struct lines l = base;
		unsigned changes = side ? 1 + random_below(state, 3) : 0;

		while (changes--)
			change_lines(&l, state, kinds);
		add_text(&text[side], &l, random_below(state, 8));
	}
}

static struct text as_text(const struct strbuf *sb)
{
	return (struct text){ sb->buf, sb->len };
}

static bool merge_texts(struct oid *out, const struct strbuf *text)
{
	const struct text base = as_text(&text[BASE]);
	const struct text ours = as_text(&text[OURS]);
	const struct text theirs = as_text(&text[THEIRS]);
	struct strbuf merged = STRBUF_INIT;
	bool done = text_merge(&merged, &base, &ours, &theirs);

	hash_object(out, repo->algo, "blob", merged.buf, merged.len);
	strbuf_release(&merged);
	return done;
}

/* Which texts were merged, and into what. */
struct merged {
	bool done;
	struct oid oid;
};

static void make_round(struct oid *tree, struct merged *merged, uint64_t *state)
{
	struct strbuf raw[NR_SIDES] = { STRBUF_INIT, STRBUF_INIT, STRBUF_INIT };
	struct strbuf text[NR_SIDES] = { STRBUF_INIT, STRBUF_INIT,
					 STRBUF_INIT };

	for (int i = 0; i < TEXTS; i++) {
		char name[12];

		snprintf(name, sizeof(name), "%03d", i);
		make_texts(text, state);
		merged[i].done = merge_texts(&merged[i].oid, text);
		for (int side = 0; side < NR_SIDES; side++) {
			struct oid blob;

			odb_write(&blob, odb, OBJ_BLOB, text[side].buf,
				  text[side].len);
			tree_add_entry(&raw[side], 0100644, name, 3, &blob,
				       repo->algo);
		}
	}
	for (int side = 0; side < NR_SIDES; side++) {
		odb_write(&tree[side], odb, OBJ_TREE, raw[side].buf,
			  raw[side].len);
		strbuf_release(&raw[side]);
		strbuf_release(&text[side]);
	}
}

static unsigned compare_round(const struct oid *tree,
			      const struct merged *merged)
{
	struct result git = git_merge(tree);
	struct oid result;
	unsigned nr = 0;

	assert_true(git.rc == 0 || git.rc == 1);
	assert_int_equal(oid_parse(&result, git.out, repo->algo), 0);
	for (int i = 0; i < TEXTS; i++) {
		char name[12], line[16];
		struct oid blob;
		uint32_t mode;

		if (!merged[i].done)
			continue;
		nr++;
		snprintf(name, sizeof(name), "%03d", i);
		snprintf(line, sizeof(line), "\n%s\n", name);
		assert_not_contains(git.out, line);
		assert_int_equal(tree_lookup(&blob, &mode, odb, repo->algo,
					     &result, name), 0);
		assert_text(hex(&merged[i].oid), hex(&blob));
	}
	return nr;
}

static void texts_merge_as_every_diff_would_have_it(void **test_state)
{
	const char *seed = getenv("PARE_SEED");
	uint64_t state = seed ? strtoull(seed, NULL, 10) : 42;
	struct merged *merged = xcalloc(TEXTS, sizeof(*merged));
	int rounds = seed ? 40 : ROUNDS;
	unsigned nr = 0;

	(void)test_state;
	open_here();
	for (int i = 0; i < rounds; i++) {
		struct oid tree[NR_SIDES];

		make_round(tree, merged, &state);
		nr += compare_round(tree, merged);
	}
	printf("# %u of %d texts merged without git\n", nr, TEXTS * rounds);
	assert_true(nr > 50);
	free(merged);
	pare_repo_free(repo);
}

/* What the test is at, shown when it fails. */
static const char *at = "";

static void merge_like_git(const struct oid *tree)
{
	struct strvec conflicts = STRVEC_INIT;
	struct tree_merge m;
	struct oid merged;
	struct result git = git_merge(tree);
	int result;

	assert_int_equal(tree_merge_init(&m, repo), 0);
	result = tree_merge(&merged, &conflicts, &m, &tree[BASE],
			    &tree[OURS], &tree[THEIRS]);
	if (result < 0)
		printf("%s\n", error_message());
	if (result != git.rc)
		fail_msg("%s: %d, git %d", at, result, git.rc);
	if (!result && strncmp(hex(&merged), git.out, repo->algo->hex_size))
		fail_msg("%s:\n%s", at,
			 sh("git diff-tree -r %.40s %s", git.out,
			    hex(&merged)));
	if (!result) {
		assert_true(!conflicts.nr);
	} else {
		struct strbuf paths = STRBUF_INIT;

		for (size_t i = 0; i < conflicts.nr; i++)
			strbuf_addf(&paths, "%s\n", conflicts.v[i]);
		assert_text(paths.buf, strchr(git.out, '\n') + 1);
		strbuf_release(&paths);
	}
	strvec_clear(&conflicts);
	tree_merge_release(&m);
}

static void trees_merge_as_git_merges_them(void **test_state)
{
	uint64_t state = 7;

	(void)test_state;
	open_here();
	for (int i = 0; i < 24; i++) {
		struct random_history h;
		struct oid tree[NR_SIDES];

		random_history_make(&h, repo, &state, 5, i % 2);
		for (int side = 0; side < NR_SIDES; side++)
			tree[side] = h.tree[random_below(&state, 5)];
		merge_like_git(tree);
	}
	assert_text(sh("ls .git/pare"), "");
	pare_repo_free(repo);
}

/* Three trees by a shell script each, in one directory. */
static void merge_scripts(const char *base, const char *ours,
			  const char *theirs)
{
	const char *script[NR_SIDES] = { base, ours, theirs };
	struct oid tree[NR_SIDES];

	for (int i = 0; i < NR_SIDES; i++) {
		const char *name;

		name = sh("rm -rf w && mkdir w && cd w && { %s; } && %s && "
			  "GIT_DIR=../.git GIT_WORK_TREE=. git add -A . && "
			  "GIT_DIR=../.git git write-tree", base,
			  i ? script[i] : ":");
		assert_int_equal(oid_parse(&tree[i], name, repo->algo), 0);
	}
	sh("rm -rf w");
	at = sh("printf '%%s | %%s' \"%s\" \"%s\"", ours, theirs);
	merge_like_git(tree);
}

static void attributes_of_the_trees_count(void **test_state)
{
	static const char base[] = "seq 9 >f; mkdir d; seq 9 >d/f; %s";
	static const char *const attributes[] = {
		":", "echo 'f merge=union' >.gitattributes",
		"echo '* -merge' >d/.gitattributes",
		"echo 'd/f binary' >.gitattributes",
		"echo '* merge=ours' >.gitattributes",
	};
	static const char *const sides[][2] = {
		{ "sed -i 1s/1/x/ f d/f", "sed -i 9s/9/y/ f d/f" },
		{ "sed -i 5s/5/x/ f", "sed -i 5s/5/y/ f" },
		{ "sed -i 5s/5/x/ d/f", "sed -i 8s/8/y/ d/f; >f" },
		{ "sed -i 1s/1/x/ f; rm -f .gitattributes",
		  "sed -i 9s/9/y/ f" },
	};

	(void)test_state;
	open_here();
	sh("git config merge.ours.driver true");
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++)
		for (size_t j = 0; j < ARRAY_SIZE(sides); j++) {
			char *script = xstrfmt(base, attributes[i]);

			merge_scripts(script, sides[j][0], sides[j][1]);
			free(script);
		}
	pare_repo_free(repo);
}

static void renames_and_kinds_are_gits_to_decide(void **test_state)
{
	static const char base[] =
		"mkdir d e; seq 20 >d/a; seq 30 50 >d/b; seq 60 90 >e/c; "
		"ln -s a l; echo x >x; mkdir a.d; echo q >a.d/q";
	static const char *const sides[][2] = {
		{ "mv d/a d/z", "sed -i 1s/1/x/ d/a" },
		{ "mv d n", "echo new >d/new" },
		{ "mv d/a z; mv e/c y", "rm d/a; sed -i 5s/4/x/ e/c" },
		{ "mv d/a 1", "mv d/a 2" },
		{ "rm x; mkdir x; echo y >x/y", "echo z >z" },
		{ "rm x; mkdir x; echo y >x/y", "echo z >x" },
		{ "rm -r a.d; echo f >a.d", "echo f >a" },
		{ "echo f >a", "mkdir a; echo f >a/f" },
		{ "rm l; ln -s b l", "rm l; ln -s c l" },
		{ "rm l; ln -s b l", "rm l; ln -s b l; echo y >x" },
		{ "rm l; echo l >l", "chmod +x x" },
		{ "chmod +x x; echo 1 >n", "echo y >x" },
		{ "rm -r d", "rm -r d; echo y >x" },
		{ "echo n >n; rm x", "echo n >n; rm e/c" },
		{ "rm -r d e l x a.d; echo >n",
		  ":" },
	};

	(void)test_state;
	open_here();
	for (size_t i = 0; i < ARRAY_SIZE(sides); i++) {
		merge_scripts(base, sides[i][0], sides[i][1]);
		merge_scripts(base, sides[i][1], sides[i][0]);
	}
	pare_repo_free(repo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(texts_merge_as_every_diff_would_have_it),
		sandbox_test(trees_merge_as_git_merges_them),
		sandbox_test(attributes_of_the_trees_count),
		sandbox_test(renames_and_kinds_are_gits_to_decide),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
