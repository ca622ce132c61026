/* SPDX-License-Identifier: MIT */
#include "base/holder.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fs.h"

/* The first line of a short file, empty when there is none. The error, which
 * this is to explain, is left alone. */
static void read_line(char *line, size_t size, const char *path)
{
	/* Nothing that opening would wait for. */
	int fd = fs_open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
			 0);
	ssize_t got = fd < 0 ? -1 : read(fd, line, size - 1);

	line[got > 0 ? got : 0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (fd >= 0)
		close(fd);
}

bool holder_has_open(long pid, const struct stat *file)
{
	char dir[64];
	struct dirent *de;
	bool found = false;
	DIR *d;

	snprintf(dir, sizeof(dir), "/proc/%ld/fd", pid);
	d = opendir(dir);
	while (d && !found && (de = readdir(d))) {
		struct stat st;

		found = !fstatat(dirfd(d), de->d_name, &st, 0) &&
			st.st_dev == file->st_dev && st.st_ino == file->st_ino;
	}
	if (d)
		closedir(d);
	return found;
}

/* Beside us, who may have inherited it. 0: none that we may look into, -1:
 * there is no /proc. */
static long find_open(const struct stat *file)
{
	struct dirent *de;
	long holder = 0;
	DIR *d = opendir("/proc/self/fd");

	if (!d)
		return -1;
	closedir(d);
	d = opendir("/proc");
	while (d && !holder && (de = readdir(d))) {
		char *end;
		long pid = strtol(de->d_name, &end, 10);

		if (!*end && pid > 0 && pid != (long)getpid() &&
		    holder_has_open(pid, file))
			holder = pid;
	}
	if (d)
		closedir(d);
	return holder;
}

/* 0 where there is none. */
static long find_noted(const char *path)
{
	char line[64], *note;
	long pid = 0;

	if (!ends_with(path, ".lock"))
		return 0;
	note = xstrfmt("%.*s~pid.lock", (int)(strlen(path) - strlen(".lock")),
		       path);
	read_line(line, sizeof(line), note);
	if (sscanf(line, "pid %ld", &pid) != 1 || pid < 1)
		pid = 0;
	free(note);
	return pid;
}

/* " (git)", the name as it may be shown. */
static void add_name(struct strbuf *out, long pid)
{
	char path[64], name[64];

	snprintf(path, sizeof(path), "/proc/%ld/comm", pid);
	read_line(name, sizeof(name), path);
	for (char *c = name; *c; c++)
		if (!isprint((unsigned char)*c))
			*c = '?';
	if (*name)
		strbuf_addf(out, " (%s)", name);
}

void holder_add_age(struct strbuf *out, long seconds)
{
	static const struct {
		long seconds;
		const char *unit;
	} units[] = { { 86400, "day" }, { 3600, "hour" }, { 60, "minute" },
		      { 1, "second" } };

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		long nr = seconds / units[i].seconds;

		if (!nr && units[i].seconds > 1)
			continue;
		strbuf_addf(out, "%ld %s%s", nr, units[i].unit,
			    nr == 1 ? "" : "s");
		return;
	}
}

static void add_note(struct strbuf *out, long pid)
{
	bool gone = kill((pid_t)pid, 0) && errno == ESRCH;

	strbuf_addf(out, " by process %ld", pid);
	if (gone)
		strbuf_addstr(out, ", which is no more");
	else
		add_name(out, pid);
}

bool holder_describe(struct strbuf *out, const char *path)
{
	struct stat st;
	long open, noted, age;

	if (lstat(path, &st))
		return false;
	age = (long)(time(NULL) - st.st_mtime);
	strbuf_addstr(out, "the lock was made ");
	holder_add_age(out, age < 0 ? 0 : age);
	strbuf_addstr(out, " ago");
	open = find_open(&st);
	if (open > 0) {
		strbuf_addf(out, "; process %ld", open);
		add_name(out, open);
		strbuf_addstr(out, " has it open");
	} else if ((noted = find_noted(path)) > 0) {
		add_note(out, noted);
	} else if (!open) {
		strbuf_addstr(out, "; no process that can be seen has it open");
	}
	return true;
}
