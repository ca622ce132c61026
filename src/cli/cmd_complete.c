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
#include "base/path.h"
#include "base/strbuf.h"
#include "cli/command_list.h"
#include "cli/complete.h"

static bool wants_value(const struct option *opt)
{
	return opt->type != OPTION_OPTSTRING && option_takes_argument(opt);
}

/* "combine|first|last", perhaps in brackets. */
static void answer_choice(const struct completion *c, const char *choice)
{
	while (*choice) {
		size_t len = strcspn(choice, "|()<>[]");

		if (len)
			complete_word(c, choice, len, NULL);
		choice += len + (choice[len] != '\0');
	}
}

/* `kind` is a placeholder of the tables, or a synopsis full of them. */
static void answer_kind(const struct completion *c, const char *kind)
{
	if (strstr(kind, "<dir>"))
		complete_tree(c, false);
	if (strstr(kind, "<path>"))
		complete_tree(c, true);
	if (strstr(kind, "<rev>") || strstr(kind, "<commit>") ||
	    strstr(kind, "<branch>"))
		complete_revs(c);
	if (strstr(kind, "<profile>"))
		complete_profiles(c);
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
	complete_word(c, word.buf, word.len, opt->help);
	/* The negations are many: only for who begins to type one. */
	if (starts_with(c->word, "--n") && !starts_with(opt->name, "no-") &&
	    !(opt->flags & OPTION_NO_NEG)) {
		strbuf_reset(&word);
		strbuf_addf(&word, "--no-%s", opt->name);
		complete_word(c, word.buf, word.len, opt->help);
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
			complete_word(c, command_word(*list),
				      strlen(command_word(*list)),
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
			c->nr_words++;
		} else if (!strcmp(word, "--") ||
			   !strcmp(word, "--end-of-options")) {
			c->options_ended = true;
		} else if (word[0] == '-') {
			c->value_of = waiting(c->cmd, word);
		} else if (c->cmd == c->program && c->cmd->subcommands) {
			c->cmd = find_command(c->cmd->subcommands, word);
			if (!c->cmd)
				return;
		} else {
			c->nr_words++;
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

/* Of some commands the synopsis does not say which argument is which. */
static void answer_argument(const struct completion *c)
{
	static const struct {
		const char *command;
		void (*answer)(const struct completion *c);
	} known[] = {
		{ "sparse remove", complete_selected },
		{ "sparse worktree", complete_worktree },
		{ "sparse clone", complete_files },
		{ "squash-last", complete_counts },
	};
	struct strbuf synopsis = STRBUF_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(c->cmd->name, known[i].command))
			continue;
		known[i].answer(c);
		return;
	}
	for (size_t i = 0; i < 8 && c->cmd->synopsis[i]; i++)
		strbuf_addstr(&synopsis, c->cmd->synopsis[i]);
	answer_kind(c, synopsis.buf);
	strbuf_release(&synopsis);
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
	} else {
		answer_argument(c);
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
