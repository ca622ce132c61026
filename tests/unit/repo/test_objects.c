/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "repo/commit.h"
#include "repo/merge_file.h"
#include "repo/odb.h"
#include "repo/tree.h"
#include "repo/tree_diff.h"
#include "support/sandbox.h"

static struct pare_repo *repo;
static struct odb *odb;

static void open_here(void)
{
	assert_int_equal(pare_repo_open(&repo, 0), 0);
	assert_int_equal(repo_odb(&odb, repo), 0);
}

static struct oid named(const char *rev)
{
	struct oid oid;

	assert_int_equal(repo_resolve(&oid, repo, rev, "object"), 0);
	return oid;
}

static void what_is_written_is_read(void **state)
{
	static const char content[] = "a\0b\n";
	struct odb_object object;
	enum object_type type;
	struct oid oid, absent;
	size_t size;

	(void)state;
	sh("git init -q .");
	open_here();
	assert_int_equal(odb_write(&oid, odb, OBJ_BLOB, content, 4), 0);
	assert_string_equal(sh("git cat-file -t %s",
			       oid_hex(&oid, repo->algo)), "blob\n");
	assert_int_equal(odb_read(&object, odb, &oid), 0);
	assert_int_equal(object.len, 4);
	assert_memory_equal(object.data, content, 5);
	odb_object_release(&object);
	odb_object_release(&object);
	assert_int_equal(odb_read_header(&type, &size, odb, &oid), 0);
	assert_int_equal(type, OBJ_BLOB);
	assert_int_equal(size, 4);
	assert_int_equal(odb_read_type(&object, odb, &oid, OBJ_TREE),
			 GIT_EINVALID);
	assert_contains(error_message(), "is a blob, not a tree");
	memset(&absent, 0, sizeof(absent));
	absent.hash[0] = 1;
	assert_false(odb_has(odb, &absent));
	assert_true(odb_has(odb, &oid));
	assert_int_equal(odb_read(&object, odb, &absent), GIT_ENOTFOUND);
	assert_string_equal(error_message(), "object 0100000000000000000000000"
			    "000000000000000 is missing");
	pare_repo_free(repo);
}

static void alternates_are_read(void **state)
{
	struct oid oid;

	(void)state;
	sh("git init -q a && git init -q b && cd a && echo x >f && "
	   "git hash-object -w f >../oid");
	assert_int_equal(chdir("b"), 0);
	setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES",
	       "/nowhere:\"../a/.git/\\157bjects\"", 1);
	open_here();
	unsetenv("GIT_ALTERNATE_OBJECT_DIRECTORIES");
	assert_int_equal(oid_parse(&oid, read_file("../oid"), repo->algo), 0);
	assert_true(odb_has(odb, &oid));
	pare_repo_free(repo);
}

static int collect(const char *path, const struct tree_entry *entry, void *ctx)
{
	strbuf_addf(ctx, "%o %s\n", (unsigned)entry->mode, path);
	return !strcmp(path, "skip/");
}

static void trees_are_walked_and_looked_up(void **state)
{
	struct strbuf seen = STRBUF_INIT;
	struct oid tree, oid;
	uint32_t mode;

	(void)state;
	sh("git init -q . && mkdir -p d/e skip && echo 1 >d/e/f && "
	   "echo 2 >d.x && echo 3 >skip/no && ln -s d l && "
	   "git add d d.x skip l && git commit -qm x");
	open_here();
	assert_int_equal(repo_head_tree(&tree, repo), 0);
	assert_int_equal(tree_walk(odb, repo->algo, &tree, collect, &seen), 0);
	assert_string_equal(seen.buf, "100644 d.x\n40000 d/\n40000 d/e/\n"
			    "100644 d/e/f\n120000 l\n40000 skip/\n");
	assert_int_equal(tree_lookup(&oid, &mode, odb, repo->algo, &tree,
				     "d/e/f"), 0);
	assert_int_equal(mode, 0100644);
	assert_int_equal(tree_lookup(&oid, &mode, odb, repo->algo, &tree, ""),
			 0);
	assert_true(oid_equal(&oid, &tree));
	assert_int_equal(tree_lookup(&oid, &mode, odb, repo->algo, &tree,
				     "d/e/f/g"), GIT_ENOTFOUND);
	assert_int_equal(tree_lookup(&oid, &mode, odb, repo->algo, &tree,
				     "d/x"), GIT_ENOTFOUND);
	strbuf_release(&seen);
	pare_repo_free(repo);
}

