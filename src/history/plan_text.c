/* SPDX-License-Identifier: MIT */
/*
 * A plan as text. Abbreviated names and what stands behind them are git's own
 * (`git log`), so that the text is the one `git rebase -i` would show.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/run.h"
#include "history/plan.h"

struct shown {
	struct oid oid;
	const char *name, *text; /* in `out` */
};

struct names {
	struct shown *shown; /* sorted */
	size_t nr;
	struct strbuf out;
	const struct hash_algo *algo;
};

static int cmp_shown(const void *a, const void *b)
{
	return memcmp(&((const struct shown *)a)->oid,
		      &((const struct shown *)b)->oid, sizeof(struct oid));
}

static const struct shown *find_shown(const struct names *names,
				      const struct oid *oid)
{
	return bsearch(&(struct shown){ .oid = *oid }, names->shown, names->nr,
		       sizeof(*names->shown), cmp_shown);
}

static const char *shown_name(const struct oid *oid, void *payload)
{
	const struct names *names = payload;
	const struct shown *shown = find_shown(names, oid);

	return shown ? shown->name : oid_hex(oid, names->algo);
}

/*
 * rebase.instructionFormat without the word that says it is one. In it git
 * abbreviates no names: %h, %p and %t are %H, %P and %T there.
 */
static void line_format(struct strbuf *out, struct pare_repo *repo)
{
	const char *format = pare_repo_config_get(repo,
						  "rebase.instructionformat");

	if (!format || !*format)
		format = "%s";
	if (!skip_prefix(format, "format:", &format))
		skip_prefix(format, "tformat:", &format);
	while (*format) {
		bool special = *format == '%' && format[1];

		strbuf_addch(out, *format++);
		if (special && strchr(" +-", *format))
			strbuf_addch(out, *format++);
		if (special && *format) {
			strbuf_addch(out, strchr("hpt", *format) ?
						  *format - 'a' + 'A' :
						  *format);
			format++;
		}
	}
}

/* Three pieces a commit, each ended by a NUL: name, short name, text. */
static void parse_shown(struct names *names, size_t at_most)
{
	const char *p = names->out.buf, *end = p + names->out.len;

	names->shown = xcalloc(at_most, sizeof(*names->shown));
	while (p < end && names->nr < at_most) {
		struct shown *shown = &names->shown[names->nr];

		if (strlen(p) != names->algo->hex_size ||
		    oid_parse(&shown->oid, p, names->algo) < 0)
			break;
		p += strlen(p) + 1;
		if (p >= end)
			break;
		shown->name = p;
		p += strlen(p) + 1;
		if (p >= end)
			break;
		shown->text = p;
		p += strlen(p) + 1;
		names->nr++;
	}
	qsort(names->shown, names->nr, sizeof(*names->shown), cmp_shown);
}

static int ask_names(struct names *names, const struct todo_list *list,
		     struct pare_repo *repo)
{
	struct run run = RUN_INIT;
	struct strbuf in = STRBUF_INIT, format = STRBUF_INIT;
	int result = 0;

	for (size_t i = 0; i < list->nr; i++)
		if (todo_names_commit(&list->items[i]))
			strbuf_addf(&in, "%s\n", oid_hex(&list->items[i].oid,
							 names->algo));
	strvec_pushl(&run.args, "log", "--no-walk=unsorted", "--stdin", "-z",
		     "--no-show-signature", "--no-color", NULL);
	strbuf_addstr(&format, "--format=tformat:%H%x00%h%x00");
	line_format(&format, repo);
	strvec_push(&run.args, format.buf);
	run.in = in.buf;
	run.in_len = in.len;
	run.out = &names->out;
	if (in.len)
		result = run_git(&run);
	else
		strvec_clear(&run.args);
	if (result > 0)
		result = error_set(GIT_ERROR, "git log failed");
	parse_shown(names, list->nr);
	strbuf_release(&format);
	strbuf_release(&in);
	return result;
}

/* Since 2.50 git writes what is not read behind a `#`. */
static int marks_text(bool *marks)
{
	struct strbuf version = STRBUF_INIT;
	int major = 0, minor = 0;
	int error = run_git_capture(&version, "version", NULL);
	const char *p;

	if (!error && skip_prefix(version.buf, "git version ", &p)) {
		char *end;

		major = (int)strtol(p, &end, 10);
		minor = *end == '.' ? (int)strtol(end + 1, NULL, 10) : 0;
	}
	*marks = major > 2 || (major == 2 && minor >= 50);
	strbuf_release(&version);
	return error;
}

