/* SPDX-License-Identifier: MIT */
/*
 * The list of files in git-pare(1), WHAT IS PROMISED, is whole: every command
 * is run, and what it writes, for good or for a moment, is looked for there.
 * The list is read from the page itself.
 */
#include "support/sandbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "support/faults.h"

/* What the manual lists: names it marks as paths, and plain words. */
static struct strvec listed_path = STRVEC_INIT, listed_word = STRVEC_INIT;

/* `.Pa index ,` or `.Pq hooks, Pa info/pare`, or text. */
static void read_list_line(const char *line, size_t len)
{
	bool is_macro = *line == '.', is_path = false;
	const char *end = line + len;

	while (line < end) {
		size_t word = strcspn(line, " ,\n");

		if (word == 2 && is_macro && starts_with(line, "Pa"))
			is_path = true;
		else if (word == 3 && starts_with(line, ".Pa"))
			is_path = true;
		else if (word)
			strvec_pushn(is_path ? &listed_path : &listed_word,
				     line, word);
		line += word + (line + word < end);
	}
}

static void read_list(void)
{
	const char *text = read_file(PARE_SOURCE_DIR "/man/git-pare.1");
	const char *line = strstr(text, ".It Files\n");

	assert_non_null(line);
	while ((line = strchr(line, '\n')) && *++line &&
	       !starts_with(line, ".El") && !starts_with(line, ".It"))
		read_list_line(line, strcspn(line, "\n"));
	assert_true(strvec_contains(&listed_path, "info/sparse-checkout"));
	assert_true(strvec_contains(&listed_path, "info/pare"));
	assert_true(strvec_contains(&listed_word, "objects"));
	assert_false(strvec_contains(&listed_word, "index"));
}

static bool is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return !strncmp(path, dir, len) && (path[len] == '/' || !path[len]);
}

/* A name in the git directory: on the list, or on the way there. */
static bool is_listed(const char *name)
{
	size_t first = strcspn(name, "/");
	char *top = xstrndup(name, first);
	bool found = strvec_contains(&listed_word, top);

	free(top);
	/* Where git keeps the refs that are not below refs/. */
	if (!strcmp(name, "HEAD") || !strcmp(name, "packed-refs"))
		return true;
	for (size_t i = 0; i < listed_path.nr && !found; i++) {
		const char *path = listed_path.v[i];

		found = !strcmp(name, path) || is_below(path, name) ||
			(ends_with(path, "/") &&
			 !strncmp(name, path, strlen(path)));
	}
	return found;
}

/* "index.lock" and "index.123.lock" are for "index". */
static void strip_lock(char *name)
{
	size_t len = strlen(name);

	if (!ends_with(name, ".lock"))
		return;
	name[len -= strlen(".lock")] = '\0';
	while (len && name[len - 1] >= '0' && name[len - 1] <= '9')
		len--;
	if (len && name[len - 1] == '.' && name[len])
		name[len - 1] = '\0';
}

/* What a command may write beside the git directory, by its options. */
static bool may_write(const char *command, const char *name)
{
	static char *tracked;
	char *line;
	bool found;

	if (is_below(name, "tmp"))
		return true; /* and must not leave it there */
	if (is_below(name, "log") || is_below(name, "new"))
		return true;
	if (is_below("xdg/git/pare", name))
		return strstr(command, "--user");
	if (!is_below(name, "r"))
		return false;
	if (starts_with(name, "r/.gitpare"))
		return strstr(command, "--tracked");
	if (ends_with(name, ".o"))
		return strstr(command, "undo") &&
		       strvec_contains(&listed_word, "ignored");
	/* What was tracked at the beginning, and its directories. */
	if (!tracked)
		tracked = xstrfmt("\n%s", sh("git -C r ls-tree -r -t "
					     "--name-only main"));
	line = xstrfmt("\n%s\n", name + 2);
	found = name[1] && strstr(tracked, line);
	free(line);
	return found;
}

static void check_name(const char *command, const char *path)
{
	const char *root = sandbox_path();
	char *name;

	/* What a build for coverage writes is not meant. */
	if ((starts_with(path, "/dev/") && !starts_with(path, root)) ||
	    ends_with(path, ".gcda"))
		return;
	if (!is_below(path, root))
		fail_msg("%s: writes %s", command, path);
	name = xstrdup(path + strlen(root) + 1);
	strip_lock(name);
	if (is_below(name, "r/.git/worktrees") && strstr(command, " worktree "))
		; /* it is asked for */
	else if (is_below(name, "r/.git") ?
			 !is_listed(name + strlen("r/.git/")) :
			 !may_write(command, name))
		fail_msg("%s: %s is not on the manual's list", command, name);
	free(name);
}

