/* SPDX-License-Identifier: MIT */
/* What can stand for the last word of a line, by its kind; printed. */
#ifndef PARE_CLI_COMPLETE_H
#define PARE_CLI_COMPLETE_H

#include "cli/command.h"

struct completion {
	const struct command *program, *cmd;
	const struct option *value_of; /* its argument is asked for */
	const char *before; /* goes in front of each answer: "--profile=" */
	const char *word;   /* what is typed of the answer */
	bool options_ended;
	int nr_words;       /* that are no options, behind the command's name */
};

/* One answer, if it begins with what is typed; `description` may be NULL. */
void complete_word(const struct completion *c, const char *word, size_t len,
		   const char *description);

/* Directories (and with `files` files) of HEAD below what is typed. */
void complete_tree(const struct completion *c, bool files);
/* What `git sparse remove` can take out. */
void complete_selected(const struct completion *c);
/* How many commits to fold, with the subject of the oldest. */
void complete_counts(const struct completion *c);
/* Branches, tags, and commits from HEAD on. */
void complete_revs(const struct completion *c);
/* Files of the file system, which the shell knows. */
void complete_files(const struct completion *c);
/* `add <path> [<branch>]` */
void complete_worktree(const struct completion *c);
/* Those on offer with their titles; of `remove` the active ones. */
void complete_profiles(const struct completion *c);

#endif
