/* SPDX-License-Identifier: MIT */
/*
 * libgit2 opens the objects directory alone, not the repository: extensions,
 * ownership and the index, on which its versions disagree with git, do not
 * come into it.
 */
#include "repo/odb.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/quote.h"
#include "base/shared.h"
#include "repo/fsync.h"
#include "repo/git2_lazy.h"
#include "repo/loose.h"

struct odb {
	const struct git2 *git2;
	const struct hash_algo *algo;
	git_odb *git_odb;
	char *dir;
	struct loose loose; /* with all alternates */
};

/* Colon-separated; an item that begins with `"` is C-quoted. */
static int add_alternates(struct odb *odb, const char *list)
{
	struct strbuf path = STRBUF_INIT;
	int error = 0;

	while (list && *list && !error) {
		const char *end = strchrnul(list, ':');

		strbuf_reset(&path);
		if (*list != '"' || unquote_c(&path, list, &end))
			strbuf_add(&path, list, (size_t)(end - list));
		if (path.len) {
			error = odb->git2->odb_add_disk_alternate(odb->git_odb,
								  path.buf);
			loose_add(&odb->loose, path.buf);
		}
		if (error < 0)
			error = git2_error(odb->git2, error);
		list = *end ? end + 1 : end;
	}
	strbuf_release(&path);
	return error;
}

int odb_open(struct odb **out, const struct pare_repo *repo)
{
	struct odb *odb;
	int error;

	*out = NULL;
	if ((error = repo_check_format(repo)) < 0)
		return error;
	odb = xcalloc(1, sizeof(*odb));
	odb->algo = repo->algo;
	odb->dir = xstrdup(repo->objects_dir);
	loose_add(&odb->loose, odb->dir);
	error = git2_load(&odb->git2);
	if (!error && (error = odb->git2->odb_open(&odb->git_odb,
						   odb->dir)) < 0)
		error = git2_error(odb->git2, error);
	if (!error)
		error = add_alternates(
			odb, getenv("GIT_ALTERNATE_OBJECT_DIRECTORIES"));
	if (error < 0) {
		odb_free(odb);
		return error;
	}
	*out = odb;
	return 0;
}

void odb_free(struct odb *odb)
{
	if (!odb)
		return;
	if (odb->git_odb)
		odb->git2->odb_free(odb->git_odb);
	free(odb->dir);
	loose_release(&odb->loose);
	free(odb);
}

int repo_odb(struct odb **out, struct pare_repo *repo)
{
	int error = 0;

	if (!repo->odb && !(error = odb_open(&repo->odb, repo)) &&
	    repo_syncs_objects(repo))
		/* For all of the process; no other is written to. */
		repo->odb->git2->libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	*out = repo->odb;
	return error;
}

static void to_git_oid(git_oid *out, const struct oid *oid)
{
	memcpy(out->id, oid->hash, sizeof(out->id));
}

/* Without memory libgit2 finds nothing either. */
static int read_error(struct odb *odb, const struct oid *oid, int code)
{
	const char *hex = oid_hex(oid, odb->algo);

	if (code == GIT_ENOTFOUND && odb_has(odb, oid))
		return error_set(GIT_ERROR, "object %s cannot be read", hex);
	if (code == GIT_ENOTFOUND)
		return error_set(code, "object %s is missing", hex);
	return error_wrap(git2_error(odb->git2, code), "object %s", hex);
}

/* A header needs but the first bytes of a file. */
enum { HEADER_BYTES_MAX = 4096 };

static int check_loose(struct odb *odb, const struct oid *oid,
		       size_t max_bytes)
{
	if (!loose_is_cut(&odb->loose, oid, odb->algo, max_bytes))
		return 0;
	return error_set(GIT_ERROR, "object %s is corrupt: its file ends too "
			 "early", oid_hex(oid, odb->algo));
}

int odb_read(struct odb_object *out, struct odb *odb, const struct oid *oid)
{
	git_odb_object *object;
	git_oid id;
	int error;

	memset(out, 0, sizeof(*out));
	if ((error = check_loose(odb, oid, SIZE_MAX)) < 0)
		return error;
	to_git_oid(&id, oid);
	if ((error = odb->git2->odb_read(&object, odb->git_odb, &id)) < 0)
		return read_error(odb, oid, error);
	out->type = (enum object_type)odb->git2->odb_object_type(object);
	out->data = odb->git2->odb_object_data(object);
	out->len = odb->git2->odb_object_size(object);
	out->owner = object;
	return 0;
}

