/* SPDX-License-Identifier: MIT */
/* git sparse clone: what it fetches, leaves, says; and how it goes on. */
#include "support/sandbox.h"

#include <stdlib.h>

/*
 * `srv.git`, a server that allows filters. Fetches of a clone made with
 * COUNTED go through `up`, which notes each and does what `trouble` says.
 */
static void make_server(void)
{
	sh("git init -q s && cd s && for d in p/web/old p/web/src p/mail "
	   "libs/ui builds docs; do mkdir -p $d && echo $d >$d/f; done && "
	   "echo x >root && mkdir ../tmp");
	write_file("s/.gitpare",
		   "[profile \"base\"]\ndirs = builds\n"
		   "[profile \"web\"]\ntitle = Shop\ndirs = p/web\n"
		   "  libs/ui\nexclude = p/web/old\n"
		   "[sparse]\nalways = base\n");
	write_file("up", "#!/bin/sh\necho x >>\"$HOME/fetches\"\n"
			 "n=$(wc -l <\"$HOME/fetches\")\n"
			 ". \"$HOME/trouble\"\nexec git-upload-pack \"$@\"\n");
	write_file("trouble", "");
	write_file("fetches", "");
	sh("chmod +x up && cd s && git add . && git commit -qm x && cd .. && "
	   "git clone -q --bare s srv.git && "
	   "git -C srv.git config uploadpack.allowFilter true");
}

#define URL "file://\"$HOME\"/srv.git"
#define COUNTED " -- -c remote.origin.uploadpack=\"$HOME/up\""

static const char *files_of(const char *repo)
{
	return sh("cd %s && find . -name .git -prune -o -type f -print | sort |"
		  " tr '\\n' ' '", repo);
}

static void a_profile_comes_with_two_fetches(void **state)
{
	struct result r;

	(void)state;
	make_server();
	r = sh_try("git sparse clone -v --profile web " URL " c" COUNTED);
	assert_rc(r, 0);
	assert_text(r.out, "");
	assert_text(r.err, "Cloning into 'c'...\n5 files written (153 bytes)\n");
	/* The blob of .gitpare, then all others. */
	assert_text(read_file("fetches"), "x\nx\n");
	assert_text(files_of("c"), "./.gitpare ./builds/f ./libs/ui/f "
				   "./p/web/src/f ./root ");
	assert_text(sh("git -C c status --porcelain -b"),
		    "## main...origin/main\n");
	/* Nothing else was fetched. */
	assert_text(sh("cd c && git rev-list --objects --missing=print --all |"
		       " grep -c '^?'"), "3\n");
	assert_text(sh("git -C c sparse-checkout list | tr '\\n' ' '"),
		    "builds libs/ui p/web/src ");
	assert_contains(sh("git -C c sparse status"),
			"profile web: Shop  (.gitpare:3)\n");
	assert_rc(sh_try("git -C c sparse undo"), 128);
	assert_fsck("c");
}

static void who_names_no_profile(void **state)
{
	struct result r;

	(void)state;
	make_server();
	/* No default: the files in the root, and what to type. */
	r = sh_try("git sparse clone " URL);
	assert_rc(r, 0);
	assert_text(r.err,
		    "Cloning into 'srv'...\n"
		    "hint: only the files in the root are here\n"
		    "hint: `git -C srv sparse profiles` lists what is on offer,"
		    " and `git -C srv sparse add --profile <profile>` brings it"
		    " in\n");
	assert_text(files_of("srv"), "./.gitpare ./root ");
	/* Directories. */
	r = sh_try("git sparse clone --dir docs --dir doc -q --dir p/mail " URL
		   " d");
	assert_rc(r, 0);
	assert_text(r.err, "warning: 'doc' is no directory of HEAD or the "
			   "index\nhint: did you mean 'docs'?\n");
	assert_text(files_of("d"), "./.gitpare ./docs/f ./p/mail/f ./root ");
	/* A default, and one's own directory beside a profile. */
	sh("cd s && echo 'default = web' >>.gitpare && git commit -qam y && "
	   "git push -q ../srv.git main");
	assert_text(sh("git sparse clone --json " URL " e 2>/dev/null | grep "
		       "-A 3 -e profiles -e directory"),
		    "  \"profiles\": [\n    \"web\"\n  ],\n"
		    "  \"exceptions\": [],\n--\n  \"directory\": \"e\"\n}\n");
	assert_text(sh_try("git sparse clone " URL " h").err,
		    "Cloning into 'h'...\n"
		    "hint: nothing was named: this is the default, 'web'; `git "
		    "-C h sparse profiles` lists what else is on offer\n");
	assert_contains(sh_try("mkdir j && cd j && git sparse clone "
			       "file://\"$PWD\"/../srv.git .").err,
			"'web'; `git sparse profiles` lists");
	assert_text(sh_try("git sparse clone -q " URL " i").err, "");
	sh("git sparse clone -q --profile base --dir docs " URL " g");
	assert_text(files_of("g"), "./.gitpare ./builds/f ./docs/f ./root ");
	sh("git -C srv status --porcelain && git -C d fsck --strict && "
	   "git -C e fsck --strict && git -C g sparse reapply");
}

