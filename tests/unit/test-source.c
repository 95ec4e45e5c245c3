// SPDX-License-Identifier: GPL-2.0-or-later
/* netlink from a fake kernel, joined with this machine's /proc. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fake-kernel.h"
#include "test.h"

#define CREATOR 424242		/* a user who holds nothing */

static struct fake_kernel fake;
static struct failure failure;
static struct snapshot snapshot;
static struct stat held;	/* the file that this process holds */

static void put_info(struct nlmsghdr *header)
{
	mnl_attr_put_u32(header, SECRETMEM_A_INFO_VERSION, 1);
	mnl_attr_put_u32(header, SECRETMEM_A_INFO_MODE, SECRETMEM_MODE_POOLED);
	mnl_attr_put_u64(header, SECRETMEM_A_INFO_POOL_CAPACITY, 64 << 20);
	mnl_attr_put_u32(header, SECRETMEM_A_INFO_DIRECT_MAP_PAGE_SIZE, 4096);
}

static void put_file(struct nlmsghdr *header, uint64_t id)
{
	mnl_attr_put_u64(header, SECRETMEM_A_FILE_ID, id);
	mnl_attr_put_u64(header, SECRETMEM_A_FILE_DEVICE, held.st_dev);
	mnl_attr_put_u64(header, SECRETMEM_A_FILE_INODE, id == 1 ? held.st_ino : 0);
	mnl_attr_put_u32(header, SECRETMEM_A_FILE_CREATOR_UID, CREATOR);
	mnl_attr_put_u64(header, SECRETMEM_A_FILE_USED, 4096);
	mnl_attr_put_u64(header, SECRETMEM_A_FILE_RESERVED, 2 << 20);
}

static void answer_do(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	struct nlmsghdr *header = fake_begin(kernel, request, 0);

	if (fake_command(request) == SECRETMEM_CMD_INFO_GET)
		put_info(header);
	fake_end(kernel, header);
	fake_flush(kernel, request);
	fake_error(kernel, request, 0, NULL);
}

static void answer_well(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	uint64_t id, files = fake_command(request) == SECRETMEM_CMD_FILE_GET ? 2 : 0;

	if (!(request->nlmsg_flags & NLM_F_DUMP)) {
		answer_do(kernel, request);
		return;
	}
	for (id = 1; id <= files; id++) {
		struct nlmsghdr *header = fake_begin(kernel, request, NLM_F_MULTI);

		put_file(header, id);
		fake_end(kernel, header);
	}
	fake_done(kernel, request, 0, 0);
}

static void answer_forbidding(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	if (fake_command(request) == SECRETMEM_CMD_INFO_GET)
		answer_do(kernel, request);
	else
		fake_error(kernel, request, EPERM, "not you");
}

static void answer_never(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	(void)kernel;
	(void)request;
}

static int start(void **state)
{
	(void)state;
	fake_start(&fake, answer_well);
	memset(&failure, 0, sizeof(failure));
	return 0;
}

static int stop(void **state)
{
	(void)state;
	snapshot_clear(&snapshot);
	fake_stop(&fake);
	return 0;
}

static enum exit_code read_source(enum source_kind kind, fake_answer *answer)
{
	const struct source_options options = { .kind = kind, .peer = &fake.peer };
	struct source *source;
	enum exit_code code;

	fake.answer = answer;
	code = source_open(&options, &source, &failure);
	if (!code)
		code = source_read(source, PART_ALL, &snapshot, &failure);
	source_close(source);
	return code;
}

static void netlink_alone_knows_no_holders(void **state)
{
	struct secret_file *file;

	(void)state;
	assert_int_equal(read_source(SOURCE_NETLINK, answer_well), EXIT_FINE);
	assert_string_equal(snapshot.source, "netlink");
	assert_int_equal(snapshot.files.count, 2);
	file = snapshot.files.items;
	assert_false(file->holders.known);
	assert_false(snapshot.processes.known);
	assert_true(snapshot.time_ns > 0);
}

