/* SPDX-License-Identifier: MIT */
/*
 * Names that lead out of the work tree, or into .git on some file system, in
 * trees, profiles, pattern files and on the command line; and what is far too
 * deep or too large.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "support/hostile.h"
#include "support/whole.h"

/* "r" with a/f and b/f, narrowed to a; nothing else but "beside". */
static void make_repo(void)
{
	sh("rm -rf r; git init -q r && cd r && mkdir a b && echo x >a/f && "
	   "echo x >b/f && git add . && git commit -qm x && "
	   "git sparse-checkout set a && echo own >../beside");
}

static void assert_nothing_beside(const char *what)
{
	struct result r = sh_try("ls; cat beside; find r -name f | "
				 "LC_ALL=C sort");

	if (strcmp(r.out, "beside\nr\nown\nr/a/f\n"))
		print_error("%s:\n%s\n", what, r.out);
	assert_text(r.out, "beside\nr\nown\nr/a/f\n");
}

static void assert_refused(const char *name, const char *command)
{
	struct result r = hostile_run(name, command);

	if (r.rc != 128)
		print_error("%s: %s\n%s\n", name, command, r.out);
	assert_int_equal(r.rc, 128);
	assert_contains(r.out, "fatal: ");
}

/* A commit of a/f and <name>/f as the branch x. */
static void commit_name(const char *name)
{
	setenv("name", name, 1);
	sh("cd r && t=$(git rev-parse HEAD:a) && "
	   "printf '040000 tree %%s\ta\n040000 tree %%s\t%%s\n' "
	   "$t $t \"$name\" | git mktree | xargs git commit-tree -m x | "
	   "xargs git update-ref refs/heads/x");
}

/* Trees that come with a fetch are read for the first checkout. */
static void in_trees_they_are_refused(void **state)
{
	(void)state;
	make_repo();
	for (size_t i = 0; i < hostile_names_nr; i++) {
		const char *name = hostile_names[i];

		commit_name(name);
		assert_refused(name, "git sparse worktree add --dir a ../wt x");
		sh("rm -rf wt; git -C r worktree prune");
		assert_nothing_beside(name);
	}
}

/* A sparse directory of the index is opened like any tree. */
static void behind_a_sparse_directory_they_are_refused(void **state)
{
	struct strbuf index = STRBUF_INIT;
	struct oid was, is;
	char *at;

	(void)state;
	make_repo();
	sh("cd r && git sparse-checkout set --sparse-index a");
	assert_int_equal(strbuf_read_file(&index, "r/.git/index", 1 << 20), 0);
	oid_parse(&was, sh("git -C r rev-parse HEAD:b"), &hash_sha1);
	at = memmem(index.buf, index.len, was.hash, hash_sha1.raw_size);
	assert_non_null(at);
	for (size_t i = 0; i < hostile_names_nr; i++) {
		const char *name = hostile_names[i];

		commit_name(name);
		oid_parse(&is, sh("git -C r rev-parse x^{tree}"), &hash_sha1);
		memcpy(at, is.hash, hash_sha1.raw_size);
		hostile_write_index(&index);
		assert_refused(name, "git sparse disable");
		assert_nothing_beside(name);
	}
	strbuf_release(&index);
}

/* In a profile they are a fault with its line; nothing is changed. */
static void in_profiles_they_are_faults(void **state)
{
	struct whole before = WHOLE_INIT, after = WHOLE_INIT;

	(void)state;
	make_repo();
	for (size_t i = 0; i < hostile_names_nr; i++) {
		const char *name = hostile_names[i];
		struct strbuf text = STRBUF_INIT;

		if (!strcmp(name, "."))
			continue; /* the root */
		strbuf_addf(&text, "[profile \"p\"]\ndirs = a\n  %s/x\n",
			    name);
		write_file("r/.gitpare", text.buf);
		strbuf_release(&text);
		whole_take(&before, "r");
		assert_refused(name, "git sparse set --profile p");
		assert_contains(hostile_run(name, "git sparse lint").out,
				".gitpare:3: ");
		whole_take(&after, "r");
		assert_true(whole_equal(&before, &after));
		whole_release(&before);
		whole_release(&after);
		assert_nothing_beside(name);
	}
}

/* "<before><name><after>" of all of them. */
static void add_names(struct strbuf *out, const char *before,
		      const char *after)
{
	for (size_t i = 0; i < hostile_names_nr; i++)
		strbuf_addf(out, "%s%s%s", before, hostile_names[i], after);
}

/* As patterns they match nothing; what they say is never a path to go to. */
static void as_patterns_they_lead_nowhere(void **state)
{
	static const char *const forms[][2] = {
		{ "/", "/\n" }, { "/../", "/\n" }, { "!/", "/\n" },
		{ "/", "/**\n" }, { "/tmp/", "\n" },
	};

	(void)state;
	make_repo();
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct strbuf text = STRBUF_INIT;

		strbuf_addstr(&text, "/*\n!/*/\n/a/\n");
		add_names(&text, forms[i][0], forms[i][1]);
		write_file("r/.git/info/sparse-checkout", text.buf);
		strbuf_release(&text);
		hostile_run(forms[i][0],
			    "sh -c 'git sparse reapply; git sparse list; "
			    "git sparse status; git sparse doctor; "
			    "git sparse clean -f'");
		assert_nothing_beside(forms[i][0]);
	}
}

static void on_the_command_line_they_lead_nowhere(void **state)
{
	struct strbuf lines = STRBUF_INIT;

	(void)state;
	make_repo();
	add_names(&lines, "", "\n");
	add_names(&lines, "x/", "/y\n");
	add_names(&lines, "/", "\n");
	write_file("lines", lines.buf);
	strbuf_release(&lines);
	hostile_run("arguments",
		    "sh -c 'while IFS= read -r n; do git sparse set \"$n\" a; "
		    "done <../lines; git sparse set --cone a'");
	hostile_run("lines",
		    "sh -c 'git sparse add --stdin <../lines; "
		    "git sparse set --no-cone --stdin <../lines; "
		    "git sparse check-rules <../lines; "
		    "git sparse set --cone a'");
	sh("rm lines");
	assert_nothing_beside("lines");
}

/* git makes no such link either: it would be followed later on. */
static void a_link_as_gitmodules_is_refused(void **state)
{
	static const char *const names[] = {
		".gitmodules", ".GITMODULES", "gitmod~1", ".gitmodules .",
	};

	(void)state;
	make_repo();
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		setenv("name", names[i], 1);
		sh("cd r && b=$(printf ../beside | git hash-object -w --stdin) "
		   "&& printf '120000 blob %%s\t%%s\n' $b \"$name\" | "
		   "git mktree | xargs git commit-tree -m x | "
		   "xargs git update-ref refs/heads/x");
		hostile_run(names[i], "git sparse worktree add --dir a ../wt x");
		assert_text(sh("find wt -type l 2>/dev/null || :"), "");
		sh("rm -rf wt; git -C r worktree prune");
		assert_nothing_beside(names[i]);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(in_trees_they_are_refused),
		sandbox_test(behind_a_sparse_directory_they_are_refused),
		sandbox_test(in_profiles_they_are_faults),
		sandbox_test(as_patterns_they_lead_nowhere),
		sandbox_test(on_the_command_line_they_lead_nowhere),
		sandbox_test(a_link_as_gitmodules_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
