/* SPDX-License-Identifier: MIT */
#include "history/message.h"

#include <ctype.h>
#include <string.h>

#include "base/strbuf.h"
#include "history/encoding.h"

static bool line_begins_with(const char *text, size_t len, char c)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] == c && (!i || text[i - 1] == '\n'))
			return true;
	return false;
}

static bool is_free(char c, const struct range *range)
{
	for (size_t i = 0; i < range->nr; i++)
		if (line_begins_with(range->commit[i].message,
				     range->commit[i].message_len, c))
			return false;
	return true;
}

/* 0 when every character is taken: then nothing counts as a comment. */
static char comment_char(struct pare_repo *repo, const struct range *range)
{
	static const char candidates[] = "#;@!$%^&|:";
	const char *wanted = pare_repo_config_get(repo, "core.commentchar");

	if (wanted && wanted[0] && !wanted[1] && is_free(wanted[0], range))
		return wanted[0];
	for (const char *c = candidates; *c; c++)
		if (is_free(*c, range))
			return *c;
	return 0;
}

/* The subject of a squash!, fixup! or amend! says where it goes, no more. */
static size_t meld_subject_len(const char *text)
{
	const char *end = strstr(text, "\n\n");

	if (!starts_with(text, "squash! ") && !starts_with(text, "fixup! ") &&
	    !starts_with(text, "amend! "))
		return 0;
	return end ? (size_t)(end - text) + 1 : strlen(text);
}

static void add_commented(struct strbuf *out, const char *text, size_t len,
			  const char *comment)
{
	const char *end = text + len;

	while (text < end) {
		const char *lf = memchr(text, '\n', (size_t)(end - text));
		const char *next = lf ? lf + 1 : end;

		strbuf_addstr(out, comment);
		if (*text != '\n' && *text != '\t')
			strbuf_addch(out, ' ');
		strbuf_add(out, text, (size_t)(next - text));
		text = next;
	}
}

/*
 * From the first line that is not blank, as git reads a message; what is no
 * more than the subject of a meld is a comment, or left out without one.
 */
static void add_body(struct strbuf *out, const struct pare_rewrite *rw,
		     const struct commit *commit, bool meld,
		     const char *comment)
{
	struct strbuf body = STRBUF_INIT;
	const char *line;
	size_t subject;

	reencode_message(&body, commit, rw->repo);
	line = body.buf;
	for (const char *p = line; *p && isspace((unsigned char)*p); p++)
		if (*p == '\n')
			line = p + 1;
	subject = meld ? meld_subject_len(line) : 0;
	if (comment)
		add_commented(out, line, subject, comment);
	strbuf_add(out, line + subject,
		   body.len - (size_t)(line - body.buf) - subject);
	strbuf_complete_line(out);
	strbuf_release(&body);
}

static void draft_combined(struct pare_rewrite *rw, const struct range *range)
{
	const char *comment = rw->comment;
	struct strbuf *out = &rw->draft;

	strbuf_addf(out, "%s This is a combination of %zu commits.\n", comment,
		    range->nr);
	strbuf_addf(out, "%s This is the 1st commit message:\n\n", comment);
	add_body(out, rw, &range->commit[0], false, comment);
	for (size_t i = 1; i < range->nr; i++) {
		strbuf_addf(out, "\n%s This is the commit message #%zu:\n\n",
			    comment, i + 1);
		add_body(out, rw, &range->commit[i], true, comment);
	}
}

static void text_combined(struct pare_rewrite *rw, const struct range *range)
{
	struct strbuf *out = &rw->text;

	for (size_t i = 0; i < range->nr; i++) {
		if (i)
			strbuf_addch(out, '\n');
		add_body(out, rw, &range->commit[i], i, NULL);
	}
	pare_message_clean(out, NULL);
}

static void set_comment(struct pare_rewrite *rw, const struct range *range)
{
	rw->comment[0] = comment_char(rw->repo, range);
	rw->comment[1] = '\0';
}

void message_for_fold(struct pare_rewrite *rw, const struct range *range,
		      enum pare_message_mode mode)
{
	set_comment(rw, range);
	if (mode != PARE_MESSAGE_COMBINE) {
		size_t i = mode == PARE_MESSAGE_FIRST ? 0 : range->nr - 1;

		reencode_message(&rw->text, &range->commit[i], rw->repo);
		strbuf_addbuf(&rw->draft, &rw->text);
		return;
	}
	text_combined(rw, range);
	if (rw->comment[0])
		draft_combined(rw, range);
	else
		strbuf_addbuf(&rw->draft, &rw->text);
}

void message_for_reword(struct pare_rewrite *rw, const struct range *range)
{
	const struct range target = { .commit = range->commit, .nr = 1 };

	set_comment(rw, &target);
	reencode_message(&rw->text, target.commit, rw->repo);
	strbuf_addbuf(&rw->draft, &rw->text);
}

/* git's stripspace, with comment lines left out if there are any. */
void pare_message_clean(struct strbuf *message, const char *comment)
{
	struct strbuf out = STRBUF_INIT;
	const char *p = message->buf, *end = p + message->len;
	bool blank = false;

	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		const char *line = p;
		size_t len = (size_t)((lf ? lf : end) - line);

		p = lf ? lf + 1 : end;
		if (comment && *comment && len && *line == *comment)
			continue;
		while (len && isspace((unsigned char)line[len - 1]))
			len--;
		if (!len) {
			blank = true;
			continue;
		}
		if (blank && out.len)
			strbuf_addch(&out, '\n');
		blank = false;
		strbuf_add(&out, line, len);
		strbuf_addch(&out, '\n');
	}
	strbuf_release(message);
	*message = out;
}
