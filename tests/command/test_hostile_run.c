/* SPDX-License-Identifier: MIT */
/*
 * Repositories made to have their own commands run, links put in place of
 * directories while a command is at work, and text that a terminal would obey.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/hostile.h"
#include "support/terminal.h"
#include "support/whole.h"

/* Whatever git would run of its configuration leaves a file behind. */
static const char traps[] =
	"git config core.sshCommand \"$trap\"; "
	"git config core.fsmonitor \"$trap\"; "
	"git config core.hooksPath $PWD/hooks; "
	"git config core.pager \"$trap\"; git config core.editor \"$trap\"; "
	"git config sequence.editor \"$trap\"; "
	"git config core.askPass \"$trap\"; "
	"git config diff.external \"$trap\"; "
	"git config gpg.program \"$trap\"; git config commit.gpgSign true; "
	"git config credential.helper \"!$trap\"; "
	"git config filter.x.smudge \"$trap\"; "
	"git config filter.x.clean \"$trap\"; "
	"git config filter.x.process \"$trap\"; "
	"git config merge.x.driver \"$trap\"; "
	"git config remote.origin.url \"ext::$trap\"; "
	"git config remote.origin.uploadpack \"$trap\"; "
	"git config protocol.allow always; "
	"git config remote.origin.promisor true; "
	"git config remote.origin.partialCloneFilter blob:none; "
	"git config extensions.partialClone origin; "
	"git config core.gitProxy \"$trap\"; "
	"git config uploadpack.packObjectsHook \"$trap\"; "
	"for a in list set sparse-checkout rev-parse config update-ref; do "
	"git config alias.$a \"!$trap\"; done; "
	"for h in post-checkout post-merge post-rewrite pre-commit "
	"post-index-change reference-transaction commit-msg "
	"prepare-commit-msg post-commit pre-push; do "
	"printf '#!/bin/sh\\n%%s\\n' \"$trap\" >hooks/$h; chmod +x hooks/$h; "
	"done; cp hooks/* .git/hooks/; ";

static void make_trapped(void)
{
	sh("git init -q r && cd r && mkdir a b hooks && echo x >a/f && "
	   "echo x >b/f && echo '* filter=x merge=x' >.gitattributes && "
	   "printf '[profile \"p\"]\\ndirs = b\\n' >.gitpare && git add a b "
	   ".gitattributes .gitpare && git commit -qm x && "
	   "git commit -q --allow-empty -m y && git sparse-checkout set a && "
	   "trap=\"touch $HOME/ran\" && %s mkdir -p .git/pare; touch -d "
	   "yesterday .git/index", traps);
}

/* Git's rule of safe.directory is first of all. */
static void no_command_of_somebody_elses_repository_is_run(void **state)
{
	static const char *const commands[] = {
		"sparse list", "sparse status", "sparse profiles",
		"sparse show p", "sparse why b/f", "sparse lint",
		"sparse check-rules", "sparse set b", "sparse add b",
		"sparse set --profile p", "sparse remove a", "sparse reapply",
		"sparse disable", "sparse init", "sparse clean -f",
		"sparse undo", "sparse edit", "sparse doctor --fix",
		"sparse save p2", "sparse sync", "sparse sync --install-hook",
		"sparse worktree add ../wt", "sparse clone . ../cl",
		"squash-last -m z", "squash-last -i", "squash-last --undo",
		"squash-last --print-plan", "squash-last --push --dry-run",
		"squash-last -S -m z", "reword -m z", "reword -e", "pare -h",
		"sparse --git-completion-helper",
	};
	struct whole before = WHOLE_INIT, after = WHOLE_INIT;

	(void)state;
	if (geteuid())
		skip();
	make_trapped();
	sh("chown -R 12345 r");
	unsetenv("SUDO_UID");
	setenv("EDITOR", "true", 1);
	whole_take(&before, "r");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		struct result r = sh_try("cd r && timeout 60 git %s 2>&1 "
					 "</dev/null", commands[i]);

		if (r.rc != 128 && r.rc != 129 && r.rc)
			print_error("%s: %d %s\n", commands[i], r.rc, r.out);
		if (sh_try("test -e ran").rc != 1)
			fail_msg("%s: its command was run", commands[i]);
	}
	whole_take(&after, "r");
	assert_true(whole_equal(&before, &after));
	assert_text(sh("ls"), "r\n");
	whole_release(&before);
	whole_release(&after);
	/* They are traps indeed. */
	sh("chown -R $(id -u) r");
	sh_try("git -C r sparse set b");
	sh("test -e ran");
}

