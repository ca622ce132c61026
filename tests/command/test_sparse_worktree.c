/* SPDX-License-Identifier: MIT */
/* git sparse worktree add: sparse before its first file, or not at all. */
#include "support/sandbox.h"

static void make_clone(void)
{
	sh("git init -q s && cd s && for d in p/web/old p/web/src p/mail "
	   "docs; do mkdir -p $d && echo x >$d/f; done && echo x >root");
	write_file("s/.gitpare", "[profile \"web\"]\ndirs = p/web\n"
				 "exclude = p/web/old\n"
				 "[profile \"mail\"]\ndirs = p/mail\n");
	sh("cd s && git add . && git commit -qm x && git branch topic && "
	   "cd .. && git sparse clone -q --profile web s c 2>/dev/null");
}

static const char *files_of(const char *repo)
{
	return sh("cd %s && find . -name .git -prune -o -type f -print | sort |"
		  " tr '\\n' ' '", repo);
}

static void a_work_tree_of_its_own_profile(void **state)
{
	struct result r;

	(void)state;
	make_clone();
	write_file("c/.git/hooks/post-checkout",
		   "#!/bin/sh\necho \"$@\" >>$HOME/ran\n");
	sh("chmod +x c/.git/hooks/post-checkout");
	r = sh_try("cd c && git sparse worktree add -v --profile mail ../w "
		   "-- -b new");
	assert_rc(r, 0);
	assert_contains(r.err, "3 files written (");
	assert_text(files_of("w"), "./.gitpare ./p/mail/f ./root ");
	assert_text(sh("git -C w status --porcelain -b"), "## new\n");
	assert_contains(sh("git -C w sparse status"), "profile mail  (");
	/* The hook ran once, as git runs it; git's own tree is the same. */
	sh("cd c && git worktree add -q ../g -b other && cd .. && "
	   "sort -u ran >one && test $(wc -l <one) = 1");
	/* The one we were in is as it was. */
	assert_text(files_of("c"), "./.gitpare ./p/web/src/f ./root ");
	assert_contains(sh("git -C c sparse status"), "profile web  (");
	r = sh_try("cd c && git sparse worktree add --json --dir docs ../d "
		   "origin/topic -- --detach");
	assert_rc(r, 0);
	assert_contains(r.out, "  \"directory\": \"../d\"\n");
	assert_text(files_of("d"), "./.gitpare ./docs/f ./root ");
	assert_rc(sh_try("git -C d symbolic-ref -q HEAD"), 1);
	assert_fsck("c");
}

static void the_selection_one_has(void **state)
{
	(void)state;
	make_clone();
	sh("cd c && git sparse worktree add -q ../w");
	assert_text(files_of("w"), "./.gitpare ./p/web/src/f ./root ");
	assert_text(sh("git -C w sparse list"), "p/web/src\n");
	assert_contains(sh("git -C w sparse status"), "profile web  (");
	sh("git -C w sparse add --profile mail");
	assert_text(sh("git -C c sparse list"), "p/web/src\n");
	/* Patterns are copied too; directories that are named are a cone. */
	sh("cd c && git sparse set --no-cone '/docs/' && "
	   "git sparse worktree add -q ../x && "
	   "git sparse worktree add -q --dir p/mail ../y");
	assert_text(files_of("x"), "./docs/f ");
	assert_text(files_of("y"), "./.gitpare ./p/mail/f ./root ");
	assert_text(sh("git -C x status --porcelain; "
		       "git -C y status --porcelain"), "");
	/* Of a full one, a full one; without files, none. */
	sh("cd s && git sparse worktree add -q ../z topic");
	assert_text(files_of("z"), files_of("s"));
	sh("cd c && git sparse worktree add -q --profile mail ../n -- "
	   "--no-checkout -b n");
	assert_text(files_of("n"), "");
	sh("git -C n sparse reapply");
	assert_text(files_of("n"), "./.gitpare ./p/mail/f ./root ");
	assert_text(sh("git -C n status --porcelain"), "");
}

/* All that git worktree add takes: the branch and HEAD as git has them. */
static void options_are_those_of_git(void **state)
{
	static const struct {
		const char *branch, *options;
	} cases[] = {
		{ "", "--detach" }, { "topic", "" }, { "", "-b new" },
		{ "origin/topic", "-b track" }, { "topic", "-B main2" },
		{ "origin/topic", "-b free --no-track" },
		{ "main", "-f" }, { "", "-b kept --lock --reason later" },
		{ "HEAD", "" }, { "side", "--guess-remote" },
	};

	(void)state;
	make_clone();
	sh("git -C s branch side && git -C c fetch -q && "
	   "git -C c branch topic origin/topic && cp -R c g && "
	   "git -C g config core.bare false");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *o = cases[i].options, *b = cases[i].branch;
		const char *look = "git -C w status -sb && git -C w rev-parse "
				   "--symbolic-full-name HEAD && rm -rf w";
		const char *theirs, *ours;

		theirs = sh("git -C g worktree add -q %s ../w %s >&2; %s && "
			    "{ git -C g worktree unlock w 2>/dev/null || :; } && "
			    "git -C g worktree prune", o, b, look);
		ours = sh("git -C c sparse worktree add -q --profile mail "
			  "../w %s -- %s && cd w && "
			  "test \"$(git sparse list)\" = p/mail && "
			  "test ! -e p/web && test -f p/mail/f && cd .. && %s "
			  "&& { git -C c worktree unlock w 2>/dev/null || :; } "
			  "&& git -C c worktree prune", b, o, look);
		assert_text(ours, theirs);
	}
	assert_text(sh("git -C c for-each-ref"), sh("git -C g for-each-ref"));
	assert_fsck("c");
}

static void what_fails_leaves_nothing(void **state)
{
	static const struct {
		const char *args;
		int rc;
		const char *said;
	} cases[] = {
		{ "", 129, "error: need a subcommand\n" },
		{ "ad ../w", 129, "error: unknown subcommand: `ad'\n" },
		{ "add", 129, "error: name a path\n" },
		{ "add a b c", 129, "error: too many arguments\n" },
		{ "add ../w nope", 128, "invalid reference: nope" },
		{ "add ../full -- --detach", 128, "already exists" },
		{ "add --profile mial ../w", 128,
		  "fatal: no profile 'mial'\nhint: did you mean 'mail'?\n"
		  "hint: the work tree was taken away again\n" },
		{ "add --profile mial ../w main -- -f", 128, "no profile" },
		{ "add --dir ../x ../w -- -b fresh", 128, "taken away" },
	};
	const char *before;

	(void)state;
	make_clone();
	sh("mkdir full && echo x >full/x");
	before = sh("cd c && git worktree list && git for-each-ref");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct result r = sh_try("cd c && git sparse worktree %s",
					 cases[i].args);

		assert_rc(r, cases[i].rc);
		assert_contains(r.err, cases[i].said);
		assert_rc(sh_try("test -e w"), 1);
	}
	assert_text(sh("cd c && git worktree list && git for-each-ref"),
		    before);
	assert_text(sh("git -C c status --porcelain"), "");
	assert_fsck("c");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(a_work_tree_of_its_own_profile),
		sandbox_test(the_selection_one_has),
		sandbox_test(options_are_those_of_git),
		sandbox_test(what_fails_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
