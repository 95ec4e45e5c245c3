/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside secretmemctl reserve: what it has to say, and saying it to people. */
#ifndef SECRETMEM_RESERVE_H
#define SECRETMEM_RESERVE_H

#include <stdio.h>

#include "boot/boot.h"
#include "format.h"
#include "sizing/sizing.h"

/* One of the values that should agree. */
struct reserve_value {
	enum truth present;	/* there is a parameter, or a pool */
	char *text;		/* "512M,floor=64M", as it stands there */
	struct number size_bytes;	/* what it comes to; 0 where there is none */
	struct number floor_bytes;
	char *place;		/* where it is known from */
};

enum verdict {
	VERDICT_UNKNOWN,
	VERDICT_AGREES,
	VERDICT_DIFFERS,
	VERDICT_REBOOT_PENDING,
};

enum action {
	ACTION_UNKNOWN,		/* nothing was asked for */
	ACTION_SET,
	ACTION_REMOVE,
};

/* A line of a difference, a command to run, or a warning. */
struct reserve_line {
	char *text;
};

struct reserve_edit {
	char *path;		/* below the root */
	struct list diff;	/* of struct reserve_line: unified */
};

/* What is to be done for it, or was. */
struct reserve_plan {
	enum action action;
	enum outcome outcome;
	char *parameter;	/* NULL: none is to be there */
	const char *backend;	/* by its name */
	struct list edits;	/* of struct reserve_edit */
	struct list commands;	/* of struct reserve_line */
	struct list warnings;	/* of struct reserve_line */
};

/* The document, as the field table sees it. */
struct reserve_report {
	const char *source;
	uint64_t time_ns;
	bool partial;
	enum truth supported;	/* the running kernel takes the parameter */
	struct reserve_value running;	/* the running kernel's command line */
	struct reserve_value pool;	/* what the kernel made of it */
	struct reserve_value next_boot;
	enum truth stale;	/* the next boot is not yet what was configured for it */
	struct reserve_value wanted;	/* what was asked for; unknown: nothing was */
	enum verdict verdict;
	struct reserve_plan plan;
	struct sizing advice;
	struct what_if what_if;	/* with --plan-size; unknown: not asked */
};

extern const struct field_table reserve_report_table;

/* Do they agree, but for a chunk or two? */
enum verdict reserve_judge(const struct reserve_report *report, uint64_t chunk_bytes);

/* Where it is printed, and how. */
struct page {
	FILE *stream;
	struct style style;
};

void reserve_print(const struct reserve_report *report, const struct page *page);
void reserve_print_plan(const struct reserve_report *report, const struct page *page);
void reserve_print_check(const struct reserve_report *report, const struct page *page);
void reserve_print_what_if(const struct what_if *what_if, const struct page *page);

#endif
