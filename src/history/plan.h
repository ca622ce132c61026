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
};

/* What begins a comment in a plan: core.commentString or core.commentChar. */
const char *plan_comment(struct pare_repo *repo);

#endif
