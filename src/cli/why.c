/* SPDX-License-Identifier: MIT */
#include "cli/why.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/path.h"
#include "base/quote.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/profile_view.h"

enum { OFFERS_NAMED = 3 };

int why_context_open(struct why_context *c, struct pare_repo *repo)
{
	const struct strvec *present;
	const char *dir = pare_repo_git_dir(repo), *rest;
	int error;

	*c = (struct why_context){ .repo = repo, .sel = PARE_SELECTION_INIT };
	/* Below the work tree the name is short. */
	if (skip_prefix(dir, pare_repo_worktree(repo), &rest) && *rest == '/')
		dir = rest + 1;
	c->pattern_file = xstrfmt("%s/info/sparse-checkout", dir);
	if ((error = pare_sparse_read(&c->state, repo)) < 0 ||
	    (error = pare_selection_load(&c->sel, repo)) < 0 ||
	    (error = pare_sparse_explain_open(&c->explain, repo)) < 0)
		return error;
	present = pare_sparse_selected(&c->state);
	if (c->state.enabled)
		pare_selection_meet(&c->sel, present, !c->state.cone);
	if (pare_profiles_load(&c->all, repo) < 0) {
		command_warn("%s", error_message());
		error_clear();
	}
	return 0;
}

void why_context_release(struct why_context *c)
{
	pare_sparse_explain_free(c->explain);
	pare_sparse_state_release(&c->state);
	pare_selection_release(&c->sel);
	pare_profiles_free(c->all);
	free(c->pattern_file);
}

/* From the root; links on the way are taken as names, as the index does. */
static int take_name(struct why *why, const struct pare_repo *repo,
		     const char *arg)
{
	const char *top = pare_repo_worktree(repo);
	struct strbuf joined = STRBUF_INIT, name = STRBUF_INIT;
	int error = 0;

	if (*arg == '/' && path_is_under(arg, top))
		strbuf_addstr(&joined, arg + strlen(top));
	else if (*arg == '/')
		strbuf_addstr(&joined, "..");
	else
		strbuf_addf(&joined, "%s%s", pare_repo_prefix(repo), arg);
	while (joined.len && joined.buf[0] == '/') {
		memmove(joined.buf, joined.buf + 1, joined.len);
		joined.len--;
	}
	if (path_normalize(&name, joined.buf) < 0)
		error = error_set(GIT_EINVALID,
				  "'%s' is outside repository at '%s'",
				  quoted(arg), top);
	strbuf_release(&joined);
	why->name = strbuf_detach(&name, NULL);
	return error;
}

/* In quotes, as short as they can be. */
static void add_quoted(struct strbuf *out, const char *text)
{
	if (strchr(text, '\''))
		quote_sh(out, text);
	else
		strbuf_addf(out, "'%s'", text);
}

/* `dir` for a command that is typed here, quoted for the shell. */
static void add_argument(struct strbuf *out, const struct pare_repo *repo,
			 const char *dir)
{
	struct strbuf arg = STRBUF_INIT;

	if (strpbrk(dir, "*?[]") || *dir == '!')
		strbuf_addstr(out, "--skip-checks ");
	path_relative(&arg, dir, pare_repo_prefix(repo));
	if (strspn(arg.buf,
		   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		   "0123456789._/+@%:,=-") == arg.len)
		strbuf_addbuf(out, &arg);
	else
		add_quoted(out, arg.buf);
	strbuf_release(&arg);
}

static void add_command(struct why *why, const struct pare_repo *repo,
			const char *command, const char *dir)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "%s ", command);
	add_argument(&text, repo, dir);
	strvec_push(&why->command, text.buf);
	strbuf_release(&text);
}

/* A whole pattern, which is taken as it is. */
static void add_pattern_command(struct why *why, const char *command,
				const char *before, const char *name)
{
	struct strbuf text = STRBUF_INIT, pattern = STRBUF_INIT;

	strbuf_addf(&pattern, "%s/", before);
	for (; *name; name++) {
		if (strchr("*?[\\", *name))
			strbuf_addch(&pattern, '\\');
		strbuf_addch(&pattern, *name);
	}
	if (why->path.is_dir)
		strbuf_addch(&pattern, '/');
	strbuf_addf(&text, "%s ", command);
	add_quoted(&text, pattern.buf);
	strvec_push(&why->command, text.buf);
	strbuf_release(&text);
	strbuf_release(&pattern);
}

