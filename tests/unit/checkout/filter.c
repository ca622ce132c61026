/* SPDX-License-Identifier: MIT */
#include "unit/checkout/fixture.h"

/* Each kind of filter, in a directory whose attributes come with it. */
static void make_repo(void)
{
	sh("git init -q r && cd r && mkdir d && cd d &&"
	   " printf '*.crlf text eol=crlf\\n*.id ident\\n*.up filter=up\\n"
	   "*.u16 working-tree-encoding=UTF-16 text\\n*.auto text=auto\\n"
	   "*.lf text eol=lf\\n' >.gitattributes &&"
	   " git config filter.up.smudge 'tr a-z A-Z' &&"
	   " git config filter.up.clean 'tr A-Z a-z' &&"
	   " printf 'a\\nb\\n' >x.crlf && printf 'a\\nb\\n' >x.auto &&"
	   " printf 'a\\nb\\n' >x.lf && printf '$Id$\\n' >x.id &&"
	   " echo low >x.up && echo plain >x.txt && chmod +x x.up &&"
	   " printf 'hi\\n' | iconv -t UTF-16 >x.u16 && ln -s x.up l.up &&"
	   " cd .. && echo t >top && git add . && git commit -qm one");
	assert_int_equal(chdir("r"), 0);
}

static void write_all(struct fixture *f, const char *dir)
{
	fixture_open(f, dir);
	must(checkout_check_writes(f->co, &f->list));
	must(checkout_write(f->co, &f->list));
}

static void assert_as_git_writes(void)
{
	struct fixture f;

	sh("rm -rf d top ../want && git checkout-index -a --prefix=../want/");
	write_all(&f, "");
	fixture_commit_stats(&f);
	fixture_close(&f);
	sh("diff -r --no-dereference --exclude=.git . ../want");
	assert_text(sh("git status --porcelain"), "");
	sh("test -x d/x.up && test ! -x d/x.id");
	assert_text(sh("ls -A .git/pare"), "");
}

static void every_filter_is_as_git_has_it(void **state)
{
	(void)state;
	make_repo();
	assert_as_git_writes();
	assert_text(read_file("d/x.up"), "LOW\n");
	assert_text(read_file("d/x.crlf"), "a\r\nb\r\n");
}

static void autocrlf_is_honoured(void **state)
{
	(void)state;
	make_repo();
	sh("git config core.autocrlf true");
	assert_as_git_writes();
	assert_text(read_file("d/x.txt"), "plain\r\n");
	assert_text(read_file("d/x.lf"), "a\nb\n");
}

static void eol_is_honoured(void **state)
{
	(void)state;
	make_repo();
	sh("git config core.eol crlf");
	assert_as_git_writes();
	assert_text(read_file("d/x.auto"), "a\r\nb\r\n");
	assert_text(read_file("d/x.txt"), "plain\n");
}

static void info_attributes_count(void **state)
{
	(void)state;
	make_repo();
	sh("echo 'top filter=up' >.git/info/attributes");
	assert_as_git_writes();
	assert_text(read_file("top"), "T\n");
}

static void only_what_needs_a_filter_goes_through_git(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	sh("rm -rf d");
	write_all(&f, "d");
	assert_true(item_at(&f, "d/x.crlf")->filtered);
	assert_true(item_at(&f, "d/x.up")->filtered);
	assert_false(item_at(&f, "d/x.auto")->filtered);
	assert_false(item_at(&f, "d/x.lf")->filtered);
	assert_false(item_at(&f, "d/x.txt")->filtered);
	assert_false(item_at(&f, "d/l.up")->filtered);
	fixture_close(&f);
}

static void large_files_go_through_git(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	sh("head -c 5000 /dev/urandom >big && git add big && cp big ../big &&"
	   " rm big && git config core.bigFileThreshold 4k");
	write_all(&f, "big");
	assert_true(item_at(&f, "big")->filtered);
	fixture_close(&f);
	sh("cmp big ../big");
}

