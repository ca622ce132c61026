/* SPDX-License-Identifier: MIT */
/*
 * Profiles in a change of the selection, between the arguments and the
 * request: what is active, what is asked for, what that makes together.
 *
 *	sparse_selection_begin(&sc)    lock, decide, rewrite sc.req
 *	sparse_selection_change(&sc)
 *	sparse_selection_finish(&sc)   write down what is active now
 */
#ifndef PARE_CLI_SPARSE_SELECTION_H
#define PARE_CLI_SPARSE_SELECTION_H

#include "cli/sparse_change.h"

/*
 * Where no profile is active or named the request stays as it is: then git's
 * files are all there is.
 */
int sparse_selection_begin(struct sparse_change *sc);

/* pare_sparse_change, with what will be noted announced. */
int sparse_selection_change(struct sparse_change *sc);

/* Before a first checkout, which is finished by who knows only our files. */
int sparse_selection_note(struct sparse_change *sc);

/* After a change that worked; nothing with --dry-run. */
int sparse_selection_finish(struct sparse_change *sc);

void sparse_selection_release(struct sparse_change *sc);

/* Lock and read the selection, note it for the undo record. */
int sparse_selection_lock(struct sparse_change *sc);

/* Make sc->req ask for sc->selection. */
int sparse_selection_request(struct sparse_change *sc);

/* The settings of the layers, where neither options nor git's say it. */
void sparse_selection_settings(struct sparse_change *sc);

/* Does it say anything else than when it was locked? */
bool sparse_selection_is_other(const struct sparse_change *sc);

/* What git has now to sc->selection (see pare_selection_meet). */
int sparse_selection_meet(struct sparse_change *sc);

#endif