/* The fake kernel tells of a file that this very process holds. */
static void auto_joins_holders_to_files(void **state)
{
	struct secret_file *file;
	bool found = false;

	(void)state;
	if (!held.st_ino) {
		print_message("# no memfd_secret(2) here: the join is not tested\n");
		return;
	}
	assert_int_equal(read_source(SOURCE_AUTO, answer_well) & ~EXIT_PARTIAL, EXIT_FINE);
	assert_string_equal(snapshot.source, "netlink");
	file = snapshot_find_file(&snapshot, held.st_dev, held.st_ino);
	assert_non_null(file);
	assert_true(file->id.known && file->used_bytes.known);
	list_for_each(holder, &file->holders, struct holder)
		found |= holder->pid.value == (uint64_t)getpid();
	assert_true(found);
	assert_true(snapshot.processes.known);
}

/* A file without a visible process has an empty list, not an unknown one. */
static void file_without_holder_is_kept(void **state)
{
	struct secret_file *file;

	(void)state;
	assert_int_equal(read_source(SOURCE_AUTO, answer_well) & ~EXIT_PARTIAL, EXIT_FINE);
	file = list_at(&snapshot.files, 1, sizeof(*file));
	assert_int_equal(file->id.value, 2);
	assert_true(file->holders.known);
	assert_int_equal(file->holders.count, 0);
}

/*
 * A creator is charged for what others hold, and for what nobody sees. Not with
 * /proc: of a file that somebody else on this machine holds, nobody knows the
 * creator, and then no sum is known.
 */
static void creators_have_a_limit(void **state)
{
	struct limit found = { 0 };

	(void)state;
	assert_int_equal(read_source(SOURCE_NETLINK, answer_well), EXIT_FINE);
	list_for_each(limit, &snapshot.limits, struct limit) {
		if (limit->kind == LIMIT_MEMLOCK && limit->uid.value == CREATOR)
			found = *limit;
	}
	assert_int_equal(found.charged_bytes.value, 4 << 20);
	assert_false(found.limit_bytes.known);
}

/* Asking for the limits alone tells the same of them. */
static void limits_need_no_other_part(void **state)
{
	const struct source_options options = { .kind = SOURCE_NETLINK, .peer = &fake.peer };
	struct source *source;

	(void)state;
	assert_int_equal(source_open(&options, &source, &failure), EXIT_FINE);
	assert_int_equal(source_read(source, PART_LIMITS, &snapshot, &failure), EXIT_FINE);
	source_close(source);
	assert_int_equal(snapshot.limits.count, 1);
	assert_int_equal(((struct limit *)snapshot.limits.items)->uid.value, CREATOR);
}

static void no_family_falls_back_to_procfs(void **state)
{
	(void)state;
	fake.no_family = true;
	assert_int_equal(read_source(SOURCE_AUTO, answer_well) & ~EXIT_PARTIAL, EXIT_FINE);
	assert_string_equal(snapshot.source, "procfs");
	assert_false(snapshot.info.family_version.known);
	assert_null(strstr(failure.text, "netlink"));
}

static void no_family_fails_netlink(void **state)
{
	(void)state;
	fake.no_family = true;
	assert_int_equal(read_source(SOURCE_NETLINK, answer_well), EXIT_UNSUPPORTED);
	assert_non_null(strstr(failure.text, "no netlink family"));
}

static void no_permission_falls_back_and_says_so(void **state)
{
	(void)state;
	assert_int_equal(read_source(SOURCE_AUTO, answer_forbidding), EXIT_PARTIAL);
	assert_string_equal(snapshot.source, "procfs");
	assert_true(snapshot.partial);
	assert_int_equal(snapshot.info.mode, MODE_POOLED);
	assert_non_null(strstr(failure.text, "not you"));
}

static void no_permission_fails_netlink(void **state)
{
	(void)state;
	assert_int_equal(read_source(SOURCE_NETLINK, answer_forbidding), EXIT_PERMISSION);
}

/* A kernel that went silent must not take /proc with it. */
static void silent_netlink_falls_back_and_says_so(void **state)
{
	(void)state;
	fake.peer.timeout_ms = 300;
	assert_int_equal(read_source(SOURCE_AUTO, answer_never), EXIT_PARTIAL);
	assert_string_equal(snapshot.source, "procfs");
	assert_true(snapshot.files.known);
	assert_non_null(strstr(failure.text, "did not answer"));
}

