/* SPDX-License-Identifier: MIT */
/*
 * The automaton. Step i of a pattern is state i; state `nr` accepts. The set
 * of active states is moved on by each byte of the text:
 *
 *	LITERAL, ANY, SET   take one byte that fits, go to i + 1
 *	STAR                i + 1 without a byte, or take a byte and stay
 *	OPT_DIRS            i + 1 or i + 2 without a byte
 *	DIRS                take any byte and stay; a slash also goes to i + 1
 *
 * A component `**` with its slash is OPT_DIRS, DIRS: no directory at all, or
 * anything up to some slash.
 */
#include "sparse/wildmatch.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum step_type {
	STEP_LITERAL,
	STEP_ANY,
	STEP_SET,
	STEP_STAR,
	STEP_OPT_DIRS,
	STEP_DIRS,
};

struct step {
	uint8_t type;
	uint8_t byte;   /* LITERAL */
	bool cross;     /* ANY, STAR: slashes too */
	uint32_t set;   /* SET: which one */
};

struct byte_set {
	uint32_t bits[8];
};

struct wildmatch {
	struct step *step;
	struct byte_set *set;
	size_t nr, alloc, nr_sets, alloc_sets;
	unsigned flags;
	bool is_malformed;
};

static void set_add(struct byte_set *set, unsigned c)
{
	set->bits[c / 32] |= 1u << (c % 32);
}

static bool set_has(const struct byte_set *set, unsigned c)
{
	return set->bits[c / 32] >> (c % 32) & 1;
}

static struct step *add_step(struct wildmatch *wild, enum step_type type)
{
	struct step *step;

	ALLOC_GROW(wild->step, wild->nr + 1, wild->alloc);
	step = &wild->step[wild->nr++];
	*step = (struct step){ .type = (uint8_t)type };
	return step;
}

/* As in git, a capital behind a backslash is not folded. */
static void add_literal(struct wildmatch *wild, char c, bool is_escaped)
{
	uint8_t byte = (uint8_t)c;

	if (wild->flags & WILDMATCH_CASEFOLD && byte < 0x80 && !is_escaped)
		byte = (uint8_t)tolower(byte);
	add_step(wild, STEP_LITERAL)->byte = byte;
}

static int is_blank(int c)
{
	return c == ' ' || c == '\t';
}

static const struct {
	const char *name;
	int (*is)(int c);
} classes[] = {
	{ "alnum", isalnum }, { "alpha", isalpha }, { "blank", is_blank },
	{ "cntrl", iscntrl }, { "digit", isdigit }, { "graph", isgraph },
	{ "lower", islower }, { "print", isprint }, { "punct", ispunct },
	{ "space", isspace }, { "upper", isupper }, { "xdigit", isxdigit },
};

static bool add_class(struct byte_set *set, const char *name, size_t len,
		      bool fold)
{
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		if (strlen(classes[i].name) != len ||
		    memcmp(classes[i].name, name, len))
			continue;
		for (int c = 0; c < 0x80; c++)
			if (classes[i].is(c) ||
			    (fold && classes[i].is == isupper && islower(c)))
				set_add(set, (unsigned)c);
		return true;
	}
	return false;
}

/*
 * From `low` to `high`. When folding, the text's letters are lower case by the
 * time they get here, and a lower-case letter may match as its capital too.
 */
static void add_range(struct byte_set *set, unsigned low, unsigned high,
		      bool fold)
{
	for (unsigned c = 0; c < 256; c++) {
		unsigned upper = c < 0x80 && islower((int)c) ?
			(unsigned)toupper((int)c) : c;

		if ((c >= low && c <= high) ||
		    (fold && upper >= low && upper <= high))
			set_add(set, c);
	}
}

/*
 * `[:name:]` at p, which points at its `[`. Returns the `]` at its end, NULL
 * when there is none or the name is unknown, or `p` itself when this is no
 * class but a plain `[`.
 */
