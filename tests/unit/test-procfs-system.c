// SPDX-License-Identifier: GPL-2.0-or-later
/* What /proc and /sys say of the whole machine: direct map, hibernation, kernel. */
#include "procfs.h"
#include "sysroot.h"
#include "test.h"
#include "xalloc.h"

struct fixture {
	struct sysroot root;
	struct snapshot snapshot;
	struct failure failure;
};

#define GIB (UINT64_C(1) << 30)
#define MIB (UINT64_C(1) << 20)

static int setup(void **state)
{
	struct fixture *fixture = xcalloc(1, sizeof(*fixture));

	sysroot_make(&fixture->root);
	sysroot_text(&fixture->root, "proc/cmdline", "ro quiet\n");
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	snapshot_clear(&fixture->snapshot);
	sysroot_remove(&fixture->root);
	free(fixture);
	return 0;
}

static struct snapshot *read_all(struct fixture *fixture)
{
	struct procfs_reader *reader;

	assert_int_equal(procfs_open(fixture->root.path, &reader, &fixture->failure), EXIT_FINE);
	procfs_read(reader, PART_ALL, &fixture->snapshot, &fixture->failure);
	procfs_close(reader);
	return &fixture->snapshot;
}

static struct direct_map_level *level_at(const struct snapshot *snapshot, size_t index)
{
	assert_true(index < snapshot->direct_map.levels.count);
	return list_at(&snapshot->direct_map.levels, index, sizeof(struct direct_map_level));
}

static void direct_map_has_its_levels(void **state)
{
	struct fixture *fixture = *state;
	struct snapshot *snapshot;

	sysroot_text(&fixture->root, "proc/meminfo",
		     "MemTotal:       1 kB\nDirectMap4k:       28672 kB\n"
		     "DirectMap2M:     2068480 kB\nDirectMap1G:    25165824 kB\n");
	sysroot_text(&fixture->root, "proc/vmstat",
		     "direct_map_level2_splits 4\ndirect_map_level3_splits 0\n"
		     "direct_map_level2_collapses 7\n");
	snapshot = read_all(fixture);
	assert_int_equal(snapshot->direct_map.levels.count, 3);
	assert_int_equal(level_at(snapshot, 0)->page_bytes.value, 4096);
	assert_int_equal(level_at(snapshot, 0)->bytes.value, 28672 * 1024);
	assert_false(level_at(snapshot, 0)->splits.known);
	assert_int_equal(level_at(snapshot, 1)->page_bytes.value, 2 * MIB);
	assert_int_equal(level_at(snapshot, 1)->splits.value, 4);
	assert_int_equal(level_at(snapshot, 2)->page_bytes.value, GIB);
	assert_true(level_at(snapshot, 2)->splits.known);
	assert_int_equal(level_at(snapshot, 2)->splits.value, 0);
	assert_false(level_at(snapshot, 2)->secretmem_splits.known);
	assert_int_equal(level_at(snapshot, 1)->collapses.value, 7);
	assert_false(level_at(snapshot, 2)->collapses.known);
	assert_int_equal(snapshot->direct_map.origin, ORIGIN_MEMINFO);
	assert_false(snapshot->direct_map.regions.known);
}

/* As x86 prints them; what is before and behind the direct map does not count. */
static const char page_tables[] =
	"---[ User Space ]---\n"
	"0x0000000000000000-0xffff800000000000   16777088T                     pgd\n"
	"---[ Low Kernel Mapping ]---\n"
	"0xffff888000000000-0xffff888000200000   2M     RW                 GLB NX pte\n"
	"0xffff888000200000-0xffff888030000000   766M   RW         PSE     GLB NX pmd\n"
	"0xffff888030000000-0xffff888030001000   4K                               pte\n"
	"0xffff888030001000-0xffff888030200000   2044K  ro                 GLB NX pte\n"
	"0xffff888030200000-0xffff888100000000   3326M                            pmd\n"
	"0xffff888100000000-0xffff888180000000   2G     RW         PSE     GLB NX pud\n"
	"0xffff888180000000-0xffff88818ac00000   172M   RW         PSE     GLB NX pmd\n"
	"0xffff88818ac00000-0xffff908000000000   8184G                            pgd\n"
	"---[ vmalloc() Area ]---\n"
	"0xffffc90000000000-0xffffc90000200000   2M     RW                 GLB NX pte\n";

