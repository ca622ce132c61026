/* SPDX-License-Identifier: MIT */
#include "profile/lines.h"

#include <string.h>

#include "base/strbuf.h"

void lines_of_dirs(struct strvec *lines, const struct strvec *dirs,
		   const char *before)
{
	struct strbuf line = STRBUF_INIT;

	for (size_t i = 0; i < dirs->nr; i++) {
		strbuf_reset(&line);
		strbuf_addf(&line, "%s/", before);
		for (const char *c = dirs->v[i]; *c; c++) {
			if (strchr("*?[\\", *c))
				strbuf_addch(&line, '\\');
			strbuf_addch(&line, *c);
		}
		strbuf_addch(&line, '/');
		strvec_push(lines, line.buf);
	}
	strbuf_release(&line);
}

bool dirs_of_lines(struct strvec *dirs, const struct strvec *lines)
{
	size_t before = dirs->nr;
	bool good = true;

	for (size_t i = 0; i < lines->nr && good; i++) {
		const char *line = lines->v[i];
		size_t len = strlen(line);

		if (!strcmp(line, "/*") || !strcmp(line, "!/*/"))
			continue;
		good = len > 2 && *line == '/' && line[len - 1] == '/' &&
		       !strpbrk(line, "*?[\\");
		if (good)
			strvec_pushn(dirs, line + 1, len - 2);
	}
	while (!good && dirs->nr > before)
		strvec_remove(dirs, dirs->nr - 1);
	return good;
}
