/* SPDX-License-Identifier: MIT */
/*
 * Which files need git's filters on their way to the disk. Most repositories
 * have no attributes at all, and that is seen without asking anybody; where
 * there are some, git is asked once for all paths.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"
#include "checkout/room.h"
#include "checkout/scratch.h"

static const char *const attributes[] = {
	"filter", "text", "eol", "crlf", "ident", "working-tree-encoding",
};

struct values {
	const char *value[ARRAY_SIZE(attributes)];
};

static bool file_exists(char *path)
{
	bool there = path && fs_exists(path);

	free(path);
	return there;
}

static char *below_home(const char *path)
{
	const char *home = getenv("HOME");

	return home ? xstrfmt("%s/%s", home, path) : NULL;
}

/* The user's own, where core.attributesFile does not name another. */
static bool has_user_file(struct pare_repo *repo)
{
	const char *file = pare_repo_config_get(repo, "core.attributesfile");
	const char *xdg = getenv("XDG_CONFIG_HOME");

	if (file && *file)
		return true;
	return file_exists(xdg && *xdg ? xstrfmt("%s/git/attributes", xdg) :
					 below_home(".config/git/attributes"));
}

bool checkout_may_filter(struct checkout *co)
{
	struct pare_repo *repo = co->repo;
	const char *eol;

	if (co->may_filter >= 0)
		return co->may_filter;
	eol = pare_repo_config_get(repo, "core.eol");
	co->may_filter =
		co->opts.has_attributes || (eol && *eol) ||
		pare_repo_config_get(repo, "core.autocrlf") ||
		file_exists(repo_common_path(repo, "info/attributes")) ||
		fs_exists("/etc/gitattributes") || has_user_file(repo);
	return co->may_filter;
}

/* Do the settings alone turn LF into CRLF on the way out? */
static bool writes_crlf(struct pare_repo *repo)
{
	const char *autocrlf = pare_repo_config_get(repo, "core.autocrlf");
	const char *eol = pare_repo_config_get(repo, "core.eol");

	if (autocrlf && !strcmp(autocrlf, "input"))
		return false;
	if (pare_repo_config_bool(repo, "core.autocrlf", false))
		return true;
	return eol && !strcmp(eol, "crlf");
}

static bool is_off(const char *value)
{
	return !strcmp(value, "unspecified") || !strcmp(value, "unset");
}

/* In doubt yes: git then writes the file, which is slower, but right. */
static bool needs_filter(const struct values *v, bool crlf)
{
	if (!is_off(v->value[0]) || !is_off(v->value[4]) ||
	    !is_off(v->value[5]) || !strcmp(v->value[2], "crlf"))
		return true;
	return crlf && strcmp(v->value[1], "unset") &&
	       strcmp(v->value[2], "lf");
}

static int ask_attributes(struct strbuf *out, struct scratch *s,
			  const struct checkout_list *list)
{
	struct strbuf in = STRBUF_INIT;
	struct run run;
	int rc;

	for (size_t i = 0; i < list->nr; i++) {
		if (list->item[i].status == PARE_PATH_TO_WRITE)
			strbuf_add(&in, list->item[i].path,
				   list->item[i].path_len + 1);
	}
	scratch_run_init(s, &run);
	strvec_pushl(&run.args, "check-attr", "-z", "--stdin",
		     s->co->own_attributes ? NULL : "--cached", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++)
		strvec_push(&run.args, attributes[i]);
	run.in = in.buf;
	run.in_len = in.len;
	run.out = out;
	rc = run_git(&run);
	if (rc > 0)
		rc = error_set(GIT_ERROR, "git check-attr failed");
	strbuf_release(&in);
	return rc;
}

/* The answer has three strings an attribute: path, attribute, value. */
static int read_values(struct values *v, const char **p, const char *end,
		       const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
		const char *part[3];

		for (size_t k = 0; k < 3; k++) {
			if (*p >= end)
				goto broken;
			part[k] = *p;
			*p += strlen(*p) + 1;
		}
		if (strcmp(part[0], path) || strcmp(part[1], attributes[i]))
			goto broken;
		v->value[i] = part[2];
	}
	return 0;
broken:
	return error_set(GIT_ERROR, "git check-attr gave an odd answer");
}

static int apply_attributes(struct checkout *co, struct checkout_list *list,
			    const struct strbuf *out)
{
	const char *p = out->buf, *end = p + out->len;
	bool crlf = writes_crlf(co->repo);

	for (size_t i = 0; i < list->nr; i++) {
		struct checkout_item *item = &list->item[i];
		struct values v = { 0 };
		int error;

		if (item->status != PARE_PATH_TO_WRITE)
			continue;
		if ((error = read_values(&v, &p, end, item->path)) < 0)
			return error;
		item->filtered = (item->mode & 0170000) == 0100000 &&
				 needs_filter(&v, crlf);
		if (item->filtered && !is_off(v.value[0]) &&
		    !strvec_contains(&co->drivers, v.value[0]))
			strvec_push(&co->drivers, v.value[0]);
	}
	return 0;
}

/* Attributes files that come with the list count as well. */
static bool add_coming(struct scratch *s, const struct checkout_list *list)
{
	static const char name[] = ".gitattributes";
	bool any = false;

	for (size_t i = 0; i < list->nr; i++) {
		const struct checkout_item *item = &list->item[i];

		if (strcmp(item_name(item, NULL), name))
			continue;
		scratch_add(s, item->mode, item->oid, item->path,
			    item->path_len);
		any = true;
	}
	return any;
}

int checkout_classify(struct checkout *co, struct checkout_list *list)
{
	struct strbuf out = STRBUF_INIT;
	struct scratch s;
	int error = 0;

	scratch_init(&s, co);
	strvec_clear(&co->drivers);
	if ((error = checkout_stage_attributes(co, list)) < 0)
		goto done;
	if (co->own_attributes)
		s.top = co->stage;
	if (!add_coming(&s, list) && !co->own_attributes &&
	    !checkout_may_filter(co))
		goto done;
	error = scratch_add_named(&s, ".gitattributes", false, NULL);
	if (error < 0 || (error = scratch_make(&s)) < 0 ||
	    (error = ask_attributes(&out, &s, list)) < 0)
		goto done;
	error = apply_attributes(co, list, &out);
done:
	strbuf_release(&out);
	scratch_release(&s);
	return error;
}
