// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs a fuzz target for a while without libFuzzer: on the files given, or on
 * its seeds and on what comes of them by chance, the same chance every time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#ifndef FUZZ_RUNS
#define FUZZ_RUNS 100000
#endif
#define MOST_CHANGES 8

static uint64_t chance = 0x9e3779b97f4a7c15;

/* xorshift64: good enough to hit things with. */
static uint64_t next_chance(void)
{
	chance ^= chance << 13;
	chance ^= chance >> 7;
	chance ^= chance << 17;
	return chance;
}

static size_t below(size_t limit)
{
	return limit ? (size_t)(next_chance() % limit) : 0;
}

static size_t shorten(uint8_t *data, size_t size)
{
	(void)data;
	return below(size + 1);
}

static size_t flip_bit(uint8_t *data, size_t size)
{
	if (size)
		data[below(size)] ^= (uint8_t)(1 << below(8));
	return size;
}

/* Lengths and types are 16 bits wide, and interesting at their ends. */
static size_t set_half(uint8_t *data, size_t size)
{
	static const uint16_t values[] = {
		0, 1, 3, 4, 5, 7, 8, 12, 15, 16, 20, 0x7fff, 0x8000, 0x8001, 0xfffc, 0xffff,
	};

	if (size >= 2)
		memcpy(data + below(size / 2) * 2,
		       &values[below(sizeof(values) / sizeof(values[0]))], 2);
	return size;
}

static size_t set_byte(uint8_t *data, size_t size)
{
	if (size)
		data[below(size)] = (uint8_t)next_chance();
	return size;
}

static size_t repeat_part(uint8_t *data, size_t size)
{
	size_t from = below(size / 4) * 4, length = below(size - from + 1);

	if (size + length > FUZZ_INPUT_SIZE)
		return size;
	memmove(data + size, data + from, length);
	return size + length;
}

static size_t (*const changes[])(uint8_t *data, size_t size) = {
	shorten, flip_bit, flip_bit, set_half, set_half, set_half, set_byte, repeat_part,
};

static size_t mutate(uint8_t *data, size_t size)
{
	size_t count = 1 + below(MOST_CHANGES);

	while (count--)
		size = changes[below(sizeof(changes) / sizeof(changes[0]))](data, size);
	return size;
}

static unsigned int count_seeds(uint8_t *data)
{
	unsigned int count = 0;

	while (fuzz_seed(count, data))
		count++;
	return count;
}

static void run_seeds(unsigned int seeds)
{
	uint8_t data[FUZZ_INPUT_SIZE];
	unsigned int i;

	for (i = 0; i < seeds; i++)
		LLVMFuzzerTestOneInput(data, fuzz_seed(i, data));
}

static unsigned long run_mutations(unsigned int seeds)
{
	const char *wanted = getenv("SECRETMEM_FUZZ_RUNS");
	unsigned long i, runs = wanted ? strtoul(wanted, NULL, 10) : FUZZ_RUNS;
	uint8_t data[FUZZ_INPUT_SIZE];
	size_t size;

	for (i = 0; i < runs; i++) {
		size = fuzz_seed((unsigned int)below(seeds), data);
		LLVMFuzzerTestOneInput(data, mutate(data, size));
	}
	return runs;
}

static int run_file(const char *path)
{
	uint8_t data[FUZZ_INPUT_SIZE];
	FILE *stream = fopen(path, "rb");
	size_t size;

	if (!stream) {
		perror(path);
		return 1;
	}
	size = fread(data, 1, sizeof(data), stream);
	fclose(stream);
	LLVMFuzzerTestOneInput(data, size);
	return 0;
}

int main(int argc, char **argv)
{
	uint8_t data[FUZZ_INPUT_SIZE];
	unsigned int seeds = count_seeds(data);
	int i, failed = 0;

	if (argc > 1) {
		for (i = 1; i < argc; i++)
			failed |= run_file(argv[i]);
		return failed;
	}
	puts("1..1");
	run_seeds(seeds);
	printf("ok 1 - %u seeds and %lu mutations\n", seeds, run_mutations(seeds));
	return 0;
}
