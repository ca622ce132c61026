/* SPDX-License-Identifier: MIT */
/* Notes go with their commits, as git rebase -i has them. */
#include <string.h>

#include "support/sandbox.h"

/* Five commits; notes in two refs, none on the last but one. */
static void make_repo(void)
{
	sh("git init -q -b main a; cd a; for i in 1 2 3 4 5; do echo $i >f$i; "
	   "git add .; git commit -q -m c$i; git tag c$i; done; "
	   "git notes add -m 'note 2' c2; "
	   "printf 'b\\na\\n' | git notes add -F - c3; git notes add -m b c5; "
	   "git notes --ref other add -m other c2; "
	   "git notes --ref more/x add -m x c3; "
	   "git notes --ref more/x add -m elsewhere c1; "
	   "git config commit.status false");
}

static const char *notes_of(const char *repo)
{
	return sh("cd %s; for r in $(git for-each-ref --format='%%(refname)' "
		  "refs/notes); do echo $r $(git rev-parse $r^{tree}); "
		  "git log --reverse --format=%%h%%n%%N --notes=$r; done", repo);
}

static void each_mode_makes_what_git_makes(void **state)
{
	static const struct {
		const char *env, *config, *plan;
	} cases[] = {
		{ "", "true", "pick c2\nsquash c3\nsquash c4\nsquash c5\n" },
		{ "", "git config notes.rewriteMode overwrite",
		  "pick c2\nsquash c3\npick c4\nsquash c5\n" },
		{ "GIT_NOTES_REWRITE_MODE=cat_sort_uniq; ",
		  "git config notes.rewriteMode overwrite",
		  "pick c2\nsquash c3\nsquash c4\nsquash c5\n" },
		{ "GIT_NOTES_REWRITE_REF=refs/notes/commits:refs/notes/no; ",
		  "git config notes.rewriteMode ignore",
		  "reword c2\nsquash c3\nsquash c5\ndrop c4\n" },
		{ "", "git config notes.rewrite.rebase false; "
		      "git config notes.rewrite.amend false",
		  "pick c3\npick c2\npick c4\npick c5\n" },
	};

	(void)state;
	make_repo();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		write_file("plan", cases[i].plan);
		sh("rm -rf g p; cp -r a g; cd g; "
		   "export GIT_NOTES_REWRITE_MODE GIT_NOTES_REWRITE_REF "
		   "GIT_EDITOR=: GIT_SEQUENCE_EDITOR='cp ../plan'; %s "
		   "[ $GIT_NOTES_REWRITE_MODE ] || unset "
		   "GIT_NOTES_REWRITE_MODE; [ $GIT_NOTES_REWRITE_REF ] || "
		   "unset GIT_NOTES_REWRITE_REF; "
		   "git config notes.rewriteRef refs/notes/commits; git config "
		   "--add notes.rewriteRef 'refs/notes/m*'; %s; "
		   "cp -r . ../p; git rebase -q -i --root; cd ../p; "
		   "git squash-last -q -e --plan ../plan --root",
		   cases[i].env, cases[i].config);
		assert_text(notes_of("p"), notes_of("g"));
		assert_fsck("p");
	}
}

static void one_commit_that_undo_takes_back(void **state)
{
	const char *refs;

	(void)state;
	make_repo();
	sh("cd a; git config notes.rewriteRef 'refs/notes/*'");
	refs = sh("git -C a for-each-ref");
	sh("cd a; git squash-last -q 4");
	assert_text(sh("cd a; for r in commits other more/x; do "
		       "git rev-list --count refs/notes/$r; done; "
		       "git notes show; git reflog -1 --format=%%gs "
		       "refs/notes/commits"),
		    "4\n2\n3\nnote 2\n\nb\na\n\nb\n"
		    "squash-last: fold 4 commits into c2\n");
	assert_contains(sh("cd a; git squash-last --undo"),
			"; refs/notes/commits: ");
	assert_text(sh("git -C a for-each-ref"), refs);
	sh("cd a; git squash-last -q --undo; git notes show");
	/* With the notes in directories, and through hands of git after. */
	sh("cd a; git squash-last -q --undo; "
	   "b=$(echo n | git hash-object -w --stdin); "
	   "for i in $(seq 300); do echo $i | sha1sum | cut -c1-40; done >../o; "
	   "{ echo 'commit refs/notes/commits'; echo 'committer C <c@x> 1 "
	   "+0000'; echo 'data 0'; echo 'from refs/notes/commits^0'; "
	   "while read o; do "
	   "echo M 100644 $b $(echo $o | sed 's,^..,&/,'); done <../o; } | "
	   "git fast-import --quiet; git squash-last -q 4; "
	   "git notes list | wc -l >../count; git notes show | head -1 >>../count;"
	   " git ls-tree refs/notes/commits $(git rev-parse HEAD | cut -c1-2) | "
	   "cut -c1-11 >>../count");
	assert_text(read_file("count"), "304\nnote 2\n040000 tree\n");
	assert_fsck("a");
}

static void what_cannot_be_copied_stops_all(void **state)
{
	const char *refs;
	struct result r;

	(void)state;
	make_repo();
	sh("cd a; git config notes.rewriteRef 'refs/notes/*'");
	refs = sh("git -C a for-each-ref");
	r = sh_try("cd a; GIT_NOTES_REWRITE_MODE=any git squash-last -q 2");
	assert_rc(r, 128);
	assert_contains(r.err, "fatal: Bad GIT_NOTES_REWRITE_MODE value: 'any'");
	assert_contains(r.err, "hint: nothing was changed; the message is in ");
	r = sh_try("cd a; >.git/refs/notes/other.lock; "
		   "git squash-last -q --message=first 5 --root 2>&1; "
		   "git squash-last -q 5");
	assert_rc(r, 128);
	assert_contains(r.err, "refs/notes/other");
	sh("rm a/.git/refs/notes/other.lock");
	assert_text(sh("git -C a for-each-ref"), refs);
	assert_fsck("a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(each_mode_makes_what_git_makes),
		sandbox_test(one_commit_that_undo_takes_back),
		sandbox_test(what_cannot_be_copied_stops_all),
	};

	return cmocka_run_group_tests_name("squash_notes", tests, NULL, NULL);
}
