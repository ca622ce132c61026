/* SPDX-License-Identifier: MIT */
/*
 * git pare complete <word>...: what could stand for the last word.
 *
 * The shells ask this (completions/), so that they know no option, no
 * subcommand and no profile themselves. The words begin with the program's
 * name, `sparse` or `git-sparse`; the last one is the one being typed, perhaps
 * empty. Each answer is a line, `<word> TAB <description>`; a word that ends
 * in `/` or `=` wants no blank behind it. The line `:files` asks the shell for
 * file names, `:paths` says that the answers are names of files to be quoted.
 * What kind of thing an argument is, its placeholder in the tables says:
 * `<dir>`, `<profile>`, `<rev>`, `<file>`, `<path>`, `a|b|c`.
 *
 * Somebody waits for it with a finger on the key: one or two git processes,
 * never the index nor libgit2, whose cost grows with the repository or is five
 * times as much. Directories come from HEAD's trees, a level at a time by `git
 * ls-tree`; they need not be on disk.
 */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/quote.h"
#include "base/run.h"
#include "cli/command_list.h"
#include "pare/profile.h"
#include "pare/sparse.h"

enum {
	COMMITS_MAX = 10, /* offered as HEAD~n */
};

struct completion {
	const struct command *program, *cmd;
	const struct option *value_of; /* its argument is asked for */
	const char *before; /* goes in front of each answer: "--profile=" */
	const char *word;   /* what is typed of the answer */
	bool options_ended;
};

static void answer(const struct completion *c, const char *word, size_t len,
		   const char *description)
{
	if (strncmp(word, c->word, strlen(c->word)))
		return;
	/* A line is a word for the shells; and nothing reaches a terminal. */
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)word[i] < 0x20 || word[i] == 0x7f)
			return;
	printf("%s%.*s", c->before, (int)len, word);
	if (description)
		printf("\t%s", description);
	putchar('\n');
}

static bool wants_value(const struct option *opt)
{
	return opt->type != OPTION_OPTSTRING && option_takes_argument(opt);
}

/* Ask git, which must not go to the network for a key that was pressed. */
static void ask_git(struct strbuf *out, struct run *run)
{
	strvec_pushl(&run->env, "GIT_NO_LAZY_FETCH=1",
		     "GIT_ALLOW_PROTOCOL=none", NULL);
	run->out = out;
	run->discard_err = true;
	if (run_git(run) != 0)
		strbuf_reset(out);
}

/* Directories (and with `files` files) of HEAD below what is typed. */
static void answer_tree(const struct completion *c, bool files)
{
	const char *slash = strrchr(c->word, '/');
	struct strbuf out = STRBUF_INIT;
	struct run run = RUN_INIT;
	size_t at = 0;

	strvec_pushl(&run.args, "--literal-pathspecs", "ls-tree", "-z",
		     "HEAD", NULL);
	if (!files)
		strvec_push(&run.args, "-d");
	strvec_push(&run.args, "--");
	if (slash)
		strvec_pushn(&run.args, c->word, (size_t)(slash + 1 - c->word));
	ask_git(&out, &run);
	puts(":paths");

	/* <mode> SP <type> SP <id> TAB <name> NUL; submodules are no trees. */
	while (at < out.len) {
		const char *line = out.buf + at;
		size_t len = strlen(line);
		char *tab = strchr(out.buf + at, '\t');

		at += len + 1;
		if (!tab)
			continue;
		len = strlen(tab + 1);
		if (starts_with(line, "040000 ")) {
			/* The NUL behind the name becomes the slash. */
			tab[1 + len] = '/';
			answer(c, tab + 1, len + 1, NULL);
		} else if (files) {
			answer(c, tab + 1, len, NULL);
		}
	}
	strbuf_release(&out);
}

/*
 * What can be taken out: the selected directories, and once one of them is
 * typed, what is in it.
 */
static void answer_selected(const struct completion *c)
{
	struct pare_sparse_state state = { 0 };
	struct pare_repo *repo = NULL;
	bool inside = false;

	if (pare_repo_open(&repo, PARE_REPO_NEED_WORKTREE) < 0 ||
	    pare_sparse_read(&state, repo) < 0)
		goto done;
	for (size_t i = 0; i < state.dirs.nr; i++) {
		const char *prefix = pare_repo_prefix(repo), *dir;
		struct strbuf word = STRBUF_INIT;

		/* Arguments are relative to where one stands. */
		if (!skip_prefix(state.dirs.v[i], prefix, &dir))
			continue;
		strbuf_addf(&word, "%s/", dir);
		if (starts_with(c->word, word.buf))
			inside = true;
		else
			answer(c, word.buf, word.len, NULL);
		strbuf_release(&word);
	}
	if (inside)
		answer_tree(c, false);
	else
		puts(":paths");
done:
	pare_sparse_state_release(&state);
	pare_repo_free(repo);
}

