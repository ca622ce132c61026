/* SPDX-License-Identifier: MIT */
/* git sparse doctor: each ill is found, and mended where that is safe. */
#include "support/sandbox.h"

#include <string.h>

static void make_clone(void)
{
	sh("git init -q s && cd s && for d in p/web p/mail libs/ui docs; do "
	   "mkdir -p \"$d\" && echo x >\"$d/f\" && echo x >\"$d/g\"; done && "
	   "echo x >root && echo '*.o' >.gitignore");
	write_file("s/.gitpare", "[profile \"web\"]\ndirs = p/web\n"
				 "  libs/ui\n");
	sh("cd s && git add . && git commit -qm x && cd .. && "
	   "git clone -q --no-checkout s c && git -C c sparse add p/web");
}

static void assert_finds(const char *text)
{
	struct result r = sh_try("git -C c sparse doctor");

	assert_rc(r, 1);
	assert_contains(r.out, text);
}

static void assert_mends(const char *text)
{
	struct result r = sh_try("git -C c sparse doctor --fix");

	assert_rc(r, 0);
	assert_contains(r.out, text);
	assert_text(sh("git -C c sparse doctor"), "nothing is wrong\n");
}

static void a_sound_clone_is_said_to_be(void **state)
{
	(void)state;
	make_clone();
	assert_text(sh("git -C c sparse doctor"), "nothing is wrong\n");
	assert_text(sh("git -C c sparse doctor --json"),
		    "{\n  \"findings\": []\n}\n");
	assert_text(sh("git -C s sparse doctor"), "nothing is wrong\n");
	sh("git -C c sparse reapply --sparse-index");
	assert_text(sh("git -C c sparse doctor"),
		    "note: the index has sparse directories: libgit2, JGit and "
		    "what is built on them cannot read it\n"
		    "  git sparse reapply --no-sparse-index\n");
	sh("git -C c sparse disable");
	assert_text(sh("git -C c sparse doctor"), "nothing is wrong\n");
}

static void files_that_do_not_agree(void **state)
{
	struct result r;

	(void)state;
	make_clone();
	sh("cd c && mkdir docs libs libs/ui && git show HEAD:docs/f >docs/f && "
	   "git update-index --skip-worktree p/web/f && rm p/web/f && "
	   "echo x >libs/ui/junk.o");
	assert_finds("problem: selected, but not in the work tree: 1 file\n"
		     "  git sparse reapply\n");
	assert_finds("problem: in the work tree, but not selected, and unmodified: "
		     "1 file\n");
	assert_finds("problem: libs/ui/junk.o: ignored files in directories "
		     "that are not selected; they can be moved aside\n");
	/* Even who has them deleted at once elsewhere does not lose them here. */
	write_file(".config/git/pare", "[sparse]\nkeep-removed = 0\n");
	assert_mends("mended: selected, but not in the work tree: 1 file\n");
	assert_text(sh("cd c && test -e p/web/f && test ! -e docs && "
		       "find .git/pare/trash -name junk.o -exec cat {} +"),
		    "x\n");
	/* A person's own files are for the person. */
	sh("cd c && mkdir docs p/mail && echo mine >docs/f && "
	   "echo new >p/mail/new && rm p/web/g && mkdir p/web/g && "
	   "echo y >p/web/g/y");
	r = sh_try("git -C c sparse doctor --fix");
	assert_rc(r, 1);
	assert_contains(r.out, "problem: docs/f: not selected, but there, and "
			       "modified: commit or stash, then reapply\n");
	assert_contains(r.out, "problem: p/mail: not selected, but holds "
			       "untracked files: select it, or move them away\n"
			       "  git sparse add 'p/mail'\n");
	assert_text(sh("cd c && cat docs/f p/mail/new p/web/g/y"),
		    "mine\nnew\ny\n");
	assert_fsck("c");
}

static void configuration_and_patterns(void **state)
{
	struct result r;

	(void)state;
	make_clone();
	/* What a first set of git leaves that was refused. */
	sh("git -C s config core.sparseCheckout true");
	r = sh_try("git -C s sparse doctor --fix");
	assert_rc(r, 0);
	assert_contains(r.out, "mended: the work tree is said to be sparse, but "
			       "there is no pattern file");
	assert_text(sh("git -C s config core.sparseCheckout"), "false\n");
	assert_text(sh("git -C s status --porcelain"), "");
	/* Nobody can know what was selected. */
	sh("mv c/.git/info/sparse-checkout kept");
	r = sh_try("git -C c sparse doctor --fix");
	assert_rc(r, 1);
	assert_contains(r.out, "problem: the work tree is said to be sparse, "
			       "but there is no pattern file: a reapply would "
			       "take everything away\n  git sparse set <dir>");
	sh("test -e c/p/web/f && cp kept c/.git/info/sparse-checkout && "
	   "echo '/docs/*.c' >>c/.git/info/sparse-checkout");
	assert_finds("the patterns are not the cone that core.sparseCheckoutCone "
		     "says they are: unrecognized pattern: '/docs/*.c'\n");
	sh("cd c/.git/info && mv ../../../kept x && ln -sf x sparse-checkout");
	assert_finds("the pattern file is no regular file");
	sh("cd c/.git/info && mv x sparse-checkout && "
	   "git config extensions.worktreeConfig false");
	assert_finds("config.worktree is not read: "
		     "extensions.worktreeConfig is off\n"
		     "  git config extensions.worktreeConfig true\n");
	assert_finds("left out although this work tree is not sparse: 6 files\n");
	sh("cd c && git config extensions.worktreeConfig true && "
	   "git config core.worktree ..");
	assert_finds("core.worktree stands in the configuration that all work "
		     "trees share");
	sh("cd c/.git && git config --unset core.worktree");
	assert_text(sh("git -C c sparse doctor"), "nothing is wrong\n");
}

