// SPDX-License-Identifier: GPL-2.0-or-later
/* The netlink reader against a fake kernel, a good one and many bad ones. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fake-kernel.h"
#include "test.h"
#include "xalloc.h"

#define MANY_FILES 10000

static struct fake_kernel fake;
static struct failure failure;
static struct snapshot snapshot;

/* ---- a kernel as it should be ---- */

static void put_info(struct nlmsghdr *header)
{
	mnl_attr_put_u32(header, SECRETMEM_A_INFO_VERSION, 1);
	mnl_attr_put_u32(header, SECRETMEM_A_INFO_MODE, SECRETMEM_MODE_POOLED);
	mnl_attr_put_u64(header, SECRETMEM_A_INFO_CHUNK_SIZE, 2 << 20);
	mnl_attr_put_u64(header, SECRETMEM_A_INFO_POOL_CAPACITY, 128 << 20);
	mnl_attr_put_u32(header, SECRETMEM_A_INFO_DIRECT_MAP_PAGE_SIZE, 2 << 20);
	mnl_attr_put_u32(header, SECRETMEM_A_INFO_DIRECT_MAP_PAGE_SIZE, 4096);
	mnl_attr_put_u64(header, SECRETMEM_A_INFO_DIRECT_MAP_PAGE_SIZE, 1 << 30);
}

static void put_pool(struct nlmsghdr *header)
{
	struct nlattr *nest;

	mnl_attr_put_u64(header, SECRETMEM_A_POOL_CAPACITY, 128 << 20);
	mnl_attr_put_u64(header, SECRETMEM_A_POOL_RESERVED, 64 << 20);
	mnl_attr_put_u32(header, SECRETMEM_A_POOL_USED, 61 << 20);
	mnl_attr_put_u32(header, SECRETMEM_A_POOL_FREE_CHUNKS, 32);
	mnl_attr_put_u64(header, SECRETMEM_A_POOL_READY, 4 << 20);
	mnl_attr_put_u64(header, SECRETMEM_A_POOL_FLOOR_MISSING, 0);
	nest = mnl_attr_nest_start(header, SECRETMEM_A_POOL_FAILURES);
	mnl_attr_put_u32(header, SECRETMEM_A_FAILURES_MEMLOCK, 0);
	mnl_attr_put_u32(header, SECRETMEM_A_FAILURES_PINNED, 7);
	mnl_attr_put_u64(header, SECRETMEM_A_FAILURES_MEMORY, 1ULL << 40);
	mnl_attr_nest_end(header, nest);
}

static void put_file(struct nlmsghdr *header, uint64_t id)
{
	mnl_attr_put_u64(header, SECRETMEM_A_FILE_ID, id);
	mnl_attr_put_u32(header, SECRETMEM_A_FILE_DEVICE, 5);
	mnl_attr_put_u64(header, SECRETMEM_A_FILE_INODE, 1000 + id);
	mnl_attr_put_u32(header, SECRETMEM_A_FILE_CREATOR_PID, 4121);
	mnl_attr_put_u32(header, SECRETMEM_A_FILE_CREATOR_UID, 1000);
	mnl_attr_put_strz(header, SECRETMEM_A_FILE_CREATOR_COMM, "vaultd");
	mnl_attr_put_u64(header, SECRETMEM_A_FILE_SIZE, 4096);
	/* 0, 1, and what only a later kernel may mean something by. */
	if (id > 1)
		mnl_attr_put_u8(header, SECRETMEM_A_FILE_RESERVATION, (uint8_t)(id - 2));
	mnl_attr_put_u64(header, SECRETMEM_A_FILE_AGE, 5000000000);
}

static void put_chunk(struct nlmsghdr *header, uint64_t id)
{
	mnl_attr_put_u64(header, SECRETMEM_A_CHUNK_ID, id);
	mnl_attr_put_u32(header, SECRETMEM_A_CHUNK_POSITION, 7);
	mnl_attr_put_u64(header, SECRETMEM_A_CHUNK_USED, 4096);
	mnl_attr_put_u32(header, SECRETMEM_A_CHUNK_STATE, SECRETMEM_CHUNK_STATE_QUARANTINED);
}

