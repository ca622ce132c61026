/* SPDX-License-Identifier: MIT */
/* Objects that a partial clone left with its promisor remotes. */
#include "repo/fetch.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/quote.h"
#include "base/run.h"
#include "repo/config.h"

/* So often is a remote asked again without what it says it lacks. */
enum { REFUSALS_MAX = 100 };

struct fetching {
	struct pare_repo *repo;
	const struct pare_progress *progress;
	const char *filter;
	const struct oid *oid;
	size_t nr;
	struct strbuf missing; /* the names of those not here, a line each */
	size_t nr_missing;
};

static int add_promisor(const char *key, const char *value, void *ctx)
{
	struct strvec *remotes = ctx;
	const char *name = key + strlen("remote.");

	(void)value;
	if (ends_with(name, ".promisor")) {
		size_t len = strlen(name) - strlen(".promisor");

		strvec_pushn(remotes, name, len);
	}
	return 0;
}

/* The one of extensions.partialClone comes last. */
int promisor_remotes(struct strvec *out, struct pare_repo *repo)
{
	struct strvec named = STRVEC_INIT;
	const char *last;
	int error = repo_config_each(repo, "remote.", add_promisor, &named);

	if (error < 0)
		goto done;
	last = pare_repo_config_get(repo, "extensions.partialclone");
	for (size_t i = 0; i < named.nr; i++) {
		char *key = xstrfmt("remote.%s.promisor", named.v[i]);

		if (pare_repo_config_bool(repo, key, false) &&
		    !strvec_contains(out, named.v[i]) &&
		    (!last || strcmp(last, named.v[i])))
			strvec_push(out, named.v[i]);
		free(key);
	}
	if (last && *last)
		strvec_push(out, last);
done:
	strvec_clear(&named);
	return error;
}

bool repo_has_promisor(struct pare_repo *repo)
{
	struct strvec remotes = STRVEC_INIT;
	bool has = !promisor_remotes(&remotes, repo) && remotes.nr;

	strvec_clear(&remotes);
	return has;
}

static void list_missing(struct fetching *f)
{
	strbuf_reset(&f->missing);
	f->nr_missing = 0;
	for (size_t i = 0; i < f->nr; i++) {
		if (odb_has(f->repo->odb, &f->oid[i]))
			continue;
		strbuf_addf(&f->missing, "%s\n",
			    oid_hex(&f->oid[i], f->repo->algo));
		f->nr_missing++;
	}
}

/* "Receiving objects:  50% (7/14)" is what git last said of it. */
static void show_received(void *ctx, const struct strbuf *err)
{
	static const char what[] = "Receiving objects:";
	const struct fetching *f = ctx;
	const char *at = NULL, *p = err->buf;

	/* The text grows by lines of some eighty bytes: look at the end. */
	if (err->len > 256)
		p += err->len - 256;
	while ((p = strstr(p, what)))
		at = p += strlen(what);
	at = at ? strchr(at, '(') : NULL;
	if (at && isdigit((unsigned char)at[1]))
		pare_progress_update(f->progress, strtoull(at + 1, NULL, 10));
}

/*
 * The command git itself runs for missing objects. What else a fetch may do
 * by its configuration is turned off: it is not one the user asked for.
 */
static void fill_args(struct run *run, const struct fetching *f,
		      const char *remote)
{
	char *key = xstrfmt("remote.%s.partialclonefilter", remote);

	/* Or git would note our filter as the remote's. */
	if (!strchr(remote, '=') && !pare_repo_config_get(f->repo, key)) {
		strvec_push(&run->args, "-c");
		strvec_pushf(&run->args, "%s=%s", key, f->filter);
	}
	free(key);
	strvec_pushl(&run->args, "-c", "core.hooksPath=/dev/null", "-c",
		     "fetch.negotiationAlgorithm=noop", "fetch", "--no-tags",
		     "--no-write-fetch-head", "--recurse-submodules=no",
		     "--no-auto-maintenance", "--no-prune", "--no-prune-tags",
		     "--no-write-commit-graph",
		     f->progress ? "--progress" : "--no-progress", NULL);
	strvec_pushf(&run->args, "--filter=%s", f->filter);
	strvec_pushl(&run->args, "--stdin", "--", remote, NULL);
	strvec_push(&run->env, "LC_ALL=C");
}

