/* SPDX-License-Identifier: MIT */
/*
 * One table of commands is behind the reader, the writer and every question
 * about a command.
 */
#include "history/todo.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* clang-format off */
static const struct command {
	const char *name;
	char letter;
	enum todo_args args;
	bool git;         /* only git can do it */
	const char *help; /* what follows the name, and what it does */
} commands[] = {
	[TODO_PICK]       = { "pick",       'p', TODO_ARGS_COMMIT, false,
		"<commit>\0keep it" },
	[TODO_REWORD]     = { "reword",     'r', TODO_ARGS_COMMIT, false,
		"<commit>\0keep it under another message" },
	[TODO_EDIT]       = { "edit",       'e', TODO_ARGS_COMMIT, true,
		"<commit>\0stop there to amend it" },
	[TODO_SQUASH]     = { "squash",     's', TODO_ARGS_COMMIT, false,
		"<commit>\0meld it into the one above, join the messages" },
	[TODO_FIXUP]      = { "fixup",      'f', TODO_ARGS_COMMIT, false,
		"[-C|-c] <commit>\0meld it; with -C its message is the one "
		"kept, -c opens the editor on it" },
	[TODO_EXEC]       = { "exec",       'x', TODO_ARGS_TEXT,   true,
		"<command>\0run it in the shell" },
	[TODO_BREAK]      = { "break",      'b', TODO_ARGS_NONE,   true,
		"\0stop here" },
	[TODO_DROP]       = { "drop",       'd', TODO_ARGS_COMMIT, false,
		"<commit>\0leave it out" },
	[TODO_LABEL]      = { "label",      'l', TODO_ARGS_TEXT,   true,
		"<name>\0call what was made so far by a name" },
	[TODO_RESET]      = { "reset",      't', TODO_ARGS_TEXT,   true,
		"<name>\0go on from there" },
	[TODO_MERGE]      = { "merge",      'm', TODO_ARGS_MERGE,  true,
		"[-C|-c <commit>] <name>\0merge that, with this message" },
	[TODO_UPDATE_REF] = { "update-ref", 'u', TODO_ARGS_TEXT,   false,
		"<ref>\0move the ref to what was made so far" },
	[TODO_NOOP]       = { "noop",       0,   TODO_ARGS_NONE,   false, NULL },
	[TODO_REVERT]     = { "revert",     0,   TODO_ARGS_COMMIT, true,  NULL },
};
/* clang-format on */

void todo_list_release(struct todo_list *list)
{
	free(list->items);
	arena_release(&list->strings);
	*list = (struct todo_list)TODO_LIST_INIT;
}

struct todo_item *todo_list_add(struct todo_list *list,
				enum todo_command command,
				const struct oid *oid, const char *arg)
{
	struct todo_item *item;

	ALLOC_GROW(list->items, list->nr + 1, list->alloc);
	item = &list->items[list->nr++];
	*item = (struct todo_item){ .command = command, .arg = "" };
	if (oid)
		item->oid = *oid;
	if (arg && *arg)
		item->arg = arena_strndup(&list->strings, arg, strlen(arg));
	return item;
}

const char *todo_command_name(enum todo_command command)
{
	return command < ARRAY_SIZE(commands) ? commands[command].name : NULL;
}

enum todo_args todo_command_args(enum todo_command command)
{
	return command < ARRAY_SIZE(commands) ? commands[command].args :
						TODO_ARGS_NONE;
}

bool todo_names_commit(const struct todo_item *item)
{
	enum todo_args args = todo_command_args(item->command);

	return args == TODO_ARGS_COMMIT ||
	       (args == TODO_ARGS_MERGE && item->flags & TODO_REPLACE_MESSAGE);
}

bool todo_command_needs_git(enum todo_command command)
{
	return command < ARRAY_SIZE(commands) && commands[command].git;
}

const struct todo_item *todo_needs_git(const struct todo_list *list)
{
	for (size_t i = 0; i < list->nr; i++)
		if (todo_command_needs_git(list->items[i].command))
			return &list->items[i];
	return NULL;
}

bool todo_command_find(enum todo_command *out, const char *word, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		const struct command *command = &commands[i];

		if ((strlen(command->name) == len &&
		     !memcmp(command->name, word, len)) ||
		    (len == 1 && command->letter == *word)) {
			*out = (enum todo_command)i;
			return true;
		}
	}
	return false;
}

static void format_item(struct strbuf *out, const struct todo_item *item,
			const struct todo_format_options *opts)
{
	const struct command *command = &commands[item->command];

	if (opts->abbreviate && command->letter)
		strbuf_addch(out, command->letter);
	else
		strbuf_addstr(out, command->name);
	if (todo_names_commit(item)) {
		if (item->flags & TODO_REPLACE_MESSAGE)
			strbuf_addstr(out, item->flags & TODO_EDIT_MESSAGE ?
						   " -c" : " -C");
		strbuf_addf(out, " %s", opts->name(&item->oid, opts->payload));
	}
	if (*item->arg)
		strbuf_addf(out, " %s", item->arg);
	strbuf_addch(out, '\n');
}

void todo_format(struct strbuf *out, const struct todo_list *list,
		 const struct todo_format_options *opts)
{
	const char *comment = opts->comment ? opts->comment : "#";

	for (size_t i = 0; i < list->nr; i++) {
		const struct todo_item *item = &list->items[i];

		if (item->command != TODO_COMMENT)
			format_item(out, item, opts);
		else if (*comment)
			strbuf_addf(out, "%s%s\n", comment, item->arg);
	}
}

static int cmp_oid(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct oid));
}

void todo_missing(size_t **missing, size_t *nr, const struct todo_list *before,
		  const struct todo_list *after)
{
	struct oid *named = xcalloc(after->nr, sizeof(*named));
	size_t nr_named = 0;

	for (size_t i = 0; i < after->nr; i++)
		if (todo_names_commit(&after->items[i]))
			named[nr_named++] = after->items[i].oid;
	qsort(named, nr_named, sizeof(*named), cmp_oid);
	*missing = xcalloc(before->nr, sizeof(**missing));
	*nr = 0;
	for (size_t i = 0; i < before->nr; i++) {
		const struct todo_item *item = &before->items[i];

		if (todo_names_commit(item) &&
		    !bsearch(&item->oid, named, nr_named, sizeof(*named),
			     cmp_oid))
			(*missing)[(*nr)++] = i;
	}
	free(named);
}

void todo_help(struct strbuf *out, const char *comment)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		const struct command *command = &commands[i];
		const char *args = command->help;

		if (!args)
			continue;
		strbuf_addf(out, "%s %c, %s%s%s: %s%s\n", comment,
			    command->letter, command->name, *args ? " " : "",
			    args, args + strlen(args) + 1,
			    command->git ? " (git rebase does it)" : "");
	}
}
