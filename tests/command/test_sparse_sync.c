/* SPDX-License-Identifier: MIT */
/* git sparse sync: profiles that change, and the hooks that follow them. */
#include "support/sandbox.h"

/* `s`, a team's repository, and `c`, a clone of it with `web` and `docs`. */
static void make_clone(void)
{
	sh("git init -q s && cd s && for d in p/web/old p/web/src p/mail "
	   "libs/ui libs/net builds docs; do mkdir -p $d && echo x >$d/f; done "
	   "&& echo x >root");
	write_file("s/.gitpare", "[profile \"base\"]\ndirs = builds\n"
				 "[profile \"web\"]\ndirs = p/web\n  libs/ui\n");
	sh("cd s && git add . && git commit -qm x && cd .. && "
	   "git sparse clone -q --profile web s c 2>/dev/null && "
	   "git -C c sparse add docs && "
	   "git -C c sparse remove --anyway p/web/old");
}

/* The team changes its profile. */
static void change_profile(const char *text)
{
	write_file("s/.gitpare", text);
	sh("git -C s commit -qam 'Another profile'");
}

static const char web_changed[] = "[profile \"base\"]\ndirs = builds\n"
				  "[profile \"web\"]\ndirs = p/web\n"
				  "  libs/net\n";

static void assert_dirs(const char *expected)
{
	assert_text(sh("git -C c sparse-checkout list | tr '\\n' ' '"),
		    expected);
	assert_text(sh("git -C c status --porcelain"), "");
	assert_fsck("c");
}

static void what_a_profile_gained_and_lost_is_applied(void **state)
{
	struct result r;

	(void)state;
	make_clone();
	r = sh_try("git -C c sparse sync");
	assert_rc(r, 0);
	assert_text(r.err, "");
	assert_text(sh("git -C c sparse sync -v 2>&1"), "nothing to do\n");
	change_profile(web_changed);
	sh("git -C c pull -q");
	assert_dirs("docs libs/ui p/web/src ");
	assert_contains(sh("git -C c sparse status"),
			"  + libs/net\n  - libs/ui\n"
			"(`git sparse sync` applies it)\n");
	r = sh_try("git -C c sparse sync -n");
	assert_text(r.out, "profile 'web' has changed:\n  + libs/net\n"
			   "  - libs/ui\n1 file would be written (2 bytes)\n"
			   "1 file would be removed\n");
	assert_dirs("docs libs/ui p/web/src ");
	assert_contains(sh("git -C c sparse sync --json"),
			"  \"drift\": [\n    {\n      \"profile\": \"web\",\n"
			"      \"gone\": false,\n      \"gained\": [\n"
			"        \"libs/net\"\n      ],\n      \"lost\": [\n"
			"        \"libs/ui\"\n      ]\n    }\n  ]\n");
	/* What was added stays, and what was taken out. */
	assert_dirs("docs libs/net p/web/src ");
	sh("git -C c sparse undo");
	assert_dirs("docs libs/ui p/web/src ");
	r = sh_try("git -C c sparse sync -q");
	assert_rc(r, 0);
	assert_text(r.err, "");
	assert_dirs("docs libs/net p/web/src ");
	assert_contains(sh("git -C c sparse sync --json"),
			"\"changed\": false");
	assert_rc(sh_try("git -C c sparse sync docs"), 129);
	assert_rc(sh_try("git -C c sparse sync --shared-hooks"), 129);
}

static void a_profile_that_is_gone_keeps_its_directories(void **state)
{
	struct result r;

	(void)state;
	make_clone();
	change_profile("[profile \"base\"]\ndirs = builds\n");
	sh("git -C c pull -q");
	r = sh_try("git -C c sparse sync");
	assert_rc(r, 0);
	assert_text(r.err, "warning: profile 'web' is gone; its directories "
			   "stay as they were applied\n"
			   "hint: `git sparse remove --profile web` ends it\n");
	assert_dirs("docs libs/ui p/web/src ");
	/* Another one changes beside it. */
	sh("git -C c sparse add --profile base");
	change_profile("[profile \"base\"]\ndirs = builds\n  p/mail\n");
	sh("git -C c pull -q && git -C c sparse sync -q");
	assert_dirs("builds docs libs/ui p/mail p/web/src ");
	/* A file that cannot be read changes nothing. */
	change_profile("[profile \"base\"]\nnonsense\n");
	sh("git -C c pull -q");
	r = sh_try("git -C c sparse sync");
	assert_rc(r, 128);
	assert_contains(r.err, "fatal: .gitpare:2: ");
	assert_dirs("builds docs libs/ui p/mail p/web/src ");
	/* Nothing is active, or nothing sparse: nothing to do. */
	sh("git -C c sparse set docs && git -C c sparse sync && "
	   "git -C s sparse sync");
}