static int fetch_once(struct fetching *f, const char *remote,
		      const struct strbuf *names)
{
	struct strbuf err = STRBUF_INIT;
	struct run run = RUN_INIT;
	const char *said;
	int result;

	fill_args(&run, f, remote);
	run.in = names->buf;
	run.in_len = names->len;
	run.err = &err;
	run.on_err = f->progress ? show_received : NULL;
	run.on_err_ctx = f;
	run.discard_out = true;
	if ((result = run_git(&run)) > 0) {
		strbuf_rtrim(&err);
		said = strstr(err.buf, "fatal: ");
		said = said ? said + strlen("fatal: ") : err.buf;
		result = error_set(GIT_ERROR, "could not fetch missing "
				   "objects from '%s': %.*s", quoted(remote),
				   (int)strcspn(said, "\n"), said);
		error_hint("nothing was changed; it is worth another try when "
			   "`git fetch %s` works", quoted(remote));
	}
	strbuf_release(&err);
	return result;
}

/* Take out of `names` the one that the remote has just said it lacks. */
static bool drop_refused(struct strbuf *names, const struct hash_algo *algo)
{
	static const char refusal[] = "not our ref ";
	const char *hex = strstr(error_message(), refusal);
	size_t len = algo->hex_size, at;
	char *line;

	if (!hex || strlen(hex += strlen(refusal)) < len)
		return false;
	for (line = names->buf; line < names->buf + names->len;
	     line += len + 1) {
		if (memcmp(line, hex, len))
			continue;
		at = line - names->buf;
		memmove(line, line + len + 1, names->len - at - len - 1);
		strbuf_setlen(names, names->len - len - 1);
		return true;
	}
	return false;
}

/* All that this remote has: one lacking object makes it give none. */
static int fetch_from(struct fetching *f, const char *remote)
{
	struct strbuf names = STRBUF_INIT;
	int error, tries = 0;

	strbuf_addbuf(&names, &f->missing);
	do {
		error = fetch_once(f, remote, &names);
	} while (error < 0 && tries++ < REFUSALS_MAX &&
		 drop_refused(&names, f->repo->algo) && names.len);
	strbuf_release(&names);
	return error;
}

static int say_missing(const struct fetching *f)
{
	return error_set(GIT_ERROR, "could not fetch %.*s from promisor remote",
			 (int)f->repo->algo->hex_size, f->missing.buf);
}

static int fetch_from_all(struct fetching *f)
{
	struct strvec remotes = STRVEC_INIT;
	size_t nr = f->nr_missing;
	int error = promisor_remotes(&remotes, f->repo), fetched = 0;

	if (!error && !remotes.nr)
		error = error_set(GIT_ENOTFOUND, "object %.*s is missing",
				  (int)f->repo->algo->hex_size,
				  f->missing.buf);

	for (size_t i = 0; i < remotes.nr && !error && f->nr_missing; i++) {
		fetched = fetch_from(f, remotes.v[i]);
		error = odb_refresh(f->repo->odb);
		list_missing(f);
		pare_progress_update(f->progress, nr - f->nr_missing);
	}
	strvec_clear(&remotes);
	if (error < 0 || !f->nr_missing)
		return error;
	/* The last remote's own words say more than ours. */
	return fetched < 0 ? fetched : say_missing(f);
}

/* Any value but those of `false` forbids it, as in git. */
static bool is_forbidden(void)
{
	static const char *const off[] = { "", "0", "false", "no", "off" };
	const char *value = getenv("GIT_NO_LAZY_FETCH");

	for (size_t i = 0; value && i < ARRAY_SIZE(off); i++)
		if (!strcmp(value, off[i]))
			return false;
	return value;
}

static int fetch_allowed(struct fetching *f)
{
	int error;

	if (is_forbidden()) {
		error = say_missing(f);
		error_hint("GIT_NO_LAZY_FETCH forbids it; nothing was changed");
		return error;
	}
	pare_progress_start(f->progress, "Fetching missing objects",
			    f->nr_missing);
	error = fetch_from_all(f);
	pare_progress_stop(f->progress, !error);
	return error;
}

int fetch_missing_as(struct pare_repo *repo, const char *filter,
		     const struct oid *oid, size_t nr,
		     const struct pare_progress *progress)
{
	struct fetching f = {
		.repo = repo, .progress = progress, .filter = filter,
		.oid = oid, .nr = nr, .missing = STRBUF_INIT,
	};
	struct odb *odb;
	int error = repo_odb(&odb, repo);

	if (error < 0)
		return error;
	list_missing(&f);
	if (f.nr_missing)
		error = fetch_allowed(&f);
	strbuf_release(&f.missing);
	return error;
}

int repo_fetch_missing(struct pare_repo *repo, const struct oid *oid,
		       size_t nr, const struct pare_progress *progress)
{
	return fetch_missing_as(repo, "blob:none", oid, nr, progress);
}
