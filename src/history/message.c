/* SPDX-License-Identifier: MIT */
#include "history/message.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "history/cleanup.h"
#include "history/encoding.h"
#include "history/trailers.h"

/* One that no line that is kept begins with. */
static void choose_comment(struct pare_rewrite *rw,
			   const struct message_part *part, size_t nr)
{
	struct strbuf kept = STRBUF_INIT;

	for (size_t i = 0; i < nr; i++) {
		if (!part[i].keep)
			continue;
		strbuf_add(&kept, part[i].commit->message,
			   part[i].commit->message_len);
		strbuf_addch(&kept, '\n');
	}
	free(rw->comment);
	rw->comment = comment_for(rw->repo, &kept);
	strbuf_release(&kept);
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

/* What begins as a comment already is not commented twice. */
static void add_commented(struct strbuf *out, const char *text, size_t len,
			  const char *comment)
{
	const char *end = text + len;

	while (text < end && starts_with(text, comment)) {
		const char *lf = memchr(text, '\n', (size_t)(end - text));
		const char *next = lf ? lf + 1 : end;

		strbuf_add(out, text, (size_t)(next - text));
		text = next;
	}
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

/* What the joined text does without: its trailers, in one block at the end. */
struct hoisted {
	struct strvec trailers;
	bool wanted;
};

/*
 * From the first line that is not blank, as git reads a message; what is no
 * more than the subject of a meld is a comment, or left out without one.
 */
static void add_body(struct strbuf *out, const struct pare_rewrite *rw,
		     const struct message_part *part, const char *comment,
		     struct hoisted *hoisted)
{
	struct strbuf body = STRBUF_INIT;
	const char *line;
	size_t commented, end;

	reencode_message(&body, part->commit, rw->repo);
	line = body.buf;
	for (const char *p = line; *p && isspace((unsigned char)*p); p++)
		if (*p == '\n')
			line = p + 1;
	end = body.len - (size_t)(line - body.buf);
	commented = part->keep ? meld_subject_len(line, part->subject) :
				 strlen(line);
	if (comment)
		add_commented(out, line, commented, comment);
	while (!comment && commented && line[commented] == '\n')
		commented++;
	if (hoisted && hoisted->wanted && part->keep) {
		size_t at = trailers_find(line, end);

		trailers_collect(&hoisted->trailers, line + at, end - at);
		end = at > commented ? at : commented;
	}
	strbuf_add(out, line + commented, end - commented);
	strbuf_complete_line(out);
	strbuf_release(&body);
}

/*
 * A fold puts all trailers into one block. A plan makes what git makes, so
 * there only two Change-Ids, of which a review takes one, are a reason to.
 */
static bool wants_hoisting(const struct pare_rewrite *rw,
			   const struct message_part *part, size_t nr)
{
	struct hoisted all = { .trailers = STRVEC_INIT, .wanted = true };
	struct strbuf text = STRBUF_INIT;
	bool wanted;

	if (rw->fold)
		return true;
	for (size_t i = 0; i < nr; i++)
		if (part[i].keep)
			add_body(&text, rw, &part[i], NULL, &all);
	wanted = trailers_change_ids(&all.trailers) > 1;
	strbuf_release(&text);
	strvec_clear(&all.trailers);
	return wanted;
}

static void add_hoisted(struct strbuf *out, const struct pare_rewrite *rw,
			struct hoisted *hoisted)
{
	bool last = rw->change_id == PARE_CHANGE_ID_DEFAULT ?
		rw->fold : rw->change_id == PARE_CHANGE_ID_LAST;

	trailers_keep_change_id(&hoisted->trailers, last);
	if (hoisted->trailers.nr)
		strbuf_addch(out, '\n');
	for (size_t i = 0; i < hoisted->trailers.nr; i++)
		strbuf_addf(out, "%s\n", hoisted->trailers.v[i]);
	strvec_clear(&hoisted->trailers);
}

static void draft_combined(struct pare_rewrite *rw,
			   const struct message_part *part, size_t nr,
			   struct hoisted *hoisted)
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
		add_body(out, rw, &part[i], c, hoisted);
	}
	add_hoisted(out, rw, hoisted);
}

static void text_combined(struct pare_rewrite *rw,
			  const struct message_part *part, size_t nr,
			  struct hoisted *hoisted)
{
	struct strbuf *out = &rw->text;

	for (size_t i = 0; i < nr; i++) {
		if (!part[i].keep)
			continue;
		if (out->len)
			strbuf_addch(out, '\n');
		add_body(out, rw, &part[i], NULL, hoisted);
	}
	add_hoisted(out, rw, hoisted);
	pare_message_clean(out, NULL);
}

void message_combine(struct pare_rewrite *rw, const struct message_part *part,
		     size_t nr)
{
	struct hoisted hoisted = { .trailers = STRVEC_INIT };

	hoisted.wanted = wants_hoisting(rw, part, nr);
	choose_comment(rw, part, nr);
	text_combined(rw, part, nr, &hoisted);
	if (*rw->comment) {
		draft_combined(rw, part, nr, &hoisted);
		pare_message_clean(&rw->draft, NULL);
	} else {
		strbuf_addbuf(&rw->draft, &rw->text);
	}
}

void message_of_part(struct pare_rewrite *rw, const struct message_part *part)
{
	choose_comment(rw, part, 1);
	if (part->subject == SUBJECT_KEEP)
		reencode_message(&rw->text, part->commit, rw->repo);
	else
		add_body(&rw->text, rw, part, NULL, NULL);
	strbuf_addbuf(&rw->draft, &rw->text);
}

void message_of_one(struct pare_rewrite *rw, const struct commit *commit)
{
	message_of_part(rw, &(struct message_part){ .commit = commit,
						    .keep = true });
}

void message_take_author(struct pare_rewrite *rw, const struct commit *commit)
{
	struct strbuf author = STRBUF_INIT;
	const char *end;

	reencode_text(&author, commit->author, commit->author_len,
		      commit->encoding, commit->encoding_len, rw->repo);
	end = strrchr(author.buf, '>');
	if (end)
		strbuf_setlen(&author, (size_t)(end + 1 - author.buf));
	if (end && !strvec_contains(&rw->authors, author.buf))
		strvec_push(&rw->authors, author.buf);
	strbuf_release(&author);
}

void message_for_fold(struct pare_rewrite *rw, const struct range *range,
		      enum pare_message_mode mode)
{
	struct message_part *part;

	for (size_t i = 0; i < range->nr; i++)
		message_take_author(rw, &range->commit[i]);
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
