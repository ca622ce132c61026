/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sparse/cone.h"
#include "support/sandbox.h"

static void walk_answers_as_each_directory_alone(void **state)
{
	static const struct {
		const char *dir;
		enum cone_kind kind;
	} cases[] = {
		{ "", CONE_PARENT },      { "a", CONE_PARENT },
		{ "a/b", CONE_IN },       { "a/b/c", CONE_IN },
		{ "a/b/c/d/e", CONE_IN }, { "a/bc", CONE_OUT },
		{ "a/c", CONE_OUT },      { "a/c/d", CONE_OUT },
		{ "ab", CONE_OUT },       { "b", CONE_IN },
		{ "b/x", CONE_IN },       { "z/y", CONE_PARENT },
		{ "z", CONE_PARENT },     { "z/y/x", CONE_IN },
		{ "z/y/xx", CONE_OUT },
	};
	struct cone cone = CONE_INIT;
	struct cone_walk walk;

	(void)state;
	cone_add(&cone, "a/b");
	cone_add(&cone, "b");
	cone_add(&cone, "z/y/x");
	cone_walk_init(&walk, &cone);
	for (size_t round = 0; round < 2; round++)
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
			assert_int_equal(cone_walk_dir(&walk, cases[i].dir,
						       strlen(cases[i].dir)),
					 cases[i].kind);
	cone_walk_release(&walk);
	cone_release(&cone);
}

static void a_full_cone_has_everything_in(void **state)
{
	struct cone cone = { .full = true };
	struct cone_walk walk;

	(void)state;
	cone_walk_init(&walk, &cone);
	assert_int_equal(cone_walk_dir(&walk, "", 0), CONE_IN);
	assert_int_equal(cone_walk_dir(&walk, "a/b", 3), CONE_IN);
	cone_walk_release(&walk);
	cone_release(&cone);
}

static void case_counts_unless_told_otherwise(void **state)
{
	struct cone cone = { .ignore_case = true };
	struct cone_walk walk;

	(void)state;
	cone_add(&cone, "Folder/Sub");
	cone_walk_init(&walk, &cone);
	assert_int_equal(cone_walk_dir(&walk, "folder", 6), CONE_PARENT);
	assert_int_equal(cone_walk_dir(&walk, "FOLDER/sub", 10), CONE_IN);
	cone_walk_release(&walk);
	cone_release(&cone);

	cone_add(&cone, "Folder");
	assert_int_equal(cone_get(&cone, "folder", 6), CONE_OUT);
	cone_release(&cone);
}

static void lists_leave_out_what_a_directory_above_says(void **state)
{
	struct cone cone = CONE_INIT;
	struct strvec dirs = STRVEC_INIT;

	(void)state;
	cone_add(&cone, "a/b/c");
	cone_add(&cone, "a/b");
	cone_add(&cone, "q/r");
	cone_list(&cone, CONE_IN, &dirs);
	assert_int_equal(dirs.nr, 2);
	assert_string_equal(dirs.v[0], "a/b");
	assert_string_equal(dirs.v[1], "q/r");
	strvec_clear(&dirs);
	cone_list(&cone, CONE_PARENT, &dirs);
	assert_int_equal(dirs.nr, 2);
	assert_string_equal(dirs.v[0], "a");
	assert_string_equal(dirs.v[1], "q");
	strvec_clear(&dirs);
	cone_release(&cone);
}

static void thousands_of_directories_are_found_again(void **state)
{
	struct cone cone = CONE_INIT;
	char dir[64];

	(void)state;
	for (int i = 0; i < 5000; i++) {
		snprintf(dir, sizeof(dir), "d%d/e%d", i % 71, i);
		cone_add(&cone, dir);
	}
	for (int i = 0; i < 5000; i++) {
		snprintf(dir, sizeof(dir), "d%d/e%d", i % 71, i);
		assert_int_equal(cone_get(&cone, dir, strlen(dir)), CONE_IN);
		snprintf(dir, sizeof(dir), "d%d/e%d", i % 71, i + 5000);
		assert_int_equal(cone_get(&cone, dir, strlen(dir)), CONE_OUT);
	}
	cone_release(&cone);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(walk_answers_as_each_directory_alone),
		cmocka_unit_test(a_full_cone_has_everything_in),
		cmocka_unit_test(case_counts_unless_told_otherwise),
		cmocka_unit_test(lists_leave_out_what_a_directory_above_says),
		cmocka_unit_test(thousands_of_directories_are_found_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
