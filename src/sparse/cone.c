/* SPDX-License-Identifier: MIT */
#include "sparse/cone.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/path.h"

/* A component of the directory a walk is in. */
struct cone_level {
	size_t end;    /* where its name ends in walk->dir */
	uint32_t hash; /* of the directory down to here */
	bool in;       /* it or one above is recursive */
};

enum { HASH_START = 2166136261u, HASH_FACTOR = 16777619u };

static uint32_t hash_more(uint32_t hash, const char *s, size_t len, bool icase)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (icase && c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		hash = (hash ^ c) * HASH_FACTOR;
	}
	return hash;
}

static uint32_t hash_of(const struct cone *cone, const char *dir, size_t len)
{
	return hash_more(HASH_START, dir, len, cone->ignore_case);
}

static bool same_name(const struct cone *cone, const struct cone_dir *slot,
		      const char *dir, size_t len)
{
	if (slot->len != len)
		return false;
	return cone->ignore_case ? !strncasecmp(slot->name, dir, len) :
				   !memcmp(slot->name, dir, len);
}

/* The slot that has `dir`, or the empty one where it belongs. */
static struct cone_dir *find_slot(const struct cone *cone, const char *dir,
				  size_t len, uint32_t hash)
{
	size_t i = hash & (cone->alloc - 1);

	while (cone->slot[i].name &&
	       (cone->slot[i].hash != hash ||
		!same_name(cone, &cone->slot[i], dir, len)))
		i = (i + 1) & (cone->alloc - 1);
	return &cone->slot[i];
}

static void grow(struct cone *cone)
{
	struct cone_dir *old = cone->slot;
	size_t old_alloc = cone->alloc;

	cone->alloc = old_alloc ? 2 * old_alloc : 64;
	cone->slot = xcalloc(cone->alloc, sizeof(*cone->slot));
	for (size_t i = 0; i < old_alloc; i++)
		if (old[i].name)
			*find_slot(cone, old[i].name, old[i].len,
				   old[i].hash) = old[i];
	free(old);
}

/* As git, which keeps both spellings of what was asked for, and for what was
 * only on the way there takes the one that is. */
static void spell_anew(struct cone *cone, struct cone_dir *slot,
		       const char *dir, size_t len)
{
	if (slot->kind == CONE_IN)
		strvec_pushn(&cone->respelled, dir, len);
	else
		slot->name = arena_strndup(&cone->names, dir, len);
}

static void put_hashed(struct cone *cone, const char *dir, size_t len,
		       uint32_t hash, enum cone_kind kind)
{
	struct cone_dir *slot;

	if (2 * (cone->nr + 1) > cone->alloc)
		grow(cone);
	slot = find_slot(cone, dir, len, hash);
	if (!slot->name) {
		slot->name = arena_strndup(&cone->names, dir, len);
		slot->len = (uint32_t)len;
		slot->hash = hash;
		cone->nr++;
	} else if (kind == CONE_IN && memcmp(slot->name, dir, len)) {
		spell_anew(cone, slot, dir, len);
	}
	slot->kind = kind;
}

void cone_put(struct cone *cone, const char *dir, size_t len,
	      enum cone_kind kind)
{
	put_hashed(cone, dir, len, hash_of(cone, dir, len), kind);
}

static enum cone_kind get_hashed(const struct cone *cone, const char *dir,
				 size_t len, uint32_t hash)
{
	if (!cone->nr)
		return CONE_OUT;
	return find_slot(cone, dir, len, hash)->kind;
}

enum cone_kind cone_get(const struct cone *cone, const char *dir, size_t len)
{
	return get_hashed(cone, dir, len, hash_of(cone, dir, len));
}

/* The directories above one, topmost first; none is hashed from its start. */
struct above {
	const char *dir;
	size_t len; /* of the one that the walk is at */
	uint32_t hash;
};

static bool next_above(struct above *at, const struct cone *cone, size_t len)
{
	size_t from = at->len;
	const char *slash;

	if (from + 1 >= len)
		return false;
	slash = memchr(at->dir + from + 1, '/', len - from - 1);
	if (!slash)
		return false;
	at->len = (size_t)(slash - at->dir);
	at->hash = hash_more(at->hash, at->dir + from, at->len - from,
			     cone->ignore_case);
	return true;
}

void cone_add(struct cone *cone, const char *dir)
{
	struct above at = { dir, 0, HASH_START };
	size_t len = strlen(dir);

	if (!len)
		return;
	cone_put(cone, dir, len, CONE_IN);
	while (next_above(&at, cone, len))
		if (get_hashed(cone, dir, at.len, at.hash) == CONE_OUT)
			put_hashed(cone, dir, at.len, at.hash, CONE_PARENT);
}

/* No name is compared but with recursive ones: deep directories have many
 * others above them. */
