/* SPDX-License-Identifier: MIT */
/* What the next command makes of a change that was killed half-way. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/faults.h"
#include "support/sandbox.h"

#define SETUP                                                                 \
	"mkdir a c; echo a >a/f; seq 30000 >c/f; echo g >c/g; git add . && "  \
	"git commit -qm tree && git sparse-checkout set "

static const struct scenario full = {
	"add", SELECTS, SETUP "a", { "git-sparse", "add", "c" },
};

static const struct scenario sparse_index = {
	"add, sparse index", SELECTS, SETUP "--sparse-index a",
	{ "git-sparse", "add", "c" },
};

static const struct scenario first = {
	"set", SELECTS,
	"mkdir a c; echo a >a/f; echo c >c/f; git add .; git commit -qm tree",
	{ "git-sparse", "set", "a" },
};

#define PROFILE                                                               \
	"mkdir a e; echo a >a/f; echo e >e/f; "                               \
	"printf '[profile \"web\"]\\ndirs = a\\n' >.gitpare; git add .; "       \
	"git commit -qm tree; git sparse-checkout set; "

static const struct scenario drifted = {
	"sync", SELECTS,
	PROFILE "git sparse set --profile web; "
	"printf '[profile \"web\"]\\ndirs = a\\n       e\\n' >.gitpare; "
	"git commit -qam 'Another profile'",
	{ "git-sparse", "sync" },
};

static const struct scenario first_profile = {
	"set --profile", SELECTS, PROFILE,
	{ "git-sparse", "set", "--profile", "web" },
};

static const struct scenario undone_to_profile = {
	"undo", TOGGLES, PROFILE "git sparse set --profile web; "
	"git sparse add e; git sparse set e", { "git-sparse", "undo" },
};

static const struct scenario undone_from_profile = {
	"undo", TOGGLES, PROFILE "git sparse set a e; "
	"git sparse set --profile web", { "git-sparse", "undo" },
};

/* Killed before the first of these calls after which `test` holds. */
static void kill_when(struct stage *stage, const char *calls, const char *test)
{
	struct fault fault = { calls, "kill", false };
	struct outcome out = OUTCOME_INIT;
	uint32_t at = 0;

	do {
		stage_reset(stage);
		stage_run(&out, stage, &fault, ++at);
		assert_true(out.fired);
	} while (sh_try("cd r && %s", test).rc);
	outcome_release(&out);
}

/* The scenario, made and killed so; skipped where nothing can be killed. */
static void begin_killed(struct stage *stage, const struct scenario *scenario,
			 const char *calls, const char *test)
{
	if (!faults_are_possible())
		skip();
	stage_init(stage, scenario);
	kill_when(stage, calls, test);
}

static const char file_is_begun[] = "test -e c/f && test ! -s c/f";
static const char nothing_is_locked[] =
	"test -e .git/pare/journal && test -z \"$(find .git -name '*.lock')\"";

/* git takes it for a change, and would commit it. */
static void a_file_that_was_begun_gets_its_rest(void **state)
{
	struct stage stage;

	(void)state;
	begin_killed(&stage, &full, "write", file_is_begun);
	assert_text(sh("cd r && git status --porcelain"), " M c/f\n");
	sh("cd r && git sparse list");
	assert_text(sh("cd r && git sparse reapply && git status --porcelain"),
		    "");
	assert_text(sh("cd r && git sparse add c 2>&1 && "
		       "git status --porcelain && "
		       "seq 30000 | cmp - c/f && find .git/pare"),
		    ".git/pare\n.git/pare/undo\n");
	stage_release(&stage);
}

/* There the entry is within that of a directory. */
static void a_file_below_a_sparse_directory_is_written_anew(void **state)
{
	struct stage stage;

	(void)state;
	begin_killed(&stage, &sparse_index, "write", file_is_begun);
	assert_contains(sh("cd r && git sparse add c 2>&1"), "tidied up");
	assert_text(sh("cd r && git status --porcelain && "
		       "seq 30000 | cmp - c/f"), "");
	stage_release(&stage);
}

static void what_a_person_made_of_it_stays(void **state)
{
	struct stage stage;

	(void)state;
	begin_killed(&stage, &full, "write", file_is_begun);
	sh("echo mine >r/c/f");
	assert_text(sh("cd r && git sparse add c 2>/dev/null; cat c/f; "
		       "git status --porcelain"), "mine\n M c/f\n");
	stage_release(&stage);
}

/* It was made right after a kill, and is empty as ours would be. */
static void the_lock_of_another_is_not_taken_for_ours(void **state)
{
	struct stage stage;
	struct result r;

	(void)state;
	begin_killed(&stage, &full, "change", nothing_is_locked);
	sh(": >r/.git/index.lock");
	r = sh_try("cd r && git sparse add c");
	assert_rc(r, 128);
	assert_contains(r.err, "index.lock': File exists.");
	sh("cd r && rm .git/index.lock && git sparse add c 2>&1");
	stage_release(&stage);
}

