/* SPDX-License-Identifier: MIT */
/* Profiles in use: the selection that they make, and what plain git sees. */
#include <string.h>

#include "support/sandbox.h"

/* `s`, a team's repository, and `c`, a clone of it without a checkout. */
static void make_clone(void)
{
	sh("git init -q s && cd s && for d in p/web/old p/web/src p/mail "
	   "libs/ui libs/net builds docs/a; do mkdir -p $d && echo x >$d/f && "
	   "echo x >$d/x.md; done && echo x >root");
	write_file("s/.gitpare",
		   "[profile \"base\"]\ndirs = builds\n"
		   "[profile \"web\"]\ntitle = Shop\ndirs = p/web\n"
		   "  libs/ui\nexclude = p/web/old\n"
		   "[profile \"mail\"]\ndirs = p/mail\n  libs/ui\n"
		   "[profile \"docs\"]\nmode = patterns\npatterns = /*\n"
		   "  !/*/\n  /docs/**/*.md\n"
		   "[sparse]\nalways = base\ndefault = web\n");
	sh("cd s && git add . && git commit -qm x");
	sh("git clone -q --no-checkout s c");
}

/* Both agree on the selection, and the work tree is as it says. */
static void assert_dirs(const char *expected)
{
	assert_text(sh("git -C c sparse list | tr '\\n' ' '"), expected);
	assert_text(sh("git -C c sparse-checkout list | tr '\\n' ' '"),
		    expected);
	assert_text(sh("git -C c status --porcelain"), "");
	sh("cd c && git ls-files -t >../before && git sparse-checkout reapply "
	   "&& git ls-files -t | cmp - ../before");
	assert_fsck("c");
}

static void profiles_come_and_go(void **state)
{
	struct result r;

	(void)state;
	make_clone();
	sh("git -C c sparse add --profile web");
	assert_dirs("builds libs/ui p/web/src ");
	assert_true(!sh_try("test -f c/libs/ui/f -a ! -e c/p/web/old").rc);
	sh("git -C c sparse add libs/net --profile mail");
	assert_dirs("builds libs/net libs/ui p/mail p/web/src ");
	sh("git -C c sparse remove --profile web");
	assert_dirs("builds libs/net libs/ui p/mail ");
	r = sh_try("git -C c sparse remove --profile web");
	assert_rc(r, 128);
	assert_contains(r.err, "fatal: profile 'web' is not active\n");
	r = sh_try("git -C c sparse remove libs/ui libs/net docs");
	assert_rc(r, 0);
	assert_contains(r.err, "warning: 'libs/ui' stays: profile 'mail' "
			       "wants it\n");
	assert_contains(r.err, "`git sparse remove --profile mail` ends the "
			       "profile\n");
	/* What all have cannot be ended so. */
	assert_contains(sh_try("git -C c sparse remove builds").err,
			"hint: `git sparse remove --anyway` takes it out\n");
	assert_contains(r.err, "warning: 'docs' is not selected\n");
	assert_dirs("builds libs/ui p/mail ");
	sh("git -C c sparse remove --anyway libs/ui");
	assert_dirs("builds p/mail ");
	/* The exception lasts. */
	sh("git -C c sparse add libs/net");
	assert_dirs("builds libs/net p/mail ");
	sh("git -C c sparse add libs/ui");
	assert_dirs("builds libs/net libs/ui p/mail ");
	sh("git -C c sparse remove --profile mail");
	assert_dirs("libs/net libs/ui ");
	assert_int_equal(sh_try("test -e c/.git/pare/selection").rc, 1);
}

static void undo_brings_profiles_back(void **state)
{
	const char *before;

	(void)state;
	make_clone();
	sh("git -C c sparse add --profile web");
	before = read_file("c/.git/pare/selection");
	sh("git -C c sparse set docs");
	assert_dirs("docs ");
	assert_int_equal(sh_try("test -e c/.git/pare/selection").rc, 1);
	sh("git -C c sparse undo");
	assert_dirs("builds libs/ui p/web/src ");
	assert_text(read_file("c/.git/pare/selection"), before);
	sh("git -C c sparse undo");
	assert_dirs("docs ");
	assert_int_equal(sh_try("test -e c/.git/pare/selection").rc, 1);
	sh("git -C c sparse undo && git -C c sparse add --dry-run docs");
	assert_text(read_file("c/.git/pare/selection"), before);
}

