/* SPDX-License-Identifier: MIT */
/* What the editor shows, what becomes of it, and that it is not lost. */
#include <stdio.h>
#include <string.h>

#include "support/sandbox.h"

/* `a`: a base and three commits with changes of each kind; `ed` keeps what
 * it is shown in $SHOWN. */
static void make_repo(void)
{
	sh("git init -q -b main a; cd a; echo 0 >f0; echo 1 >old; "
	   "echo x >gone; echo t >type; git add .; git commit -q -m base; "
	   "export GIT_AUTHOR_NAME='A U Thor' "
	   "GIT_AUTHOR_DATE='1700000001 -0330'; "
	   "echo 1 >f1; git add .; git commit -q -m c1 -m 'body 1'; "
	   "git mv old 'new name'; git rm -q gone; ln -sf f0 type; "
	   "printf 'c2\\n\\n\\n\\n  body 2  \\n\\n\\ttab\\n' >../m; git add .; "
	   "git commit -q --cleanup=verbatim -F ../m; "
	   "chmod +x f0; echo >\303\251; git add .; "
	   "git commit -q -m c3 -m 'body 3'; "
	   "printf '#!/bin/sh\\ncat \"$1\" >>\"$SHOWN\"\\n"
	   "echo ===== >>\"$SHOWN\"\\n' >../ed; chmod +x ../ed");
}

static const char *message_of(const char *repo)
{
	return sh("git -C %s cat-file commit HEAD | sed '1,/^$/d'", repo);
}

/*
 * The same plan by both, with more configuration; less the lines in which
 * git tells of its rebase, and we of the branch, they show the same.
 */
static void assert_same_template(const char *config, const char *plan)
{
	write_file("plan", plan);
	sh("rm -rf g p shown-*; cp -r a g; cd g; %s; cp -r . ../p; "
	   "GIT_SEQUENCE_EDITOR='cp ../plan' SHOWN=$PWD/../shown-g "
	   "GIT_EDITOR=../ed git rebase -q -i HEAD~3; cd ../p; "
	   "SHOWN=$PWD/../shown-p GIT_EDITOR=../ed git squash-last -q -e "
	   "--plan ../plan 3", config);
	assert_text(sh("grep -v '^[^ ]* On branch main$' shown-p || true"),
		    sh("sed '/^[^ ]* interactive rebase in progress/,"
		       "/^[^ ]* You are currently/d' shown-g | awk "
		       "'skip && length($0) == 1 { skip = 0; next } { skip = 0 } "
		       "/^. Date:/ { print; getline; print; skip = 1; next } 1'"));
	assert_text(sh("git -C p log --format='%%T %%an %%ad%%n%%B' | cat -A"),
		    sh("git -C g log --format='%%T %%an %%ad%%n%%B' | cat -A"));
}

static void the_template_is_git_s(void **state)
{
	static const struct {
		const char *config, *plan;
	} cases[] = {
		{ "true", "pick HEAD~2\nsquash HEAD~1\nsquash HEAD\n" },
		{ "true", "reword HEAD~2\nreword HEAD~1\npick HEAD\n" },
		{ "git config core.commentChar ';'",
		  "pick HEAD~2\nfixup HEAD~1\nsquash HEAD\n" },
		{ "git config core.commentChar auto; "
		  "git config commit.verbose true",
		  "reword HEAD~2\nreword HEAD~1\npick HEAD\n" },
		{ "git config commit.verbose 1; "
		  "git config diff.mnemonicPrefix true; "
		  "git config core.quotePath false; "
		  "git config diff.renames false",
		  "pick HEAD~2\nsquash HEAD~1\nfixup -c HEAD\n" },
		{ "git config commit.status false",
		  "pick HEAD~2\nfixup -C HEAD~1\nsquash HEAD\n" },
		{ "git config commit.cleanup scissors",
		  "pick HEAD~2\nreword HEAD~1\npick HEAD\n" },
	};

	(void)state;
	make_repo();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_same_template(cases[i].config, cases[i].plan);
	assert_fsck("p");
}

/*
 * git takes a string for what begins a comment since 2.45: it is the text
 * that its one character makes, with the string in that one's place.
 */
