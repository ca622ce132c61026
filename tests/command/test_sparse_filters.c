/* SPDX-License-Identifier: MIT */
/*
 * Files that are not on disk as they are in the repository: what git writes,
 * what it takes for clean, and what it says when a filter fails.
 *
 * Started as `test_sparse_filters --driver LOG`, this program is a
 * long-running filter (gitattributes(5)) that turns letters by 13 places. It
 * puts files off if git lets it, as Git LFS does.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "support/twins.h"

/* The driver. */

static void put(const void *data, size_t len)
{
	printf("%04zx", len + 4);
	fwrite(data, 1, len, stdout);
}

static void put_text(const char *text)
{
	put(text, strlen(text));
}

static void put_flush(void)
{
	fputs("0000", stdout);
	fflush(stdout);
}

/* The next packet; 1 for a flush, -1 at the end. */
static int get(struct strbuf *out)
{
	char size[5] = "", *data;
	size_t len;

	strbuf_reset(out);
	if (fread(size, 1, 4, stdin) != 4)
		return -1;
	len = strtoul(size, NULL, 16);
	if (len < 4)
		return 1;
	data = xcalloc(len, 1);
	if (fread(data, 1, len - 4, stdin) == len - 4)
		strbuf_add(out, data, len - 4);
	free(data);
	return 0;
}

static void shake_hands(void)
{
	static const char *const caps[] = { "capability=clean\n",
					    "capability=smudge\n",
					    "capability=delay\n" };
	struct strbuf line = STRBUF_INIT;

	while (!get(&line))
		;
	put_text("git-filter-server\n");
	put_text("version=2\n");
	put_flush();
	while (!get(&line))
		;
	for (size_t i = 0; i < ARRAY_SIZE(caps); i++)
		put_text(caps[i]);
	put_flush();
	strbuf_release(&line);
}

struct command {
	char word[32], path[256];
	bool can_delay;
};

static bool get_command(struct command *c)
{
	struct strbuf line = STRBUF_INIT;
	int got;

	memset(c, 0, sizeof(*c));
	while (!(got = get(&line))) {
		sscanf(line.buf, "command=%31s", c->word);
		sscanf(line.buf, "pathname=%255s", c->path);
		c->can_delay |= starts_with(line.buf, "can-delay=1");
	}
	strbuf_release(&line);
	return got > 0;
}

static void get_content(struct strbuf *out)
{
	struct strbuf part = STRBUF_INIT;

	strbuf_reset(out);
	while (!get(&part))
		strbuf_addbuf(out, &part);
	strbuf_release(&part);
}

static void answer(struct strbuf *content)
{
	for (size_t i = 0; i < content->len; i++) {
		int c = content->buf[i], low = tolower(c);

		if (low >= 'a' && low <= 'z')
			content->buf[i] = (char)(c + (low < 'n' ? 13 : -13));
	}
	put_text("status=success\n");
	put_flush();
	put(content->buf, content->len);
	put_flush();
	put_flush();
}

/* Files put off until git asks for them. */
static struct {
	char path[256];
	struct strbuf content;
} late[64];
static size_t nr_late, nr_told;

static void put_off(const struct command *c, const struct strbuf *content)
{
	snprintf(late[nr_late].path, sizeof(late[0].path), "%s", c->path);
	strbuf_init(&late[nr_late].content, 0);
	strbuf_addbuf(&late[nr_late++].content, content);
	put_text("status=delayed\n");
	put_flush();
}

static void tell_ready(void)
{
	for (; nr_told < nr_late; nr_told++) {
		char text[300];

		snprintf(text, sizeof(text), "pathname=%s\n",
			 late[nr_told].path);
		put_text(text);
	}
	put_flush();
	put_text("status=success\n");
	put_flush();
}

static struct strbuf *find_late(const char *path)
{
	for (size_t i = 0; i < nr_late; i++)
		if (!strcmp(late[i].path, path))
			return &late[i].content;
	return NULL;
}

static int run_driver(const char *log_path)
{
	struct strbuf content = STRBUF_INIT;
	FILE *log = fopen(log_path, "a");
	struct command c;

	shake_hands();
	while (get_command(&c)) {
		struct strbuf *kept = find_late(c.path);

		fprintf(log, "%s %s%s\n", c.word, c.path,
			c.can_delay ? " can wait" : "");
		fflush(log);
		if (!strcmp(c.word, "list_available_blobs")) {
			tell_ready();
			continue;
		}
		get_content(&content);
		if (c.can_delay && nr_late < ARRAY_SIZE(late))
			put_off(&c, &content);
		else
			answer(kept ? kept : &content);
	}
	fclose(log);
	strbuf_release(&content);
	return 0;
}

