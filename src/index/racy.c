/* SPDX-License-Identifier: MIT */
#include "index/racy.h"

#include "base/fs.h"
#include "base/hash.h"
#include "base/path.h"
#include "index/map.h"
#include "index/stat.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * With fractions of a second on both sides the file is the one that was read
 * if its time is still the same and the index was written later.
 */
static bool surely_same(const struct pare_index *index,
			const struct pare_index_entry *entry,
			const struct stat *st)
{
	struct index_stat then;

	index_stat_read(&then, entry->stat);
	if (!then.mtime_ns || !index->mtime_ns ||
	    (uint32_t)st->st_mtim.tv_nsec != then.mtime_ns)
		return false;
	return then.mtime_s == index->mtime_s &&
	       then.mtime_ns < index->mtime_ns;
}

static bool hash_fd(struct hash_ctx *ctx, int fd, off_t size)
{
	char buf[65536];

	while (size > 0) {
		ssize_t n = read(fd, buf, sizeof(buf));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		hash_update(ctx, buf, (size_t)n);
		size -= n;
	}
	return !size;
}

static void hash_blob_header(struct hash_ctx *ctx, const struct hash_algo *algo,
			     off_t size)
{
	char header[32];
	int n = snprintf(header, sizeof(header), "blob %lld", (long long)size);

	hash_init(ctx, algo);
	hash_update(ctx, header, (size_t)n + 1);
}

static bool file_has_oid(int dir, const char *name, const struct stat *st,
			 const struct hash_algo *algo, const uint8_t *oid)
{
	uint8_t sum[HASH_MAX_SIZE];
	struct hash_ctx ctx;
	bool whole;
	int fd;

	fd = fs_openat(dir, name,
		       O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
	if (fd < 0)
		return false;
	hash_blob_header(&ctx, algo, st->st_size);
	whole = hash_fd(&ctx, fd, st->st_size);
	close(fd);
	hash_final(&ctx, sum);
	return whole && !memcmp(sum, oid, algo->raw_size);
}

static bool link_has_oid(int dir, const char *name,
			 const struct hash_algo *algo, const uint8_t *oid)
{
	char target[PATH_MAX];
	ssize_t len = readlinkat(dir, name, target, sizeof(target));
	struct oid found;

	if (len < 0)
		return false;
	hash_object(&found, algo, "blob", target, (size_t)len);
	return !memcmp(found.hash, oid, algo->raw_size);
}

bool index_racy_needs_mark(struct fs_walk *worktree,
			   const struct pare_index *index,
			   const struct pare_index_entry *entry)
{
	size_t dir_len = path_dir_len(entry->name, entry->name_len);
	const char *base = entry->name + (dir_len ? dir_len + 1 : 0);
	struct stat st;
	int dir;

	dir = fs_walk_dir(worktree, entry->name, dir_len, FS_WALK_OPEN);
	if (dir < 0 || fstatat(dir, base, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return false; /* gone: seen without a mark */
	if (index_stat_compare(entry, &st, index, INDEX_STAT_SYMLINKS) ==
		    INDEX_STAT_CHANGED ||
	    surely_same(index, entry, &st))
		return false;
	if (S_ISLNK(st.st_mode))
		return !link_has_oid(dir, base, index->algo, entry->oid);
	return !file_has_oid(dir, base, &st, index->algo, entry->oid);
}