static const struct direct_map_region *region_at(const struct snapshot *snapshot, size_t index)
{
	assert_true(index < snapshot->direct_map.regions.count);
	return list_at(&snapshot->direct_map.regions, index, sizeof(struct direct_map_region));
}

static uint64_t region_bytes(const struct snapshot *snapshot, size_t region, uint64_t page_bytes)
{
	list_for_each(level, &region_at(snapshot, region)->levels, struct direct_map_level) {
		if (level->page_bytes.value == page_bytes)
			return level->bytes.value;
	}
	return 0;
}

static void page_tables_are_better_than_meminfo(void **state)
{
	struct fixture *fixture = *state;
	struct snapshot *snapshot;

	sysroot_text(&fixture->root, "proc/meminfo", "DirectMap4k: 1 kB\nDirectMap2M: 1 kB\n");
	sysroot_text(&fixture->root, "sys/kernel/debug/page_tables/kernel", page_tables);
	snapshot = read_all(fixture);
	assert_int_equal(snapshot->direct_map.origin, ORIGIN_MAP);
	assert_int_equal(snapshot->direct_map.levels.count, 3);
	assert_int_equal(level_at(snapshot, 0)->bytes.value, 2 * MIB + 2 * MIB - 4096);
	assert_int_equal(level_at(snapshot, 1)->bytes.value, (766 + 172) * MIB);
	assert_int_equal(level_at(snapshot, 2)->bytes.value, 2 * GIB);
	assert_int_equal(snapshot->direct_map.regions.count, 4);
	assert_int_equal(region_at(snapshot, 0)->index.value, 0);
	assert_int_equal(region_bytes(snapshot, 0, 4096), 4 * MIB - 4096);
	assert_int_equal(region_bytes(snapshot, 0, 2 * MIB), 766 * MIB);
	assert_int_equal(region_at(snapshot, 1)->index.value, 4);
	assert_int_equal(region_bytes(snapshot, 1, GIB), GIB);
	assert_int_equal(region_bytes(snapshot, 2, GIB), GIB);
	assert_int_equal(region_at(snapshot, 3)->index.value, 6);
	assert_int_equal(region_bytes(snapshot, 3, 2 * MIB), 172 * MIB);
	assert_false(region_at(snapshot, 3)->unmapped_bytes.known);
}

/* What is no line of it is passed over, and no memory is as large as this. */
static void strange_page_tables_do_no_harm(void **state)
{
	struct fixture *fixture = *state;
	struct snapshot *snapshot;

	sysroot_text(&fixture->root, "sys/kernel/debug/page_tables/kernel",
		     "0x0-0x200000 2M RW pte\n---[ Low Kernel Mapping ]---\n\n0x\n0x1\n0x2-1 RW pmd\n"
		     "0x1000-0x0 RW pte\n0x1-0xffffffffffffffff RW pud\n0x0-0x1000 RW pgd\n0");
	snapshot = read_all(fixture);
	assert_int_equal(snapshot->direct_map.regions.count, 0);
	assert_int_equal(snapshot->direct_map.origin, ORIGIN_UNKNOWN);
}

/* A processor without 1 GiB pages, a kernel without counters, one with 4 MiB pages. */
static void absent_levels_are_unknown(void **state)
{
	struct fixture *fixture = *state;
	struct snapshot *snapshot;

	sysroot_text(&fixture->root, "proc/meminfo",
		     "DirectMap4k:       28672 kB\nDirectMap4M:     2068480 kB\n");
	snapshot = read_all(fixture);
	assert_int_equal(snapshot->direct_map.levels.count, 2);
	assert_int_equal(level_at(snapshot, 1)->page_bytes.value, 4 * MIB);
	assert_false(level_at(snapshot, 1)->splits.known);
}

