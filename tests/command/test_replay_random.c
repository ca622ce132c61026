/* SPDX-License-Identifier: MIT */
/*
 * Random plans on random histories: `git rebase -i` in a work tree, and ours.
 * The same commits, to the last byte, the same refs and the same news for
 * post-rewrite; and where git stops, so do we.
 *
 * PARE_SEEDS=1-5000 tries others than the suite does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "history/encoding.h"
#include "history/replay.h"
#include "support/random_history.h"
#include "support/sandbox.h"

enum { SEEDS = 200 };

static struct pare_repo *repo;
static struct commit_writer writer;

static struct tally {
	unsigned same, both_stop, refused, refused_without_renames;
	size_t merges_by_git;
} tally;

/* What one seed makes of itself. */
struct trial {
	unsigned seed;
	bool renames;
	struct random_history history;
	struct todo_list plan;
	int first; /* commit[first] is the first of the plan */
};

static const char ref[] = "refs/heads/follower";

/* Words as git takes them: an editor that writes "edited". */
static int message(struct strbuf *out, const struct replay_group *group,
		   void *payload)
{
	const struct commit *words = group->member[0].commit;
	bool edited = group->member[0].item->command == TODO_REWORD;
	struct strbuf body = STRBUF_INIT;
	bool squash = false;
	const char *p;

	(void)payload;
	for (size_t i = 1; i < group->nr; i++) {
		const struct todo_item *item = group->member[i].item;

		squash |= item->command == TODO_SQUASH;
		squash |= item->flags & TODO_EDIT_MESSAGE;
		if (item->flags & TODO_REPLACE_MESSAGE) {
			words = group->member[i].commit;
			edited = false;
		}
	}
	if (edited || squash) {
		strbuf_addstr(out, "edited\n");
		return 0;
	}
	reencode_message(&body, words, repo);
	for (p = body.buf; p[strspn(p, " ")] == '\n';)
		p = strchr(p, '\n') + 1;
	strbuf_addstr(out, p);
	strbuf_release(&body);
	return 0;
}

static const char *hex(const struct oid *oid)
{
	return oid_hex(oid, repo->algo);
}

static const char *full_name(const struct oid *oid, void *payload)
{
	(void)payload;
	return hex(oid);
}

static void write_plan(const struct trial *t)
{
	const struct todo_format_options opts = { .name = full_name };
	struct strbuf text = STRBUF_INIT;

	todo_format(&text, &t->plan, &opts);
	write_file("../plan", text.buf);
	strbuf_release(&text);
}

static void make_trial(struct trial *t, unsigned seed)
{
	uint64_t state = seed * 0x9e3779b97f4a7c15ULL + 1;
	int nr = 4 + (int)random_below(&state, 8);

	*t = (struct trial){ .seed = seed, .renames = seed % 4 == 0,
			     .plan = TODO_LIST_INIT };
	random_history_make(&t->history, repo, &state, nr, t->renames);
	t->first = (int)random_below(&state, 3);
	random_plan_make(&t->plan, &t->history, &state, t->first, ref);
	write_plan(t);
}

static struct result run_git_rebase(const struct trial *t)
{
	const struct random_history *h = &t->history;

	return sh_try("git checkout -q -f --detach %s && git clean -qffdx && "
		      "git update-ref %s %s && rm -f ../map && "
		      "GIT_SEQUENCE_EDITOR='cp ../plan' "
		      "GIT_EDITOR='echo edited >' git rebase -q -i %s "
		      ">../err 2>&1; rc=$?; git rev-parse HEAD %s; "
		      "test $rc = 0 || { rm -rf .git/rebase-merge; false; }",
		      hex(&h->commit[h->nr - 1]), ref,
		      hex(&h->commit[h->nr - 1]),
		      t->first ? hex(&h->commit[t->first - 1]) : "--root",
		      ref);
}