/* The directory that a command has to name for this path. */
static char *dir_of(const struct why *why)
{
	size_t len = strlen(why->name);

	return xstrndup(why->name,
			why->path.is_dir ? len : path_dir_len(why->name, len));
}

static const char *shown_chain(struct strbuf *out, const struct strvec *chain)
{
	strbuf_reset(out);
	for (size_t i = 0; i < chain->nr; i++)
		strbuf_addf(out, "%s'%s'",
			    i ? ", which inherits " : "profile ",
			    shown_path(chain->v[i]));
	return out->buf;
}

static void tell_reason(struct why *why, const struct pare_reason *r)
{
	static const char *const verb[] = {
		[PARE_REASON_PROFILE] = "wanted by",
		[PARE_REASON_OWN] = "added by name",
		[PARE_REASON_EXCLUDE] = "taken out by",
		[PARE_REASON_EXCEPTION] = "taken out by name",
		[PARE_REASON_OFFER] = "offered by",
		[PARE_REASON_DRIFT] = "wanted, since it was applied, by",
	};
	struct strbuf text = STRBUF_INIT, chain = STRBUF_INIT;
	bool is_line = why->path.rule == PARE_SPARSE_RULE_PATTERN &&
		       r->chain.nr;

	/* A pattern may be wanted to take something out. */
	strbuf_addstr(&text, is_line ? "set by" : verb[r->kind]);
	if (r->chain.nr)
		strbuf_addf(&text, " %s", shown_chain(&chain, &r->chain));
	strbuf_addf(&text, ": %s", shown_path(r->item));
	if (r->origin.file)
		strbuf_addf(&text, " (%s:%u)", r->origin.file, r->origin.line);
	else if (r->chain.nr)
		strbuf_addstr(&text, " (its file does not say so any more)");
	strvec_push(&why->line, text.buf);
	strbuf_release(&text);
	strbuf_release(&chain);
}

static bool takes_out(const struct pare_reason *r)
{
	return r->kind == PARE_REASON_EXCLUDE ||
	       r->kind == PARE_REASON_EXCEPTION;
}

/* Of all who say something, those whose word it is that counts. */
static bool decides(const struct why *why, size_t i)
{
	bool any_out = why->nr_reasons && takes_out(&why->reason[0]);
	const struct pare_reason *r = &why->reason[i];

	if (why->path.verdict == PARE_SPARSE_OUT)
		return takes_out(r);
	/* What is taken out comes back by name only. */
	return !takes_out(r) && !(any_out && r->kind == PARE_REASON_PROFILE);
}

static void keep_deciding(struct why *why)
{
	size_t nr = 0;
	struct pare_reason *r = why->reason;
	bool *keep = xcalloc(why->nr_reasons + 1, sizeof(*keep));

	for (size_t i = 0; i < why->nr_reasons; i++)
		keep[i] = decides(why, i);
	for (size_t i = 0; i < why->nr_reasons; i++) {
		struct pare_reason dropped = r[i];

		if (!keep[i])
			continue;
		r[i] = r[nr];
		r[nr++] = dropped;
	}
	for (size_t i = nr; i < why->nr_reasons; i++) {
		free(r[i].item);
		strvec_clear(&r[i].chain);
	}
	why->nr_reasons = nr;
	free(keep);
}

static bool wanted_by_profile(const struct why *why)
{
	for (size_t i = 0; i < why->nr_reasons; i++)
		if (why->reason[i].kind == PARE_REASON_PROFILE)
			return true;
	return false;
}

static void tell_pattern_line(struct why *why, const struct why_context *c)
{
	const struct pare_sparse_explained *p = &why->path;

	if (!p->line)
		return;
	strvec_pushf(&why->line, "%s%s (%s:%u)",
		     p->rule == PARE_SPARSE_RULE_PATTERN ? "pattern " :
							   "selected: ",
		     shown_path(p->by), c->pattern_file, p->line);
}

