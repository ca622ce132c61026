/* SPDX-License-Identifier: MIT */
/*
 * A generated monorepo: 3,000 files, or PARE_TEST_FILES of them; and changes
 * of the selection that are cut off at any moment.
 */
#include <stdlib.h>

#include "support/twins.h"

static long nr_files(void)
{
	const char *wanted = getenv("PARE_TEST_FILES");

	return wanted ? strtol(wanted, NULL, 10) : 3000;
}

/* d<i>/s<j>/f<k>: ten files a directory, ten directories a directory. */
static void make_monorepo(void)
{
	sh("awk -v n=%ld 'BEGIN { print \"commit refs/heads/main\"; "
	   "print \"committer A <a@b> 1700000000 +0000\"; print \"data 2\"; "
	   "print \"m\"; for (i = 0; i < n; i++) { "
	   "printf \"M 644 inline d%%d/s%%d/f%%d\\ndata %%d\\n%%d\\n\", "
	   "i / 100, i / 10 %% 10, i %% 10, length(i \"\") + 1, i } }' "
	   ">stream", nr_files());
	sh("git init -q -b main seed && cd seed && "
	   "git fast-import --quiet <../stream && git reset -q --hard");
	sh("cp -a seed g && git -C g update-index -q --refresh");
	sh("cp -a seed p && git -C p update-index -q --refresh");
}

static void a_monorepo_is_left_as_git_leaves_it(void **state)
{
	(void)state;
	make_monorepo();
	twins_run("set d1 d2/s3");
	twins_run("add d7 d8/s1 d8/s2");
	sh("git -C p sparse remove d7/s4 d1");
	sh("git -C p sparse-checkout list | "
	   "git -C g sparse-checkout set --stdin");
	assert_twins("g", "p");
	twins_run("set d3");
	twins_run("disable");
}

static void a_change_that_is_killed_is_tidied_up(void **state)
{
	(void)state;
	sh("awk 'BEGIN { for (i = 0; i < 20000; i++) print i }' >big");
	sh("git init -q r && cd r && mkdir -p a e && echo a >a/x && "
	   "for i in $(seq 200); do cp ../big e/$i; done && git add . && "
	   "git commit -qm m && git sparse set a");
	for (int i = 0; i < 12; i++) {
		const char *list;

		sh_try("cd r && { git-sparse add e & pid=$!; sleep 0.0%02d; "
		       "kill -9 $pid; wait; } 2>/dev/null", 4 * i);
		assert_rc(sh_try("git -C r sparse reapply"), 0);
		list = sh("git -C r sparse list");
		assert_text(sh("git -C r status --porcelain"), "");
		assert_text(sh("ls r"), *list == 'a' && list[2] ?
						"a\ne\n" : "a\n");
		sh("git -C r sparse set a");
		assert_text(sh("ls r"), "a\n");
		assert_text(sh("cd r/.git && find . -name '*.lock' -o -name "
			       "journal"), "");
	}
	assert_fsck("r");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(a_monorepo_is_left_as_git_leaves_it),
		sandbox_test(a_change_that_is_killed_is_tidied_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
