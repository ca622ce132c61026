/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "profile/parse.h"
#include "support/sandbox.h"

static const char team[] = "[profile \"base\"]\ndirs = builds\n"
			   "[profile \"web\"]\ndirs = p/web\n  libs/ui\n"
			   "exclude = p/web/old\n"
			   "[profile \"mail\"]\ndirs = p/mail\n  libs/ui\n"
			   "[profile \"docs\"]\nmode = patterns\n"
			   "patterns = /*\n  !/*/\n  /docs/**/*.md\n"
			   "[sparse]\nalways = base\n";

static struct pare_profiles *read_team(const char *text)
{
	struct pare_profiles *all = profiles_new();
	struct strvec faults = STRVEC_INIT;

	assert_int_equal(profiles_parse(all, &faults, "f", PARE_LAYER_TRACKED,
					text, strlen(text)), 0);
	strvec_clear(&faults);
	return all;
}

static void take(struct pare_selection *sel, const char *text,
		 const char *name)
{
	struct pare_profiles *all = read_team(text);
	struct strvec names = STRVEC_INIT;

	strvec_push(&names, name);
	assert_int_equal(pare_selection_take(sel, all, &names), 0);
	strvec_clear(&names);
	pare_profiles_free(all);
}

/* "a b|+c -d": directories or lines, then steps. */
static void assert_selected(struct pare_selection *sel, const char *expected)
{
	struct strbuf text = STRBUF_INIT;
	struct pare_selected out;

	pare_selection_resolve(&out, sel);
	for (size_t i = 0; i < out.lines.nr; i++)
		strbuf_addf(&text, "%s%s", i ? " " : "", out.lines.v[i]);
	strbuf_addch(&text, '|');
	for (size_t i = 0; i < out.steps.nr; i++)
		strbuf_addf(&text, "%s%s", i ? " " : "", out.steps.v[i]);
	assert_text(text.buf, expected);
	pare_selected_release(&out);
	strbuf_release(&text);
}

static void add(struct pare_selection *sel, const char *dir)
{
	struct strvec dirs = STRVEC_INIT;

	strvec_push(&dirs, dir);
	pare_selection_add(sel, &dirs);
	strvec_clear(&dirs);
}

/* Returns who keeps it ("web"), "absent", or "". */
static const char *take_out(struct pare_selection *sel, const char *dir,
			    bool anyway)
{
	static char by[64];
	struct pare_kept kept = PARE_KEPT_INIT;
	struct strvec dirs = STRVEC_INIT;

	strvec_push(&dirs, dir);
	pare_selection_remove(sel, &kept, &dirs, anyway);
	snprintf(by, sizeof(by), "%s", kept.absent.nr ? "absent" :
		 kept.by.nr ? kept.by.v[0] : "");
	strvec_clear(&dirs);
	pare_kept_release(&kept);
	return by;
}

static void profiles_and_own_directories_are_united(void **state)
{
	struct pare_selection sel = PARE_SELECTION_INIT;

	(void)state;
	take(&sel, team, "web");
	assert_selected(&sel, "libs/ui p/web builds|-p/web/old");
	take(&sel, team, "mail");
	add(&sel, "p/web/old/keep");
	assert_selected(&sel, "libs/ui p/web builds libs/ui p/mail "
			      "p/web/old/keep|-p/web/old +p/web/old/keep");
	assert_true(pare_selection_drop(&sel, "web"));
	assert_false(pare_selection_drop(&sel, "web"));
	assert_selected(&sel, "builds libs/ui p/mail p/web/old/keep|");
	assert_true(pare_selection_drop(&sel, "mail"));
	assert_selected(&sel, "p/web/old/keep|");
	pare_selection_release(&sel);
}

static void what_a_profile_wants_stays(void **state)
{
	struct pare_selection sel = PARE_SELECTION_INIT;

	(void)state;
	take(&sel, team, "web");
	add(&sel, "libs");
	assert_text(take_out(&sel, "libs/ui", false), "web");
	assert_text(take_out(&sel, "p/web/src", false), "web");
	assert_text(take_out(&sel, "p", false), "web");
	assert_text(take_out(&sel, "p/web/old", false), "absent");
	assert_text(take_out(&sel, "nowhere", true), "absent");
	assert_text(take_out(&sel, "libs/net", false), "");
	assert_selected(&sel, "libs/ui p/web builds libs|"
			      "-p/web/old +libs -libs/net");
	assert_text(take_out(&sel, "libs", false), "web");
	assert_text(take_out(&sel, "p/web", true), "");
	assert_text(take_out(&sel, "p/web/src", true), "absent");
	assert_selected(&sel, "libs/ui p/web builds|-p/web/old -p/web "
			      "-libs/net");
	/* Adding it takes the exception back. */
	add(&sel, "p/web");
	assert_selected(&sel, "libs/ui p/web builds p/web|-p/web/old +p/web "
			      "-libs/net");
	pare_selection_release(&sel);
}

static void present(struct pare_selection *sel, const char *dirs)
{
	struct strvec list = STRVEC_INIT;

	strvec_split(&list, dirs, ' ');
	pare_selection_meet(sel, &list, false);
	strvec_clear(&list);
}

