/* SPDX-License-Identifier: MIT */
/*
 * A selection said as a profile. What a profile excludes is taken out of all
 * that is wanted, what was added by name is not: so no addition may lie in an
 * exclusion, or the other way round.
 */
#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "pare/profile.h"

static bool is_reached(const struct pare_profiles *profiles,
		       enum pare_profile_layer layer, const char *name)
{
	const struct pare_profile *p = pare_profiles_find(profiles, name);

	return p && !p->is_patterns &&
	       (layer == PARE_LAYER_LOCAL || p->layer == layer);
}

static bool is_any_under(const struct strvec *dirs, const struct strvec *above)
{
	for (size_t i = 0; i < dirs->nr; i++)
		for (size_t j = 0; j < above->nr; j++)
			if (path_is_under(dirs->v[i], above->v[j]))
				return true;
	return false;
}

/* It would inherit itself if one of those it inherits did. */
static bool is_inherited(const struct pare_profiles *profiles,
			 const char *name)
{
	for (size_t i = 0; i < pare_profiles_nr(profiles); i++)
		if (strvec_contains(&pare_profiles_at(profiles, i)->inherit,
				    name))
			return true;
	return false;
}

/* Are they as they were applied? */
static bool has_drifted(const struct pare_selection *sel,
			const struct pare_profiles *profiles)
{
	struct pare_drift *drift = NULL;
	size_t nr = 0;
	int error = pare_selection_drift(&drift, &nr, sel, profiles);

	if (error < 0)
		error_clear();
	pare_drift_free(drift, nr);
	return error < 0 || nr;
}

bool pare_selection_can_inherit(const struct pare_selection *sel,
				const struct pare_profiles *profiles,
				enum pare_profile_layer layer,
				const char *name)
{
	if (!sel->profiles.nr || sel->patterns ||
	    strvec_contains(&sel->profiles, name) ||
	    is_inherited(profiles, name) ||
	    is_any_under(&sel->dirs, &sel->exceptions))
		return false;
	for (size_t i = 0; i < sel->profiles.nr; i++)
		if (!is_reached(profiles, layer, sel->profiles.v[i]))
			return false;
	for (size_t i = 0; i < sel->nr_profiles; i++)
		if (sel->profile[i].patterns.nr ||
		    is_any_under(&sel->dirs, &sel->profile[i].exclude) ||
		    is_any_under(&sel->profile[i].exclude, &sel->dirs))
			return false;
	return !has_drifted(sel, profiles);
}
