/* SPDX-License-Identifier: MIT */
/*
 * Threads beside the main one. Signals that end the process are left to the
 * main thread: it alone takes and ends locks, so it alone knows, at each
 * moment, which files a dying process has to remove.
 */
#ifndef PARE_BASE_THREAD_H
#define PARE_BASE_THREAD_H

#include <pthread.h>

/* As pthread_create: 0, or the error's number. */
int thread_start(pthread_t *thread, void *(*work)(void *), void *arg);

#endif
