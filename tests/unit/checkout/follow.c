/* SPDX-License-Identifier: MIT */
/*
 * Index and work tree from one tree to another, beside `git read-tree -m -u`:
 * on random trees with random changes of a person's. PARE_SEEDS=1-5000 tries
 * others than the suite does.
 */
#include "checkout/follow.h"

#include <fcntl.h>
#include <stdio.h>

#include "checkout/move.h"
#include "repo/odb.h"
#include "support/random_history.h"
#include "support/whole.h"
#include "unit/checkout/fixture.h"

enum { SEEDS = 30 };

static const char *const names[] = {
	"a", "b", "d", "d/x", "d/y", "d/e/z", "d/e", "f", "f/g", "f-h", "f/g/i",
	"k/l/m", "k/l/n", "k/o",
};

static struct tally {
	unsigned same, both_refuse, refused, went;
} tally;

static const char *any_name(uint64_t *state)
{
	return names[random_below(state, ARRAY_SIZE(names))];
}

/* A file, an executable one or a link, with what stood in its way gone. */
static void add_file(struct strbuf *script, uint64_t *state, const char *name)
{
	unsigned content = random_below(state, 4);
	size_t dir_len = path_dir_len(name, strlen(name));

	strbuf_addf(script, "rm -rf '%s'\n", name);
	for (size_t i = 0; i < dir_len; i++)
		if (name[i] == '/')
			strbuf_addf(script, "test -d '%.*s' || rm -f '%.*s'\n",
				    (int)i, name, (int)i, name);
	if (dir_len)
		strbuf_addf(script, "test -d '%.*s' || rm -f '%.*s'\n"
			    "mkdir -p '%.*s'\n", (int)dir_len, name,
			    (int)dir_len, name, (int)dir_len, name);
	if (!random_below(state, 8))
		strbuf_addf(script, "ln -s to-%u '%s'\n", content, name);
	else
		strbuf_addf(script, "echo %u >'%s'\n", content, name);
	if (!random_below(state, 8))
		strbuf_addf(script, "test -L '%s' || chmod +x '%s'\n", name,
			    name);
}

static void add_tree(struct strbuf *script, uint64_t *state, const char *tag)
{
	unsigned nr = 1 + random_below(state, 6);

	for (unsigned i = 0; i < nr; i++) {
		const char *name = any_name(state);

		if (random_below(state, 3))
			add_file(script, state, name);
		else
			strbuf_addf(script, "rm -rf '%s'\n", name);
	}
	if (!random_below(state, 6))
		strbuf_addf(script, "mkdir -p d && echo '%c text eol=crlf' "
			    ">d/.gitattributes\n", random_below(state, 2) ?
			    'x' : '*');
	strbuf_addf(script, "git add -A && git commit -q --allow-empty -m %s &&"
		    " git tag %s || exit 1\n", tag, tag);
}

/* What a person may have done since. */
static void add_change(struct strbuf *script, uint64_t *state)
{
	const char *name = any_name(state);

	switch (random_below(state, 7)) {
	case 0:
		strbuf_addf(script, "test ! -f '%s' || echo own >>'%s'\n", name,
			    name);
		break;
	case 1:
		strbuf_addf(script, "rm -f '%s' 2>/dev/null\n", name);
		break;
	case 2:
		strbuf_addf(script, "git rm -q --cached '%s' 2>/dev/null\n",
			    name);
		break;
	case 3:
		strbuf_addf(script, "test ! -f '%s' || { echo own >>'%s'; "
			    "git add --sparse '%s'; } 2>/dev/null\n", name,
			    name, name);
		break;
	case 4:
		strbuf_addf(script, "git checkout -q to -- '%s' 2>/dev/null\n",
			    name);
		break;
	case 5:
		strbuf_addf(script, "test ! -f '%s' || touch '%s'\n", name,
			    name);
		break;
	case 6:
		strbuf_addf(script, "test -e '%s' || { mkdir -p $(dirname '%s')"
			    " && echo own >'%s'; } 2>/dev/null\n", name, name,
			    name);
		break;
	}
}

