/* SPDX-License-Identifier: MIT */
/*
 * A random repository: attributes, ignore files, links, odd modes, names that
 * must be quoted, submodules that are checked out and others that are not.
 * Files are written here and git is run once, as processes are what costs.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/quote.h"
#include "base/strbuf.h"
#include "support/random_sparse.h"
#include "support/sandbox.h"

/* Names that sort, quote and escape in unlike ways. */
static const char *const names[] = {
	"a", "a-b", "a.b", "ab", "b c", "d", "$x", "\303\251", "-m", "#n",
	"B", "x'y", "\\w",
};

void random_dir(struct strbuf *path)
{
	for (unsigned depth = 1 + random_pick(3); depth; depth--) {
		strbuf_addstr(path, names[random_pick(ARRAY_SIZE(names))]);
		if (depth > 1)
			strbuf_addch(path, '/');
	}
}

/* As it stands between the double quotes of a shell. */
void random_quoted_dir(struct strbuf *out)
{
	struct strbuf dir = STRBUF_INIT;

	random_dir(&dir);
	for (size_t i = 0; i < dir.len; i++) {
		if (strchr("\\$", dir.buf[i]))
			strbuf_addch(out, '\\');
		strbuf_addch(out, dir.buf[i]);
	}
	strbuf_release(&dir);
}

/* The file `name` in `dir`, numbered, with an odd mode now and then. */
static void add_file(const char *dir, const char *name, unsigned i)
{
	static const mode_t modes[] = { 0600, 0640, 0755, 0700, 0444 };
	struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;

	strbuf_addf(&path, "seed/%s/%s", dir, name);
	strbuf_addf(&text, "%u $Id$\n", i);
	unlink(path.buf);
	write_file(path.buf, text.buf);
	if (!random_pick(6))
		assert_int_equal(chmod(path.buf,
				       modes[random_pick(ARRAY_SIZE(modes))]),
				 0);
	strbuf_release(&path);
	strbuf_release(&text);
}

static void add_link(const char *dir)
{
	static const char *const targets[] = { "nowhere", "f1", "..", "/" };
	struct strbuf path = STRBUF_INIT;

	strbuf_addf(&path, "seed/%s/l%u", dir, random_pick(3));
	unlink(path.buf);
	assert_int_equal(symlink(targets[random_pick(ARRAY_SIZE(targets))],
				 path.buf), 0);
	strbuf_release(&path);
}

/* A submodule; a checked out one is a repository of its own. */
static void add_submodule(struct strbuf *script, struct strbuf *links,
			  const char *dir, unsigned i)
{
	struct strbuf quoted_dir = STRBUF_INIT;

	quote_sh(&quoted_dir, dir);
	if (random_pick(4))
		strbuf_addf(links, "160000 %040u 0\t%s/sub%c", i + 1, dir, 0);
	else
		strbuf_addf(script,
			    "d=%s; test -e \"./$d/sub\" || { cp -a ../module "
			    "\"./$d/sub\"; git add \"./$d/sub\" 2>../err; }\n",
			    quoted_dir.buf);
	strbuf_release(&quoted_dir);
}

static void add_something(struct strbuf *script, struct strbuf *links,
			  unsigned i)
{
	struct strbuf dir = STRBUF_INIT, keep = STRBUF_INIT;
	char name[] = "f0";

	random_dir(&dir);
	/* It exists also if only a submodule gets into it. */
	strbuf_addf(&keep, "seed/%s/keep", dir.buf);
	write_file(keep.buf, "");
	switch (random_pick(9)) {
	case 0:
		add_link(dir.buf);
		break;
	case 1:
		add_file(dir.buf, "run", i);
		break;
	case 2:
		add_submodule(script, links, dir.buf, i);
		break;
	default:
		name[1] += (char)random_pick(4);
		add_file(dir.buf, name, i);
	}
	strbuf_release(&dir);
	strbuf_release(&keep);
}

/* Lines end with NUL, so that no name is taken for a quoted one. */
static void write_links(const struct strbuf *links)
{
	FILE *file = fopen("links", "w");

	assert_non_null(file);
	assert_int_equal(fwrite(links->buf, 1, links->len, file), links->len);
	assert_int_equal(fclose(file), 0);
}

static void add_settings(struct strbuf *script)
{
	if (!random_pick(3))
		write_file("seed/.gitattributes", "f1 eol=crlf\nf2 ident\n");
	if (!random_pick(3))
		write_file("seed/.gitignore", "*.o\n");
	if (!random_pick(6))
		strbuf_addstr(script, "git config core.ignoreCase true\n");
	if (!random_pick(8))
		strbuf_addstr(script, "git config "
			      "sparse.expectFilesOutsideOfPatterns true\n");
	if (!random_pick(6))
		strbuf_addstr(script, "git config core.fileMode false\n");
}

static const char make_module[] =
	"test -d module || { git init -q module && cd module && echo m >m && "
	"git add m && git commit -qm m && cd ..; }\n";

/*
 * A copy has other inodes; git is told of them before it judges. And what was
 * written in the tick of the index is noted as unknown, which git checkout
 * takes for changed; so both are looked at again.
 */
static const char make_twins[] =
	"cp -a seed g; mv seed p; git -C g update-index -q --refresh\n"
	"git -C p update-index -q --refresh\n";

static const char make_worktrees[] =
	"cp -a seed g; mv seed p\n"
	"git -C g worktree add -q wt 2>err; git -C p worktree add -q wt 2>err\n";

void random_repo_make(unsigned flags)
{
	struct strbuf script = STRBUF_INIT, links = STRBUF_INIT;

	sh("rm -rf seed g p");
	strbuf_addstr(&script, make_module);
	strbuf_addstr(&script, "git init -q seed; cd seed\n");
	for (unsigned i = 10 + random_pick(25); i; i--)
		add_something(&script, &links, i);
	write_file("seed/root", "root\n");
	add_settings(&script);
	strbuf_addstr(&script, "git add .\n");
	if (links.len) {
		write_links(&links);
		strbuf_addstr(&script,
			      "git update-index -z --index-info <../links\n");
	}
	strbuf_addstr(&script, "git commit -qm random\n");
	if (!random_pick(3))
		strbuf_addstr(&script, "git update-index --index-version 4\n");
	strbuf_addf(&script, "cd ..\n%s",
		    flags & RANDOM_REPO_WORKTREE ? make_worktrees :
						   make_twins);
	sh("%s", script.buf);
	strbuf_release(&script);
	strbuf_release(&links);
}
