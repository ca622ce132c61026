/* SPDX-License-Identifier: MIT */
#include "repo/fsync.h"

#include <string.h>

#include "base/alloc.h"
#include "repo/config.h"

/* Git takes a beginning of a name for the name. */
static bool is_any_of(const char *part, const char *const *name, size_t nr)
{
	part += strspn(part, " \t\r\n");
	for (size_t i = 0; *part && i < nr; i++)
		if (starts_with(name[i], part))
			return true;
	return false;
}

/*
 * One that begins with `-` takes away only what is there by default, which
 * neither of ours is.
 */
static bool names(struct pare_repo *repo, const char *const *name, size_t nr)
{
	const char *list = pare_repo_config_get(repo, "core.fsync");
	struct strvec part = STRVEC_INIT;
	bool found = false;

	if (list)
		strvec_split(&part, list, ',');
	for (size_t i = 0; i < part.nr && !found; i++)
		found = is_any_of(part.v[i], name, nr);
	strvec_clear(&part);
	return found;
}

bool repo_syncs_index(struct pare_repo *repo)
{
	static const char *const sets[] = { "index", "added", "all" };

	return names(repo, sets, ARRAY_SIZE(sets));
}

bool repo_syncs_objects(struct pare_repo *repo)
{
	static const char *const sets[] = { "loose-object", "objects",
					    "committed", "added", "all" };

	/* As it was called before git 2.36. */
	return pare_repo_config_bool(repo, "core.fsyncobjectfiles", false) ||
	       names(repo, sets, ARRAY_SIZE(sets));
}
