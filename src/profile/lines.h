/* SPDX-License-Identifier: MIT */
/* Directories as the pattern lines that mean them, and back. */
#ifndef PARE_PROFILE_LINES_H
#define PARE_PROFILE_LINES_H

#include <stdbool.h>

#include "base/strvec.h"

/* Append "<before>/<dir>/" for each, escaped. */
void lines_of_dirs(struct strvec *lines, const struct strvec *dirs,
		   const char *before);

/*
 * The directories that the lines mean, besides the two for the files of the
 * root. False, with nothing appended, when a line means anything else.
 */
bool dirs_of_lines(struct strvec *dirs, const struct strvec *lines);

#endif
