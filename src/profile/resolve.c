/* SPDX-License-Identifier: MIT */
/* From names of profiles to directories, each with the line that wants it. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/path.h"
#include "base/quote.h"
#include "profile/parse.h"
#include "profile/selection.h"

enum { INHERIT_DEPTH_MAX = 64 };

size_t pare_profiles_nr(const struct pare_profiles *profiles)
{
	return profiles->nr;
}

const struct pare_profile *
pare_profiles_at(const struct pare_profiles *profiles, size_t i)
{
	return profiles->item[i];
}

const struct pare_settings *
pare_profiles_settings(const struct pare_profiles *profiles)
{
	return &profiles->settings;
}

int pare_profiles_require(const struct pare_profile **out,
			  const struct pare_profiles *profiles,
			  const char *name)
{
	const char **words, *near;

	*out = pare_profiles_find(profiles, name);
	if (*out)
		return 0;
	words = xcalloc(profiles->nr + 1, sizeof(*words));
	for (size_t i = 0; i < profiles->nr; i++)
		words[i] = profiles->item[i]->name;
	near = nearest_word(name, words);
	free(words);
	error_set(GIT_ENOTFOUND, "no profile '%s'", quoted(name));
	if (near)
		error_hint("did you mean '%s'?", near);
	else if (strpbrk(name, ", "))
		error_hint("several are named one by one: --profile a "
			   "--profile b");
	else if (!profiles->nr)
		error_hint("there are no profiles here; they stand in "
			   ".gitpare at the root of the repository");
	else
		error_hint("`git sparse profiles` lists what is on offer");
	return GIT_ENOTFOUND;
}

struct found {
	const char *dir;
	struct pare_origin origin;
};

struct found_list {
	struct found *item;
	size_t nr, alloc;
};

struct resolver {
	const struct pare_profiles *profiles;
	struct found_list dirs, excludes;
	struct strvec patterns;
	bool done[PROFILES_MAX]; /* profiles taken in */
	const struct pare_profile *path[INHERIT_DEPTH_MAX];
};

static void add(struct found_list *list, const char *dir,
		struct pare_origin origin)
{
	ALLOC_GROW(list->item, list->nr + 1, list->alloc);
	list->item[list->nr].dir = dir;
	list->item[list->nr++].origin = origin;
}

static void add_all(struct found_list *list, const struct strvec *dirs,
		    const struct pare_profile *p, const unsigned *line)
{
	for (size_t i = 0; i < dirs->nr; i++)
		add(list, dirs->v[i],
		    (struct pare_origin){ p->origin.file, line[i], p->name });
}

/* Those that come from no file. */
static void add_own(struct found_list *list, const struct strvec *dirs)
{
	for (size_t i = 0; i < dirs->nr; i++)
		add(list, dirs->v[i], (struct pare_origin){ 0 });
}

static int take_profile(struct resolver *rs, const char *name, unsigned depth)
{
	const struct pare_profile *from = depth ? rs->path[depth - 1] : NULL;
	const struct pare_profile *p;
	int error = pare_profiles_require(&p, rs->profiles, name);
	int at = profiles_position(rs->profiles, name);

	if (error < 0)
		return from ? error_wrap(GIT_EINVALID,
					 "%s:%u: profile '%s' inherits",
					 from->origin.file, from->origin.line,
					 from->name) :
			      error;
	for (unsigned i = 0; i < depth; i++)
		if (rs->path[i] == p)
			return error_set(GIT_EINVALID,
					 "%s:%u: profile '%s' inherits itself "
					 "through '%s' (%s:%u)",
					 p->origin.file, p->origin.line,
					 p->name, from->name,
					 from->origin.file, from->origin.line);
	if (rs->done[at])
		return 0;
	if (depth == INHERIT_DEPTH_MAX)
		return error_set(GIT_EINVALID, "%s:%u: profile '%s' inherits "
				 "more than %d deep", p->origin.file,
				 p->origin.line, p->name, INHERIT_DEPTH_MAX);
	rs->path[depth] = p;
	for (size_t i = 0; i < p->inherit.nr; i++)
		if ((error = take_profile(rs, p->inherit.v[i], depth + 1)) < 0)
			return error;
	add_all(&rs->dirs, &p->dirs, p, p->dir_line);
	add_all(&rs->excludes, &p->exclude, p, p->exclude_line);
	strvec_push_all(&rs->patterns, &p->patterns);
	rs->done[at] = true;
	return 0;
}

