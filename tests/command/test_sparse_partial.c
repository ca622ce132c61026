/* SPDX-License-Identifier: MIT */
/* Partial clones: what is missing comes in one fetch, or nothing changes. */
#include <stdlib.h>
#include <string.h>

#include "support/twins.h"

/* A server, with a directory whose files go through a filter. */
static void make_server(void)
{
	sh("git init -q srv && cd srv && %s echo '*.crlf eol=crlf' "
	   ">e/.gitattributes && echo x >e/f/x.crlf && git add . && "
	   "git commit -qm crlf && git config uploadpack.allowFilter true && "
	   "git config uploadpack.allowAnySHA1InWant true", twins_tree);
}

static void make_clone(const char *options, const char *name)
{
	sh("git clone -q %s file://$PWD/srv %s", options, name);
}

/* All that a change could touch. */
static const char *everything(const char *repo)
{
	return sh("cd %s && { git ls-files --sparse -t -s; find . "
		  "-path ./.git/objects -prune -o -type f ! -name index -print "
		  "| LC_ALL=C sort | xargs -d '\\n' sha1sum; "
		  "sha1sum .git/index; }", repo);
}

/* How many fetches does this take, those of git's own included? */
static int count_fetches(const char *command)
{
	const char *nr;

	sh("rm -f trace; GIT_TRACE2_EVENT=$PWD/trace; export GIT_TRACE2_EVENT; "
	   "%s", command);
	nr = sh("grep '\"event\":\"start\"' trace | grep -c '\"fetch\",' || :");
	return atoi(nr);
}

static void one_fetch_brings_all_blobs(void **state)
{
	(void)state;
	make_server();
	make_clone("--filter=blob:none --sparse", "g");
	sh("cp -a g p && git -C p update-index -q --refresh");
	assert_int_equal(count_fetches("git -C p sparse add a e"), 1);
	sh("git -C g sparse-checkout add a e");
	assert_twins("g", "p");
	assert_text(sh("ls p/.git/objects/pack/*.promisor | wc -l"), "3\n");
	assert_text(read_file("p/e/f/x.crlf"), "x\r\n");
	assert_int_equal(count_fetches("git -C p sparse remove e"), 0);
	assert_int_equal(count_fetches("git -C p sparse undo"), 0);
	assert_int_equal(count_fetches("git -C p sparse disable"), 1);
}

/* e/.gitattributes is not selected, and is read all the same. */
static void attributes_come_with_the_same_fetch(void **state)
{
	(void)state;
	make_server();
	make_clone("--filter=blob:none --sparse", "g");
	sh("cp -a g p && git -C p update-index -q --refresh");
	assert_int_equal(count_fetches("git -C p sparse set --no-cone "
				       "/root '/e/f/x*'"), 1);
	sh("git -C g sparse-checkout set --no-cone /root '/e/f/x*'");
	assert_twins("g", "p");
	assert_text(read_file("p/e/f/x.crlf"), "x\r\n");
}

static void progress_is_that_of_the_fetch(void **state)
{
	struct result r;

	(void)state;
	make_server();
	make_clone("--filter=blob:none --sparse", "p");
	/* A dry run needs none. */
	assert_int_equal(count_fetches("git -C p sparse add -n e >out"), 0);
	assert_contains(read_file("out"), "5 files would be written (to be fetched");
	sh("git -C p config remote.origin.uploadpack "
	   "'sleep 1.1; git-upload-pack'");
	r = sh_try("git -C p sparse add --progress a e");
	assert_rc(r, 0);
	assert_contains(r.err, "Fetching missing objects: 100% (");
	assert_contains(r.err, ", done.\n");
}

static void several_remotes_are_asked_in_turn(void **state)
{
	const char *five = "$(git -C srv rev-parse HEAD:e/five)";

	(void)state;
	make_server();
	make_clone("--filter=blob:none --sparse", "p");
	/* The first has all but one, the second is where that is. */
	sh("cp -a srv more && git init -q none && cd p && "
	   "git remote add more file://$PWD/../more && "
	   "git remote add none file://$PWD/../none && "
	   "git config remote.none.promisor true && "
	   "git config remote.more.promisor true && cd .. && b=%s && "
	   "rm -f srv/.git/objects/$(echo $b | cut -c1-2)/"
	   "$(echo $b | cut -c3-)", five);
	sh("git -C p sparse add e");
	assert_text(read_file("p/e/five"), "e/five\n");
	assert_text(read_file("p/e/f/six"), "e/f/six\n");
	assert_text(sh("git -C p config --get-regexp partialclonefilter"),
		    "remote.origin.partialclonefilter blob:none\n");
	/* And when the first is out of reach. */
	sh("rm -rf srv none && git -C p sparse add a");
	assert_text(read_file("p/a/one"), "a/one\n");
	assert_fsck("p");
}

static void out_of_reach_nothing_changes(void **state)
{
	static const char *const commands[] = {
		"add e", "disable", "set --no-cone e",
	};
	const char *before;
	struct result r;

	(void)state;
	make_server();
	make_clone("--filter=blob:none --sparse", "p");
	sh("mv srv gone");
	before = everything("p");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		r = sh_try("git -C p sparse %s", commands[i]);
		assert_rc(r, 128);
		assert_contains(r.err, "fatal: could not fetch missing objects "
				       "from 'origin': ");
		assert_contains(r.err, "hint: nothing was changed; it is worth "
				       "another try when `git fetch origin` "
				       "works\n");
		assert_text(everything("p"), before);
	}
	r = sh_try("GIT_NO_LAZY_FETCH=1 git -C p sparse add e");
	assert_rc(r, 128);
	assert_contains(r.err, " from promisor remote\n"
			       "hint: GIT_NO_LAZY_FETCH forbids it; nothing "
			       "was changed\n");
	assert_text(everything("p"), before);
	sh("mv gone srv && GIT_NO_LAZY_FETCH=0 git -C p sparse set e");
	assert_text(read_file("p/e/five"), "e/five\n");
}

