/* SPDX-License-Identifier: MIT */
/*
 * Repositories made to do harm: names that lead out of the work tree, profile
 * files that are none, text that drives a terminal. Nothing beside the
 * repository changes, and no command of its choosing runs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/strbuf.h"
#include "support/hostile.h"
#include "support/whole.h"

enum { HEADER = 12, MODE = 24, NAME = 62 + 2, NAME_LEN = 16 };

/* "r", whose index has one file, outside of the selection. */
static void make_repo(void)
{
	sh("rm -rf r; git init -q r && cd r && mkdir zzzzzzzz && "
	   "echo x >zzzzzzzz/pwned000 && git add . && git commit -qm x && "
	   "mkdir a && git sparse-checkout set a && echo own >../beside");
}

/* An entry with the skip-worktree bit has two bytes more of flags. */
static void patch_index(const char *name, uint32_t mode)
{
	struct strbuf index = STRBUF_INIT;
	char *entry;

	sh("cd r && git update-index --index-version 3");
	assert_int_equal(strbuf_read_file(&index, "r/.git/index", 1 << 20), 0);
	entry = index.buf + HEADER;
	assert_memory_equal(entry + NAME, "zzzzzzzz/pwned000", NAME_LEN);
	memset(entry + NAME, 'p', NAME_LEN);
	memcpy(entry + NAME, name, strlen(name));
	if (mode)
		put_be32((uint8_t *)entry + MODE, mode);
	hostile_write_index(&index);
	strbuf_release(&index);
}

static void assert_refused(const char *what, const char *command)
{
	struct whole before = WHOLE_INIT, after = WHOLE_INIT;
	struct result r;

	whole_take(&before, "r");
	r = sh_try("cd r && timeout 60 git sparse %s", command);
	whole_take(&after, "r");
	if (r.rc != 128 || !whole_equal(&before, &after))
		print_error("%s: exit code %d\n%s\n", what, r.rc, r.err);
	assert_int_equal(r.rc, 128);
	assert_true(whole_equal(&before, &after));
	assert_null(strchr(r.err, '\033'));
	assert_text(sh("ls"), "beside\nr\n");
	whole_release(&before);
	whole_release(&after);
}

static void names_that_lead_out_are_refused(void **state)
{
	static const char *const names[] = {
		"../", "a/../", "/tmp/", "./", "a/./", "a//", ".git/", ".GIT/",
		"a/.git/", "a/.gIt/", "git~1/", "GIT~1/", ".git./", ".git /",
		".git. ./", ".git:x/", ".git::$INDEX/",
		".\xe2\x80\x8cgit/", ".g\xe2\x80\x8dit/", ".gi\xef\xbb\xbft/",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		make_repo();
		patch_index(names[i], 0);
		assert_refused(names[i], "disable");
	}
}

static void modes_that_git_does_not_know_do_no_harm(void **state)
{
	static const uint32_t modes[] = { 0, 0100777, 0104755, 0060000,
					  0010644, 0140000, 0170000, UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		struct result r;

		make_repo();
		patch_index("zzzzzzzz/", modes[i] ? modes[i] : 1);
		r = sh_try("cd r && timeout 60 git sparse disable");
		if (r.rc && r.rc != 128 && r.rc != 254)
			print_error("%o: %d %s\n", modes[i], r.rc, r.err);
		assert_true(!r.rc || r.rc == 128 || r.rc == 254);
		assert_text(sh("ls; find r -perm /6000 -o -type p -o -type b "
			       "-o -type s"), "beside\nr\n");
	}
}

static void paths_too_long_or_too_deep_are_refused(void **state)
{
	static const char *const makes[] = {
		"head -c 5000 /dev/zero | tr '\\0' n",
		"head -c 20000 /dev/zero | sed 's#\\x00\\x00#d/#g'; echo f",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(makes); i++) {
		make_repo();
		sh("cd r && { printf '100644 %%s\\t' $(git rev-parse "
		   ":zzzzzzzz/pwned000); { %s; } | tr -d '\\n'; echo; } | "
		   "git update-index --index-info && git ls-files | "
		   "grep -v zzz | git update-index --skip-worktree --stdin",
		   makes[i]);
		assert_refused(makes[i], "disable");
	}
}

