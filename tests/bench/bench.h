/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the programs of the benchmarks share. */
#ifndef SECRETMEM_BENCH_H
#define SECRETMEM_BENCH_H

#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Where instructions are the clock, this counts them: one for a nanosecond. */
static inline uint64_t cpu_ns(clockid_t clock)
{
	struct timespec time;

	if (clock_gettime(clock, &time))
		err(1, "clock_gettime");
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static inline uint64_t parse_number(const char *what, const char *text)
{
	char *end;
	uint64_t value = strtoull(text, &end, 10);

	if (*text < '0' || *text > '9' || *end)
		errx(2, "%s: '%s' is not a number", what, text);
	return value;
}

/* Tell that all is in place, and wait for a signal. */
static inline void say_ready_and_wait(void)
{
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}

#endif
