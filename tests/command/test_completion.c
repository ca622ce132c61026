/* SPDX-License-Identifier: MIT */
/*
 * Completion: what the program answers, and what comes of it in each shell
 * that is installed. The shells run on a terminal of their own; what is typed
 * there ends in TAB and RETURN, and what the command then gets as arguments
 * is what counts, quoting and all.
 */
#include "support/sandbox.h"

#include <stdlib.h>
#include <string.h>

#include "support/terminal.h"

static char *completions; /* the directory of the shells' files */

#define GIT_COMPLETION "/usr/share/bash-completion/completions/git"

/*
 * Directories of HEAD of which few are on disk; one is called as a branch is.
 */
static void make_repository(void)
{
	sh("git init -q r && cd r && for d in products/web products/mail libs/ui"
	   " 'with blank/in' '$cash/in' \"it's/in\" 'say \"hi\"/in' 'a:b/in'"
	   " -dash/in topic/in; do mkdir -p -- \"$d\" && echo x >\"./$d/f\";"
	   "done");
	write_file("r/.gitpare", "[profile \"web\"]\n"
				 "title = Web shop\n"
				 "dirs = products/web\n"
				 "[profile \"web-2\"]\n"
				 "dirs = libs/ui\n");
	sh("cd r && git add . && git commit -qm 'Begin' && git branch topic &&"
	   "git commit -q --allow-empty -m 'Second' &&"
	   "git sparse set topic libs/ui");
}

static void the_program_answers_from_head_and_its_tables(void **state)
{
	static const struct {
		const char *words, *answers;
	} cases[] = {
		{ "sparse add pro", ":paths\nproducts/\n" },
		{ "git-sparse add products/",
		  ":paths\nproducts/mail/\nproducts/web/\n" },
		{ "pare sparse add products/w", ":paths\nproducts/web/\n" },
		{ "sparse add -- -d", ":paths\n-dash/\n" },
		{ "sparse remove ''", "libs/ui/\ntopic/\n:paths\n" },
		{ "sparse remove topic/", ":paths\ntopic/in/\n" },
		{ "sparse remove pro", ":paths\n" },
		{ "sparse add --profile ''", "web\tWeb shop\nweb-2\n" },
		{ "sparse add --profile=web-", "--profile=web-2\n" },
		{ "sparse add --dry", "--dry-run\t" },
		{ "sparse add --no-dry", "--no-dry-run\t" },
		{ "sparse rea", "reapply\t" },
		{ "spa", "sparse\t" },
		{ "reword H", "HEAD\tSecond\nHEAD~1\tBegin\n" },
		{ "reword ''", "HEAD\tSecond\nHEAD~1\tBegin\n" },
		{ "reword to", "topic\n" },
		{ "squash-last ''", "2\tBegin\n" },
		{ "squash-last --since ''", "main\ntopic\n" },
		{ "sparse worktree a", "add\t" },
		{ "sparse worktree add ../w to", "topic\n" },
		{ "sparse worktree add -- ../w ''", "main\ntopic\n" },
		{ "sparse clone ''", ":files\n" },
		{ "squash-last --since ma", "main\n" },
		{ "squash-last --since=ma", "--since=main\n" },
		{ "squash-last --message f", "first\n" },
		{ "squash-last --file ''", ":files\n" },
		{ "sparse nothing ''", NULL },
		{ "nothing ''", NULL },
	};

	(void)state;
	make_repository();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *got = sh("cd r && git-pare complete %s",
				     cases[i].words);

		if (!cases[i].answers)
			assert_text(got, "");
		else if (strchr(cases[i].answers, '\0')[-1] == '\n')
			assert_text(got, cases[i].answers);
		else
			assert_contains(got, cases[i].answers);
	}
	/* Relative to where one stands, and nowhere nothing. */
	assert_text(sh("cd r/libs && git-pare complete sparse add u"),
		    ":paths\nui/\n");
	assert_text(sh("git-pare complete sparse add --profile '' &&"
		       "git-pare complete reword ''"),
		    "");
}

static void what_is_not_on_disk_is_completed_too(void **state)
{
	(void)state;
	make_repository();
	sh("git clone -q --no-checkout r bare && cd r &&"
	   "git sparse set --sparse-index libs/ui");
	assert_text(sh("cd bare && git-pare complete sparse add pro"),
		    ":paths\nproducts/\n");
	assert_contains(sh("cd bare && git-pare complete sparse add "
			   "--profile w"),
			"web\tWeb shop\n");
	assert_text(sh("cd r && git-pare complete sparse add products/"),
		    ":paths\nproducts/mail/\nproducts/web/\n");
}

