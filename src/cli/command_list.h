/* SPDX-License-Identifier: MIT */
/* All commands: dispatch, help, completion and the manual check read this. */
#ifndef PARE_CLI_COMMAND_LIST_H
#define PARE_CLI_COMMAND_LIST_H

#include "cli/command.h"

/* The programs, each also a link git-<name>; NULL-terminated. */
extern const struct command *const programs[];

extern const struct command cmd_complete;
extern const struct command cmd_reword;
extern const struct command cmd_sparse;
extern const struct command cmd_sparse_add;
extern const struct command cmd_sparse_check_rules;
extern const struct command cmd_sparse_clean;
extern const struct command cmd_sparse_clone;
extern const struct command cmd_sparse_disable;
extern const struct command cmd_sparse_doctor;
extern const struct command cmd_sparse_edit;
extern const struct command cmd_sparse_init;
extern const struct command cmd_sparse_lint;
extern const struct command cmd_sparse_list;
extern const struct command cmd_sparse_profiles;
extern const struct command cmd_sparse_reapply;
extern const struct command cmd_sparse_remove;
extern const struct command cmd_sparse_save;
extern const struct command cmd_sparse_set;
extern const struct command cmd_sparse_show;
extern const struct command cmd_sparse_status;
extern const struct command cmd_sparse_sync;
extern const struct command cmd_sparse_undo;
extern const struct command cmd_sparse_why;
extern const struct command cmd_sparse_worktree;
extern const struct command cmd_squash_last;

#endif
