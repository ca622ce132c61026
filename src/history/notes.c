/* SPDX-License-Identifier: MIT */
/*
 * What git does in one commit for each step of a rebase is one commit here:
 * the notes are put together in memory first.
 */
#include "history/notes.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/quote.h"
#include "history/notes_tree.h"
#include "repo/commit.h"
#include "repo/config.h"
#include "repo/ident.h"
#include "repo/refs.h"

typedef int (*combine_fn)(struct oid *now, struct odb *odb,
			  const struct oid *more);

/* One notes ref on its way. */
struct copying {
	struct pare_repo *repo;
	struct odb *odb;
	combine_fn combine;
	struct oid tree; /* zero: an empty one */
	struct notes_edit *edit; /* in the order of the map, one a target */
	size_t nr, alloc;
};

static int overwrite(struct oid *now, struct odb *odb, const struct oid *more)
{
	(void)odb;
	*now = *more;
	return 0;
}

static int ignore(struct oid *now, struct odb *odb, const struct oid *more)
{
	(void)odb;
	if (oid_is_zero(now))
		*now = *more;
	return 0;
}

static int add_blob(struct strbuf *out, struct odb *odb, const struct oid *oid)
{
	struct odb_object obj;
	int error;

	if (oid_is_zero(oid))
		return 0;
	error = odb_read(&obj, odb, oid);
	if (error < 0)
		return error;
	if (obj.type == OBJ_BLOB)
		strbuf_add(out, obj.data, obj.len);
	odb_object_release(&obj);
	return 0;
}

/* With an empty line between them. */
static int concatenate(struct oid *now, struct odb *odb,
		       const struct oid *more)
{
	struct strbuf text = STRBUF_INIT, added = STRBUF_INIT;
	int error = add_blob(&added, odb, more);

	if (!error && added.len)
		error = add_blob(&text, odb, now);
	if (!error && added.len && !text.len) {
		*now = *more;
	} else if (!error && added.len) {
		if (text.buf[text.len - 1] == '\n')
			strbuf_setlen(&text, text.len - 1);
		strbuf_addstr(&text, "\n\n");
		strbuf_addbuf(&text, &added);
		error = odb_write(now, odb, OBJ_BLOB, text.buf, text.len);
	}
	strbuf_release(&text);
	strbuf_release(&added);
	return error;
}

static int cat_sort_uniq(struct oid *now, struct odb *odb,
			 const struct oid *more)
{
	struct strbuf text = STRBUF_INIT;
	struct strvec lines = STRVEC_INIT;
	int error = add_blob(&text, odb, now);

	strbuf_complete_line(&text);
	if (!error)
		error = add_blob(&text, odb, more);
	strvec_split(&lines, text.buf, '\n');
	strvec_sort(&lines);
	strvec_uniq(&lines);
	strbuf_reset(&text);
	for (size_t i = 0; i < lines.nr; i++)
		strbuf_addf(&text, "%s\n", lines.v[i]);
	if (!error)
		error = odb_write(now, odb, OBJ_BLOB, text.buf, text.len);
	strvec_clear(&lines);
	strbuf_release(&text);
	return error;
}

static int find_mode(combine_fn *out, struct pare_repo *repo)
{
	static const struct {
		const char *name;
		combine_fn combine;
	} modes[] = {
		{ "overwrite", overwrite },
		{ "ignore", ignore },
		{ "concatenate", concatenate },
		{ "cat_sort_uniq", cat_sort_uniq },
	};
	const char *name = getenv("GIT_NOTES_REWRITE_MODE");
	const char *where = name ? "GIT_NOTES_REWRITE_MODE" :
				   "notes.rewriteMode";

	*out = concatenate;
	if (!name)
		name = pare_repo_config_get(repo, "notes.rewritemode");
	for (size_t i = 0; name && i < ARRAY_SIZE(modes); i++) {
		if (strcasecmp(name, modes[i].name))
			continue;
		*out = modes[i].combine;
		return 0;
	}
	return name ? error_set(GIT_EINVALID, "Bad %s value: '%s'", where,
				quoted(name)) : 0;
}

struct matching {
	const struct strvec *patterns;
	struct strvec *names;
};

static int see_ref(const char *ref, const struct oid *oid, void *payload)
{
	struct matching *m = payload;

	(void)oid;
	for (size_t i = 0; i < m->patterns->nr; i++) {
		if (fnmatch(m->patterns->v[i], ref, 0))
			continue;
		strvec_push(m->names, ref);
		break;
	}
	return 0;
}

/* The notes refs that are there and meant; none unless some are named. */
static int find_refs(struct strvec *names, struct pare_repo *repo)
{
	const char *from_env = getenv("GIT_NOTES_REWRITE_REF");
	struct strvec patterns = STRVEC_INIT;
	const char *const *value;
	size_t nr;
	int error = 0;

	if (from_env) {
		strvec_split(&patterns, from_env, ':');
	} else {
		repo_config_get_all(&value, &nr, repo, "notes.rewriteref");
		for (size_t i = 0; i < nr; i++)
			strvec_push(&patterns, value[i]);
	}
	if (patterns.nr)
		error = repo_each_ref(repo, "refs/notes/", see_ref,
				      &(struct matching){ &patterns, names });
	strvec_clear(&patterns);
	return error;
}

