/* SPDX-License-Identifier: MIT */
/*
 * inih takes the lines apart, but it cuts long lines and long names silently
 * and goes on after a fault. So it gets its lines from a reader of ours, which
 * counts them and refuses what inih would cut, before inih sees it.
 */
#include "profile/parse.h"

#include <ctype.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/path.h"
#include "base/quote.h"
#include "base/strbuf.h"
#include "profile/values.h"

/* What inih keeps of a section or key (its MAX_SECTION and MAX_NAME, 50). */
enum { NAME_BYTES_MAX = 49 };

void profile_fault(struct parser *ps, const char *fmt, ...)
{
	struct strbuf text = STRBUF_INIT;
	va_list ap;

	if (ps->faults->nr >= PROFILE_FAULTS_MAX)
		return;
	va_start(ap, fmt);
	strbuf_addf(&text, "%s:%u: ", ps->file, ps->line);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	strvec_push(ps->faults, text.buf);
	strbuf_release(&text);
}

/* Would inih cut the name of this line? */
static bool line_is_whole(struct parser *ps, const char *line, size_t len)
{
	const char *stop, *end = line + len;
	size_t name;

	while (line < end && isspace((unsigned char)*line))
		line++;
	if (line == end || *line == ';' || *line == '#' || ps->continued)
		return true;
	if (*line == '[') {
		stop = memchr(line, ']', end - line);
		name = stop ? stop - line - 1 : 0;
		for (stop = stop ? stop + 1 : end; stop < end; stop++) {
			if (*stop == ';' || *stop == '#')
				break;
			if (!isspace((unsigned char)*stop)) {
				profile_fault(ps,
					      "text behind the section's ']'");
				return false;
			}
		}
	} else {
		for (stop = line; stop < end && *stop != '=' && *stop != ':';)
			stop++;
		if (stop == line || stop == end) {
			profile_fault(ps,
				      "expected 'key = value' or '[section]'");
			return false;
		}
		name = stop - line;
		while (name && isspace((unsigned char)line[name - 1]))
			name--;
	}
	if (name > NAME_BYTES_MAX)
		profile_fault(ps, "a name of more than %d bytes",
			      NAME_BYTES_MAX);
	return name <= NAME_BYTES_MAX;
}

/* As fgets(3), line by line; a line with a fault is read as an empty one. */
static char *next_line(char *buf, int size, void *stream)
{
	struct parser *ps = stream;
	const char *lf, *start = ps->p;
	size_t len;
	bool good = true;

	if (ps->p == ps->end || size < 3)
		return NULL;
	lf = memchr(start, '\n', ps->end - start);
	ps->p = lf ? lf + 1 : ps->end;
	ps->line++;
	if (ps->line == 1 && ps->end - start >= 3 &&
	    !memcmp(start, "\xef\xbb\xbf", 3))
		start += 3;
	len = (lf ? lf : ps->end) - start;
	if (len && start[len - 1] == '\r')
		len--;
	ps->continued = len && isspace((unsigned char)*start) && ps->had_key;
	if (len > (size_t)size - 2) {
		profile_fault(ps, "a line of more than %d bytes", size - 2);
		good = false;
	} else if (memchr(start, '\0', len)) {
		profile_fault(ps, "a NUL byte");
		good = false;
	}
	if (!good || !line_is_whole(ps, start, len))
		len = 0;
	memcpy(buf, start, len);
	buf[len] = '\n';
	buf[len + 1] = '\0';
	return buf;
}

bool profile_name_is_good(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)s[i]) && !strchr("._/-", s[i]))
			return false;
	return len && *s != '-';
}

static void profile_clear(struct pare_profile *p)
{
	strvec_clear(&p->inherit);
	strvec_clear(&p->dirs);
	strvec_clear(&p->exclude);
	strvec_clear(&p->patterns);
	p->is_patterns = false;
	free(p->inherit_line);
	free(p->dir_line);
	free(p->exclude_line);
	free(p->pattern_line);
	p->inherit_line = p->dir_line = NULL;
	p->exclude_line = p->pattern_line = NULL;
	p->title = NULL;
}

