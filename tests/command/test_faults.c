/* SPDX-License-Identifier: MIT */
/*
 * Every command with every fault: the disk is full, a file can't be opened,
 * memory is short, a child is killed. Afterwards the exit code is honest, the
 * repository whole, in the old or the new state, and nothing of a person's
 * is lost. A sample each time; all of them with PARE_FAULTS=all (`make
 * faults`), a part by PARE_FAULTS_ONLY=<part of the scenario's name>.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/faults.h"

static const struct fault faults[] = {
	{ "open", "EMFILE", false },    { "open", "EIO", false },
	{ "create,write,mkdir,link", "ENOSPC", true },
	{ "write", "ENOSPC", false },   { "write", "EIO", false },
	{ "read", "EIO", false },       { "fsync", "EIO", false },
	{ "rename", "EIO", false },     { "mmap", "ENOMEM", false },
	{ "malloc", "ENOMEM", false },  { "lib-malloc", "ENOMEM", false },
	{ "unlink", "EACCES", false },
	{ "mkdir", "ENOSPC", false },   { "link", "EIO", false },
	{ "close", "EIO", false },      { "stat", "EIO", false },
	{ "readdir", "EIO", false },    { "thread", "EAGAIN", false },
	{ "spawn", "EAGAIN", false },   { "spawn", "child-dies", false },
};

/* Nobody notices these. */
static const struct fault whims[] = {
	{ "open,read,write,fsync", "EINTR", false },
	{ "read,write", "short", false },
	{ "read,write", "short", true },
};

/*
 * The libraries ask for memory two thousand times before they do anything, in
 * every command the same: each time of these fails in one of the scenarios.
 */
enum { SAMPLE = 5, LIB_SAMPLE = 16 };

static unsigned long checked, wrong, foreign;

static bool is_asked_for(const struct scenario *scenario)
{
	const char *only = getenv("PARE_FAULTS_ONLY");

	return !only || strstr(scenario->name, only);
}

static bool all_wanted(void)
{
	const char *all = getenv("PARE_FAULTS");

	return all && !strcmp(all, "all");
}

static void complain(const struct stage *stage, const struct fault *fault,
		     uint32_t at, const struct outcome *out, const char *what)
{
	print_error("%s: %s (exit code %d%s%s)\n%s",
		    fault_name(stage, fault, at), what, out->rc,
		    *out->crashed_in ? ", crashed in " : "", out->crashed_in,
		    out->err.buf);
	if (getenv("PARE_FAULTS_SHOW")) {
		print_error("-- stdout:\n%s", out->out.buf);
		whole_show(out->rc ? &stage->before : &stage->after,
			   &out->snapshot);
	}
	wrong++;
}

/* Was this path named, or else, if git does not know it, its directory? */
static bool is_named(const struct outcome *out, const char *path, bool in_index)
{
	char *dir;
	bool found = strstr(out->err.buf, path);

	for (size_t i = strlen(path); i && !found && !in_index; i--) {
		if (path[i - 1] != '/')
			continue;
		dir = xstrfmt("%.*s'", (int)i - 1, path);
		found = strstr(out->err.buf, dir);
		dir[i - 1] = '/';
		found |= strstr(out->err.buf, dir) != NULL;
		free(dir);
	}
	return found || strstr(out->err.buf, "directory '.'");
}

/*
 * As it should be, but for what was said: files that were kept are named; of
 * the rest only what is done last may be missing, and then the exit code
 * says so.
 */
static bool is_done_but(const struct stage *stage, const struct outcome *out)
{
	struct strvec diff = STRVEC_INIT;
	struct strbuf index = STRBUF_INIT;
	/* With a file that was kept its directory is no entry any more. */
	bool splits = strstr(stage->scenario->name, "sparse index");
	bool good = true;

	whole_diff(&diff, &stage->after, &out->snapshot);
	for (size_t i = 0; i < diff.nr && good; i++) {
		const char *path;

		strbuf_reset(&index);
		if (skip_prefix(diff.v[i], "index ", &path)) {
			good = is_named(out, path, !splits);
		} else if (skip_prefix(diff.v[i], "work ", &path)) {
			strbuf_addf(&index, "index %s ", path);
			good = is_named(out, path,
					strstr(out->snapshot.git.buf,
					       index.buf));
		} else if (skip_prefix(diff.v[i], "git ", &path)) {
			good = starts_with(path, "pare/") || out->rc == 1;
		}
	}
	strvec_clear(&diff);
	strbuf_release(&index);
	return good;
}

static bool is_done(const struct stage *stage, const struct outcome *out)
{
	return whole_equal(&out->snapshot, &stage->after) &&
	       !strcmp(out->out.buf, stage->out.buf);
}

typedef const char *judge_fn(struct stage *stage,
			     const struct fault *fault,
			     const struct outcome *out);

