/* SPDX-License-Identifier: MIT */
/*
 * libgit2, loaded when the first object is wanted. To be linked to it costs
 * 5 ms (its 18 libraries), to initialise it as much again (its certificates),
 * which commands that need no object would pay for nothing.
 *
 *	const struct git2 *git2;
 *
 *	if ((error = git2_load(&git2)) < 0)
 *		return error;
 *	git2->odb_open(…);
 */
#ifndef PARE_REPO_GIT2_LAZY_H
#define PARE_REPO_GIT2_LAZY_H

#include <git2.h>

#ifdef GIT_EXPERIMENTAL_SHA256
#error "libgit2 built with experimental SHA-256 has other signatures"
#endif

#if LIBGIT2_VER_MAJOR < 1 || (LIBGIT2_VER_MAJOR == 1 && LIBGIT2_VER_MINOR < 5)
#error "libgit2 1.5 or newer is needed"
#endif

/* The functions used, without their `git_`. */
#define GIT2_FUNCTIONS(X)                                                     \
	X(libgit2_init)                                                       \
	X(libgit2_opts)                                                       \
	X(error_last)                                                         \
	X(odb_open)                                                           \
	X(odb_free)                                                           \
	X(odb_add_disk_alternate)                                             \
	X(odb_exists_ext)                                                     \
	X(odb_read)                                                           \
	X(odb_read_header)                                                    \
	X(odb_refresh)                                                        \
	X(odb_write)                                                          \
	X(odb_object_data)                                                    \
	X(odb_object_free)                                                    \
	X(odb_object_size)                                                    \
	X(odb_object_type)                                                    \
	X(merge_file)                                                         \
	X(merge_file_result_free)

struct git2 {
#define GIT2_MEMBER(name) __typeof__(git_##name) *name;
	GIT2_FUNCTIONS(GIT2_MEMBER)
#undef GIT2_MEMBER
};

/* Load and initialise it at the first call; any thread may call. */
int git2_load(const struct git2 **out);

/*
 * Begin to load it in a thread of its own, for who will want it soon; nothing
 * if that cannot be started. git2_await() returns when no such thread is at
 * work any more, as none may be when the process ends. Both are for the main
 * thread.
 */
void git2_prepare(void);
void git2_await(void);

/* Take over the message of libgit2's last error; returns `code`. */
int git2_error(const struct git2 *git2, int code);

#endif
