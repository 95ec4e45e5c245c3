// SPDX-License-Identifier: GPL-2.0-or-later
#include "fields.h"
#include "history.h"
#include "xalloc.h"

#define MOMENTS 1024		/* a quarter of an hour, at one a second */
#define MOST_SNAPSHOTS 128
#define SNAPSHOT_MEMORY ((size_t)1 << 19)	/* of all that are kept, but the last two */
#define MOST_EVENTS 1024		/* then the older half is dropped */
#define NS_PER_SECOND 1000000000
#define THOUSANDTHS 1000

struct history {
	struct moment moments[MOMENTS];
	size_t next;		/* where the next moment goes */
	size_t count;
	struct snapshot snapshots[MOST_SNAPSHOTS];
	size_t sizes[MOST_SNAPSHOTS];
	size_t next_snapshot;
	size_t snapshot_count;
	size_t memory;		/* the sum of .sizes */
	struct list events;	/* of struct event */
};

struct history *history_new(void)
{
	return xcalloc(1, sizeof(struct history));
}

/* The index @back before @next in a ring of @size. */
static size_t ring_index(size_t next, size_t back, size_t size)
{
	return (next + size - 1 - back) % size;
}

static void drop_oldest(struct history *history)
{
	size_t oldest = ring_index(history->next_snapshot, history->snapshot_count - 1,
				   MOST_SNAPSHOTS);

	history->memory -= history->sizes[oldest];
	snapshot_clear(&history->snapshots[oldest]);
	history->snapshot_count--;
}

static void drop_events(struct history *history, size_t count)
{
	struct event *events = history->events.items;
	size_t i;

	for (i = 0; i < count; i++)
		event_clear(&events[i]);
	history->events.count -= count;
	if (history->events.count)
		memmove(events, events + count, history->events.count * sizeof(*events));
}

void history_clear(struct history *history)
{
	while (history->snapshot_count)
		drop_oldest(history);
	drop_events(history, history->events.count);
	history->count = 0;
}

void history_free(struct history *history)
{
	if (!history)
		return;
	history_clear(history);
	free(history->events.items);
	free(history);
}

static void add_known(struct number *sum, struct number value)
{
	if (value.known)
		*sum = number(sum->value + value.value);
}

/* The sum over all files; unknown as soon as one is. */
static struct number sum_files(const struct list *files, size_t offset)
{
	struct number sum = number(0);

	list_for_each(file, files, struct secret_file) {
		const struct number *value = (void *)((char *)file + offset);

		if (!value->known)
			return (struct number){ 0 };
		sum.value += value->value;
	}
	return sum;
}

struct number snapshot_secret_bytes(const struct snapshot *snapshot)
{
	struct number used;

	if (snapshot->pool.used_bytes.known)
		return snapshot->pool.used_bytes;
	if (!snapshot->files.known)
		return (struct number){ 0 };
	used = sum_files(&snapshot->files, offsetof(struct secret_file, used_bytes));
	if (used.known)
		return used;
	return sum_files(&snapshot->files, offsetof(struct secret_file, size_bytes));
}

struct number snapshot_splits(const struct snapshot *snapshot, size_t level_offset)
{
	struct number sum = { 0 };

	list_for_each(level, &snapshot->direct_map.levels, struct direct_map_level)
		add_known(&sum, *(const struct number *)(void *)((char *)level + level_offset));
	return sum;
}

struct number snapshot_failures(const struct snapshot *snapshot)
{
	struct number sum = { 0 };

	table_for_each(reason, &failures_table)
		add_known(&sum, field_number(reason, &snapshot->pool.failures));
	return sum;
}

static struct moment moment_of(const struct snapshot *snapshot, uint64_t monotonic_ns)
{
	return (struct moment){
		.time_ns = snapshot->time_ns,
		.monotonic_ns = monotonic_ns,
		.secret_bytes = snapshot_secret_bytes(snapshot),
		.reserved_bytes = snapshot->pool.reserved_bytes,
		.splits = snapshot_splits(snapshot, offsetof(struct direct_map_level, splits)),
		.secretmem_splits = snapshot_splits(snapshot,
			offsetof(struct direct_map_level, secretmem_splits)),
		.failures = snapshot_failures(snapshot),
	};
}

