/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes and times as people write and read them. */
#ifndef SECRETMEM_SIZE_H
#define SECRETMEM_SIZE_H

#include "model.h"

enum units {
	UNITS_IEC,	/* 24M is 24 * 1024 * 1024 */
	UNITS_SI,	/* 24MB is 24 * 1000 * 1000 */
	UNITS_BYTES,
};

/* Parse "4096", "24M" or "24MiB" (1024), "24MB" (1000). */
bool parse_size(const char *text, struct number *size);

/* Parse "90", "90s", "15m", "3h", "2d" to seconds. */
bool parse_seconds(const char *text, struct number *seconds);

bool parse_count(const char *text, struct number *count);

/* "24M", "61.5M", "512B": what fits a column. Allocated. */
char *size_text(uint64_t bytes, enum units units);

/* "45s", "12m30s", "3h12m", "2d3h": the two largest units. Allocated. */
char *age_text(uint64_t seconds);

/* "4.583", "4.5", "4": thousandths, the same in every locale. Allocated. */
char *decimal_text(uint64_t thousandths);

/* RFC 3339, in UTC, to the millisecond for people. Allocated. */
char *time_text(uint64_t time_ns);

/* The same to the nanosecond. */
char *exact_time_text(uint64_t time_ns);

/* Parse RFC 3339, with up to nine digits of a second. */
bool parse_time(const char *text, uint64_t *time_ns);

#endif
