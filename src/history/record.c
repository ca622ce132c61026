/* SPDX-License-Identifier: MIT */
#include "history/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/lockfile.h"
#include "base/quote.h"
#include "base/strvec.h"
#include "history/follow_tree.h"
#include "repo/ident.h"
#include "repo/refs.h"
#include "repo/repo.h"
#include "repo/worktrees.h"

#define SETTLED "rewrite"
#define PENDING "rewrite.pending"

enum { RECORD_MAX = 1 << 20 };

static void add_ref(struct strbuf *text, const struct moved_ref *ref,
		    const struct hash_algo *algo)
{
	strbuf_addf(text, "%s %s %s\n", ref->ref, oid_hex(&ref->before, algo),
		    oid_hex(&ref->after, algo));
}

static int write_pending(struct pare_repo *repo, const struct moved_ref *refs,
			 size_t nr, const char *what)
{
	struct strbuf text = STRBUF_INIT;
	char *path = NULL;
	int error = repo_pare_path(&path, repo, PENDING, true);

	add_ref(&text, &refs[0], repo->algo);
	strbuf_addf(&text, "%.*s\n", (int)strcspn(what, "\n"), what);
	for (size_t i = 1; i < nr; i++)
		add_ref(&text, &refs[i], repo->algo);
	if (!error)
		error = lockfile_replace(path, text.buf, text.len);
	strbuf_release(&text);
	free(path);
	return error;
}

static void settle(struct pare_repo *repo, bool is_true)
{
	char *pending, *settled;

	repo_pare_path(&pending, repo, PENDING, false);
	repo_pare_path(&settled, repo, SETTLED, false);
	if (is_true)
		rename(pending, settled);
	else
		unlink(pending);
	free(pending);
	free(settled);
}

/* If it fails the record stays pending, and who reads it finds it true. */
void record_settle(struct pare_repo *repo)
{
	settle(repo, true);
}

struct record {
	struct moved_ref *ref; /* the first is HEAD's */
	size_t nr;
	struct strvec line; /* what `ref` and `what` point to */
	const char *what;
};

static void record_release(struct record *record)
{
	free(record->ref);
	strvec_clear(&record->line);
}

/* `<ref> <before> <after>`; the line is cut behind the ref. */
static bool parse_ref(struct moved_ref *out, char *line,
		      const struct hash_algo *algo)
{
	size_t len = strlen(line), names = 2 * (algo->hex_size + 1);
	char *before, *after;

	if (len <= names)
		return false;
	before = line + len - names;
	after = before + algo->hex_size + 1;
	if (*before != ' ' || *after != ' ' ||
	    oid_parse(&out->before, before + 1, algo) < 0 ||
	    oid_parse(&out->after, after + 1, algo) < 0)
		return false;
	*before = '\0';
	out->ref = line;
	return true;
}

static bool parse_record(struct record *out, const char *text,
			 const struct hash_algo *algo)
{
	strvec_split(&out->line, text, '\n');
	if (out->line.nr < 2)
		return false;
	out->ref = xcalloc(out->line.nr, sizeof(*out->ref));
	for (size_t i = 0; i < out->line.nr; i++) {
		if (i == 1)
			out->what = out->line.v[i];
		else if (!parse_ref(&out->ref[out->nr++],
				    (char *)out->line.v[i], algo))
			return false;
	}
	return true;
}

static int read_record(struct record *out, struct pare_repo *repo,
		       const char *name)
{
	struct strbuf text = STRBUF_INIT;
	char *path = NULL;
	int error = repo_pare_path(&path, repo, name, false);

	if (!error)
		error = strbuf_read_file(&text, path, RECORD_MAX);
	if (error < 0)
		error = error_set(GIT_ENOTFOUND, "there is nothing to undo");
	else if (!parse_record(out, text.buf, repo->algo))
		error = error_set(GIT_EINVALID, "'%s' is damaged", path);
	strbuf_release(&text);
	free(path);
	return error;
}

/* One that was not settled: did the refs move? */
static void settle_leftover(struct pare_repo *repo)
{
	struct record record = { .line = STRVEC_INIT };
	struct oid now;
	int error = read_record(&record, repo, PENDING);

	if (error != GIT_ENOTFOUND)
		settle(repo, !error &&
			     !repo_ref(&now, repo, record.ref[0].ref) &&
			     oid_equal(&now, &record.ref[0].after));
	error_clear();
	record_release(&record);
}

int record_prepare(struct pare_repo *repo, const struct moved_ref *refs,
		   size_t nr, const char *what)
{
	settle_leftover(repo);
	return write_pending(repo, refs, nr, what);
}

static int record_read(struct record *out, struct pare_repo *repo)
{
	settle_leftover(repo);
	return read_record(out, repo, SETTLED);
}

static int moved(const struct record *record, const struct moved_ref *ref,
		 const struct hash_algo *algo)
{
	int error = error_set(GIT_EMODIFIED, "%s has moved since: %s",
			      quoted(ref->ref), record->what);

	error_hint("the commit before was %s", oid_hex(&ref->before, algo));
	return error;
}

