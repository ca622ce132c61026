/* SPDX-License-Identifier: MIT */
/*
 * Commands with faults: each scenario is a repository and a command, run with
 * the shim of tests/fault in front, which lets the n-th system call of a kind
 * fail or kills the program before it.
 */
#ifndef PARE_TESTS_FAULTS_H
#define PARE_TESTS_FAULTS_H

#include "fault/shim.h"
#include "support/sandbox.h"
#include "support/whole.h"

enum scenario_kind {
	SELECTS, /* again changes nothing any more */
	APPENDS, /* again says the same twice (patterns, as with git) */
	TOGGLES, /* again goes back (undo) */
	REWRITES, /* again is another change (squash-last) */
	READS,   /* changes nothing */
	MAKES,   /* a work tree "new", with c selected; again: it is there */
};

struct scenario {
	const char *name;
	enum scenario_kind kind;
	const char *setup;      /* in the repository, with sh */
	const char *command[8]; /* ["NAME=value",] "git-sparse", "add", ... */
};

extern const struct scenario scenarios[];
extern const size_t nr_scenarios;

struct fault {
	const char *calls, *deed; /* as in shim.h */
	bool keep;
};

/* A scenario made ready: its repository as it was and as it should become. */
struct stage {
	const struct scenario *scenario;
	size_t nr; /* its place among all */
	struct whole before, after;
	struct strbuf out; /* what the command says when all is well */
	struct strbuf made; /* MAKES: what git and pare say in "new" then */
	struct fault_report *report;
	uint32_t of_kind[FAULT_KINDS]; /* what it calls when all is well */
	bool is_fresh; /* "r" is as before */
	struct strvec good; /* states that git found nothing wrong with */
};

/* Is there a shim? Not with sanitizers, and not without glibc. */
bool faults_are_possible(void);

/*
 * Run `command`, which must succeed, in "r" with sh. Returns which names pare
 * made or wrote to, and what it synced, a line each (fault/shim.h).
 */
const char *faults_log(const char *command);

/* In a sandbox: make "seed" and learn what the command does to it. */
void stage_init(struct stage *stage, const struct scenario *scenario);
void stage_release(struct stage *stage);

struct outcome {
	int rc;
	bool fired;
	uint32_t calls;
	char crashed_in[64]; /* a library's file name, or nothing */
	struct strbuf out, err;
	struct whole snapshot;
};

#define OUTCOME_INIT                                                          \
	{ .out = STRBUF_INIT, .err = STRBUF_INIT, .snapshot = WHOLE_INIT }

/* Have "r" as it was before. */
void stage_reset(struct stage *stage);
/* Run the command in "r"; `fault` NULL: without one. Waits for orphans too. */
void stage_run(struct outcome *out, struct stage *stage,
	       const struct fault *fault, uint32_t at);
void outcome_release(struct outcome *outcome);

/* PARE_FAULTS_AT, to look at one point again; 0: not given. */
uint32_t faults_point(void);

/* How many calls the command made of the kinds that the fault is for. */
uint32_t stage_count(const struct stage *stage, const struct fault *fault);

/* What git says about "r" in this state: NULL, or what is wrong with it. */
const char *stage_complaint(struct stage *stage, const struct whole *now);

/*
 * MAKES: is "new" as it should be? If not, go on as somebody does who reads:
 * what the error names, else the same again and what that names, until it is.
 * NULL, or what went wrong.
 */
bool stage_is_made(struct stage *stage);
const char *stage_resume(struct stage *stage, const struct outcome *out);

/* "ENOSPC at open 3 of add", for messages. */
const char *fault_name(const struct stage *stage, const struct fault *fault,
		       uint32_t at);

#endif
