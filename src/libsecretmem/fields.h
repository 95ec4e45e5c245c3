/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The field table: one row for every member of the model that users see, with
 * its name, unit, help and place. JSON, columns, -o help, --sort and --filter
 * know no member but by its row.
 */
#ifndef SECRETMEM_FIELDS_H
#define SECRETMEM_FIELDS_H

#include "model.h"

enum field_type {
	FIELD_NUMBER,		/* struct number */
	FIELD_BYTES,		/* struct number */
	FIELD_PERCENT,		/* struct number */
	FIELD_SECONDS,		/* struct number, which counts nanoseconds */
	FIELD_NANOSECONDS,	/* struct number */
	FIELD_DECIMAL,		/* struct number, which counts thousandths */
	FIELD_USER,		/* struct number: a user's */
	FIELD_TRUTH,		/* enum truth */
	FIELD_FLAG,		/* bool */
	FIELD_WORD,		/* an enum; .words */
	FIELD_TEXT,		/* char *, from outside */
	FIELD_CONSTANT,		/* const char *, our own */
	FIELD_TIME,		/* uint64_t, nanoseconds since 1970 */
	FIELD_OBJECT,		/* a struct; .table */
	FIELD_LIST,		/* struct list; .table is that of its items */
};

/*
 * What a field is to a monitoring system (metrics.h). Whoever adds a row that a
 * metric could be made of has to say: a test asks.
 */
enum metric {
	METRIC_UNDECIDED,
	METRIC_NONE,		/* no metric: its name has no bounds, or others tell it */
	METRIC_GAUGE,
	METRIC_COUNTER,		/* since boot, never falls: _total */
	METRIC_LABEL,		/* in a list: tells its items apart; else: in secretmem_info */
	METRIC_GROUP,		/* an object or a list, whose name begins that of its metrics */
	METRIC_INLINE,		/* one whose name does not */
	METRIC_REASONS,		/* an object of counters: one metric, with a label "reason" */
};

struct field_table;

struct field {
	const char *name;	/* in JSON */
	const char *column;	/* in tables; in an object, after the object's */
	enum field_type type;
	size_t offset;
	const char *help;	/* one line, no full stop */
	const char *const *words;	/* by value; NULL where it means unknown */
	const struct field_table *table;
	enum metric metric;
};

struct field_table {
	const char *name;
	size_t size;		/* of the struct */
	const struct field *fields;
	size_t count;
	const struct field *label;	/* how an item is named in short: label(key) */
	const struct field *key;
};

extern const struct field_table snapshot_table;
extern const struct field_table pool_table;
extern const struct field_table failures_table;
extern const struct field_table file_table;
extern const struct field_table holder_table;
extern const struct field_table chunk_table;
extern const struct field_table level_table;
extern const struct field_table region_table;
extern const struct field_table direct_map_table;
extern const struct field_table blocker_table;
extern const struct field_table limit_table;
extern const struct field_table event_table;

/* Walk the fields of a table with @row. */
#define table_for_each(row, table)					\
	for (const struct field *row = (table)->fields;			\
	     row < (table)->fields + (table)->count; row++)

/* Where in @object a field is. */
static inline const void *field_place(const struct field *field, const void *object)
{
	return (const char *)object + field->offset;
}

/* The number of a field that has one; seconds are seconds here, decimals cut off. */
struct number field_number(const struct field *field, const void *object);

/* A word's text, or NULL where it is unknown. */
const char *field_word(const struct field *field, const void *object);

/* Whether anything is known of it. */
bool field_known(const struct field *field, const void *object);

/* "bytes", "seconds", "ns", "percent", "ratio", or NULL. */
const char *field_unit(const struct field *field);

/* True for what is compared and aligned as a number. */
bool field_is_numeric(const struct field *field);

#endif
