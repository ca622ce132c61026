/* SPDX-License-Identifier: MIT */
/*
 * Indexes that git does not make, trees of ten thousand levels, and a file
 * larger than what one likes to have in memory.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "support/hostile.h"
#include "support/whole.h"

/* "r" with files in a, b, c and d; only a is selected. */
static void make_repo(void)
{
	sh("rm -rf r; git init -q r; cd r && for d in a b c d; do mkdir $d; "
	   "echo $d >$d/f; done && git add . && git commit -qm x && "
	   "git commit -q --allow-empty -m y && git sparse-checkout set a && "
	   "echo own >../beside");
}

/* What is `from` in the index becomes `to`. */
static void patch_bytes(const char *from, const char *to, size_t len)
{
	struct strbuf index = STRBUF_INIT;
	char *at;

	assert_int_equal(strbuf_read_file(&index, "r/.git/index", 1 << 20), 0);
	at = memmem(index.buf, index.len, from, len);
	assert_non_null(at);
	memcpy(at, to, len);
	hostile_write_index(&index);
	strbuf_release(&index);
}

static void patch_index(const char *from, const char *to)
{
	patch_bytes(from, to, strlen(from));
}

/* `command` changes nothing; if it has to look at the index it says no. */
static void assert_harmless(const char *what, const char *command, bool refused)
{
	struct whole before = WHOLE_INIT, after = WHOLE_INIT;
	struct result r;

	whole_take(&before, "r");
	r = hostile_run(what, command);
	whole_take(&after, "r");
	if ((refused && r.rc != 128) || !whole_equal(&before, &after) ||
	    after.left.nr) {
		print_error("%s: %s: exit code %d\n%s", what, command, r.rc,
			    r.out);
		whole_show(&before, &after);
		fail();
	}
	assert_text(sh("ls; cat beside"), "beside\nr\nown\n");
	whole_release(&before);
	whole_release(&after);
}

static void an_index_out_of_order_is_refused(void **state)
{
	static const char *const cases[][2] = {
		{ "b/f", "d/f" }, /* before what it would be behind */
		{ "c/f", "b/f" }, /* twice */
		{ "b/f", "a/f" }, /* twice, once to be skipped */
		{ "c/f", "b/!" }, /* under another, before it */
	};
	static const char *const commands[] = {
		"git sparse disable", "git sparse set b", "git sparse add b",
		"git sparse set --sparse-index b", "git sparse set --no-cone b",
	};
	static const char *const readers[] = {
		"git sparse status", "git sparse doctor", "git sparse why b/f",
		"git sparse list", "git sparse clean -n", "git sparse profiles",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		make_repo();
		sh("cd r && git update-index --index-version %d",
		   i % 2 ? 2 : 4);
		patch_index(cases[i][0], cases[i][1]);
		for (size_t k = 0; k < ARRAY_SIZE(commands); k++)
			assert_harmless(cases[i][1], commands[k], true);
		for (size_t k = 0; k < ARRAY_SIZE(readers); k++)
			assert_harmless(cases[i][1], readers[k], false);
	}
}

/* A link, and files in the directory it leads to. */
static void an_entry_below_a_link_is_not_written_through_it(void **state)
{
	static const char *const commands[] = {
		"git sparse disable", "git sparse set lnk", "git sparse add lnk",
		"git sparse set --no-cone '/*'",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		make_repo();
		sh("mkdir -p out && cd r && { printf '120000 %%s\tlnk\n' "
		   "$(printf ../out | git hash-object -w --stdin); "
		   "printf '100644 %%s\tlnl/pwned\n' $(git rev-parse :b/f); "
		   "} | git update-index --index-info && "
		   "git update-index --skip-worktree lnk lnl/pwned");
		patch_index("lnl/pwned", "lnk/pwned");
		hostile_run("below a link", commands[i]);
		assert_text(sh("ls out; cat beside"), "own\n");
		assert_text(sh("find r/.git -name '*.lock'"), "");
		sh("rmdir out");
	}
}

/* On the branch $1, which begins at $2, a commit of $3 in the file $4 ten thousand levels down. */
#define DEEP                                                                  \
	"path=$(head -c 20000 /dev/zero | sed 's#\\x00\\x00#d/#g')\n"         \
	"deep() { printf 'commit refs/heads/%%s\ncommitter A <a@x> 0 +0000\n"  \
	"data 5\ndeep\n\nfrom refs/heads/%%s\nM 100644 inline %%s\ndata 2"  \
	"\n%%s\n\n' $1 $2 $path$4 $3; }\n"

