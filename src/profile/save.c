/* SPDX-License-Identifier: MIT */
/*
 * A selection as a profile in one of the layers' files. The new text is read
 * back before it is written: what lint would not accept, or what would not
 * mean the same, is refused.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/lockfile.h"
#include "base/path.h"
#include "base/quote.h"
#include "profile/edit.h"
#include "profile/layers.h"
#include "profile/parse.h"

/* inih's line, and what of its section's name `profile ""` leaves. */
enum { ITEM_BYTES_MAX = 198 - 11, PROFILE_NAME_MAX = 49 - 10 };

static int check_name(const char *name)
{
	if (!profile_name_is_good(name, strlen(name)))
		return error_set(GIT_EINVALID, "'%s' cannot be a profile's "
				 "name: it is made of letters, digits, '.', "
				 "'_', '/' and '-'", quoted(name));
	if (strlen(name) > PROFILE_NAME_MAX)
		return error_set(GIT_EINVALID, "'%s' cannot be a profile's "
				 "name: it has more than %d bytes",
				 quoted(name), PROFILE_NAME_MAX);
	return 0;
}

static int check_items(const struct strvec *items)
{
	for (size_t i = 0; items && i < items->nr; i++)
		if (strlen(items->v[i]) > ITEM_BYTES_MAX)
			return error_set(GIT_EINVALID, "a line of a profile "
					 "cannot hold '%s': it has more than "
					 "%d bytes", quoted(items->v[i]),
					 ITEM_BYTES_MAX);
	return 0;
}

static int check_title(const char *title)
{
	size_t len = title ? strlen(title) : 0;

	for (size_t i = 0; i < len; i++)
		if ((unsigned char)title[i] < 0x20 || title[i] == 0x7f)
			return error_set(GIT_EINVALID, "a title cannot have "
					 "control characters");
	if (len > ITEM_BYTES_MAX)
		return error_set(GIT_EINVALID, "a title cannot have more than "
				 "%d bytes", ITEM_BYTES_MAX);
	if (len && (title[0] == ' ' || title[len - 1] == ' ' ||
		    title[0] == ';' || strstr(title, " ;")))
		return error_set(GIT_EINVALID, "a title cannot begin or end "
				 "with a blank, or have a ';' behind one");
	return 0;
}

/* The lock would be renamed over a link that leads nowhere. */
static int check_absent(const char *path)
{
	return fs_exists(path) ?
		       error_set(GIT_EINVALID, "'%s' is a symbolic link to "
				 "what is not there", quoted(path)) : 0;
}

/* As layer_read_file, but what stands in the way is told. */
static int read_target(struct strbuf *text, mode_t *mode, const char *path,
		       bool follow)
{
	int fd = fs_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK |
			       (follow ? 0 : O_NOFOLLOW), 0);
	struct stat st;
	int error = 0;

	*mode = 0;
	if (fd < 0 && errno == ENOENT)
		return check_absent(path);
	if (fd < 0 && errno == ELOOP)
		return error_set(GIT_EINVALID, "'%s' is a symbolic link; "
				 "profiles stand in regular files",
				 quoted(path));
	if (fd < 0)
		return error_errno("cannot read '%s'", quoted(path));
	if (fstat(fd, &st) < 0)
		error = error_errno("cannot read '%s'", quoted(path));
	else if (!S_ISREG(st.st_mode))
		error = error_set(GIT_EINVALID, "'%s' is no regular file",
				  quoted(path));
	else
		error = strbuf_read_fd(text, fd, PROFILE_FILE_BYTES_MAX);
	*mode = st.st_mode & 07777;
	close(fd);
	return error;
}

struct saving {
	struct pare_repo *repo;
	const struct pare_profile_save *save;
	struct pare_profile_saved *out;
	struct pare_profiles *before, *after;
	struct strbuf text, new_text;
};

static int parse(struct pare_profiles **out, struct saving *s,
		 const struct strbuf *text)
{
	struct strvec faults = STRVEC_INIT;
	int error;

	*out = profiles_new();
	error = profiles_parse(*out, &faults, s->out->file, s->save->layer,
			       text->buf, text->len);
	strvec_clear(&faults);
	return error;
}

static int make_text(struct saving *s)
{
	const struct pare_profile_save *save = s->save;
	struct profile_edit edit = { .name = save->name, .title = save->title,
				     .patterns = save->patterns,
				     .items = save->items,
				     .inherit = save->inherit,
				     .exclude = save->exclude };
	int error = parse(&s->before, s, &s->text);

	if (error < 0) {
		error_hint("nothing is written to a file with a fault; "
			   "`git sparse lint` lists all of them");
		return error;
	}
	edit.old = pare_profiles_find(s->before, save->name);
	s->out->replaced = edit.old;
	if (edit.old && !save->force) {
		error_set(GIT_EEXISTS, "profile '%s' is in %s:%u already",
			  save->name, edit.old->origin.file,
			  edit.old->origin.line);
		error_hint("--force replaces it");
		return GIT_EEXISTS;
	}
	profile_edit_text(&s->new_text, &edit, s->text.buf, s->text.len);
	if (s->new_text.len > PROFILE_FILE_BYTES_MAX)
		return error_set(GIT_EINVALID, "%s would be larger than %d "
				 "bytes", s->out->file, PROFILE_FILE_BYTES_MAX);
	return 0;
}