/* Where the name is noted, or would be: half of the slots stay empty. */
static size_t slot_of(const struct pare_profiles *profiles, const char *name)
{
	uint32_t hash = 2166136261u;
	size_t at;

	for (const char *p = name; *p; p++)
		hash = (hash ^ (unsigned char)*p) * 16777619u;
	at = hash % PROFILE_SLOTS;
	while (profiles->slot[at] &&
	       strcmp(profiles->item[profiles->slot[at] - 1]->name, name))
		at = (at + 1) % PROFILE_SLOTS;
	return at;
}

int profiles_position(const struct pare_profiles *profiles, const char *name)
{
	return profiles->slot[slot_of(profiles, name)] - 1;
}

const struct pare_profile *
pare_profiles_find(const struct pare_profiles *profiles, const char *name)
{
	int at = profiles_position(profiles, name);

	return at < 0 ? NULL : profiles->item[at];
}

static struct pare_profile *new_profile(struct pare_profiles *all,
					const char *name)
{
	struct pare_profile *p = xcalloc(1, sizeof(*p));

	ALLOC_GROW(all->item, all->nr + 1, all->alloc);
	all->item[all->nr++] = p;
	all->slot[slot_of(all, name)] = (uint16_t)all->nr;
	p->name = strvec_push(&all->strings, name);
	strvec_init(&p->inherit);
	strvec_init(&p->dirs);
	strvec_init(&p->exclude);
	strvec_init(&p->patterns);
	return p;
}

static void begin_profile(struct parser *ps, const char *name)
{
	struct pare_profiles *all = ps->profiles;
	int at = profiles_position(all, name);
	struct pare_profile *p = at < 0 ? NULL : all->item[at];

	if (p && p->layer == ps->layer) {
		profile_fault(ps, "profile '%s' is in line %u already", name,
		      p->origin.line);
		return;
	}
	if (!p && all->nr == PROFILES_MAX) {
		profile_fault(ps, "more than %d profiles", PROFILES_MAX);
		return;
	}
	if (p)
		profile_clear(p);
	else
		p = new_profile(all, name);
	p->layer = ps->layer;
	p->origin.file = ps->file;
	p->origin.line = ps->line;
	p->origin.profile = p->name;
	ps->profile = p;
	ps->kind = IN_PROFILE;
	memset(ps->key_line, 0, sizeof(ps->key_line));
}

static void begin_profile_section(struct parser *ps, const char *rest)
{
	size_t len;
	char *name;

	while (isspace((unsigned char)*rest))
		rest++;
	len = strlen(rest);
	if (len < 2 || *rest != '"' || rest[len - 1] != '"') {
		profile_fault(ps, "write the profile's name in quotes: "
			  "[profile \"%s\"]", *rest ? quoted(rest) : "name");
		return;
	}
	if (!profile_name_is_good(rest + 1, len - 2)) {
		profile_fault(ps,
			      "a profile's name is made of letters, digits, "
			      "'.', '_', '/' and '-': %s",
			      quoted(rest));
		return;
	}
	name = xstrndup(rest + 1, len - 2);
	begin_profile(ps, name);
	free(name);
}

/* What can only be said of a profile as a whole. */
static void end_profile(struct parser *ps)
{
	struct pare_profile *p = ps->profile;
	unsigned line = ps->line;

	if (p && p->patterns.nr && !p->is_patterns) {
		ps->line = p->origin.line;
		profile_fault(ps, "profile '%s' has patterns, but not "
			      "'mode = patterns'", p->name);
		ps->line = line;
	}
	ps->profile = NULL;
}

