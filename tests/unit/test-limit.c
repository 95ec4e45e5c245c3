// SPDX-License-Identifier: GPL-2.0-or-later
/* Limits of users and cgroups, against a tree that looks like /sys/fs/cgroup. */
#include <unistd.h>

#include "cgroup.h"
#include "limit.h"
#include "procfs.h"
#include "room.h"
#include "sysroot.h"
#include "test.h"
#include "xalloc.h"

#define MiB (UINT64_C(1) << 20)

static struct sysroot root;
static struct procfs_reader *reader;
static struct failure failure;

static void put_cgroup(const char *cgroup, const char *max, const char *current)
{
	char *path = xasprintf("sys/fs/cgroup%s/misc.max", cgroup);

	if (max)
		sysroot_text(&root, path, max);
	free(path);
	path = xasprintf("sys/fs/cgroup%s/misc.current", cgroup);
	if (current)
		sysroot_text(&root, path, current);
	free(path);
}

static int start(void **state)
{
	(void)state;
	sysroot_make(&root);
	sysroot_text(&root, "proc/version", "Linux version 6.12\n");
	sysroot_text(&root, "sys/fs/cgroup/cgroup.controllers", "misc\n");
	put_cgroup("", NULL, "sev 3\nsecretmem 62914560\n");
	put_cgroup("/a", "sev max\nsecretmem 33554432\n", "sev 3\nsecretmem 25165824\n");
	put_cgroup("/a/b", "secretmem max\n", "secretmem 20971520\n");
	put_cgroup("/a/b/c", NULL, NULL);
	sysroot_directory(&root, "sys/fs/cgroup/a/b/c");
	put_cgroup("/idle", "secretmem max\n", "secretmem 0\n");
	put_cgroup("/zero", "secretmem 0\n", "secretmem 0\n");
	put_cgroup("/other", "sev 1\n", "sev 0\n");
	put_cgroup("/odd", "secretmem many\n", "secretmem\n");
	assert_int_equal(procfs_open(root.path, &reader, &failure), EXIT_FINE);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	procfs_close(reader);
	sysroot_remove(&root);
	return 0;
}

static void one_cgroup_is_read(void **state)
{
	struct limit limit;

	(void)state;
	assert_true(cgroup_read_limit(reader, "/a", &limit));
	assert_int_equal(limit.kind, LIMIT_CGROUP);
	assert_string_equal(limit.cgroup, "/a");
	assert_int_equal(limit.limit_bytes.value, 32 * MiB);
	assert_int_equal(limit.charged_bytes.value, 24 * MiB);
	assert_int_equal(limit.used_percent.value, 75);
	free(limit.cgroup);
}

static void max_is_no_limit(void **state)
{
	struct limit limit;

	(void)state;
	assert_true(cgroup_read_limit(reader, "/a/b", &limit));
	assert_false(limit.limit_bytes.known);
	assert_false(limit.used_percent.known);
	assert_int_equal(limit.charged_bytes.value, 20 * MiB);
	free(limit.cgroup);
}

static void limit_of_zero_has_no_percentage(void **state)
{
	struct limit limit;

	(void)state;
	assert_true(cgroup_read_limit(reader, "/zero", &limit));
	assert_true(limit.limit_bytes.known);
	assert_false(limit.used_percent.known);
	free(limit.cgroup);
}

static void what_says_nothing_is_passed_over(void **state)
{
	static const char *const cgroups[] = {
		"/a/b/c", "/other", "/odd", "/nowhere", "/../a", "/a/..", "/a/../a", "",
		"a", "/a (deleted)",
	};
	struct limit limit;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cgroups) / sizeof(cgroups[0]); i++) {
		if (cgroup_read_limit(reader, cgroups[i], &limit))
			fail_msg("'%s' was read", cgroups[i]);
	}
}

static void chain_has_what_limits_only(void **state)
{
	struct list limits = { 0 };
	struct limit *limit;

	(void)state;
	cgroup_read_chain(reader, "/a/b/c", &limits);
	assert_int_equal(limits.count, 1);
	limit = limits.items;
	assert_string_equal(limit->cgroup, "/a");
	free(limit->cgroup);
	free(limits.items);
}

static void add_file(struct snapshot *snapshot, uint64_t uid, uint64_t chunks,
		     const char *cgroup)
{
	struct secret_file *file = list_add(&snapshot->files, sizeof(*file));

	file->creator.uid = number(uid);
	file->creator.cgroup = cgroup ? xstrdup(cgroup) : NULL;
	file->reserved_bytes = number(chunks * 2 * MiB);
	file->used_bytes = number(4096);
}

