/* SPDX-License-Identifier: MIT */
/*
 * Random repositories and random sequences of changes, git beside pare, the
 * same seed the same sequence. PARE_TEST_SEEDS=100-400 runs those seeds.
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

static void make_random_repo(void)
{
	struct strbuf script = STRBUF_INIT;

	for (unsigned i = 10 + pick(25); i; i--) {
		struct strbuf dir = STRBUF_INIT;

		add_dir(&dir);
		strbuf_addf(&script, "mkdir -p -- \"./%s\"; ", dir.buf);
		switch (pick(8)) {
		case 0:
			strbuf_addf(&script, "ln -sf nowhere \"./%s/l%u\"; ",
				    dir.buf, pick(3));
			break;
		case 1:
			strbuf_addf(&script, "echo %u >\"./%s/run\"; "
				    "chmod +x \"./%s/run\"; ", i, dir.buf,
				    dir.buf);
			break;
		default:
			strbuf_addf(&script, "echo %u >\"./%s/f%u\"; ", i,
				    dir.buf, pick(4));
		}
		strbuf_release(&dir);
	}
	strbuf_addstr(&script, "echo root >root; git add -A; "
			       "git commit -qm random; ");
	if (!pick(3))
		strbuf_addstr(&script, "git update-index --index-version 4; ");
	twins_make(script.buf);
	strbuf_release(&script);
}

/* Files are written with new content of another size, never only touched:
 * there git and pare differ on purpose. */
static void disturb(void)
{
	struct strbuf script = STRBUF_INIT, dir = STRBUF_INIT;

	add_dir(&dir);
	switch (pick(4)) {
	case 0:
		strbuf_addf(&script, "mkdir -p -- \"./%s\" && "
			    "echo untracked >\"./%s/mine\" || true",
			    dir.buf, dir.buf);
		break;
	case 1:
		strbuf_addf(&script, "for f in \"./%s\"/f*; do "
			    "if test -f \"$f\"; then "
			    "echo longer than it was >\"$f\"; fi; done",
			    dir.buf);
		break;
	case 2:
		strbuf_addf(&script, "rm -f -- \"./%s\"/f*", dir.buf);
		break;
	default:
		strbuf_addstr(&script, "git checkout -q -- . ; "
				       "git clean -qfd");
	}
	twins_sh(script.buf);
	strbuf_release(&script);
	strbuf_release(&dir);
}

static void change(void)
{
	static const char *const words[] = {
		"set --skip-checks", "add --skip-checks", "set --skip-checks",
		"add --skip-checks", "reapply", "disable", "init", "list",
	};
	const char *word = words[pick(ARRAY_SIZE(words))];
	struct strbuf args = STRBUF_INIT;

	strbuf_addstr(&args, word);
	if (strstr(word, "checks")) {
		strbuf_addstr(&args, " --");
		for (unsigned i = pick(4); i; i--) {
			strbuf_addstr(&args, " \"./");
			add_dir(&args);
			strbuf_addch(&args, '"');
		}
	}
	/* Ours says more about directories that do not exist. */
	twins_run_in(".", args.buf, false);
	strbuf_release(&args);
}

static void run_seed(unsigned long seed)
{
	random_state = seed * 2654435761u + 1;
	print_message("seed %lu\n", seed);
	sh("rm -rf seed g p");
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
	unsigned long first = 1, last = 20;

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