static void begin_section(struct parser *ps, const char *section)
{
	static const char *const names[] = { "profile", "sparse", "squash",
					     NULL };
	const char *near = nearest_word(section, names);

	end_profile(ps);
	ps->kind = IN_NOTHING;
	if (!strncmp(section, "profile", 7) &&
	    (!section[7] || strchr(" \t\"", section[7]))) {
		begin_profile_section(ps, section + 7);
		return;
	}
	for (int i = IN_SPARSE; i <= IN_SQUASH; i++) {
		if (strcmp(section, names[i]))
			continue;
		if (ps->seen[i])
			profile_fault(ps, "section '%s' is in line %u already",
			      section, ps->seen[i]);
		ps->seen[i] = ps->line;
		ps->kind = i;
		memset(ps->key_line, 0, sizeof(ps->key_line));
		return;
	}
	profile_fault(ps, "unknown section '%s'%s%s%s", quoted(section),
	      near ? "; did you mean '" : "", near ? near : "",
	      near ? "'?" : "");
}

/* inih strips ` ;` comments, though not in continuation lines: here in both. */
static char *without_comment(const char *value)
{
	size_t len = strlen(value);

	for (size_t i = 0; i < len; i++)
		if (value[i] == ';' &&
		    (!i || isspace((unsigned char)value[i - 1])))
			len = i;
	while (len && isspace((unsigned char)value[len - 1]))
		len--;
	return xstrndup(value, len);
}

static int take_line(void *user, const char *section, const char *name,
		     const char *value)
{
	struct parser *ps = user;
	char *text;

	ps->had_key = true;
	if (!*section && !ps->continued && ps->kind == IN_NOTHING)
		profile_fault(ps, "'%s' is in no section", quoted(name));
	if (ps->kind == IN_NOTHING)
		return 1; /* the section's fault is told */
	text = without_comment(value);
	profile_take_key(ps, name, text);
	free(text);
	return 1;
}

/*
 * inih tells of a section only with its first key, and of two of the same
 * name not at all: the reader sees each header as it passes.
 */
static char *reader(char *buf, int size, void *stream)
{
	struct parser *ps = stream;
	char *buffer = next_line(buf, size, stream), *line = buffer;
	char *close, *name;

	while (line && isspace((unsigned char)*line))
		line++;
	if (!line || ps->continued || *line != '[')
		return buffer;
	ps->had_key = false;
	close = strchr(line, ']');
	if (!close) {
		end_profile(ps);
		ps->kind = IN_NOTHING;
		profile_fault(ps, "a section without ']'");
		buffer[0] = '\n';
		buffer[1] = '\0';
		return buffer;
	}
	name = xstrndup(line + 1, close - line - 1);
	begin_section(ps, name);
	free(name);
	return buffer;
}

int profiles_parse(struct pare_profiles *profiles, struct strvec *faults,
		   const char *file, enum pare_profile_layer layer,
		   const char *text, size_t len)
{
	struct parser ps = { .profiles = profiles, .faults = faults,
			     .layer = layer, .p = text, .end = text + len,
			     .kind = IN_NOTHING };
	size_t before = faults->nr;
	int line;

	ps.file = strvec_push(&profiles->strings, file);
	line = ini_parse_stream(reader, &ps, take_line, &ps);
	if (line < 0)
		return error_set(GIT_ERROR, "%s: cannot be read", file);
	end_profile(&ps);
	if (line > 0 && faults->nr == before) {
		ps.line = line;
		profile_fault(&ps, "not understood");
	}
	if (faults->nr == before)
		return 0;
	return error_set(GIT_EINVALID, "%s", faults->v[before]);
}

struct pare_profiles *profiles_new(void)
{
	struct pare_profiles *all = xcalloc(1, sizeof(*all));

	strvec_init(&all->strings);
	strvec_init(&all->settings.default_profiles);
	strvec_init(&all->settings.always);
	strvec_init(&all->settings.squash_protect);
	all->settings.sparse_index = -1;
	all->settings.keep_removed_days = -1;
	all->settings.squash_co_authors = -1;
	return all;
}

void pare_profiles_free(struct pare_profiles *all)
{
	if (!all)
		return;
	for (size_t i = 0; i < all->nr; i++) {
		profile_clear(all->item[i]);
		free(all->item[i]);
	}
	free(all->item);
	strvec_clear(&all->strings);
	strvec_clear(&all->settings.default_profiles);
	strvec_clear(&all->settings.always);
	strvec_clear(&all->settings.squash_protect);
	free(all);
}
