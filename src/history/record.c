/* SPDX-License-Identifier: MIT */
#include "history/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/lockfile.h"
#include "base/quote.h"
#include "base/strvec.h"
#include "history/finish.h"
#include "repo/ident.h"
#include "repo/refs.h"
#include "repo/repo.h"

enum { RECORD_MAX = 64 * 1024 };

int record_write(struct pare_repo *repo, const char *ref,
		 const struct oid *before, const struct oid *after,
		 const char *what)
{
	struct strbuf text = STRBUF_INIT;
	char *path = NULL;
	int error = repo_pare_path(&path, repo, "rewrite", true);

	strbuf_addf(&text, "%s %s %s\n%s\n", ref, oid_hex(before, repo->algo),
		    oid_hex(after, repo->algo), what);
	if (!error)
		error = lockfile_replace(path, text.buf, text.len);
	strbuf_release(&text);
	free(path);
	return error;
}

struct record {
	struct strvec word; /* ref, before, after */
	struct oid before, after;
	char *what;
};

static void record_release(struct record *record)
{
	strvec_clear(&record->word);
	free(record->what);
}

static int record_read(struct record *out, struct pare_repo *repo)
{
	struct strbuf text = STRBUF_INIT;
	struct strvec line = STRVEC_INIT;
	char *path = NULL;
	int error = repo_pare_path(&path, repo, "rewrite", false);

	if (!error)
		error = strbuf_read_file(&text, path, RECORD_MAX);
	if (error < 0) {
		error = error_set(GIT_ENOTFOUND, "there is nothing to undo");
		goto done;
	}
	strvec_split(&line, text.buf, '\n');
	if (line.nr == 2)
		strvec_split(&out->word, line.v[0], ' ');
	if (out->word.nr != 3 ||
	    strlen(out->word.v[1]) != repo->algo->hex_size ||
	    strlen(out->word.v[2]) != repo->algo->hex_size ||
	    oid_parse(&out->before, out->word.v[1], repo->algo) < 0 ||
	    oid_parse(&out->after, out->word.v[2], repo->algo) < 0) {
		error = error_set(GIT_EINVALID, "'%s' is damaged", path);
		goto done;
	}
	out->what = xstrdup(line.v[1]);
done:
	strvec_clear(&line);
	strbuf_release(&text);
	free(path);
	return error;
}

static int moved(const struct record *record)
{
	int error = error_set(GIT_EMODIFIED, "%s has moved since: %s",
			      quoted(record->word.v[0]), record->what);

	error_hint("the commit before was %s", record->word.v[1]);
	return error;
}

/* The ref that moved must be the one HEAD is on, where it was left. */
static int check_ref(const struct record *record, struct pare_repo *repo)
{
	const char *operation = repo_operation(repo, false);
	struct oid now;
	char *ref = NULL;
	int error;

	if (operation)
		return error_set(GIT_ELOCKED, "%s is in progress", operation);
	error = repo_head(&ref, &now, repo);
	if (!error && strcmp(ref ? ref : "HEAD", record->word.v[0]))
		error = error_set(GIT_EMODIFIED,
				  "the last rewrite was on %s, HEAD is on %s",
				  quoted(record->word.v[0]),
				  ref ? quoted(ref) : "no branch");
	else if (!error && !oid_equal(&now, &record->after))
		error = moved(record);
	free(ref);
	return error;
}

int pare_rewrite_undo(struct strbuf *what, struct pare_repo *repo,
		      bool dry_run)
{
	struct record record = { .word = STRVEC_INIT };
	struct ref_transaction tx;
	int error = record_read(&record, repo);

	if (!error)
		error = check_ref(&record, repo);
	if (error < 0)
		goto done;
	strbuf_addf(what, "%s: %.12s, was %.12s (%s)", record.word.v[0],
		    record.word.v[1], record.word.v[2], record.what);
	if (dry_run)
		goto done;
	ref_transaction_init(&tx, repo, "squash-last: undo");
	ref_transaction_update(&tx, "HEAD", &record.before, &record.after);
	error = ref_transaction_prepare(&tx);
	if (!error)
		error = record_write(repo, record.word.v[0], &record.after,
				     &record.before, record.what);
	if (!error)
		error = follow_tree(repo, &record.after, &record.before);
	if (!error)
		error = ref_transaction_commit(&tx);
	ref_transaction_release(&tx);
done:
	record_release(&record);
	return error;
}
