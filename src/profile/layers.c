/* SPDX-License-Identifier: MIT */
/* Where profiles come from, weakest layer first. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/quote.h"
#include "base/run.h"
#include "pare/index.h"
#include "profile/layers.h"
#include "profile/parse.h"
#include "repo/odb.h"
#include "repo/tree.h"

#define TRACKED_FILE ".gitpare"

/* Nothing there; a link where none is followed is nothing too. */
static bool is_absent(enum pare_profile_layer layer)
{
	return errno == ENOENT || errno == ENOTDIR ||
	       (errno == ELOOP && !layer_follows_links(layer));
}

int layer_read_file(struct strbuf *out, enum pare_profile_layer layer,
		    const char *path)
{
	int follow = layer_follows_links(layer) ? 0 : O_NOFOLLOW;
	int fd = fs_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | follow, 0);
	struct stat st;
	int error;

	if (fd < 0)
		return is_absent(layer) ? 0 : error_errno("cannot read '%s'",
							  quoted(path));
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return 0;
	}
	error = strbuf_read_fd(out, fd, PROFILE_FILE_BYTES_MAX);
	close(fd);
	return error < 0 ? error_wrap(error, "%s", quoted(path)) : 1;
}

static int too_large(void)
{
	return error_set(GIT_EINVALID, TRACKED_FILE ": larger than %d bytes",
			 PROFILE_FILE_BYTES_MAX);
}

/* By git, of an object format that this libgit2 cannot read. */
static int read_blob_by_git(struct strbuf *out, struct pare_repo *repo,
			    const struct oid *oid)
{
	int error;

	error_clear();
	error = run_git_capture(out, "cat-file", "blob",
				oid_hex(oid, repo->algo), NULL);
	if (error < 0)
		return error;
	return out->len > PROFILE_FILE_BYTES_MAX ? too_large() : 1;
}

/* A blob of the repository; in a partial clone it may have to be fetched. */
static int read_blob(struct strbuf *out, struct pare_repo *repo,
		     const struct oid *oid)
{
	struct odb_object blob = { 0 };
	struct odb *odb;
	int error = repo_odb(&odb, repo);

	if (error == PARE_EHANDOVER)
		return read_blob_by_git(out, repo, oid);
	if (error < 0)
		return error;
	if (!odb_has(odb, oid) && repo_has_promisor(repo) &&
	    (error = repo_fetch_missing(repo, oid, 1, NULL)) < 0)
		return error;
	if ((error = odb_read_type(&blob, odb, oid, OBJ_BLOB)) < 0)
		return error;
	if (blob.len > PROFILE_FILE_BYTES_MAX)
		error = too_large();
	else
		strbuf_add(out, blob.data, blob.len);
	odb_object_release(&blob);
	return error < 0 ? error : 1;
}

static bool is_regular(uint32_t mode)
{
	return (mode & 0170000) == 0100000;
}

static int find_in_head_by_git(struct oid *out, uint32_t *mode,
			       struct pare_repo *repo)
{
	struct strbuf line = STRBUF_INIT;
	const char *blob;
	int error = run_git_capture(&line, "ls-tree", "--full-tree", "HEAD",
				    "--", TRACKED_FILE, NULL);

	*mode = (uint32_t)strtoul(line.buf, NULL, 8);
	blob = strstr(line.buf, " blob ");
	if (!error && (!blob || oid_parse(out, blob + strlen(" blob "),
					  repo->algo) < 0))
		error = GIT_ENOTFOUND;
	strbuf_release(&line);
	return error;
}

