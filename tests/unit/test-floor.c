// SPDX-License-Identifier: GPL-2.0-or-later
/* Setting the floor of a fake kernel's pool: as told, refused, and in part. */
#include <errno.h>
#include <string.h>

#include "fake-kernel.h"
#include "floor.h"
#include "netlink.h"
#include "room.h"
#include "test.h"

#define MiB (UINT64_C(1) << 20)
#define CAPACITY (64 * MiB)
#define CHUNK (2 * MiB)

/* The pool behind the fake kernel; written by its thread while we wait for it. */
static struct {
	bool pooled;
	uint64_t floor;
	uint64_t ready;
	uint64_t reachable;	/* more than that cannot be made ready */
	uint64_t taken;		/* by files without a reservation */
	uint64_t pinned;	/* failures counted */
	uint64_t low_memory;
	bool is_low;		/* which of the two it is */
	int error;		/* of pool-set */
	const char *words;
	uint64_t asked;		/* the last floor that was asked for */
	struct pool_settings set;	/* the last thresholds that were */
} pool;

static struct fake_kernel fake;
static struct failure failure;

static void put_info(struct nlmsghdr *header)
{
	mnl_attr_put_u32(header, SECRETMEM_A_INFO_VERSION, 1);
	mnl_attr_put_u32(header, SECRETMEM_A_INFO_MODE,
			 pool.pooled ? SECRETMEM_MODE_POOLED : SECRETMEM_MODE_STOCK);
	if (!pool.pooled)
		return;
	mnl_attr_put_u64(header, SECRETMEM_A_INFO_CHUNK_SIZE, CHUNK);
	mnl_attr_put_u64(header, SECRETMEM_A_INFO_POOL_CAPACITY, CAPACITY);
}

static void put_floor(struct nlmsghdr *header)
{
	mnl_attr_put_u64(header, SECRETMEM_A_POOL_FLOOR, pool.floor);
	mnl_attr_put_u64(header, SECRETMEM_A_POOL_READY, pool.ready);
	mnl_attr_put_u64(header, SECRETMEM_A_POOL_FLOOR_MISSING, pool.floor - pool.ready);
}

static void put_pool(struct nlmsghdr *header)
{
	struct nlattr *nest;

	put_floor(header);
	mnl_attr_put_u64(header, SECRETMEM_A_POOL_CAPACITY, CAPACITY);
	mnl_attr_put_u64(header, SECRETMEM_A_POOL_AVAILABLE, CAPACITY - pool.taken);
	nest = mnl_attr_nest_start(header, SECRETMEM_A_POOL_FAILURES);
	mnl_attr_put_u64(header, SECRETMEM_A_FAILURES_PINNED, pool.pinned);
	mnl_attr_put_u64(header, SECRETMEM_A_FAILURES_LOW_MEMORY, pool.low_memory);
	mnl_attr_nest_end(header, nest);
}

static void reply(struct fake_kernel *kernel, const struct nlmsghdr *request,
		  void (*put)(struct nlmsghdr *header))
{
	struct nlmsghdr *header = fake_begin(kernel, request, 0);

	put(header);
	fake_end(kernel, header);
	fake_flush(kernel, request);
	fake_error(kernel, request, 0, NULL);
}

/* The attributes of a request that sets no floor. */
static int take_threshold(const struct nlattr *attr, void *context)
{
	struct pool_settings *set = context;

	switch (mnl_attr_get_type(attr)) {
	case SECRETMEM_A_POOL_LOW_THRESHOLD:
		set->low_threshold_bytes = number(mnl_attr_get_u64(attr));
		return MNL_CB_OK;
	case SECRETMEM_A_POOL_FAILURE_THRESHOLD:
		set->failure_threshold = number(mnl_attr_get_u64(attr));
		return MNL_CB_OK;
	}
	return MNL_CB_ERROR;
}

static void set_thresholds(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	mnl_attr_parse(request, GENL_HDRLEN, take_threshold, &pool.set);
	reply(kernel, request, put_floor);
}

