/* SPDX-License-Identifier: MIT */
#include "support/twins.h"

#include <string.h>

const char twins_tree[] =
	"mkdir -p a/b/c a/d e/f/g h 'sp ace'\n"
	"for f in root a/one a/b/two a/b/c/three a/d/four e/five e/f/six "
	"e/f/g/seven h/eight 'sp ace/nine'; do echo \"$f\" >\"$f\"; done\n"
	"ln -s one a/link; echo '#!/bin/sh' >h/run; chmod +x h/run\n"
	"printf '*.o\\n' >.gitignore\n"
	"git add -A && git commit -qm tree\n";

void twins_make(const char *script)
{
	sh("git init -q seed && cd seed && %s", script);
	/* A copy has other inodes; git is told of them before it judges. */
	sh("cp -a seed g && cp -a seed p");
	/* It fails where there are conflicts, and does its work. */
	sh_try("git -C g update-index -q --refresh");
	sh_try("git -C p update-index -q --refresh");
}

void twins_sh(const char *script)
{
	sh("cd g && { %s\n}", script);
	sh("cd p && { %s\n}", script);
}

/* Their paths differ in a letter, which messages may hold. */
static const char *same_names(const char *text)
{
	write_file("names", text);
	return sh("sed 's#%s/g#REPO#g; s#%s/p#REPO#g' names", sandbox_path(),
		  sandbox_path());
}

void twins_run_in(const char *dir, const char *args, bool stderr_too)
{
	struct result git, pare;

	git = sh_try("cd 'g/%s' && git sparse-checkout %s", dir, args);
	pare = sh_try("cd 'p/%s' && git sparse %s", dir, args);
	if (git.rc != pare.rc)
		print_error("%s: git's exit code is %d\n", args, git.rc);
	assert_rc(pare, git.rc);
	assert_text(same_names(pare.out), same_names(git.out));
	if (stderr_too)
		assert_text(same_names(pare.err), same_names(git.err));
	assert_twins("g", "p");
}