static void answer_one(struct fake_kernel *kernel, const struct nlmsghdr *request,
		       void (*put)(struct nlmsghdr *header))
{
	struct nlmsghdr *header = fake_begin(kernel, request, 0);

	put(header);
	fake_end(kernel, header);
	fake_flush(kernel, request);
	fake_error(kernel, request, 0, NULL);
}

/* As many messages in a buffer as fit, as the kernel does it. */
static void answer_dump(struct fake_kernel *kernel, const struct nlmsghdr *request,
			void (*put)(struct nlmsghdr *header, uint64_t id), uint64_t count,
			uint16_t flags)
{
	uint64_t id;

	for (id = 1; id <= count; id++) {
		struct nlmsghdr *header = fake_begin(kernel, request, NLM_F_MULTI | flags);

		put(header, id);
		fake_end(kernel, header);
		if (kernel->length > 16 * 1024)
			fake_flush(kernel, request);
	}
	fake_done(kernel, request, 0, flags);
}

static void put_level(struct nlmsghdr *header, uint64_t page_bytes, uint64_t mapped,
		      uint64_t splits, uint64_t secretmem_splits)
{
	struct nlattr *nest = mnl_attr_nest_start(header, SECRETMEM_A_DIRECT_MAP_LEVEL);

	mnl_attr_put_u64(header, SECRETMEM_A_DIRECT_MAP_LEVEL_PAGE_SIZE, page_bytes);
	mnl_attr_put_u64(header, SECRETMEM_A_DIRECT_MAP_LEVEL_MAPPED, mapped);
	if (splits) {
		mnl_attr_put_u64(header, SECRETMEM_A_DIRECT_MAP_LEVEL_SPLITS, splits);
		mnl_attr_put_u32(header, SECRETMEM_A_DIRECT_MAP_LEVEL_SECRETMEM_SPLITS,
				 (uint32_t)secretmem_splits);
	}
	mnl_attr_nest_end(header, nest);
}

/* What meminfo has is more than what the regions have. */
static void put_direct_map(struct nlmsghdr *header)
{
	put_level(header, 4096, 64 << 20, 0, 0);
	put_level(header, 2 << 20, 4ULL << 30, 17, 3);
	put_level(header, 1 << 30, 4ULL << 30, 2, 1);
	mnl_attr_put_u64(header, SECRETMEM_A_DIRECT_MAP_UNMAPPED, 6 << 20);
	mnl_attr_put_u64(header, SECRETMEM_A_DIRECT_MAP_REMOVALS, 9);
	mnl_attr_put_u64(header, SECRETMEM_A_DIRECT_MAP_RESTORES, 6);
	mnl_attr_put_u64(header, SECRETMEM_A_DIRECT_MAP_RESTORE_FAILURES, 0);
}

/* Regions 0 and 4: the second is one large page. */
static void put_region(struct nlmsghdr *header, uint64_t id)
{
	mnl_attr_put_u32(header, SECRETMEM_A_DIRECT_MAP_REGION, id == 1 ? 0 : 4);
	if (id == 1) {
		put_level(header, 2 << 20, 1000 << 20, 0, 0);
		put_level(header, 4096, 18 << 20, 0, 0);
		mnl_attr_put_u64(header, SECRETMEM_A_DIRECT_MAP_UNMAPPED, 6 << 20);
	} else {
		put_level(header, 4096, 0, 0, 0);
		put_level(header, 1 << 30, 1 << 30, 0, 0);
	}
}

static void answer_well(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	switch (fake_command(request)) {
	case SECRETMEM_CMD_INFO_GET:
		answer_one(kernel, request, put_info);
		break;
	case SECRETMEM_CMD_POOL_GET:
		answer_one(kernel, request, put_pool);
		break;
	case SECRETMEM_CMD_FILE_GET:
		answer_dump(kernel, request, put_file, 2, 0);
		break;
	case SECRETMEM_CMD_CHUNK_GET:
		answer_dump(kernel, request, put_chunk, 1, 0);
		break;
	case SECRETMEM_CMD_DIRECT_MAP_GET:
		if (request->nlmsg_flags & NLM_F_DUMP)
			answer_dump(kernel, request, put_region, 2, 0);
		else
			answer_one(kernel, request, put_direct_map);
		break;
	}
}