static void what_plain_git_did_is_met(void **state)
{
	struct pare_selection sel = PARE_SELECTION_INIT;

	(void)state;
	take(&sel, team, "web");
	add(&sel, "own");
	strvec_split(&sel.applied, "builds libs/ui own p/web/src", ' ');
	present(&sel, "builds libs/ui own p/web/src");
	assert_selected(&sel, "libs/ui p/web builds own|-p/web/old");
	/* One more, two less. */
	present(&sel, "builds new p/web/src");
	assert_selected(&sel, "libs/ui p/web builds new|"
			      "-p/web/old -libs/ui");
	/* A part of one that was whole. */
	present(&sel, "builds/a new p/web/src");
	assert_selected(&sel, "libs/ui p/web builds new builds/a|-p/web/old "
			      "-builds -libs/ui +builds/a");
	/* Nothing of the profile is left: it is not active. */
	present(&sel, "new other");
	assert_int_equal(sel.profiles.nr, 0);
	assert_selected(&sel, "new other|");
	pare_selection_release(&sel);
}

static void patterns_make_all_of_it_patterns(void **state)
{
	struct pare_selection sel = PARE_SELECTION_INIT;

	(void)state;
	take(&sel, team, "web");
	add(&sel, "a[b]");
	take(&sel, team, "docs");
	assert_selected(&sel, "/* !/*/ /docs/**/*.md /libs/ui/ /p/web/ "
			      "/builds/ !/p/web/old/ /a\\[b]/|");
	assert_text(take_out(&sel, "/docs/**/*.md", false), "docs");
	assert_text(take_out(&sel, "/docs/**/*.md", true), "");
	assert_text(take_out(&sel, "/a\\[b]/", false), "");
	assert_selected(&sel, "/* !/*/ /libs/ui/ /p/web/ /builds/ "
			      "!/p/web/old/|");
	assert_true(pare_selection_drop(&sel, "docs"));
	assert_selected(&sel, "libs/ui p/web builds|-p/web/old");
	pare_selection_release(&sel);
}

static void the_file_reads_back_as_written(void **state)
{
	struct pare_selection sel = PARE_SELECTION_INIT, again;
	struct strbuf text = STRBUF_INIT, second = STRBUF_INIT;
	char *longname = xcalloc(1, 3000);

	(void)state;
	take(&sel, team, "web");
	memset(longname, 'x', 2999);
	add(&sel, longname);
	add(&sel, " a ;b\n\"c\\ ");
	add(&sel, "#d");
	add(&sel, "[e]");
	add(&sel, "f\xc3\xa9");
	pare_selection_format(&text, &sel);
	assert_int_equal(pare_selection_parse(&again, text.buf, text.len), 0);
	pare_selection_format(&second, &again);
	assert_text(second.buf, text.buf);
	assert_text(again.dirs.v[1], " a ;b\n\"c\\ ");
	pare_selection_release(&again);
	assert_int_equal(pare_selection_parse(&again, "[selection]\nx\n", 14),
			 GIT_EINVALID);
	assert_text(error_message(),
		    "the selection: line 2 is not understood");
	pare_selection_release(&again);
	pare_selection_release(&sel);
	strbuf_release(&text);
	strbuf_release(&second);
	free(longname);
}

static void drift_says_what_came_and_went(void **state)
{
	static const char later[] = "[profile \"web\"]\ndirs = p/web\n  new\n"
				    "[profile \"tools\"]\ndirs = ci\n"
				    "[sparse]\nalways = tools\n";
	struct pare_selection sel = PARE_SELECTION_INIT;
	struct pare_profiles *now = read_team(later), *same = read_team(team);
	struct pare_drift *drift;
	size_t nr;

	(void)state;
	take(&sel, team, "web");
	take(&sel, team, "mail");
	assert_int_equal(pare_selection_drift(&drift, &nr, &sel, same), 0);
	assert_int_equal(nr, 0);
	pare_drift_free(drift, nr);
	assert_int_equal(pare_selection_drift(&drift, &nr, &sel, now), 0);
	assert_int_equal(nr, 4);
	assert_text(drift[0].profile, "web");
	assert_text(drift[0].gained.v[0], "new");
	assert_text(drift[0].lost.v[0], "!p/web/old");
	assert_text(drift[0].lost.v[1], "libs/ui");
	assert_text(drift[1].profile, "base");
	assert_text(drift[1].lost.v[0], "builds");
	assert_true(drift[2].gone);
	assert_text(drift[3].profile, "tools");
	pare_drift_free(drift, nr);
	/* What is gone stays as it was. */
	assert_int_equal(pare_selection_refresh(&sel, now), 0);
	assert_selected(&sel, "new p/web libs/ui p/mail ci|");
	pare_selection_release(&sel);
	pare_profiles_free(now);
	pare_profiles_free(same);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(profiles_and_own_directories_are_united),
		cmocka_unit_test(what_a_profile_wants_stays),
		cmocka_unit_test(what_plain_git_did_is_met),
		cmocka_unit_test(patterns_make_all_of_it_patterns),
		cmocka_unit_test(the_file_reads_back_as_written),
		cmocka_unit_test(drift_says_what_came_and_went),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