/* What is nearest: HEAD~n with its subject. */
static void answer_commits(const struct completion *c)
{
	struct strvec subjects = STRVEC_INIT;
	struct strbuf out = STRBUF_INIT;
	struct run run = RUN_INIT;

	strvec_pushl(&run.args, "log", "--first-parent", "--format=%s", NULL);
	strvec_pushf(&run.args, "-%d", COMMITS_MAX);
	strvec_push(&run.args, "HEAD");
	ask_git(&out, &run);
	strvec_split(&subjects, out.buf, '\n');
	for (size_t i = 0; i < subjects.nr; i++) {
		struct strbuf text = STRBUF_INIT, name = STRBUF_INIT;

		strbuf_addstr(&name, "HEAD");
		if (i)
			strbuf_addf(&name, "~%zu", i);
		quote_text(&text, subjects.v[i], strlen(subjects.v[i]));
		answer(c, name.buf, name.len, text.buf);
		strbuf_release(&text);
		strbuf_release(&name);
	}
	strvec_clear(&subjects);
	strbuf_release(&out);
}

/* Git picks out what begins with the word: there may be very many. */
static void push_ref_patterns(struct strvec *args, const char *word)
{
	static const char *const spaces[] = { "refs/heads/", "refs/tags/",
					      "refs/remotes/" };
	bool literal = !strpbrk(word, "*?[\\");

	for (size_t i = 0; i < ARRAY_SIZE(spaces); i++) {
		if (!literal || !*word) {
			strvec_push(args, spaces[i]);
			continue;
		}
		strvec_pushf(args, "%s%s*", spaces[i], word);
		strvec_pushf(args, "%s%s*/**", spaces[i], word);
	}
}

static void answer_refs(const struct completion *c)
{
	struct strvec names = STRVEC_INIT;
	struct strbuf out = STRBUF_INIT;
	struct run run = RUN_INIT;

	strvec_pushl(&run.args, "for-each-ref",
		     "--format=%(refname:strip=2)", NULL);
	push_ref_patterns(&run.args, c->word);
	ask_git(&out, &run);
	strvec_split(&names, out.buf, '\n');
	for (size_t i = 0; i < names.nr; i++)
		answer(c, names.v[i], strlen(names.v[i]), NULL);
	strvec_clear(&names);
	strbuf_release(&out);
}

/* The team's and one's own, with their titles. */
static void answer_profiles(const struct completion *c)
{
	struct pare_profiles *all = NULL;
	struct pare_selection sel = PARE_SELECTION_INIT;
	struct pare_repo *repo = NULL;
	bool active = !strcmp(c->cmd->name, "sparse remove");

	if (pare_repo_open(&repo, 0) < 0 ||
	    pare_selection_load(&sel, repo) < 0)
		goto done;
	for (size_t i = 0; active && i < sel.profiles.nr; i++)
		answer(c, sel.profiles.v[i], strlen(sel.profiles.v[i]), NULL);
	if (active || pare_profiles_load_quick(&all, repo) < 0)
		goto done;
	for (size_t i = 0; i < pare_profiles_nr(all); i++) {
		const struct pare_profile *p = pare_profiles_at(all, i);
		struct strbuf title = STRBUF_INIT;

		if (p->title)
			quote_text(&title, p->title, strlen(p->title));
		answer(c, p->name, strlen(p->name),
		       title.len ? title.buf : NULL);
		strbuf_release(&title);
	}
done:
	pare_selection_release(&sel);
	pare_profiles_free(all);
	pare_repo_free(repo);
}

/* "combine|first|last", perhaps in brackets. */
static void answer_choice(const struct completion *c, const char *choice)
{
	while (*choice) {
		size_t len = strcspn(choice, "|()<>[]");

		if (len)
			answer(c, choice, len, NULL);
		choice += len + (choice[len] != '\0');
	}
}

/* `kind` is a placeholder of the tables, or a synopsis full of them. */
static void answer_kind(const struct completion *c, const char *kind)
{
	if (strstr(kind, "<dir>"))
		answer_tree(c, false);
	if (strstr(kind, "<path>"))
		answer_tree(c, true);
	if (strstr(kind, "<rev>") || strstr(kind, "<commit>") ||
	    strstr(kind, "<branch>")) {
		if (starts_with("HEAD", c->word) ||
		    starts_with(c->word, "HEAD"))
			answer_commits(c);
		answer_refs(c);
	}
	if (strstr(kind, "<profile>"))
		answer_profiles(c);
	if (strstr(kind, "<file>"))
		puts(":files");
}

static void answer_value(const struct completion *c)
{
	const char *arg = c->value_of->arg;

	if (!arg)
		return;
	if (strchr(arg, '|'))
		answer_choice(c, arg);
	else
		answer_kind(c, arg);
}