/* ---- what all tests do ---- */

static enum exit_code read_parts(fake_answer *answer, unsigned int parts)
{
	struct netlink_reader *reader;
	enum exit_code code;

	fake.answer = answer;
	code = netlink_open_peer(&fake.peer, &reader, &failure);
	if (!code)
		code = netlink_read(reader, parts, &snapshot, &failure);
	netlink_close(reader);
	return code;
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

static void assert_text(const char *part)
{
	if (!strstr(failure.text, part))
		fail_msg("\"%s\" is not in \"%s\"", part, failure.text);
}

#define assert_number(number, wanted) do {	\
	assert_true((number).known);		\
	assert_int_equal((number).value, wanted);	\
} while (0)

/* ---- tests ---- */

static void all_is_read(void **state)
{
	struct secret_file *file;
	struct chunk *chunk;

	(void)state;
	assert_int_equal(read_parts(answer_well, PART_ALL), EXIT_FINE);
	assert_int_equal(snapshot.info.mode, MODE_POOLED);
	assert_int_equal(snapshot.info.available, TRUTH_YES);
	assert_number(snapshot.info.family_version, 1);
	assert_number(snapshot.pool.capacity_bytes, 128 << 20);
	assert_number(snapshot.pool.used_bytes, 61 << 20);
	assert_number(snapshot.pool.wasted_bytes, 3 << 20);
	assert_number(snapshot.pool.ready_bytes, 4 << 20);
	assert_number(snapshot.pool.floor_missing_bytes, 0);
	assert_number(snapshot.pool.failures.pinned, 7);
	assert_number(snapshot.pool.failures.memlock, 0);
	assert_number(snapshot.pool.failures.memory, 1ULL << 40);
	assert_int_equal(snapshot.files.count, 2);
	file = list_at(&snapshot.files, 1, sizeof(*file));
	assert_number(file->id, 2);
	assert_number(file->inode, 1002);
	assert_string_equal(file->creator.comm, "vaultd");
	assert_number(file->age_ns, 5000000000);
	assert_int_equal(file->blocks_hibernation, TRUTH_YES);
	assert_int_equal(snapshot.chunks.count, 1);
	chunk = list_at(&snapshot.chunks, 0, sizeof(*chunk));
	assert_int_equal(chunk->state, CHUNK_QUARANTINED);
	assert_number(chunk->position, 7);
	assert_false(snapshot.partial);
}

static void answer_four(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	answer_dump(kernel, request, put_file, 4, 0);
}

static void reservation_is_yes_no_or_unknown(void **state)
{
	static const enum truth wanted[] = {
		TRUTH_UNKNOWN, TRUTH_NO, TRUTH_YES, TRUTH_UNKNOWN
	};
	size_t i = 0;

	(void)state;
	assert_int_equal(read_parts(answer_four, PART_FILES), EXIT_FINE);
	list_for_each(file, &snapshot.files, struct secret_file)
		assert_int_equal(file->reservation, wanted[i++]);
	assert_int_equal(i, 4);
}

static void what_is_absent_is_unknown(void **state)
{
	struct secret_file *file;

	(void)state;
	assert_int_equal(read_parts(answer_well, PART_ALL), EXIT_FINE);
	assert_false(snapshot.pool.floor_bytes.known);
	assert_false(snapshot.pool.failures.direct_map.known);
	file = list_at(&snapshot.files, 0, sizeof(*file));
	assert_false(file->reserved_bytes.known);
	assert_false(file->creator.cgroup_id.known);
	assert_false(file->holders.known);
	assert_false(((struct chunk *)snapshot.chunks.items)->file_id.known);
}

static struct direct_map_level *level_at(const struct list *levels, size_t index)
{
	assert_true(index < levels->count);
	return list_at(levels, index, sizeof(struct direct_map_level));
}

