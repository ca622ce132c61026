/* SPDX-License-Identifier: MIT */
/*
 * Random repositories and random sequences of changes, git beside pare, the
 * same seed the same sequence. PARE_TEST_SEEDS=100-400 runs those seeds.
 *
 * A third of the seeds select by patterns. Repositories have attributes,
 * ignore files, links, submodules that are not checked out, names that must be
 * quoted; in between files are changed, removed, staged, put in conflict.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "support/twins.h"

static unsigned long long random_state;

static unsigned pick(unsigned below)
{
	random_state = random_state * 6364136223846793005ULL +
		       1442695040888963407ULL;
	return (unsigned)(random_state >> 33) % below;
}

/* The sequence, for who looks for a difference. */
static void tell(const char *step)
{
	if (getenv("PARE_TEST_SEEDS"))
		print_message("  %s\n", step);
}

/* Names that sort, quote and escape in unlike ways. */
static const char *const names[] = {
	"a", "a-b", "a.b", "ab", "b c", "d", "\\$x", "\303\251", "-m", "#n",
	"B", "x'y",
};

static void add_name(struct strbuf *path)
{
	strbuf_addstr(path, names[pick(ARRAY_SIZE(names))]);
}

/* A directory, one to three deep; most of them exist. */
static void add_dir(struct strbuf *path)
{
	for (unsigned depth = 1 + pick(3); depth; depth--) {
		add_name(path);
		if (depth > 1)
			strbuf_addch(path, '/');
	}
}

static bool by_patterns;

static void add_file(struct strbuf *script, unsigned i)
{
	struct strbuf dir = STRBUF_INIT;

	add_dir(&dir);
	strbuf_addf(script, "mkdir -p -- \"./%s\"; ", dir.buf);
	switch (pick(9)) {
	case 0:
		strbuf_addf(script, "ln -sf nowhere \"./%s/l%u\"; ", dir.buf,
			    pick(3));
		break;
	case 1:
		strbuf_addf(script,
			    "echo %u >\"./%s/run\"; chmod +x \"./%s/run\"; ", i,
			    dir.buf, dir.buf);
		break;
	case 2:
		/* A submodule; a name that is a directory is left out. */
		if (!by_patterns)
			strbuf_addf(script,
				    "test -d \"./%s/sub\" || "
				    "git update-index --add --cacheinfo "
				    "\"160000,%040u,%s/sub\"; ",
				    dir.buf, i + 1, dir.buf);
		break;
	default:
		strbuf_addf(script, "echo '%u $Id$' >\"./%s/f%u\"; ", i,
			    dir.buf, pick(4));
	}
	strbuf_release(&dir);
}

static void make_random_repo(void)
{
	struct strbuf script = STRBUF_INIT;

	for (unsigned i = 10 + pick(25); i; i--)
		add_file(&script, i);
	strbuf_addstr(&script, "echo root >root; git config gc.auto 0; ");
	if (!pick(3))
		strbuf_addstr(&script,
			      "printf 'f1 eol=crlf\\nf2 ident\\n' "
			      ">.gitattributes; ");
	if (!pick(3))
		strbuf_addstr(&script, "echo '*.o' >.gitignore; ");
	strbuf_addstr(&script, "git add .; git commit -qm random; ");
	if (!pick(3))
		strbuf_addstr(&script, "git update-index --index-version 4; ");
	if (!pick(6))
		strbuf_addstr(&script, "git config core.ignoreCase true; ");
	if (!pick(8))
		strbuf_addstr(&script,
			      "git config "
			      "sparse.expectFilesOutsideOfPatterns true; ");
	twins_make(script.buf);
	strbuf_release(&script);
}

/* Files are written with new content of another size, never only touched:
 * there git and pare differ on purpose. */
