/* SPDX-License-Identifier: MIT */
/*
 * git reword on histories with branches and merges, some below and some above
 * the commit: the same ones as `git rebase -i -r` with a reword line. Where a
 * merge holds something of its own git makes it again and loses that; we keep
 * it, so here each is the plain merge of its parents.
 */
#include <stdio.h>
#include <string.h>

#include "support/random_history.h"
#include "support/sandbox.h"

enum { HISTORIES = 8, COMMITS = 14 };

struct history {
	struct strbuf import;
	unsigned holds[COMMITS]; /* a bit for each file that a commit has */
	unsigned below[COMMITS]; /* a bit for each commit it is made from */
	uint64_t *random;
};

static void add_files(struct history *h, unsigned files)
{
	for (int i = 0; i < COMMITS; i++)
		if (files & 1u << i)
			strbuf_addf(&h->import, "M 100644 inline f%d\n"
				    "data <<E\n%d\nE\n", i, i);
}

static void add_commit(struct history *h, int n, int parent, int other)
{
	strbuf_addf(&h->import, "commit refs/heads/main\nmark :%d\n"
		    "author A %d <a@example.com> %d +0200\n"
		    "committer C <c@example.com> %d +0000\ndata <<E\nc%d\nE\n",
		    n + 1, n, 1600000000 + n, 1600000000 + n, n);
	if (parent >= 0)
		strbuf_addf(&h->import, "from :%d\n", parent + 1);
	else
		strbuf_addstr(&h->import, "deleteall\n");
	if (other >= 0)
		strbuf_addf(&h->import, "merge :%d\n", other + 1);
	h->below[n] = 1u << n | (parent < 0 ? 0 : h->below[parent]) |
		      (other < 0 ? 0 : h->below[other]);
	h->holds[n] = other >= 0 ? h->holds[parent] | h->holds[other] :
				   1u << n | (parent < 0 ? 0 : h->holds[parent]);
	add_files(h, other >= 0 ? h->holds[other] : 1u << n);
}

/* On top of the last, of any before it, or of both. */
static void add_some_commit(struct history *h, int n)
{
	int last = n - 1, any = (int)random_below(h->random, (unsigned)n);

	switch (random_below(h->random, 3)) {
	case 0:
		add_commit(h, n, any, -1);
		break;
	case 1:
		if (h->below[last] & 1u << any || h->below[any] & 1u << last)
			add_commit(h, n, last, -1);
		else
			add_commit(h, n, last, any);
		break;
	default:
		add_commit(h, n, last, -1);
	}
}

static void make_history(unsigned seed)
{
	uint64_t state = seed * 0x9e3779b97f4a7c15ULL + 1;
	struct history h = { .import = STRBUF_INIT, .random = &state };

	add_commit(&h, 0, -1, -1);
	for (int n = 1; n < COMMITS; n++)
		add_some_commit(&h, n);
	write_file("import", h.import.buf);
	strbuf_release(&h.import);
	sh("rm -rf a; git init -q -b main a; cd a; "
	   "git fast-import --quiet --force <../import; git reset -q --hard; "
	   /* git rebase --root names it without writing it */
	   "git mktree </dev/null >/dev/null");
}

/* The commit, by its place in the list of all that HEAD has. */
static void reword_in_both(unsigned place)
{
	const char *commit = sh("git -C a rev-list --topo-order --no-merges "
				"HEAD | sed -n $((1 + %u %% $(git -C a "
				"rev-list --no-merges --count HEAD)))p | "
				"tr -d '\\n'", place);

	sh("cd a; GIT_SEQUENCE_EDITOR='sed -i \"s/^pick \\($(git rev-parse "
	   "--short %s)\\)/reword \\1/\"' GIT_EDITOR='echo new >' "
	   "git rebase -q -i -r --root; git tag git; git reset -q --hard "
	   "ORIG_HEAD; git reword -q -m new %s", commit, commit);
}

static void rewords_are_those_of_rebase(void **state)
{
	static const char log[] = "log --topo-order --format='%H %P %T %s'";

	(void)state;
	for (unsigned seed = 1; seed <= HISTORIES; seed++) {
		const char *git;

		make_history(seed);
		reword_in_both(seed * 7);
		git = sh("git -C a %s git", log);
		assert_contains(git, " new\n");
		assert_text(sh("git -C a %s HEAD", log), git);
		assert_fsck("a");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(rewords_are_those_of_rebase),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
