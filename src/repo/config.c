/* SPDX-License-Identifier: MIT */
/*
 * What `git config --list` printed stays as it is; beside it stand two arrays,
 * one in git's order and one sorted by key, in which the values of a key are
 * neighbours, the strongest last.
 */
#include "repo/config.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/run.h"
#include "base/shared.h"
#include "base/strbuf.h"
#include "repo/config_store.h"

struct config_item {
	const char *scope, *key, *value;
	size_t pos; /* in git's order */
};

struct config {
	struct strbuf text;
	struct config_item *item;   /* in git's order */
	struct config_item *sorted; /* by key, then in git's order */
	const char **value;         /* of `sorted`, in step */
	size_t nr, alloc;
	bool is_stale;
	struct config *before; /* kept, since its values were handed out */
};

/* The value of a key without `=`: empty, but true as a boolean. */
static const char no_value[] = "";

void config_free(struct config *config)
{
	while (config) {
		struct config *before = config->before;

		strbuf_release(&config->text);
		free(config->item);
		free(config->sorted);
		free(config->value);
		free(config);
		config = before;
	}
}

static int cmp_items(const void *va, const void *vb)
{
	const struct config_item *a = va, *b = vb;
	int cmp = strcmp(a->key, b->key);

	if (cmp)
		return cmp;
	return a->pos < b->pos ? -1 : a->pos > b->pos;
}

/* The field at *p, which is moved behind its NUL; NULL when it has none. */
static char *next_field(char **p, const char *end)
{
	char *field = *p, *nul;

	if (field >= end || !(nul = memchr(field, '\0', (size_t)(end - field))))
		return NULL;
	*p = nul + 1;
	return field;
}

/* "<scope>\0<origin>\0<key>[\n<value>]\0", again and again. */
static int parse_list(struct config *config)
{
	char *p = config->text.buf, *end = p + config->text.len;

	while (p < end) {
		char *scope = next_field(&p, end);
		char *origin = next_field(&p, end);
		char *key = next_field(&p, end), *lf;
		struct config_item *item;

		if (!scope || !origin || !key)
			return error_set(GIT_EINVALID, "git config --list "
					 "gave an answer that is cut off");
		ALLOC_GROW(config->item, config->nr + 1, config->alloc);
		item = &config->item[config->nr];
		*item = (struct config_item){ .scope = scope, .key = key,
					      .value = no_value,
					      .pos = config->nr++ };
		if ((lf = strchr(key, '\n'))) {
			*lf = '\0';
			item->value = lf + 1;
		}
	}
	return 0;
}

static void sort_items(struct config *config)
{
	size_t nr = config->nr;

	config->sorted = xcalloc(nr + 1, sizeof(*config->sorted));
	config->value = xcalloc(nr + 1, sizeof(*config->value));
	if (nr)
		memcpy(config->sorted, config->item,
		       nr * sizeof(*config->sorted));
	qsort(config->sorted, nr, sizeof(*config->sorted), cmp_items);
	for (size_t i = 0; i < nr; i++)
		config->value[i] = config->sorted[i].value;
}

#define LIST_COMMAND "config", "--list", "-z", "--show-origin", "--show-scope"

struct config_reading {
	struct child child;
};

struct config_reading *config_reading_start(void)
{
	struct config_reading *reading = xcalloc(1, sizeof(*reading));
	struct run run = RUN_INIT;

	strvec_pushl(&run.args, "git", LIST_COMMAND, NULL);
	run.discard_err = true;
	if (child_start(&reading->child, &run) < 0) {
		free(reading);
		return NULL;
	}
	return reading;
}

int config_reading_finish(struct strbuf *out, struct config_reading *reading)
{
	enum { LIST_MAX = 1 << 30 };
	int result;

	if (!reading)
		return -1;
	result = out ? strbuf_read_fd(out, reading->child.out, LIST_MAX) : 0;
	if (child_finish(&reading->child))
		result = -1;
	free(reading);
	return result;
}

/* What was started early serves once; if it failed, a second one says why. */
static int read_list(struct strbuf *out, struct pare_repo *repo)
{
	struct config_reading *reading = repo->config_reading;

	repo->config_reading = NULL;
	if (!config_reading_finish(out, reading))
		return 0;
	error_clear();
	strbuf_reset(out);
	return run_git_capture(out, LIST_COMMAND, NULL);
}

int repo_config_load(struct pare_repo *repo)
{
	struct config *config;
	const char *shared;
	int error;

	if (repo->config && !repo->config->is_stale)
		return 0;
	config = xcalloc(1, sizeof(*config));
	strbuf_init(&config->text, 0);
	error = read_list(&config->text, repo);
	if (!error)
		error = parse_list(config);
	if (error < 0) {
		config_free(config);
		return error;
	}
	sort_items(config);
	config->before = repo->config;
	repo->config = config;
	shared = pare_repo_config_get(repo, "core.sharedrepository");
	shared_set(shared == no_value ? "true" : shared);
	return 0;
}

/* Section and name in lower case, the subsection between them as it is. */
static char *normal_key(const char *key)
{
	char *out = xstrdup(key);
	char *first = strchr(out, '.'), *last = strrchr(out, '.');

	for (char *p = out; *p; p++)
		if (!first || p < first || p > last)
			*p = (char)tolower((unsigned char)*p);
	return out;
}

