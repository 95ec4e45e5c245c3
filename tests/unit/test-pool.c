// SPDX-License-Identifier: GPL-2.0-or-later
/* What secretmemctl pool says: to people, and in JSON. */
#include <string.h>

#include <json-c/json.h>

#include "json.h"
#include "../../src/secretmemctl/pool.h"
#include "test.h"
#include "xalloc.h"

#define MiB (UINT64_C(1) << 20)

static char *text;
static size_t text_size;
static struct page page;
static struct pool_report report;
static struct floor_change change;

static void add_room(enum room_kind kind, struct number limit, struct number charged,
		     uint64_t free_bytes)
{
	struct room *room = list_add(&report.rooms, sizeof(*room));

	room->kind = kind;
	room->limit_bytes = limit;
	room->charged_bytes = charged;
	room->free_bytes = number(free_bytes);
	if (kind == ROOM_MEMLOCK)
		room->uid = number(4000000000);
	if (kind == ROOM_CGROUP)
		room->cgroup = "/a\n";
}

static void fill_pool(struct pool *pool)
{
	pool->capacity_bytes = number(128 * MiB);
	pool->chunk_bytes = number(2 * MiB);
	pool->reserved_bytes = number(72 * MiB);
	pool->reserved_peak_bytes = number(100 * MiB);
	pool->used_bytes = number(61 * MiB);
	pool->wasted_bytes = number(11 * MiB);
	pool->floor_bytes = number(16 * MiB);
	pool->ready_bytes = number(6 * MiB);
	pool->floor_missing_bytes = number(2 * MiB);
	pool->available_bytes = number(54 * MiB);
	pool->chunks = number(36);
	pool->files = number(1);
	pool->free_chunks = number(27);
	pool->quarantined_chunks = number(1);
	pool->failures.memlock = number(1);
	pool->failures.cgroup = number(2);
	pool->failures.pinned = number(0);
}

static int start(void **state)
{
	(void)state;
	memset(&report, 0, sizeof(report));
	memset(&change, 0, sizeof(change));
	page = (struct page){ .stream = open_memstream(&text, &text_size) };
	fill_pool(&report.pool);
	add_room(ROOM_POOL, number(128 * MiB), number(74 * MiB), 54 * MiB);
	add_room(ROOM_MEMLOCK, number(8 * MiB), number(2 * MiB), 6 * MiB);
	add_room(ROOM_CGROUP, number(64 * MiB), number(60 * MiB), 4 * MiB);
	add_room(ROOM_MEMORY, number(2 * MiB), (struct number){ 0 }, 6 * MiB);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	free(report.rooms.items);
	free(text);
	return 0;
}

static void assert_said(const char *wanted)
{
	fclose(page.stream);
	if (strcmp(text, wanted))
		fail_msg("it says:\n%snot:\n%s", text, wanted);
}

static void pool_is_shown(void **state)
{
	(void)state;
	pool_print(&report, &page);
	assert_said("Capacity     128M in chunks of 2M\n"
		    "Reserved     72M, at most 100M since boot; 36 chunks, 1 file\n"
		    "Used         61M\n"
		    "Wasted       11M: reserved, and not used\n"
		    "Floor        16M kept for reservations: 6M ready, 2M missing\n"
		    "Available    54M in 27 chunks; 1 chunk in quarantine for good\n"
		    "Fits now     4M in one reservation, limited by misc.max of cgroup /a\\x0a "
		    "(60M of 64M taken)\n"
		    "Failed       1 time: RLIMIT_MEMLOCK was reached by what the creator of the file has\n"
		    "             2 times: misc.max of a cgroup was reached\n");
}

static void unknown_is_a_dash(void **state)
{
	(void)state;
	report.pool = (struct pool){ 0 };
	report.rooms.count = 0;
	pool_print(&report, &page);
	assert_said("Capacity     - in chunks of -\n"
		    "Reserved     -\n"
		    "Used         -\n"
		    "Wasted       -: reserved, and not used\n"
		    "Floor        - kept for reservations: - ready\n"
		    "Available    -\n");
}

static void no_tells_all_that_stands_against_it(void **state)
{
	(void)state;
	report.fits = (struct fits){ number(7 * MiB), number(8 * MiB), TRUTH_NO };
	pool_print_fits(&report, &page);
	assert_said("7M is 8M in whole chunks of 2M.\n"
		    "no: at most 6M, limited by RLIMIT_MEMLOCK of user 4000000000 "
		    "(2M of 8M taken)\n"
		    "no: at most 4M, limited by misc.max of cgroup /a\\x0a (60M of 64M taken)\n"
		    "no: at most 6M, limited by low memory: what lies in the pool must go "
		    "elsewhere\n");
}

static void yes_tells_what_limits(void **state)
{
	(void)state;
	report.fits = (struct fits){ number(4 * MiB), number(4 * MiB), TRUTH_YES };
	pool_print_fits(&report, &page);
	assert_said("yes: up to 4M, limited by misc.max of cgroup /a\\x0a (60M of 64M taken)\n");
}

static void floor_tells_what_is_missing(void **state)
{
	(void)state;
	report.floor = (struct floor_report){
		number(15 * MiB), number(16 * MiB), number(0), number(16 * MiB), number(2 * MiB)
	};
	change.before.ready_bytes = number(0);
	change.after.ready_bytes = number(6 * MiB);
	change.after.failures.pinned = number(1);
	change.before.failures.pinned = number(0);
	pool_print_floor(&report, &change, &page);
	assert_said("15M is 16M in whole chunks of 2M.\n"
		    "Floor        0B → 16M\n"
		    "Ready        0B → 6M\n"
		    "Missing      2M could not be had: some of what lies in the pool is pinned "
		    "and cannot be moved\n");
}

static struct json_object *member(struct json_object *json, const char *name)
{
	struct json_object *value = NULL;

	if (!json_object_object_get_ex(json, name, &value))
		fail_msg("no member %s", name);
	return value;
}

static void json_has_one_shape(void **state)
{
	struct json_object *json, *room;

	(void)state;
	json_print(page.stream, "secretmem/pool", &pool_report_table, &report);
	fflush(page.stream);
	json = json_tokener_parse(text);
	assert_non_null(json);
	assert_int_equal(json_object_array_length(member(json, "rooms")), 4);
	room = json_object_array_get_idx(member(json, "rooms"), 1);
	assert_string_equal(json_object_get_string(member(room, "kind")), "memlock");
	assert_int_equal(json_object_get_int64(member(room, "free_bytes")), 6 * MiB);
	assert_int_equal(json_object_get_int64(member(member(json, "pool"), "ready_bytes")),
			 6 * MiB);
	assert_null(member(json, "largest_bytes"));
	assert_null(member(json, "bound"));
	assert_null(member(member(json, "fits"), "fits"));
	assert_null(member(member(json, "floor"), "missing_bytes"));
	json_object_put(json);
	fclose(page.stream);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pool_is_shown),
		TEST(unknown_is_a_dash),
		TEST(no_tells_all_that_stands_against_it),
		TEST(yes_tells_what_limits),
		TEST(floor_tells_what_is_missing),
		TEST(json_has_one_shape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
