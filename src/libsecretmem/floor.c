// SPDX-License-Identifier: GPL-2.0-or-later
#include <time.h>

#include "floor.h"
#include "room.h"
#include "size.h"
#include "xalloc.h"

static enum exit_code read_pool(struct netlink_reader *reader, struct pool *pool,
				struct failure *failure)
{
	struct snapshot snapshot = { 0 };
	enum exit_code code = pool_read(reader, 0, &snapshot, failure);

	*pool = snapshot.pool;
	snapshot_clear(&snapshot);
	return code;
}

/* The kernel would refuse it too, and could not say what would be right. */
static enum exit_code check_range(const struct pool *pool, uint64_t bytes,
				  uint64_t *floor_bytes, struct failure *failure)
{
	struct number whole = whole_chunks(bytes, pool->chunk_bytes.value);
	enum exit_code code = EXIT_FINE;
	char *most;

	if (!whole.known || whole.value > pool->capacity_bytes.value) {
		most = size_text(pool->capacity_bytes.value, UNITS_IEC);
		code = fail(failure, EXIT_USAGE,
			    "the floor cannot be larger than the pool: at most %s", most);
		free(most);
	}
	*floor_bytes = whole.value;
	return code;
}

static enum exit_code check_result(const struct floor_change *change, struct failure *failure)
{
	const struct number floor = change->after.floor_bytes;

	if (floor.known && floor.value == change->floor_bytes)
		return EXIT_FINE;
	return fail(failure, EXIT_FAILED,
		    "the floor is not what was set: somebody else may have set it, too");
}

/* What takes long goes on after the answer; what is missing meanwhile may come yet. */
static enum exit_code read_settled(struct netlink_reader *reader, struct pool *pool,
				   struct failure *failure)
{
	const struct timespec interval = { .tv_nsec = 50 * 1000 * 1000 };
	enum exit_code code = read_pool(reader, pool, failure);

	while (!code && pool->floor_pending == TRUTH_YES) {
		nanosleep(&interval, NULL);
		code = read_pool(reader, pool, failure);
	}
	return code;
}

enum exit_code floor_set(struct netlink_reader *reader, uint64_t bytes,
			 struct floor_change *change, struct failure *failure)
{
	struct pool_settings settings = { 0 };
	enum exit_code code = read_pool(reader, &change->before, failure);

	if (!code)
		code = check_range(&change->before, bytes, &change->floor_bytes, failure);
	settings.floor_bytes = number(change->floor_bytes);
	if (!code)
		code = netlink_set_pool(reader, &settings, failure);
	if (!code)
		code = read_settled(reader, &change->after, failure);
	return code ? code : check_result(change, failure);
}

static bool grew(struct number before, struct number after)
{
	return before.known && after.known && after.value > before.value;
}

/* What is moved away needs a place. */
static bool too_little_memory(const struct floor_change *change, struct number memory_bytes)
{
	return memory_bytes.known &&
	       memory_bytes.value < change->after.floor_missing_bytes.value;
}

const char *floor_reason(const struct floor_change *change, struct number memory_bytes)
{
	const struct failures *before = &change->before.failures;
	const struct failures *after = &change->after.failures;

	if (grew(before->low_memory, after->low_memory) ||
	    too_little_memory(change, memory_bytes))
		return "too little other memory is free to move things to";
	if (grew(before->pinned, after->pinned))
		return "some of what lies in the pool is pinned and cannot be moved";
	if (!change->after.available_bytes.known ||
	    change->after.available_bytes.value > change->after.ready_bytes.value)
		return "some of what lies in the pool could not be moved away";
	return "files without a reservation hold the rest of the pool";
}