static bool is_same_set(const struct strvec *a, const struct strvec *b)
{
	struct strvec x = STRVEC_INIT, y = STRVEC_INIT;
	bool same = a->nr == b->nr;

	strvec_push_all(&x, a);
	strvec_push_all(&y, b);
	strvec_sort(&x);
	strvec_sort(&y);
	for (size_t i = 0; i < x.nr && same; i++)
		same = !strcmp(x.v[i], y.v[i]);
	strvec_clear(&x);
	strvec_clear(&y);
	return same;
}

static int cannot_hold(const struct pare_profile_save *save)
{
	return error_set(GIT_EINVALID, "these %s cannot be kept in a profile "
			 "in their order",
			 save->patterns ? "patterns" : "directories");
}

/* What is inherited may be in another file: are the three lists as given? */
static bool is_as_given(const struct pare_profile *p,
			const struct pare_profile_save *save)
{
	const struct strvec none = STRVEC_INIT;

	return strvec_equal(&p->inherit, save->inherit) &&
	       is_same_set(&p->dirs, save->items) &&
	       is_same_set(&p->exclude, save->exclude ? save->exclude : &none);
}

/* Does it mean what is selected, once it is the only profile? */
static int check_meaning(const struct saving *s)
{
	const struct pare_profile_save *save = s->save;
	const struct pare_profile *p = pare_profiles_find(s->after, save->name);
	struct pare_selected selected;
	int error;
	bool same;

	if (!p || (save->title && (!p->title || strcmp(p->title, save->title))))
		return error_set(GIT_EINVALID, "a profile file cannot hold "
				 "this title");
	if (save->inherit)
		return is_as_given(p, save) ? 0 : cannot_hold(save);
	if ((error = pare_profile_select(&selected, s->after, save->name)) < 0)
		return error;
	same = save->patterns ? strvec_equal(&selected.lines, save->items) :
				is_same_set(&selected.lines, save->items);
	pare_selected_release(&selected);
	return same ? 0 : cannot_hold(save);
}

/* The section as it stands in the new text. */
static void take_section(struct saving *s)
{
	const struct pare_profile *p =
		pare_profiles_find(s->after, s->save->name);
	const char *start = s->new_text.buf, *end;

	s->out->line = p->origin.line;
	for (unsigned i = 1; i < p->origin.line; i++)
		start = strchr(start, '\n') + 1;
	end = strstr(start + 1, "\n[");
	end = end ? end + 1 : s->new_text.buf + s->new_text.len;
	while (end - 1 > start && end[-1] == '\n' && end[-2] == '\n')
		end--;
	s->out->section = xstrndup(start, (size_t)(end - start));
}

/* Everything that can be said no to. */
static int prepare(struct saving *s)
{
	int error;

	if ((error = make_text(s)) < 0)
		return error;
	if ((error = parse(&s->after, s, &s->new_text)) < 0)
		return error_wrap(error, "the profile cannot be written");
	if ((error = check_meaning(s)) < 0)
		return error;
	take_section(s);
	return 0;
}

static int make_parent(const char *path)
{
	char *dir = xstrndup(path, path_dir_len(path, strlen(path)));
	int error = fs_mkdirs(dir, 0777);

	if (error < 0)
		error = error_errno("cannot make '%s'", quoted(dir));
	free(dir);
	return error;
}

/* Read under the lock, so that nobody's line between is lost. */
static int save_to(struct saving *s, const char *path)
{
	bool follow = layer_follows_links(s->save->layer);
	struct lockfile lock = LOCKFILE_INIT;
	mode_t mode;
	int error = 0;

	if (!s->save->dry_run) {
		if ((error = make_parent(path)) < 0)
			return error;
		error = follow ? lockfile_hold(&lock, path) :
				 lockfile_hold_nofollow(&lock, path);
		if (error < 0)
			return error;
	}
	error = read_target(&s->text, &mode, path, follow);
	if (!error)
		error = prepare(s);
	if (!error && !s->save->dry_run) {
		lock.sync = true;
		error = lockfile_write(&lock, s->new_text.buf,
				       s->new_text.len);
		if (!error && mode && fchmod(lock.fd, mode))
			error = error_errno("could not write '%s'",
					    quoted(path));
		if (!error)
			error = lockfile_commit(&lock);
	}
	lockfile_rollback(&lock);
	return error;
}

static int no_place(enum pare_profile_layer layer)
{
	return layer == PARE_LAYER_USER ?
		       error_set(GIT_EINVALID, "neither XDG_CONFIG_HOME nor "
				 "HOME says where your file is") :
		       error_set(GIT_EBAREREPO, "this operation must be run in "
				 "a work tree");
}

int pare_profile_save(struct pare_profile_saved *out, struct pare_repo *repo,
		      const struct pare_profile_save *save)
{
	struct saving s = { .repo = repo, .save = save, .out = out,
			    .text = STRBUF_INIT, .new_text = STRBUF_INIT };
	char *path = NULL;
	int error;

	*out = (struct pare_profile_saved){ 0 };
	if ((error = check_name(save->name)) < 0 ||
	    (error = check_title(save->title)) < 0 ||
	    (error = check_items(save->items)) < 0 ||
	    (error = check_items(save->exclude)) < 0)
		return error;
	path = layer_path(repo, save->layer);
	out->file = layer_name(repo, save->layer);
	error = path ? save_to(&s, path) : no_place(save->layer);
	free(path);
	pare_profiles_free(s.before);
	pare_profiles_free(s.after);
	strbuf_release(&s.text);
	strbuf_release(&s.new_text);
	return error;
}

void pare_profile_saved_release(struct pare_profile_saved *saved)
{
	free(saved->file);
	free(saved->section);
	*saved = (struct pare_profile_saved){ 0 };
}
