/* SPDX-License-Identifier: MIT */
#include "support/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/sandbox.h"

enum { PATIENCE_S = 120 };

static void run_on(const char *name, const char *command)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	int fd;

	setsid();
	fd = open(name, O_RDWR);
	if (fd < 0)
		_exit(126);
	ioctl(fd, TIOCSCTTY, 0);
	ioctl(fd, TIOCSWINSZ, &size);
	for (int i = 0; i < 3; i++)
		dup2(fd, i);
	if (fd > 2)
		close(fd);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

void terminal_start(struct terminal *t, const char *command)
{
	const char *name;

	memset(t, 0, sizeof(*t));
	strbuf_init(&t->seen, 0);
	t->fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(t->fd >= 0 && !grantpt(t->fd) && !unlockpt(t->fd));
	name = ptsname(t->fd);
	assert_non_null(name);
	t->pid = fork();
	assert_true(t->pid >= 0);
	if (!t->pid)
		run_on(name, command);
}

void terminal_type(struct terminal *t, const char *text)
{
	size_t len = strlen(text);

	while (len) {
		ssize_t n = write(t->fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		assert_true(n > 0);
		text += n;
		len -= (size_t)n;
	}
}

/* False at the end of what the program says, or when time is over. */
static bool read_more(struct terminal *t, time_t until)
{
	struct pollfd pfd = { .fd = t->fd, .events = POLLIN };
	char buf[4096];
	ssize_t n;

	while (time(NULL) < until) {
		if (poll(&pfd, 1, 500) <= 0)
			continue;
		n = read(t->fd, buf, sizeof(buf));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false; /* EIO: nobody has it open any more */
		strbuf_add(&t->seen, buf, (size_t)n);
		return true;
	}
	return false;
}

bool terminal_wait(struct terminal *t, const char *text)
{
	time_t until = time(NULL) + PATIENCE_S;
	const char *found;

	do {
		found = t->seen.len > t->from ?
				strstr(t->seen.buf + t->from, text) :
				NULL;
		if (found) {
			t->from = (size_t)(found - t->seen.buf) + strlen(text);
			return true;
		}
	} while (read_more(t, until));
	return false;
}

int terminal_finish(struct terminal *t)
{
	time_t until = time(NULL) + PATIENCE_S;
	int status;

	while (read_more(t, until))
		;
	assert_int_equal(waitpid(t->pid, &status, 0), t->pid);
	t->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) :
				   128 + WTERMSIG(status);
}

void terminal_stop(struct terminal *t)
{
	close(t->fd);
	if (t->pid > 0) {
		kill(t->pid, SIGHUP);
		kill(t->pid, SIGKILL);
		waitpid(t->pid, NULL, 0);
	}
	strbuf_release(&t->seen);
}
