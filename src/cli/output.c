/* SPDX-License-Identifier: MIT */
#include "cli/output.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/quote.h"
#include "cli/command.h"

enum { TURNS = 4 };

static bool use_color;
static bool for_eyes; /* stdout is a terminal, or a pager's */
static bool quote_high = true;
static bool as_pairs; /* -z */

static bool want_color(struct pare_repo *repo)
{
	const char *when = NULL, *term = getenv("TERM");
	const char *no_color = getenv("NO_COLOR");

	if (repo) {
		when = pare_repo_config_get(repo, "color.pare");
		if (!when)
			when = pare_repo_config_get(repo, "color.ui");
	}
	if (when && !strcasecmp(when, "always"))
		return true;
	if (when && (!strcasecmp(when, "never") ||
		     !strcasecmp(when, "false")))
		return false;
	if (no_color && *no_color)
		return false;
	/* A pager that git started is a terminal all the same. */
	return (isatty(STDOUT_FILENO) || getenv("GIT_PAGER_IN_USE")) &&
	       term && strcmp(term, "dumb");
}

void output_setup(struct pare_repo *repo)
{
	for_eyes = isatty(STDOUT_FILENO) || getenv("GIT_PAGER_IN_USE");
	use_color = want_color(repo);
	if (repo)
		quote_high = pare_repo_config_bool(repo, "core.quotepath",
						   true);
}

const char *color(enum color c)
{
	static const char *const sequence[] = {
		[COLOR_RESET] = "\033[m",   [COLOR_BOLD] = "\033[1m",
		[COLOR_RED] = "\033[31m",   [COLOR_GREEN] = "\033[32m",
		[COLOR_YELLOW] = "\033[33m", [COLOR_CYAN] = "\033[36m",
		[COLOR_DIM] = "\033[2m",
	};

	return use_color ? sequence[c] : "";
}

const char *shown_path(const char *path)
{
	static struct strbuf buf[TURNS] = { STRBUF_INIT, STRBUF_INIT,
					    STRBUF_INIT, STRBUF_INIT };
	static unsigned turn;
	struct strbuf *out = &buf[turn++ % TURNS];

	strbuf_reset(out);
	quote_c(out, path, strlen(path), quote_high);
	return out->buf;
}

void output_text(const char *text, size_t len)
{
	struct strbuf shown = STRBUF_INIT;

	if (for_eyes)
		quote_text(&shown, text, len);
	else
		strbuf_add(&shown, text, len);
	fwrite(shown.buf, 1, shown.len, stdout);
	strbuf_release(&shown);
}

const char *shown_size(uint64_t bytes)
{
	static const char *const unit[] = { "bytes", "KiB", "MiB", "GiB",
					    "TiB" };
	static char buf[TURNS][32];
	static unsigned turn;
	char *out = buf[turn++ % TURNS];
	double value = (double)bytes;
	size_t u = 0;

	while (value >= 1024 && u + 1 < ARRAY_SIZE(unit)) {
		value /= 1024;
		u++;
	}
	if (u)
		snprintf(out, sizeof(buf[0]), "%.1f %s", value, unit[u]);
	else
		snprintf(out, sizeof(buf[0]), "%" PRIu64 " %s", bytes,
			 bytes == 1 ? "byte" : "bytes");
	return out;
}

const char *shown_count(uint64_t nr, const char *one, const char *many)
{
	static char buf[TURNS][96];
	static unsigned turn;
	char *out = buf[turn++ % TURNS], digits[32], grouped[48];
	size_t len, at = 0;

	len = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, nr);
	for (size_t i = 0; i < len; i++) {
		if (i && !((len - i) % 3))
			grouped[at++] = ',';
		grouped[at++] = digits[i];
	}
	grouped[at] = '\0';
	snprintf(out, sizeof(buf[0]), "%s %s", grouped, nr == 1 ? one : many);
	return out;
}

int output_take_z(const struct option *opt, const char *arg, bool unset)
{
	(void)arg;
	(void)unset;
	*(bool *)opt->value = true;
	as_pairs = true;
	return 0;
}

static void print_pair(const struct strbuf *key, const json_t *value)
{
	fwrite(key->buf, 1, key->len + 1, stdout);
	if (json_is_string(value))
		fputs(json_string_value(value), stdout);
	else if (json_is_integer(value))
		printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else
		fputs(json_is_true(value) ? "true" : "false", stdout);
	putchar('\0');
}

/* The keys as git-pare(1) names them; what is null is left out. */
static void print_pairs(struct strbuf *key, json_t *value)
{
	size_t len = key->len, i;
	const char *name;
	json_t *item;

	if (json_is_object(value)) {
		json_object_foreach(value, name, item) {
			strbuf_addf(key, "%s%s", len ? "." : "", name);
			print_pairs(key, item);
			strbuf_setlen(key, len);
		}
	} else if (json_is_array(value)) {
		json_array_foreach(value, i, item) {
			if (json_is_object(item))
				strbuf_addstr(key, "[]");
			print_pairs(key, item);
			strbuf_setlen(key, len);
		}
	} else if (!json_is_null(value)) {
		print_pair(key, value);
	}
}

/* Between the strings all of it is ASCII. */
static int print_json(const char *text, size_t len, void *payload)
{
	struct strbuf *shown = payload;

	strbuf_reset(shown);
	quote_json(shown, text, len);
	return fwrite(shown->buf, 1, shown->len, stdout) < shown->len;
}

int output_json(json_t *json)
{
	struct strbuf buf = STRBUF_INIT;
	int failed = !json;

	if (!failed && as_pairs)
		print_pairs(&buf, json);
	else if (!failed)
		failed = json_dump_callback(json, print_json, &buf,
					    JSON_INDENT(2)) ||
			 putchar('\n') == EOF;
	strbuf_release(&buf);
	json_decref(json);
	if (!failed)
		return EXIT_DONE;
	error_set(GIT_ERROR, "could not write JSON");
	return command_fail(GIT_ERROR);
}

/* Bytes of the UTF-8 character at `s`, 0 when it is not one. */
static size_t utf8_len(const unsigned char *s, size_t left)
{
	size_t len = s[0] < 0x80	       ? 1 :
		     s[0] >= 0xc2 && s[0] < 0xe0 ? 2 :
		     (s[0] & 0xf0) == 0xe0       ? 3 :
		     s[0] >= 0xf0 && s[0] < 0xf5 ? 4 :
						   0;

	if (!len || len > left)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return len;
}

json_t *json_path(const char *path)
{
	struct strbuf text = STRBUF_INIT;
	size_t left = strlen(path);
	json_t *json;

	if (as_pairs)
		return json_stringn_nocheck(path, left);
	while (left) {
		size_t len = utf8_len((const unsigned char *)path, left);

		if (len)
			strbuf_add(&text, path, len);
		else
			strbuf_addstr(&text, "\xef\xbf\xbd");
		path += len ? len : 1;
		left -= len ? len : 1;
	}
	json = json_string(text.buf);
	strbuf_release(&text);
	return json;
}

json_t *json_strvec(const struct strvec *sv)
{
	json_t *array = json_array();

	for (size_t i = 0; i < sv->nr; i++)
		json_array_append_new(array, json_path(sv->v[i]));
	return array;
}

int output_finish(int exit_code)
{
	int failed = fflush(stdout) || ferror(stdout);

	if (!failed)
		return exit_code;
	if (errno == EPIPE)
		return exit_code ? exit_code : 128 + 13;
	error_errno("could not write to stdout");
	command_fail(GIT_ERROR);
	return exit_code ? exit_code : EXIT_FATAL;
}
