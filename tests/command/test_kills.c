/* SPDX-License-Identifier: MIT */
/*
 * Every command killed before a system call that changes something, and while
 * a child of it runs. Git finds nothing wrong with what is left, nothing of a
 * person's is lost, and the same command again does what it should have, or
 * says what to type. A sample each time, all with PARE_FAULTS=all (`make
 * faults`), or only the one of PARE_FAULTS_AT.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/faults.h"

static const struct fault kills[] = { { "change", "kill", false } };

static const struct fault signals[] = {
	{ "change", "int", false },
	{ "change", "term", false },
};

static unsigned long checked, wrong;

/* These say only how it came to be so. */
static bool is_note(const char *what)
{
	return starts_with(what, "git pare/") ||
	       !strcmp(what, "git ORIG_HEAD") || starts_with(what, "git logs/");
}

/*
 * Config that git reads the same: a kill may leave the extension on. And when
 * the refs have moved, directories that a plan has emptied.
 */
static bool is_harmless(const struct stage *stage, const char *what)
{
	if (stage->scenario->kind == REWRITES)
		return starts_with(what, "empty ");
	return !strcmp(what, "git config") ||
	       !strcmp(what, "git config.worktree");
}

/* A pattern that was in the file already stands there twice then. */
static bool is_said_twice(const struct stage *stage, const char *what)
{
	return stage->scenario->kind == APPENDS &&
	       !strcmp(what, "git info/sparse-checkout");
}

static bool is_like(const struct stage *stage, const struct whole *a,
		    const struct whole *b, bool is_second)
{
	struct strvec diff = STRVEC_INIT;
	bool same = true;

	whole_diff(&diff, a, b);
	for (size_t i = 0; i < diff.nr && same; i++)
		same = is_note(diff.v[i]) || is_harmless(stage, diff.v[i]) ||
		       (is_second && is_said_twice(stage, diff.v[i]));
	strvec_clear(&diff);
	return same;
}

static bool has_locks(const struct whole *snapshot)
{
	for (size_t i = 0; i < snapshot->left.nr; i++)
		if (ends_with(snapshot->left.v[i], ".lock"))
			return true;
	return false;
}

/* The error has a hint that says what to do about the lock: it is done. */
static bool follow_hint(const struct outcome *out)
{
	const char *end = strstr(out->err.buf, ".lock'"), *start = end;
	char *path;
	int rc;

	if (!end || !strstr(out->err.buf, "hint: "))
		return false;
	while (start > out->err.buf && start[-1] != '\'')
		start--;
	path = xstrndup(start, (size_t)(end - start) + strlen(".lock"));
	rc = *path == '/' ? unlink(path) : -1;
	free(path);
	return !rc;
}

static void run_again(struct outcome *out, struct stage *stage)
{
	stage_run(out, stage, NULL, 0);
	for (int i = 0; i < 4 && out->rc && follow_hint(out); i++)
		stage_run(out, stage, NULL, 0);
}

static const char *judge_again(struct stage *stage, const struct outcome *dead,
			       struct outcome *again)
{
	bool like_old = is_like(stage, &stage->before, &dead->snapshot,
				false);
	bool like_new = is_like(stage, &stage->after, &dead->snapshot,
				false);

	if (like_new && stage->scenario->kind == REWRITES)
		return NULL;
	run_again(again, stage);
	if (!whole_keeps(&again->snapshot, &stage->before))
		return "the next run lost a file";
	/* It was the very end. */
	if (like_new && strstr(again->err.buf, "hint: --force replaces it"))
		return NULL;
	if (again->rc)
		return "the next run does not know what to do";
	if (has_locks(&again->snapshot))
		return "the next run left locks";
	if (is_like(stage, &stage->after, &again->snapshot, !like_old))
		return NULL;
	if (stage->scenario->kind == TOGGLES && !like_old &&
	    is_like(stage, &stage->before, &again->snapshot, false))
		return NULL;
	return "the next run did not do it";
}

static const char *judge(struct stage *stage, const struct fault *fault,
			 const struct outcome *out, struct outcome *again)
{
	const char *complaint;

	/* While git asks for a password ^C is for git. */
	if (!out->rc && !strcmp(fault->deed, "int") &&
	    !strcmp(stage->scenario->name, "clone"))
		return stage_is_made(stage) ? NULL : "it was not made";
	/* While an editor runs ^C is for the editor. */
	if (!out->rc && !strcmp(fault->deed, "int") &&
	    !strcmp(stage->scenario->name, "edit") &&
	    is_like(stage, &stage->after, &out->snapshot, false))
		return NULL;
	if (out->rc < 128)
		return "it was not killed";
	if (!whole_keeps(&out->snapshot, &stage->before))
		return "a file was lost";
	if (strcmp(fault->deed, "kill") && has_locks(&out->snapshot))
		return "it left locks";
	if (stage->scenario->kind == MAKES)
		return stage_resume(stage, out);
	complaint = stage_complaint(stage, &out->snapshot);
	return complaint ? complaint : judge_again(stage, out, again);
}

