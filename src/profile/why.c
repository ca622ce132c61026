/* SPDX-License-Identifier: MIT */
/* Who in a selection wants a directory, and which line of which file it is. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/path.h"
#include "profile/lines.h"
#include "profile/parse.h"
#include "profile/selection.h"

struct search {
	struct pare_reason *reason;
	size_t nr, alloc;
	const struct pare_profiles *profiles; /* or NULL */
};

/* A list of a profile, with the lines of its items. */
enum list { DIRS, EXCLUDE, PATTERNS };

static const struct strvec *items_of(const struct pare_profile *p,
				     enum list list, const unsigned **line)
{
	switch (list) {
	case DIRS:
		*line = p->dir_line;
		return &p->dirs;
	case EXCLUDE:
		*line = p->exclude_line;
		return &p->exclude;
	default:
		*line = p->pattern_line;
		return &p->patterns;
	}
}

/*
 * Follow what `p` inherits to the profile that has `item` itself. The chain
 * also keeps a circle, which is told elsewhere, from being followed for ever.
 */
static bool find_line(struct pare_reason *reason, const struct search *s,
		      const struct pare_profile *p, enum list list)
{
	const unsigned *line;
	const struct strvec *items;

	if (!p || strvec_contains(&reason->chain, p->name))
		return false;
	strvec_push(&reason->chain, p->name);
	items = items_of(p, list, &line);
	for (size_t i = 0; i < items->nr; i++) {
		if (strcmp(items->v[i], reason->item))
			continue;
		reason->origin = (struct pare_origin){ p->origin.file, line[i],
						       p->name };
		return true;
	}
	for (size_t i = 0; i < p->inherit.nr; i++)
		if (find_line(reason, s,
			      pare_profiles_find(s->profiles, p->inherit.v[i]),
			      list))
			return true;
	strvec_remove(&reason->chain, reason->chain.nr - 1);
	return false;
}

static struct pare_reason *add(struct search *s, enum pare_reason_kind kind,
			       const char *item)
{
	struct pare_reason *reason;

	ALLOC_GROW(s->reason, s->nr + 1, s->alloc);
	reason = &s->reason[s->nr++];
	*reason = (struct pare_reason){ .kind = kind, .item = xstrdup(item) };
	strvec_init(&reason->chain);
	return reason;
}

static void add_of_profile(struct search *s, enum pare_reason_kind kind,
			   const char *item, const char *name, enum list list)
{
	struct pare_reason *reason = add(s, kind, item);

	if (!s->profiles ||
	    !find_line(reason, s, pare_profiles_find(s->profiles, name), list))
		strvec_push(&reason->chain, name);
}

/* The longest of `list` that is `dir` or above it, or NULL. */
static const char *covering(const struct strvec *list, const char *dir)
{
	const char *found = NULL;

	for (size_t i = 0; i < list->nr; i++)
		if (path_is_under(dir, list->v[i]) &&
		    (!found || strlen(list->v[i]) > strlen(found)))
			found = list->v[i];
	return found;
}

static void search_dir(struct search *s, const struct pare_selection *sel,
		       const char *dir)
{
	const char *item = covering(&sel->exceptions, dir);

	if (item)
		add(s, PARE_REASON_EXCEPTION, item);
	for (size_t i = 0; i < sel->nr_profiles; i++)
		if ((item = covering(&sel->profile[i].exclude, dir)))
			add_of_profile(s, PARE_REASON_EXCLUDE, item,
				       sel->profile[i].name, EXCLUDE);
	for (size_t i = 0; i < sel->nr_profiles; i++)
		if ((item = covering(&sel->profile[i].dirs, dir)))
			add_of_profile(s, PARE_REASON_PROFILE, item,
				       sel->profile[i].name, DIRS);
	if ((item = covering(&sel->dirs, dir)))
		add(s, PARE_REASON_OWN, item);
}

/* The directory that became this line, or NULL. */
static const char *dir_of_line(const struct strvec *dirs, const char *before,
			       const char *line)
{
	struct strvec lines = STRVEC_INIT;
	const char *found = NULL;

	lines_of_dirs(&lines, dirs, before);
	for (size_t i = 0; i < lines.nr && !found; i++)
		if (!strcmp(lines.v[i], line))
			found = dirs->v[i];
	strvec_clear(&lines);
	return found;
}

static void search_line(struct search *s, const struct pare_selection *sel,
			const char *line)
{
	const char *dir;

	if (strvec_contains(&sel->exceptions, line))
		add(s, PARE_REASON_EXCEPTION, line);
	for (size_t i = 0; i < sel->nr_profiles; i++) {
		const struct pare_applied_profile *p = &sel->profile[i];

		if ((dir = dir_of_line(&p->exclude, "!", line)))
			add_of_profile(s, PARE_REASON_EXCLUDE, dir, p->name,
				       EXCLUDE);
		if (strvec_contains(&p->patterns, line))
			add_of_profile(s, PARE_REASON_PROFILE, line, p->name,
				       PATTERNS);
		if ((dir = dir_of_line(&p->dirs, "", line)))
			add_of_profile(s, PARE_REASON_PROFILE, dir, p->name,
				       DIRS);
	}
	if (strvec_contains(&sel->dirs, line))
		add(s, PARE_REASON_OWN, line);
}

void pare_selection_why(struct pare_reason **out, size_t *nr,
			const struct pare_selection *sel,
			const struct pare_profiles *profiles,
			const char *item)
{
	struct search s = { .profiles = profiles };

	if (sel->patterns)
		search_line(&s, sel, item);
	else
		search_dir(&s, sel, item);
	*out = s.reason;
	*nr = s.nr;
}

static const struct pare_applied_profile *
find_applied(const struct pare_selection *sel, const char *name)
{
	for (size_t i = 0; i < sel->nr_profiles; i++)
		if (!strcmp(sel->profile[i].name, name))
			return &sel->profile[i];
	return NULL;
}

/* Does it have the directory as it is now? A profile with a fault has nothing;
 * lint tells of it. */
static void offer(struct search *s, enum pare_reason_kind kind,
		  const char *name, const char *dir)
{
	struct pare_resolved resolved;
	const char *item;

	if (pare_profile_resolve(&resolved, s->profiles, name) < 0) {
		error_clear();
		return;
	}
	item = covering(&resolved.dirs, dir);
	if (item && !covering(&resolved.excludes, dir))
		add_of_profile(s, kind, item, name, DIRS);
	pare_resolved_release(&resolved);
}

void pare_profiles_offering(struct pare_reason **out, size_t *nr,
			    const struct pare_selection *sel,
			    const struct pare_profiles *profiles,
			    const char *dir)
{
	struct search s = { .profiles = profiles };

	for (size_t i = 0; i < sel->nr_profiles; i++)
		if (!covering(&sel->profile[i].dirs, dir))
			offer(&s, PARE_REASON_DRIFT, sel->profile[i].name, dir);
	for (size_t i = 0; i < pare_profiles_nr(profiles); i++) {
		const char *name = pare_profiles_at(profiles, i)->name;

		if (!find_applied(sel, name))
			offer(&s, PARE_REASON_OFFER, name, dir);
	}
	*out = s.reason;
	*nr = s.nr;
}

void pare_reasons_free(struct pare_reason *reason, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		free(reason[i].item);
		strvec_clear(&reason[i].chain);
	}
	free(reason);
}