static void a_comment_string_stands_for_the_character(void **state)
{
	static const char *const plans[] = {
		"pick HEAD~2\nsquash HEAD~1\nfixup HEAD\n",
		"reword HEAD~2\npick HEAD~1\nfixup -c HEAD\n",
	};
	static const char *const strings[] = { "//", "<!--" };

	(void)state;
	make_repo();
	for (size_t i = 0; i < ARRAY_SIZE(plans) * ARRAY_SIZE(strings); i++) {
		const char *string = strings[i % ARRAY_SIZE(strings)];

		write_file("plan", plans[i / ARRAY_SIZE(strings)]);
		sh("rm -rf g p shown-*; cp -r a g; cp -r a p; "
		   "git -C g config core.commentChar ';'; "
		   "git -C p config core.commentString '%s'; "
		   "for r in g p; do (cd $r; SHOWN=$PWD/../shown-$r "
		   "GIT_EDITOR=../ed git squash-last -q -e --plan ../plan 3); "
		   "done", string);
		assert_text(read_file("shown-p"),
			    sh("sed \"s|^;|%s|; s|with ';'|with '%s'|\" "
			       "shown-g", string, string));
		assert_text(sh("git -C p log --format=%%B"),
			    sh("git -C g log --format=%%B"));
	}
	/* What a person writes behind it goes as well. */
	sh("cd p; git config core.commentString //; echo 'new\n//x\n/y' "
	   ">../m; GIT_EDITOR='cp ../m' git reword -q -e");
	assert_text(message_of("p"), "new\n/y\n");
	sh("cd p; printf '// x\n  //\n' >../plan; "
	   "git squash-last --print-plan --root >>../plan; "
	   "git squash-last --plan ../plan --root -q; echo / x >>../plan");
	assert_rc(sh_try("cd p; git squash-last --plan ../plan --root"), 128);
	/* One that git takes for an error, or does not know. */
	sh("cd p; git config core.commentString 'a\nb'; "
	   "GIT_EDITOR=../ed SHOWN=$PWD/../shown git reword -q -e");
	assert_text(sh("cd p; git cat-file commit HEAD | sed '1,/^$/d'; "
		       "grep -c '^# with .#. will' ../shown"),
		    "new\n/y\n1\n");
	assert_fsck("p");
}

/* Commits with the bodies given, each by an author of its own. */
static void make_bodies(const char *const *body, size_t nr)
{
	sh("rm -rf p; git init -q -b main p; cd p; git commit -q --allow-empty "
	   "-m base");
	for (size_t i = 0; i < nr; i++)
		sh("cd p; printf '%%s\n' '%s' | GIT_AUTHOR_NAME='A %zu' "
		   "GIT_AUTHOR_EMAIL=a%zu@x git commit -q --allow-empty "
		   "--cleanup=verbatim -F -", body[i], i, i / 2);
}

static void trailers_come_last_and_once(void **state)
{
	static const char *const bodies[] = {
		"one\n\ntext\n\nSigned-off-by: A <a@x>\nFixes: #1",
		"two\n\nsigned-off-by: A <a@x>\nReviewed-by: B\n  of C",
		"three\n\nNote: this is text\nas you see",
		"Four: no trailer, a subject",
	};
	static const char all[] =
		"one\n\ntext\n\ntwo\n\nthree\n\nNote: this is text\n"
		"as you see\n\nFour: no trailer, a subject\n\n"
		"Signed-off-by: A <a@x>\nFixes: #1\nReviewed-by: B\n  of C\n";
	static const struct {
		const char *options, *message;
	} cases[] = {
		{ "", all },
		{ "-s -m x", "x\n\nSigned-off-by: Pare Tester "
			     "<committer@example.com>\n" },
		{ "--co-authors -m x", "x\n\nCo-authored-by: A 2 <a1@x>\n" },
		{ "--co-authors --author='O <A1@X>' -m x",
		  "x\n\nCo-authored-by: A 0 <a0@x>\n" },
		{ "--co-authors --fixup", "one\n\ntext\n\nSigned-off-by: A "
		  "<a@x>\nFixes: #1\nCo-authored-by: A 2 <a1@x>\n" },
	};

	(void)state;
	make_bodies(bodies, ARRAY_SIZE(bodies));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		sh("rm -rf q; cp -r p q; cd q; GIT_COMMITTER_NAME='Pare Tester' "
		   "GIT_COMMITTER_EMAIL=committer@example.com "
		   "git squash-last -q 4 %s", cases[i].options);
		assert_text(message_of("q"), cases[i].message);
	}
	/* The editor is shown the same. */
	sh("cd p; GIT_EDITOR=true git squash-last -q -e 4");
	assert_text(message_of("p"), all);
	assert_fsck("p");
}

