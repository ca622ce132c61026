/* SPDX-License-Identifier: MIT */
/*
 * A commit is header lines, an empty line, the message. Old and foreign
 * commits have odd names, dates and header lines; only what we must know
 * (tree, parents, where author and committer are) has to be well formed.
 */
#include "repo/commit.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

struct cursor {
	const char *p, *end;
};

/* The line at the cursor without its LF; false at the end. */
static bool next_line(const char **line, size_t *len, struct cursor *cursor)
{
	const char *lf;

	if (cursor->p == cursor->end)
		return false;
	lf = memchr(cursor->p, '\n', (size_t)(cursor->end - cursor->p));
	*line = cursor->p;
	*len = (size_t)((lf ? lf : cursor->end) - cursor->p);
	cursor->p = lf ? lf + 1 : cursor->end;
	return true;
}

/* If the next line is "<key> …", take it. */
static bool take_header(const char **value, size_t *len, const char *key,
			struct cursor *cursor)
{
	struct cursor ahead = *cursor;
	size_t key_len = strlen(key);
	const char *line;

	if (!next_line(&line, len, &ahead) || *len <= key_len ||
	    memcmp(line, key, key_len) || line[key_len] != ' ')
		return false;
	*value = line + key_len + 1;
	*len -= key_len + 1;
	*cursor = ahead;
	return true;
}

static bool take_oid(struct oid *oid, const char *key,
		     const struct hash_algo *algo, struct cursor *cursor)
{
	const char *value;
	size_t len;

	return take_header(&value, &len, key, cursor) &&
	       len == algo->hex_size && !oid_parse(oid, value, algo);
}

static bool is_header(const char *line, size_t len, const char *key)
{
	size_t key_len = strlen(key);

	return len > key_len && !memcmp(line, key, key_len) &&
	       line[key_len] == ' ';
}

/* Lines that are not copied as they are; a second author is not kept either. */
static bool is_extra(const char *line, size_t len)
{
	static const char *const ours[] = {
		"tree", "parent", "author", "committer", "encoding",
		"gpgsig", "gpgsig-sha256", "mergetag",
	};

	for (size_t i = 0; i < ARRAY_SIZE(ours); i++)
		if (is_header(line, len, ours[i]))
			return false;
	return true;
}

/*
 * Header lines up to the empty one; folded lines go with the one above (so
 * one right below the committer goes with the committer, which is replaced).
 */
static void parse_extra(struct commit *out, struct cursor *cursor)
{
	bool keep = false;
	const char *line;
	size_t len;

	while (next_line(&line, &len, cursor) && len) {
		if (*line != ' ') {
			keep = is_extra(line, len);
			out->is_signed |= is_header(line, len, "gpgsig") ||
					  is_header(line, len,
						    "gpgsig-sha256");
			if (!out->encoding &&
			    is_header(line, len, "encoding")) {
				out->encoding = line + strlen("encoding ");
				out->encoding_len = len - strlen("encoding ");
			}
		}
		if (keep) {
			strbuf_add(&out->owned, line, len);
			strbuf_addch(&out->owned, '\n');
		}
	}
	out->extra = out->owned.buf;
	out->extra_len = out->owned.len;
}

static int parse_headers(struct commit *out, struct cursor *cursor,
			 const struct hash_algo *algo)
{
	size_t alloc = 0;
	struct oid parent;

	if (!take_oid(&out->tree, "tree", algo, cursor))
		return error_set(GIT_EINVALID, "it has no tree");
	while (take_oid(&parent, "parent", algo, cursor)) {
		ALLOC_GROW(out->parent, out->nr_parents + 1, alloc);
		out->parent[out->nr_parents++] = parent;
	}
	if (!take_header(&out->author, &out->author_len, "author", cursor))
		return error_set(GIT_EINVALID, "it has no author");
	if (!take_header(&out->committer, &out->committer_len, "committer",
			 cursor))
		return error_set(GIT_EINVALID, "it has no committer");
	parse_extra(out, cursor);
	return 0;
}

int commit_parse(struct commit *out, const void *data, size_t len,
		 const struct hash_algo *algo)
{
	struct cursor cursor = { data, (const char *)data + len };
	int error;

	memset(out, 0, sizeof(*out));
	strbuf_init(&out->owned, 0);
	if ((error = parse_headers(out, &cursor, algo)) < 0) {
		commit_release(out);
		return error;
	}
	out->message = cursor.p;
	out->message_len = (size_t)(cursor.end - cursor.p);
	return 0;
}

int commit_read(struct commit *out, struct pare_repo *repo,
		const struct oid *oid)
{
	struct odb_object raw;
	struct odb *odb;
	int error;

	memset(out, 0, sizeof(*out));
	if ((error = repo_odb(&odb, repo)) < 0 ||
	    (error = odb_read_type(&raw, odb, oid, OBJ_COMMIT)) < 0)
		return error;
	if ((error = commit_parse(out, raw.data, raw.len, repo->algo)) < 0) {
		odb_object_release(&raw);
		return error_wrap(error, "commit %s",
				  oid_hex(oid, repo->algo));
	}
	out->id = *oid;
	out->raw = raw;
	return 0;
}

void commit_release(struct commit *commit)
{
	free(commit->parent);
	/* A zeroed one has no buffer at all. */
	if (commit->owned.buf)
		strbuf_release(&commit->owned);
	odb_object_release(&commit->raw);
	memset(commit, 0, sizeof(*commit));
}

static void add_header(struct strbuf *out, const char *key, const char *value,
		       size_t len)
{
	strbuf_addf(out, "%s ", key);
	strbuf_add(out, value, len);
	strbuf_addch(out, '\n');
}

void commit_format(struct strbuf *out, const struct commit_draft *draft,
		   const struct hash_algo *algo)
{
	add_header(out, "tree", oid_hex(&draft->tree, algo), algo->hex_size);
	for (size_t i = 0; i < draft->nr_parents; i++)
		add_header(out, "parent", oid_hex(&draft->parent[i], algo),
			   algo->hex_size);
	add_header(out, "author", draft->author, draft->author_len);
	add_header(out, "committer", draft->committer, draft->committer_len);
	if (draft->encoding_len)
		add_header(out, "encoding", draft->encoding,
			   draft->encoding_len);
	strbuf_add(out, draft->extra, draft->extra_len);
	strbuf_addch(out, '\n');
	strbuf_add(out, draft->message, draft->message_len);
}
