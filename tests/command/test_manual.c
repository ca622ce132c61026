/* SPDX-License-Identifier: MIT */
/*
 * What the manual shows is run: every literal block below EXAMPLES of every
 * page, in order, as one script a page that stops at the first failure. A
 * block that begins with a section or a comment of an INI file is a .gitpare
 * and must be read without a fault.
 *
 * `<url>` stands for the server of the fixture. Pages of section 1 about
 * history run on a branch with commits of its own, all others in an empty
 * directory beside a clone named `other`.
 */
#include "support/sandbox.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/strvec.h"

static char *manual; /* the directory of the pages */

/* roff's escapes that our examples use. */
static void add_plain(struct strbuf *out, const char *line, size_t len)
{
	static const struct {
		const char *escape, *plain;
	} table[] = { { "\\e", "\\" }, { "\\-", "-" },	 { "\\&", "" },
		      { "\\(dq", "\"" }, { "\\(aq", "'" }, { "\\ ", " " } };
	const char *end = line + len;

	while (line < end) {
		bool known = false;

		for (size_t i = 0; i < ARRAY_SIZE(table) && !known; i++) {
			known = starts_with(line, table[i].escape);
			if (!known)
				continue;
			strbuf_addstr(out, table[i].plain);
			line += strlen(table[i].escape);
		}
		if (!known && starts_with(line, "<url>")) {
			strbuf_addstr(out, "\"$url\"");
			line += strlen("<url>");
		} else if (!known) {
			strbuf_addch(out, *line++);
		}
	}
	strbuf_addch(out, '\n');
}

/* The literal blocks of the page's EXAMPLES. */
static void examples_of(struct strvec *blocks, const char *page)
{
	struct strbuf block = STRBUF_INIT;
	bool in_examples = false, in_block = false;

	for (const char *line = page, *next; *line; line = next) {
		size_t len = strcspn(line, "\n");

		next = line + len + (line[len] == '\n');
		if (starts_with(line, ".Sh ")) {
			in_examples = starts_with(line, ".Sh EXAMPLES");
		} else if (in_examples && starts_with(line, ".Bd -literal")) {
			in_block = true;
		} else if (in_block && starts_with(line, ".Ed")) {
			strvec_push(blocks, block.buf);
			strbuf_reset(&block);
			in_block = false;
		} else if (in_block) {
			add_plain(&block, line, len);
		}
	}
	strbuf_release(&block);
}

static void make_server(void)
{
	static const char *const dirs[] = {
		"builds", "docs", "libs/ui", "libs/core", "products/mail",
		"products/mail/fixtures", "products/web", "tools/ci",
	};

	sh("git init -q seed");
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		struct strbuf path = STRBUF_INIT;

		strbuf_addf(&path, "seed/%s/file", dirs[i]);
		write_file(path.buf, dirs[i]);
		strbuf_release(&path);
	}
	write_file("seed/.gitpare", "[profile \"base\"]\n"
				    "title = Everyone\n"
				    "dirs = builds\n"
				    "       tools/ci\n"
				    "[profile \"web\"]\n"
				    "title = Web shop\n"
				    "inherit = base\n"
				    "dirs = products/web\n"
				    "       libs/ui\n");
	sh("git -C seed add . && git -C seed commit -qm 'Begin' &&"
	   "git clone -q --bare seed server.git &&"
	   "git -C server.git config uploadpack.allowFilter true &&"
	   "git -C server.git config uploadpack.allowAnySHA1InWant true &&"
	   "mkdir work && git clone -q server.git work/other &&"
	   "cd work/other && git sparse set docs libs/core");
}

/* A branch `topic`, eight commits above main, to be squashed. */
static void make_topic(void)
{
	sh("git clone -q server.git work/topic && cd work/topic &&"
	   "git checkout -q -b topic &&"
	   "for i in 1 2 3 4 5 6 7 8; do"
	   "	echo $i >docs/$i && git add docs && git commit -qm \"Part $i\""
	   "	|| exit 1;"
	   "done");
}

static bool about_history(const char *name)
{
	return starts_with(name, "git-squash") ||
	       starts_with(name, "git-reword");
}

static void run_block(struct strbuf *script, const char *block)
{
	if (*block == '[' || *block == ';') {
		strbuf_addf(script,
			    "git init -q ini && cat >ini/.gitpare <<'END'\n"
			    "%sEND\n"
			    "(cd ini && git sparse profiles &&"
			    " git sparse lint >said || ! grep -v 'is no"
			    " directory of HEAD' said)\n"
			    "rm -rf ini\n",
			    block);
		return;
	}
	strbuf_addstr(script, block);
}

/* Run the page's examples; returns how many blocks there were. */
static size_t run_page(const char *name)
{
	struct strvec blocks = STRVEC_INIT;
	struct strbuf script = STRBUF_INIT, path = STRBUF_INIT;
	size_t nr;

	strbuf_addf(&path, "%s/%s", manual, name);
	examples_of(&blocks, read_file(path.buf));
	strbuf_addf(&script, "set -e\nurl=file://%s/server.git\ncd work/%s\n",
		    sandbox_path(), about_history(name) ? "topic" : ".");
	for (size_t i = 0; i < blocks.nr; i++)
		run_block(&script, blocks.v[i]);
	nr = blocks.nr;
	write_file("script", script.buf);
	if (nr) {
		struct result r = sh_try("sh -x script");

		if (r.rc)
			print_message("%s: an example fails\n", name);
		assert_rc(r, 0);
	}
	strbuf_release(&path);
	strbuf_release(&script);
	strvec_clear(&blocks);
	return nr;
}

static void examples_of_every_page_run(void **state)
{
	DIR *dir = opendir(manual);
	size_t pages = 0;

	(void)state;
	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir));) {
		if (!strchr("157", e->d_name[strlen(e->d_name) - 1]) ||
		    *e->d_name == '.')
			continue;
		make_server();
		make_topic();
		if (!run_page(e->d_name))
			fail_msg("%s has no EXAMPLES", e->d_name);
		pages++;
		sh("rm -rf seed server.git work script");
	}
	closedir(dir);
	assert_true(pages >= 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(examples_of_every_page_run),
	};
	int failed;

	manual = realpath("man", NULL);
	if (!manual)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(manual);
	return failed;
}