static void add_moment(struct history *history, const struct moment *moment)
{
	history->moments[history->next] = *moment;
	history->next = (history->next + 1) % MOMENTS;
	if (history->count < MOMENTS)
		history->count++;
}

/* About the memory that a snapshot takes. */
static size_t snapshot_size(const struct snapshot *snapshot)
{
	size_t size = sizeof(*snapshot) +
		      snapshot->files.capacity * sizeof(struct secret_file) +
		      snapshot->chunks.capacity * sizeof(struct chunk) +
		      snapshot->hibernation.blockers.capacity * sizeof(struct blocker) +
		      snapshot->limits.capacity * sizeof(struct limit);

	list_for_each(file, &snapshot->files, struct secret_file)
		size += file->holders.capacity * sizeof(struct holder);
	return size;
}

static void add_snapshot(struct history *history, struct snapshot *snapshot)
{
	size_t at = history->next_snapshot;

	if (history->snapshot_count == MOST_SNAPSHOTS)
		drop_oldest(history);
	history->snapshots[at] = *snapshot;
	history->sizes[at] = snapshot_size(snapshot);
	history->memory += history->sizes[at];
	history->next_snapshot = (at + 1) % MOST_SNAPSHOTS;
	history->snapshot_count++;
	while (history->memory > SNAPSHOT_MEMORY && history->snapshot_count > 2)
		drop_oldest(history);
	memset(snapshot, 0, sizeof(*snapshot));
}

void history_add(struct history *history, struct snapshot *snapshot, uint64_t monotonic_ns)
{
	const struct moment moment = moment_of(snapshot, monotonic_ns);

	add_moment(history, &moment);
	add_snapshot(history, snapshot);
}

void history_add_failure(struct history *history, uint64_t time_ns, uint64_t monotonic_ns)
{
	const struct moment moment = {
		.time_ns = time_ns, .monotonic_ns = monotonic_ns, .failed = true,
	};

	add_moment(history, &moment);
}

void history_add_event(struct history *history, struct event *event)
{
	if (history->events.count == MOST_EVENTS)
		drop_events(history, MOST_EVENTS / 2);
	*(struct event *)list_add(&history->events, sizeof(*event)) = *event;
	memset(event, 0, sizeof(*event));
}

const struct list *history_events(const struct history *history)
{
	return &history->events;
}

size_t history_count(const struct history *history)
{
	return history->count;
}

size_t history_snapshots(const struct history *history)
{
	return history->snapshot_count;
}

const struct moment *history_moment(const struct history *history, size_t back)
{
	if (back >= history->count)
		return NULL;
	return &history->moments[ring_index(history->next, back, MOMENTS)];
}

const struct snapshot *history_snapshot(const struct history *history, size_t back)
{
	if (back >= history->snapshot_count)
		return NULL;
	return &history->snapshots[ring_index(history->next_snapshot, back, MOST_SNAPSHOTS)];
}

struct number history_rate(const struct history *history, size_t back, size_t offset)
{
	const struct moment *now = history_moment(history, back);
	const struct moment *before = history_moment(history, back + 1);
	const struct number *new, *old;
	uint64_t passed;

	if (!now || !before || now->monotonic_ns <= before->monotonic_ns)
		return (struct number){ 0 };
	new = (const void *)((const char *)now + offset);
	old = (const void *)((const char *)before + offset);
	if (!new->known || !old->known || new->value < old->value)
		return (struct number){ 0 };
	passed = now->monotonic_ns - before->monotonic_ns;
	return number((uint64_t)((unsigned __int128)(new->value - old->value) * THOUSANDTHS *
				 NS_PER_SECOND / passed));
}
