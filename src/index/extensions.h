/* SPDX-License-Identifier: MIT */
/* What follows the entries: carried over where the edits leave it true. */
#ifndef PARE_INDEX_EXTENSIONS_H
#define PARE_INDEX_EXTENSIONS_H

#include "index/edit.h"
#include "index/out.h"

/* By the rules of index_write in edit.h; `index` may be NULL. */
void index_write_extensions(struct index_out *out,
			    const struct pare_index *index,
			    const struct index_edits *edits,
			    const struct hash_algo *algo,
			    const struct index_write_options *opts);

#endif