/* What the note of `object` is by now. */
static int note_now(struct notes_edit **out, struct copying *c,
		    const char *object)
{
	struct notes_edit *edit;
	int error;

	for (size_t i = c->nr; i-- > 0;) {
		*out = &c->edit[i];
		if (!strcmp(c->edit[i].object, object))
			return 0;
	}
	ALLOC_GROW(c->edit, c->nr + 1, c->alloc);
	edit = &c->edit[c->nr++];
	*edit = (struct notes_edit){ .blob = { { 0 } } };
	memcpy(edit->object, object, strlen(object));
	*out = edit;
	error = notes_tree_find(&edit->blob, c->odb, c->repo->algo, &c->tree,
				object);
	if (error == GIT_ENOTFOUND) {
		edit->blob = (struct oid){ { 0 } };
		return 0;
	}
	return error;
}

/* A commit without a note has a say too: `overwrite` takes the note away. */
static int copy_note(struct copying *c, const struct pare_rewritten *pair)
{
	const struct hash_algo *algo = c->repo->algo;
	struct notes_edit *target;
	struct oid note;
	int error = notes_tree_find(&note, c->odb, algo, &c->tree,
				    oid_hex(&pair->before, algo));

	if (error < 0 && error != GIT_ENOTFOUND)
		return error;
	if (error)
		note = (struct oid){ { 0 } };
	error = note_now(&target, c, oid_hex(&pair->after, algo));
	if (error < 0 || oid_equal(&target->blob, &note))
		return error;
	if (oid_is_zero(&target->blob)) {
		target->blob = note;
		return 0;
	}
	return c->combine(&target->blob, c->odb, &note);
}

static int compare_edits(const void *a, const void *b)
{
	const struct notes_edit *x = a, *y = b;

	return strcmp(x->object, y->object);
}

static int commit_notes(struct oid *out, struct copying *c,
			const struct oid *parent, const struct oid *tree)
{
	static const char message[] = "Notes added by 'git squash-last'\n";
	struct strbuf raw = STRBUF_INIT, author = STRBUF_INIT;
	struct strbuf committer = STRBUF_INIT;
	int error = repo_ident(&author, c->repo, "author");

	if (!error)
		error = repo_ident(&committer, c->repo, "committer");
	if (!error) {
		const struct commit_draft draft = {
			.tree = *tree,
			.parent = parent,
			.nr_parents = 1,
			.author = author.buf,
			.author_len = author.len,
			.committer = committer.buf,
			.committer_len = committer.len,
			.extra = "",
			.message = message,
			.message_len = sizeof(message) - 1,
		};

		commit_format(&raw, &draft, c->repo->algo);
		error = odb_write(out, c->odb, OBJ_COMMIT, raw.buf, raw.len);
	}
	strbuf_release(&raw);
	strbuf_release(&author);
	strbuf_release(&committer);
	return error;
}

/* One ref; `after` is `before` when nothing changes. */
static int rewrite_ref(struct moved_ref *ref, struct copying *c,
		       const struct pare_rewrite *face)
{
	struct commit commit;
	struct oid tree;
	int error = repo_ref(&ref->before, c->repo, ref->ref);

	ref->after = ref->before;
	if (!error)
		error = commit_read(&commit, c->repo, &ref->before);
	if (error < 0)
		return error;
	c->tree = commit.tree;
	commit_release(&commit);
	for (size_t i = 0; i < face->nr && !error; i++)
		if (!oid_equal(&face->map[i].before, &face->map[i].after) &&
		    !oid_is_zero(&face->map[i].after))
			error = copy_note(c, &face->map[i]);
	if (c->nr)
		qsort(c->edit, c->nr, sizeof(*c->edit), compare_edits);
	if (!error)
		error = notes_tree_write(&tree, c->odb, c->repo->algo,
					 &c->tree, c->edit, c->nr);
	if (!error && !oid_equal(&tree, &c->tree))
		error = commit_notes(&ref->after, c, &ref->before, &tree);
	return error;
}

int notes_rewrite(struct notes_moves *out, struct pare_rewrite *face)
{
	struct copying c = { .repo = face->repo };
	int error = 0;

	if (!pare_repo_config_bool(face->repo, "notes.rewrite.rebase", true))
		return 0;
	error = find_refs(&out->names, face->repo);
	if (error < 0 || !out->names.nr)
		return error;
	error = find_mode(&c.combine, face->repo);
	if (!error)
		error = repo_odb(&c.odb, face->repo);
	out->ref = xcalloc(out->names.nr, sizeof(*out->ref));
	for (size_t i = 0; i < out->names.nr && !error; i++) {
		struct moved_ref *ref = &out->ref[out->nr];

		c.nr = 0;
		ref->ref = out->names.v[i];
		error = rewrite_ref(ref, &c, face);
		out->nr += !oid_equal(&ref->before, &ref->after);
	}
	free(c.edit);
	return error;
}

void notes_moves_release(struct notes_moves *moves)
{
	free(moves->ref);
	strvec_clear(&moves->names);
	moves->ref = NULL;
	moves->nr = 0;
}
