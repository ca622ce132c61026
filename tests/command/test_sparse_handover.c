/* SPDX-License-Identifier: MIT */
/* What the engine leaves to git: one line says so, and git's result stands. */
#include <stdio.h>

#include "base/hash.h"
#include "base/strbuf.h"
#include "support/twins.h"

static void run_handed_over(const char *args)
{
	struct result git = sh_try("cd g && git sparse-checkout %s", args);
	struct result pare = sh_try("cd p && git sparse %s", args);

	assert_rc(pare, git.rc);
	assert_text(pare.out, git.out);
	assert_contains(pare.err,
			"note: handing over to git sparse-checkout: ");
	assert_twins("g", "p");
}

static void a_split_index_is_git_s(void **state)
{
	(void)state;
	twins_make(twins_tree);
	twins_sh("git update-index --split-index");
	run_handed_over("set a e");
	twins_run("list");
	sh("git -C p sparse remove a/b && git -C g sparse-checkout set a/d e");
	assert_twins("g", "p");
	run_handed_over("disable");
}

static void an_undo_by_git_brings_profiles_back(void **state)
{
	(void)state;
	sh("git init -q r && cd r && %s", twins_tree);
	write_file("r/.gitpare", "[profile \"p\"]\ndirs = a\n");
	sh("cd r && git sparse set --profile p && git sparse set e && "
	   "git update-index --split-index && git sparse undo 2>/dev/null");
	assert_text(sh("cd r && git sparse list && git update-index "
		       "--no-split-index && git sparse status | grep p.*:"),
		    "a\nprofile p  (.gitpare:1)\n");
}

static void a_dry_run_is_not_handed_over(void **state)
{
	struct result r;

	(void)state;
	twins_make(twins_tree);
	sh("git -C p update-index --split-index");
	r = sh_try("git -C p sparse set -n a");
	assert_rc(r, 128);
	assert_text(sh("git -C p ls-files -t | grep -c ^S || true"), "0\n");
}

/* An extension that git does not know either: it says so, all stays. */
static void an_unknown_extension_changes_nothing(void **state)
{
	static const char fake[] = "fake\0\0\0\1x";
	struct strbuf index = STRBUF_INIT;
	uint8_t sum[HASH_MAX_SIZE];
	struct hash_ctx ctx;
	struct result r;
	FILE *file;

	(void)state;
	sh("git init -q r && cd r && %s", twins_tree);
	assert_int_equal(strbuf_read_file(&index, "r/.git/index", SIZE_MAX / 4),
			 0);
	strbuf_setlen(&index, index.len - HASH_SHA1_SIZE);
	strbuf_add(&index, fake, sizeof(fake) - 1);
	hash_init(&ctx, &hash_sha1);
	hash_update(&ctx, index.buf, index.len);
	hash_final(&ctx, sum);
	strbuf_add(&index, sum, HASH_SHA1_SIZE);
	file = fopen("r/.git/index", "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(index.buf, 1, index.len, file), index.len);
	assert_int_equal(fclose(file), 0);
	sh("cp r/.git/index before");
	r = sh_try("git -C r sparse set a");
	assert_rc(r, 128);
	assert_contains(r.err, "note: handing over to git sparse-checkout: "
			       "the index uses the extension 'fake'");
	assert_contains(r.err, "fatal: index file corrupt");
	sh("cmp r/.git/index before; test -f r/h/eight");
	strbuf_release(&index);
}

/* libgit2 reads no such objects. */
static void sha256_is_git_s(void **state)
{
	static const char *const commands[] = { "set a e", "add h", "set a/b",
						"reapply", "disable" };

	(void)state;
	sh("git init -q --object-format=sha256 seed && cd seed && { %s } && cd .. "
	   "&& cp -a seed g && cp -a seed p && "
	   "git -C g update-index -q --refresh && "
	   "git -C p update-index -q --refresh", twins_tree);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		run_handed_over(commands[i]);
}

static void submodules_that_follow_are_git_s(void **state)
{
	(void)state;
	sh("git init -q lib && cd lib && echo x >x && git add x && "
	   "git commit -qm lib");
	sh("git init -q seed && cd seed && { %s } && "
	   "git submodule -q add ../lib e/lib && git commit -qm submodule && "
	   "git config submodule.recurse true && cd .. && "
	   "cp -a seed g && cp -a seed p && "
	   "git -C g update-index -q --refresh && "
	   "git -C p update-index -q --refresh", twins_tree);
	run_handed_over("set a");
	twins_run("add e");
	twins_sh("echo mine >e/lib/mine");
	run_handed_over("set a");
	twins_sh("git config submodule.recurse false");
	/* Ours has a hint for it, too. */
	twins_run_in(".", "set h", false);
	assert_contains(sh_try("cd p && git sparse reapply").err,
			"hint: the submodule 'e/lib' is populated and stays;");
}

/* A monitor that is asked, and answers that all may have changed. */
static void a_file_monitor_stays_true(void **state)
{
	(void)state;
	twins_make(twins_tree);
	twins_sh("printf '#!/bin/sh\\nprintf \"now\\\\0/\\\\0\"\\n' "
		 ">.git/monitor; chmod +x .git/monitor; "
		 "git config core.fsmonitor \"$PWD/.git/monitor\"; "
		 "git config core.fsmonitorHookVersion 2; git status -s; "
		 "grep -q FSMN .git/index");
	/* One monitor for both, so that their configurations are equal. */
	sh("sed -i 's#/[gp]/.git#/R/.git#' g/.git/config p/.git/config; "
	   "mkdir R; cp -a g/.git R/.git");
	twins_run("set a");
	twins_sh("git status -s; echo more >>a/one");
	twins_run("add e");
	twins_sh("echo more >>e/five; git status -s");
	twins_run("set h");
	twins_run("disable");
}

/* It is on, as in git's twin, and says no other than the directories do. */
static void assert_cache_is_true(void)
{
	twins_sh("grep -q UNTR .git/index; for u in normal all; do "
		 "export GIT_OPTIONAL_LOCKS=0; "
		 "git -c core.untrackedCache=false status --porcelain -u$u "
		 ">../without; git status --porcelain -u$u >../with; "
		 "cmp ../with ../without; done");
}

static void the_untracked_cache_stays_true(void **state)
{
	static const struct {
		const char *before, *args;
	} steps[] = {
		{ "true", "set a" },
		{ "mkdir -p e; echo mine >e/mine; echo m >a/m", "add h" },
		{ "rm -r e; echo '*.m' >a/.gitignore; echo m >a/x.m; "
		  "git add a/.gitignore", "set h e" },
		{ "echo '*.y' >>.git/info/exclude; echo y >h/y.y", "add a" },
		{ "rm a/x.m a/m; mkdir -p n/m; echo n >n/m/n",
		  "set --sparse-index e/f" },
		{ "true", "add a/b" }, { "rm -r n", "disable" },
	};

	(void)state;
	twins_make(twins_tree);
	twins_sh("git update-index --force-untracked-cache; git status -s; "
		 "grep -q UNTR .git/index");
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		twins_sh("git status -s");
		twins_sh(steps[i].before);
		twins_run_in(".", steps[i].args, false);
		assert_cache_is_true();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(a_split_index_is_git_s),
		sandbox_test(an_undo_by_git_brings_profiles_back),
		sandbox_test(a_dry_run_is_not_handed_over),
		sandbox_test(an_unknown_extension_changes_nothing),
		sandbox_test(sha256_is_git_s),
		sandbox_test(submodules_that_follow_are_git_s),
		sandbox_test(a_file_monitor_stays_true),
		sandbox_test(the_untracked_cache_stays_true),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
