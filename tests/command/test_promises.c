/* SPDX-License-Identifier: MIT */
/*
 * What git-pare(1) says under WHAT IS PROMISED, where no other test holds it:
 * what is synced, which files are written, what a kill leaves in TMPDIR, whose
 * locks stay, and that old commits do.
 */
#include "support/sandbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "support/faults.h"

/* Run `command` in "r"; returns the names it made or wrote to, and what it
 * synced, a line each (fault/shim.h). */
static const char *log_of(const char *command)
{
	struct strbuf log = STRBUF_INIT;
	struct result r;

	strbuf_addf(&log, "%s/log", sandbox_path());
	write_file(log.buf, "");
	setenv("PARE_FAULT_LOG", log.buf, 1);
	setenv("LD_PRELOAD", PARE_BUILD_DIR "/tests/fault/shim.so", 1);
	r = sh_try("cd r; %s", command);
	unsetenv("LD_PRELOAD");
	unsetenv("PARE_FAULT_LOG");
	if (r.rc)
		print_error("%s\n", command);
	assert_rc(r, 0);
	strbuf_release(&log);
	return read_file("log");
}

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
		       "git %s %s 2>&1 && grep -q hardware-flush ../perf", set,
		       command).rc;
}

static void assert_synced_as_by_git(const char *set)
{
	const char *log;
	char *command = xstrfmt("git sparse set a && git %s sparse add c", set);

	log = log_of(command);
	free(command);
	if (is_synced(log, "index.", "index\n") !=
	    git_syncs(set, "read-tree -m HEAD"))
		fail_msg("%s: the index is not synced as by git", set);
	command = xstrfmt("git %s squash-last -q -m x 2", set);
	log = log_of(command);
	free(command);
	if (is_synced(log, "objects/", "objects/") !=
	    git_syncs(set, "commit-tree -m x HEAD:"))
		fail_msg("%s: objects are not synced as by git", set);
}

static void what_core_fsync_names_is_synced(void **state)
{
	static const char *const set[] = {
		"-c core.fsync=none", "-c core.fsync=index",
		"-c core.fsync=all", "-c core.fsync=added",
		"-c core.fsync=objects,\\ index", "-c core.fsync=loose-object",
		"-c core.fsync=committed", "-c core.fsync=-index,reference",
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(what_core_fsync_names_is_synced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
