/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "checkout/room.h"

enum { READ_SIZE = 64 * 1024 };

static void hash_head(struct hash_ctx *ctx, const struct hash_algo *algo,
		      uint64_t size_bytes)
{
	char head[32];
	int len = snprintf(head, sizeof(head), "blob %ju",
			   (uintmax_t)size_bytes);

	hash_init(ctx, algo);
	hash_update(ctx, head, (size_t)len + 1);
}

/* Hash what is in `fd`; -1 unless it is `size_bytes` long. */
static int hash_fd(struct hash_ctx *ctx, int fd, uint64_t size_bytes)
{
	char *buf = xmalloc(READ_SIZE);
	uint64_t seen = 0;
	ssize_t got;

	do {
		got = read(fd, buf, READ_SIZE);
		if (got > 0) {
			hash_update(ctx, buf, (size_t)got);
			seen += (uint64_t)got;
		}
	} while ((got > 0 && seen <= size_bytes) ||
		 (got < 0 && errno == EINTR));
	free(buf);
	return !got && seen == size_bytes ? 0 : -1;
}

static bool same_oid(struct hash_ctx *ctx, const struct checkout_item *item)
{
	uint8_t hash[HASH_MAX_SIZE];

	hash_final(ctx, hash);
	return !memcmp(hash, item->oid, ctx->algo->raw_size);
}

static bool link_equals(int dir, const char *name,
			const struct checkout_item *item,
			const struct hash_algo *algo)
{
	char target[4097];
	ssize_t len = readlinkat(dir, name, target, sizeof(target));
	struct hash_ctx ctx;

	if (len < 0 || (size_t)len == sizeof(target))
		return false;
	hash_head(&ctx, algo, (uint64_t)len);
	hash_update(&ctx, target, (size_t)len);
	return same_oid(&ctx, item);
}

bool content_equals(int dir, const char *name, const struct stat *st,
		    const struct checkout_item *item,
		    const struct hash_algo *algo)
{
	struct hash_ctx ctx;
	bool same;
	int fd;

	if (S_ISLNK(st->st_mode))
		return item_is_link(item) &&
		       link_equals(dir, name, item, algo);
	if (!S_ISREG(st->st_mode))
		return false;
	fd = fs_openat(dir, name,
		       O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
	if (fd < 0)
		return false;
	hash_head(&ctx, algo, (uint64_t)st->st_size);
	same = !hash_fd(&ctx, fd, (uint64_t)st->st_size) &&
	       same_oid(&ctx, item);
	close(fd);
	return same;
}
