/* SPDX-License-Identifier: MIT */
/* Does a file still look as it did when its entry was made? */
#include "index/stat.h"

#include "base/bytes.h"
#include "base/hash.h"
#include "index/map.h"

void index_stat_read(struct index_stat *out, const uint8_t *raw)
{
	out->ctime_s = get_be32(raw);
	out->ctime_ns = get_be32(raw + 4);
	out->mtime_s = get_be32(raw + 8);
	out->mtime_ns = get_be32(raw + 12);
	out->dev = get_be32(raw + 16);
	out->ino = get_be32(raw + 20);
	out->uid = get_be32(raw + 28);
	out->gid = get_be32(raw + 32);
	out->size = get_be32(raw + 36);
}

void index_stat_write(uint8_t *raw, const struct index_stat *st)
{
	put_be32(raw, st->ctime_s);
	put_be32(raw + 4, st->ctime_ns);
	put_be32(raw + 8, st->mtime_s);
	put_be32(raw + 12, st->mtime_ns);
	put_be32(raw + 16, st->dev);
	put_be32(raw + 20, st->ino);
	put_be32(raw + 28, st->uid);
	put_be32(raw + 32, st->gid);
	put_be32(raw + 36, st->size);
}

/*
 * The size is cut as it is: a file of 4 GiB gets 0, which every git takes as
 * "look at the content", while the mark that newer ones write for it
 * (0x80000000) looks like a change of size to older ones.
 */
void index_stat_from(struct index_stat *out, const struct stat *st)
{
	out->ctime_s = (uint32_t)st->st_ctim.tv_sec;
	out->ctime_ns = (uint32_t)st->st_ctim.tv_nsec;
	out->mtime_s = (uint32_t)st->st_mtim.tv_sec;
	out->mtime_ns = (uint32_t)st->st_mtim.tv_nsec;
	out->dev = (uint32_t)st->st_dev;
	out->ino = (uint32_t)st->st_ino;
	out->uid = (uint32_t)st->st_uid;
	out->gid = (uint32_t)st->st_gid;
	out->size = (uint32_t)st->st_size;
}

/* Is the type another one, or the executable bit (where it is trusted)? */
static bool mode_changed(uint32_t mode, mode_t now, unsigned options)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return !S_ISREG(now) || ((options & INDEX_STAT_FILEMODE) &&
					 ((mode ^ now) & 0100));
	case S_IFLNK:
		/* Without links they are files that hold the target. */
		return !S_ISLNK(now) &&
		       ((options & INDEX_STAT_SYMLINKS) || !S_ISREG(now));
	default:
		return !S_ISDIR(now);
	}
}

static bool size_differs(uint32_t size, const struct stat *st)
{
	bool wrapped = st->st_size && !(uint32_t)st->st_size;

	if (wrapped && size == 0x80000000)
		return false;
	return size != (uint32_t)st->st_size;
}

/* Times with a part below a second count only where both have one. */
static bool touched(const struct index_stat *then, const struct index_stat *now,
		    unsigned options)
{
	if (then->mtime_s != now->mtime_s)
		return true;
	if ((options & INDEX_STAT_TRUST_CTIME) &&
	    !(options & INDEX_STAT_MINIMAL) && then->ctime_s != now->ctime_s)
		return true;
	if (options & INDEX_STAT_MINIMAL)
		return false;
	if (then->mtime_ns && now->mtime_ns && then->mtime_ns != now->mtime_ns)
		return true;
	return then->uid != now->uid || then->gid != now->gid ||
	       then->ino != now->ino;
}

static bool is_empty_blob(const uint8_t *oid, const struct hash_algo *algo)
{
	struct oid empty;

	hash_object(&empty, algo, "blob", "", 0);
	return !memcmp(empty.hash, oid, algo->raw_size);
}

enum index_stat_answer index_stat_compare(const struct pare_index_entry *e,
					  const struct stat *st,
					  const struct pare_index *index,
					  unsigned options)
{
	struct index_stat then, now;

	if (mode_changed(e->mode, st->st_mode, options) ||
	    (e->extended & PARE_INDEX_INTENT_TO_ADD))
		return INDEX_STAT_CHANGED;
	if (S_ISDIR(st->st_mode))
		return INDEX_STAT_SAME; /* a gitlink: not looked into */
	index_stat_read(&then, e->stat);
	index_stat_from(&now, st);
	if (!then.size && !is_empty_blob(e->oid, index->algo))
		return INDEX_STAT_TOUCHED;
	if (size_differs(then.size, st))
		return INDEX_STAT_CHANGED;
	if (touched(&then, &now, options))
		return INDEX_STAT_TOUCHED;
	if (index->mtime_s && index->mtime_s <= then.mtime_s)
		return INDEX_STAT_RACY;
	return INDEX_STAT_SAME;
}
