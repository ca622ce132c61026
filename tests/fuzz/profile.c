/* SPDX-License-Identifier: MIT */
/* Profile files: each fault has a line, and what is good can be applied. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "profile/parse.h"

static void check_faults(const struct strvec *faults)
{
	for (size_t i = 0; i < faults->nr; i++)
		if (strncmp(faults->v[i], "f:", 2) ||
		    strchr(faults->v[i], '\n'))
			abort();
}

/* What is applied reads back as it was written. */
static void apply(const struct pare_profiles *all, const char *name)
{
	struct pare_selection sel = PARE_SELECTION_INIT, again;
	struct strbuf text = STRBUF_INIT, second = STRBUF_INIT;
	struct strvec names = STRVEC_INIT;
	struct pare_selected out;

	strvec_push(&names, name);
	if (!pare_selection_take(&sel, all, &names)) {
		for (size_t i = 0; i < sel.nr_profiles; i++)
			pare_selection_add(&sel, &sel.profile[i].exclude);
		pare_selection_resolve(&out, &sel);
		pare_selected_release(&out);
		pare_selection_format(&text, &sel);
		if (pare_selection_parse(&again, text.buf, text.len) < 0)
			abort();
		pare_selection_format(&second, &again);
		if (strcmp(text.buf, second.buf))
			abort();
		pare_selection_release(&again);
	}
	strbuf_release(&text);
	strbuf_release(&second);
	strvec_clear(&names);
	pare_selection_release(&sel);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pare_profiles *all = profiles_new();
	struct strvec faults = STRVEC_INIT;
	struct pare_selection sel;
	int error = profiles_parse(all, &faults, "f", PARE_LAYER_TRACKED,
				   (const char *)data, size);

	if (!error != !faults.nr)
		abort();
	check_faults(&faults);
	for (size_t i = 0; i < pare_profiles_nr(all) && i < 16; i++) {
		const struct pare_profile *p = pare_profiles_at(all, i);

		for (size_t j = 0; j < p->dirs.nr; j++)
			if (!path_is_safe(p->dirs.v[j], strlen(p->dirs.v[j])))
				abort();
		apply(all, p->name);
	}
	strvec_clear(&faults);
	pare_profiles_free(all);
	/* The same bytes as a file of ours. */
	pare_selection_parse(&sel, (const char *)data, size);
	pare_selection_release(&sel);
	return 0;
}
