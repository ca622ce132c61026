/* SPDX-License-Identifier: MIT */
/*
 * A fuzzer is one file that feeds the bytes to one parser:
 *
 *	int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
 *	{
 *		…
 *		return 0;
 *	}
 *
 * `make fuzz` links it with libFuzzer, `make check` with replay_main.c, which
 * gives it the files of tests/fixtures/fuzz/<name>/. An input that broke
 * something is kept there, under a name that says what it was.
 */
#ifndef PARE_TESTS_FUZZ_H
#define PARE_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* The name is libFuzzer's. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
