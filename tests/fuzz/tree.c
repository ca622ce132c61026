/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include <stdlib.h>

#include "repo/tree.h"

/* A tree that is read whole is, entry by entry, the bytes it was. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tree_entry entry;
	struct tree_iter iter;
	size_t read = 0;
	int result;

	tree_iter_init(&iter, data, size, &hash_sha1);
	while ((result = tree_iter_next(&entry, &iter)) > 0) {
		read += entry.raw_len;
		if (!entry.name_len || entry.name[entry.name_len])
			abort();
	}
	if (!result && read != size)
		abort();
	return 0;
}
