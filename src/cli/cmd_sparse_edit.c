/* SPDX-License-Identifier: MIT */
/*
 * git sparse edit: the selection in the editor.
 *
 * What is edited are the directories that were added by name and those that
 * were taken out of a profile (`!dir`); active profiles stay. Without an
 * active profile that is the whole selection. The selection is not locked
 * while the editor runs: if it is another one afterwards, nothing is done.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/lockfile.h"
#include "base/quote.h"
#include "cli/command_list.h"
#include "cli/editor.h"
#include "cli/output.h"
#include "cli/sparse_change.h"
#include "cli/sparse_report.h"
#include "cli/sparse_selection.h"

enum { TEXT_BYTES_MAX = 64 << 20 };

static struct sparse_change sc = SPARSE_CHANGE_INIT;

static const struct option options[] = {
	OPT_BOOL(0, "strict", &sc.strict,
		 "refuse unknown directories, 1 if anything is kept"),
	SPARSE_CHANGE_OPTIONS(sc),
	OPT_END,
};

struct edited {
	char *path;   /* of the text while it is edited */
	char *before; /* the selection that the text was made of */
	struct strbuf text;
	struct strvec dirs, out; /* what the text asks for */
	bool quiet_end;          /* nothing is to be done */
};

/* The selection as it is, with what plain git made of it. */
static int read_selection(struct edited *ed, struct pare_selection *sel)
{
	struct pare_sparse_state state = { 0 };
	struct strbuf text = STRBUF_INIT;
	int error = pare_sparse_read(&state, sc.repo);

	if (!error && !state.enabled) {
		error = error_set(GIT_EINVALID, "this worktree is not sparse");
		error_hint("`git sparse set <dir>...` makes a selection");
	}
	if (!error)
		pare_selection_meet(sel, pare_sparse_selected(&state),
				    !state.cone);
	pare_selection_format(&text, sel);
	ed->before = strbuf_detach(&text, NULL);
	pare_sparse_state_release(&state);
	return error;
}

/* In quotes where a line of its own would be read as something else. */
static void add_line(struct strbuf *out, const struct pare_selection *sel,
		     const char *before, const char *item)
{
	struct strbuf shown = STRBUF_INIT;
	bool quote = !sel->patterns && (strchr("#!\" ", *item) ||
					ends_with(item, " "));

	quote_c(&shown, item, strlen(item), false);
	strbuf_addstr(out, before);
	if (sel->patterns)
		strbuf_addstr(out, item);
	else if (quote && shown.buf[0] != '"')
		strbuf_addf(out, "\"%s\"", item);
	else
		strbuf_addbuf(out, &shown);
	strbuf_addch(out, '\n');
	strbuf_release(&shown);
}

static const struct strvec *items_of(const struct pare_applied_profile *p)
{
	return p->patterns.nr ? &p->patterns : &p->dirs;
}

/* Once, behind the first profile that has it, with the names of all. */
static void explain_item(struct strbuf *text, const struct pare_selection *sel,
			 size_t first, const char *item)
{
	const char *before = "  (";

	for (size_t i = 0; i < first; i++)
		if (strvec_contains(items_of(&sel->profile[i]), item))
			return;
	strbuf_addf(text, "#\t%s", quoted(item));
	for (size_t i = first; i < sel->nr_profiles; i++) {
		if (!strvec_contains(items_of(&sel->profile[i]), item))
			continue;
		strbuf_addf(text, "%s%s", before, quoted(sel->profile[i].name));
		before = ", ";
	}
	strbuf_addstr(text, ")\n");
}

static void explain_profiles(struct strbuf *text,
			     const struct pare_selection *sel)
{
	strbuf_addstr(text, "#\n# Active profiles, which stay, bring:\n");
	for (size_t i = 0; i < sel->nr_profiles; i++) {
		const struct strvec *items = items_of(&sel->profile[i]);

		for (size_t j = 0; j < items->nr; j++)
			explain_item(text, sel, i, items->v[j]);
	}
}