/* Splits are those of the totals, sizes those of the regions. */
static void direct_map_is_summed_by_region(void **state)
{
	struct direct_map *map = &snapshot.direct_map;
	struct direct_map_region *region;

	(void)state;
	assert_int_equal(read_parts(answer_well, PART_REGIONS), EXIT_FINE);
	assert_int_equal(map->origin, ORIGIN_MAP);
	assert_int_equal(map->levels.count, 3);
	assert_number(level_at(&map->levels, 0)->bytes, 18 << 20);
	assert_false(level_at(&map->levels, 0)->splits.known);
	assert_number(level_at(&map->levels, 1)->bytes, 1000 << 20);
	assert_number(level_at(&map->levels, 1)->splits, 17);
	assert_number(level_at(&map->levels, 1)->secretmem_splits, 3);
	assert_number(level_at(&map->levels, 2)->bytes, 1 << 30);
	assert_number(map->unmapped_bytes, 6 << 20);
	assert_number(map->removals, 9);
	assert_number(map->restores, 6);
	assert_number(map->restore_failures, 0);
	assert_int_equal(map->regions.count, 2);
	region = list_at(&map->regions, 0, sizeof(*region));
	assert_number(region->index, 0);
	assert_number(region->unmapped_bytes, 6 << 20);
	assert_number(level_at(&region->levels, 0)->page_bytes, 4096);
	assert_number(level_at(&region->levels, 1)->bytes, 1000 << 20);
	region = list_at(&map->regions, 1, sizeof(*region));
	assert_number(region->index, 4);
	assert_false(region->unmapped_bytes.known);
	assert_int_equal(region->levels.count, 1);
}

static void answer_no_regions(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	if (request->nlmsg_flags & NLM_F_DUMP)
		fake_done(kernel, request, 0, 0);
	else
		answer_well(kernel, request);
}

static void direct_map_without_regions_is_that_of_meminfo(void **state)
{
	(void)state;
	assert_int_equal(read_parts(answer_no_regions, PART_DIRECT_MAP), EXIT_FINE);
	assert_int_equal(snapshot.direct_map.origin, ORIGIN_MEMINFO);
	assert_number(level_at(&snapshot.direct_map.levels, 1)->bytes, 4ULL << 30);
	assert_false(snapshot.direct_map.regions.known);
}

/* The first version of the family tells the sizes of page alone. */
static void answer_first_version(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	if (fake_command(request) == SECRETMEM_CMD_DIRECT_MAP_GET)
		fake_error(kernel, request, EOPNOTSUPP, NULL);
	else
		answer_well(kernel, request);
}

static void direct_map_levels_are_sorted(void **state)
{
	static const uint64_t sizes[] = { 4096, 2 << 20, 1 << 30 };
	size_t i;

	(void)state;
	assert_int_equal(read_parts(answer_first_version, PART_DIRECT_MAP), EXIT_FINE);
	assert_int_equal(snapshot.direct_map.origin, ORIGIN_UNKNOWN);
	assert_int_equal(snapshot.direct_map.levels.count, 3);
	for (i = 0; i < 3; i++) {
		struct direct_map_level *level;

		level = list_at(&snapshot.direct_map.levels, i, sizeof(*level));
		assert_number(level->page_bytes, sizes[i]);
		assert_false(level->bytes.known);
	}
}

static void limits_tell_the_pool(void **state)
{
	struct limit *limit;

	(void)state;
	assert_int_equal(read_parts(answer_well, PART_LIMITS), EXIT_FINE);
	assert_int_equal(snapshot.limits.count, 1);
	limit = snapshot.limits.items;
	assert_int_equal(limit->kind, LIMIT_POOL);
	assert_number(limit->used_percent, 50);
}

static void only_what_is_asked_for_is_read(void **state)
{
	(void)state;
	assert_int_equal(read_parts(answer_well, PART_FILES), EXIT_FINE);
	assert_int_equal(fake.asked[SECRETMEM_CMD_FILE_GET], 1);
	assert_int_equal(fake.asked[SECRETMEM_CMD_CHUNK_GET], 0);
	assert_int_equal(fake.asked[SECRETMEM_CMD_POOL_GET], 0);
	assert_false(snapshot.chunks.known);
}