static const char *type_name(enum object_type type)
{
	switch (type) {
	case OBJ_COMMIT: return "commit";
	case OBJ_TREE:   return "tree";
	case OBJ_BLOB:   return "blob";
	case OBJ_TAG:    return "tag";
	}
	return "object of an unknown type";
}

int odb_read_type(struct odb_object *out, struct odb *odb,
		  const struct oid *oid, enum object_type type)
{
	enum object_type found;
	int error = odb_read(out, odb, oid);

	if (error < 0 || out->type == type)
		return error;
	found = out->type;
	odb_object_release(out);
	return error_set(GIT_EINVALID, "object %s is a %s, not a %s",
			 oid_hex(oid, odb->algo), type_name(found),
			 type_name(type));
}

void odb_object_release(struct odb_object *obj)
{
	const struct git2 *git2;

	/* What was read was read by it, so it is loaded. */
	if (obj->owner && !git2_load(&git2))
		git2->odb_object_free(obj->owner);
	memset(obj, 0, sizeof(*obj));
}

int odb_read_header(enum object_type *type, size_t *size_bytes,
		    struct odb *odb, const struct oid *oid)
{
	git_object_t found;
	git_oid id;
	int error = check_loose(odb, oid, HEADER_BYTES_MAX);

	if (error < 0)
		return error;
	to_git_oid(&id, oid);
	error = odb->git2->odb_read_header(size_bytes, &found, odb->git_odb,
					   &id);
	if (error < 0)
		return read_error(odb, oid, error);
	*type = (enum object_type)found;
	return 0;
}

bool odb_is_loose(struct odb *odb, const struct oid *oid)
{
	return loose_exists(&odb->loose, oid, odb->algo);
}

bool odb_has(struct odb *odb, const struct oid *oid)
{
	git_oid id;

	to_git_oid(&id, oid);
	return odb->git2->odb_exists_ext(odb->git_odb, &id,
					 GIT_ODB_LOOKUP_NO_REFRESH);
}

int odb_refresh(struct odb *odb)
{
	int error = odb->git2->odb_refresh(odb->git_odb);

	return error < 0 ? git2_error(odb->git2, error) : 0;
}

static int write_object(git_oid *out, struct odb *odb, enum object_type type,
			const void *data, size_t len)
{
	int error = odb->git2->odb_write(out, odb->git_odb, data, len,
					 (git_object_t)type);

	return error < 0 ? git2_error(odb->git2, error) : 0;
}

static void share(const char *path)
{
	int fd = fs_open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);

	if (fd < 0)
		return; /* it is in a pack */
	shared_adjust(fd);
	close(fd);
}

/*
 * libgit2 knows nothing of core.sharedRepository, and nobody else could write
 * into a directory that it makes. What is there already is left as it is.
 */
static int write_shared(git_oid *out, struct odb *odb, enum object_type type,
			const void *data, size_t len)
{
	char hex[HASH_MAX_HEX + 1], *dir, *path;
	bool has_dir, has_file;
	struct oid oid;
	int error;

	hash_object(&oid, odb->algo, type_name(type), data, len);
	oid_hex_r(hex, &oid, odb->algo);
	dir = xstrfmt("%s/%.2s", odb->dir, hex);
	path = xstrfmt("%s/%s", dir, hex + 2);
	has_dir = fs_exists(dir);
	has_file = fs_exists(path);
	error = write_object(out, odb, type, data, len);
	if (!error && !has_file)
		share(path);
	if (!error && !has_dir)
		shared_adjust_dir(dir);
	free(path);
	free(dir);
	return error;
}

int odb_write(struct oid *out, struct odb *odb, enum object_type type,
	      const void *data, size_t len)
{
	git_oid id;
	int error = shared_is_wanted() ?
			    write_shared(&id, odb, type, data, len) :
			    write_object(&id, odb, type, data, len);

	if (!error)
		oid_read(out, id.id, odb->algo);
	return error;
}
