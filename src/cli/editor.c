/* SPDX-License-Identifier: MIT */
#include "cli/editor.h"

#include <string.h>

#include "base/error.h"
#include "base/run.h"

int editor_open(const char *path, void *unused)
{
	struct strbuf editor = STRBUF_INIT, script = STRBUF_INIT;
	struct run run = RUN_INIT;
	int result;

	(void)unused;
	result = run_git_capture(&editor, "var", "GIT_EDITOR", NULL);
	if (result < 0)
		goto done;
	strbuf_rtrim(&editor);
	if (!strcmp(editor.buf, ":"))
		goto done;
	strbuf_addf(&script, "%s \"$@\"", editor.buf);
	strvec_pushl(&run.args, "sh", "-c", script.buf, editor.buf, path,
		     NULL);
	run.inherit_in = true;
	result = run_command(&run);
	if (result)
		result = error_set(GIT_EUSER,
				   "there was a problem with the editor '%s'",
				   editor.buf);
done:
	strbuf_release(&script);
	strbuf_release(&editor);
	return result;
}
