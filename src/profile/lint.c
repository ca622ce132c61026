/* SPDX-License-Identifier: MIT */
/* All that is wrong with the files of profiles, each thing with its line. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/path.h"
#include "base/quote.h"
#include "profile/layers.h"
#include "profile/parse.h"

/* Of longer lists only so many are looked at twice. */
enum { TWICE_MAX = 1024 };

void pare_lint_add(struct pare_lint *lint, bool is_warning, const char *file,
		   unsigned line, const char *fmt, ...)
{
	struct strbuf text = STRBUF_INIT;
	struct pare_lint_fault *fault;
	va_list ap;

	if (!strvec_contains(&lint->files, file))
		return;
	ALLOC_GROW(lint->fault, lint->nr + 1, lint->alloc);
	fault = &lint->fault[lint->nr++];
	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	*fault = (struct pare_lint_fault){ xstrdup(file), line, is_warning,
					   strbuf_detach(&text, NULL) };
}

/* The parser's faults are `<file>:<line>: <text>`. */
static void add_parsed(struct pare_lint *lint, const char *file,
		       const struct strvec *faults)
{
	for (size_t i = 0; i < faults->nr; i++) {
		const char *p = faults->v[i] + strlen(file) + 1;
		char *end;
		unsigned line = (unsigned)strtoul(p, &end, 10);

		pare_lint_add(lint, false, file, line, "%s", end + 2);
	}
	if (faults->nr >= PROFILE_FAULTS_MAX)
		pare_lint_add(lint, false, file, 0, "there may be more faults");
}

/* Profiles as they were before a stronger layer was read. */
struct before {
	struct strvec names, files;
	unsigned *line;
};

static void remember(struct before *b, const struct pare_profiles *all)
{
	strvec_init(&b->names);
	strvec_init(&b->files);
	b->line = xcalloc(all->nr + 1, sizeof(*b->line));
	for (size_t i = 0; i < all->nr; i++) {
		strvec_push(&b->names, all->item[i]->name);
		strvec_push(&b->files, all->item[i]->origin.file);
		b->line[i] = all->item[i]->origin.line;
	}
}

static void tell_hidden(struct pare_lint *lint, struct before *b)
{
	for (size_t i = 0; i < b->names.nr; i++) {
		const struct pare_profile *p = lint->profiles->item[i];

		/* A fault may have taken the name away. */
		if (strcmp(p->origin.file, b->files.v[i]))
			pare_lint_add(lint, true, b->files.v[i], b->line[i],
				      "nobody can reach profile '%s' here: the "
				      "one in %s:%u hides it", p->name,
				      p->origin.file, p->origin.line);
	}
	strvec_clear(&b->names);
	strvec_clear(&b->files);
	free(b->line);
}

static int parse_layer(struct pare_lint *lint, const struct layer_file *file)
{
	struct strvec faults = STRVEC_INIT;
	struct before before;
	int error;

	remember(&before, lint->profiles);
	error = profiles_parse(lint->profiles, &faults, file->name,
			       file->layer, file->text.buf, file->text.len);
	add_parsed(lint, file->name, &faults);
	tell_hidden(lint, &before);
	if (error == GIT_EINVALID) {
		error_clear();
		error = 0;
	}
	strvec_clear(&faults);
	return error;
}

static void tell_unknown(struct pare_lint *lint,
			 const struct pare_origin *where, const char *name)
{
	const struct pare_profiles *all = lint->profiles;
	const char **words = xcalloc(all->nr + 1, sizeof(*words)), *near;

	for (size_t i = 0; i < all->nr; i++)
		words[i] = all->item[i]->name;
	near = nearest_word(name, words);
	pare_lint_add(lint, false, where->file, where->line,
		      "no profile '%s'%s%s%s", quoted(name),
		      near ? "; did you mean '" : "", near ? near : "",
		      near ? "'?" : "");
	free(words);
}