/* The name that git gives it is the one that ours gives. */
static void the_directory_has_the_name_git_gives_it(void **state)
{
	static const char *const urls[] = {
		"file:///x/foo.git", "file:///x/foo/", "file:///x/foo/.git/",
		"host:foo.git", "host:dir/foo", "host:22", "ssh://host:22/",
		"ssh://u:p@host:2222/", "file:///x/a.bundle",
		"host:~u/foo.git///", "https://h/fo:o", "https://h/a  b\t.git",
	};

	(void)state;
	write_file("fake/git-upload-pack", "#!/bin/sh\nexit 1\n");
	for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
		const char *script =
			"GIT_SSH_COMMAND=false GIT_ALLOW_PROTOCOL=ssh "
			"git %s --no-progress '%s' 2>&1 | head -n 1";
		const char *theirs, *ours;
		char *text = xstrfmt(script, "clone", urls[i]);

		theirs = sh("%s", text);
		free(text);
		text = xstrfmt(script, "sparse clone", urls[i]);
		ours = sh("%s", text);
		free(text);
		assert_text(ours, theirs);
	}
}

static void what_cannot_be_leaves_nothing(void **state)
{
	static const struct {
		const char *args;
		int rc;
		const char *said;
	} cases[] = {
		{ "", 129, "error: you must name a repository to clone\n" },
		{ "a b c", 129, "error: too many arguments\n" },
		{ "--depht 1 x", 129, "hint: did you mean '--depth'?\n" },
		{ "ssh://", 128, "fatal: no directory name could be guessed" },
		{ URL " new -- --bare", 128, "fatal: a bare repository has no "
					     "work tree" },
		{ "file:///nowhere/new.git", 128, "does not appear" },
		{ URL " full", 128, "already exists and is not an empty" },
		{ "--branch nope " URL " new", 128, "nope not found" },
		{ "--depth x " URL " new", 128, "depth x is not a positive" },
		{ "--filter nonsense " URL " new", 128, "nonsense" },
		{ URL " new -- --nonsense", 129, "unknown option `nonsense'" },
		{ URL " ro/new", 128, "ro/new" },
	};

	(void)state;
	make_server();
	sh("mkdir full && echo x >full/x && echo x >ro");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct result r = sh_try("git sparse clone %s", cases[i].args);

		assert_rc(r, cases[i].rc);
		assert_contains(r.err, cases[i].said);
		assert_rc(sh_try("test -e new"), 1);
	}
	assert_text(sh("ls full"), "x\n");
}

static void a_profile_that_is_not_there(void **state)
{
	struct result r;

	(void)state;
	make_server();
	r = sh_try("git sparse clone --profile wbe " URL " 'c c'");
	assert_rc(r, 128);
	assert_text(r.err,
		    "Cloning into 'c c'...\n"
		    "fatal: no profile 'wbe'\n"
		    "hint: did you mean 'web'?\n"
		    "hint: on offer: 'base', 'web'\n"
		    "hint: the clone in 'c c' stands, with the files in the "
		    "root\n"
		    "hint: go on with `git -C 'c c' sparse add --profile "
		    "<profile>`\n");
	assert_text(files_of("'c c'"), "./.gitpare ./root ");
	sh("git -C 'c c' sparse add --profile web");
	assert_text(files_of("'c c'"), "./.gitpare ./builds/f ./libs/ui/f "
				       "./p/web/src/f ./root ");
	assert_text(sh("git -C 'c c' status --porcelain"), "");
	sh("git -C 'c c' fsck --strict");
	/* A file with a fault can be mended where it is. */
	sh("cd s && echo nonsense >>.gitpare && git commit -qam y && "
	   "git push -q ../srv.git main");
	r = sh_try("git sparse clone --profile web " URL " f");
	assert_rc(r, 128);
	assert_contains(r.err, "fatal: .gitpare:10: ");
	assert_contains(r.err, "hint: go on with `git -C f sparse add "
			       "--profile 'web'`\n");
	assert_text(files_of("f"), "./.gitpare ./root ");
	sh("cd f && sed -i '$d' .gitpare && git sparse add --profile web");
	assert_text(sh("git -C f status --porcelain"), " M .gitpare\n");
}