/* Of a bare repository it is that of HEAD, and no file beside its refs. */
static void a_profile_file_in_a_bare_repository_is_no_more(void **state)
{
	struct result r;

	(void)state;
	sh("git init -q s && cd s && mkdir a && echo x >a/f && "
	   "printf '[profile \"p\"]\ndirs = a\n[squash]\nprotect = main\n"
	   "message = first\n' >.gitpare && git add . && "
	   "for i in one two three; do git commit -qm $i --allow-empty; done; "
	   "cd .. && git clone -q --bare s b.git && cd b.git && "
	   "printf '[profile \"evil\"]\ndirs = a\n[squash]\n"
	   "message = last\n' >.gitpare");
	assert_contains(sh("cd b.git && git sparse profiles"), " p ");
	assert_rc(sh_try("cd b.git && git sparse show evil"), 128);
	r = sh_try("cd b.git && git squash-last");
	assert_rc(r, 128);
	assert_contains(r.err, "protect");
	sh("cd b.git && git config pushed.x y && "
	   "git squash-last --allow-pushed --no-edit");
	assert_text(sh("cd b.git && git log --format=%%s && ls -A | "
		       "grep -c gitpare"), "two\none\n1\n");
	/* What brings files says no, and leaves nothing. */
	assert_text(sh("cd b.git && for c in 'set a' 'add a' undo 'clean -f' "
		       "'save x' 'save --tracked x' reapply doctor; do rc=0; "
		       "git sparse $c 2>>../err || rc=$?; test $rc = 128 || "
		       "echo $c $rc; done; test ! -e a"), "");
}

/* "r/c" and "r/c/d" change places with links that lead out. */
static void *swap_in_a_loop(void *stop)
{
	while (!atomic_load((atomic_bool *)stop)) {
		int fd = open("r/c", O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
				     O_CLOEXEC);

		renameat2(fd, "d", AT_FDCWD, "away/d", RENAME_EXCHANGE);
		renameat2(AT_FDCWD, "r/c", AT_FDCWD, "away/c",
			  RENAME_EXCHANGE);
		if (fd >= 0)
			close(fd);
		sched_yield();
	}
	return NULL;
}

/* Both directories as they are made for each round. */
static void nothing_outside_changes(const char *setup, const char *command)
{
	static const char list[] = "cd out && find . | LC_ALL=C sort | "
				   "xargs stat -c '%%n %%i %%s %%Y'";
	const char *before;
	atomic_bool stop;
	pthread_t thread;

	sh("mkdir -p out/d away && for i in $(seq 60); do echo own >out/$i; "
	   "echo own >out/d/$i; done");
	before = sh(list);
	for (int round = 0; round < 4; round++) {
		sh("rm -rf r away/* && git init -q r && cd r && %s\n"
		   "ln -s ../out ../away/c && ln -s ../../out/d ../away/d",
		   setup);
		atomic_init(&stop, false);
		assert_int_equal(pthread_create(&thread, NULL, swap_in_a_loop,
						&stop), 0);
		hostile_run("swapped", command);
		atomic_store(&stop, true);
		pthread_join(thread, NULL);
		assert_text(sh(list), before);
	}
}

static void links_swapped_during_clean_lead_nowhere(void **state)
{
	(void)state;
	nothing_outside_changes("mkdir -p a c/d && echo x >a/f && "
				"echo x >c/f && git add . && git commit -qm x "
				"&& git sparse-checkout set a && "
				"mkdir -p c/d && for i in $(seq 60); do "
				"echo junk >c/$i; echo junk >c/d/$i; done",
				"git sparse clean -f");
}

#define TWO_TREES                                                             \
	"mkdir -p c/d && for i in $(seq 60); do echo 1 >c/$i; echo 1 >c/d/$i; " \
	"done && git add . && git commit -qm 1 && for i in $(seq 60); do "     \
	"echo 2 >c/$i; echo 2 >c/d/$i; done && git commit -qam 2 && "         \
	"echo x >f && git add f && git commit -qm 3"

#define PLAN " && printf 'drop HEAD~1\\npick HEAD\\n' >../plan"

static void links_swapped_during_a_rewrite_lead_nowhere(void **state)
{
	(void)state;
	nothing_outside_changes(TWO_TREES, "git reword HEAD~1 -m x");
	nothing_outside_changes(TWO_TREES, "git squash-last -m x 3");
	nothing_outside_changes(TWO_TREES PLAN,
				"git squash-last --plan ../plan 2; "
				"git squash-last --undo");
}

/* Nor do those that stand there from the beginning. */
static void links_in_the_way_of_a_plan_lead_nowhere(void **state)
{
	static const char *const links[] = {
		"mv c .. && ln -s ../c c", "mv c/d .. && ln -s ../../d c/d",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		const char *before;

		sh("rm -rf r c d && git init -q r && cd r && " TWO_TREES
		   " && %s" PLAN, links[i]);
		before = sh("find c d -type f 2>/dev/null | sort | "
			    "xargs cksum");
		hostile_run(links[i], "git squash-last --plan ../plan 2");
		assert_text(sh("find c d -type f 2>/dev/null | sort | "
			       "xargs cksum"), before);
		assert_text(sh("find r/.git -name '*.lock'"), "");
	}
}