/* The index may be of a million entries, and libgit2 is slow to start. */
static void neither_index_nor_libgit2_is_opened(void **state)
{
	(void)state;
	make_repository();
	/* An index that is opened is an error, and so no answer. */
	sh("git clone -q --no-checkout r c && echo broken >c/.git/index");
	assert_contains(sh("cd c && git-pare complete sparse add pro &&"
			   "git-pare complete sparse add --profile '' &&"
			   "git-pare complete reword ''"),
			":paths\nproducts/\nweb\tWeb shop\nweb-2\n"
			"HEAD\tSecond\n");
	if (sh_try("command -v strace").rc)
		return;
	assert_text(sh("cd r && for w in 'add p' 'remove l' 'add --profile w';"
		       "do strace -f -e trace=open,openat -o trace git-pare"
		       " complete sparse $w >/dev/null && grep -E"
		       " 'libgit2|\\.git/index\"' trace && exit 1; done;"
		       "rm trace"),
		    "");
}

static void what_controls_a_terminal_is_not_offered(void **state)
{
	(void)state;
	sh("git init -q r && cd r && d=$(printf 'a\\033[31m') && mkdir \"$d\" b"
	   "&& touch \"$d/f\" b/f && git add . &&"
	   "git commit -qm \"$(printf 'x\\033[2Jy')\"");
	write_file("r/.gitpare", "[profile \"p\"]\ntitle = a\033[31mb\n");
	assert_text(sh("cd r && git-pare complete sparse add '' &&"
		       "git-pare complete reword HEA &&"
		       "git-pare complete sparse show ''"),
		    ":paths\nb/\nHEAD\tx^[[2Jy\np\ta^[[31mb\n");
}

/* What is typed before TAB, and the arguments the command then gets. */
struct line {
	const char *typed, *args;
};

static const struct line lines[] = {
	{ "git sparse add pro", "sparse|add|products/" },
	{ "git sparse add products/w", "sparse|add|products/web/" },
	{ "git-sparse add products/w", "add|products/web/" },
	{ "git sparse add wi", "sparse|add|with blank/" },
	{ "git sparse add with\\ blank/", "sparse|add|with blank/in/" },
	{ "git sparse add 'with bl", "sparse|add|with blank/" },
	{ "git sparse add \\$c", "sparse|add|$cash/" },
	{ "git sparse add \"\\$c", "sparse|add|$cash/" },
	{ "git sparse add '$c", "sparse|add|$cash/" },
	{ "git sparse add it", "sparse|add|it's/" },
	{ "git sparse add sa", "sparse|add|say \"hi\"/" },
	{ "git sparse add a:", "sparse|add|a:b/" },
	{ "git sparse add a:b/", "sparse|add|a:b/in/" },
	{ "git sparse add -- -d", "sparse|add|--|-dash/" },
	{ "git sparse add --dry", "sparse|add|--dry-run" },
	{ "git sparse add --profile web-", "sparse|add|--profile|web-2" },
	{ "git sparse add --profile=web-", "sparse|add|--profile=web-2" },
	{ "git sparse rea", "sparse|reapply" },
	/* A branch, though there is a directory of that name. */
	{ "git reword to", "reword|topic" },
	{ "git squash-last --since to", "squash-last|--since|topic" },
	{ "git sparse worktree a", "sparse|worktree|add" },
	{ "git squash-last --message fi", "squash-last|--message|first" },
	{ "git squash-last -F no", "squash-last|-F|notes.txt" },
	/* Of the repository that git goes to. */
	{ "git -C ../o sparse add b", "-C|../o|sparse|add|beside/" },
	{ "git -C ~/o sparse add b", "-C|HOME/o|sparse|add|beside/" },
	{ "git -C ../\\o sparse add b", "-C|../o|sparse|add|beside/" },
	{ "git --git-dir=../o/.git sparse add b",
	  "--git-dir=../o/.git|sparse|add|beside/" },
	{ "git -c a.b=c sparse add products/w",
	  "-c|a.b=c|sparse|add|products/web/" },
};

