/* SPDX-License-Identifier: MIT */
/*
 * Two changes of the selection at the same instant. One is stopped before a
 * call that changes something, the other goes as far as one likes, then the
 * first goes on, and the other is killed. Whatever was left, the next one
 * finds, and puts it right without being told to. A sample each time, all
 * with PARE_FAULTS=all.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/faults.h"

enum { POINTS = 40 };

/* `add <dir>` in "r", on its way. */
struct adder {
	const char *name, *dir;
	pid_t pid; /* 0: it has ended */
	int rc;
};

static void set_fault(const struct adder *a, unsigned at)
{
	char *report = xstrfmt("%s/report.%s", sandbox_path(), a->name);
	int fd = open(report, O_RDWR | O_CREAT | O_TRUNC, 0666);
	char number[16];

	if (fd < 0 || ftruncate(fd, sizeof(struct fault_report)))
		_exit(125);
	close(fd);

	snprintf(number, sizeof(number), "%u", at);
	setenv("LD_PRELOAD", PARE_BUILD_DIR "/tests/fault/shim.so", 1);
	setenv("PARE_FAULT_CALLS", "change", 1);
	setenv("PARE_FAULT_DO", "stop", 1);
	setenv("PARE_FAULT_AT", number, 1);
	setenv("PARE_FAULT_REPORT", report, 1);
}

static void run_add(const struct adder *a, unsigned at)
{
	int err = open(a->name, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	set_fault(a, at);
	if (err < 0 || dup2(err, STDERR_FILENO) < 0 || chdir("r"))
		_exit(126);
	execl(PARE_BUILD_DIR "/git-sparse", "git-sparse", "add", a->dir,
	      (char *)NULL);
	_exit(127);
}

/* Until it stops, or ends. */
static void await(struct adder *a)
{
	int status;

	assert_int_equal(waitpid(a->pid, &status, WUNTRACED), a->pid);
	if (WIFSTOPPED(status))
		return;
	a->pid = 0;
	a->rc = WIFEXITED(status) ? WEXITSTATUS(status) :
				    128 + WTERMSIG(status);
}

/* It stops before its n-th change, or ends before that. */
static void begin(struct adder *a, unsigned at)
{
	a->pid = fork();
	assert_true(a->pid >= 0);
	if (!a->pid)
		run_add(a, at);
	await(a);
}

static void send(struct adder *a, int signal_nr)
{
	if (!a->pid)
		return;
	kill(a->pid, signal_nr);
	await(a);
}

/* Its exit code is an honest one. */
static const char *judge(const struct adder *a)
{
	bool done = !sh_try("cd r && git sparse-checkout list | grep -qx %s "
			    "&& test -f %s/f", a->dir, a->dir).rc;

	if (a->rc && a->rc != 128)
		return "died";
	if (a->rc && !*read_file(a->name))
		return "not a word";
	return done == !a->rc ? NULL : "says something else than it did";
}

/*
 * All that is left of the other is named where the next one finds it, as it
 * runs at last.
 */
static bool meet_at(unsigned at_one, unsigned at_other)
{
	struct adder one = { .name = "one", .dir = "x" };
	struct adder other = { .name = "other", .dir = "y" };
	const char *what;
	struct result r;

	tree_remove("r");
	tree_copy("seed", "r");
	begin(&one, at_one);
	begin(&other, at_other);
	send(&one, SIGCONT);
	what = judge(&one);
	send(&other, SIGKILL);
	r = sh_try("exec 2>&1; cd r; git sparse add z 2>&1 | "
		   "grep -v 'tidied up after a change that was cut off'; "
		   "test -f z/f && test -f a/f || echo z is not there; "
		   "git status --porcelain; find .git -name '*.lock' "
		   "-o -path '*/pare/journal*'");
	if (!*r.out && !what)
		return true;
	print_error("stopped at %u and %u: %s\n%s%s", at_one, at_other,
		    what ? what : "", read_file("one"), r.out);
	return false;
}

static void make_seed(void)
{
	sh("git init -q seed && cd seed && git config core.checkStat minimal && "
	   "git config core.trustctime false && "
	   "for d in a x y z; do mkdir $d; echo $d >$d/f; done && git add . "
	   "&& git commit -qm tree && git sparse-checkout set a && "
	   "git status >/dev/null");
}

static bool every_point(void)
{
	const char *all = getenv("PARE_FAULTS");

	return all && !strcmp(all, "all");
}

/* Who comes second waits three seconds, then says so. */
static void with_locks_one_waits_for_the_other(void **state)
{
	unsigned wrong = 0;

	(void)state;
	if (!faults_are_possible())
		skip();
	make_seed();
	for (unsigned at = 3; at <= POINTS; at += every_point() ? 3 : 30)
		wrong += !meet_at(at, at);
	assert_int_equal(wrong, 0);
}

/* Where flock(2) does not work there are git's locks, and the journal. */
static void without_locks_none_hides_what_the_other_leaves(void **state)
{
	unsigned step = every_point() ? 1 : 9, wrong = 0;

	(void)state;
	if (!faults_are_possible())
		skip();
	make_seed();
	setenv("PARE_FAULT_NO_LOCKS", "1", 1);
	for (unsigned one = 1; one <= (step == 1 ? POINTS : 7); one++)
		for (unsigned other = 1 + one % step; other <= POINTS;
		     other += step)
			wrong += !meet_at(one, other);
	unsetenv("PARE_FAULT_NO_LOCKS");
	assert_int_equal(wrong, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		sandbox_test(with_locks_one_waits_for_the_other),
		sandbox_test(without_locks_none_hides_what_the_other_leaves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
