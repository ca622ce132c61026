/* SPDX-License-Identifier: MIT */
/* git sparse save: what is selected comes back by the profile's name. */
#include "support/sandbox.h"

#include <string.h>

static void make_repo(void)
{
	sh("git init -q r && cd r && for d in builds docs libs/ui libs/net "
	   "'a ;b' ' lead' '#x' 'q\"q' 'g*' 'k=v'; do mkdir -p \"$d\" && "
	   "echo x >\"$d/f\"; done && git add . && git commit -qm x");
}

static void a_selection_comes_back(void **state)
{
	(void)state;
	make_repo();
	/* Names that the file can hold in quotes only. */
	sh("cd r && git sparse set --skip-checks docs libs/net 'a ;b' '#x' "
	   "'q\"q' 'g*' 'k=v' && cp .git/info/sparse-checkout want && "
	   "git sparse save odd --title 'Odd names' && git sparse lint && "
	   "git sparse set builds && git sparse set --profile odd && "
	   "cmp .git/info/sparse-checkout want");
	assert_contains(sh("cat r/.git/info/pare"), "\"a \\073b\"\n");
	/* The root alone, and patterns with their order. */
	sh("cd r && git sparse set --stdin </dev/null && "
	   "git sparse save root && git sparse set docs && "
	   "git sparse set --profile root && git sparse list >list && "
	   "test ! -s list");
	sh("cd r && git sparse set --no-cone '/*' '!/docs/' '/libs/' '/*' "
	   "'*.md' ' x' 'a ;b' && git sparse save pat && git sparse lint && "
	   "git sparse set --cone docs && git sparse set --profile pat");
	assert_text(read_file("r/.git/info/sparse-checkout"),
		    "!/docs/\n/libs/\n/*\n*.md\n x\na ;b\n");
	assert_text(sh("git -C r status --porcelain -uno"), "");
	assert_fsck("r");
}

static const char before[] =
	"; mine\r\n\r\n[sparse]\r\nkeep-removed = 3 ; days\r\n\r\n"
	"[profile \"x\"]  ; here\r\n; about x\r\ntitle = X\r\n"
	"inherit = y\r\n   y\r\ndirs = libs/ui ; for buttons\r\n  ; why\r\n"
	"  builds\r\n\r\n  # another\r\n  libs/net ; stays\r\n\r\n"
	"; before y\r\n[profile \"y\"]\r\ndirs = docs";

static void what_stood_there_is_kept(void **state)
{
	struct result r;

	(void)state;
	make_repo();
	write_file("r/.git/info/pare", before);
	sh("cd r && git sparse set docs libs/net && chmod 640 .git/info/pare");
	r = sh_try("cd r && git sparse save x");
	assert_rc(r, 128);
	assert_contains(r.err, "info/pare:6 already\n"
			       "hint: --force replaces it\n");
	assert_text(read_file("r/.git/info/pare"), before);
	sh("cd r && git sparse save -f x");
	assert_text(read_file("r/.git/info/pare"),
		    "; mine\r\n\r\n[sparse]\r\nkeep-removed = 3 ; days\r\n\r\n"
		    "[profile \"x\"]  ; here\r\n; about x\r\ntitle = X\r\n"
		    "  ; why\r\n\r\n  # another\r\n"
		    "dirs     = libs/net ; stays\r\n"
		    "           docs\r\n\r\n"
		    "; before y\r\n[profile \"y\"]\r\ndirs = docs");
	sh("cd r && git sparse save new --title N");
	assert_contains(read_file("r/.git/info/pare"),
			"[profile \"y\"]\r\ndirs = docs\r\n\r\n"
			"[profile \"new\"]\r\ntitle    = N\r\n"
			"dirs     = docs\r\n           libs/net\r\n");
	assert_text(sh("cd r && git sparse lint && stat -c %%a .git/info/pare"),
		    "640\n");
}

static void each_layer_has_its_file(void **state)
{
	struct result r;
	const char *text;

	(void)state;
	make_repo();
	sh("cd r && git sparse set docs && git sparse save --tracked a && "
	   "cd docs && git sparse save --user b && git sparse save c");
	text = "[profile \"a\"]\ndirs     = docs\n";
	assert_text(read_file("r/.gitpare"), text);
	text = "[profile \"b\"]\ndirs     = docs\n";
	assert_text(read_file(".config/git/pare"), text);
	text = "[profile \"c\"]\ndirs     = docs\n";
	assert_text(read_file("r/.git/info/pare"), text);
	text = sh("cd r && git sparse save -n d --title T");
	assert_text(text, "[profile \"d\"]\ntitle    = T\ndirs     = docs\n");
	text = "[profile \"c\"]\ndirs     = docs\n";
	assert_text(read_file("r/.git/info/pare"), text);
	r = sh_try("cd r && git sparse save -v --tracked c");
	assert_rc(r, 0);
	assert_contains(r.err, "1 directory kept as profile 'c' in .gitpare:4\n"
			       "hint: commit .gitpare");
	assert_contains(r.err, "warning: profile 'c' in ");
	assert_contains(r.err, ".git/info/pare:1 hides it here\n");
	r = sh_try("cd r && git sparse save --json --user e");
	assert_rc(r, 0);
	assert_contains(r.out, "\"layer\": \"user\"");
	assert_text(sh("cd r && { ls -A . .git/info | grep lock || :; } && "
		       "{ git sparse lint | grep -v warning: || :; }"), "");
}

static void assert_same_as_before(const char *name)
{
	sh("cd r && cp .git/info/sparse-checkout want && "
	   "git sparse set builds && git sparse set --profile %s && "
	   "cmp .git/info/sparse-checkout want && git sparse lint", name);
}

