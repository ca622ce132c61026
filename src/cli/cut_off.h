/* SPDX-License-Identifier: MIT */
/*
 * Git says that a directory is there already: it may be by one who was
 * killed while he made it. A hint says then how to go on.
 */
#ifndef PARE_CLI_CUT_OFF_H
#define PARE_CLI_CUT_OFF_H

/* In the way of `git sparse clone`. */
void cut_off_hint_clone(const char *dir);
/* In the way of `git sparse worktree add`. */
void cut_off_hint_worktree(const char *dir);

#endif
