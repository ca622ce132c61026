/* SPDX-License-Identifier: MIT */
#include <unistd.h>

#include "unit/checkout/fixture.h"

#include <sys/stat.h>

#include "checkout/trash.h"

static const char id[] = "20260101-000000-1";

/* `d` is selected by nobody any more: all its entries are skipped and gone. */
static void make_repo(void)
{
	sh("git init -q r && cd r && mkdir -p d/sub keep && echo 1 >d/one &&"
	   " echo '*.o' >.gitignore && echo '.env' >d/.gitignore &&"
	   " echo 'build/' >d/sub/.gitignore && echo 2 >d/sub/two &&"
	   " echo k >keep/k && git add . && git commit -qm one &&"
	   " git ls-files d | git update-index --skip-worktree --stdin &&"
	   " rm -rf d");
	assert_int_equal(chdir("r"), 0);
}

static enum checkout_dir_answer clear(const char *dir, int keep_days,
				      bool dry_run, struct strvec *trashed)
{
	enum checkout_dir_answer answer;
	struct fixture f;

	fixture_open(&f, "nothing");
	must(checkout_clear_dir(&answer, f.co, dir, id, keep_days, dry_run,
				trashed));
	fixture_close(&f);
	return answer;
}

static void put_ignored(void)
{
	sh("mkdir -p d/sub/build/x && echo s >d/.env && echo o >d/a.o &&"
	   " echo b >d/sub/build/x/y && ln -s /etc d/sub/build/etc");
}

static void ignored_files_move_to_the_trash_and_back(void **state)
{
	struct strvec names = STRVEC_INIT, kept = STRVEC_INIT;
	struct pare_repo *repo;

	(void)state;
	make_repo();
	put_ignored();
	assert_int_equal(clear("d", 14, false, &names), CHECKOUT_DIR_GONE);
	sh("test ! -e d");
	strvec_sort(&names);
	assert_int_equal(names.nr, 4);
	assert_text(names.v[0], "d/.env");
	assert_text(names.v[3], "d/sub/build/x/y");
	sh("test -f .git/pare/trash/%s/d/.env", id);
	strvec_clear(&names);

	sh("mkdir -p d && echo newer >d/.env");
	must(pare_repo_open(&repo, 0));
	must(trash_restore(repo, id, &names, &kept));
	assert_int_equal(names.nr, 3);
	assert_int_equal(kept.nr, 1);
	assert_text(kept.v[0], "d/.env");
	assert_text(read_file("d/.env"), "newer\n");
	assert_text(read_file("d/sub/build/x/y"), "b\n");
	sh("test -L d/sub/build/etc");
	sh("test -f .git/pare/trash/%s/d/.env", id);
	pare_repo_free(repo);
	strvec_clear(&names);
	strvec_clear(&kept);
}

static void restore_goes_through_no_link(void **state)
{
	struct strvec names = STRVEC_INIT, kept = STRVEC_INIT;
	struct pare_repo *repo;

	(void)state;
	make_repo();
	put_ignored();
	assert_int_equal(clear("d", 14, false, NULL), CHECKOUT_DIR_GONE);
	sh("mkdir ../outside && ln -s ../outside d");
	must(pare_repo_open(&repo, 0));
	must(trash_restore(repo, id, &names, &kept));
	assert_int_equal(names.nr, 0);
	assert_int_equal(kept.nr, 4);
	assert_text(sh("ls -A ../outside"), "");
	pare_repo_free(repo);
	strvec_clear(&kept);
}

static void untracked_files_keep_the_directory(void **state)
{
	(void)state;
	make_repo();
	put_ignored();
	sh("echo mine >d/sub/notes");
	assert_int_equal(clear("d", 14, false, NULL),
			 CHECKOUT_DIR_UNTRACKED);
	assert_text(read_file("d/.env"), "s\n");
	assert_text(read_file("d/sub/notes"), "mine\n");
}

static void nested_repositories_keep_the_directory(void **state)
{
	(void)state;
	make_repo();
	put_ignored();
	sh("git init -q d/sub/build/nested");
	assert_int_equal(clear("d", 0, false, NULL), CHECKOUT_DIR_NESTED);
	sh("test -d d/sub/build/nested/.git && test -f d/.env");
}

static void links_are_not_directories(void **state)
{
	(void)state;
	make_repo();
	sh("mkdir ../outside && echo o >../outside/a.o && ln -s ../outside d");
	assert_int_equal(clear("d", 0, false, NULL), CHECKOUT_DIR_GONE);
	assert_int_equal(clear("d/sub", 0, false, NULL), CHECKOUT_DIR_GONE);
	sh("test -f ../outside/a.o && test -L d");
}

static void a_link_inside_is_a_file(void **state)
{
	(void)state;
	make_repo();
	sh("mkdir -p ../outside d && echo o >../outside/x.txt &&"
	   " ln -s ../../outside d/l.o");
	assert_int_equal(clear("d", 0, false, NULL), CHECKOUT_DIR_GONE);
	sh("test -f ../outside/x.txt && test ! -e d");
}

static void the_current_directory_stays(void **state)
{
	struct fixture f;
	enum checkout_dir_answer answer;

	(void)state;
	make_repo();
	sh("mkdir -p d/sub/build");
	assert_int_equal(chdir("d/sub"), 0);
	fixture_open(&f, "nothing");
	must(checkout_clear_dir(&answer, f.co, "d", id, 14, false, NULL));
	fixture_close(&f);
	assert_int_equal(answer, CHECKOUT_DIR_CURRENT);
	sh("test -d ../../d/sub");
}

