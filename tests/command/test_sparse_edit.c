/* SPDX-License-Identifier: MIT */
/* git sparse edit: what the editor leaves is the selection. */
#include "support/sandbox.h"

static void make_clone(void)
{
	sh("git init -q s && cd s && for d in p/web p/mail libs/ui libs/net "
	   "builds docs '#x'; do mkdir -p \"$d\" && echo x >\"$d/f\"; done && "
	   "echo x >root");
	write_file("s/.gitpare", "[profile \"web\"]\ndirs = p/web\n"
				 "  libs/ui\n");
	sh("cd s && git add . && git commit -qm x && cd .. && "
	   "git clone -q --no-checkout s c && git -C c sparse add docs builds");
}

static void assert_dirs(const char *expected)
{
	assert_text(sh("git -C c sparse-checkout list | tr '\\n' ' '"),
		    expected);
	assert_text(sh("git -C c status --porcelain"), "");
	assert_int_equal(sh_try("test -e c/.git/pare/SPARSE_EDIT").rc, 1);
}

static void the_lines_become_the_selection(void **state)
{
	struct result r;

	(void)state;
	make_clone();
	write_file("ed", "cp \"$1\" ../offered\nsed -i '/^docs/d; "
			 "1i p/mail\\n\"#x\"' \"$1\"\n");
	sh("cd c && GIT_EDITOR='sh ../ed' git sparse edit");
	assert_text(read_file("offered"),
		    "builds\ndocs\n\n"
		    "# The directories of this work tree, one a line:\n"
		    "# take a line away to take the directory out, add one to "
		    "bring one in.\n"
		    "# Lines that begin with # are left out. Nothing is changed "
		    "if you\n# change nothing or no line is left.\n");
	assert_dirs("#x builds p/mail ");
	/* From below, too; the names are those from the root. */
	sh("cd c/builds && GIT_EDITOR='sed -i s,^p/mail,docs,' git sparse edit");
	assert_dirs("#x builds docs ");
	sh("git -C c sparse undo");
	assert_dirs("#x builds p/mail ");
	/* What git would refuse or warn of. */
	r = sh_try("cd c && GIT_EDITOR='sed -i 1iroot' git sparse edit");
	assert_rc(r, 128);
	assert_contains(r.err, "fatal: 'root' is not a directory; ");
	assert_contains(r.err, "hint: what you wrote is in ");
	assert_text(sh("sed q c/.git/pare/SPARSE_EDIT"), "root\n");
	r = sh_try("cd c && GIT_EDITOR='sed -i 1ip/mial' git sparse edit --strict");
	assert_rc(r, 128);
	assert_contains(r.err, "hint: did you mean 'p/mail'?\n");
	r = sh_try("cd c && GIT_EDITOR='sed -i 3i../x' git sparse edit");
	assert_rc(r, 128);
	assert_contains(r.err, "fatal: line 3: could not normalize path ../x");
	r = sh_try("cd c && GIT_EDITOR='sed -i 1i!x' git sparse edit");
	assert_rc(r, 128);
	assert_contains(r.err, "without an active profile");
	sh("rm c/.git/pare/SPARSE_EDIT");
	assert_dirs("#x builds p/mail ");
}

static void nothing_is_changed_for_less(void **state)
{
	struct result r;

	(void)state;
	make_clone();
	r = sh_try("cd c && GIT_EDITOR=: git sparse edit");
	assert_rc(r, 0);
	assert_text(r.err, "nothing was changed\n");
	r = sh_try("cd c && GIT_EDITOR='sed -i /^[^#]/d' git sparse edit");
	assert_rc(r, 0);
	assert_text(r.err, "nothing was changed\n");
	r = sh_try("cd c && GIT_EDITOR='>' git sparse edit");
	assert_rc(r, 0);
	r = sh_try("cd c && GIT_EDITOR=false git sparse edit");
	assert_rc(r, 128);
	assert_contains(r.err, "problem with the editor 'false'");
	r = sh_try("cd c && unset GIT_EDITOR && EDITOR='sed -i /docs/d' "
		   "git sparse edit </dev/null");
	assert_rc(r, 128);
	assert_text(r.err, "fatal: there is no terminal for an editor\n"
			   "hint: `git sparse set --stdin` reads the "
			   "directories\n");
	r = sh_try("cd c && GIT_EDITOR='sed -i /docs/d' git sparse edit -n");
	assert_rc(r, 0);
	assert_contains(r.out, "1 file would be removed\n");
	/* Somebody else was faster. */
	write_file("ed", "sed -i /docs/d \"$1\"\ngit sparse add libs/net\n");
	r = sh_try("cd c && GIT_EDITOR='sh ../ed' git sparse edit");
	assert_rc(r, 128);
	assert_contains(r.err, "fatal: the selection was changed while it was "
			       "edited\nhint: what you wrote is in ");
	sh("rm c/.git/pare/SPARSE_EDIT");
	assert_dirs("builds docs libs/net ");
	sh("git -C c sparse disable");
	r = sh_try("cd c && GIT_EDITOR=: git sparse edit");
	assert_rc(r, 128);
	assert_contains(r.err, "fatal: this worktree is not sparse\n");
}

