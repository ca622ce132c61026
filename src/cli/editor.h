/* SPDX-License-Identifier: MIT */
#ifndef PARE_CLI_EDITOR_H
#define PARE_CLI_EDITOR_H

#include "pare/repo.h"

/* Open `path` in the editor git would choose (`git var GIT_EDITOR`). */
int editor_open(const char *path, void *unused);

/*
 * Open a plan: GIT_SEQUENCE_EDITOR, sequence.editor, else the editor for
 * messages.
 */
int sequence_editor_open(const char *path, struct pare_repo *repo);

#endif