static void answer_option(const struct completion *c, const struct option *opt)
{
	struct strbuf word = STRBUF_INIT;

	if (opt->type == OPTION_GROUP || !opt->name ||
	    (opt->flags & OPTION_HIDDEN))
		return;
	strbuf_addf(&word, "--%s%s", opt->name,
		    wants_value(opt) ? "=" : "");
	answer(c, word.buf, word.len, opt->help);
	/* The negations are many: only for who begins to type one. */
	if (starts_with(c->word, "--n") && !starts_with(opt->name, "no-") &&
	    !(opt->flags & OPTION_NO_NEG)) {
		strbuf_reset(&word);
		strbuf_addf(&word, "--no-%s", opt->name);
		answer(c, word.buf, word.len, opt->help);
	}
	strbuf_release(&word);
}

static const struct option *first_option(const struct command *cmd)
{
	static const struct option none = OPT_END;

	return cmd->options ? cmd->options : &none;
}

static const struct command *find_command(const struct command *const *list,
					  const char *name)
{
	for (; *list; list++)
		if (!strcmp(command_word(*list), name))
			return *list;
	return NULL;
}

static void answer_commands(const struct completion *c,
			    const struct command *const *list)
{
	for (; *list; list++)
		if (!(*list)->hidden)
			answer(c, command_word(*list), strlen(command_word(*list)),
			       (*list)->summary);
}

/* The option that `word` (`-m`, `--message`) leaves waiting for a value. */
static const struct option *waiting(const struct command *cmd,
				    const char *word)
{
	const struct option *opt = first_option(cmd);

	for (; opt->type != OPTION_END; opt++) {
		if (opt->type == OPTION_GROUP || !wants_value(opt))
			continue;
		if (opt->name && starts_with(word, "--") &&
		    !strcmp(word + 2, opt->name))
			return opt;
		if (opt->letter && word[0] == '-' && word[1] == opt->letter &&
		    !word[2])
			return opt;
	}
	return NULL;
}

/* What stands before the last word: a subcommand, an option left open. */
static void read_words(struct completion *c, int argc, const char **argv)
{
	for (int i = 1; i + 1 < argc; i++) {
		const char *word = argv[i];

		if (c->value_of) {
			c->value_of = NULL;
		} else if (c->options_ended) {
			continue;
		} else if (!strcmp(word, "--") ||
			   !strcmp(word, "--end-of-options")) {
			c->options_ended = true;
		} else if (word[0] == '-') {
			c->value_of = waiting(c->cmd, word);
		} else if (c->cmd == c->program && c->cmd->subcommands) {
			c->cmd = find_command(c->cmd->subcommands, word);
			if (!c->cmd)
				return;
		}
	}
}

/* `--name=val`: the value is asked for. */
static void read_stuck_value(struct completion *c, struct strbuf *name)
{
	const char *equals = strchr(c->word, '=');

	if (!starts_with(c->word, "--") || !equals)
		return;
	strbuf_add(name, c->word, (size_t)(equals - c->word));
	c->value_of = waiting(c->cmd, name->buf);
	strbuf_addch(name, '=');
	c->before = name->buf;
	c->word = equals + 1;
}

static void answer_command(struct completion *c)
{
	struct strbuf name = STRBUF_INIT;

	if (!c->value_of && !c->options_ended)
		read_stuck_value(c, &name);
	if (c->value_of) {
		answer_value(c);
	} else if (name.len) {
		; /* a value for an option that takes none */
	} else if (c->word[0] == '-' && !c->options_ended) {
		for (const struct option *opt = first_option(c->cmd);
		     opt->type != OPTION_END; opt++)
			answer_option(c, opt);
	} else if (c->cmd->subcommands) {
		answer_commands(c, c->cmd->subcommands);
	} else if (!strcmp(c->cmd->name, "sparse remove")) {
		answer_selected(c);
	} else {
		struct strbuf synopsis = STRBUF_INIT;

		for (size_t i = 0; i < 8 && c->cmd->synopsis[i]; i++)
			strbuf_addstr(&synopsis, c->cmd->synopsis[i]);
		answer_kind(c, synopsis.buf);
		strbuf_release(&synopsis);
	}
	strbuf_release(&name);
}

static int run(const struct command *cmd, int argc, const char **argv)
{
	struct completion c = { .before = "" };
	const char *program;

	if (argc < 2)
		return options_usage_error(cmd, "which words?");
	/* Everything behind our own name is theirs, also what begins with -. */
	argc--;
	argv++;
	c.word = argv[argc - 1];
	program = argv[0];
	skip_prefix(program, "git-", &program);
	/* `git pare sparse add` is `git sparse add`. */
	if (!strcmp(program, "pare") && argc > 1) {
		argc--;
		argv++;
		program = argv[0];
	}
	if (argc == 1) {
		answer_commands(&c, programs);
		return EXIT_DONE;
	}
	c.program = c.cmd = find_command(programs, program);
	if (!c.cmd)
		return EXIT_DONE;
	read_words(&c, argc, argv);
	if (c.cmd)
		answer_command(&c);
	return EXIT_DONE;
}

const struct command cmd_complete = {
	.name = "complete",
	.summary = "answer the shells' completion",
	.synopsis = { "pare complete <word>..." },
	.run = run,
	.hidden = true,
};
