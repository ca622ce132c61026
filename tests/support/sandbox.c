/* SPDX-License-Identifier: MIT */
#include "support/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/run.h"
#include "base/strbuf.h"
#include "base/strvec.h"

/* One sandbox at a time: a test program runs its tests one after another. */
static struct {
	char *path;
	char *came_from;
	struct strvec kept; /* what the tests were handed */
} sandbox = { .kept = STRVEC_INIT };

extern char **environ;

static void forget_git_variables(void)
{
	struct strvec names = STRVEC_INIT;

	for (char **e = environ; *e; e++)
		if (starts_with(*e, "GIT_"))
			strvec_pushn(&names, *e, strcspn(*e, "="));
	for (size_t i = 0; i < names.nr; i++)
		unsetenv(names.v[i]);
	strvec_clear(&names);
}

static void build_first_on_path(void)
{
	static char *path_before;
	/* Of the same names, around ours: tests/valgrind. */
	const char *wrappers = getenv("PARE_TEST_BIN");
	char *path;

	if (!path_before)
		path_before = xstrdup(getenv("PATH"));
	path = xstrfmt("%s%s%s:%s", wrappers ? wrappers : "",
		       wrappers ? ":" : "", PARE_BUILD_DIR, path_before);
	setenv("PATH", path, 1);
	free(path);
}

static void set_environment(void)
{
	static const char *const set[][2] = {
		{ "GIT_CONFIG_NOSYSTEM", "1" },
		{ "GIT_ATTR_NOSYSTEM", "1" },
		{ "GIT_AUTHOR_NAME", "A U Thor" },
		{ "GIT_AUTHOR_EMAIL", "author@example.com" },
		{ "GIT_COMMITTER_NAME", "C O Mitter" },
		{ "GIT_COMMITTER_EMAIL", "committer@example.com" },
		{ "GIT_AUTHOR_DATE", "1700000000 +0100" },
		{ "GIT_COMMITTER_DATE", "1700000100 +0200" },
		/* PARE_TEST_TMP may be the root of a file system. */
		{ "GIT_DISCOVERY_ACROSS_FILESYSTEM", "1" },
		{ "GIT_EDITOR", ":" },
		{ "GIT_TERMINAL_PROMPT", "0" },
		{ "GIT_TEST_FSYNC", "0" },
		{ "LC_ALL", "C.UTF-8" },
		{ "TZ", "UTC" },
		{ "TERM", "dumb" },
	};
	static const char *const unset[] = { "XDG_CONFIG_HOME", "EDITOR",
					     "VISUAL", "NO_COLOR", "PAGER" };

	forget_git_variables();
	for (size_t i = 0; i < ARRAY_SIZE(set); i++)
		setenv(set[i][0], set[i][1], 1);
	for (size_t i = 0; i < ARRAY_SIZE(unset); i++)
		unsetenv(unset[i]);
	setenv("HOME", sandbox.path, 1);
	build_first_on_path();
}

static const char temp_template[] = "/pare-test-XXXXXX";

int sandbox_setup(void **state)
{
	const char *base = getenv("PARE_TEST_TMP");

	(void)state;
	if (!base)
		base = getenv("TMPDIR");
	sandbox.path = xstrfmt("%s%s", base ? base : "/tmp", temp_template);
	if (!mkdtemp(sandbox.path)) {
		perror(sandbox.path);
		return -1;
	}
	sandbox.came_from = getcwd(NULL, 0);
	if (chdir(sandbox.path)) {
		perror(sandbox.path);
		return -1;
	}
	set_environment();
	write_file(".gitconfig", "[init]\n\tdefaultBranch = main\n"
				 "[advice]\n\tdetachedHead = false\n"
				 "[gc]\n\tauto = 0\n"
				 "[protocol \"file\"]\n\tallow = always\n");
	return 0;
}

int sandbox_teardown(void **state)
{
	struct run run = RUN_INIT;

	(void)state;
	if (chdir(sandbox.came_from))
		return -1;
	if (!getenv("PARE_TEST_KEEP")) {
		strvec_pushl(&run.args, "rm", "-rf", "--", sandbox.path, NULL);
		run_command(&run);
	}
	free(sandbox.came_from);
	free(sandbox.path);
	strvec_clear(&sandbox.kept);
	sandbox.path = sandbox.came_from = NULL;
	return 0;
}

const char *sandbox_path(void)
{
	return sandbox.path;
}

static char *keep(struct strbuf *text)
{
	char *s = strbuf_detach(text, NULL);

	strvec_push_nodup(&sandbox.kept, s);
	return s;
}

static struct result run_script(const char *script)
{
	struct strbuf out = STRBUF_INIT, err = STRBUF_INIT;
	struct run run = RUN_INIT;
	struct result result;

	strvec_pushl(&run.args, "sh", "-c", script, NULL);
	run.out = &out;
	run.err = &err;
	result.rc = run_command(&run);
	result.out = keep(&out);
	result.err = keep(&err);
	return result;
}

struct result sh_try(const char *fmt, ...)
{
	struct strbuf script = STRBUF_INIT;
	struct result result;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&script, fmt, ap);
	va_end(ap);
	result = run_script(script.buf);
	strbuf_release(&script);
	return result;
}

const char *sh(const char *fmt, ...)
{
	struct strbuf script = STRBUF_INIT;
	struct result result;
	va_list ap;

	strbuf_addstr(&script, "set -e; ");
	va_start(ap, fmt);
	strbuf_vaddf(&script, fmt, ap);
	va_end(ap);
	result = run_script(script.buf);
	if (result.rc)
		print_error("%s\nexit code %d\n%s%s", script.buf, result.rc,
			    result.out, result.err);
	strbuf_release(&script);
	assert_int_equal(result.rc, 0);
	return result.out;
}

void write_file(const char *path, const char *content)
{
	const char *slash = strrchr(path, '/');
	int fd;

	if (slash && slash != path) {
		char *dir = xstrndup(path, (size_t)(slash - path));

		fs_mkdirs(dir, 0777);
		free(dir);
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		print_error("%s: %s\n", path, strerror(errno));
	assert_true(fd >= 0);
	assert_int_equal(fs_write_all(fd, content, strlen(content)), 0);
	close(fd);
}

const char *read_file(const char *path)
{
	struct strbuf text = STRBUF_INIT;

	if (strbuf_read_file(&text, path, SIZE_MAX / 4) < 0) {
		strbuf_release(&text);
		return NULL;
	}
	return keep(&text);
}
