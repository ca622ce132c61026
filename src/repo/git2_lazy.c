/* SPDX-License-Identifier: MIT */
#include "repo/git2_lazy.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "base/thread.h"

/* The one whose headers we were built with: the layouts must be the same. */
#ifdef __APPLE__
#define GIT2_LIBRARY "libgit2." LIBGIT2_SOVERSION ".dylib"
#else
#define GIT2_LIBRARY "libgit2.so." LIBGIT2_SOVERSION
#endif

static struct git2 loaded;
static char *load_error; /* set once, by the thread that loads */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void set_load_error(const char *what)
{
	load_error = xstrfmt("could not load libgit2: %s",
			     what ? what : "unknown error");
}

/*
 * Process-wide, before anything is read: what git wrote is not hashed again
 * at each reading, and a tree or commit may name objects that a partial clone
 * has yet to fetch.
 */
static void set_options(void)
{
	loaded.libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
	loaded.libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 0);
}

static void load(void)
{
	void *library = dlopen(GIT2_LIBRARY, RTLD_LAZY | RTLD_LOCAL);

	if (!library) {
		set_load_error(dlerror());
		return;
	}
#define GIT2_LOOKUP(name)                                                     \
	if (!(*(void **)&loaded.name = dlsym(library, "git_" #name))) {       \
		set_load_error(dlerror());                                    \
		return;                                                       \
	}
	GIT2_FUNCTIONS(GIT2_LOOKUP)
#undef GIT2_LOOKUP
	if (loaded.libgit2_init() < 0)
		set_load_error("it does not start");
	else
		set_options();
}

int git2_load(const struct git2 **out)
{
	pthread_once(&once, load);
	*out = &loaded;
	return load_error ? error_set(GIT_ERROR, "%s", load_error) : 0;
}

static pthread_t preparing;
static bool is_preparing;

static void *prepare(void *unused)
{
	(void)unused;
	pthread_once(&once, load);
	return NULL;
}

void git2_prepare(void)
{
	if (!is_preparing)
		is_preparing = !thread_start(&preparing, prepare, NULL);
}

void git2_await(void)
{
	if (is_preparing)
		pthread_join(preparing, NULL);
	is_preparing = false;
}

int git2_error(const struct git2 *git2, int code)
{
	const git_error *error = git2->error_last();

	return error_set(code, "%s", error && error->message ?
			 error->message : "libgit2 failed without a message");
}
