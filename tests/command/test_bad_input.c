/* SPDX-License-Identifier: MIT */
/*
 * Each bad input has its line: the exit code, what is said, and that nothing
 * was changed by it, not a byte of the work tree or of .git.
 */
#include "support/sandbox.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "base/strvec.h"

static struct strvec seen = STRVEC_INIT;

static int note(const char *path, const struct stat *st, int type,
		struct FTW *ftw)
{
	struct strbuf text = STRBUF_INIT;
	char target[4096];
	ssize_t len;

	(void)ftw;
	strbuf_addf(&text, "%s %o ", path, st->st_mode);
	if (type == FTW_F)
		strbuf_read_file(&text, path, 1 << 24);
	else if (type == FTW_SL &&
		 (len = readlink(path, target, sizeof(target))) > 0)
		strbuf_add(&text, target, (size_t)len);
	/* Binary files: what is behind a NUL counts too. */
	for (size_t i = 0; i < text.len; i++)
		if (!text.buf[i])
			text.buf[i] = 1;
	strvec_push(&seen, text.buf);
	strbuf_release(&text);
	return 0;
}

/* All that there is, as one text. */
static char *snapshot(const char *dir)
{
	struct strbuf text = STRBUF_INIT;

	if (nftw(dir, note, 16, FTW_PHYS))
		fail_msg("cannot walk %s", dir);
	strvec_sort(&seen);
	for (size_t i = 0; i < seen.nr; i++)
		strbuf_addf(&text, "%s\n", seen.v[i]);
	strvec_clear(&seen);
	return strbuf_detach(&text, NULL);
}

static void assert_unchanged(const char *dir, const char *before,
			     const char *what)
{
	char *after = snapshot(dir);

	if (strcmp(before, after))
		fail_msg("%s: something was changed", what);
	free(after);
}

struct bad_case {
	const char *command; /* run in c/ */
	int rc;
	const char *err; /* all of it, or with `...` at the end its start */
};

static void assert_said(const struct bad_case *c, struct result r)
{
	size_t len = strlen(c->err);

	if (r.rc != c->rc)
		print_message("%s\n", c->command);
	assert_rc(r, c->rc);
	if (len >= 3 && !strcmp(c->err + len - 3, "...")) {
		char *start = strndup(r.err, len - 3);
		char *expected = strndup(c->err, len - 3);

		assert_text(start, expected);
		free(start);
		free(expected);
	} else {
		assert_text(r.err, c->err);
	}
	assert_text(r.out, "");
}

static void run_cases(const struct bad_case *cases, size_t nr)
{
	char *before = snapshot("c");

	for (size_t i = 0; i < nr; i++) {
		assert_said(&cases[i], sh_try("cd c && %s", cases[i].command));
		assert_unchanged("c", before, cases[i].command);
	}
	free(before);
}

static void make_clone(void)
{
	sh("git init -q s && cd s && for d in p/web p/mail libs/ui docs big; do "
	   "mkdir -p \"$d\" && echo x >\"$d/f\"; done && echo x >root && "
	   "head -c 40000 /dev/zero | tr '\\0' x >big/file");
	write_file("s/.gitpare", "[profile \"web\"]\ndirs = p/web\n"
				 "[profile \"mail\"]\ndirs = p/mail\n"
				 "[profile \"docs\"]\nmode = patterns\n"
				 "patterns = /docs/*.md\n");
	sh("cd s && git add . && git commit -qm x && cd .. && "
	   "git clone -q --no-checkout s c && git -C c sparse add --profile "
	   "web && git -C c sparse add libs/ui && "
	   "git -C c sparse save mine");
}

/* There is something to sync then. */
static void change_profile(void)
{
	write_file("c/.gitpare", "[profile \"web\"]\ndirs = p/web\n  docs\n"
				 "[profile \"mail\"]\ndirs = p/mail\n");
}

