/* SPDX-License-Identifier: MIT */
#include "history/cleanup.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/path.h"
#include "history/plan.h"

const char scissors_line[] =
	"------------------------ >8 ------------------------\n";

static bool line_begins_with(const struct strbuf *text, const char *prefix)
{
	const char *p = text->buf, *end = p + text->len;

	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));

		if (starts_with(p, prefix))
			return true;
		p = lf ? lf + 1 : end;
	}
	return false;
}

char *comment_for(struct pare_repo *repo, const struct strbuf *text)
{
	static const char candidates[] = "#;@!$%^&|:";
	const char *wanted = plan_comment(repo);

	if (!line_begins_with(text, wanted))
		return xstrdup(wanted);
	for (const char *c = candidates; *c; c++) {
		const char one[] = { *c, '\0' };

		if (!line_begins_with(text, one))
			return xstrdup(one);
	}
	return xstrdup("");
}

int pare_cleanup_parse(enum pare_cleanup *out, struct pare_repo *repo,
		       const char *name)
{
	static const char *const names[] = {
		[PARE_CLEANUP_DEFAULT] = "default",
		[PARE_CLEANUP_STRIP] = "strip",
		[PARE_CLEANUP_WHITESPACE] = "whitespace",
		[PARE_CLEANUP_VERBATIM] = "verbatim",
		[PARE_CLEANUP_SCISSORS] = "scissors",
		NULL,
	};
	const char *near;

	*out = PARE_CLEANUP_DEFAULT;
	if (!name)
		name = pare_repo_config_get(repo, "commit.cleanup");
	if (!name)
		return 0;
	for (size_t i = 0; names[i]; i++) {
		if (strcmp(name, names[i]))
			continue;
		*out = (enum pare_cleanup)i;
		return 0;
	}
	error_set(GIT_EINVALID, "Invalid cleanup mode %s", name);
	near = nearest_word(name, names);
	if (near)
		error_hint("did you mean '%s'?", near);
	return GIT_EINVALID;
}

void message_cut(struct strbuf *message, const char *comment)
{
	struct strbuf line = STRBUF_INIT;
	const char *p = message->buf;

	strbuf_addf(&line, "%s %s", comment, scissors_line);
	while ((p = strstr(p, line.buf))) {
		if (p == message->buf || p[-1] == '\n') {
			strbuf_setlen(message, (size_t)(p - message->buf));
			break;
		}
		p++;
	}
	strbuf_release(&line);
}

bool message_is_empty(const struct strbuf *message)
{
	const char *p = message->buf;

	while (*p) {
		size_t len = strcspn(p, "\n");

		if (!starts_with(p, "Signed-off-by: "))
			for (size_t i = 0; i < len; i++)
				if (!isspace((unsigned char)p[i]))
					return false;
		p += len + (p[len] == '\n');
	}
	return true;
}

/* git's stripspace, with comment lines left out if there are any. */
void pare_message_clean(struct strbuf *message, const char *comment)
{
	struct strbuf out = STRBUF_INIT;
	const char *p = message->buf, *end = p + message->len;
	bool blank = false;

	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		const char *line = p;
		size_t len = (size_t)((lf ? lf : end) - line);

		p = lf ? lf + 1 : end;
		if (comment && *comment && starts_with(line, comment))
			continue;
		while (len && isspace((unsigned char)line[len - 1]))
			len--;
		if (!len) {
			blank = true;
			continue;
		}
		if (blank && out.len)
			strbuf_addch(&out, '\n');
		blank = false;
		strbuf_add(&out, line, len);
		strbuf_addch(&out, '\n');
	}
	strbuf_release(message);
	*message = out;
}
