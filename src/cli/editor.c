/* SPDX-License-Identifier: MIT */
#include "cli/editor.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/run.h"

static int open_in(const char *editor, const char *path)
{
	struct strbuf script = STRBUF_INIT;
	struct run run = RUN_INIT;
	int result;

	if (!strcmp(editor, ":"))
		return 0;
	strbuf_addf(&script, "%s \"$@\"", editor);
	strvec_pushl(&run.args, "sh", "-c", script.buf, editor, path, NULL);
	run.inherit_in = true;
	result = run_command(&run);
	if (result)
		result = error_set(GIT_EUSER,
				   "there was a problem with the editor '%s'",
				   editor);
	strbuf_release(&script);
	return result;
}

int editor_open(const char *path, void *unused)
{
	struct strbuf editor = STRBUF_INIT;
	int result = run_git_capture(&editor, "var", "GIT_EDITOR", NULL);

	(void)unused;
	strbuf_rtrim(&editor);
	if (!result)
		result = open_in(editor.buf, path);
	strbuf_release(&editor);
	return result;
}

int sequence_editor_open(const char *path, struct pare_repo *repo)
{
	const char *editor = getenv("GIT_SEQUENCE_EDITOR");

	if (!editor)
		editor = pare_repo_config_get(repo, "sequence.editor");
	return editor ? open_in(editor, path) : editor_open(path, NULL);
}
