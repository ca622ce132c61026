/* SPDX-License-Identifier: MIT */
/*
 * Object names and the two hash functions git uses, by nettle (its SHA-1 and
 * SHA-256 use the processor's instructions where it has them).
 */
#ifndef PARE_BASE_HASH_H
#define PARE_BASE_HASH_H

#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { HASH_SHA1_SIZE = 20, HASH_SHA256_SIZE = 32, HASH_MAX_SIZE = 32 };
enum { HASH_MAX_HEX = 2 * HASH_MAX_SIZE };

struct hash_algo {
	const char *name; /* "sha1", "sha256", as extensions.objectFormat */
	size_t raw_size;  /* bytes of an object name */
	size_t hex_size;  /* twice that */
};

extern const struct hash_algo hash_sha1;
extern const struct hash_algo hash_sha256;

/* By name, or NULL. */
const struct hash_algo *hash_algo_by_name(const char *name);

/* An object name; with SHA-1 the last twelve bytes are zero. */
struct oid {
	uint8_t hash[HASH_MAX_SIZE];
};

static inline bool oid_equal(const struct oid *a, const struct oid *b)
{
	return !memcmp(a->hash, b->hash, HASH_MAX_SIZE);
}

static inline void oid_read(struct oid *out, const uint8_t *raw,
			    const struct hash_algo *algo)
{
	memset(out, 0, sizeof(*out));
	memcpy(out->hash, raw, algo->raw_size);
}

bool oid_is_zero(const struct oid *oid);

/*
 * The hex form, in one of four buffers of this thread that take turns, or in
 * `hex`, which has room for HASH_MAX_HEX + 1 bytes.
 */
const char *oid_hex(const struct oid *oid, const struct hash_algo *algo);
void oid_hex_r(char *hex, const struct oid *oid, const struct hash_algo *algo);

/* Read exactly hex_size digits at `hex`; -1 if they are not all there. */
int oid_parse(struct oid *out, const char *hex, const struct hash_algo *algo);

struct hash_ctx {
	const struct hash_algo *algo;
	union {
		struct sha1_ctx sha1;
		struct sha256_ctx sha256;
	} u;
};

void hash_init(struct hash_ctx *ctx, const struct hash_algo *algo);
void hash_update(struct hash_ctx *ctx, const void *data, size_t len);
/* Writes raw_size bytes. */
void hash_final(struct hash_ctx *ctx, uint8_t *out);

/* The name of the object of this type ("blob", "tree", …) and content. */
void hash_object(struct oid *out, const struct hash_algo *algo,
		 const char *type, const void *data, size_t len);

#endif