static void make_text(struct strbuf *text, const struct pare_selection *sel)
{
	bool has_profiles = sel->profiles.nr;

	for (size_t i = 0; i < sel->dirs.nr; i++)
		add_line(text, sel, "", sel->dirs.v[i]);
	for (size_t i = 0; i < sel->exceptions.nr && !sel->patterns; i++)
		add_line(text, sel, "!", sel->exceptions.v[i]);
	strbuf_addf(text, "\n# The %s of this work tree%s, one a line:\n"
			  "# take a line away to take %s out, add one to bring "
			  "one in.\n",
		    sel->patterns ? "patterns" : "directories",
		    has_profiles ? " that were added by name" : "",
		    sel->patterns ? "it" : "the directory");
	if (has_profiles && !sel->patterns)
		strbuf_addstr(text, "# A `!` in front takes a directory out of "
				    "what a profile wants.\n");
	strbuf_addf(text, "# Lines that begin with # are left out. Nothing is "
			  "changed if you\n# change nothing or %s.\n",
		    has_profiles ? "empty the file" : "no line is left");
	if (has_profiles)
		explain_profiles(text, sel);
}

/* One line of the edited text. */
static int read_line(struct edited *ed, const struct pare_selection *sel,
		     const char *line)
{
	struct strvec one = STRVEC_INIT;
	bool takes_out = !sel->patterns && *line == '!';
	int error;

	if (!line[strspn(line, " \t")] || *line == '#')
		return 0;
	if (takes_out && !sel->profiles.nr)
		return error_set(GIT_EINVALID, "'%s': without an active "
				 "profile there is nothing to take out of",
				 quoted(line));
	strvec_push(&one, takes_out ? line + 1 : line);
	error = pare_sparse_clean_args(takes_out ? &ed->out : &ed->dirs, NULL,
				       sc.repo, &one,
				       PARE_SPARSE_ARGS_STDIN |
					       (sel->patterns ?
							0 :
							PARE_SPARSE_ARGS_CONE));
	strvec_clear(&one);
	return error;
}

static int read_text(struct edited *ed, const struct pare_selection *sel)
{
	struct strvec lines = STRVEC_INIT;
	int error = 0;

	strvec_split_lines(&lines, ed->text.buf);
	for (size_t i = 0; i < lines.nr && !error; i++) {
		error = read_line(ed, sel, lines.v[i]);
		if (error < 0)
			error_wrap(error, "line %zu", i + 1);
	}
	strvec_clear(&lines);
	return error;
}

static int check_terminal(void)
{
	if (getenv("GIT_EDITOR") ||
	    (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)))
		return 0;
	error_set(GIT_EINVALID, "there is no terminal for an editor");
	error_hint("`git sparse set --stdin` reads the directories");
	return GIT_EINVALID;
}

static int let_edit(struct edited *ed)
{
	char *dir = xstrfmt("%s/pare", pare_repo_git_dir(sc.repo));
	struct strbuf original = STRBUF_INIT;
	int error = 0;

	strbuf_addbuf(&original, &ed->text);
	ed->path = xstrfmt("%s/SPARSE_EDIT", dir);
	if (fs_mkdirs(dir, 0777) < 0)
		error = error_errno("cannot make '%s'", quoted(dir));
	if (!error)
		error = lockfile_replace(ed->path, ed->text.buf, ed->text.len);
	if (!error)
		error = editor_open(ed->path, NULL);
	strbuf_reset(&ed->text);
	if (!error)
		error = strbuf_read_file(&ed->text, ed->path, TEXT_BYTES_MAX);
	ed->quiet_end = !error && ed->text.len == original.len &&
			!memcmp(ed->text.buf, original.buf, original.len);
	strbuf_release(&original);
	free(dir);
	return error;
}

/* 1: go on, 0: nothing is to be done. */
static int edit(struct edited *ed)
{
	struct pare_selection sel = PARE_SELECTION_INIT;
	int error;

	if ((error = pare_selection_load(&sel, sc.repo)) < 0 ||
	    (error = read_selection(ed, &sel)) < 0 ||
	    (error = check_terminal()) < 0)
		goto done;
	make_text(&ed->text, &sel);
	if ((error = let_edit(ed)) < 0)
		goto done;
	if (!ed->quiet_end)
		error = read_text(ed, &sel);
	if (!error && !ed->dirs.nr && !ed->out.nr && !sel.profiles.nr)
		ed->quiet_end = true;
	if (!error && !ed->text.buf[strspn(ed->text.buf, " \t\r\n")])
		ed->quiet_end = true;
	if (!error)
		error = !ed->quiet_end;
done:
	pare_selection_release(&sel);
	return error;
}

