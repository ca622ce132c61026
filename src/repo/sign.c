/* SPDX-License-Identifier: MIT */
/*
 * Signing as git does it: gpg or gpgsm on a pipe, or `ssh-keygen -Y sign` on a
 * file, which leaves its signature in `<file>.sig`.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/lockfile.h"
#include "base/run.h"
#include "repo/ident.h"

enum { SIGNATURE_BYTES_MAX = 1024 * 1024 };

static const char *config_or(struct pare_repo *repo, const char *key,
			     const char *fallback)
{
	const char *value = pare_repo_config_get(repo, key);

	return value && *value ? value : fallback;
}

/* Where `~/` is in front, HOME is; free(3) it. */
static char *expand_home(const char *path)
{
	const char *home = getenv("HOME");

	if (home && starts_with(path, "~/"))
		return xstrfmt("%s%s", home, path + 1);
	return xstrdup(path);
}

static void remove_cr(struct strbuf *sb, size_t from)
{
	size_t to = from;

	for (size_t i = from; i < sb->len; i++)
		if (sb->buf[i] != '\r' || sb->buf[i + 1] != '\n')
			sb->buf[to++] = sb->buf[i];
	strbuf_setlen(sb, to);
}

/* "Name <mail>" of the committer: gpg finds a key by it. */
static int committer_key(struct strbuf *key, struct pare_repo *repo)
{
	int error = repo_ident(key, repo, "committer");
	char *mail_end = strrchr(key->buf, '>');

	if (!error && mail_end)
		strbuf_setlen(key, (size_t)(mail_end + 1 - key->buf));
	return error;
}

static bool gpg_made_it(const char *status)
{
	static const char made[] = "[GNUPG:] SIG_CREATED ";
	const char *p = status;

	while ((p = strstr(p, made))) {
		if (p == status || p[-1] == '\n')
			return true;
		p++;
	}
	return false;
}

/* What gpg says to people, not to programs, is the hint. */
static int gpg_error(const char *status)
{
	int code = error_set(GIT_ERROR, "gpg failed to sign the data");

	while (*status) {
		size_t len = strcspn(status, "\n");

		if (len && !starts_with(status, "[GNUPG:]"))
			error_hint("%.*s", (int)len, status);
		status += len + !!status[len];
	}
	return code;
}

static int sign_gpg(struct strbuf *out, struct pare_repo *repo,
		    const char *program, const void *data, size_t len,
		    const char *key)
{
	struct strbuf status = STRBUF_INIT, ident = STRBUF_INIT;
	struct run run = RUN_INIT;
	size_t before = out->len;
	int result = 0;

	if (!key && !(result = committer_key(&ident, repo)))
		key = ident.buf;
	if (result < 0)
		goto done;
	strvec_push_nodup(&run.args, expand_home(program));
	strvec_pushl(&run.args, "--status-fd=2", "-bsau", key, NULL);
	run.in = data;
	run.in_len = len;
	run.out = out;
	run.err = &status;
	result = run_command(&run);
	if (result > 0 || (!result && !gpg_made_it(status.buf))) {
		strbuf_setlen(out, before);
		result = gpg_error(status.buf);
	}
	remove_cr(out, before);
done:
	strbuf_release(&status);
	strbuf_release(&ident);
	return result;
}

/* A key that is given itself, not by the name of a file. */
static const char *literal_ssh_key(const char *key)
{
	const char *literal;

	if (skip_prefix(key, "key::", &literal))
		return literal;
	return starts_with(key, "ssh-") ? key : NULL;
}

/* The first line of what gpg.ssh.defaultKeyCommand prints. */
static int default_ssh_key(struct strbuf *key, struct pare_repo *repo)
{
	const char *command =
		config_or(repo, "gpg.ssh.defaultkeycommand", NULL);
	struct run run = RUN_INIT;
	int result;

	if (!command)
		return error_set(GIT_ERROR, "either user.signingkey or "
				 "gpg.ssh.defaultKeyCommand needs to be "
				 "configured");
	strvec_pushl(&run.args, "sh", "-c", command, NULL);
	run.out = key;
	if ((result = run_command(&run)) < 0)
		return result;
	strbuf_setlen(key, strcspn(key->buf, "\n"));
	if (result || !literal_ssh_key(key->buf))
		return error_set(GIT_ERROR, "gpg.ssh.defaultKeyCommand "
				 "succeeded but returned no keys");
	return 0;
}

