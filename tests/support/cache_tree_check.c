/* SPDX-License-Identifier: MIT */
#include "support/cache_tree_check.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/quote.h"
#include "base/strbuf.h"
#include "base/strvec.h"
#include "index/cache_tree.h"
#include "pare/index.h"
#include "support/sandbox.h"

/* Trees made of the entries alone, by git; "<oid>\t<dir>", the root first. */
static const char make_trees[] =
	"cd '%s'\n"
	"git ls-files -z -s >'%s/entries'\n"
	"export GIT_INDEX_FILE='%s/fresh'\n"
	"git -c index.sparse=false update-index -z --index-info <'%s/entries'\n"
	"t=$(git -c index.sparse=false write-tree --missing-ok)\n"
	"rm -f \"$GIT_INDEX_FILE\"\n"
	"printf '%%s\\t\\n' $t\n"
	"git ls-tree -r -d $t | cut -d' ' -f3-";

struct check {
	struct cache_tree ct;
	const struct pare_index *index;
	struct strvec trees;
};

static uint32_t entries_below(const struct pare_index *index, const char *dir)
{
	struct strbuf bound = STRBUF_INIT;
	uint32_t first, last;

	if (!*dir)
		return pare_index_nr(index);
	strbuf_addf(&bound, "%s/", dir);
	first = pare_index_lower_bound(index, bound.buf, bound.len);
	bound.buf[bound.len - 1]++;
	last = pare_index_lower_bound(index, bound.buf, bound.len);
	strbuf_release(&bound);
	return last - first;
}

static const char *right_tree(const struct check *c, const char *dir)
{
	struct strbuf end = STRBUF_INIT;
	const char *found = NULL;

	strbuf_addstr(&end, "\t");
	quote_c(&end, dir, strlen(dir), true);
	for (size_t i = 0; i < c->trees.nr && !found; i++)
		if (!strcmp(strchr(c->trees.v[i], '\t'), end.buf))
			found = c->trees.v[i];
	strbuf_release(&end);
	return found;
}

static void check_node(const struct check *c, uint32_t node, const char *dir)
{
	const struct cache_tree_node *n = &c->ct.node[node];
	const char *right = right_tree(c, dir);
	struct oid oid;

	if (n->entry_count < 0)
		return;
	oid_read(&oid, n->oid, c->ct.algo);
	if (!right || strncmp(right, oid_hex(&oid, c->ct.algo),
			      c->ct.algo->hex_size))
		print_error("TREE says that '%s' is %s, git: %s\n", dir,
			    oid_hex(&oid, c->ct.algo), right ? right : "-");
	assert_true(right && !strncmp(right, oid_hex(&oid, c->ct.algo),
				      c->ct.algo->hex_size));
	if (entries_below(c->index, dir) != (uint32_t)n->entry_count)
		print_error("TREE counts %d entries in '%s'\n",
			    (int)n->entry_count, dir);
	assert_int_equal(n->entry_count, entries_below(c->index, dir));
}

static void check_below(const struct check *c, uint32_t node, const char *dir)
{
	check_node(c, node, dir);
	for (uint32_t at = c->ct.node[node].child; at;
	     at = c->ct.node[at].next) {
		const struct cache_tree_node *n = &c->ct.node[at];
		char *sub = xstrfmt("%s%s%.*s", dir, *dir ? "/" : "",
				    (int)n->name_len, n->name);

		check_below(c, at, sub);
		free(sub);
	}
}

void assert_cache_tree(const char *root)
{
	const char *top = sandbox_path();
	struct check c = { .trees = STRVEC_INIT };
	struct pare_index *index = NULL;
	const uint8_t *data;
	char *path;
	size_t len;

	path = xstrdup(sh("cd '%s'; git rev-parse --git-path index | tr -d '\\n'",
			  root));
	if (*path != '/') {
		char *inside = xstrfmt("%s/%s", root, path);

		free(path);
		path = inside;
	}
	assert_int_equal(pare_index_open(&index, path, &hash_sha1), 0);
	c.index = index;
	data = pare_index_extension(index, "TREE", &len);
	if (data && !pare_index_facts(index)->nr_unmerged) {
		assert_int_equal(cache_tree_parse(&c.ct, data, len,
						  &hash_sha1), 0);
		strvec_split_lines(&c.trees,
				   sh(make_trees, root, top, top, top));
		check_below(&c, 0, "");
		cache_tree_release(&c.ct);
		strvec_clear(&c.trees);
	}
	pare_index_close(index);
	free(path);
}
