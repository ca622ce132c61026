/* SPDX-License-Identifier: MIT */
#include "base/path.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"

enum { PATH_BYTES_MAX = 4096 };

int path_normalize(struct strbuf *out, const char *path)
{
	size_t start = out->len;

	if (*path == '/')
		return -1;
	while (*path) {
		const char *end = strchrnul(path, '/');
		size_t len = (size_t)(end - path);

		if (len == 2 && !memcmp(path, "..", 2)) {
			size_t dir;

			if (out->len == start)
				return -1;
			dir = path_dir_len(out->buf + start, out->len - start);
			strbuf_setlen(out, start + dir);
		} else if (len && !(len == 1 && *path == '.')) {
			if (out->len > start)
				strbuf_addch(out, '/');
			strbuf_add(out, path, len);
		}
		path = *end ? end + 1 : end;
	}
	return 0;
}

/* `.git` or `git~1`, then blanks and dots, then the end or a stream's colon. */
static bool is_ntfs_dotgit(const char *name, size_t len)
{
	size_t i;

	if (len >= 4 && !strncasecmp(name, ".git", 4))
		i = 4;
	else if (len >= 5 && !strncasecmp(name, "git~1", 5))
		i = 5;
	else
		return false;
	while (i < len && (name[i] == ' ' || name[i] == '.'))
		i++;
	return i == len || name[i] == ':' || name[i] == '\\';
}

/* Zero-width and direction marks, which HFS+ leaves out of a name: three
 * bytes of UTF-8 each. */
static bool is_hfs_ignored(const uint8_t *p, size_t len)
{
	if (len < 3)
		return false;
	if (p[0] == 0xef)
		return p[1] == 0xbb && p[2] == 0xbf; /* U+FEFF */
	if (p[0] != 0xe2)
		return false;
	if (p[1] == 0x80)
		return (p[2] >= 0x8c && p[2] <= 0x8f) || /* 200C to 200F */
		       (p[2] >= 0xaa && p[2] <= 0xae);   /* 202A to 202E */
	return p[1] == 0x81 && p[2] >= 0xaa && p[2] <= 0xaf; /* 206A to 206F */
}

static bool is_hfs_dotgit(const char *name, size_t len)
{
	const uint8_t *p = (const uint8_t *)name;
	static const char dotgit[] = ".git";
	size_t matched = 0;

	for (size_t i = 0; i < len;) {
		if (is_hfs_ignored(p + i, len - i)) {
			i += 3;
			continue;
		}
		if (matched == 4 || (p[i] | (matched ? 0x20 : 0)) !=
					    (uint8_t)dotgit[matched])
			return false;
		matched++;
		i++;
	}
	return matched == 4;
}

/* To NTFS a backslash is a slash. */
static bool has_ntfs_dotgit(const char *name, size_t len)
{
	const char *end = name + len;

	while (name && !is_ntfs_dotgit(name, end - name)) {
		name = memchr(name, '\\', end - name);
		name = name ? name + 1 : NULL;
	}
	return name != NULL;
}

static bool component_is_safe(const char *name, size_t len)
{
	if (!len || (len == 1 && name[0] == '.') ||
	    (len == 2 && name[0] == '.' && name[1] == '.'))
		return false;
	return !has_ntfs_dotgit(name, len) && !is_hfs_dotgit(name, len);
}

bool path_is_safe(const char *path, size_t len)
{
	size_t start = 0;

	if (!len || len >= PATH_BYTES_MAX || memchr(path, '\0', len))
		return false;
	for (size_t i = 0; i <= len; i++) {
		if (i < len && path[i] != '/')
			continue;
		if (!component_is_safe(path + start, i - start))
			return false;
		start = i + 1;
	}
	return true;
}

bool path_is_under(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return !len || (!strncmp(path, dir, len) &&
			(!path[len] || path[len] == '/'));
}

bool path_is_under_fold(const char *path, const char *dir, bool ignore_case)
{
	size_t len = strlen(dir);

	if (!ignore_case)
		return path_is_under(path, dir);
	return !len || (!strncasecmp(path, dir, len) &&
			(!path[len] || path[len] == '/'));
}

size_t path_dir_len(const char *path, size_t len)
{
	while (len && path[len - 1] != '/')
		len--;
	return len ? len - 1 : 0;
}

bool path_same_dir(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t len = path_dir_len(a, a_len);

	return len == path_dir_len(b, b_len) && !memcmp(a, b, len);
}

void path_append(struct strbuf *path, const char *name)
{
	if (path->len && path->buf[path->len - 1] != '/')
		strbuf_addch(path, '/');
	strbuf_addstr(path, name);
}

/* Damerau's count: insert, delete, replace, swap two neighbours. */
size_t edit_distance(const char *a, const char *b)
{
	size_t a_len = strlen(a), b_len = strlen(b), width = b_len + 1;
	size_t *row = xcalloc(3 * width, sizeof(*row)), distance;
	size_t *before = row, *above = row + width, *now = row + 2 * width;

	for (size_t j = 0; j <= b_len; j++)
		above[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *spare = before;

		now[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t best = above[j - 1] + (a[i - 1] != b[j - 1]);

			if (above[j] + 1 < best)
				best = above[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			now[j] = best;
		}
		before = above;
		above = now;
		now = spare;
	}
	distance = above[b_len];
	free(row);
	return distance;
}

void path_relative(struct strbuf *out, const char *path, const char *prefix)
{
	size_t same = 0, len = strlen(path), before = out->len;

	for (size_t i = 0; prefix[i]; i++) {
		if (i < len ? prefix[i] != path[i] : i > len)
			break;
		if (prefix[i] == '/')
			same = i + 1;
	}
	for (const char *up = prefix + same; *up; up++)
		if (*up == '/')
			strbuf_addstr(out, "../");
	if (same < len && path[same] == '-' && out->len == before)
		strbuf_addstr(out, "./");
	if (same < len)
		strbuf_addstr(out, path + same);
	else if (out->len > before)
		strbuf_setlen(out, out->len - 1);
	else
		strbuf_addch(out, '.');
}

/*
 * In halves of an edit: a word that was not typed to its end is farther than
 * one wrong letter, and nearer than two.
 */
static size_t word_distance(const char *word, const char *whole)
{
	enum { PREFIX_MIN = 3, PREFIX_HALVES = 3 };
	size_t halves = 2 * edit_distance(word, whole);

	if (halves > PREFIX_HALVES && strlen(word) >= PREFIX_MIN &&
	    !strncmp(word, whole, strlen(word)))
		halves = PREFIX_HALVES;
	return halves;
}

const char *nearest_word(const char *word, const char *const *words)
{
	size_t best = 2 * (strlen(word) / 3 + 2); /* else it is another */
	const char *nearest = NULL;

	for (; *words; words++) {
		size_t distance = word_distance(word, *words);

		if (distance < best) {
			best = distance;
			nearest = *words;
		}
	}
	return nearest;
}