/* A fold is known as its last commit, a plan's commit as what it was. */
static void one_change_id_stays(void **state)
{
	static const char *const bodies[] = {
		"one\n\nChange-Id: I1\nX: y",
		"squash! one\n\nmore\n\nChange-Id: I2",
		"three\n\nX: y\nchange-id: I3",
	};
	static const struct {
		const char *profile, *command, *message;
	} cases[] = {
		{ "", "3", "one\n\nmore\n\nthree\n\nX: y\nchange-id: I3\n" },
		{ "change-id = first\nco-authors = true", "3",
		  "one\n\nmore\n\nthree\n\nChange-Id: I1\nX: y\n"
		  "Co-authored-by: A 2 <a1@x>\n" },
		{ "message = last", "3", "three\n\nX: y\nchange-id: I3\n" },
		{ "message = last\nco-authors = true",
		  "3 --message=first --no-co-authors",
		  "one\n\nChange-Id: I1\nX: y\n" },
		{ "", "--autosquash 3; git reset -q --hard HEAD^",
		  "one\n\nmore\n\nChange-Id: I1\nX: y\n" },
		{ "change-id = last",
		  "--autosquash 3; git reset -q --hard HEAD^",
		  "one\n\nmore\n\nX: y\nChange-Id: I2\n" },
	};

	(void)state;
	make_bodies(bodies, ARRAY_SIZE(bodies));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		sh("rm -rf q; cp -r p q; cd q; printf '[squash]\n%s\n' "
		   ">.git/info/pare; git squash-last -q %s", cases[i].profile,
		   cases[i].command);
		assert_text(message_of("q"), cases[i].message);
	}
}

static void author_and_date_are_git_s(void **state)
{
	static const char *const options[] = {
		"--author='Some One <some@one>'",
		"--author=Thor --date=@1234567890",
		"--date=2001-02-03T04:05", "--reset-author",
		"--reset-author --date='Fri Feb 13 23:31:30 2009 +0100'",
		"--author='  X   Y  <x@y>' --date='1600000000 -0800'", "-s",
		"-s -m 'new words'", "-F ../m --cleanup=strip",
		"-F ../m --cleanup=verbatim",
		"-m '#1' -m text",
	};
	struct result r;

	(void)state;
	make_repo();
	write_file("m", "\n\na \n\n\n\nb\n\n");
	sh("cp -r a g; git -C g tag start");
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		sh("cd g; git reset -q --hard start; rm -rf ../p; cp -r . "
		   "../p; git commit -q --amend --no-edit %s 2>/dev/null || "
		   "git commit -q --amend %s; cd ../p; git reword -q "
		   "--no-edit %s", options[i], options[i], options[i]);
		assert_text(sh("git -C p cat-file commit HEAD"),
			    sh("git -C g cat-file commit HEAD"));
	}
	sh("cd p; git squash-last -q --date=yesterday 2 -m x");
	assert_text(sh("cd p; t=$(git log -1 --format=%%at); n=$(date +%%s); "
		       "echo $(((n - t + 600) / 86400))"), "1\n");
	r = sh_try("cd p; git reword -m x --date=nonsense");
	assert_rc(r, 128);
	assert_contains(r.err, "fatal: invalid date format: nonsense");
	r = sh_try("cd p; git reword -m x --author=nobody");
	assert_contains(r.err, "fatal: --author 'nobody' is not 'Name <email>' "
			       "and matches no existing author");
	r = sh_try("cd p; git reword -m x --author=a --reset-author");
	assert_contains(r.err, "cannot be used together");
	r = sh_try("cd p; git reword -m x --cleanup=some");
	assert_contains(r.err, "fatal: Invalid cleanup mode some");
	assert_rc(sh_try("cd p; git squash-last --autosquash 2 --date=now"),
		  129);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(trailers_come_last_and_once),
		sandbox_test(one_change_id_stays),
		sandbox_test(author_and_date_are_git_s),
		sandbox_test(the_template_is_git_s),
		sandbox_test(a_comment_string_stands_for_the_character),
	};

	return cmocka_run_group_tests_name("squash_message", tests, NULL, NULL);
}