static void what_the_remote_lacks_is_named(void **state)
{
	const char *before, *oid;
	struct result r;

	(void)state;
	make_server();
	make_clone("--filter=blob:none --sparse", "p");
	oid = sh("cd srv && b=$(git rev-parse HEAD:e/five) && rm -f "
		 ".git/objects/$(echo $b | cut -c1-2)/$(echo $b | cut -c3-) "
		 "&& printf $b");
	before = everything("p");
	r = sh_try("git -C p sparse add e");
	assert_rc(r, 128);
	assert_contains(r.err, oid);
	assert_text(everything("p"), before);
}

/* A fetch the user did not ask for must not do what those do. */
static void nothing_else_is_fetched_or_run(void **state)
{
	const char *refs;

	(void)state;
	make_server();
	make_clone("--filter=blob:none --sparse", "p");
	sh("git -C srv branch new && cd p && git config fetch.prune true && "
	   "git config fetch.writeCommitGraph true && "
	   "git config gc.auto 1 && git config gc.autoDetach false && "
	   "git update-ref refs/remotes/origin/old HEAD && "
	   "printf '#!/bin/sh\\necho $0 $1 >>../ran\\n' "
	   ">.git/hooks/reference-transaction && "
	   "chmod +x .git/hooks/reference-transaction && "
	   "cp .git/hooks/reference-transaction .git/hooks/pre-auto-gc");
	refs = sh("git -C p for-each-ref");
	sh("git -C p sparse add e");
	assert_text(sh("git -C p for-each-ref"), refs);
	assert_text(sh("ls ran p/.git/FETCH_HEAD p/.git/objects/info/"
		       "commit-graph* 2>/dev/null || :"), "");
}

static void trees_come_in_few_fetches(void **state)
{
	(void)state;
	make_server();
	make_clone("--filter=tree:0 --no-checkout", "p");
	/* All trees, then the blobs. */
	assert_int_equal(count_fetches("git -C p sparse add a/b"), 2);
	assert_text(sh("git -C p status --porcelain"), "");
	sh("git -C p sparse reapply --sparse-index");
	/* The same index where no tree is. */
	make_clone("--filter=tree:0 --no-checkout", "q");
	sh("cp p/.git/index p/.git/config.worktree q/.git && mkdir -p "
	   "q/.git/info && cp p/.git/info/sparse-checkout q/.git/info && "
	   "git -C q config extensions.worktreeConfig true");
	/* The tree e/ is passed through, e/f/ wanted whole; blobs. */
	assert_int_equal(count_fetches("git -C q sparse add e/f a/d"), 3);
	sh("cp -a p g && git -C g sparse-checkout add e/f a/d");
	assert_text(sh("git -C q ls-files --sparse -t -s"),
		    sh("git -C g ls-files --sparse -t -s"));
	assert_text(read_file("q/e/f/g/seven"), "e/f/g/seven\n");
	/* h/ is still a tree that is elsewhere. */
	assert_int_equal(sh_try("GIT_NO_LAZY_FETCH=1 git -C q sparse add h")
				 .rc, 128);
	sh("rm -rf srv");
	assert_rc(sh_try("git -C q sparse add h"), 128);
	assert_contains(sh_try("git -C q sparse disable").err,
			"from 'origin'");
	assert_text(sh("git -C q ls-files --sparse -t -s"),
		    sh("git -C g ls-files --sparse -t -s"));
}

static void a_treeless_clone_out_of_reach_stays_bare(void **state)
{
	struct result r;

	(void)state;
	make_server();
	make_clone("--filter=tree:0 --no-checkout", "p");
	sh("rm -rf srv");
	r = sh_try("git -C p sparse add a");
	assert_rc(r, 128);
	assert_contains(r.err, "from 'origin'");
	assert_text(sh("ls p; ls p/.git/index p/.git/pare 2>/dev/null || :"),
		    "");
}

/* A tree that is not here does not say what is in it. */
static void a_directory_of_a_missing_tree_may_be(void **state)
{
	struct result r;

	(void)state;
	make_server();
	make_clone("--filter=blob:none --sparse", "p");
	sh("cd p && git sparse set --sparse-index a h && mkdir ../packs && "
	   "mv .git/objects/pack/* ../packs && for pack in ../packs/*.pack; "
	   "do git unpack-objects -q <$pack; done && for d in e e/f; do "
	   "rm -f .git/objects/$(git -C ../srv rev-parse HEAD:$d | "
	   "sed 's#..#&/#'); done");
	r = sh_try("git -C p sparse add --strict --dry-run e/f/g");
	if (strstr(r.err, "is no directory"))
		fail_msg("%s", r.err);
	sh("git -C p sparse add --strict e/f/g && test -e p/e/f/g/seven");
	assert_text(sh("git -C p sparse list"), "a\ne/f/g\nh\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(one_fetch_brings_all_blobs),
		sandbox_test(attributes_come_with_the_same_fetch),
		sandbox_test(progress_is_that_of_the_fetch),
		sandbox_test(several_remotes_are_asked_in_turn),
		sandbox_test(out_of_reach_nothing_changes),
		sandbox_test(what_the_remote_lacks_is_named),
		sandbox_test(nothing_else_is_fetched_or_run),
		sandbox_test(trees_come_in_few_fetches),
		sandbox_test(a_treeless_clone_out_of_reach_stays_bare),
		sandbox_test(a_directory_of_a_missing_tree_may_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
