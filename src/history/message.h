/* SPDX-License-Identifier: MIT */
/* Messages of many commits into one, as `git rebase -i` puts them together. */
#ifndef PARE_HISTORY_MESSAGE_H
#define PARE_HISTORY_MESSAGE_H

#include "history/range.h"

/* How much of a subject only says where its commit goes. */
enum message_subject {
	SUBJECT_KEEP,
	SUBJECT_OF_AMEND, /* that of an amend! */
	SUBJECT_OF_MELD,  /* that of a squash! and fixup! too */
};

/* One of the messages that go into one. */
struct message_part {
	const struct commit *commit;
	bool keep; /* else the draft shows it as a comment */
	enum message_subject subject;
};

/*
 * Fill rw->text, rw->draft and rw->comment, which no line that is kept begins
 * with (see comment_for).
 */
void message_combine(struct pare_rewrite *rw, const struct message_part *part,
		     size_t nr);
/* The same with the words of one commit, less what `subject` says. */
void message_of_part(struct pare_rewrite *rw, const struct message_part *part);
/* The same with the words of one commit, as they are. */
void message_of_one(struct pare_rewrite *rw, const struct commit *commit);
/* Add the author of `commit` to rw->authors. */
void message_take_author(struct pare_rewrite *rw, const struct commit *commit);
/* The same for the whole range, authors too. */
void message_for_fold(struct pare_rewrite *rw, const struct range *range,
		      enum pare_message_mode mode);

#endif