/* It follows the profiles it is made of. */
static void active_profiles_are_inherited(void **state)
{
	(void)state;
	make_repo();
	write_file("r/.gitpare",
		   "[profile \"ui\"]\ndirs = libs\nexclude = libs/net\n"
		   "[profile \"doc\"]\ndirs = docs\n");
	sh("cd r && mkdir docs/a docs/b && echo x >docs/a/f && "
	   "echo x >docs/b/f && git add docs .gitpare && git commit -qm y && "
	   "git sparse set --profile ui --profile doc builds && "
	   "git sparse remove --anyway docs/b");
	assert_text(sh("cd r && git sparse save -n mine --title M"),
		    "[profile \"mine\"]\ntitle    = M\n"
		    "inherit  = ui\n           doc\ndirs     = builds\n"
		    "exclude  = docs/b\n");
	assert_contains(sh("cd r && git sparse save mine --title M -v 2>&1"),
			"2 profiles and 1 directory kept as profile 'mine' in ");
	assert_same_as_before("mine");
	sh("cd r && sed -i 's/= libs$/&\\n  k/' .gitpare && "
	   "mkdir k && echo x >k/f && "
	   "git add --sparse k && git sparse sync && git sparse list >list && "
	   "grep -x k list");
	/* Only what all have who can read it. */
	sh("cd r && git checkout -q .gitpare && git sparse set --profile ui && "
	   "git sparse save u0 -v 2>&1 | grep '^1 profile kept as' && "
	   "git sparse save --user u && git sparse save --tracked t");
	assert_text(read_file(".config/git/pare"),
		    "[profile \"u\"]\ndirs     = libs/ui\n");
	assert_contains(read_file("r/.gitpare"),
			"[profile \"t\"]\ninherit  = ui\n");
	assert_same_as_before("t");
	/* Not itself, nor what has changed, nor with an addition that the
	 * profile's exclusion would take. */
	assert_text(sh("cd r && git sparse save -n -f --tracked t"),
		    "[profile \"t\"]\ndirs     = libs/ui\n");
	sh("cd r && git sparse set --profile ui && git sparse add libs/net");
	assert_text(sh("cd r && git sparse save -n w"),
		    "[profile \"w\"]\ndirs     = libs/net\n"
		    "           libs/ui\n");
	sh("cd r && git sparse remove libs/net && "
	   "sed -i 's/= libs$/= docs/' .gitpare");
	assert_text(sh("cd r && git sparse save -n w"),
		    "[profile \"w\"]\ndirs     = libs/ui\n");
}

/* People keep such files in a repository of their own, and link them. */
static void the_users_own_file_may_be_a_link(void **state)
{
	static const char text[] = "[profile \"mine\"]\ndirs = docs\n";
	struct result r;

	(void)state;
	make_repo();
	write_file("dotfiles/pare", text);
	sh("mkdir -p .config/git && "
	   "ln -s ../../dotfiles/pare .config/git/pare && "
	   "git -C r sparse set --profile mine");
	assert_text(sh("git -C r sparse list"), "docs\n");
	/* Written through the link, which stays. */
	sh("cd r && git sparse set builds && git sparse save --user more && "
	   "test -L ../.config/git/pare && git sparse lint && "
	   "git sparse lint ../.config/git/pare");
	assert_text(read_file("dotfiles/pare"),
		    "[profile \"mine\"]\ndirs = docs\n\n"
		    "[profile \"more\"]\ndirs     = builds\n");
	assert_text(sh("ls dotfiles"), "pare\n");
	/* To nowhere, in a circle, to a directory. */
	sh("rm dotfiles/pare && git -C r sparse profiles");
	r = sh_try("git -C r sparse save --user x");
	assert_rc(r, 128);
	assert_contains(r.err, "is a symbolic link to what is not there\n");
	sh("ln -s pare dotfiles/pare");
	r = sh_try("git -C r sparse profiles");
	assert_rc(r, 128);
	assert_contains(r.err, "pare': Too many levels of symbolic links\n");
	sh("rm dotfiles/pare && mkdir dotfiles/pare");
	assert_text(sh("git -C r sparse profiles"), "");
	/* A directory on the way may be one, but no repository's link is. */
	sh("rm -r .config dotfiles/pare && mkdir dotfiles/git && "
	   "ln -s dotfiles .config");
	write_file("dotfiles/git/pare", text);
	assert_contains(sh("git -C r sparse profiles"), "mine");
	sh("rm .config && ln -s ../dotfiles/git/pare r/.gitpare && "
	   "ln -s ../../../dotfiles/git/pare r/.git/info/pare");
	assert_text(sh("git -C r sparse profiles"), "");
}

static void directories_that_are_nowhere_are_told(void **state)
{
	struct result r;

	(void)state;
	sh("git init -q r && cd r && mkdir a && echo a >a/f && git add . && "
	   "git commit -qm a && git sparse set a b/c 2>/dev/null");
	r = sh_try("git -C r sparse save -q x");
	assert_rc(r, 0);
	assert_text(r.err, "warning: the profile has 'b/c', which is no "
			   "directory of the index\n");
	sh("git -C r sparse add d e 2>/dev/null");
	r = sh_try("git -C r sparse save -q y");
	assert_text(r.err, "warning: the profile has 'b/c' and 2 more that "
			   "are no directories of the index\n");
	sh("git -C r sparse set a");
	assert_text(sh("git -C r sparse save -q z 2>&1"), "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(a_selection_comes_back),
		sandbox_test(what_stood_there_is_kept),
		sandbox_test(each_layer_has_its_file),
		sandbox_test(active_profiles_are_inherited),
		sandbox_test(the_users_own_file_may_be_a_link),
		sandbox_test(directories_that_are_nowhere_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
