/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "repo/config.h"
#include "repo/hooks.h"
#include "repo/ident.h"
#include "repo/odb.h"
#include "repo/refs.h"
#include "support/sandbox.h"

static struct pare_repo *repo;

static void make_repo(void)
{
	sh("git init -q -b main . && git commit -q --allow-empty -m one && "
	   "git commit -q --allow-empty -m two && git branch side HEAD~1");
	assert_int_equal(pare_repo_open(&repo, 0), 0);
}

static struct oid named(const char *rev)
{
	struct oid oid;

	assert_int_equal(repo_resolve(&oid, repo, rev, "commit"), 0);
	return oid;
}

static void assert_ref(const char *ref, const char *rev)
{
	struct oid expected, oid;

	assert_int_equal(repo_ref(&oid, repo, ref), 0);
	assert_int_equal(oid_parse(&expected, sh("git rev-parse %s", rev),
				   repo->algo), 0);
	assert_true(oid_equal(&oid, &expected));
}

static void refs_are_read_loose_and_packed(void **state)
{
	struct oid oid;

	(void)state;
	make_repo();
	assert_ref("refs/heads/main", "main");
	assert_ref("HEAD", "main");
	sh("git tag -m t v1 && git symbolic-ref refs/sym refs/heads/side && "
	   "git pack-refs --all");
	assert_int_not_equal(access(".git/refs/heads/side", F_OK), 0);
	assert_ref("refs/heads/side", "side");
	assert_ref("refs/tags/v1", "v1");
	assert_ref("refs/sym", "side");
	sh("git update-ref refs/heads/side main");
	assert_ref("refs/heads/side", "main");
	assert_int_equal(repo_ref(&oid, repo, "refs/heads/none"),
			 GIT_ENOTFOUND);
	assert_int_equal(repo_ref(&oid, repo, "refs/heads"), GIT_ENOTFOUND);
	assert_int_equal(repo_ref(&oid, repo, "refs/../HEAD"), GIT_ENOTFOUND);
	pare_repo_free(repo);
}

static void head_is_a_branch_or_a_commit(void **state)
{
	struct oid oid, main_oid;
	char *ref;

	(void)state;
	make_repo();
	main_oid = named("main");
	assert_int_equal(repo_head(&ref, &oid, repo), 0);
	assert_string_equal(ref, "refs/heads/main");
	assert_true(oid_equal(&oid, &main_oid));
	free(ref);
	sh("git checkout -q --detach");
	assert_int_equal(repo_head(&ref, &oid, repo), 0);
	assert_null(ref);
	assert_true(oid_equal(&oid, &main_oid));
	sh("rm .git/HEAD && ln -s refs/heads/main .git/HEAD");
	assert_int_equal(repo_head(&ref, &oid, repo), 0);
	assert_string_equal(ref, "refs/heads/main");
	assert_true(oid_equal(&oid, &main_oid));
	free(ref);
	sh("rm .git/HEAD && echo ref: refs/heads/new >.git/HEAD");
	assert_int_equal(repo_head(&ref, &oid, repo), GIT_EUNBORNBRANCH);
	assert_string_equal(ref, "refs/heads/new");
	assert_string_equal(error_message(), "your current branch 'new' does "
			    "not have any commits yet");
	free(ref);
	assert_int_equal(repo_head_tree(&oid, repo), GIT_EUNBORNBRANCH);
	pare_repo_free(repo);
}

static void a_worktree_has_its_own_head(void **state)
{
	struct oid oid;
	char *ref;

	(void)state;
	sh("git init -q -b main r && cd r && git commit -q --allow-empty -m 1 "
	   "&& git worktree add -q ../w");
	assert_int_equal(chdir("w"), 0);
	assert_int_equal(pare_repo_open(&repo, 0), 0);
	assert_int_equal(repo_head(&ref, &oid, repo), 0);
	assert_string_equal(ref, "refs/heads/w");
	free(ref);
	pare_repo_free(repo);
}

