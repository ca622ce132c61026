/* SPDX-License-Identifier: MIT */
/*
 * See shim.h. Calls that the C library makes inside itself (stdio, mkdtemp)
 * are not seen. For glibc; tests that need it are skipped elsewhere.
 */
#include "fault/shim.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum kind {
	OPEN = 1 << 0,
	READ = 1 << 1,
	WRITE = 1 << 2,
	FSYNC = 1 << 3,
	RENAME = 1 << 4,
	MMAP = 1 << 5,
	MALLOC = 1 << 6,
	UNLINK = 1 << 7,
	SPAWN = 1 << 8,
	MKDIR = 1 << 9,
	CLOSE = 1 << 10,
	STAT = 1 << 11,
	READDIR = 1 << 12,
	THREAD = 1 << 13,
	LINK = 1 << 14,
	CHMOD = 1 << 15,
	TRUNCATE = 1 << 16,
	CHANGE = 1 << 17, /* whatever changes something on the disk */
	LIB_MALLOC = 1 << 18,
	CREATE = 1 << 19, /* of OPEN those that may need room on the disk */
};

enum deed { FAIL, SHORT, SIGNAL, CHILD_DIES };

static const char *const kind_names[FAULT_KINDS] = { FAULT_KIND_NAMES };

static const struct {
	const char *name;
	enum deed deed;
	int value;
} deeds[] = {
	{ "ENOSPC", FAIL, ENOSPC },  { "EIO", FAIL, EIO },
	{ "EMFILE", FAIL, EMFILE },  { "ENOMEM", FAIL, ENOMEM },
	{ "EINTR", FAIL, EINTR },    { "EACCES", FAIL, EACCES },
	{ "EAGAIN", FAIL, EAGAIN },  { "EROFS", FAIL, EROFS },
	{ "short", SHORT, 0 },       { "kill", SIGNAL, SIGKILL },
	{ "int", SIGNAL, SIGINT },   { "term", SIGNAL, SIGTERM },
	{ "stop", SIGNAL, SIGSTOP }, { "child-dies", CHILD_DIES, 0 },
};

/* Set by the constructor, before there is a second thread. */
static unsigned wanted;
static uint32_t at;
static enum deed deed;
static int value;
static bool keep, trace, no_locks;
static int log_fd = -1;
static uintptr_t program_begin, program_end;
static struct fault_report *report;
static __thread bool inside;

/* glibc's own names, which need no look-up that might itself want memory. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t nr, size_t size);
extern void *__libc_realloc(void *p, size_t size);

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name)
{
	bool was = inside;
	void *f;

	inside = true;
	f = dlsym(RTLD_NEXT, name);
	inside = was;
	if (!f)
		abort();
	return f;
}

static void say_where(void)
{
	void *frame[32];

	backtrace_symbols_fd(frame, backtrace(frame, 32), STDERR_FILENO);
}

/* Is something to be done to this call, of any of these kinds? */
static bool hit(unsigned kind)
{
	uint32_t nr;

	if (!report || inside)
		return false;
	for (unsigned i = 0; i < FAULT_KINDS; i++)
		if (kind & 1U << i)
			__atomic_add_fetch(&report->of_kind[i], 1,
					   __ATOMIC_RELAXED);
	if (!(kind & wanted))
		return false;
	nr = __atomic_add_fetch(&report->calls, 1, __ATOMIC_RELAXED);
	if (!at || nr < at || (nr > at && !keep))
		return false;
	report->fired++;
	if (trace) {
		inside = true;
		say_where();
		inside = false;
	}
	if (deed == SIGNAL) {
		kill(getpid(), value);
		return false;
	}
	return true;
}

/* As hit, for calls that can only fail; sets errno. */
static bool fails(unsigned kind)
{
	if (!hit(kind) || deed != FAIL)
		return false;
	errno = value;
	return true;
}

/* One line in the log: a name that is made or written to, or a file whose bytes
 * are to be on the disk (`path` NULL: the file `dir` itself). */
static void note(const char *what, int dir, const char *path)
{
	char where[64], base[PATH_MAX], line[2 * PATH_MAX + 64];
	ssize_t len = 0;
	int saved = errno;

	if (log_fd < 0 || inside)
		return;
	snprintf(where, sizeof(where), "/proc/self/fd/%d", dir);
	if (!path || *path != '/')
		len = readlink(dir == AT_FDCWD ? "/proc/self/cwd" : where,
			       base, sizeof(base));
	len = snprintf(line, sizeof(line), "%s %.*s%s%s\n", what,
		       (int)(len < 0 ? 0 : len), base,
		       path && len > 0 ? "/" : "", path ? path : "");
	if (REAL(write)(log_fd, line, (size_t)len) != len)
		abort();
	errno = saved;
}