/* As the kernel does it: in whole chunks, and what cannot be had is missing. */
static void set_floor(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	const struct nlattr *attr = mnl_nlmsg_get_payload_offset(request, GENL_HDRLEN);

	assert_int_equal(mnl_attr_get_type(attr), SECRETMEM_A_POOL_FLOOR);
	pool.asked = mnl_attr_get_u64(attr);
	if (pool.error) {
		fake_error(kernel, request, pool.error, pool.words);
		return;
	}
	pool.floor = pool.asked;
	pool.ready = pool.floor < pool.reachable ? pool.floor : pool.reachable;
	if (pool.ready < pool.floor)
		(*(pool.is_low ? &pool.low_memory : &pool.pinned))++;
	reply(kernel, request, put_floor);
}

static void answer(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	switch (fake_command(request)) {
	case SECRETMEM_CMD_INFO_GET:
		reply(kernel, request, put_info);
		break;
	case SECRETMEM_CMD_POOL_GET:
		reply(kernel, request, put_pool);
		break;
	case SECRETMEM_CMD_POOL_SET:
		set_floor(kernel, request);
		break;
	}
}

static int start(void **state)
{
	(void)state;
	memset(&pool, 0, sizeof(pool));
	pool.pooled = true;
	pool.reachable = CAPACITY;
	fake_start(&fake, answer);
	memset(&failure, 0, sizeof(failure));
	return 0;
}

static int stop(void **state)
{
	(void)state;
	fake_stop(&fake);
	return 0;
}

static enum exit_code set(uint64_t bytes, struct floor_change *change)
{
	struct netlink_reader *reader;
	enum exit_code code = netlink_open_peer(&fake.peer, &reader, &failure);

	memset(change, 0, sizeof(*change));
	if (!code)
		code = floor_set(reader, bytes, change, &failure);
	netlink_close(reader);
	return code;
}

static void assert_text(const char *part)
{
	if (!strstr(failure.text, part))
		fail_msg("\"%s\" is not in \"%s\"", part, failure.text);
}

static void floor_is_set_and_read_back(void **state)
{
	struct floor_change change;

	(void)state;
	pool.floor = pool.ready = 2 * CHUNK;
	assert_int_equal(set(5 * CHUNK, &change), EXIT_FINE);
	assert_int_equal(fake.asked[SECRETMEM_CMD_POOL_SET], 1);
	assert_int_equal(change.before.floor_bytes.value, 2 * CHUNK);
	assert_int_equal(change.after.floor_bytes.value, 5 * CHUNK);
	assert_int_equal(change.after.ready_bytes.value, 5 * CHUNK);
	assert_true(change.after.floor_missing_bytes.known);
	assert_int_equal(change.after.floor_missing_bytes.value, 0);
	assert_int_equal(set(0, &change), EXIT_FINE);
	assert_int_equal(change.after.floor_bytes.value, 0);
}

static void floor_is_rounded_up(void **state)
{
	struct floor_change change;

	(void)state;
	assert_int_equal(set(CHUNK + 1, &change), EXIT_FINE);
	assert_int_equal(pool.asked, 2 * CHUNK);
	assert_int_equal(change.floor_bytes, 2 * CHUNK);
}

static void whole_pool_can_be_the_floor(void **state)
{
	struct floor_change change;

	(void)state;
	assert_int_equal(set(CAPACITY - 1, &change), EXIT_FINE);
	assert_int_equal(change.floor_bytes, CAPACITY);
}

static void more_than_the_pool_is_not_asked_for(void **state)
{
	struct floor_change change;

	(void)state;
	assert_int_equal(set(CAPACITY + 1, &change), EXIT_USAGE);
	assert_text("at most 64M");
	assert_int_equal(set(UINT64_MAX, &change), EXIT_USAGE);
	assert_int_equal(fake.asked[SECRETMEM_CMD_POOL_SET], 0);
}

