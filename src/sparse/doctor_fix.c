/* SPDX-License-Identifier: MIT */
/* Mending what the doctor found, in the order in which one needs another. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "checkout/journal.h"
#include "checkout/trash.h"
#include "sparse/doctor.h"
#include "sparse/locks.h"

enum { KEEP_DAYS = 14 };

static void settle(struct pare_findings *findings, enum pare_fix fix, int error)
{
	for (size_t i = 0; i < findings->nr; i++) {
		struct pare_finding *f = &findings->item[i];

		if (f->fix != fix || f->fixed)
			continue;
		f->fixed = !error;
		free(f->outcome);
		f->outcome = error ? xstrdup(error_message()) : NULL;
	}
}

static bool wants(const struct pare_findings *findings, enum pare_fix fix)
{
	for (size_t i = 0; i < findings->nr; i++)
		if (findings->item[i].fix == fix)
			return true;
	return false;
}

/* Judged once more: it may have been taken since. */
static int remove_file(struct pare_repo *repo, const struct pare_finding *f)
{
	struct lock_answer answer;
	int error;

	if (!fs_exists(f->path))
		return 0;
	if (!strcmp(f->kind, "lock")) {
		if ((error = lock_judge(&answer, repo, f->path)) < 0)
			return error;
		if (answer.holder != LOCK_STALE)
			return error_set(GIT_ELOCKED, "it is in use now");
	}
	if (unlink(f->path) && errno != ENOENT)
		return error_errno("cannot remove it");
	return 0;
}

static void remove_files(struct pare_findings *findings,
			 struct pare_repo *repo)
{
	for (size_t i = 0; i < findings->nr; i++) {
		struct pare_finding *f = &findings->item[i];

		if (f->fix != PARE_FIX_UNLINK)
			continue;
		f->fixed = !remove_file(repo, f);
		f->outcome = f->fixed ? NULL : xstrdup(error_message());
		error_clear();
	}
}

static int recover(struct pare_repo *repo)
{
	struct strvec said = STRVEC_INIT;
	int error = journal_recover(&said, repo);

	strvec_clear(&said);
	if (error > 0)
		error = error_set(GIT_ELOCKED, "it is still running");
	return error;
}

int pare_sparse_doctor_recover(struct pare_findings *out,
			       struct pare_repo *repo)
{
	struct journal journal;
	int error = journal_read(&journal, repo);

	if (!error && journal.rest && !journal.is_running &&
	    !(error = recover(repo)))
		doctor_add_cut_off(out, journal.pid)->fixed = true;
	strbuf_release(&journal.text);
	return error;
}

static bool has_kind(const struct pare_findings *findings, const char *kind)
{
	for (size_t i = 0; i < findings->nr; i++)
		if (!strcmp(findings->item[i].kind, kind))
			return true;
	return false;
}

static int change(struct pare_findings *findings, struct pare_repo *repo,
		  enum pare_sparse_action action,
		  const struct pare_progress *progress)
{
	struct pare_sparse_request req = PARE_SPARSE_REQUEST_INIT;
	struct pare_sparse_report report;
	int error;

	req.action = action;
	req.progress = progress;
	/* Whatever the settings say: nothing is deleted here. */
	req.keep_days = KEEP_DAYS;
	error = pare_sparse_change(&report, repo, &req);
	/* Modified since, or not to be read: not all is mended. */
	if (!error && !has_kind(findings, "modified"))
		doctor_add_modified(findings, &report.not_up_to_date);
	pare_sparse_report_release(&report);
	pare_sparse_request_release(&req);
	return error;
}

void pare_sparse_doctor_fix(struct pare_findings *findings,
			    struct pare_repo *repo,
			    const struct pare_progress *progress)
{
	if (wants(findings, PARE_FIX_RECOVER))
		settle(findings, PARE_FIX_RECOVER, recover(repo));
	remove_files(findings, repo);
	if (wants(findings, PARE_FIX_LEFTOVER))
		settle(findings, PARE_FIX_LEFTOVER,
		       trash_remove_leftovers(repo));
	if (wants(findings, PARE_FIX_DISABLE))
		settle(findings, PARE_FIX_DISABLE,
		       change(findings, repo, PARE_SPARSE_DISABLE,
			      progress));
	if (wants(findings, PARE_FIX_REAPPLY))
		settle(findings, PARE_FIX_REAPPLY,
		       change(findings, repo, PARE_SPARSE_REAPPLY,
			      progress));
	error_clear();
}
