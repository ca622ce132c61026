/* SPDX-License-Identifier: MIT */
/*
 * Git is asked for all that is not plain: what names may hold and what dates
 * mean, by `git var GIT_AUTHOR_IDENT` with the wanted ones in the environment.
 */
#include "repo/author.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/run.h"

struct person {
	struct strbuf name, mail, date; /* date: "time zone" */
};

#define PERSON_INIT                                                           \
	{ .name = STRBUF_INIT, .mail = STRBUF_INIT, .date = STRBUF_INIT }

static void person_release(struct person *p)
{
	strbuf_release(&p->name);
	strbuf_release(&p->mail);
	strbuf_release(&p->date);
}

/* "Name <mail>" and perhaps a date; false when it is not of that form. */
static bool split(struct person *out, const char *text, size_t len)
{
	const char *mail = memchr(text, '<', len), *end;

	if (!mail)
		return false;
	end = memchr(mail, '>', len - (size_t)(mail - text));
	if (!end)
		return false;
	strbuf_add(&out->name, text, (size_t)(mail - text));
	strbuf_trim(&out->name);
	strbuf_add(&out->mail, mail + 1, (size_t)(end - mail) - 1);
	strbuf_add(&out->date, end + 1, len - (size_t)(end + 1 - text));
	strbuf_trim(&out->date);
	return true;
}

/* What git makes of the environment; a NULL is left to git. */
static int ask_ident(struct strbuf *out, const char *name, const char *mail,
		     const char *date)
{
	struct strbuf err = STRBUF_INIT;
	struct run run = RUN_INIT;
	const char *fatal;
	int result;

	if (name)
		strvec_pushf(&run.env, "GIT_AUTHOR_NAME=%s", name);
	if (mail)
		strvec_pushf(&run.env, "GIT_AUTHOR_EMAIL=%s", mail);
	if (date && *date)
		strvec_pushf(&run.env, "GIT_AUTHOR_DATE=%s", date);
	else if (date)
		strvec_push(&run.env, "GIT_AUTHOR_DATE");
	strvec_push(&run.env, "LC_ALL=C");
	strvec_pushl(&run.args, "var", "GIT_AUTHOR_IDENT", NULL);
	run.out = out;
	run.err = &err;
	result = run_git(&run);
	if (result > 0) {
		fatal = strstr(err.buf, "fatal: ");
		fatal = fatal ? fatal + strlen("fatal: ") : err.buf;
		result = error_set(GIT_EINVALID, "%.*s",
				   (int)strcspn(fatal, "\n"), fatal);
	}
	strbuf_rtrim(out);
	strbuf_release(&err);
	return result;
}

static int ask_date(struct strbuf *out, const char *date)
{
	struct strbuf ident = STRBUF_INIT;
	int error = ask_ident(&ident, "x", "x", date);
	const char *end = strstr(ident.buf, "> ");

	if (!error && end)
		strbuf_addstr(out, end + 2);
	strbuf_release(&ident);
	return error;
}

/* "yesterday", "2 weeks ago": only some commands of git take these. */
static int ask_loose_date(struct strbuf *out, const char *date)
{
	struct strbuf seconds = STRBUF_INIT, at = STRBUF_INIT;
	struct run run = RUN_INIT;
	int result;

	strvec_push(&run.args, "-c");
	strvec_pushf(&run.args, "pare.date=%s", date);
	strvec_pushl(&run.args, "config", "--type=expiry-date", "pare.date",
		     NULL);
	run.out = &seconds;
	run.discard_err = true;
	result = run_git(&run);
	strbuf_rtrim(&seconds);
	strbuf_addf(&at, "@%s", seconds.buf);
	if (!result)
		result = ask_date(out, at.buf);
	strbuf_release(&seconds);
	strbuf_release(&at);
	return result;
}

static int resolve_date(struct strbuf *out, const char *date)
{
	/* Times to git config, and not to git commit. */
	bool word = !strcmp(date, "all") || !strcmp(date, "false");

	if (!strcmp(date, "now"))
		return ask_date(out, "");
	if (*date && !ask_date(out, date))
		return 0;
	strbuf_reset(out);
	if (!*date || word || ask_loose_date(out, date))
		return error_set(GIT_EINVALID, "invalid date format: %s", date);
	return 0;
}

/* The newest commit by somebody of that name. */
static int find_author(struct person *out, const char *pattern)
{
	struct strbuf found = STRBUF_INIT, option = STRBUF_INIT;
	int error;

	strbuf_addf(&option, "--author=%s", pattern);
	error = run_git_capture(&found, "log", "-1", "--all", "-i",
				"--no-show-signature", "--format=%aN <%aE>",
				option.buf, NULL);
	if (!error && !split(out, found.buf, found.len))
		error = error_set(GIT_EINVALID, "--author '%s' is not 'Name "
				  "<email>' and matches no existing author",
				  pattern);
	strbuf_release(&found);
	strbuf_release(&option);
	return error;
}

static int resolve_name(struct person *out, const char *author)
{
	if (split(out, author, strlen(author)))
		return 0;
	return find_author(out, author);
}

static int make_author(struct strbuf *out, const char *old, size_t old_len,
		       const struct author_request *req)
{
	struct person was = PERSON_INIT, now = PERSON_INIT;
	struct strbuf date = STRBUF_INIT;
	int error = 0;

	if (!split(&was, old, old_len) && !(req->author && req->date))
		error = error_set(GIT_EINVALID, "the old author is malformed");
	if (!error && req->date)
		error = resolve_date(&date, req->date);
	else if (!error)
		strbuf_addbuf(&date, &was.date);
	if (!error && req->author)
		error = resolve_name(&now, req->author);
	if (!error && req->author) {
		strbuf_insert(&date, 0, "@", 1);
		error = ask_ident(out, now.name.buf, now.mail.buf, date.buf);
	} else if (!error) {
		/* The name stays as it is, whatever git thinks of it. */
		strbuf_add(out, old, old_len);
		strbuf_setlen(out, (size_t)(strrchr(out->buf, '>') + 2 -
					    out->buf));
		strbuf_addbuf(out, &date);
	}
	strbuf_release(&date);
	person_release(&was);
	person_release(&now);
	return error;
}

int repo_author(struct strbuf *out, struct pare_repo *repo, const char *old,
		size_t old_len, const struct author_request *req)
{
	struct strbuf date = STRBUF_INIT;
	int error = 0;

	(void)repo;
	if (!req->author && !req->date && !req->reset) {
		strbuf_add(out, old, old_len);
		return 0;
	}
	if (!req->reset)
		return make_author(out, old, old_len, req);
	if (req->date && !(error = resolve_date(&date, req->date)))
		strbuf_insert(&date, 0, "@", 1);
	if (!error)
		error = ask_ident(out, NULL, NULL,
				  req->date ? date.buf : NULL);
	strbuf_release(&date);
	return error;
}