static void other_architectures_have_other_levels(void **state)
{
	struct fixture *fixture = *state;
	struct snapshot *snapshot;

	sysroot_text(&fixture->root, "proc/meminfo",
		     "DirectMap4k:       28672 kB\nDirectMap1M:     2068480 kB\n"
		     "DirectMap2G:     2097152 kB\nDirectMap:  1 kB\nDirectMapXM: 1 kB\n"
		     "DirectMap9Q: 1 kB\nDirectMap2M\n");
	snapshot = read_all(fixture);
	assert_int_equal(snapshot->direct_map.levels.count, 3);
	assert_int_equal(level_at(snapshot, 1)->page_bytes.value, MIB);
	assert_int_equal(level_at(snapshot, 2)->page_bytes.value, 2 * GIB);
}

static void known_levels_stay(void **state)
{
	struct fixture *fixture = *state;
	struct direct_map_level *level;

	level = direct_map_level(&fixture->snapshot.direct_map.levels, 2 * MIB);
	level->bytes = number(5);
	level->secretmem_splits = number(6);
	sysroot_text(&fixture->root, "proc/meminfo",
		     "DirectMap4k:       28672 kB\nDirectMap2M:     2068480 kB\n");
	sysroot_text(&fixture->root, "proc/vmstat", "direct_map_level2_splits 4\n");
	read_all(fixture);
	assert_int_equal(fixture->snapshot.direct_map.levels.count, 2);
	level = level_at(&fixture->snapshot, 1);
	assert_int_equal(level->bytes.value, 5);
	assert_int_equal(level->splits.value, 4);
	assert_int_equal(level->secretmem_splits.value, 6);
}

static void expect_blockers(const struct snapshot *snapshot, const enum blocker_kind *kinds,
			    size_t count, enum truth certain)
{
	size_t i;

	assert_int_equal(snapshot->hibernation.available, TRUTH_NO);
	assert_int_equal(snapshot->hibernation.blockers.count, count);
	for (i = 0; i < count; i++) {
		struct blocker *blocker = list_at(&snapshot->hibernation.blockers, i,
						  sizeof(*blocker));

		assert_int_equal(blocker->kind, kinds[i]);
		assert_int_equal(blocker->certain, certain);
	}
}

/* Securityfs is there, so that lockdown is known not to be. */
static void no_lockdown(struct fixture *fixture)
{
	sysroot_text(&fixture->root, "sys/kernel/security/lsm", "capability\n");
}

static void hibernation_is_available(void **state)
{
	struct fixture *fixture = *state;
	struct snapshot *snapshot;

	sysroot_text(&fixture->root, "sys/power/disk", "[platform] shutdown reboot suspend\n");
	snapshot = read_all(fixture);
	assert_int_equal(snapshot->hibernation.available, TRUTH_YES);
	assert_true(snapshot->hibernation.blockers.known);
	assert_int_equal(snapshot->hibernation.blockers.count, 0);
}

static void file_blocks(void **state)
{
	struct fixture *fixture = *state;
	struct snapshot *snapshot;
	struct blocker *blocker;

	sysroot_text(&fixture->root, "sys/power/disk", "[disabled]\n");
	sysroot_process(&fixture->root, 11, "looker\n");
	sysroot_descriptor(&fixture->root, "proc/11", 4, "/secretmem (deleted)", "010000000", 15,
			   8);
	sysroot_process(&fixture->root, 12, "vault\n");
	sysroot_secret(&fixture->root, "proc/12", 3, 8);
	snapshot = read_all(fixture);
	expect_blockers(snapshot, (enum blocker_kind[]){ BLOCKER_FILE }, 1, TRUTH_YES);
	blocker = snapshot->hibernation.blockers.items;
	assert_int_equal(blocker->inode.value, 8);
	assert_int_equal(blocker->pid.value, 12);
	assert_string_equal(blocker->comm, "vault");
}

