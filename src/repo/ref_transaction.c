/* SPDX-License-Identifier: MIT */
/*
 * A conversation with `git update-ref --stdin -z`: `start`, the updates,
 * `prepare`, and, when all else is done, `commit`. It answers `<verb>: ok`,
 * or it dies with a message. If we die first, its end of input aborts it.
 */
#include "repo/refs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/lockfile.h"
#include "base/quote.h"

void ref_transaction_init(struct ref_transaction *tx, struct pare_repo *repo,
			  const char *reflog_message)
{
	memset(tx, 0, sizeof(*tx));
	tx->repo = repo;
	tx->reflog_message = xstrdup(reflog_message);
	strbuf_init(&tx->commands, 0);
	strbuf_init(&tx->last, 0);
	strbuf_init(&tx->new_oids, 0);
	strbuf_init(&tx->said, 0);
}

static void add_field(struct strbuf *out, const char *field)
{
	strbuf_add(out, field, strlen(field) + 1);
}

void ref_transaction_update(struct ref_transaction *tx, const char *ref,
			    const struct oid *new, const struct oid *old)
{
	struct strbuf *out = strcmp(ref, "HEAD") ? &tx->commands : &tx->last;
	const struct hash_algo *algo = tx->repo->algo;

	strvec_push(&tx->refs, ref);
	strbuf_add(&tx->new_oids, new, sizeof(*new));
	if (oid_is_zero(new)) {
		strbuf_addstr(out, "delete ");
		add_field(out, ref);
	} else {
		strbuf_addstr(out, "update ");
		add_field(out, ref);
		add_field(out, oid_hex(new, algo));
	}
	/* An empty field: whatever it was. */
	add_field(out, old ? oid_hex(old, algo) : "");
}

void ref_transaction_update_no_deref(struct ref_transaction *tx,
				     const char *ref, const struct oid *new,
				     const struct oid *old)
{
	add_field(strcmp(ref, "HEAD") ? &tx->commands : &tx->last,
		  "option no-deref");
	ref_transaction_update(tx, ref, new, old);
}

/* What is not an answer is kept; it is shown, or becomes the error. */
static bool wait_for_answer(struct ref_transaction *tx, const char *answer)
{
	struct strbuf line = STRBUF_INIT;
	bool found = false;

	while (!found && child_read_line(&line, &tx->child)) {
		/* A hook may have left its last line open. */
		if ((found = ends_with(line.buf, answer)))
			strbuf_setlen(&line, line.len - strlen(answer));
		if (line.len)
			strbuf_addf(&tx->said, "%s\n", line.buf);
	}
	strbuf_release(&line);
	return found;
}

static void show_what_was_said(struct ref_transaction *tx)
{
	struct strbuf shown = STRBUF_INIT;

	if (isatty(STDERR_FILENO))
		quote_text(&shown, tx->said.buf, tx->said.len);
	else
		strbuf_addbuf(&shown, &tx->said);
	fwrite(shown.buf, 1, shown.len, stderr);
	strbuf_release(&shown);
	strbuf_reset(&tx->said);
}

static int code_of(const char *message)
{
	static const char *const moved[] = {
		"but expected", "reference already exists",
		"unable to resolve reference", "reference is missing",
	};

	if (strstr(message, ".lock': File exists"))
		return GIT_ELOCKED;
	for (size_t i = 0; i < ARRAY_SIZE(moved); i++)
		if (strstr(message, moved[i]))
			return GIT_EMODIFIED;
	return GIT_ERROR;
}

/* It names the lock of the ref or of packed-refs in quotes. */
static void explain_lock(void)
{
	const char *message = error_message();
	const char *end = strstr(message, ".lock': File exists");
	const char *start = end;
	char *path;

	while (start && start > message && start[-1] != '\'')
		start--;
	if (!start || start == message)
		return;
	path = xstrndup(start, (size_t)(end - start) + strlen(".lock"));
	lockfile_explain(path);
	free(path);
}