/* From its first moment on there is a sign that it is ours. */
static void a_lock_that_was_just_taken_goes(void **state)
{
	struct stage stage;

	(void)state;
	begin_killed(&stage, &full, "change", "test -e .git/index.lock");
	sh("cd r && git sparse add c 2>&1 && test -e c/g && "
	   "test -z \"$(find .git -name '*.lock')\"");
	stage_release(&stage);
}

/* git takes a cone for patterns when nothing says that it is one. */
static void a_cone_is_never_on_without_being_one(void **state)
{
	static const struct fault fault = { "spawn", "kill", false };
	struct outcome out = OUTCOME_INIT;
	struct stage stage;
	uint32_t at = 0;

	(void)state;
	if (!faults_are_possible())
		skip();
	stage_init(&stage, &first);
	do {
		stage_reset(&stage);
		stage_run(&out, &stage, &fault, ++at);
		sh("cd r && { test \"$(git config core.sparseCheckout)\" != "
		   "true || git config core.sparseCheckoutCone; }");
	} while (out.fired);
	assert_true(at > 4);
	outcome_release(&out);
	stage_release(&stage);
}

/* Git has all of it, and what is active was not noted yet. */
static void assert_is_noted(const struct scenario *scenario, const char *test)
{
	struct stage stage;
	const char *status;

	begin_killed(&stage, scenario, "change", test);
	status = sh("cd r && git sparse status");
	assert_contains(status, "profile web  (");
	assert_not_contains(status, "changed since by git");
	assert_not_contains(status, "has changed since it was applied");
	assert_contains(sh("cd r && git sparse doctor || :"),
			"a change was cut off");
	assert_not_contains(sh("cd r && git sparse doctor || :"), "plain git");
	sh("cd r && git sparse sync");
	status = sh("cd r && git sparse status && cat .git/pare/selection");
	assert_not_contains(status, "added by name");
	assert_contains(status, "profiles = web\n");
	assert_text(sh("cd r && git sparse reapply 2>/dev/null; "
		       "git status --porcelain; ls .git/pare | "
		       "grep -v undo"), "selection\n");
	stage_release(&stage);
}

static void a_change_is_not_taken_for_git_s(void **state)
{
	(void)state;
	assert_is_noted(&drifted,
			"git ls-files -t e/f | grep -q ^H && "
			"test ! -e .git/index.lock && "
			"! grep -q \"$(printf '\\t')e$\" .git/pare/selection");
}

static void a_first_profile_is_active_then(void **state)
{
	(void)state;
	assert_is_noted(&first_profile,
			"git ls-files -t a/f | grep -q ^H && "
			"test ! -e .git/index.lock && "
			"test ! -e .git/pare/selection");
}

/* Which command is next does not matter. */
static void assert_undone(const struct scenario *scenario, const char *test,
			  const char *next, const char *selection)
{
	struct stage stage;
	const char *status;

	sh("rm -rf r seed*");
	begin_killed(&stage, scenario, "change", test);
	status = sh("cd r && git sparse %s 2>/dev/null && git sparse status",
		    next);
	assert_not_contains(status, "changed since by git");
	assert_contains(sh("cd r && git sparse reapply 2>/dev/null; "
			   "git sparse status; ls .git/pare"), selection);
	stage_release(&stage);
}

static void an_undo_is_not_taken_for_git_s(void **state)
{
	(void)state;
	assert_undone(&undone_to_profile,
		      "grep -q '^/a/$' .git/info/sparse-checkout && "
		      "test ! -e .git/index.lock && "
		      "test ! -e .git/pare/selection", "add e",
		      "profile web  (.gitpare:1)\nadded by name: e\n"
		      "selection\nundo\n");
	assert_undone(&undone_from_profile,
		      "grep -q '^/e/$' .git/info/sparse-checkout && "
		      "test ! -e .git/index.lock && "
		      "test -e .git/pare/selection", "status",
		      "           1  e\nundo\n");
}

/* Its locks are part of what was cut off, not problems of their own. */
static void the_doctor_mends_it_in_one_go(void **state)
{
	struct stage stage;
	struct result r;

	(void)state;
	begin_killed(&stage, &full, "write", file_is_begun);
	sh("test -e r/.git/index.lock");
	r = sh_try("cd r && git sparse doctor --fix");
	assert_rc(r, 0);
	assert_not_contains(r.out, ".lock");
	assert_contains(r.out, "mended: a change was cut off (process ");
	assert_text(sh("cd r && git sparse doctor"), "nothing is wrong\n");
	stage_release(&stage);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(a_file_that_was_begun_gets_its_rest),
		sandbox_test(a_file_below_a_sparse_directory_is_written_anew),
		sandbox_test(what_a_person_made_of_it_stays),
		sandbox_test(the_lock_of_another_is_not_taken_for_ours),
		sandbox_test(a_lock_that_was_just_taken_goes),
		sandbox_test(a_cone_is_never_on_without_being_one),
		sandbox_test(a_change_is_not_taken_for_git_s),
		sandbox_test(a_first_profile_is_active_then),
		sandbox_test(an_undo_is_not_taken_for_git_s),
		sandbox_test(the_doctor_mends_it_in_one_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