static void file_is_named_without_files_asked_for(void **state)
{
	struct fixture *fixture = *state;
	struct procfs_reader *reader;

	sysroot_text(&fixture->root, "sys/power/disk", "[disabled]\n");
	sysroot_process(&fixture->root, 12, "vault\n");
	sysroot_secret(&fixture->root, "proc/12", 3, 8);
	assert_int_equal(procfs_open(fixture->root.path, &reader, &fixture->failure), EXIT_FINE);
	procfs_read(reader, PART_HIBERNATION, &fixture->snapshot, &fixture->failure);
	procfs_close(reader);
	assert_false(fixture->snapshot.files.known);
	expect_blockers(&fixture->snapshot, (enum blocker_kind[]){ BLOCKER_FILE }, 1, TRUTH_YES);
}

static void lockdown_blocks(void **state)
{
	struct fixture *fixture = *state;

	sysroot_text(&fixture->root, "sys/power/disk", "[disabled]\n");
	sysroot_text(&fixture->root, "sys/kernel/security/lockdown",
		     "none [integrity] confidentiality\n");
	expect_blockers(read_all(fixture), (enum blocker_kind[]){ BLOCKER_LOCKDOWN }, 1,
			TRUTH_YES);
	snapshot_clear(&fixture->snapshot);
	sysroot_text(&fixture->root, "sys/kernel/security/lockdown",
		     "none integrity [confidentiality]\n");
	expect_blockers(read_all(fixture), (enum blocker_kind[]){ BLOCKER_LOCKDOWN }, 1,
			TRUTH_YES);
}

static void nohibernate_blocks(void **state)
{
	static const char *const lines[] = {
		"ro nohibernate\n", "hibernate=no\n", "hibernate=nope quiet\n",
		"\"nohibernate\" x\n",
	};
	struct fixture *fixture = *state;
	size_t i;

	sysroot_text(&fixture->root, "sys/power/disk", "[disabled]\n");
	no_lockdown(fixture);
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		sysroot_text(&fixture->root, "proc/cmdline", lines[i]);
		expect_blockers(read_all(fixture), (enum blocker_kind[]){ BLOCKER_NOHIBERNATE },
				1, TRUTH_YES);
		snapshot_clear(&fixture->snapshot);
	}
}

static void other_words_do_not_block(void **state)
{
	static const char *const lines[] = {
		"hibernate=noresume hibernate=nocompress\n", "xnohibernate\n",
		"foo=\"a nohibernate b\"\n", "quiet -- nohibernate\n", "hibernate=protect_image\n",
	};
	struct fixture *fixture = *state;
	size_t i;

	sysroot_text(&fixture->root, "sys/power/disk", "[disabled]\n");
	no_lockdown(fixture);
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		sysroot_text(&fixture->root, "proc/cmdline", lines[i]);
		expect_blockers(read_all(fixture), (enum blocker_kind[]){ BLOCKER_HIDDEN_FILE },
				1, TRUTH_NO);
		snapshot_clear(&fixture->snapshot);
	}
}

static void cxl_blocks_with_its_driver(void **state)
{
	struct fixture *fixture = *state;
	const enum blocker_kind possible[] = { BLOCKER_HIDDEN_FILE, BLOCKER_CXL };

	sysroot_text(&fixture->root, "sys/power/disk", "[disabled]\n");
	no_lockdown(fixture);
	sysroot_directory(&fixture->root, "sys/bus/cxl/devices/root0");
	sysroot_directory(&fixture->root, "sys/bus/cxl/devices/mem0");
	expect_blockers(read_all(fixture), possible, 2, TRUTH_NO);
	snapshot_clear(&fixture->snapshot);
	sysroot_directory(&fixture->root, "sys/bus/cxl/devices/mem0/driver");
	expect_blockers(read_all(fixture), (enum blocker_kind[]){ BLOCKER_CXL }, 1, TRUTH_YES);
}