/* The tests. */

/* Each kind of filter in e/; a/ has none. */
static const char kinds[] =
	"mkdir -p a e/f; echo a >a/x; echo root >root; "
	"git config filter.up.smudge 'tr a-z A-Z'; "
	"git config filter.up.clean 'tr A-Z a-z'; "
	"git config filter.named.smudge 'sed s,^,%f:,'; "
	"git config filter.named.clean 'sed s,^.*:,,'; "
	"printf '*.crlf text eol=crlf\\n*.id ident\\n*.up filter=up\\n"
	"*.named filter=named\\n*.none filter=none\\n*.lf text eol=lf\\n"
	"*.u16 working-tree-encoding=UTF-16LE text\\n*.auto text=auto\\n"
	"*.bin -text\\n' >e/.gitattributes; "
	"printf 'a\\nb\\n' | tee e/1.crlf e/2.lf e/3.auto e/f/3.bin >e/f/2.t; "
	"printf '$Id$ low\\n' >e/4.id; echo low >e/f/5.up; "
	"echo low >e/6.named; echo low >e/8.none; chmod +x e/f/5.up; "
	"printf 'hi\\n' | iconv -t UTF-16LE >e/f/7.u16; ln -s f/5.up e/9.up; "
	"git add -A; git commit -qm kinds";

static void make_kinds(const char *more)
{
	char *script = xstrfmt("{ %s\n%s\n}", kinds, more);

	twins_make(script);
	free(script);
}

/* All is written as git does, and known clean when it leaves. */
static void every_kind_comes_and_goes_as_in_git(void **state)
{
	(void)state;
	make_kinds(":");
	twins_run("set a");
	twins_run("add e");
	twins_run("reapply");
	twins_run("set a");
	twins_run("disable");
	assert_text(read_file("p/e/f/5.up"), "LOW\n");
	assert_text(read_file("p/e/6.named"), "e/6.named:low\n");
	assert_text(read_file("p/e/1.crlf"), "a\r\nb\r\n");
	/* A file that was only touched is clean through its filter. */
	sh("cd p && find e -type f | xargs touch -d 2001-01-01 && "
	   "git sparse set e && git sparse remove e");
	assert_text(sh("ls p"), "root\n");
	sh("cd p && git sparse set e && echo more >>e/1.crlf && "
	   "echo more >>e/f/5.up && git sparse set a");
	assert_text(sh("cd p && find e -type f | LC_ALL=C sort"),
		    "e/1.crlf\ne/f/5.up\n");
}

static void autocrlf_decides_where_attributes_do_not(void **state)
{
	(void)state;
	make_kinds("git config core.autocrlf true");
	twins_run("set a");
	twins_run("add e");
	assert_text(read_file("p/e/f/2.t"), "a\r\nb\r\n");
	assert_text(read_file("p/e/2.lf"), "a\nb\n");
}

/* git takes the index's, and the disk's where the index has none. */
/* Files as young as the index are compared by git, with what attributes it
 * has by then; let these be older. */
static void let_time_pass(void)
{
	twins_sh("touch -d '1 minute' .git/index");
}

static void attributes_are_those_of_a_checkout(void **state)
{
	(void)state;
	make_kinds(":");
	let_time_pass();
	/* In the index and not on disk. */
	twins_run("set --no-cone /root");
	twins_run("set --no-cone /root /e/f/");
	assert_text(read_file("p/e/f/5.up"), "LOW\n");
	assert_int_equal(sh_try("ls p/e/.gitattributes").rc, 2);
	let_time_pass();
	twins_run("set --cone a");
	twins_sh("echo '*.t eol=crlf' >.gitattributes");
	twins_run("add e/f");
	assert_text(read_file("p/e/f/2.t"), "a\r\nb\r\n");
	let_time_pass();
	twins_run("set a");
	/* Tracked, but changed on disk. */
	twins_sh("git add .gitattributes && echo '*.bin eol=crlf' "
		 ">.gitattributes");
	twins_run_in(".", "set e", false);
	assert_text(read_file("p/e/f/3.bin"), "a\nb\n");
}

