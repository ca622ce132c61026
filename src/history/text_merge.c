/* SPDX-License-Identifier: MIT */
/*
 * git merges texts by a histogram diff, libgit2 by Myers'; where lines repeat
 * they may pair them otherwise, and then the merge differs too. So no diff is
 * made here: a merge is taken only if its outcome follows for each of them.
 *
 *	base    = . . . A A A . . . . . .	A: replaced in ours
 *	ours    = . . . a a . . . . . . .
 *	                    |---- S ----	their common suffix
 *	theirs  = . . . A A A . . . b b .	B: replaced in theirs
 *	         ------- P ------|		its common prefix with base
 *
 * Cut S so that it begins with a line that is there once in base and once in
 * ours (an anchor), P so that it ends with one that is there once in base and
 * once in theirs. Where S begins no later than P ends, the merge is ours up
 * to there and theirs from there on, if every diff pairs S with S and P with
 * P. They do: Myers' is made after common ends were taken off. The histogram
 * takes, at each step, a run of equal lines that is longest, or rarest in
 * base; a run that crosses S cannot contain an anchor of S, so it is shorter
 * than S and not rarer. It could win only after a run that is longer than S
 * but has no line that is single in base, hence the test in `end_holds`. And
 * no hunk can slide over an anchor afterwards, because sliding needs a second
 * equal line.
 */
#include "history/text_merge.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"

/* More is binary to git at some size, and slow here. */
enum { TEXT_MAX = 64 << 20, BINARY_PROBE = 8000 };

struct line {
	const char *text;
	size_t len;
	uint32_t class; /* equal lines of the three texts have equal ones */
};

struct lines {
	struct line *line;
	size_t nr, alloc;
	uint32_t *count; /* by class: how often it is here */
};

/* Classes of lines: open addressing, one representative each. */
struct classes {
	const struct line **slot;
	size_t mask;
	uint32_t nr;
};

static bool is_text(const struct text *text)
{
	size_t probe = text->len < BINARY_PROBE ? text->len : BINARY_PROBE;

	return text->len <= TEXT_MAX &&
	       (!probe || !memchr(text->data, '\0', probe));
}

static void split(struct lines *out, const struct text *text)
{
	const char *p = text->data, *end = p + text->len;

	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		const char *next = lf ? lf + 1 : end;

		ALLOC_GROW(out->line, out->nr + 1, out->alloc);
		out->line[out->nr++] = (struct line){
			.text = p, .len = (size_t)(next - p)
		};
		p = next;
	}
}

static bool same_text(const struct line *a, const struct line *b)
{
	return a->len == b->len && !memcmp(a->text, b->text, a->len);
}

static size_t hash(const struct line *line)
{
	uint64_t h = 14695981039346656037ULL;

	for (size_t i = 0; i < line->len; i++)
		h = (h ^ (unsigned char)line->text[i]) * 1099511628211ULL;
	return (size_t)(h ^ (h >> 32));
}

static void classify(struct classes *classes, struct lines *lines)
{
	for (size_t i = 0; i < lines->nr; i++) {
		struct line *line = &lines->line[i];
		size_t at = hash(line) & classes->mask;

		while (classes->slot[at] && !same_text(classes->slot[at], line))
			at = (at + 1) & classes->mask;
		if (classes->slot[at]) {
			line->class = classes->slot[at]->class;
		} else {
			line->class = classes->nr++;
			classes->slot[at] = line;
		}
	}
}

static void count(struct lines *lines, const struct classes *classes)
{
	lines->count = xcalloc((size_t)classes->nr + 1, sizeof(uint32_t));
	for (size_t i = 0; i < lines->nr; i++)
		lines->count[lines->line[i].class]++;
}

enum { BASE, OURS, THEIRS, NR_SIDES };

static void prepare(struct lines side[NR_SIDES])
{
	struct classes classes = { .mask = 63 };
	size_t nr = side[BASE].nr + side[OURS].nr + side[THEIRS].nr;

	while (classes.mask < nr * 2)
		classes.mask = classes.mask * 2 + 1;
	classes.slot = xcalloc(classes.mask + 1, sizeof(*classes.slot));
	for (int i = 0; i < NR_SIDES; i++)
		classify(&classes, &side[i]);
	for (int i = 0; i < NR_SIDES; i++)
		count(&side[i], &classes);
	free(classes.slot);
}

static size_t common_prefix(const struct lines *a, const struct lines *b)
{
	size_t max = a->nr < b->nr ? a->nr : b->nr, i = 0;

	while (i < max && a->line[i].class == b->line[i].class)
		i++;
	return i;
}

/* Of what is left when the prefix is taken off. */
static size_t common_suffix(const struct lines *a, const struct lines *b)
{
	size_t max = (a->nr < b->nr ? a->nr : b->nr) - common_prefix(a, b);
	size_t i = 0;

	while (i < max && a->line[a->nr - 1 - i].class ==
				  b->line[b->nr - 1 - i].class)
		i++;
	return i;
}

static bool is_anchor(const struct lines *base, const struct lines *side,
		      size_t i)
{
	uint32_t class = base->line[i].class;

	return base->count[class] == 1 && side->count[class] == 1;
}

/* Is no stretch of base without a line of its own longer than `len`? */
static bool end_holds(const struct lines *base, size_t len)
{
	size_t stretch = 0;

	for (size_t i = 0; i < base->nr; i++) {
		stretch = base->count[base->line[i].class] == 1 ? 0 :
								  stretch + 1;
		if (stretch > len)
			return false;
	}
	return true;
}

/*
 * `first` changed what comes before, `second` what comes after: *at is the
 * line of base where one hands over to the other.
 */
static bool find_seam(size_t *at, const struct lines *base,
		      const struct lines *first, const struct lines *second)
{
	size_t start = base->nr - common_suffix(base, first);
	size_t end = common_prefix(base, second);

	while (start < base->nr && !is_anchor(base, first, start))
		start++;
	while (end && !is_anchor(base, second, end - 1))
		end--;
	*at = start;
	return start < end && end_holds(base, base->nr - start) &&
	       end_holds(base, end);
}

static void compose(struct strbuf *out, const struct lines *base,
		    const struct lines *first, const struct lines *second,
		    size_t at)
{
	size_t end = first->nr - (base->nr - at);

	for (size_t i = 0; i < end; i++)
		strbuf_add(out, first->line[i].text, first->line[i].len);
	for (size_t i = at; i < second->nr; i++)
		strbuf_add(out, second->line[i].text, second->line[i].len);
}

bool text_merge(struct strbuf *out, const struct text *base,
		const struct text *ours, const struct text *theirs)
{
	struct lines side[NR_SIDES] = { 0 };
	bool done = false;
	size_t at;

	if (!is_text(base) || !is_text(ours) || !is_text(theirs))
		return false;
	split(&side[BASE], base);
	split(&side[OURS], ours);
	split(&side[THEIRS], theirs);
	prepare(side);
	if (find_seam(&at, &side[BASE], &side[OURS], &side[THEIRS])) {
		compose(out, &side[BASE], &side[OURS], &side[THEIRS], at);
		done = true;
	} else if (find_seam(&at, &side[BASE], &side[THEIRS], &side[OURS])) {
		compose(out, &side[BASE], &side[THEIRS], &side[OURS], at);
		done = true;
	}
	for (int i = 0; i < NR_SIDES; i++) {
		free(side[i].line);
		free(side[i].count);
	}
	return done;
}