static void plain_git_has_the_last_word(void **state)
{
	(void)state;
	make_clone();
	sh("git -C c sparse add --profile web");
	sh("git -C c sparse-checkout add docs");
	sh("git -C c sparse add libs/net");
	assert_dirs("builds docs libs/net libs/ui p/web/src ");
	sh("git -C c sparse-checkout set builds p/web/src");
	sh("git -C c sparse add docs");
	assert_dirs("builds docs p/web/src ");
	sh("git -C c sparse-checkout set docs");
	sh("git -C c sparse add libs/net");
	assert_dirs("docs libs/net ");
	sh("git -C c sparse add --profile web");
	sh("git -C c sparse-checkout disable");
	assert_rc(sh_try("git -C c sparse add docs"), 128);
	sh("git -C c sparse set docs");
	assert_dirs("docs ");
	/* Our file may go at any time. */
	sh("git -C c sparse add --profile web && rm -r c/.git/pare");
	sh("git -C c sparse remove docs");
	assert_dirs("builds libs/ui p/web/src ");
	sh("git -C c sparse add --profile web && echo x >>c/.git/pare/selection");
	sh("git -C c sparse add docs");
	assert_dirs("builds docs libs/ui p/web/src ");
}

static void the_default_is_for_who_names_nothing(void **state)
{
	struct result r;

	(void)state;
	make_clone();
	sh("git -C c checkout -q");
	sh("git -C c sparse init");
	assert_dirs("builds libs/ui p/web/src ");
	sh("git -C c sparse set docs && git -C c sparse set");
	assert_dirs("builds libs/ui p/web/src ");
	sh("git -C c sparse set --stdin </dev/null");
	assert_dirs("");
	sh("git -C c sparse set --profile mail docs");
	assert_dirs("builds docs libs/ui p/mail ");
	r = sh_try("git -C c sparse set --profile mali");
	assert_rc(r, 128);
	assert_text(r.err, "fatal: no profile 'mali'\n"
			   "hint: did you mean 'mail'?\n");
	assert_dirs("builds docs libs/ui p/mail ");
	sh("git -C s sparse disable");
	r = sh_try("git -C s sparse add --profile mail");
	assert_rc(r, 128);
	assert_contains(r.err, "fatal: no sparse-checkout to add to\n");
}

static void patterns_and_back(void **state)
{
	(void)state;
	make_clone();
	sh("git -C c sparse add libs/net");
	sh("git -C c sparse add --profile docs");
	assert_dirs("/* !/*/ /docs/**/*.md /builds/ /libs/net/ ");
	assert_int_equal(sh_try("test -f c/docs/a/x.md -a -f c/libs/net/f -a "
				"! -e c/docs/a/f").rc, 0);
	sh("git -C c sparse remove --profile docs");
	assert_dirs("libs/net ");
	assert_text(sh("git -C c config core.sparseCheckoutCone"), "true\n");
	assert_rc(sh_try("git -C c sparse set --cone --profile docs"), 128);
	assert_dirs("libs/net ");
}

static void settings_are_used_and_faults_are_told(void **state)
{
	struct result r;

	(void)state;
	make_clone();
	sh("printf 'sparse-index = true\\n' >>s/.gitpare && "
	   "git -C s commit -qam y && git -C c fetch -q && "
	   "git -C c reset -q --soft origin/HEAD");
	sh("git -C c sparse add --profile mail");
	assert_text(sh("git -C c config index.sparse"), "true\n");
	assert_contains(sh("git -C c ls-files --sparse"), "docs/\n");
	/* A broken file stops nobody who names no profile. */
	sh("echo nonsense >>c/.gitpare");
	r = sh_try("git -C c sparse add docs");
	assert_rc(r, 0);
	assert_contains(r.err, "warning: .gitpare:");
	r = sh_try("git -C c sparse add --profile web");
	assert_rc(r, 128);
	assert_contains(r.err, "fatal: .gitpare:");
	assert_text(sh("git -C c sparse list | tr '\\n' ' '"),
		    "builds docs libs/ui p/mail ");
	write_file(".config/git/pare", "[sparse]\nkeep-removed = 0\n");
	sh("git -C c checkout -q .gitpare && echo '*.o' >c/.git/info/exclude "
	   "&& echo x >c/docs/x.o && git -C c sparse remove docs");
	assert_text(sh("find c/.git/pare -name x.o"), "");
}

static void profiles_are_listed_from_where_they_are(void **state)
{
	struct result r;

	(void)state;
	sh("git init -q r");
	assert_text(sh("git -C r sparse profiles --json"),
		    "{\n  \"profiles\": []\n}\n");
	write_file("r/.gitpare", "[profile \"web\"]\ntitle = Shop\n"
				 "dirs = web\n");
	assert_text(sh("git -C r sparse profiles"),
		    "  web  ? files  size unknown  Shop\n");
	sh("cd r && mkdir web && echo hello >web/f && git add . && "
	   "git commit -qm x && rm .gitpare");
	assert_text(sh("git -C r sparse profiles"),
		    "  web  2 files  46 bytes  Shop\n");
	sh("ln -s /dev/null r/.gitpare");
	assert_contains(sh("git -C r sparse profiles"), "web  2 files");
	/* The index has the word before HEAD. */
	sh("git -C r rm -q --cached .gitpare");
	assert_text(sh("git -C r sparse profiles"), "");
	sh("rm r/.git/index");
	assert_contains(sh("git -C r sparse profiles"), "web  2 files");
	assert_contains(sh("git -C r/.git sparse profiles"), "web  2 files");
	write_file("r/.git/info/pare", "[profile \"web\"]\ndirs = w*\n");
	r = sh_try("git -C r sparse profiles");
	assert_rc(r, 128);
	assert_contains(r.err, "info/pare:2: 'w*' is a pattern");
}