static void a_transaction_moves_all(void **state)
{
	struct ref_transaction tx;
	struct oid one, two, none = { { 0 } };

	(void)state;
	make_repo();
	one = named("main~1");
	two = named("main");
	ref_transaction_init(&tx, repo, "squash-last: fold 2 commits");
	ref_transaction_update(&tx, "refs/heads/main", &one, &two);
	ref_transaction_update(&tx, "refs/heads/side", &none, &one);
	ref_transaction_update(&tx, "refs/heads/new", &two, &none);
	ref_transaction_update(&tx, "refs/any", &two, NULL);
	assert_int_equal(ref_transaction_prepare(&tx), 0);
	assert_ref("refs/heads/main", oid_hex(&two, repo->algo));
	assert_int_equal(access(".git/refs/heads/main.lock", F_OK), 0);
	assert_int_equal(ref_transaction_commit(&tx), 0);
	ref_transaction_release(&tx);
	assert_ref("refs/heads/main", oid_hex(&one, repo->algo));
	assert_ref("refs/heads/new", oid_hex(&two, repo->algo));
	assert_ref("refs/any", oid_hex(&two, repo->algo));
	assert_int_equal(repo_ref(&one, repo, "refs/heads/side"),
			 GIT_ENOTFOUND);
	assert_contains(sh("git reflog -1 main"), "fold 2 commits");
	assert_contains(sh("git reflog -1 HEAD"), "fold 2 commits");
	pare_repo_free(repo);
}

static void one_moved_ref_stops_all(void **state)
{
	struct ref_transaction tx;
	struct oid one, two, none = { { 0 } };
	const char *before = NULL;

	(void)state;
	make_repo();
	one = named("main~1");
	two = named("main");
	before = sh("git for-each-ref");
	ref_transaction_init(&tx, repo, "x");
	ref_transaction_update(&tx, "refs/heads/side", &two, &one);
	ref_transaction_update(&tx, "refs/heads/main", &one, &one);
	assert_int_equal(ref_transaction_prepare(&tx), GIT_EMODIFIED);
	assert_contains(error_message(), "refs/heads/main");
	ref_transaction_release(&tx);
	ref_transaction_init(&tx, repo, "x");
	ref_transaction_update(&tx, "refs/heads/side", &two, &none);
	assert_int_equal(ref_transaction_prepare(&tx), GIT_EMODIFIED);
	ref_transaction_release(&tx);
	ref_transaction_init(&tx, repo, "x");
	ref_transaction_update(&tx, "refs/heads/gone", &two, &one);
	assert_int_equal(ref_transaction_prepare(&tx), GIT_EMODIFIED);
	ref_transaction_release(&tx);
	write_file(".git/refs/heads/side.lock", "");
	ref_transaction_init(&tx, repo, "x");
	ref_transaction_update(&tx, "refs/heads/side", &two, &one);
	assert_int_equal(ref_transaction_prepare(&tx), GIT_ELOCKED);
	ref_transaction_release(&tx);
	assert_string_equal(sh("git for-each-ref"), before);
	pare_repo_free(repo);
}

static void what_is_not_committed_is_undone(void **state)
{
	struct ref_transaction tx;
	struct oid one, two;

	(void)state;
	make_repo();
	one = named("main~1");
	two = named("main");
	ref_transaction_init(&tx, repo, "x");
	ref_transaction_update(&tx, "refs/heads/main", &one, &two);
	assert_int_equal(ref_transaction_prepare(&tx), 0);
	ref_transaction_release(&tx);
	ref_transaction_release(&tx);
	assert_ref("refs/heads/main", oid_hex(&two, repo->algo));
	assert_int_not_equal(access(".git/refs/heads/main.lock", F_OK), 0);
	pare_repo_free(repo);
}

static void a_hook_may_talk_and_refuse(void **state)
{
	struct ref_transaction tx;
	struct oid one, two;

	(void)state;
	make_repo();
	one = named("main~1");
	two = named("main");
	write_file(".git/hooks/reference-transaction",
		   "#!/bin/sh\necho \"$1\" >>seen\nprintf 'no line end'\n"
		   "test ! -f refuse\n");
	sh("chmod +x .git/hooks/reference-transaction");
	ref_transaction_init(&tx, repo, "x");
	ref_transaction_update(&tx, "refs/heads/main", &one, &two);
	assert_int_equal(ref_transaction_prepare(&tx), 0);
	assert_int_equal(ref_transaction_commit(&tx), 0);
	ref_transaction_release(&tx);
	assert_contains(read_file("seen"), "prepared\ncommitted\n");
	write_file("refuse", "");
	ref_transaction_init(&tx, repo, "x");
	ref_transaction_update(&tx, "refs/heads/main", &two, &one);
	assert_int_equal(ref_transaction_prepare(&tx), GIT_ERROR);
	assert_contains(error_message(), "hook");
	ref_transaction_release(&tx);
	assert_ref("refs/heads/main", oid_hex(&one, repo->algo));
	pare_repo_free(repo);
}