static bool is_ours(void)
{
	static const char *const ours[] = { "git-pare", "git-sparse",
					    "git-squash-last", "git-reword" };

	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		if (!strcmp(program_invocation_short_name, ours[i]))
			return true;
	return false;
}

static unsigned kinds_of(const char *names)
{
	unsigned found = 0;

	for (unsigned i = 0; i < FAULT_KINDS; i++) {
		size_t len = strlen(kind_names[i]);
		const char *p = names;

		while ((p = strstr(p, kind_names[i]))) {
			if ((p == names || p[-1] == ',') &&
			    (!p[len] || p[len] == ','))
				found |= 1U << i;
			p += len;
		}
	}
	return found;
}

static void choose_deed(const char *name)
{
	for (size_t i = 0; i < sizeof(deeds) / sizeof(*deeds); i++) {
		if (!strcmp(name, deeds[i].name)) {
			deed = deeds[i].deed;
			value = deeds[i].value;
			return;
		}
	}
	abort();
}

/* The first of the loaded objects is the program. */
static int find_program(struct dl_phdr_info *info, size_t size, void *payload)
{
	(void)size;
	(void)payload;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		uintptr_t from = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;

		if (info->dlpi_phdr[i].p_type != PT_LOAD)
			continue;
		if (!program_begin)
			program_begin = from;
		program_end = from + info->dlpi_phdr[i].p_memsz;
	}
	return 1;
}

/* Whose code it was that crashed, or that had glibc's do it. */
static void on_crash(int signal_nr)
{
	void *frame[32];
	int nr = backtrace(frame, 32);

	for (int i = 0; i < nr && !*report->crashed_in; i++) {
		const char *name;
		Dl_info info;

		if (!dladdr(frame[i], &info) || !info.dli_fname)
			continue;
		name = strrchr(info.dli_fname, '/');
		name = name ? name + 1 : info.dli_fname;
		if (strncmp(name, "libc.", 5) && strncmp(name, "ld-", 3) &&
		    strncmp(name, "shim.", 5))
			snprintf(report->crashed_in,
				 sizeof(report->crashed_in), "%s", name);
	}
	signal(signal_nr, SIG_DFL);
	raise(signal_nr);
}

static void watch_for_crashes(void)
{
	void *frame[4];

	backtrace(frame, 4); /* loads what it needs */
	signal(SIGSEGV, on_crash);
	signal(SIGBUS, on_crash);
	signal(SIGABRT, on_crash);
}

__attribute__((constructor)) static void begin(void)
{
	const char *calls = getenv("PARE_FAULT_CALLS");
	const char *path = getenv("PARE_FAULT_REPORT");
	const char *log = getenv("PARE_FAULT_LOG");
	void *map;
	int fd;

	if (log && is_ours())
		log_fd = REAL(open)(log, O_WRONLY | O_APPEND | O_CREAT |
						 O_CLOEXEC, 0666);
	if (!calls || !path || !is_ours())
		return;
	/* The children are git's. */
	unsetenv("LD_PRELOAD");
	at = (uint32_t)strtoul(getenv("PARE_FAULT_AT"), NULL, 10);
	choose_deed(getenv("PARE_FAULT_DO"));
	keep = getenv("PARE_FAULT_KEEP");
	trace = getenv("PARE_FAULT_TRACE");
	no_locks = getenv("PARE_FAULT_NO_LOCKS");
	fd = REAL(open)(path, O_RDWR | O_CLOEXEC);
	map = REAL(mmap)(NULL, sizeof(*report), PROT_READ | PROT_WRITE,
			 MAP_SHARED, fd, 0);
	if (fd < 0 || map == MAP_FAILED)
		abort();
	REAL(close)(fd);
	dl_iterate_phdr(find_program, NULL);
	wanted = kinds_of(calls);
	if (trace || wanted & (MALLOC | LIB_MALLOC))
		watch_for_crashes();
	report = map;
}

/* Memory */

#define WHOSE malloc_kind((uintptr_t)__builtin_return_address(0))

static unsigned malloc_kind(uintptr_t caller)
{
	return caller >= program_begin && caller < program_end ? MALLOC :
								 LIB_MALLOC;
}

void *malloc(size_t size)
{
	return fails(WHOSE) ? NULL : __libc_malloc(size);
}

void *calloc(size_t nr, size_t size)
{
	return fails(WHOSE) ? NULL : __libc_calloc(nr, size);
}

void *realloc(void *p, size_t size)
{
	return fails(WHOSE) ? NULL : __libc_realloc(p, size);
}

void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
	if (fails(MMAP))
		return MAP_FAILED;
	return REAL(mmap)(addr, len, prot, flags, fd, offset);
}

