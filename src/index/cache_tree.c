/* SPDX-License-Identifier: MIT */
#include "index/cache_tree.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

struct cursor {
	const uint8_t *p, *end;
};

/* A decimal number up to `stop`, -1 allowed; false when there is none. */
static bool read_number(int32_t *out, struct cursor *c, uint8_t stop)
{
	bool negative = c->p < c->end && *c->p == '-';
	int64_t value = 0;
	const uint8_t *first;

	if (negative)
		c->p++;
	first = c->p;
	while (c->p < c->end && *c->p >= '0' && *c->p <= '9') {
		value = value * 10 + (*c->p++ - '0');
		if (value > INT32_MAX)
			return false;
	}
	if (c->p == first || c->p == c->end || *c->p++ != stop)
		return false;
	if (negative && value != 1)
		return false;
	*out = (int32_t)(negative ? -value : value);
	return true;
}

static bool read_node(struct cache_tree_node *node, struct cursor *c,
		      const struct hash_algo *algo)
{
	const uint8_t *nul = memchr(c->p, 0, (size_t)(c->end - c->p));
	int32_t subtrees;

	memset(node, 0, sizeof(*node));
	if (!nul)
		return false;
	node->name = (const char *)c->p;
	node->name_len = (uint32_t)(nul - c->p);
	c->p = nul + 1;
	if (!read_number(&node->entry_count, c, ' ') ||
	    !read_number(&subtrees, c, '\n') || subtrees < 0)
		return false;
	node->subtree_nr = (uint32_t)subtrees;
	if (node->entry_count < 0)
		return true;
	if ((size_t)(c->end - c->p) < algo->raw_size)
		return false;
	node->oid = c->p;
	c->p += algo->raw_size;
	return true;
}

/*
 * Nodes come in preorder. `left` counts the subtrees that the node still
 * waits for; a node that waits for none more is left upwards.
 */
static int parse_nodes(struct cache_tree *ct, struct cursor *c)
{
	uint32_t *left = NULL, *last = NULL;
	size_t alloc_left = 0, alloc_last = 0;
	uint32_t at = 0;
	int error = GIT_EINVALID;

	do {
		struct cache_tree_node *node;
		uint32_t pos = (uint32_t)ct->nr;

		ALLOC_GROW(ct->node, ct->nr + 1, ct->alloc);
		ALLOC_GROW(left, ct->nr + 1, alloc_left);
		ALLOC_GROW(last, ct->nr + 1, alloc_last);
		node = &ct->node[pos];
		if (!read_node(node, c, ct->algo) || !pos != !node->name_len)
			goto done;
		ct->nr++;
		left[pos] = node->subtree_nr;
		last[pos] = 0;
		if (pos) {
			node->parent = at;
			if (last[at])
				ct->node[last[at]].next = pos;
			else
				ct->node[at].child = pos;
			last[at] = pos;
			left[at]--;
		}
		at = pos;
		while (at && !left[at])
			at = ct->node[at].parent;
	} while (left[at]);
	if (c->p == c->end)
		error = 0;
done:
	free(left);
	free(last);
	return error;
}

int cache_tree_parse(struct cache_tree *ct, const uint8_t *data, size_t len,
		     const struct hash_algo *algo)
{
	struct cursor c = { data, data + len };
	int error;

	memset(ct, 0, sizeof(*ct));
	ct->algo = algo;
	error = parse_nodes(ct, &c);
	if (error < 0) {
		cache_tree_release(ct);
		return error_set(error, "index is corrupt: malformed TREE");
	}
	return 0;
}

void cache_tree_release(struct cache_tree *ct)
{
	free(ct->node);
	arena_release(&ct->added);
	memset(ct, 0, sizeof(*ct));
}

static void write_node(struct strbuf *out, const struct cache_tree *ct,
		       const struct cache_tree_node *node)
{
	strbuf_add(out, node->name, node->name_len);
	strbuf_addch(out, 0);
	strbuf_addf(out, "%d %u\n", (int)node->entry_count,
		    (unsigned)node->subtree_nr);
	if (node->entry_count >= 0)
		strbuf_add(out, node->oid, ct->algo->raw_size);
}

void cache_tree_write(struct strbuf *out, const struct cache_tree *ct)
{
	uint32_t at = 0;

	if (!ct->nr)
		return;
	for (;;) {
		write_node(out, ct, &ct->node[at]);
		if (ct->node[at].child) {
			at = ct->node[at].child;
			continue;
		}
		while (at && !ct->node[at].next)
			at = ct->node[at].parent;
		if (!at)
			return;
		at = ct->node[at].next;
	}
}

