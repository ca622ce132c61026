/* SPDX-License-Identifier: MIT */
#ifndef PARE_CLI_EDITOR_H
#define PARE_CLI_EDITOR_H

/* Open `path` in the editor git would choose (`git var GIT_EDITOR`). */
int editor_open(const char *path, void *unused);

#endif