/*
 * Names and messages that would clear the screen, set its title or have it
 * answer, in the seven-bit form and in the other.
 */
static const char evil[] =
	"b=$(printf '\\033[2Jevil'); t=$(printf '\\033]0;evil\\007'); "
	"c=$(printf '\\302\\233evil')\n";

static void make_evil(void)
{
	sh("%sgit init -q \"r$b$c\" && mv \"r$b$c\" \"e$b$c\" && "
	   "cd \"e$b$c\" && git config core.quotePath false && "
	   "mkdir \"$b\" \"$c\" a && "
	   "for d in \"$b\" \"$c\" a; do echo 1 >\"$d/$t\"; echo 1 >\"$d/$c\"; "
	   "done && git add . && git commit -qm \"$b$t$c\" && "
	   "git checkout -q -b \"x$c\" && git branch \"y$c\" && "
	   "echo 2 >>\"$b/$c\" && git commit -qam \"$t\" -m \"$c\" && "
	   "echo 3 >>\"$b/$c\" && git commit -qam \"fixup! $b$t$c\" && "
	   "printf '[profile \"p%%s\"]\\ntitle = %%s\\ndirs = %%s\\n"
	   "[profile \"q\"]\\ntitle = %%s\\ndirs = %%s\\n  \"a%%s\"\\n"
	   "[profile \"n\"]\\nmode = patterns\\npatterns = /%%s\\n"
	   "[%%s]\\n%%s = %%s\\n' \"$c\" \"$t\" \"$b\" \"$c$t\" \"$c\" \"$t\" "
	   "\"$c$t\" \"$c\" \"$c\" \"$c\" >.gitpare", evil);
}

static void assert_tame(const char *seen, const char *what)
{
	static const char *const wild[] = { "\033[2J", "\033]0;", "\007",
					    "\302\233evil" };

	for (size_t i = 0; i < ARRAY_SIZE(wild); i++)
		if (strstr(seen, wild[i]))
			fail_msg("%s: %zu: %s", what, i, seen);
}

/* Each on a terminal, with colours, the pager and progress. */
static void nothing_reaches_a_terminal_as_it_is(void **state)
{
	static const char *const commands[] = {
		"git sparse lint", "git sparse profiles", "git sparse show q",
		"git sparse set \"$b\"", "git sparse status",
		"git sparse list", "git sparse why \"$b/$t\" \"$c/$c\" \"$t\"",
		"git sparse set --profile \"$c\"", "git sparse set \"$c\" -v",
		"sed -i -e 1,3d -e '/^\\[.*evil\\]/,$d' .gitpare; git sparse lint",
		"git sparse profiles", "git sparse show q", "git sparse show n",
		"git sparse set --profile n -v", "git sparse list",
		"git sparse status", "git sparse doctor", "git sparse undo -v",
		"git sparse set -v --cone \"$b\" --skip-checks no\"$c\"",
		"echo 4 >>\"$b/$c\"; git sparse set -v a; git sparse doctor",
		"git sparse remove \"$c\"", "git sparse add -n \"$c\" -v",
		"touch \"$b/$t\"; git sparse clean -n; git sparse save \"s$c\"",
		"git checkout -q -f; git squash-last -n 2",
		"git squash-last --print-plan 2", "git squash-last -n --autosquash 3",
		"git squash-last -m \"$b\" 2", "git squash-last --undo",
		"git squash-last --since \"y$c\" -n", "git reword -m \"$c$t\"",
		"git squash-last --since \"no$c\"", "git reword \"$b\"",
		"git squash-last --update-refs -m x 2",
		"touch .git/index.lock; git sparse disable; rm .git/index.lock",
		"git sparse worktree add ../w --dir \"$c\"",
		"git sparse clone . ../k --dir \"$c\" --profile \"$c\"",
		"git sparse sync --install-hook -v",
	};

	(void)state;
	make_evil();
	unsetenv("NO_COLOR");
	setenv("TERM", "xterm", 1);
	setenv("GIT_PAGER", "cat", 1);
	setenv("GIT_PROGRESS_DELAY", "0", 1);
	setenv("EDITOR", "true", 1);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		char *script = xstrfmt("%scd e*; %s", evil, commands[i]);
		struct terminal t;

		terminal_start(&t, script);
		terminal_finish(&t);
		assert_tame(t.seen.buf, commands[i]);
		terminal_stop(&t);
		free(script);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(no_command_of_somebody_elses_repository_is_run),
		sandbox_test(a_profile_file_in_a_bare_repository_is_no_more),
		sandbox_test(links_swapped_during_clean_lead_nowhere),
		sandbox_test(links_swapped_during_a_rewrite_lead_nowhere),
		sandbox_test(links_in_the_way_of_a_plan_lead_nowhere),
		sandbox_test(nothing_reaches_a_terminal_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
