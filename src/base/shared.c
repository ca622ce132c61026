/* SPDX-License-Identifier: MIT */
#include "base/shared.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { FOR_GROUP = 0660, FOR_ALL = 0664 };

static mode_t permissions; /* 0: as the umask has it */
static bool is_exact;      /* these and no others */

static void set_octal(unsigned long nr)
{
	is_exact = false;
	permissions = 0;
	if (nr == 1) {
		permissions = FOR_GROUP;
	} else if (nr == 2) {
		permissions = FOR_ALL;
	} else if ((nr & 0600) == 0600) {
		permissions = nr & 0666;
		is_exact = true;
	}
}

static bool is_true(const char *value)
{
	return !strcasecmp(value, "true") || !strcasecmp(value, "yes") ||
	       !strcasecmp(value, "on");
}

void shared_set(const char *value)
{
	char *end;
	unsigned long nr;

	set_octal(0);
	if (!value)
		return;
	nr = strtoul(value, &end, 8);
	if (*value && !*end)
		set_octal(nr);
	else if (!strcmp(value, "group") || is_true(value))
		permissions = FOR_GROUP;
	else if (!strcmp(value, "all") || !strcmp(value, "world") ||
		 !strcmp(value, "everybody"))
		permissions = FOR_ALL;
}

static mode_t shared_mode(mode_t mode, bool is_dir)
{
	mode_t more = permissions;

	if (!more)
		return mode;
	if (!(mode & S_IWUSR))
		more &= ~(mode_t)0222;
	if (mode & S_IXUSR)
		more |= (more & 0444) >> 2;
	if (is_exact)
		mode &= ~(mode_t)0777;
	mode |= more;
	/* What is made in it belongs to its group. */
	return mode | (is_dir && mode & 060 ? S_ISGID : 0);
}

bool shared_is_wanted(void)
{
	return permissions;
}

void shared_adjust(int fd)
{
	struct stat st;
	int saved = errno;

	if (permissions && !fstat(fd, &st))
		(void)!fchmod(fd, shared_mode(st.st_mode & 07777, false));
	errno = saved;
}

void shared_adjust_dir(const char *path)
{
	struct stat st;
	int saved = errno;

	if (permissions && !stat(path, &st))
		(void)!chmod(path, shared_mode(st.st_mode & 07777, true));
	errno = saved;
}
