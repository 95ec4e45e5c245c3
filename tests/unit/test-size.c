// SPDX-License-Identifier: GPL-2.0-or-later
/* Sizes, ages and times, at their edges. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "size.h"
#include "test.h"

static const struct {
	uint64_t bytes;
	const char *iec;
	const char *si;
} sizes[] = {
	{ 0, "0B", "0B" },
	{ 1, "1B", "1B" },
	{ 999, "999B", "999B" },
	{ 1000, "1000B", "1kB" },
	{ 1023, "1023B", "1kB" },
	{ 1024, "1K", "1kB" },
	{ 1536, "1.5K", "1.5kB" },
	{ 24 << 20, "24M", "25.2MB" },
	{ 64487424, "61.5M", "64.5MB" },
	{ (1 << 20) - 1, "1M", "1MB" },
	{ 1 << 20, "1M", "1MB" },
	{ (1ULL << 30) - 1, "1G", "1.1GB" },
	{ 1ULL << 60, "1E", "1.2EB" },
	{ UINT64_MAX, "16E", "18.4EB" },
};

static void assert_text(char *text, const char *wanted)
{
	if (strcmp(text, wanted))
		fail_msg("\"%s\", not \"%s\"", text, wanted);
	free(text);
}

static void sizes_are_short(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		assert_text(size_text(sizes[i].bytes, UNITS_IEC), sizes[i].iec);
		assert_text(size_text(sizes[i].bytes, UNITS_SI), sizes[i].si);
	}
	assert_text(size_text(UINT64_MAX, UNITS_BYTES), "18446744073709551615");
}

static const struct {
	const char *text;
	uint64_t bytes;
} good_sizes[] = {
	{ "0", 0 }, { "4096", 4096 }, { "1B", 1 }, { "1K", 1024 }, { "1k", 1024 },
	{ "1KiB", 1024 }, { "1KB", 1000 }, { "24M", 24 << 20 }, { "2GiB", 2ULL << 30 },
	{ "2GB", 2000000000 }, { "1T", 1ULL << 40 }, { "1P", 1ULL << 50 },
	{ "15E", 15ULL << 60 }, { "18446744073709551615", UINT64_MAX },
};

static const char *const bad_sizes[] = {
	"", "-1", "+1", " 1", "M", "1X", "1KK", "1Ki", "1KiBB", "1.5M", "16E", "1 M",
	"18446744073709551616", "0x10", "1,5M",
};

static void sizes_are_parsed(void **state)
{
	struct number size;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good_sizes) / sizeof(good_sizes[0]); i++) {
		if (!parse_size(good_sizes[i].text, &size) || size.value != good_sizes[i].bytes)
			fail_msg("%s is %" PRIu64, good_sizes[i].text, size.value);
	}
	for (i = 0; i < sizeof(bad_sizes) / sizeof(bad_sizes[0]); i++) {
		if (parse_size(bad_sizes[i], &size) || size.known)
			fail_msg("'%s' is no size", bad_sizes[i]);
	}
}

static void ages_are_short(void **state)
{
	(void)state;
	assert_text(age_text(0), "0s");
	assert_text(age_text(59), "59s");
	assert_text(age_text(60), "1m00s");
	assert_text(age_text(3599), "59m59s");
	assert_text(age_text(3600), "1h00m");
	assert_text(age_text(11520), "3h12m");
	assert_text(age_text(86399), "23h59m");
	assert_text(age_text(86400), "1d00h");
	assert_text(age_text(UINT64_MAX), "213503982334601d07h");
}

static void ages_are_parsed(void **state)
{
	struct number seconds;

	(void)state;
	assert_true(parse_seconds("90", &seconds) && seconds.value == 90);
	assert_true(parse_seconds("15m", &seconds) && seconds.value == 900);
	assert_true(parse_seconds("3h", &seconds) && seconds.value == 10800);
	assert_true(parse_seconds("2d", &seconds) && seconds.value == 172800);
	assert_false(parse_seconds("", &seconds));
	assert_false(parse_seconds("3h12m", &seconds));
	assert_false(parse_seconds("1w", &seconds));
	assert_false(parse_seconds("999999999999999999d", &seconds));
}

static void times_are_utc(void **state)
{
	(void)state;
	setenv("TZ", "Asia/Kathmandu", 1);
	assert_text(time_text(0), "1970-01-01T00:00:00.000Z");
	assert_text(time_text(1795334468123999999), "2026-11-22T08:01:08.123Z");
	assert_text(exact_time_text(1795334468123999999), "2026-11-22T08:01:08.123999999Z");
	assert_text(exact_time_text(7), "1970-01-01T00:00:00.000000007Z");
}

static void times_are_parsed(void **state)
{
	static const struct { const char *text; uint64_t time_ns; } good[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2026-11-22T08:01:08.123999999Z", 1795334468123999999 },
		{ "2026-11-22T08:01:08.1Z", 1795334468100000000 },
		{ "2026-11-22T09:31:08+01:30", 1795334468000000000 },
		{ "2026-11-21T22:01:08-10:00", 1795334468000000000 },
		{ "2024-02-29T00:00:00Z", 1709164800000000000 },
		{ "2016-12-31T23:59:60Z", 1483228800000000000 },
	};
	static const char *const bad[] = {
		"", "now", "2026-11-22", "2026-11-22T08:01:08", "2026-11-22 08:01:08Z",
		"2026-13-22T08:01:08Z", "2026-02-29T08:01:08Z", "2026-11-22T24:00:00Z",
		"2026-11-22T08:60:08Z", "2026-11-22T08:01:61Z", "2026-11-22T08:01:08.Z",
		"2026-11-22T08:01:08.1234567890Z", "2026-11-22T08:01:08ZZ", "1969-12-31T23:59:59Z",
		"9999-01-01T00:00:00Z", "2026-11-22T08:01:08+1:00", "2026-11-22T08:01:08+01:60",
		"-026-11-22T08:01:08Z", "2026-00-22T08:01:08Z", "2026-11-00T08:01:08Z",
	};
	uint64_t time_ns;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(parse_time(good[i].text, &time_ns));
		assert_int_equal(time_ns, good[i].time_ns);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (parse_time(bad[i], &time_ns))
			fail_msg("'%s' is no time", bad[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_short),
		cmocka_unit_test(sizes_are_parsed),
		cmocka_unit_test(ages_are_short),
		cmocka_unit_test(ages_are_parsed),
		cmocka_unit_test(times_are_utc),
		cmocka_unit_test(times_are_parsed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
