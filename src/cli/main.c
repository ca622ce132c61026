/* SPDX-License-Identifier: MIT */
/*
 * git-pare, and under other names git-sparse, git-squash-last, git-reword.
 *
 * The rooms, from here down; each has its door in include/pare/<room>.h:
 *
 *   cli/       parse arguments, call the engine, print: cmd_*.c, one a command
 *   sparse/    which directories are in the work tree, and changing that
 *   history/   folding, rewording and replaying commits in memory
 *   profile/   named sets of directories (.gitpare) and what is active here
 *   checkout/  making the work tree so, without following links
 *   index/     .git/index: a mapped reader, edits, one streaming writer
 *   repo/      where things are, configuration, objects, refs, hooks
 *   base/      errors, strings, locks, processes: knows no git
 *
 * An arrow goes down, never up or sideways: sparse, history and profile do
 * not know each other, index and repo neither. `make lint` holds that.
 */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/path.h"
#include "cli/command_list.h"
#include "cli/output.h"

static int run_pare(const struct command *cmd, int argc, const char **argv);

static const struct command cmd_pare = {
	.name = "pare",
	.summary = "sparse checkouts and squashed history",
	.synopsis = { "pare <command> [<options>]",
		      "pare --version" },
	.run = run_pare,
};

static const struct command *find_program(const char *name)
{
	for (size_t i = 0; programs[i]; i++)
		if (!strcmp(programs[i]->name, name))
			return programs[i];
	return NULL;
}

static void print_programs(FILE *out)
{
	fputs("usage: git pare <command> [<options>]\n"
	      "   or: git pare --version\n\n",
	      out);
	for (size_t i = 0; programs[i]; i++)
		if (!programs[i]->hidden)
			fprintf(out, "    %-22s%s\n", programs[i]->name,
				programs[i]->summary);
	fputs("\nEach is a git command of its own: git sparse add <dir>\n",
	      out);
}

static int unknown_program(const char *name)
{
	const char *words[16], *nearest;
	size_t nr = 0;

	for (size_t i = 0; programs[i]; i++)
		if (!programs[i]->hidden)
			words[nr++] = programs[i]->name;
	words[nr] = NULL;
	nearest = nearest_word(name, words);
	command_error("unknown command: `%s'", name);
	if (nearest)
		command_hint("did you mean '%s'?", nearest);
	print_programs(stderr);
	return EXIT_USAGE;
}

static int run_pare(const struct command *cmd, int argc, const char **argv)
{
	const struct command *program;

	if (argc > 1 && !strcmp(argv[1], "--version")) {
		puts("pare version " PARE_VERSION);
		return EXIT_DONE;
	}
	if (argc > 1 && argv[1][0] != '-') {
		program = find_program(argv[1]);
		return program ? program->run(program, argc - 1, argv + 1) :
				 unknown_program(argv[1]);
	}
	if (argc > 1) {
		struct strvec words = STRVEC_INIT;
		int exit_code;

		if (!strcmp(argv[1], "-h")) {
			print_programs(stdout);
			return EXIT_DONE;
		}
		if (options_parse(&exit_code, &words, cmd, argc, argv,
				  OPTIONS_STOP_AT_WORD) == OPTIONS_EXIT) {
			strvec_clear(&words);
			return exit_code;
		}
		strvec_clear(&words);
	}
	print_programs(stderr);
	return EXIT_USAGE;
}

/* "git-sparse" of whatever path we were started by. */
static const struct command *program_of(const char *path)
{
	const char *name = strrchr(path, '/');
	const struct command *program = NULL;

	name = name ? name + 1 : path;
	if (skip_prefix(name, "git-", &name))
		program = find_program(name);
	return program ? program : &cmd_pare;
}

int main(int argc, const char **argv)
{
	const struct command *program;

	if (!argc)
		return EXIT_USAGE;
	alloc_keep_freed();
	program = program_of(argv[0]);
	return output_finish(program->run(program, argc, argv));
}