/* The subtree of that name, and the link that leads to it. */
static uint32_t *find_subtree(const struct cache_tree *ct, uint32_t at,
			      const char *name, size_t len)
{
	uint32_t *link = &ct->node[at].child;

	while (*link) {
		const struct cache_tree_node *node = &ct->node[*link];

		if (node->name_len == len && !memcmp(node->name, name, len))
			return link;
		link = &ct->node[*link].next;
	}
	return NULL;
}

static size_t component_len(const char *path, size_t len)
{
	const char *slash = memchr(path, '/', len);

	return slash ? (size_t)(slash - path) : len;
}

static void unlink_subtree(struct cache_tree *ct, uint32_t at, uint32_t *link)
{
	*link = ct->node[*link].next;
	ct->node[at].subtree_nr--;
}

void cache_tree_invalidate(struct cache_tree *ct, const char *path, size_t len)
{
	uint32_t at = 0, *link;

	if (!ct->nr)
		return;
	for (;;) {
		size_t n = component_len(path, len);

		ct->node[at].entry_count = -1;
		ct->node[at].oid = NULL;
		link = find_subtree(ct, at, path, n);
		if (!link)
			return;
		if (n == len) {
			unlink_subtree(ct, at, link);
			return;
		}
		at = *link;
		path += n + 1;
		len -= n + 1;
	}
}

/* A count that cannot be true is not kept. */
static void add_entries(struct cache_tree_node *node, int by)
{
	if (node->entry_count < 0)
		return;
	if (node->entry_count > -by && node->entry_count < INT32_MAX - 1) {
		node->entry_count += by;
	} else {
		node->entry_count = -1;
		node->oid = NULL;
	}
}

void cache_tree_adjust(struct cache_tree *ct, const char *path, size_t len,
		       int by)
{
	uint32_t at = 0, *link;

	if (!ct->nr)
		return;
	for (;;) {
		size_t n = component_len(path, len);

		add_entries(&ct->node[at], by);
		if (n == len)
			return;
		link = find_subtree(ct, at, path, n);
		if (!link)
			return;
		at = *link;
		path += n + 1;
		len -= n + 1;
	}
}

uint32_t cache_tree_find(const struct cache_tree *ct, const char *path,
			 size_t len)
{
	uint32_t at = 0, *link;

	while (ct->nr && len) {
		size_t n = component_len(path, len);

		link = find_subtree(ct, at, path, n);
		if (!link)
			return 0;
		at = *link;
		n += n < len;
		path += n;
		len -= n;
	}
	return at;
}

uint32_t cache_tree_find_in(const struct cache_tree *ct, uint32_t node,
			    const char *name, size_t len)
{
	uint32_t *link = find_subtree(ct, node, name, len);

	return link ? *link : 0;
}

void cache_tree_have_root(struct cache_tree *ct, const struct hash_algo *algo)
{
	if (ct->nr)
		return;
	ct->algo = algo;
	ALLOC_GROW(ct->node, 1, ct->alloc);
	ct->node[0] = (struct cache_tree_node){ .name = "", .entry_count = -1 };
	ct->nr = 1;
}

/* git's order of subtrees: shorter names first. */
static bool stands_before(const struct cache_tree_node *a, const char *name,
			  size_t len)
{
	if (a->name_len != len)
		return a->name_len < len;
	return memcmp(a->name, name, len) < 0;
}

uint32_t cache_tree_add(struct cache_tree *ct, uint32_t parent,
			const char *name, size_t len, const uint8_t *oid)
{
	size_t raw_size = ct->algo->raw_size;
	uint32_t pos = (uint32_t)ct->nr, *link;
	struct cache_tree_node *node;
	uint8_t *copy = arena_alloc(&ct->added, raw_size);

	memcpy(copy, oid, raw_size);
	ALLOC_GROW(ct->node, ct->nr + 1, ct->alloc);
	ct->nr++;
	link = &ct->node[parent].child;
	while (*link && stands_before(&ct->node[*link], name, len))
		link = &ct->node[*link].next;
	node = &ct->node[pos];
	*node = (struct cache_tree_node){
		.name = arena_strndup(&ct->added, name, len),
		.name_len = (uint32_t)len, .oid = copy, .parent = parent,
		.next = *link,
	};
	*link = pos;
	ct->node[parent].subtree_nr++;
	return pos;
}

void cache_tree_count(struct cache_tree *ct, uint32_t node, int by)
{
	if (!ct->nr)
		return;
	for (; node; node = ct->node[node].parent)
		add_entries(&ct->node[node], by);
	add_entries(&ct->node[0], by);
}

void cache_tree_collapse(struct cache_tree *ct, uint32_t node)
{
	ct->node[node].child = 0;
	ct->node[node].subtree_nr = 0;
	cache_tree_count(ct, node, 1 - ct->node[node].entry_count);
}
