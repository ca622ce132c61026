/* SPDX-License-Identifier: MIT */
#include "repo/loose.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/strvec.h"

enum {
	PIECE_BYTES = 16 * 1024,
	ALTERNATES_BYTES_MAX = 1 << 20,
	ALTERNATES_DEPTH = 5,
};

static bool has_dir(const struct loose *loose, const char *path)
{
	for (size_t i = 0; i < loose->nr; i++)
		if (!strcmp(loose->dir[i].path, path))
			return true;
	return false;
}

static void add_dirs(struct loose *loose, const char *dir, int depth)
{
	struct strvec line = STRVEC_INIT;
	struct strbuf text = STRBUF_INIT;
	char *file = xstrfmt("%s/info/alternates", dir);

	ALLOC_GROW(loose->dir, loose->nr + 1, loose->alloc);
	loose->dir[loose->nr++] = (struct loose_dir){ .path = xstrdup(dir) };
	if (depth < ALTERNATES_DEPTH &&
	    !strbuf_read_file(&text, file, ALTERNATES_BYTES_MAX))
		strvec_split_lines(&line, text.buf);
	error_clear();
	for (size_t i = 0; i < line.nr; i++) {
		const char *name = line.v[i];
		char *path = *name == '/' ? xstrdup(name) :
					    xstrfmt("%s/%s", dir, name);

		if (*name && *name != '#' && !has_dir(loose, path))
			add_dirs(loose, path, depth + 1);
		free(path);
	}
	free(file);
	strbuf_release(&text);
	strvec_clear(&line);
}

void loose_add(struct loose *loose, const char *dir)
{
	add_dirs(loose, dir, 0);
}

void loose_release(struct loose *loose)
{
	for (size_t i = 0; i < loose->nr; i++)
		free(loose->dir[i].path);
	free(loose->dir);
	*loose = (struct loose){ .dir = NULL };
}

static void look_at(struct loose_dir *dir)
{
	DIR *d = opendir(dir->path);
	struct dirent *de;
	unsigned number;
	int end;

	while (d && (de = readdir(d)))
		if (strlen(de->d_name) == 2 &&
		    sscanf(de->d_name, "%2x%n", &number, &end) == 1 && end == 2)
			dir->there[number / 8] |= (uint8_t)(1 << number % 8);
	if (d)
		closedir(d);
	dir->was_looked_at = true;
}

/* Its file, open, in the first directory that has it; or -1. */
static int open_loose(struct loose *loose, const struct oid *oid,
		      const struct hash_algo *algo)
{
	unsigned number = oid->hash[0];
	char hex[HASH_MAX_HEX + 1], *path;
	int fd = -1;

	for (size_t i = 0; i < loose->nr && fd < 0; i++) {
		struct loose_dir *dir = &loose->dir[i];

		if (!dir->was_looked_at)
			look_at(dir);
		if (!(dir->there[number / 8] & 1 << number % 8))
			continue;
		oid_hex_r(hex, oid, algo);
		path = xstrfmt("%s/%.2s/%s", dir->path, hex, hex + 2);
		fd = fs_open(path, O_RDONLY | O_CLOEXEC, 0);
		free(path);
	}
	return fd;
}

bool loose_exists(struct loose *loose, const struct oid *oid,
		  const struct hash_algo *algo)
{
	int fd = open_loose(loose, oid, algo);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
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

static ssize_t read_piece(int fd, unsigned char *in)
{
	ssize_t got;

	do {
		got = read(fd, in, PIECE_BYTES);
	} while (got < 0 && errno == EINTR);
	return got;
}

static bool ends_early(int fd)
{
	unsigned char in[PIECE_BYTES];
	z_stream z = { .next_in = in };
	ssize_t got = 0;
	int rc = inflateInit(&z);

	if (rc != Z_OK)
		return false;
	while (rc == Z_OK && (got = read_piece(fd, in)) > 0) {
		z.next_in = in;
		z.avail_in = (unsigned)got;
		rc = inflate_piece(&z);
	}
	inflateEnd(&z);
	return rc == Z_OK && !got;
}

bool loose_is_cut(struct loose *loose, const struct oid *oid,
		  const struct hash_algo *algo, size_t max_bytes)
{
	struct stat st;
	bool is_cut = false;
	int fd = oid_equal(oid, &loose->whole) ?
			 -1 : open_loose(loose, oid, algo);

	if (fd < 0)
		return false;
	if (!fstat(fd, &st) && (uint64_t)st.st_size <= max_bytes) {
		is_cut = ends_early(fd);
		if (!is_cut)
			loose->whole = *oid;
	}
	close(fd);
	return is_cut;
}