static void hooks_follow_pull_checkout_and_rebase(void **state)
{
	struct result r;

	(void)state;
	make_clone();
	r = sh_try("git -C c sparse sync --install-hook -v");
	assert_text(r.err, "post-checkout installed\npost-merge installed\n"
			   "post-rewrite installed\n");
	r = sh_try("git -C c sparse sync --install-hook --json");
	assert_text(r.out, "{\n  \"dry_run\": false,\n  \"hooks\": [],\n"
			   "  \"chained\": []\n}\n");
	change_profile(web_changed);
	r = sh_try("git -C c pull -q");
	assert_rc(r, 0);
	assert_text(r.err, "");
	assert_dirs("docs libs/net p/web/src ");
	/* To another commit and back; a file alone is none. */
	sh("git -C c checkout -q HEAD~1");
	assert_dirs("docs libs/ui p/web/src ");
	sh("cd c && git checkout -q HEAD@{1} -- .gitpare && "
	   "git sparse list | grep -q libs/ui && "
	   "git checkout -q HEAD .gitpare && git switch -q main");
	assert_dirs("docs libs/net p/web/src ");
	/* A true merge, then a rebase: on the way nothing is done. */
	sh("cd c && echo y >docs/g && git add docs && git commit -qm g");
	change_profile("[profile \"web\"]\ndirs = p/web\n  builds\n");
	sh("git -C c pull -q --no-rebase --no-edit");
	assert_dirs("builds docs p/web/src ");
	sh("cd c && git reset -q --hard HEAD^1 && git sparse sync && "
	   "echo y >root && git commit -qam h");
	assert_dirs("docs libs/net p/web/src ");
	r = sh_try("cd c && GIT_TRACE=$HOME/trace git pull -q --rebase");
	assert_rc(r, 0);
	assert_dirs("builds docs p/web/src ");
	/* A fault is told, and is not git's. */
	change_profile("nonsense\n");
	r = sh_try("git -C c pull -q --no-rebase --no-edit");
	assert_rc(r, 0);
	assert_contains(r.err, "warning: the profiles were not applied: "
			       ".gitpare:1: ");
	assert_dirs("builds docs p/web/src ");
	/* Without git-sparse git does what it does. */
	sh("cd c && PATH=/usr/bin:/bin git checkout -q HEAD~1");
	/* A new work tree has no profile; the hook minds its business. */
	sh("cd c && git worktree add -q ../w && git -C ../w status");
}

/* Hooks of all kinds are there, and run, and come back as they were. */
static void hooks_of_ones_own_stay(void **state)
{
	struct result r;
	const char *before;

	(void)state;
	make_clone();
	write_file("c/.git/hooks/post-checkout",
		   "#!/bin/sh\necho \"own $*\" >>$HOME/ran\n"
		   "basename \"$(dirname \"$0\")\" >>$HOME/ran\nexit 3\n");
	write_file("c/tool", "#!/bin/sh\necho linked >>$HOME/ran\n");
	write_file("c/.git/hooks/post-rewrite", "not executable\n");
	sh("cd c && echo tool >>.git/info/exclude && "
	   "chmod +x tool .git/hooks/post-checkout && "
	   "ln -s ../../tool .git/hooks/post-merge");
	before = sh("cd c/.git/hooks && ls -l post-* && cat post-*");
	r = sh_try("git -C c sparse sync --install-hook -n");
	assert_text(r.out, "post-checkout would be installed, your own with it"
			   "\npost-merge would be installed, your own with it\n"
			   "post-rewrite would be installed, your own with it"
			   "\n");
	assert_text(sh("cd c/.git/hooks && ls -l post-* && cat post-*"),
		    before);
	sh("cd c && git sparse sync --install-hook && "
	   "git sparse sync --install-hook");
	change_profile(web_changed);
	sh("git -C c pull -q");
	assert_text(read_file("ran"), "linked\n");
	assert_dirs("docs libs/net p/web/src ");
	/* The exit code is theirs; git makes 1 of it. */
	assert_rc(sh_try("git -C c checkout -q HEAD~1"), 1);
	assert_contains(read_file("ran"), " 1\nhooks\n");
	assert_contains(read_file("ran"), "linked\nown ");
	/* What was changed since is not ours to take. */
	sh("cd c/.git/hooks && cp -p post-merge ../kept && "
	   "echo '# mine' >>post-merge");
	r = sh_try("git -C c sparse sync --uninstall-hook");
	assert_rc(r, 128);
	assert_contains(r.err, "post-merge' was changed since it was "
			       "installed\n");
	assert_rc(sh_try("git -C c sparse sync --install-hook"), 128);
	sh("cd c/.git/hooks && mv ../kept post-merge && test -f "
	   "post-checkout.before-pare");
	r = sh_try("git -C c sparse sync --uninstall-hook -v");
	assert_text(r.err, "post-checkout taken back, your own with it\n"
			   "post-merge taken back, your own with it\n"
			   "post-rewrite taken back, your own with it\n");
	assert_text(sh("cd c/.git/hooks && ls -l post-* && cat post-*"),
		    before);
	assert_text(sh("git -C c sparse sync --uninstall-hook -v 2>&1"),
		    "nothing to do\n");
	/* No room for it. */
	sh("echo x >c/.git/hooks/post-merge.before-pare");
	r = sh_try("git -C c sparse sync --install-hook");
	assert_rc(r, 128);
	assert_contains(r.err, "post-merge.before-pare' is in the way\n");
	sh("rm c/.git/hooks/post-merge.before-pare");
	assert_text(sh("cd c/.git/hooks && ls -l post-* && cat post-*"),
		    before);
}