/*
 * A profile's name in another place: it has to be there, and where all the
 * team reads it, for all the team.
 */
static void check_name(struct pare_lint *lint, const struct pare_origin *where,
		       enum pare_profile_layer layer, const char *name,
		       const struct strvec *tracked)
{
	const struct pare_profile *p = pare_profiles_find(lint->profiles, name);

	if (!p)
		tell_unknown(lint, where, name);
	else if (layer == PARE_LAYER_TRACKED &&
		 strvec_search(tracked, name) < 0)
		pare_lint_add(lint, true, where->file, where->line,
			      "profile '%s' stands in %s only: others do not "
			      "have it", name, p->origin.file);
}

enum color { WHITE, GREY, BLACK };

/* Depth first; who comes back to one that is still grey closes a circle. */
static void follow(struct pare_lint *lint, unsigned char *color, size_t at)
{
	const struct pare_profiles *all = lint->profiles;
	const struct pare_profile *p = all->item[at];

	color[at] = GREY;
	for (size_t i = 0; i < p->inherit.nr; i++) {
		int next = profiles_position(all, p->inherit.v[i]);

		if (next >= 0 && color[next] == WHITE)
			follow(lint, color, (size_t)next);
		else if (next >= 0 && color[next] == GREY)
			pare_lint_add(lint, false, p->origin.file,
				      p->inherit_line[i],
				      "a circle: profile '%s' inherits '%s', "
				      "which leads back to it", p->name,
				      p->inherit.v[i]);
	}
	color[at] = BLACK;
}

static void check_circles(struct pare_lint *lint)
{
	unsigned char *color = xcalloc(lint->profiles->nr + 1, 1);

	for (size_t i = 0; i < lint->profiles->nr; i++)
		if (color[i] == WHITE)
			follow(lint, color, i);
	free(color);
}

static void check_profile(struct pare_lint *lint, const struct pare_profile *p,
			  const struct strvec *tracked)
{
	for (size_t i = 0; i < p->inherit.nr; i++) {
		struct pare_origin where = { p->origin.file,
					     p->inherit_line[i], p->name };

		check_name(lint, &where, p->layer, p->inherit.v[i], tracked);
	}
	for (size_t i = 0; i < p->dirs.nr; i++)
		for (size_t j = 0; j < i && i < TWICE_MAX; j++)
			if (!strcmp(p->dirs.v[i], p->dirs.v[j])) {
				pare_lint_add(lint, true, p->origin.file,
					      p->dir_line[i],
					      "'%s' is in line %u already",
					      quoted(p->dirs.v[i]),
					      p->dir_line[j]);
				break;
			}
}

static void check_settings(struct pare_lint *lint, const char *tracked_file,
			   const struct strvec *tracked)
{
	const struct pare_settings *set = &lint->profiles->settings;
	const struct {
		const struct pare_origin *origin;
		const struct strvec *names;
	} lists[] = { { &set->default_origin, &set->default_profiles },
		      { &set->always_origin, &set->always } };

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		const struct pare_origin *o = lists[i].origin;
		bool is_tracked = o->file && tracked_file &&
				  !strcmp(o->file, tracked_file);

		for (size_t j = 0; o->file && j < lists[i].names->nr; j++)
			check_name(lint, o,
				   is_tracked ? PARE_LAYER_TRACKED :
						PARE_LAYER_USER,
				   lists[i].names->v[j], tracked);
	}
}

static bool is_same_file(const char *a, const char *b)
{
	char *x = a ? realpath(a, NULL) : NULL;
	char *y = b ? realpath(b, NULL) : NULL;
	bool same = x && y && !strcmp(x, y);

	free(x);
	free(y);
	return same;
}

/* Which layer the file is, if it is one. */
static enum pare_profile_layer layer_of(const struct pare_repo *repo,
					const char *file)
{
	enum pare_profile_layer layer = PARE_LAYER_TRACKED;

	for (int i = PARE_LAYER_USER; repo && i < LAYERS; i++) {
		char *path = layer_path(repo, i);

		if (is_same_file(path, file))
			layer = i;
		free(path);
	}
	return layer;
}

