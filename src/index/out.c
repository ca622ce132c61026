/* SPDX-License-Identifier: MIT */
#include "index/out.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	THREAD_PAYS_BYTES = 4 * 1024 * 1024,
	LASTING_PAYS_BYTES = 32 * 1024, /* below, a copy is cheaper */
};

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
		hash_update(&out->hash, slot->data, slot->len);
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
	hash_init(&out->hash, algo);
	pthread_mutex_init(&out->mutex, NULL);
	pthread_cond_init(&out->cond, NULL);
	if (hashing && size_bytes >= THREAD_PAYS_BYTES)
		out->threaded =
			!pthread_create(&out->thread, NULL, hash_slots, out);
}

static void write_out(struct index_out *out, const void *data, size_t len)
{
	if (out->memory)
		strbuf_add(out->memory, data, len);
	else if (!out->saved_errno && fs_write_all(out->fd, data, len) < 0)
		out->saved_errno = errno;
}

/* Hand the current slot to the hash, write it, and wait for a free one. */
static void send_slot(struct index_out *out, const uint8_t *data, size_t len)
{
	struct index_out_slot *slot = &out->slot[out->sent % INDEX_OUT_SLOTS];

	slot->data = data;
	slot->len = len;
	if (out->threaded) {
		pthread_mutex_lock(&out->mutex);
		out->sent++;
		pthread_cond_signal(&out->cond);
		pthread_mutex_unlock(&out->mutex);
	} else if (out->hashing) {
		hash_update(&out->hash, data, len);
	}
	write_out(out, data, len);
	if (!out->threaded)
		return;
	pthread_mutex_lock(&out->mutex);
	while (out->sent - out->done >= INDEX_OUT_SLOTS)
		pthread_cond_wait(&out->cond, &out->mutex);
	pthread_mutex_unlock(&out->mutex);
}

static void flush(struct index_out *out)
{
	size_t len = out->fill;

	out->fill = 0;
	if (len)
		send_slot(out, out->slot[out->sent % INDEX_OUT_SLOTS].buf, len);
}

void index_out_add(struct index_out *out, const void *data, size_t len)
{
	const uint8_t *p = data;

	while (len) {
		struct index_out_slot *slot =
			&out->slot[out->sent % INDEX_OUT_SLOTS];
		size_t n = INDEX_OUT_CHUNK - out->fill;

		if (!slot->buf)
			slot->buf = xmalloc(INDEX_OUT_CHUNK);
		if (n > len)
			n = len;
		memcpy(slot->buf + out->fill, p, n);
		out->fill += n;
		p += n;
		len -= n;
		if (out->fill == INDEX_OUT_CHUNK)
			flush(out);
	}
}

void index_out_add_lasting(struct index_out *out, const uint8_t *data,
			   size_t len)
{
	if (len >= LASTING_PAYS_BYTES)
		flush(out);
	while (len >= LASTING_PAYS_BYTES) {
		size_t n = len < INDEX_OUT_CHUNK ? len : INDEX_OUT_CHUNK;

		send_slot(out, data, n);
		data += n;
		len -= n;
	}
	index_out_add(out, data, len);
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
