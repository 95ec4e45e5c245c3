/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A snapshot as metrics: families with their samples, made of the field table,
 * whose rows say what is one (enum metric). How they are written is openmetrics.h.
 *
 * The name of a family is "secretmem", the objects that it is in and the field's
 * own: secretmem_pool_used_bytes. A percentage is a ratio, as base units are asked
 * for. What is not known has no sample.
 */
#ifndef SECRETMEM_METRICS_H
#define SECRETMEM_METRICS_H

#include "fields.h"

enum metric_type {
	METRIC_TYPE_GAUGE,
	METRIC_TYPE_COUNTER,
	METRIC_TYPE_INFO,	/* always 1: its labels are what it tells */
};

struct metric_label {
	char *name;
	char *value;		/* valid UTF-8, as escape.h makes it */
};

struct metric_sample {
	struct list labels;	/* of struct metric_label */
	char *value;
};

struct metric_family {
	char *name;		/* without _total and _info */
	enum metric_type type;
	const char *unit;	/* with which the name ends, or NULL */
	const char *help;
	const char *label;	/* what tells its samples apart, or NULL */
	struct list samples;	/* of struct metric_sample; none: nothing is known */
};

/* All families that there can be, in a list of struct metric_family. */
void metrics_collect(const struct snapshot *snapshot, struct list *families);

void metrics_clear(struct list *families);

#endif
