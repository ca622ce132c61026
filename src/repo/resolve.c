/* SPDX-License-Identifier: MIT */
/* From names to objects. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/path.h"
#include "base/quote.h"
#include "base/run.h"
#include "repo/commit.h"
#include "repo/odb.h"
#include "repo/refs.h"

static bool type_is(enum object_type type, const char *want)
{
	return !strcmp(want, "object") ||
	       (!strcmp(want, "commit") && type == OBJ_COMMIT) ||
	       (!strcmp(want, "tree") && type == OBJ_TREE);
}

/* HEAD, or a full name that the open object database knows. */
static bool resolve_here(struct oid *out, struct pare_repo *repo,
			 const char *rev, const char *want)
{
	enum object_type type;
	size_t size_bytes;

	if (!strcmp(rev, "HEAD") && !strcmp(want, "commit")) {
		char *ref;
		int error = repo_head(&ref, out, repo);

		free(ref);
		return !error;
	}
	return repo->odb && strlen(rev) == repo->algo->hex_size &&
	       !oid_parse(out, rev, repo->algo) && odb_has(repo->odb, out) &&
	       !odb_read_header(&type, &size_bytes, repo->odb, out) &&
	       type_is(type, want);
}

/* `main` of `mian^2` is near, and what follows stays. */
void pare_repo_hint_near_rev(const char *rev)
{
	size_t len = strcspn(rev, "^~:@");
	char *word = xstrndup(rev, len);
	struct strbuf text = STRBUF_INIT;
	struct strvec names = STRVEC_INIT;
	struct run run = RUN_INIT;
	const char *near;

	strvec_pushl(&run.args, "for-each-ref", "--format=%(refname:lstrip=2)",
		     "refs/heads", "refs/tags", "refs/remotes", NULL);
	run.out = &text;
	run.discard_err = true;
	if (*word && !run_git(&run)) {
		strvec_split(&names, text.buf, '\n');
		near = names.nr ? nearest_word(word, names.v) : NULL;
		if (near && strcmp(near, word))
			error_hint("did you mean '%s%s'?", quoted(near),
				   rev + len);
	}
	strvec_clear(&names);
	strbuf_release(&text);
	free(word);
}

int repo_resolve(struct oid *out, struct pare_repo *repo, const char *rev,
		 const char *want)
{
	struct strbuf name = STRBUF_INIT;
	struct run run = RUN_INIT;
	int result;

	if (resolve_here(out, repo, rev, want))
		return 0;
	strvec_pushl(&run.args, "rev-parse", "--verify", "-q",
		     "--end-of-options", NULL);
	strvec_pushf(&run.args, "%s^{%s}", rev, want);
	run.out = &name;
	run.discard_err = true;
	result = run_git(&run);
	strbuf_rtrim(&name);
	if (result >= 0) {
		result = result || oid_parse(out, name.buf, repo->algo) ?
			error_set(GIT_ENOTFOUND, "bad revision '%s'",
				  quoted(rev)) : 0;
		if (result)
			pare_repo_hint_near_rev(rev);
	}
	strbuf_release(&name);
	return result;
}

int pare_repo_ask_rev(const char *dir, const char *rev)
{
	struct run run = RUN_INIT;

	strvec_pushl(&run.args, "rev-parse", "-q", "--verify", rev, NULL);
	run.dir = dir;
	run.discard_out = run.discard_err = true;
	return run_git(&run);
}

int repo_head_tree(struct oid *out, struct pare_repo *repo)
{
	struct commit commit;
	struct oid oid;
	char *ref;
	int error = repo_head(&ref, &oid, repo);

	free(ref);
	if (error < 0 || (error = commit_read(&commit, repo, &oid)) < 0)
		return error;
	*out = commit.tree;
	commit_release(&commit);
	return 0;
}
