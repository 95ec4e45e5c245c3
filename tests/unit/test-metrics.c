// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Metrics: their names, which are a promise, both formats byte by byte, and the
 * totals that they are made of. SECRETMEM_GOLDEN=update writes the golden files.
 */
#include <ctype.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "golden.h"
#include "metric-names.h"
#include "openmetrics.h"
#include "samples.h"
#include "test.h"
#include "totals.h"
#include "xalloc.h"

#define MiB (UINT64_C(1) << 20)

static struct snapshot snapshot;
static struct list families;

static int stop(void **state)
{
	(void)state;
	metrics_clear(&families);
	snapshot_clear(&snapshot);
	return 0;
}

static void use_sample(const char *name)
{
	sample_find(name)->fill(&snapshot);
	totals_fill(&snapshot);
}

static char *printed(enum metrics_format format)
{
	size_t size;
	char *text;
	FILE *stream = open_memstream(&text, &size);

	metrics_print(&snapshot, format, stream);
	fclose(stream);
	return golden_hide(text, "version=\"", PACKAGE_VERSION);
}

/* ---- names ---- */

/* Items of a list are told apart by one label. */
static void check_label(const struct field *field)
{
	int labels = 0;

	if (field->type != FIELD_LIST || field->metric == METRIC_NONE)
		return;
	table_for_each(inner, field->table)
		labels += inner->metric == METRIC_LABEL;
	if (labels != 1)
		fail_msg("the items of %s need one label, not %d", field->name, labels);
}

/* Whatever may become a metric has to say whether it does. */
static void check_decided(const struct field_table *table)
{
	table_for_each(field, table) {
		check_label(field);
		if (field->metric == METRIC_UNDECIDED)
			fail_msg("fields.c: is %s of %s a metric? Say .metric = METRIC_NONE, "
				 "METRIC_GAUGE or another, see fields.h", field->name, table->name);
		if (field->table && field->metric != METRIC_NONE)
			check_decided(field->table);
	}
}

static void every_field_has_decided(void **state)
{
	(void)state;
	check_decided(&snapshot_table);
}

static void names_are_golden(void **state)
{
	char *names = metric_names();

	(void)state;
	golden_assert("metric", "names", names);
	free(names);
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length > end_length && !strcmp(text + length - end_length, end);
}

static void check_name(const struct metric_family *family)
{
	static const char *const taken[] = { "_total", "_info", "_count", "_sum", "_bucket",
					     "_created" };
	const char *letter;
	size_t i;

	for (letter = family->name; *letter; letter++)
		assert_true(islower((unsigned char)*letter) || *letter == '_');
	for (i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		if (ends_with(family->name, taken[i]))
			fail_msg("%s ends as samples of other types do", family->name);
	}
	if (family->unit)
		assert_true(ends_with(family->name, family->unit));
	assert_true(strlen(family->help) > 5);
}

static void names_are_as_openmetrics_wants_them(void **state)
{
	(void)state;
	metrics_collect(&snapshot, &families);
	list_for_each(family, &families, struct metric_family) {
		check_name(family);
		list_for_each(other, &families, struct metric_family)
			assert_true(other == family || strcmp(other->name, family->name));
	}
}

/* ---- text ---- */

static void assert_all_golden(void)
{
	const struct sample *sample;
	char *text;

	for (sample = samples; sample->name; sample++) {
		use_sample(sample->name);
		text = printed(METRICS_OPENMETRICS);
		golden_assert(sample->name, "openmetrics", text);
		free(text);
		text = printed(METRICS_PROMETHEUS);
		golden_assert(sample->name, "prometheus", text);
		free(text);
		snapshot_clear(&snapshot);
	}
}

static void text_is_golden(void **state)
{
	(void)state;
	assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
	assert_all_golden();
}

/* What is not known has no line at all, not even a comment. */
static void absent_is_not_zero(void **state)
{
	char *text;

	(void)state;
	use_sample("unknown");
	text = printed(METRICS_PROMETHEUS);
	assert_null(strstr(text, "secretmem_pool"));
	assert_null(strstr(text, "secretmem_files"));
	free(text);
	snapshot_clear(&snapshot);
	use_sample("empty");
	text = printed(METRICS_PROMETHEUS);
	assert_null(strstr(text, "secretmem_pool"));
	assert_null(strstr(text, "secretmem_used_bytes"));
	assert_non_null(strstr(text, "\nsecretmem_files 0\n"));
	free(text);
}

