// SPDX-License-Identifier: GPL-2.0-or-later
/* Does it fit, and what limits it: arithmetic only. */
#include <stdlib.h>

#include "room.h"
#include "test.h"

#define MiB (UINT64_C(1) << 20)
#define CHUNK (2 * MiB)
#define UNKNOWN { 0, false }
#define SIZE(bytes) { bytes, true }

struct fits_case {
	const char *name;
	struct number available, ready;
	struct number memlock, memlock_charged;
	struct number cgroup, cgroup_charged;
	struct number parent, parent_charged;
	struct number memory;
	struct number largest;
	enum room_kind bound;
};

static const struct fits_case cases[] = {
	{ .name = "nothing but the pool bounds", .available = SIZE(54 * MiB),
	  .largest = SIZE(54 * MiB), .bound = ROOM_POOL },
	{ .name = "a full pool", .available = SIZE(0), .memory = SIZE(8 * MiB),
	  .largest = SIZE(0), .bound = ROOM_POOL },
	{ .name = "the default limit", .available = SIZE(54 * MiB),
	  .memlock = SIZE(8 * MiB), .memlock_charged = SIZE(0),
	  .largest = SIZE(8 * MiB), .bound = ROOM_MEMLOCK },
	{ .name = "a limit that is no multiple of chunks", .available = SIZE(54 * MiB),
	  .memlock = SIZE(8 * MiB - 1), .memlock_charged = SIZE(2 * MiB),
	  .largest = SIZE(4 * MiB), .bound = ROOM_MEMLOCK },
	{ .name = "a limit that was lowered", .available = SIZE(54 * MiB),
	  .memlock = SIZE(MiB), .memlock_charged = SIZE(2 * MiB),
	  .largest = SIZE(0), .bound = ROOM_MEMLOCK },
	{ .name = "a limit of which nobody knows the rest", .available = SIZE(54 * MiB),
	  .memlock = SIZE(MiB), .memlock_charged = UNKNOWN,
	  .largest = SIZE(54 * MiB), .bound = ROOM_POOL },
	{ .name = "the cgroup", .available = SIZE(54 * MiB),
	  .memlock = SIZE(64 * MiB), .memlock_charged = SIZE(0),
	  .cgroup = SIZE(16 * MiB), .cgroup_charged = SIZE(10 * MiB),
	  .parent = SIZE(32 * MiB), .parent_charged = SIZE(10 * MiB),
	  .largest = SIZE(6 * MiB), .bound = ROOM_CGROUP },
	{ .name = "one above the cgroup", .available = SIZE(54 * MiB),
	  .cgroup = SIZE(16 * MiB), .cgroup_charged = SIZE(0),
	  .parent = SIZE(32 * MiB), .parent_charged = SIZE(28 * MiB),
	  .largest = SIZE(4 * MiB), .bound = ROOM_CGROUP },
	{ .name = "low memory", .available = SIZE(54 * MiB), .ready = SIZE(0),
	  .memory = SIZE(11 * MiB), .largest = SIZE(10 * MiB), .bound = ROOM_MEMORY },
	{ .name = "low memory, with a floor", .available = SIZE(54 * MiB),
	  .ready = SIZE(16 * MiB), .memory = SIZE(11 * MiB),
	  .largest = SIZE(26 * MiB), .bound = ROOM_MEMORY },
	{ .name = "of equals the first", .available = SIZE(8 * MiB),
	  .memlock = SIZE(8 * MiB), .memlock_charged = SIZE(0), .memory = SIZE(8 * MiB),
	  .largest = SIZE(8 * MiB), .bound = ROOM_POOL },
};

static void add_cgroup(struct room_facts *facts, struct number bytes, struct number charged)
{
	struct limit *limit;

	if (!bytes.known)
		return;
	limit = list_add(&facts->cgroups, sizeof(*limit));
	limit->kind = LIMIT_CGROUP;
	limit->limit_bytes = bytes;
	limit->charged_bytes = charged;
}

static void fill_case(const struct fits_case *one, struct pool *pool, struct list *rooms)
{
	struct room_facts facts = {
		.pool = pool,
		.memlock_limit_bytes = one->memlock,
		.memlock_charged_bytes = one->memlock_charged,
		.memory_bytes = one->memory,
	};

	*pool = (struct pool){
		.capacity_bytes = number(128 * MiB),
		.chunk_bytes = number(CHUNK),
		.available_bytes = one->available,
		.ready_bytes = one->ready,
	};
	add_cgroup(&facts, one->cgroup, one->cgroup_charged);
	add_cgroup(&facts, one->parent, one->parent_charged);
	rooms_fill(&facts, rooms);
	room_facts_clear(&facts);
}

static void check_case(const struct fits_case *one)
{
	struct list rooms = { 0 };
	const struct room *least;
	struct pool pool;

	fill_case(one, &pool, &rooms);
	least = room_least(&rooms);
	if (!least || least->free_bytes.value != one->largest.value ||
	    least->kind != one->bound)
		fail_msg("%s", one->name);
	assert_int_equal(rooms_fit(&rooms, 0), TRUTH_YES);
	assert_int_equal(rooms_fit(&rooms, one->largest.value), TRUTH_YES);
	assert_int_equal(rooms_fit(&rooms, one->largest.value + CHUNK), TRUTH_NO);
	free(rooms.items);
}

static void least_room_decides(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_case(&cases[i]);
}

/* Without the pool's room a yes would be a guess; a no may be certain. */
static void unknown_pool_is_no_yes(void **state)
{
	const struct fits_case one = {
		.memlock = SIZE(8 * MiB), .memlock_charged = SIZE(0),
	};
	struct list rooms = { 0 };
	struct pool pool;

	(void)state;
	fill_case(&one, &pool, &rooms);
	assert_int_equal(rooms_fit(&rooms, CHUNK), TRUTH_UNKNOWN);
	assert_int_equal(rooms_fit(&rooms, 10 * MiB), TRUTH_NO);
	free(rooms.items);
}

static void sizes_are_rounded_up(void **state)
{
	static const struct { uint64_t bytes, whole; bool known; } sizes[] = {
		{ 0, 0, true }, { 1, CHUNK, true }, { CHUNK, CHUNK, true },
		{ CHUNK + 1, 2 * CHUNK, true },
		{ UINT64_MAX - CHUNK + 1, UINT64_MAX - CHUNK + 1, true },
		{ UINT64_MAX - CHUNK + 2, 0, false }, { UINT64_MAX, 0, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct number whole = whole_chunks(sizes[i].bytes, CHUNK);

		assert_int_equal(whole.known, sizes[i].known);
		if (whole.known)
			assert_int_equal(whole.value, sizes[i].whole);
	}
	assert_int_equal(whole_chunks(5, 0).value, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(least_room_decides),
		cmocka_unit_test(unknown_pool_is_no_yes),
		cmocka_unit_test(sizes_are_rounded_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
