/* SPDX-License-Identifier: MIT */
#include "base/workers.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/thread.h"

enum { MAX_THREADS = 64 };

struct pool {
	const struct workers_job *job;
	atomic_size_t next; /* first item not handed out yet */
	atomic_size_t done;
};

struct worker {
	struct pool *pool;
	size_t thread;
	pthread_t id;
};

static bool take_chunk(struct pool *pool, size_t *first, size_t *last)
{
	const struct workers_job *job = pool->job;
	size_t chunk = job->chunk ? job->chunk : 1;

	*first = atomic_fetch_add(&pool->next, chunk);
	if (*first >= job->nr)
		return false;
	*last = job->nr - *first < chunk ? job->nr : *first + chunk;
	return true;
}

static void work(struct pool *pool, size_t thread, bool tick)
{
	const struct workers_job *job = pool->job;
	size_t first, last;

	while (take_chunk(pool, &first, &last)) {
		size_t done;

		job->work(job->ctx, thread, first, last);
		done = atomic_fetch_add(&pool->done, last - first);
		if (tick && job->tick)
			job->tick(job->ctx, done + last - first);
	}
}

static void *worker_main(void *arg)
{
	struct worker *worker = arg;

	work(worker->pool, worker->thread, false);
	return NULL;
}

/* The calling thread works too, as number 0. */
void workers_run(const struct workers_job *job)
{
	struct pool pool = { .job = job };
	struct worker worker[MAX_THREADS];
	size_t chunk = job->chunk ? job->chunk : 1;
	size_t chunks = (job->nr + chunk - 1) / chunk;
	size_t threads = job->threads, started = 1;

	if (threads > MAX_THREADS)
		threads = MAX_THREADS;
	if (threads > chunks)
		threads = chunks;
	/* A thread that cannot be made is no error: the others do its work. */
	for (; started < threads; started++) {
		worker[started].pool = &pool;
		worker[started].thread = started;
		if (thread_start(&worker[started].id, worker_main,
				 &worker[started]))
			break;
	}
	work(&pool, 0, true);
	while (started-- > 1)
		pthread_join(worker[started].id, NULL);
	if (job->tick && job->nr)
		job->tick(job->ctx, job->nr);
}

size_t workers_online(void)
{
	long nr;
#ifdef __linux__
	cpu_set_t set;

	if (!sched_getaffinity(0, sizeof(set), &set))
		return (size_t)CPU_COUNT(&set);
#endif
	nr = sysconf(_SC_NPROCESSORS_ONLN);
	return nr > 0 ? (size_t)nr : 1;
}
