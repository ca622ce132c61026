/* SPDX-License-Identifier: MIT */
/* The hooks that run `git sparse sync`. */
#ifndef PARE_CLI_SYNC_HOOK_H
#define PARE_CLI_SYNC_HOOK_H

#include "cli/sparse_change.h"

/* `git sparse sync --install-hook`, `--uninstall-hook`; sc is open. Tells;
 * returns 0 or an error. */
int sync_hook_install(struct sparse_change *sc, bool shared);
int sync_hook_uninstall(struct sparse_change *sc);

/*
 * Run as the hook `name` with sc->args: is there any reason to look? Not for
 * `git checkout -- file`, not in the middle of a rebase.
 */
bool sync_hook_is_needed(const struct sparse_change *sc, const char *name);

#endif
