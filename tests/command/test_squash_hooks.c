/* SPDX-License-Identifier: MIT */
/* Hooks and signatures of a rewrite, and what stays when they fail. */
#include <stdlib.h>
#include <string.h>

#include "support/sandbox.h"

static void make_repo(void)
{
	sh("git init -q -b main a; cd a; for i in 1 2 3 4; do echo $i >f$i; "
	   "git add .; git commit -q -m c$i; git tag c$i; done");
}

static void write_script(const char *path, const char *text)
{
	char *all = xstrfmt("#!/bin/sh\n%s", text);

	write_file(path, all);
	free(all);
	sh("chmod +x %s", path);
}

static void hooks_get_what_git_gives_them(void **state)
{
	static const char log[] =
		"echo \"$(basename $0) $*\" $(pwd) >>../log-$(basename $PWD)\n"
		"env | grep -E '^GIT_(DIR|WORK|INDEX|EDITOR=:|PREFIX)' | sort "
		">>../log-$(basename $PWD); cat >/dev/null; "
		"seq 20000; seq 20000 >&2\n";

	(void)state;
	make_repo();
	write_script("hooks/prepare-commit-msg", log);
	write_script("hooks/commit-msg", log);
	sh("git -C a config core.hooksPath $PWD/hooks; cp -r a g; cp -r a p; "
	   "cd g; GIT_EDITOR=true git commit -q --amend 2>&1 >&-; "
	   "git commit -q --amend -m x 2>&1; "
	   "git commit -q --amend -C c2 --reset-author 2>&1; "
	   "GIT_EDITOR=true git commit -q --amend -c c2 --reset-author 2>&1; "
	   "git worktree add -q ../tree/g; cd ../tree/g; "
	   "git commit -q --amend -m x 2>&1");
	sh("cd p; GIT_EDITOR=true git reword -q -e 2>&1; "
	   "git reword -q -m x 2>&1; git squash-last -q -C c2 2 2>&1; "
	   "GIT_EDITOR=true git reword -q -c c2 2>&1; "
	   "git worktree add -q ../tree/p; cd ../tree/p; "
	   "git reword -q -m x 2>&1");
	/* Where we are is no concern of a hook here. */
	assert_text(sh("sed 's,/p\\b,/g,g' log-p tree/log-p"),
		    sh("sed '/^GIT_PREFIX/d' log-g tree/log-g"));
	assert_contains(read_file("log-p"), "commit-msg .git/COMMIT_EDITMSG");
	assert_contains(read_file("log-p"),
			"prepare-commit-msg .git/COMMIT_EDITMSG commit HEAD");
	/* Not to be run: git's hint, and no more. */
	sh("chmod -x hooks/commit-msg; rm log-p; cd p; "
	   "git reword -q -m y 2>../err");
	assert_contains(read_file("err"), "commit-msg' hook was ignored "
					  "because it's not set as executable");
	assert_not_contains(read_file("log-p"), "\ncommit-msg");
}

static void pre_rebase_is_asked_first(void **state)
{
	static const char *const commands[] = {
		"squash-last -q -e 2", "squash-last -q -e --root",
		"reword -q -e c2", "squash-last -q --plan ../plan -e --root",
	};
	const char *refs;

	(void)state;
	make_repo();
	refs = sh("git -C a for-each-ref");
	write_file("plan", "pick c1\nreword c2\n");
	write_script("a/.git/hooks/pre-rebase", "echo \"$*\" >>../asked; exit 3");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		struct result r = sh_try("cd a; GIT_EDITOR='touch ../opened; :' "
					 "git %s", commands[i]);

		assert_rc(r, 128);
		assert_text(r.err, "fatal: The pre-rebase hook refused to "
				   "rebase.\n");
	}
	assert_text(read_file("asked"),
		    sh("cd a; git rev-parse c2; echo --root; "
		       "git rev-parse c1; echo --root"));
	assert_rc(sh_try("test -e opened"), 1);
	assert_text(sh("git -C a for-each-ref"), refs);
	sh("cd a; git squash-last -q -n 2; git squash-last -q --no-verify 2");
	assert_text(sh("wc -l <asked"), "4\n");
}

