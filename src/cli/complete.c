/* SPDX-License-Identifier: MIT */
#include "cli/complete.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/path.h"
#include "base/quote.h"
#include "base/run.h"
#include "pare/profile.h"
#include "pare/sparse.h"

enum {
	COMMITS_MAX = 10, /* offered as HEAD~n */
};

/* It must not go to the network for a key that was pressed. */
static const char *const offline[] = { "GIT_NO_LAZY_FETCH=1",
				       "GIT_ALLOW_PROTOCOL=none" };

void complete_word(const struct completion *c, const char *word, size_t len,
		   const char *description)
{
	if (strncmp(word, c->word, strlen(c->word)))
		return;
	/* A line is a word for the shells; and nothing reaches a terminal. */
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)word[i] < 0x20 || word[i] == 0x7f)
			return;
	printf("%s%.*s", c->before, (int)len, word);
	if (description)
		printf("\t%s", description);
	putchar('\n');
}

static void ask_git(struct strbuf *out, struct run *run)
{
	for (size_t i = 0; i < ARRAY_SIZE(offline); i++)
		strvec_push(&run->env, offline[i]);
	run->out = out;
	run->discard_err = true;
	if (run_git(run) != 0)
		strbuf_reset(out);
}

/* Directories (and with `files` files) of HEAD below what is typed. */
void complete_tree(const struct completion *c, bool files)
{
	const char *slash = strrchr(c->word, '/');
	struct strbuf out = STRBUF_INIT;
	struct run run = RUN_INIT;
	size_t at = 0;

	strvec_pushl(&run.args, "--literal-pathspecs", "ls-tree", "-z",
		     "HEAD", NULL);
	if (!files)
		strvec_push(&run.args, "-d");
	strvec_push(&run.args, "--");
	if (slash)
		strvec_pushn(&run.args, c->word, (size_t)(slash + 1 - c->word));
	ask_git(&out, &run);
	puts(":paths");

	/* <mode> SP <type> SP <id> TAB <name> NUL; submodules are no trees. */
	while (at < out.len) {
		const char *line = out.buf + at;
		size_t len = strlen(line);
		char *tab = strchr(out.buf + at, '\t');

		at += len + 1;
		if (!tab)
			continue;
		len = strlen(tab + 1);
		if (starts_with(line, "040000 ")) {
			/* The NUL behind the name becomes the slash. */
			tab[1 + len] = '/';
			complete_word(c, tab + 1, len + 1, NULL);
		} else if (files) {
			complete_word(c, tab + 1, len, NULL);
		}
	}
	strbuf_release(&out);
}

/*
 * What can be taken out: the selected directories, and once one of them is
 * typed, what is in it.
 */
void complete_selected(const struct completion *c)
{
	struct pare_sparse_state state = { 0 };
	struct pare_repo *repo = NULL;
	bool inside = false;

	if (pare_repo_open(&repo, PARE_REPO_NEED_WORKTREE) < 0 ||
	    pare_sparse_read(&state, repo) < 0)
		goto done;
	for (size_t i = 0; i < state.dirs.nr; i++) {
		const char *prefix = pare_repo_prefix(repo), *dir;
		struct strbuf word = STRBUF_INIT;

		/* Arguments are relative to where one stands. */
		if (!skip_prefix(state.dirs.v[i], prefix, &dir))
			continue;
		strbuf_addf(&word, "%s/", dir);
		if (starts_with(c->word, word.buf))
			inside = true;
		else
			complete_word(c, word.buf, word.len, NULL);
		strbuf_release(&word);
	}
	if (inside)
		complete_tree(c, false);
	else
		puts(":paths");
done:
	pare_sparse_state_release(&state);
	pare_repo_free(repo);
}

/* The last commits: begun early, so that it runs beside another question. */
static bool start_log(struct child *log)
{
	struct run run = RUN_INIT;

	strvec_pushl(&run.args, "git", "log", "--first-parent", "--format=%s",
		     NULL);
	strvec_pushf(&run.args, "-%d", COMMITS_MAX);
	strvec_push(&run.args, "HEAD");
	for (size_t i = 0; i < ARRAY_SIZE(offline); i++)
		strvec_push(&run.env, offline[i]);
	run.discard_err = true;
	return !child_start(log, &run);
}