/* Names of the sandbox; files with what changes when they are written. */
static void list_sandbox(struct strvec *list)
{
	strvec_clear(list);
	strvec_split_lines(list, sh("find \"$PWD\" -type d -print -o "
				    "-printf '%%p %%i %%T@ %%s\\n'"));
	strvec_sort(list);
}

/* What lasts in the git directory got its name when it was whole. */
static void check_open(const char *command, const char *path)
{
	if (strstr(path, "/.git/") && fs_exists(path))
		fail_msg("%s: %s is written in place", command, path);
}

static void check_log(const char *command, const char *log)
{
	struct strvec line = STRVEC_INIT;

	strvec_split_lines(&line, log);
	for (size_t i = 0; i < line.nr; i++) {
		if (starts_with(line.v[i], "open "))
			check_open(command, line.v[i] + strlen("open "));
		if (!starts_with(line.v[i], "fsync "))
			check_name(command, strchr(line.v[i], ' ') + 1);
	}
	strvec_clear(&line);
}

/* Our own writes are logged; with git's for us, whatever lasts is seen. */
static void check_command(const char *command)
{
	struct strvec before = STRVEC_INIT, after = STRVEC_INIT;
	char *name;

	list_sandbox(&before);
	check_log(command, faults_log(command));
	list_sandbox(&after);
	for (size_t i = 0; i < after.nr; i++) {
		if (*command == '(' || strvec_search(&before, after.v[i]) >= 0)
			continue;
		name = xstrndup(after.v[i], strcspn(after.v[i], " "));
		check_name(command, name);
		free(name);
	}
	assert_text(sh("find tmp -mindepth 1"), "");
	strvec_clear(&before);
	strvec_clear(&after);
}

/* A home and a TMPDIR that are empty, to see what comes in. */
static void make_home(void)
{
	static const char *const set[][2] = {
		{ "HOME", "home" },
		{ "XDG_CONFIG_HOME", "xdg" },
		{ "TMPDIR", "tmp" },
	};

	sh("mkdir home tmp && mv .gitconfig home");
	for (size_t i = 0; i < ARRAY_SIZE(set); i++) {
		char *path = xstrfmt("%s/%s", sandbox_path(), set[i][1]);

		setenv(set[i][0], path, 1);
		free(path);
	}
}

static void make_repo(void)
{
	sh("git init -q r && cd r && rm -rf .git/hooks && "
	   "mkdir -p a b/b c && for f in root a/f b/f b/b/f c/f c/f.up c/f.m; "
	   "do echo $f >$f; done && echo '*.o' >.gitignore && "
	   "printf '[profile \"web\"]\ndirs = a\n' >.gitpare && "
	   "printf '*.up filter=up\n*.m merge=union\n' >.gitattributes && "
	   "git config filter.up.smudge 'tr a-z A-Z' && "
	   "git config filter.up.clean 'tr A-Z a-z' && "
	   "git add . && git commit -qm tree && for i in 1 2 3 4 5 6; do "
	   "echo $i >>root; git commit -qam \"commit $i\" || exit; done");
}

/* What is done before is not looked at, nor, in parentheses, what git does
 * itself or is handed. */
struct step {
	const char *before, *command;
};

static const struct step selecting[] = {
	{ "", "git sparse set a b" },
	{ "", "git sparse status; git sparse list; git sparse profiles; "
	     "git sparse show web; git sparse why c/f; git sparse lint "
	     "|| :" },
	{ "echo o >b/x.o", "git sparse remove b 2>/dev/null" },
	{ "", "git sparse undo" },
	{ "", "git sparse set --profile web" },
	{ "", "git sparse add c b/b" },
	{ "", "git sparse save --local mine" },
	{ "", "git sparse save --user yours" },
	{ "", "git sparse save --tracked ours" },
	{ "git checkout -q .gitpare",
	  "GIT_EDITOR='echo c >' git sparse edit" },
	{ "", "git sparse set --sparse-index a" },
	{ "", "git sparse add b/b" },
	{ "", "git sparse reapply --no-sparse-index" },
	{ "", "git sparse set --no-cone '/*' '!/c/'" },
	{ "", "git sparse add '/c/'" },
	{ "", "git sparse set --cone --profile web" },
	{ "", "git sparse sync --install-hook" },
	{ "git switch -qc topic && "
	  "printf '[profile \"web\"]\ndirs = a\n  c\n' >.gitpare && "
	  "git commit -qam 'more for web' && git switch -q main",
	  "(git switch -q topic && test -e c/f && git switch -q main)" },
	{ "", "git sparse sync --uninstall-hook" },
	{ "git checkout -q topic", "git sparse sync" },
	{ "git checkout -q main", "git sparse sync 2>/dev/null" },
	{ "git update-index --no-skip-worktree c/f && "
	  "touch -d '2 days ago' .git/index.lock",
	  "git sparse doctor --fix" },
	{ "mkdir c; echo x >c/junk", "git sparse clean -f" },
	{ "", "git sparse disable" },
	{ "", "git sparse init" },
	{ "git sparse disable; rm -rf .git/index .git/info a b c",
	  "git sparse add -n b" },
	{ "", "git sparse add b" },
	{ "git update-index --split-index", "(git sparse add a)" },
	{ "git update-index --no-split-index", "git sparse add c" },
	{ "", "git sparse worktree add -q --dir a ../new/tree 2>&1" },
	{ "git config uploadpack.allowFilter true",
	  "git sparse clone -q --dir b \"file://$PWD\" ../new/clone" },
};