/* Locks; what else there is in pare/ the next run puts away. */
static bool left_locks(const struct whole *now)
{
	for (size_t i = 0; i < now->left.nr; i++)
		if (ends_with(now->left.v[i], ".lock") ||
		    !starts_with(now->left.v[i], "pare/"))
			return true;
	return false;
}

/*
 * Without memory we stop where we are: as after a kill the next run tidies up
 * (test_kills.c).
 */
static bool stopped_short(const struct stage *stage, const struct fault *fault,
			  const struct outcome *out)
{
	return strstr(fault->calls, "malloc") && out->rc == 128 &&
	       (strvec_contains(&out->snapshot.left, "pare/journal") ||
		!strcmp(stage->scenario->name, "install hooks") ||
		!strcmp(stage->scenario->name, "drop"));
}

/*
 * What is not ours to mend, all of it: these take NULL for memory. Counts as
 * a kill too.
 */
static bool is_foreign_crash(const struct outcome *out)
{
	static const char *const libraries[] = {
		"libgit2.so.1.5", /* git_strmap, git_mutex at its start */
	};

	for (size_t i = 0; i < ARRAY_SIZE(libraries); i++)
		if (starts_with(out->crashed_in, libraries[i]))
			return true;
	return false;
}

/* A rewrite notes what undo needs before the refs move; if they do not, who
 * reads the note sees that. And what was typed is kept. */
static bool is_old(const struct stage *stage, const struct whole *now)
{
	struct strvec diff = STRVEC_INIT;
	bool old = true;

	whole_diff(&diff, &stage->before, now);
	for (size_t i = 0; i < diff.nr && old; i++)
		old = !strcmp(diff.v[i], "git pare/rewrite.pending") ||
		      !strcmp(diff.v[i], "git pare/message") ||
		      !strcmp(diff.v[i], "git pare/SPARSE_EDIT");
	strvec_clear(&diff);
	return old;
}

/* A work tree that was to be made is not there, or can be finished. */
static const char *judge_made(struct stage *stage, const struct fault *fault,
			      const struct outcome *out)
{
	/* That git was killed is passed on. */
	bool died = out->rc > 128 && out->rc != 254 &&
		    strcmp(fault->deed, "child-dies");

	if (!whole_keeps(&out->snapshot, &stage->before))
		return "a file was lost";
	foreign += is_foreign_crash(out);
	if (!is_foreign_crash(out) && died)
		return "died";
	if (out->rc && out->rc <= 128 && !out->err.len)
		return "not a word of what was wrong";
	if (!out->rc)
		return stage_is_made(stage) || !strcmp(fault->calls, "unlink") ?
			       NULL : "not done, but says so";
	return stage_resume(stage, out);
}

/* Files are removed one by one, and none that was not to go. */
static bool is_half_cleaned(const struct stage *stage, const struct outcome *out)
{
	struct strvec done = STRVEC_INIT, all = STRVEC_INIT;
	bool good = out->rc && !strcmp(stage->scenario->name, "clean");

	whole_diff(&done, &stage->before, &out->snapshot);
	whole_diff(&all, &stage->before, &stage->after);
	for (size_t i = 0; i < done.nr && good; i++) {
		good = starts_with(done.v[i], "empty ");
		for (size_t k = 0; k < all.nr && !good; k++)
			good = starts_with(all.v[k], done.v[i]);
	}
	strvec_clear(&done);
	strvec_clear(&all);
	return good;
}

static const char *judge(struct stage *stage, const struct fault *fault,
			 const struct outcome *out)
{
	const struct whole *now = &out->snapshot;
	bool old = is_old(stage, now);

	if (stage->scenario->kind == MAKES)
		return judge_made(stage, fault, out);
	if (!whole_keeps(now, &stage->before))
		return "a file was lost";
	foreign += is_foreign_crash(out);
	if (stopped_short(stage, fault, out) || is_foreign_crash(out))
		return stage_complaint(stage, now);
	if (left_locks(now))
		return "something was left";
	if (out->rc && !out->err.len && !strstr(out->out.buf, "problem: "))
		return "not a word of what was wrong";
	if (out->rc > 128 && out->rc != 254)
		return "died";
	if (out->rc == 128 && stage->scenario->kind == REWRITES &&
	    !strstr(fault->calls, "malloc") && !old)
		return "done, but says it is not";
	if (!out->rc && strcmp(out->out.buf, stage->out.buf) &&
	    !strstr(out->err.buf, "warning: could not read directory "))
		return "it says something else";
	if (!out->rc && !is_done_but(stage, out))
		return "not done, but says so";
	/* Of hooks it is said. */
	if (!old && !is_done_but(stage, out) && !is_half_cleaned(stage, out) &&
	    !strstr(out->err.buf, "' stays installed\n"))
		return "neither the old nor the new state";
	return stage_complaint(stage, now);
}

