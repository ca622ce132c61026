/* SPDX-License-Identifier: MIT */
/*
 * Reading refs. A plain loose or packed ref is two small files away; whatever
 * is not plain (reftable, HEAD as a link, a broken file) is asked of git.
 */
#include "repo/refs.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/quote.h"
#include "base/run.h"

enum { SYMREF_DEPTH_MAX = 5 };
enum { REF_FILE_BYTES_MAX = 64 * 1024 };

enum found {
	REF_OID,
	REF_SYMREF,
	REF_MISSING,
	REF_ASK_GIT,
};

/* refs/bisect and the like, and what is outside of refs/: one a worktree. */
static bool is_per_worktree(const char *ref)
{
	return !starts_with(ref, "refs/") ||
	       starts_with(ref, "refs/bisect/") ||
	       starts_with(ref, "refs/worktree/") ||
	       starts_with(ref, "refs/rewritten/");
}

/* What a loose ref says; a symref's target is left in `text`. */
static enum found parse_loose(struct oid *oid, struct strbuf *text,
			      const struct hash_algo *algo)
{
	const char *target;

	if (skip_prefix(text->buf, "ref:", &target)) {
		size_t skip = (size_t)(target - text->buf);

		strbuf_rtrim(text);
		skip += strspn(text->buf + skip, " \t");
		memmove(text->buf, text->buf + skip, text->len - skip);
		strbuf_setlen(text, text->len - skip);
		return text->len ? REF_SYMREF : REF_ASK_GIT;
	}
	if (text->len <= algo->hex_size || oid_parse(oid, text->buf, algo) ||
	    !strchr(" \t\n", text->buf[algo->hex_size]))
		return REF_ASK_GIT;
	return REF_OID;
}

static enum found read_loose(struct oid *oid, struct strbuf *text,
			     const struct pare_repo *repo, const char *ref)
{
	char *path = is_per_worktree(ref) ? repo_git_path(repo, ref) :
					    repo_common_path(repo, ref);
	int error;

	strbuf_reset(text);
	error = strbuf_read_file(text, path, REF_FILE_BYTES_MAX);
	free(path);
	if (error < 0) {
		error_clear();
		return error == GIT_ENOTFOUND ? REF_MISSING : REF_ASK_GIT;
	}
	return parse_loose(oid, text, repo->algo);
}

/* Find the line "<hex> <ref>". */
static enum found find_packed(struct oid *oid, const struct strbuf *packed,
			      const char *ref, const struct hash_algo *algo)
{
	char *needle = xstrfmt(" %s\n", ref);
	const char *end = packed->buf + packed->len, *hit = packed->buf;
	enum found found = REF_MISSING;
	size_t len = strlen(needle);

	while ((hit = memmem(hit, (size_t)(end - hit), needle, len))) {
		const char *hex = hit - algo->hex_size;

		if (hex >= packed->buf &&
		    (hex == packed->buf || hex[-1] == '\n') &&
		    !oid_parse(oid, hex, algo)) {
			found = REF_OID;
			break;
		}
		hit++;
	}
	free(needle);
	return found;
}

static enum found read_packed(struct oid *oid, const struct pare_repo *repo,
			      const char *ref)
{
	struct strbuf packed = STRBUF_INIT;
	char *path = repo_common_path(repo, "packed-refs");
	enum found found = REF_MISSING;
	int error = strbuf_read_file(&packed, path, SIZE_MAX);

	if (!error)
		found = find_packed(oid, &packed, ref, repo->algo);
	else if (error != GIT_ENOTFOUND)
		found = REF_ASK_GIT;
	if (error < 0)
		error_clear();
	free(path);
	strbuf_release(&packed);
	return found;
}

static bool is_plain_name(const char *ref)
{
	return *ref && *ref != '/' && !strstr(ref, "..") &&
	       !strchr(ref, '\n') &&
	       (starts_with(ref, "refs/") || !strchr(ref, '/'));
}

/*
 * Follow `ref`; the name it ends at is left in `name`. REF_MISSING when that
 * does not exist.
 */