static const char *const disturbances[] = {
	/* untracked files, ignored ones among them */
	"mkdir -p -- \"$d\" && echo untracked >\"$d/mine\"",
	"for f in \"$d\"/f*; do test ! -f \"$f\" || "
	"echo longer than it was >\"$f\"; done",
	"rm -f -- \"$d\"/f*",
	"git checkout -q -- . ; git clean -qfd",
	/* staged, changed and new; to be added */
	"for f in \"$d\"/f*; do test ! -f \"$f\" || { "
	"echo staged, longer >\"$f\"; git add --sparse -- \"$f\"; }; done",
	"mkdir -p -- \"$d\" && echo new >\"$d/new\" && "
	"git add --sparse -- \"$d/new\"",
	/* With a cone git loses such files, or stops at a bug. */
	"test \"$cone\" || { mkdir -p -- \"$d\" && "
	"echo later >\"$d/later\" && git add -N --sparse -- \"$d/later\"; }",
	/* a conflict */
	"o=$(git rev-parse HEAD:root); printf "
	"'100644 %s 1\\tclash\\n100644 %s 2\\tclash\\n100644 %s 3\\tclash\\n' "
	"$o $o $o | git update-index --index-info; echo c >clash",
	"git rm -q --cached clash; rm -f clash",
	"git commit -qm more",
};

static void disturb(void)
{
	struct strbuf script = STRBUF_INIT, dir = STRBUF_INIT;

	add_dir(&dir);
	strbuf_addf(&script,
		    "cone=%s d=\"./%s\"; { %s; } >/dev/null 2>&1 || true",
		    by_patterns ? "" : "yes", dir.buf,
		    disturbances[pick(ARRAY_SIZE(disturbances))]);
	tell(script.buf);
	twins_sh(script.buf);
	strbuf_release(&script);
	strbuf_release(&dir);
}

/* A line of gitignore(5) that may match something. */
static void add_pattern(struct strbuf *args)
{
	static const char *const wild[] = { "*", "f1", "f?", "l*", "**/f2",
					    "*.b", "[ab]*", "run", "d/**",
					    "\\\\$x" };

	strbuf_addf(args, " \"%s", pick(4) ? "" : "!");
	switch (pick(4)) {
	case 0:
		strbuf_addf(args, "%s%s", pick(2) ? "/" : "",
			    wild[pick(ARRAY_SIZE(wild))]);
		break;
	case 1:
		strbuf_addch(args, '/');
		add_dir(args);
		strbuf_addf(args, "/%s", wild[pick(ARRAY_SIZE(wild))]);
		break;
	default:
		strbuf_addstr(args, pick(2) ? "/" : "");
		add_dir(args);
		strbuf_addstr(args, pick(3) ? "/" : "");
	}
	strbuf_addch(args, '"');
}

static void add_args(struct strbuf *args)
{
	strbuf_addstr(args, " --");
	for (unsigned i = pick(4); i; i--) {
		if (by_patterns) {
			add_pattern(args);
			continue;
		}
		strbuf_addstr(args, " \"./");
		add_dir(args);
		strbuf_addch(args, '"');
	}
}

static void change(void)
{
	static const char *const words[] = {
		"set", "add", "set", "add", "set", "add", "reapply", "reapply",
		"disable", "init", "list",
	};
	const char *word = words[pick(ARRAY_SIZE(words))];
	struct strbuf args = STRBUF_INIT;

	strbuf_addstr(&args, word);
	if (!strcmp(word, "set") || !strcmp(word, "init"))
		strbuf_addstr(&args, by_patterns ? " --no-cone" : " --cone");
	if (!by_patterns && strchr("sri", *word) && !pick(5))
		strbuf_addstr(&args, pick(3) ? " --sparse-index" :
					       " --no-sparse-index");
	if (!strcmp(word, "set") || !strcmp(word, "add")) {
		strbuf_addstr(&args, " --skip-checks");
		add_args(&args);
	}
	tell(args.buf);
	/* Ours says more about directories that do not exist. */
	twins_run_in(".", args.buf, false);
	strbuf_release(&args);
}

static void run_seed(unsigned long seed)
{
	random_state = seed * 2654435761u + 1;
	if (getenv("PARE_TEST_SEEDS"))
		print_message("seed %lu\n", seed);
	sh("rm -rf seed g p");
	by_patterns = !pick(3);
	make_random_repo();
	for (unsigned i = 3 + pick(5); i; i--) {
		if (!pick(3))
			disturb();
		change();
	}
}

static void random_sequences_leave_what_git_leaves(void **state)
{
	const char *seeds = getenv("PARE_TEST_SEEDS");
	unsigned long first = 1, last = 200;

	(void)state;
	if (seeds && sscanf(seeds, "%lu-%lu", &first, &last) < 1)
		fail_msg("PARE_TEST_SEEDS is <first>-<last>");
	for (unsigned long seed = first; seed <= last; seed++)
		run_seed(seed);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(random_sequences_leave_what_git_leaves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
