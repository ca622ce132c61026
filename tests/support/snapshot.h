/* SPDX-License-Identifier: MIT */
/*
 * What a command may change, as text, read without a process: those are most
 * of what a test costs.
 */
#ifndef PARE_TESTS_SNAPSHOT_H
#define PARE_TESTS_SNAPSHOT_H

#include "base/strbuf.h"

/*
 * The files below `root`, sorted: kind, mode, path, link target, size and
 * content (its SHA-1). Nothing in a `.git`, at the root or below.
 */
void snapshot_files(struct strbuf *out, const char *root);

/*
 * Of the repository whose work tree is `root`: pattern file, configuration,
 * HEAD, refs. Stat data and object storage are no part of it.
 */
void snapshot_git_dir(struct strbuf *out, const char *root);

#endif