static void words_of_the_command_line(void **state)
{
	static const struct bad_case cases[] = {
		{ "git sparse ad", 129,
		  "error: unknown subcommand: `ad'\n"
		  "hint: did you mean 'add'?\nusage: git sparse ..." },
		{ "git sparse stat", 129,
		  "error: unknown subcommand: `stat'\n"
		  "hint: did you mean 'status'?\nusage: ..." },
		{ "git sparse worktree add -b x ../x", 129,
		  "error: unknown switch `b'\n"
		  "hint: options of `git worktree add` go to the end, behind "
		  "`--`\nusage: ..." },
		{ "git sparse clone --recurse-submodules . ../x", 129,
		  "error: unknown option `recurse-submodules'\n"
		  "hint: options of `git clone` go to the end, behind `--`\n"
		  "usage: ..." },
		{ "git sparse worktree remove x", 129,
		  "error: `git worktree remove` does it\nusage: ..." },
		{ "git sparse worktree ad", 129,
		  "error: unknown subcommand: `ad'\n"
		  "hint: did you mean 'add'?\nusage: ..." },
		{ "git sparse set --dryrun", 129,
		  "error: unknown option `dryrun'\n"
		  "hint: did you mean '--dry-run'?\nusage: ..." },
		{ "git squash-last --message lats", 129,
		  "error: unknown mode (combine, first or last): `lats'\n"
		  "hint: did you mean 'last'?\nusage: ..." },
		{ "git squash-last --since mian", 128,
		  "fatal: bad revision 'mian'\n"
		  "hint: did you mean 'main'?\n" },
		{ "git reword -m x mian~3", 128,
		  "fatal: bad revision 'mian~3'\n"
		  "hint: did you mean 'main~3'?\n" },
		{ "git reword --allow-pushed -C mina", 128,
		  "fatal: bad revision 'mina'\n"
		  "hint: did you mean 'main'?\n" },
		{ "git reword --allow-pushed --cleanup stirp -m x", 128,
		  "fatal: Invalid cleanup mode stirp\n"
		  "hint: did you mean 'strip'?\n" },
		{ "git sparse", 129, "error: need a subcommand\nusage: ..." },
		{ "git sparse set --profle web", 129,
		  "error: unknown option `profle'\n"
		  "hint: did you mean '--profile'?\nusage: ..." },
		{ "git sparse set --profile", 129,
		  "error: option `profile' requires a value\n" },
		{ "git sparse set --profile wbe", 128,
		  "fatal: no profile 'wbe'\nhint: did you mean 'web'?\n" },
		{ "git sparse add --profile zzzzzz", 128,
		  "fatal: no profile 'zzzzzz'\n"
		  "hint: `git sparse profiles` lists what is on offer\n" },
		{ "git sparse set --profile web,mail", 128,
		  "fatal: no profile 'web,mail'\n"
		  "hint: several are named one by one: --profile a --profile "
		  "b\n" },
		{ "git sparse set -n web >/dev/null", 0,
		  "warning: 'web' is no directory of HEAD or the index\n"
		  "hint: did you mean '--profile web'?\n" },
		{ "git sparse remove --profile mail", 128,
		  "fatal: profile 'mail' is not active\n"
		  "hint: `git sparse status` names those that are\n" },
		{ "git sparse show wbe", 128,
		  "fatal: no profile 'wbe'\nhint: did you mean 'web'?\n" },
		{ "git sparse show", 129,
		  "error: which profile?\nusage: ..." },
		{ "git sparse set --cone --profile docs", 128,
		  "fatal: --cone cannot be had with this profile\n" },
		{ "git sparse add --strict p/mial", 128,
		  "fatal: 'p/mial' is no directory of HEAD or the index\n"
		  "hint: did you mean 'p/mail'?\n" },
		{ "git sparse add root", 128,
		  "fatal: 'root' is not a directory; to treat it as a directory "
		  "anyway, rerun with --skip-checks\n" },
		{ "git sparse add /docs", 128,
		  "fatal: specify directories rather than patterns (no leading "
		  "slash)\n" },
		{ "git sparse add 'do*'", 128,
		  "fatal: specify directories rather than patterns.  If your "
		  "directory really has any of '*?[]\\' in it, pass "
		  "--skip-checks\n" },
		{ "git sparse set ../x", 128,
		  "fatal: could not normalize path ../x\n" },
		{ "git sparse why", 129, "error: which path?\nusage: ..." },
		{ "git sparse why p/wbe/f", 1,
		  "error: 'p/wbe/f' is neither in the index nor in the work "
		  "tree\nhint: did you mean 'p/web'?\n" },
		{ "git sparse lint nope", 128,
		  "fatal: cannot read 'nope': No such file or directory\n" },
		{ "git sparse undo x", 129,
		  "error: too many arguments\nusage: ..." },
		{ "git sparse save", 129,
		  "error: under which name?\nusage: ..." },
		{ "git sparse save --user --tracked x", 129,
		  "error: only one of --local, --user and --tracked\n"
		  "usage: ..." },
		{ "git sparse save 'a b'", 128,
		  "fatal: 'a b' cannot be a profile's name: it is made of "
		  "letters, digits, '.', '_', '/' and '-'\n" },
		{ "git sparse save -- -x", 128,
		  "fatal: '-x' cannot be a profile's name: it is made of "
		  "letters, digits, '.', '_', '/' and '-'\n" },
		{ "git sparse save a123456789012345678901234567890123456789",
		  128,
		  "fatal: 'a123456789012345678901234567890123456789' cannot be "
		  "a profile's name: it has more than 39 bytes\n" },
		{ "git sparse save x --title \"$(printf 'a\\nb')\"", 128,
		  "fatal: a title cannot have control characters\n" },
		{ "git sparse save x --title ' a'", 128,
		  "fatal: a title cannot begin or end with a blank, or have a "
		  "';' behind one\n" },
		{ "git sparse save x --title 'a ;b'", 128,
		  "fatal: a title cannot begin or end with a blank, or have a "
		  "';' behind one\n" },
		{ "git sparse save x --title $(printf %0188d 1)", 128,
		  "fatal: a title cannot have more than 187 bytes\n" },
		{ "unset GIT_EDITOR; git sparse edit </dev/null", 128,
		  "fatal: there is no terminal for an editor\n"
		  "hint: `git sparse set --stdin` reads the directories\n" },
		{ "GIT_EDITOR=false git sparse edit && rm .git/pare/SPARSE_EDIT",
		  128, "fatal: there was a problem with the editor 'false'\n" },
		{ "GIT_DISCOVERY_ACROSS_FILESYSTEM=1 git -C .. sparse status", 128,
		  "fatal: not a git repository (or any of the parent "
		  "directories): .git\n" },
		{ "git -C .git sparse add docs", 128,
		  "fatal: this operation must be run in a work tree\n" },
	};

	(void)state;
	make_clone();
	run_cases(cases, ARRAY_SIZE(cases));
	/* The name is taken: the line is told. */
	assert_contains(sh_try("git -C c sparse save mine").err,
			" .git/info/pare:1 already\n"
			"hint: --force replaces it\n");
}

