/* SPDX-License-Identifier: MIT */
/*
 * Whom does a meld belong to? What stands behind all of its `fixup! ` and
 * `squash! ` and `amend! ` is looked for among the items before it:
 *
 *	1. as the whole subject of one that is not a meld itself;
 *	2. if it is a single word, as the name of one of the commits;
 *	3. as the beginning of a subject, that of a meld too.
 *
 * Each item heads a chain of those that come right behind it. A meld is put
 * behind the last one that was put behind its target, and it may be a target
 * in its turn, inside the chain of another:
 *
 *	A  B  fixup! A  squash! B  fixup! fixup! A  fixup! A
 *
 *	A -> fixup! A -> fixup! fixup! A -> fixup! A
 *	B -> squash! B
 *
 * (`fixup! fixup! A` is for A: all of the prefixes are taken off first.)
 */
#include "history/autosquash.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/run.h"
#include "history/encoding.h"

static const size_t none = SIZE_MAX;

static const struct prefix {
	const char *text;
	enum todo_command command;
	unsigned flags;
} prefixes[] = {
	{ "fixup! ", TODO_FIXUP, 0 },
	{ "squash! ", TODO_SQUASH, 0 },
	{ "amend! ", TODO_FIXUP, TODO_REPLACE_MESSAGE },
};

static const struct prefix *find_prefix(const char *subject)
{
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (starts_with(subject, prefixes[i].text))
			return &prefixes[i];
	return NULL;
}

/* What it is for, behind all prefixes; NULL when it is no meld. */
static const char *target_of(const char *subject)
{
	const struct prefix *prefix = find_prefix(subject);

	if (!prefix)
		return NULL;
	while (prefix) {
		subject += strlen(prefix->text);
		while (isspace((unsigned char)*subject))
			subject++;
		prefix = find_prefix(subject);
	}
	return subject;
}

void commit_subject(struct strbuf *out, const struct commit *commit)
{
	struct strbuf message = STRBUF_INIT;
	const char *p;
	bool begun = false;

	message_as(&message, commit, NULL);
	for (p = message.buf; *p; p += *p == '\n') {
		size_t line = strcspn(p, "\n"), len = line;

		while (len && isspace((unsigned char)p[len - 1]))
			len--;
		if (!len && begun)
			break;
		if (len && begun)
			strbuf_addch(out, ' ');
		strbuf_add(out, p, len);
		begun = begun || len;
		p += line;
	}
	strbuf_release(&message);
}

struct arrangement {
	struct todo_list *list;
	const struct autosquash_options *opts;
	struct strvec word; /* targets that may be revisions */
	struct oid *named;  /* the commits they are */
	size_t *next;       /* of each item: the one right behind it */
	size_t *tail;       /* of each item: the last put behind it */
	bool *meld;
};

static bool is_word(const char *target)
{
	return *target && !strchr(target, ' ');
}

static int look_words_up(struct arrangement *a)
{
	for (size_t i = 0; i < a->list->nr; i++) {
		const char *subject = a->opts->subject[i];
		const char *target = subject ? target_of(subject) : NULL;

		if (target && is_word(target))
			strvec_push(&a->word, target);
	}
	a->named = xcalloc(a->word.nr, sizeof(*a->named));
	return a->word.nr ? a->opts->lookup(a->named, &a->word,
					    a->opts->payload) : 0;
}

static size_t find_subject(const struct arrangement *a, size_t before,
			   const char *target)
{
	for (size_t i = 0; i < before; i++)
		if (a->opts->subject[i] && !a->meld[i] &&
		    !strcmp(a->opts->subject[i], target))
			return i;
	return none;
}

static size_t find_commit(const struct arrangement *a, size_t before,
			  const struct oid *oid)
{
	/* The last one, should it be in the list more than once. */
	for (size_t i = before; i-- > 0;)
		if (a->opts->subject[i] &&
		    oid_equal(&a->list->items[i].oid, oid))
			return i;
	return none;
}

