/* SPDX-License-Identifier: MIT */
#include "cli/sync_hook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/output.h"

static const char command[] = "git sparse sync --hook";

/*
 * A rebase that moved commits ends with post-rewrite, after the post-checkout
 * at its beginning; a pull that is a merge with post-merge.
 */
static const char *const names[] = { "post-checkout", "post-merge",
				     "post-rewrite", NULL };

static void tell(const struct sparse_change *sc,
		 const struct pare_hook_report *report, const char *what)
{
	FILE *out = sc->dry_run ? stdout : stderr;

	if (sc->json) {
		output_json(json_pack(
			"{s:b, s:o, s:o}", "dry_run", sc->dry_run, "hooks",
			json_strvec(&report->done), "chained",
			json_strvec(&report->chained)));
		return;
	}
	if (!sc->dry_run &&
	    (sc->quiet || !(sc->verbose || isatty(STDERR_FILENO))))
		return;
	for (size_t i = 0; i < report->done.nr; i++) {
		const char *name = report->done.v[i];

		fprintf(out, "%s %s%s%s\n", name, sc->dry_run ? "would be " :
								"", what,
			strvec_contains(&report->chained, name) ?
				", your own with it" : "");
	}
	if (!report->done.nr)
		fputs("nothing to do\n", out);
}

int sync_hook_install(struct sparse_change *sc, bool shared)
{
	struct pare_hook_report report = PARE_HOOK_REPORT_INIT;
	int error = pare_hooks_install(
		&report, sc->repo, names, command,
		(sc->dry_run ? PARE_HOOK_DRY_RUN : 0) |
			(shared ? PARE_HOOK_SHARED : 0));

	if (!error)
		tell(sc, &report, "installed");
	pare_hook_report_release(&report);
	return error;
}

int sync_hook_uninstall(struct sparse_change *sc)
{
	struct pare_hook_report report = PARE_HOOK_REPORT_INIT;
	int error = pare_hooks_uninstall(
		&report, sc->repo, names, command,
		sc->dry_run ? PARE_HOOK_DRY_RUN : 0);

	if (!error)
		tell(sc, &report, "taken back");
	pare_hook_report_release(&report);
	return error;
}

static const char *arg(const struct sparse_change *sc, size_t i)
{
	return i < sc->args.nr ? sc->args.v[i] : "";
}

bool sync_hook_is_needed(const struct sparse_change *sc, const char *name)
{
	const char *operation = pare_repo_operation(sc->repo);

	/* `git checkout -- file`: no other commit, no other profile. */
	if (!strcmp(name, "post-checkout") && !strcmp(arg(sc, 2), "0"))
		return false;
	if (!strcmp(name, "post-rewrite") && strcmp(arg(sc, 0), "rebase"))
		return false;
	if (!operation)
		return true;
	/* What ends only now. */
	return (!strcmp(name, "post-merge") &&
		!strcmp(operation, "a merge")) ||
	       (!strcmp(name, "post-rewrite") &&
		!strcmp(operation, "a rebase"));
}
