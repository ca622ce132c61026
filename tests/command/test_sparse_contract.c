/* SPDX-License-Identifier: MIT */
/*
 * Scripts written for `git sparse-checkout`, run once with it and once,
 * unchanged, with `git sparse`: what they print and what they leave must be
 * the same. $S is the command's name; `run` shows exit code, stdout and
 * stderr, `show` what git has of it afterwards.
 */
#include <stdlib.h>
#include <string.h>

#include "support/twins.h"

static const char helpers[] =
	"set +e\n"
	"run() { echo \"\\$ $*\"; git $S \"$@\"; echo \"exit code $?\"; }\n"
	/* The usage or the advice that follows is each one's own. */
	"misuse() { git $S \"$@\" >out 2>&1; echo \"exit code $?\"; "
	"head -n1 out; rm out; }\n"
	"show() { d=$(git rev-parse --git-dir)\n"
	"cat \"$d/info/sparse-checkout\" \"$d/config.worktree\" "
	"\"$(git rev-parse --git-common-dir)/config\" 2>/dev/null\n"
	/* What git says of patterns here is by chance, as it looks or not. */
	"{ git ls-files -t; git status --porcelain; } 2>/dev/null; }\n";

/*
 * We say more of directories that do not exist and of staged changes, and
 * complain of the pattern file once where git does it for each reading.
 */
static const char filter[] =
	"awk '/^[$] /{split(\"\", seen)} "
	"!/^warning: (unrec|disab|your)/ || !seen[$0]++' | "
	"sed -e '/is no directory of HEAD or the index$/d' "
	"-e '/^hint: /d' "
	"-e '/^warning: .* has staged changes and leaves/d' "
	"-e \"s#$PWD#DIR#g\"";

static const char *transcript(const char *dir, const char *name,
			      const char *script)
{
	write_file("script", script);
	sh("echo echo all was run >>script");
	return sh("{ cd %s; S=%s; %s . ../script; } 2>&1 | "
		  "{ cd %s; %s; }; ",
		  dir, name, helpers, dir, filter);
}

static void same_script(const char *make, const char *script)
{
	const char *git, *pare;

	twins_make(make);
	git = transcript("g", "sparse-checkout", script);
	assert_contains(git, "all was run");
	pare = transcript("p", "sparse", script);
	if (strcmp(git, pare)) {
		write_file("git-said", git);
		write_file("pare-said", pare);
		print_error("%s\n", sh_try("diff -U6 git-said pare-said").out);
	}
	assert_string_equal(git, pare);
	assert_twins("g", "p");
}

static void arguments_are_checked_as_git_does(void **state)
{
	(void)state;
	same_script(twins_tree,
		    "run set a e\n"
		    "run set /a; run set '!a'; run set 'a*'; run set 'a[b'\n"
		    "run add root; run set a/b/two; run add --skip-checks root\n"
		    "run set ../x; (cd a; run set ../../x; run set b ../e)\n"
		    "run set a//b/./c/..; run set 'back\\slash'; run set ' h '\n"
		    "run set . ; run set ''; run set a/ e// ; run set -- -dash\n"
		    "(cd a/b; run add . ; run set c; run list)\n"
		    "run set h a 'sp ace' a/b h; run list; show\n"
		    "run set --stdin <<-'X'\n"
		    "\t/a/b/\r\n\n  e/f  \n\"sp ace\"\n*glob*\nroot\n\tX\n"
		    "show\n"
		    "echo '\"bad' | run add --stdin\n"
		    "echo h | run add --stdin e; run list\n"
		    "echo h | run add --stdin /e\n"
		    "misuse; misuse nonsense; misuse reapply --nonsense\n"
		    "run add; run set; show\n");
}

static void configuration_is_written_as_git_does(void **state)
{
	(void)state;
	same_script(twins_tree,
		    "run list; run add a; run reapply; run disable; show\n"
		    "run init; show; run init --no-cone; show\n"
		    "run init --cone; show; run disable; show\n"
		    "run set --no-cone /a/; run list; show; run set h; show\n"
		    "run set --cone a/b; show; run reapply --no-cone; show\n"
		    "run reapply --cone; show; run disable; run set a; show\n"
		    "run reapply --sparse-index; show\n"
		    "run reapply --no-sparse-index; show\n"
		    "run init --cone --sparse-index; show; run disable; show\n");
}

