// SPDX-License-Identifier: GPL-2.0-or-later
/* What was added with a key is found by it, all of it and nothing else. */
#include "key-index.h"
#include "test.h"

#define MANY 20000

/* The sum of all places with @key, and how many there are. */
static size_t find_all(const struct key_index *index, uint64_t key, size_t *sum)
{
	size_t cursor = 0, place, count = 0;

	for (*sum = 0; key_index_next(index, key, &cursor, &place); count++)
		*sum += place;
	return count;
}

static void nothing_is_in_an_empty_one(void **state)
{
	struct key_index index = { 0 };
	size_t sum;

	(void)state;
	assert_int_equal(find_all(&index, 0, &sum), 0);
	key_index_clear(&index);
	key_index_free(&index);
}

static void each_is_found(void **state)
{
	struct key_index index = { 0 };
	size_t i, sum;

	(void)state;
	/* Falling, as numbers do that several processors give out in turn. */
	for (i = 0; i < MANY; i++)
		key_index_add(&index, MANY - i, i);
	for (i = 0; i < MANY; i++) {
		assert_int_equal(find_all(&index, MANY - i, &sum), 1);
		assert_int_equal(sum, i);
	}
	assert_int_equal(find_all(&index, 0, &sum), 0);
	assert_int_equal(find_all(&index, MANY + 1, &sum), 0);
	key_index_free(&index);
}

static void several_may_have_one_key(void **state)
{
	struct key_index index = { 0 };
	size_t i, sum;

	(void)state;
	for (i = 1; i <= 100; i++)
		key_index_add(&index, i % 2 ? UINT64_MAX : 0, i);
	assert_int_equal(find_all(&index, UINT64_MAX, &sum), 50);
	assert_int_equal(sum, 50 * 50);
	assert_int_equal(find_all(&index, 0, &sum), 50);
	assert_int_equal(sum, 50 * 51);
	key_index_free(&index);
}

static void what_was_cleared_is_not_found(void **state)
{
	static const size_t counts[] = { 1, 3, MANY };
	struct key_index index = { 0 };
	size_t i, j, sum;

	(void)state;
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		for (j = 0; j < counts[i]; j++)
			key_index_add(&index, j, j);
		key_index_clear(&index);
		assert_int_equal(find_all(&index, 0, &sum), 0);
		key_index_add(&index, 7, 8);
		assert_int_equal(find_all(&index, 7, &sum), 1);
		assert_int_equal(sum, 8);
	}
	key_index_free(&index);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_in_an_empty_one),
		cmocka_unit_test(each_is_found),
		cmocka_unit_test(several_may_have_one_key),
		cmocka_unit_test(what_was_cleared_is_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
