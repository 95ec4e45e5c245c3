// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Make and release reservations, over and over: of a page, now and then of
 * more, now and then touched, now and then refused because it is too large.
 * Prints TAP.
 *
 * usage: secret-cycles CYCLES TOO_LARGE
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "secretfile.h"

/* Every so many cycles. */
enum {
	TOUCHED = 16,
	LARGER = 256,
	REFUSED = 64,
	TOLD = 5000,
};

struct result {
	long failed;	/* of those that should not */
	long refused;	/* as they should be */
	long accepted;	/* as they should not be */
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static bool cycle(size_t bytes, bool touched)
{
	int fd = secret_open(bytes);
	volatile char *memory = fd < 0 ? NULL : secret_map(fd, bytes, 0);

	if (memory && touched)
		memory[0] = 1;
	close(fd);
	if (memory)
		secret_unmap(memory, bytes);
	return memory;
}

static void refused_cycle(size_t bytes, struct result *result)
{
	errno = 0;
	if (cycle(bytes, false) || errno != ENOMEM)
		result->accepted++;
	else
		result->refused++;
}

static struct result run(long cycles, size_t too_large)
{
	struct result result = { 0 };

	for (long i = 0; i < cycles; i++) {
		size_t bytes = i % LARGER ? SECRET_PAGE : 3 * SECRET_CHUNK;

		if (!cycle(bytes, i % TOUCHED == 0))
			result.failed++;
		if (i % REFUSED == 0)
			refused_cycle(too_large, &result);
		if (i && i % TOLD == 0) {
			printf("# %ld cycles\n", i);
			fflush(stdout);
		}
	}
	return result;
}

int main(int argc, char **argv)
{
	struct result result;
	double began = now();
	long cycles;

	if (argc != 3) {
		fprintf(stderr, "usage: secret-cycles CYCLES TOO_LARGE\n");
		return 2;
	}
	cycles = atol(argv[1]);
	result = run(cycles, strtoul(argv[2], NULL, 0));

	printf("# %.1f s\n", now() - began);
	tap(!result.failed, "%ld reservations are made and released (%ld failed)", cycles,
	    result.failed);
	tap(!result.accepted, "%ld that are too large are refused (%ld were not)", result.refused,
	    result.accepted);
	return tap_finish();
}
