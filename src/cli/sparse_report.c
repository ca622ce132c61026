/* SPDX-License-Identifier: MIT */
#include "cli/sparse_report.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/quote.h"
#include "cli/output.h"

static void print_block(const char *title, const struct strvec *paths)
{
	if (!paths->nr)
		return;
	fprintf(stderr, "warning: %s:\n", title);
	for (size_t i = 0; i < paths->nr; i++)
		fprintf(stderr, "\t%s\n", shown_path(paths->v[i]));
	fputc('\n', stderr);
}

static void print_kept(const struct pare_sparse_report *r)
{
	print_block("The following paths are not up to date and were left "
		    "despite sparse patterns", &r->not_up_to_date);
	print_block("The following paths are unmerged and were left despite "
		    "sparse patterns", &r->unmerged);
	print_block("The following paths were already present and thus not "
		    "updated despite sparse patterns", &r->present);
	if (r->not_up_to_date.nr || r->unmerged.nr || r->present.nr)
		fputs("After fixing the above paths, you may want to run `git "
		      "sparse-checkout reapply`.\n", stderr);
}

/* What was selected before was warned of then. */
static bool is_new(const struct sparse_change *sc, const char *dir)
{
	return strvec_contains(&sc->new_dirs, dir) ||
	       (!strvec_contains(&sc->selection.dirs, dir) &&
		!strvec_contains(&sc->report.dirs_before, dir));
}

/* What was typed as a directory may be the name of a profile. */
static void hint_meant(const struct sparse_change *sc, const char *dir,
		       const char *near)
{
	if (sc->profiles && pare_profiles_find(sc->profiles, dir))
		command_hint("did you mean '--profile %s'?", shown_path(dir));
	else if (*near)
		command_hint("did you mean '%s'?", shown_path(near));
}

static void print_missing(const struct sparse_change *sc)
{
	const struct pare_sparse_report *r = &sc->report;

	for (size_t i = 0; i < r->missing_dirs.nr; i++) {
		if (!is_new(sc, r->missing_dirs.v[i]))
			continue;
		command_warn("'%s' is no directory of HEAD or the index",
			     shown_path(r->missing_dirs.v[i]));
		hint_meant(sc, r->missing_dirs.v[i], r->missing_near.v[i]);
	}
}

/* One of `always` cannot be ended alone. */
static void hint_wanted(const struct sparse_change *sc)
{
	const struct pare_kept *kept = &sc->kept;
	const char *name = kept->by.v[0];

	for (size_t i = 0; i < kept->by.nr; i++) {
		if (!strvec_contains(&sc->selection.profiles, kept->by.v[i])) {
			command_hint("`git sparse remove --anyway` takes it "
				     "out");
			return;
		}
		if (strcmp(kept->by.v[i], name))
			name = "<profile>";
	}
	command_hint("`git sparse remove --anyway` takes it out, `git sparse "
		     "remove --profile %s` ends the profile", shown_path(name));
}

/* What was to be removed, but an active profile wants it. */
static void print_wanted(const struct sparse_change *sc)
{
	const struct pare_kept *kept = &sc->kept;

	for (size_t i = 0; i < kept->absent.nr; i++)
		command_warn("'%s' is not selected",
			     shown_path(kept->absent.v[i]));
	for (size_t i = 0; i < kept->dirs.nr; i++)
		command_warn("'%s' stays: profile '%s' wants it",
			     shown_path(kept->dirs.v[i]),
			     shown_path(kept->by.v[i]));
	if (kept->dirs.nr)
		hint_wanted(sc);
}

static json_t *kept_json(const struct pare_kept *kept)
{
	json_t *array = json_array();

	for (size_t i = 0; i < kept->dirs.nr; i++)
		json_array_append_new(
			array, json_pack("{s:o, s:o}", "dir",
					 json_path(kept->dirs.v[i]), "profile",
					 json_path(kept->by.v[i])));
	return array;
}

