// SPDX-License-Identifier: GPL-2.0-or-later
/* What stands after secretmem=, stated workloads, and the advice with its items. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sizing/sizing.h"
#include "test.h"

#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)
#define CHUNK (2 * MIB)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *text;
	uint64_t size;
	uint64_t floor;
} settings[] = {
	{ "512M", 512 * MIB, 0 },
	{ "512M,floor=64M", 512 * MIB, 64 * MIB },
	{ "1g,floor=0", GIB, 0 },
	{ "4096", 4096, 0 },
	{ "0", 0, 0 },
	{ "2T", 2048 * GIB, 0 },
};

/* Neither the kernel nor an administrator may write it so. */
static const char *const no_settings[] = {
	"", "12Q", "-5M", "nonsense", "512M,", "512M,floor", "512M,floor=", "512M,roof=1M",
	"512M,floor=1M,floor=2M", ",floor=1M", "1.5G", "0x10M", "99999999999T", " 1M",
};

static void settings_are_read(void **state)
{
	struct setting setting;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(settings); i++) {
		assert_true(setting_parse(settings[i].text, &setting));
		assert_int_equal(setting.size_bytes.value, settings[i].size);
		assert_int_equal(setting.floor_bytes.value, settings[i].floor);
		assert_true(setting_parse_kernel(settings[i].text, strlen(settings[i].text),
						 &setting));
		assert_int_equal(setting.size_bytes.value, settings[i].size);
	}
	for (i = 0; i < COUNT(no_settings); i++) {
		if (setting_parse(no_settings[i], &setting))
			fail_msg("'%s' is taken", no_settings[i]);
		assert_false(setting_parse_kernel(no_settings[i], strlen(no_settings[i]), &setting));
		assert_true(setting.size_bytes.known && !setting.size_bytes.value);
	}
}

/* People may write what the kernel would not take, for they do not write to it. */
static void the_kernel_is_stricter(void **state)
{
	static const char *const texts[] = { "512MiB", "512MB", "1P", "512M,floor=1MiB" };
	struct setting setting;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(texts); i++) {
		assert_true(setting_parse(texts[i], &setting));
		assert_false(setting_parse_kernel(texts[i], strlen(texts[i]), &setting));
	}
}

static void assert_parameter(const char *text, const char *wanted)
{
	struct setting setting;
	char *parameter;

	assert_true(setting_parse(text, &setting));
	assert_true(setting_round(&setting, CHUNK));
	parameter = setting_parameter(&setting);
	assert_string_equal(parameter, wanted);
	free(parameter);
}

static void settings_are_written_for_the_kernel(void **state)
{
	struct setting setting;

	(void)state;
	assert_parameter("512MiB", "secretmem=512M");
	assert_parameter("3M", "secretmem=4M");
	assert_parameter("1G,floor=1M", "secretmem=1G,floor=2M");
	assert_parameter("512MB", "secretmem=490M");
	assert_parameter("1", "secretmem=2M");
	assert_parameter("3072M", "secretmem=3G");
	assert_parameter("2M,floor=3M", "secretmem=2M,floor=2M");
	assert_true(setting_parse("18446744073709551615", &setting));
	assert_false(setting_round(&setting, CHUNK));
}

static void assert_cmdline(const char *cmdline, bool there, uint64_t size)
{
	struct setting setting = setting_of_cmdline(cmdline);

	if (setting.size_bytes.known != there || setting.size_bytes.value != size)
		fail_msg("'%s' is %" PRIu64, cmdline, setting.size_bytes.value);
}

static void the_last_one_counts(void **state)
{
	(void)state;
	assert_cmdline("", false, 0);
	assert_cmdline("quiet secretmem.enable=1", false, 0);
	assert_cmdline("foo=secretmem=1M bar=\"a secretmem=2M\"", false, 0);
	assert_cmdline("secretmem=64M secretmem.enable=1 secretmem=128M quiet", true, 128 * MIB);
	assert_cmdline("secretmem=64M secretmem=12Q", true, 0);
	assert_cmdline("\"secretmem=64M\"", true, 64 * MIB);
	assert_cmdline("secretmem", true, 0);
	assert_cmdline("quiet -- secretmem=64M", false, 0);
}

static struct workload workload(const char *text)
{
	struct workload workload = { 0 };
	struct failure failure;

