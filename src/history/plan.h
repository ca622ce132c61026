/* SPDX-License-Identifier: MIT */
/* A plan as this room has it. */
#ifndef PARE_HISTORY_PLAN_H
#define PARE_HISTORY_PLAN_H

#include "history/rewrite.h"
#include "history/todo.h"

struct pare_plan {
	struct rewrite rw;      /* HEAD, the commits and what becomes of them */
	struct todo_list made;  /* the commits as they are, in order */
	struct todo_list list;  /* what is to be done */
	struct oid onto;        /* its first commit's parent; zero: a root */
	bool stopped;           /* at this commit, with conflicts in paths */
	struct oid stop;
	struct strvec paths;
	struct strbuf typed;    /* the messages so far, for a file */
};

struct replay_group;

/*
 * Append the message that a group of commits ends with, through the hooks and
 * the editor. GIT_EINVALID when it is empty.
 */
int plan_message(struct strbuf *out, struct pare_plan *plan,
		 const struct replay_group *group,
		 const struct pare_plan_options *opts);

/*
 * Messages that were typed are in a file until all is done: name it, when
 * something failed, or let it go.
 */
void plan_hint_typed(struct pare_plan *plan);
void plan_forget_typed(struct pare_plan *plan);

/* What begins a comment in a plan: core.commentString or core.commentChar. */
const char *plan_comment(struct pare_repo *repo);

#endif