/* What cannot be done for one hook is done for none. */
static void hooks_are_installed_all_or_none(void **state)
{
	const char *before, *with;
	struct result r;

	(void)state;
	make_clone();
	write_file("c/.git/hooks/post-checkout", "#!/bin/sh\necho own\n");
	write_file("c/.git/hooks/post-rewrite.lock", "");
	before = sh("cd c/.git/hooks && ls -l post-* && cat post-*");
	r = sh_try("git -C c sparse sync --install-hook");
	assert_rc(r, 128);
	assert_contains(r.err, "post-rewrite.lock': File exists.\n"
			       "hint: the lock was made ");
	assert_text(sh("cd c/.git/hooks && ls -l post-* && cat post-*"),
		    before);
	sh("cd c && rm .git/hooks/post-rewrite.lock && "
	   "git sparse sync --install-hook && cd .git/hooks && "
	   "mkdir post-merge.before-pare");
	with = sh("cd c/.git/hooks && ls post-* && cat post-checkout* "
		  "post-merge");
	r = sh_try("git -C c sparse sync --uninstall-hook");
	assert_rc(r, 128);
	assert_text(sh("cd c/.git/hooks && ls post-* && cat post-checkout* "
		       "post-merge"), with);
	/* Nor is the directory for them made. */
	sh("rm -rf c/.git/hooks && ln -s none/hooks c/.git/hooks");
	assert_rc(sh_try("git -C c sparse sync --install-hook"), 128);
}

/* What git does in between: bisect, am, and a hook that is no script. */
static void hooks_follow_bisect_and_am(void **state)
{
	(void)state;
	make_clone();
	sh("cd c && cp \"$(command -v touch)\" .git/hooks/post-merge && "
	   "git sparse sync --install-hook");
	change_profile(web_changed);
	sh("git -C s commit -q --allow-empty -m more && "
	   "git -C c pull -q && rm c/0");
	assert_dirs("docs libs/net p/web/src ");
	sh("cd c && git bisect start -q HEAD HEAD~2 >../bisect 2>&1 && "
	   "git checkout -q main~2");
	/* Not while it looks, which its last checkout still is. */
	assert_dirs("docs libs/net p/web/src ");
	sh("git -C c sparse sync -q");
	assert_dirs("docs libs/ui p/web/src ");
	sh("git -C c bisect reset 2>err");
	assert_contains(sh("git -C c sparse status"), "  + libs/net\n");
	sh("git -C c sparse sync -q");
	assert_dirs("docs libs/net p/web/src ");
	/* am has no hook that could: status says so, and sync follows. */
	change_profile("[profile \"web\"]\ndirs = builds\n");
	sh("git -C s format-patch -q --stdout -1 >patch && "
	   "git -C c am -q ../patch");
	assert_contains(sh("git -C c sparse status"),
			"(`git sparse sync` applies it)\n");
	sh("git -C c sparse sync -q");
	assert_dirs("builds docs ");
}

/* What the hook starts is git too, and its hooks do not start it again. */
static void a_hook_does_not_start_itself(void **state)
{
	(void)state;
	make_clone();
	sh("cd s && echo 'libs/net/f eol=crlf' >.gitattributes && "
	   "git add . && git commit -qm eol && cd ../c && "
	   "printf '#!/bin/sh\necho $3 >>$HOME/ran\n"
	   "git sparse reapply -q\ngit sparse sync -q\n' "
	   ">.git/hooks/post-checkout && chmod +x .git/hooks/post-checkout && "
	   "git sparse sync --install-hook");
	change_profile(web_changed);
	sh("cd c && git fetch -q && git checkout -q -B main origin/main");
	assert_dirs("docs libs/net p/web/src ");
	assert_text(sh("grep -c 1 ran; od -c c/libs/net/f | head -n 1"),
		    "1\n0000000   x  \\r  \\n\n");
}