static void try_one(struct stage *stage, const struct fault *fault,
		    uint32_t at)
{
	struct outcome out = OUTCOME_INIT, again = OUTCOME_INIT;
	const char *what;

	stage_reset(stage);
	stage_run(&out, stage, fault, at);
	if (out.fired) {
		checked++;
		what = judge(stage, fault, &out, &again);
		if (what) {
			wrong++;
			print_error("%s: %s (exit code %d)\n%s-- again: %d\n"
				    "%s", fault_name(stage, fault, at), what,
				    out.rc, out.err.buf, again.rc,
				    again.err.buf);
			if (getenv("PARE_FAULTS_SHOW")) {
				whole_show(&stage->before, &out.snapshot);
				print_error("-- and then\n");
				whole_show(&stage->after, &again.snapshot);
			}
		}
	}
	outcome_release(&out);
	outcome_release(&again);
}

static bool all_wanted(void)
{
	const char *all = getenv("PARE_FAULTS");

	return all && !strcmp(all, "all");
}

static void try_all(struct stage *stage, const struct fault *fault)
{
	/* A child is one call before it starts and one while it runs. */
	static const struct fault starts = { "spawn", "kill", false };
	uint32_t calls = stage_count(stage, fault) +
			 stage_count(stage, &starts);

	uint32_t point = faults_point();
	uint32_t one = 1 + (uint32_t)(checked * 7 % calls);

	for (uint32_t at = 1; at <= calls; at++)
		if (point ? at == point : at == one || all_wanted())
			try_one(stage, fault, at);
}

static void each_scenario(const struct fault *fault, size_t nr)
{
	const char *only = getenv("PARE_FAULTS_ONLY");
	struct stage stage;

	if (!faults_are_possible())
		skip();
	checked = wrong = 0;
	for (size_t i = 0; i < nr_scenarios; i++) {
		if (scenarios[i].kind == READS ||
		    (only && !strstr(scenarios[i].name, only)))
			continue;
		stage_init(&stage, &scenarios[i]);
		for (size_t k = 0; k < nr; k++)
			if (all_wanted() || k == i % nr)
				try_all(&stage, &fault[k]);
		stage_release(&stage);
		if (all_wanted())
			print_message("%s: %lu until here, %lu wrong\n",
				      scenarios[i].name, checked, wrong);
	}
	print_message("%lu checked, %lu wrong\n", checked, wrong);
	assert_int_equal(wrong, 0);
}

static void what_is_killed_can_be_done_again(void **state)
{
	(void)state;
	each_scenario(kills, ARRAY_SIZE(kills));
}

static const struct scenario *find_scenario(const char *name)
{
	for (size_t i = 0; i < nr_scenarios; i++)
		if (!strcmp(scenarios[i].name, name))
			return &scenarios[i];
	fail_msg("no scenario '%s'", name);
	return NULL;
}

/* It is as before, or done: not by the same command again, but by any. */
static void check_taken_back(struct stage *stage, uint32_t at)
{
	struct outcome out = OUTCOME_INIT;
	struct whole now = WHOLE_INIT;

	stage_reset(stage);
	stage_run(&out, stage, &kills[0], at);
	if (out.fired) {
		checked++;
		sh("cd r && git sparse doctor --fix");
		whole_take(&now, "r");
		stage->is_fresh = false;
		if (strvec_contains(&now.left, "index.lock") ||
		    (!is_like(stage, &stage->before, &now, false) &&
		     !is_like(stage, &stage->after, &now, false))) {
			wrong++;
			print_error("%s: not taken back\n",
				    fault_name(stage, &kills[0], at));
			whole_show(&stage->before, &now);
		}
	}
	whole_release(&now);
	outcome_release(&out);
}

static void a_plan_is_taken_back_by_the_next_change(void **state)
{
	uint32_t every = all_wanted() ? 1 : 6;
	struct stage stage;

	(void)state;
	if (!faults_are_possible())
		skip();
	checked = wrong = 0;
	stage_init(&stage, find_scenario("plan"));
	for (uint32_t at = every; at <= stage_count(&stage, &kills[0]);
	     at += every)
		check_taken_back(&stage, at);
	stage_release(&stage);
	print_message("%lu checked, %lu wrong\n", checked, wrong);
	assert_true(checked);
	assert_int_equal(wrong, 0);
}

static void signals_leave_no_locks(void **state)
{
	(void)state;
	/* A shell starts what it puts into the background without it. */
	signal(SIGINT, SIG_DFL);
	each_scenario(signals, ARRAY_SIZE(signals));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(what_is_killed_can_be_done_again),
		sandbox_test(a_plan_is_taken_back_by_the_next_change),
		sandbox_test(signals_leave_no_locks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