static void tell_rule(struct why *why, const struct why_context *c)
{
	const struct pare_sparse_explained *p = &why->path;

	switch (p->rule) {
	case PARE_SPARSE_RULE_ALL:
		strvec_push(&why->line, c->state.enabled ?
					"the selection takes in everything" :
					"this work tree is not sparse");
		break;
	case PARE_SPARSE_RULE_ROOT:
		strvec_push(&why->line, "files in the root always are");
		break;
	case PARE_SPARSE_RULE_PARENT:
		strvec_pushf(&why->line, p->is_dir ?
			     "a directory below it is selected, and with that "
			     "its own files: %s" :
			     "files on the way down to a selected directory "
			     "are: %s", shown_path(p->by));
		break;
	case PARE_SPARSE_RULE_NONE:
		if (p->verdict != PARE_SPARSE_OUT)
			strvec_push(&why->line, "no pattern is about it; its "
				    "files are judged one by one");
		else if (!why->nr_reasons)
			strvec_push(&why->line, "nothing selects it");
		break;
	default:
		break;
	}
}

static void tell_disk(struct why *why)
{
	const struct pare_sparse_explained *p = &why->path;
	const char *text = NULL;

	if (p->what == PARE_SPARSE_UNTRACKED)
		text = "it is untracked: git leaves it where it is";
	else if (p->what != PARE_SPARSE_FILE)
		return;
	else if (p->verdict == PARE_SPARSE_OUT && p->unmerged)
		text = "it is here all the same: it is in conflict";
	else if (p->verdict == PARE_SPARSE_OUT && p->modified)
		text = "it is here all the same: it is modified; once that is "
		       "committed, `git sparse reapply` takes it away";
	else if (p->verdict == PARE_SPARSE_OUT && p->present)
		text = "it is here all the same; `git sparse reapply` takes it "
		       "away";
	else if (p->verdict == PARE_SPARSE_IN && !p->present && p->skipped)
		text = "it is not here all the same; `git sparse reapply` "
		       "brings it";
	else if (p->verdict == PARE_SPARSE_IN && !p->present)
		text = "it is not here: it was deleted; `git restore` brings "
		       "it back";
	if (text)
		strvec_push(&why->line, text);
}

/* Drift comes first. */
static bool has_drift(const struct why *why)
{
	return why->nr_offers && why->offer[0].kind == PARE_REASON_DRIFT;
}

static void choose_cone_commands(struct why *why, const struct why_context *c)
{
	const struct pare_sparse_explained *p = &why->path;
	char *dir = dir_of(why);

	/* The root is all or nothing. */
	bool can_change = *dir && p->rule != PARE_SPARSE_RULE_ALL;

	if (can_change && p->verdict != PARE_SPARSE_IN)
		add_command(why, c->repo, "git sparse add", dir);
	if (can_change && p->verdict != PARE_SPARSE_OUT)
		add_command(why, c->repo,
			    wanted_by_profile(why) ?
				    "git sparse remove --anyway" :
				    "git sparse remove", dir);
	free(dir);
	if (has_drift(why))
		strvec_push(&why->command, "git sparse sync");
	for (size_t i = 0; i < why->nr_offers && i < OFFERS_NAMED; i++)
		if (why->offer[i].kind == PARE_REASON_OFFER)
			strvec_pushf(&why->command,
				     "git sparse add --profile %s",
				     why->offer[i].chain.v[0]);
}

static void choose_commands(struct why *why, const struct why_context *c)
{
	if (!c->state.enabled || why->path.what == PARE_SPARSE_NOWHERE)
		return;
	if (c->state.cone)
		choose_cone_commands(why, c);
	if (c->state.cone || !*why->name)
		return;
	if (why->path.verdict != PARE_SPARSE_IN)
		add_pattern_command(why, "git sparse add", "", why->name);
	if (why->path.verdict != PARE_SPARSE_OUT)
		add_pattern_command(why, "git sparse add", "!", why->name);
}

/* The line a script is told: the profile's, else the pattern file's. */
static void choose_origin(struct why *why, const struct why_context *c)
{
	const struct pare_sparse_explained *p = &why->path;

	why->item = p->by;
	for (size_t i = 0; i < why->nr_reasons; i++) {
		why->item = why->reason[i].item;
		why->origin = why->reason[i].origin;
		if (why->origin.file)
			return;
	}
	if (p->line)
		why->origin = (struct pare_origin){ c->pattern_file, p->line,
						    NULL };
}