static void shared_hooks_are_asked_for(void **state)
{
	struct result r;

	(void)state;
	make_clone();
	sh("mkdir c/.husky && git -C c config core.hooksPath .husky");
	r = sh_try("git -C c sparse sync --install-hook");
	assert_rc(r, 128);
	assert_contains(r.err, "fatal: core.hooksPath is not inside of the git "
			       "directory: '");
	assert_contains(r.err, "hint: or put this line into them: git sparse "
			       "sync --hook <name of the hook> -- \"$@\"\n");
	assert_text(sh("ls c/.husky c/.git/hooks | grep -v -e sample -e :"
		       " -e '^$' || :"), "");
	sh("cd c && git sparse sync --install-hook --shared-hooks && "
	   "test -x .husky/post-merge && cd docs && "
	   "git sparse sync --uninstall-hook && test ! -e ../.husky/post-merge");
	/* Inside of it, and not there yet. */
	sh("cd c && git config core.hooksPath .git/other/hooks && "
	   "git sparse sync --install-hook && "
	   "test -x .git/other/hooks/post-merge");
	/* A link that leads outside is outside. */
	sh("cd c && git config --unset core.hooksPath && rm -r .git/hooks && "
	   "ln -s ../.husky .git/hooks");
	assert_rc(sh_try("git -C c sparse sync --install-hook"), 128);
}

/* Files do not come or go, but it is another selection. */
static void a_profile_s_change_alone_can_be_undone(void **state)
{
	static const char *const indexes[] = { "--no-sparse-index",
					       "--sparse-index" };
	static const char own[] = "added by name: docs, libs/net\n";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(indexes); i++) {
		sh("rm -rf s c");
		make_clone();
		sh("git -C c sparse add libs/net && "
		   "git -C c sparse reapply %s", indexes[i]);
		change_profile("[profile \"base\"]\ndirs = builds\n"
			       "[profile \"web\"]\ndirs = p/web\n"
			       "  libs/ui\n  libs/net\n");
		sh("git -C c pull -q && git -C c sparse sync");
		assert_dirs("docs libs/net libs/ui p/web/src ");
		assert_not_contains(sh("git -C c sparse status"), "  + libs");
		assert_contains(sh("git -C c sparse status"), own);
		sh("git -C c sparse undo");
		assert_dirs("docs libs/net libs/ui p/web/src ");
		assert_contains(sh("git -C c sparse status"), "  + libs/net\n");
		sh("git -C c sparse undo");
		assert_not_contains(sh("git -C c sparse status"), "  + libs");
	}
}

/* With --strict what it had to leave is no success. */
static void strict_tells_what_was_kept(void **state)
{
	struct result r;

	(void)state;
	make_clone();
	change_profile(web_changed);
	sh("git -C c pull -q && echo mine >>c/libs/ui/f");
	r = sh_try("git -C c sparse sync --strict");
	assert_rc(r, 1);
	assert_contains(r.err, "\tlibs/ui/f\n");
	assert_text(sh("git -C c status --porcelain"), " M libs/ui/f\n");
	sh("git -C c checkout -q libs/ui/f && git -C c sparse reapply && "
	   "git -C c sparse sync --strict");
	/* A directory that is nowhere is refused before anything changes. */
	change_profile("[profile \"web\"]\ndirs = p/web\n  libs/nowhere\n");
	sh("git -C c pull -q");
	r = sh_try("git -C c sparse sync --strict");
	assert_rc(r, 128);
	assert_contains(r.err, "'libs/nowhere' is no directory");
	assert_contains(sh("git -C c sparse status"), "  + libs/nowhere\n");
	assert_rc(sh_try("git -C c sparse sync"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(what_a_profile_gained_and_lost_is_applied),
		sandbox_test(a_profile_s_change_alone_can_be_undone),
		sandbox_test(strict_tells_what_was_kept),
		sandbox_test(a_profile_that_is_gone_keeps_its_directories),
		sandbox_test(hooks_follow_pull_checkout_and_rebase),
		sandbox_test(hooks_of_ones_own_stay),
		sandbox_test(hooks_are_installed_all_or_none),
		sandbox_test(hooks_follow_bisect_and_am),
		sandbox_test(a_hook_does_not_start_itself),
		sandbox_test(shared_hooks_are_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