/* `name` of the n-th commit from HEAD, with its subject; n counts from 0. */
static void answer_log(const struct completion *c, struct child *log,
		       void (*name)(struct strbuf *out, int n))
{
	struct strbuf subject = STRBUF_INIT, word = STRBUF_INIT;
	struct strbuf text = STRBUF_INIT;

	for (int n = 0; child_read_line(&subject, log); n++) {
		strbuf_reset(&word);
		strbuf_reset(&text);
		name(&word, n);
		quote_text(&text, subject.buf, subject.len);
		if (word.len)
			complete_word(c, word.buf, word.len, text.buf);
	}
	child_finish(log);
	strbuf_release(&subject);
	strbuf_release(&word);
	strbuf_release(&text);
}

static void name_commit(struct strbuf *out, int n)
{
	strbuf_addstr(out, "HEAD");
	if (n)
		strbuf_addf(out, "~%d", n);
}

/* How many are folded, and the oldest of them. */
static void name_count(struct strbuf *out, int n)
{
	if (n)
		strbuf_addf(out, "%d", n + 1);
}

void complete_counts(const struct completion *c)
{
	struct child log;

	if (start_log(&log))
		answer_log(c, &log, name_count);
}

/* Git picks out what begins with the word: there may be very many. */
static void push_ref_patterns(struct strvec *args, const char *word)
{
	static const char *const spaces[] = { "refs/heads/", "refs/tags/",
					      "refs/remotes/" };
	bool literal = !strpbrk(word, "*?[\\");

	for (size_t i = 0; i < ARRAY_SIZE(spaces); i++) {
		if (!literal || !*word) {
			strvec_push(args, spaces[i]);
			continue;
		}
		strvec_pushf(args, "%s%s*", spaces[i], word);
		strvec_pushf(args, "%s%s*/**", spaces[i], word);
	}
}

static void complete_refs(const struct completion *c)
{
	struct strvec names = STRVEC_INIT;
	struct strbuf out = STRBUF_INIT;
	struct run run = RUN_INIT;

	strvec_pushl(&run.args, "for-each-ref",
		     "--format=%(refname:strip=2)", NULL);
	push_ref_patterns(&run.args, c->word);
	ask_git(&out, &run);
	strvec_split(&names, out.buf, '\n');
	for (size_t i = 0; i < names.nr; i++)
		complete_word(c, names.v[i], strlen(names.v[i]), NULL);
	strvec_clear(&names);
	strbuf_release(&out);
}

/*
 * What is reworded is a commit of the last ones; elsewhere a branch or tag is
 * meant as long as nothing is said.
 */
void complete_revs(const struct completion *c)
{
	bool rewords = !c->value_of && !strcmp(c->cmd->name, "reword");
	bool commits = *c->word ? starts_with("HEAD", c->word) ||
				  starts_with(c->word, "HEAD") : rewords;
	struct child log;

	commits = commits && start_log(&log);
	if (*c->word || !rewords)
		complete_refs(c);
	if (commits)
		answer_log(c, &log, name_commit);
}

void complete_files(const struct completion *c)
{
	if (!c->options_ended)
		puts(":files");
}

/* git sparse worktree add <path> [<branch>] */
void complete_worktree(const struct completion *c)
{
	if (!c->nr_words)
		complete_word(c, "add", strlen("add"), c->cmd->summary);
	else if (c->nr_words == 1)
		puts(":files");
	else if (c->nr_words == 2)
		complete_refs(c);
}

/* The team's and one's own, with their titles. */
void complete_profiles(const struct completion *c)
{
	struct pare_profiles *all = NULL;
	struct pare_selection sel = PARE_SELECTION_INIT;
	struct pare_repo *repo = NULL;
	bool active = !strcmp(c->cmd->name, "sparse remove");

	if (pare_repo_open(&repo, 0) < 0 ||
	    pare_selection_load(&sel, repo) < 0)
		goto done;
	for (size_t i = 0; active && i < sel.profiles.nr; i++)
		complete_word(c, sel.profiles.v[i], strlen(sel.profiles.v[i]),
			      NULL);
	if (active || pare_profiles_load_quick(&all, repo) < 0)
		goto done;
	for (size_t i = 0; i < pare_profiles_nr(all); i++) {
		const struct pare_profile *p = pare_profiles_at(all, i);
		struct strbuf title = STRBUF_INIT;

		if (p->title)
			quote_text(&title, p->title, strlen(p->title));
		complete_word(c, p->name, strlen(p->name),
		       title.len ? title.buf : NULL);
		strbuf_release(&title);
	}
done:
	pare_selection_release(&sel);
	pare_profiles_free(all);
	pare_repo_free(repo);
}
