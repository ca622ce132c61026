/* SPDX-License-Identifier: MIT */
#include "checkout/kept_index.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/lockfile.h"
#include "checkout/move.h"

static const char name[] = "index";

int kept_index_keep(int dir, const struct pare_repo *repo)
{
	char *real = lockfile_real_path(pare_repo_index_path(repo));
	int rc = linkat(AT_FDCWD, real, dir, name, 0);

	/* Not every file system has links. */
	if (rc)
		rc = copy_file_at(AT_FDCWD, real, dir, name);
	free(real);
	return rc ? error_errno("could not keep the index") : 0;
}

static bool is_file(const char *path, dev_t dev, ino_t ino)
{
	struct stat st;

	return !stat(path, &st) && st.st_dev == dev && st.st_ino == ino;
}

bool kept_index_is(const struct pare_repo *repo, dev_t dev, ino_t ino)
{
	char *real = lockfile_real_path(pare_repo_index_path(repo));
	bool is_it = is_file(real, dev, ino);

	free(real);
	return is_it;
}

/* It becomes the lock, and then the index. */
int kept_index_back(int dir, const struct pare_repo *repo, dev_t dev, ino_t ino)
{
	char *real = lockfile_real_path(pare_repo_index_path(repo));
	char *lock = xstrfmt("%s.lock", real);
	struct tempfile *temp = NULL;
	int error = 0;

	if (move_at(dir, name, AT_FDCWD, lock))
		error = error_errno("could not create %s", lock);
	else
		temp = tempfile_register(lock);
	if (!error && !is_file(real, dev, ino))
		error = error_set(GIT_EMODIFIED, "the index has changed "
				  "meanwhile");
	if (!error && rename(lock, real))
		error = error_errno("could not put the index back");
	if (!error)
		tempfile_forget(temp);
	else if (temp)
		tempfile_delete(temp);
	free(lock);
	free(real);
	return error;
}
