/* SPDX-License-Identifier: MIT */
/*
 * The first day in a large repository, from the one line of the onboarding
 * script to the push: one story, told against a server that allows filters.
 */
#include "support/sandbox.h"

#include <string.h>

/* What goes to the server's upload-pack is noted: `fetches`. */
static void make_server(void)
{
	sh("git init -q team && cd team && for d in builds docs libs/ui "
	   "libs/net products/mail products/web/src products/web/fixtures; do "
	   "mkdir -p $d && for i in 1 2 3 4 5; do echo $d $i >$d/$i || exit 1; "
	   "done; done && echo hello >README && echo '*.o' >.gitignore");
	write_file("team/.gitpare",
		   "[profile \"base\"]\ntitle = Everyone\ndirs = builds\n\n"
		   "[profile \"web\"]\ntitle = Web shop\ninherit = base\n"
		   "dirs = products/web\n  libs/ui\n"
		   "exclude = products/web/fixtures\n");
	write_file("up", "#!/bin/sh\necho fetch >>\"$HOME/fetches\"\n"
			 "exec git-upload-pack \"$@\"\n");
	write_file("fetches", "");
	sh("chmod +x up && cd team && git add . && git commit -qm 'Begin' && "
	   "cd .. && git clone -q --bare team srv.git && "
	   "git -C srv.git config uploadpack.allowFilter true && "
	   "git -C team remote add origin ../srv.git && git -C team fetch -q "
	   "&& git -C team branch -q -u origin/main");
}

static void assert_fetches(size_t nr)
{
	assert_int_equal(strlen(read_file("fetches")) / strlen("fetch\n"), nr);
	write_file("fetches", "");
}

static void assert_clean(const char *dirs)
{
	assert_text(sh("git -C shop sparse-checkout list | tr '\\n' ' '"),
		    dirs);
	assert_text(sh("git -C shop status --porcelain"), "");
	assert_fsck("shop");
}

static void it_begins_with_one_line(void)
{
	sh("git sparse clone -q --profile web file://\"$HOME\"/srv.git shop "
	   "-- -c remote.origin.uploadpack=\"$HOME/up\"");
	/* The profile's blob, then all the files. */
	assert_fetches(2);
	assert_clean("builds libs/ui products/web/src ");
	assert_text(sh("cd shop && git ls-files -t | grep -c '^H'; "
		       "find . -name .git -prune -o -type f -print | wc -l"),
		    "18\n18\n");
	sh("git -C shop sparse sync --install-hook");
}

static void work_is_done(void)
{
	sh("cd shop && git switch -qc topic && "
	   "echo more >>products/web/src/1 && git commit -qam 'Add more' && "
	   "echo most >>products/web/src/1 && git commit -qam 'fix typo' && "
	   "echo ui >>libs/ui/1 && git commit -qam 'Touch the libary'");
	assert_fetches(0);
	assert_clean("builds libs/ui products/web/src ");
}

/* The team's web profile wants libs/net now, and no builds. */
static void upstream_changes_the_profile(void)
{
	sh("cd team && sed -i -e 's#libs/ui#libs/net#' -e '/^inherit/d' "
	   ".gitpare && echo x >>docs/1 && git commit -qam 'New profile' && "
	   "git push -q");
}

static void the_pull_brings_it_along(void)
{
	/* main follows by its hook; what is in the cone is fetched at once. */
	sh("cd shop && git switch -q main && git pull -q");
	assert_clean("libs/net products/web/src ");
	assert_text(sh("cat shop/libs/net/3"), "libs/net 3\n");
	/* Back on the topic the profile is that of the topic. */
	sh("cd shop && git switch -q topic");
	assert_clean("builds libs/ui products/web/src ");
	sh("cd shop && git pull -q --rebase origin main");
	assert_clean("libs/net products/web/src ");
	/* The commit that touched libs/ui is there, its file is not. */
	assert_text(sh("cd shop && git diff --name-only HEAD~1 HEAD && "
		       "ls libs"), "libs/ui/1\nnet\n");
	write_file("fetches", "");
}

static void by_hand_it_is_the_same(void)
{
	sh("cd shop && git sparse sync --uninstall-hook && "
	   "(cd ../team && sed -i 's#libs/net#docs#' .gitpare && "
	   "git commit -qam 'Docs' && git push -q) && "
	   "git pull -q --rebase origin main");
	assert_clean("libs/net products/web/src ");
	assert_contains(sh("git -C shop sparse status"),
			"  + docs\n  - libs/net\n");
	write_file("fetches", "");
	sh("git -C shop sparse sync");
	assert_fetches(1);
	assert_clean("docs products/web/src ");
	sh("git -C shop sparse sync");
	assert_fetches(0);
}

static void a_mistake_is_undone(void)
{
	struct result r = sh_try("git -C shop sparse remove docs");

	assert_rc(r, 0);
	assert_contains(r.err, "warning: 'docs' stays: profile 'web' wants");
	sh("cd shop && echo obj >docs/x.o && "
	   "git sparse remove --anyway docs && test ! -e docs");
	assert_clean("products/web/src ");
	sh("git -C shop sparse undo");
	assert_clean("docs products/web/src ");
	assert_text(sh("cat shop/docs/x.o"), "obj\n");
}

static void the_branch_is_made_presentable(void)
{
	const char *tree = sh("git -C shop rev-parse HEAD^{tree}");

	sh("cd shop && git reword -m 'Touch the library'");
	sh("cd shop && git squash-last 3 -m 'Web shop: more and most'");
	assert_text(sh("git -C shop rev-parse HEAD^{tree}"), tree);
	assert_text(sh("git -C shop log --format=%%s origin/main.."),
		    "Web shop: more and most\n");
	assert_clean("docs products/web/src ");
	sh("git -C shop squash-last --undo && "
	   "git -C shop log --format=%%s -1 | grep -qx 'Touch the library' && "
	   "git -C shop squash-last --undo");
	assert_clean("docs products/web/src ");
}

static void and_pushed(void)
{
	sh("git -C shop push -q origin topic");
	assert_text(sh("git -C srv.git rev-parse topic"),
		    sh("git -C shop rev-parse HEAD"));
	sh("git -C srv.git fsck --strict && cd team && git fetch -q && "
	   "git merge -q --ff-only origin/topic && "
	   "grep -qx most products/web/src/1 && grep -qx ui libs/ui/1");
	assert_clean("docs products/web/src ");
}

static void the_whole_first_day(void **state)
{
	(void)state;
	make_server();
	it_begins_with_one_line();
	work_is_done();
	upstream_changes_the_profile();
	the_pull_brings_it_along();
	by_hand_it_is_the_same();
	a_mistake_is_undone();
	the_branch_is_made_presentable();
	and_pushed();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(the_whole_first_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