static void assert_finished(const char *repo)
{
	assert_text(files_of(repo), "./.gitpare ./builds/f ./libs/ui/f "
				    "./p/web/src/f ./root ");
	assert_text(sh("git -C %s status --porcelain -b", repo),
		    "## main...origin/main\n");
	assert_contains(sh("git -C %s sparse status", repo), "profile web: ");
	assert_rc(sh_try("find %s/.git -name '*.lock' | grep .", repo), 1);
	assert_fsck(repo);
}

static void what_is_cut_off_is_finished_by_reapply(void **state)
{
	struct result r;

	(void)state;
	make_server();
	/* The server is gone when the files are to come. */
	write_file("trouble", "test $n -lt 2 || exit 1\n");
	r = sh_try("git sparse clone --profile web " URL " a" COUNTED);
	assert_rc(r, 128);
	assert_contains(r.err, "fatal: could not fetch missing objects from "
			       "'origin': ");
	assert_contains(r.err, "hint: the clone in 'a' stands; `git -C a "
			       "sparse reapply` finishes it\n");
	assert_text(sh("git -C a sparse list | tr '\\n' ' '"),
		    "builds libs/ui p/web/src ");
	assert_rc(sh_try("git -C a sparse reapply"), 128);
	write_file("trouble", "");
	sh("git -C a sparse reapply");
	assert_finished("a");
	/* Gone already when the profile is to be read. */
	write_file("trouble", "exit 1\n");
	r = sh_try("git sparse clone --profile web " URL " b" COUNTED);
	assert_rc(r, 128);
	assert_contains(r.err, "hint: the clone in 'b' stands without files\n"
			       "hint: go on with `git -C b sparse add "
			       "--profile 'web'`\n");
	write_file("trouble", "");
	sh("git -C b sparse add --profile web");
	assert_finished("b");
	/* ^C while they come: told, and nothing is locked. */
	write_file("fetches", "");
	write_file("trouble", "test $n -lt 2 || kill -TERM $(cat $HOME/pid)\n");
	r = sh_try("echo $$ >pid && exec git-sparse clone --profile web " URL
		   " c" COUNTED);
	assert_int_equal(r.rc, 128 + 15);
	assert_contains(r.err, "hint: `git -C c sparse reapply` finishes it\n");
	write_file("trouble", "");
	sh("git -C c sparse reapply");
	assert_finished("c");
}

/* A disk that is full for all but small files. */
static void a_full_disk_can_be_waited_for(void **state)
{
	struct result r;

	(void)state;
	make_server();
	sh("cd s && dd if=/dev/zero bs=1024 count=512 2>/dev/null | tr '\\0' "
	   "'\\n' >libs/ui/big && git add . && git commit -qm big && "
	   "git push -q ../srv.git main");
	r = sh_try("trap '' XFSZ; ulimit -f 128; GCOV_PREFIX=/dev/null "
		   "git sparse clone --profile web " URL " c");
	assert_rc(r, 254);
	assert_contains(r.err, "error: unable to create file libs/ui/big: ");
	assert_contains(r.err, "hint: the clone in 'c' stands; `git -C c "
			       "sparse reapply` finishes it\n");
	sh("git -C c sparse reapply");
	assert_int_equal(sh_try("cmp s/libs/ui/big c/libs/ui/big").rc, 0);
	sh("rm c/libs/ui/big && git -C c checkout -q libs/ui/big");
	assert_text(sh("git -C c status --porcelain"), "");
	assert_fsck("c");
}

/* Not "0 files": what there is to do. */
static void status_before_the_first_checkout(void **state)
{
	(void)state;
	make_server();
	sh("git clone -q --no-checkout s a && git init -q u");
	assert_text(sh("git -C a sparse status"),
		    "nothing is checked out yet\n"
		    "(`git sparse add <dir>...` or `git sparse add --profile "
		    "<profile>` brings what you need)\n");
	assert_contains(sh("git -C a sparse status --json"),
			"  \"checked_out\": false,\n");
	assert_text(sh("git -C u sparse status"), "HEAD has no commit yet\n");
	sh("git sparse clone -q --profile web " URL " c -- -n");
	assert_text(sh("git -C c sparse status"),
		    "nothing is checked out yet\nselected:\n  (the root)\n"
		    "  builds\n  libs/ui\n  p/web/src\n\n"
		    "profile web: Shop  (.gitpare:3)\n"
		    "profile base  (.gitpare:1, always)\n"
		    "(`git sparse reapply` brings the files)\n");
	/* Which is true. */
	sh("git -C c sparse reapply");
	assert_contains(sh("git -C c sparse status"), "5 files of 8 tracked");
}