static void print_warnings(const struct sparse_change *sc)
{
	const struct pare_sparse_report *r = &sc->report;

	for (size_t i = 0; i < r->failures.nr; i++)
		fprintf(stderr, "error: %s\n", quoted(r->failures.v[i]));
	for (size_t i = 0; i < r->warnings.nr; i++)
		command_warn("%s", r->warnings.v[i]);
	print_missing(sc);
	print_wanted(sc);
	print_kept(r);
	for (size_t i = 0; i < r->untracked_dirs.nr; i++)
		command_warn("directory '%s/' contains untracked files, but is "
			     "not in the sparse-checkout cone",
			     shown_path(r->untracked_dirs.v[i]));
	for (size_t i = 0; i < r->nested_dirs.nr; i++)
		command_warn("directory '%s/' contains a repository of its "
			     "own, but is not in the sparse-checkout cone",
			     shown_path(r->nested_dirs.v[i]));
	for (size_t i = 0; i < r->submodules.nr; i++)
		command_hint("the submodule '%s' is populated and stays; `git "
			     "submodule deinit` empties it while it is "
			     "selected",
			     shown_path(r->submodules.v[i]));
	for (size_t i = 0; i < r->staged.nr; i++)
		command_warn("'%s' has staged changes and leaves the work tree",
			     shown_path(r->staged.v[i]));
	for (size_t i = 0; i < r->not_restored.nr; i++)
		command_warn("'%s' stays in the trash: something stands there",
			     shown_path(r->not_restored.v[i]));
	if (r->restored_from)
		command_hint("those are in '%s'",
			     shown_path(r->restored_from));
}

/* Sizes of files that a partial clone lacks are with its remote. */
static const char *written_size(const struct pare_sparse_report *r)
{
	static char text[64];

	if (!r->bytes_known && !r->bytes_written)
		return "to be fetched, of unknown size";
	snprintf(text, sizeof(text), "%s%s", r->bytes_known ? "" : "at least ",
		 shown_size(r->bytes_written));
	return text;
}

/* Items of `a` that `b` has not: the few by name, many by their number. */
static size_t print_difference(FILE *out, const char *label,
			       const struct strvec *a, const struct strvec *b)
{
	enum { BY_NAME = 4 };
	struct strvec items = STRVEC_INIT;
	size_t nr;

	for (size_t i = 0; i < a->nr; i++)
		if (!strvec_contains(b, a->v[i]))
			strvec_push(&items, a->v[i]);
	nr = items.nr;
	if (nr > BY_NAME)
		fprintf(out, "%s: %s\n", label,
			shown_count(nr, "directory", "directories"));
	for (size_t i = 0; i < nr && nr <= BY_NAME; i++)
		fprintf(out, "%s%s%s", i ? ", " : label, i ? "" : ": ",
			shown_path(items.v[i]));
	if (nr && nr <= BY_NAME)
		fputc('\n', out);
	strvec_clear(&items);
	return nr;
}

/* Of profiles alone: some are active now that were not, or the reverse. */
static size_t print_profiles(const struct sparse_change *sc, FILE *out)
{
	const char *text = sc->selection_before ? sc->selection_before : "";
	struct pare_selection before = PARE_SELECTION_INIT;
	size_t nr = 0;

	if (!pare_selection_parse(&before, text, strlen(text)))
		nr = print_difference(out, "active now",
				      &sc->selection.profiles,
				      &before.profiles) +
		     print_difference(out, "no longer active",
				      &before.profiles,
				      &sc->selection.profiles);
	pare_selection_release(&before);
	return nr;
}

/* Directories and lines of patterns are not compared. */
static void print_mode(const struct sparse_change *sc, FILE *out)
{
	fprintf(out, "the selection %s %s mode\n", sc->dry_run ?
		"would be in" : "is now in",
		sc->report.cone_begins ? "cone" : "non-cone");
	print_profiles(sc, out);
}

/* What there is to say when no file comes or goes. */
static void print_selection(const struct sparse_change *sc, FILE *out)
{
	const struct pare_sparse_report *r = &sc->report;

	if (r->changed && r->action == PARE_SPARSE_DISABLE)
		fputs("all of the work tree is selected\n", out);
	else if (r->cone_begins || r->cone_ends)
		print_mode(sc, out);
	else if (print_difference(out, "selected now", &r->dirs_after,
				  &r->dirs_before) +
		 print_difference(out, "no longer selected", &r->dirs_before,
				  &r->dirs_after) +
		 print_profiles(sc, out))
		return;
	else if (r->not_up_to_date.nr || r->unmerged.nr || r->present.nr ||
		 r->submodules.nr)
		fputs("nothing else to do\n", out);
	else if (r->changed)
		fputs("the same files are selected, in another way\n", out);
	else if (r->index_closed)
		fprintf(out, "the index %s\n",
			sc->dry_run ? "would be sparse" : "is sparse now");
	else if (r->index_opened)
		fprintf(out, "the index %s\n",
			sc->dry_run ? "would not be sparse any more" :
				      "is not sparse any more");
	else
		fputs("nothing to do\n", out);
}

