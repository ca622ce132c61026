/* SPDX-License-Identifier: MIT */
#include "unit/checkout/fixture.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

static void make_repo(void)
{
	sh("git init -q r && cd r && mkdir -p a b/c/d 'sp ace' &&"
	   " echo one >a/one && echo two >b/two && echo deep >b/c/d/deep &&"
	   " printf '#!/bin/sh\\n' >b/run && chmod +x b/run &&"
	   " ln -s ../a/one b/link && : >b/empty && echo x >'sp ace/q\"x' &&"
	   " git add . && git commit -qm one");
	assert_int_equal(chdir("r"), 0);
}

/* The whole tree written anew is what git itself would have written. */
static void writes_what_git_writes(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	sh("cp -a . ../want && rm -rf a b 'sp ace'");
	fixture_open(&f, "");
	must(checkout_check_writes(f.co, &f.list));
	must(checkout_write(f.co, &f.list));
	for (size_t i = 0; i < f.list.nr; i++)
		assert_int_equal(f.list.item[i].status, PARE_PATH_WRITTEN);
	fixture_commit_stats(&f);
	fixture_close(&f);
	sh("git diff-files --quiet");
	sh("diff -r --no-dereference --exclude=.git . ../want");
	sh("test -x b/run && test ! -x b/two && test -L b/link");
	sh("git fsck --strict");
}

