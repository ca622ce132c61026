/* SPDX-License-Identifier: MIT */
#include "cli/options.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/run.h"
#include "base/strbuf.h"
#include "cli/command.h"

enum { NAME_MAX_BYTES = 128 };

struct parser {
	const struct command *cmd;
	int argc, at;
	const char **argv;
	int exit_code;
};

bool option_takes_argument(const struct option *opt)
{
	switch (opt->type) {
	case OPTION_INT:
	case OPTION_STRING:
	case OPTION_OPTSTRING:
	case OPTION_LIST:
		return true;
	case OPTION_CALLBACK:
		return !(opt->flags & OPTION_NO_ARG);
	default:
		return false;
	}
}

static bool is_option(const struct option *opt)
{
	return opt->type != OPTION_GROUP;
}

static const struct option *each(const struct command *cmd, size_t i)
{
	static const struct option none = OPT_END;

	return cmd->options ? &cmd->options[i] : &none;
}

/* `--no-x` of an option named `x`, and `--x` of one named `no-x`. */
static bool negates(const struct option *opt, const char *name, size_t len)
{
	const char *rest;

	if (opt->flags & OPTION_NO_NEG)
		return false;
	if (skip_prefix(opt->name, "no-", &rest))
		return strlen(rest) == len && !strncmp(rest, name, len);
	return len > 3 && !strncmp(name, "no-", 3) &&
	       strlen(opt->name) == len - 3 &&
	       !strncmp(opt->name, name + 3, len - 3);
}

static bool is_prefix(const struct option *opt, const char *name, size_t len,
		      bool *unset)
{
	*unset = false;
	if (!strncmp(opt->name, name, len))
		return true;
	*unset = true;
	return !(opt->flags & OPTION_NO_NEG) && len > 3 &&
	       !strncmp(name, "no-", 3) &&
	       !strncmp(opt->name, name + 3, len - 3);
}

static int say_error(struct parser *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static int say_error(struct parser *p, const char *fmt, ...)
{
	struct strbuf text = STRBUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	command_error("%s", text.buf);
	strbuf_release(&text);
	p->exit_code = EXIT_USAGE;
	return -1;
}

/* It may be one of git's, which are passed on. */
static void end_unknown(const struct command *cmd, const char *nearest)
{
	if (nearest)
		command_hint("did you mean '--%s'?", nearest);
	else if (cmd->passes_to)
		command_hint("options of `%s` go to the end, behind `--`",
			     cmd->passes_to);
	options_print_usage(cmd, true);
}

static int unknown_option(struct parser *p, const char *name, size_t len)
{
	const char *words[256], *nearest;
	char given[NAME_MAX_BYTES];
	size_t nr = 0;

	snprintf(given, sizeof(given), "%.*s", (int)len, name);
	for (size_t i = 0; each(p->cmd, i)->type != OPTION_END; i++) {
		const struct option *opt = each(p->cmd, i);

		if (is_option(opt) && opt->name &&
		    !(opt->flags & OPTION_HIDDEN) && nr + 1 < 256)
			words[nr++] = opt->name;
	}
	words[nr] = NULL;
	nearest = nearest_word(given, words);
	say_error(p, "unknown option `%s'", given);
	end_unknown(p->cmd, nearest);
	return -1;
}

static const struct option *find_long(struct parser *p, const char *name,
				      size_t len, bool *unset)
{
	const struct option *found = NULL;
	bool found_unset = false;

	for (size_t i = 0; each(p->cmd, i)->type != OPTION_END; i++) {
		const struct option *opt = each(p->cmd, i);
		bool opt_unset;

		if (!is_option(opt) || !opt->name)
			continue;
		if (strlen(opt->name) == len &&
		    !strncmp(opt->name, name, len)) {
			*unset = false;
			return opt;
		}
		if (negates(opt, name, len)) {
			*unset = true;
			return opt;
		}
		if (!is_prefix(opt, name, len, &opt_unset) ||
		    (opt->flags & OPTION_HIDDEN))
			continue;
		if (found) {
			say_error(p, "ambiguous option: %.*s (could be "
				     "--%s%s or --%s%s)",
				  (int)len, name, found_unset ? "no-" : "",
				  found->name, opt_unset ? "no-" : "",
				  opt->name);
			return NULL;
		}
		found = opt;
		found_unset = opt_unset;
	}
	*unset = found_unset;
	if (!found)
		unknown_option(p, name, len);
	return found;
}

static int parse_number(struct parser *p, const struct option *opt,
			const char *arg)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(arg, &end, 10);
	if (errno || end == arg || *end || value < INT_MIN || value > INT_MAX)
		return say_error(p, "option `%s' expects a numerical value",
				 opt->name);
	*(int *)opt->value = (int)value;
	return 0;
}

