/* SPDX-License-Identifier: MIT */
#include "support/faults.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/quote.h"
#include "base/run.h"

static const char shim[] = PARE_BUILD_DIR "/tests/fault/shim.so";

bool faults_are_possible(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	return false;
#else
	return fs_exists(shim);
#endif
}

const char *faults_log(const char *command)
{
	char *path = xstrfmt("%s/log", sandbox_path());
	struct result r;

	write_file(path, "");
	setenv("PARE_FAULT_LOG", path, 1);
	setenv("LD_PRELOAD", shim, 1);
	free(path);
	/* The programs themselves, not what is around them (sandbox.c). */
	r = sh_try("PATH=%s:$PATH; cd r; %s", PARE_BUILD_DIR, command);
	unsetenv("LD_PRELOAD");
	unsetenv("PARE_FAULT_LOG");
	if (r.rc)
		print_error("%s\n%s%s", command, r.out, r.err);
	assert_int_equal(r.rc, 0);
	return read_file("log");
}

static struct fault_report *map_report(void)
{
	int fd = open("report", O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	struct fault_report *report;

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, sizeof(*report)), 0);
	report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE,
		      MAP_SHARED, fd, 0);
	assert_true(report != MAP_FAILED);
	close(fd);
	return report;
}

static void prepare_run(struct run *run, const struct stage *stage)
{
	const char *const *word = stage->scenario->command;

	while (strchr(*word, '='))
		strvec_push(&run->env, *word++);
	strvec_pushf(&run->args, "%s/%s", PARE_BUILD_DIR, *word++);
	while (*word)
		strvec_push(&run->args, *word++);
	run->dir = "r";
	/* The disk is asked whether it has the bytes, as for a user. */
	strvec_push(&run->env, "GIT_TEST_FSYNC");
}

static void preload(struct run *run, const struct fault *fault, uint32_t at)
{
	strvec_pushf(&run->env, "LD_PRELOAD=%s", shim);
	strvec_pushf(&run->env, "PARE_FAULT_REPORT=%s/report", sandbox_path());
	strvec_pushf(&run->env, "PARE_FAULT_CALLS=%s", fault->calls);
	strvec_pushf(&run->env, "PARE_FAULT_AT=%u", at);
	strvec_pushf(&run->env, "PARE_FAULT_DO=%s", fault->deed);
	if (fault->keep)
		strvec_push(&run->env, "PARE_FAULT_KEEP=1");
}

/* Children of a program that was killed are ours now. */
static void wait_for_orphans(void)
{
	while (waitpid(-1, NULL, 0) > 0)
		;
}

void stage_run(struct outcome *out, struct stage *stage,
	       const struct fault *fault, uint32_t at)
{
	struct run run = RUN_INIT;

	outcome_release(out);
	memset(stage->report, 0, sizeof(*stage->report));
	prepare_run(&run, stage);
	if (fault)
		preload(&run, fault, at);
	run.out = &out->out;
	run.err = &out->err;
	out->rc = run_command(&run);
	wait_for_orphans();
	out->fired = stage->report->fired;
	out->calls = stage->report->calls;
	memcpy(out->crashed_in, stage->report->crashed_in,
	       sizeof(out->crashed_in));
	whole_take(&out->snapshot, "r");
	stage->is_fresh = whole_equal(&out->snapshot, &stage->before) &&
			  !out->snapshot.left.nr;
}

void outcome_release(struct outcome *outcome)
{
	strbuf_release(&outcome->out);
	strbuf_release(&outcome->err);
	whole_release(&outcome->snapshot);
	*outcome = (struct outcome)OUTCOME_INIT;
}

void stage_reset(struct stage *stage)
{
	if (stage->is_fresh)
		return;
	tree_remove("r");
	tree_copy("seed", "r");
	stage->is_fresh = true;
}

uint32_t faults_point(void)
{
	const char *at = getenv("PARE_FAULTS_AT");

	return at ? (uint32_t)strtoul(at, NULL, 10) : 0;
}

uint32_t stage_count(const struct stage *stage, const struct fault *fault)
{
	static const char *const names[FAULT_KINDS] = { FAULT_KIND_NAMES };
	struct strvec kinds = STRVEC_INIT;
	uint32_t calls = 0;

	strvec_split(&kinds, fault->calls, ',');
	for (size_t i = 0; i < FAULT_KINDS; i++)
		if (strvec_contains(&kinds, names[i]))
			calls += stage->of_kind[i];
	strvec_clear(&kinds);
	return calls;
}

/* What is in "new" in words; locks, and what git finds wrong, too. */
static const char *ask_in_new(void)
{
	return sh_try("cd r/new && exec 2>&1 && git status --porcelain -b && "
		      "git sparse status && git sparse-checkout list && "
		      "find . -path ./.git -prune -o -type f -print | sort && "
		      "git fsck --strict --no-dangling --no-progress && "
		      "find $(git rev-parse --git-dir) -name '*.lock' "
		      "-o -name 'tmp_*' -o -name 'journal*'").out;
}

