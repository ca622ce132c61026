/* SPDX-License-Identifier: MIT */
#include "cli/message_options.h"

#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "base/quote.h"
#include "base/run.h"
#include "cli/command.h"
#include "cli/editor.h"
#include "cli/output.h"
#include "cli/rewrite_options.h"
#include "cli/wanted.h"

enum { FILE_MAX = 64 << 20 };

static int read_file_or_stdin(struct strbuf *out, const char *file)
{
	if (file[0] == '-' && !file[1])
		return strbuf_read_fd(out, STDIN_FILENO, FILE_MAX);
	return strbuf_read_file(out, file, FILE_MAX);
}

/* The body of another commit, as git log gives it. */
static int read_commit(struct strbuf *out, const char *rev)
{
	int error = run_git_capture(out, "log", "-1", "--no-show-signature",
				    "--format=%B", "--end-of-options", rev,
				    "--", NULL);

	if (error < 0)
		pare_repo_hint_near_rev(rev);
	return error;
}

bool message_is_given(const struct message_options *given)
{
	return given->message.nr || given->file || given->reuse ||
	       given->reuse_edit;
}

bool message_options_of_one(const struct message_options *given)
{
	return given->author || given->date || given->reset_author;
}

static int read_given(struct strbuf *out, const struct message_options *given,
		      bool verbatim)
{
	int error = 0;

	for (size_t i = 0; i < given->message.nr; i++) {
		if (i)
			strbuf_addch(out, '\n');
		strbuf_addstr(out, given->message.v[i]);
		strbuf_complete_line(out);
	}
	if (given->file)
		error = read_file_or_stdin(out, given->file);
	else if (given->reuse || given->reuse_edit)
		error = read_commit(out, given->reuse ? given->reuse :
							given->reuse_edit);
	if (!error && !verbatim)
		pare_message_clean(out, NULL);
	return error;
}

static int check_options(const struct message_options *given)
{
	if ((given->message.nr != 0) + !!given->file + !!given->reuse +
	    !!given->reuse_edit > 1)
		return error_set(GIT_EINVALID,
				 "options '-m', '-F', '-C' and '-c' cannot be "
				 "used together");
	if (given->author && given->reset_author)
		return error_set(GIT_EINVALID, "options '--reset-author' and "
				 "'--author' cannot be used together");
	return 0;
}

int message_options_base(struct pare_apply_options *opts,
			 const struct message_options *given,
			 struct pare_repo *repo)
{
	int error = check_options(given);

	*opts = (struct pare_apply_options){
		.author = given->author,
		.date = given->date,
		.reset_author = given->reset_author,
		.signoff = given->signoff,
		.co_authors = given->co_authors > 0,
		.no_verify = given->no_verify,
		.sign = given->no_sign ? 0 : given->sign ? 1 : -1,
		.sign_key = given->sign && *given->sign ? given->sign : NULL,
	};
	if (!error)
		error = pare_cleanup_parse(&opts->cleanup, repo,
					   given->cleanup);
	return error;
}

