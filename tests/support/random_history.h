/* SPDX-License-Identifier: MIT */
/* Histories and plans made by a number: the same number, the same ones. */
#ifndef PARE_TESTS_RANDOM_HISTORY_H
#define PARE_TESTS_RANDOM_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "history/todo.h"
#include "repo/odb.h"
#include "repo/repo.h"

enum { RANDOM_COMMITS_MAX = 16 };

struct random_history {
	struct oid commit[RANDOM_COMMITS_MAX]; /* [0] is a root */
	struct oid tree[RANDOM_COMMITS_MAX];
	int nr;
};

/* Some number from 0 to n - 1. */
unsigned random_below(uint64_t *state, unsigned n);

/*
 * Write a history of `nr` commits: files of lines that repeat, modes, links,
 * directories that become files, empty commits, odd words and time zones;
 * with `renames` also files and directories that move.
 */
void random_history_make(struct random_history *out, struct pare_repo *repo,
			 uint64_t *state, int nr, bool renames);

/* A plan for commit[first] and later ones. */
void random_plan_make(struct todo_list *out, const struct random_history *h,
		      uint64_t *state, int first, const char *ref);

#endif
