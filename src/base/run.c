/* SPDX-License-Identifier: MIT */
#include "base/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"

extern char **environ;

/* Our ends and the child's of the three pipes; -1: not a pipe. */
struct pipes {
	int ours[3], theirs[3];
	int broken; /* errno of what went wrong with them */
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void close_pipes(struct pipes *pipes)
{
	for (int i = 0; i < 3; i++) {
		close_fd(&pipes->ours[i]);
		close_fd(&pipes->theirs[i]);
	}
}

static int make_pipe(struct pipes *pipes, int nr)
{
	int fd[2], reading = nr == STDIN_FILENO;

	if (pipe2(fd, O_CLOEXEC))
		return error_errno("could not make a pipe");
	pipes->theirs[nr] = fd[!reading];
	pipes->ours[nr] = fd[reading];
	return 0;
}

static bool same_variable(const char *a, const char *b)
{
	size_t len = strcspn(a, "=");

	return !strncmp(a, b, len) && (b[len] == '=' || !b[len]);
}

/* environ with the settings of `env`; strings are borrowed. */
static char **child_environment(const struct strvec *env)
{
	size_t nr = 0;
	char **out;

	while (environ[nr])
		nr++;
	out = xcalloc(nr + env->nr + 1, sizeof(*out));
	nr = 0;
	for (char **e = environ; *e; e++) {
		bool replaced = false;

		for (size_t i = 0; i < env->nr && !replaced; i++)
			replaced = same_variable(env->v[i], *e);
		if (!replaced)
			out[nr++] = *e;
	}
	for (size_t i = 0; i < env->nr; i++)
		if (strchr(env->v[i], '='))
			out[nr++] = (char *)env->v[i];
	return out;
}

static int open_null(posix_spawn_file_actions_t *actions, int fd, int flags)
{
	return posix_spawn_file_actions_addopen(actions, fd, "/dev/null",
						flags, 0);
}

/*
 * The errno value of what failed. Each step wants memory; without one of them
 * the child would write into our own output, or run somewhere else.
 */
static int redirect(posix_spawn_file_actions_t *actions,
		    const struct pipes *pipes, const struct run *run)
{
	const int *theirs = pipes->theirs;
	int failed = 0;

	for (int i = 0; i < 3 && !failed; i++)
		if (theirs[i] >= 0)
			failed = posix_spawn_file_actions_adddup2(
				actions, theirs[i], i);
	if (!failed && theirs[0] < 0 && !run->inherit_in)
		failed = open_null(actions, STDIN_FILENO, O_RDONLY);
	if (!failed && theirs[2] < 0 && run->discard_err)
		failed = open_null(actions, STDERR_FILENO, O_WRONLY);
	if (!failed && theirs[1] < 0 && run->out_to_err)
		failed = posix_spawn_file_actions_adddup2(
			actions, STDERR_FILENO, STDOUT_FILENO);
	else if (!failed && theirs[1] < 0 && run->discard_out)
		failed = open_null(actions, STDOUT_FILENO, O_WRONLY);
	if (!failed && run->err_to_out)
		failed = posix_spawn_file_actions_adddup2(
			actions, STDOUT_FILENO, STDERR_FILENO);
	if (!failed && run->dir)
		failed = posix_spawn_file_actions_addchdir_np(actions,
							      run->dir);
	return failed;
}

/*
 * The child gets the signal mask we had before SIGPIPE was held, and for an
 * editor, which wants ^C for itself, the default action again.
 */
static int spawn(pid_t *pid, const struct run *run, const struct pipes *pipes,
		 const sigset_t *mask)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	char **env = child_environment(&run->env);
	short flags = POSIX_SPAWN_SETSIGMASK;
	int result;

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, mask);
	if (run->inherit_in) {
		sigset_t interrupts;

		sigemptyset(&interrupts);
		sigaddset(&interrupts, SIGINT);
		sigaddset(&interrupts, SIGQUIT);
		posix_spawnattr_setsigdefault(&attr, &interrupts);
		flags |= POSIX_SPAWN_SETSIGDEF;
	}
	posix_spawnattr_setflags(&attr, flags);
	result = redirect(&actions, pipes, run);
	if (!result)
		result = posix_spawnp(pid, run->args.v[0], &actions, &attr,
				      (char *const *)run->args.v, env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	free(env);
	if (!result)
		return 0;
	errno = result;
	return error_errno("could not run '%s'", run->args.v[0]);
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return error_errno("could not wait for a child");
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

static void feed(const struct run *run, struct pipes *pipes, size_t *fed)
{
	int *fd = &pipes->ours[STDIN_FILENO];
	ssize_t put = write(*fd, (const char *)run->in + *fed,
			    run->in_len - *fed);

	if (put < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (put > 0)
		*fed += (size_t)put;
	if (put < 0 && errno != EPIPE)
		pipes->broken = errno;
	/* A child that stopped reading is not our error: its exit code says. */
	if (put < 0 || *fed == run->in_len)
		close_fd(fd);
}

static void collect(struct strbuf *out, struct pipes *pipes, int nr)
{
	int *fd = &pipes->ours[nr];
	ssize_t got;

	strbuf_grow(out, 16 * 1024);
	got = read(*fd, out->buf + out->len, out->alloc - out->len - 1);
	if (got > 0)
		strbuf_setlen(out, out->len + (size_t)got);
	if (!got)
		close_fd(fd);
	if (got >= 0 || errno == EINTR || errno == EAGAIN)
		return;
	/* Half of what it says is not what it says. */
	pipes->broken = errno;
	close_fd(fd);
}

static void collect_err(const struct run *run, struct pipes *pipes)
{
	collect(run->err, pipes, STDERR_FILENO);
	if (run->on_err)
		run->on_err(run->on_err_ctx, run->err);
}

static void converse(const struct run *run, struct pipes *pipes)
{
	size_t fed = 0;

	if (pipes->ours[0] >= 0)
		fcntl(pipes->ours[0], F_SETFL, O_NONBLOCK);
	for (;;) {
		struct pollfd p[3] = {
			{ .fd = pipes->ours[0], .events = POLLOUT },
			{ .fd = pipes->ours[1], .events = POLLIN },
			{ .fd = pipes->ours[2], .events = POLLIN },
		};

		if (p[0].fd < 0 && p[1].fd < 0 && p[2].fd < 0)
			return;
		if (poll(p, 3, -1) < 0) {
			if (errno == EINTR)
				continue;
			pipes->broken = errno;
			return;
		}
		if (p[0].fd >= 0 && p[0].revents)
			feed(run, pipes, &fed);
		if (p[1].fd >= 0 && p[1].revents)
			collect(run->out, pipes, STDOUT_FILENO);
		if (p[2].fd >= 0 && p[2].revents)
			collect_err(run, pipes);
	}
}

/* Writing to a child that is gone must not kill us. */
static void hold_sigpipe(sigset_t *before)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &set, before);
}

