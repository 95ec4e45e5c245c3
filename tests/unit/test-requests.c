// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests as recordings have them: by events, by looks, cut off, with losses. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "event.h"
#include "sizing/requests.h"
#include "test.h"
#include "xalloc.h"

#define CHUNK ((uint64_t)2 << 20)
#define MIB ((uint64_t)1 << 20)

static char path[] = "/tmp/secretmem-requests-XXXXXX";
static FILE *out;
static uint64_t now;

static void begin(void)
{
	int fd;

	strcpy(path + sizeof(path) - 7, "XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	out = fdopen(fd, "w");
	now = 0;
}

static void put(struct record *record)
{
	record->event.time_ns = (uint64_t)1 << 60;
	record->event.monotonic_ns = number(++now);
	record_print_json(record, out);
}

static void put_event(enum event_type type, uint64_t file, uint64_t chunk, uint64_t bytes,
		      enum failure_reason reason)
{
	struct record record = { .event = { .type = type, .reason = reason } };

	if (file)
		record.event.file_id = number(file);
	if (chunk)
		record.event.chunk_id = number(chunk);
	record.event.bytes = number(bytes);
	put(&record);
}

static void added(uint64_t file, uint64_t chunk)
{
	put_event(EVENT_CHUNK_ADDED, file, chunk, CHUNK, REASON_UNKNOWN);
}

static void released(uint64_t file)
{
	put_event(EVENT_FILE_RELEASED, file, 0, 0, REASON_UNKNOWN);
}

/* What a snapshot has of a file. */
struct look {
	uint64_t id;		/* or inode, on a stock kernel */
	uint64_t bytes;
	uint64_t chunks;
	enum truth reservation;
	uint64_t chunk_id;	/* of one of them */
};

static void put_snapshot(enum mode mode, const struct look *looks, size_t count)
{
	struct record record = { .event.type = EVENT_SNAPSHOT };
	struct snapshot *snapshot = &record.snapshot;
	size_t i;

	snapshot->source = "netlink";
	snapshot->info.mode = mode;
	if (mode == MODE_POOLED)
		snapshot->pool.chunk_bytes = number(CHUNK);
	snapshot->files.known = true;
	for (i = 0; i < count; i++) {
		struct secret_file *file = list_add(&snapshot->files, sizeof(*file));

		file->size_bytes = number(looks[i].bytes);
		file->inode = number(looks[i].id);
		/* No chunks: one that came after the kernel had told of its files. */
		if (mode != MODE_POOLED || !looks[i].chunks)
			continue;
		file->id = number(looks[i].id);
		file->chunks = number(looks[i].chunks);
		file->reservation = looks[i].reservation;
		if (looks[i].chunk_id)
			((struct chunk *)list_add(&snapshot->chunks, sizeof(struct chunk)))->id =
				number(looks[i].chunk_id);
	}
	put(&record);
	record_clear(&record);
}

static void finish(struct recorded *recorded)
{
	struct failure failure;

	fclose(out);
	if (recorded_read(path, CHUNK, recorded, &failure))
		fail_msg("%s", failure.text);
	unlink(path);
}

static void assert_request(const struct recorded *recorded, size_t index,
			   enum request_kind kind, uint64_t file, uint64_t chunks,
			   uint64_t bytes)
{
	const struct request *request;

	if (index >= recorded->requests.count)
		fail_msg("there are %zu requests only", recorded->requests.count);
	request = list_at(&recorded->requests, index, sizeof(*request));
	assert_int_equal(request->kind, kind);
	assert_int_equal(request->file & ~((uint64_t)1 << 63), file);
	assert_int_equal(request->chunks, chunks);
	if (kind != REQUEST_RELEASE)
		assert_int_equal(request->bytes, bytes);
}

static void assert_count(const struct recorded *recorded, size_t count)
{
	assert_int_equal(recorded->requests.count, count);
}

static void chunks_in_a_row_are_one_request(void **state)
{
	struct recorded recorded;

	(void)state;
	begin();
	put_snapshot(MODE_POOLED, NULL, 0);
	put_event(EVENT_FILE_CREATED, 1, 0, 0, REASON_UNKNOWN);
	added(1, 1);
	added(1, 2);
	added(2, 3);
	added(1, 4);
	released(1);
	finish(&recorded);
	assert_true(recorded.pooled);
	assert_int_equal(recorded.chunk_bytes.value, CHUNK);
	assert_count(&recorded, 4);
	assert_request(&recorded, 0, REQUEST_RESERVE, 1, 2, 2 * CHUNK);
	assert_request(&recorded, 1, REQUEST_RESERVE, 2, 1, CHUNK);
	/* A reservation is for all that the file shall have. */
	assert_request(&recorded, 2, REQUEST_RESERVE, 1, 3, CHUNK);
	assert_request(&recorded, 3, REQUEST_RELEASE, 1, 0, 0);
	recorded_clear(&recorded);
}

static void what_is_there_at_first_counts(void **state)
{
	static const struct look looks[] = {
		{ .id = 7, .bytes = 5 * MIB, .chunks = 3, .reservation = TRUTH_YES, .chunk_id = 9 },
	};
	struct recorded recorded;

	(void)state;
	begin();
	put_snapshot(MODE_POOLED, looks, 1);
	/* Old news: the snapshot had it already. */
	added(7, 9);
	added(8, 10);
	finish(&recorded);
	assert_count(&recorded, 2);
	assert_request(&recorded, 0, REQUEST_RESERVE, 7, 3, 5 * MIB);
	assert_request(&recorded, 1, REQUEST_RESERVE, 8, 1, CHUNK);
	recorded_clear(&recorded);
}

static void who_came_in_between_counts_once(void **state)
{
	static const struct look looks[] = { { .id = 247, .bytes = 5 * MIB } };
	struct recorded recorded;

	(void)state;
	begin();
	put_snapshot(MODE_POOLED, looks, 1);
	put_event(EVENT_FILE_CREATED, 1, 0, 0, REASON_UNKNOWN);
	added(1, 1);
	finish(&recorded);
	assert_count(&recorded, 1);
	assert_request(&recorded, 0, REQUEST_RESERVE, 1, 1, CHUNK);
	recorded_clear(&recorded);
}

static void who_grows_is_known_from_snapshots(void **state)
{
	static const struct look looks[] = {
		{ .id = 1, .bytes = 64 * MIB, .chunks = 2, .reservation = TRUTH_NO },
	};
	struct recorded recorded;

	(void)state;
	begin();
	put_snapshot(MODE_POOLED, NULL, 0);
	added(1, 1);
	added(1, 2);
	put_snapshot(MODE_POOLED, looks, 1);
	finish(&recorded);
	assert_count(&recorded, 2);
	assert_request(&recorded, 0, REQUEST_GROW, 1, 1, CHUNK);
	assert_request(&recorded, 1, REQUEST_GROW, 1, 1, CHUNK);
	recorded_clear(&recorded);
}

static void refusals_are_requests(void **state)
{
	const struct request *request;
	struct recorded recorded;

	(void)state;
	begin();
	put_snapshot(MODE_POOLED, NULL, 0);
	put_event(EVENT_RESERVE_FAILED, 1, 0, 5 * MIB, REASON_POOL_EXHAUSTED);
	put_event(EVENT_RESERVE_FAILED, 2, 0, 1, REASON_MEMLOCK);
	put_event(EVENT_FAULT_FAILED, 3, 0, 0, REASON_POOL_EXHAUSTED);
	finish(&recorded);
	assert_count(&recorded, 3);
	assert_request(&recorded, 0, REQUEST_RESERVE, 1, 3, 5 * MIB);
	assert_request(&recorded, 1, REQUEST_RESERVE, 2, 1, 1);
	assert_request(&recorded, 2, REQUEST_GROW, 3, 1, CHUNK);
	request = recorded.requests.items;
	assert_true(request[0].refused && !request[0].limited);
	assert_true(request[1].refused && request[1].limited);
	recorded_clear(&recorded);
}

/* Without a pool: what files would have taken, from look to look. */
static void stock_kernels_are_compared(void **state)
{
	static const struct look first[] = { { .id = 1, .bytes = 4096 } };
	static const struct look second[] = {
		{ .id = 1, .bytes = 5 * MIB }, { .id = 2, .bytes = 2 * MIB },
	};
	struct recorded recorded;

	(void)state;
	begin();
	put_snapshot(MODE_STOCK, first, 1);
	put_snapshot(MODE_STOCK, second, 2);
	put_snapshot(MODE_STOCK, second + 1, 1);
	finish(&recorded);
	assert_false(recorded.pooled);
	assert_count(&recorded, 4);
	assert_request(&recorded, 0, REQUEST_RESERVE, 1, 1, 4096);
	assert_request(&recorded, 1, REQUEST_RESERVE, 1, 3, 2 * CHUNK);
	assert_request(&recorded, 2, REQUEST_RESERVE, 2, 1, 2 * MIB);
	assert_request(&recorded, 3, REQUEST_RELEASE, 1, 0, 0);
	recorded_clear(&recorded);
}

/* A pool whose events nobody told: then looks have to do. */
static void pools_without_events_are_compared(void **state)
{
	static const struct look looks[] = {
		{ .id = 1, .bytes = 4 * MIB, .chunks = 2, .reservation = TRUTH_YES },
	};
	struct recorded recorded;

	(void)state;
	begin();
	put_snapshot(MODE_POOLED, NULL, 0);
	put_snapshot(MODE_POOLED, looks, 1);
	put_snapshot(MODE_POOLED, NULL, 0);
	finish(&recorded);
	assert_count(&recorded, 2);
	assert_request(&recorded, 0, REQUEST_RESERVE, 1, 2, 4 * MIB);
	assert_request(&recorded, 1, REQUEST_RELEASE, 1, 0, 0);
	recorded_clear(&recorded);
}

static void losses_are_made_up_for(void **state)
{
	static const struct look looks[] = {
		{ .id = 2, .bytes = 2 * MIB, .chunks = 1, .reservation = TRUTH_YES, .chunk_id = 5 },
	};
	struct recorded recorded;

	(void)state;
	begin();
	put_snapshot(MODE_POOLED, NULL, 0);
	added(1, 1);
	put_event(EVENT_OVERRUN, 0, 0, 0, REASON_UNKNOWN);
	put_snapshot(MODE_POOLED, looks, 1);
	put_event(EVENT_RESYNC, 0, 0, 0, REASON_UNKNOWN);
	added(2, 6);
	finish(&recorded);
	assert_true(recorded.lost);
	assert_count(&recorded, 4);
	assert_request(&recorded, 0, REQUEST_RESERVE, 1, 1, CHUNK);
	assert_request(&recorded, 1, REQUEST_RESERVE, 2, 1, 2 * MIB);
	assert_request(&recorded, 2, REQUEST_RELEASE, 1, 0, 0);
	assert_request(&recorded, 3, REQUEST_RESERVE, 2, 2, CHUNK);
	recorded_clear(&recorded);
}

static void no_recording_is_an_error(void **state)
{
	struct recorded recorded;
	struct failure failure;

	(void)state;
	assert_int_equal(recorded_read("/nowhere", CHUNK, &recorded, &failure), EXIT_FAILED);
	recorded_clear(&recorded);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chunks_in_a_row_are_one_request),
		cmocka_unit_test(what_is_there_at_first_counts),
		cmocka_unit_test(who_came_in_between_counts_once),
		cmocka_unit_test(who_grows_is_known_from_snapshots),
		cmocka_unit_test(refusals_are_requests),
		cmocka_unit_test(stock_kernels_are_compared),
		cmocka_unit_test(pools_without_events_are_compared),
		cmocka_unit_test(losses_are_made_up_for),
		cmocka_unit_test(no_recording_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