static void a_profile_is_shown_with_its_lines(void **state)
{
	struct result r;

	(void)state;
	make_clone();
	sh("git -C c sparse add --profile web");
	assert_text(sh("git -C c sparse profiles"),
		    "+ base  4 files  257 bytes\n"
		    "* web   6 files  261 bytes  Shop\n"
		    "  mail  6 files  261 bytes\n"
		    "  docs  3 files  255 bytes\n");
	assert_text(sh("git -C c sparse show web"),
		    "web: Shop\n.gitpare:3 (tracked), active\n"
		    "6 files, 261 bytes\n\ndirectories\n"
		    "  libs/ui  .gitpare:6\n  p/web    .gitpare:5\n\n"
		    "taken out\n  p/web/old  .gitpare:7\n");
	assert_contains(sh("git -C c sparse show docs --json"),
			"\"mode\": \"patterns\"");
	r = sh_try("git -C c sparse show wbe");
	assert_rc(r, 128);
	assert_contains(r.err, "hint: did you mean 'web'?\n");
	assert_rc(sh_try("git -C c sparse show"), 129);
	/* As many as the profile brings. */
	assert_text(sh("cd c && git sparse set --profile docs && "
		       "git ls-files -t | grep -c ^H"), "5\n");
}

/* A program wants to open it; a person knows where home is. */
static void the_user_s_file_is_named_from_home(void **state)
{
	struct result r;
	const char *path = sh("printf '%%s/.config/git/pare' \"$HOME\"");

	(void)state;
	make_clone();
	write_file(".config/git/pare", "[profile \"mine\"]\ndirs = docs\n");
	sh("cd c && git sparse add --profile mine");
	assert_contains(sh("cd c && git sparse status"),
			"profile mine  (~/.config/git/pare:1)\n");
	assert_contains(sh("cd c && git sparse show mine"),
			"\n~/.config/git/pare:1 (user)");
	assert_contains(sh("cd c && git sparse why docs"),
			"(~/.config/git/pare:2)");
	for (size_t i = 0; i < 4; i++) {
		static const char *const commands[] = {
			"status --json | grep '\"file\"'",
			"show mine --json | grep '\"file\"'",
			"why -z docs | tr '\\0' '\\n'",
			"why --json docs | grep '\"file\"'",
		};
		const char *out = sh("cd c && git sparse %s", commands[i]);

		assert_contains(out, path);
		assert_null(strstr(out, "~"));
	}
	/* The same with a variable, if it points to below home. */
	assert_contains(sh("mkdir -p cfg && cp -r .config/git cfg && cd c && "
			   "XDG_CONFIG_HOME=$HOME/cfg git sparse status"),
			"(~/cfg/git/pare:1)\n");
	assert_contains(sh("cd c && HOME=/nowhere XDG_CONFIG_HOME=%.*s "
			   "git sparse status",
			   (int)(strlen(path) - strlen("/git/pare")), path),
			path);
	write_file(".config/git/pare", "[profile \"mine\"]\ndirs = \nx\n");
	r = sh_try("cd c && git sparse add --profile mine");
	assert_rc(r, 128);
	assert_contains(r.err, "fatal: ~/.config/git/pare:3: ");
	/* Editors jump to what lint says. */
	r = sh_try("cd c && git sparse lint");
	assert_contains(r.out, path);
	assert_null(strstr(r.out, "~"));
}

static void sizes_that_are_not_here_are_unknown(void **state)
{
	(void)state;
	make_clone();
	sh("git -C s config uploadpack.allowFilter true && git clone -q "
	   "--filter=blob:none --no-checkout file://$PWD/s b");
	assert_contains(sh("git -C b sparse profiles"),
			"  web   6 files  over 251 bytes  Shop\n");
	/* Only what the list itself needs was fetched. */
	assert_text(sh("git -C b rev-list --objects --missing=print HEAD | "
		       "grep -c '^?' | tr -d ' '"), "1\n");
}

