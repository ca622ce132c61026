/* SPDX-License-Identifier: MIT */
#include "history/template.h"

#include <stdlib.h>
#include <time.h>

#include "base/error.h"
#include "base/quote.h"
#include "base/run.h"
#include "history/cleanup.h"
#include "history/tree_merge.h"
#include "repo/ident.h"
#include "repo/repo.h"

struct template {
	struct strbuf *out;
	const struct pare_rewrite *rw;
	const struct message_about *about;
	const char *comment;
	bool cut; /* the scissors line is there */
};

static void add_line(struct template *t, const char *line)
{
	strbuf_addf(t->out, "%s%s%s\n", t->comment, *line ? " " : "", line);
}

static void add_cut(struct template *t)
{
	if (t->cut)
		return;
	t->cut = true;
	strbuf_addf(t->out, "%s %s", t->comment, scissors_line);
	add_line(t, "Do not modify or remove the line above.");
	add_line(t, "Everything below it will be ignored.");
}

static void add_end_of_message(struct template *t, bool cut)
{
	if (cut) {
		add_cut(t);
	} else {
		add_line(t, "Please enter the commit message for your "
			    "changes. Lines starting");
		strbuf_addf(t->out, "%s with '%s' will be ignored, and an "
				    "empty message aborts the commit.\n",
			    t->comment, t->comment);
	}
	add_line(t, "");
}

/* As git shows dates: "Sat Nov 28 09:58:36 2026 +0000". */
static void add_date(struct strbuf *out, const char *when)
{
	char *end;
	long long seconds = strtoll(when, &end, 10);
	long zone = strtol(end, NULL, 10);
	long minutes = zone / 100 * 60 + zone % 100;
	time_t local = (time_t)(seconds + minutes * 60);
	struct tm tm;
	char text[64];

	if (!gmtime_r(&local, &tm) ||
	    !strftime(text, sizeof(text), "%a %b", &tm))
		return;
	strbuf_addf(out, "%s %d %02d:%02d:%02d %d %+05ld", text, tm.tm_mday,
		    tm.tm_hour, tm.tm_min, tm.tm_sec, tm.tm_year + 1900, zone);
}

/* The author where it is not who commits, and the date. */
static int add_author(struct template *t)
{
	struct strbuf author = STRBUF_INIT, committer = STRBUF_INIT;
	const char *mail;
	int error = repo_ident(&committer, t->rw->repo, "committer");

	strbuf_add(&author, t->about->author, t->about->author_len);
	mail = strrchr(author.buf, '>');
	if (!error && mail) {
		int len = (int)(mail + 1 - author.buf);

		if (strncmp(author.buf, committer.buf, (size_t)len))
			strbuf_addf(t->out, "%s Author:    %.*s\n", t->comment,
				    len, author.buf);
		strbuf_addf(t->out, "%s Date:      ", t->comment);
		add_date(t->out, mail + 1);
		strbuf_addch(t->out, '\n');
		add_line(t, "");
	}
	strbuf_release(&author);
	strbuf_release(&committer);
	return error;
}

static void add_branch(struct template *t)
{
	const char *name = t->rw->branch;

	if (name && skip_prefix(name, "refs/heads/", &name))
		strbuf_addf(t->out, "%s On branch %s\n", t->comment, name);
	else
		add_line(t, "Not currently on any branch.");
}

/* Git's diff of the commit, as its configuration wants it. */
static int run_diff(struct strbuf *out, const struct template *t,
		    const char *const *options)
{
	const struct pare_repo *repo = t->rw->repo;
	struct run run = RUN_INIT;
	struct oid none;
	char tree[HASH_MAX_HEX + 1];
	int result;

	empty_tree_oid(&none, repo->algo);
	oid_hex_r(tree, &t->about->tree, repo->algo);
	strvec_pushl(&run.args, "diff", "--no-color", "--no-ext-diff", NULL);
	strvec_pushv(&run.args, options);
	strvec_push(&run.args, oid_hex(t->about->parent ? t->about->parent :
							   &none, repo->algo));
	strvec_pushl(&run.args, tree, "--", NULL);
	run.dir = repo->worktree;
	run.out = out;
	result = run_git(&run);
	return result > 0 ? error_set(GIT_ERROR, "git diff failed (exit code "
				      "%d)", result) : result;
}

static const char *kind_of(char status)
{
	switch (status) {
	case 'A': return "new file:";
	case 'C': return "copied:";
	case 'D': return "deleted:";
	case 'R': return "renamed:";
	case 'T': return "typechange:";
	default:  return "modified:";
	}
}

/* `names` is what --name-status -z prints: kinds and paths, two if renamed. */
static bool add_changes(struct template *t, const struct strbuf *names)
{
	bool high = pare_repo_config_bool(t->rw->repo, "core.quotepath", true);
	const char *p = names->buf, *end = p + names->len;

	if (p == end)
		return false;
	add_line(t, "Changes to be committed:");
	while (p < end) {
		char status = *p;

		strbuf_addf(t->out, "%s\t%-12s", t->comment, kind_of(status));
		p += strlen(p) + 1;
		quote_c(t->out, p, strlen(p), high);
		p += strlen(p) + 1;
		if ((status == 'R' || status == 'C') && p < end) {
			strbuf_addstr(t->out, " -> ");
			quote_c(t->out, p, strlen(p), high);
			p += strlen(p) + 1;
		}
		strbuf_addch(t->out, '\n');
	}
	add_line(t, "");
	return true;
}

static int add_diff(struct template *t)
{
	static const char *const plain[] = { "--textconv", NULL };
	static const char *const named[] = { "--textconv", "--src-prefix=c/",
					     "--dst-prefix=i/", NULL };
	struct pare_repo *repo = t->rw->repo;
	bool mnemonic =
		pare_repo_config_bool(repo, "diff.mnemonicprefix", false) &&
		!pare_repo_config_bool(repo, "diff.noprefix", false);

	add_cut(t);
	return run_diff(t->out, t, mnemonic ? named : plain);
}

/* commit.verbose is a boolean or a number. */
static bool is_verbose(struct pare_repo *repo)
{
	return pare_repo_config_bool(repo, "commit.verbose", false) ||
	       pare_repo_config_int(repo, "commit.verbose", 0) > 0;
}

int template_add(struct strbuf *out, const struct pare_rewrite *rw,
		 const struct message_about *about, const char *comment,
		 bool cut)
{
	static const char *const by_name[] = { "--name-status", "-z", NULL };
	struct template t = { .out = out, .rw = rw, .about = about,
			      .comment = comment };
	struct strbuf names = STRBUF_INIT;
	bool changed = false;
	int error;

	add_end_of_message(&t, cut);
	error = add_author(&t);
	if (!error) {
		add_branch(&t);
		error = run_diff(&names, &t, by_name);
	}
	if (!error)
		changed = add_changes(&t, &names);
	if (!error && is_verbose(rw->repo))
		error = add_diff(&t);
	if (!error && !changed)
		add_line(&t, "No changes");
	strbuf_release(&names);
	return error;
}
