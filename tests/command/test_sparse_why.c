/* SPDX-License-Identifier: MIT */
/* git sparse why: each answer with its line, and the command it names works. */
#include "support/sandbox.h"

#include <string.h>

static void make_clone(void)
{
	sh("git init -q s && cd s && for d in p/web/old p/web/src p/mail "
	   "libs/ui libs/net builds docs/a 'a b'; do mkdir -p \"$d\" && "
	   "echo x >\"$d/f\" && echo x >\"$d/x.md\"; done && echo x >root");
	write_file("s/.gitpare",
		   "[profile \"base\"]\ndirs = builds\n"
		   "[profile \"ui\"]\ndirs = libs/ui\n"
		   "[profile \"web\"]\ntitle = Shop\ninherit = ui\n"
		   "dirs = p/web\nexclude = p/web/old\n"
		   "[profile \"mail\"]\ndirs = p/mail\n  libs/ui\n"
		   "[profile \"docs\"]\nmode = patterns\npatterns = /*\n"
		   "  !/*/\n  /docs/**/*.md\n"
		   "[sparse]\nalways = base\n");
	sh("cd s && git add . && git commit -qm x");
	sh("git clone -q --no-checkout s c");
}

static void each_kind_of_line_is_named(void **state)
{
	static const struct {
		const char *path, *answer;
	} cases[] = {
		{ "root", "root: in\n  files in the root always are\n" },
		{ "libs/ui/f",
		  "libs/ui/f: in\n  wanted by profile 'web', which inherits "
		  "'ui': libs/ui (.gitpare:4)\n"
		  "  selected: libs/ui (.git/info/sparse-checkout:10)\n"
		  "  to change it: git sparse remove --anyway libs/ui\n" },
		{ "p/web/old/f",
		  "p/web/old/f: out\n  taken out by profile 'web': p/web/old "
		  "(.gitpare:9)\n  to change it: git sparse add p/web/old\n" },
		{ "docs/a",
		  "docs/a: in (2 files)\n  added by name: docs\n"
		  "  selected: docs (.git/info/sparse-checkout:9)\n"
		  "  to change it: git sparse remove docs/a\n" },
		{ "builds/f",
		  "builds/f: out\n  taken out by name: builds\n"
		  "  to change it: git sparse add builds\n" },
		{ "p/mail/f",
		  "p/mail/f: out\n  nothing selects it\n"
		  "  to change it: git sparse add p/mail\n"
		  "  or: git sparse add --profile mail\n" },
		{ "libs",
		  "libs: partly (2 of 4 files)\n  a directory below it is "
		  "selected, and with that its own files: libs/ui\n  wanted by profile 'web', "
		  "which inherits 'ui': libs/ui (.gitpare:4)\n"
		  "  selected: libs/ui (.git/info/sparse-checkout:10)\n"
		  "  to change it: git sparse add libs\n"
		  "  or: git sparse remove --anyway libs\n" },
		{ "'a b/f'", "a b/f: out\n  nothing selects it\n"
			     "  to change it: git sparse add 'a b'\n" },
	};

	(void)state;
	make_clone();
	sh("cd c && git sparse add --profile web && git sparse add docs && "
	   "git sparse remove --anyway builds");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_text(sh("git -C c sparse why %s", cases[i].path),
			    cases[i].answer);
	assert_text(sh("cd c/libs && git sparse why ui/f ../p/mail/f -z | "
		       "tr '\\0' '|'"),
		    "in|.gitpare|4|libs/ui|libs/ui/f|out||||p/mail/f|");
	assert_contains(sh("cd c/libs && git sparse why ui/f ../p/mail"),
			"git sparse remove --anyway ui\n");
	assert_contains(sh("cd c/libs && git sparse why ../p/mail"),
			"git sparse add ../p/mail\n");
	/* From where one stands to what is beside, above and there. */
	assert_text(sh("cd c/libs/ui && git sparse why f ../net .. | "
		       "grep -o 'sparse [ar].*'"),
		    "sparse remove --anyway .\nsparse add ../net\n"
		    "sparse add ..\nsparse remove --anyway ..\n");
}

/* Typing what it says turns the answer round, in both modes. */
static void the_command_it_names_changes_it(void **state)
{
	/* In with a profile, out of it, and named by nobody. */
	static const char *const paths[] = { "libs/ui/f", "p/web/old/f",
					     "a b/f" };

	(void)state;
	make_clone();
	sh("cd c && git sparse add --profile web && git sparse add docs");
	for (int mode = 0; mode < 2; mode++) {
		for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
			sh("cd c && path='%s' && "
			   "before=$(git sparse why -z \"$path\" | tr '\\0' '\\n' "
			   "| head -n 1) && "
			   "git sparse why \"$path\" | "
			   "sed -n 's/^  to change it: //p' >../cmd && "
			   "sh ../cmd && "
			   "after=$(git sparse why -z \"$path\" | tr '\\0' '\\n' "
			   "| head -n 1) && "
			   "case $before$after in inout | outin) ;; "
			   "*) echo \"$path $before $after\" >&2; exit 1;; esac "
			   "&& if [ $after = in ]; then test -e \"$path\"; "
			   "else test ! -e \"$path\"; fi", paths[i]);
		if (!mode)
			sh("cd c && git sparse set --profile docs docs 'a b'");
	}
	assert_text(sh("git -C c status --porcelain"), "");
	assert_fsck("c");
}