static void status_names_profiles_and_drift(void **state)
{
	const char *out;

	(void)state;
	make_clone();
	sh("git -C c sparse add --profile web");
	sh("git -C c sparse add docs && git -C c sparse remove --anyway builds");
	assert_text(sh("git -C c sparse status | sed '1,/^$/d'"),
		    "profile web: Shop  (.gitpare:3)\n"
		    "profile base  (.gitpare:1, always)\n"
		    "added by name: docs\ntaken out: builds\n");
	sh("cd c && sed -i 's,libs/ui,libs/net,' .gitpare && "
	   "git sparse-checkout set docs libs/ui");
	assert_text(sh("git -C c sparse status | sed '1,/^$/d'"),
		    "profile web: Shop  (.gitpare:3)\n"
		    "profile base  (.gitpare:1, always)\n"
		    "added by name: docs\ntaken out: builds, p/web/src\n\n"
		    "profile 'web' has changed since it was applied:\n"
		    "  + libs/net\n  - libs/ui\n"
		    "(`git sparse sync` applies it)\n\n"
		    "changed since by git, not by git sparse:\n"
		    "  - p/web/src\n");
	out = sh("git -C c sparse status --json");
	assert_contains(out, "\"gained\": [\n        \"libs/net\"\n");
	assert_contains(out, "\"edited_removed\": [\n    \"p/web/src\"\n");
	sh("git -C c sparse add --profile web");
	out = sh("git -C c sparse status");
	assert_not_contains(out, "changed");
	assert_text(sh("git -C c sparse list | tr '\\n' ' '"),
		    "docs libs/net ");
	sh("echo '[profile \"mail\"]' >c/.gitpare");
	out = sh("git -C c sparse status");
	assert_contains(out, "profile 'web' is gone; its directories stay as "
			     "they were applied\n(`git sparse remove --profile "
			     "web` ends it)\n");
	sh("echo x >>c/.gitpare");
	out = sh("git -C c sparse status");
	assert_contains(out, "the profiles cannot be read: .gitpare:2: ");
}

static void what_a_profile_lacks_is_said_once(void **state)
{
	const char *said = "warning: 'p/nowhere' is no directory of HEAD or the "
			   "index\n";

	(void)state;
	make_clone();
	sh("git -C c sparse add docs");
	write_file("c/.git/info/pare", "[profile \"odd\"]\ndirs = p/mail\n"
				       "  p/nowhere\n");
	assert_contains(sh_try("git -C c sparse add --profile odd").err, said);
	assert_text(sh_try("git -C c sparse add libs/net").err, "");
	assert_text(sh_try("git -C c sparse remove libs/net").err, "");
	assert_contains(sh_try("git -C c sparse add p/nowhere").err, said);
}

/* What is noted of profiles waits; nothing says that it is active. */
static void profiles_of_a_work_tree_that_is_not_sparse(void **state)
{
	(void)state;
	make_clone();
	sh("git -C c sparse add --profile web && git -C c sparse disable");
	assert_text(sh("git -C c sparse profiles | grep '^[*+]' || :"), "");
	assert_not_contains(sh("git -C c sparse show web"), "active");
	assert_contains(sh("git -C c sparse status --json"),
			"\"profiles\": [],");
	assert_text(sh("git -C c sparse sync -v 2>&1"), "nothing to do\n");
	assert_text(sh("git -C c sparse doctor"), "nothing is wrong\n");
	/* It is the same again where the selection comes back. */
	sh("git -C c sparse init");
	assert_contains(sh("git -C c sparse status"), "profile web: Shop");
	sh("git -C c sparse disable && git -C c sparse undo");
	assert_contains(sh("git -C c sparse profiles"), "* web ");
}

static void what_plain_git_ended_is_said_once(void **state)
{
	(void)state;
	make_clone();
	sh("git -C c sparse add --profile web && "
	   "git -C c sparse-checkout set docs");
	assert_text(sh("git -C c sparse profiles | grep '^[*+]' || :"), "");
	assert_text(sh("git -C c sparse sync -v 2>&1"),
		    "no longer active: web\n");
	assert_text(sh("git -C c sparse sync -v 2>&1"), "nothing to do\n");
	assert_dirs("docs ");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(profiles_come_and_go),
		sandbox_test(undo_brings_profiles_back),
		sandbox_test(plain_git_has_the_last_word),
		sandbox_test(the_default_is_for_who_names_nothing),
		sandbox_test(patterns_and_back),
		sandbox_test(profiles_are_listed_from_where_they_are),
		sandbox_test(a_profile_is_shown_with_its_lines),
		sandbox_test(the_user_s_file_is_named_from_home),
		sandbox_test(sizes_that_are_not_here_are_unknown),
		sandbox_test(status_names_profiles_and_drift),
		sandbox_test(settings_are_used_and_faults_are_told),
		sandbox_test(what_a_profile_lacks_is_said_once),
		sandbox_test(profiles_of_a_work_tree_that_is_not_sparse),
		sandbox_test(what_plain_git_ended_is_said_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
