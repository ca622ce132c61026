/* SPDX-License-Identifier: MIT */
/*
 * The plan of a rewrite in the grammar of git's sequencer, from text and
 * back. A list is data: reading it runs nothing.
 *
 *	struct todo_list list = TODO_LIST_INIT;
 *	struct strvec faults = STRVEC_INIT;
 *
 *	if ((error = todo_parse(&list, &faults, text, len, &opts)) < 0)
 *		…                       every fault with its line is in `faults`
 *	todo_list_release(&list);
 */
#ifndef PARE_HISTORY_TODO_H
#define PARE_HISTORY_TODO_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/strbuf.h"
#include "base/strvec.h"

enum todo_command {
	TODO_PICK,
	TODO_REWORD,
	TODO_EDIT,
	TODO_SQUASH,
	TODO_FIXUP,
	TODO_EXEC,
	TODO_BREAK,
	TODO_DROP,
	TODO_LABEL,
	TODO_RESET,
	TODO_MERGE,
	TODO_UPDATE_REF,
	TODO_NOOP,
	TODO_REVERT,
	TODO_COMMENT, /* only in generated lists; a reader passes over it */
};

enum todo_flags {
	TODO_REPLACE_MESSAGE = 1 << 0, /* fixup -C and -c, merge -C and -c */
	TODO_EDIT_MESSAGE = 1 << 1,    /* -c, and a merge without either */
};

struct todo_item {
	enum todo_command command;
	unsigned flags;
	struct oid oid;  /* of the commit it is about; zero without one */
	const char *arg; /* what stands behind it, never NULL: the subject; the
			  * command line, label or ref; a merge's parents; of
			  * TODO_COMMENT the text behind the comment string */
	size_t line;     /* from 1 on; 0: it came from no text */
};

struct todo_list {
	struct todo_item *items;
	size_t nr, alloc;
	struct arena strings; /* what the items' `arg` points to */
};

#define TODO_LIST_INIT { .items = NULL, .strings = ARENA_INIT }

void todo_list_release(struct todo_list *list);

/*
 * Add an item; `oid` and `arg` are copied and may be NULL. It is valid until
 * the next one is added.
 */
struct todo_item *todo_list_add(struct todo_list *list,
				enum todo_command command,
				const struct oid *oid, const char *arg);

/* "pick", "update-ref"; NULL for TODO_COMMENT. */
const char *todo_command_name(enum todo_command command);

/* The command of this name or letter; false when there is none. */
bool todo_command_find(enum todo_command *out, const char *word, size_t len);

/* fixup or squash: it melds into the commit before it. */
static inline bool todo_is_meld(enum todo_command command)
{
	return command == TODO_FIXUP || command == TODO_SQUASH;
}

/* noop, comment and drop: they make nothing and end no group of melds. */
static inline bool todo_is_noop(enum todo_command command)
{
	return command == TODO_NOOP || command == TODO_COMMENT ||
	       command == TODO_DROP;
}

/* What follows the command's word. */
enum todo_args { TODO_ARGS_NONE, TODO_ARGS_COMMIT, TODO_ARGS_TEXT,
		 TODO_ARGS_MERGE };
enum todo_args todo_command_args(enum todo_command command);

/* Is it about one commit, named in `oid` (also a merge with -C or -c)? */
bool todo_names_commit(const struct todo_item *item);

/* Is it one of exec, edit, break, label, reset, merge and revert? */
bool todo_command_needs_git(enum todo_command command);

/*
 * The first item that needs a work tree or a person, so that only git itself
 * can do it (exec, edit, break, label, reset, merge, revert), or NULL.
 */
const struct todo_item *todo_needs_git(const struct todo_list *list);

/* A commit as the parser wants to know it. */
struct todo_commit {
	struct oid oid;
	bool is_merge;
};

struct todo_parse_options {
	const char *comment; /* begins a comment line; NULL: "#", "": none is
			      * wanted */
	/*
	 * Look up a revision expression without blanks. GIT_ENOTFOUND when it
	 * names no commit; other errors end the parse.
	 */
	int (*resolve)(struct todo_commit *out, const char *rev, void *payload);
	void *payload;
};

enum { TODO_TEXT_MAX = 64 << 20 };

/*
 * Read `text` as git would and append its items to `list`; comments and empty
 * lines are left out, CRLF line ends are taken. The whole text is checked:
 * each fault goes to `faults` as "line 4: …", and any makes the answer
 * GIT_EINVALID with the first as its message.
 */
int todo_parse(struct todo_list *list, struct strvec *faults, const char *text,
	       size_t len, const struct todo_parse_options *opts);

struct todo_format_options {
	const char *comment; /* NULL: "#" */
	bool abbreviate;     /* "p" for "pick" (rebase.abbreviateCommands) */
	/* The name to print for a commit, borrowed until the next call. */
	const char *(*name)(const struct oid *oid, void *payload);
	void *payload;
};

/* Append the list as text, a line each. */
void todo_format(struct strbuf *out, const struct todo_list *list,
		 const struct todo_format_options *opts);

/* Append what the commands mean, each line a comment. */
void todo_help(struct strbuf *out, const char *comment);

/*
 * The items of `before` whose commits no item of `after` names, in the order
 * of `before`: positions in `before->items`, free(3) *missing.
 */
void todo_missing(size_t **missing, size_t *nr, const struct todo_list *before,
		  const struct todo_list *after);

#endif