static void answer_no_files(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	answer_dump(kernel, request, put_file, 0, 0);
}

static void empty_dump_is_a_known_list(void **state)
{
	(void)state;
	assert_int_equal(read_parts(answer_no_files, PART_FILES), EXIT_FINE);
	assert_true(snapshot.files.known);
	assert_int_equal(snapshot.files.count, 0);
}

static void answer_many(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	answer_dump(kernel, request, put_file, MANY_FILES, 0);
}

static void ten_thousand_files(void **state)
{
	size_t i;

	(void)state;
	assert_int_equal(read_parts(answer_many, PART_FILES), EXIT_FINE);
	assert_int_equal(snapshot.files.count, MANY_FILES);
	for (i = 0; i < MANY_FILES; i++) {
		struct secret_file *file = list_at(&snapshot.files, i, sizeof(*file));

		assert_int_equal(file->id.value, i + 1);
	}
}

static void answer_interrupted_twice(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	uint16_t flags = kernel->asked[SECRETMEM_CMD_FILE_GET] <= 2 ? NLM_F_DUMP_INTR : 0;

	answer_dump(kernel, request, put_file, 3, flags);
}

static void interrupted_dump_is_repeated(void **state)
{
	(void)state;
	assert_int_equal(read_parts(answer_interrupted_twice, PART_FILES), EXIT_FINE);
	assert_int_equal(fake.asked[SECRETMEM_CMD_FILE_GET], 3);
	assert_int_equal(snapshot.files.count, 3);
	assert_false(snapshot.partial);
}

static void answer_interrupted(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	answer_dump(kernel, request, put_file, 3, 0);
}

static void answer_always_interrupted(struct fake_kernel *kernel,
				      const struct nlmsghdr *request)
{
	answer_dump(kernel, request, put_file, 3, NLM_F_DUMP_INTR);
}

static void answer_interrupted_at_end(struct fake_kernel *kernel,
				      const struct nlmsghdr *request)
{
	if (kernel->asked[SECRETMEM_CMD_FILE_GET] > 1)
		answer_interrupted(kernel, request);
	else
		fake_done(kernel, request, 0, NLM_F_DUMP_INTR);
}

static void interruption_told_at_the_end_counts(void **state)
{
	(void)state;
	assert_int_equal(read_parts(answer_interrupted_at_end, PART_FILES), EXIT_FINE);
	assert_int_equal(snapshot.files.count, 3);
}

static void endless_interruption_is_partial(void **state)
{
	(void)state;
	assert_int_equal(read_parts(answer_always_interrupted, PART_FILES), EXIT_PARTIAL);
	assert_int_equal(fake.asked[SECRETMEM_CMD_FILE_GET], 8);
	assert_int_equal(snapshot.files.count, 3);
	assert_true(snapshot.partial);
	assert_text("file-get: changed while it was read");
}

static void answer_refusing(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	fake_error(kernel, request, EINVAL, "the pool is on holiday\n");
}

static void extack_text_is_shown(void **state)
{
	(void)state;
	assert_int_equal(read_parts(answer_refusing, PART_POOL), EXIT_FAILED);
	assert_text("the pool is on holiday\\x0a (Invalid argument)");
}

static void answer_forbidding(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	if (fake_command(request) == SECRETMEM_CMD_INFO_GET)
		answer_well(kernel, request);
	else
		fake_error(kernel, request, EPERM, "CAP_SYS_ADMIN is needed");
}

static void permission_has_its_own_code(void **state)
{
	(void)state;
	assert_int_equal(read_parts(answer_forbidding, PART_ALL), EXIT_PERMISSION);
	assert_text("CAP_SYS_ADMIN is needed");
	assert_text("run as root");
	/* What anyone may know is there all the same. */
	assert_int_equal(snapshot.info.mode, MODE_POOLED);
}

static void absent_family_is_unsupported(void **state)
{
	(void)state;
	fake.no_family = true;
	assert_int_equal(read_parts(answer_well, PART_ALL), EXIT_UNSUPPORTED);
	assert_text("no netlink family secretmem");
}