	if (workload_parse(text, &workload, &failure))
		fail_msg("%s", failure.text);
	return workload;
}

static void workloads_are_counted_in_chunks(void **state)
{
	struct workload load = workload("20x64M,500x4K,5M");

	(void)state;
	assert_int_equal(workload_chunks(&load, CHUNK).value, 20 * 32 + 500 + 3);
	assert_int_equal(workload_largest(&load, CHUNK), 32);
	assert_int_equal(workload_files(&load), 521);
	assert_false(load.on_top);
	workload_clear(&load);
	load = workload("+1x1");
	assert_true(load.on_top);
	assert_int_equal(workload_chunks(&load, CHUNK).value, 1);
	workload_clear(&load);
}

static void bad_workloads_are_refused(void **state)
{
	static const char *const texts[] = {
		"", "x", "20x", "x64M", "20x64Q", "-1x64M", "20x64M,", ",20x64M", "20x-64M",
		"0x64M", "20x0", "2x3x4M", "+", "++1x1M", "20 x 64M",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(texts); i++) {
		struct workload load = { 0 };
		struct failure failure;

		if (workload_parse(texts[i], &load, &failure) != EXIT_USAGE)
			fail_msg("'%s' is taken", texts[i]);
		workload_clear(&load);
	}
}

static void workloads_may_be_too_large(void **state)
{
	struct workload load = workload("18446744073709551615x64M");

	(void)state;
	assert_false(workload_chunks(&load, CHUNK).known);
	workload_clear(&load);
}

/* A machine of 8 GiB in two stretches, and nothing in it yet. */
struct fixture {
	struct snapshot snapshot;
	struct machine machine;
	struct workload plan;
	struct sizing_facts facts;
	struct sizing sizing;
};

static void set_up(struct fixture *fixture)
{
	*fixture = (struct fixture){
		.snapshot = {
			.source = "netlink",
			.files.known = true,
			.info.mode = MODE_POOLED,
		},
		.machine = {
			.chunk_bytes = number(CHUNK),
			.granule_bytes = number(CHUNK),
			.memory_bytes = number(8 * GIB - 5),
			.zone_bytes = number(6 * GIB),
			.unmovable_bytes = number(100 * MIB),
		},
	};
	fixture->facts = (struct sizing_facts){
		.snapshot = &fixture->snapshot,
		.machine = &fixture->machine,
		.plan = &fixture->plan,
	};
}

static void clean_up(struct fixture *fixture)
{
	sizing_clear(&fixture->sizing);
	workload_clear(&fixture->plan);
	snapshot_clear(&fixture->snapshot);
}

static struct secret_file *add_file(struct fixture *fixture, uint64_t bytes)
{
	struct secret_file *file = list_add(&fixture->snapshot.files, sizeof(*file));

	file->size_bytes = number(bytes);
	return file;
}

static const struct sizing_item *item(const struct fixture *fixture, const char *name)
{
	const struct sizing_item *found = sizing_find(&fixture->sizing, name);

	if (!found)
		fail_msg("there is no item %s", name);
	return found;
}

static void files_count_by_chunks(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	add_file(&f, 4096);
	add_file(&f, 4096);
	add_file(&f, 8 * MIB);
	sizing_fill(&f.facts, &f.sizing);
	assert_int_equal(item(&f, "now")->bytes.value, 6 * CHUNK);
	assert_int_equal(f.sizing.minimum_bytes.value, 6 * CHUNK);
	/* A quarter is less than the largest file once more. */
	assert_int_equal(item(&f, "headroom")->bytes.value, 4 * CHUNK);
	assert_int_equal(f.sizing.size_bytes.value, 10 * CHUNK);
	assert_int_equal(item(&f, "now")->confidence, CONFIDENCE_EXACT);
	clean_up(&f);
}

/* One without a reservation has what it has, however large it may be. */
static void sparse_files_count_as_they_are(void **state)
{
	struct fixture f;
	struct secret_file *file;

	(void)state;
	set_up(&f);
	file = add_file(&f, 1024 * GIB);
	file->chunks = number(3);
	file->reservation = TRUTH_NO;
	file = add_file(&f, 3 * CHUNK);
	file->chunks = number(0);
	file->reservation = TRUTH_NO;
	sizing_fill(&f.facts, &f.sizing);
	assert_int_equal(item(&f, "now")->bytes.value, 6 * CHUNK);
	clean_up(&f);
}

