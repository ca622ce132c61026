/* SPDX-License-Identifier: MIT */
/* git squash-last where commits are not as most are. */
#include <string.h>

#include "support/sandbox.h"

static void make_repo(void)
{
	sh("git init -q -b main p && cd p && git config commit.status false && "
	   "for i in 1 2 3 4; do git commit -q --allow-empty -m c$i; done");
}

static void messages_are_converted(void **state)
{
	static const char *const commands[] = {
		"git squash-last -q 2", "git squash-last -q --message=last 2",
		"GIT_EDITOR=: git reword -q -e",
		"git squash-last -q 2 -m 'caf\303\251'",
	};

	(void)state;
	make_repo();
	sh("cd p && printf 'caf\\351' | git -c i18n.commitEncoding=ISO-8859-1 "
	   "commit -q --allow-empty -F - && git branch latin1");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		const char *raw;

		sh("cd p && git reset -q --hard latin1 && %s", commands[i]);
		raw = sh("git -C p cat-file commit HEAD");
		assert_contains(raw, "caf\303\251");
		assert_not_contains(raw, "encoding");
		assert_fsck("p");
	}
	sh("cd p && git reset -q --hard latin1 && git commit -q --allow-empty "
	   "-m more && git -c i18n.commitEncoding=ISO-8859-1 squash-last -q");
	assert_contains(sh("git -C p cat-file commit HEAD"),
			"\nencoding ISO-8859-1\n\ncaf\351\n");
}

/* Names and text of the old encoding, beside what git makes of them. */
static void authors_are_converted_too(void **state)
{
	(void)state;
	make_repo();
	sh("cd p && printf 'caf\\351\n' | GIT_AUTHOR_NAME=\"$(printf "
	   "'J\\366rg')\" git -c i18n.commitEncoding=ISO-8859-1 commit -q "
	   "--allow-empty -F - && "
	   "printf 'crlf \303\251\r\n\r\n\r\nbody\r\n' | git commit -q "
	   "--allow-empty --cleanup=verbatim -F - && "
	   "awk 'BEGIN { for (i = 0; i < 9999; i++) printf \"long \" }' | "
	   "git commit -q --allow-empty -F - && cp -a . ../g");
	sh("cd g && GIT_SEQUENCE_EDITOR=\"sed -i '2,\\$s/^pick/squash/'\" "
	   "GIT_EDITOR=true git rebase -q -i HEAD~3; cd ../p && "
	   "git squash-last -q 3");
	assert_text(sh("git -C p cat-file commit HEAD"),
		    sh("git -C g cat-file commit HEAD"));
	assert_contains(sh("git -C p log -1 --format=%%an"), "J\303\266rg\n");
	assert_fsck("p");
	/* Bytes that are no UTF-8, as git takes them. */
	sh("cd p && printf 'caf\\351 \\355\\240\\200 \\360\\237\\230\\200"
	   "\\300\\200\\357\\277\\277\n' >../bytes && "
	   "git reword -q -F ../bytes --reset-author && "
	   "git cat-file commit HEAD >../raw-p && "
	   "git commit -q --amend --allow-empty -F ../bytes --reset-author 2>&1");
	assert_text(read_file("raw-p"), sh("git -C p cat-file commit HEAD"));
	assert_contains(read_file("raw-p"), "\ncaf\303\251 ");
}

static void a_nul_is_refused(void **state)
{
	const char *head;
	struct result r;

	(void)state;
	make_repo();
	sh("cd p && printf 'tree %%s\nparent %%s\nauthor A <a@x> 1 +0000\n"
	   "committer A <a@x> 1 +0000\n\nsubject\n\nbo\\0dy\n' "
	   "$(git rev-parse HEAD^{tree} HEAD) | "
	   "git hash-object -t commit -w --stdin --literally | "
	   "xargs git reset -q --soft");
	head = sh("git -C p rev-parse HEAD");
	r = sh_try("cd p && git squash-last");
	assert_rc(r, 128);
	assert_contains(r.err, "a NUL byte in commit log message not allowed.");
	r = sh_try("cd p && printf 'a\\0b' | git squash-last -F -");
	assert_rc(r, 128);
	assert_text(sh("git -C p rev-parse HEAD"), head);
	sh("cd p && git squash-last -q -m fine");
}

