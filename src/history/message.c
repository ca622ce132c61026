/* SPDX-License-Identifier: MIT */
#include "history/message.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "history/encoding.h"

static bool line_begins_with(const char *text, size_t len, char c)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] == c && (!i || text[i - 1] == '\n'))
			return true;
	return false;
}

static bool is_free(char c, const struct message_part *part, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (line_begins_with(part[i].commit->message,
				     part[i].commit->message_len, c))
			return false;
	return true;
}

/* 0 when every character is taken: then nothing counts as a comment. */
static char comment_char(struct pare_repo *repo,
			 const struct message_part *part, size_t nr)
{
	static const char candidates[] = "#;@!$%^&|:";
	const char *wanted = pare_repo_config_get(repo, "core.commentchar");

	if (wanted && wanted[0] && !wanted[1] && is_free(wanted[0], part, nr))
		return wanted[0];
	for (const char *c = candidates; *c; c++)
		if (is_free(*c, part, nr))
			return *c;
	return 0;
}

/* The subject of a squash!, fixup! or amend! says where it goes, no more. */
static size_t meld_subject_len(const char *text, enum message_subject subject)
{
	const char *end = strstr(text, "\n\n");
	bool meld = starts_with(text, "squash! ") ||
		    starts_with(text, "fixup! ");

	if (subject == SUBJECT_KEEP ||
	    (!starts_with(text, "amend! ") &&
	     !(meld && subject == SUBJECT_OF_MELD)))
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
		     const struct message_part *part, const char *comment)
{
	struct strbuf body = STRBUF_INIT;
	const char *line;
	size_t commented;

	reencode_message(&body, part->commit, rw->repo);
	line = body.buf;
	for (const char *p = line; *p && isspace((unsigned char)*p); p++)
		if (*p == '\n')
			line = p + 1;
	commented = part->keep ? meld_subject_len(line, part->subject) :
				 strlen(line);
	if (comment)
		add_commented(out, line, commented, comment);
	while (!comment && commented && line[commented] == '\n')
		commented++;
	strbuf_add(out, line + commented,
		   body.len - (size_t)(line - body.buf) - commented);
	strbuf_complete_line(out);
	strbuf_release(&body);
}

static void draft_combined(struct pare_rewrite *rw,
			   const struct message_part *part, size_t nr)
{
	const char *c = rw->comment;
	struct strbuf *out = &rw->draft;

	strbuf_addf(out, "%s This is a combination of %zu commits.\n", c, nr);
	for (size_t i = 0; i < nr; i++) {
		if (!i)
			strbuf_addf(out, part[i].keep ?
				"%s This is the 1st commit message:\n\n" :
				"%s The 1st commit message will be skipped:"
				"\n\n", c);
		else
			strbuf_addf(out, part[i].keep ?
				"\n%s This is the commit message #%zu:\n\n" :
				"\n%s The commit message #%zu will be skipped:"
				"\n\n", c, i + 1);
		add_body(out, rw, &part[i], c);
	}
}

static void text_combined(struct pare_rewrite *rw,
			  const struct message_part *part, size_t nr)
{
	struct strbuf *out = &rw->text;

	for (size_t i = 0; i < nr; i++) {
		if (!part[i].keep)
			continue;
		if (out->len)
			strbuf_addch(out, '\n');
		add_body(out, rw, &part[i], NULL);
	}
	pare_message_clean(out, NULL);
}

void message_combine(struct pare_rewrite *rw, const struct message_part *part,
		     size_t nr)
{
	rw->comment[0] = comment_char(rw->repo, part, nr);
	rw->comment[1] = '\0';
	text_combined(rw, part, nr);
	if (rw->comment[0])
		draft_combined(rw, part, nr);
	else
		strbuf_addbuf(&rw->draft, &rw->text);
}

void message_of_part(struct pare_rewrite *rw, const struct message_part *part)
{
	rw->comment[0] = comment_char(rw->repo, part, 1);
	rw->comment[1] = '\0';
	if (part->subject == SUBJECT_KEEP)
		reencode_message(&rw->text, part->commit, rw->repo);
	else
		add_body(&rw->text, rw, part, NULL);
	strbuf_addbuf(&rw->draft, &rw->text);
}

void message_of_one(struct pare_rewrite *rw, const struct commit *commit)
{
	message_of_part(rw, &(struct message_part){ .commit = commit,
						    .keep = true });
}

void message_for_fold(struct pare_rewrite *rw, const struct range *range,
		      enum pare_message_mode mode)
{
	struct message_part *part;

	if (mode != PARE_MESSAGE_COMBINE) {
		message_of_one(rw, &range->commit[mode == PARE_MESSAGE_FIRST ?
							  0 :
							  range->nr - 1]);
		return;
	}
	part = xcalloc(range->nr, sizeof(*part));
	for (size_t i = 0; i < range->nr; i++)
		part[i] = (struct message_part){
			.commit = &range->commit[i],
			.keep = true,
			.subject = i ? SUBJECT_OF_MELD : SUBJECT_KEEP,
		};
	message_combine(rw, part, range->nr);
	free(part);
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