/* A temporary file with `data`; it goes when `*temp` is deleted. */
static int make_temp(struct tempfile **temp, const void *data, size_t len)
{
	const char *dir = getenv("TMPDIR");
	char *path = xstrfmt("%s/.pare_signing_XXXXXX",
			     dir && *dir ? dir : "/tmp");
	int fd = mkostemp(path, O_CLOEXEC), error = 0;

	if (fd < 0) {
		error = error_errno("could not create temporary file");
		goto done;
	}
	*temp = tempfile_register(path);
	if (fs_write_all(fd, data, len))
		error = error_errno("could not write '%s'", path);
	close(fd);
done:
	free(path);
	return error;
}

static int run_ssh_keygen(struct strbuf *out, struct pare_repo *repo,
			  const char *key_file, bool is_literal,
			  const char *data_file)
{
	struct strbuf err = STRBUF_INIT;
	struct tempfile *sig;
	struct run run = RUN_INIT;
	char *sig_path = xstrfmt("%s.sig", data_file);
	size_t before = out->len;
	int result;

	sig = tempfile_register(sig_path);
	strvec_push_nodup(&run.args, expand_home(config_or(
				  repo, "gpg.ssh.program", "ssh-keygen")));
	strvec_pushl(&run.args, "-Y", "sign", "-n", "git", "-f", key_file,
		     NULL);
	if (is_literal)
		strvec_push(&run.args, "-U");
	strvec_push(&run.args, data_file);
	run.err = &err;
	run.discard_out = true;
	if ((result = run_command(&run)) > 0)
		result = error_set(GIT_ERROR, "ssh-keygen failed to sign: "
				   "%.*s", (int)strcspn(err.buf, "\r\n"),
				   err.buf);
	if (!result)
		result = strbuf_read_file(out, sig_path, SIGNATURE_BYTES_MAX);
	remove_cr(out, before);
	tempfile_delete(sig);
	strbuf_release(&err);
	free(sig_path);
	return result;
}

static int sign_ssh(struct strbuf *out, struct pare_repo *repo,
		    const void *data, size_t len, const char *key)
{
	struct strbuf found = STRBUF_INIT;
	struct tempfile *key_temp = NULL, *data_temp = NULL;
	const char *literal = NULL;
	char *key_file = NULL;
	int error = 0;

	if (!key && !(error = default_ssh_key(&found, repo)))
		key = found.buf;
	if (error < 0)
		goto done;
	if ((literal = literal_ssh_key(key))) {
		if ((error = make_temp(&key_temp, literal, strlen(literal))))
			goto done;
		key_file = xstrdup(tempfile_path(key_temp));
	} else {
		key_file = expand_home(key);
	}
	if (!(error = make_temp(&data_temp, data, len)))
		error = run_ssh_keygen(out, repo, key_file, literal,
				       tempfile_path(data_temp));
done:
	if (key_temp)
		tempfile_delete(key_temp);
	if (data_temp)
		tempfile_delete(data_temp);
	free(key_file);
	strbuf_release(&found);
	return error;
}

int repo_sign(struct strbuf *out, struct pare_repo *repo, const void *data,
	      size_t len, const char *key)
{
	const char *format = config_or(repo, "gpg.format", "openpgp");
	const char *program;

	if (!key || !*key)
		key = config_or(repo, "user.signingkey", NULL);
	if (!strcmp(format, "ssh"))
		return sign_ssh(out, repo, data, len, key);
	if (!strcmp(format, "openpgp"))
		program = config_or(repo, "gpg.openpgp.program",
				    config_or(repo, "gpg.program", "gpg"));
	else if (!strcmp(format, "x509"))
		program = config_or(repo, "gpg.x509.program", "gpgsm");
	else
		return error_set(GIT_EINVALID, "invalid value for "
				 "'gpg.format': '%s'", format);
	return sign_gpg(out, repo, program, data, len, key);
}
