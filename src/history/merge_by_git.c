/* SPDX-License-Identifier: MIT */
/*
 * `git merge-tree --write-tree` merges commits and looks for their base
 * itself (--merge-base came two versions later): it gets three commits made
 * for it, of which the first is the parent of the others.
 *
 * A rebase reads .gitattributes from its work tree, where our side lies. Git
 * is started in an empty work tree that has just those files; the user's may
 * say something else.
 */
#include "history/merge_by_git.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/run.h"
#include "repo/commit.h"

enum { ATTRIBUTES_MAX = 100 << 20, RC_CONFLICT = 1, RC_USAGE = 129 };

/* `binary` and macros unset or set `merge` too. */
static bool says_merge(const char *text)
{
	return strstr(text, "merge") || strstr(text, "binary") ||
	       strstr(text, "[attr]");
}

static bool file_says_merge(const char *path)
{
	struct strbuf text = STRBUF_INIT;
	bool says;
	int error = strbuf_read_file(&text, path, ATTRIBUTES_MAX);

	/* One that is there but cannot be read may say anything. */
	says = error < 0 ? error != GIT_ENOTFOUND : says_merge(text.buf);
	error_clear();
	strbuf_release(&text);
	return says;
}

static char *user_attributes(struct pare_repo *repo)
{
	const char *name = pare_repo_config_get(repo, "core.attributesfile");
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (name && starts_with(name, "~/"))
		return xstrfmt("%s%s", home ? home : "", name + 1);
	if (name)
		return xstrdup(name);
	if (xdg && *xdg)
		return xstrfmt("%s/git/attributes", xdg);
	return xstrfmt("%s/.config/git/attributes", home ? home : "");
}

/* Those of which text_merge says that they change nothing. */
static bool is_known_diff(const char *algorithm)
{
	static const char *const known[] = { "default", "myers", "minimal",
					     "histogram" };

	for (size_t i = 0; algorithm && i < ARRAY_SIZE(known); i++)
		if (!strcmp(algorithm, known[i]))
			return true;
	return !algorithm;
}

bool merge_is_configured(struct pare_repo *repo)
{
	char *user = user_attributes(repo);
	char *info = repo_common_path(repo, "info/attributes");
	bool is = pare_repo_config_get(repo, "merge.default") ||
		  pare_repo_config_get(repo, "attr.tree") ||
		  getenv("GIT_ATTR_SOURCE") ||
		  pare_repo_config_bool(repo, "merge.renormalize", false) ||
		  !is_known_diff(pare_repo_config_get(repo,
						      "diff.algorithm")) ||
		  file_says_merge(info) || file_says_merge(user) ||
		  file_says_merge("/etc/gitattributes");

	free(user);
	free(info);
	return is;
}

int merge_attributes_matter(struct tree_merge *m, const struct oid *oid)
{
	struct odb_object blob;
	int result = odb_read_type(&blob, m->odb, oid, OBJ_BLOB);

	if (result == GIT_ENOTFOUND)
		return 1;
	if (result < 0)
		return result;
	result = strlen(blob.data) != blob.len || says_merge(blob.data);
	odb_object_release(&blob);
	return result;
}

static int make_scratch(struct tree_merge *m)
{
	int error;

	if (m->scratch)
		return 0;
	error = repo_pare_path(&m->scratch, m->repo, "merge-XXXXXX", true);
	if (!error && !mkdtemp(m->scratch))
		error = error_errno("cannot make %s", m->scratch);
	if (error < 0) {
		free(m->scratch);
		m->scratch = NULL;
	}
	return error;
}

/* Only directories we made ourselves lie on the way. */
static int write_attributes_file(const char *path, const void *data, size_t len)
{
	char *dir = xstrndup(path, (size_t)(strrchr(path, '/') - path));
	int fd = -1, error = fs_mkdirs(dir, 0777);

	free(dir);
	if (!error) {
		fd = fs_open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			     0666);
		error = fd < 0 ? error_errno("cannot make %s", path) :
				 fs_write_all(fd, data, len);
	}
	if (fd >= 0)
		close(fd);
	return error;
}

static int write_attributes(struct tree_merge *m)
{
	int error = 0;

	for (size_t i = 0; i < m->nr_attributes && !error; i++) {
		struct odb_object blob;
		char *path = xstrfmt("%s/%s", m->scratch,
				     m->attributes[i].path);

		error = odb_read_type(&blob, m->odb, &m->attributes[i].oid,
				      OBJ_BLOB);
		if (!error) {
			error = write_attributes_file(path, blob.data,
						      blob.len);
			odb_object_release(&blob);
		}
		free(path);
	}
	return error;
}

