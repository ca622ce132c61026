/* SPDX-License-Identifier: MIT */
#include "support/hostile.h"

#include <stdio.h>

#include "base/hash.h"

const char *const hostile_names[] = {
	"..", ".", ".git", ".GIT", ".gIt", "git~1", "GIT~1", ".git.", ".git ",
	".git. .", ".git:x", ".git::$INDEX_ALLOCATION", ".git\\x", "x\\.git\\y",
	".\xe2\x80\x8cgit", ".g\xe2\x80\x8dit", ".gi\xef\xbb\xbft",
	"\xe2\x80\xaa.git", ".git\xe2\x81\xaf",
};
const size_t hostile_names_nr = ARRAY_SIZE(hostile_names);

struct result hostile_run(const char *what, const char *command)
{
	struct result r = sh_try("cd r && ulimit -s 8192 && "
				 "timeout 120 %s 2>&1 </dev/null", command);

	if (r.rc && r.rc != 1 && r.rc != 128 && r.rc != 254)
		print_error("%s: %s: exit code %d\n%.1000s\n", what, command,
			    r.rc, r.out);
	assert_true(!r.rc || r.rc == 1 || r.rc == 128 || r.rc == 254);
	return r;
}

void hostile_write_index(struct strbuf *index)
{
	struct hash_ctx ctx;
	size_t len = index->len - hash_sha1.raw_size;
	FILE *f = fopen("r/.git/index", "wb");

	hash_init(&ctx, &hash_sha1);
	hash_update(&ctx, index->buf, len);
	hash_final(&ctx, (uint8_t *)index->buf + len);
	assert_non_null(f);
	assert_int_equal(fwrite(index->buf, 1, index->len, f), index->len);
	assert_int_equal(fclose(f), 0);
}
