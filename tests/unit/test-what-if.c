// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's rules, one by one, and the smallest pool that refuses nothing. */
#include <stdlib.h>

#include "sizing/what-if.h"
#include "test.h"

#define CHUNK ((uint64_t)2 << 20)
#define RESERVE(number, count) \
	{ .kind = REQUEST_RESERVE, .file = number, .chunks = count, .bytes = (count) * CHUNK }
#define GROW(number, count) \
	{ .kind = REQUEST_GROW, .file = number, .chunks = count, .bytes = (count) * CHUNK }
#define RELEASE(number) { .kind = REQUEST_RELEASE, .file = number }
#define RUN(requests, chunks, floor, result) \
	run(requests, sizeof(requests) / sizeof((requests)[0]), chunks, floor, result)
#define SMALLEST(requests, floor) \
	smallest(requests, sizeof(requests) / sizeof((requests)[0]), floor)

static void run(struct request *requests, size_t count, uint64_t chunks, uint64_t floor,
		struct what_if *result)
{
	const struct list list = { .items = requests, .count = count, .known = true };

	what_if_run(&list, &(struct what_if_pool){ CHUNK, chunks, floor }, result);
}

static uint64_t smallest(struct request *requests, size_t count, uint64_t floor)
{
	const struct list list = { .items = requests, .count = count, .known = true };

	return what_if_smallest(&list, CHUNK, floor);
}

static const struct refusal *refusal_at(const struct what_if *result, size_t index)
{
	assert_true(index < result->refusals.count);
	return list_at(&result->refusals, index, sizeof(struct refusal));
}

static void reservations_are_all_or_nothing(void **state)
{
	struct request requests[] = { RESERVE(1, 3), RESERVE(2, 2), RESERVE(3, 1) };
	struct what_if result;

	(void)state;
	RUN(requests, 4, 0, &result);
	assert_int_equal(result.requests.value, 3);
	assert_int_equal(result.refused.value, 1);
	assert_int_equal(refusal_at(&result, 0)->file.value, 2);
	assert_int_equal(refusal_at(&result, 0)->chunks.value, 2);
	assert_int_equal(refusal_at(&result, 0)->free_chunks.value, 1);
	assert_int_equal(result.peak_bytes.value, 4 * CHUNK);
	assert_int_equal(result.files_peak.value, 2);
	assert_int_equal(result.unused_bytes.value, 0);
	what_if_clear(&result);
}

static void what_is_released_can_be_had(void **state)
{
	struct request requests[] = {
		RESERVE(1, 4), RELEASE(1), RESERVE(2, 4), RELEASE(2), RESERVE(3, 5),
	};
	struct what_if result;

	(void)state;
	RUN(requests, 4, 0, &result);
	assert_int_equal(result.refused.value, 1);
	assert_int_equal(refusal_at(&result, 0)->file.value, 3);
	what_if_clear(&result);
	assert_int_equal(SMALLEST(requests, 0), 5);
}

/* A reservation of a file that grew takes what it lacks, and no more. */
static void reservations_grow(void **state)
{
	struct request requests[] = { RESERVE(1, 2), RESERVE(1, 5), RESERVE(1, 3) };
	struct what_if result;

	(void)state;
	RUN(requests, 5, 0, &result);
	assert_int_equal(result.refused.value, 0);
	assert_int_equal(result.peak_bytes.value, 5 * CHUNK);
	assert_int_equal(result.largest_bytes.value, 5 * CHUNK);
	what_if_clear(&result);
}

/* Who does without a reservation gets what is left, and then nothing. */
static void growth_is_one_by_one(void **state)
{
	struct request requests[] = { RESERVE(1, 2), GROW(2, 3), RESERVE(3, 1) };
	struct what_if result;

	(void)state;
	RUN(requests, 4, 0, &result);
	assert_int_equal(result.refused.value, 2);
	assert_int_equal(refusal_at(&result, 0)->file.value, 2);
	assert_int_equal(refusal_at(&result, 0)->chunks.value, 1);
	assert_int_equal(refusal_at(&result, 1)->file.value, 3);
	assert_int_equal(result.peak_bytes.value, 4 * CHUNK);
	what_if_clear(&result);
}

/* The floor is for reservations: others find the pool full before it is. */
static void the_floor_is_for_reservations(void **state)
{
	struct request requests[] = { GROW(1, 2), GROW(2, 1), RESERVE(3, 2) };
	struct what_if result;

	(void)state;
	RUN(requests, 4, 2, &result);
	assert_int_equal(result.refused.value, 1);
	assert_int_equal(refusal_at(&result, 0)->file.value, 2);
	what_if_clear(&result);
	assert_int_equal(SMALLEST(requests, 2), 5);
	assert_int_equal(SMALLEST(requests, 0), 5);
}