static void make_trial(unsigned seed)
{
	uint64_t state = seed * 0x9e3779b97f4a7c15ULL + 1;
	unsigned sparse = random_below(&state, 4), nr;
	struct strbuf script = STRBUF_INIT;

	strbuf_addstr(&script, "set +e\ngit init -q r && cd r || exit 1\n");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (random_below(&state, 2))
			add_file(&script, &state, names[i]);
	add_tree(&script, &state, "from");
	add_tree(&script, &state, "to");
	strbuf_addstr(&script, "git reset -q --hard from\n");
	if (sparse)
		strbuf_addf(&script, "git sparse-checkout set --skip-checks %s %s\n",
			    sparse == 2 ? "--sparse-index" : "",
			    random_below(&state, 2) ? "d" : "k/l f");
	nr = random_below(&state, 4);
	for (unsigned i = 0; i < nr; i++)
		add_change(&script, &state);
	strbuf_addstr(&script, "git update-index -q --refresh; cd ..\n"
			       "rm -rf git start && cp -a r git && cp -a r start\n"
			       "for i in git start; do (cd $i && "
			       "git update-index -q --refresh); done; :\n");
	if (getenv("PARE_SHOW"))
		printf("%s", script.buf);
	sh("%s", script.buf);
	strbuf_release(&script);
}

static struct oid tree_of(struct pare_repo *repo, const char *rev)
{
	struct oid oid;

	must(repo_resolve(&oid, repo, rev, "tree"));
	return oid;
}

static bool ask_rules(void *ctx, const char *path)
{
	(void)ctx;
	return *sh("echo '%s' | git sparse check-rules", path);
}

/* One way, in the current directory. */
struct way {
	struct pare_repo *repo;
	struct follow_options opts;
	struct follow *f;
};

static int way_begin(struct way *way)
{
	bool is_sparse = !sh_try("git config core.sparseCheckout").rc;
	struct oid from, to;

	*way = (struct way){
		.opts.wanted.fn = is_sparse ? ask_rules : NULL,
	};
	must(pare_repo_open(&way->repo, PARE_REPO_NEED_WORKTREE));
	from = tree_of(way->repo, "from");
	to = tree_of(way->repo, "to");
	return follow_begin(&way->f, way->repo, &from, &to, &way->opts);
}

static void way_end(struct way *way)
{
	follow_end(way->f);
	pare_repo_free(way->repo);
}

/* Back again when `back` is set. */
static int go(bool back)
{
	struct way way;
	int error = way_begin(&way);

	if (!error && back)
		must(follow_back(way.f));
	way_end(&way);
	return error;
}

static const char *describe(const char *repo)
{
	return sh("cd %s && git ls-files -s && git ls-files -v && find . -path "
		  "./.git -prune -o ! -type d -printf '%%p %%m %%l ' "
		  "! -type d ! -type l -exec cat '{}' ';' -o -type l "
		  "-printf '\\n' | sort && git diff-files --name-status && "
		  /* not `git status`, which may die of a sparse index */
		  "git ls-files -o && ls .git", repo);
}

static bool is_as_before(void)
{
	return !strcmp(describe("r"), describe("start"));
}

static void try_seed(unsigned seed)
{
	struct result git;
	int error;

	make_trial(seed);
	git = sh_try("cd git && git read-tree -m -u from to");
	assert_int_equal(chdir("r"), 0);
	error = go(false);
	assert_int_equal(chdir(".."), 0);
	if (error == GIT_EUNCOMMITTED) {
		tally.both_refuse += git.rc != 0;
		tally.refused += !git.rc;
		if (!is_as_before())
			fail_msg("seed %u: refused, but not as before", seed);
	} else if (error < 0) {
		fail_msg("seed %u: %s", seed, error_message());
	} else if (git.rc) {
		tally.went++;
	} else {
		tally.same++;
		/* On the way git takes away what is outside of the cone; and a
		 * file where there was a sparse directory keeps its bit. */
		sh("for i in r git; do (cd $i && "
		   "git sparse-checkout reapply 2>/dev/null || :); done;"
		   "cd git && git update-index -q --refresh; :");
		assert_text(describe("r"), describe("git"));
		sh("cd r && git fsck --strict 2>/dev/null");
		sh("rm -rf r && cp -a start r && cd r && "
		   "git update-index -q --refresh; :");
		assert_int_equal(chdir("r"), 0);
		must(go(true));
		assert_int_equal(chdir(".."), 0);
		sh("cd r && git update-index -q --refresh; :");
		assert_text(describe("r"), describe("start"));
	}
	sh("rm -rf r git start");
}

static void goes_where_git_goes(void **state)
{
	const char *range = getenv("PARE_SEEDS");
	unsigned first = 1, last = SEEDS;

	(void)state;
	if (range && sscanf(range, "%u-%u", &first, &last) != 2)
		fail_msg("PARE_SEEDS is not like 1-100");
	for (unsigned seed = first; seed <= last; seed++) {
		printf("seed %u\n", seed);
		try_seed(seed);
	}
	printf("%u same, %u refused by both, %u only by us, %u only by git\n",
	       tally.same, tally.both_refuse, tally.refused, tally.went);
	assert_true(tally.same);
}

