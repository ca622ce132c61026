/* SPDX-License-Identifier: MIT */
/* The usage text, printed from the tables that the parser reads. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "cli/command.h"

enum { HELP_COLUMN = 26 };

static void print_help_text(FILE *out, size_t column, const char *help)
{
	if (column + 1 >= HELP_COLUMN) {
		fputc('\n', out);
		column = 0;
	}
	fprintf(out, "%*s%s\n", (int)(HELP_COLUMN - column), "", help);
}

static const char *negation(const struct option *opt)
{
	return opt->flags & OPTION_NO_NEG || starts_with(opt->name, "no-") ?
		       "" :
		       "[no-]";
}

static void format_argument(struct strbuf *text, const struct option *opt)
{
	const char *arg = opt->arg ? opt->arg : "<value>";

	switch (opt->type) {
	case OPTION_OPTSTRING:
		strbuf_addf(text, opt->name ? "[=%s]" : "[%s]", arg);
		break;
	case OPTION_INT:
	case OPTION_STRING:
	case OPTION_LIST:
		strbuf_addf(text, " %s", arg);
		break;
	case OPTION_CALLBACK:
		if (!(opt->flags & OPTION_NO_ARG))
			strbuf_addf(text, " %s", arg);
		break;
	default:
		break;
	}
}

static void print_option(FILE *out, const struct option *opt)
{
	struct strbuf text = STRBUF_INIT;

	if (opt->flags & OPTION_HIDDEN)
		return;
	if (opt->type == OPTION_GROUP) {
		fprintf(out, "\n%s\n", opt->help);
		return;
	}
	strbuf_addstr(&text, "    ");
	if (opt->letter)
		strbuf_addf(&text, "-%c", opt->letter);
	if (opt->letter && opt->name)
		strbuf_addstr(&text, ", ");
	if (opt->name)
		strbuf_addf(&text, "--%s%s", negation(opt), opt->name);
	format_argument(&text, opt);
	fputs(text.buf, out);
	print_help_text(out, text.len, opt->help);
	strbuf_release(&text);
}

static void print_subcommands(FILE *out, const struct command *cmd)
{
	fputc('\n', out);
	for (size_t i = 0; cmd->subcommands[i]; i++) {
		const struct command *sub = cmd->subcommands[i];
		const char *name = strrchr(sub->name, ' ');

		if (sub->hidden)
			continue;
		fprintf(out, "    %s", name + 1);
		print_help_text(out, 4 + strlen(name + 1), sub->summary);
	}
}

static bool has_options(const struct command *cmd)
{
	return cmd->options && cmd->options[0].type != OPTION_END;
}

void options_print_usage(const struct command *cmd, bool to_stderr)
{
	FILE *out = to_stderr ? stderr : stdout;

	for (size_t i = 0; i < ARRAY_SIZE(cmd->synopsis) && cmd->synopsis[i];
	     i++)
		fprintf(out, "%s git %s\n", i ? "   or:" : "usage:",
			cmd->synopsis[i]);
	if (cmd->subcommands)
		print_subcommands(out, cmd);
	if (has_options(cmd) && cmd->options[0].type != OPTION_GROUP)
		fputc('\n', out);
	for (size_t i = 0; has_options(cmd) &&
			   cmd->options[i].type != OPTION_END; i++)
		print_option(out, &cmd->options[i]);
	fputc('\n', out);
}

int options_usage_error(const struct command *cmd, const char *fmt, ...)
{
	struct strbuf text = STRBUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	command_error("%s", text.buf);
	strbuf_release(&text);
	options_print_usage(cmd, true);
	return EXIT_USAGE;
}

int options_word_error(const struct command *cmd, const char *what,
		       const char *word, const char *const *words)
{
	const char *nearest = nearest_word(word, words);

	command_error("%s: `%s'", what, word);
	if (nearest)
		command_hint("did you mean '%s'?", nearest);
	options_print_usage(cmd, true);
	return EXIT_USAGE;
}