static const char *parse_class(struct byte_set *set, const char *p,
			       const char *end, bool fold)
{
	const char *name = p + 2;
	const char *close = memchr(name, ']', (size_t)(end - name));

	if (!close)
		return NULL;
	if (close == name || close[-1] != ':')
		return p;
	if (close - 1 < name ||
	    !add_class(set, name, (size_t)(close - 1 - name), fold))
		return NULL;
	return close;
}

/* The byte at *p, or the one behind the backslash there; -1 at the end. */
static int next_byte(const char **p, const char *end)
{
	if (*p < end && **p == '\\')
		++*p;
	return *p < end ? (uint8_t)*(*p)++ : -1;
}

/* The inside of `[…]`; returns what follows the `]`, NULL if there is none. */
static const char *parse_set(struct byte_set *set, const char *p,
			     const char *end, bool fold)
{
	bool negated = p < end && (*p == '!' || *p == '^');
	int before = 0; /* what a `-` starts from, 0: nothing */

	p += negated;
	for (bool first = true;; first = false) {
		if (p >= end)
			return NULL;
		if (*p == ']' && !first)
			break;
		if (*p == '-' && before && p + 1 < end && p[1] != ']') {
			int high;

			p++;
			if ((high = next_byte(&p, end)) < 0)
				return NULL;
			add_range(set, (unsigned)before, (unsigned)high, fold);
			before = 0;
			continue;
		}
		if (*p == '[' && p + 1 < end && p[1] == ':') {
			const char *close = parse_class(set, p, end, fold);

			if (!close)
				return NULL;
			before = close == p ? '[' : 0;
			if (close == p)
				set_add(set, '[');
			p = close + 1;
			continue;
		}
		if ((before = next_byte(&p, end)) < 0)
			return NULL;
		set_add(set, (unsigned)before);
	}
	for (size_t i = 0; negated && i < ARRAY_SIZE(set->bits); i++)
		set->bits[i] = ~set->bits[i];
	return p + 1;
}

/* Stars at *p, which is moved behind them (and the slash of a `**` one). */
static void add_stars(struct wildmatch *wild, const char *pattern,
		      const char **p, const char *end)
{
	const char *start = *p, *after = start;
	bool pathname = wild->flags & WILDMATCH_PATHNAME, component;

	while (after < end && *after == '*')
		after++;
	*p = after;
	component = after - start > 1 &&
		    (start == pattern || start[-1] == '/') &&
		    (after == end || *after == '/' ||
		     (*after == '\\' && after + 1 < end && after[1] == '/'));
	if (pathname && component && after < end && *after == '/') {
		add_step(wild, STEP_OPT_DIRS);
		add_step(wild, STEP_DIRS);
		*p = after + 1;
	} else {
		add_step(wild, STEP_STAR)->cross = !pathname || component;
	}
}

static const char *add_set(struct wildmatch *wild, const char *p,
			   const char *end)
{
	struct byte_set *set;

	ALLOC_GROW(wild->set, wild->nr_sets + 1, wild->alloc_sets);
	set = &wild->set[wild->nr_sets];
	memset(set, 0, sizeof(*set));
	p = parse_set(set, p, end, wild->flags & WILDMATCH_CASEFOLD);
	if (wild->flags & WILDMATCH_PATHNAME)
		set->bits['/' / 32] &= ~(1u << ('/' % 32));
	add_step(wild, STEP_SET)->set = (uint32_t)wild->nr_sets++;
	return p;
}

struct wildmatch *wildmatch_compile(const char *pattern, size_t len,
				    size_t plain_len, unsigned flags)
{
	struct wildmatch *wild = xcalloc(1, sizeof(*wild));
	const char *p = pattern, *end = pattern + len;

	wild->flags = flags;
	while (plain_len--)
		add_literal(wild, *p++, false);
	pattern = p;
	while (p && p < end) {
		switch (*p) {
		case '*':
			add_stars(wild, pattern, &p, end);
			break;
		case '?':
			add_step(wild, STEP_ANY)->cross =
				!(flags & WILDMATCH_PATHNAME);
			p++;
			break;
		case '[':
			p = add_set(wild, p + 1, end);
			break;
		case '\\':
			if (p + 1 < end)
				add_literal(wild, p[1], true);
			p = p + 1 < end ? p + 2 : NULL;
			break;
		default:
			add_literal(wild, *p++, false);
		}
	}
	wild->is_malformed = !p;
	return wild;
}