static void head_itself_can_move(void **state)
{
	struct ref_transaction tx;
	struct oid one;

	(void)state;
	make_repo();
	one = named("main~1");
	ref_transaction_init(&tx, repo, "x");
	ref_transaction_update_no_deref(&tx, "HEAD", &one, NULL);
	assert_int_equal(ref_transaction_prepare(&tx), 0);
	assert_int_equal(ref_transaction_commit(&tx), 0);
	ref_transaction_release(&tx);
	assert_rc(sh_try("git symbolic-ref -q HEAD"), 1);
	assert_ref("HEAD", "main~1");
	pare_repo_free(repo);
}

static int add_name(const char *ref, const struct oid *oid, void *ctx)
{
	assert_false(oid_is_zero(oid));
	strbuf_addf(ctx, "%s\n", ref);
	return 0;
}

static void refs_are_listed(void **state)
{
	struct strbuf seen = STRBUF_INIT;

	(void)state;
	make_repo();
	sh("git tag v1");
	assert_int_equal(repo_each_ref(repo, "refs/heads/", add_name, &seen),
			 0);
	assert_string_equal(seen.buf, "refs/heads/main\nrefs/heads/side\n");
	strbuf_release(&seen);
	pare_repo_free(repo);
}

static void the_upstream_is_a_full_name(void **state)
{
	char *ref;

	(void)state;
	sh("git init -q -b main up && git -C up commit -q --allow-empty -m 1 "
	   "&& git clone -q up c");
	assert_int_equal(chdir("c"), 0);
	assert_int_equal(pare_repo_open(&repo, 0), 0);
	assert_int_equal(repo_upstream(&ref, repo, "refs/heads/main"), 0);
	assert_string_equal(ref, "refs/remotes/origin/main");
	free(ref);
	assert_int_equal(repo_upstream(&ref, repo, "none"), GIT_ENOTFOUND);
	assert_null(ref);
	assert_string_equal(error_message(),
			    "no upstream configured for branch 'none'");
	pare_repo_free(repo);
}

static void hooks_run_where_git_runs_them(void **state)
{
	static const char *const args[] = { "rebase", NULL };
	static const char *const env[] = { "EXTRA=1", NULL };
	struct hook_options opts = { .args = args, .in = "old new\n",
				     .in_len = 8, .env = env };

	(void)state;
	sh("git init -q . && mkdir sub");
	assert_int_equal(chdir("sub"), 0);
	assert_int_equal(pare_repo_open(&repo, 0), 0);
	assert_false(hook_exists(repo, "post-rewrite"));
	assert_int_equal(hook_run(repo, "post-rewrite", &opts), 0);
	write_file("../.git/hooks/post-rewrite",
		   "#!/bin/sh\n{ echo $1 $EXTRA; cat; git rev-parse "
		   "--show-toplevel --git-dir; pwd; } >seen\nexit 3\n");
	assert_false(hook_exists(repo, "post-rewrite"));
	sh("chmod +x ../.git/hooks/post-rewrite");
	assert_true(hook_exists(repo, "post-rewrite"));
	assert_int_equal(hook_run(repo, "post-rewrite", &opts), 3);
	assert_string_equal(read_file("../seen"),
			    sh("cd .. && printf 'rebase 1\\nold new\\n%%s\\n"
			       ".git\\n%%s\\n' \"$PWD\" \"$PWD\""));
	pare_repo_free(repo);
}

static void identities_are_gits(void **state)
{
	struct strbuf out = STRBUF_INIT;

	(void)state;
	make_repo();
	assert_int_equal(repo_ident(&out, repo, "committer"), 0);
	strbuf_addch(&out, '\n');
	assert_string_equal(out.buf, sh("git var GIT_COMMITTER_IDENT"));
	strbuf_reset(&out);
	assert_int_equal(repo_ident(&out, repo, "author"), 0);
	strbuf_addch(&out, '\n');
	assert_string_equal(out.buf, sh("git var GIT_AUTHOR_IDENT"));
	setenv("GIT_AUTHOR_NAME", "", 1);
	assert_int_equal(repo_ident(&out, repo, "author"), GIT_ERROR);
	assert_contains(error_message(), "empty ident name");
	unsetenv("GIT_AUTHOR_NAME");
	strbuf_release(&out);
	pare_repo_free(repo);
}