static void subjects_of_melds_are_comments(void **state)
{
	const char *git;

	(void)state;
	make_repo();
	sh("cd p && git commit -q --allow-empty -m 'squash! c4' -m 'a\n\nb' && "
	   "git commit -q --allow-empty -m 'fixup! c4' && cp -a . ../g");
	sh("cd g && GIT_SEQUENCE_EDITOR=\"sed -i '2,\\$s/^pick/squash/'\" "
	   "GIT_EDITOR='cp \"$1\" ../git.txt; :' git rebase -q -i HEAD~3");
	sh("cd p && GIT_EDITOR='cp \"$1\" ../pare.txt; :' "
	   "git squash-last -q -e 3");
	git = read_file("git.txt");
	assert_contains(git, "# squash! c4\n");
	assert_text(sh("head -c %zu pare.txt", strlen(git)), git);
	sh("cd p && git squash-last --undo && git squash-last -q 3");
	assert_text(sh("git -C p log -1 --format=%%B"), "c4\n\na\n\nb\n\n");
}

static void a_shallow_end_stays_whole(void **state)
{
	static const char *const commands[] = {
		"squash-last 2", "squash-last --root", "squash-last 9",
		"reword HEAD~1 -m x",
	};

	(void)state;
	make_repo();
	sh("git clone -q --depth 2 file://$PWD/p s");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		struct result r = sh_try("cd s && git %s --allow-pushed",
					 commands[i]);

		assert_rc(r, 128);
		assert_contains(r.err, "shallow");
	}
	sh("cd s && git reword -q --allow-pushed -m x");
	assert_fsck("s");
}

static void replaced_objects_are_refused(void **state)
{
	struct result r;

	(void)state;
	make_repo();
	sh("cd p && git replace HEAD~1 HEAD~2");
	r = sh_try("cd p && git squash-last");
	assert_rc(r, 128);
	assert_contains(r.err, "refs/replace/");
}

/*
 * What several users write: the others can write next to it. Nothing is loose
 * before, what is afterwards is what either made.
 */
static void objects_are_shared_as_git_does(void **state)
{
	static const char *const values[] = { "= group", "= all", "= 0640",
					      "= 0600", "", "= umask" };
	static const char look[] =
		"find .git/objects -path '*/[0-9a-f][0-9a-f]*' "
		"-printf '%m %P\\n' | grep -v pack | LC_ALL=C sort";

	(void)state;
	sh("git init -q a && cd a && for i in 0 1 2 3; do mkdir d$i && "
	   "echo $i >d$i/f && git add . && git commit -qm c$i; done && "
	   "git repack -qad && git prune-packed && { rmdir "
	   ".git/objects/?? 2>/dev/null || :; } && "
	   "printf 'pick HEAD~1\npick HEAD~2\npick HEAD\n' >../plan");
	for (size_t i = 0; i < 2 * ARRAY_SIZE(values); i++) {
		sh("rm -rf g p && cp -a a g && printf '[core]\n"
		   "sharedRepository %s\n' >>g/.git/config && cp -a g p && "
		   "umask %s && (cd g && GIT_SEQUENCE_EDITOR='cp ../plan' "
		   "git rebase -q -i HEAD~3) && (cd p && "
		   "git squash-last -q --plan ../plan 3)",
		   values[i / 2], i % 2 ? "077" : "022");
		assert_text(sh("cd p && %s", look), sh("cd g && %s", look));
	}
	assert_fsck("p");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(messages_are_converted),
		sandbox_test(authors_are_converted_too),
		sandbox_test(a_nul_is_refused),
		sandbox_test(subjects_of_melds_are_comments),
		sandbox_test(a_shallow_end_stays_whole),
		sandbox_test(replaced_objects_are_refused),
		sandbox_test(objects_are_shared_as_git_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