static void hidden_causes_are_listed(void **state)
{
	struct fixture *fixture = *state;
	const enum blocker_kind possible[] = {
		BLOCKER_HIDDEN_FILE, BLOCKER_LOCKDOWN, BLOCKER_NOHIBERNATE,
	};

	sysroot_text(&fixture->root, "sys/power/disk", "[disabled]\n");
	sysroot_text(&fixture->root, "proc/cmdline", "");
	expect_blockers(read_all(fixture), possible, 3, TRUTH_NO);
}

static void kernel_without_hibernation(void **state)
{
	struct fixture *fixture = *state;

	sysroot_text(&fixture->root, "sys/power/state", "freeze\n");
	expect_blockers(read_all(fixture), (enum blocker_kind[]){ BLOCKER_NO_SUPPORT }, 1,
			TRUTH_YES);
}

static void no_sys_is_unknown(void **state)
{
	struct snapshot *snapshot = read_all(*state);

	assert_int_equal(snapshot->hibernation.available, TRUTH_UNKNOWN);
	assert_false(snapshot->hibernation.blockers.known);
}

static void parameter_tells_availability(void **state)
{
	struct fixture *fixture = *state;
	const char *path = "sys/module/secretmem/parameters/enable";

	assert_int_equal(read_all(fixture)->info.available, TRUTH_UNKNOWN);
	snapshot_clear(&fixture->snapshot);
	sysroot_text(&fixture->root, path, "Y\n");
	assert_int_equal(read_all(fixture)->info.available, TRUTH_YES);
	assert_int_equal(fixture->snapshot.info.mode, MODE_STOCK);
	snapshot_clear(&fixture->snapshot);
	sysroot_text(&fixture->root, path, "N\n");
	assert_int_equal(read_all(fixture)->info.available, TRUTH_NO);
	assert_int_equal(fixture->snapshot.info.mode, MODE_UNKNOWN);
}

static void configuration_tells_availability(void **state)
{
	struct fixture *fixture = *state;

	sysroot_text(&fixture->root, "proc/sys/kernel/osrelease", "6.1.0-9\n");
	sysroot_text(&fixture->root, "boot/config-6.1.0-9", "# CONFIG_SECRETMEM is not set\n");
	assert_int_equal(read_all(fixture)->info.available, TRUTH_NO);
	assert_string_equal(fixture->snapshot.info.kernel_release, "6.1.0-9");
	assert_null(fixture->snapshot.info.machine);
	snapshot_clear(&fixture->snapshot);
	sysroot_text(&fixture->root, "boot/config-6.1.0-9", "CONFIG_SECRETMEM=y\n");
	assert_int_equal(read_all(fixture)->info.available, TRUTH_UNKNOWN);
	snapshot_clear(&fixture->snapshot);
	sysroot_text(&fixture->root, "proc/cmdline", "secretmem.enable=1 secretmem.enable=0\n");
	assert_int_equal(read_all(fixture)->info.available, TRUTH_NO);
}

/* "CONFIG_X=y\nCONFIG_SECRETMEM=y\n" by gzip -n */
static const unsigned char config_gz[] = {
	0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff, 0x73, 0xf6,
	0xf7, 0x73, 0xf3, 0x74, 0x8f, 0x8f, 0xb0, 0xad, 0xe4, 0x72, 0x86, 0x30,
	0x83, 0x5d, 0x9d, 0x83, 0x5c, 0x43, 0x7c, 0x5d, 0x7d, 0x81, 0x42, 0x00,
	0xbf, 0x5d, 0xb9, 0xd8, 0x1e, 0x00, 0x00, 0x00,
};

