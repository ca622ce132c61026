/* SPDX-License-Identifier: MIT */
/*
 * git sparse clone killed at each stage, and one line of progress for all of
 * them. What it says, or `git sparse status` in what it left, finishes it.
 */
#include "support/faults.h"
#include "support/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

/* The n-th that asks `srv.git` for something does what `trouble` says. */
static void make_server(void)
{
	sh("git init -q s && cd s && mkdir -p a/b lib docs && "
	   "for i in 1 2 3 4 5 6; do echo $i >a/b/$i; done && echo x >lib/f && "
	   "echo x >docs/f && echo x >root");
	write_file("s/.gitpare", "[profile \"web\"]\ndirs = a\n  lib\n");
	write_file("up", "#!/bin/sh\necho x >>\"$HOME/asked\"\n"
			 "n=$(wc -l <\"$HOME/asked\")\n"
			 ". \"$HOME/trouble\"\nexec git-upload-pack \"$@\"\n");
	write_file("trouble", "");
	sh("chmod +x up && cd s && git add . && git commit -qm x && cd .. && "
	   "git clone -q --bare s srv.git && "
	   "git -C srv.git config uploadpack.allowFilter true");
}

#define CLONE                                                                 \
	"git-sparse clone --profile web file://\"$HOME\"/srv.git c -- "       \
	"-u \"$HOME/up\" -c remote.origin.uploadpack=\"$HOME/up\""

/* As somebody does who reads: try, follow the hint, look at the result. */
static const char finish[] =
	"begin() { rm -rf c; " CLONE "; }\n"
	"if ! test -d c\n"
	"then\n"
	"	begin && echo again\n"
	"elif git -C c sparse reapply 2>said\n"
	"then\n"
	"	echo reapply\n"
	"elif grep -q 'hint: nothing is checked out yet' said\n"
	"then\n"
	"	git -C c sparse add --profile web && echo add\n"
	"else\n"
	"	" CLONE " 2>said\n"
	"	grep -q \"hint: 'c' is a clone that was cut off; remove\" said &&\n"
	"	begin && echo removed\n"
	"fi || { cat said; exit 1; }\n"
	"cd c && git status --porcelain -b && git sparse status |\n"
	"grep -e '^profile' -e present && git sparse-checkout list &&\n"
	"find . -path ./.git -prune -o -type f -print | sort &&\n"
	"git fsck --strict --no-dangling --no-progress &&\n"
	/* The next change of the selection takes its lock away. */
	"! find .git | grep -v pare/selection.lock | "
	"grep -e '\\.lock$' -e tmp_ -e journal";

static const char finished[] =
	"## main...origin/main\n9 files of 10 tracked files present (90%)\n"
	"profile web  (.gitpare:1)\na\nlib\n./.gitpare\n./a/b/1\n./a/b/2\n"
	"./a/b/3\n./a/b/4\n./a/b/5\n./a/b/6\n./lib/f\n./root\n";

/* `how`: what it took, where that is certain. */
static void assert_finishes(const char *when, const char *how)
{
	struct result r;
	char *rest;

	write_file("trouble", "");
	r = sh_try("exec 2>&1; %s", finish);
	rest = strstr(r.out, "## ");
	if (r.rc || !rest || strcmp(rest, finished)) {
		print_error("killed %s: %s\n", when, r.out);
		fail();
	}
	if (how && !strstr(r.out, how))
		fail_msg("killed %s: not by %s: %s", when, how, r.out);
	sh("rm -rf c asked");
}

/* All that belongs to it dies at once, as when a machine goes down. */
static void all_of_it_is_killed(void **state)
{
	static const struct {
		const char *n, *how;
	} cases[] = {
		{ "1", "removed\n" }, /* history is on its way */
		{ "2", "add\n" },     /* the profile */
		{ "3", "reapply\n" }, /* files */
	};

	(void)state;
	make_server();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *trouble = xstrfmt("test $n != %s || kill -9 0\n",
					cases[i].n);

		write_file("trouble", trouble);
		free(trouble);
		assert_rc(sh_try("setsid -w sh -c 'exec " CLONE "'"), 137);
		assert_finishes(cases[i].n, cases[i].how);
	}
}

static uint32_t run_killed(const char *kinds, uint32_t at)
{
	static const char script[] =
		"export PARE_FAULT_CALLS=%s PARE_FAULT_AT=%u "
		"PARE_FAULT_DO=kill PARE_FAULT_REPORT=$HOME/report && "
		"rm -f report && truncate -s 4096 report && "
		"LD_PRELOAD=%s/tests/fault/shim.so " CLONE;
	struct result r = sh_try(script, kinds, at, PARE_BUILD_DIR);
	struct fault_report report;
	FILE *file = fopen("report", "rb");

	assert_true(file && fread(&report, sizeof(report), 1, file) == 1);
	fclose(file);
	/* It is not always the same number of calls. */
	assert_rc(r, report.fired ? 137 : 0);
	return report.calls;
}

/* Ours alone is killed; what it has started ends as it likes. */
static void before_each_change_of_ours(void **state)
{
	const char *all = getenv("PARE_FAULTS");
	uint32_t calls, step;

	(void)state;
	if (!faults_are_possible())
		skip();
	make_server();
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	calls = run_killed("change,spawn", 0);
	sh("rm -rf c asked");
	step = all && !strcmp(all, "all") ? 1 : calls / 8 + 1;
	for (uint32_t at = 1; at <= calls; at += step) {
		char when[64];

		snprintf(when, sizeof(when), "at %u of %u", at, calls);
		run_killed("change,spawn", at);
		assert_finishes(when, NULL);
	}
	print_message("every %u. of %u\n", step, calls);
}

static void all_stages_share_one_line(void **state)
{
	struct terminal t;
	const char *line;

	(void)state;
	make_server();
	terminal_start(&t, "GIT_PROGRESS_DELAY=0 " CLONE);
	assert_int_equal(terminal_finish(&t), 0);
	/* Git's words and ours come and go on the second line. */
	line = strchr(t.seen.buf, '\n');
	assert_non_null(line);
	assert_contains(line, "\rremote: Enumerating objects: ");
	assert_true(strncmp(t.seen.buf, "Cloning into 'c'...\r\n", 21) == 0);
	assert_text(strchr(line + 1, '\n'), "\n");
	assert_contains(line, "\r9 files written (47 bytes)\r\n");
	terminal_stop(&t);
	/* What is no progress is passed on, and made visible: a C1 control
	 * also when its two bytes do not come together. */
	write_file("trouble", "printf 'Warning: \\033[1mnew host\\r\\nKey? ' "
			      ">&2\nprintf '\\302' >&2; sleep 0.1; "
			      "printf '\\2332J\\n' >&2\n");
	sh("rm -rf c asked");
	terminal_start(&t, "GIT_PROGRESS_DELAY=0 " CLONE);
	assert_true(terminal_wait(&t, "Warning: ^[[1mnew host\r\r\nKey? "));
	assert_int_equal(terminal_finish(&t), 0);
	assert_contains(t.seen.buf, "\\x9b2J\r\n");
	assert_null(strchr(t.seen.buf, '\033'));
	terminal_stop(&t);
	/* Without a terminal there is none, but by request. */
	sh("rm -rf c asked");
	write_file("trouble", "");
	assert_text(sh_try("GIT_PROGRESS_DELAY=0 " CLONE).err,
		    "Cloning into 'c'...\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(all_of_it_is_killed),
		sandbox_test(before_each_change_of_ours),
		sandbox_test(all_stages_share_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