/* Programs that sign with a log of how they were called. */
static void make_signers(void)
{
	write_script("gpg", "echo \"$(basename $0) $*\" >>../log; cat >/dev/null; "
			    "echo >&2; echo '[GNUPG:] SIG_CREATED x' >&2; "
			    "printf 'BEGIN\\r\\n  sig\\n\\nEND\\n'");
	write_script("ssh", "echo \"ssh $1 $2 $3 $4 $5 $(head -c 40 $6) $7\" | "
			    "sed 's, */[^ ]*$,,' >>../log; "
			    "for f; do :; done; echo SIG >$f.sig");
	write_script("bad", "echo bad $* >>../log; cat >/dev/null; "
			    "echo 'no secret key' >&2; exit 2");
	sh("cp gpg gpgsm");
}

static void every_format_signs_as_git_does(void **state)
{
	static const char *const cases[] = {
		"-c commit.gpgSign=true -c gpg.program=../gpg",
		"-c gpg.program=../bad -c commit.gpgSign=true "
		"-c gpg.openpgp.program=../gpg -c user.signingKey=KEY",
		"-c commit.gpgSign=true -c gpg.format=x509 "
		"-c gpg.x509.program=../gpgsm",
		"-c commit.gpgSign=true -c gpg.format=ssh "
		"-c gpg.ssh.program=../ssh -c user.signingKey=../plan",
		"-c commit.gpgSign=true -c gpg.format=ssh "
		"-c gpg.ssh.program=../ssh "
		"-c 'user.signingKey=key::ssh-x literal'",
		"-c commit.gpgSign=true -c gpg.format=ssh "
		"-c gpg.ssh.program=../ssh "
		"-c gpg.ssh.defaultKeyCommand='echo key::ssh-x some'",
	};
	const char *git;

	(void)state;
	make_repo();
	make_signers();
	write_file("plan", "a key");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		sh("rm -rf g p log; cp -r a g; cp -r a p; cd g; "
		   "git reset -q --soft c1; git %s commit -q --amend "
		   "-m one 2>../err; mv ../log ../log-g; cd ../p; "
		   "git %s squash-last -q --root -m one; mv ../log ../log-p",
		   cases[i], cases[i]);
		/* Since 2.40 git says that a literal key is an agent's. */
		assert_text(sh("sed 's/ -U$//' log-p"),
			    sh("sed 's/ -U$//' log-g"));
		assert_text(sh("grep -c -e -U log-p || true"),
			    strstr(cases[i], "ssh-x") ? "1\n" : "0\n");
		git = sh("git -C g cat-file commit HEAD");
		assert_contains(git, "\ngpgsig ");
		assert_text(sh("git -C p cat-file commit HEAD"), git);
	}
	assert_fsck("p");
}

static void each_new_commit_is_signed_once(void **state)
{
	static const struct {
		const char *command, *calls;
	} cases[] = {
		{ "git squash-last -q --root", "1\n" },
		{ "git squash-last -q -SKEY 3", "1\n" },
		{ "git squash-last -q --no-gpg-sign 3", "0\n" },
		{ "git squash-last -q -n 3", "0\n" },
		{ "git reword -q -m x c2", "3\n" },
		{ "git squash-last -q -e --plan ../plan 3", "2\n" },
	};
	const char *refs;
	struct result r;

	(void)state;
	make_repo();
	make_signers();
	write_file("plan", "pick c2\nsquash c3\nreword c4\n");
	sh("cd a; git config commit.gpgSign true; "
	   "git config gpg.program ../gpg; git config core.editor true");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_text(sh("rm -rf p; cp -r a p; >log; cd p; %s; "
			       "wc -l <../log", cases[i].command),
			    cases[i].calls);
	refs = sh("cd a; git for-each-ref; git reflog");
	r = sh_try("cd a; git -c gpg.program=../bad squash-last -m typed");
	assert_rc(r, 128);
	assert_contains(r.err, "fatal: gpg failed to sign the data\n"
			       "hint: no secret key\n"
			       "hint: nothing was changed; the message is in ");
	r = sh_try("cd a; git -c gpg.format=pgp squash-last -m typed");
	assert_contains(r.err, "invalid value for 'gpg.format': 'pgp'");
	assert_text(read_file("a/.git/pare/message"), "typed\n");
	assert_text(sh("cd a; git for-each-ref; git reflog"), refs);
}

