/* SPDX-License-Identifier: MIT */
#include "base/thread.h"

#include <signal.h>
#include <stddef.h>

/* All but those that say the thread itself went wrong. */
static void fill_with_requests(sigset_t *set)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE,
				      SIGILL,  SIGABRT, SIGTRAP };

	sigfillset(set);
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++)
		sigdelset(set, faults[i]);
}

int thread_start(pthread_t *thread, void *(*work)(void *), void *arg)
{
	sigset_t requests, before;
	int result;

	/* A new thread has the mask of the one that starts it. */
	fill_with_requests(&requests);
	pthread_sigmask(SIG_BLOCK, &requests, &before);
	result = pthread_create(thread, NULL, work, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return result;
}