static void umask_is_honoured(void **state)
{
	struct fixture f;
	struct stat st;
	mode_t old;

	(void)state;
	make_repo();
	sh("rm -rf b");
	old = umask(027);
	fixture_open(&f, "b");
	must(checkout_check_writes(f.co, &f.list));
	must(checkout_write(f.co, &f.list));
	umask(old);
	assert_int_equal(stat("b/two", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(stat("b/run", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0750);
	fixture_close(&f);
}

static void without_symlinks_a_link_is_a_file(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	sh("git config core.symlinks false && rm -rf b");
	fixture_open(&f, "b");
	must(checkout_check_writes(f.co, &f.list));
	must(checkout_write(f.co, &f.list));
	fixture_close(&f);
	sh("test ! -L b/link");
	assert_text(read_file("b/link"), "../a/one");
}

/* Nothing that stands there is written over, and nothing is written at all
 * behind a link. */
static void what_stands_there_is_present(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	sh("rm -rf b && mkdir -p b ../outside && echo mine >b/two &&"
	   " ln -s ../../outside b/c && mkdir -p b/run/x b/empty &&"
	   " echo f >b/empty/f && ln -s ../a/one b/link");
	fixture_open(&f, "b");
	must(checkout_check_writes(f.co, &f.list));
	assert_status(&f, "b/two", PARE_PATH_PRESENT);
	assert_status(&f, "b/c/d/deep", PARE_PATH_PRESENT);
	assert_int_equal(item_at(&f, "b/c/d/deep")->blocker_len, 3);
	assert_status(&f, "b/empty", PARE_PATH_PRESENT);
	assert_status(&f, "b/run", PARE_PATH_TO_WRITE);
	assert_status(&f, "b/link", PARE_PATH_ADOPTED);
	must(checkout_write(f.co, &f.list));
	assert_status(&f, "b/run", PARE_PATH_WRITTEN);
	fixture_close(&f);
	assert_text(read_file("b/two"), "mine\n");
	assert_text(sh("ls ../outside"), "");
	sh("test -x b/run && test -f b/run");
}

static void equal_files_are_adopted(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	sh("cp -r b b2 && rm -rf b && mv b2 b && chmod -x b/run");
	fixture_open(&f, "b");
	must(checkout_check_writes(f.co, &f.list));
	assert_status(&f, "b/two", PARE_PATH_ADOPTED);
	assert_status(&f, "b/c/d/deep", PARE_PATH_ADOPTED);
	assert_status(&f, "b/run", PARE_PATH_PRESENT);
	fixture_close(&f);
}

/* As git: the words, and nothing of it is left behind. */
static void missing_blob_rolls_back(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	sh("rm -rf b && o=$(git rev-parse HEAD:b/two) &&"
	   " rm -f .git/objects/$(echo $o | cut -c1-2)/$(echo $o | cut -c3-)");
	fixture_open(&f, "");
	must(checkout_check_writes(f.co, &f.list));
	assert_int_equal(checkout_write(f.co, &f.list), PARE_EFILES);
	assert_int_equal(checkout_failures(f.co)->nr, 1);
	assert_contains(checkout_failures(f.co)->v[0],
			"unable to read sha1 file of b/two (");
	assert_status(&f, "b/two", PARE_PATH_FAILED);
	fixture_close(&f);
	sh("test ! -e b && test -f a/one");
}

/* A disk that takes no more: what was begun goes, what was there stays. */
static void full_disk_rolls_back(void **state)
{
	struct rlimit old, small = { .rlim_cur = 4096 };
	struct fixture f;
	int error;

	(void)state;
	make_repo();
	sh("mkdir big && echo s >big/a && head -c 100000 /dev/urandom"
	   " >big/b && echo z >big/z && git add . && git commit -qm big &&"
	   " rm -rf big && mkdir big && echo own >big/own");
	fixture_open(&f, "big");
	must(checkout_check_writes(f.co, &f.list));
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small.rlim_max = old.rlim_max;
	setrlimit(RLIMIT_FSIZE, &small);
	error = checkout_write(f.co, &f.list);
	setrlimit(RLIMIT_FSIZE, &old);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(error, PARE_EFILES);
	assert_text(checkout_failures(f.co)->v[0],
		    "unable to create file big/b: File too large");
	fixture_close(&f);
	assert_text(sh("ls big"), "own\n");
}

static void write_b(struct fixture *f)
{
	sh("rm -rf b");
	fixture_open(f, "b");
	must(checkout_check_writes(f->co, &f->list));
	must(checkout_write(f->co, &f->list));
}

static void unwrite_spares_what_was_changed_since(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	write_b(&f);
	sh("echo edited >>b/c/d/deep");
	checkout_unwrite(f.co, &f.list);
	fixture_close(&f);
	assert_text(sh("find b -type f"), "b/c/d/deep\n");
}

/* That the innermost of the new directories is not there is in no one's way. */
static void unwrite_takes_all_directories_back(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	write_b(&f);
	sh("rm -r b/c/d");
	checkout_unwrite(f.co, &f.list);
	fixture_close(&f);
	assert_text(sh("ls -d b 2>/dev/null || true"), "");
}

static void unsafe_paths_are_refused(void **state)
{
	struct fixture f;
	uint8_t oid[HASH_MAX_SIZE] = { 0 };
	struct pare_index_entry e = {
		.name = "a/../../x", .name_len = 9, .oid = oid,
		.mode = 0100644,
	};

	(void)state;
	make_repo();
	fixture_open(&f, "nothing");
	checkout_list_add(&f.list, &e, e.name);
	assert_int_equal(checkout_check_writes(f.co, &f.list), GIT_EINVALID);
	assert_int_equal(checkout_check_removals(f.co, &f.list),
			 GIT_EINVALID);
	fixture_close(&f);
}

struct swapper {
	atomic_bool stop;
};

/* The directory is a directory, then a link to the outside, then again. */
static void *swap_in_a_loop(void *arg)
{
	struct swapper *s = arg;

	while (!atomic_load(&s->stop)) {
		if (!rename("d", "d.away")) {
			if (!symlink("../outside", "d"))
				unlink("d");
			else
				unlink("d");
			rename("d.away", "d");
		}
		mkdir("d", 0777);
	}
	return NULL;
}

static void no_link_is_followed_in_a_race(void **state)
{
	struct swapper s = { false };
	pthread_t thread;

	(void)state;
	sh("git init -q r && cd r && mkdir d && for i in $(seq 300); do"
	   " echo $i >d/f$i; done && git add . && git commit -qm d &&"
	   " rm -rf d && mkdir d ../outside");
	assert_int_equal(chdir("r"), 0);
	pthread_create(&thread, NULL, swap_in_a_loop, &s);
	for (int round = 0; round < 20; round++) {
		struct fixture f;

		fixture_open(&f, "d");
		must(checkout_check_writes(f.co, &f.list));
		checkout_write(f.co, &f.list);
		must(checkout_remove(f.co, &f.list));
		checkout_unwrite(f.co, &f.list);
		fixture_close(&f);
	}
	atomic_store(&s.stop, true);
	pthread_join(thread, NULL);
	assert_text(sh("ls ../outside"), "");
}

static void sizes_are_those_of_the_blobs(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	fixture_open(&f, "b");
	must(checkout_sizes(f.co, &f.list));
	assert_int_equal(item_at(&f, "b/two")->size_bytes, 4);
	assert_int_equal(item_at(&f, "b/empty")->size_bytes, 0);
	fixture_close(&f);
}

static void gitlinks_are_directories(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	sh("git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),"
	   "m/sub");
	fixture_open(&f, "m");
	must(checkout_check_writes(f.co, &f.list));
	must(checkout_write(f.co, &f.list));
	sh("test -d m/sub");
	checkout_unwrite(f.co, &f.list);
	sh("test ! -e m");
	fixture_close(&f);
}

static void partial_clone_fetches_once(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	sh("git config uploadpack.allowFilter true &&"
	   " git config uploadpack.allowAnySHA1InWant true && cd .. &&"
	   " git clone -q --filter=blob:none --no-checkout file://$PWD/r p &&"
	   " cd p && git reset -q 2>/dev/null; :");
	assert_int_equal(chdir("../p"), 0);
	fixture_open(&f, "");
	must(checkout_check_writes(f.co, &f.list));
	must(checkout_write(f.co, &f.list));
	fixture_close(&f);
	assert_text(read_file("b/c/d/deep"), "deep\n");
	/* One pack for the commit and trees, one for all blobs. */
	assert_text(sh("ls .git/objects/pack/*.pack | wc -l"), "2\n");
}

static void offline_partial_clone_changes_nothing(void **state)
{
	struct fixture f;

	(void)state;
	make_repo();
	sh("git config uploadpack.allowFilter true && cd .. &&"
	   " git clone -q --filter=blob:none --no-checkout file://$PWD/r p &&"
	   " cd p && git read-tree HEAD && rm -rf ../r");
	assert_int_equal(chdir("../p"), 0);
	fixture_open(&f, "");
	must(checkout_check_writes(f.co, &f.list));
	assert_true(checkout_write(f.co, &f.list) < 0);
	fixture_close(&f);
	assert_text(sh("ls"), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(writes_what_git_writes),
		sandbox_test(umask_is_honoured),
		sandbox_test(without_symlinks_a_link_is_a_file),
		sandbox_test(what_stands_there_is_present),
		sandbox_test(equal_files_are_adopted),
		sandbox_test(missing_blob_rolls_back),
		sandbox_test(full_disk_rolls_back),
		sandbox_test(unwrite_spares_what_was_changed_since),
		sandbox_test(unwrite_takes_all_directories_back),
		sandbox_test(unsafe_paths_are_refused),
		sandbox_test(no_link_is_followed_in_a_race),
		sandbox_test(sizes_are_those_of_the_blobs),
		sandbox_test(gitlinks_are_directories),
		sandbox_test(partial_clone_fetches_once),
		sandbox_test(offline_partial_clone_changes_nothing),
	};

	return !!cmocka_run_group_tests_name("checkout_write", tests, NULL,
					     NULL);
}