/* The named file instead of that of its layer. */
static int put_file(struct layer_file *files, size_t *nr,
		    const struct pare_repo *repo, const char *name)
{
	enum pare_profile_layer layer = layer_of(repo, name);
	struct layer_file file = { .layer = layer, .text = STRBUF_INIT };
	size_t at = 0;
	int rc;

	errno = 0;
	rc = layer_read_file(&file.text, layer, name);
	if (rc <= 0) {
		strbuf_release(&file.text);
		if (!rc && errno)
			return error_errno("cannot read '%s'", quoted(name));
		return rc ? rc : error_set(GIT_EINVALID, "cannot read '%s': "
					   "it is no regular file",
					   quoted(name));
	}
	file.name = xstrdup(quoted(name));
	while (at < *nr && files[at].layer < layer)
		at++;
	if (at < *nr && files[at].layer == layer) {
		layers_release(&files[at], 1);
	} else {
		memmove(&files[at + 1], &files[at],
			(*nr - at) * sizeof(*files));
		(*nr)++;
	}
	files[at] = file;
	return 0;
}

/* Editors jump to what is told here, and know of no "~/". */
static void use_path(struct layer_file *file)
{
	char *path = pare_profile_path(file->name);

	free(file->name);
	file->name = path;
}

static int check_layers(struct pare_lint *lint, const struct layer_file *files,
			size_t nr)
{
	struct strvec tracked = STRVEC_INIT;
	const char *tracked_file = NULL;
	int error = 0;

	for (size_t i = 0; i < nr && !error; i++) {
		error = parse_layer(lint, &files[i]);
		if (files[i].layer != PARE_LAYER_TRACKED)
			continue;
		tracked_file = files[i].name;
		for (size_t j = 0; j < lint->profiles->nr; j++)
			strvec_push(&tracked, lint->profiles->item[j]->name);
		strvec_sort(&tracked);
	}
	for (size_t i = 0; i < lint->profiles->nr && !error; i++)
		check_profile(lint, lint->profiles->item[i], &tracked);
	check_circles(lint);
	if (!error)
		check_settings(lint, tracked_file, &tracked);
	strvec_clear(&tracked);
	return error;
}

int pare_profiles_lint(struct pare_lint *out, struct pare_repo *repo,
		       const char *file)
{
	struct layer_file files[LAYERS];
	size_t nr = 0;
	int error = 0;

	*out = (struct pare_lint){ .files = STRVEC_INIT };
	out->profiles = profiles_new();
	if (repo)
		error = layers_read(files, &nr, repo,
				    LAYER_ELSE_INDEX);
	for (size_t i = 0; i < nr; i++)
		use_path(&files[i]);
	if (!error && file)
		error = put_file(files, &nr, repo, file);
	if (file)
		strvec_push(&out->files, quoted(file));
	for (size_t i = 0; !file && i < nr; i++)
		strvec_push(&out->files, files[i].name);
	if (!error)
		error = check_layers(out, files, nr);
	layers_release(files, nr);
	return error;
}

static int by_place(const void *a, const void *b)
{
	const struct pare_lint_fault *x = a, *y = b;
	int order = strcmp(x->file, y->file);

	if (order)
		return order;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return strcmp(x->text, y->text);
}

void pare_lint_finish(struct pare_lint *lint)
{
	if (lint->nr)
		qsort(lint->fault, lint->nr, sizeof(*lint->fault), by_place);
}

void pare_lint_release(struct pare_lint *lint)
{
	for (size_t i = 0; i < lint->nr; i++) {
		free(lint->fault[i].file);
		free(lint->fault[i].text);
	}
	free(lint->fault);
	strvec_clear(&lint->files);
	pare_profiles_free(lint->profiles);
}
