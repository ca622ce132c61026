/* SPDX-License-Identifier: MIT */
/* Indexes made by git, and how they look to us. */
#ifndef PARE_TESTS_INDEX_FIXTURE_H
#define PARE_TESTS_INDEX_FIXTURE_H

#include "support/sandbox.h"

#include "base/error.h"
#include "base/hash.h"
#include "base/strbuf.h"
#include "pare/index.h"

/* The rows of tables over what an index can be. */
static const struct index_kind {
	const char *algo;
	int version;
} index_kinds[] = {
	{ "sha1", 2 }, { "sha1", 4 }, { "sha256", 2 }, { "sha256", 4 },
};

/* A file with two directories below each other, links, and a submodule. */
static inline void make_repo(const char *dir, const struct index_kind *kind)
{
	sh("git init -q --object-format=%s %s && cd %s && "
	   "git config index.version %d && git config index.threads 1 && "
	   "mkdir -p a/b/c a-b deep/one/two && "
	   "for i in 1 2 3 4 5 6 7 8 9; do "
	   "echo $i >a/f$i; echo $i >a/b/g$i; echo $i >a/b/c/h$i; "
	   "echo $i >deep/one/two/file-with-a-longer-name-$i; done && "
	   "echo x >a-b/x && echo r >root && ln -s root link && "
	   "echo '* text' >a/.gitattributes && echo x >run && chmod +x run && "
	   "touch -h -d '2020-01-01' $(git ls-files -o) && "
	   "git update-index --index-version %d && git add . && "
	   "git update-index --add --cacheinfo 160000,$(git hash-object root),sub"
	   " && git commit -qm one && git reset -q && git write-tree >/dev/null",
	   kind->algo, dir, dir, kind->version, kind->version);
}

/* As `git ls-files -t -s` prints it; freed by the caller's strbuf. */
static inline void dump_index(struct strbuf *out, const struct pare_index *index,
			      const struct hash_algo *algo)
{
	struct pare_index_iter iter;
	struct pare_index_entry e;
	struct oid oid;
	int more;

	pare_index_iter_init(&iter, index);
	while ((more = pare_index_next(&e, &iter)) > 0) {
		oid_read(&oid, e.oid, algo);
		strbuf_addf(out, "%c %06o %s %d\t%s\n",
			    pare_index_stage(&e) ? 'M' :
			    pare_index_skipped(&e) ? 'S' : 'H',
			    (unsigned)e.mode, oid_hex(&oid, algo),
			    pare_index_stage(&e), e.name);
	}
	assert_int_equal(more, 0);
	pare_index_iter_release(&iter);
}

static inline void assert_as_git_lists(const char *repo,
				       const struct hash_algo *algo)
{
	struct strbuf ours = STRBUF_INIT;
	struct pare_index *index;
	char *path = xstrfmt("%s/.git/index", repo);

	assert_int_equal(pare_index_open(&index, path, algo), 0);
	assert_int_equal(pare_index_verify(index), 0);
	dump_index(&ours, index, algo);
	assert_text(ours.buf, sh("git -C %s -c core.quotePath=false "
				 "ls-files --sparse -t -s", repo));
	pare_index_close(index);
	strbuf_release(&ours);
	free(path);
}

#endif
