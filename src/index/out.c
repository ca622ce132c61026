/* SPDX-License-Identifier: MIT */
#include "index/out.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/thread.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREAD_PAYS_BYTES = 4 * 1024 * 1024 };

static void *hash_slots(void *arg)
{
	struct index_out *out = arg;

	pthread_mutex_lock(&out->mutex);
	for (;;) {
		struct index_out_slot *slot;

		while (out->done == out->sent && !out->quit)
			pthread_cond_wait(&out->cond, &out->mutex);
		if (out->done == out->sent)
			break;
		slot = &out->slot[out->done % INDEX_OUT_SLOTS];
		pthread_mutex_unlock(&out->mutex);
		hash_update(&out->hash, slot->buf, slot->len);
		pthread_mutex_lock(&out->mutex);
		out->done++;
		pthread_cond_signal(&out->cond);
	}
	pthread_mutex_unlock(&out->mutex);
	return NULL;
}

void index_out_init(struct index_out *out, int fd, struct strbuf *memory,
		    const struct hash_algo *algo, bool hashing,
		    size_t size_bytes)
{
	memset(out, 0, sizeof(*out));
	out->fd = fd;
	out->memory = memory;
	out->hashing = hashing;
	out->size_bytes = size_bytes ? size_bytes : 1;
	hash_init(&out->hash, algo);
	pthread_mutex_init(&out->mutex, NULL);
	pthread_cond_init(&out->cond, NULL);
	if (hashing && size_bytes >= THREAD_PAYS_BYTES)
		out->threaded = !thread_start(&out->thread, hash_slots, out);
}

static void write_out(struct index_out *out, const void *data, size_t len)
{
	if (out->memory)
		strbuf_add(out->memory, data, len);
	else if (!out->saved_errno && fs_write_all(out->fd, data, len) < 0)
		out->saved_errno = errno;
}

static void show_progress(struct index_out *out, size_t len)
{
	out->written_bytes += len;
	if (out->progress)
		pare_progress_update(out->progress,
				     out->steps * out->written_bytes /
					     out->size_bytes);
}

/* Hand the current slot to the hash, write it, and wait for a free one. */
static void flush(struct index_out *out)
{
	struct index_out_slot *slot = &out->slot[out->sent % INDEX_OUT_SLOTS];

	if (!out->fill)
		return;
	slot->len = out->fill;
	out->fill = 0;
	if (out->threaded) {
		pthread_mutex_lock(&out->mutex);
		out->sent++;
		pthread_cond_signal(&out->cond);
		pthread_mutex_unlock(&out->mutex);
	} else if (out->hashing) {
		hash_update(&out->hash, slot->buf, slot->len);
	}
	write_out(out, slot->buf, slot->len);
	show_progress(out, slot->len);
	if (!out->threaded)
		return;
	pthread_mutex_lock(&out->mutex);
	while (out->sent - out->done >= INDEX_OUT_SLOTS)
		pthread_cond_wait(&out->cond, &out->mutex);
	pthread_mutex_unlock(&out->mutex);
}

/* Room in the slot that is being filled, at most `len` bytes. */
static uint8_t *room(size_t *n, struct index_out *out, size_t len)
{
	struct index_out_slot *slot = &out->slot[out->sent % INDEX_OUT_SLOTS];

	if (!slot->buf)
		slot->buf = xmalloc(INDEX_OUT_CHUNK);
	*n = INDEX_OUT_CHUNK - out->fill;
	if (*n > len)
		*n = len;
	return slot->buf + out->fill;
}

static void filled(struct index_out *out, size_t n)
{
	out->fill += n;
	if (out->fill == INDEX_OUT_CHUNK)
		flush(out);
}

void index_out_add(struct index_out *out, const void *data, size_t len)
{
	const uint8_t *p = data;

	while (len) {
		size_t n;
		uint8_t *to = room(&n, out, len);

		memcpy(to, p, n);
		filled(out, n);
		p += n;
		len -= n;
	}
}

void index_out_add_file(struct index_out *out, int fd, size_t offset,
			size_t len)
{
	while (len && !out->saved_errno) {
		size_t n;
		uint8_t *to = room(&n, out, len);
		ssize_t got = pread(fd, to, n, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			out->saved_errno = got ? errno : EIO;
			return;
		}
		filled(out, (size_t)got);
		offset += (size_t)got;
		len -= (size_t)got;
	}
}

int index_out_finish(struct index_out *out, const struct hash_algo *algo)
{
	uint8_t sum[HASH_MAX_SIZE] = { 0 };

	flush(out);
	if (out->threaded) {
		pthread_mutex_lock(&out->mutex);
		out->quit = true;
		pthread_cond_signal(&out->cond);
		pthread_mutex_unlock(&out->mutex);
		pthread_join(out->thread, NULL);
	}
	if (out->hashing)
		hash_final(&out->hash, sum);
	write_out(out, sum, algo->raw_size);
	for (size_t i = 0; i < INDEX_OUT_SLOTS; i++)
		free(out->slot[i].buf);
	pthread_mutex_destroy(&out->mutex);
	pthread_cond_destroy(&out->cond);
	errno = out->saved_errno;
	return out->saved_errno ? -1 : 0;
}