static void compressed_configuration_is_read(void **state)
{
	struct fixture *fixture = *state;
	struct procfs_reader *reader;

	sysroot_bytes(&fixture->root, "proc/config.gz", config_gz, sizeof(config_gz));
	assert_int_equal(procfs_open(fixture->root.path, &reader, &fixture->failure), EXIT_FINE);
	assert_int_equal(procfs_config(reader, NULL, "CONFIG_SECRETMEM"), 'y');
	assert_int_equal(procfs_config(reader, NULL, "CONFIG_SECRET"), 'n');
	sysroot_bytes(&fixture->root, "proc/config.gz", config_gz, sizeof(config_gz) / 2);
	assert_int_equal(procfs_config(reader, "../../x", "CONFIG_SECRETMEM"), 0);
	procfs_close(reader);
}

static void expect_word(const char *cmdline, const char *key, const char *value)
{
	struct cmdline_word word;

	assert_true(cmdline_find(cmdline, key, &word));
	if (!value) {
		assert_null(word.value);
		return;
	}
	assert_int_equal(word.value_length, strlen(value));
	assert_memory_equal(word.value, value, strlen(value));
}

static void command_lines_are_taken_apart(void **state)
{
	struct cmdline_word word;

	(void)state;
	expect_word("a b=c d", "b", "c");
	expect_word("secretmem=1G secretmem.enable=0", "secretmem", "1G");
	expect_word("secretmem=1G secretmem=2G", "secretmem", "2G");
	expect_word("x \"secretmem=1 G\" y", "secretmem", "1 G");
	expect_word("secretmem=\"1 G\"", "secretmem", "1 G");
	expect_word("secretmem", "secretmem", NULL);
	expect_word("a-b=1", "a_b", "1");
	expect_word("x==y", "x", "=y");
	assert_false(cmdline_find("a -- secretmem=1", "secretmem", &word));
	assert_false(cmdline_find("secretmem.enable=1", "secretmem", &word));
	assert_false(cmdline_find("secretmem=1", "secretmem.enable", &word));
	assert_false(cmdline_find("\"", "secretmem", &word));
	assert_false(cmdline_find("", "secretmem", &word));
}

static enum truth bool_of(const char *cmdline)
{
	struct cmdline_word word;

	assert_true(cmdline_find(cmdline, "b", &word));
	return cmdline_bool(&word);
}

static void booleans_are_the_kernels(void **state)
{
	(void)state;
	assert_int_equal(bool_of("b"), TRUTH_YES);
	assert_int_equal(bool_of("b=1"), TRUTH_YES);
	assert_int_equal(bool_of("b=yes"), TRUTH_YES);
	assert_int_equal(bool_of("b=on"), TRUTH_YES);
	assert_int_equal(bool_of("b=0"), TRUTH_NO);
	assert_int_equal(bool_of("b=N"), TRUTH_NO);
	assert_int_equal(bool_of("b=off"), TRUTH_NO);
	assert_int_equal(bool_of("b=ohh"), TRUTH_UNKNOWN);
	assert_int_equal(bool_of("b="), TRUTH_UNKNOWN);
	assert_int_equal(bool_of("b=x"), TRUTH_UNKNOWN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(direct_map_has_its_levels),
		TEST(page_tables_are_better_than_meminfo),
		TEST(strange_page_tables_do_no_harm),
		TEST(absent_levels_are_unknown),
		TEST(other_architectures_have_other_levels),
		TEST(known_levels_stay),
		TEST(hibernation_is_available),
		TEST(file_blocks),
		TEST(file_is_named_without_files_asked_for),
		TEST(lockdown_blocks),
		TEST(nohibernate_blocks),
		TEST(other_words_do_not_block),
		TEST(cxl_blocks_with_its_driver),
		TEST(hidden_causes_are_listed),
		TEST(kernel_without_hibernation),
		TEST(no_sys_is_unknown),
		TEST(parameter_tells_availability),
		TEST(configuration_tells_availability),
		TEST(compressed_configuration_is_read),
		cmocka_unit_test(command_lines_are_taken_apart),
		cmocka_unit_test(booleans_are_the_kernels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
