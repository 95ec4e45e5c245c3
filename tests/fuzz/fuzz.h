/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fuzz target is what libFuzzer calls, and what make check calls with
 * inputs that driver.c mutates from the target's own seeds.
 */
#ifndef SECRETMEM_FUZZ_H
#define SECRETMEM_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#define FUZZ_INPUT_SIZE 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Put seed @index into @buffer and return its size; 0: there are no more. */
size_t fuzz_seed(unsigned int index, uint8_t buffer[FUZZ_INPUT_SIZE]);

#endif