/* libgit2 (1.5.1) opens an object once only. */
static bool was_libgit2(const struct stage *stage, const struct outcome *out)
{
	if (!is_old(stage, &out->snapshot))
		return false;
	if (out->rc == 254)
		return strstr(out->err.buf, "unable to read sha1 file of ");
	return out->rc == 128 && strstr(out->err.buf, "/objects/") &&
	       strstr(out->err.buf, "Interrupted system call");
}

static const char *judge_whim(struct stage *stage,
			      const struct fault *fault,
			      const struct outcome *out)
{
	if (was_libgit2(stage, out))
		return NULL;
	/* libgit2 too; what is begun is tidied up, or can be finished. */
	if (stage->scenario->kind == MAKES && out->rc &&
	    !strcmp(fault->deed, "EINTR"))
		return stage_resume(stage, out);
	if (stage->scenario->kind == MAKES)
		return !out->rc && stage_is_made(stage) ? NULL :
							  "it was noticed";
	return !out->rc && is_done(stage, out) && !out->snapshot.left.nr ?
		       NULL : "it was noticed";
}

static void try_one(struct stage *stage, const struct fault *fault,
		    uint32_t at, judge_fn *judge_it)
{
	struct outcome out = OUTCOME_INIT;
	const char *what;

	stage_reset(stage);
	stage_run(&out, stage, fault, at);
	if (out.fired) {
		checked++;
		what = judge_it(stage, fault, &out);
		if (what)
			complain(stage, fault, at, &out, what);
	}
	outcome_release(&out);
}

/* All of its calls, or one, in each scenario another. */
static void try_fault(struct stage *stage, const struct fault *fault,
		      judge_fn *judge_it)
{
	uint32_t calls = stage_count(stage, fault);
	uint32_t one = calls ? 1 + (uint32_t)(checked * 7 % calls) : 0;

	if (!all_wanted() && one)
		try_one(stage, fault, one, judge_it);
	else if (!strcmp(fault->calls, "lib-malloc"))
		for (uint32_t at = 1 + stage->nr % LIB_SAMPLE; at <= calls;
		     at += LIB_SAMPLE)
			try_one(stage, fault, at, judge_it);
	else
		for (uint32_t at = 1; at <= calls; at++)
			try_one(stage, fault, at, judge_it);
}

static void each_scenario(void (*fn)(struct stage *), const char *name)
{
	struct stage stage;

	if (!faults_are_possible())
		skip();
	checked = wrong = foreign = 0;
	for (size_t i = 0; i < nr_scenarios; i++) {
		if (!is_asked_for(&scenarios[i]) ||
		    (name && strcmp(scenarios[i].name, name)))
			continue;
		stage_init(&stage, &scenarios[i]);
		fn(&stage);
		stage_release(&stage);
		if (all_wanted())
			print_message("%s: %lu until here, %lu wrong\n",
				      scenarios[i].name, checked, wrong);
	}
	print_message("%lu checked, %lu wrong, %lu crashes of libraries\n",
		      checked, wrong, foreign);
	assert_int_equal(wrong, 0);
}

/* A few of them for each, or the tests would take the day. */
static void all_faults(struct stage *stage)
{
	static size_t turn;

	for (size_t i = 0; i < ARRAY_SIZE(faults); i++)
		if (all_wanted() || turn++ % SAMPLE == 0)
			try_fault(stage, &faults[i], judge);
}

static void all_whims(struct stage *stage)
{
	static size_t turn;

	for (size_t i = 0; i < ARRAY_SIZE(whims); i++)
		if (all_wanted() || turn++ % 2 == 0)
			try_fault(stage, &whims[i], judge_whim);
}

/* The last answers of the git that moves the refs, each byte a read. */
static void last_reads(struct stage *stage)
{
	static const struct fault fault = { "read", "EIO", false };
	uint32_t calls = stage_count(stage, &fault);

	for (uint32_t at = calls > 24 ? calls - 24 : 1; at <= calls; at += 2)
		try_one(stage, &fault, at, judge);
}

static void an_answer_that_is_not_heard_is_looked_up(void **state)
{
	(void)state;
	each_scenario(last_reads, "squash-last");
}

static void a_fault_leaves_the_old_state_or_the_new_one(void **state)
{
	(void)state;
	each_scenario(all_faults, NULL);
}

static void interrupted_and_short_calls_are_not_noticed(void **state)
{
	(void)state;
	each_scenario(all_whims, NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(an_answer_that_is_not_heard_is_looked_up),
		sandbox_test(a_fault_leaves_the_old_state_or_the_new_one),
		sandbox_test(interrupted_and_short_calls_are_not_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