static void gpg_is_asked_as_git_asks(void **state)
{
	struct strbuf out = STRBUF_INIT;

	(void)state;
	write_file("gpg", "#!/bin/sh\necho \"$@\" >args\ncat >data\n"
		   "printf 'SIGNED\\r\\nEND\\n'\n"
		   "echo '[GNUPG:] SIG_CREATED D' >&2\n");
	write_file("bad", "#!/bin/sh\ncat >/dev/null\necho no key >&2\n");
	sh("chmod +x gpg bad && git init -q . && "
	   "git config gpg.program \"$PWD/gpg\"");
	assert_int_equal(pare_repo_open(&repo, 0), 0);
	assert_int_equal(repo_sign(&out, repo, "commit", 6, "KEY"), 0);
	assert_string_equal(out.buf, "SIGNED\nEND\n");
	assert_string_equal(read_file("args"), "--status-fd=2 -bsau KEY\n");
	assert_string_equal(read_file("data"), "commit");
	assert_int_equal(repo_sign(&out, repo, "commit", 6, NULL), 0);
	assert_contains(read_file("args"), "@");
	strbuf_reset(&out);
	assert_int_equal(repo_config_set_file(repo, ".git/config",
					      "gpg.program", "./bad"), 0);
	assert_int_equal(repo_sign(&out, repo, "commit", 6, NULL), GIT_ERROR);
	assert_string_equal(error_message(), "gpg failed to sign the data");
	assert_contains(error_hint_text(), "no key");
	assert_int_equal(out.len, 0);
	assert_int_equal(repo_config_set_file(repo, ".git/config",
					      "gpg.format", "odd"), 0);
	assert_int_equal(repo_sign(&out, repo, "x", 1, NULL), GIT_EINVALID);
	strbuf_release(&out);
	pare_repo_free(repo);
}

static void ssh_signs_so_that_it_verifies(void **state)
{
	struct strbuf out = STRBUF_INIT;

	(void)state;
	if (sh_try("command -v ssh-keygen").rc)
		skip();
	sh("git init -q . && ssh-keygen -q -t ed25519 -N '' -f key && "
	   "git config gpg.format ssh && "
	   "git config user.signingKey \"$PWD/key\" && "
	   "(printf 'me '; cat key.pub) >allowed");
	assert_int_equal(pare_repo_open(&repo, 0), 0);
	assert_int_equal(repo_sign(&out, repo, "commit", 6, NULL), 0);
	write_file("sig", out.buf);
	sh("printf commit | ssh-keygen -q -Y verify -f allowed -I me -n git "
	   "-s sig");
	assert_int_equal(repo_sign(&out, repo, "x", 1, "no-such-key"),
			 GIT_ERROR);
	strbuf_release(&out);
	pare_repo_free(repo);
}

static void operations_have_names(void **state)
{
	static const struct {
		const char *make, *operation;
	} cases[] = {
		{ "touch .git/MERGE_HEAD", "a merge" },
		{ "touch .git/CHERRY_PICK_HEAD", "a cherry-pick" },
		{ "touch .git/REVERT_HEAD", "a revert" },
		{ "mkdir .git/rebase-merge", "a rebase" },
		{ "mkdir .git/rebase-apply", "a rebase" },
		{ "mkdir .git/rebase-apply && "
		  "touch .git/rebase-apply/applying", "an am" },
		{ "mkdir .git/sequencer && "
		  "echo 'pick 12 x' >.git/sequencer/todo", "a cherry-pick" },
		{ "mkdir .git/sequencer && "
		  "echo 'revert 12 x' >.git/sequencer/todo", "a revert" },
	};

	(void)state;
	make_repo();
	assert_null(repo_operation(repo, true));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		sh("%s", cases[i].make);
		assert_string_equal(repo_operation(repo, false),
				    cases[i].operation);
		sh("cd .git && rm -rf *_HEAD rebase-* sequencer");
	}
	sh("touch .git/BISECT_LOG");
	assert_null(repo_operation(repo, false));
	assert_string_equal(repo_operation(repo, true), "a bisect");
	pare_repo_free(repo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(refs_are_read_loose_and_packed),
		sandbox_test(head_is_a_branch_or_a_commit),
		sandbox_test(a_worktree_has_its_own_head),
		sandbox_test(a_transaction_moves_all),
		sandbox_test(one_moved_ref_stops_all),
		sandbox_test(what_is_not_committed_is_undone),
		sandbox_test(a_hook_may_talk_and_refuse),
		sandbox_test(head_itself_can_move),
		sandbox_test(refs_are_listed),
		sandbox_test(the_upstream_is_a_full_name),
		sandbox_test(hooks_run_where_git_runs_them),
		sandbox_test(identities_are_gits),
		sandbox_test(gpg_is_asked_as_git_asks),
		sandbox_test(ssh_signs_so_that_it_verifies),
		sandbox_test(operations_have_names),
	};

	return cmocka_run_group_tests_name("repo_refs", tests, NULL, NULL);
}