static void formats_differ_where_they_must(void **state)
{
	char *text;

	(void)state;
	use_sample("many");
	text = printed(METRICS_OPENMETRICS);
	assert_non_null(strstr(text, "# TYPE secretmem info\n"));
	assert_non_null(strstr(text, "# TYPE secretmem_pool_failures counter\n"));
	assert_non_null(strstr(text, "# UNIT secretmem_pool_used_bytes bytes\n"));
	assert_non_null(strstr(text, "\nsecretmem_pool_failures_total{reason=\"memlock\"} 3\n"));
	assert_true(ends_with(text, "\n# EOF\n"));
	free(text);
	text = printed(METRICS_PROMETHEUS);
	assert_non_null(strstr(text, "# TYPE secretmem_info gauge\n"));
	assert_non_null(strstr(text, "# TYPE secretmem_pool_failures_total counter\n"));
	assert_non_null(strstr(text, "\nsecretmem_pool_failures_total{reason=\"memlock\"} 3\n"));
	assert_null(strstr(text, "# UNIT"));
	assert_null(strstr(text, "# EOF"));
	free(text);
}

/* ---- totals ---- */

static struct secret_file *add_file(const char *cgroup, uint64_t size_bytes)
{
	struct secret_file *file = list_add(&snapshot.files, sizeof(*file));

	file->size_bytes = number(size_bytes);
	if (cgroup)
		file->creator.cgroup = xstrdup(cgroup);
	return file;
}

static const struct cgroup_total *cgroup_at(size_t index)
{
	return list_at(&snapshot.totals.cgroups, index, sizeof(struct cgroup_total));
}

/* Twenty by name, and all others in one: however many there are. */
static void labels_have_bounds(void **state)
{
	char name[32];
	uint64_t i;

	(void)state;
	for (i = 1; i <= 500; i++) {
		snprintf(name, sizeof(name), "/g%03u", (unsigned int)i);
		add_file(name, i * MiB);
	}
	add_file(NULL, 7 * MiB);
	totals_fill(&snapshot);
	assert_int_equal(snapshot.totals.cgroups.count, MOST_CGROUPS + 1);
	assert_string_equal(cgroup_at(0)->cgroup, "/g500");
	assert_string_equal(cgroup_at(19)->cgroup, "/g481");
	assert_string_equal(cgroup_at(20)->cgroup, OTHER_CGROUPS);
	assert_int_equal(cgroup_at(20)->files.value, 481);
	assert_int_equal(cgroup_at(20)->size_bytes.value, (480 * 481 / 2 + 7) * MiB);
	assert_false(cgroup_at(20)->used_bytes.known);
	assert_int_equal(snapshot.totals.size_bytes.value, (500 * 501 / 2 + 7) * MiB);
}

static void twenty_cgroups_need_no_other(void **state)
{
	char name[32];
	unsigned int i;

	(void)state;
	for (i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "/g%02u", i % 20);
		add_file(name, MiB);
	}
	totals_fill(&snapshot);
	assert_int_equal(snapshot.totals.cgroups.count, 20);
	assert_string_equal(cgroup_at(0)->cgroup, "/g00");
	assert_int_equal(cgroup_at(0)->files.value, 2);
}

/* A series that is there with no file must be there with one, and the other way. */
static void series_do_not_come_and_go_with_files(void **state)
{
	(void)state;
	snapshot.processes = number(10);
	snapshot.files.known = true;
	totals_fill(&snapshot);
	assert_false(snapshot.totals.used_bytes.known);
	assert_true(snapshot.totals.touched_bytes.known);
	snapshot.info.family_version = number(2);
	totals_fill(&snapshot);
	assert_true(snapshot.totals.used_bytes.known);
	add_file("/", MiB);
	totals_fill(&snapshot);
	assert_false(snapshot.totals.used_bytes.known);
}

static void amplification_is_by_what_is_used(void **state)
{
	(void)state;
	use_sample("many");
	/* 16 MiB by 4 KiB pages for 78 MiB less 12 pages */
	assert_int_equal(snapshot.totals.amplification_ratio.value, 205);
	assert_int_equal(snapshot.totals.pool_used_percent.value, 56);
	assert_int_equal(snapshot.totals.memlock_used_percent.value, 75);
	assert_int_equal(snapshot.totals.cgroup_used_percent.value, 98);
	assert_int_equal(snapshot.totals.holders.value, 2);
	snapshot_clear(&snapshot);
	use_sample("empty");
	assert_false(snapshot.totals.amplification_ratio.known);
}

static void summary_names_nobody(void **state)
{
	(void)state;
	use_sample("many");
	snapshot_clear_details(&snapshot);
	assert_false(snapshot.files.known || snapshot.chunks.known || snapshot.limits.known ||
		     snapshot.hibernation.blockers.known);
	assert_int_equal(snapshot.totals.files.value, 12);
	assert_int_equal(snapshot.hibernation.causes.count, 3);
}

#define TEST(name) cmocka_unit_test_teardown(name, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_field_has_decided),
		TEST(names_are_golden),
		TEST(names_are_as_openmetrics_wants_them),
		TEST(text_is_golden),
		TEST(absent_is_not_zero),
		TEST(formats_differ_where_they_must),
		TEST(labels_have_bounds),
		TEST(twenty_cgroups_need_no_other),
		TEST(series_do_not_come_and_go_with_files),
		TEST(amplification_is_by_what_is_used),
		TEST(summary_names_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