static void what_several_profiles_bring_is_there_once(void **state)
{
	(void)state;
	make_clone();
	sh("cd c && printf '[profile \"all\"]\\ndirs = p/mail\\ninherit = web\\n' "
	   ">.git/info/pare && git sparse add --profile web --profile all && "
	   "GIT_EDITOR='sed -n w../offered' git sparse edit");
	assert_contains(read_file("offered"),
			"bring:\n#\tlibs/ui  (web, all)\n#\tp/web  (web, all)\n"
			"#\tp/mail  (all)\n");
}

static void profiles_stay_active(void **state)
{
	(void)state;
	make_clone();
	sh("git -C c sparse add --profile web && git -C c sparse remove builds");
	write_file("ed", "cp \"$1\" ../offered\nsed -i '1i p/mail\\n!libs/ui\n"
			 "/^docs/d' \"$1\"\n");
	sh("cd c && GIT_EDITOR='sh ../ed' git sparse edit");
	assert_contains(read_file("offered"),
			"docs\n\n# The directories of this work tree that were "
			"added by name, one a line");
	assert_contains(read_file("offered"),
			"# Active profiles, which stay, bring:\n"
			"#\tlibs/ui  (web)\n#\tp/web  (web)\n");
	assert_text(sh("awk 'length > 75' offered"), "");
	assert_dirs("p/mail p/web ");
	assert_contains(sh("git -C c sparse status"),
			"added by name: p/mail\ntaken out: libs/ui\n");
	/* The exception is a line like another. */
	sh("cd c && GIT_EDITOR='sed -i /^!/d' git sparse edit");
	assert_dirs("libs/ui p/mail p/web ");
	/* The last line may go, the file may not. */
	sh("cd c && GIT_EDITOR='sed -i /^p/d' git sparse edit");
	assert_dirs("libs/ui p/web ");
	sh("cd c && GIT_EDITOR='>' git sparse edit");
	assert_dirs("libs/ui p/web ");
	sh("git -C c sparse undo");
	assert_dirs("libs/ui p/mail p/web ");
	assert_fsck("c");
}

/* What a profile brings anyway may be an own line, and need not. */
static void a_line_without_files_can_be_undone(void **state)
{
	static const char web[] = "added by name: docs, p/web\n";

	(void)state;
	make_clone();
	sh("git -C c sparse add --profile web p/web && "
	   "git -C c sparse remove builds");
	assert_contains(sh("git -C c sparse status"), web);
	sh("cd c && GIT_EDITOR='sed -i /^p/d' git sparse edit");
	assert_not_contains(sh("git -C c sparse status"), web);
	assert_dirs("docs libs/ui p/web ");
	sh("git -C c sparse undo");
	assert_contains(sh("git -C c sparse status"), web);
	assert_dirs("docs libs/ui p/web ");
	sh("git -C c sparse undo");
	assert_not_contains(sh("git -C c sparse status"), web);
}

static void patterns_are_edited_as_they_are(void **state)
{
	(void)state;
	make_clone();
	sh("cd c && git sparse set --no-cone '/*' '!/docs/' && "
	   "GIT_EDITOR=\"sed -i 's,^!/docs/,!/p/,'\" git sparse edit");
	assert_text(read_file("c/.git/info/sparse-checkout"), "/*\n!/p/\n");
	assert_text(sh("git -C c status --porcelain; ls -d c/docs"),
		    "c/docs\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(the_lines_become_the_selection),
		sandbox_test(nothing_is_changed_for_less),
		sandbox_test(what_several_profiles_bring_is_there_once),
		sandbox_test(profiles_stay_active),
		sandbox_test(a_line_without_files_can_be_undone),
		sandbox_test(patterns_are_edited_as_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
