/* SPDX-License-Identifier: MIT */
#include "support/random_history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "repo/commit.h"
#include "repo/tree.h"
#include "support/sandbox.h"

enum { FILES_MAX = 48, LINES = 24, LINE_KINDS = 6 };

struct file {
	char path[32];
	uint32_t mode;
	struct strbuf text;
};

struct state {
	struct file file[FILES_MAX];
	int nr;
	struct pare_repo *repo;
	struct odb *odb;
	uint64_t *random;
};

unsigned random_below(uint64_t *state, unsigned n)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (unsigned)((*state * 2685821657736338717ULL) >> 33) % n;
}

static unsigned below(struct state *s, unsigned n)
{
	return random_below(s->random, n);
}

static bool one_in(struct state *s, unsigned n)
{
	return !below(s, n);
}

/* Half of the lines are there once, the others over and over. */
static void add_line(struct state *s, struct strbuf *text)
{
	if (one_in(s, 2))
		strbuf_addf(text, "line %u\n", below(s, 100000));
	else
		strbuf_addf(text, "%.*s\n", (int)below(s, LINE_KINDS), "}}}}}}");
}

static void remove_file(struct state *s, int i)
{
	strbuf_release(&s->file[i].text);
	s->file[i] = s->file[--s->nr];
}

/* What stands in the way of `path`: itself, a file above it, files below. */
static void make_way(struct state *s, const char *path)
{
	size_t len = strlen(path);

	for (int i = s->nr - 1; i >= 0; i--) {
		const char *other = s->file[i].path;
		size_t other_len = strlen(other);
		size_t common = len < other_len ? len : other_len;

		if (strncmp(path, other, common))
			continue;
		if (len == other_len || path[common] == '/' ||
		    other[common] == '/')
			remove_file(s, i);
	}
}

static void random_path(char *out, struct state *s)
{
	static const char *const dirs[] = { "", "a/", "a/b/", "c/", "c.d/",
					    "e/f/g/", "n0/" };

	snprintf(out, sizeof(((struct file *)0)->path), "%sn%u",
		 dirs[below(s, ARRAY_SIZE(dirs))], below(s, 12));
}

static struct file *new_file(struct state *s, const char *path)
{
	struct file *file;

	make_way(s, path);
	if (s->nr == FILES_MAX)
		remove_file(s, 0);
	file = &s->file[s->nr++];
	snprintf(file->path, sizeof(file->path), "%s", path);
	file->mode = 0100644;
	strbuf_init(&file->text, 0);
	return file;
}

static void add_file(struct state *s)
{
	unsigned lines = below(s, LINES);
	struct file *file;
	char path[32];

	random_path(path, s);
	file = new_file(s, path);
	if (one_in(s, 8)) {
		file->mode = 0120000;
		strbuf_addf(&file->text, "n%u", below(s, 9));
		return;
	}
	for (unsigned i = 0; i < lines; i++)
		add_line(s, &file->text);
	if (one_in(s, 10))
		strbuf_addstr(&file->text, "no end");
	if (one_in(s, 20))
		strbuf_add(&file->text, "\0bin", 4);
}

static size_t line_start(const struct strbuf *text, size_t at)
{
	while (at && text->buf[at - 1] != '\n')
		at--;
	return at;
}

static void edit_file(struct state *s, struct file *file)
{
	struct strbuf new = STRBUF_INIT;
	size_t at, end;

	if (file->mode == 0120000) {
		strbuf_addf(&file->text, "%u", below(s, 9));
		return;
	}
	if (one_in(s, 8))
		file->mode ^= 0111;
	at = line_start(&file->text, below(s, (unsigned)file->text.len + 1));
	end = at;
	for (unsigned i = below(s, 3); i && end < file->text.len; i--)
		end += strcspn(file->text.buf + end, "\n") + 1;
	if (end > file->text.len)
		end = file->text.len;
	strbuf_add(&new, file->text.buf, at);
	for (unsigned i = below(s, 3); i; i--)
		add_line(s, &new);
	strbuf_add(&new, file->text.buf + end, file->text.len - end);
	strbuf_release(&file->text);
	file->text = new;
}

