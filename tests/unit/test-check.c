// SPDX-License-Identifier: GPL-2.0-or-later
/* What check says, and how it compares two checks by its state file. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../src/secretmemctl/check.h"
#include "json.h"
#include "test.h"
#include "xalloc.h"

#define NS_PER_SECOND UINT64_C(1000000000)
#define START (UINT64_C(1795334468) * NS_PER_SECOND)

static char dir[] = "/tmp/secretmem-check-XXXXXX";
static char *path;
static struct failure failure;

static int start(void **state)
{
	(void)state;
	strcpy(dir + strlen(dir) - 6, "XXXXXX");
	assert_non_null(mkdtemp(dir));
	path = xasprintf("%s/state", dir);
	failure = (struct failure){ 0 };
	return 0;
}

static int stop(void **state)
{
	(void)state;
	unlink(path);
	rmdir(dir);
	free(path);
	return 0;
}

/* ---- the state file ---- */

static struct check_item item_of(const char *name, uint64_t counter)
{
	const struct check_metric *metric = check_metric_find(name, strlen(name));

	assert_non_null(metric);
	return (struct check_item){
		.metric = metric, .name = metric->name, .unit = metric->unit,
		.counter = number(counter * 1000),
	};
}

static struct check_item use(const char *name, uint64_t counter, uint64_t ms)
{
	struct check_item item = item_of(name, counter);
	struct list items = { .items = &item, .count = 1, .known = true };

	if (check_state_use(path, START + ms * 1000000, &items, &failure))
		fail_msg("%s", failure.text);
	return item;
}

static void first_check_knows_no_rate(void **state)
{
	struct check_item item = use("splits_per_second", 100, 0);
	struct stat status;

	(void)state;
	assert_false(item.value.known);
	assert_true(item.first);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
}

static void rates_are_by_the_time_between(void **state)
{
	struct check_item item;

	(void)state;
	use("splits_per_second", 100, 0);
	item = use("splits_per_second", 130, 60000);
	assert_true(item.value.known);
	assert_int_equal(item.value.value, 500);	/* thousandths */
	item = use("splits_per_second", 131, 60250);
	assert_int_equal(item.value.value, 4000);
	item = use("splits_per_second", 131, 70000);
	assert_int_equal(item.value.value, 0);
}

static void increases_are_whole(void **state)
{
	struct check_item item;

	(void)state;
	use("new_failures", 5, 0);
	item = use("new_failures", 8, 60000);
	assert_int_equal(item.value.value, 3000);
	item = use("new_failures", 8, 120000);
	assert_int_equal(item.value.value, 0);
}

/* Agents ask again while the file that they read is the same. */
static void the_same_reading_gets_the_same_answer(void **state)
{
	struct check_item item;

	(void)state;
	use("new_failures", 5, 0);
	item = use("new_failures", 5, 0);
	assert_true(item.first);
	use("new_failures", 8, 60000);
	item = use("new_failures", 8, 60000);
	assert_true(item.value.known);
	assert_int_equal(item.value.value, 3000);
	item = use("new_failures", 8, 60000);
	assert_int_equal(item.value.value, 3000);
}

static void a_reboot_begins_anew(void **state)
{
	struct check_item item;

	(void)state;
	use("splits_per_second", 100, 60000);
	item = use("splits_per_second", 7, 120000);
	assert_false(item.value.known);
	assert_true(item.first);
	item = use("splits_per_second", 13, 180000);
	assert_int_equal(item.value.value, 100);
	item = use("splits_per_second", 14, 170000);	/* the clock was set back */
	assert_true(item.first);
}

static void write_text(const char *text)
{
	FILE *stream = fopen(path, "w");

	assert_non_null(stream);
	fputs(text, stream);
	fclose(stream);
}

static void files_of_others_are_left_alone(void **state)
{
	static const char *const texts[] = {
		"", "precious", "{}", "[]", "{\"schema\": 5}", "{\"schema\": \"secretmem/status\"}",
	};
	struct check_item item = item_of("new_failures", 1);
	struct list items = { .items = &item, .count = 1 };
	struct stat status;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		write_text(texts[i]);
		assert_int_equal(check_state_use(path, START, &items, &failure), EXIT_FAILED);
		assert_non_null(strstr(failure.text, path));
		assert_int_equal(stat(path, &status), 0);
		assert_int_equal(status.st_size, strlen(texts[i]));
	}
	unlink(path);
	assert_int_equal(symlink("/etc/hostname", path), 0);
	assert_int_equal(check_state_use(path, START, &items, &failure), EXIT_FAILED);
}