/* Neither waited for, nor followed, nor read without end. */
static void a_profile_file_that_is_none_does_no_harm(void **state)
{
	static const char *const makes[] = {
		"ln -s ../secret .gitpare", "mkdir .gitpare",
		"mkfifo .gitpare", "truncate -s 8G .gitpare",
		"ln -s .gitpare .gitpare", "ln -s /dev/zero .gitpare",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(makes); i++) {
		struct result r;

		make_repo();
		write_file("secret", "[profile \"hidden-word\"]\ndirs = a\n");
		sh("cd r && %s", makes[i]);
		r = sh_try("cd r && " LIMIT_MEMORY_KIB(2000000) "; timeout 60 "
			   "git sparse profiles; timeout 60 git sparse set "
			   "--profile hidden-word 2>&1; timeout 60 git sparse "
			   "lint 2>&1");
		assert_true(r.rc != 124 && r.rc < 129);
		assert_null(strstr(r.out, "dirs"));
		assert_int_equal(sh_try("cd r && git sparse list | grep -v a")
					 .rc, 1);
	}
}

static void what_drives_a_terminal_is_made_visible(void **state)
{
	struct result r;

	(void)state;
	make_repo();
	sh("cd r && printf '[profile \"\\033[31mp\"]\\ntitle = \\033]0;x\\007"
	   "\\ndirs = a\\033[2J\\n[profile \"q\"]\\ntitle = \\033c\\302\\233"
	   "\\ndirs = a\\n' >.gitpare && "
	   "e=$(printf '\\033[2Jevil') && git sparse-checkout disable && "
	   "mkdir \"$e\" && echo x >\"$e/f\" && git add . && "
	   "git commit -qm \"$e\" && git branch \"x\" && echo y >a/y && "
	   "git add . && git commit -qm \"fixup! $e\" -m \"$e\"");
	r = sh_try("exec 2>&1; cd r; e=$(printf '\\033[2Jevil'); "
		   "git sparse profiles; git sparse show q; git sparse lint; "
		   "git sparse set \"$e\"; git sparse status; "
		   "git sparse why \"$e/f\"; git sparse set a \"$e\"x; "
		   "git sparse remove \"$e\"; git sparse add \"$e\"; "
		   "git squash-last \"$e\"; git reword \"$e\"; "
		   "git squash-last -n 2; git squash-last -m \"$e\" 2; "
		   "git squash-last --undo; git reword -m \"$e\"; "
		   "git sparse save \"$e\"; git sparse show \"$e\"");
	assert_non_null(strstr(r.out, "evil"));
	assert_null(strchr(r.out, '\033'));
	assert_null(strchr(r.out, '\007'));
}

/* What a megabyte can inherit fills no memory, and nothing takes for ever. */
static void a_profile_file_without_end_is_bounded(void **state)
{
	struct strbuf text = STRBUF_INIT;
	struct result r;

	(void)state;
	make_repo();
	strbuf_addstr(&text, "[profile \"x\"]\ndirs = a\n");
	for (int i = 0; i < 40000; i++)
		strbuf_addf(&text, " %x\n", i);
	for (int i = 0; i < 4000; i++)
		strbuf_addf(&text, "[profile \"p%d\"]\ninherit = x\n", i);
	write_file("r/.gitpare", text.buf);
	r = sh_try("cd r && " LIMIT_MEMORY_KIB(1000000)
		   "; git sparse profiles");
	assert_rc(r, 128);
	assert_contains(r.err, "fatal: the profiles have more than 1048576 "
			       "lines, with what they inherit\n");
	sh("cd r && " LIMIT_MEMORY_KIB(1000000)
	   "; git sparse show p1 | grep -c 9c3f");
	while (text.len < 10 << 20)
		strbuf_addstr(&text, "\n\n\n\n\n\n\n\n\n\n");
	write_file("r/.gitpare", text.buf);
	strbuf_release(&text);
	r = sh_try("cd r && git sparse set --profile x");
	assert_rc(r, 128);
	assert_contains(r.err, "larger than 1048576 bytes");
}

