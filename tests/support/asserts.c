/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/strbuf.h"
#include "support/sandbox.h"
#include "support/snapshot.h"

void assert_text(const char *actual, const char *expected)
{
	if (!actual)
		actual = "(null)";
	if (strcmp(actual, expected))
		print_error("--- expected\n%s\n--- actual\n%s\n---\n", expected,
			    actual);
	assert_string_equal(actual, expected);
}

void assert_contains(const char *haystack, const char *needle)
{
	if (!haystack || !strstr(haystack, needle)) {
		print_error("not found: %s\n--- in\n%s\n---\n", needle,
			    haystack ? haystack : "(null)");
		fail();
	}
}

void assert_not_contains(const char *haystack, const char *needle)
{
	if (haystack && strstr(haystack, needle)) {
		print_error("found: %s\n--- in\n%s\n---\n", needle, haystack);
		fail();
	}
}

void assert_rc(struct result r, int rc)
{
	if (r.rc != rc)
		print_error("exit code %d, expected %d\n--- stdout\n%s\n"
			    "--- stderr\n%s\n---\n",
			    r.rc, rc, r.out, r.err);
	assert_int_equal(r.rc, rc);
}

void assert_fsck(const char *repo)
{
	struct result r = sh_try("git -C '%s' fsck --strict --no-dangling "
				 "--no-progress 2>&1", repo);

	if (r.rc || (*r.out && !strstr(r.out, "notice:")))
		print_error("fsck of %s:\n%s\n", repo, r.out);
	assert_int_equal(r.rc, 0);
}

/*
 * What git says of both, in one go; the rest is read here. Optional locks are
 * left alone so that the index stays as the command left it.
 */
static const char ask_git[] =
	"for r in '%s' '%s'; do\n"
	"echo '== index'; git -C \"$r\" ls-files -v -s --full-name :/ 2>&1\n"
	"echo '== status'\n"
	"git --no-optional-locks -C \"$r\" status --porcelain=v2 --branch 2>&1\n"
	"echo '== fsck'\n"
	"git -C \"$r\" fsck --strict --no-dangling --no-progress 2>&1 || "
	"echo 'fsck failed'\n"
	"printf '\\001'\n"
	"done";

static void add_state(struct strbuf *out, const char *repo, const char *said,
		      size_t said_len)
{
	strbuf_add(out, said, said_len);
	snapshot_git_dir(out, repo);
	strbuf_addstr(out, "== files\n");
	snapshot_files(out, repo);
}

void assert_same_state(const char *git_repo, const char *git_said,
		       const char *pare_repo, const char *pare_said)
{
	struct strbuf git = STRBUF_INIT, pare = STRBUF_INIT;

	add_state(&git, git_repo, git_said, strcspn(git_said, "\1"));
	add_state(&pare, pare_repo, pare_said, strcspn(pare_said, "\1"));
	if (strcmp(git.buf, pare.buf)) {
		write_file("twin-git", git.buf);
		write_file("twin-pare", pare.buf);
		print_error("%s (git) and %s (pare) differ:\n%s\n", git_repo,
			    pare_repo,
			    sh_try("diff -U3 twin-git twin-pare").out);
		fail();
	}
	strbuf_release(&git);
	strbuf_release(&pare);
}

void assert_twins(const char *git_repo, const char *pare_repo)
{
	const char *said = sh(ask_git, git_repo, pare_repo);
	const char *pare_said = strchr(said, 1);

	assert_non_null(pare_said);
	assert_same_state(git_repo, said, pare_repo, pare_said + 1);
	assert_not_contains(said, "fsck failed");
}