static bool is_in(const struct cone *cone, const struct above *at)
{
	size_t i = at->hash & (cone->alloc - 1);

	for (; cone->slot[i].name; i = (i + 1) & (cone->alloc - 1))
		if (cone->slot[i].kind == CONE_IN &&
		    cone->slot[i].hash == at->hash &&
		    same_name(cone, &cone->slot[i], at->dir, at->len))
			return true;
	return false;
}

bool cone_covers(const struct cone *cone, const char *dir, size_t len)
{
	struct above at = { dir, 0, HASH_START };

	while (cone->nr && next_above(&at, cone, len))
		if (is_in(cone, &at))
			return true;
	return false;
}

/* Also under their other spellings. */
static void list(const struct cone *cone, enum cone_kind kind, bool covered_too,
		 struct strvec *out)
{
	for (size_t i = 0; i < cone->alloc; i++) {
		const struct cone_dir *dir = &cone->slot[i];

		if (dir->name && dir->kind == kind &&
		    (covered_too || !cone_covers(cone, dir->name, dir->len)))
			strvec_push(out, dir->name);
	}
	for (size_t i = 0; kind == CONE_IN && i < cone->respelled.nr; i++) {
		const char *dir = cone->respelled.v[i];
		size_t len = strlen(dir);

		if (cone_get(cone, dir, len) == CONE_IN &&
		    (covered_too || !cone_covers(cone, dir, len)))
			strvec_push(out, dir);
	}
	strvec_sort(out);
	strvec_uniq(out);
}

void cone_list(const struct cone *cone, enum cone_kind kind,
	       struct strvec *out)
{
	list(cone, kind, false, out);
}

void cone_list_all(const struct cone *cone, struct strvec *out)
{
	list(cone, CONE_IN, true, out);
}

bool cone_is_connected(const struct cone *cone)
{
	for (size_t i = 0; i < cone->alloc; i++) {
		const struct cone_dir *dir = &cone->slot[i];
		size_t len;

		if (!dir->name || dir->kind == CONE_OUT)
			continue;
		len = path_dir_len(dir->name, dir->len);
		if (len && cone_get(cone, dir->name, len) == CONE_OUT &&
		    !cone_covers(cone, dir->name, dir->len))
			return false;
	}
	return true;
}

void cone_release(struct cone *cone)
{
	free(cone->slot);
	arena_release(&cone->names);
	strvec_clear(&cone->respelled);
	memset(cone, 0, sizeof(*cone));
}

void cone_walk_init(struct cone_walk *walk, const struct cone *cone)
{
	memset(walk, 0, sizeof(*walk));
	walk->cone = cone;
	strbuf_init(&walk->dir, 256);
	walk->kind = cone->full ? CONE_IN : CONE_PARENT;
}

void cone_walk_release(struct cone_walk *walk)
{
	strbuf_release(&walk->dir);
	free(walk->level);
	memset(walk, 0, sizeof(*walk));
}

/* Leave the levels that `dir` does not share. */
static size_t keep_shared(struct cone_walk *walk, const char *dir, size_t len)
{
	size_t shared = 0, start = 0;

	while (shared < walk->nr) {
		size_t end = walk->level[shared].end;

		if (end > len || (end < len && dir[end] != '/') ||
		    memcmp(dir + start, walk->dir.buf + start, end - start))
			break;
		shared++;
		start = end;
	}
	walk->nr = shared;
	return start;
}

enum cone_kind cone_walk_dir(struct cone_walk *walk, const char *dir,
			     size_t len)
{
	const struct cone *cone = walk->cone;
	size_t at;

	if (len == walk->dir.len && !memcmp(dir, walk->dir.buf, len))
		return walk->kind;
	at = keep_shared(walk, dir, len);
	while (at < len) {
		struct cone_level above = { 0, HASH_START, cone->full };
		const char *slash;
		size_t end;
		uint32_t hash;

		if (walk->nr)
			above = walk->level[walk->nr - 1];
		slash = memchr(dir + at + 1, '/', len - at - 1);
		end = slash ? (size_t)(slash - dir) : len;
		hash = hash_more(above.hash, dir + at, end - at,
				 cone->ignore_case);
		ALLOC_GROW(walk->level, walk->nr + 1, walk->alloc);
		walk->level[walk->nr++] = (struct cone_level){
			end, hash,
			above.in ||
				get_hashed(cone, dir, end, hash) == CONE_IN,
		};
		at = end;
	}
	strbuf_reset(&walk->dir);
	strbuf_add(&walk->dir, dir, len);
	if (!len)
		walk->kind = cone->full ? CONE_IN : CONE_PARENT;
	else if (walk->level[walk->nr - 1].in)
		walk->kind = CONE_IN;
	else
		walk->kind = get_hashed(cone, dir, len,
					walk->level[walk->nr - 1].hash);
	return walk->kind;
}
