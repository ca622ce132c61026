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

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(messages_are_converted),
		sandbox_test(subjects_of_melds_are_comments),
		sandbox_test(a_shallow_end_stays_whole),
		sandbox_test(replaced_objects_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