/* -e and -c open it, --no-edit does not; else it is for who can see it. */
static bool wants_editor(const struct message_options *given)
{
	if (given->edit >= 0)
		return given->edit;
	if (message_is_given(given))
		return given->reuse_edit;
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

static enum pare_source source_of(const struct pare_apply_options *opts,
				  const struct message_options *given)
{
	if (given->reuse || given->reuse_edit)
		return PARE_SOURCE_REUSED;
	if (message_is_given(given))
		return PARE_SOURCE_GIVEN;
	/* Only where comments go may there be some. */
	return opts->edit && (opts->cleanup == PARE_CLEANUP_DEFAULT ||
			      opts->cleanup == PARE_CLEANUP_STRIP) ?
		PARE_SOURCE_DRAFT : PARE_SOURCE_COMMITS;
}

int message_options_apply(struct strbuf *offered,
			  struct pare_apply_options *opts,
			  const struct message_options *given,
			  const struct pare_rewrite *rw)
{
	int error = message_options_base(opts, given, rw->repo);

	if (error < 0)
		return error;
	if (wants_editor(given))
		opts->edit = editor_open;
	opts->source = source_of(opts, given);
	opts->reused = given->reuse ? given->reuse : given->reuse_edit;
	if (message_is_given(given))
		error = read_given(offered, given,
				   opts->cleanup == PARE_CLEANUP_VERBATIM);
	else
		strbuf_addbuf(offered, opts->source == PARE_SOURCE_DRAFT ?
					       &rw->draft : &rw->text);
	return error ? error : pare_message_add_trailers(offered, rw, opts);
}

static const char *hex(const struct pare_rewrite *rw, const struct oid *oid)
{
	return oid_hex(oid, pare_repo_hash_algo(rw->repo));
}

/* Other branches that pointed to commits that went. */
static json_t *branches_json(const struct pare_rewrite *rw, bool dry_run)
{
	json_t *list = json_array();

	for (size_t i = 0; i < rw->nr_branches; i++) {
		const struct pare_branch *branch = &rw->branches[i];
		json_t *item = json_pack("{s:o, s:s, s:b}", "ref",
					 json_path(branch->ref), "old",
					 hex(rw, &branch->before), "moves",
					 branch->moves);

		if (branch->moves && !dry_run)
			json_object_set_new(item, "new", json_string(hex(
						    rw, &branch->after)));
		if (branch->elsewhere)
			json_object_set_new(item, "checked_out_at",
					    json_path(branch->elsewhere));
		json_array_append_new(list, item);
	}
	return list;
}

json_t *rewrite_json(const struct pare_rewrite *rw,
		     const struct strbuf *message, bool dry_run)
{
	json_t *map = json_array(), *json;

	for (size_t i = 0; i < rw->nr; i++) {
		json_t *pair = json_pack("{s:s}", "old",
					 hex(rw, &rw->map[i].before));

		if (!dry_run)
			json_object_set_new(pair, "new",
					    json_string(hex(
						    rw, &rw->map[i].after)));
		json_array_append_new(map, pair);
	}
	json = json_pack("{s:b, s:s?, s:s, s:s?, s:o, s:o}", "dry_run",
			 dry_run,
			 "branch", rw->branch, "old_head", hex(rw, &rw->tip),
			 "new_head", dry_run ? NULL : hex(rw, &rw->new_tip),
			 "rewritten", map, "branches",
			 branches_json(rw, dry_run));
	if (message)
		json_object_set_new(json, "message", json_path(message->buf));
	return json;
}

static void print_commit(const struct pare_rewrite *rw, size_t i)
{
	struct strbuf subject = STRBUF_INIT, text = STRBUF_INIT;

	pare_rewrite_subject(&subject, rw, i);
	quote_text(&text, subject.buf, subject.len);
	printf("%.12s %s\n", hex(rw, &rw->map[i].before), text.buf);
	strbuf_release(&subject);
	strbuf_release(&text);
}

static void print_plan(const struct pare_rewrite *rw)
{
	if (!rw->fold) {
		fputs("would reword ", stdout);
		print_commit(rw, 0);
		return;
	}
	printf("would fold %s into one:\n",
	       shown_count(rw->nr, "commit", "commits"));
	for (size_t i = 0; i < rw->nr; i++) {
		fputs("    ", stdout);
		print_commit(rw, i);
	}
}

static void print_rewrite(const struct pare_rewrite *rw)
{
	if (rw->fold)
		printf("folded %s into one",
		       shown_count(rw->nr, "commit", "commits"));
	else
		printf("reworded %.12s", hex(rw, &rw->map[0].before));
	printf(": HEAD is now %.12s, was %.12s\n", hex(rw, &rw->new_tip),
	       hex(rw, &rw->tip));
}

int rewrite_tell(const struct pare_rewrite *rw,
		 const struct rewrite_told *told)
{
	int exit_code = EXIT_DONE;
	bool quiet = told->quiet || told->json;
	json_t *json;

	if (!quiet && told->dry_run)
		print_plan(rw);
	else if (!quiet)
		print_rewrite(rw);
	if (rw->push_to)
		exit_code = rewrite_push(rw, told->dry_run, quiet);
	if (!told->quiet)
		rewrite_hint_branches(rw);
	if (!told->json)
		return exit_code;
	json = rewrite_json(rw, told->offered, told->dry_run);
	if (rw->push_to)
		json_object_set_new(json, "pushed", json_boolean(
				    !told->dry_run && !exit_code));
	output_json(json);
	return exit_code;
}

static void print_undone(const struct pare_undone *undone,
			 const struct hash_algo *algo, bool dry_run)
{
	struct strbuf line = STRBUF_INIT, text = STRBUF_INIT;

	for (size_t i = 0; i < undone->nr; i++)
		strbuf_addf(&line, "%s%s: %.12s, was %.12s", i ? "; " : "",
			    undone->refs[i].ref,
			    oid_hex(&undone->refs[i].after, algo),
			    oid_hex(&undone->refs[i].before, algo));
	strbuf_addf(&line, " (%s)", undone->what);
	quote_text(&text, line.buf, line.len);
	printf("%s%s%s: %s\n", dry_run ? "would " : "",
	       undone->is_redo ? "re" : "un", dry_run ? "do" : "done",
	       text.buf);
	strbuf_release(&text);
	strbuf_release(&line);
}

static json_t *undone_json(const struct pare_undone *undone,
			   const struct hash_algo *algo, bool dry_run)
{
	json_t *refs = json_array();

	for (size_t i = 0; i < undone->nr; i++) {
		const struct pare_branch *ref = &undone->refs[i];

		json_array_append_new(
			refs, json_pack("{s:o, s:s, s:s}", "ref",
					json_path(ref->ref), "old",
					oid_hex(&ref->before, algo), "new",
					oid_hex(&ref->after, algo)));
	}
	return json_pack("{s:b, s:o, s:b, s:o}", "dry_run", dry_run, "undone",
			 json_path(undone->what), "redo", undone->is_redo,
			 "refs", refs);
}

int rewrite_undo(bool dry_run, bool quiet, bool json)
{
	struct pare_undone undone = { .what = NULL };
	struct pare_wanted wanted = { .fn = NULL };
	struct pare_repo *repo = NULL;
	int error = pare_repo_open(&repo, PARE_REPO_WANT_OBJECTS);
	int exit_code = EXIT_DONE;

	if (!error && !dry_run)
		error = wanted_open(&wanted, repo);
	if (!error)
		error = pare_rewrite_undo(&undone, repo, &wanted, dry_run);
	if (error < 0)
		exit_code = command_fail(error);
	else if (json)
		exit_code = output_json(undone_json(
			&undone, pare_repo_hash_algo(repo), dry_run));
	else if (!quiet)
		print_undone(&undone, pare_repo_hash_algo(repo), dry_run);
	wanted_close(&wanted);
	pare_undone_release(&undone);
	pare_repo_free(repo);
	return exit_code;
}