static void patterns_are_named_with_their_line(void **state)
{
	(void)state;
	make_clone();
	sh("cd c && git sparse add --profile docs && git sparse add /libs/");
	assert_text(sh("git -C c sparse why docs/a/x.md p/mail/f libs"),
		    "docs/a/x.md: in\n"
		    "  set by profile 'docs': /docs/**/*.md (.gitpare:17)\n"
		    "  pattern /docs/**/*.md (.git/info/sparse-checkout:3)\n"
		    "  to change it: git sparse add '!/docs/a/x.md'\n"
		    "p/mail/f: out\n"
		    "  set by profile 'docs': !/*/ (.gitpare:16)\n"
		    "  pattern !/*/ (.git/info/sparse-checkout:2)\n"
		    "  to change it: git sparse add '/p/mail/f'\n"
		    "libs: in (4 files)\n"
		    "  added by name: /libs/\n"
		    "  pattern /libs/ (.git/info/sparse-checkout:5)\n"
		    "  to change it: git sparse add '!/libs/'\n");
	/* No line is about the directory itself. */
	sh("git -C c sparse set --no-cone '/docs/**/*.md'");
	assert_text(sh("git -C c sparse why docs libs"),
		    "docs: partly (1 of 2 files)\n"
		    "  no pattern is about it; its files are judged one by one\n"
		    "  to change it: git sparse add '/docs/'\n"
		    "  or: git sparse add '!/docs/'\n"
		    "libs: out (4 files)\n"
		    "  nothing selects it\n"
		    "  to change it: git sparse add '/libs/'\n");
}

static void what_is_on_disk_is_told(void **state)
{
	struct result r;

	(void)state;
	make_clone();
	sh("git -C c sparse add libs/ui");
	sh("cd c && mkdir docs docs/a && echo mine >docs/a/f && rm libs/ui/f && "
	   "mkdir new libs/net && echo x >new/f && git update-index "
	   "--skip-worktree libs/ui/x.md && rm libs/ui/x.md && "
	   "git show HEAD:libs/net/f >libs/net/f");
	assert_contains(sh("git -C c sparse why docs/a/f"),
			"here all the same: it is modified");
	assert_contains(sh("git -C c sparse why libs/net/f"),
			"here all the same; `git sparse reapply`");
	assert_contains(sh("git -C c sparse why libs/ui/f"),
			"it was deleted; `git restore` brings it back\n");
	assert_contains(sh("git -C c sparse why libs/ui/x.md"),
			"not here all the same; `git sparse reapply`");
	assert_contains(sh("git -C c sparse why new/f"),
			"new/f: out\n  nothing selects it\n"
			"  it is untracked: git leaves it");
	r = sh_try("git -C c sparse why libs/iu/f root");
	assert_rc(r, 1);
	assert_contains(r.out, "root: in\n");
	assert_text(r.err, "error: 'libs/iu/f' is neither in the index nor in "
			   "the work tree\nhint: did you mean 'libs/ui'?\n");
	r = sh_try("git -C c sparse why ../x");
	assert_rc(r, 128);
	assert_contains(r.err, "fatal: '../x' is outside repository at '");
	assert_rc(sh_try("git -C c sparse why"), 129);
	sh("git -C c sparse disable");
	assert_text(sh("git -C c sparse why docs"),
		    "docs: in (2 files)\n  this work tree is not sparse\n");
}

/* What a sparse directory holds is known too, and drift is not hidden. */
static void sparse_directories_and_drift(void **state)
{
	(void)state;
	make_clone();
	sh("cd c && git sparse add --profile web && "
	   "git sparse reapply --sparse-index");
	assert_text(sh("git -C c sparse why docs/a/f docs/a docs"),
		    "docs/a/f: out\n  nothing selects it\n"
		    "  to change it: git sparse add docs/a\n"
		    "docs/a: out\n  nothing selects it\n"
		    "  to change it: git sparse add docs/a\n"
		    "docs: out\n  nothing selects it\n"
		    "  to change it: git sparse add docs\n");
	assert_rc(sh_try("git -C c sparse why docs/b"), 1);
	sh("sed -i s,libs/ui,libs/net, c/.gitpare");
	assert_contains(sh("git -C c sparse why libs/ui"),
			"wanted by profile 'web': libs/ui (its file does not "
			"say so any more)\n");
	assert_text(sh("git -C c sparse why libs/net"),
		    "libs/net: out\n  nothing selects it\n"
		    "  wanted, since it was applied, by profile 'web', which "
		    "inherits 'ui': libs/net (.gitpare:4)\n"
		    "  to change it: git sparse add libs/net\n"
		    "  or: git sparse sync\n"
		    "  or: git sparse add --profile ui\n"
		    "  or: git sparse add --profile mail\n");
	/* And that is what brings it. */
	sh("cd c && git sparse sync && git sparse why -z libs/net | "
	   "grep -qz '^in$' && git sparse why -z libs/ui | grep -qz '^out$' && "
	   "git checkout -q .gitpare && git sparse sync");
	sh("sed -i s,libs/ui,libs/net, c/.gitpare");
	sh("echo x >c/.gitpare");
	assert_contains(sh("git -C c sparse why libs/ui 2>&1"),
			"warning: .gitpare:1: ");
	assert_contains(sh("git -C c sparse why --json libs/ui/f 2>/dev/null"),
			"\"verdict\": \"in\"");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(each_kind_of_line_is_named),
		sandbox_test(the_command_it_names_changes_it),
		sandbox_test(patterns_are_named_with_their_line),
		sandbox_test(what_is_on_disk_is_told),
		sandbox_test(sparse_directories_and_drift),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
