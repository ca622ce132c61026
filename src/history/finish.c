/* SPDX-License-Identifier: MIT */
/*
 * The objects are there, and nobody sees them. Under the locks of the refs
 * come the work tree, if its tree changes, ORIG_HEAD and the undo record; then
 * the refs, all at once.
 */
#include "history/finish.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/lockfile.h"
#include "base/quote.h"
#include "history/follow_tree.h"
#include "history/notes.h"
#include "repo/hooks.h"
#include "repo/ident.h"
#include "repo/refs.h"
#include "repo/repo.h"

static int write_orig_head(struct pare_rewrite *face)
{
	char *path = repo_git_path(face->repo, "ORIG_HEAD");
	struct strbuf line = STRBUF_INIT;
	int error;

	strbuf_addf(&line, "%s\n", oid_hex(&face->tip, face->repo->algo));
	error = lockfile_replace(path, line.buf, line.len);
	strbuf_release(&line);
	free(path);
	return error;
}

static int prepare_record(struct pare_rewrite *face, const char *what,
			  const struct moved_ref *refs, size_t nr)
{
	struct moved_ref *all = xcalloc(nr + 1, sizeof(*all));
	int error;

	all[0] = (struct moved_ref){
		.ref = face->branch ? face->branch : "HEAD",
		.before = face->tip,
		.after = face->new_tip,
	};
	for (size_t i = 0; i < nr; i++)
		all[i + 1] = refs[i];
	error = record_prepare(face->repo, all, nr + 1, what);
	free(all);
	return error;
}

/*
 * The locks hold the commits; here HEAD must still be on the branch, and
 * nobody have begun a rebase meanwhile.
 */
static int check_again(const struct pare_rewrite *face)
{
	const char *operation = repo_operation(face->repo, false);
	struct oid oid;
	char *ref;
	int error;

	if (operation)
		return error_set(GIT_ELOCKED, "%s has begun meanwhile",
				 operation);
	error = repo_head(&ref, &oid, face->repo);
	if (!error && strcmp(ref ? ref : "", face->branch ? face->branch : ""))
		error = error_set(GIT_EMODIFIED, "HEAD has gone to %s "
				  "meanwhile", ref ? quoted(ref) : "no branch");
	free(ref);
	return error;
}

static int move_refs(struct pare_rewrite *face, const char *what,
		     const struct moved_ref *refs, size_t nr,
		     const struct follow_options *how)
{
	struct followed followed = { .repo = NULL };
	struct ref_transaction tx;
	int error;

	ref_transaction_init(&tx, face->repo, what);
	ref_transaction_update(&tx, "HEAD", &face->new_tip, &face->tip);
	for (size_t i = 0; i < nr; i++)
		ref_transaction_update(&tx, refs[i].ref, &refs[i].after,
				       &refs[i].before);
	error = ref_transaction_prepare(&tx);
	if (!error)
		error = check_again(face);
	if (!error)
		error = follow_tree(&followed, face->repo, &face->tip,
				    &face->new_tip, how);
	if (!error)
		error = write_orig_head(face);
	if (!error)
		error = prepare_record(face, what, refs, nr);
	if (!error)
		error = ref_transaction_commit(&tx);
	if (!error)
		record_settle(face->repo);
	if (error < 0)
		error = follow_tree_back(&followed, error);
	follow_tree_end(&followed);
	ref_transaction_release(&tx);
	return error;
}

/* Its exit code is nobody's business any more: the refs have moved. */
static void run_post_rewrite(struct pare_rewrite *face)
{
	static const char *const args[] = { "rebase", NULL };
	const struct hash_algo *algo = face->repo->algo;
	struct strbuf lines = STRBUF_INIT;

	for (size_t i = 0; i < face->nr; i++)
		strbuf_addf(&lines, "%s %s\n",
			    oid_hex(&face->map[i].before, algo),
			    oid_hex(&face->map[i].after, algo));
	if (face->nr)
		hook_run(face->repo, "post-rewrite",
			 &(struct hook_options){ .args = args,
						 .in = lines.buf,
						 .in_len = lines.len });
	strbuf_release(&lines);
}

int rewrite_finish(struct pare_rewrite *face, const char *what,
		   const struct moved_ref *refs, size_t nr,
		   const struct follow_options *how)
{
	struct notes_moves notes = NOTES_MOVES_INIT;
	int error = notes_rewrite(&notes, face);
	struct moved_ref *all = xcalloc(nr + notes.nr + 1, sizeof(*all));

	for (size_t i = 0; i < nr; i++)
		all[i] = refs[i];
	for (size_t i = 0; i < notes.nr; i++)
		all[nr + i] = notes.ref[i];
	if (!error)
		error = move_refs(face, what, all, nr + notes.nr, how);
	if (!error)
		run_post_rewrite(face);
	free(all);
	notes_moves_release(&notes);
	return error;
}