static void print_summary(const struct sparse_change *sc, FILE *out)
{
	const struct pare_sparse_report *r = &sc->report;
	const char *would = sc->dry_run ? "would be " : "";

	if (r->files_written)
		fprintf(out, "%s %swritten (%s)\n",
			shown_count(r->files_written, "file", "files"), would,
			written_size(r));
	if (r->files_removed)
		fprintf(out, "%s %sremoved\n",
			shown_count(r->files_removed, "file", "files"), would);
	if (r->trashed.nr)
		fprintf(out, "%s %smoved to the trash\n",
			shown_count(r->trashed.nr, "ignored file",
				    "ignored files"), would);
	if (r->restored.nr)
		fprintf(out, "%s restored from the trash\n",
			shown_count(r->restored.nr, "file", "files"));
	if (!r->files_written && !r->files_removed && !r->trashed.nr &&
	    !r->restored.nr)
		print_selection(sc, out);
}

static json_t *report_json(const struct sparse_change *sc)
{
	const struct pare_sparse_report *r = &sc->report;

	json_t *object = json_pack(
		"{s:b, s:b, s:I, s:I, s:b, s:I, s:I, s:o, s:o, s:o, s:o, s:o,"
		" s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"dry_run", sc->dry_run, "changed", r->changed,
		"files_written", (json_int_t)r->files_written,
		"bytes_written", (json_int_t)r->bytes_written,
		"bytes_known", r->bytes_known,
		"files_removed", (json_int_t)r->files_removed,
		"bytes_removed", (json_int_t)r->bytes_removed,
		"not_up_to_date", json_strvec(&r->not_up_to_date),
		"unmerged", json_strvec(&r->unmerged),
		"present", json_strvec(&r->present),
		"staged", json_strvec(&r->staged),
		"untracked_dirs", json_strvec(&r->untracked_dirs),
		"nested_dirs", json_strvec(&r->nested_dirs),
		"submodules", json_strvec(&r->submodules),
		"trashed", json_strvec(&r->trashed),
		"restored", json_strvec(&r->restored),
		"missing_dirs", json_strvec(&r->missing_dirs),
		"warnings", json_strvec(&r->warnings),
		"profiles", json_strvec(&sc->selection.profiles),
		"exceptions", json_strvec(&sc->selection.exceptions),
		"wanted", kept_json(&sc->kept),
		"dirs_before", json_strvec(&r->dirs_before),
		"dirs_after", json_strvec(&r->dirs_after));

	if (object && sc->more)
		json_object_update(object, sc->more);
	return object;
}

int sparse_report_handed_over(const struct sparse_change *sc)
{
	json_t *object;

	if (!sc->json)
		return EXIT_DONE;
	object = json_pack("{s:b}", "handed_over", 1);
	if (object && sc->more)
		json_object_update(object, sc->more);
	return output_json(object);
}

/* With --strict what was kept, or not found, is no success. */
static int exit_code_of(const struct sparse_change *sc)
{
	const struct pare_sparse_report *r = &sc->report;
	const struct strvec *const left[] = {
		&r->not_up_to_date, &r->unmerged,    &r->present,
		&r->untracked_dirs, &r->nested_dirs, &r->failures,
		&sc->kept.dirs,     &sc->kept.absent,
		&r->not_restored,   &r->submodules,
	};

	for (size_t i = 0; sc->strict && i < ARRAY_SIZE(left); i++)
		if (left[i]->nr)
			return EXIT_PARTLY;
	return EXIT_DONE;
}

int sparse_report_print(const struct sparse_change *sc)
{
	int rc;

	print_warnings(sc);
	if (sc->json) {
		rc = output_json(report_json(sc));
		return rc ? rc : exit_code_of(sc);
	}
	if (sc->dry_run)
		print_summary(sc, stdout);
	else if (!sc->quiet && (sc->verbose || isatty(STDERR_FILENO)))
		print_summary(sc, stderr);
	return exit_code_of(sc);
}