/* Of a profile file; the command is refused with the line. */
static void faults_of_profile_files(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{ "dirs = a\n", "1: 'dirs' is in no section" },
		{ "[profile web]\ndirs = a\n",
		  "1: write the profile's name in quotes: [profile \"web\"]" },
		{ "[profile \"a b\"]\n",
		  "1: a profile's name is made of letters, digits, '.', '_', "
		  "'/' and '-': \"\\\"a b\\\"\"" },
		{ "[sparce]\n",
		  "1: unknown section 'sparce'; did you mean 'sparse'?" },
		{ "[profile \"a\"\n", "1: a section without ']'" },
		{ "[sparse] x\n", "1: text behind the section's ']'" },
		{ "[profile \"web\"]\ndir = x\n",
		  "2: unknown key 'dir'; did you mean 'dirs'?" },
		{ "[profile \"web\"]\n[profile \"web\"]\n",
		  "2: profile 'web' is in line 1 already" },
		{ "[sparse]\n[sparse]\n",
		  "2: section 'sparse' is in line 1 already" },
		{ "[profile \"web\"]\ntitle = x\ntitle = y\n",
		  "3: 'title' is in line 2 already" },
		{ "[profile \"web\"]\n dirs = x\n title = y\n",
		  "3: an indented line continues 'dirs'; begin a key at the "
		  "start of the line" },
		{ "[profile \"web\"]\ndirs = ../x\n",
		  "2: '../x' is no directory of the repository" },
		{ "[profile \"web\"]\ndirs = .git/x\n",
		  "2: '.git/x' is no directory of the repository" },
		{ "[profile \"web\"]\ndirs = /x\n",
		  "2: '/x' begins with a slash; directories are named from the "
		  "root of the repository" },
		{ "[profile \"web\"]\ndirs = x*\n",
		  "2: 'x*' is a pattern; only directories can be named" },
		{ "[profile \"web\"]\ndirs = \"x\n",
		  "2: a quoted name that does not end well: \"\\\"x\"" },
		{ "[profile \"web\"]\nmode = cones\n",
		  "2: 'cones' is none of cone, patterns" },
		{ "[profile \"web\"]\npatterns = /*\n",
		  "1: profile 'web' has patterns, but not 'mode = patterns'" },
		{ "[sparse]\nalways\n",
		  "2: expected 'key = value' or '[section]'" },
		{ "[sparse]\nsparse-index = on\n",
		  "2: 'on' is neither true nor false" },
		{ "[sparse]\nkeep-removed = 0\n",
		  "2: a repository may not ask for files to be deleted at "
		  "once" },
		{ "[sparse]\nkeep-removed = soon\n",
		  "2: 'soon' is not a number of days" },
		{ "[squash]\nmessage = all\n",
		  "2: 'all' is none of combine, first, last" },
		{ "[profile \"web\"]\ntitle = \033[31mred\n\033 = x\n",
		  "3: unknown key '\"\\033\"'" },
		{ "[profile \"web\"]\ninherit = wbe\n",
		  "1: profile 'web' inherits: no profile 'wbe'" },
		{ "[profile \"web\"]\ninherit = a\n[profile \"a\"]\n"
		  "inherit = web\n",
		  "1: profile 'web' inherits itself through 'a' "
		  "(.gitpare:3)" },
	};
	char *before;
	struct strbuf expected = STRBUF_INIT;

	(void)state;
	make_clone();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct result r;

		write_file("c/.gitpare", cases[i].text);
		before = snapshot("c");
		r = sh_try("cd c && git sparse set --profile web");
		strbuf_reset(&expected);
		strbuf_addf(&expected, "fatal: .gitpare:%s\n", cases[i].said);
		assert_rc(r, 128);
		/* A hint may follow. */
		r.err[strcspn(r.err, "\n") + 1] = '\0';
		assert_text(r.err, expected.buf);
		assert_unchanged("c", before, cases[i].said);
		free(before);
	}
	strbuf_release(&expected);
	/* Nothing is saved into a file with a fault, or over a link. */
	sh("cd c && echo x >.gitpare && ln -s root link");
	run_cases((const struct bad_case[]){
		{ "git sparse save --tracked x", 128,
		  "fatal: .gitpare:1: expected 'key = value' or '[section]'\n"
		  "hint: nothing is written to a file with a fault; `git sparse "
		  "lint` lists all of them\n" },
	}, 1);
	sh("cd c && mv link .gitpare");
	assert_contains(sh_try("cd c && git sparse save --tracked x").err,
			"/c/.gitpare' is a symbolic link; profiles stand in "
			"regular files\n");
	assert_text(sh("cat c/root; test -h c/.gitpare"), "x\n");
}

