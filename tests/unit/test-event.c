// SPDX-License-Identifier: GPL-2.0-or-later
/* Events as lines for people, and events derived from two looks. */
#include <stdlib.h>
#include <string.h>

#include "derive.h"
#include "event.h"
#include "test.h"
#include "xalloc.h"

#define MiB (UINT64_C(1) << 20)

/* ---- lines ---- */

static char *line_of(const struct record *record)
{
	static const struct style style = { .units = UNITS_IEC };
	char *text;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	record_print(record, &style, stream);
	fclose(stream);
	return text;
}

static void assert_line(const struct record *record, const char *wanted)
{
	char *line = line_of(record);

	assert_string_equal(line, wanted);
	free(line);
}

static void line_has_what_is_known(void **state)
{
	static char comm[] = "vaultd";
	struct record record = { .event = {
		.type = EVENT_CHUNK_ADDED,
		.time_ns = UINT64_C(1795334468123456789),
		.monotonic_ns = number(86400000001000),
		.sequence = number(17),
		.file_id = number(3),
		.pid = number(4121),
		.comm = comm,
		.chunk_id = number(12),
		.position = number(5),
		.bytes = number(2 * MiB),
		.reason = REASON_PINNED,	/* which this type has not */
	} };

	(void)state;
	assert_line(&record, "2026-11-22T08:01:08.123Z 86400.000001 chunk-added    file_id=3 "
		    "pid=4121 comm=vaultd chunk_id=12 position=5 bytes=2M\n");
	record.event.derived = true;
	record.event.type = EVENT_SPLIT;
	record.event.monotonic_ns = number(0);
	record.event.page_bytes = number(1 << 30);
	record.event.count = number(1);
	record.event.owner = OWNER_SECRETMEM;
	assert_line(&record, "2026-11-22T08:01:08.123Z     0.000000 split          page_bytes=1G "
		    "count=1 owner=secretmem derived\n");
}

/* A name cannot look like another field, nor like another line. */
static void names_cannot_imitate(void **state)
{
	static const struct { const char *comm, *wanted; } names[] = {
		{ "a pid=1", "comm=\"a pid=1\"\n" },
		{ "a\nb", "comm=a\\x0ab\n" },
		{ "", "comm=\"\"\n" },
		{ "\"", "comm=\"\\x22\"\n" },
		{ "pid=2", "comm=\"pid=2\"\n" },
		{ "\x1b[31m", "comm=\\x1b[31m\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct record record = { .event = {
			.type = EVENT_FILE_CREATED, .comm = xstrdup(names[i].comm)
		} };
		char *line = line_of(&record);

		assert_string_equal(strstr(line, "comm="), names[i].wanted);
		free(line);
		record_clear(&record);
	}
}

/* ---- derived ---- */

static struct secret_file *add_file(struct snapshot *snapshot, uint64_t device, uint64_t inode)
{
	struct secret_file *file = list_add(&snapshot->files, sizeof(*file));

	file->device = number(device);
	file->inode = number(inode);
	file->size_bytes = number(MiB);
	return file;
}

static void add_holder(struct secret_file *file, uint64_t pid, const char *comm)
{
	struct holder *holder = list_add(&file->holders, sizeof(*holder));

	holder->pid = number(pid);
	holder->uid = number(1000);
	holder->comm = xstrdup(comm);
}

static void add_chunk(struct snapshot *snapshot, uint64_t id, enum chunk_state state)
{
	struct chunk *chunk = list_add(&snapshot->chunks, sizeof(*chunk));

	chunk->id = number(id);
	chunk->file_id = number(9);
	chunk->state = state;
}

static struct direct_map_level *add_level(struct snapshot *snapshot, uint64_t page_bytes,
					  uint64_t splits)
{
	struct direct_map_level *level;

	level = direct_map_level(&snapshot->direct_map.levels, page_bytes);
	level->splits = number(splits);
	return level;
}

static struct snapshot before, after;
static struct list events;

static int clear(void **state)
{
	(void)state;
	snapshot_clear(&before);
	snapshot_clear(&after);
	events_clear(&events);
	return 0;
}

static const struct event *event_at(size_t index)
{
	assert_true(index < events.count);
	return list_at(&events, index, sizeof(struct event));
}