/* The child has died: its last words are the error, others are shown. */
static int transaction_error(struct ref_transaction *tx)
{
	char *fatal = NULL, *text;
	const char *message;

	child_finish(&tx->child);
	tx->started = false;
	for (text = tx->said.buf; (text = strstr(text, "fatal: ")); text++)
		fatal = text;
	if (!fatal) {
		show_what_was_said(tx);
		return error_set(GIT_ERROR, "git update-ref failed");
	}
	message = fatal + strlen("fatal: ");
	error_set(code_of(message), "%.*s", (int)strcspn(message, "\n"),
		  message);
	strbuf_setlen(&tx->said, (size_t)(fatal - tx->said.buf));
	show_what_was_said(tx);
	if (code_of(error_message()) == GIT_ELOCKED)
		explain_lock();
	return code_of(error_message());
}

/*
 * If it is gone already, its answer says why; if it only heard half, the end
 * of its input aborts it, where it would wait for the rest for ever.
 */
static void tell(struct ref_transaction *tx, const void *data, size_t len)
{
	if (!child_write(&tx->child, data, len))
		return;
	close(tx->child.in);
	tx->child.in = -1;
}

static int start(struct ref_transaction *tx)
{
	struct run run = RUN_INIT;
	int error;

	strvec_pushl(&run.args, "git", "update-ref", "--stdin", "-z",
		     "--create-reflog", "-m", tx->reflog_message, NULL);
	/* The text of its errors is looked at. */
	strvec_push(&run.env, "LANGUAGE=C");
	run.err_to_out = true;
	if (!(error = child_start(&tx->child, &run)))
		tx->started = true;
	return error;
}

int ref_transaction_prepare(struct ref_transaction *tx)
{
	struct strbuf script = STRBUF_INIT;
	int error;

	if ((error = start(tx)) < 0)
		return error;
	add_field(&script, "start");
	strbuf_addbuf(&script, &tx->commands);
	strbuf_addbuf(&script, &tx->last);
	add_field(&script, "prepare");
	tell(tx, script.buf, script.len);
	strbuf_release(&script);
	if (!wait_for_answer(tx, "start: ok") ||
	    !wait_for_answer(tx, "prepare: ok"))
		return transaction_error(tx);
	return 0;
}

static bool has_moved(const struct ref_transaction *tx, size_t i)
{
	struct oid new, now;
	int error = repo_ref(&now, tx->repo, tx->refs.v[i]);

	memcpy(&new, tx->new_oids.buf + i * sizeof(new), sizeof(new));
	if (oid_is_zero(&new))
		return error == GIT_ENOTFOUND;
	return !error && oid_equal(&now, &new);
}

/* Git is gone, and what it did is to be seen. */
static int look_at_refs(const struct ref_transaction *tx, int error)
{
	struct strvec moved = STRVEC_INIT;
	struct kept_error first;

	error_keep(&first, error);
	for (size_t i = 0; i < tx->refs.nr; i++)
		if (has_moved(tx, i))
			strvec_push(&moved, tx->refs.v[i]);
	error_again(&first);
	if (moved.nr == tx->refs.nr) {
		error_clear();
		error = 0;
	} else if (moved.nr) {
		for (size_t i = 0; i < moved.nr; i++)
			error_hint("%s has moved all the same",
				   quoted(moved.v[i]));
		error = PARE_EPARTLY;
	}
	strvec_clear(&moved);
	return error;
}

int ref_transaction_commit(struct ref_transaction *tx)
{
	static const char commit[] = "commit";
	int exit_code;

	tell(tx, commit, sizeof(commit));
	if (!wait_for_answer(tx, "commit: ok"))
		return look_at_refs(tx, transaction_error(tx));
	/* What comes after this answer changes nothing any more. */
	tx->started = false;
	exit_code = child_finish(&tx->child);
	show_what_was_said(tx);
	if (exit_code > 0)
		exit_code = error_set(GIT_ERROR, "git update-ref failed (exit "
				      "code %d)", exit_code);
	return exit_code ? look_at_refs(tx, exit_code) : 0;
}

void ref_transaction_release(struct ref_transaction *tx)
{
	if (!tx->repo)
		return;
	if (tx->started) {
		child_finish(&tx->child);
		show_what_was_said(tx);
	}
	free(tx->reflog_message);
	strbuf_release(&tx->commands);
	strbuf_release(&tx->last);
	strbuf_release(&tx->new_oids);
	strvec_clear(&tx->refs);
	strbuf_release(&tx->said);
	memset(tx, 0, sizeof(*tx));
}
