/* SPDX-License-Identifier: MIT */
#include "support/random_sparse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "support/cache_tree_check.h"
#include "support/sandbox.h"

static unsigned long long random_state;

static struct {
	enum random_sparse_kind kind;
	const char *git, *pare; /* the twins' work trees */
} now;

unsigned random_pick(unsigned below)
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
	/* the index as git would write it */
	"git status",
	/* a file where a directory was */
	"test -e \"$d\" || echo in the way >\"$d\"",
	/* modes */
	"for f in \"$d\"/f*; do test ! -f \"$f\" || chmod 755 \"$f\"; done",
	"test ! -d \"$d\" || chmod 700 \"$d\"",
};

static void add_disturbance(struct strbuf *script)
{
	struct strbuf dir = STRBUF_INIT;
	const char *what = disturbances[random_pick(ARRAY_SIZE(disturbances))];

	random_quoted_dir(&dir);
	strbuf_addf(script, "cone=%s d=\"./%s\"\n{ %s; } >/dev/null 2>&1\n",
		    now.kind == RANDOM_PATTERNS ? "" : "yes", dir.buf, what);
	strbuf_release(&dir);
}

/* A line of gitignore(5) that may match something. */
static void add_pattern(struct strbuf *args)
{
	static const char *const wild[] = { "*", "f1", "f?", "l*", "**/f2",
					    "*.b", "[ab]*", "run", "d/**",
					    "\\$x", "sub" };

	strbuf_addf(args, " \"%s", random_pick(4) ? "" : "!");
	switch (random_pick(4)) {
	case 0:
		strbuf_addf(args, "%s%s", random_pick(2) ? "/" : "",
			    wild[random_pick(ARRAY_SIZE(wild))]);
		break;
	case 1:
		strbuf_addch(args, '/');
		random_quoted_dir(args);
		strbuf_addf(args, "/%s",
			    wild[random_pick(ARRAY_SIZE(wild))]);
		break;
	default:
		strbuf_addstr(args, random_pick(2) ? "/" : "");
		random_quoted_dir(args);
		strbuf_addstr(args, random_pick(3) ? "/" : "");
	}
	strbuf_addch(args, '"');
}

static void add_args(struct strbuf *args)
{
	strbuf_addstr(args, " --");
	for (unsigned i = random_pick(4); i; i--) {
		if (now.kind == RANDOM_PATTERNS) {
			add_pattern(args);
			continue;
		}
		strbuf_addstr(args, " \"./");
		random_quoted_dir(args);
		strbuf_addch(args, '"');
	}
}

static void add_change(struct strbuf *args)
{
	static const char *const words[] = {
		"set", "add", "set", "add", "set", "add", "reapply", "reapply",
		"disable", "init", "list",
	};
	unsigned often = now.kind == RANDOM_SPARSE_INDEX ? 2 : 8;
	const char *word = words[random_pick(ARRAY_SIZE(words))];
	bool by_patterns = now.kind == RANDOM_PATTERNS;

	strbuf_addstr(args, word);
	/* Now and then the other mode; then arguments are read as its own. */
	if (!strcmp(word, "set") || !strcmp(word, "init"))
		strbuf_addstr(args, by_patterns ? " --no-cone" : " --cone");
	if (!by_patterns && strchr("sri", *word) && !random_pick(often))
		strbuf_addstr(args, random_pick(4) ? " --sparse-index" :
						     " --no-sparse-index");
	if (!strcmp(word, "set") || !strcmp(word, "add")) {
		strbuf_addstr(args, " --skip-checks");
		add_args(args);
	}
}

/*
 * What changes the repositories and what git says of them then, all in one
 * shell. Ours says more about directories that do not exist: stderr is kept
 * for who looks.
 */
static const char step_format[] =
	"for t in git pare; do\n"
	"case $t in\n"
	"git) cd '%s'; run='git sparse-checkout';;\n"
	"pare) cd '%s'; run=git-sparse;;\n"
	"esac\n"
	"%s"
	"$run %s 2>>\"$top/err-$t\"; echo \"exit code $?\"\n"
	"echo '== index'; git ls-files -v -s 2>&1\n"
	"echo '== shape'; git ls-files --sparse -s 2>&1 | grep ^04\n"
	"echo '== status'; "
	"git --no-optional-locks status --porcelain=v2 2>&1\n"
	"cd \"$top\"\n"
	"printf '\\001'\n"
	"done";

static void step(void)
{
	struct strbuf before = STRBUF_INIT, args = STRBUF_INIT;
	struct result r;
	const char *pare_said;

	if (!random_pick(3))
		add_disturbance(&before);
	add_change(&args);
	tell(before.buf);
	tell(args.buf);
	r = sh_try(step_format, now.git, now.pare, before.buf, args.buf);
	pare_said = strchr(r.out, 1);
	assert_non_null(pare_said);
	assert_same_state(now.git, r.out, now.pare, pare_said + 1);
	strbuf_release(&before);
	strbuf_release(&args);
}

/* What is in the object store and in TREE adds up over a sequence. */
static void check_objects(void)
{
	struct result r = sh_try("git -C %s fsck --strict --no-dangling "
				 "--no-progress 2>&1", now.pare);

	if (r.rc)
		print_error("fsck: %s\n", r.out);
	assert_int_equal(r.rc, 0);
	assert_cache_tree(now.pare);
}

static void run_seed(unsigned long seed)
{
	bool in_worktree;

	random_state = seed * 2654435761u + 1;
	if (getenv("PARE_TEST_SEEDS"))
		print_message("seed %lu\n", seed);
	in_worktree = !random_pick(8);
	random_repo_make(in_worktree ? RANDOM_REPO_WORKTREE : 0);
	now.git = in_worktree ? "g/wt" : "g";
	now.pare = in_worktree ? "p/wt" : "p";
	for (unsigned i = 3 + random_pick(5); i; i--)
		step();
	check_objects();
}

void random_sparse_run(enum random_sparse_kind kind, unsigned long last)
{
	const char *seeds = getenv("PARE_TEST_SEEDS");
	unsigned long first = 1;

	if (seeds && sscanf(seeds, "%lu-%lu", &first, &last) < 1)
		fail_msg("PARE_TEST_SEEDS is <first>-<last>");
	setenv("top", sandbox_path(), 1);
	now.kind = kind;
	for (unsigned long seed = first; seed <= last; seed++)
		run_seed(seed);
}