static void release_sigpipe(const sigset_t *before)
{
	struct timespec now = { 0 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	if (!sigismember(before, SIGPIPE))
		while (sigtimedwait(&set, NULL, &now) < 0 && errno == EINTR)
			;
	pthread_sigmask(SIG_SETMASK, before, NULL);
}

/* While an editor has the terminal, ^C and ^\ are for it alone. */
struct interrupts {
	struct sigaction int_was, quit_was;
};

static void ignore_interrupts(struct interrupts *was)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGINT, &ignore, &was->int_was);
	sigaction(SIGQUIT, &ignore, &was->quit_was);
}

static void restore_interrupts(const struct interrupts *was)
{
	sigaction(SIGINT, &was->int_was, NULL);
	sigaction(SIGQUIT, &was->quit_was, NULL);
}

static int open_pipes(struct pipes *pipes, const struct run *run)
{
	int error = 0;

	*pipes = (struct pipes){ { -1, -1, -1 }, { -1, -1, -1 }, 0 };
	if (run->in)
		error = make_pipe(pipes, STDIN_FILENO);
	if (!error && run->out)
		error = make_pipe(pipes, STDOUT_FILENO);
	if (!error && run->err)
		error = make_pipe(pipes, STDERR_FILENO);
	if (error)
		close_pipes(pipes);
	return error;
}

