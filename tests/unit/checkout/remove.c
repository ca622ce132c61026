/* SPDX-License-Identifier: MIT */
#include "unit/checkout/fixture.h"

static void make_repo(void)
{
	sh("git init -q r && cd r && mkdir -p a b/c/d && echo one >a/one &&"
	   " echo two >b/two && echo three >b/three && echo deep >b/c/d/deep &&"
	   " ln -s two b/link && echo x >b/run && chmod +x b/run &&"
	   " git add . && git commit -qm one");
	assert_int_equal(chdir("r"), 0);
}

static void clean_files_go_with_their_directories(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	fixture_open(&f, "b");
	must(checkout_check_removals(f.co, &f.list));
	for (size_t i = 0; i < f.list.nr; i++)
		assert_int_equal(f.list.item[i].status, PARE_PATH_TO_REMOVE);
	must(checkout_remove(f.co, &f.list));
	for (size_t i = 0; i < f.list.nr; i++)
		assert_int_equal(f.list.item[i].status, PARE_PATH_REMOVED);
	fixture_close(&f);
	assert_text(sh("ls -A"), ".git\na\n");
}

static void modified_files_stay(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	sh("sleep 0.02; echo TWO >b/two && echo longer >b/three &&"
	   " ln -sf thr b/link && chmod -x b/run && rm b/c/d/deep");
	fixture_open(&f, "b");
	must(checkout_check_removals(f.co, &f.list));
	assert_status(&f, "b/two", PARE_PATH_MODIFIED);
	assert_status(&f, "b/three", PARE_PATH_MODIFIED);
	assert_status(&f, "b/link", PARE_PATH_MODIFIED);
	assert_status(&f, "b/run", PARE_PATH_MODIFIED);
	assert_status(&f, "b/c/d/deep", PARE_PATH_ABSENT);
	must(checkout_remove(f.co, &f.list));
	fixture_close(&f);
	assert_text(sh("find b | sort"),
		    "b\nb/link\nb/run\nb/three\nb/two\n");
}

/* Another time or inode with the same content is no change. */
static void touched_and_copied_files_are_clean(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	sh("cp -R b b2 && rm -rf b && mv b2 b && touch -d 2002-02-02 b/two");
	fixture_open(&f, "b");
	must(checkout_check_removals(f.co, &f.list));
	for (size_t i = 0; i < f.list.nr; i++)
		assert_int_equal(f.list.item[i].status, PARE_PATH_TO_REMOVE);
	fixture_close(&f);
}

/* Same size, written in the second in which the index was. */
static void racily_modified_files_stay(void **state)
{
	struct fixture f;

	(void)state;
	sh("git init -q r && cd r && echo aaa >f && git add f && echo bbb >f &&"
	   " touch -r .git/index f");
	assert_int_equal(chdir("r"), 0);
	fixture_open(&f, "");
	must(checkout_check_removals(f.co, &f.list));
	assert_status(&f, "f", PARE_PATH_MODIFIED);
	fixture_close(&f);
}

static void a_file_changed_after_the_look_stays(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	fixture_open(&f, "b");
	must(checkout_check_removals(f.co, &f.list));
	sh("echo later >b/two && rm b/three");
	must(checkout_remove(f.co, &f.list));
	assert_status(&f, "b/two", PARE_PATH_MODIFIED);
	assert_status(&f, "b/three", PARE_PATH_ABSENT);
	fixture_close(&f);
	assert_text(read_file("b/two"), "later\n");
}

/* A link where the directory was: what is behind it is not ours. */
static void nothing_behind_a_link_goes(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	sh("mv b ../outside && ln -s ../outside b");
	fixture_open(&f, "b");
	must(checkout_check_removals(f.co, &f.list));
	assert_status(&f, "b/two", PARE_PATH_ABSENT);
	must(checkout_remove(f.co, &f.list));
	fixture_close(&f);
	assert_text(read_file("../outside/c/d/deep"), "deep\n");
	sh("test -L b");
}

static void a_link_put_there_after_the_look_is_no_door(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	fixture_open(&f, "b");
	must(checkout_check_removals(f.co, &f.list));
	sh("mv b ../outside && ln -s ../outside b");
	must(checkout_remove(f.co, &f.list));
	fixture_close(&f);
	assert_text(read_file("../outside/two"), "two\n");
	assert_text(read_file("../outside/c/d/deep"), "deep\n");
}