static void files_come_and_go(void **state)
{
	const struct event *event;

	(void)state;
	add_file(&before, 5, 10);
	add_file(&before, 5, 11);
	add_holder(add_file(&before, 4, 99), 40, "gone");
	add_file(&after, 5, 11);
	add_holder(add_file(&after, 5, 13), 41, "vaultd");
	add_file(&after, 5, 10);
	after.time_ns = 7;
	after.monotonic_ns = number(8);
	after.boot_id = xstrdup("boot");
	derive_events(&before, &after, &events);
	assert_int_equal(events.count, 2);
	event = event_at(0);
	assert_int_equal(event->type, EVENT_FILE_RELEASED);
	assert_int_equal(event->inode.value, 99);
	assert_int_equal(event->bytes.value, MiB);
	assert_int_equal(event->pid.value, 40);
	event = event_at(1);
	assert_int_equal(event->type, EVENT_FILE_CREATED);
	assert_int_equal(event->inode.value, 13);
	assert_string_equal(event->comm, "vaultd");
	assert_int_equal(event->uid.value, 1000);
	assert_true(event->derived);
	assert_false(event->sequence.known);
	assert_int_equal(event->time_ns, 7);
	assert_int_equal(event->monotonic_ns.value, 8);
	assert_string_equal(event->boot_id, "boot");
}

/* Whoever holds it today need not be who created it. */
static void creator_comes_before_holders(void **state)
{
	struct secret_file *file;

	(void)state;
	before.files.known = true;
	file = add_file(&after, 5, 10);
	add_holder(file, 41, "holder");
	file->creator.pid = number(40);
	file->creator.comm = xstrdup("creator");
	derive_events(&before, &after, &events);
	assert_int_equal(event_at(0)->pid.value, 40);
	assert_string_equal(event_at(0)->comm, "creator");
	assert_false(event_at(0)->uid.known);
}

static void what_is_unknown_tells_nothing(void **state)
{
	(void)state;
	add_file(&after, 5, 10);
	add_chunk(&after, 1, CHUNK_HELD);
	add_level(&after, 2 * MiB, 4);
	derive_events(&before, &after, &events);
	assert_int_equal(events.count, 0);
}

static void chunks_of_files_come_and_go(void **state)
{
	(void)state;
	add_chunk(&before, 1, CHUNK_HELD);
	add_chunk(&before, 2, CHUNK_HELD);
	add_chunk(&before, 3, CHUNK_READY);
	add_chunk(&after, 2, CHUNK_HELD);
	add_chunk(&after, 4, CHUNK_HELD);
	add_chunk(&after, 5, CHUNK_READY);
	derive_events(&before, &after, &events);
	assert_int_equal(events.count, 2);
	assert_int_equal(event_at(0)->type, EVENT_CHUNK_RELEASED);
	assert_int_equal(event_at(0)->chunk_id.value, 1);
	assert_int_equal(event_at(1)->type, EVENT_CHUNK_ADDED);
	assert_int_equal(event_at(1)->chunk_id.value, 4);
	assert_int_equal(event_at(1)->file_id.value, 9);
}

/* On a stock kernel nobody tells whose doing splits are. */
static void splits_grow(void **state)
{
	struct direct_map_level *level;

	(void)state;
	add_level(&before, 4096, 0);
	add_level(&before, 2 * MiB, 4);
	add_level(&before, 1 << 30, 1)->secretmem_splits = number(1);
	add_level(&after, 4096, 0);
	add_level(&after, 2 * MiB, 9);
	level = add_level(&after, 1 << 30, 6);
	level->secretmem_splits = number(3);
	derive_events(&before, &after, &events);
	assert_int_equal(events.count, 3);
	assert_int_equal(event_at(0)->type, EVENT_SPLIT);
	assert_int_equal(event_at(0)->page_bytes.value, 2 * MiB);
	assert_int_equal(event_at(0)->count.value, 5);
	assert_int_equal(event_at(0)->owner, OWNER_UNKNOWN);
	assert_int_equal(event_at(1)->owner, OWNER_SECRETMEM);
	assert_int_equal(event_at(1)->count.value, 2);
	assert_int_equal(event_at(2)->owner, OWNER_OTHER);
	assert_int_equal(event_at(2)->count.value, 3);
}

static void nothing_happens_between_equals(void **state)
{
	(void)state;
	add_file(&before, 5, 10);
	add_chunk(&before, 1, CHUNK_HELD);
	add_level(&before, 2 * MiB, 4);
	derive_events(&before, &before, &events);
	assert_int_equal(events.count, 0);
}

#define TEST(name) cmocka_unit_test_teardown(name, clear)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(line_has_what_is_known),
		TEST(names_cannot_imitate),
		TEST(files_come_and_go),
		TEST(creator_comes_before_holders),
		TEST(what_is_unknown_tells_nothing),
		TEST(chunks_of_files_come_and_go),
		TEST(splits_grow),
		TEST(nothing_happens_between_equals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