/* What a reservation has counts for the floor, so then none is kept beside it. */
static void reserved_chunks_count_for_the_floor(void **state)
{
	struct request requests[] = {
		RESERVE(1, 2), GROW(2, 2), RELEASE(1), GROW(3, 1), RELEASE(2), GROW(4, 2),
	};
	struct what_if result;

	(void)state;
	RUN(requests, 4, 2, &result);
	/* File 3 comes while the two chunks that file 1 had are ready again. */
	assert_int_equal(result.refused.value, 1);
	assert_int_equal(refusal_at(&result, 0)->file.value, 3);
	what_if_clear(&result);
}

/* A program that was refused is gone: what it did later, it would not do. */
static void who_was_refused_gave_up(void **state)
{
	struct request requests[] = { RESERVE(1, 5), GROW(1, 1), RELEASE(1), RESERVE(1, 1) };
	struct what_if result;

	(void)state;
	RUN(requests, 4, 0, &result);
	assert_int_equal(result.requests.value, 2);
	assert_int_equal(result.refused.value, 1);
	assert_int_equal(result.peak_bytes.value, CHUNK);
	what_if_clear(&result);
}

static void other_limits_stay(void **state)
{
	struct request requests[] = { RESERVE(1, 2), RESERVE(2, 9) };
	struct what_if result;

	(void)state;
	requests[1].limited = requests[1].refused = true;
	RUN(requests, 2, 0, &result);
	assert_int_equal(result.refused.value, 0);
	assert_int_equal(result.limited.value, 1);
	what_if_clear(&result);
	assert_int_equal(SMALLEST(requests, 0), 2);
}

static void rounding_is_told_at_the_peak(void **state)
{
	struct request requests[] = { RESERVE(1, 1), RESERVE(2, 2) };
	struct what_if result;

	(void)state;
	requests[0].bytes = 4096;
	requests[1].bytes = CHUNK + 1;
	RUN(requests, 10, 0, &result);
	assert_int_equal(result.rounding_bytes.value, 3 * CHUNK - 4096 - CHUNK - 1);
	assert_int_equal(result.unused_bytes.value, 7 * CHUNK);
	what_if_clear(&result);
}

static void nothing_needs_nothing(void **state)
{
	struct what_if result;
	struct list none = { .known = true };

	(void)state;
	what_if_run(&none, &(struct what_if_pool){ CHUNK, 8, 0 }, &result);
	assert_int_equal(result.requests.value, 0);
	assert_true(result.refusals.known);
	what_if_clear(&result);
	assert_int_equal(what_if_smallest(&none, CHUNK, 0), 0);
	assert_int_equal(what_if_smallest(&none, CHUNK, 3), 3);
}

/* The smallest refuses nothing, and one chunk less does: whatever is asked for. */
static void the_smallest_is_the_smallest(void **state)
{
	struct request requests[200];
	unsigned int seed;

	(void)state;
	for (seed = 1; seed <= 200; seed++) {
		uint64_t floor, chunks;
		struct what_if result;
		size_t i;

		srandom(seed);
		for (i = 0; i < 200; i++)
			requests[i] = (struct request){
				.kind = REQUEST_RESERVE + random() % 3,
				.file = (uint64_t)random() % 12,
				.chunks = 1 + (uint64_t)random() % 9,
			};
		floor = (uint64_t)random() % 20;
		chunks = SMALLEST(requests, floor);
		RUN(requests, chunks, floor, &result);
		assert_int_equal(result.refused.value, 0);
		what_if_clear(&result);
		if (chunks == floor)
			continue;
		RUN(requests, chunks - 1, floor, &result);
		assert_true(result.refused.value > 0);
		what_if_clear(&result);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reservations_are_all_or_nothing),
		cmocka_unit_test(what_is_released_can_be_had),
		cmocka_unit_test(reservations_grow),
		cmocka_unit_test(growth_is_one_by_one),
		cmocka_unit_test(the_floor_is_for_reservations),
		cmocka_unit_test(reserved_chunks_count_for_the_floor),
		cmocka_unit_test(who_was_refused_gave_up),
		cmocka_unit_test(other_limits_stay),
		cmocka_unit_test(rounding_is_told_at_the_peak),
		cmocka_unit_test(nothing_needs_nothing),
		cmocka_unit_test(the_smallest_is_the_smallest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
