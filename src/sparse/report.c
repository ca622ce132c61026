/* SPDX-License-Identifier: MIT */
#include "pare/sparse.h"

#include <stdlib.h>

#include "base/alloc.h"

#define NR_LISTS 16

static void lists_of(struct pare_sparse_report *r,
		     struct strvec *list[static NR_LISTS])
{
	struct strvec *all[NR_LISTS] = {
		&r->not_up_to_date, &r->unmerged,     &r->present,
		&r->staged,         &r->untracked_dirs, &r->nested_dirs,
		&r->trashed,        &r->restored,     &r->not_restored,
		&r->missing_dirs,   &r->failures,     &r->warnings,
		&r->dirs_before,    &r->dirs_after,   &r->missing_near,
		&r->submodules,
	};

	for (size_t i = 0; i < NR_LISTS; i++)
		list[i] = all[i];
}

void pare_sparse_report_init(struct pare_sparse_report *report)
{
	struct strvec *list[NR_LISTS];

	*report = (struct pare_sparse_report){ .bytes_known = true };
	lists_of(report, list);
	for (size_t i = 0; i < NR_LISTS; i++)
		strvec_init(list[i]);
}

void pare_sparse_report_release(struct pare_sparse_report *report)
{
	struct strvec *list[NR_LISTS];

	lists_of(report, list);
	for (size_t i = 0; i < NR_LISTS; i++)
		strvec_clear(list[i]);
	free(report->restored_from);
	report->restored_from = NULL;
}

void pare_sparse_request_release(struct pare_sparse_request *req)
{
	strvec_clear(&req->dirs);
	strvec_clear(&req->steps);
	strvec_clear(&req->words);
}