/* As git says it: HEAD and the ref, then the lines of post-rewrite. */
static void describe(struct strbuf *out, struct strbuf *map,
		     const struct trial *t, const struct replay_result *result)
{
	const struct oid *at = &t->history.commit[t->history.nr - 1];

	for (size_t i = 0; i < result->nr_refs; i++)
		at = &result->refs[i].oid;
	strbuf_addf(out, "%s\n%s\n", hex(&result->tip), hex(at));
	for (size_t i = 0; i < result->nr; i++)
		strbuf_addf(map, "%s %s\n", hex(&result->map[i].before),
			    hex(&result->map[i].after));
}

static void show(const struct trial *t)
{
	printf("seed %u, from %d:\n%s\n%s\n", t->seed, t->first,
	       read_file("../plan"), read_file("../err"));
}

static void compare(const struct trial *t, struct result git,
		    const struct replay_result *ours)
{
	struct strbuf refs = STRBUF_INIT, map = STRBUF_INIT;
	const char *git_map = read_file("../map");

	describe(&refs, &map, t, ours);
	if (strcmp(git.out, refs.buf)) {
		show(t);
		puts(sh("git log --format=raw --raw %.40s -15 >../git.txt; "
			"git log --format=raw --raw %s -15 >../ours.txt; "
			"diff ../git.txt ../ours.txt || :", git.out,
			hex(&ours->tip)));
	}
	assert_text(refs.buf, git.out);
	if (strcmp(git_map ? git_map : "", map.buf))
		show(t);
	assert_text(map.buf, git_map ? git_map : "");
	strbuf_release(&refs);
	strbuf_release(&map);
}

static void try_seed(unsigned seed)
{
	const struct replay_options opts = { .writer = &writer,
					     .message = message };
	struct replay_result ours = REPLAY_RESULT_INIT;
	struct trial t;
	struct result git;
	int error;

	make_trial(&t, seed);
	error = replay_list(&ours, repo, t.first ?
			    &t.history.commit[t.first - 1] : NULL, &t.plan,
			    &opts);
	if (error)
		printf("seed %u: %s\n", seed, error_message());
	assert_int_equal(error, 0);
	tally.merges_by_git += ours.merges_by_git;
	git = run_git_rebase(&t);
	if (git.rc && !ours.stop)
		show(&t);
	assert_true(!git.rc || ours.stop);
	if (git.rc) {
		tally.both_stop++;
	} else if (ours.stop) {
		show(&t);
		printf("stop %d at %s\n", ours.stop, hex(&ours.commit));
		tally.refused++;
		tally.refused_without_renames += !t.renames;
	} else {
		compare(&t, git, &ours);
		tally.same++;
	}
	replay_result_release(&ours);
	todo_list_release(&t.plan);
}

static void plans_do_what_git_makes_of_them(void **state)
{
	unsigned from = 1, to = SEEDS;
	const char *range = getenv("PARE_SEEDS");

	(void)state;
	if (range)
		sscanf(range, "%u-%u", &from, &to);
	sh("git init -q g && cd g && git commit -q --allow-empty -m x && "
	   "printf '#!/bin/sh\\ntest $1 != rebase || cat >../map\\n' "
	   ">.git/hooks/post-rewrite && chmod +x .git/hooks/post-rewrite");
	assert_int_equal(chdir("g"), 0);
	assert_int_equal(pare_repo_open(&repo, 0), 0);
	assert_int_equal(commit_writer_init(&writer, repo, 0, NULL), 0);
	for (unsigned seed = from; seed <= to; seed++)
		try_seed(seed);
	printf("# %u the same, %u stop in both, %u refused that git does "
	       "(%u of them without renames), %zu merges by git\n",
	       tally.same, tally.both_stop, tally.refused,
	       tally.refused_without_renames, tally.merges_by_git);
	assert_int_equal(tally.refused_without_renames, 0);
	commit_writer_release(&writer);
	pare_repo_free(repo);
	assert_fsck(".");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(plans_do_what_git_makes_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
