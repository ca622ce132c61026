/* SPDX-License-Identifier: MIT */
#include "cli/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/quote.h"
#include "base/strbuf.h"
#include "cli/output.h"

/* One line for the terminal: whatever it quotes may come from a repository. */
static void print_line(const char *label, const char *text, size_t len)
{
	struct strbuf line = STRBUF_INIT;

	quote_line(&line, text, len);
	fprintf(stderr, "%s: %s\n", label, line.buf);
	strbuf_release(&line);
}

static void print_hints(const char *text)
{
	while (text && *text) {
		size_t len = strcspn(text, "\n");

		print_line("hint", text, len);
		text += len + (text[len] == '\n');
	}
}

int command_fail(int error)
{
	const char *message = error_message();

	fflush(stdout);
	print_line("fatal", message, strlen(message));
	print_hints(error_hint_text());
	if (error == PARE_EFILES)
		return EXIT_FILES;
	return error == GIT_EMERGECONFLICT ? EXIT_PARTLY : EXIT_FATAL;
}

static void say(const char *label, const char *fmt, va_list ap)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_vaddf(&text, fmt, ap);
	print_line(label, text.buf, text.len);
	strbuf_release(&text);
}

void command_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("error", fmt, ap);
	va_end(ap);
}

void command_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("warning", fmt, ap);
	va_end(ap);
}

void command_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("note", fmt, ap);
	va_end(ap);
}

void command_hint(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("hint", fmt, ap);
	va_end(ap);
}

const char *command_word(const struct command *cmd)
{
	const char *space = strrchr(cmd->name, ' ');

	return space ? space + 1 : cmd->name;
}

static int unknown_subcommand(const struct command *cmd, const char *name)
{
	const char *words[64];
	size_t nr = 0;

	for (size_t i = 0; cmd->subcommands[i]; i++)
		if (!cmd->subcommands[i]->hidden)
			words[nr++] = command_word(cmd->subcommands[i]);
	words[nr] = NULL;
	return options_word_error(cmd, "unknown subcommand", name, words);
}

int command_dispatch(const struct command *cmd, int argc, const char **argv)
{
	struct strvec words = STRVEC_INIT;
	int exit_code;

	if (argc > 1 && argv[1][0] != '-') {
		for (size_t i = 0; cmd->subcommands[i]; i++) {
			const struct command *sub = cmd->subcommands[i];

			if (!strcmp(argv[1], command_word(sub)))
				return sub->run(sub, argc - 1, argv + 1);
		}
		return unknown_subcommand(cmd, argv[1]);
	}
	if (options_parse(&exit_code, &words, cmd, argc, argv,
			  OPTIONS_STOP_AT_WORD) == OPTIONS_OK)
		exit_code = options_usage_error(cmd, "need a subcommand");
	strvec_clear(&words);
	return exit_code;
}

/* 0, or the exit code. */
static int count_words(const struct command *cmd, const struct strvec *words)
{
	if (words->nr < cmd->words.min)
		return options_usage_error(cmd, "%s", cmd->words.missing);
	if (words->nr > cmd->words.max)
		return options_usage_error(cmd, "too many arguments");
	return 0;
}

static int open_and_run(const struct command *cmd, struct command_call *call)
{
	bool can_do_without = cmd->needs & COMMAND_WORD_OR_REPO &&
			      call->words.nr;
	int error = pare_repo_open(&call->repo,
				   cmd->needs & COMMAND_WORKTREE ?
					   PARE_REPO_NEED_WORKTREE : 0);

	output_setup(call->repo);
	return error < 0 && !can_do_without ? command_fail(error) :
					      cmd->in_repo(call);
}

int command_run_in_repo(const struct command *cmd, int argc, const char **argv)
{
	struct command_call call = { .words = STRVEC_INIT };
	int exit_code;

	if (options_parse(&exit_code, &call.words, cmd, argc, argv, 0) ==
	    OPTIONS_OK) {
		exit_code = count_words(cmd, &call.words);
		if (!exit_code)
			exit_code = open_and_run(cmd, &call);
	}
	strvec_clear(&call.words);
	pare_repo_free(call.repo);
	return exit_code;
}