/* Two commits, and copies to compare with. */
static void make_two(const char *from, const char *to)
{
	sh("git init -q r && cd r && %s\ngit commit -qm from && git tag from\n"
	   "%s\ngit commit -qm to && git tag to && git reset -q --hard from &&"
	   "cp -a ../r ../git && cp -a ../r ../start", from, to);
}

#define LINK "git update-index --add --cacheinfo 160000,$(printf 1%039d),"

/* Their directories come and go; what is in them stays. */
static void submodules_go_as_with_git(void **state)
{
	static const struct {
		const char *from, *to;
	} cases[] = {
		{ "echo f >f && git add f", LINK "m" },
		{ "echo f >f && git add f && " LINK "m/n", "git rm -q m/n" },
		{ "echo f >f && git add f && " LINK "m",
		  "git rm -q --cached m; rm -rf m; echo m >m && git add m" },
		{ "echo f >f && echo m >m && git add .",
		  "git rm -q m && " LINK "m" },
		{ "echo f >f && git add f && " LINK "m",
		  "git update-index --cacheinfo 160000,$(printf 2%039d),m" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		printf("%s, %s\n", cases[i].from, cases[i].to);
		make_two(cases[i].from, cases[i].to);
		sh("cd git && git update-index -q --refresh; "
		   "git read-tree -m -u from to");
		assert_int_equal(chdir("r"), 0);
		must(go(false));
		assert_int_equal(chdir(".."), 0);
		assert_text(sh("cd r && git ls-files -s && find . -name .git "
			       "-prune -o -print | sort"),
			    sh("cd git && git ls-files -s && find . -name .git "
			       "-prune -o -print | sort"));
		sh("rm -rf r && cp -a start r");
		assert_int_equal(chdir("r"), 0);
		must(go(true));
		assert_int_equal(chdir(".."), 0);
		assert_text(sh("cd r && git ls-files -s && find . -name .git "
			       "-prune -o -print | sort"),
			    sh("cd start && git ls-files -s && find . -name "
			       ".git -prune -o -print | sort"));
		sh("rm -rf r git start");
	}
}

/* The way back takes nothing that was written since. */
static void what_is_edited_since_stays(void **state)
{
	struct way way;

	(void)state;
	make_two("echo 1 >a && echo 1 >b && git add .",
		 "echo 2 >a && echo 2 >b && echo 2 >c && git add .");
	assert_int_equal(chdir("r"), 0);
	must(way_begin(&way));
	sh("echo own >>a && echo own >>c");
	must(follow_back(way.f));
	way_end(&way);
	assert_text(sh("cat a b c && git status --porcelain"),
		    "2\nown\n1\n2\nown\n M a\n?? c\n");
	assert_text(sh("find .git -path '.git/pare/*'"), "");
}

/* When somebody else has changed the index it is left to git. */
static void another_index_is_not_put_back(void **state)
{
	struct way way;

	(void)state;
	make_two("echo 1 >a && git add .", "echo 2 >a && git add .");
	assert_int_equal(chdir("r"), 0);
	must(way_begin(&way));
	sh("echo n >n && git add n");
	assert_int_equal(follow_back(way.f), GIT_EMODIFIED);
	way_end(&way);
	assert_text(sh("cat a && git ls-files && { ls .git | grep lock || :; }"),
		    "2\na\nn\n");
}

/* Where the kernel cannot exchange two files. */
static void links_exchange_files_too(void **state)
{
	int here;

	(void)state;
	sh("mkdir d && echo a >a && echo b >d/b");
	here = open("d", O_RDONLY | O_DIRECTORY);
	assert_int_equal(exchange_by_link(AT_FDCWD, "a", here, "b"), 0);
	assert_text(sh("cat a d/b && ls d"), "b\na\nb\n");
	assert_int_equal(exchange_by_link(AT_FDCWD, "none", here, "b"), -1);
	assert_int_equal(exchange_by_link(AT_FDCWD, "a", here, "none"), -1);
	assert_text(sh("cat a d/b && ls d"), "b\na\nb\n");
	/* Killed between its steps. */
	sh("mv d/b d/b.old");
	exchange_settle(here, "b");
	exchange_settle(here, "b");
	assert_text(sh("cat d/b && ls d"), "a\nb\n");
	close(here);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(goes_where_git_goes),
		sandbox_test(submodules_go_as_with_git),
		sandbox_test(what_is_edited_since_stays),
		sandbox_test(another_index_is_not_put_back),
		sandbox_test(links_exchange_files_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