static int run_and_wait(struct run *run, const sigset_t *mask)
{
	struct interrupts interrupts;
	struct pipes pipes;
	pid_t pid;
	int result = open_pipes(&pipes, run);

	if (result)
		return result;
	if (run->inherit_in)
		ignore_interrupts(&interrupts);
	result = spawn(&pid, run, &pipes, mask);
	for (int i = 0; i < 3; i++)
		close_fd(&pipes.theirs[i]);
	if (!result) {
		converse(run, &pipes);
		close_pipes(&pipes);
		result = wait_for(pid);
	}
	close_pipes(&pipes);
	if (result >= 0 && pipes.broken) {
		errno = pipes.broken;
		result = error_errno("lost touch with '%s'", run->args.v[0]);
	}
	if (run->inherit_in)
		restore_interrupts(&interrupts);
	return result;
}

int run_command(struct run *run)
{
	sigset_t before;
	int result;

	hold_sigpipe(&before);
	result = run_and_wait(run, &before);
	release_sigpipe(&before);
	strvec_clear(&run->args);
	strvec_clear(&run->env);
	return result;
}

static void put_git_in_front(struct run *run)
{
	struct strvec args = STRVEC_INIT;

	strvec_push(&args, "git");
	strvec_push_all(&args, &run->args);
	strvec_clear(&run->args);
	run->args = args;
}

int run_git(struct run *run)
{
	put_git_in_front(run);
	return run_command(run);
}

/* The last line of git's stderr that says what went wrong. */
static int what_git_said(int exit_code, const char *err, const char *command)
{
	const char *said = NULL;
	size_t len;

	for (const char *line = err; *line;) {
		const char *rest;

		if (skip_prefix(line, "fatal: ", &rest) ||
		    skip_prefix(line, "error: ", &rest))
			said = rest;
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	if (!said)
		return error_set(GIT_ERROR, "git %s failed (exit code %d)",
				 command, exit_code);
	len = strcspn(said, "\n");
	return error_set(GIT_ERROR, "%.*s", (int)len, said);
}

int run_git_capture(struct strbuf *out, const char *arg, ...)
{
	struct run run = RUN_INIT;
	struct strbuf err = STRBUF_INIT;
	const char *command = arg;
	va_list ap;
	int result;

	va_start(ap, arg);
	for (; arg; arg = va_arg(ap, const char *))
		strvec_push(&run.args, arg);
	va_end(ap);
	run.out = out;
	run.err = &err;
	result = run_git(&run);
	if (result > 0)
		result = what_git_said(result, err.buf, command);
	strbuf_release(&err);
	return result;
}

int child_start(struct child *child, struct run *run)
{
	struct pipes pipes = { { -1, -1, -1 }, { -1, -1, -1 }, 0 };
	sigset_t mask;
	int error;

	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	error = make_pipe(&pipes, STDIN_FILENO);
	if (!error && !run->inherit_out)
		error = make_pipe(&pipes, STDOUT_FILENO);
	if (!error)
		error = spawn(&child->pid, run, &pipes, &mask);
	for (int i = 0; i < 3; i++)
		close_fd(&pipes.theirs[i]);
	if (error)
		close_pipes(&pipes);
	child->in = pipes.ours[0];
	child->out = pipes.ours[1];
	strvec_clear(&run->args);
	strvec_clear(&run->env);
	return error;
}

int child_finish(struct child *child)
{
	close_fd(&child->in);
	close_fd(&child->out);
	return wait_for(child->pid);
}

int child_write(struct child *child, const void *data, size_t len)
{
	sigset_t before;
	int result;

	hold_sigpipe(&before);
	result = fs_write_all(child->in, data, len);
	release_sigpipe(&before);
	return result;
}

bool child_read_line(struct strbuf *line, struct child *child)
{
	ssize_t got;
	char c;

	strbuf_reset(line);
	for (;;) {
		got = read(child->out, &c, 1);
		if (got < 0 && errno == EINTR)
			continue;
		/* Half a line would be taken for another one. */
		if (got < 0)
			return false;
		if (!got)
			return line->len > 0;
		if (c == '\n')
			return true;
		strbuf_addch(line, c);
	}
}
