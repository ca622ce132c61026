/* SPDX-License-Identifier: MIT */
/* .git/index: any bytes are refused or read to the end, never beyond it. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/strbuf.h"
#include "fuzz/fuzz.h"
#include "pare/index.h"

static int open_bytes(struct pare_index **index, const uint8_t *data,
		      size_t size, const struct hash_algo *algo)
{
	char path[] = "/tmp/pare-fuzz-XXXXXX";
	int fd = mkstemp(path), error;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	close(fd);
	error = pare_index_open(index, path, algo);
	unlink(path);
	return error;
}

static void read_all(struct pare_index *index)
{
	struct pare_index_iter iter;
	struct pare_index_entry entry;
	uint32_t seen = 0;
	size_t len;

	pare_index_iter_init(&iter, index);
	while (pare_index_next(&entry, &iter) > 0)
		seen++;
	pare_index_iter_release(&iter);
	/* What the opening pass believed, reading must bear out. */
	if (seen != pare_index_nr(index))
		abort();
	pare_index_extension(index, "TREE", &len);
	pare_index_verify(index);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct hash_algo *const algo[] = { &hash_sha1, &hash_sha256 };

	for (int i = 0; i < 2; i++) {
		struct pare_index *index = NULL;

		if (!open_bytes(&index, data, size, algo[i]))
			read_all(index);
		pare_index_close(index);
		error_clear();
	}
	return 0;
}
