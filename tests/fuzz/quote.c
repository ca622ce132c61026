/* SPDX-License-Identifier: MIT */
/* C-quoted names: what is quoted reads back the same. */
#include <stdlib.h>
#include <string.h>

#include "base/quote.h"
#include "base/strbuf.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf text = STRBUF_INIT, shown = STRBUF_INIT;
	struct strbuf back = STRBUF_INIT;
	const char *end;

	strbuf_add(&text, data, size);
	/* Any text may stand behind a quote. */
	if (size && data[0] == '"')
		unquote_c(&back, text.buf, &end);
	strbuf_reset(&back);

	quote_c(&shown, text.buf, text.len, true);
	if (shown.buf[0] == '"' && !memchr(text.buf, 0, text.len)) {
		if (unquote_c(&back, shown.buf, &end) < 0 || *end ||
		    back.len != text.len ||
		    memcmp(back.buf, text.buf, text.len))
			abort();
	}
	strbuf_reset(&shown);
	quote_text(&shown, text.buf, text.len);
	strbuf_release(&text);
	strbuf_release(&shown);
	strbuf_release(&back);
	return 0;
}