/* The file, then its directories as far as they are empty. */
static void remove_attributes(struct tree_merge *m)
{
	for (size_t i = m->nr_attributes; i-- > 0;) {
		char *path = xstrfmt("%s/%s", m->scratch,
				     m->attributes[i].path);

		unlink(path);
		for (;;) {
			*strrchr(path, '/') = '\0';
			if (!strcmp(path, m->scratch) || rmdir(path) < 0)
				break;
		}
		free(path);
	}
}

static int write_commit(struct oid *out, struct tree_merge *m,
			const struct oid *tree, const struct oid *parent)
{
	static const char ident[] = "pare <pare> 0 +0000";
	const struct commit_draft draft = {
		.tree = *tree,
		.parent = parent,
		.nr_parents = parent ? 1 : 0,
		.author = ident,
		.author_len = strlen(ident),
		.committer = ident,
		.committer_len = strlen(ident),
		.message = "merge\n",
		.message_len = strlen("merge\n"),
	};
	struct strbuf raw = STRBUF_INIT;
	int error;

	commit_format(&raw, &draft, m->repo->algo);
	error = odb_write(out, m->odb, OBJ_COMMIT, raw.buf, raw.len);
	strbuf_release(&raw);
	return error;
}

/* Where a file and a directory meet, git calls the file `x~<commit>`. */
static void add_conflict(struct strvec *conflicts, const char *path,
			 const struct tree_merge *m)
{
	const char *tilde = strrchr(path, '~');
	size_t len = strlen(path);
	struct oid oid;

	if (tilde && !oid_parse(&oid, tilde + 1, m->repo->algo))
		len = (size_t)(tilde - path);
	strvec_pushn(conflicts, path, len);
}

/* "<tree> NUL <path> NUL <path> NUL …". */
static int read_answer(struct oid *out, struct strvec *conflicts,
		       const struct tree_merge *m, const struct strbuf *answer)
{
	const char *p = answer->buf, *end = p + answer->len;

	if (answer->len <= m->repo->algo->hex_size ||
	    oid_parse(out, p, m->repo->algo) < 0)
		return error_set(GIT_ERROR, "git merge-tree gave no tree");
	for (p += strlen(p) + 1; p < end; p += strlen(p) + 1)
		if (*p)
			add_conflict(conflicts, p, m);
	return 0;
}

static int ask(struct oid *out, struct strvec *conflicts, struct tree_merge *m,
	       const struct oid *ours, const struct oid *theirs)
{
	struct strbuf answer = STRBUF_INIT, said = STRBUF_INIT;
	struct run run = RUN_INIT;
	int rc;

	strvec_pushl(&run.args, "merge-tree", "--write-tree", "-z",
		     "--name-only", "--no-messages",
		     oid_hex(ours, m->repo->algo),
		     oid_hex(theirs, m->repo->algo), NULL);
	strvec_pushf(&run.env, "GIT_DIR=%s", m->repo->git_dir);
	strvec_pushf(&run.env, "GIT_WORK_TREE=%s", m->scratch);
	run.dir = m->scratch;
	run.out = &answer;
	run.err = &said;
	rc = run_git(&run);
	if (!rc || rc == RC_CONFLICT) {
		int error = read_answer(out, conflicts, m, &answer);

		rc = error < 0 ? error : rc;
	} else if (rc == RC_USAGE) { /* older than 2.38 */
		strvec_push(conflicts, m->undecided.buf);
		rc = RC_CONFLICT;
	} else if (rc > 0) {
		rc = error_set(GIT_ERROR, "git merge-tree failed (exit code "
			       "%d)%s%.*s", rc, said.len ? ": " : "",
			       (int)strcspn(said.buf, "\n"), said.buf);
	}
	strbuf_release(&answer);
	strbuf_release(&said);
	return rc;
}

int merge_by_git(struct oid *out, struct strvec *conflicts,
		 struct tree_merge *m, const struct oid *base,
		 const struct oid *ours, const struct oid *theirs)
{
	struct oid commit[3];
	int result = make_scratch(m);

	if (!result)
		result = write_commit(&commit[0], m, base, NULL);
	if (!result)
		result = write_commit(&commit[1], m, ours, &commit[0]);
	if (!result)
		result = write_commit(&commit[2], m, theirs, &commit[0]);
	if (!result)
		result = write_attributes(m);
	if (!result)
		result = ask(out, conflicts, m, &commit[1], &commit[2]);
	if (m->scratch)
		remove_attributes(m);
	return result;
}
