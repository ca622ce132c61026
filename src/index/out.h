/* SPDX-License-Identifier: MIT */
/*
 * The way out to the lock file: large writes, and the checksum of what was
 * written. For a large index a second thread does the sum while this one
 * writes; the pieces between them are a ring of slots:
 *
 *	 hashed       written, to be hashed       being filled
 *	|--------|=====|=====|=====|.............|~~~~~|
 *	          done ^                          ^ sent
 *
 * A slot is filled again only when its bytes are hashed.
 */
#ifndef PARE_INDEX_OUT_H
#define PARE_INDEX_OUT_H

#include <pthread.h>
#include <stdbool.h>

#include "base/hash.h"
#include "base/strbuf.h"
#include "pare/progress.h"

enum { INDEX_OUT_SLOTS = 8, INDEX_OUT_CHUNK = 512 * 1024 };

struct index_out {
	int fd;                /* or -1: into memory */
	struct strbuf *memory;
	int saved_errno; /* of the first call that failed */
	bool hashing, threaded, quit;
	struct hash_ctx hash;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	struct index_out_slot {
		uint8_t *buf;
		size_t len;
	} slot[INDEX_OUT_SLOTS];
	unsigned sent, done; /* slots, ever */
	size_t fill;         /* bytes in the slot being filled */
	/* Of `steps`, by what is written of `size_bytes`; or NULL. */
	const struct pare_progress *progress;
	uint64_t written_bytes, size_bytes, steps;
};

/* `size_bytes` is a guess that decides whether the thread pays. */
void index_out_init(struct index_out *out, int fd, struct strbuf *memory,
		    const struct hash_algo *algo, bool hashing,
		    size_t size_bytes);
void index_out_add(struct index_out *out, const void *data, size_t len);
/* The same with bytes of the file that `fd` is open on. */
void index_out_add_file(struct index_out *out, int fd, size_t offset,
			size_t len);
/*
 * Write what is left and the sum (zeroes when not hashing), release all.
 * -1 with errno if anything could not be written.
 */
int index_out_finish(struct index_out *out, const struct hash_algo *algo);

#endif