static void the_current_directory_stays(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	assert_int_equal(chdir("b/c"), 0);
	fixture_open(&f, "b");
	must(checkout_check_removals(f.co, &f.list));
	must(checkout_remove(f.co, &f.list));
	fixture_close(&f);
	assert_int_equal(chdir("../.."), 0);
	assert_text(sh("find b | sort"), "b\nb/c\n");
}

static void populated_submodules_stay_and_are_named(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	sh("for m in full none; do git update-index --add --cacheinfo"
	   " 160000,$(git rev-parse HEAD),m/$m; done &&"
	   " mkdir -p m/full m/none && echo x >m/full/x");
	fixture_open(&f, "m");
	must(checkout_check_removals(f.co, &f.list));
	must(checkout_remove(f.co, &f.list));
	assert_int_equal(checkout_warnings(f.co)->nr, 1);
	assert_text(checkout_warnings(f.co)->v[0],
		    "unable to rmdir 'm/full': Directory not empty");
	fixture_close(&f);
	assert_text(sh("find m | sort"), "m\nm/full\nm/full/x\n");
}

/* Many: more than one thread looks at them. */
static void many_touched_files_are_hashed(void **state)
{
	struct fixture f;
	size_t modified = 0;

	(void)state;
	sh("git init -q r && cd r && for d in $(seq 20); do mkdir d$d &&"
	   " for i in $(seq 40); do echo $d $i >d$d/f$i; done; done &&"
	   " git add . && find d* -type f | xargs touch -d 2001-01-01 &&"
	   " echo 7 X >d7/f9 && touch -d 2001-01-01 d7/f9");
	assert_int_equal(chdir("r"), 0);
	fixture_open(&f, "");
	must(checkout_check_removals(f.co, &f.list));
	for (size_t i = 0; i < f.list.nr; i++)
		modified += f.list.item[i].status == PARE_PATH_MODIFIED;
	assert_int_equal(modified, 1);
	assert_status(&f, "d7/f9", PARE_PATH_MODIFIED);
	must(checkout_remove(f.co, &f.list));
	fixture_close(&f);
	assert_text(sh("find . -path ./.git -prune -o -type f -print"),
		    "./d7/f9\n");
}

static void a_staged_change_equal_on_disk_is_clean(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	sh("echo staged >b/two && git add b/two");
	fixture_open(&f, "b");
	must(checkout_check_removals(f.co, &f.list));
	assert_status(&f, "b/two", PARE_PATH_TO_REMOVE);
	fixture_close(&f);
}

static void presence_is_seen_without_following(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	sh("mkdir -p ../outside/x && touch ../outside/x/y &&"
	   " ln -s ../outside l && ln -s nowhere dangling");
	fixture_open(&f, "b");
	assert_true(checkout_is_present(f.co, "a/one", 5));
	assert_false(checkout_is_present(f.co, "a/two", 5));
	assert_true(checkout_is_present(f.co, "b/c/", 4));
	assert_false(checkout_is_present(f.co, "b/two/", 6));
	assert_true(checkout_is_present(f.co, "dangling", 8));
	assert_false(checkout_is_present(f.co, "gone/x/y", 8));
	assert_false(checkout_is_present(f.co, "gone/x/z", 8));
	assert_false(checkout_is_present(f.co, "gone/z", 6));
	assert_false(checkout_is_present(f.co, "gonetoo", 7));
	assert_false(checkout_is_present(f.co, "l/x/y", 5));
	assert_false(checkout_is_present(f.co, "l/x/", 4));
	assert_true(checkout_is_present(f.co, "top/../a/one", 12) == false);
	assert_true(checkout_is_present(f.co, "b/two", 5));
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(clean_files_go_with_their_directories),
		sandbox_test(modified_files_stay),
		sandbox_test(touched_and_copied_files_are_clean),
		sandbox_test(racily_modified_files_stay),
		sandbox_test(a_file_changed_after_the_look_stays),
		sandbox_test(nothing_behind_a_link_goes),
		sandbox_test(a_link_put_there_after_the_look_is_no_door),
		sandbox_test(the_current_directory_stays),
		sandbox_test(populated_submodules_stay_and_are_named),
		sandbox_test(many_touched_files_are_hashed),
		sandbox_test(a_staged_change_equal_on_disk_is_clean),
		sandbox_test(presence_is_seen_without_following),
	};

	return !!cmocka_run_group_tests_name("checkout_remove", tests, NULL,
					     NULL);
}