static void a_directory_sorts_with_its_slash(void **state)
{
	static const struct {
		const char *a;
		uint32_t a_mode;
		const char *b;
		uint32_t b_mode;
		int sign;
	} cases[] = {
		{ "d", 040000, "d.x", 0100644, 1 },
		{ "d", 0100644, "d.x", 0100644, -1 },
		{ "d", 040000, "d0", 0100644, -1 },
		{ "d", 040000, "d", 0100644, 1 },
		{ "d", 040000, "d", 040000, 0 },
		{ "\xff", 0100644, "a", 0100644, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int cmp = tree_entry_cmp(cases[i].a, strlen(cases[i].a),
					 cases[i].a_mode, cases[i].b,
					 strlen(cases[i].b), cases[i].b_mode);

		assert_int_equal((cmp > 0) - (cmp < 0), cases[i].sign);
	}
}

/* Every truncation of a tree is refused but those between entries. */
static void truncated_trees_are_refused(void **state)
{
	struct strbuf tree = STRBUF_INIT;
	struct oid oid = { { 1, 2, 3 } };
	size_t first;

	(void)state;
	tree_add_entry(&tree, 0100664, "a", 1, &oid, &hash_sha1);
	first = tree.len;
	tree_add_entry(&tree, 0040000, "bb", 2, &oid, &hash_sha1);
	for (size_t len = 0; len <= tree.len; len++) {
		char *copy = xmalloc(len + 1);
		struct tree_entry entry;
		struct tree_iter iter;
		int result, expected;

		memcpy(copy, tree.buf, len);
		tree_iter_init(&iter, copy, len, &hash_sha1);
		while ((result = tree_iter_next(&entry, &iter)) > 0)
			assert_true(entry.mode == 0100664 ||
				    mode_is_tree(entry.mode));
		expected = !len || len == first || len == tree.len ?
			0 : GIT_EINVALID;
		assert_int_equal(result, expected);
		free(copy);
	}
	strbuf_release(&tree);
}

static void odd_tree_entries_are_refused(void **state)
{
	static const char *const bad[] = {
		" a", "x a", "100644", "100644  ", "12345670 a", "100648 a",
		"100644 a/b", "-1 a", "40000 ",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct strbuf tree = STRBUF_INIT;
		struct tree_entry entry;
		struct tree_iter iter;

		strbuf_add(&tree, bad[i], strlen(bad[i]) + 1);
		if (strcmp(bad[i], "100644  "))
			strbuf_add(&tree, "01234567890123456789", 20);
		tree_iter_init(&iter, tree.buf, tree.len, &hash_sha1);
		assert_int_equal(tree_iter_next(&entry, &iter), GIT_EINVALID);
		strbuf_release(&tree);
	}
}

#define TREE "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
#define PARENT "0123456789012345678901234567890123456789"

static struct oid store(const char *raw, size_t len)
{
	struct oid oid;

	assert_int_equal(odb_write(&oid, odb, OBJ_COMMIT, raw, len), 0);
	return oid;
}

static void assert_bytes(const char *data, size_t len, const char *expected)
{
	assert_int_equal(len, strlen(expected));
	assert_memory_equal(data, expected, len);
}

static void odd_commits_keep_their_bytes(void **state)
{
	static const char raw[] =
		"tree " TREE "\nparent " PARENT "\nparent " TREE "\n"
		"author  <> 0 +051800\ncommitter N. <n@x> -5 -0000\n"
		"HG:extra x\n folded\nencoding ISO-8859-1\n"
		"gpgsig -----BEGIN\n \n -----END\nmergetag object x\n y\n"
		"last \xe4\n\nsub\0ject\n";
	struct commit commit;
	struct oid oid;

	(void)state;
	sh("git init -q .");
	open_here();
	oid = store(raw, sizeof(raw) - 1);
	assert_int_equal(commit_read(&commit, repo, &oid), 0);
	assert_int_equal(commit.nr_parents, 2);
	assert_bytes(commit.author, commit.author_len, " <> 0 +051800");
	assert_bytes(commit.committer, commit.committer_len,
		     "N. <n@x> -5 -0000");
	assert_bytes(commit.encoding, commit.encoding_len, "ISO-8859-1");
	assert_bytes(commit.extra, commit.extra_len,
		     "HG:extra x\n folded\nlast \xe4\n");
	assert_true(commit.is_signed);
	assert_int_equal(commit.message_len, 9);
	assert_memory_equal(commit.message, "sub\0ject\n", 9);
	commit_release(&commit);
	commit_release(&commit);
	pare_repo_free(repo);
}

static void a_draft_makes_the_same_commit(void **state)
{
	struct strbuf raw = STRBUF_INIT;
	struct commit commit;
	struct oid oid, again;

	(void)state;
	sh("git init -q . && git commit -q --allow-empty -m one && "
	   "git -c i18n.commitEncoding=ISO-8859-1 commit -q --allow-empty "
	   "-m 'two \xe4\n\nbody'");
	open_here();
	oid = named("HEAD");
	assert_int_equal(commit_read(&commit, repo, &oid), 0);
	commit_format(&raw, &(struct commit_draft){
		.tree = commit.tree,
		.parent = commit.parent, .nr_parents = commit.nr_parents,
		.author = commit.author, .author_len = commit.author_len,
		.committer = commit.committer,
		.committer_len = commit.committer_len,
		.encoding = commit.encoding,
		.encoding_len = commit.encoding_len,
		.extra = commit.extra, .extra_len = commit.extra_len,
		.message = commit.message, .message_len = commit.message_len,
	}, repo->algo);
	hash_object(&again, repo->algo, "commit", raw.buf, raw.len);
	assert_true(oid_equal(&oid, &again));
	commit_release(&commit);
	strbuf_release(&raw);
	pare_repo_free(repo);
}

/* Any truncation is read or refused, never more than that. */
static void truncated_commits_are_safe(void **state)
{
	static const char raw[] =
		"tree " TREE "\nparent " PARENT "\nauthor a <b> 1 +0000\n"
		"committer a <b> 1 +0000\ngpgsig x\n y\n\nm\n";
	size_t needed = (size_t)(strstr(raw, "committer a") - raw) +
			strlen("committer ");

	(void)state;
	sh("git init -q .");
	open_here();
	for (size_t len = 0; len < sizeof(raw); len++) {
		struct oid oid = store(raw, len);
		struct commit commit;
		int error = commit_read(&commit, repo, &oid);

		assert_int_equal(error, len < needed ? GIT_EINVALID : 0);
		commit_release(&commit);
	}
	pare_repo_free(repo);
}

static void revisions_are_resolved(void **state)
{
	struct oid oid, head;

	(void)state;
	sh("git init -q . && echo 1 >f && git add f && git commit -qm one && "
	   "git commit -q --allow-empty -m two && git tag -m t v1");
	open_here();
	head = named("HEAD");
	assert_int_equal(repo_resolve(&oid, repo, "v1", "commit"), 0);
	assert_true(oid_equal(&oid, &head));
	assert_int_equal(repo_resolve(&oid, repo, oid_hex(&head, repo->algo),
				      "commit"), 0);
	assert_true(oid_equal(&oid, &head));
	assert_int_equal(repo_resolve(&oid, repo, oid_hex(&head, repo->algo),
				      "tree"), 0);
	assert_int_equal(repo_head_tree(&head, repo), 0);
	assert_true(oid_equal(&oid, &head));
	assert_int_equal(repo_resolve(&oid, repo, "HEAD:f", "commit"),
			 GIT_ENOTFOUND);
	assert_int_equal(repo_resolve(&oid, repo, "--all", "commit"),
			 GIT_ENOTFOUND);
	assert_int_equal(repo_resolve(&oid, repo, "nothing", "commit"),
			 GIT_ENOTFOUND);
	assert_string_equal(error_message(), "bad revision 'nothing'");
	assert_int_equal(repo_resolve(&oid, repo, "0123456789012345678901234"
				      "567890123456789", "commit"),
			 GIT_ENOTFOUND);
	pare_repo_free(repo);
}

static void missing_objects_come_in_one_fetch(void **state)
{
	struct oid oid[3];

	(void)state;
	sh("git init -q src && cd src && git config uploadpack.allowFilter 1 "
	   "&& git config uploadpack.allowAnySHA1InWant 1 && "
	   "for i in 1 2 3; do echo $i >f$i; done && git add . && "
	   "git commit -qm x && cd .. && git clone -q --no-checkout "
	   "--filter=blob:none \"file://$PWD/src\" part");
	assert_int_equal(chdir("part"), 0);
	open_here();
	assert_true(repo_has_promisor(repo));
	for (int i = 0; i < 3; i++) {
		const char *hex = sh("git -C ../src rev-parse HEAD:f%d",
				     i + 1);

		assert_int_equal(oid_parse(&oid[i], hex, repo->algo), 0);
		assert_false(odb_has(odb, &oid[i]));
	}
	assert_int_equal(repo_fetch_missing(repo, oid, 3, NULL), 0);
	for (int i = 0; i < 3; i++)
		assert_true(odb_has(odb, &oid[i]));
	assert_string_equal(sh("ls .git/objects/pack/*.promisor | wc -l | "
			       "tr -d ' '"), "2\n");
	assert_int_equal(access(".git/FETCH_HEAD", F_OK), -1);
	/* What is here is not asked for: the remote may be gone. */
	sh("mv ../src ../gone");
	assert_int_equal(repo_fetch_missing(repo, oid, 3, NULL), 0);
	oid[0].hash[0] ^= 1;
	assert_int_equal(repo_fetch_missing(repo, oid, 3, NULL), GIT_ERROR);
	assert_contains(error_message(), "from 'origin'");
	pare_repo_free(repo);
}

static void without_a_promisor_missing_is_missing(void **state)
{
	struct oid oid = { { 1 } };

	(void)state;
	sh("git init -q .");
	open_here();
	assert_false(repo_has_promisor(repo));
	assert_int_equal(repo_fetch_missing(repo, &oid, 1, NULL),
			 GIT_ENOTFOUND);
	assert_contains(error_message(), "is missing");
	pare_repo_free(repo);
}

static int merge(struct strbuf *out, const char *base, const char *ours,
		 const char *theirs, enum merge_favor favor)
{
	return merge_file(out, base, strlen(base), ours, strlen(ours), theirs,
			  strlen(theirs), favor);
}

static void files_are_merged(void **state)
{
	struct strbuf out = STRBUF_INIT;

	(void)state;
	assert_int_equal(merge(&out, "1\n2\n3\n4\n5\n", "x\n2\n3\n4\n5\n",
			       "1\n2\n3\n4\ny\n", MERGE_NORMAL), 0);
	assert_string_equal(out.buf, "x\n2\n3\n4\ny\n");
	strbuf_reset(&out);
	assert_int_equal(merge(&out, "1\n", "x\n", "y\n", MERGE_NORMAL), 1);
	strbuf_reset(&out);
	assert_int_equal(merge(&out, "1\n", "x\n", "y\n", MERGE_UNION), 0);
	assert_string_equal(out.buf, "x\ny\n");
	strbuf_reset(&out);
	assert_int_equal(merge(&out, "", "", "", MERGE_NORMAL), 0);
	assert_int_equal(out.len, 0);
	strbuf_release(&out);
}

static int note_difference(const char *path, size_t len,
			   const struct tree_entry *from,
			   const struct tree_entry *to, void *ctx)
{
	assert_int_equal(strlen(path), len);
	strbuf_addf(ctx, "%c%c %s\n", from ? '-' : ' ', to ? '+' : ' ', path);
	return !strcmp(path, "all/");
}

static void trees_differ_where_they_do(void **state)
{
	struct strbuf lines = STRBUF_INIT;
	struct oid from, to, odd;
	static const char bad[] = "100644 b\0aaaaaaaaaaaaaaaaaaaa"
				  "100644 a\0aaaaaaaaaaaaaaaaaaaa";

	(void)state;
	sh("git init -q . && mkdir -p all d same a && touch all/1 d/x same/1 "
	   "a/b a-c && git add . && git write-tree >from && git rm -qf a/b all/1"
	   " && echo >a && echo >d/x && mkdir n && echo >n/n && git add a d n "
	   "&& git write-tree >to");
	open_here();
	assert_int_equal(oid_parse(&from, read_file("from"), repo->algo), 0);
	assert_int_equal(oid_parse(&to, read_file("to"), repo->algo), 0);
	assert_int_equal(tree_diff(odb, repo->algo, &from, &from,
				   note_difference, &lines), 0);
	assert_int_equal(lines.len, 0);
	assert_int_equal(tree_diff(odb, repo->algo, &from, &to,
				   note_difference, &lines), 0);
	assert_text(lines.buf, " + a\n-  a/\n-  a/b\n-  all/\n-+ d/\n"
			       "-+ d/x\n + n/\n + n/n\n");
	assert_int_equal(odb_write(&odd, odb, OBJ_TREE, bad, sizeof(bad) - 1),
			 0);
	assert_int_equal(tree_diff(odb, repo->algo, &from, &odd,
				   note_difference, &lines), GIT_EINVALID);
	strbuf_release(&lines);
	pare_repo_free(repo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(what_is_written_is_read),
		sandbox_test(alternates_are_read),
		sandbox_test(trees_are_walked_and_looked_up),
		cmocka_unit_test(a_directory_sorts_with_its_slash),
		cmocka_unit_test(truncated_trees_are_refused),
		cmocka_unit_test(odd_tree_entries_are_refused),
		sandbox_test(odd_commits_keep_their_bytes),
		sandbox_test(a_draft_makes_the_same_commit),
		sandbox_test(truncated_commits_are_safe),
		sandbox_test(revisions_are_resolved),
		sandbox_test(missing_objects_come_in_one_fetch),
		sandbox_test(without_a_promisor_missing_is_missing),
		cmocka_unit_test(files_are_merged),
		sandbox_test(trees_differ_where_they_do),
	};

	return cmocka_run_group_tests_name("repo_objects", tests, NULL, NULL);
}
