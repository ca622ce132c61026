/* SPDX-License-Identifier: MIT */
/* What the files of the doctor share. */
#ifndef PARE_SPARSE_DOCTOR_H
#define PARE_SPARSE_DOCTOR_H

#include "pare/sparse.h"
#include "repo/repo.h"

struct doctor {
	struct pare_repo *repo;
	struct pare_findings *out;
	const struct pare_progress *progress;
	struct pare_sparse_state state;
	size_t nr_skipped; /* entries with the bit */
	size_t nr_absent;  /* not sparse: of those, not on disk */
};

/* That one was killed half-way, and by which process it was made. */
struct pare_finding *doctor_add_cut_off(struct pare_findings *out, long pid);

/* Files outside that are modified, so that they stay. */
void doctor_add_modified(struct pare_findings *out, const struct strvec *paths);

/* Settings that are not read or stand in the wrong file. */
void doctor_config(struct doctor *d);

#endif