static void git_verifies_what_is_signed(void **state)
{
	(void)state;
	make_repo();
	sh("ssh-keygen -q -t ed25519 -N '' -f key; cd a; "
	   "echo \"committer@example.com $(cat ../key.pub)\" >../allowed; "
	   "git config gpg.format ssh; git config user.signingKey ../key.pub; "
	   "git config gpg.ssh.allowedSignersFile ../allowed; "
	   "git squash-last -q -S 2; git verify-commit HEAD 2>&1; "
	   "git reword -q -S -m x HEAD~1; git verify-commit HEAD HEAD~1 2>&1");
	if (sh_try("export GNUPGHOME=$PWD/k; mkdir -m 700 k; gpg --batch -q "
		   "--passphrase '' --quick-gen-key 'C O Mitter "
		   "<committer@example.com>' default default never").rc)
		return; /* no gpg here, or none that makes keys */
	sh("export GNUPGHOME=$PWD/k; cd a; git config --unset user.signingKey; "
	   "git config --unset gpg.format; git squash-last -q -S 2; "
	   "git verify-commit HEAD 2>&1; gpgconf --kill all");
	assert_fsck("a");
}

static void what_was_typed_is_not_lost(void **state)
{
	static const struct {
		const char *setup, *command, *err, *file;
	} cases[] = {
		{ "true", "GIT_EDITOR='f() { echo typed >$1; return 1; }; f' "
		  "git squash-last -e", "there was a problem with the editor",
		  "COMMIT_EDITMSG" },
		{ "printf '#!/bin/sh\\nexit 1\\n' >.git/hooks/commit-msg; "
		  "chmod +x .git/hooks/commit-msg",
		  "GIT_EDITOR='echo typed >' git reword -e c3",
		  "the commit-msg hook refused", "COMMIT_EDITMSG" },
		{ "true", "GIT_EDITOR='f() { git commit -q --allow-empty -m m; "
		  "echo typed >$1; }; f' git squash-last -e",
		  "HEAD", "COMMIT_EDITMSG" },
		{ "git config commit.gpgSign true; git config gpg.program false",
		  "git squash-last -m typed", "gpg failed to sign",
		  "pare/message" },
		{ "printf 'pick c1\\nreword c3\\n' >../plan; echo x >>f4",
		  "GIT_EDITOR='echo typed >' git squash-last -e --root "
		  "--plan ../plan", "have changes of their own",
		  "COMMIT_EDITMSG" },
	};
	struct result r;

	(void)state;
	make_repo();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		sh("rm -rf p; cp -r a p; cd p; %s", cases[i].setup);
		r = sh_try("cd p; %s", cases[i].command);
		assert_rc(r, 128);
		assert_contains(r.err, cases[i].err);
		assert_contains(r.err, "p/.git/");
		assert_text(sh("cat p/.git/%s", cases[i].file), "typed\n");
	}
	/* All of a plan, of which the last fails. */
	write_file("plan", "reword c1\nreword c2\nreword c3\npick c4\n");
	write_script("ed", "echo typed $(cat $1 | head -1) >$1");
	write_script("p/.git/hooks/commit-msg", "! grep c3 $1");
	sh("cd p; git checkout -q .");
	r = sh_try("cd p; GIT_EDITOR=../ed git squash-last -q -e --root "
		   "--plan ../plan");
	assert_rc(r, 128);
	assert_contains(r.err, "p/.git/pare/messages");
	assert_text(read_file("p/.git/pare/messages"),
		    sh("cd p; git rev-parse c1; printf '\\ntyped c1\\n\\n'; "
		       "git rev-parse c2; printf '\\ntyped c2\\n'"));
	assert_text(read_file("p/.git/COMMIT_EDITMSG"), "typed c3\n");
	sh("cd p; rm .git/hooks/commit-msg; GIT_EDITOR=../ed git squash-last -q "
	   "-e --root --plan ../plan; test ! -e .git/pare/messages");
	assert_text(sh("git -C p log --format=%%s"),
		    "c4\ntyped c3\ntyped c2\ntyped c1\n");
	assert_fsck("p");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(hooks_get_what_git_gives_them),
		sandbox_test(pre_rebase_is_asked_first),
		sandbox_test(every_format_signs_as_git_does),
		sandbox_test(each_new_commit_is_signed_once),
		sandbox_test(git_verifies_what_is_signed),
		sandbox_test(what_was_typed_is_not_lost),
	};

	return cmocka_run_group_tests_name("squash_hooks", tests, NULL, NULL);
}
