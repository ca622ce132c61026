/* SPDX-License-Identifier: MIT */
/* Opening an index: map it, have its entries checked, find the extensions. */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/quote.h"
#include "index/map.h"
#include "index/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool all_zero(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i])
			return false;
	return true;
}

static int read_header(struct pare_index *index)
{
	size_t least = 40 + index->algo->raw_size + 2 + 2;

	if (index->len < INDEX_HEADER_SIZE + index->algo->raw_size)
		return error_set(GIT_EINVALID,
				 "index is corrupt: file is too short");
	if (memcmp(index->data, "DIRC", 4))
		return error_set(GIT_EINVALID,
				 "index is corrupt: bad signature");
	index->version = get_be32(index->data + 4);
	index->nr = get_be32(index->data + 8);
	index->trailer = index->len - index->algo->raw_size;
	if (index->version < 2 || index->version > 4)
		return error_set(PARE_EHANDOVER, "index version %u",
				 (unsigned)index->version);
	if (index->nr > (index->trailer - INDEX_HEADER_SIZE) / least)
		return error_set(GIT_EINVALID,
				 "index is corrupt: too short for %u entries",
				 (unsigned)index->nr);
	return 0;
}

/* A lower-case signature: who does not know it must not touch the index. */
static int refuse_extension(const uint8_t *p)
{
	char name[5] = { 0 };

	if (!memcmp(p, "link", 4))
		return error_set(PARE_EHANDOVER, "the index is split");
	memcpy(name, p, 4);
	return error_set(PARE_EHANDOVER, "the index uses the extension '%s'",
			 quoted(name));
}

static int read_extensions(struct pare_index *index)
{
	size_t at = index->entries_end;

	while (at < index->trailer) {
		const uint8_t *p = index->data + at;
		size_t left = index->trailer - at;

		if (left < 8 || get_be32(p + 4) > left - 8)
			return error_set(GIT_EINVALID,
					 "index is corrupt: an extension "
					 "overruns the file");
		if (!memcmp(p, "sdir", 4))
			index->sparse = true;
		else if (p[0] < 'A' || p[0] > 'Z')
			return refuse_extension(p);
		at += 8 + get_be32(p + 4);
	}
	if (index->facts.nr_sparse_dirs && !index->sparse)
		return error_set(GIT_EINVALID, "index is corrupt: sparse "
				 "directories without the 'sdir' extension");
	return 0;
}

static int index_read(struct pare_index *index)
{
	bool nameless = false;
	int error;

	if ((error = read_header(index)) < 0 ||
	    (error = index_scan(&nameless, index)) < 0 ||
	    (error = read_extensions(index)) < 0)
		return error;
	if (nameless)
		return error_set(GIT_EINVALID,
				 "index is corrupt: an entry has no name");
	return 0;
}

/* The index is the caller's, data and all, only when this succeeds. */
static int open_bytes(struct pare_index **out, const void *data, size_t len,
		      const struct hash_algo *algo, struct timespec mtime,
		      int fd)
{
	struct pare_index *index = xcalloc(1, sizeof(*index));
	int error;

	index->algo = algo;
	index->data = data;
	index->len = len;
	index->mapped = fd >= 0;
	index->fd = fd;
	index->mtime_s = (uint32_t)mtime.tv_sec;
	index->mtime_ns = (uint32_t)mtime.tv_nsec;
	error = index_read(index);
	if (error < 0) {
		index->mapped = false;
		pare_index_close(index);
		index = NULL;
	}
	*out = index;
	return error;
}

int index_open_mem(struct pare_index **out, const void *data, size_t len,
		   const struct hash_algo *algo, uint32_t mtime_s,
		   uint32_t mtime_ns)
{
	const struct timespec mtime = { .tv_sec = mtime_s,
					.tv_nsec = mtime_ns };

	return open_bytes(out, data, len, algo, mtime, -1);
}

int pare_index_open(struct pare_index **out, const char *path,
		    const struct hash_algo *algo)
{
	struct stat st;
	void *map = NULL;
	int fd, error;

	*out = NULL;
	fd = fs_open(path, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return error_errno("unable to open '%s'", path);
	if (fstat(fd, &st) < 0) {
		error = error_errno("unable to stat '%s'", path);
		goto done;
	}
	if (!S_ISREG(st.st_mode) || st.st_size <= 0) {
		error = error_set(GIT_EINVALID,
				  "index is corrupt: file is too short");
		goto done;
	}
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED) {
		map = NULL;
		error = error_errno("unable to map '%s'", path);
		goto done;
	}
	madvise(map, (size_t)st.st_size, MADV_WILLNEED);
	error = open_bytes(out, map, (size_t)st.st_size, algo, st.st_mtim, fd);
done:
	if (error < 0 && map)
		munmap(map, (size_t)st.st_size);
	if (error < 0)
		close(fd);
	return error;
}

void pare_index_close(struct pare_index *index)
{
	if (!index)
		return;
	if (index->mapped) {
		munmap((void *)index->data, index->len);
		close(index->fd);
	}
	if (index->owned.buf)
		strbuf_release(&index->owned);
	arena_release(&index->names);
	free(index->mark);
	free(index->racy);
	free(index);
}

int pare_index_verify(const struct pare_index *index)
{
	const uint8_t *trailer = index->data + index->trailer;
	uint8_t sum[HASH_MAX_SIZE];
	struct hash_ctx ctx;

	if (all_zero(trailer, index->algo->raw_size))
		return 0;
	hash_init(&ctx, index->algo);
	hash_update(&ctx, index->data, index->trailer);
	hash_final(&ctx, sum);
	if (memcmp(sum, trailer, index->algo->raw_size))
		return error_set(GIT_EINVALID,
				 "index is corrupt: bad checksum");
	return 0;
}

const struct pare_index_facts *pare_index_facts(const struct pare_index *index)
{
	return &index->facts;
}

uint32_t pare_index_version(const struct pare_index *index)
{
	return index->version;
}

uint32_t pare_index_nr(const struct pare_index *index)
{
	return index->nr;
}

bool pare_index_is_sparse(const struct pare_index *index)
{
	return index->sparse;
}

const uint8_t *pare_index_extension(const struct pare_index *index,
				    const char *signature, size_t *len)
{
	const uint8_t *p = index->data + index->entries_end;
	const uint8_t *end = index->data + index->trailer;

	for (; p < end; p += 8 + get_be32(p + 4)) {
		if (memcmp(p, signature, 4))
			continue;
		*len = get_be32(p + 4);
		return p + 8;
	}
	*len = 0;
	return NULL;
}

void pare_index_mtime(const struct pare_index *index, uint32_t *seconds,
		      uint32_t *nanoseconds)
{
	*seconds = index->mtime_s;
	*nanoseconds = index->mtime_ns;
}