static void names_that_no_line_can_hold(void **state)
{
	char *before;
	struct result r;

	(void)state;
	make_clone();
	sh("cd c && d=$(printf %%0150d 1)/$(printf %%040d 2) && "
	   "git sparse add --skip-checks $d 2>/dev/null");
	before = snapshot("c");
	r = sh_try("cd c && git sparse save x");
	assert_rc(r, 128);
	assert_contains(r.err, "fatal: a line of a profile cannot hold '000000");
	assert_contains(r.err, "': it has more than 187 bytes\n");
	assert_unchanged("c", before, "a long name");
	free(before);
}

static void where_there_is_no_selection(void **state)
{
	static const struct bad_case cases[] = {
		{ "git sparse list", 128,
		  "fatal: this worktree is not sparse\n"
		  "hint: `git sparse set <dir>...` makes a selection\n" },
		{ "git sparse save x", 128,
		  "fatal: this worktree is not sparse\n"
		  "hint: `git sparse set <dir>...` makes a selection\n" },
		{ "git sparse edit", 128,
		  "fatal: this worktree is not sparse\n"
		  "hint: `git sparse set <dir>...` makes a selection\n" },
		{ "git sparse add docs", 128,
		  "fatal: no sparse-checkout to add to\n"
		  "hint: use `git sparse set <dir>...` to narrow this full work "
		  "tree\n" },
		{ "git sparse reapply", 128,
		  "fatal: must be in a sparse-checkout to reapply sparsity "
		  "patterns\n"
		  "hint: `git sparse set <dir>...` makes a selection\n" },
		{ "git sparse undo", 128, "fatal: there is nothing to undo\n" },
		{ "git sparse set --profile web", 128,
		  "fatal: no profile 'web'\nhint: there are no profiles here; "
		  "they stand in .gitpare at the root of the repository\n" },
	};

	(void)state;
	sh("git init -q c && cd c && mkdir docs && echo x >docs/f && "
	   "git add . && git commit -qm x");
	run_cases(cases, ARRAY_SIZE(cases));
}

