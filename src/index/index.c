/* SPDX-License-Identifier: MIT */
/* Opening an index: map it, check every entry once, find the extensions. */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/quote.h"
#include "index/entry.h"
#include "index/map.h"

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

/*
 * The names of marks are copies only in version 4. Names there can be long
 * and share their bytes, so marks stop when the copies outweigh the file.
 */
static void add_mark(struct pare_index *index, const uint8_t *p, uint32_t pos,
		     const struct pare_index_iter *iter, size_t *copied)
{
	struct index_mark *mark;

	if (index->version == 4) {
		if (*copied + iter->name_len > index->len)
			return;
		*copied += iter->name_len + 1;
	}
	ALLOC_GROW(index->mark, index->nr_marks + 1, index->alloc_marks);
	mark = &index->mark[index->nr_marks++];
	mark->offset = (size_t)(p - index->data);
	mark->pos = pos;
	mark->name = NULL;
	mark->name_len = 0;
	if (index->version == 4) {
		mark->name = arena_strndup(&index->names,
					   iter->name ? iter->name : "",
					   iter->name_len);
		mark->name_len = iter->name_len;
	}
}

/*
 * Of one directory's .gitattributes only the base name counts; .gitmodules
 * is read at the root alone.
 */
static void learn_name(struct pare_index_facts *facts, const char *name,
		       size_t len)
{
	static const char attributes[] = ".gitattributes";
	const size_t n = sizeof(attributes) - 1;

	if (len == 11 && !memcmp(name, ".gitmodules", 11))
		facts->has_modules = true;
	if (len < n || memcmp(name + len - n, attributes, n))
		return;
	if (len == n || name[len - n - 1] == '/')
		facts->has_attributes = true;
}

static void learn(struct pare_index *index, const struct pare_index_entry *e)
{
	struct pare_index_facts *facts = &index->facts;
	bool gitlink = (e->mode & 0170000) == 0160000;

	facts->nr_extended += !!(e->flags & PARE_INDEX_EXTENDED);
	facts->nr_unmerged += pare_index_stage(e) != 0;
	facts->nr_sparse_dirs += pare_index_is_sparse_dir(e);
	facts->nr_gitlinks += gitlink;
	/* The last byte sorts out nearly all names before a call. */
	if (e->name_len && e->name[e->name_len - 1] == 's')
		learn_name(facts, e->name, e->name_len);
	if (pare_index_skipped(e)) {
		facts->nr_skipped++;
		return;
	}
	if (index->mtime_s && !gitlink &&
	    get_be32(e->stat + 8) >= index->mtime_s) {
		ALLOC_GROW(index->racy, index->nr_racy + 1,
			   index->alloc_racy);
		index->racy[index->nr_racy++] = e->pos;
		facts->nr_racy++;
	}
}

/* Where a name stands to the one before, of which `keep` bytes are shared. */
static int compare_tail(const char *prev, size_t prev_len, const char *tail,
			size_t tail_len, size_t keep)
{
	size_t len = prev_len - keep;
	int cmp = memcmp(prev + keep, tail, len < tail_len ? len : tail_len);

	if (cmp || len == tail_len)
		return cmp;
	return len < tail_len ? -1 : 1;
}

static int check_order(const struct index_raw_entry *raw, const char *prev,
		       size_t prev_len, int prev_stage, uint32_t pos)
{
	int stage = (raw->flags & PARE_INDEX_STAGE_MASK) >>
		    PARE_INDEX_STAGE_SHIFT;
	int cmp;

	/* Nameless entries replace others in a split index: see index_read. */
	if (!pos || !prev_len || !(raw->keep + raw->tail_len))
		return 0;
	cmp = compare_tail(prev, prev_len, raw->tail, raw->tail_len, raw->keep);
	if (cmp < 0 || (!cmp && prev_stage < stage))
		return 0;
	if (!cmp)
		return error_set(GIT_EINVALID,
				 "index is corrupt: multiple entries for '%s'",
				 quoted(prev));
	return error_set(GIT_EINVALID,
			 "index is corrupt: '%s' stands before a lower name",
			 quoted(prev));
}

/* The one pass: structure, order, facts, marks. */
static int read_entries(bool *nameless, struct pare_index *index)
{
	struct pare_index_iter iter;
	struct pare_index_entry entry = { .name = "" };
	struct index_raw_entry raw;
	size_t copied = 0;
	int error = 0;

	pare_index_iter_init(&iter, index);
	while (iter.pos < index->nr) {
		if (!(iter.pos % INDEX_MARK_SPACING))
			add_mark(index, iter.p, iter.pos, &iter, &copied);
		error = index_raw_read(&raw, &iter);
		if (error < 0)
			break;
		error = check_order(&raw, entry.name, entry.name_len,
				    pare_index_stage(&entry), iter.pos);
		if (error < 0)
			break;
		index_entry_take(&entry, &iter, &raw);
		if (!entry.name_len)
			*nameless = true;
		learn(index, &entry);
	}
	index->entries_end = (size_t)(iter.p - index->data);
	pare_index_iter_release(&iter);
	return error;
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
	    (error = read_entries(&nameless, index)) < 0 ||
	    (error = read_extensions(index)) < 0)
		return error;
	if (nameless)
		return error_set(GIT_EINVALID,
				 "index is corrupt: an entry has no name");
	return 0;
}

int index_open_mem(struct pare_index **out, const void *data, size_t len,
		   const struct hash_algo *algo, uint32_t mtime_s,
		   uint32_t mtime_ns)
{
	struct pare_index *index = xcalloc(1, sizeof(*index));
	int error;

	index->algo = algo;
	index->data = data;
	index->len = len;
	index->mtime_s = mtime_s;
	index->mtime_ns = mtime_ns;
	error = index_read(index);
	if (error < 0) {
		pare_index_close(index);
		index = NULL;
	}
	*out = index;
	return error;
}

int pare_index_open(struct pare_index **out, const char *path,
		    const struct hash_algo *algo)
{
	struct stat st;
	void *map = NULL;
	int fd, error;

	*out = NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC);
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
	error = index_open_mem(out, map, (size_t)st.st_size, algo,
			       (uint32_t)st.st_mtim.tv_sec,
			       (uint32_t)st.st_mtim.tv_nsec);
	if (!error)
		(*out)->mapped = true;
done:
	if (error < 0 && map)
		munmap(map, (size_t)st.st_size);
	close(fd);
	return error;
}

void pare_index_close(struct pare_index *index)
{
	if (!index)
		return;
	if (index->mapped)
		munmap((void *)index->data, index->len);
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