/* Did the commit change nothing already when it was made? */
static bool is_empty(const struct pare_plan *plan, const struct oid *oid)
{
	const struct range *range = &plan->rw.range;
	struct pare_repo *repo = plan->rw.face.repo;
	struct oid tree;

	for (size_t i = 0; i < range->nr; i++) {
		const struct commit *commit = &range->commit[i];
		struct commit parent;

		if (!oid_equal(&commit->id, oid))
			continue;
		if (!commit->nr_parents) {
			hash_object(&tree, repo->algo, "tree", "", 0);
		} else if (i) {
			tree = range->commit[i - 1].tree;
		} else {
			if (commit_read(&parent, repo, commit->parent) < 0) {
				error_clear();
				return false;
			}
			tree = parent.tree;
			commit_release(&parent);
		}
		return oid_equal(&tree, &commit->tree);
	}
	return false;
}

/* A copy of the plan's list with git's text behind each commit. */
static void copy_with_text(struct todo_list *out, const struct pare_plan *plan,
			   const struct names *names, const char *comment,
			   bool marks)
{
	struct strbuf arg = STRBUF_INIT;

	for (size_t i = 0; i < plan->list.nr; i++) {
		const struct todo_item *item = &plan->list.items[i];
		const struct shown *shown = NULL;

		strbuf_reset(&arg);
		if (todo_names_commit(item))
			shown = find_shown(names, &item->oid);
		if (item->command == TODO_MERGE || !shown)
			strbuf_addstr(&arg, item->arg);
		if (item->command == TODO_MERGE && shown)
			strbuf_addstr(&arg, " # ");
		else if (marks && shown && shown->text[0] != '#')
			strbuf_addstr(&arg, "# ");
		if (shown)
			strbuf_addstr(&arg, shown->text);
		if (shown && is_empty(plan, &item->oid))
			strbuf_addf(&arg, " %s empty", comment);
		/* git's lists have an empty line behind each of these. */
		if (item->command == TODO_UPDATE_REF ||
		    item->command == TODO_COMMENT)
			strbuf_addch(&arg, '\n');
		todo_list_add(out, item->command, &item->oid, arg.buf)->flags =
			item->flags;
	}
	strbuf_release(&arg);
}

static void add_help(struct strbuf *out, const struct pare_plan *plan,
		     const char *comment)
{
	const struct hash_algo *algo = plan->rw.face.repo->algo;

	strbuf_addf(out, "\n%s %zu line%s, done from the first to the last, ",
		    comment, plan->list.nr, plan->list.nr == 1 ? "" : "s");
	if (oid_is_zero(&plan->onto))
		strbuf_addstr(out, "beginning with a root commit\n");
	else
		strbuf_addf(out, "on top of %.12s\n",
			    oid_hex(&plan->onto, algo));
	strbuf_addf(out, "%s\n", comment);
	todo_help(out, comment);
	strbuf_addf(out, "%s\n%s Lines can be moved. A commit in no line is "
		    "left out of the history.\n%s With no line left, nothing "
		    "is done.\n", comment, comment, comment);
}

int pare_plan_text(struct strbuf *out, struct pare_plan *plan, bool help)
{
	struct pare_repo *repo = plan->rw.face.repo;
	const char *comment = plan_comment(repo);
	struct todo_list list = TODO_LIST_INIT;
	struct names names = { .out = STRBUF_INIT, .algo = repo->algo };
	const struct todo_format_options opts = {
		.comment = comment,
		.abbreviate = pare_repo_config_bool(
			repo, "rebase.abbreviatecommands", false),
		.name = shown_name,
		.payload = &names,
	};
	bool marks;
	int error = marks_text(&marks);

	if (!error)
		error = ask_names(&names, &plan->list, repo);
	if (!error) {
		copy_with_text(&list, plan, &names, comment, marks);
		todo_format(out, &list, &opts);
		if (help)
			add_help(out, plan, comment);
	}
	todo_list_release(&list);
	free(names.shown);
	strbuf_release(&names.out);
	return error;
}