/* The text is kept for another try, as is said; here it is in the way. */
#define EDIT(text)                                                            \
	"env GIT_EDITOR='echo " text " >' git sparse edit; rc=$?; "               \
	"rm -f .git/pare/SPARSE_EDIT; (exit $rc)"

/* In a partial clone whose server is gone. */
static void a_remote_that_cannot_be_reached(void **state)
{
	static const char *const commands[] = {
		"git sparse add big", "git sparse set big",
		"git sparse disable", "git sparse sync",
		"git sparse set --profile web", EDIT("big"),
		"git sparse worktree add -q --dir big ../w",
		"git sparse worktree add -q --dir big ../w -- -b topic",
	};
	char *before;

	(void)state;
	make_clone();
	sh("rm -rf c && git -C s config uploadpack.allowFilter true && "
	   "git -C s config uploadpack.allowAnySHA1InWant true && "
	   "git clone -q --filter=blob:none --no-checkout file://$PWD/s c && "
	   "git -C c sparse add --profile mail && "
	   "printf '[profile \"mail\"]\\ndirs = big\\n[profile \"web\"]\\n"
	   "dirs = big\\n' >c/.gitpare && mv s gone");
	before = snapshot("c");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		struct result r = sh_try("cd c && %s", commands[i]);

		if (r.rc != 128)
			print_message("%s\n", commands[i]);
		assert_rc(r, 128);
		assert_contains(r.err, "fatal: could not fetch missing objects "
				       "from 'origin': ");
		assert_contains(r.err, "hint: nothing was changed; it is worth "
				       "another try when `git fetch origin` "
				       "works\n");
		assert_unchanged("c", before, commands[i]);
		assert_int_equal(sh_try("test -e w").rc, 1);
	}
	/* What asks nothing of it works. */
	sh("cd c && git sparse profiles && git sparse show web && "
	   "git sparse status && git sparse why big && git sparse lint && "
	   "git sparse doctor && git sparse sync -n");
	assert_unchanged("c", before, "questions");
	free(before);
	sh("mv gone s && git -C c sparse sync && test -s c/big/file");
}

/* A clone of what cannot be had leaves nothing. */
static void clones_that_cannot_be_made(void **state)
{
	static const struct {
		const char *args;
		int rc;
		const char *said;
	} cases[] = {
		{ "file://$PWD/gone c", 128, "does not appear to be a git" },
		{ "ssh://localhost:1/x c", 128, "fatal: Could not read from" },
		{ "https://localhost:1/x c", 128, "fatal: unable to access" },
		{ "./gone c", 128, "fatal: repository './gone' does not exist" },
		{ "-b nope file://$PWD/s c", 128,
		  "fatal: Remote branch nope not found in upstream origin" },
		{ "--filter=nope file://$PWD/s c", 128,
		  "fatal: invalid filter-spec 'nope'" },
		{ "file://$PWD/s full", 128,
		  "fatal: destination path 'full' already exists and is not an "
		  "empty directory." },
		{ "file://$PWD/s locked/c", 128, "Permission denied" },
		{ "file://$PWD/s a b", 129, "error: too many arguments" },
	};
	const char *as = geteuid() ? "" :
			 "setpriv --reuid=65534 --regid=65534 --clear-groups ";
	char *before;

	(void)state;
	if (*as && sh_try("%s true", as).rc) {
		print_message("skipped: no setpriv to be nobody with\n");
		skip();
	}
	make_clone();
	sh("git config --global safe.directory '*' && rm -rf c && "
	   "mkdir full locked && echo x >full/x && chmod 777 . && "
	   "chmod a-w locked && chmod -R a+rX s");
	before = snapshot(".");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct result r = sh_try("%sgit sparse clone --profile web %s",
					 as, cases[i].args);

		if (r.rc != cases[i].rc)
			print_message("%s\n", cases[i].args);
		assert_rc(r, cases[i].rc);
		assert_contains(r.err, cases[i].said);
		assert_unchanged(".", before, cases[i].args);
	}
	free(before);
	sh("chmod u+w locked");
}

