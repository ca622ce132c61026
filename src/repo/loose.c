/* SPDX-License-Identifier: MIT */
#include "repo/loose.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/fs.h"

enum { PIECE_BYTES = 16 * 1024 };

static char *loose_path(const char *dir, const struct oid *oid,
			const struct hash_algo *algo)
{
	char hex[HASH_MAX_HEX + 1];

	oid_hex_r(hex, oid, algo);
	return xstrfmt("%s/%.2s/%s", dir, hex, hex + 2);
}

bool loose_exists(const char *dir, const struct oid *oid,
		  const struct hash_algo *algo)
{
	char *path = loose_path(dir, oid, algo);
	bool found = fs_exists(path);

	free(path);
	return found;
}

/* What comes out is of no interest. */
static int inflate_piece(z_stream *z)
{
	unsigned char out[PIECE_BYTES];
	int rc;

	do {
		z->next_out = out;
		z->avail_out = sizeof(out);
		rc = inflate(z, Z_NO_FLUSH);
	} while (rc == Z_OK && (z->avail_in || !z->avail_out));
	return rc == Z_BUF_ERROR ? Z_OK : rc;
}

static bool ends_early(int fd)
{
	unsigned char in[PIECE_BYTES];
	z_stream z = { .next_in = in };
	ssize_t got = 0;
	int rc = inflateInit(&z);

	if (rc != Z_OK)
		return false;
	while (rc == Z_OK && (got = read(fd, in, sizeof(in))) > 0) {
		z.next_in = in;
		z.avail_in = (unsigned)got;
		rc = inflate_piece(&z);
	}
	inflateEnd(&z);
	return rc == Z_OK && !got;
}

bool loose_is_cut(const char *dir, const struct oid *oid,
		  const struct hash_algo *algo, size_t max_bytes)
{
	char *path = loose_path(dir, oid, algo);
	int fd = fs_open(path, O_RDONLY | O_CLOEXEC, 0);
	struct stat st;
	bool is_cut;

	free(path);
	if (fd < 0)
		return false;
	is_cut = !fstat(fd, &st) && (uint64_t)st.st_size <= max_bytes &&
		 ends_early(fd);
	close(fd);
	return is_cut;
}
