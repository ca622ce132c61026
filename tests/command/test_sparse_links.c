/* SPDX-License-Identifier: MIT */
/* Links in the work tree: nothing behind one is made, changed or removed. */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "support/twins.h"

/* git deletes what the link points to, ours does not: both seen here. */
static void git_deletes_outside_and_ours_does_not(void **state)
{
	(void)state;
	twins_make(twins_tree);
	twins_sh("git sparse-checkout set a; mkdir ../out-${PWD##*/}; "
		 "echo precious >../out-${PWD##*/}/x.o; "
		 "ln -s ../out-${PWD##*/} e");
	sh("git -C g sparse-checkout reapply");
	assert_text(sh("ls out-g 2>/dev/null || :"), "");
	sh("git -C p sparse reapply");
	assert_text(sh("ls out-p"), "x.o\n");
	sh("cd p && git sparse set h && git sparse add e; git sparse undo; "
	   "git sparse set --no-cone /h/; git sparse disable; "
	   "git sparse set --sparse-index --cone a; git sparse reapply; "
	   "git sparse add e/f; git sparse remove e/f; git sparse undo; :");
	assert_text(read_file("out-p/x.o"), "precious\n");
	assert_text(sh("find out-p | LC_ALL=C sort"), "out-p\nout-p/x.o\n");
	assert_text(sh("readlink p/e"), "../out-p\n");
}

/* Where git does the work we look first. */
static void work_is_not_handed_over_where_git_would_delete(void **state)
{
	struct result r;

	(void)state;
	sh("git init -q r && cd r && %s git sparse-checkout set a && "
	   "git update-index --split-index && mkdir ../out && "
	   "echo precious >../out/x.o && ln -s ../out e", twins_tree);
	r = sh_try("git -C r sparse reapply");
	assert_rc(r, 128);
	assert_contains(r.err, "fatal: 'e' is a link where a directory was, "
			       "git would delete what it points to\n");
	assert_text(read_file("out/x.o"), "precious\n");
	sh("rm r/e && git -C r sparse reapply");
}

/* At each component, of whatever it is that comes or goes. */
static void no_component_is_followed(void **state)
{
	static const char *const links[] = { "e", "e/f", "e/f/g" };
	static const char *const commands[] = {
		"set a", "set e", "disable", "set e/f/g", "undo",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		sh("rm -rf r out && git init -q r && cd r && %s cp -r %s ../out "
		   "&& find ../out -type f -exec sh -c 'echo mine >>\"$1\"' "
		   "sh {} ';' && echo mine >../out/x.o && rm -rf %s && "
		   "ln -s $PWD/../out %s && find ../out -type f | "
		   "xargs stat -c '%%i %%n' >../before", twins_tree, links[i],
		   links[i], links[i]);
		for (size_t k = 0; k < ARRAY_SIZE(commands); k++)
			sh_try("git -C r sparse %s", commands[k]);
		assert_text(sh("cd r && find ../out -type f | "
			       "xargs stat -c '%%i %%n'"),
			    read_file("before"));
		assert_text(sh("cat $(find out -type f) | grep -vc mine"),
			    i == 0 ? "3\n" : i == 1 ? "2\n" : "1\n");
	}
}

/* Directory and link change places in a loop, at two depths. */
static void *swap_in_a_loop(void *stop)
{
	while (!atomic_load((atomic_bool *)stop)) {
		int fd = open("r/e", O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
				     O_CLOEXEC);

		renameat2(fd, "f", AT_FDCWD, "away/f", RENAME_EXCHANGE);
		renameat2(AT_FDCWD, "r/e", AT_FDCWD, "away/e",
			  RENAME_EXCHANGE);
		if (fd >= 0)
			close(fd);
	}
	return NULL;
}

static void nothing_outside_changes_in_a_race(void **state)
{
	static const char *const commands[] = {
		"set a", "add e", "set a", "undo", "remove e", "disable",
		"set e/f", "undo",
	};
	const char *before;
	atomic_bool stop = false;
	pthread_t thread;

	(void)state;
	sh("git init -q r && cd r && %s for i in $(seq 200); do "
	   "echo $i >e/$i; echo $i >e/f/$i; done; git add -A; "
	   "git commit -qm many; mkdir -p ../out/f ../away; "
	   "cp -a e/. ../out; for d in e e/f; do echo x >$d/x.o; done; "
	   "echo precious >../out/x.o; echo precious >../out/f/x.o; "
	   "ln -s ../out ../away/e; ln -s ../../out/f ../away/f", twins_tree);
	before = sh("cd out && find . | LC_ALL=C sort | xargs stat -c "
		    "'%%n %%i %%s %%Y'");
	assert_int_equal(pthread_create(&thread, NULL, swap_in_a_loop, &stop),
			 0);
	for (int round = 0; round < 3; round++)
		for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
			sh_try("git -C r sparse %s", commands[i]);
	atomic_store(&stop, true);
	pthread_join(thread, NULL);
	assert_text(sh("cd out && find . | LC_ALL=C sort | xargs stat -c "
		       "'%%n %%i %%s %%Y'"), before);
	/* What nobody has a copy of is somewhere. */
	assert_text(sh("find r away -name x.o | wc -l"), "2\n");
	assert_fsck("r");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(git_deletes_outside_and_ours_does_not),
		sandbox_test(work_is_not_handed_over_where_git_would_delete),
		sandbox_test(no_component_is_followed),
		sandbox_test(nothing_outside_changes_in_a_race),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