/* What the selection says of the directory, or of the line that decides. */
static void find_reasons(struct why *why, const struct why_context *c)
{
	const struct pare_sparse_explained *p = &why->path;
	char *dir = dir_of(why);
	const char *item = p->rule == PARE_SPARSE_RULE_PARENT ||
				   p->rule == PARE_SPARSE_RULE_PATTERN ?
				   p->by : dir;

	if (c->state.enabled && item && *item)
		pare_selection_why(&why->reason, &why->nr_reasons, &c->sel,
				   c->all, item);
	if (p->rule != PARE_SPARSE_RULE_PATTERN)
		keep_deciding(why);
	if (c->state.cone && c->all && c->state.enabled && *dir &&
	    p->verdict == PARE_SPARSE_OUT)
		pare_profiles_offering(&why->offer, &why->nr_offers, &c->sel,
				       c->all, dir);
	free(dir);
}

int why_make(struct why *why, struct why_context *c, const char *arg)
{
	int error;

	*why = (struct why){ .line = STRVEC_INIT, .command = STRVEC_INIT };
	if ((error = take_name(why, c->repo, arg)) < 0 ||
	    (error = pare_sparse_explain(&why->path, c->explain,
					 why->name)) < 0)
		return error;
	find_reasons(why, c);
	choose_origin(why, c);
	tell_rule(why, c);
	for (size_t i = 0; i < why->nr_reasons; i++)
		tell_reason(why, &why->reason[i]);
	if (has_drift(why))
		tell_reason(why, &why->offer[0]);
	tell_pattern_line(why, c);
	tell_disk(why);
	choose_commands(why, c);
	return 0;
}

void why_release(struct why *why)
{
	free(why->name);
	pare_sparse_explained_release(&why->path);
	pare_reasons_free(why->reason, why->nr_reasons);
	pare_reasons_free(why->offer, why->nr_offers);
	strvec_clear(&why->line);
	strvec_clear(&why->command);
}

static json_t *reasons_json(const struct pare_reason *reason, size_t nr)
{
	static const char *const words[] = {
		[PARE_REASON_PROFILE] = "profile",
		[PARE_REASON_OWN] = "own",
		[PARE_REASON_EXCLUDE] = "exclude",
		[PARE_REASON_EXCEPTION] = "exception",
		[PARE_REASON_OFFER] = "offer",
		[PARE_REASON_DRIFT] = "drift",
	};
	json_t *array = json_array();

	for (size_t i = 0; i < nr; i++) {
		const struct pare_origin *o = &reason[i].origin;

		json_array_append_new(
			array,
			json_pack("{s:s, s:o, s:o, s:o, s:o}", "kind",
				  words[reason[i].kind], "item",
				  json_path(reason[i].item), "profiles",
				  json_strvec(&reason[i].chain), "file",
				  profile_file_json(o->file),
				  "line",
				  o->file ? json_integer(o->line) :
					    json_null()));
	}
	return array;
}

static json_t *text_json(const char *text)
{
	return text ? json_path(text) : json_null();
}

json_t *why_json(const struct why *why, const char *verdict)
{
	static const char *const rules[] = {
		[PARE_SPARSE_RULE_ALL] = "all",
		[PARE_SPARSE_RULE_ROOT] = "root",
		[PARE_SPARSE_RULE_DIR] = "directory",
		[PARE_SPARSE_RULE_PARENT] = "parent",
		[PARE_SPARSE_RULE_PATTERN] = "pattern",
		[PARE_SPARSE_RULE_NONE] = "none",
	};
	static const char *const whats[] = {
		[PARE_SPARSE_FILE] = "file",
		[PARE_SPARSE_DIRECTORY] = "directory",
		[PARE_SPARSE_UNTRACKED] = "untracked",
		[PARE_SPARSE_NOWHERE] = "nowhere",
	};
	const struct pare_sparse_explained *p = &why->path;
	bool is_file = p->what == PARE_SPARSE_FILE;

	return json_pack(
		"{s:o, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o,"
		" s:o}",
		"path", json_path(why->name), "verdict", verdict, "what",
		whats[p->what], "rule", rules[p->rule], "by",
		text_json(p->by), "pattern_line",
		p->line ? json_integer(p->line) : json_null(), "reasons",
		reasons_json(why->reason, why->nr_reasons), "offers",
		reasons_json(why->offer, why->nr_offers), "present",
		is_file ? json_boolean(p->present) : json_null(), "modified",
		is_file ? json_boolean(p->modified) : json_null(), "skipped",
		is_file ? json_boolean(p->skipped) : json_null(), "near",
		text_json(p->near), "commands", json_strvec(&why->command));
}
