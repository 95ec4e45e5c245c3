// SPDX-License-Identifier: GPL-2.0-or-later
/* A user's name is the same each time it is asked for, and so is that there is none. */
#include "test.h"
#include "users.h"

#define NOBODY_AT_ALL ((uid_t)4000000000)
#define MANY 1000

static void users_have_names(void **state)
{
	(void)state;
	assert_string_equal(user_name(0), "root");
	assert_null(user_name(NOBODY_AT_ALL));
	assert_string_equal(user_name(0), "root");
	assert_null(user_name(NOBODY_AT_ALL));
}

static void many_are_told_apart(void **state)
{
	uid_t uid;

	(void)state;
	for (uid = NOBODY_AT_ALL; uid < NOBODY_AT_ALL + MANY; uid++)
		assert_null(user_name(uid));
	assert_string_equal(user_name(0), "root");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(users_have_names),
		cmocka_unit_test(many_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
