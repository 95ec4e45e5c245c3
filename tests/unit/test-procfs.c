// SPDX-License-Identifier: GPL-2.0-or-later
/* The scan of /proc: who holds what, who only looks like it, what went wrong. */
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "procfs.h"
#include "sysroot.h"
#include "test.h"
#include "xalloc.h"

/* A test's tree and what was read of it. */
struct fixture {
	struct sysroot root;
	struct snapshot snapshot;
	struct failure failure;
};

#define MAPS_HEAD "00400000-00401000 r-xp 00000000 fe:00 1234      /usr/bin/true\n"
#define SECRET_MAP(inode) \
	"7f0000000000-7f0000010000 rw-s 00000000 00:0e " inode "    /secretmem (deleted)\n"

static int setup(void **state)
{
	struct fixture *fixture = xcalloc(1, sizeof(*fixture));

	sysroot_make(&fixture->root);
	sysroot_text(&fixture->root, "proc/meminfo", "MemTotal: 1 kB\n");
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

static enum exit_code read_parts(struct fixture *fixture, unsigned int parts)
{
	struct procfs_reader *reader;
	enum exit_code code;

	code = procfs_open(fixture->root.path, &reader, &fixture->failure);
	if (code)
		return code;
	code = procfs_read(reader, parts, &fixture->snapshot, &fixture->failure);
	procfs_close(reader);
	return code;
}

static struct secret_file *file_at(const struct fixture *fixture, size_t index)
{
	assert_true(index < fixture->snapshot.files.count);
	return list_at(&fixture->snapshot.files, index, sizeof(struct secret_file));
}

static struct holder *only_holder(const struct secret_file *file)
{
	assert_int_equal(file->holders.count, 1);
	return file->holders.items;
}

static void no_tree_is_a_usage_error(void **state)
{
	struct fixture *fixture = *state;
	struct procfs_reader *reader;

	sysroot_remove(&fixture->root);
	assert_int_equal(procfs_open(fixture->root.path, &reader, &fixture->failure), EXIT_USAGE);
	assert_null(reader);
	sysroot_make(&fixture->root);
	assert_int_equal(procfs_open(fixture->root.path, &reader, &fixture->failure), EXIT_USAGE);
	assert_non_null(strstr(fixture->failure.text, "no proc tree under /"));
	/* The empty directory of an image is none either. */
	sysroot_directory(&fixture->root, "proc");
	assert_int_equal(procfs_open(fixture->root.path, &reader, &fixture->failure), EXIT_USAGE);
}

static void empty_tree_is_known_to_be_empty(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(read_parts(fixture, PART_ALL), EXIT_FINE);
	assert_true(fixture->snapshot.files.known);
	assert_int_equal(fixture->snapshot.files.count, 0);
	assert_true(fixture->snapshot.limits.known);
	assert_true(fixture->snapshot.processes.known);
	assert_int_equal(fixture->snapshot.processes.value, 0);
	assert_false(fixture->snapshot.hibernation.blockers.known);
	assert_false(fixture->snapshot.direct_map.levels.known);
	assert_false(fixture->snapshot.partial);
}

static void descriptor_alone_holds(void **state)
{
	struct fixture *fixture = *state;
	struct secret_file *file;
	struct holder *holder;

	sysroot_process(&fixture->root, 12, "vault\n");
	sysroot_secret(&fixture->root, "proc/12", 3, 4711);
	sysroot_secret(&fixture->root, "proc/12", 7, 4711);
	assert_int_equal(read_parts(fixture, PART_FILES), EXIT_FINE);
	assert_int_equal(fixture->snapshot.files.count, 1);
	file = file_at(fixture, 0);
	assert_int_equal(file->inode.value, 4711);
	assert_false(file->size_bytes.known);
	assert_false(file->used_bytes.known);
	assert_int_equal(file->blocks_hibernation, TRUTH_YES);
	holder = only_holder(file);
	assert_int_equal(holder->pid.value, 12);
	assert_int_equal(holder->uid.value, 1000);
	assert_string_equal(holder->comm, "vault");
	assert_string_equal(holder->cgroup, "/user.slice/a b");
	assert_int_equal(holder->descriptors.value, 2);
	assert_int_equal(holder->mappings.value, 0);
	assert_int_equal(holder->memlock_limit_bytes.value, 65536);
}

static void mapping_alone_holds(void **state)
{
	struct fixture *fixture = *state;
	struct holder *holder;

	sysroot_process(&fixture->root, 12, "vault\n");
	sysroot_text(&fixture->root, "proc/12/maps", MAPS_HEAD SECRET_MAP("99"));
	sysroot_text(&fixture->root, "proc/12/smaps",
		     MAPS_HEAD "Size:  4 kB\nRss:                   4 kB\nVmFlags: rd\n"
		     SECRET_MAP("99") "Size:   64 kB\nRss:                  12 kB\nVmFlags: rd\n"
		     "7f0000020000-7f0000021000 rw-p 00000000 00:00 0 \nRss:   4 kB\n");
	assert_int_equal(read_parts(fixture, PART_FILES), EXIT_FINE);
	assert_int_equal(fixture->snapshot.files.count, 1);
	assert_int_equal(file_at(fixture, 0)->inode.value, 99);
	assert_int_equal(file_at(fixture, 0)->device.value, makedev(0, 14));
	holder = only_holder(file_at(fixture, 0));
	assert_int_equal(holder->descriptors.value, 0);
	assert_int_equal(holder->mappings.value, 1);
	assert_int_equal(holder->mapped_bytes.value, 65536);
	assert_int_equal(holder->resident_bytes.value, 12288);
}

static void resident_is_unknown_without_smaps(void **state)
{
	struct fixture *fixture = *state;
	struct holder *holder;

	sysroot_process(&fixture->root, 12, "vault\n");
	sysroot_text(&fixture->root, "proc/12/maps", MAPS_HEAD SECRET_MAP("99"));
	read_parts(fixture, PART_FILES);
	holder = only_holder(file_at(fixture, 0));
	assert_int_equal(holder->mappings.value, 1);
	assert_false(holder->resident_bytes.known);
}

static void shared_file_is_one_file(void **state)
{
	struct fixture *fixture = *state;

	sysroot_process(&fixture->root, 12, "parent\n");
	sysroot_secret(&fixture->root, "proc/12", 3, 1);
	sysroot_process(&fixture->root, 13, "child\n");
	sysroot_secret(&fixture->root, "proc/13", 3, 1);
	sysroot_text(&fixture->root, "proc/13/maps", SECRET_MAP("1"));
	assert_int_equal(read_parts(fixture, PART_FILES), EXIT_FINE);
	assert_int_equal(fixture->snapshot.files.count, 1);
	assert_int_equal(file_at(fixture, 0)->holders.count, 2);
}

static void shared_table_counts_once(void **state)
{
	struct fixture *fixture = *state;
	struct holder *holder;

	sysroot_process(&fixture->root, 12, "threads\n");
	sysroot_secret(&fixture->root, "proc/12", 3, 1);
	sysroot_secret(&fixture->root, "proc/12/task/12", 3, 1);
	sysroot_secret(&fixture->root, "proc/12/task/13", 3, 1);
	sysroot_secret(&fixture->root, "proc/12/task/14", 3, 1);
	/* This one's table is its own. */
	sysroot_secret(&fixture->root, "proc/12/task/14", 5, 2);
	assert_int_equal(read_parts(fixture, PART_FILES), EXIT_FINE);
	assert_int_equal(fixture->snapshot.files.count, 2);
	holder = only_holder(file_at(fixture, 0));
	assert_int_equal(holder->descriptors.value, 1);
	holder = only_holder(file_at(fixture, 1));
	assert_int_equal(holder->descriptors.value, 1);
	assert_int_equal(holder->pid.value, 12);
}

static void path_descriptor_does_not_block(void **state)
{
	struct fixture *fixture = *state;
	struct holder *holder;

	sysroot_process(&fixture->root, 12, "vault\n");
	sysroot_descriptor(&fixture->root, "proc/12", 4, "/secretmem (deleted)", "010000000", 15,
			   8);
	assert_int_equal(read_parts(fixture, PART_FILES), EXIT_FINE);
	holder = only_holder(file_at(fixture, 0));
	assert_int_equal(holder->descriptors.value, 0);
	assert_int_equal(holder->path_descriptors.value, 1);
	assert_int_equal(file_at(fixture, 0)->blocks_hibernation, TRUTH_NO);
}

static void imposters_are_not_taken(void **state)
{
	struct fixture *fixture = *state;

	sysroot_process(&fixture->root, 12, "imposter\n");
	/* An ordinary file /secretmem, deleted: its mount is one of the process's. */
	sysroot_descriptor(&fixture->root, "proc/12", 3, "/secretmem (deleted)", "0100002", 27,
			   5);
	sysroot_descriptor(&fixture->root, "proc/12", 4, "/memfd:secretmem (deleted)",
			   "0100002", 15, 6);
	sysroot_descriptor(&fixture->root, "proc/12", 5, "/tmp/secretmem (deleted)", "0100002",
			   15, 7);
	sysroot_text(&fixture->root, "proc/12/maps",
		     "7f0000000000-7f0000010000 rw-s 00000000 fe:00 5    /secretmem (deleted)\n"
		     "7f0000010000-7f0000020000 rw-s 00000000 00:28 6    /secretmem (deleted)\n"
		     "7f0000020000-7f0000030000 rw-s 00000000 00:0e 7    /a/secretmem (deleted)\n"
		     "7f0000030000-7f0000040000 rw-p 00000000 00:00 0    [anon:secretmem]\n");
	assert_int_equal(read_parts(fixture, PART_FILES), EXIT_FINE);
	assert_int_equal(fixture->snapshot.files.count, 0);
	assert_int_equal(fixture->snapshot.processes.value, 1);
}

static void what_cannot_be_verified_is_unreadable(void **state)
{
	struct fixture *fixture = *state;

	sysroot_process(&fixture->root, 12, "x\n");
	sysroot_link(&fixture->root, "proc/12/fd/3", "/secretmem (deleted)");
	assert_int_equal(read_parts(fixture, PART_FILES), EXIT_PARTIAL);
	assert_int_equal(fixture->snapshot.unreadable_processes.value, 1);
	assert_int_equal(fixture->snapshot.files.count, 0);
}

/* Root reads everything: lose that for the time of a scan. */
static enum exit_code read_as_nobody(struct fixture *fixture, unsigned int parts)
{
	bool root = !geteuid();
	enum exit_code code;

	if (root)
		assert_int_equal(seteuid(65534), 0);
	code = read_parts(fixture, parts);
	if (root)
		assert_int_equal(seteuid(0), 0);
	return code;
}

static void unreadable_process_is_counted(void **state)
{
	struct fixture *fixture = *state;

	sysroot_process(&fixture->root, 12, "mine\n");
	sysroot_secret(&fixture->root, "proc/12", 3, 1);
	sysroot_process(&fixture->root, 13, "others\n");
	sysroot_secret(&fixture->root, "proc/13", 3, 2);
	sysroot_mode(&fixture->root, "proc/13/fd", 0);
	/* Kernel threads, PF_KTHREAD, have nothing to hide. */
	sysroot_process(&fixture->root, 14, "kthread\n");
	sysroot_text(&fixture->root, "proc/14/stat", "14 (k) S 2 0 0 0 -1 2129984 0 0\n");
	sysroot_mode(&fixture->root, "proc/14/fd", 0);
	assert_int_equal(read_as_nobody(fixture, PART_ALL), EXIT_PARTIAL);
	assert_true(fixture->snapshot.partial);
	assert_int_equal(fixture->snapshot.processes.value, 2);
	assert_int_equal(fixture->snapshot.unreadable_processes.value, 1);
	assert_int_equal(fixture->snapshot.files.count, 1);
}

static void path_descriptor_may_block_unseen(void **state)
{
	struct fixture *fixture = *state;

	sysroot_process(&fixture->root, 12, "vault\n");
	sysroot_descriptor(&fixture->root, "proc/12", 4, "/secretmem (deleted)", "010000000", 15,
			   8);
	sysroot_process(&fixture->root, 13, "others\n");
	sysroot_mode(&fixture->root, "proc/13/fd", 0);
	assert_int_equal(read_as_nobody(fixture, PART_FILES), EXIT_PARTIAL);
	assert_int_equal(file_at(fixture, 0)->blocks_hibernation, TRUTH_UNKNOWN);
}

static void vanished_process_is_no_error(void **state)
{
	struct fixture *fixture = *state;

	sysroot_directory(&fixture->root, "proc/77");
	sysroot_text(&fixture->root, "proc/78", "a file, not a directory\n");
	sysroot_directory(&fixture->root, "proc/12x");
	sysroot_directory(&fixture->root, "proc/0");
	sysroot_directory(&fixture->root, "proc/99999999999999999999999");
	assert_int_equal(read_parts(fixture, PART_FILES), EXIT_FINE);
	assert_int_equal(fixture->snapshot.processes.value, 0);
}

static void comm_is_kept_byte_by_byte(void **state)
{
	struct fixture *fixture = *state;

	sysroot_process(&fixture->root, 12, "a\nb\xff\t)\\ \n\n");
	sysroot_secret(&fixture->root, "proc/12", 3, 1);
	read_parts(fixture, PART_FILES);
	assert_string_equal(only_holder(file_at(fixture, 0))->comm, "a\nb\xff\t)\\ \n");
}

static void missing_attributes_are_unknown(void **state)
{
	struct fixture *fixture = *state;
	struct holder *holder;

	sysroot_process(&fixture->root, 12, "");
	sysroot_secret(&fixture->root, "proc/12", 3, 1);
	sysroot_text(&fixture->root, "proc/12/status", "Uid:\tnone\n");
	sysroot_text(&fixture->root, "proc/12/cgroup", "3:cpu:/x\n");
	sysroot_text(&fixture->root, "proc/12/limits",
		     "Max locked memory         unlimited            unlimited            bytes\n");
	assert_int_equal(read_parts(fixture, PART_FILES | PART_LIMITS), EXIT_FINE);
	holder = only_holder(file_at(fixture, 0));
	assert_false(holder->uid.known);
	assert_false(holder->memlock_limit_bytes.known);
	assert_null(holder->comm);
	assert_null(holder->cgroup);
	assert_int_equal(fixture->snapshot.limits.count, 0);
}

static void long_maps_are_read_whole(void **state)
{
	struct fixture *fixture = *state;
	size_t length = 3 << 20, at = 0;
	char *maps = xcalloc(length + 1, 1);

	/* One line longer than any path may be, then many short ones, then ours. */
	memset(maps, 'x', length);
	memcpy(maps, MAPS_HEAD, strlen(MAPS_HEAD) - 1);
	maps[100000] = '\n';
	for (at = 100001; at + 300 < length; at += strlen(MAPS_HEAD))
		memcpy(maps + at, MAPS_HEAD, strlen(MAPS_HEAD));
	strcpy(maps + at, SECRET_MAP("31337"));
	sysroot_process(&fixture->root, 12, "x\n");
	sysroot_text(&fixture->root, "proc/12/maps", maps);
	free(maps);
	assert_int_equal(read_parts(fixture, PART_FILES), EXIT_FINE);
	assert_int_equal(file_at(fixture, 0)->inode.value, 31337);
}

static void odd_mappings_are_not_taken(void **state)
{
	struct fixture *fixture = *state;

	sysroot_process(&fixture->root, 12, "x\n");
	sysroot_text(&fixture->root, "proc/12/maps",
		     "7f0000010000-7f0000000000 rw-s 0 00:0e 1  /secretmem (deleted)\n"
		     "7f0000000000 rw-s 0 00:0e 1  /secretmem (deleted)\n"
		     "fffffffffffffffff-0 rw-s 0 00:0e 1  /secretmem (deleted)\n"
		     "7f0000000000-7f0000010000 rw-s 0 00:0e\n/secretmem (deleted)\n"
		     "7f0000000000-7f0000010000 rw-s\n"
		     "7f0000000000-7f0000010000");
	assert_int_equal(read_parts(fixture, PART_FILES), EXIT_FINE);
	assert_int_equal(fixture->snapshot.files.count, 0);
}

static void many_files_are_joined(void **state)
{
	struct fixture *fixture = *state;
	unsigned long i;
	char directory[32];
	int pid;

	for (pid = 100; pid < 103; pid++) {
		snprintf(directory, sizeof(directory), "proc/%d", pid);
		sysroot_process(&fixture->root, pid, "x\n");
		for (i = 0; i < 200; i++)
			sysroot_secret(&fixture->root, directory, (int)i, 1000 + 64 * i);
	}
	assert_int_equal(read_parts(fixture, PART_FILES), EXIT_FINE);
	assert_int_equal(fixture->snapshot.files.count, 200);
	list_for_each(file, &fixture->snapshot.files, struct secret_file)
		assert_int_equal(file->holders.count, 3);
}

static void known_values_stay(void **state)
{
	struct fixture *fixture = *state;
	struct secret_file *file;

	/* As if netlink had told it before. */
	file = list_add(&fixture->snapshot.files, sizeof(*file));
	file->inode = number(1);
	file->device = number(makedev(0, 14));
	file->size_bytes = number(42);
	file->creator.uid = number(1000);
	file->reserved_bytes = number(32768);
	file = list_add(&fixture->snapshot.files, sizeof(*file));
	file->inode = number(2);
	file->device = number(makedev(0, 14));
	file->creator.uid = number(0);
	file->reserved_bytes = number(4096);
	fixture->snapshot.info.mode = MODE_POOLED;
	fixture->snapshot.info.available = TRUTH_YES;
	sysroot_process(&fixture->root, 12, "x\n");
	sysroot_secret(&fixture->root, "proc/12", 3, 1);
	assert_int_equal(read_parts(fixture, PART_ALL), EXIT_FINE);
	assert_int_equal(fixture->snapshot.files.count, 2);
	assert_int_equal(file_at(fixture, 0)->size_bytes.value, 42);
	assert_int_equal(file_at(fixture, 0)->holders.count, 1);
	assert_true(file_at(fixture, 1)->holders.known);
	assert_int_equal(file_at(fixture, 1)->holders.count, 0);
	assert_int_equal(fixture->snapshot.info.mode, MODE_POOLED);
}

static void limits_are_those_of_holders(void **state)
{
	struct fixture *fixture = *state;
	struct limit *limit;

	sysroot_process(&fixture->root, 12, "x\n");
	sysroot_secret(&fixture->root, "proc/12", 3, 1);
	sysroot_process(&fixture->root, 13, "x\n");
	sysroot_secret(&fixture->root, "proc/13", 3, 1);
	sysroot_text(&fixture->root, "proc/13/limits",
		     "Max locked memory         32768                8388608              bytes\n");
	assert_int_equal(read_parts(fixture, PART_LIMITS), EXIT_FINE);
	assert_int_equal(fixture->snapshot.limits.count, 1);
	limit = fixture->snapshot.limits.items;
	assert_int_equal(limit->kind, LIMIT_MEMLOCK);
	assert_int_equal(limit->uid.value, 1000);
	assert_int_equal(limit->limit_bytes.value, 32768);
	/* Nothing that /proc shows is what was charged. */
	assert_false(limit->charged_bytes.known);
	assert_false(limit->used_percent.known);
	assert_false(fixture->snapshot.files.known);
}

static void charge_is_known_with_creators(void **state)
{
	struct fixture *fixture = *state;
	struct secret_file *file = list_add(&fixture->snapshot.files, sizeof(*file));
	struct limit *limit;

	file->inode = number(1);
	file->creator.uid = number(1000);
	file->reserved_bytes = number(49152);
	file->used_bytes = number(4096);
	sysroot_process(&fixture->root, 12, "x\n");
	sysroot_secret(&fixture->root, "proc/12", 3, 1);
	read_parts(fixture, PART_LIMITS);
	limit = fixture->snapshot.limits.items;
	assert_int_equal(limit->charged_bytes.value, 49152);
	assert_int_equal(limit->used_percent.value, 75);
}

/* Each file that is read becomes noise; nothing may break, and nothing is found. */
static void noise_breaks_nothing(void **state)
{
	static const char *const files[] = {
		"proc/meminfo", "proc/vmstat", "proc/cmdline", "proc/config.gz",
		"proc/sys/kernel/osrelease", "sys/power/disk", "sys/kernel/security/lockdown",
		"sys/module/secretmem/parameters/enable", "proc/12/stat", "proc/12/comm",
		"proc/12/maps", "proc/12/smaps", "proc/12/status", "proc/12/cgroup",
		"proc/12/limits", "proc/12/mountinfo", "proc/12/fdinfo/3", "boot/config-x",
	};
	struct fixture *fixture = *state;
	char noise[5000];
	size_t i, round;

	sysroot_process(&fixture->root, 12, "x\n");
	sysroot_secret(&fixture->root, "proc/12", 3, 1);
	srandom(1);
	for (round = 0; round < 30; round++) {
		for (i = 0; i < sizeof(noise); i++)
			noise[i] = (char)random();
		/* Some of it looks right at first. */
		memcpy(noise + round * 7, "secretmem\nRss: \nDirectMap2M:\n", 29);
		for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
			sysroot_bytes(&fixture->root, files[i], noise, round * 150);
		read_parts(fixture, PART_ALL);
		snapshot_clear(&fixture->snapshot);
	}
}

static void image_leads_nowhere(void **state)
{
	struct fixture *fixture = *state;
	char path[128];

	sysroot_remove(&fixture->root);
	sysroot_make(&fixture->root);
	sysroot_link(&fixture->root, "proc/meminfo", "/proc/meminfo");
	sysroot_link(&fixture->root, "proc/vmstat", "../../../../../../../proc/vmstat");
	snprintf(path, sizeof(path), "%s/proc/cmdline", fixture->root.path);
	assert_int_equal(mkfifo(path, 0600), 0);
	sysroot_text(&fixture->root, "sys/power/disk", "[disabled]\n");
	assert_int_equal(read_parts(fixture, PART_ALL), EXIT_FINE);
	assert_false(fixture->snapshot.direct_map.levels.known);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_tree_is_a_usage_error),
		TEST(empty_tree_is_known_to_be_empty),
		TEST(descriptor_alone_holds),
		TEST(mapping_alone_holds),
		TEST(resident_is_unknown_without_smaps),
		TEST(shared_file_is_one_file),
		TEST(shared_table_counts_once),
		TEST(path_descriptor_does_not_block),
		TEST(imposters_are_not_taken),
		TEST(what_cannot_be_verified_is_unreadable),
		TEST(unreadable_process_is_counted),
		TEST(path_descriptor_may_block_unseen),
		TEST(vanished_process_is_no_error),
		TEST(comm_is_kept_byte_by_byte),
		TEST(missing_attributes_are_unknown),
		TEST(long_maps_are_read_whole),
		TEST(odd_mappings_are_not_taken),
		TEST(many_files_are_joined),
		TEST(known_values_stay),
		TEST(limits_are_those_of_holders),
		TEST(charge_is_known_with_creators),
		TEST(noise_breaks_nothing),
		TEST(image_leads_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