/* HEAD must be on the ref that moved, where it was left. */
static int check_head(const struct record *record, struct pare_repo *repo)
{
	const char *operation = repo_operation(repo, false);
	const struct moved_ref *moved_head = &record->ref[0];
	struct oid now;
	char *ref = NULL;
	int error;

	if (operation)
		return error_set(GIT_ELOCKED, "%s is in progress", operation);
	error = repo_head(&ref, &now, repo);
	if (!error && strcmp(ref ? ref : "HEAD", moved_head->ref))
		error = error_set(GIT_EMODIFIED,
				  "the last rewrite was on %s, HEAD is on %s",
				  quoted(moved_head->ref),
				  ref ? quoted(ref) : "no branch");
	else if (!error && !oid_equal(&now, &moved_head->after))
		error = moved(record, moved_head, repo->algo);
	free(ref);
	return error;
}

static int check_free(const struct record *record, struct pare_repo *repo)
{
	struct checked_out all = CHECKED_OUT_INIT;
	int error = 0;

	repo_checked_out(&all, repo);
	for (size_t i = 0; i < record->nr && !error; i++) {
		const char *ref = record->ref[i].ref;
		const char *path = i ? checked_out_at(&all, ref) :
				       checked_out_elsewhere(&all, ref);

		if (path)
			error = error_set(GIT_ELOCKED, "%s is checked out at "
					  "%s", quoted(ref), quoted(path));
	}
	checked_out_release(&all);
	return error;
}

static int check_refs(const struct record *record, struct pare_repo *repo)
{
	int error = check_head(record, repo);

	if (!error)
		error = check_free(record, repo);

	for (size_t i = 1; i < record->nr && !error; i++) {
		const struct moved_ref *ref = &record->ref[i];
		struct oid now = { { 0 } };

		error = repo_ref(&now, repo, ref->ref);
		if (error == GIT_ENOTFOUND)
			error = 0;
		if (!error && !oid_equal(&now, &ref->after))
			error = moved(record, ref, repo->algo);
	}
	return error;
}

/* What an undo moved is recorded as any rewrite, behind this. */
static const char undo_of[] = "undo of ";

static int record_back(struct pare_repo *repo, const struct moved_ref *back,
		       const struct record *record)
{
	struct strbuf what = STRBUF_INIT;
	const char *redone;
	int error;

	if (skip_prefix(record->what, undo_of, &redone))
		strbuf_addstr(&what, redone);
	else
		strbuf_addf(&what, "%s%s", undo_of, record->what);
	error = record_prepare(repo, back, record->nr, what.buf);
	strbuf_release(&what);
	return error;
}

static int move_back(const struct record *record, struct pare_repo *repo,
		     const struct follow_options *how)
{
	struct moved_ref *back = xcalloc(record->nr, sizeof(*back));
	const struct moved_ref *head = &record->ref[0];
	struct followed followed = { .repo = NULL };
	struct ref_transaction tx;
	int error;

	ref_transaction_init(&tx, repo, "squash-last: undo");
	for (size_t i = 0; i < record->nr; i++) {
		const struct moved_ref *ref = &record->ref[i];

		back[i] = (struct moved_ref){ .ref = ref->ref,
					      .before = ref->after,
					      .after = ref->before };
		ref_transaction_update(&tx, i ? ref->ref : "HEAD",
				       &ref->before, &ref->after);
	}
	error = ref_transaction_prepare(&tx);
	if (!error)
		error = follow_tree(&followed, repo, &head->after,
				    &head->before, how);
	if (!error)
		error = record_back(repo, back, record);
	if (!error)
		error = ref_transaction_commit(&tx);
	if (error < 0)
		error = follow_tree_back(&followed, error);
	else
		record_settle(repo);
	follow_tree_end(&followed);
	ref_transaction_release(&tx);
	free(back);
	return error;
}

static void tell(struct pare_undone *out, const struct record *record)
{
	const char *what = record->what;

	out->is_redo = skip_prefix(what, undo_of, &what);
	out->what = xstrdup(what);
	out->refs = xcalloc(record->nr, sizeof(*out->refs));
	out->nr = record->nr;
	for (size_t i = 0; i < record->nr; i++)
		out->refs[i] = (struct pare_branch){
			.ref = xstrdup(record->ref[i].ref),
			.before = record->ref[i].after,
			.after = record->ref[i].before,
			.moves = true,
		};
}

void pare_undone_release(struct pare_undone *undone)
{
	for (size_t i = 0; i < undone->nr; i++)
		free(undone->refs[i].ref);
	free(undone->refs);
	free(undone->what);
	*undone = (struct pare_undone){ .what = NULL };
}

int pare_rewrite_undo(struct pare_undone *out, struct pare_repo *repo,
		      const struct pare_wanted *wanted, bool dry_run)
{
	const struct follow_options how = { .wanted = *wanted };
	struct record record = { .line = STRVEC_INIT };
	int error = record_read(&record, repo);

	*out = (struct pare_undone){ .what = NULL };
	if (!error)
		error = check_refs(&record, repo);
	if (!error)
		tell(out, &record);
	if (!error && !dry_run)
		error = move_back(&record, repo, &how);
	record_release(&record);
	return error;
}
