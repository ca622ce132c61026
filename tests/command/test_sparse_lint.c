/* SPDX-License-Identifier: MIT */
/* git sparse lint: all faults at once, each with its line, and what may be. */
#include "support/sandbox.h"

static void make_repo(void)
{
	sh("git init -q r && cd r && mkdir -p libs/ui p/web && "
	   "echo x >libs/ui/f && echo x >p/web/f && git add . && "
	   "git commit -qm x");
}

static void every_fault_has_its_line(void **state)
{
	static const char file[] =
		"[profile \"a\"]\ninherit = b c\ndir = x\ndirs = libs/iu\n"
		"  libs/ui\n  libs/ui\n  y*\n[profile \"b\"]\ninherit = a\n"
		"title = x\n[profile web]\n[sparse]\nkeep-removed = 0\n"
		"default = bb\nmesage = 1\n  x\n";
	static const char answer[] =
		".gitpare:2: no profile 'c'; did you mean 'a'?\n"
		".gitpare:3: unknown key 'dir'; did you mean 'dirs'?\n"
		".gitpare:4: warning: 'libs/iu' is no directory of HEAD or the "
		"index; did you mean 'libs/ui'?\n"
		".gitpare:6: warning: 'libs/ui' is in line 5 already\n"
		".gitpare:7: 'y*' is a pattern; only directories can be "
		"named\n"
		".gitpare:9: a circle: profile 'b' inherits 'a', which leads "
		"back to it\n"
		".gitpare:11: write the profile's name in quotes: "
		"[profile \"web\"]\n"
		".gitpare:13: a repository may not ask for files to be deleted "
		"at once\n"
		".gitpare:14: no profile 'bb'; did you mean 'b'?\n"
		".gitpare:15: unknown key 'mesage'\n";
	struct result r;

	(void)state;
	make_repo();
	write_file("r/.gitpare", file);
	r = sh_try("git -C r sparse lint");
	assert_rc(r, 1);
	assert_text(r.out, answer);
	assert_text(r.err, "");
	r = sh_try("git -C r sparse lint --json");
	assert_rc(r, 1);
	assert_contains(r.out,
			"    {\n      \"file\": \".gitpare\",\n      \"line\": 4,\n"
			"      \"severity\": \"warning\",\n");
	/* The same without a repository, but for what is in it. */
	r = sh_try("mkdir e && cd e && git sparse lint ../r/.gitpare");
	assert_rc(r, 1);
	assert_contains(r.out, "../r/.gitpare:3: unknown key 'dir'");
	assert_not_contains(r.out, "libs/iu");
}

static void warnings_are_faults_if_asked(void **state)
{
	struct result r;

	(void)state;
	make_repo();
	write_file("r/.gitpare", "[profile \"web\"]\ndirs = p/web\n"
				 "[profile \"shop\"]\ninherit = web own\n"
				 "[sparse]\nalways = own\n");
	write_file("r/.git/info/pare", "[profile \"web\"]\ndirs = p/wbe\n"
				       "[profile \"own\"]\ntitle = x\n");
	r = sh_try("git -C r sparse lint");
	assert_text(r.out,
		    ".git/info/pare:2: warning: 'p/wbe' is no directory of "
		    "HEAD or the index; did you mean 'p/web'?\n"
		    ".gitpare:1: warning: nobody can reach profile 'web' here: "
		    "the one in .git/info/pare:1 hides it\n"
		    ".gitpare:4: warning: profile 'own' stands in "
		    ".git/info/pare only: others do not have it\n"
		    ".gitpare:6: warning: profile 'own' stands in "
		    ".git/info/pare only: others do not have it\n");
	assert_rc(sh_try("git -C r sparse lint"), 0);
	assert_rc(sh_try("git -C r sparse lint --strict"), 1);
	/* One file alone, in its own layer's place. */
	r = sh_try("cd r && git sparse lint .git/info/pare");
	assert_rc(r, 0);
	assert_text(r.out, ".git/info/pare:2: warning: 'p/wbe' is no directory "
			   "of HEAD or the index; did you mean 'p/web'?\n");
	write_file("new", "[sparse]\nkeep-removed = 0\n");
	assert_rc(sh_try("cd r && git sparse lint ../new"), 1);
	write_file("r/.git/info/pare", "[sparse]\nkeep-removed = 0\n");
	assert_rc(sh_try("cd r && git sparse lint .git/info/pare"), 0);
}

static void nothing_wrong_is_nothing_said(void **state)
{
	struct result r;

	(void)state;
	make_repo();
	r = sh_try("git -C r sparse lint");
	assert_rc(r, 0);
	assert_text(r.out, "");
	assert_contains(r.err, "hint: there are no profiles here");
	write_file("r/.gitpare", "[profile \"web\"]\ndirs = p/web\n");
	r = sh_try("git -C r sparse lint");
	assert_rc(r, 0);
	assert_text(r.out, "");
	assert_text(r.err, "");
	r = sh_try("git -C r sparse lint nope");
	assert_rc(r, 128);
	assert_text(r.err, "fatal: cannot read 'nope': "
			   "No such file or directory\n");
	r = sh_try("git -C r sparse lint p");
	assert_rc(r, 128);
	assert_contains(r.err, "fatal: cannot read 'p': ");
	/* A branch without a commit has no directories to compare with. */
	sh("git init -q n && cp r/.gitpare n");
	assert_text(sh("git -C n sparse lint --strict"), "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(every_fault_has_its_line),
		sandbox_test(warnings_are_faults_if_asked),
		sandbox_test(nothing_wrong_is_nothing_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