static void rename_file(struct state *s, int i)
{
	struct file was = s->file[i], *file;
	char path[32];

	s->file[i] = s->file[--s->nr];
	random_path(path, s);
	file = new_file(s, path);
	file->mode = was.mode;
	file->text = was.text;
}

static void rename_dir(struct state *s)
{
	for (int i = 0; i < s->nr; i++)
		if (starts_with(s->file[i].path, "r/"))
			return;
	for (int i = 0; i < s->nr; i++)
		if (starts_with(s->file[i].path, "a/"))
			s->file[i].path[0] = 'r';
}

static void change(struct state *s, bool renames)
{
	unsigned what = below(s, renames ? 16 : 12);
	int i;

	if (!s->nr || what < 2) {
		add_file(s);
		return;
	}
	i = (int)below(s, (unsigned)s->nr);
	if (what == 2)
		remove_file(s, i);
	else if (what < 12)
		edit_file(s, &s->file[i]);
	else if (what < 15)
		rename_file(s, i);
	else
		rename_dir(s);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->path,
		      ((const struct file *)b)->path);
}

struct entry {
	char name[32];
	uint32_t mode;
	struct oid oid;
};

static int by_tree_order(const void *va, const void *vb)
{
	const struct entry *a = va, *b = vb;

	return tree_entry_cmp(a->name, strlen(a->name), a->mode, b->name,
			      strlen(b->name), b->mode);
}

static bool write_tree(struct oid *out, struct state *s, const char *dir)
{
	struct strbuf raw = STRBUF_INIT;
	struct entry entry[FILES_MAX];
	size_t len = strlen(dir), nr = 0;

	for (int i = 0; i < s->nr; i++) {
		const char *name = s->file[i].path + len;
		size_t name_len = strcspn(name, "/");
		struct entry *new = &entry[nr];
		char below_it[40];

		if (strncmp(s->file[i].path, dir, len) ||
		    (nr && !strncmp(entry[nr - 1].name, name, name_len) &&
		     !entry[nr - 1].name[name_len] && name[name_len]))
			continue;
		snprintf(new->name, sizeof(new->name), "%.*s", (int)name_len,
			 name);
		new->mode = name[name_len] ? 0040000 : s->file[i].mode;
		snprintf(below_it, sizeof(below_it), "%s%s/", dir, new->name);
		if (name[name_len])
			write_tree(&new->oid, s, below_it);
		else
			odb_write(&new->oid, s->odb, OBJ_BLOB,
				  s->file[i].text.buf, s->file[i].text.len);
		nr++;
	}
	qsort(entry, nr, sizeof(*entry), by_tree_order);
	for (size_t i = 0; i < nr; i++)
		tree_add_entry(&raw, entry[i].mode, entry[i].name,
			       strlen(entry[i].name), &entry[i].oid,
			       s->repo->algo);
	assert_int_equal(odb_write(out, s->odb, OBJ_TREE, raw.buf, raw.len), 0);
	strbuf_release(&raw);
	return nr;
}

static void write_commit(struct random_history *h, struct state *s)
{
	static const char *const zones[] = { "+0000", "+0530", "-0330",
					     "+1245", "-1100", "+0100" };
	static const char *const messages[] = {
		"plain %u\n", "no end of line %u", "\n\n  \nlate %u\n",
		"two %u\n\nparagraphs\n\n\n", "%u\n# not a comment\n",
		"trailing %u  \n\n\n\nblank\n", "caf\303\251 %u\n",
	};
	static const char *const latin1 = "caf\351 %u\n";
	struct strbuf raw = STRBUF_INIT;
	bool is_latin1 = one_in(s, 8);

	strbuf_addf(&raw, "tree %s\n", oid_hex(&h->tree[h->nr], s->repo->algo));
	if (h->nr)
		strbuf_addf(&raw, "parent %s\n",
			    oid_hex(&h->commit[h->nr - 1], s->repo->algo));
	strbuf_addf(&raw, "author Some One <s%u@example.com> %u %s\n",
		    below(s, 9), 1600000000 + below(s, 1000000),
		    zones[below(s, ARRAY_SIZE(zones))]);
	strbuf_addf(&raw, "committer C <c@example.com> %u %s\n",
		    1600000000 + below(s, 1000000),
		    zones[below(s, ARRAY_SIZE(zones))]);
	if (is_latin1)
		strbuf_addstr(&raw, "encoding ISO-8859-1\n");
	if (one_in(s, 6))
		strbuf_addf(&raw, "change-id I%u\n folded\n", below(s, 1000));
	strbuf_addch(&raw, '\n');
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	strbuf_addf(&raw, is_latin1 ? latin1 :
		    messages[below(s, ARRAY_SIZE(messages))], below(s, 1000));
#pragma GCC diagnostic pop
	assert_int_equal(odb_write(&h->commit[h->nr], s->odb, OBJ_COMMIT,
				   raw.buf, raw.len), 0);
	h->nr++;
	strbuf_release(&raw);
}

