/* SPDX-License-Identifier: MIT */
/* Give each file named on the command line to the fuzzer linked with this. */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/fuzz.h"

static int replay(const char *path)
{
	FILE *in = fopen(path, "rb");
	uint8_t *data = NULL;
	size_t size = 0, got;

	if (!in) {
		perror(path);
		return -1;
	}
	do {
		uint8_t *more = realloc(data, size + 65536);

		if (!more)
			abort();
		data = more;
		got = fread(data + size, 1, 65536, in);
		size += got;
	} while (got);
	fclose(in);

	/* A copy of the exact size: one byte too far is seen. */
	uint8_t *exact = malloc(size ? size : 1);

	if (!exact)
		abort();
	for (size_t i = 0; i < size; i++)
		exact[i] = data[i];
	free(data);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
	return 0;
}

int main(int argc, char **argv)
{
	int wrong = 0;

	for (int i = 1; i < argc; i++)
		if (replay(argv[i]) < 0)
			wrong = 1;
	return wrong;
}
