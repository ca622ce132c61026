/* SPDX-License-Identifier: MIT */
/*
 * What git-pare(1) says under WHAT IS PROMISED, where no other test holds it:
 * what is synced, what a kill leaves in TMPDIR, whose locks stay, and that old
 * commits do.
 */
#include "support/sandbox.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "support/faults.h"

static void make_repo(void)
{
	sh("git init -q r && cd r && rm -rf .git/hooks && "
	   "mkdir -p a b/b c && for f in root a/f b/f b/b/f c/f; do "
	   "echo $f >$f; done && echo '*.o' >.gitignore && "
	   "printf '[profile \"web\"]\\ndirs = a\\n' >.gitpare && "
	   "git add . && git commit -qm tree && for i in 1 2 3 4 5 6; do "
	   "echo $i >>root; git commit -qam \"commit $i\"; done");
}

/* Power */

/* Is it synced, and before it gets its name? */
static bool is_synced(const char *log, const char *file, const char *name)
{
	struct strbuf line = STRBUF_INIT;
	const char *sync, *named;

	strbuf_addf(&line, "fsync %s/r/.git/%s", sandbox_path(), file);
	sync = strstr(log, line.buf);
	strbuf_reset(&line);
	strbuf_addf(&line, "%s/r/.git/%s", sandbox_path(), name);
	named = sync ? strstr(sync, line.buf) : NULL;
	strbuf_release(&line);
	if (sync && !named)
		fail_msg("%s is synced too late:\n%s", file, log);
	return sync;
}

/* What git syncs with this setting, of an index and of a commit. */
static bool git_syncs(const char *set, const char *command)
{
	return !sh_try("cd r && rm -f ../perf && GIT_TRACE2_PERF=$PWD/../perf "
		       "git %s %s 2>&1 && grep -q hardware-flush ../perf",
		       set, command)
			.rc;
}

static void assert_synced_as_by_git(const char *set)
{
	const char *log;
	char *command = xstrfmt("git sparse set a && git %s sparse add c", set);

	log = faults_log(command);
	free(command);
	if (is_synced(log, "index.", "index\n") !=
	    git_syncs(set, "read-tree -m HEAD"))
		fail_msg("%s: the index is not synced as by git", set);
	command = xstrfmt("git sparse disable && echo x >new && git add new && "
			  "git commit -qm new && printf 'drop HEAD\npick "
			  "HEAD~1\n' | git %s squash-last -q --plan - 2", set);
	if (is_synced(faults_log(command), "index.", "index\n") !=
	    git_syncs(set, "read-tree -m HEAD"))
		fail_msg("%s: a plan's index is not synced as by git", set);
	free(command);
	command = xstrfmt("git %s squash-last -q -m x 2", set);
	log = faults_log(command);
	free(command);
	if (is_synced(log, "objects/", "objects/") !=
	    git_syncs(set, "commit-tree -m x HEAD:"))
		fail_msg("%s: objects are not synced as by git", set);
}

static void what_core_fsync_names_is_synced(void **state)
{
	static const char *const set[] = {
		"-c core.fsync=none",
		"-c core.fsync=index",
		"-c core.fsync=all",
		"-c core.fsync=added",
		"-c core.fsync=objects,\\ index",
		"-c core.fsync=loose-object",
		"-c core.fsync=committed",
		"-c core.fsync=-index,reference",
		"-c core.fsyncObjectFiles=true",
	};

	(void)state;
	if (!faults_are_possible())
		skip();
	unsetenv("GIT_TEST_FSYNC");
	make_repo();
	if (!git_syncs("-c core.fsync=index", "read-tree -m HEAD"))
		skip(); /* a git that does not know it yet */
	tree_remove("r");
	for (size_t i = 0; i < ARRAY_SIZE(set); i++) {
		make_repo();
		assert_synced_as_by_git(set[i]);
		tree_remove("r");
	}
}

/* Stopped */

#define DRY                                                      \
	"mkdir a; echo a >a/f; git add .; git commit -qm tree; " \
	"rm -rf .git/index a\n"

#define SIGNED                                                         \
	"for i in 1 2 3; do git commit -q --allow-empty -m $i; done; " \
	"printf '#!/bin/sh\necho SIG >$7.sig\n' >.git/sign; "          \
	"chmod +x .git/sign; git config gpg.ssh.program .git/sign; "   \
	"git config gpg.format ssh; git config user.signingKey .git/sign\n"

static const struct scenario with_temporary_files[] = {
	{ "add, dry run", READS, DRY, { "git-sparse", "add", "-n", "a" }},
	{ "squash-last, signed",
	 REWRITES,
	 SIGNED,
	 { "git-squash-last", "-S", "-m", "x", "2" }},
};

/* Of the patterns in this line of the manual? */
static bool is_named(const char *file, const char *line)
{
	for (size_t len; *line && *line != '\n'; line += len + !!line[len]) {
		char *pattern = xstrndup(line, len = strcspn(line, " ,\n"));
		bool found = *pattern && !fnmatch(pattern, file, 0);

		free(pattern);
		if (found)
			return true;
		if (line[len] == '\n')
			break;
	}
	return false;
}

