/* SPDX-License-Identifier: MIT */
/*
 * How far it is: on a terminal, from the first moment on with
 * GIT_PROGRESS_DELAY=0. What is compared is what stands on the screen when all
 * is over: a line that was drawn again and again is there once.
 */
#include "support/sandbox.h"
#include "support/terminal.h"

#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"

/* What a terminal makes of it: \r goes back, \n down, the rest overwrites. */
static char *screen_of(const struct strbuf *seen)
{
	struct strbuf screen = STRBUF_INIT;
	size_t line = 0, at = 0;

	for (size_t i = 0; i < seen->len; i++) {
		char c = seen->buf[i];

		if (c == '\r') {
			at = line;
		} else if (c == '\n') {
			strbuf_addch(&screen, '\n');
			line = at = screen.len;
		} else if (at < screen.len) {
			screen.buf[at++] = c;
		} else {
			strbuf_addch(&screen, c);
			at++;
		}
	}
	return strbuf_detach(&screen, NULL);
}

/* The screen after the command. */
static void assert_screen(const char *command, int rc, const char *expected)
{
	struct terminal t;
	char *screen;

	terminal_start(&t, command);
	assert_int_equal(terminal_finish(&t), rc);
	screen = screen_of(&t.seen);
	terminal_stop(&t);
	assert_text(screen, expected);
	free(screen);
}

static void make_repository(void)
{
	sh("git init -q r && cd r && mkdir a b c && for d in a b c; do"
	   "	echo $d >$d/f && git add . && git commit -qm $d || exit; done &&"
	   "git sparse set a");
}

#define ADDED "Updating files: 100% (1/1), done.\n" \
	      "Writing index: 100% (3/3), done.\n"

static void each_phase_has_a_line_on_a_terminal(void **state)
{
	(void)state;
	make_repository();
	setenv("GIT_PROGRESS_DELAY", "0", 1);
	assert_screen("cd r && git sparse add b", 0,
		      ADDED "1 file written (2 bytes)\n");
	assert_screen("cd r && git sparse remove b", 0,
		      "Writing index: 100% (3/3), done.\n"
		      "Removing files: 100% (1/1), done.\n"
		      "1 file removed\n");
	assert_screen("cd r && git sparse add --no-progress b", 0,
		      "1 file written (2 bytes)\n");
	assert_screen("cd r && git sparse remove -q b", 0, "");
	assert_screen("cd r && git sparse add --progress -q b 2>err; cat err", 0,
		      ADDED);
	sh("cd r && git sparse set a");
	/* Behind the delay, and where nobody looks, nothing is drawn. */
	setenv("GIT_PROGRESS_DELAY", "1000", 1);
	assert_screen("cd r && git sparse add b", 0,
		      "1 file written (2 bytes)\n");
	setenv("GIT_PROGRESS_DELAY", "0", 1);
	assert_text(sh("cd r && git sparse add c 2>&1"), "");
}

static void commits_that_are_made_anew_are_counted(void **state)
{
	(void)state;
	make_repository();
	setenv("GIT_PROGRESS_DELAY", "0", 1);
	assert_screen("cd r && git reword -m x HEAD~2 | sed 's/ .*//'", 0,
		      "Rewriting commits: 100% (3/3), done.\n"
		      "reworded\n");
	assert_screen("cd r && git reword --no-progress -q -m y HEAD~2", 0, "");
	sh("cd r && echo x >>a/f && git commit -qam 'fixup! y'");
	assert_screen("cd r && git squash-last --autosquash -nq --root", 0, "");
	assert_screen("cd r && git squash-last --autosquash --root |"
		      "	sed 's/.*/done/'", 0,
		      "Rewriting commits: 100% (4/4), done.\ndone\n");
}