static void answer_no_chunks(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	if (fake_command(request) == SECRETMEM_CMD_CHUNK_GET)
		fake_error(kernel, request, EOPNOTSUPP, NULL);
	else
		answer_well(kernel, request);
}

static void missing_operation_leaves_its_part_unknown(void **state)
{
	(void)state;
	assert_int_equal(read_parts(answer_no_chunks, PART_ALL), EXIT_FINE);
	assert_true(snapshot.files.known);
	assert_false(snapshot.chunks.known);
}

/* A pool whose one message @spoil made wrong. */
static void (*spoil)(struct nlmsghdr *header);

static void answer_spoiled(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	if (fake_command(request) == SECRETMEM_CMD_POOL_GET)
		answer_one(kernel, request, spoil);
	else
		answer_well(kernel, request);
}

static void assert_spoiled(void (*how)(struct nlmsghdr *header), const char *text)
{
	spoil = how;
	assert_int_equal(read_parts(answer_spoiled, PART_POOL), EXIT_FAILED);
	assert_text(text);
}

static void put_short_number(struct nlmsghdr *header)
{
	mnl_attr_put(header, SECRETMEM_A_POOL_USED, 2, "ab");
}

static void put_odd_number(struct nlmsghdr *header)
{
	mnl_attr_put(header, SECRETMEM_A_POOL_USED, 6, "abcdef");
}

static void put_long_number(struct nlmsghdr *header)
{
	mnl_attr_put(header, SECRETMEM_A_POOL_USED, 16, "abcdefghijklmnop");
}

static void put_empty_number(struct nlmsghdr *header)
{
	mnl_attr_put(header, SECRETMEM_A_POOL_USED, 0, NULL);
}

static void wrong_length_is_an_error(void **state)
{
	(void)state;
	assert_spoiled(put_short_number, "attribute used of pool");
	assert_spoiled(put_odd_number, "(6 bytes)");
	assert_spoiled(put_long_number, "(16 bytes)");
	assert_spoiled(put_empty_number, "(0 bytes)");
	assert_false(snapshot.pool.used_bytes.known);
}

static void put_number_for_nest(struct nlmsghdr *header)
{
	mnl_attr_put_u64(header, SECRETMEM_A_POOL_FAILURES, 1);
}

static void put_nest_for_number(struct nlmsghdr *header)
{
	struct nlattr *nest = mnl_attr_nest_start(header, SECRETMEM_A_POOL_USED);

	mnl_attr_put_u32(header, 1, 1);
	mnl_attr_nest_end(header, nest);
}

static void put_rubbish_in_nest(struct nlmsghdr *header)
{
	mnl_attr_put(header, SECRETMEM_A_POOL_FAILURES | NLA_F_NESTED, 6, "\xff\xff\x01\0ab");
}

static void wrong_type_is_an_error(void **state)
{
	(void)state;
	assert_spoiled(put_number_for_nest, "attribute failures of pool");
	assert_spoiled(put_nest_for_number, "attribute used of pool");
	assert_spoiled(put_rubbish_in_nest, "left over");
}

static void put_truncated(struct nlmsghdr *header)
{
	mnl_attr_put_u64(header, SECRETMEM_A_POOL_USED, 1);
	header->nlmsg_len -= 4;
}

static void put_stub(struct nlmsghdr *header)
{
	header->nlmsg_len = NLMSG_HDRLEN;
}

static void truncated_message_is_an_error(void **state)
{
	(void)state;
	assert_spoiled(put_truncated, "truncated message");
	assert_spoiled(put_stub, "truncated message");
}

static void put_future(struct nlmsghdr *header)
{
	put_pool(header);
	mnl_attr_put_strz(header, 1000, "who knows");
	mnl_attr_put_u32(header, SECRETMEM_A_POOL_MAX + 1, 1);
	mnl_attr_put_u32(header, 0, 1);
}

static void unknown_attributes_are_ignored(void **state)
{
	(void)state;
	spoil = put_future;
	assert_int_equal(read_parts(answer_spoiled, PART_POOL), EXIT_FINE);
	assert_number(snapshot.pool.used_bytes, 61 << 20);
}

static void put_future_mode(struct nlmsghdr *header)
{
	mnl_attr_put_u32(header, SECRETMEM_A_INFO_MODE, 99);
}

