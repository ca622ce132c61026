/* SPDX-License-Identifier: MIT */
/*
 * Random repositories and random sequences of changes, git beside pare; the
 * same number makes the same sequence.
 */
#ifndef PARE_TESTS_RANDOM_SPARSE_H
#define PARE_TESTS_RANDOM_SPARSE_H

enum random_sparse_kind {
	RANDOM_CONE,
	RANDOM_SPARSE_INDEX, /* a cone, often with a sparse index */
	RANDOM_PATTERNS,
	RANDOM_SWITCHING, /* between a cone and patterns */
};

/*
 * Run the seeds 1 to `last`, or those that PARE_TEST_SEEDS says ("100-400",
 * "17-17"), which then also shows each step.
 */
void random_sparse_run(enum random_sparse_kind kind, unsigned long last);

/* For random_repo.c. */
enum random_repo_flags {
	RANDOM_REPO_WORKTREE = 1 << 0, /* the twins are linked work trees */
};

struct strbuf;

/* Some number from 0 to below - 1. */
unsigned random_pick(unsigned below);

/* A directory, one to three deep; most of those that are made exist. */
void random_dir(struct strbuf *path);
void random_quoted_dir(struct strbuf *path);

/*
 * Make the twins, without an index that is up to date: `g` and `p`, or with
 * the flag `g/wt` and `p/wt`.
 */
void random_repo_make(unsigned flags);

#endif
