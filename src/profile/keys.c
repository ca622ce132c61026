/* SPDX-License-Identifier: MIT */
/* The keys of a profile file: what there is, and where each value goes. */
#include <string.h>

#include "base/path.h"
#include "base/quote.h"
#include "profile/values.h"

/* Keys by section; the lists may go on in indented lines. */
enum key { K_TITLE, K_INHERIT, K_MODE, K_DIRS, K_EXCLUDE, K_PATTERNS,
	   K_DEFAULT, K_ALWAYS, K_SPARSE_INDEX, K_KEEP_REMOVED, K_MESSAGE,
	   K_CO_AUTHORS, K_CHANGE_ID, K_PROTECT, K_NR };

static const struct {
	const char *name;
	int kind;
	bool is_list;
} keys[K_NR] = {
	[K_TITLE]        = { "title", IN_PROFILE, false },
	[K_INHERIT]      = { "inherit", IN_PROFILE, true },
	[K_MODE]         = { "mode", IN_PROFILE, false },
	[K_DIRS]         = { "dirs", IN_PROFILE, true },
	[K_EXCLUDE]      = { "exclude", IN_PROFILE, true },
	[K_PATTERNS]     = { "patterns", IN_PROFILE, true },
	[K_DEFAULT]      = { "default", IN_SPARSE, true },
	[K_ALWAYS]       = { "always", IN_SPARSE, true },
	[K_SPARSE_INDEX] = { "sparse-index", IN_SPARSE, false },
	[K_KEEP_REMOVED] = { "keep-removed", IN_SPARSE, false },
	[K_MESSAGE]      = { "message", IN_SQUASH, false },
	[K_CO_AUTHORS]   = { "co-authors", IN_SQUASH, false },
	[K_CHANGE_ID]    = { "change-id", IN_SQUASH, false },
	[K_PROTECT]      = { "protect", IN_SQUASH, true },
};

static struct strvec *setting_list(struct pare_settings *set, enum key key)
{
	switch (key) {
	case K_DEFAULT:
		return &set->default_profiles;
	case K_ALWAYS:
		return &set->always;
	default:
		return &set->squash_protect;
	}
}

/* The lists of a profile, of which each item's line is known. */
static void take_item(struct parser *ps, enum key key, const char *value)
{
	struct pare_profile *p = ps->profile;
	struct {
		struct strvec *list;
		unsigned **line;
	} to[] = {
		[K_INHERIT] = { &p->inherit, &p->inherit_line },
		[K_DIRS] = { &p->dirs, &p->dir_line },
		[K_EXCLUDE] = { &p->exclude, &p->exclude_line },
		[K_PATTERNS] = { &p->patterns, &p->pattern_line },
	};
	size_t before = to[key].list->nr;

	if (key == K_INHERIT)
		profile_take_words(to[key].list, value);
	else if (*value && key == K_PATTERNS)
		profile_take_pattern(ps, value);
	else if (*value)
		profile_take_dir(ps, to[key].list, value);
	profile_note_lines(ps, to[key].line, to[key].list, before);
}

static void take_setting_list(struct parser *ps, enum key key,
			      const char *value, bool first)
{
	struct pare_settings *set = &ps->profiles->settings;
	struct pare_origin here = { ps->file, ps->line, NULL };

	if (first && key == K_DEFAULT)
		set->default_origin = here;
	if (first && key == K_ALWAYS)
		set->always_origin = here;
	if (first)
		strvec_clear(setting_list(set, key));
	profile_take_words(setting_list(set, key), value);
}

static void take_value(struct parser *ps, enum key key, const char *value,
		       bool first)
{
	static const char *const messages[] = { "combine", "first", "last",
						NULL };
	struct pare_settings *set = &ps->profiles->settings;

	switch (key) {
	case K_TITLE:
		ps->profile->title = strvec_push(&ps->profiles->strings, value);
		break;
	case K_MODE:
		profile_take_mode(ps, value);
		break;
	case K_INHERIT:
	case K_PATTERNS:
	case K_DIRS:
	case K_EXCLUDE:
		take_item(ps, key, value);
		break;
	case K_SPARSE_INDEX:
		profile_take_bool(ps, &set->sparse_index, value);
		break;
	case K_KEEP_REMOVED:
		profile_take_days(ps, &set->keep_removed_days, value);
		break;
	case K_MESSAGE:
		profile_take_one_of(ps, &set->squash_message, value, messages);
		break;
	case K_CHANGE_ID: /* the same without the first */
		profile_take_one_of(ps, &set->squash_change_id, value,
				    messages + 1);
		break;
	case K_CO_AUTHORS:
		profile_take_bool(ps, &set->squash_co_authors, value);
		break;
	default:
		take_setting_list(ps, key, value, first);
	}
}

static void unknown_key(struct parser *ps, const char *name)
{
	const char *words[K_NR + 1] = { NULL };
	const char *near;
	size_t nr = 0;

	for (int i = 0; i < K_NR; i++)
		if (keys[i].kind == ps->kind)
			words[nr++] = keys[i].name;
	near = nearest_word(name, words);
	profile_fault(ps, "unknown key '%s'%s%s%s", quoted(name),
	      near ? "; did you mean '" : "", near ? near : "",
	      near ? "'?" : "");
}

/* Does a continuation line look as if it were a key of its own? */
static bool looks_like_key(const char *value)
{
	size_t len = strcspn(value, " \t=");

	for (int i = 0; i < K_NR; i++)
		if (strlen(keys[i].name) == len &&
		    !strncmp(value, keys[i].name, len) &&
		    value[len + strspn(value + len, " \t")] == '=')
			return true;
	return false;
}

void profile_take_key(struct parser *ps, const char *name, const char *value)
{
	int key = 0;

	while (key < K_NR && (keys[key].kind != ps->kind ||
			      strcmp(keys[key].name, name)))
		key++;
	if (key == K_NR) {
		if (!ps->continued)
			unknown_key(ps, name);
		return;
	}
	if (ps->continued && (!keys[key].is_list || looks_like_key(value))) {
		profile_fault(ps,
			      "an indented line continues '%s'; begin a key at "
			      "the start of the line",
			      name);
		return;
	}
	if (!ps->continued && ps->key_line[key]) {
		profile_fault(ps, "'%s' is in line %u already", name,
		      ps->key_line[key]);
		return;
	}
	if (!ps->continued)
		ps->key_line[key] = ps->line;
	take_value(ps, key, value, !ps->continued);
}
