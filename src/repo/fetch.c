/* SPDX-License-Identifier: MIT */
/* Objects that a partial clone left with its promisor remotes. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/run.h"
#include "repo/config.h"
#include "repo/odb.h"

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

/* In git's order: the one of extensions.partialClone comes last. */
static int promisor_remotes(struct strvec *out, struct pare_repo *repo)
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

/* The names of those that are not here, a line each. */
static size_t list_missing(struct strbuf *out, struct pare_repo *repo,
			   const struct oid *oid, size_t nr)
{
	size_t missing = 0;

	strbuf_reset(out);
	for (size_t i = 0; i < nr; i++) {
		if (odb_has(repo->odb, &oid[i]))
			continue;
		strbuf_addf(out, "%s\n", oid_hex(&oid[i], repo->algo));
		missing++;
	}
	return missing;
}

/* The command git itself runs for a missing object, with all at once. */
static int fetch_from(const char *remote, const struct strbuf *names)
{
	struct strbuf err = STRBUF_INIT;
	struct run run = RUN_INIT;
	const char *said;
	int result;

	strvec_pushl(&run.args, "-c", "fetch.negotiationAlgorithm=noop",
		     "fetch", remote, "--no-tags", "--no-write-fetch-head",
		     "--recurse-submodules=no", "--filter=blob:none",
		     "--stdin", NULL);
	run.in = names->buf;
	run.in_len = names->len;
	run.err = &err;
	run.discard_out = true;
	if ((result = run_git(&run)) > 0) {
		strbuf_rtrim(&err);
		said = strstr(err.buf, "fatal: ");
		said = said ? said + strlen("fatal: ") : err.buf;
		result = error_set(GIT_ERROR, "could not fetch missing "
				   "objects from '%s': %.*s", remote,
				   (int)strcspn(said, "\n"), said);
	}
	strbuf_release(&err);
	return result;
}

static int fetch_from_all(struct pare_repo *repo, struct strbuf *missing,
			  const struct oid *oid, size_t nr)
{
	struct strvec remotes = STRVEC_INIT;
	size_t nr_missing = 1;
	int error = promisor_remotes(&remotes, repo), fetched = 0;

	for (size_t i = 0; i < remotes.nr && !error && nr_missing; i++) {
		fetched = fetch_from(remotes.v[i], missing);
		error = odb_refresh(repo->odb);
		nr_missing = list_missing(missing, repo, oid, nr);
	}
	strvec_clear(&remotes);
	if (error < 0 || !nr_missing)
		return error;
	/* The last remote's own words say more than ours. */
	if (fetched < 0)
		return fetched;
	return error_set(GIT_ENOTFOUND, "object %.*s is missing",
			 (int)repo->algo->hex_size, missing->buf);
}

int repo_fetch_missing(struct pare_repo *repo, const struct oid *oid,
		       size_t nr, const struct pare_progress *progress)
{
	struct strbuf missing = STRBUF_INIT;
	struct odb *odb;
	size_t nr_missing;
	int error = repo_odb(&odb, repo);

	if (error < 0)
		return error;
	if ((nr_missing = list_missing(&missing, repo, oid, nr))) {
		pare_progress_start(progress, "Fetching missing objects",
				    nr_missing);
		error = fetch_from_all(repo, &missing, oid, nr);
		pare_progress_stop(progress);
	}
	strbuf_release(&missing);
	return error;
}