static int take_profiles(struct resolver *rs, const struct strvec *names)
{
	int error = 0;

	for (size_t i = 0; i < names->nr && !error; i++)
		error = take_profile(rs, names->v[i], 0);
	return error;
}

/* Of two lines that say the same the first. */
static int by_dir(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	int order = strcmp(x->dir, y->dir);

	if (order)
		return order;
	return (x->origin.line > y->origin.line) -
	       (x->origin.line < y->origin.line);
}

static void hand_out(struct strvec *dirs, struct pare_origin **origin,
		     struct found_list *list)
{
	if (list->nr)
		qsort(list->item, list->nr, sizeof(*list->item), by_dir);
	*origin = xcalloc(list->nr + 1, sizeof(**origin));
	for (size_t i = 0; i < list->nr; i++) {
		if (i && !strcmp(list->item[i].dir, list->item[i - 1].dir))
			continue;
		(*origin)[dirs->nr] = list->item[i].origin;
		strvec_push(dirs, list->item[i].dir);
	}
}

static void resolver_release(struct resolver *rs)
{
	free(rs->dirs.item);
	free(rs->excludes.item);
	strvec_clear(&rs->patterns);
}

#define RESOLVER_INIT(p)                                                      \
	{ .profiles = (p), .patterns = STRVEC_INIT }

static void take_list(struct strvec *out, struct strvec *list)
{
	strvec_clear(out);
	*out = *list;
	strvec_init(list);
}

static void finish(struct pare_resolved *out, struct resolver *rs)
{
	hand_out(&out->dirs, &out->origin, &rs->dirs);
	hand_out(&out->excludes, &out->exclude_origin, &rs->excludes);
	take_list(&out->patterns, &rs->patterns);
}

static void resolved_init(struct pare_resolved *out)
{
	memset(out, 0, sizeof(*out));
	strvec_init(&out->dirs);
	strvec_init(&out->excludes);
	strvec_init(&out->patterns);
}

int pare_profiles_resolve(struct pare_resolved *out,
			  const struct pare_profiles *profiles,
			  const struct pare_selection *sel)
{
	struct resolver rs = RESOLVER_INIT(profiles);
	int error = 0;

	resolved_init(out);
	/* Without a profile nothing of the team's is wanted. */
	if (sel->profiles.nr)
		error = take_profiles(&rs, &profiles->settings.always);
	if (!error)
		error = take_profiles(&rs, &sel->profiles);
	add_own(&rs.dirs, &sel->dirs);
	add_own(&rs.excludes, &sel->exceptions);
	if (!error)
		finish(out, &rs);
	resolver_release(&rs);
	return error;
}

int pare_profile_resolve(struct pare_resolved *out,
			 const struct pare_profiles *profiles,
			 const char *name)
{
	struct resolver rs = RESOLVER_INIT(profiles);
	int error = take_profile(&rs, name, 0);

	resolved_init(out);
	if (!error)
		finish(out, &rs);
	resolver_release(&rs);
	return error;
}

int applied_profile_resolve(struct pare_applied_profile *p,
			    const struct pare_profiles *profiles,
			    const char *name)
{
	struct pare_resolved resolved;
	int error = pare_profile_resolve(&resolved, profiles, name);

	if (!error) {
		take_list(&p->dirs, &resolved.dirs);
		take_list(&p->exclude, &resolved.excludes);
		take_list(&p->patterns, &resolved.patterns);
	}
	pare_resolved_release(&resolved);
	return error;
}

void pare_resolved_release(struct pare_resolved *resolved)
{
	strvec_clear(&resolved->dirs);
	strvec_clear(&resolved->excludes);
	strvec_clear(&resolved->patterns);
	free(resolved->origin);
	free(resolved->exclude_origin);
	resolved->origin = resolved->exclude_origin = NULL;
}
