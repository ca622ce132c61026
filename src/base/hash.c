/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

#include <stdio.h>

const struct hash_algo hash_sha1 = {
	.name = "sha1",
	.raw_size = HASH_SHA1_SIZE,
	.hex_size = 2 * HASH_SHA1_SIZE,
};

const struct hash_algo hash_sha256 = {
	.name = "sha256",
	.raw_size = HASH_SHA256_SIZE,
	.hex_size = 2 * HASH_SHA256_SIZE,
};

const struct hash_algo *hash_algo_by_name(const char *name)
{
	if (!strcmp(name, hash_sha1.name))
		return &hash_sha1;
	return strcmp(name, hash_sha256.name) ? NULL : &hash_sha256;
}

bool oid_is_zero(const struct oid *oid)
{
	static const struct oid zero;

	return oid_equal(oid, &zero);
}

void oid_hex_r(char *hex, const struct oid *oid, const struct hash_algo *algo)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < algo->raw_size; i++) {
		*hex++ = digit[oid->hash[i] >> 4];
		*hex++ = digit[oid->hash[i] & 15];
	}
	*hex = '\0';
}

const char *oid_hex(const struct oid *oid, const struct hash_algo *algo)
{
	static _Thread_local char hex[4][HASH_MAX_HEX + 1];
	static _Thread_local unsigned turn;
	char *out = hex[turn++ & 3];

	oid_hex_r(out, oid, algo);
	return out;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int oid_parse(struct oid *out, const char *hex, const struct hash_algo *algo)
{
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < algo->raw_size; i++) {
		int high = hex_value(hex[2 * i]), low;

		if (high < 0)
			return -1;
		low = hex_value(hex[2 * i + 1]);
		if (low < 0)
			return -1;
		out->hash[i] = (uint8_t)(high << 4 | low);
	}
	return 0;
}

void hash_init(struct hash_ctx *ctx, const struct hash_algo *algo)
{
	ctx->algo = algo;
	if (algo == &hash_sha256)
		sha256_init(&ctx->u.sha256);
	else
		sha1_init(&ctx->u.sha1);
}

void hash_update(struct hash_ctx *ctx, const void *data, size_t len)
{
	if (ctx->algo == &hash_sha256)
		sha256_update(&ctx->u.sha256, len, data);
	else
		sha1_update(&ctx->u.sha1, len, data);
}

void hash_final(struct hash_ctx *ctx, uint8_t *out)
{
	if (ctx->algo == &hash_sha256)
		sha256_digest(&ctx->u.sha256, SHA256_DIGEST_SIZE, out);
	else
		sha1_digest(&ctx->u.sha1, SHA1_DIGEST_SIZE, out);
}

void hash_object(struct oid *out, const struct hash_algo *algo,
		 const char *type, const void *data, size_t len)
{
	struct hash_ctx ctx;
	char header[64];
	int header_len;

	header_len = snprintf(header, sizeof(header), "%s %zu", type, len);
	hash_init(&ctx, algo);
	hash_update(&ctx, header, (size_t)header_len + 1);
	hash_update(&ctx, data, len);
	memset(out, 0, sizeof(*out));
	hash_final(&ctx, out->hash);
}