static int set_value(struct parser *p, const struct option *opt,
		     const char *arg, bool unset)
{
	switch (opt->type) {
	case OPTION_BOOL:
		*(bool *)opt->value = !unset;
		return 0;
	case OPTION_TRISTATE:
		*(int *)opt->value = !unset;
		return 0;
	case OPTION_COUNT:
		*(int *)opt->value = unset ? 0 : *(int *)opt->value + 1;
		return 0;
	case OPTION_INT:
		if (unset)
			*(int *)opt->value = 0;
		return unset ? 0 : parse_number(p, opt, arg);
	case OPTION_STRING:
	case OPTION_OPTSTRING:
		*(const char **)opt->value = unset ? NULL : arg ? arg : "";
		return 0;
	case OPTION_LIST:
		if (unset)
			strvec_clear(opt->value);
		else
			strvec_push(opt->value, arg);
		return 0;
	case OPTION_CALLBACK:
		if (opt->callback(opt, arg, unset) < 0) {
			p->exit_code = EXIT_USAGE;
			return -1;
		}
		return 0;
	default:
		return 0;
	}
}

/* `name` begins behind the two dashes. */
static int parse_long(struct parser *p, const char *name)
{
	size_t len = strcspn(name, "=");
	const char *arg = name[len] ? name + len + 1 : NULL;
	const struct option *opt;
	bool unset;

	opt = find_long(p, name, len, &unset);
	if (!opt)
		return -1;
	if (arg && (unset || !option_takes_argument(opt)))
		return say_error(p, "option `%s%s' takes no value",
				 unset ? "no-" : "", opt->name);
	if (!unset && !arg && option_takes_argument(opt) &&
	    opt->type != OPTION_OPTSTRING) {
		if (p->at + 1 >= p->argc)
			return say_error(p, "option `%s' requires a value",
					 opt->name);
		arg = p->argv[++p->at];
	}
	return set_value(p, opt, arg, unset);
}

static const struct option *find_letter(const struct command *cmd, char letter)
{
	for (size_t i = 0; each(cmd, i)->type != OPTION_END; i++)
		if (is_option(each(cmd, i)) && each(cmd, i)->letter == letter)
			return each(cmd, i);
	return NULL;
}

static int parse_letters(struct parser *p, const char *letters)
{
	while (*letters) {
		const struct option *opt = find_letter(p->cmd, *letters);
		const char *arg = NULL;

		if (!opt) {
			say_error(p, "unknown switch `%c'", *letters);
			end_unknown(p->cmd, NULL);
			return -1;
		}
		letters++;
		if (option_takes_argument(opt)) {
			if (*letters)
				arg = letters;
			else if (opt->type != OPTION_OPTSTRING) {
				if (p->at + 1 >= p->argc)
					return say_error(
						p,
						"switch `%c' requires a value",
						opt->letter);
				arg = p->argv[++p->at];
			}
			letters = "";
		}
		if (set_value(p, opt, arg, false) < 0)
			return -1;
	}
	return 0;
}