static void answer_future_mode(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	answer_one(kernel, request, put_future_mode);
}

static void unknown_enum_value_is_unknown(void **state)
{
	(void)state;
	assert_int_equal(read_parts(answer_future_mode, PART_INFO), EXIT_FINE);
	assert_int_equal(snapshot.info.mode, MODE_UNKNOWN);
}

static void put_wild_file(struct nlmsghdr *header, uint64_t id)
{
	(void)id;
	mnl_attr_put(header, SECRETMEM_A_FILE_CREATOR_COMM, 15, "\xff\x1b[2J no NUL!!!");
}

static void answer_wild(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	answer_dump(kernel, request, put_wild_file, 1, 0);
}

static void text_needs_no_nul(void **state)
{
	struct secret_file *file;

	(void)state;
	assert_int_equal(read_parts(answer_wild, PART_FILES), EXIT_FINE);
	file = snapshot.files.items;
	assert_string_equal(file->creator.comm, "\xff\x1b[2J no NUL!!!");
}

static void put_long_comm(struct nlmsghdr *header, uint64_t id)
{
	(void)id;
	mnl_attr_put_strz(header, SECRETMEM_A_FILE_CREATOR_COMM, "sixteen letters!");
}

static void answer_long_comm(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	answer_dump(kernel, request, put_long_comm, 1, 0);
}

static void text_too_long_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(read_parts(answer_long_comm, PART_FILES), EXIT_FAILED);
	assert_text("creator-comm");
}

static void answer_with_strays(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	struct nlmsghdr *header = fake_begin(kernel, request, 0);

	put_info(header);
	header->nlmsg_seq--;
	fake_end(kernel, header);
	header = fake_begin(kernel, request, 0);
	put_info(header);
	header->nlmsg_pid++;
	fake_end(kernel, header);
	fake_flush(kernel, request);
	fake_error(kernel, request, 0, NULL);
}

static void wrong_sequence_and_port_are_ignored(void **state)
{
	(void)state;
	assert_int_equal(read_parts(answer_with_strays, PART_INFO), EXIT_FINE);
	assert_int_equal(snapshot.info.mode, MODE_UNKNOWN);
}

static void send_as_stranger(const struct nlmsghdr *request, const struct nlmsghdr *reply)
{
	struct sockaddr_nl client = { .nl_family = AF_NETLINK, .nl_pid = request->nlmsg_pid };
	struct mnl_socket *stranger = mnl_socket_open(NETLINK_USERSOCK);

	if (mnl_socket_bind(stranger, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    sendto(mnl_socket_get_fd(stranger), reply, reply->nlmsg_len, 0,
		   (struct sockaddr *)&client, sizeof(client)) < 0)
		perror("stranger");
	mnl_socket_close(stranger);
}

static void answer_after_stranger(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	struct nlmsghdr *header = fake_begin(kernel, request, 0);

	put_info(header);
	send_as_stranger(request, header);
	fake_error(kernel, request, 0, NULL);
}

static void wrong_sender_is_ignored(void **state)
{
	(void)state;
	assert_int_equal(read_parts(answer_after_stranger, PART_INFO), EXIT_FINE);
	assert_int_equal(snapshot.info.mode, MODE_UNKNOWN);
}

static void answer_error_in_dump(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	struct nlmsghdr *header = fake_begin(kernel, request, NLM_F_MULTI);

	put_file(header, 1);
	fake_end(kernel, header);
	fake_error(kernel, request, ENOMEM, "no memory left");
}

static void error_in_dump_fails_it(void **state)
{
	(void)state;
	assert_int_equal(read_parts(answer_error_in_dump, PART_FILES), EXIT_FAILED);
	assert_text("no memory left");
	assert_false(snapshot.files.known);
}

static void answer_done_with_error(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	fake_done(kernel, request, EPERM, 0);
}

static void error_at_the_end_fails_the_dump(void **state)
{
	(void)state;
	assert_int_equal(read_parts(answer_done_with_error, PART_FILES), EXIT_PERMISSION);
	assert_text("Operation not permitted");
}

static void answer_short_error(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	struct nlmsghdr *header = fake_begin(kernel, request, 0);

	header->nlmsg_type = NLMSG_ERROR;
	fake_end(kernel, header);
	fake_flush(kernel, request);
}

static void truncated_error_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(read_parts(answer_short_error, PART_INFO), EXIT_FAILED);
	assert_text("truncated");
}