void wildmatch_free(struct wildmatch *wild)
{
	if (!wild)
		return;
	free(wild->step);
	free(wild->set);
	free(wild);
}

uint32_t wildmatch_last(const struct wildmatch *wild)
{
	return (uint32_t)wild->nr;
}

void wildmatch_set_init(struct wildmatch_set *set, size_t nr)
{
	set->has = xcalloc(nr + 1, sizeof(*set->has));
	set->member = xcalloc(nr + 1, sizeof(*set->member));
	set->nr = 0;
}

void wildmatch_set_clear(struct wildmatch_set *set)
{
	for (size_t i = 0; i < set->nr; i++)
		set->has[set->member[i]] = false;
	set->nr = 0;
}

void wildmatch_set_release(struct wildmatch_set *set)
{
	free(set->has);
	free(set->member);
}

/* False if it is in already. */
static bool add_member(struct wildmatch_set *set, uint32_t member)
{
	if (set->has[member])
		return false;
	set->has[member] = true;
	set->member[set->nr++] = member;
	return true;
}

/* Activate state `i` and what is reached from it without a byte. */
static void activate(struct wildmatch_set *set, const struct wildmatch *wild,
		     uint32_t first, uint32_t i)
{
	while (add_member(set, first + i)) {
		if (i == wild->nr)
			return;
		if (wild->step[i].type == STEP_OPT_DIRS) {
			add_member(set, first + i + 1);
			i += 2;
		} else if (wild->step[i].type == STEP_STAR) {
			i++;
		}
	}
}

void wildmatch_start(struct wildmatch_set *set, const struct wildmatch *wild,
		     uint32_t first)
{
	if (!wild->is_malformed)
		activate(set, wild, first, 0);
}

void wildmatch_take(struct wildmatch_set *next, const struct wildmatch *wild,
		    uint32_t first, uint32_t member, uint8_t c)
{
	uint32_t i = member - first;
	const struct step *step;

	if (i == wild->nr)
		return;
	step = &wild->step[i];
	if (wild->flags & WILDMATCH_CASEFOLD && c < 0x80)
		c = (uint8_t)tolower(c);
	switch ((enum step_type)step->type) {
	case STEP_LITERAL:
		if (c != step->byte)
			return;
		break;
	case STEP_ANY:
		if (c == '/' && !step->cross)
			return;
		break;
	case STEP_SET:
		if (!set_has(&wild->set[step->set], c))
			return;
		break;
	case STEP_STAR:
		if (c != '/' || step->cross)
			activate(next, wild, first, i);
		return;
	case STEP_DIRS:
		add_member(next, member);
		if (c != '/')
			return;
		break;
	case STEP_OPT_DIRS:
		return;
	}
	activate(next, wild, first, i + 1);
}

bool wildmatch_match(const struct wildmatch *wild, const char *text,
		     size_t len)
{
	struct wildmatch_set sets[2];
	size_t now = 0;
	bool matched;

	wildmatch_set_init(&sets[0], wild->nr + 1);
	wildmatch_set_init(&sets[1], wild->nr + 1);
	wildmatch_start(&sets[0], wild, 0);
	for (size_t t = 0; t < len && sets[now].nr; t++, now = !now) {
		for (size_t i = 0; i < sets[now].nr; i++)
			wildmatch_take(&sets[!now], wild, 0,
				       sets[now].member[i], (uint8_t)text[t]);
		wildmatch_set_clear(&sets[now]);
	}
	matched = sets[now].has[wild->nr];
	wildmatch_set_release(&sets[0]);
	wildmatch_set_release(&sets[1]);
	return matched;
}
