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
	bool sparse, by_patterns;
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
	"for f in \"$d\"/f*; do test ! -f \"$f\" || test -x \"$f\" || "
	"chmod 755 \"$f\"; done",
	"test ! -d \"$d\" || chmod 700 \"$d\"",
	/* from now on, and for once */
	"git config core.ignoreCase true",
	"git config core.ignoreCase false",
	"export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.ignoreCase "
	"GIT_CONFIG_VALUE_0=true",
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

/* Now and then spelled otherwise, for core.ignoreCase. */
static void add_dir(struct strbuf *args, const char *above)
{
	size_t from;

	strbuf_addf(args, " \"./%s", above);
	from = args->len;
	random_quoted_dir(args);
	if (!random_pick(8))
		for (char *p = args->buf + from; *p; p++)
			if (*p >= 'a' && *p <= 'z')
				*p -= 'a' - 'A';
	strbuf_addch(args, '"');
}

/* What the words after it are read as. */
static void choose_mode(struct strbuf *args, const char *word)
{
	bool sets = !strcmp(word, "set") || !strcmp(word, "init");
	bool takes = sets || !strcmp(word, "reapply");
	bool switches = now.kind == RANDOM_SWITCHING;

	if (!now.sparse && sets)
		now.by_patterns = false;
	if (!takes || (switches ? random_pick(2) : !sets))
		return;
	now.by_patterns = switches ? random_pick(2) :
				     now.kind == RANDOM_PATTERNS;
	strbuf_addstr(args, now.by_patterns ? " --no-cone" : " --cone");
}

static void choose_index(struct strbuf *args, const char *word)
{
	bool often = now.kind == RANDOM_SPARSE_INDEX ||
		     now.kind == RANDOM_SWITCHING;

	if (now.kind != RANDOM_PATTERNS && strchr("sri", *word) &&
	    !random_pick(often ? 2 : 8))
		strbuf_addstr(args, random_pick(4) ? " --sparse-index" :
						     " --no-sparse-index");
}

/* In a directory that is asked for, as git would remove the current one. */
static void go_below(struct strbuf *args, struct strbuf *below,
		     struct strbuf *above)
{
	struct strbuf dir = STRBUF_INIT;

	random_quoted_dir(&dir);
	strbuf_addf(below, "cd \"./%s\" 2>/dev/null || exit;", dir.buf);
	strbuf_addstr(args, " .");
	strbuf_addstr(above, "../");
	for (const char *p = dir.buf; (p = strchr(p, '/')); p++)
		strbuf_addstr(above, "../");
	strbuf_release(&dir);
}

static void add_words(struct strbuf *args, struct strbuf *below)
{
	struct strbuf above = STRBUF_INIT;

	strbuf_addstr(args, " --skip-checks --");
	if (!now.by_patterns && !random_pick(8))
		go_below(args, below, &above);
	for (unsigned i = random_pick(4); i; i--) {
		if (now.by_patterns)
			add_pattern(args);
		else
			add_dir(args, above.buf);
	}
	strbuf_release(&above);
}

static void add_change(struct strbuf *args, struct strbuf *below)
{
	static const char *const words[] = {
		"set", "add", "set", "add", "set", "add", "reapply", "reapply",
		"disable", "init", "list",
	};
	const char *word = words[random_pick(ARRAY_SIZE(words))];

	strbuf_addstr(args, word);
	choose_mode(args, word);
	choose_index(args, word);
	if (!strcmp(word, "set") || !strcmp(word, "add"))
		add_words(args, below);
	if (!strcmp(word, "set") || !strcmp(word, "init"))
		now.sparse = true;
	else if (!strcmp(word, "disable"))
		now.sparse = false;
}

/*
 * What changes the repositories and what git says of them then, all in one
 * shell. Ours says more about directories that do not exist: stderr is kept
 * for who looks. Whether git's status reads the patterns, and complains of
 * them, hangs on whether a file is as young as the index.
 */
static const char step_format[] =
	"for t in git pare; do\n"
	"case $t in\n"
	"git) cd '%s'; run='git sparse-checkout';;\n"
	"pare) cd '%s'; run=git-sparse;;\n"
	"esac\n"
	"%s"
	"(%s $run %s) 2>>\"$top/err-$t\"; echo \"exit code $?\"\n"
	"echo '== index'; git ls-files --sparse -v -s 2>&1\n"
	"echo '== status'; "
	"git --no-optional-locks status --porcelain=v2 2>&1 | grep -v "
	"-e '^warning: unrecognized pattern: ' "
	"-e '^warning: disabling cone pattern matching$' "
	"-e '^warning: your sparse-checkout file may have issues: '\n"
	"cd \"$top\"\n"
	"printf '\\001'\n"
	"done";

static void step(void)
{
	struct strbuf before = STRBUF_INIT, args = STRBUF_INIT;
	struct strbuf below = STRBUF_INIT;
	struct result r;
	const char *pare_said;

	if (!random_pick(3))
		add_disturbance(&before);
	add_change(&args, &below);
	tell(before.buf);
	tell(below.buf);
	tell(args.buf);
	r = sh_try(step_format, now.git, now.pare, before.buf, below.buf,
		   args.buf);
	pare_said = strchr(r.out, 1);
	assert_non_null(pare_said);
	assert_same_state(now.git, r.out, now.pare, pare_said + 1);
	strbuf_release(&before);
	strbuf_release(&below);
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
	now.sparse = now.by_patterns = false;
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
