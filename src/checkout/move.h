/* SPDX-License-Identifier: MIT */
/*
 * Whole files and directories by their parents' descriptors: moved without
 * overwriting, removed, looked into. No link is followed. All return 0 or -1
 * with errno.
 */
#ifndef PARE_CHECKOUT_MOVE_H
#define PARE_CHECKOUT_MOVE_H

#include <stdbool.h>

/*
 * Rename, or copy and remove when the two are on different file systems.
 * EEXIST when something has the new name already.
 */
int move_at(int from_dir, const char *from, int to_dir, const char *to);

/*
 * Two files of one file system change places; at no moment is there none under
 * the name `a`. Where the kernel has no such rename, `b` may lie as "<b>.old"
 * when the process is killed: exchange_settle() gives it its name again.
 */
int exchange_at(int a_dir, const char *a, int b_dir, const char *b);
void exchange_settle(int b_dir, const char *b);
/* The same by links alone. */
int exchange_by_link(int a_dir, const char *a, int b_dir, const char *b);

/* Copy a regular file; EEXIST when something has the new name already. */
int copy_file_at(int from_dir, const char *from, int to_dir, const char *to);

/* Remove a file, or a directory with all that is in it. */
int remove_all_at(int dir, const char *name);

/* Is it a directory without a file anywhere in it? */
bool holds_no_file_at(int dir, const char *name);

/* Is it a directory that rmdir(2) would remove? */
bool is_empty_at(int dir, const char *name);

/* Remove a directory in which there are only directories. */
int remove_empty_at(int dir, const char *name);

#endif
