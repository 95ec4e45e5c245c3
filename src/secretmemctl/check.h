/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside secretmemctl check: what can be checked, what came of it, saying it. */
#ifndef SECRETMEM_CHECK_H
#define SECRETMEM_CHECK_H

#include <stdio.h>

#include "command.h"
#include "fields.h"
#include "range.h"

/* One more than the exit status that says so to monitoring systems. */
enum check_state {
	CHECK_NONE,
	CHECK_OK,
	CHECK_WARNING,
	CHECK_CRITICAL,
	CHECK_UNKNOWN,
};

enum check_kind {
	CHECK_VALUE,		/* what it is now */
	CHECK_INCREASE,		/* of a counter, since the check before */
	CHECK_RATE,		/* of a counter, per second since the check before */
};

/* Something that can be checked. */
struct check_metric {
	const char *name;
	const char *unit;	/* in perfdata: "%", "B", "c" or "" */
	const char *help;
	enum check_kind kind;
	struct number (*read)(const struct snapshot *snapshot);	/* in thousandths */
};

extern const struct check_metric check_metrics[];	/* ends with a NULL name */

const struct check_metric *check_metric_find(const char *name, size_t length);

/* One that is checked; numbers are thousandths. */
struct check_item {
	const struct check_metric *metric;
	const char *name;
	const char *unit;
	struct number value;
	struct number counter;	/* what a rate or an increase is made of */
	struct range warning;
	struct range critical;
	char *warning_text;	/* NULL: none */
	char *critical_text;
	enum check_state state;
	bool first;		/* nothing to compare with yet */
};

/* The document, as the field table sees it. */
struct check_report {
	const char *source;
	uint64_t time_ns;
	bool partial;
	enum check_state state;	/* the worst of all */
	char *text;		/* fit for a terminal */
	struct list items;	/* of struct check_item */
};

extern const struct field_table check_report_table;

/*
 * What a rate needs is kept in a file between two checks: make the values of
 * @items from their counters at @time_ns, and write the file anew.
 */
enum exit_code check_state_use(const char *path, uint64_t time_ns, struct list *items,
			       struct failure *failure);

/* Text and perfdata, in one line or, with @verbose, with a line for each item. */
void check_print(const struct check_report *report, bool verbose, FILE *stream);

/* What the first line says after the state: allocated. */
char *check_text(const struct list *items, enum check_state state, enum units units);

const char *check_state_word(enum check_state state);

#endif