static void a_failing_filter_is_told_as_git_does(void **state)
{
	struct result git, pare;

	(void)state;
	make_kinds("git config filter.up.smudge 'exit 3'");
	twins_run("set a");
	/* Not required: the file comes as it is. */
	twins_run("add e");
	assert_text(read_file("p/e/f/5.up"), "low\n");
	twins_run("set a");
	twins_sh("git config filter.up.required true");
	git = sh_try("cd g && git sparse-checkout set e");
	pare = sh_try("cd p && git sparse set e");
	assert_rc(pare, git.rc);
	assert_text(pare.err, git.err);
	/* Ours leaves nothing behind. */
	assert_text(sh("git -C p sparse list && ls p p/.git/pare && "
		       "git -C p status --porcelain"),
		    "a\np:\na\nroot\n\np/.git/pare:\nundo\n");
	sh("cd p && git config filter.up.smudge cat && git sparse set e && "
	   "git config filter.up.clean 'exit 4' && echo lox >e/f/5.up");
	pare = sh_try("cd p && git sparse set a");
	assert_rc(pare, 128);
	assert_text(pare.err, "error: external filter 'exit 4' failed 4\n"
			      "error: external filter 'exit 4' failed\n"
			      "fatal: e/f/5.up: clean filter 'up' failed\n");
	assert_text(sh("git -C p sparse list"), "e\n");
}

static void drivers_may_take_several_files_at_a_time(void **state)
{
	static const char driver[] =
		PARE_BUILD_DIR "/tests/command/test_sparse_filters --driver";
	char *script = xstrfmt(
		"mkdir a e; echo a >a/x; echo '*.rot filter=rot' "
		">.gitattributes; git config filter.rot.process "
		"'%s \"$(git rev-parse --absolute-git-dir)/log\"'; "
		"git config filter.rot.required true; "
		"for i in 1 2 3; do echo uryyb$i >e/$i.rot; done; git add -A; "
		"git commit -qm rot; rm .git/log", driver);

	(void)state;
	twins_make(script);
	free(script);
	twins_run("set a");
	twins_run("add e");
	assert_text(read_file("p/e/1.rot"), "uryyb1\n");
	/* How often files are compared depends on the clock. */
	assert_text(sh("grep -v ^clean p/.git/log"),
		    sh("grep -v ^clean g/.git/log"));
	assert_contains(read_file("p/.git/log"), "e/1.rot can wait\n");
	twins_run("set a");
	sh("cd p && git sparse add e && touch e/2.rot && git sparse set a");
	assert_int_equal(sh_try("ls p/e").rc, 2);
}

/* Where git would start it, and with the variables that the user has set. */
static void drivers_do_not_notice(void **state)
{
	(void)state;
	make_kinds("printf '#!/bin/sh\\n{ pwd; git rev-parse --show-toplevel; "
		   "env | grep -a -e ^GIT_DIR -e ^GIT_WORK -e ^GIT_INDEX "
		   "-e ^PARE_TOP; git config x.y; } >>../env; cat\\n' "
		   ">a/driver; chmod +x a/driver; git add .; "
		   "git commit -qm driver; "
		   "git config filter.up.smudge a/driver");
	twins_run("set a");
	sh("cd g/a && rm -f ../../env && git -c x.y=z sparse-checkout set . ../e");
	sh("sed 's,/g$,/p,' env >want && rm env");
	sh("cd p/a && git -c x.y=z sparse set . ../e");
	assert_text(read_file("env"), read_file("want"));
	sh("cd p && git sparse set a && rm -f ../env && cd / && "
	   "git --git-dir=%s/p/.git --work-tree=%s/p sparse set a e",
	   sandbox_path(), sandbox_path());
	assert_contains(read_file("env"), "/p/.git\n");
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(every_kind_comes_and_goes_as_in_git),
		sandbox_test(autocrlf_decides_where_attributes_do_not),
		sandbox_test(attributes_are_those_of_a_checkout),
		sandbox_test(a_failing_filter_is_told_as_git_does),
		sandbox_test(drivers_may_take_several_files_at_a_time),
		sandbox_test(drivers_do_not_notice),
	};

	if (argc == 3 && !strcmp(argv[1], "--driver"))
		return run_driver(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