/* As layer_read_file, from HEAD; an unborn branch has none. */
static int read_head(struct strbuf *out, struct pare_repo *repo)
{
	struct odb *odb;
	struct oid tree, oid;
	uint32_t mode;
	int error = repo_head_tree(&tree, repo);

	if (!error && !(error = repo_odb(&odb, repo)))
		error = tree_lookup(&oid, &mode, odb, repo->algo, &tree,
				    TRACKED_FILE);
	if (error == PARE_EHANDOVER || error == PARE_EMISSING)
		error = find_in_head_by_git(&oid, &mode, repo);
	if (error == GIT_EUNBORNBRANCH || error == GIT_ENOTFOUND) {
		error_clear();
		return 0;
	}
	if (error < 0)
		return error;
	return is_regular(mode) ? read_blob(out, repo, &oid) : 0;
}

/* As layer_read_file, from the index; without an index HEAD has the word. */
static int read_index(struct strbuf *out, struct pare_repo *repo)
{
	struct pare_index *index = NULL;
	struct pare_index_iter iter;
	struct pare_index_entry entry;
	struct oid oid;
	bool is_file;
	int error = pare_index_open(&index, pare_repo_index_path(repo),
				    repo->algo);

	if (error == GIT_ENOTFOUND || error == PARE_EHANDOVER) {
		error_clear();
		return read_head(out, repo);
	}
	if (error < 0)
		return error;
	pare_index_iter_init(&iter, index);
	error = pare_index_find(&entry, &iter, TRACKED_FILE,
				strlen(TRACKED_FILE));
	is_file = error > 0 && is_regular(entry.mode);
	if (is_file)
		oid_read(&oid, entry.oid, repo->algo);
	pare_index_iter_release(&iter);
	pare_index_close(index);
	if (error < 0)
		return error;
	return is_file ? read_blob(out, repo, &oid) : 0;
}

/* As layer_read_file, from HEAD and by git: for who has no time. */
static int read_head_quickly(struct strbuf *out)
{
	struct run run = RUN_INIT;
	int rc;

	strvec_pushl(&run.args, "cat-file", "blob", "HEAD:" TRACKED_FILE,
		     NULL);
	strvec_pushl(&run.env, "GIT_NO_LAZY_FETCH=1",
		     "GIT_ALLOW_PROTOCOL=none", NULL);
	run.out = out;
	run.discard_err = true;
	rc = run_git(&run);
	return rc < 0 ? rc : !rc && out->len <= PROFILE_FILE_BYTES_MAX;
}

static int read_tracked(struct strbuf *out, struct pare_repo *repo,
			enum layer_else otherwise)
{
	char *path;
	int rc = 0;

	if (repo->worktree) {
		path = layer_path(repo, PARE_LAYER_TRACKED);
		rc = layer_read_file(out, PARE_LAYER_TRACKED, path);
		free(path);
	}
	if (rc || otherwise == LAYER_ELSE_NOWHERE)
		return rc;
	if (otherwise == LAYER_ELSE_COMMITTED)
		return read_head(out, repo);
	return otherwise == LAYER_ELSE_HEAD ? read_head_quickly(out) :
					read_index(out, repo);
}

static char *user_path(void)
{
	const char *dir = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (dir && *dir)
		return xstrfmt("%s/git/pare", dir);
	return home ? xstrfmt("%s/.config/git/pare", home) : NULL;
}

char *layer_path(const struct pare_repo *repo, enum pare_profile_layer layer)
{
	switch (layer) {
	case PARE_LAYER_TRACKED:
		return repo->worktree ?
			       xstrfmt("%s/" TRACKED_FILE, repo->worktree) :
			       NULL;
	case PARE_LAYER_USER:
		return user_path();
	default:
		return repo_common_path(repo, "info/pare");
	}
}

/* What is behind "<dir>/" in `path`, or NULL. */
static const char *below(const char *path, const char *dir)
{
	size_t len = dir ? strlen(dir) : 0;

	while (len && dir[len - 1] == '/')
		len--;
	if (!len || strncmp(path, dir, len) || path[len] != '/')
		return NULL;
	return path + len + strspn(path + len, "/");
}

/*
 * From the root, as the tracked one, where it is below it; the user's own from
 * the home directory.
 */