/* The three versions of the deepest tree differ: all levels are merged. */
static void deep_trees_are_merged_or_refused(void **state)
{
	struct result r;

	(void)state;
	make_repo();
	sh("cd r && " DEEP "{ deep one main^0 1 f; deep two one 1 g; "
	   "deep main two 2 f; } | git fast-import --quiet --force && "
	   "printf 'pick HEAD\npick HEAD~1\n' >../plan");
	/* Where git is asked it has no stack for so many levels. */
	r = hostile_run("merge", "git squash-last --plan ../plan 2");
	assert_true(!r.rc || strstr(r.out, "fatal: commit "));
	r = hostile_run("fold", "git squash-last -m x 2");
	assert_int_equal(r.rc, 0);
	r = hostile_run("reword", "git reword -m x HEAD~1");
	assert_int_equal(r.rc, 0);
	assert_text(sh("find r/.git -name '*.lock'; cat beside"), "own\n");
}

/* A sparse directory of the index is opened, level by level. */
static void a_deep_sparse_directory_is_refused(void **state)
{
	static const char *const commands[] = {
		"git sparse disable", "git sparse set d", "git sparse add d",
		"git sparse set --no-sparse-index a", "git sparse status",
		"git sparse set --no-cone '/*' '!/c/'", "git sparse why d/d/f",
		"git sparse doctor", "git sparse clean -n",
	};
	char was[64], is[64];
	struct oid oid;

	(void)state;
	make_repo();
	sh("cd r && git sparse-checkout set --sparse-index a && " DEEP
	   "deep one main^0 1 f | git fast-import --quiet --force");
	oid_parse(&oid, sh("git -C r rev-parse HEAD:d"), &hash_sha1);
	memcpy(was, oid.hash, hash_sha1.raw_size);
	oid_parse(&oid, sh("git -C r rev-parse one:d"), &hash_sha1);
	memcpy(is, oid.hash, hash_sha1.raw_size);
	patch_bytes(was, is, hash_sha1.raw_size);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		assert_harmless("deep", commands[i], i < 4);
}

/* Git's limit between what is read whole and what is passed on in pieces. */
static void a_huge_file_is_not_held_in_memory(void **state)
{
	static const char script[] =
		"cd r && git config core.bigFileThreshold %s && "
		LIMIT_MEMORY_KIB(120000) " && git sparse add b";
	struct result r;

	(void)state;
	if (!strcmp(LIMIT_MEMORY_KIB(1), "true"))
		skip();
	sh("git init -q r && cd r && { printf 'blob\nmark :1\ndata 134217728\n'; "
	   "head -c 134217728 /dev/zero; printf '\ncommit refs/heads/main\n"
	   "committer A <a@x> 0 +0000\ndata 1\nx\nM 100644 :1 b/huge\n"
	   "M 100644 inline a/f\ndata 1\nx\n'; } | git -c core.compression=1 "
	   "-c core.bigFileThreshold=1m -c fastimport.unpackLimit=1 "
	   "fast-import --quiet && "
	   "git sparse-checkout set a && git reset -q --hard");
	r = sh_try(script, "1g");
	assert_rc(r, 254);
	assert_contains(r.err, "fatal: 1 file could not be written\n");
	assert_text(sh("cd r && ls; git ls-files -t; find .git -name '*.lock'"),
		    "a\nH a/f\nS b/huge\n");
	assert_rc(sh_try(script, "16m"), 0);
	assert_text(sh("cd r && stat -c %%s b/huge && git status --porcelain "
		       "&& git sparse remove b && ls"), "134217728\na\n");
}

/* A loose one comes in pieces, as with git, however large that takes "large"
 * to be. */
static void a_huge_loose_file_comes_in_pieces(void **state)
{
	(void)state;
	if (!strcmp(LIMIT_MEMORY_KIB(1), "true"))
		skip();
	sh("git init -q r && cd r && git config core.compression 1 && "
	   "mkdir a b && echo x >a/f && head -c 134217728 /dev/zero >b/huge && "
	   "git add . && git commit -qm x && git count-objects | grep -q ^6 && "
	   "git sparse-checkout set a && " LIMIT_MEMORY_KIB(120000) " && "
	   "git sparse add b");
	assert_text(sh("cd r && stat -c %%s b/huge && "
		       "cmp -n 134217728 b/huge /dev/zero && "
		       "git status --porcelain"), "134217728\n");
}