static void answer_never(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	(void)kernel;
	(void)request;
}

static void silence_ends(void **state)
{
	(void)state;
	fake.peer.timeout_ms = 300;
	assert_int_equal(read_parts(answer_never, PART_INFO), EXIT_FAILED);
	assert_text("did not answer");
}

static void dead_peer_is_an_error(void **state)
{
	struct netlink_peer nobody = fake.peer;
	struct netlink_reader *reader;

	(void)state;
	nobody.portid = 0x7ffffffe;
	assert_int_equal(netlink_open_peer(&nobody, &reader, &failure), EXIT_FAILED);
	assert_null(reader);
	assert_text("cannot ask the kernel");
}

static void answer_overrun(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	struct nlmsghdr *header = fake_begin(kernel, request, 0);

	header->nlmsg_type = NLMSG_OVERRUN;
	fake_end(kernel, header);
	fake_flush(kernel, request);
}

static void overrun_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(read_parts(answer_overrun, PART_INFO), EXIT_FAILED);
	assert_text("lost data");
}

/* --debug: both directions, attributes by their names in the spec. */
static void debug_decodes_messages(void **state)
{
	static const char *const parts[] = {
		"> control family, command 3", "    family-name \"secretmem\"\n",
		"> pool-get ack, sequence ", "< pool-get, sequence ", "    used 63963136\n",
		"    failures\n        memlock 0\n        pinned 7\n        memory 1099511627776\n",
		"    attribute 1000 (10 bytes) 77 68 6f 20 6b 6e 6f 77 73 00\n",
		"< acknowledged, sequence ", "> file-get dump, sequence ",
		"    creator-comm \"vaultd\"\n", "    reservation 0\n", "< end of dump multi", NULL
	};
	char *text;
	size_t i, size;

	(void)state;
	spoil = put_future;
	fake.peer.debug = open_memstream(&text, &size);
	assert_int_equal(read_parts(answer_spoiled, PART_POOL | PART_FILES), EXIT_FINE);
	fclose(fake.peer.debug);
	for (i = 0; parts[i]; i++) {
		if (!strstr(text, parts[i]))
			fail_msg("\"%s\" is not in:\n%s", parts[i], text);
	}
	free(text);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_is_read),
		TEST(reservation_is_yes_no_or_unknown),
		TEST(what_is_absent_is_unknown),
		TEST(direct_map_levels_are_sorted),
		TEST(direct_map_is_summed_by_region),
		TEST(direct_map_without_regions_is_that_of_meminfo),
		TEST(limits_tell_the_pool),
		TEST(only_what_is_asked_for_is_read),
		TEST(empty_dump_is_a_known_list),
		TEST(ten_thousand_files),
		TEST(interrupted_dump_is_repeated),
		TEST(interruption_told_at_the_end_counts),
		TEST(endless_interruption_is_partial),
		TEST(extack_text_is_shown),
		TEST(permission_has_its_own_code),
		TEST(absent_family_is_unsupported),
		TEST(missing_operation_leaves_its_part_unknown),
		TEST(wrong_length_is_an_error),
		TEST(wrong_type_is_an_error),
		TEST(truncated_message_is_an_error),
		TEST(unknown_attributes_are_ignored),
		TEST(unknown_enum_value_is_unknown),
		TEST(text_needs_no_nul),
		TEST(text_too_long_is_an_error),
		TEST(wrong_sequence_and_port_are_ignored),
		TEST(wrong_sender_is_ignored),
		TEST(error_in_dump_fails_it),
		TEST(error_at_the_end_fails_the_dump),
		TEST(truncated_error_is_an_error),
		TEST(overrun_is_an_error),
		TEST(silence_ends),
		TEST(dead_peer_is_an_error),
		TEST(debug_decodes_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
