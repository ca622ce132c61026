/* SPDX-License-Identifier: MIT */
/*
 * Repositories that several users write (core.sharedRepository): what is made
 * in the git directory gets permissions beyond the umask. They are set once,
 * when the configuration is known, for the whole process.
 */
#ifndef PARE_BASE_SHARED_H
#define PARE_BASE_SHARED_H

#include <stdbool.h>

/* The value of core.sharedRepository; NULL or one that git would not take:
 * the umask alone counts. */
void shared_set(const char *value);

bool shared_is_wanted(void);

/* Give a file, or a directory, what it should have: best effort, like git's own
 * adjustment of a lock. */
void shared_adjust(int fd);
void shared_adjust_dir(const char *path);

#endif