/* In zsh git's completion, which calls ours, does not know this of git. */
static const struct line lines_but_in_zsh[] = {
	{ "git -C .. -C o sparse add --profile o",
	  "-C|..|-C|o|sparse|add|--profile|only" },
	{ "git --git-dir ../o/.git sparse add b",
	  "--git-dir|../o/.git|sparse|add|beside/" },
};

/* The quote that a line leaves open, if it does. */
static const char *open_quote(const char *typed)
{
	return strstr(typed, " '") ? "'" : strstr(typed, " \"") ? "\"" : "";
}

static void replace_home(struct strbuf *text)
{
	const char *home = getenv("HOME"), *at = strstr(text->buf, home);
	struct strbuf out = STRBUF_INIT;

	if (!at)
		return;
	strbuf_add(&out, text->buf, (size_t)(at - text->buf));
	strbuf_addf(&out, "HOME%s", at + strlen(home));
	strbuf_release(text);
	*text = out;
}

static void type_line(struct terminal *t, const struct line *line,
		      const char *shell)
{
	struct strbuf text = STRBUF_INIT;
	const char *end;

	assert_true(terminal_wait(t, "ready> "));
	terminal_type(t, line->typed);
	terminal_type(t, "\t");
	if (strcmp(shell, "bash"))
		terminal_type(t, open_quote(line->typed));
	terminal_type(t, "\r");
	if (!terminal_wait(t, "<<") || !terminal_wait(t, ">>"))
		fail_msg("typed: %s\nseen: %s", line->typed,
			 t->seen.buf + t->from);
	end = t->seen.buf + t->from - 2;
	while (end > t->seen.buf && strncmp(end, "<<", 2))
		end--;
	strbuf_add(&text, end + 2, t->seen.buf + t->from - 2 - (end + 2));
	replace_home(&text);
	if (strcmp(text.buf, line->args))
		print_message("typed: %s\n", line->typed);
	assert_text(text.buf, line->args);
	strbuf_release(&text);
}

static void drive(const char *command, const char *shell)
{
	struct terminal t;

	make_repository();
	write_file("r/notes.txt", "x\n");
	sh("git init -q o && cd o && mkdir beside && echo x >beside/f &&"
	   "printf '[profile \"only\"]\ndirs = beside\n' >.gitpare &&"
	   "git add . && git commit -qm x");
	terminal_start(&t, command);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		type_line(&t, &lines[i], shell);
	for (size_t i = 0; i < ARRAY_SIZE(lines_but_in_zsh) &&
			   strcmp(shell, "zsh"); i++)
		type_line(&t, &lines_but_in_zsh[i], shell);
	assert_true(terminal_wait(&t, "ready> "));
	terminal_type(&t, "exit\r");
	assert_int_equal(terminal_finish(&t), 0);
	terminal_stop(&t);
}

static bool is_installed(const char *shell)
{
	return !sh_try("command -v %s", shell).rc;
}

/* Of git only what completion itself asks for is run. */
static const char bash_setup[] =
	"PS1='ready> '; show() { (IFS='|'; printf '<%s>\\n' \"<$*>\"); }\n"
	"git() { case \" $* \" in *' complete '*|*' --'[le]*)"
	" command git \"$@\";; *' sparse '*|*' reword '*|*' squash-last '*)"
	" show \"$@\";; *) command git \"$@\";; esac; }\n"
	"git-sparse() { show \"$@\"; }\n";

static void write_bashrc(const char *first)
{
	struct strbuf rc = STRBUF_INIT;

	strbuf_addstr(&rc, bash_setup);
	strbuf_addf(&rc, "%s\n. '%s/git-pare.bash'\ncd r\n", first,
		    completions);
	write_file("bashrc", rc.buf);
	write_file("inputrc", "set enable-bracketed-paste off\n"
			      "set bell-style none\n");
	strbuf_release(&rc);
}

static void drive_bash(const char *first)
{
	write_bashrc(first);
	drive("INPUTRC=$PWD/inputrc exec bash --rcfile bashrc -i", "bash");
}

static void bash_completes(void **state)
{
	(void)state;
	if (!is_installed("bash"))
		skip();
	drive_bash("");
}

static void bash_completes_beside_git(void **state)
{
	(void)state;
	if (!is_installed("bash") || sh_try("test -f " GIT_COMPLETION).rc)
		skip();
	drive_bash(". " GIT_COMPLETION);
}