/* The work tree follows the plan. */
static void files_that_follow_a_plan_are_counted(void **state)
{
	(void)state;
	make_repository();
	sh("cd r && git sparse disable && for i in 1 2 3; do"
	   "	echo $i >a/$i && git add . && git commit -qm $i || exit; done &&"
	   "printf 'drop HEAD~2\\npick HEAD~1\\npick HEAD\\n' >../plan");
	setenv("GIT_PROGRESS_DELAY", "0", 1);
	assert_screen("cd r && git squash-last --plan ../plan 3 2>&1 |"
		      "	sed 's/:.*//'", 0,
		      "1 dropped\n");
	sh("cd r && git squash-last -q --undo");
	assert_screen("cd r && git squash-last -q --progress --plan ../plan 3",
		      0, "Rewriting commits: 100% (3/3), done.\n"
			 "Updating files: 100% (1/1), done.\n");
	/* Nothing is drawn of what is not done. */
	sh("cd r && git squash-last -q --undo && echo x >>a/1");
	assert_contains(sh_try("cd r && git squash-last -q --progress --plan "
			       "../plan 3 2>&1").out,
			"or are in the way\nhint: a/1: changes\n");
}

static void files_of_profiles_are_counted(void **state)
{
	struct terminal t;

	(void)state;
	make_repository();
	sh("cd r && printf '[profile \"a\"]\\ndirs = a\\n"
	   "[profile \"all\"]\\nmode = patterns\\npatterns = /*\\n' >.gitpare &&"
	   "blob=$(git hash-object -w a/f) &&"
	   "for i in $(seq 1100); do echo \"100644 $blob\tb/$i\"; done |"
	   "	git update-index --index-info && git commit -qm more");
	setenv("GIT_PROGRESS_DELAY", "0", 1);
	terminal_start(&t, "cd r && GIT_PAGER=cat git sparse profiles");
	assert_int_equal(terminal_finish(&t), 0);
	assert_contains(t.seen.buf, "\rCounting files: 1024");
	/* The line is gone before the table comes. */
	assert_contains(t.seen.buf, "    \r  a  ");
	terminal_stop(&t);
	assert_screen("cd r && git sparse profiles --no-progress | wc -l", 0,
		      "2\n");
}

/* It stands where it stopped, and the error below it. */
static void an_error_has_a_line_of_its_own(void **state)
{
	struct terminal t;

	(void)state;
	make_repository();
	setenv("GIT_PROGRESS_DELAY", "0", 1);
	sh("cd r && git sparse disable && for i in 1 2 3; do"
	   "	echo $i >a/f && git commit -qam $i || exit; done &&"
	   "git log -3 --format='pick %%h' | sed 1d >../plan");
	terminal_start(&t, "cd r && git squash-last --plan ../plan 3");
	assert_int_equal(terminal_finish(&t), 1);
	assert_contains(t.seen.buf, "\rRewriting commits:");
	assert_contains(t.seen.buf, "\r\nfatal: ");
	assert_not_contains(t.seen.buf, ", done.");
	terminal_stop(&t);
}

static void what_is_fetched_is_counted(void **state)
{
	(void)state;
	make_repository();
	sh("git -C r config uploadpack.allowFilter true &&"
	   "git -C r config uploadpack.allowAnySHA1InWant true &&"
	   "git sparse clone -q --dir a file://$PWD/r c");
	setenv("GIT_PROGRESS_DELAY", "0", 1);
	assert_screen("cd c && git sparse add b c", 0,
		      "Fetching missing objects: 100% (2/2), done.\n"
		      "Updating files: 100% (2/2), done.\n"
		      "Writing index: 100% (3/3), done.\n"
		      "2 files written (4 bytes)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sandbox_test(each_phase_has_a_line_on_a_terminal),
		sandbox_test(commits_that_are_made_anew_are_counted),
		sandbox_test(files_that_follow_a_plan_are_counted),
		sandbox_test(files_of_profiles_are_counted),
		sandbox_test(an_error_has_a_line_of_its_own),
		sandbox_test(what_is_fetched_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