/* The lines into sc.selection; what is taken out newly goes as `remove` has
 * it, so that what nobody wants is told. */
static void take_lines(const struct edited *ed)
{
	struct pare_selection *sel = &sc.selection;
	struct strvec new = STRVEC_INIT;

	for (size_t i = sel->exceptions.nr; i-- > 0 && !sel->patterns;)
		if (!strvec_contains(&ed->out, sel->exceptions.v[i]))
			strvec_remove(&sel->exceptions, i);
	for (size_t i = 0; i < ed->out.nr; i++)
		if (!strvec_contains(&sel->exceptions, ed->out.v[i]))
			strvec_push(&new, ed->out.v[i]);
	strvec_clear(&sel->dirs);
	strvec_push_all(&sel->dirs, &ed->dirs);
	pare_selection_remove(sel, &sc.kept, &new, true);
	strvec_clear(&new);
}

static int check_same(struct edited *ed)
{
	char *before = ed->before;
	int error = read_selection(ed, &sc.selection);

	if (!error && strcmp(before, ed->before))
		error = error_set(GIT_EMODIFIED, "the selection was changed "
				  "while it was edited");
	free(before);
	return error;
}

static int apply(struct edited *ed)
{
	int error;

	sc.req.action = PARE_SPARSE_SET;
	if ((error = sparse_selection_lock(&sc)) < 0 ||
	    (error = check_same(ed)) < 0)
		return error;
	if (!sc.selection.patterns)
		strvec_push_all(&sc.req.words, &ed->dirs);
	if (sc.selection.profiles.nr) {
		take_lines(ed);
		error = sparse_selection_request(&sc);
	} else {
		strvec_push_all(&sc.req.dirs, &ed->dirs);
	}
	if (!error)
		sparse_selection_settings(&sc);
	sc.req.caller_changes = sparse_selection_is_other(&sc);
	if (!error)
		error = sparse_selection_change(&sc);
	return error < 0 ? error : sparse_selection_finish(&sc);
}

static void edited_release(struct edited *ed)
{
	free(ed->path);
	free(ed->before);
	strbuf_release(&ed->text);
	strvec_clear(&ed->dirs);
	strvec_clear(&ed->out);
}

/* The text goes once it has done its work; else it is there to be mended. */
static void end_text(const struct edited *ed, int error)
{
	char *dir;

	if (!ed->path)
		return;
	if (error < 0 && error != PARE_EHANDOVER && ed->text.len) {
		error_hint("what you wrote is in %s", ed->path);
		return;
	}
	unlink(ed->path);
	dir = xstrndup(ed->path, strlen(ed->path) - strlen("/SPARSE_EDIT"));
	rmdir(dir); /* goes when it is empty */
	free(dir);
}

static int run(const struct command *cmd, int argc, const char **argv)
{
	struct edited ed = { .text = STRBUF_INIT, .dirs = STRVEC_INIT,
			     .out = STRVEC_INIT };
	int error;

	if (!sparse_change_begin(&sc, cmd, argc, argv) ||
	    !sparse_change_no_args(&sc))
		return sc.exit_code;
	error = edit(&ed);
	if (error > 0)
		error = apply(&ed);
	end_text(&ed, error);
	if (ed.quiet_end && !sc.quiet)
		fputs("nothing was changed\n", stderr);
	if (!error && (!ed.quiet_end || sc.json))
		sc.exit_code = sparse_report_print(&sc);
	edited_release(&ed);
	return sparse_change_end(&sc, error);
}

const struct command cmd_sparse_edit = {
	.name = "sparse edit",
	.summary = "the selected directories in the editor",
	.synopsis = { "sparse edit [<options>]" },
	.options = options,
	.run = run,
};