static void learn(struct stage *stage)
{
	static const struct fault none = { "change", "EIO", false };
	struct outcome out = OUTCOME_INIT;

	stage_reset(stage);
	whole_take(&stage->before, "r");
	stage_run(&out, stage, &none, 0);
	memcpy(stage->of_kind, stage->report->of_kind, sizeof(stage->of_kind));
	if (out.rc)
		print_error("%s: %s", stage->scenario->name, out.err.buf);
	assert_int_equal(out.rc, 0);
	assert_true(out.snapshot.left.nr == 0);
	assert_true(whole_keeps(&out.snapshot, &stage->before));
	assert_true(whole_equal(&out.snapshot, &stage->before) ==
		    (stage->scenario->kind == READS));
	strbuf_addbuf(&stage->out, &out.out);
	if (stage->scenario->kind == MAKES)
		strbuf_addstr(&stage->made, ask_in_new());
	stage->after = out.snapshot;
	out.snapshot = (struct whole)WHOLE_INIT;
	outcome_release(&out);
}

void stage_init(struct stage *stage, const struct scenario *scenario)
{
	*stage = (struct stage){
		.scenario = scenario, .nr = (size_t)(scenario - scenarios),
		.before = WHOLE_INIT, .after = WHOLE_INIT, .out = STRBUF_INIT, .good = STRVEC_INIT,
		.made = STRBUF_INIT,
	};
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	tree_remove("seed");
	/* Copies of it are clean though their inodes are others. */
	sh("git init -q seed && cd seed && git config core.checkStat minimal "
	   "&& git config core.trustctime false && rm -rf .git/hooks\n%s\n"
	   "git status >/dev/null", scenario->setup);
	stage->report = map_report();
	learn(stage);
}

void stage_release(struct stage *stage)
{
	whole_release(&stage->before);
	whole_release(&stage->after);
	strbuf_release(&stage->out);
	strbuf_release(&stage->made);
	strvec_clear(&stage->good);
	munmap(stage->report, sizeof(*stage->report));
}

static const char *ask_git(void)
{
	struct result r = sh_try("cd r && exec 2>&1; "
				 "git fsck --strict --no-dangling "
				 "--no-progress || exit 1; "
				 "git --no-optional-locks status >/dev/null");

	return r.rc || (*r.out && !strstr(r.out, "notice:")) ? r.out : NULL;
}

/* Git is asked once about each state. */
const char *stage_complaint(struct stage *stage, const struct whole *now)
{
	const char *complaint;
	char *key = whole_key(now);

	if (strvec_contains(&stage->good, key)) {
		free(key);
		return NULL;
	}
	complaint = ask_git();
	if (!complaint)
		strvec_push(&stage->good, key);
	free(key);
	return complaint;
}

bool stage_is_made(struct stage *stage)
{
	return !strcmp(ask_in_new(), stage->made.buf);
}

/* `again` and the file "said" are set before. */
static const char resume[] =
	"step=$(sed -n 's/^hint: .*`\\(git -C [^`]*\\)`.*/\\1/p' ../said | "
	"tail -n 1)\n"
	"if test -e new && test -n \"$step\"; then eval \"$step\"; exit; fi\n"
	"(again) 2>../said && exit\n"
	"cat ../said\n"
	"if grep -q 'is a clone that was cut off; remove it and' ../said\n"
	"then rm -rf new; again\n"
	"elif grep -q 'worktree remove --force. takes it away' ../said\n"
	"then git worktree remove --force new && again\n"
	/* It was the very end: any command tidies up. */
	"elif git -C new ls-files -t | grep -q ^H\n"
	"then git -C new sparse reapply\n"
	"elif ! grep -q 'git sparse status. in there says how' ../said\n"
	"then exit 1\n"
	"elif git -C new sparse status | grep -q 'sparse reapply. brings'\n"
	"then git -C new sparse reapply\n"
	"else git -C new sparse add c\n"
	"fi\n";

const char *stage_resume(struct stage *stage, const struct outcome *out)
{
	const char *const *word = stage->scenario->command;
	struct strbuf again = STRBUF_INIT;
	struct result r;

	while (*word) {
		quote_sh(&again, *word++);
		strbuf_addch(&again, ' ');
	}
	write_file("said", out->err.buf);
	stage->is_fresh = false;
	r = sh_try("cd r; exec 2>&1; again() { %s; }\n%s", again.buf, resume);
	strbuf_release(&again);
	if (!r.rc && stage_is_made(stage))
		return NULL;
	print_error("%s-- in new:\n%s", r.out, ask_in_new());
	return "it cannot be finished";
}

const char *fault_name(const struct stage *stage, const struct fault *fault,
		       uint32_t at)
{
	static char text[256];

	snprintf(text, sizeof(text), "%s: %s%s at %s %u",
		 stage->scenario->name, fault->deed,
		 fault->keep ? " for good" : "", fault->calls, at);
	return text;
}