static void a_failing_filter_rolls_back(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	sh("rm -rf d && git config filter.up.smudge false &&"
	   " git config filter.up.required true");
	fixture_open(&f, "");
	must(checkout_check_writes(f.co, &f.list));
	assert_int_equal(checkout_write(f.co, &f.list), GIT_ERROR);
	assert_text(error_message(), "d/x.up: smudge filter up failed");
	assert_true(checkout_failures(f.co)->nr > 0);
	fixture_close(&f);
	sh("test ! -e d && test -e top");
}

/* A stat that says nothing: the content decides, through the filters. */
static void touched_filtered_files_are_clean(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	sh("rm -rf d && git checkout -q -- d && git update-index --refresh &&"
	   " git update-index --assume-unchanged d/x.crlf d/x.id &&"
	   " touch -d 2001-01-01 d/* && echo more >>d/x.up &&"
	   " printf '$Id: other$\\nX\\n' >d/x.id && touch -d 2001-01-01 d/x.id");
	fixture_open(&f, "d");
	must(checkout_check_removals(f.co, &f.list));
	assert_status(&f, "d/x.crlf", PARE_PATH_TO_REMOVE);
	assert_status(&f, "d/x.u16", PARE_PATH_TO_REMOVE);
	assert_status(&f, "d/x.up", PARE_PATH_MODIFIED);
	assert_status(&f, "d/x.id", PARE_PATH_MODIFIED);
	fixture_close(&f);
}

static void modified_behind_assume_unchanged_is_seen(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	sh("rm -rf d && git checkout -q -- d &&"
	   " git update-index --assume-unchanged d/x.up d/x.txt &&"
	   " echo HOW >d/x.up && echo Plain >d/x.txt");
	fixture_open(&f, "d");
	must(checkout_check_removals(f.co, &f.list));
	assert_status(&f, "d/x.up", PARE_PATH_MODIFIED);
	assert_status(&f, "d/x.txt", PARE_PATH_MODIFIED);
	fixture_close(&f);
}

static void filtered_files_that_stand_are_adopted(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	sh("rm -rf d && git checkout -q -- d && echo OTHER >d/x.up");
	sh("chmod +x d/x.up");
	fixture_open(&f, "d");
	must(checkout_check_writes(f.co, &f.list));
	assert_status(&f, "d/x.crlf", PARE_PATH_ADOPTED);
	assert_status(&f, "d/x.u16", PARE_PATH_ADOPTED);
	assert_status(&f, "d/x.up", PARE_PATH_PRESENT);
	fixture_close(&f);
}

/* The path a filter is told is the file's own, hooks do not run. */
static void filters_see_the_path_and_hooks_see_nothing(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	sh("git config filter.up.smudge 'cat; echo %%f' && rm -rf d &&"
	   " printf '#!/bin/sh\\necho ran >%s/hook\\n'"
	   " >.git/hooks/post-index-change && chmod +x .git/hooks/post-*",
	   sandbox_path());
	write_all(&f, "d");
	fixture_close(&f);
	assert_text(read_file("d/x.up"), "low\nd/x.up\n");
	sh("test ! -e ../hook");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(every_filter_is_as_git_has_it),
		sandbox_test(autocrlf_is_honoured),
		sandbox_test(eol_is_honoured),
		sandbox_test(info_attributes_count),
		sandbox_test(only_what_needs_a_filter_goes_through_git),
		sandbox_test(large_files_go_through_git),
		sandbox_test(a_failing_filter_rolls_back),
		sandbox_test(touched_filtered_files_are_clean),
		sandbox_test(modified_behind_assume_unchanged_is_seen),
		sandbox_test(filtered_files_that_stand_are_adopted),
		sandbox_test(filters_see_the_path_and_hooks_see_nothing),
	};

	return !!cmocka_run_group_tests_name("checkout_filter", tests, NULL,
					     NULL);
}
