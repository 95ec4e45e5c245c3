// SPDX-License-Identifier: GPL-2.0-or-later
/* The same pictures as text, one after the other, or the snapshots as JSON. */
#include <inttypes.h>
#include <time.h>

#include "draw.h"
#include "event.h"
#include "run.h"
#include "xalloc.h"

#define DEFAULT_WIDTH 80
#define LARGEST 10000
#define NS_PER_MS UINT64_C(1000000)
#define MS_PER_SECOND 1000

/* A size that the environment gives, as the shell has it; 0: none. */
static int size_from(const char *name)
{
	const char *text = getenv(name);
	struct number size;

	if (!text || !parse_count(text, &size) || size.value > LARGEST)
		return 0;
	return (int)size.value;
}

static void print_picture(struct run *run, struct canvas *canvas)
{
	int width = size_from("COLUMNS"), height = size_from("LINES");

	width = width ? width : DEFAULT_WIDTH;
	state_settle(&run->state, run->history, width, height ? height : 1);
	if (!height) {
		height = state_natural_height(&run->state, width);
		state_settle(&run->state, run->history, width, height);
	}
	canvas->ascii = run->state.ascii || run->state.settings.ascii;
	canvas_resize(canvas, width, height);
	draw(run->history, &run->state, canvas, NULL);
	canvas_print(canvas, run->color, stdout);
}

/* A line of a recording: what --replay takes. */
static void print_record(const struct run *run)
{
	const struct snapshot *snapshot = history_snapshot(run->history, 0);
	struct record record = { 0 };

	if (!snapshot)
		return;
	record.event.type = EVENT_SNAPSHOT;
	record.event.time_ns = snapshot->time_ns;
	record.event.monotonic_ns = snapshot->monotonic_ns;
	record.event.boot_id = snapshot->boot_id;
	record.snapshot = *snapshot;
	record_print_json(&record, stdout);
}

static void wait_for_next(const struct run *run, bool replay)
{
	uint64_t ns = run->state.settings.delay_ms * NS_PER_MS;
	const struct timespec delay = {
		.tv_sec = (time_t)(ns / (MS_PER_SECOND * NS_PER_MS)),
		.tv_nsec = (long)(ns % (MS_PER_SECOND * NS_PER_MS)),
	};

	if (!replay)
		clock_nanosleep(CLOCK_MONOTONIC, 0, &delay, NULL);
}

static void print_look(struct run *run, struct canvas *canvas, bool first)
{
	if (run->common.json) {
		print_record(run);
		return;
	}
	if (!first)
		putchar('\n');
	print_picture(run, canvas);
}

/* Looks that fail are no reason to end, but when nothing was ever seen. */
int run_batch(struct run *run)
{
	struct canvas canvas = { 0 };
	enum exit_code code = EXIT_FINE;
	uint64_t i;

	run->state.batch = true;
	for (i = 0; !run->count.known || i < run->count.value; i++) {
		feed_tell(run->feed, &run->state.playing);
		if (run->state.playing.at_end || (i && run->common.at))
			break;
		if (i)
			wait_for_next(run, run->state.playing.replay);
		code = run_look(run);
		if (code && code != EXIT_PARTIAL && !history_snapshots(run->history))
			break;
		print_look(run, &canvas, !i);
		if (fflush(stdout))
			break;
	}
	if (code)
		complain("%s", run->failure.text);
	canvas_free(&canvas);
	return code;
}