static size_t lower_bound(const struct config *config, const char *key)
{
	size_t lo = 0, hi = config->nr;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(config->sorted[mid].key, key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The first of the `nr` items with this key in `sorted`. */
static size_t find_key(size_t *nr, struct pare_repo *repo, const char *key)
{
	size_t first, end;
	char *normal;

	*nr = 0;
	if (repo_config_load(repo) < 0)
		return 0;
	normal = normal_key(key);
	first = end = lower_bound(repo->config, normal);
	while (end < repo->config->nr &&
	       !strcmp(repo->config->sorted[end].key, normal))
		end++;
	free(normal);
	*nr = end - first;
	return first;
}

void repo_config_get_all(const char *const **values, size_t *nr,
			 struct pare_repo *repo, const char *key)
{
	size_t first = find_key(nr, repo, key);

	*values = *nr ? repo->config->value + first : NULL;
}

const char *pare_repo_config_get(struct pare_repo *repo, const char *key)
{
	const char *const *values;
	size_t nr;

	repo_config_get_all(&values, &nr, repo, key);
	return nr ? values[nr - 1] : NULL;
}

const char *repo_config_get_scope(struct pare_repo *repo, const char *key,
				  const char *scope)
{
	size_t nr, first = find_key(&nr, repo, key);

	while (nr--) {
		const struct config_item *item =
			&repo->config->sorted[first + nr];

		if (!strcmp(item->scope, scope))
			return item->value;
	}
	return NULL;
}

bool repo_config_has(struct pare_repo *repo, const char *key)
{
	return pare_repo_config_get(repo, key);
}

/* A number with k, m or g behind it; false if it is none or too large. */
static bool parse_int(int64_t *out, const char *value)
{
	static const char units[] = "kmg";
	intmax_t n;
	char *end;

	errno = 0;
	n = strtoimax(value, &end, 0);
	if (errno || end == value)
		return false;
	if (*end) {
		const char *unit = strchr(units, tolower((unsigned char)*end));

		if (!unit || end[1])
			return false;
		for (ptrdiff_t i = 0; i <= unit - units; i++)
			if (__builtin_mul_overflow(n, 1024, &n))
				return false;
	}
	*out = n;
	return true;
}

int repo_config_tristate(struct pare_repo *repo, const char *key,
			 int fallback)
{
	const char *value = pare_repo_config_get(repo, key);
	int64_t n;

	if (!value)
		return fallback;
	if (value == no_value || !strcasecmp(value, "true") ||
	    !strcasecmp(value, "yes") || !strcasecmp(value, "on"))
		return 1;
	if (!*value || !strcasecmp(value, "false") ||
	    !strcasecmp(value, "no") || !strcasecmp(value, "off"))
		return 0;
	return parse_int(&n, value) ? n != 0 : fallback;
}

bool pare_repo_config_bool(struct pare_repo *repo, const char *key,
			   bool fallback)
{
	return repo_config_tristate(repo, key, fallback);
}

int64_t pare_repo_config_int(struct pare_repo *repo, const char *key,
			     int64_t fallback)
{
	const char *value = pare_repo_config_get(repo, key);
	int64_t n;

	return value && parse_int(&n, value) ? n : fallback;
}

int repo_config_each(struct pare_repo *repo, const char *prefix,
		     int (*fn)(const char *key, const char *value, void *ctx),
		     void *ctx)
{
	const struct config *config;
	int result;

	if ((result = repo_config_load(repo)) < 0)
		return result;
	config = repo->config;
	for (size_t i = 0; i < config->nr && !result; i++)
		if (starts_with(config->item[i].key, prefix))
			result = fn(config->item[i].key, config->item[i].value,
				    ctx);
	return result;
}

enum { CONFIG_EXIT_NOTHING_UNSET = 5 };

static int set_error(const char *err, const char *path, int exit_code)
{
	const char *text = strstr(err, "error: ");
	int code = strstr(err, "could not lock config file") ? GIT_ELOCKED :
							      GIT_ERROR;

	if (!text)
		text = strstr(err, "fatal: ");
	if (!text)
		return error_set(code, "could not write '%s' (git config: "
				 "exit code %d)", path, exit_code);
	text += strlen("error: ");
	return error_set(code, "%.*s", (int)strcspn(text, "\n"), text);
}

int repo_config_set_file(struct pare_repo *repo, const char *path,
			 const char *key, const char *value)
{
	struct strbuf err = STRBUF_INIT;
	struct run run = RUN_INIT;
	int result;

	strvec_pushl(&run.args, "config", "-f", path,
		     value ? "--replace-all" : "--unset-all", key, NULL);
	if (value)
		strvec_push(&run.args, value);
	strvec_push(&run.env, "LC_ALL=C");
	run.err = &err;
	run.discard_out = true;
	result = run_git(&run);
	if (!value && result == CONFIG_EXIT_NOTHING_UNSET)
		result = 0;
	if (result > 0)
		result = set_error(err.buf, path, result);
	if (repo->config)
		repo->config->is_stale = true;
	strbuf_release(&err);
	return result;
}