static enum found follow(struct oid *oid, struct strbuf *name,
			 const struct pare_repo *repo, const char *ref)
{
	struct strbuf text = STRBUF_INIT;
	enum found found = repo->has_reftable ? REF_ASK_GIT : REF_SYMREF;

	strbuf_addstr(name, ref);
	for (int depth = 0; found == REF_SYMREF; depth++) {
		if (depth > SYMREF_DEPTH_MAX || !is_plain_name(name->buf)) {
			found = REF_ASK_GIT;
			break;
		}
		found = read_loose(oid, &text, repo, name->buf);
		if (found == REF_MISSING)
			found = read_packed(oid, repo, name->buf);
		if (found == REF_SYMREF) {
			strbuf_reset(name);
			strbuf_addbuf(name, &text);
		}
	}
	strbuf_release(&text);
	return found;
}

/* One line of a git command's answer; its exit code or a negative error. */
static int ask_git(struct strbuf *out, const char *a, const char *b,
		   const char *c, const char *d)
{
	struct run run = RUN_INIT;
	int result;

	strbuf_reset(out);
	strvec_pushl(&run.args, a, b, c, d, NULL);
	run.out = out;
	run.discard_err = true;
	result = run_git(&run);
	strbuf_rtrim(out);
	return result;
}

static int ask_for_oid(struct oid *oid, struct pare_repo *repo,
		       const char *ref)
{
	struct strbuf out = STRBUF_INIT;
	int result = ask_git(&out, "rev-parse", "--verify", "-q", ref);

	if (result >= 0)
		result = result || oid_parse(oid, out.buf, repo->algo) ?
			GIT_ENOTFOUND : 0;
	strbuf_release(&out);
	return result;
}

static int no_such_ref(const char *ref)
{
	return error_set(GIT_ENOTFOUND, "ref '%s' does not exist", quoted(ref));
}

int repo_ref(struct oid *oid, struct pare_repo *repo, const char *ref)
{
	struct strbuf name = STRBUF_INIT;
	enum found found = follow(oid, &name, repo, ref);
	int error = 0;

	if (found == REF_ASK_GIT)
		error = ask_for_oid(oid, repo, ref);
	else if (found == REF_MISSING)
		error = GIT_ENOTFOUND;
	strbuf_release(&name);
	return error == GIT_ENOTFOUND ? no_such_ref(ref) : error;
}

static int unborn(const char *ref)
{
	const char *branch = ref;

	skip_prefix(ref, "refs/heads/", &branch);
	return error_set(GIT_EUNBORNBRANCH, "your current branch '%s' does not "
			 "have any commits yet", quoted(branch));
}

static int ask_for_head(char **ref, struct oid *oid, struct pare_repo *repo)
{
	struct strbuf name = STRBUF_INIT;
	int result = ask_git(&name, "symbolic-ref", "-q", "HEAD", NULL);

	if (result < 0)
		goto done;
	if (!result)
		*ref = xstrdup(name.buf);
	result = ask_for_oid(oid, repo, "HEAD");
	if (result == GIT_ENOTFOUND)
		result = *ref ? unborn(*ref) : no_such_ref("HEAD");
done:
	strbuf_release(&name);
	return result;
}

int repo_head(char **ref, struct oid *oid, struct pare_repo *repo)
{
	struct strbuf name = STRBUF_INIT;
	enum found found;
	int error = 0;

	*ref = NULL;
	found = follow(oid, &name, repo, "HEAD");
	if (found == REF_ASK_GIT ||
	    (found == REF_MISSING && !strcmp(name.buf, "HEAD"))) {
		error = ask_for_head(ref, oid, repo);
	} else {
		if (strcmp(name.buf, "HEAD"))
			*ref = xstrdup(name.buf);
		if (found == REF_MISSING)
			error = unborn(*ref);
	}
	strbuf_release(&name);
	return error;
}

static int each_line(char *text, const struct hash_algo *algo,
		     int (*fn)(const char *ref, const struct oid *oid,
			       void *ctx),
		     void *ctx)
{
	struct oid oid;
	int result = 0;

	while (*text && !result) {
		char *end = strchrnul(text, '\n'), *line = text;

		text = end + !!*end;
		*end = '\0';
		if (!*line)
			continue;
		if ((size_t)(end - line) <= algo->hex_size + 1 ||
		    oid_parse(&oid, line, algo))
			return error_set(GIT_EINVALID, "git for-each-ref gave "
					 "an answer that is not understood");
		result = fn(line + algo->hex_size + 1, &oid, ctx);
	}
	return result;
}