static void print_completions(const struct command *cmd)
{
	for (size_t i = 0; cmd->subcommands && cmd->subcommands[i]; i++)
		if (!cmd->subcommands[i]->hidden)
			printf("%s ", strrchr(cmd->subcommands[i]->name, ' ') +
					      1);
	for (int negated = 0; negated < 2; negated++) {
		if (negated)
			fputs("-- ", stdout);
		for (size_t i = 0; each(cmd, i)->type != OPTION_END; i++) {
			const struct option *opt = each(cmd, i);

			if (!is_option(opt) || !opt->name ||
			    (opt->flags & OPTION_HIDDEN) ||
			    (negated && ((opt->flags & OPTION_NO_NEG) ||
					 starts_with(opt->name, "no-"))))
				continue;
			printf("--%s%s%s ", negated ? "no-" : "", opt->name,
			       !negated && option_takes_argument(opt) &&
					       opt->type != OPTION_OPTSTRING ?
				       "=" :
				       "");
		}
	}
	putchar('\n');
}

/* The manual page of the program the command belongs to. */
static int show_manual(const struct command *cmd)
{
	struct run run = RUN_INIT;
	size_t len = strcspn(cmd->name, " ");
	int result;

	strvec_push(&run.args, "help");
	strvec_pushn(&run.args, cmd->name, len);
	run.inherit_in = true;
	result = run_git(&run);
	return result < 0 ? EXIT_FATAL : result;
}

/* 1: the word was one of the options every command has. */
static int parse_common(struct parser *p, const char *word)
{
	if (!strcmp(word, "-h")) {
		options_print_usage(p->cmd, false);
		p->exit_code = EXIT_DONE;
	} else if (!strcmp(word, "--help")) {
		fflush(stdout);
		p->exit_code = show_manual(p->cmd);
	} else if (!strcmp(word, "--git-completion-helper")) {
		print_completions(p->cmd);
		p->exit_code = EXIT_DONE;
	} else {
		return 0;
	}
	return 1;
}

static bool is_number(const char *word)
{
	return word[0] == '-' && word[1] &&
	       strspn(word + 1, "0123456789") == strlen(word + 1);
}

/* What became of one word. */
enum word { WORD_OPTION, WORD_PLAIN, WORD_END, WORD_EXIT };

static enum word parse_word(struct parser *p, const char *word, unsigned flags)
{
	if (word[0] != '-' || !word[1])
		return WORD_PLAIN;
	if (!strcmp(word, "--") || !strcmp(word, "--end-of-options"))
		return WORD_END;
	if ((flags & OPTIONS_NUMBERS) && is_number(word))
		return WORD_PLAIN;
	if (parse_common(p, word))
		return WORD_EXIT;
	if ((word[1] == '-' ? parse_long(p, word + 2) :
			      parse_letters(p, word + 1)) < 0)
		return WORD_EXIT;
	return WORD_OPTION;
}

enum options_result options_parse(int *exit_code, struct strvec *args,
				  const struct command *cmd, int argc,
				  const char **argv, unsigned flags)
{
	struct parser p = { .cmd = cmd, .argc = argc, .argv = argv };

	for (p.at = 1; p.at < argc; p.at++) {
		const char *word = argv[p.at];
		enum word kind = parse_word(&p, word, flags);

		if (kind == WORD_EXIT) {
			*exit_code = p.exit_code;
			return OPTIONS_EXIT;
		}
		if (kind == WORD_OPTION)
			continue;
		if (kind == WORD_END) {
			if (!(flags & OPTIONS_KEEP_DASHDASH) ||
			    strcmp(word, "--"))
				p.at++;
			break;
		}
		if (flags & OPTIONS_STOP_AT_WORD)
			break;
		strvec_push(args, word);
	}
	for (; p.at < argc; p.at++)
		strvec_push(args, argv[p.at]);
	return OPTIONS_OK;
}