/* What must not hold for all work trees goes where only one reads it. */
static void the_main_work_trees_own_settings_move(void **state)
{
	char *away = xstrfmt("%sgit config core.worktree ..\n", twins_tree);
	char *bare = xstrfmt("%sgit config core.bare true\n", twins_tree);

	(void)state;
	same_script(away,
		    "run set a; show; run disable; show\n");
	sh("rm -rf g p seed");
	same_script(bare,
		    "git worktree add -q wt; cd wt; run set a; show; run list; "
		    "cat ../.git/config.worktree; cd ..; run list\n"
		    "git config -f .git/config.worktree core.bare false\n");
	free(away);
	free(bare);
}

/* As they stand in build scripts; only the name is another. */
static void scripts_run_unchanged(void **state)
{
	(void)state;
	same_script(twins_tree,
		    "git $S list 2>&1 | grep 'this worktree is not sparse'\n"
		    "if git $S list >/dev/null 2>&1; then echo sparse; else "
		    "git $S init --cone; fi\n"
		    "git $S set $(git ls-tree -d --name-only HEAD | head -2) "
		    "|| exit 1; show\n"
		    "git ls-tree -rd --name-only HEAD | grep /f | "
		    "git $S set --stdin; show\n"
		    "printf '%s\\n' h a/d | git $S add --stdin; show\n"
		    "for d in $(git $S list); do test -d $d || exit 1; done\n"
		    "git $S list | grep -qx h && echo has it\n"
		    "echo more >>h/eight; git $S set a 2>&1 | "
		    "grep 'not up to date and were left despite sparse'\n"
		    "git checkout -q h/eight; git $S reapply && show\n"
		    "mkdir e; echo m >e/mine; git $S reapply 2>&1 | "
		    "grep 'contains untracked files, but is not in the'\n"
		    "rm -r e; git $S set --no-cone '/*' '!/e/' && show\n"
		    "git $S add /e/f/g; git $S list; show\n"
		    "git $S reapply --cone 2>&1 | grep 'disabling cone'; show\n"
		    "git $S set --cone a/b --sparse-index; show\n"
		    "git $S disable && git $S disable; show\n"
		    "git $S add a 2>&1 | grep 'no sparse-checkout to add to'\n"
		    "git $S reapply 2>&1 | grep 'must be in a sparse-checkout'\n"
		    "git $S frobnicate 2>/dev/null; test $? = 129 && echo "
		    "usage\n");
}

static void inline_configuration_counts(void **state)
{
	(void)state;
	same_script(
		twins_tree,
		"git -c core.sparseCheckoutCone=false $S set a; show\n"
		"git -c core.sparseCheckoutCone=false $S list\n"
		"git -c core.sparseCheckout=false $S list; echo $?\n"
		"git -c core.ignoreCase=true $S set A/B; show\n"
		"GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.ignorecase "
		"GIT_CONFIG_VALUE_0=1 git $S add E; show\n"
		"git -c index.sparse=true $S set h; git ls-files --sparse\n"
		"run disable; git config core.sparseCheckout true; run list\n"
		"echo /a >.git/info/sparse-checkout; run list; run add h; show\n"
		"git config --worktree core.sparseCheckoutCone true; run list\n"
		"run add h; run reapply; show\n");
}

