/* SPDX-License-Identifier: MIT */
/* The directory that `git clone <url>` makes when none is named. */
#ifndef PARE_CLI_CLONE_NAME_H
#define PARE_CLI_CLONE_NAME_H

/*
 * `dir` if that is given; else as git takes it from the last part of the url,
 * NULL when there is none. free(3) it.
 */
char *clone_name(const char *url, const char *dir);

#endif
