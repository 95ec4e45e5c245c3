// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * secrettop on a recording of hundreds of looks, at which files, holders, chunks
 * and events come and go, through all views: what it takes at the end it took in
 * the middle. With the address sanitizer nothing may be lost on the way either.
 */
#include <locale.h>
#include <malloc.h>
#include <unistd.h>

#include "draw.h"
#include "event.h"
#include "feed.h"
#include "test.h"
#include "xalloc.h"

#define LOOKS 720
#define PERIOD 120		/* after so many all is as it was */
#define MOST_FILES 40
#define EVENTS_OF_A_LOOK 8	/* before the half there are as many as are kept */
#define SECOND UINT64_C(1000000000)
#define SLACK_BYTES (64 << 10)	/* the events that are kept are now more, now less */

/* Each file is there for a part of the time, and has holders that change. */
static void add_file(struct snapshot *snapshot, uint64_t look, uint64_t i)
{
	struct secret_file *file = list_add(&snapshot->files, sizeof(*file));
	struct chunk *chunk = list_add(&snapshot->chunks, sizeof(*chunk));
	struct holder *holder;
	uint64_t count;

	file->id = file->inode = number(i + 1);
	file->size_bytes = number((i + 1) << 12);
	file->creator.pid = number(100 + i);
	file->creator.comm = xstrdup("creator");
	for (count = (look + i) % 3; count; count--) {
		holder = list_add(&file->holders, sizeof(*holder));
		holder->pid = number(100 + i + count);
		holder->uid = number(1000 + i % 4);
		holder->comm = xasprintf("holder-%llu", (unsigned long long)i);
		holder->cgroup = xasprintf("/slice-%llu/unit", (unsigned long long)i % 5);
	}
	chunk->id = chunk->position = file->id;
	chunk->file_id = file->id;
	chunk->state = CHUNK_HELD;
}

static void fill_snapshot(struct snapshot *snapshot, uint64_t look)
{
	uint64_t i;

	snapshot->pool.capacity_bytes = number(UINT64_C(128) << 20);
	snapshot->pool.chunk_bytes = number(2 << 20);
	snapshot->files.known = snapshot->chunks.known = true;
	snapshot->limits.known = snapshot->hibernation.blockers.known = true;
	for (i = 0; i < MOST_FILES; i++) {
		if ((look + 7 * i) % PERIOD < 2 * i)
			add_file(snapshot, look, i);
	}
}

static void write_record(struct record *record, uint64_t look, FILE *stream)
{
	record->event.time_ns = (UINT64_C(1795343400) + look) * SECOND;
	record->event.monotonic_ns = number((1000 + look) * SECOND);
	record->event.boot_id = xstrdup("4f1d3b52-8f0e-4f2c-9a55-0c1d2e3f4a5b");
	record->snapshot.time_ns = record->event.time_ns;
	record->snapshot.monotonic_ns = record->event.monotonic_ns;
	record_print_json(record, stream);
	record_clear(record);
}

static void write_event(uint64_t look, FILE *stream)
{
	struct record record = { .event.type = EVENT_FILE_CREATED };

	record.event.comm = xstrdup("creator");
	record.event.inode = number(look);
	write_record(&record, look, stream);
}

static void write_look(uint64_t look, FILE *stream)
{
	struct record record = { .event.type = EVENT_SNAPSHOT };
	int i;

	for (i = 0; i < EVENTS_OF_A_LOOK; i++)
		write_event(look, stream);
	fill_snapshot(&record.snapshot, look);
	write_record(&record, look, stream);
}

static void write_recording(char *path)
{
	int fd = mkstemp(path);
	FILE *stream = fdopen(fd, "w");
	uint64_t look;

	assert_non_null(stream);
	for (look = 0; look < LOOKS; look++)
		write_look(look, stream);
	assert_int_equal(fclose(stream), 0);
}

/* Another view at each look, and something done there. */
static void press(struct state *state, size_t look)
{
	static const char keys[] = { 't', '+', 'j', ' ', 'n', 'I', '>', '<', 'y', 'F', '-', 't' };
	static const int places[] = { KEY_RETURN, KEY_ARROW_DOWN, KEY_ESCAPE };

	state_key(state, '1' + (int)(look % TAB_COUNT));
	state_key(state, keys[look / TAB_COUNT % sizeof(keys)]);
	state_key(state, places[look % 3]);
	state_key(state, KEY_ESCAPE);
	state_key(state, 'U');
	free(state->wants_copy);
	state->wants_copy = NULL;
}

struct run {
	struct feed *feed;
	struct history *history;
	struct state state;
	struct canvas canvas;
};

static size_t memory(void)
{
	return mallinfo2().uordblks + mallinfo2().hblkhd;
}

static void look_once(struct run *run, size_t look)
{
	struct failure failure;

	assert_int_equal(feed_look(run->feed, PART_ALL, run->history, &failure), EXIT_FINE);
	assert_string_equal(failure.text, "");
	press(&run->state, look);
	state_settle(&run->state, run->history, 120, 40);
	draw(run->history, &run->state, &run->canvas, NULL);
}

static void play(const char *path)
{
	const struct source_options options = { .replay = path };
	struct run run = { .history = history_new() };
	struct failure failure;
	size_t look, half = 0;

	assert_int_equal(feed_open(&options, &run.feed, &failure), EXIT_FINE);
	state_init(&run.state);
	run.state.style.user_names = false;
	canvas_resize(&run.canvas, 120, 40);
	for (look = 0; look < LOOKS; look++) {
		look_once(&run, look);
		if (look + 1 == LOOKS / 2)
			half = memory();
	}
	if (memory() > half + SLACK_BYTES)
		fail_msg("%zu bytes after %d looks, %zu after half of them", memory(), LOOKS, half);
	canvas_free(&run.canvas);
	state_free(&run.state);
	history_free(run.history);
	feed_close(run.feed);
}

static void what_comes_and_goes_leaves_nothing(void **state)
{
	char path[] = "top-leaks-XXXXXX";

	(void)state;
	write_recording(path);
	play(path);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_comes_and_goes_leaves_nothing),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