static void a_stock_kernel_is_asked_what_it_would_take(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	f.snapshot.source = "procfs";
	f.snapshot.info.mode = MODE_STOCK;
	add_file(&f, 4096);
	sizing_fill(&f.facts, &f.sizing);
	assert_int_equal(item(&f, "now")->confidence, CONFIDENCE_COMPUTED);
	assert_string_equal(item(&f, "now")->text, "1 file that would take 1 chunk");
	sizing_clear(&f.sizing);
	f.snapshot.partial = true;
	sizing_fill(&f.facts, &f.sizing);
	assert_int_equal(item(&f, "now")->confidence, CONFIDENCE_AT_LEAST);
	clean_up(&f);
}

static void the_peak_counts_if_it_was_higher(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	add_file(&f, CHUNK);
	f.snapshot.pool.reserved_peak_bytes = number(40 * CHUNK);
	sizing_fill(&f.facts, &f.sizing);
	assert_int_equal(f.sizing.minimum_bytes.value, 40 * CHUNK);
	assert_int_equal(item(&f, "peak")->confidence, CONFIDENCE_EXACT);
	sizing_clear(&f.sizing);
	f.snapshot.pool.failures.pool_exhausted = number(2);
	sizing_fill(&f.facts, &f.sizing);
	assert_int_equal(item(&f, "peak")->confidence, CONFIDENCE_AT_LEAST);
	clean_up(&f);
}

static void plans_take_the_place_of_what_is_seen(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	add_file(&f, 100 * CHUNK);
	f.plan = workload("10x4K");
	sizing_fill(&f.facts, &f.sizing);
	assert_int_equal(f.sizing.minimum_bytes.value, 10 * CHUNK);
	sizing_clear(&f.sizing);
	f.plan.on_top = true;
	sizing_fill(&f.facts, &f.sizing);
	assert_int_equal(f.sizing.minimum_bytes.value, 110 * CHUNK);
	clean_up(&f);
}

static void recordings_count(void **state)
{
	const struct what_if recording = {
		.size_bytes = number(50 * CHUNK),
		.requests = number(7),
		.largest_bytes = number(30 * CHUNK),
	};
	struct fixture f;

	(void)state;
	set_up(&f);
	f.facts.recording = &recording;
	sizing_fill(&f.facts, &f.sizing);
	assert_int_equal(f.sizing.minimum_bytes.value, 50 * CHUNK);
	assert_int_equal(f.sizing.size_bytes.value, 80 * CHUNK);
	clean_up(&f);
}

static void headroom_is_as_asked(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	f.plan = workload("10x4K");
	f.facts.headroom_percent = number(0);
	sizing_fill(&f.facts, &f.sizing);
	assert_int_equal(f.sizing.size_bytes.value, 10 * CHUNK);
	sizing_clear(&f.sizing);
	f.facts.headroom_percent = number(33);
	sizing_fill(&f.facts, &f.sizing);
	assert_int_equal(f.sizing.size_bytes.value, 14 * CHUNK);
	sizing_clear(&f.sizing);
	f.facts.headroom_percent = number(UINT64_MAX);
	sizing_fill(&f.facts, &f.sizing);
	assert_false(f.sizing.size_bytes.known);
	clean_up(&f);
}

static void sizes_are_multiples_of_the_granule(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	f.machine.granule_bytes = number(2 * CHUNK);
	f.plan = workload("5x4K");
	f.facts.headroom_percent = number(0);
	sizing_fill(&f.facts, &f.sizing);
	assert_int_equal(f.sizing.size_bytes.value, 6 * CHUNK);
	assert_int_equal(item(&f, "rounding")->bytes.value, CHUNK);
	clean_up(&f);
}

static void refusals_with_room_advise_a_floor(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	add_file(&f, 5 * CHUNK);
	sizing_fill(&f.facts, &f.sizing);
	assert_int_equal(f.sizing.floor_bytes.value, 0);
	assert_null(sizing_find(&f.sizing, "floor"));
	sizing_clear(&f.sizing);
	f.snapshot.pool.failures.pinned = number(1);
	sizing_fill(&f.facts, &f.sizing);
	assert_int_equal(f.sizing.floor_bytes.value, 5 * CHUNK);
	assert_int_equal(item(&f, "floor-unused")->bytes.value, 5 * CHUNK);
	clean_up(&f);
}

