/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "support/sandbox.h"

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
 * All that a command may change, as text. Stat data and object storage are
 * left out; the configuration is compared as git reads it. Names are quoted
 * by git and by `ls -b`-like printing of find.
 */
static const char snapshot[] =
	"cd '%s' || exit 1\n"
	"gd=$(git rev-parse --absolute-git-dir)\n"
	"echo '== index'; git ls-files -t -s --full-name :/ 2>&1\n"
	"echo '== resolve'; git ls-files -v --full-name :/ 2>&1 | "
	"sed -n '/^[a-z]/p'\n"
	"echo '== files'\n"
	"find . -path ./.git -prune -o -printf '%%y %%m %%p %%l\\n' | "
	"LC_ALL=C sort\n"
	"echo '== contents'\n"
	"find . -path ./.git -prune -o -type f -print0 | LC_ALL=C sort -z | "
	"xargs -0 -r sha1sum\n"
	"echo '== patterns'; cat \"$gd/info/sparse-checkout\" 2>&1 | "
	"sed 's#cat: .*info/#cat: info/#'\n"
	"echo '== config'\n"
	"git config --list --local; echo --; "
	"cat \"$gd/config.worktree\" 2>/dev/null || true\n"
	"echo '== refs'; git for-each-ref; git symbolic-ref -q HEAD || "
	"git rev-parse -q --verify HEAD\n"
	"echo '== status'; git status --porcelain=v2 --branch 2>&1\n"
	"true";

static const char *snapshot_of(const char *repo)
{
	return sh(snapshot, repo);
}

void assert_twins(const char *git_repo, const char *pare_repo)
{
	const char *git = snapshot_of(git_repo);
	const char *pare = snapshot_of(pare_repo);

	if (strcmp(git, pare)) {
		write_file("twin-git", git);
		write_file("twin-pare", pare);
		print_error("%s (git) and %s (pare) differ:\n%s\n", git_repo,
			    pare_repo,
			    sh_try("diff -U3 twin-git twin-pare").out);
		fail();
	}
	assert_fsck(git_repo);
	assert_fsck(pare_repo);
}