/* Readline adds one to those that are here. */
static void bash_lists_directories_with_one_slash(void **state)
{
	struct terminal t;

	(void)state;
	if (!is_installed("bash"))
		skip();
	make_repository();
	/* Names with a `$` are for us to quote, and not for readline. */
	sh("cd r && git rm -rq --sparse '$cash' && git commit -qm z && "
	   "git sparse add products");
	write_bashrc("");
	terminal_start(&t, "INPUTRC=$PWD/inputrc exec bash --rcfile bashrc -i");
	assert_true(terminal_wait(&t, "ready> "));
	terminal_type(&t, "git sparse add \t\t");
	assert_true(terminal_wait(&t, "products/"));
	assert_true(terminal_wait(&t, "ready> "));
	assert_not_contains(t.seen.buf, "//");
	terminal_stop(&t);
}

static void fish_completes(void **state)
{
	struct strbuf rc = STRBUF_INIT;

	(void)state;
	if (!is_installed("fish"))
		skip();
	strbuf_addf(&rc,
		    "function fish_prompt; echo -n 'ready> '; end\n"
		    "function show; echo '<<'(string join '|' -- $argv)'>>'; end\n"
		    "function git; if contains complete $argv;"
		    " command git $argv; else if string match -qr '^(sparse|"
		    "reword|squash-last)$' -- $argv; show $argv; else;"
		    " command git $argv; end; end\n"
		    "function git-sparse; show $argv; end\n"
		    "source '%s/git-pare.fish'\ncd r\n",
		    completions);
	write_file("fishrc", rc.buf);
	strbuf_release(&rc);
	make_repository();
	/* Descriptions come along. */
	assert_contains(sh("cd r && fish --no-config -C 'source ../fishrc'"
			   " -c 'complete -C \"git sparse add --profile=\"'"),
			"--profile=web\tWeb shop\n");
	assert_contains(sh("cd r && fish --no-config -C 'source ../fishrc'"
			   " -c 'complete -C \"git-sparse rea\"'"),
			"reapply\t");
	/* Our commands themselves, and only where one is to come. */
	assert_contains(sh("cd r && fish --no-config -C 'source ../fishrc'"
			   " -c 'complete -C \"git -C . squa\"'"),
			"squash-last\tfold ");
	assert_not_contains(sh("cd r && fish --no-config -C 'source ../fishrc'"
			       " -c 'complete -C \"git log squa\"'"),
			    "squash-last");
	sh("rm -rf r");
	drive("exec fish --no-config -C 'source fishrc' -i", "fish");
}

static void zsh_completes(void **state)
{
	struct strbuf rc = STRBUF_INIT;
	struct terminal t;

	(void)state;
	if (!is_installed("zsh"))
		skip();
	strbuf_addf(&rc,
		    "PS1='ready> '; unsetopt prompt_sp\n"
		    "show() { print -r -- \"<<${(j:|:)@}>>\" }\n"
		    "git() { case \" $* \" in (*' complete '*) command git \"$@\";;"
		    " (*' sparse '*|*' reword '*|*' squash-last '*)"
		    " show \"$@\";; (*) command git \"$@\";; esac }\n"
		    "git-sparse() { show \"$@\" }\n"
		    "fpath=('%s' $fpath); autoload -Uz compinit;"
		    " compinit -u -D; cd r\n",
		    completions);
	write_file(".zshrc", rc.buf);
	strbuf_release(&rc);
	drive("ZDOTDIR=$PWD exec zsh -d -i", "zsh");
	/* A list of what is possible has its descriptions. */
	terminal_start(&t, "ZDOTDIR=$PWD exec zsh -d -i");
	assert_true(terminal_wait(&t, "ready> "));
	terminal_type(&t, "git sparse re\t\t");
	assert_true(terminal_wait(&t, "reapply  -- "));
	assert_true(terminal_wait(&t, "remove   -- "));
	terminal_stop(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(the_program_answers_from_head_and_its_tables),
		sandbox_test(what_is_not_on_disk_is_completed_too),
		sandbox_test(neither_index_nor_libgit2_is_opened),
		sandbox_test(what_controls_a_terminal_is_not_offered),
		sandbox_test(bash_completes),
		sandbox_test(bash_completes_beside_git),
		sandbox_test(bash_lists_directories_with_one_slash),
		sandbox_test(fish_completes),
		sandbox_test(zsh_completes),
	};
	int failed;

	completions = realpath("completions", NULL);
	if (!completions)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(completions);
	return failed;
}