static int each_ref(struct pare_repo *repo, const char *format,
		    const char *prefix,
		    int (*fn)(const char *ref, const struct oid *oid,
			      void *ctx),
		    void *ctx)
{
	struct strbuf out = STRBUF_INIT;
	int result = run_git_capture(&out, "for-each-ref", format, prefix,
				     NULL);

	if (!result)
		result = each_line(out.buf, repo->algo, fn, ctx);
	strbuf_release(&out);
	return result;
}

int repo_each_ref(struct pare_repo *repo, const char *prefix,
		  int (*fn)(const char *ref, const struct oid *oid, void *ctx),
		  void *ctx)
{
	return each_ref(repo, "--format=%(objectname) %(refname)", prefix, fn,
			ctx);
}

int repo_each_branch(struct pare_repo *repo,
		     int (*fn)(const char *ref, const struct oid *oid,
			       void *ctx),
		     void *ctx)
{
	return each_ref(repo, "--format=%(if)%(symref)%(then)%(else)"
			"%(objectname) %(refname)%(end)", "refs/heads/", fn,
			ctx);
}

int repo_upstream(char **ref, struct pare_repo *repo, const char *branch)
{
	struct strbuf out = STRBUF_INIT;
	const char *name = branch;
	char *key, *full;
	int error = 0;

	*ref = NULL;
	skip_prefix(branch, "refs/heads/", &name);
	key = xstrfmt("branch.%s.merge", name);
	full = xstrfmt("refs/heads/%s", name);
	if (pare_repo_config_get(repo, key))
		error = run_git_capture(&out, "for-each-ref",
					"--format=%(upstream)", full, NULL);
	strbuf_rtrim(&out);
	if (!error && out.len)
		*ref = strbuf_detach(&out, NULL);
	else if (!error)
		error = error_set(GIT_ENOTFOUND, "no upstream configured for "
				  "branch '%s'", quoted(name));
	strbuf_release(&out);
	free(key);
	free(full);
	return error;
}

void tracking_release(struct tracking *tracking)
{
	free(tracking->upstream);
	free(tracking->push);
	free(tracking->push_remote);
	*tracking = (struct tracking){ .upstream = NULL };
}

/* The next of the fields that blanks separate; no ref has one. */
static char *take_field(const char **at)
{
	size_t len = strcspn(*at, " ");
	char *field = len ? xstrndup(*at, len) : NULL;

	*at += len + ((*at)[len] == ' ');
	return field;
}

int repo_tracking(struct tracking *out, struct pare_repo *repo,
		  const char *branch)
{
	struct strbuf text = STRBUF_INIT;
	const char *p;
	int error = run_git_capture(&text, "for-each-ref",
				    "--format=%(upstream) %(push) "
				    "%(push:remotename)", branch, NULL);

	(void)repo;
	*out = (struct tracking){ .upstream = NULL };
	strbuf_rtrim(&text);
	p = text.buf;
	if (!error) {
		out->upstream = take_field(&p);
		out->push = take_field(&p);
		out->push_remote = take_field(&p);
	}
	strbuf_release(&text);
	return error;
}

int repo_ref_with(const char **which, struct pare_repo *repo,
		  const struct oid *oid, const char *a, const char *b)
{
	struct strbuf out = STRBUF_INIT;
	char *contains = xstrfmt("--contains=%s", oid_hex(oid, repo->algo));
	int error = 0;

	*which = NULL;
	if (a || b)
		error = run_git_capture(&out, "for-each-ref",
					"--format=%(refname)", contains,
					a ? a : b, b ? b : a, NULL);
	strbuf_setlen(&out, strcspn(out.buf, "\n"));
	if (!error && out.len)
		*which = a && !strcmp(out.buf, a) ? a : b;
	free(contains);
	strbuf_release(&out);
	return error;
}
