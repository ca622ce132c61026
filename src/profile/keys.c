/* SPDX-License-Identifier: MIT */
/* The keys of a profile file: what there is, and where each value goes. */
#include <string.h>

#include "base/path.h"
#include "base/quote.h"
#include "profile/values.h"

/* Keys by section; the lists may go on in indented lines. */
enum key { K_TITLE, K_INHERIT, K_MODE, K_DIRS, K_EXCLUDE, K_PATTERNS,
	   K_DEFAULT, K_ALWAYS, K_SPARSE_INDEX, K_KEEP_REMOVED, K_MESSAGE,
	   K_CO_AUTHORS, K_PROTECT, K_NR };

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

static void take_value(struct parser *ps, enum key key, const char *value,
		       bool first)
{
	struct pare_settings *set = &ps->profiles->settings;

	switch (key) {
	case K_TITLE:
		ps->profile->title = strvec_push(&ps->profiles->strings, value);
		break;
	case K_INHERIT:
		profile_take_words(&ps->profile->inherit, value);
		break;
	case K_MODE:
		profile_take_mode(ps, value);
		break;
	case K_PATTERNS:
		if (*value)
			profile_take_pattern(ps, value);
		break;
	case K_DIRS:
		if (*value)
			profile_take_profile_dir(ps, value);
		break;
	case K_EXCLUDE:
		if (*value)
			profile_take_dir(ps, &ps->profile->exclude, value);
		break;
	case K_SPARSE_INDEX:
		profile_take_bool(ps, &set->sparse_index, value);
		break;
	case K_KEEP_REMOVED:
		profile_take_days(ps, &set->keep_removed_days, value);
		break;
	case K_MESSAGE:
		profile_take_message(ps, &set->squash_message, value);
		break;
	case K_CO_AUTHORS:
		profile_take_bool(ps, &set->squash_co_authors, value);
		break;
	default:
		if (first)
			strvec_clear(setting_list(set, key));
		profile_take_words(setting_list(set, key), value);
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
		profile_fault(ps, "an indented line continues '%s'; begin a key at "
			  "the start of the line", name);
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