/* Where a file of ours is to be, a link is replaced, not what it leads to. */
static void links_in_place_of_our_files_are_not_written_through(void **state)
{
	static const char *const files[] = {
		"pare/undo", "pare/selection", "pare/rewrite",
		"pare/rewrite.pending", "pare/journal", "pare/journal.slots",
		"ORIG_HEAD",
	};

	(void)state;
	make_repo();
	sh("cd r && git commit -q --allow-empty -m y && mkdir -p .git/pare");
	write_file("target", "own\n");
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		sh("cd r && ln -sf $PWD/../target .git/%s", files[i]);
	sh_try("cd r; git sparse set zzzzzzzz; git sparse set a; "
	       "git sparse undo; git squash-last -m z; git squash-last --undo");
	assert_text(read_file("target"), "own\n");
	/* A device is not replaced where git would follow a link. */
	sh("mkfifo pipe && cd r && ln -sf $PWD/../pipe .git/info/sparse-checkout");
	sh_try("cd r && timeout 60 git sparse set a");
	assert_text(sh("ls -l pipe | cut -c1"), "p\n");
}

/* Who opens a pipe to read waits for a writer. */
static void pipes_in_place_of_our_files_are_not_waited_for(void **state)
{
	(void)state;
	make_repo();
	sh("cd r && git commit -q --allow-empty -m y && git sparse set a");
	assert_text(sh("for f in .gitpare .git/info/pare "
		       ".git/info/sparse-checkout .git/pare/selection "
		       ".git/pare/undo .git/pare/journal .git/pare/rewrite "
		       ".git/pare/rewrite.pending; do\n"
		       "rm -rf p; cp -a r p; mkdir -p p/.git/pare\n"
		       "rm -f p/$f; mkfifo p/$f; cd p\n"
		       "for c in status 'add b' undo doctor; do\n"
		       "rc=0; timeout 60 git-sparse $c >../out 2>&1 || rc=$?\n"
		       "test $rc -le 1 || test $rc = 128 || echo $f $c $rc\n"
		       "done\n"
		       "rc=0; timeout 60 git-squash-last --undo >../out 2>&1 "
		       "|| rc=$?\ntest $rc = 128 || echo $f --undo $rc\n"
		       "cd ..; done"), "");
}

/* What a team's file may not set is not set by it. */
static void a_tracked_file_cannot_delete_for_good(void **state)
{
	(void)state;
	sh("git init -q r && cd r && mkdir a b && echo x >a/f && echo x >b/f "
	   "&& printf '[sparse]\\nkeep-removed = 0\\n[squash]\\n"
	   "push = true\\neditor = touch ../ran\\n[core]\\n"
	   "fsmonitor = touch ../ran\\n[profile \"a\"]\\ndirs = a\\n"
	   "exec = touch ../ran\\n' >.gitpare && "
	   "echo '*.o' >.gitignore && git add . && git commit -qm x && "
	   "echo kept >b/x.o");
	sh_try("cd r; git sparse lint; git sparse set --profile a; "
	       "git sparse set a; git sparse status; git squash-last");
	assert_text(sh("find r -name x.o -exec cat {} +; "
		       "ls"), "kept\nr\n");
}

static void the_repository_of_somebody_else_is_gits_to_refuse(void **state)
{
	static const char *const commands[] = {
		"git sparse set a", "git sparse list", "git sparse profiles",
		"git squash-last", "git reword -m x",
	};

	(void)state;
	if (geteuid())
		skip();
	make_repo();
	sh("chown -R 12345 r && unset SUDO_UID");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		struct result r = sh_try("cd r && %s", commands[i]);

		assert_rc(r, 128);
		assert_contains(r.err, "dubious ownership");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(names_that_lead_out_are_refused),
		sandbox_test(modes_that_git_does_not_know_do_no_harm),
		sandbox_test(paths_too_long_or_too_deep_are_refused),
		sandbox_test(a_profile_file_that_is_none_does_no_harm),
		sandbox_test(a_profile_file_without_end_is_bounded),
		sandbox_test(links_in_place_of_our_files_are_not_written_through),
		sandbox_test(pipes_in_place_of_our_files_are_not_waited_for),
		sandbox_test(what_drives_a_terminal_is_made_visible),
		sandbox_test(a_tracked_file_cannot_delete_for_good),
		sandbox_test(the_repository_of_somebody_else_is_gits_to_refuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
