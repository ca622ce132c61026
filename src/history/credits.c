/* SPDX-License-Identifier: MIT */
/* Who else is named at the end of a message. */
#include <string.h>
#include <strings.h>

#include "history/rewrite.h"
#include "history/trailers.h"
#include "repo/ident.h"

/* Mail addresses are the same in any case. */
static bool same_mail(const char *a, const char *b)
{
	const char *a_mail = strrchr(a, '<'), *b_mail = strrchr(b, '<');
	size_t len;

	if (!a_mail || !b_mail)
		return false;
	len = strcspn(a_mail, ">");
	return len == strcspn(b_mail, ">") &&
	       !strncasecmp(a_mail, b_mail, len);
}

/* All authors but the one the commit has, each once. */
static int add_co_authors(struct strvec *out, const struct pare_rewrite *rw,
			  const struct pare_apply_options *opts)
{
	struct strbuf own = STRBUF_INIT;
	struct strvec mails = STRVEC_INIT;
	int error = 0;

	if (opts->author || opts->reset_author)
		error = rewrite_author(&own, (const struct rewrite *)rw,
				       opts);
	else if (rw->authors.nr)
		strbuf_addstr(&own, rw->authors.v[0]);
	strvec_push(&mails, own.buf);
	for (size_t i = 0; i < rw->authors.nr; i++) {
		bool known = false;

		for (size_t k = 0; k < mails.nr && !known; k++)
			known = same_mail(mails.v[k], rw->authors.v[i]);
		if (known)
			continue;
		strvec_push(&mails, rw->authors.v[i]);
		strvec_pushf(out, "Co-authored-by: %s", rw->authors.v[i]);
	}
	strvec_clear(&mails);
	strbuf_release(&own);
	return error;
}

int pare_message_add_trailers(struct strbuf *message,
			      const struct pare_rewrite *rw,
			      const struct pare_apply_options *opts)
{
	struct strvec list = STRVEC_INIT;
	struct strbuf committer = STRBUF_INIT;
	const char *end;
	int error = 0;

	if (opts->co_authors)
		error = add_co_authors(&list, rw, opts);
	if (!error && opts->signoff) {
		error = repo_ident(&committer, rw->repo, "committer");
		end = strrchr(committer.buf, '>');
		if (!error && end)
			strvec_pushf(&list, "Signed-off-by: %.*s",
				     (int)(end + 1 - committer.buf),
				     committer.buf);
	}
	if (!error && list.nr)
		trailers_add(message, &list);
	strbuf_release(&committer);
	strvec_clear(&list);
	return error;
}
