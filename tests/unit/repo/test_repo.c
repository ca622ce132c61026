/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "repo/config.h"
#include "repo/repo.h"
#include "support/sandbox.h"

static struct pare_repo *open_at(const char *dir)
{
	struct pare_repo *repo;

	assert_int_equal(chdir(dir), 0);
	assert_int_equal(pare_repo_open(&repo, 0), 0);
	return repo;
}

static char *below_sandbox(const char *name)
{
	return xstrfmt("%s/%s", sandbox_path(), name);
}

static void assert_below_sandbox(const char *path, const char *name)
{
	char *expected = below_sandbox(name);

	assert_non_null(path);
	assert_string_equal(path, expected);
	free(expected);
}

static void a_subdirectory_has_a_prefix(void **state)
{
	struct pare_repo *repo;

	(void)state;
	sh("git init -q r && mkdir -p r/a/b");
	repo = open_at("r/a/b");
	assert_below_sandbox(pare_repo_git_dir(repo), "r/.git");
	assert_below_sandbox(pare_repo_common_dir(repo), "r/.git");
	assert_below_sandbox(pare_repo_worktree(repo), "r");
	assert_below_sandbox(pare_repo_index_path(repo), "r/.git/index");
	assert_below_sandbox(repo->objects_dir, "r/.git/objects");
	assert_below_sandbox(repo->hooks_dir, "r/.git/hooks");
	assert_string_equal(pare_repo_prefix(repo), "a/b/");
	assert_false(repo->is_bare);
	assert_false(repo->is_shallow);
	assert_int_equal(repo_check_format(repo), 0);
	pare_repo_free(repo);
}

static void a_linked_worktree_has_two_directories(void **state)
{
	struct pare_repo *repo;
	char *path;

	(void)state;
	sh("git init -q r && cd r && git commit -q --allow-empty -m one && "
	   "git worktree add -q ../w");
	repo = open_at("w");
	assert_below_sandbox(pare_repo_git_dir(repo), "r/.git/worktrees/w");
	assert_below_sandbox(pare_repo_common_dir(repo), "r/.git");
	assert_below_sandbox(pare_repo_worktree(repo), "w");
	assert_below_sandbox(pare_repo_index_path(repo),
			     "r/.git/worktrees/w/index");
	assert_int_equal(repo_pare_path(&path, repo, "undo", true), 0);
	assert_below_sandbox(path, "r/.git/worktrees/w/pare/undo");
	free(path);
	assert_int_equal(access("../r/.git/worktrees/w/pare", F_OK), 0);
	pare_repo_free(repo);
}

static void the_environment_is_honoured(void **state)
{
	struct pare_repo *repo;

	(void)state;
	sh("git init -q r && mkdir -p tree/sub hooks && "
	   "git -C r config core.hooksPath ../hooks");
	setenv("GIT_DIR", "r/.git", 1);
	setenv("GIT_WORK_TREE", "tree", 1);
	setenv("GIT_INDEX_FILE", "other-index", 1);
	repo = open_at(".");
	unsetenv("GIT_DIR");
	unsetenv("GIT_WORK_TREE");
	unsetenv("GIT_INDEX_FILE");
	assert_below_sandbox(pare_repo_git_dir(repo), "r/.git");
	assert_below_sandbox(pare_repo_worktree(repo), "tree");
	assert_below_sandbox(pare_repo_index_path(repo), "other-index");
	pare_repo_free(repo);
}

static void outside_it_is_gits_message(void **state)
{
	struct pare_repo *repo;

	(void)state;
	assert_int_equal(pare_repo_open(&repo, 0), GIT_ENOTFOUND);
	assert_null(repo);
	assert_string_equal(error_message(), "not a git repository (or any "
			    "of the parent directories): .git");
}

static void a_bare_one_has_no_work_tree(void **state)
{
	struct pare_repo *repo;

	(void)state;
	sh("git init -q --bare r.git && git init -q r");
	repo = open_at("r.git");
	assert_true(repo->is_bare);
	assert_null(pare_repo_worktree(repo));
	assert_below_sandbox(pare_repo_git_dir(repo), "r.git");
	pare_repo_free(repo);
	assert_int_equal(pare_repo_open(&repo, PARE_REPO_NEED_WORKTREE),
			 GIT_EBAREREPO);
	assert_string_equal(error_message(),
			    "this operation must be run in a work tree");
	assert_int_equal(chdir("../r/.git"), 0);
	assert_int_equal(pare_repo_open(&repo, PARE_REPO_NEED_WORKTREE),
			 GIT_EBAREREPO);
}

static void what_libgit2_lacks_is_handed_over(void **state)
{
	struct pare_repo *repo;

	(void)state;
	sh("git init -q --object-format=sha256 r");
	repo = open_at("r");
	assert_ptr_equal(repo->algo, &hash_sha256);
	assert_int_equal(repo_check_format(repo), PARE_EHANDOVER);
	assert_contains(error_message(), "sha256");
	pare_repo_free(repo);
	sh("git init -q ../t && mkdir ../t/.git/reftable");
	repo = open_at("../t");
	assert_int_equal(repo_check_format(repo), PARE_EHANDOVER);
	assert_contains(error_message(), "reftable");
	pare_repo_free(repo);
}