static char *shown(const struct pare_repo *repo, enum pare_profile_layer layer,
		   const char *path)
{
	bool is_local = layer == PARE_LAYER_LOCAL;
	const char *rest = below(path, is_local ? repo->worktree :
						  getenv("HOME"));
	char *name = rest ? xstrfmt("%s%s", is_local ? "" : "~/", rest) :
			    xstrdup(path);
	char *result = xstrdup(quoted(name));

	free(name);
	return result;
}

char *layer_name(const struct pare_repo *repo, enum pare_profile_layer layer)
{
	char *path, *name;

	if (layer == PARE_LAYER_TRACKED)
		return xstrdup(TRACKED_FILE);
	path = layer_path(repo, layer);
	name = path ? shown(repo, layer, path) : NULL;
	free(path);
	return name;
}

char *pare_profile_path(const char *file)
{
	const char *rest, *home = getenv("HOME");

	return home && skip_prefix(file, "~/", &rest) ?
		       xstrfmt("%s/%s", home, rest) : xstrdup(file);
}

static int read_layer(struct layer_file *file, struct pare_repo *repo,
		      enum layer_else otherwise)
{
	char *path;
	int rc;

	if (file->layer == PARE_LAYER_TRACKED)
		return read_tracked(&file->text, repo, otherwise);
	path = layer_path(repo, file->layer);
	rc = path ? layer_read_file(&file->text, file->layer, path) : 0;
	free(path);
	return rc;
}

int layers_read(struct layer_file *file, size_t *nr, struct pare_repo *repo,
		enum layer_else otherwise)
{
	int rc = 0;

	*nr = 0;
	for (int i = 0; i < LAYERS && rc >= 0; i++) {
		struct layer_file *f = &file[*nr];

		*f = (struct layer_file){ .layer = i, .text = STRBUF_INIT };
		rc = read_layer(f, repo, otherwise);
		if (rc > 0) {
			f->name = layer_name(repo, i);
			(*nr)++;
		} else {
			strbuf_release(&f->text);
		}
	}
	return rc < 0 ? rc : 0;
}

void layers_release(struct layer_file *file, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		free(file[i].name);
		strbuf_release(&file[i].text);
	}
}

static int add_layer(struct pare_profiles *all, const struct layer_file *file)
{
	struct strvec faults = STRVEC_INIT;
	int error = profiles_parse(all, &faults, file->name, file->layer,
				   file->text.buf, file->text.len);

	if (error < 0 && faults.nr > 1) {
		error_hint("there are %zu faults in this file", faults.nr);
		error_hint("`git sparse lint` lists them");
	}
	strvec_clear(&faults);
	return error;
}

static int load(struct pare_profiles **out, struct pare_repo *repo,
		enum layer_else otherwise)
{
	struct pare_profiles *all = profiles_new();
	struct layer_file file[LAYERS];
	size_t nr;
	int error = layers_read(file, &nr, repo, otherwise);

	for (size_t i = 0; i < nr && !error; i++)
		error = add_layer(all, &file[i]);
	layers_release(file, nr);
	*out = error < 0 ? NULL : all;
	if (error < 0)
		pare_profiles_free(all);
	return error;
}

int pare_profiles_load(struct pare_profiles **out, struct pare_repo *repo)
{
	return load(out, repo, LAYER_ELSE_INDEX);
}

int pare_profiles_load_present(struct pare_profiles **out,
			       struct pare_repo *repo)
{
	return load(out, repo, LAYER_ELSE_NOWHERE);
}

int pare_profiles_load_quick(struct pare_profiles **out,
			     struct pare_repo *repo)
{
	return load(out, repo, LAYER_ELSE_HEAD);
}

int pare_profiles_load_committed(struct pare_profiles **out,
				 struct pare_repo *repo)
{
	return load(out, repo, LAYER_ELSE_COMMITTED);
}