/* Opening and closing */

static mode_t mode_of(int flags, va_list ap)
{
	/* A mode_t is passed as an int. */
	return flags & (O_CREAT | __O_TMPFILE) ? (mode_t)va_arg(ap, int) : 0;
}

static unsigned open_kind(int flags)
{
	return OPEN | (flags & (O_CREAT | O_TRUNC) ? CHANGE | CREATE : 0);
}

static void note_open(int dir, const char *path, int flags)
{
	if ((flags & O_ACCMODE) != O_RDONLY)
		note("open", dir, path);
}

int open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = mode_of(flags, ap);
	va_end(ap);
	note_open(AT_FDCWD, path, flags);
	return fails(open_kind(flags)) ? -1 : REAL(open)(path, flags, mode);
}

int openat(int dir, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = mode_of(flags, ap);
	va_end(ap);
	note_open(dir, path, flags);
	return fails(open_kind(flags)) ? -1 :
					 REAL(openat)(dir, path, flags, mode);
}

/* The descriptor is gone also when it fails. */
int close(int fd)
{
	bool broken = fails(CLOSE);
	int result = REAL(close)(fd);

	if (!broken)
		return result;
	errno = value;
	return -1;
}

/* Bytes */

static bool is_short(size_t len)
{
	return len > 1 && deed == SHORT;
}

ssize_t read(int fd, void *buf, size_t len)
{
	if (hit(READ)) {
		if (deed == FAIL) {
			errno = value;
			return -1;
		}
		len = is_short(len) ? len / 2 : len;
	}
	return REAL(read)(fd, buf, len);
}

/* What is said to a person changes nothing. */
static unsigned write_kind(int fd)
{
	return WRITE | (fd > STDERR_FILENO ? CHANGE : 0);
}

ssize_t write(int fd, const void *buf, size_t len)
{
	if (hit(write_kind(fd))) {
		if (deed == FAIL) {
			errno = value;
			return -1;
		}
		len = is_short(len) ? len / 2 : len;
	}
	return REAL(write)(fd, buf, len);
}

ssize_t pwrite(int fd, const void *buf, size_t len, off_t offset)
{
	if (hit(WRITE | CHANGE)) {
		if (deed == FAIL) {
			errno = value;
			return -1;
		}
		len = is_short(len) ? len / 2 : len;
	}
	return REAL(pwrite)(fd, buf, len, offset);
}

int fsync(int fd)
{
	note("fsync", fd, NULL);
	return fails(FSYNC | CHANGE) ? -1 : REAL(fsync)(fd);
}

int ftruncate(int fd, off_t len)
{
	return fails(TRUNCATE | CHANGE) ? -1 : REAL(ftruncate)(fd, len);
}

int flock(int fd, int operation)
{
	if (no_locks) {
		errno = ENOLCK;
		return -1;
	}
	return REAL(flock)(fd, operation);
}

/* Names */

int rename(const char *from, const char *to)
{
	note("rename", AT_FDCWD, to);
	return fails(RENAME | CHANGE) ? -1 : REAL(rename)(from, to);
}

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	note("rename", to_dir, to);
	return fails(RENAME | CHANGE) ?
		       -1 : REAL(renameat)(from_dir, from, to_dir, to);
}

int renameat2(int from_dir, const char *from, int to_dir, const char *to,
	      unsigned flags)
{
	note("rename", to_dir, to);
	return fails(RENAME | CHANGE) ?
		       -1 :
		       REAL(renameat2)(from_dir, from, to_dir, to, flags);
}

int link(const char *from, const char *to)
{
	note("link", AT_FDCWD, to);
	return fails(LINK | CHANGE) ? -1 : REAL(link)(from, to);
}

int linkat(int from_dir, const char *from, int to_dir, const char *to,
	   int flags)
{
	note("link", to_dir, to);
	return fails(LINK | CHANGE) ?
		       -1 : REAL(linkat)(from_dir, from, to_dir, to, flags);
}

int symlink(const char *target, const char *path)
{
	note("symlink", AT_FDCWD, path);
	return fails(LINK | CHANGE) ? -1 : REAL(symlink)(target, path);
}

int symlinkat(const char *target, int dir, const char *path)
{
	note("symlink", dir, path);
	return fails(LINK | CHANGE) ? -1 : REAL(symlinkat)(target, dir, path);
}

int unlink(const char *path)
{
	return fails(UNLINK | CHANGE) ? -1 : REAL(unlink)(path);
}

int unlinkat(int dir, const char *path, int flags)
{
	return fails(UNLINK | CHANGE) ? -1 : REAL(unlinkat)(dir, path, flags);
}