static void procfs_asks_no_netlink(void **state)
{
	(void)state;
	assert_int_equal(read_source(SOURCE_PROCFS, answer_well) & ~EXIT_PARTIAL, EXIT_FINE);
	assert_int_equal(fake.asked[SECRETMEM_CMD_INFO_GET], 0);
	assert_false(snapshot.info.family_version.known);
}

static void netlink_has_no_root(void **state)
{
	const struct source_options options = {
		.kind = SOURCE_NETLINK, .root = "/", .peer = &fake.peer
	};
	struct source *source;

	(void)state;
	assert_int_equal(source_open(&options, &source, &failure), EXIT_USAGE);
	assert_null(source);
}

static void answer_gone(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	fake_error(kernel, request, ENOENT, NULL);
}

static enum exit_code read_again(struct source *source)
{
	snapshot_clear(&snapshot);
	usleep(60000);
	return source_read(source, PART_INFO | PART_POOL | PART_FILES, &snapshot, &failure);
}

/* Of one who reads again and again, and has done so once. */
static struct source *open_watched(void)
{
	const struct source_options options = {
		.kind = SOURCE_AUTO, .peer = &fake.peer, .watch_ns = 50000000,
	};
	struct source *source;

	assert_int_equal(source_open(&options, &source, &failure), EXIT_FINE);
	read_again(source);
	return source;
}

/* It goes, which is said, and comes back. */
static void a_family_that_goes_comes_back(void **state)
{
	struct source *source = open_watched();
	int i;

	(void)state;
	assert_string_equal(snapshot.source, "netlink");
	fake.answer = answer_gone;
	fake.no_family = true;
	for (i = 0; i < 4; i++) {
		assert_int_equal(read_again(source), EXIT_PARTIAL);
		assert_string_equal(snapshot.source, "procfs");
		assert_true(*failure.text);
		assert_false(snapshot.pool.capacity_bytes.known);
	}
	assert_non_null(strstr(failure.text, "is gone"));
	fake.answer = answer_well;
	fake.no_family = false;
	read_again(source);
	assert_string_equal(snapshot.source, "netlink");
	assert_null(strstr(failure.text, "is gone"));
	source_close(source);
}

/* A permission that is lost while we read: what it told is unknown, and not none. */
static void a_permission_that_is_lost_comes_back(void **state)
{
	struct source *source = open_watched();
	int i;

	(void)state;
	assert_int_equal(snapshot.files.count >= 2, true);
	fake.answer = answer_forbidding;
	for (i = 0; i < 3; i++) {
		assert_int_equal(read_again(source), EXIT_PARTIAL);
		assert_non_null(strstr(failure.text, "not you"));
		assert_true(snapshot.partial);
		assert_false(snapshot.pool.used_bytes.known);
		list_for_each(file, &snapshot.files, struct secret_file)
			assert_false(file->used_bytes.known);
	}
	fake.answer = answer_well;
	read_again(source);
	assert_string_equal(snapshot.source, "netlink");
	assert_null(strstr(failure.text, "not you"));
	source_close(source);
}

static void hold_a_file(void)
{
	int fd = (int)syscall(SYS_memfd_secret, 0);

	if (fd < 0 || ftruncate(fd, 4096) || fstat(fd, &held))
		memset(&held, 0, sizeof(held));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(netlink_alone_knows_no_holders),
		TEST(auto_joins_holders_to_files),
		TEST(file_without_holder_is_kept),
		TEST(creators_have_a_limit),
		TEST(limits_need_no_other_part),
		TEST(no_family_falls_back_to_procfs),
		TEST(no_family_fails_netlink),
		TEST(no_permission_falls_back_and_says_so),
		TEST(no_permission_fails_netlink),
		TEST(silent_netlink_falls_back_and_says_so),
		TEST(procfs_asks_no_netlink),
		TEST(netlink_has_no_root),
		TEST(a_family_that_goes_comes_back),
		TEST(a_permission_that_is_lost_comes_back),
	};

	hold_a_file();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
