/* SPDX-License-Identifier: MIT */
/*
 * timeit FILE COMMAND [ARG...]: run the command, write `<µs> <KiB> <exit>` to
 * FILE: wall time, peak resident memory of the largest process it started or
 * was, exit code. What shells' `time` leaves out is the memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	long long start;
	int status;
	FILE *out;
	pid_t pid;

	if (argc < 3) {
		fputs("usage: timeit FILE COMMAND [ARG...]\n", stderr);
		return 129;
	}
	start = now_us();
	pid = fork();
	if (pid < 0) {
		perror("fork");
		return 128;
	}
	if (!pid) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	/* Linux counts in its own finished children. */
	if (wait4(pid, &status, 0, &usage) < 0) {
		perror("wait4");
		return 128;
	}
	long long took = now_us() - start;
	int rc = WIFEXITED(status) ? WEXITSTATUS(status)
				   : 128 + WTERMSIG(status);

	out = fopen(argv[1], "w");
	if (!out) {
		perror(argv[1]);
		return 128;
	}
	fprintf(out, "%lld %ld %d\n", took, usage.ru_maxrss, rc);
	return fclose(out) ? 128 : 0;
}