/* Files that a person wrote: each with what reads them. */
static void odd_pattern_files_are_read_as_git_does(void **state)
{
	(void)state;
	same_script(
		twins_tree,
		"run set a\n"
		"try() { printf \"$1\" >.git/info/sparse-checkout; run list\n"
		"run reapply; git ls-files -t | grep -c ^S; }\n"
		"try '/*\\n!/*/\\n/e/\\n'\n"
		"try '\\357\\273\\277/*\\n!/*/\\n/a/\\n'\n"
		"try '/*\\r\\n!/*/\\r\\n/e/\\r\\n'\n"
		"try '/*\\r\\n!/*/\\r\\n\\r\\n/e/\\r\\n'\n"
		"try '# why\\n/*\\n\\n!/*/\\n/h/   \\n'\n"
		"try '/*\\n!/*/\\n/a/\\n!/a/*/\\n/a/b/\\n'\n"
		"try '/*\\n!/*/\\n/a/\\n!/a/*/\\n/a/\\n'\n"
		"try '/*\\n!/*/\\n/a/\\n/a/\\n'\n"
		"try '/*\\n!/*/\\na/\\n'; run add h\n"
		"try '/*\\n!/*/\\n/a/**/c/\\n'\n"
		"try '/*\\n!/*/\\n/a\\n'\n"
		"try '/*\\n!/*/\\n!/a/\\n'\n"
		"try '/*\\n!/*/\\n/a\\000b/\\n/h/\\n'; run add h\n"
		"try '/*\\n'\n"
		"try '/*\\n!/*/\\n/h/'\n"
		"try ''\n"
		"rm .git/info/sparse-checkout; run list; run reapply; show\n"
		"run add e; run set a; show\n");
}

static void names_are_quoted_as_git_does(void **state)
{
	(void)state;
	same_script(
		"for d in 'sp ace' 'q\"uote' 'back\\slash' 'st*ar' 'é' '#n' "
		"'!x' '-m' 'b]r' 'tr '; do mkdir -p \"./$d\"; "
		"echo x >\"./$d/f\"; done; git add . ; git commit -qm n\n",
		"run set --skip-checks -- 'sp ace' 'q\"uote' 'back\\slash' "
		"'st*ar' 'é' '#n' '!x' -m 'b]r' 'tr '\n"
		"run list; git -c core.quotePath=false $S list; show\n"
		"run set -- -m é; run add --skip-checks '!x' '#n'; run list\n"
		"git $S list | git $S set --stdin; show\n");
}

static void every_kind_of_repository_is_found(void **state)
{
	(void)state;
	same_script(
		twins_tree,
		"export GIT_DIR=\"$PWD/.git\" GIT_WORK_TREE=\"$PWD\"\n"
		"(cd /; run set a; run list); unset GIT_DIR GIT_WORK_TREE\n"
		"git -C a $S list; git --git-dir=.git --work-tree=. $S add e\n"
		"show; (cd .git; run list; run set h)\n"
		"cp .git/index .git/other; export GIT_INDEX_FILE=.git/other\n"
		"run set h; git ls-files -t; unset GIT_INDEX_FILE; show\n"
		"run reapply; show\n"
		"git worktree add -q wt; cd wt; run list; run set a/b\n"
		"run list; show; run add h; cd ..; run list; show\n"
		"cd wt; run disable; show; cd ..; run list\n"
		"git worktree remove --force wt; git branch -q -D wt\n"
		"git clone -q --bare . bare; cd bare; run list; run set a\n"
		"run reapply; run disable; run init; run add x; cd ..\n"
		"rm -r bare; git init -q new; cd new; run set a; run list\n"
		"run add b; show; run reapply; run disable; cd ..; rm -rf new\n"
		"git clone -q -n . new; cd new; run set a; run list; show\n"
		"git checkout -q main; show; cd ..; rm -rf new\n");
}

static void files_that_stay_are_named(void **state)
{
	(void)state;
	same_script(
		twins_tree,
		"run set a e h\n"
		"echo more >>e/five; echo new >h/new; echo s >e/f/six; "
		"git add e/f/six; echo o >h/x.o; rm h/eight\n"
		"run set a; show; ls e h\n"
		"run reapply; rm h/new; run reapply; show\n"
		"git checkout -q HEAD -- . ; run reapply; show\n"
		"mkdir -p e/f; echo other >e/f/six; run list; run reapply\n"
		"show; run add e; show; git config "
		"sparse.expectFilesOutsideOfPatterns true\n"
		"run set a; mkdir -p h; echo in the way >h/eight; run add h\n"
		"show; run disable; show\n");
}

static void locks_that_are_taken_are_named(void **state)
{
	(void)state;
	same_script(twins_tree,
		    "run set a; >.git/index.lock; misuse add e\n"
		    "misuse reapply; rm .git/index.lock\n"
		    ">.git/info/sparse-checkout.lock; misuse add e\n"
		    "rm .git/info/sparse-checkout.lock; show\n");
}