static void config_is_what_git_says(void **state)
{
	struct pare_repo *repo;
	const char *const *values;
	size_t nr;

	(void)state;
	sh("git init -q r && cd r && git config a.B.c one && "
	   "git config --add a.B.c 'two\nlines' && git config core.bare 0 && "
	   "git config n.k 2k && git config n.bad 2kk && "
	   "git config n.big 9223372036854775807g && "
	   "printf '[nov]\\n\\talue\\n\\tempty =\\n' >>.git/config && "
	   "git config --global a.B.c global && git config extra.odd maybe");
	setenv("GIT_CONFIG_COUNT", "1", 1);
	setenv("GIT_CONFIG_KEY_0", "n.env", 1);
	setenv("GIT_CONFIG_VALUE_0", "yes", 1);
	repo = open_at("r");
	assert_int_equal(repo_config_load(repo), 0);
	unsetenv("GIT_CONFIG_COUNT");
	repo_config_get_all(&values, &nr, repo, "A.B.C");
	assert_int_equal(nr, 3);
	assert_string_equal(values[0], "global");
	assert_string_equal(values[1], "one");
	assert_string_equal(values[2], "two\nlines");
	assert_null(pare_repo_config_get(repo, "a.b.c"));
	assert_string_equal(repo_config_get_scope(repo, "a.B.c", "global"),
			    "global");
	assert_null(repo_config_get_scope(repo, "a.B.c", "worktree"));
	assert_string_equal(pare_repo_config_get(repo, "nov.alue"), "");
	assert_true(pare_repo_config_bool(repo, "nov.alue", false));
	assert_false(pare_repo_config_bool(repo, "nov.empty", true));
	assert_true(repo_config_has(repo, "nov.empty"));
	assert_false(repo_config_has(repo, "nov.other"));
	assert_false(pare_repo_config_bool(repo, "core.bare", true));
	assert_true(pare_repo_config_bool(repo, "n.env", false));
	assert_string_equal(repo_config_get_scope(repo, "n.env", "command"),
			    "yes");
	assert_int_equal(repo_config_tristate(repo, "extra.odd", -1), -1);
	assert_int_equal(pare_repo_config_int(repo, "n.k", 0), 2048);
	assert_int_equal(pare_repo_config_int(repo, "n.bad", 7), 7);
	assert_int_equal(pare_repo_config_int(repo, "n.big", 7), 7);
	assert_int_equal(pare_repo_config_int(repo, "n.none", 7), 7);
	pare_repo_free(repo);
}

static int count(const char *key, const char *value, void *ctx)
{
	(void)value;
	assert_int_equal(strncmp(key, "x.", 2), 0);
	++*(int *)ctx;
	return 0;
}

static void setting_is_seen_and_old_values_stay(void **state)
{
	struct pare_repo *repo;
	const char *before;
	int nr = 0;

	(void)state;
	sh("git init -q r && cd r && git config x.y old && "
	   "git config --add x.y older && git config x.z -1");
	repo = open_at("r");
	before = pare_repo_config_get(repo, "x.y");
	assert_int_equal(repo_config_each(repo, "x.", count, &nr), 0);
	assert_int_equal(nr, 3);
	assert_int_equal(repo_config_set_file(repo, ".git/config", "x.y",
					      "-new"), 0);
	assert_string_equal(pare_repo_config_get(repo, "x.y"), "-new");
	assert_string_equal(before, "older");
	assert_string_equal(sh("git config --get-all x.y"), "-new\n");
	assert_int_equal(repo_config_set_file(repo, ".git/config", "x.y",
					      NULL), 0);
	assert_null(pare_repo_config_get(repo, "x.y"));
	assert_int_equal(repo_config_set_file(repo, ".git/config", "x.y",
					      NULL), 0);
	write_file(".git/config.lock", "");
	assert_int_equal(repo_config_set_file(repo, ".git/config", "x.y",
					      "1"), GIT_ELOCKED);
	assert_string_equal(error_message(), "could not lock config file "
			    ".git/config: File exists");
	pare_repo_free(repo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(a_subdirectory_has_a_prefix),
		sandbox_test(a_linked_worktree_has_two_directories),
		sandbox_test(the_environment_is_honoured),
		sandbox_test(outside_it_is_gits_message),
		sandbox_test(a_bare_one_has_no_work_tree),
		sandbox_test(what_libgit2_lacks_is_handed_over),
		sandbox_test(config_is_what_git_says),
		sandbox_test(setting_is_seen_and_old_values_stay),
	};

	return cmocka_run_group_tests_name("repo_repo", tests, NULL, NULL);
}