static void a_floor_that_is_set_is_kept(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	add_file(&f, CHUNK);
	f.facts.keep_floor_bytes = number(30 * CHUNK);
	sizing_fill(&f.facts, &f.sizing);
	assert_int_equal(f.sizing.floor_bytes.value, 30 * CHUNK);
	assert_int_equal(f.sizing.size_bytes.value, 30 * CHUNK);
	clean_up(&f);
}

static void the_machine_bounds(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	f.plan = workload("1x5G");
	sizing_fill(&f.facts, &f.sizing);
	assert_int_equal(f.sizing.most_bytes.value, 4 * GIB - CHUNK);
	item(&f, "too-much");
	sizing_clear(&f.sizing);
	f.machine.zone_bytes = number(3 * GIB + 1);
	sizing_fill(&f.facts, &f.sizing);
	assert_int_equal(f.sizing.most_bytes.value, 3 * GIB);
	clean_up(&f);
}

static void splits_are_told(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	direct_map_level(&f.snapshot.direct_map.levels, GIB)->bytes = number(6 * GIB);
	f.plan = workload("1x1200M");
	f.facts.headroom_percent = number(0);
	sizing_fill(&f.facts, &f.sizing);
	assert_int_equal(item(&f, "direct-map-1g")->count.value, 2);
	clean_up(&f);
}

static void nothing_seen_is_no_advice(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	sizing_fill(&f.facts, &f.sizing);
	assert_false(f.sizing.size_bytes.known);
	item(&f, "nothing-known");
	clean_up(&f);
}

static const char iomem[] =
	"00000000-00000fff : Reserved\n"
	"00001000-0009fbff : System RAM\n"
	"00100000-bfffffff : System RAM\n"
	"  01000000-02bfffff : Kernel code\n"
	"  03000000-ffffffff : System RAM\n"
	"c0000000-ffffffff : Reserved\n"
	"100000000-63fffffff : System RAM\n";

static void stretches_end_where_zones_do(void **state)
{
	(void)state;
	assert_int_equal(longest_stretch(iomem).value, 0x540000000);
	assert_int_equal(longest_stretch("00100000-17fffffff : System RAM\n").value, 0xfff00000);
	assert_false(longest_stretch("00000000-00000000 : System RAM\n").known);
	assert_false(longest_stretch("").known);
	assert_false(longest_stretch("nonsense\n-\n: System RAM\n").known);
}

static void present_pages_are_summed(void **state)
{
	(void)state;
	assert_int_equal(present_pages("Node 0, zone DMA\n        spanned  4095\n"
				       "        present  3998\nNode 0, zone Normal\n"
				       "        present  100\n").value, 4098);
	assert_false(present_pages("").known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_are_read),
		cmocka_unit_test(the_kernel_is_stricter),
		cmocka_unit_test(settings_are_written_for_the_kernel),
		cmocka_unit_test(the_last_one_counts),
		cmocka_unit_test(workloads_are_counted_in_chunks),
		cmocka_unit_test(bad_workloads_are_refused),
		cmocka_unit_test(workloads_may_be_too_large),
		cmocka_unit_test(files_count_by_chunks),
		cmocka_unit_test(sparse_files_count_as_they_are),
		cmocka_unit_test(a_stock_kernel_is_asked_what_it_would_take),
		cmocka_unit_test(the_peak_counts_if_it_was_higher),
		cmocka_unit_test(plans_take_the_place_of_what_is_seen),
		cmocka_unit_test(recordings_count),
		cmocka_unit_test(headroom_is_as_asked),
		cmocka_unit_test(sizes_are_multiples_of_the_granule),
		cmocka_unit_test(refusals_with_room_advise_a_floor),
		cmocka_unit_test(a_floor_that_is_set_is_kept),
		cmocka_unit_test(the_machine_bounds),
		cmocka_unit_test(splits_are_told),
		cmocka_unit_test(nothing_seen_is_no_advice),
		cmocka_unit_test(stretches_end_where_zones_do),
		cmocka_unit_test(present_pages_are_summed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