static void empty_directories_just_go(void **state)
{
	struct strvec names = STRVEC_INIT;

	(void)state;
	make_repo();
	sh("mkdir -p d/sub/x/y/z");
	assert_int_equal(clear("d", 14, false, &names), CHECKOUT_DIR_GONE);
	assert_int_equal(names.nr, 0);
	sh("test ! -e d && test ! -e .git/pare/trash");
}

static void zero_days_delete_at_once(void **state)
{
	(void)state;
	make_repo();
	put_ignored();
	assert_int_equal(clear("d", 0, false, NULL), CHECKOUT_DIR_GONE);
	sh("test ! -e d && test ! -e .git/pare/trash && test -d /etc");
}

static void a_dry_run_overlooks_what_is_tracked(void **state)
{
	struct strvec names = STRVEC_INIT;

	(void)state;
	make_repo();
	sh("git ls-files d | git update-index --no-skip-worktree --stdin &&"
	   " git checkout -q -- d");
	put_ignored();
	assert_int_equal(clear("d", 14, true, &names), CHECKOUT_DIR_GONE);
	assert_int_equal(names.nr, 4);
	sh("test -f d/.env && test -f d/one");
	sh("echo mine >d/notes");
	assert_int_equal(clear("d", 14, true, &names),
			 CHECKOUT_DIR_UNTRACKED);
	strvec_clear(&names);
}

static void many_at_once_have_an_answer_each(void **state)
{
	struct checkout_dir dir[] = {
		{ .path = "d/sub" }, { .path = "gone" }, { .path = "keep2" },
		{ .path = ":odd" },
	};
	struct fixture f;

	(void)state;
	make_repo();
	put_ignored();
	sh("mkdir keep2 :odd && touch keep2/u :odd/x.o");
	fixture_open(&f, "nothing");
	must(checkout_clear_dirs(f.co, dir, 4, id, 14, false, NULL));
	fixture_close(&f);
	assert_int_equal(dir[0].answer, CHECKOUT_DIR_GONE);
	assert_int_equal(dir[1].answer, CHECKOUT_DIR_GONE);
	assert_int_equal(dir[2].answer, CHECKOUT_DIR_UNTRACKED);
	assert_int_equal(dir[3].answer, CHECKOUT_DIR_GONE);
	sh("test ! -e d/sub && test -e d/.env && test -e keep2/u &&"
	   " test ! -e :odd");
}

static void old_trash_expires(void **state)
{
	struct pare_repo *repo;

	(void)state;
	make_repo();
	sh("mkdir -p .git/pare/trash/old/d .git/pare/trash/new/d &&"
	   " touch .git/pare/trash/old/d/f .git/pare/trash/new/d/f &&"
	   " touch -d '15 days ago' .git/pare/trash/old &&"
	   " mkdir .git/pare/write.1 && touch .git/pare/write.1/f"
	   " .git/pare/index.2.0 .git/pare/index.%ld.0 .git/pare/selection"
	   " .git/pare/lock.999999999.x &&"
	   " touch -d '2 days ago' .git/pare/write.1 .git/pare/index.2.0"
	   " .git/pare/selection", (long)getpid());
	must(pare_repo_open(&repo, 0));
	must(trash_expire(repo, 14));
	pare_repo_free(repo);
	sh("test ! -e .git/pare/trash/old && test -e .git/pare/trash/new/d/f");
	assert_text(sh("ls .git/pare | sed 's,[.].*,,'"),
		    "index\nselection\ntrash\n");
}

/* A path the trash has already: the second stays where it is. */
static void the_trash_is_not_written_over(void **state)
{
	(void)state;
	make_repo();
	put_ignored();
	sh("mkdir -p .git/pare/trash/%s/d && echo first"
	   " >.git/pare/trash/%s/d/.env", id, id);
	assert_int_equal(clear("d", 14, false, NULL), CHECKOUT_DIR_FAILED);
	assert_text(read_file("d/.env"), "s\n");
}

static void another_file_system_is_copied_to(void **state)
{
	struct strvec names = STRVEC_INIT, kept = STRVEC_INIT;
	struct pare_repo *repo;
	struct stat here, shm;

	(void)state;
	if (stat(".", &here) || stat("/dev/shm", &shm) ||
	    here.st_dev == shm.st_dev)
		skip();
	make_repo();
	put_ignored();
	sh("mkdir .git/pare && d=$(mktemp -d /dev/shm/pare.XXXXXX) &&"
	   " echo $d >../shm && ln -s $d .git/pare/trash");
	assert_int_equal(clear("d", 14, false, NULL), CHECKOUT_DIR_GONE);
	sh("test ! -e d && test -L .git/pare/trash/%s/d/sub/build/etc", id);
	must(pare_repo_open(&repo, 0));
	must(trash_restore(repo, id, &names, &kept));
	pare_repo_free(repo);
	assert_int_equal(names.nr, 4);
	assert_int_equal(kept.nr, 0);
	assert_text(read_file("d/sub/build/x/y"), "b\n");
	strvec_clear(&names);
	sh("rm -rf \"$(cat ../shm)\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(ignored_files_move_to_the_trash_and_back),
		sandbox_test(restore_goes_through_no_link),
		sandbox_test(untracked_files_keep_the_directory),
		sandbox_test(nested_repositories_keep_the_directory),
		sandbox_test(links_are_not_directories),
		sandbox_test(a_link_inside_is_a_file),
		sandbox_test(the_current_directory_stays),
		sandbox_test(empty_directories_just_go),
		sandbox_test(zero_days_delete_at_once),
		sandbox_test(a_dry_run_overlooks_what_is_tracked),
		sandbox_test(many_at_once_have_an_answer_each),
		sandbox_test(old_trash_expires),
		sandbox_test(the_trash_is_not_written_over),
		sandbox_test(another_file_system_is_copied_to),
	};

	return !!cmocka_run_group_tests_name("checkout_dirs", tests, NULL,
					     NULL);
}