/* The index changes, no commit is checked out. */
static void hooks_run_as_git_runs_them(void **state)
{
	(void)state;
	same_script(
		twins_tree,
		"for h in post-index-change post-checkout; do "
		"printf '#!/bin/sh\\necho %s \"$@\" >>.git/ran\\n' $h "
		">.git/hooks/$h; chmod +x .git/hooks/$h; done\n"
		"run set a; cat .git/ran; run add h; cat .git/ran\n"
		"run set --no-cone /a; cat .git/ran; run disable; cat .git/ran\n"
		"rm .git/ran .git/hooks/post-*\n");
}

/* With conflicts, then without, by a merge and by a rebase. */
static void what_is_in_progress_goes_on(void **state)
{
	(void)state;
	same_script(
		twins_tree,
		"git checkout -qb o; echo o >e/five; echo o >h/eight; "
		"git commit -qam o; git checkout -q main; echo m >e/five; "
		"echo m >root; git commit -qam m; run set a\n"
		"git merge o >/dev/null 2>&1; run reapply; show; run set h; "
		"show; run set; git add --sparse e/five; run reapply; show\n"
		"git commit -qm merged; run reapply; show\n"
		"run set --no-cone /root; git rebase o >/dev/null 2>&1; "
		"run reapply; run add /a/one; show; run disable; show\n"
		"git rebase --abort\n");
}

static void submodules_stay_until_they_are_empty(void **state)
{
	(void)state;
	sh("git config --global protocol.file.allow always && "
	   "git init -q sub && cd sub && echo s >s && git add s && "
	   "git commit -qm s");
	same_script(
		"mkdir a h; echo a >a/f; echo h >h/f; git add .; "
		"git submodule -q add ../sub mods/c; "
		"git submodule -q add ../sub top; git commit -qm subs\n",
		"run set a; show; ls mods/c top; run reapply; show\n"
		"git submodule -q deinit -f mods/c; run reapply; show\n"
		"run add mods; show; run set --no-cone /a/; show\n"
		"git submodule -q deinit -f --all; run reapply; show\n"
		"run set --cone --sparse-index h; show\n"
		"git ls-files --sparse; run disable; show\n");
}

/* What several users write has the permissions that git gives it. */
static void files_are_shared_as_git_does(void **state)
{
	(void)state;
	same_script(
		twins_tree,
		"look() { stat -c '%a %n' .git/index .git/info "
		".git/info/sparse-checkout .git/config.worktree; }\n"
		"for v in group false all 0660 0640 0600 true umask 2; do\n"
		"umask 027; rm -rf .git/info .git/config.worktree\n"
		"git config core.sharedRepository $v 2>&1 || continue\n"
		"run set a; look; umask 077; run add h; look; run list\n"
		"git config -f .git/config --unset core.sharedRepository\n"
		"done; umask 077; rm -rf .git/info .git/config.worktree\n"
		"printf '[core]\\nsharedRepository\\n' >>.git/config\n"
		"run set a; look; git config -f .git/config --unset "
		"core.sharedRepository\n"
		"umask 022; git reset -q --hard; run disable\n"
		"chmod 644 .git/index; mkdir -p .git/info; "
		"rm -f .git/info/sparse-checkout .git/config.worktree\n");
	assert_text(sh("cd p && rm -r .git/pare && "
		       "git config core.sharedRepository group && "
		       "git sparse set a && git sparse set h && "
		       "stat -c %%A .git/pare .git/pare/undo"),
		    "drwxrwsr-x\n-rw-rw-r--\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(arguments_are_checked_as_git_does),
		sandbox_test(configuration_is_written_as_git_does),
		sandbox_test(the_main_work_trees_own_settings_move),
		sandbox_test(scripts_run_unchanged),
		sandbox_test(inline_configuration_counts),
		sandbox_test(odd_pattern_files_are_read_as_git_does),
		sandbox_test(names_are_quoted_as_git_does),
		sandbox_test(every_kind_of_repository_is_found),
		sandbox_test(files_that_stay_are_named),
		sandbox_test(locks_that_are_taken_are_named),
		sandbox_test(files_are_shared_as_git_does),
		sandbox_test(hooks_run_as_git_runs_them),
		sandbox_test(what_is_in_progress_goes_on),
		sandbox_test(submodules_stay_until_they_are_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