int rmdir(const char *path)
{
	return fails(UNLINK | CHANGE) ? -1 : REAL(rmdir)(path);
}

/* Most are there already. */
static int note_made(int result, int dir, const char *path)
{
	if (!result)
		note("mkdir", dir, path);
	return result;
}

int mkdir(const char *path, mode_t mode)
{
	return note_made(fails(MKDIR | CHANGE) ?
				 -1 : REAL(mkdir)(path, mode), AT_FDCWD, path);
}

int mkdirat(int dir, const char *path, mode_t mode)
{
	return note_made(fails(MKDIR | CHANGE) ?
				 -1 : REAL(mkdirat)(dir, path, mode), dir, path);
}

char *mkdtemp(char *template)
{
	char *made = fails(MKDIR | CHANGE) ? NULL : REAL(mkdtemp)(template);

	note("mkdir", AT_FDCWD, template);
	return made;
}

int mkostemp(char *template, int flags)
{
	int fd = fails(OPEN | CHANGE) ? -1 : REAL(mkostemp)(template, flags);

	note("open", AT_FDCWD, template);
	return fd;
}

int chmod(const char *path, mode_t mode)
{
	return fails(CHMOD | CHANGE) ? -1 : REAL(chmod)(path, mode);
}

int fchmod(int fd, mode_t mode)
{
	return fails(CHMOD | CHANGE) ? -1 : REAL(fchmod)(fd, mode);
}

/* Looking */

int stat(const char *path, struct stat *st)
{
	return fails(STAT) ? -1 : REAL(stat)(path, st);
}

int lstat(const char *path, struct stat *st)
{
	return fails(STAT) ? -1 : REAL(lstat)(path, st);
}

int fstat(int fd, struct stat *st)
{
	return fails(STAT) ? -1 : REAL(fstat)(fd, st);
}

int fstatat(int dir, const char *path, struct stat *st, int flags)
{
	return fails(STAT) ? -1 : REAL(fstatat)(dir, path, st, flags);
}

DIR *opendir(const char *path)
{
	return fails(OPEN) ? NULL : REAL(opendir)(path);
}

struct dirent *readdir(DIR *dir)
{
	return fails(READDIR) ? NULL : REAL(readdir)(dir);
}

/* Processes and threads */

static int start(__typeof__(&posix_spawn) how, pid_t *pid, const char *file,
		 const posix_spawn_file_actions_t *actions,
		 const posix_spawnattr_t *attr, char *const argv[],
		 char *const env[])
{
	static char *const dies[] = { (char *)"sh", (char *)"-c",
				      (char *)"kill -9 $$", NULL };
	int result;

	if (hit(SPAWN | CHANGE)) {
		if (deed == FAIL)
			return value;
		if (deed == CHILD_DIES)
			return how(pid, "/bin/sh", actions, attr, dies, env);
	}
	result = how(pid, file, actions, attr, argv, env);
	/* While it runs, too. */
	if (deed == SIGNAL)
		hit(CHANGE);
	return result;
}

int posix_spawn(pid_t *pid, const char *path,
		const posix_spawn_file_actions_t *actions,
		const posix_spawnattr_t *attr, char *const argv[],
		char *const env[])
{
	return start(REAL(posix_spawn), pid, path, actions, attr, argv, env);
}

int posix_spawnp(pid_t *pid, const char *file,
		 const posix_spawn_file_actions_t *actions,
		 const posix_spawnattr_t *attr, char *const argv[],
		 char *const env[])
{
	return start(REAL(posix_spawnp), pid, file, actions, attr, argv, env);
}

pid_t fork(void)
{
	return fails(SPAWN | CHANGE) ? -1 : REAL(fork)();
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attr,
		   void *(*run)(void *), void *arg)
{
	if (fails(THREAD))
		return value;
	return REAL(pthread_create)(thread, attr, run, arg);
}

/*
 * Our programs are built with 64-bit offsets and call these. This file is
 * not, or `open' here would be `open64'; on a 64-bit machine they are one.
 */
_Static_assert(sizeof(off_t) == 8, "the shim is for 64-bit machines");

#define SAME(name) extern __typeof__(name) name##64 __attribute__((alias(#name)))

SAME(open);
SAME(openat);
SAME(mmap);
SAME(pwrite);
SAME(ftruncate);
SAME(mkostemp);
__attribute__((alias("readdir"))) struct dirent64 *readdir64(DIR *dir);
__attribute__((alias("stat"))) int stat64(const char *, struct stat64 *);
__attribute__((alias("lstat"))) int lstat64(const char *, struct stat64 *);
__attribute__((alias("fstat"))) int fstat64(int, struct stat64 *);
__attribute__((alias("fstatat"))) int fstatat64(int, const char *,
						struct stat64 *, int);