/* Files of more than 512 bytes cannot be written, as on a disk that is full. */
static void a_disk_that_is_full(void **state)
{
	static const char *const commands[] = {
		"git sparse add docs", "git sparse add big",
		"git sparse remove libs/ui", "git sparse set",
		"git sparse save -f mine --title 0123456789012345678901234567",
		"git sparse reapply --sparse-index",
		"git sparse save mine -f --title 01234567890123456789 --json",
		"git sparse set --profile mail", EDIT("docs"),
		"git sparse worktree add --dir docs ../w",
		"git sparse worktree add ../w -- -b topic",
		"git sparse sync",
	};
	char *before;

	(void)state;
	make_clone();
	/* Make each file that is written a large one. */
	sh("cd c && for i in 1 2 3 4 5 6 7 8 9 10; do "
	   "printf '[profile \"a%%s\"]\\ntitle = %%050d\\n' $i 1; done "
	   ">>.git/info/pare && git sparse add docs && git sparse remove docs");
	change_profile();
	before = snapshot("c");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		/* The counts of `make coverage` would be cut off. */
		struct result r = sh_try("cd c && trap '' XFSZ && ulimit -f 1 && "
					 "GCOV_PREFIX=/dev/null %s",
					 commands[i]);

		if (!r.rc)
			fail_msg("%s: worked on a full disk", commands[i]);
		assert_true(r.rc == 128 || r.rc == 254);
		assert_contains(r.err, "File too large");
		assert_unchanged("c", before, commands[i]);
	}
	free(before);
	assert_fsck("c");
}

/* As somebody who may read and not write. */
static void no_permission(void **state)
{
	static const char *const commands[] = {
		"git sparse add docs", "git sparse remove libs/ui",
		"git sparse set --profile mail", "git sparse save x",
		"git sparse save --tracked x", "git sparse undo",
		"git sparse disable", "git sparse reapply",
		"git sparse sync --install-hook", "git sparse init",
		"git sparse set --no-cone /docs/", "git sparse set",
		"git sparse sync", EDIT("docs"),
		"git sparse worktree add -q --dir docs ../w",
		"git sparse worktree add -q ../w",
	};
	const char *as = "";
	char *before;

	(void)state;
	if (!geteuid()) {
		as = "setpriv --reuid=65534 --regid=65534 --clear-groups ";
		if (sh_try("%s true", as).rc) {
			print_message("skipped: no setpriv to be nobody with\n");
			skip();
		}
	}
	make_clone();
	change_profile();
	sh("git config --global safe.directory '*' && "
	   "chmod 755 . && chmod -R a+rX,a-w c s");
	before = snapshot("c");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		struct result r = sh_try("cd c && %s%s", as, commands[i]);

		if (r.rc != 128)
			print_message("%s\n", commands[i]);
		assert_rc(r, 128);
		assert_contains(r.err, "Permission denied");
		assert_unchanged("c", before, commands[i]);
	}
	free(before);
	sh("chmod -R u+w c s");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(words_of_the_command_line),
		sandbox_test(faults_of_profile_files),
		sandbox_test(names_that_no_line_can_hold),
		sandbox_test(where_there_is_no_selection),
		sandbox_test(a_remote_that_cannot_be_reached),
		sandbox_test(clones_that_cannot_be_made),
		sandbox_test(a_disk_that_is_full),
		sandbox_test(no_permission),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
