/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside secretmemctl pool: what it has to say, and saying it to people. */
#ifndef SECRETMEM_POOL_H
#define SECRETMEM_POOL_H

#include <stdio.h>

#include "floor.h"
#include "format.h"
#include "room.h"

/* The answer to --fits; unknown members: not asked. */
struct fits {
	struct number asked_bytes;
	struct number bytes;	/* in whole chunks */
	enum truth fits;
};

/* What --floor did; unknown members: not asked. */
struct floor_report {
	struct number asked_bytes;
	struct number bytes;	/* in whole chunks */
	struct number before_bytes;
	struct number after_bytes;
	struct number missing_bytes;
};

/* The document, as the field table sees it. */
struct pool_report {
	const char *source;
	uint64_t time_ns;
	bool partial;
	struct pool pool;
	struct list rooms;	/* of struct room */
	struct number largest_bytes;	/* reservation that fits, as far as is known */
	enum room_kind bound;	/* and what bounds it */
	struct fits fits;
	struct floor_report floor;
};

extern const struct field_table pool_report_table;

/* Where it is printed, and how. */
struct page {
	FILE *stream;
	struct style style;
};

void pool_print(const struct pool_report *report, const struct page *page);
void pool_print_thresholds(const struct pool *pool, const struct page *page);
void pool_print_fits(const struct pool_report *report, const struct page *page);
void pool_print_floor(const struct pool_report *report, const struct floor_change *change,
		      const struct page *page);

#endif
