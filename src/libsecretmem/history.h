/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was known at the moments before: the last snapshots whole, and of many
 * more the figures that change, for rates and graphs. Moments are counted back
 * from the latest, which is 0.
 */
#ifndef SECRETMEM_HISTORY_H
#define SECRETMEM_HISTORY_H

#include "model.h"

/* The figures of one moment. */
struct moment {
	uint64_t time_ns;	/* since 1970, UTC */
	uint64_t monotonic_ns;
	bool failed;		/* nothing could be read: all is unknown */
	struct number secret_bytes;	/* see snapshot_secret_bytes() */
	struct number reserved_bytes;
	struct number splits;	/* of pages of the direct map of any size, since boot */
	struct number secretmem_splits;
	struct number failures;	/* requests that failed for any reason, since boot */
};

struct history;

struct history *history_new(void);
void history_free(struct history *history);

/* Take over all that @snapshot has; it is zeroed. */
void history_add(struct history *history, struct snapshot *snapshot, uint64_t monotonic_ns);

/* A moment at which nothing could be read. */
void history_add_failure(struct history *history, uint64_t time_ns, uint64_t monotonic_ns);

/* Take over an event; of many the oldest are forgotten. */
void history_add_event(struct history *history, struct event *event);

/* A list of struct event, oldest first. */
const struct list *history_events(const struct history *history);

/* Forget everything: what comes next was not after it. */
void history_clear(struct history *history);

/* How many moments there are, and how many whole snapshots. */
size_t history_count(const struct history *history);
size_t history_snapshots(const struct history *history);

/* The moment @back before the latest; NULL: it is not there any more. */
const struct moment *history_moment(const struct history *history, size_t back);

/* The same for snapshots: moments that failed have none, and are not counted. */
const struct snapshot *history_snapshot(const struct history *history, size_t back);

/*
 * How much a counter, the member at @offset of struct moment, grew in each
 * second before moment @back, in thousandths. Unknown where it is not known
 * twice, and where it shrank: then it is another one.
 */
struct number history_rate(const struct history *history, size_t back, size_t offset);

/* Memory in secret files: that of their pages, or, where nobody tells, their size. */
struct number snapshot_secret_bytes(const struct snapshot *snapshot);

/* Splits of pages of all sizes; unknown where none is known. */
struct number snapshot_splits(const struct snapshot *snapshot, size_t level_offset);

/* All requests that failed. */
struct number snapshot_failures(const struct snapshot *snapshot);

#endif