/* Each is one the manual names, and nobody else may look into ours. */
static void check_left(const char *names)
{
	struct strvec left = STRVEC_INIT;

	strvec_split_lines(&left, sh("ls -A tmp"));
	for (size_t i = 0; i < left.nr; i++)
		if (!is_named(left.v[i], names))
			fail_msg("%s is left in TMPDIR", left.v[i]);
	strvec_clear(&left);
	assert_text(sh("find tmp -mindepth 1 -maxdepth 1 -perm /077 "
		       "! -name '*.sig'"),
		    "");
}

/* Killed at every point; how often is there something in TMPDIR then? */
static size_t kill_everywhere(const struct scenario *scenario,
			      const char *names)
{
	static const struct fault kill = { "change", "kill", false};
	struct outcome out = OUTCOME_INIT;
	struct stage stage;
	uint32_t at = 0;
	size_t found = 0;

	stage_init(&stage, scenario);
	do {
		stage_reset(&stage);
		stage_run(&out, &stage, &kill, ++at);
		if (!out.fired)
			assert_text(sh("ls -A tmp"), "");
		found += *sh("ls -A tmp") != '\0';
		check_left(names);
		sh("rm -rf tmp; mkdir tmp");
	} while (out.fired);
	outcome_release(&out);
	stage_release(&stage);
	return found;
}

static void what_a_kill_leaves_in_tmpdir_is_told(void **state)
{
	static const char before[] = "temporary files in\n.Ev TMPDIR\n.Pq Pa ";
	const char *page = read_file(PARE_SOURCE_DIR "/man/git-pare.1");
	char *tmp;

	(void)state;
	if (!faults_are_possible())
		skip();
	tmp = xstrfmt("%s/tmp", sandbox_path());
	sh("mkdir tmp");
	setenv("TMPDIR", tmp, 1);
	page = strstr(page, before);
	assert_non_null(page);
	for (size_t i = 0; i < ARRAY_SIZE(with_temporary_files); i++)
		assert_true(kill_everywhere(&with_temporary_files[i],
					    page + strlen(before)));
	unsetenv("TMPDIR");
	free(tmp);
}

/* Locks that nobody can be seen to have: of another machine, say. */
static const char *const lock[] = {
	".git/index.lock",	     ".git/info/sparse-checkout.lock",
	".git/config.lock",	     ".git/config.worktree.lock",
	".git/refs/heads/main.lock", ".git/HEAD.lock",
	".git/packed-refs.lock",     ".git/ORIG_HEAD.lock",
	".git/info/pare.lock",	     ".gitpare.lock",
};

static const char *const commands[] = {
	"git sparse set a",
	"git sparse add c",
	"git sparse undo",
	"git sparse disable",
	"git sparse sync",
	"git sparse clean -f",
	"git sparse save --local mine",
	"git sparse save --tracked mine",
	"git sparse doctor",
	"git sparse status",
	"git squash-last -m x 2",
	"git squash-last --undo",
	"git reword -m y",
	"printf 'drop HEAD\npick HEAD~1\n' | git squash-last --plan - 2",
};

static void the_lock_of_another_machine_stays(void **state)
{
	size_t named = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lock); i++) {
		make_repo();
		sh("cd r && git sparse set a c && git squash-last -q -m one 2 "
		   "&& touch -d '2 days ago' %s && ls -i %s >../before",
		   lock[i], lock[i]);
		for (size_t k = 0; k < ARRAY_SIZE(commands); k++) {
			struct result r = sh_try("cd r && %s", commands[k]);

			assert_text(sh("cd r && ls -i %s", lock[i]),
				    read_file("before"));
			if (!strstr(r.err, ".lock': File exists."))
				continue;
			assert_contains(r.err, "was made 2 days ago");
			named++;
		}
		tree_remove("r");
	}
	assert_true(named > ARRAY_SIZE(lock));
}

/* Nothing is lost */

static void old_commits_stay_reachable(void **state)
{
	static const char *const rewrites[] = {
		"git squash-last -q -m one 2",
		"git squash-last -q --undo",
		"git squash-last -q --undo",
		"git reword -q -m two HEAD~1",
		("printf 'pick HEAD~1\nfixup HEAD\n' | "
		 "git squash-last -q --plan - 2"),
		"git squash-last -q --update-refs -m three 3",
		"git squash-last -q --root -m all",
	};

	(void)state;
	make_repo();
	sh("git -C r branch side main~2");
	for (size_t i = 0; i < ARRAY_SIZE(rewrites); i++)
		sh("cd r && { git rev-list HEAD >>../all; %s; }", rewrites[i]);
	/* The old ones, and what every rewrite made. */
	assert_text(sh("cd r && git fsck --unreachable --no-progress"), "");
	sh("cd r && git -c gc.reflogExpire=never "
	   "-c gc.reflogExpireUnreachable=never gc -q --prune=now && git "
	   "rev-list HEAD >>../all && "
	   "sort -u ../all | git cat-file --batch-check | grep -c commit");
	assert_text(sh("cd r && sort -u ../all | "
		       "git cat-file --batch-check | grep missing || :"),
		    "");
	assert_fsck("r");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(old_commits_stay_reachable),
		sandbox_test(what_a_kill_leaves_in_tmpdir_is_told),
		sandbox_test(the_lock_of_another_machine_stays),
		sandbox_test(what_core_fsync_names_is_synced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