static const struct limit *limit_of_user(const struct snapshot *snapshot, uint64_t uid)
{
	list_for_each(limit, &snapshot->limits, struct limit) {
		if (limit->kind == LIMIT_MEMLOCK && limit->uid.value == uid)
			return limit;
	}
	fail_msg("no limit of user %u", (unsigned int)uid);
	return NULL;
}

static void creators_are_charged(void **state)
{
	struct snapshot snapshot = { 0 };

	(void)state;
	add_file(&snapshot, 1000, 2, NULL);
	add_file(&snapshot, 0, 1, NULL);
	add_file(&snapshot, 1000, 3, NULL);
	limits_add(NULL, &snapshot);
	assert_int_equal(snapshot.limits.count, 2);
	assert_int_equal(limit_of_user(&snapshot, 1000)->charged_bytes.value, 10 * MiB);
	assert_false(limit_of_user(&snapshot, 1000)->limit_bytes.known);
	assert_int_equal(limit_of_user(&snapshot, 0)->charged_bytes.value, 2 * MiB);
	assert_int_equal(memlock_charge(&snapshot.files, 5).value, 0);
	snapshot_clear(&snapshot);
}

static void unknown_files_charge_nobody_knows_what(void **state)
{
	struct snapshot snapshot = { 0 };

	(void)state;
	assert_false(memlock_charge(&snapshot.files, 0).known);
	list_add(&snapshot.files, sizeof(struct secret_file));
	assert_false(memlock_charge(&snapshot.files, 0).known);
	snapshot_clear(&snapshot);
}

/* Of many files in few cgroups, each cgroup is told once, and its parents. */
static void charged_cgroups_are_told_once(void **state)
{
	static const char *const wanted[] = { "/a", "/a/b", "/zero" };
	struct snapshot snapshot = { 0 };
	struct holder *holder;
	size_t i = 0;

	(void)state;
	add_file(&snapshot, 0, 1, "/a/b");
	add_file(&snapshot, 0, 1, "/a/b");
	add_file(&snapshot, 0, 1, "/idle");
	holder = list_add(&((struct secret_file *)snapshot.files.items)->holders,
			  sizeof(*holder));
	holder->cgroup = xstrdup("/zero");
	limits_add(reader, &snapshot);
	list_for_each(limit, &snapshot.limits, struct limit) {
		if (limit->kind != LIMIT_CGROUP)
			continue;
		assert_true(i < 3);
		assert_string_equal(limit->cgroup, wanted[i]);
		i++;
	}
	assert_int_equal(i, 3);
	snapshot_clear(&snapshot);
}

static void facts_of_the_caller_are_read(void **state)
{
	struct snapshot snapshot = { .pool.chunk_bytes = number(2 * MiB) };
	struct room_facts facts;

	(void)state;
	sysroot_text(&root, "proc/self/cgroup", "1:cpu:/x\n0::/a/b\n");
	sysroot_text(&root, "proc/meminfo", "MemTotal: 9 kB\nMemAvailable:     1000 kB\n");
	sysroot_text(&root, "proc/zoneinfo",
		     "Node 0, zone    DMA\n  pages free     3977\n        low      10\n"
		     "        high     12\n    cpu: 0\n              high:     999\n"
		     "              high_min: 999\nNode 0, zone Normal\n        high     8\n");
	room_facts_read(reader, &snapshot, &facts);
	assert_int_equal(facts.cgroups.count, 1);
	assert_true(facts.memory_bytes.known);
	assert_int_equal(facts.memory_bytes.value,
			 1000 * 1024 - 20 * (uint64_t)sysconf(_SC_PAGESIZE));
	room_facts_clear(&facts);
}

static void facts_that_are_not_there_are_unknown(void **state)
{
	struct snapshot snapshot = { 0 };
	struct room_facts facts;

	(void)state;
	room_facts_read(reader, &snapshot, &facts);
	assert_false(facts.memory_bytes.known);
	assert_false(facts.memlock_charged_bytes.known);
	assert_int_equal(facts.cgroups.count, 0);
	room_facts_clear(&facts);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_cgroup_is_read),
		TEST(max_is_no_limit),
		TEST(limit_of_zero_has_no_percentage),
		TEST(what_says_nothing_is_passed_over),
		TEST(chain_has_what_limits_only),
		TEST(creators_are_charged),
		TEST(unknown_files_charge_nobody_knows_what),
		TEST(charged_cgroups_are_told_once),
		TEST(facts_of_the_caller_are_read),
		TEST(facts_that_are_not_there_are_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