/* Those in a pack: four threads, and memory for one and a half. */
static void huge_files_are_written_one_at_a_time(void **state)
{
	(void)state;
	if (!strcmp(LIMIT_MEMORY_KIB(1), "true"))
		skip();
	sh("git init -q r && cd r && { printf 'blob\nmark :1\ndata 67108864\n'; "
	   "head -c 67108864 /dev/zero; printf '\ncommit refs/heads/main\n"
	   "committer A <a@x> 0 +0000\ndata 1\nx\nM 100644 inline a/f\n"
	   "data 1\nx\n'; for d in b c d e; do printf 'M 100644 :1 '$d/0'\n'; "
	   "for i in $(seq 110); do printf \"M 100644 inline $d/$i\n"
	   "data 1\nx\n\"; done; done; } | git -c core.compression=1 "
	   "-c core.bigFileThreshold=1m fast-import --quiet && "
	   "git sparse-checkout set a && git reset -q --hard && "
	   "git config checkout.workers 4");
	sh("cd r && " LIMIT_MEMORY_KIB(180000) " && git sparse add b c d e");
	assert_text(sh("cd r && stat -c %%s ?/0 && git status --porcelain"),
		    "67108864\n67108864\n67108864\n67108864\n");
}

/* As after a loss of power: libgit2 would wait for the rest for ever. */
static void a_loose_object_that_was_cut_short_is_an_error(void **state)
{
	static const char *const cases[][2] = {
		{ "HEAD:b/f", "git sparse add b" },
		{ "HEAD~1", "git squash-last -m x 2" },
		{ "HEAD~1:", "printf 'drop HEAD~1\npick HEAD\n' | "
			     "git squash-last --plan - 2" },
	};
	int size;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		make_repo();
		sh("cd r && o=$(git rev-parse %s | sed 's|..|&/|') && "
		   "f=.git/objects/$o && chmod u+w $f && cp $f ../whole && "
		   "echo $f >../name", cases[i][0]);
		size = atoi(sh("wc -c <whole"));
		for (int len = 0; len < size; len += 1 + len / 2) {
			struct result r;

			sh("cd r && head -c %d ../whole >$(cat ../name)", len);
			r = sh_try("cd r && timeout 60 sh -c \"%s\"",
				   cases[i][1]);
			assert_rc(r, i ? 128 : 254);
		}
		sh("cd r && cp ../whole $(cat ../name)");
		assert_fsck("r");
	}
}

/* One that is another repository's, which the clone only borrows. */
static void nor_is_the_rest_of_a_borrowed_one_waited_for(void **state)
{
	static const char *const borrow[] = {
		"git clone -q --shared r s && cd s",
		"git clone -q --shared r t && git clone -q --shared t s && cd s",
		"git clone -q --shared r s && cd s && export "
		"GIT_ALTERNATE_OBJECT_DIRECTORIES=$PWD/../r/.git/objects && "
		"rm .git/objects/info/alternates",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(borrow); i++) {
		make_repo();
		sh("cd r && git sparse-checkout disable && seq 3000 >b/f && "
		   "git commit -qam big");
		assert_rc(sh_try("rm -rf s t; %s && git sparse set a && "
				 "f=../r/.git/objects/$(git rev-parse HEAD:b/f "
				 "| sed 's|..|&/|') && chmod u+w $f && "
				 "head -c 999 $f >../whole && cp ../whole $f && "
				 "timeout 60 git sparse add b", borrow[i]),
			  254);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(an_index_out_of_order_is_refused),
		sandbox_test(an_entry_below_a_link_is_not_written_through_it),
		sandbox_test(deep_trees_are_merged_or_refused),
		sandbox_test(a_deep_sparse_directory_is_refused),
		sandbox_test(a_loose_object_that_was_cut_short_is_an_error),
		sandbox_test(nor_is_the_rest_of_a_borrowed_one_waited_for),
		sandbox_test(a_huge_file_is_not_held_in_memory),
		sandbox_test(a_huge_loose_file_comes_in_pieces),
		sandbox_test(huge_files_are_written_one_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