static void thresholds_alone_are_set(void **state)
{
	const struct pool_settings settings = {
		.low_threshold_bytes = number(3 * CHUNK + 1), .failure_threshold = number(7),
	};
	struct netlink_reader *reader;

	(void)state;
	fake.answer = set_thresholds;
	assert_int_equal(netlink_open_peer(&fake.peer, &reader, &failure), EXIT_FINE);
	assert_int_equal(netlink_set_pool(reader, &settings, &failure), EXIT_FINE);
	netlink_close(reader);
	assert_int_equal(pool.set.low_threshold_bytes.value, 3 * CHUNK + 1);
	assert_int_equal(pool.set.failure_threshold.value, 7);
}

static void refused_with(int error, const char *words, enum exit_code code)
{
	struct floor_change change;

	pool.error = error;
	pool.words = words;
	assert_int_equal(set(CHUNK, &change), code);
	assert_text("pool-set: ");
	assert_text(words);
}

static void refusals_are_shown(void **state)
{
	(void)state;
	refused_with(ERANGE, "The floor is larger than the pool", EXIT_USAGE);
	refused_with(EPERM, "You need CAP_SYS_ADMIN", EXIT_PERMISSION);
	refused_with(EOPNOTSUPP, "There is no pool", EXIT_UNSUPPORTED);
	refused_with(EINTR, "A signal came", EXIT_FAILED);
	assert_null(strchr(failure.text, '\n'));
}

static void no_pool_is_unsupported(void **state)
{
	struct floor_change change;

	(void)state;
	pool.pooled = false;
	assert_int_equal(set(CHUNK, &change), EXIT_UNSUPPORTED);
	assert_text("secretmem=SIZE");
	assert_int_equal(fake.asked[SECRETMEM_CMD_POOL_SET], 0);
}

static void assert_reason_with(const struct floor_change *change, struct number memory_bytes,
			       const char *part)
{
	const char *reason = floor_reason(change, memory_bytes);

	if (!strstr(reason, part))
		fail_msg("\"%s\" is not in \"%s\"", part, reason);
}

static void assert_reason(const struct floor_change *change, const char *part)
{
	assert_reason_with(change, (struct number){ 0 }, part);
}

static void partial_floor_tells_why(void **state)
{
	struct floor_change change;

	(void)state;
	pool.reachable = 3 * CHUNK;
	assert_int_equal(set(5 * CHUNK, &change), EXIT_FINE);
	assert_int_equal(change.after.floor_missing_bytes.value, 2 * CHUNK);
	assert_reason(&change, "pinned");
	pool.is_low = true;
	assert_int_equal(set(6 * CHUNK, &change), EXIT_FINE);
	assert_reason(&change, "too little other memory");
}

static void files_may_have_taken_the_rest(void **state)
{
	struct floor_change change = { 0 };

	(void)state;
	change.after.available_bytes = number(3 * CHUNK);
	change.after.ready_bytes = number(3 * CHUNK);
	assert_reason(&change, "files without a reservation");
	change.after.available_bytes = number(4 * CHUNK);
	assert_reason(&change, "could not be moved");
	change.after.floor_missing_bytes = number(2 * CHUNK);
	assert_reason_with(&change, number(2 * CHUNK), "could not be moved");
	assert_reason_with(&change, number(CHUNK), "too little other memory");
}

/* Somebody else, or a kernel that says yes and does nothing. */
static void answer_deaf(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	if (fake_command(request) == SECRETMEM_CMD_POOL_SET)
		reply(kernel, request, put_floor);
	else
		answer(kernel, request);
}

static void floor_that_is_not_set_is_a_failure(void **state)
{
	struct floor_change change;

	(void)state;
	fake.answer = answer_deaf;
	assert_int_equal(set(CHUNK, &change), EXIT_FAILED);
	assert_text("not what was set");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(floor_is_set_and_read_back),
		TEST(floor_is_rounded_up),
		TEST(whole_pool_can_be_the_floor),
		TEST(more_than_the_pool_is_not_asked_for),
		TEST(thresholds_alone_are_set),
		TEST(refusals_are_shown),
		TEST(no_pool_is_unsupported),
		TEST(partial_floor_tells_why),
		TEST(files_may_have_taken_the_rest),
		TEST(floor_that_is_not_set_is_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
