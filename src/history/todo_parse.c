/* SPDX-License-Identifier: MIT */
/*
 * From text to a list, with git's rules and git's words for what is wrong.
 * The reader goes on behind a fault, so that all of them are told at once.
 */
#include <string.h>

#include "base/error.h"
#include "base/quote.h"
#include "history/todo.h"

static const char blank[] = " \t";

struct parser {
	struct todo_list *list;
	struct strvec *faults;
	const struct todo_parse_options *opts;
	const char *comment;
	size_t line;
	bool meldable; /* something a fixup can go into came before */
};

static void fault(struct parser *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void fault(struct parser *p, const char *fmt, ...)
{
	struct strbuf text = STRBUF_INIT;
	va_list ap;

	strbuf_addf(&text, "line %zu: ", p->line);
	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	strvec_push(p->faults, text.buf);
	strbuf_release(&text);
}

/* The next word of *at, NUL-terminated; *at goes on behind it. */
static char *next_word(char **at)
{
	char *word = *at + strspn(*at, blank);
	char *end = word + strcspn(word, blank);

	*at = end + strspn(end, blank);
	*end = '\0';
	return word;
}

/* -C and -c, with or without a blank before the commit. */
static unsigned parse_flags(char **args)
{
	unsigned flags = 0;

	if (starts_with(*args, "-C"))
		flags = TODO_REPLACE_MESSAGE;
	else if (starts_with(*args, "-c"))
		flags = TODO_REPLACE_MESSAGE | TODO_EDIT_MESSAGE;
	if (flags)
		*args += 2 + strspn(*args + 2, blank);
	return flags;
}

static void check_merge(struct parser *p, enum todo_command command)
{
	if (todo_is_meld(command))
		fault(p, "cannot squash merge commit into another commit");
	else if (command == TODO_PICK || command == TODO_REWORD ||
		 command == TODO_EDIT)
		fault(p, "'%s' does not accept merge commits",
		      todo_command_name(command));
}

static int parse_commit(struct todo_item *item, struct parser *p, char **args)
{
	const char *rev = next_word(args);
	struct todo_commit commit = { .is_merge = false };
	int error;

	if (!*rev) {
		fault(p, "missing arguments for %s",
		      todo_command_name(item->command));
		return 0;
	}
	error = p->opts->resolve(&commit, rev, p->opts->payload);
	if (error == GIT_ENOTFOUND) {
		fault(p, "could not parse '%s'", quoted(rev));
		return 0;
	}
	if (!error && commit.is_merge)
		check_merge(p, item->command);
	item->oid = commit.oid;
	return error;
}

/* What git check-ref-format refuses; `name` is a whole ref. */
static bool is_ref_name(const char *name)
{
	const char *p = name;

	while (*p) {
		size_t len = strcspn(p, "/");

		if (!len || *p == '.' ||
		    (len >= 5 && !memcmp(p + len - 5, ".lock", 5)))
			return false;
		for (const char *end = p + len; p < end; p++)
			if ((unsigned char)*p <= ' ' || *p == 0x7f ||
			    strchr("~^:?*[\\", *p) ||
			    (*p == '.' && p[1] == '.') ||
			    (*p == '@' && p[1] == '{'))
				return false;
		if (*p == '/' && !*++p)
			return false;
	}
	return p != name && p[-1] != '.';
}

static void check_text(struct parser *p, enum todo_command command,
		       const char *text)
{
	if (!*text)
		fault(p, "missing arguments for %s",
		      todo_command_name(command));
	else if (command == TODO_UPDATE_REF &&
		 (!starts_with(text, "refs/") || !is_ref_name(text)))
		fault(p, starts_with(text, "refs/") ?
			      "'%s' is not a valid refname" :
			      "update-ref requires a fully qualified refname "
			      "e.g. refs/heads/%s", quoted(text));
	else if (command == TODO_LABEL &&
		 (!strcmp(text, "#") || !is_ref_name(text)))
		fault(p, "'%s' is not a valid label", quoted(text));
}

static int parse_args(struct todo_item *item, struct parser *p, char *args)
{
	enum todo_args kind = todo_command_args(item->command);
	int error = 0;

	if (kind == TODO_ARGS_TEXT) {
		check_text(p, item->command, args);
	} else if (kind == TODO_ARGS_NONE) {
		if (*args)
			fault(p, "%s does not accept arguments: '%s'",
			      todo_command_name(item->command), quoted(args));
		*args = '\0';
	} else {
		if (item->command == TODO_FIXUP || kind == TODO_ARGS_MERGE)
			item->flags = parse_flags(&args);
		if (todo_names_commit(item))
			error = parse_commit(item, p, &args);
		else
			item->flags = TODO_EDIT_MESSAGE;
	}
	item->arg = args;
	return error;
}

static int parse_line(struct parser *p, char *line)
{
	struct todo_item item = { .line = p->line }, *added;
	char *args = line + strspn(line, blank);
	const char *word;
	int error;

	line = args;
	if (!*line || *line == '\r' || starts_with(line, p->comment))
		return 0;
	word = next_word(&args);
	if (!todo_command_find(&item.command, word, strlen(word))) {
		fault(p, "invalid command '%s'", quoted(word));
		p->meldable = true; /* one fault is told, not its echo */
		return 0;
	}
	error = parse_args(&item, p, args);
	if (error < 0)
		return error;
	if (todo_is_meld(item.command) && !p->meldable)
		fault(p, "cannot '%s' without a previous commit",
		      todo_command_name(item.command));
	else if (!todo_is_noop(item.command))
		p->meldable = true;
	added = todo_list_add(p->list, item.command, &item.oid, item.arg);
	added->flags = item.flags;
	added->line = item.line;
	return 0;
}

int todo_parse(struct todo_list *list, struct strvec *faults, const char *text,
	       size_t len, const struct todo_parse_options *opts)
{
	struct parser p = { .list = list, .faults = faults, .opts = opts,
			    .comment = opts->comment ? opts->comment : "#" };
	const char *end = text + len;
	struct strbuf line = STRBUF_INIT;
	size_t before = faults->nr;
	int error = 0;

	if (len > TODO_TEXT_MAX)
		return error_set(GIT_EINVALID, "the plan is too long");
	while (text < end && !error) {
		const char *lf = memchr(text, '\n', (size_t)(end - text));
		size_t line_len = (size_t)((lf ? lf : end) - text);

		p.line++;
		strbuf_reset(&line);
		strbuf_add(&line, text, line_len);
		while (line.len && line.buf[line.len - 1] == '\r')
			strbuf_setlen(&line, line.len - 1);
		if (memchr(line.buf, 0, line.len))
			fault(&p, "a NUL byte");
		else
			error = parse_line(&p, line.buf);
		text = lf ? lf + 1 : end;
	}
	strbuf_release(&line);
	if (!error && faults->nr > before)
		error = error_set(GIT_EINVALID, "%s", faults->v[before]);
	return error;
}
