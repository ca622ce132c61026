/* SPDX-License-Identifier: MIT */
#include "history/message.h"

#include <ctype.h>
#include <string.h>

#include "base/strbuf.h"

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

/* From the first line that is not blank, as git reads a message. */
static void add_body(struct strbuf *out, const struct commit *commit)
{
	const char *text = commit->message, *end = text + commit->message_len;
	const char *line = text;

	for (const char *p = text; p < end && isspace((unsigned char)*p); p++)
		if (*p == '\n')
			line = p + 1;
	strbuf_add(out, line, (size_t)(end - line));
	strbuf_complete_line(out);
}

static void draft_combined(struct strbuf *out, const struct range *range,
			   const char *comment)
{
	strbuf_addf(out, "%s This is a combination of %zu commits.\n", comment,
		    range->nr);
	strbuf_addf(out, "%s This is the 1st commit message:\n\n", comment);
	add_body(out, &range->commit[0]);
	for (size_t i = 1; i < range->nr; i++) {
		strbuf_addf(out, "\n%s This is the commit message #%zu:\n\n",
			    comment, i + 1);
		add_body(out, &range->commit[i]);
	}
}

static void text_combined(struct strbuf *out, const struct range *range)
{
	for (size_t i = 0; i < range->nr; i++) {
		if (i)
			strbuf_addch(out, '\n');
		add_body(out, &range->commit[i]);
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

		strbuf_add(&rw->text, range->commit[i].message,
			   range->commit[i].message_len);
		strbuf_addbuf(&rw->draft, &rw->text);
		return;
	}
	text_combined(&rw->text, range);
	if (rw->comment[0])
		draft_combined(&rw->draft, range, rw->comment);
	else
		strbuf_addbuf(&rw->draft, &rw->text);
}

void message_for_reword(struct pare_rewrite *rw, const struct range *range)
{
	const struct range target = { .commit = range->commit, .nr = 1 };

	set_comment(rw, &target);
	strbuf_add(&rw->text, target.commit->message,
		   target.commit->message_len);
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