static const struct step rewriting[] = {
	{ "", "git squash-last -q -m one 2" },
	{ "", "git squash-last --undo && git squash-last --undo" },
	{ "", "GIT_EDITOR='echo two >' git squash-last -q -e 2" },
	{ "", "git reword -m three HEAD~1 && git reword --undo" },
	{ "git notes add -m n && git config notes.rewriteRef 'refs/notes/*'",
	  "git reword -m four" },
	{ "echo 7 >>root && git commit -qam seven && echo 7 >>a/f && "
	  "git commit -qam 'fixup! four' && git branch side HEAD~1",
	  "git squash-last -q --autosquash --update-refs 3" },
	{ "", "printf 'drop HEAD\npick HEAD~1\n' | "
	       "git squash-last -q --plan - 2 || :" },
	{ "echo 8 >>b/f && git commit -qam eight",
	  "printf 'drop HEAD\npick HEAD~1\n' | git squash-last -q --plan - 2" },
	{ "", "git squash-last --undo" },
	{ "", "GIT_SEQUENCE_EDITOR=: GIT_EDITOR=: git squash-last -q -i 2" },
	{ "seq 9 >c/f.m && git commit -qam m && sed -i s/1/a/ c/f.m && "
	  "git commit -qam m1 && sed -i s/9/b/ c/f.m && git commit -qam m2",
	  "printf 'pick HEAD\npick HEAD~1\n' | git squash-last -q --plan - 2" },
	{ "mkdir .git/hooks && printf '#!/bin/sh\nexit 1\n' "
	  ">.git/hooks/commit-msg && chmod +x .git/hooks/commit-msg",
	  "git squash-last -q -m kept 2 2>/dev/null; "
	  "GIT_EDITOR='echo more >>' git squash-last -q -e 2 2>/dev/null || "
	  ":" },
	{ "rm -r .git/hooks; printf '#!/bin/sh\necho SIG >$7.sig\n' "
	  ">../new/sign; chmod +x ../new/sign; cp root ../new/key",
	  "git -c gpg.format=ssh -c gpg.ssh.program=../new/sign "
	  "-c user.signingKey=../new/key squash-last -q -m x -S 2" },
	{ "git init -q --bare ../new/srv && git remote add origin ../new/srv "
	  "&& git push -qu origin main && git commit -q --allow-empty -m e",
	  "git squash-last -q -m pushed --push 2" },
	{ "git commit -q --allow-empty -m f; git commit -q --allow-empty -m g",
	  "(printf 'pick HEAD~1\nfixup HEAD\n' | git squash-last -q "
	  "--via-rebase --plan - 2)" },
	{ "git checkout -q --detach && git commit -q --allow-empty -m f",
	  "git squash-last -q -m detached 2" },
};

static void check_steps(const struct step *step, size_t nr)
{
	make_repo();
	for (size_t i = 0; i < nr; i++) {
		sh("mkdir -p new; cd r; %s",
		   *step[i].before ? step[i].before : ":");
		check_command(step[i].command);
	}
	sh("rm -rf r new");
}

static void the_list_of_files_is_whole(void **state)
{
	(void)state;
	if (!faults_are_possible())
		skip();
	read_list();
	make_home();
	check_steps(selecting, ARRAY_SIZE(selecting));
	check_steps(rewriting, ARRAY_SIZE(rewriting));
	strvec_clear(&listed_path);
	strvec_clear(&listed_word);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(the_list_of_files_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
