/* SPDX-License-Identifier: MIT */
/* git sparse profiles: what is on offer. */
#include <stdio.h>
#include <string.h>

#include "base/quote.h"
#include "cli/command_list.h"
#include "cli/output.h"
#include "pare/profile.h"

static bool json;

static const struct option options[] = {
	OPT_BOOL(0, "json", &json, "print JSON"),
	OPT_END,
};

static const char *const layer_names[] = {
	[PARE_LAYER_TRACKED] = "tracked",
	[PARE_LAYER_USER] = "user",
	[PARE_LAYER_LOCAL] = "local",
};

/* Directories of one profile with what it inherits. */
static int resolve(struct pare_resolved *out, struct pare_profiles *all,
		   const struct pare_profile *p)
{
	struct pare_selection sel = { .profiles = STRVEC_INIT,
				      .dirs = STRVEC_INIT,
				      .exceptions = STRVEC_INIT };
	int error;

	strvec_push(&sel.profiles, p->name);
	error = pare_profiles_resolve(out, all, &sel);
	strvec_clear(&sel.profiles);
	return error;
}

static json_t *profile_json(const struct pare_profile *p,
			    const struct pare_resolved *resolved)
{
	return json_pack("{s:s, s:o, s:s, s:o, s:i, s:o, s:o, s:o}", "name",
			 p->name, "title",
			 p->title ? json_path(p->title) : json_null(), "layer",
			 layer_names[p->layer], "file",
			 json_path(p->origin.file), "line",
			 (int)p->origin.line, "inherit",
			 json_strvec(&p->inherit), "dirs",
			 json_strvec(&resolved->dirs), "exclude",
			 json_strvec(&resolved->excludes));
}

static void print_profile(const struct pare_profile *p,
			  const struct pare_resolved *resolved)
{
	struct strbuf title = STRBUF_INIT;

	if (p->title)
		quote_text(&title, p->title, strlen(p->title));
	printf("%s%s%s%s%s  (%s, %s:%u)\n", color(COLOR_BOLD), p->name,
	       color(COLOR_RESET), title.len ? "  " : "", title.buf,
	       shown_count(resolved->dirs.nr, "directory", "directories"),
	       p->origin.file, p->origin.line);
	strbuf_release(&title);
}

static int list(struct pare_profiles *all)
{
	json_t *array = json ? json_array() : NULL;
	int error = 0;

	for (size_t i = 0; i < pare_profiles_nr(all) && !error; i++) {
		const struct pare_profile *p = pare_profiles_at(all, i);
		struct pare_resolved resolved;

		error = resolve(&resolved, all, p);
		if (!error && json)
			json_array_append_new(array,
					      profile_json(p, &resolved));
		else if (!error)
			print_profile(p, &resolved);
		pare_resolved_release(&resolved);
	}
	if (error < 0) {
		json_decref(array);
		return command_fail(error);
	}
	return json ? output_json(json_pack("{s:o}", "profiles", array)) :
		      output_finish(EXIT_DONE);
}

static int run(const struct command *cmd, int argc, const char **argv)
{
	struct strvec args = STRVEC_INIT;
	struct pare_profiles *all = NULL;
	struct pare_repo *repo = NULL;
	int error, exit_code;

	if (options_parse(&exit_code, &args, cmd, argc, argv, 0) ==
	    OPTIONS_EXIT)
		goto done;
	if (args.nr) {
		exit_code = options_usage_error(cmd, "too many arguments");
		goto done;
	}
	error = pare_repo_open(&repo, 0);
	output_setup(repo);
	if (!error)
		error = pare_profiles_load(&all, repo);
	exit_code = error < 0 ? command_fail(error) : list(all);
done:
	strvec_clear(&args);
	pare_profiles_free(all);
	pare_repo_free(repo);
	return exit_code;
}

const struct command cmd_sparse_profiles = {
	.name = "sparse profiles",
	.summary = "what profiles are on offer",
	.synopsis = { "sparse profiles [<options>]" },
	.options = options,
	.run = run,
};