static size_t find_beginning(const struct arrangement *a, size_t before,
			     const char *target)
{
	for (size_t i = 0; i < before; i++)
		if (a->opts->subject[i] &&
		    starts_with(a->opts->subject[i], target))
			return i;
	return none;
}

static void put_behind(struct arrangement *a, size_t target, size_t i)
{
	size_t last = a->tail[target] == none ? target : a->tail[target];

	a->next[i] = a->next[last];
	a->next[last] = i;
	a->tail[target] = i;
	a->meld[i] = true;
}

static void arrange(struct arrangement *a)
{
	size_t word = 0;

	for (size_t i = 0; i < a->list->nr; i++) {
		const char *subject = a->opts->subject[i];
		const char *target = subject ? target_of(subject) : NULL;
		const struct oid *named = NULL;
		size_t found;

		if (!target)
			continue;
		if (is_word(target))
			named = &a->named[word++];
		found = find_subject(a, i, target);
		if (found == none && named && !oid_is_zero(named))
			found = find_commit(a, i, named);
		if (found == none)
			found = find_beginning(a, i, target);
		if (found != none)
			put_behind(a, found, i);
	}
}

/* The chains one after the other; returns how many items are melds. */
static size_t write_back(struct arrangement *a)
{
	struct todo_list *list = a->list;
	struct todo_item *items = xcalloc(list->nr, sizeof(*items));
	size_t nr = 0, melds = 0;

	for (size_t i = 0; i < list->nr; i++) {
		if (a->meld[i])
			continue;
		for (size_t at = i; at != none; at = a->next[at]) {
			struct todo_item *item = &items[nr++];

			*item = list->items[at];
			if (a->meld[at]) {
				const struct prefix *prefix =
					find_prefix(a->opts->subject[at]);

				item->command = prefix->command;
				item->flags = prefix->flags;
				melds++;
			}
		}
	}
	free(list->items);
	list->items = items;
	list->alloc = list->nr;
	return melds;
}

int autosquash(size_t *nr, struct todo_list *list,
	       const struct autosquash_options *opts)
{
	struct arrangement a = { .list = list, .opts = opts,
				 .word = STRVEC_INIT };
	int error = look_words_up(&a);

	*nr = 0;
	if (error < 0)
		goto done;
	a.next = xcalloc(list->nr, sizeof(*a.next));
	a.tail = xcalloc(list->nr, sizeof(*a.tail));
	a.meld = xcalloc(list->nr, sizeof(*a.meld));
	for (size_t i = 0; i < list->nr; i++)
		a.next[i] = a.tail[i] = none;
	arrange(&a);
	*nr = write_back(&a);
done:
	free(a.meld);
	free(a.tail);
	free(a.next);
	free(a.named);
	strvec_clear(&a.word);
	return error;
}

/* A line each from `git cat-file`: the commit, or `<word> missing`. */
int autosquash_lookup(struct oid *oid, const struct strvec *word,
		      void *payload)
{
	struct pare_repo *repo = payload;
	struct run run = RUN_INIT;
	struct strbuf in = STRBUF_INIT, out = STRBUF_INIT;
	const char *line;
	int result;

	for (size_t i = 0; i < word->nr; i++)
		strbuf_addf(&in, "%s^{commit}\n", word->v[i]);
	strvec_pushl(&run.args, "cat-file",
		     "--batch-check=%(objectname) %(objecttype)", NULL);
	run.in = in.buf;
	run.in_len = in.len;
	run.out = &out;
	run.discard_err = true;
	result = run_git(&run);
	if (result > 0)
		result = error_set(GIT_ERROR, "git cat-file failed");
	line = out.buf;
	for (size_t i = 0; i < word->nr && !result && *line; i++) {
		size_t len = strcspn(line, "\n");

		if (len == repo->algo->hex_size + strlen(" commit") &&
		    !memcmp(line + repo->algo->hex_size, " commit", 7) &&
		    oid_parse(&oid[i], line, repo->algo) < 0)
			memset(&oid[i], 0, sizeof(oid[i]));
		line += len + (line[len] == '\n');
	}
	strbuf_release(&in);
	strbuf_release(&out);
	return result;
}
