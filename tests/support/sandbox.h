/* SPDX-License-Identifier: MIT */
/*
 * A place of its own for each test: an empty directory that is the current
 * one, HOME in it, no GIT_ variable from outside, fixed identity and dates,
 * the freshly built git-sparse and the others first on PATH (so `git sparse`
 * finds them). All gone afterwards.
 *
 *	static void add_brings_a_directory(void **state)
 *	{
 *		sh("git init -q r && cd r && …");
 *		…
 *	}
 *	cmocka_unit_test_setup_teardown(add_…, sandbox_setup, sandbox_teardown)
 */
#ifndef PARE_TESTS_SANDBOX_H
#define PARE_TESTS_SANDBOX_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"

int sandbox_setup(void **state);
int sandbox_teardown(void **state);

/* A test of the sandbox kind in a list of tests. */
#define sandbox_test(f)                                                       \
	cmocka_unit_test_setup_teardown(f, sandbox_setup, sandbox_teardown)

/* The path of the sandbox. */
const char *sandbox_path(void);

struct result {
	int rc;
	char *out, *err; /* freed by the sandbox's teardown */
};

/* Run a shell script (sh -c) in the current directory. */
struct result sh_try(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));
/* As sh_try; fails the test, showing stderr, when the exit code is not 0.
 * Returns stdout. */
const char *sh(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Write a file (and its directories). */
void write_file(const char *path, const char *content);
/* Its content, or NULL; freed by the teardown. */
const char *read_file(const char *path);

/* Asserts that name both sides. */
void assert_text(const char *actual, const char *expected);
void assert_contains(const char *haystack, const char *needle);
void assert_not_contains(const char *haystack, const char *needle);
/* The result's exit code, with its stderr shown when it differs. */
void assert_rc(struct result r, int rc);

/* `git fsck --strict` in `repo` says nothing. */
void assert_fsck(const char *repo);

/*
 * Two repositories that went the same way, one by git and one by pare: index
 * (`ls-files -v -s`, all entries), work tree (names, modes, links, contents),
 * pattern file, configuration, HEAD and refs, status (porcelain v2), and
 * fsck of both. Differences are shown as a diff.
 */
void assert_twins(const char *git_repo, const char *pare_repo);

/*
 * The same for who has asked git already: what it said of each, up to a byte
 * 1 or the end.
 */
void assert_same_state(const char *git_repo, const char *git_said,
		       const char *pare_repo, const char *pare_said);

#endif