static void locks_go_only_when_nobody_has_them(void **state)
{
	struct result r;

	(void)state;
	make_clone();
	sh(": >c/.git/index.lock");
	r = sh_try("git -C c sparse doctor --fix");
	assert_rc(r, 1);
	assert_contains(r.out, "/c/.git/index.lock was made ");
	assert_contains(r.out, " ago; who made it is not known\n  rm -f '");
	sh("test -e c/.git/index.lock");
	/* Old, but in use: open in a process, or by a git that runs here. */
	sh("touch -d '2 hours ago' c/.git/index.lock");
	r = sh_try("exec 8<>c/.git/index.lock; "
		   "touch -d '2 hours ago' c/.git/index.lock; "
		   "git -C c sparse doctor --fix");
	assert_rc(r, 1);
	assert_contains(r.out, "index.lock was made 2 hours ago; process ");
	r = sh_try("cd c && mkfifo ../fifo && { git hash-object --stdin "
		   "<../fifo & } && exec 7>../fifo && "
		   "git sparse doctor --fix; rc=$?; exec 7>&-; wait; exit $rc");
	assert_rc(r, 1);
	assert_contains(r.out, " may be at work\n");
	sh("test -e c/.git/index.lock && touch -d '2 hours ago' "
	   "c/.git/info/sparse-checkout.lock");
	assert_mends("index.lock was made 2 hours ago; no process has it any "
		     "more\n");
	sh("cd c && test ! -e .git/index.lock && "
	   "test ! -e .git/info/sparse-checkout.lock && git sparse add docs");
	assert_fsck("c");
}

static void what_is_ours(void **state)
{
	struct result r;

	(void)state;
	make_clone();
	sh("git -C c sparse add --profile web && "
	   "git -C c sparse-checkout add docs");
	assert_finds("plain git has changed the selection");
	assert_mends("mended: plain git has changed the selection");
	assert_contains(sh("git -C c sparse status"),
			"added by name: p/web, docs\n");
	sh("cd c/.git/pare && echo x >>undo && mv selection kept && "
	   "echo x >selection && mkdir index.1 && "
	   "touch -d '3 days ago' index.1");
	assert_finds("problem: which profiles are active is not known: ");
	assert_finds("problem: temporary files of commands that were killed: 1\n");
	sh("cd c/.git/pare && mv kept selection");
	sh("echo x >c/.git/pare/undo");
	assert_finds("problem: the last change cannot be undone");
	assert_mends("mended: the last change cannot be undone");
	sh("test ! -e c/.git/pare/index.1");
	/* A change that was killed: the number is that of no process. */
	write_file("c/.git/pare/journal",
		   "pare journal 3\npid 4194305 1\n");
	assert_contains(sh("git -C c sparse status"),
			"\na change was cut off\n"
			"(`git sparse doctor --fix` tidies up)\n");
	assert_mends("mended: a change was cut off (process 4194305)");
	assert_not_contains(sh("git -C c sparse status"), "cut off");
	sh("echo x >>c/.gitpare");
	r = sh_try("git -C c sparse doctor --json");
	assert_rc(r, 1);
	assert_contains(r.out, "      \"kind\": \"profiles\",\n"
			       "      \"severity\": \"problem\",\n");
	assert_contains(r.out, "      \"command\": \"git sparse lint\",\n"
			       "      \"can_fix\": false,\n");
	sh("printf x >>c/.git/index");
	assert_finds("problem: the index cannot be read: ");
}

/* Git leaves it where it is: that is no fault, and nothing was removed. */
static void a_submodule_that_stays(void **state)
{
	struct result r;

	(void)state;
	make_clone();
	sh("git init -q lib && cd lib && echo x >l && git add l && "
	   "git commit -qm l && cd ../c && git sparse add docs && "
	   "git -c protocol.file.allow=always submodule --quiet add "
	   "\"$PWD/../lib\" docs/lib && git commit -qm module");
	r = sh_try("git -C c sparse remove docs -n");
	assert_text(r.out, "2 files would be removed\n");
	assert_text(r.err, "hint: the submodule 'docs/lib' is populated and "
			   "stays; `git submodule deinit` empties it while it "
			   "is selected\n");
	r = sh_try("git -C c sparse remove docs -v");
	assert_contains(r.err, "warning: unable to rmdir 'docs/lib': Directory "
			       "not empty\n");
	assert_contains(r.err, "is selected\n2 files removed\n");
	assert_contains(sh_try("git -C c sparse reapply -v").err,
			"nothing else to do\n");
	assert_rc(sh_try("git -C c sparse reapply --strict"), 1);
	assert_contains(sh("git -C c sparse reapply --json"),
			"  \"submodules\": [\n    \"docs/lib\"\n  ],\n");
	assert_text(sh("git -C c sparse doctor"),
		    "note: docs/lib: a populated submodule that is not "
		    "selected; `git submodule deinit` empties it while it is\n"
		    "  git sparse add 'docs'\n");
	sh("cd c && git sparse add docs && git submodule --quiet deinit "
	   "docs/lib && git sparse remove docs && test ! -e docs");
	assert_text(sh("git -C c sparse doctor"), "nothing is wrong\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(a_sound_clone_is_said_to_be),
		sandbox_test(files_that_do_not_agree),
		sandbox_test(configuration_and_patterns),
		sandbox_test(locks_go_only_when_nobody_has_them),
		sandbox_test(what_is_ours),
		sandbox_test(a_submodule_that_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
