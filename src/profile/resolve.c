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

struct resolver {
	const struct pare_profiles *profiles;
	struct found *found;
	size_t nr, alloc;
	struct strvec excludes, patterns;
	struct strvec done; /* profiles taken in */
	const struct pare_profile *path[INHERIT_DEPTH_MAX];
};

static void add(struct resolver *rs, const char *dir,
		struct pare_origin origin)
{
	ALLOC_GROW(rs->found, rs->nr + 1, rs->alloc);
	rs->found[rs->nr].dir = dir;
	rs->found[rs->nr++].origin = origin;
}

static int take_profile(struct resolver *rs, const char *name, unsigned depth)
{
	const struct pare_profile *p, *from = depth ? rs->path[depth - 1] : NULL;
	int error = pare_profiles_require(&p, rs->profiles, name);

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
	if (strvec_contains(&rs->done, name))
		return 0;
	if (depth == INHERIT_DEPTH_MAX)
		return error_set(GIT_EINVALID, "%s:%u: profile '%s' inherits "
				 "more than %d deep", p->origin.file,
				 p->origin.line, p->name, INHERIT_DEPTH_MAX);
	rs->path[depth] = p;
	for (size_t i = 0; i < p->inherit.nr; i++)
		if ((error = take_profile(rs, p->inherit.v[i], depth + 1)) < 0)
			return error;
	for (size_t i = 0; i < p->dirs.nr; i++)
		add(rs, p->dirs.v[i],
		    (struct pare_origin){ p->origin.file, p->dir_line[i],
					  p->name });
	strvec_push_all(&rs->excludes, &p->exclude);
	strvec_push_all(&rs->patterns, &p->patterns);
	strvec_push(&rs->done, name);
	return 0;
}

static int take_profiles(struct resolver *rs, const struct strvec *names)
{
	int error = 0;

	for (size_t i = 0; i < names->nr && !error; i++)
		error = take_profile(rs, names->v[i], 0);
	return error;
}

static int by_dir(const void *a, const void *b)
{
	return strcmp(((const struct found *)a)->dir,
		      ((const struct found *)b)->dir);
}

static void hand_out(struct pare_resolved *out, struct resolver *rs)
{
	if (rs->nr)
		qsort(rs->found, rs->nr, sizeof(*rs->found), by_dir);
	out->origin = xcalloc(rs->nr + 1, sizeof(*out->origin));
	for (size_t i = 0; i < rs->nr; i++) {
		if (i && !strcmp(rs->found[i].dir, rs->found[i - 1].dir))
			continue;
		out->origin[out->dirs.nr] = rs->found[i].origin;
		strvec_push(&out->dirs, rs->found[i].dir);
	}
}

static void resolver_release(struct resolver *rs)
{
	free(rs->found);
	strvec_clear(&rs->excludes);
	strvec_clear(&rs->patterns);
	strvec_clear(&rs->done);
}

#define RESOLVER_INIT(p)                                                      \
	{ .profiles = (p), .excludes = STRVEC_INIT, .patterns = STRVEC_INIT,  \
	  .done = STRVEC_INIT }

static void take_list(struct strvec *out, struct strvec *list)
{
	strvec_clear(out);
	*out = *list;
	strvec_init(list);
}

static void finish(struct pare_resolved *out, struct resolver *rs)
{
	hand_out(out, rs);
	take_list(&out->patterns, &rs->patterns);
	take_list(&out->excludes, &rs->excludes);
	strvec_sort(&out->excludes);
	strvec_uniq(&out->excludes);
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
	for (size_t i = 0; i < sel->dirs.nr; i++)
		add(&rs, sel->dirs.v[i], (struct pare_origin){ 0 });
	strvec_push_all(&rs.excludes, &sel->exceptions);
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
	resolved->origin = NULL;
}