/* What somebody wrote into it by hand is no reason to fall over. */
static void odd_state_is_a_first_check(void **state)
{
	static const char *const odd[] = {
		"{\"schema\": \"secretmem/check-state\"}",
		"{\"schema\": \"secretmem/check-state\", \"time_ms\": \"x\", \"metrics\": []}",
		"{\"schema\": \"secretmem/check-state\", \"time_ms\": 1, \"metrics\": "
		"[7, {\"name\": 7, \"counter\": 1}]}",
		"{\"schema\": \"secretmem/check-state\", \"time_ms\": 1, \"metrics\": "
		"[{\"name\": \"new_failures\", \"counter\": -1.5}]}",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		write_text(odd[i]);
		assert_true(use("new_failures", 5, 60000).first);
	}
}

/* ---- what it says ---- */

static char *printed(const struct check_report *report, bool verbose)
{
	size_t size;
	char *text;
	FILE *stream = open_memstream(&text, &size);

	check_print(report, verbose, stream);
	fclose(stream);
	return text;
}

static void assert_printed(const struct check_report *report, bool verbose, const char *wanted)
{
	char *text = printed(report, verbose);

	assert_string_equal(text, wanted);
	free(text);
}

static void one_line_and_perfdata(void **state)
{
	struct check_report report = { .state = CHECK_CRITICAL };
	struct check_item items[2] = {
		item_of("pool_used", 0), item_of("splits_per_second", 0),
	};

	(void)state;
	items[0].value = number(91000);
	assert_int_equal(range_parse("80", false, &items[0].warning, &failure), EXIT_FINE);
	assert_int_equal(range_parse("~:90", false, &items[0].critical, &failure), EXIT_FINE);
	items[0].critical_text = range_text(&items[0].critical);
	items[0].state = CHECK_CRITICAL;
	items[1].first = true;
	items[1].state = CHECK_OK;
	report.items = (struct list){ .items = items, .count = 2, .known = true };
	report.text = check_text(&report.items, CHECK_CRITICAL, UNITS_IEC);
	assert_printed(&report, false, "SECRETMEM CRITICAL: pool_used 91% (critical: ~:90) | "
		       "'pool_used'=91%;80;~:90;0;100 'splits_per_second'=U;;;0;\n");
	assert_printed(&report, true, "SECRETMEM CRITICAL: pool_used 91% (critical: ~:90) | "
		       "'pool_used'=91%;80;~:90;0;100 'splits_per_second'=U;;;0;\n"
		       "CRITICAL: pool_used = 91%: how much of the pool is reserved\n"
		       "OK: splits_per_second = unknown: "
		       "pages of the direct map split, for whatever reason\n");
	free(report.text);
	free(items[0].critical_text);
}

/* A bar in the text would make perfdata of what follows. */
static void text_cannot_end_the_text(void **state)
{
	char bar[] = "a|b";
	struct check_report report = { .state = CHECK_UNKNOWN, .text = bar };

	(void)state;
	assert_printed(&report, false, "SECRETMEM UNKNOWN: a\\x7cb\n");
}

static void states_are_the_exit_statuses(void **state)
{
	(void)state;
	assert_int_equal(CHECK_OK - 1, 0);
	assert_int_equal(CHECK_WARNING - 1, 1);
	assert_int_equal(CHECK_CRITICAL - 1, 2);
	assert_int_equal(CHECK_UNKNOWN - 1, 3);
	assert_string_equal(check_state_word(CHECK_OK), "OK");
	assert_string_equal(check_state_word(CHECK_UNKNOWN), "UNKNOWN");
}

/* Names are a promise, as those of metrics are, and become labels of perfdata. */
static void names_of_metrics_are_plain(void **state)
{
	const struct check_metric *metric;

	(void)state;
	for (metric = check_metrics; metric->name; metric++) {
		assert_int_equal(strspn(metric->name, "abcdefghijklmnopqrstuvwxyz_"),
				 strlen(metric->name));
		assert_ptr_equal(check_metric_find(metric->name, strlen(metric->name)), metric);
		assert_true(!*metric->unit || strlen(metric->unit) == 1);
		assert_true(strchr("%Bc", *metric->unit));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(first_check_knows_no_rate),
		TEST(rates_are_by_the_time_between),
		TEST(increases_are_whole),
		TEST(the_same_reading_gets_the_same_answer),
		TEST(a_reboot_begins_anew),
		TEST(files_of_others_are_left_alone),
		TEST(odd_state_is_a_first_check),
		TEST(one_line_and_perfdata),
		TEST(text_cannot_end_the_text),
		TEST(states_are_the_exit_statuses),
		TEST(names_of_metrics_are_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
