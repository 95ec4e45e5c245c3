// SPDX-License-Identifier: GPL-2.0-or-later
/* Every form of a range, and on which side of it values are. */
#include <stdlib.h>
#include <string.h>

#include "range.h"
#include "test.h"

static const struct {
	const char *text;
	const char *printed;
	double well[4];
	double alerts[4];
	bool all_is_well;	/* nothing can be outside of it */
} forms[] = {
	/* those of the guidelines, in their order */
	{ "10", "10", { 0, 10, 5, 9.999 }, { -0.001, 10.001, -1, 11 } },
	{ "10:", "10:", { 10, 11, 1e18, 10 }, { 9.999, 0, -1, 9 } },
	{ "~:10", "~:10", { 10, 0, -1e18, 9 }, { 10.001, 11, 1e18, 11 } },
	{ "10:20", "10:20", { 10, 15, 20, 19.999 }, { 9.999, 20.001, -15, 0 } },
	{ "@10:20", "@10:20", { 9.999, 20.001, -15, 0 }, { 10, 15, 20, 19.999 } },
	/* and what follows from them */
	{ "0", "0", { 0, 0, 0, 0 }, { 1, 0.001, -1, 100 } },
	{ "0:", "0:", { 0, 1, 1e18, 5 }, { -0.001, -1, -2, -1e18 } },
	{ ":10", "10", { 0, 10, 5, 9 }, { -1, 11, 10.5, 1e18 } },
	{ "@10", "@10", { -1, 11, 10.001, 1e18 }, { 0, 10, 5, 9.5 } },
	{ "@10:", "@10:", { 9, 0, -1, 9.999 }, { 10, 11, 1e18, 10 } },
	{ "@~:10", "@~:10", { 11, 10.001, 1e18, 12 }, { 10, 0, -1, -1e18 } },
	{ "~:", "~:", { 0, -1e18, 1e18, 1 }, .all_is_well = true },
	{ "-10:10", "-10:10", { -10, 0, 10, 5 }, { -10.001, 10.001, 11, -11 } },
	{ "-20:-10", "-20:-10", { -20, -15, -10, -11 }, { -9, -21, 0, 15 } },
	{ "~:-1", "~:-1", { -1, -2, -1e18, -1.5 }, { 0, -0.999, 1, 5 } },
	{ "0.5:1.25", "0.5:1.25", { 0.5, 1, 1.25, 0.75 }, { 0.499, 1.251, 0, 2 } },
	{ ".5:", "0.5:", { 0.5, 1, 2, 3 }, { 0.499, 0, -1, 0.25 } },
	{ "5:5", "5:5", { 5, 5, 5, 5 }, { 4.999, 5.001, 0, 6 } },
};

static void every_form_is_understood(void **state)
{
	struct failure failure;
	struct range range;
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		char *text;

		if (range_parse(forms[i].text, false, &range, &failure))
			fail_msg("%s: %s", forms[i].text, failure.text);
		for (j = 0; j < 4; j++) {
			if (range_alerts(&range, forms[i].well[j]))
				fail_msg("%g alerts by %s", forms[i].well[j], forms[i].text);
		}
		for (j = 0; j < 4 && !forms[i].all_is_well; j++) {
			if (!range_alerts(&range, forms[i].alerts[j]))
				fail_msg("%g does not alert by %s", forms[i].alerts[j],
					 forms[i].text);
		}
		text = range_text(&range);
		assert_string_equal(text, forms[i].printed);
		free(text);
	}
}

static void what_is_no_range_is_refused(void **state)
{
	static const char *const wrong[] = {
		"", "@", "ten", "10:x", "x:10", "20:10", "@20:10", "10:20:30", "~", "~10", "10:~",
		"1e3", "0x10", "inf", "nan", " 10", "10 ", "10,5", "1-2", "--1", "1..2", "10%",
		"10M", "+5", "@@5", "80;90",
	};
	struct failure failure;
	struct range range;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		failure = (struct failure){ 0 };
		if (range_parse(wrong[i], false, &range, &failure) != EXIT_USAGE)
			fail_msg("'%s' was taken for a range", wrong[i]);
		assert_non_null(strstr(failure.text, wrong[i]));
	}
}

static void sizes_may_have_suffixes(void **state)
{
	struct failure failure;
	struct range range;
	char *text;

	(void)state;
	assert_int_equal(range_parse("64M:1GiB", true, &range, &failure), EXIT_FINE);
	text = range_text(&range);
	assert_string_equal(text, "67108864:1073741824");
	free(text);
	assert_int_equal(range_parse("64X:", true, &range, &failure), EXIT_USAGE);
}

static void no_range_never_alerts(void **state)
{
	const struct range none = { 0 };
	char *text = range_text(&none);

	(void)state;
	assert_false(range_alerts(&none, 1));
	assert_string_equal(text, "");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_is_understood),
		cmocka_unit_test(what_is_no_range_is_refused),
		cmocka_unit_test(sizes_may_have_suffixes),
		cmocka_unit_test(no_range_never_alerts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