static void remotes_of_other_kinds(void **state)
{
	struct result r;

	(void)state;
	make_server();
	/* Empty; a HEAD without a branch; a HEAD that is a commit. */
	sh("git init -q --bare empty.git && git clone -q --bare s lost.git && "
	   "git -C lost.git symbolic-ref HEAD refs/heads/nope && "
	   "git clone -q --bare s det.git && git -C det.git update-ref "
	   "--no-deref HEAD main");
	r = sh_try("git sparse clone --dir docs file://\"$PWD\"/empty.git");
	assert_rc(r, 0);
	assert_contains(r.err, "hint: HEAD has no commit yet");
	assert_text(sh("git -C empty sparse list"), "docs\n");
	r = sh_try("git sparse clone --dir docs file://\"$PWD\"/lost.git");
	assert_rc(r, 0);
	sh("git -C lost switch -q main");
	assert_text(files_of("lost"), "./.gitpare ./docs/f ./root ");
	r = sh_try("git sparse clone --profile web -q file://\"$PWD\"/lost.git l2");
	assert_rc(r, 128);
	assert_contains(r.err, "fatal: no profile 'web'\n");
	sh("git -C l2 switch -q main");
	assert_text(files_of("l2"), "./.gitpare ./root ");
	sh("git sparse clone -q --profile web file://\"$PWD\"/det.git");
	assert_text(files_of("det"), "./.gitpare ./builds/f ./libs/ui/f "
				     "./p/web/src/f ./root ");
	/* A path: git copies the objects, and knows no filter. */
	r = sh_try("git sparse clone --profile web srv.git local");
	assert_rc(r, 0);
	assert_text(r.err, "Cloning into 'local'...\ndone.\n");
	assert_rc(sh_try("git -C local config remote.origin.promisor"), 1);
	/* A server that allows no filter; without trees; with few commits. */
	sh("git sparse clone -q --filter=tree:0 --profile web " URL " t");
	assert_text(sh("git -C t status --porcelain"), "");
	sh("git -C srv.git config uploadpack.allowFilter false");
	r = sh_try("git sparse clone --no-filter --origin up --depth 1 "
		   "--branch main --dir docs " URL " n");
	assert_text(r.err, "Cloning into 'n'...\n");
	assert_text(sh("git -C n rev-parse --is-shallow-repository "
		       "--abbrev-ref @{u}"), "true\nup/main\n");
	r = sh_try("git sparse clone --profile web " URL " m");
	assert_rc(r, 0);
	assert_contains(r.err, "warning: filtering not recognized by server");
	assert_text(sh("git -C m status --porcelain"), "");
}

static void what_git_does_at_a_clone(void **state)
{
	struct result r;

	(void)state;
	make_server();
	/* post-checkout runs, once, as git runs it. */
	write_file("tpl/hooks/post-checkout", "#!/bin/sh\necho \"$@\" >>ran\n");
	sh("chmod +x tpl/hooks/post-checkout");
	sh("git sparse clone -q --profile web " URL " a -- --template tpl && "
	   "git clone -q --template tpl " URL " b");
	assert_text(read_file("a/ran"), read_file("b/ran"));
	/* Who wants no files gets none; the environment is of another. */
	sh("GIT_DIR=$PWD/s/.git GIT_WORK_TREE=$PWD/s git sparse clone -q "
	   "--profile web " URL " c -- -n");
	assert_text(files_of("c"), "");
	sh("git -C c sparse reapply");
	assert_finished("c");
	r = sh_try("git sparse clone --dir docs " URL " d -- "
		   "--recurse-submodules");
	assert_contains(r.err, "hint: submodules are not fetched here");
}

static void an_object_format_that_only_git_knows(void **state)
{
	struct result r;

	(void)state;
	make_server();
	sh("git init -q --object-format=sha256 s2 && cd s2 && "
	   "(cd ../s && git archive main) | tar xf - && git add . && "
	   "git commit -qm x && git config uploadpack.allowFilter true");
	r = sh_try("git sparse clone --json --profile web file://\"$PWD\"/s2 c");
	assert_rc(r, 0);
	assert_contains(r.out, "\"handed_over\": true,\n  \"directory\": \"c\"");
	assert_text(files_of("c"), "./.gitpare ./builds/f ./libs/ui/f "
				   "./p/web/src/f ./root ");
	assert_text(sh("git -C c status --porcelain"), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(a_profile_comes_with_two_fetches),
		sandbox_test(who_names_no_profile),
		sandbox_test(the_directory_has_the_name_git_gives_it),
		sandbox_test(what_cannot_be_leaves_nothing),
		sandbox_test(a_profile_that_is_not_there),
		sandbox_test(what_is_cut_off_is_finished_by_reapply),
		sandbox_test(a_full_disk_can_be_waited_for),
		sandbox_test(status_before_the_first_checkout),
		sandbox_test(remotes_of_other_kinds),
		sandbox_test(what_git_does_at_a_clone),
		sandbox_test(an_object_format_that_only_git_knows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
