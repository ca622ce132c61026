/* SPDX-License-Identifier: MIT */
#include "sparse/undo.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/lockfile.h"
#include "checkout/trash.h"
#include "pare/sparse.h"
#include "sparse/pattern_file.h"

enum { RECORD_BYTES_MAX = 256 * 1024 * 1024 };

static const char first_line[] = "pare undo 1\n";

/* A value of any bytes: "<name> <length>\n<bytes>\n". */
static void add_value(struct strbuf *out, const char *name,
		      const struct strbuf *value)
{
	strbuf_addf(out, "%s %zu\n", name, value->len);
	strbuf_addbuf(out, value);
	strbuf_addch(out, '\n');
}

int undo_prepare(struct lockfile *lock, const struct undo_record *record,
		 const struct pare_repo *repo)
{
	struct strbuf text = STRBUF_INIT;
	char *path;
	int error = repo_pare_path(&path, repo, "undo", true);

	if (error < 0)
		return error;
	strbuf_addstr(&text, first_line);
	strbuf_addf(&text, "enabled %d\ncone %d\n", record->enabled,
		    record->cone);
	add_value(&text, "patterns", &record->patterns);
	add_value(&text, "trash", &record->trash_id);
	if (record->has_caller)
		add_value(&text, "caller", &record->caller);
	error = lockfile_hold_nofollow(lock, path);
	if (!error)
		error = lockfile_write(lock, text.buf, text.len);
	strbuf_release(&text);
	free(path);
	return error;
}

static int read_number(const char **p, const char *name, size_t *value)
{
	char *end;

	if (!skip_prefix(*p, name, p) || **p < '0' || **p > '9')
		return -1;
	*value = strtoul(*p, &end, 10);
	if (*end != '\n')
		return -1;
	*p = end + 1;
	return 0;
}

static int read_value(const char **p, const char *end, const char *name,
		      struct strbuf *out)
{
	size_t len;

	if (read_number(p, name, &len) < 0 || len >= (size_t)(end - *p) ||
	    (*p)[len] != '\n')
		return -1;
	strbuf_add(out, *p, len);
	*p += len + 1;
	return 0;
}

static int parse(struct undo_record *out, const struct strbuf *text)
{
	const char *p = text->buf, *end = text->buf + text->len;
	size_t enabled, cone;

	if (!skip_prefix(p, first_line, &p) ||
	    read_number(&p, "enabled ", &enabled) < 0 ||
	    read_number(&p, "cone ", &cone) < 0 ||
	    read_value(&p, end, "patterns ", &out->patterns) < 0 ||
	    read_value(&p, end, "trash ", &out->trash_id) < 0)
		return -1;
	out->enabled = enabled;
	out->cone = cone;
	out->has_caller = p < end;
	return out->has_caller ? read_value(&p, end, "caller ", &out->caller) :
				 0;
}

int undo_read(struct undo_record *out, const struct pare_repo *repo)
{
	struct strbuf text = STRBUF_INIT;
	char *path;
	int error = repo_pare_path(&path, repo, "undo", false);

	if (error < 0)
		return error;
	error = strbuf_read_file(&text, path, RECORD_BYTES_MAX);
	if (error == GIT_ENOTFOUND)
		error = error_set(GIT_ENOTFOUND, "there is nothing to undo");
	else if (!error && parse(out, &text) < 0)
		error = error_set(GIT_EINVALID, "%s is not an undo record",
				  path);
	strbuf_release(&text);
	free(path);
	return error;
}

void undo_release(struct undo_record *record)
{
	strbuf_release(&record->patterns);
	strbuf_release(&record->trash_id);
	strbuf_release(&record->caller);
}

int undo_restore(struct pare_sparse_report *report, struct pare_repo *repo,
		 const char *trash_id)
{
	int error = trash_restore(repo, trash_id, &report->restored,
				  &report->not_restored);

	if (!error && report->not_restored.nr)
		error = trash_path(&report->restored_from, repo, trash_id);
	return error;
}

static void before_init(struct pare_sparse_before *out,
			struct undo_record *record, struct pare_repo *repo)
{
	struct pattern_file file = PATTERN_FILE_INIT;

	pattern_file_parse(&file, record->patterns.buf, record->patterns.len,
			   record->cone,
			   pare_repo_config_bool(repo, "core.ignorecase",
						 false));
	out->enabled = record->enabled;
	out->cone = file.is_cone;
	if (file.is_cone)
		cone_list_all(&file.cone, &out->dirs);
	else
		strvec_push_all(&out->dirs, &file.lines);
	if (record->has_caller)
		out->caller_state = strbuf_detach(&record->caller, NULL);
	pattern_file_release(&file);
}

int pare_sparse_before_read(struct pare_sparse_before *out,
			    struct pare_repo *repo)
{
	struct undo_record record = UNDO_RECORD_INIT;
	int error = undo_read(&record, repo);

	*out = (struct pare_sparse_before){ .dirs = STRVEC_INIT };
	if (!error)
		before_init(out, &record, repo);
	undo_release(&record);
	return error;
}

void pare_sparse_before_release(struct pare_sparse_before *before)
{
	strvec_clear(&before->dirs);
	free(before->caller_state);
	before->caller_state = NULL;
}

/* The change that leads back. */
static void make_request(struct pare_sparse_request *req,
			 const struct pare_sparse_before *before)
{
	req->action = before->enabled ? PARE_SPARSE_SET : PARE_SPARSE_DISABLE;
	req->cone = before->cone;
	strvec_push_all(&req->dirs, &before->dirs);
}

int pare_sparse_undo(struct pare_sparse_report *report, char **caller_state,
		     struct pare_repo *repo,
		     const struct pare_sparse_request *how)
{
	struct undo_record record = UNDO_RECORD_INIT;
	struct pare_sparse_request req = PARE_SPARSE_REQUEST_INIT;
	struct pare_sparse_before before = { .dirs = STRVEC_INIT };
	int error;

	pare_sparse_report_init(report);
	*caller_state = NULL;
	if ((error = undo_read(&record, repo)) < 0)
		goto done;
	before_init(&before, &record, repo);
	make_request(&req, &before);
	req.dry_run = how->dry_run;
	req.keep_days = how->keep_days;
	req.progress = how->progress;
	req.caller_state = how->caller_state;
	req.caller_changes = strcmp(before.caller_state ?
				    before.caller_state : "",
				    how->caller_state ? how->caller_state : "");
	req.restore_id = record.trash_id.len ? record.trash_id.buf : NULL;
	error = pare_sparse_change(report, repo, &req);
	if (error >= 0 || report->done || error == PARE_EHANDOVER) {
		*caller_state = before.caller_state;
		before.caller_state = NULL;
	}
done:
	pare_sparse_before_release(&before);
	pare_sparse_request_release(&req);
	undo_release(&record);
	return error;
}