void random_history_make(struct random_history *out, struct pare_repo *repo,
			 uint64_t *state, int nr, bool renames)
{
	struct state s = { .repo = repo, .random = state };

	assert_int_equal(repo_odb(&s.odb, repo), 0);
	out->nr = 0;
	for (int i = 0; i < 14; i++)
		add_file(&s);
	while (out->nr < nr) {
		for (unsigned i = one_in(&s, 8) ? 0 : 1 + below(&s, 3); i; i--)
			change(&s, renames);
		/* git would not write an empty root tree by itself. */
		if (!s.nr)
			add_file(&s);
		qsort(s.file, (size_t)s.nr, sizeof(*s.file), by_path);
		write_tree(&out->tree[out->nr], &s, "");
		write_commit(out, &s);
	}
	while (s.nr)
		remove_file(&s, 0);
}

static bool is_empty(const struct random_history *h, const struct oid *oid)
{
	for (int i = 1; i < h->nr; i++)
		if (oid_equal(&h->commit[i], oid))
			return oid_equal(&h->tree[i], &h->tree[i - 1]);
	return false;
}

static void random_command(struct todo_item *item, uint64_t *state, bool melds)
{
	unsigned what = random_below(state, 20);

	if (what < 11 || (!melds && what > 12))
		return;
	if (what == 11 || what == 12) {
		item->command = TODO_REWORD;
	} else if (what == 13) {
		item->command = TODO_DROP;
	} else if (what < 17) {
		item->command = TODO_FIXUP;
	} else if (what < 19) {
		item->command = TODO_SQUASH;
	} else {
		item->command = TODO_FIXUP;
		item->flags = TODO_REPLACE_MESSAGE;
		if (random_below(state, 2))
			item->flags |= TODO_EDIT_MESSAGE;
	}
}

void random_plan_make(struct todo_list *out, const struct random_history *h,
		      uint64_t *state, int first, const char *ref)
{
	struct oid order[RANDOM_COMMITS_MAX];
	unsigned swaps = random_below(state, 4);
	int nr = h->nr - first;

	memcpy(order, &h->commit[first], (size_t)nr * sizeof(*order));
	for (unsigned i = 0; i < swaps && nr > 1; i++) {
		unsigned from = random_below(state, (unsigned)nr);
		unsigned to = random_below(state, (unsigned)nr);
		struct oid moved = order[from];

		memmove(order + from, order + from + 1,
			(size_t)(nr - 1 - (int)from) * sizeof(*order));
		memmove(order + to + 1, order + to,
			(size_t)(nr - 1 - (int)to) * sizeof(*order));
		order[to] = moved;
	}
	for (int i = 0; i < nr; i++) {
		struct todo_item *item = todo_list_add(out, TODO_PICK,
						       &order[i], "x");

		random_command(item, state, i);
		/* Git 2.39 stops here if, and only if, it fast-forwarded. */
		if (item->command == TODO_REWORD && is_empty(h, &order[i]))
			item->command = TODO_PICK;
		if (!random_below(state, 12))
			todo_list_add(out, TODO_NOOP, NULL, NULL);
		if (!random_below(state, 12))
			todo_list_add(out, TODO_UPDATE_REF, NULL, ref);
	}
}
