// SPDX-License-Identifier: GPL-2.0-or-later
#include "feed.h"
#include "moment.h"
#include "recording.h"
#include "size.h"
#include "xalloc.h"

#define NS_PER_SECOND UINT64_C(1000000000)
#define SECONDS_PER_DAY 86400

struct feed {
	struct source *source;		/* NULL: a recording */
	struct recording *recording;
	size_t next;			/* the snapshot that a look gives */
};

static enum exit_code open_recording(struct feed *feed, const struct source_options *options,
				     struct failure *failure)
{
	enum exit_code code = recording_open(options->replay, &feed->recording, failure);

	if (code)
		return code;
	if (!recording_snapshots(feed->recording))
		return fail(failure, EXIT_FAILED, "%.256s has no snapshot", options->replay);
	recording_seek(feed->recording, 0);
	return EXIT_FINE;
}

enum exit_code feed_open(const struct source_options *options, struct feed **feed,
			 struct failure *failure)
{
	enum exit_code code;

	*feed = xcalloc(1, sizeof(**feed));
	if (options->replay)
		code = open_recording(*feed, options, failure);
	else
		code = source_open(options, &(*feed)->source, failure);
	if (code) {
		feed_close(*feed);
		*feed = NULL;
	}
	return code;
}

void feed_close(struct feed *feed)
{
	if (!feed)
		return;
	source_close(feed->source);
	recording_close(feed->recording);
	free(feed);
}

/* Regions cost a walk of the page tables: only the view that shows them asks. */
static enum exit_code look_at_source(struct feed *feed, struct history *history,
				     struct failure *failure)
{
	struct snapshot snapshot = { 0 };
	enum exit_code code = source_read(feed->source, PART_ALL, &snapshot, failure);

	if (!code || code == EXIT_PARTIAL)
		history_add(history, &snapshot, clock_ns(CLOCK_MONOTONIC));
	else
		history_add_failure(history, clock_ns(CLOCK_REALTIME),
				    clock_ns(CLOCK_MONOTONIC));
	snapshot_clear(&snapshot);
	return code;
}

/* Recordings of before this member have no such clock; then one time is as good. */
static uint64_t recorded_ns(const struct snapshot *snapshot)
{
	return snapshot->monotonic_ns.known ? snapshot->monotonic_ns.value : snapshot->time_ns;
}

static enum exit_code look_at_recording(struct feed *feed, struct history *history,
					struct failure *failure)
{
	const char *warning = recording_warning(feed->recording);
	struct record record = { 0 };

	if (warning)
		fail(failure, EXIT_FINE, "%s", warning);
	while (recording_next(feed->recording, &record)) {
		if (record.event.type == EVENT_SNAPSHOT) {
			history_add(history, &record.snapshot, recorded_ns(&record.snapshot));
			record_clear(&record);
			feed->next++;
			return EXIT_FINE;
		}
		history_add_event(history, &record.event);
		record_clear(&record);
	}
	return EXIT_FINE;
}

enum exit_code feed_look(struct feed *feed, struct history *history, struct failure *failure)
{
	*failure = (struct failure){ 0 };
	if (feed->source)
		return look_at_source(feed, history, failure);
	return look_at_recording(feed, history, failure);
}

void feed_tell(const struct feed *feed, struct playing *playing)
{
	playing->replay = feed->recording;
	if (!feed->recording)
		return;
	playing->position = feed->next;
	playing->count = recording_snapshots(feed->recording);
	playing->at_end = feed->next >= playing->count;
}

uint64_t feed_gap_ns(const struct feed *feed)
{
	uint64_t before, after;

	if (!feed->recording || !feed->next || feed->next >= recording_snapshots(feed->recording))
		return 0;
	before = recording_snapshot_time(feed->recording, feed->next - 1);
	after = recording_snapshot_time(feed->recording, feed->next);
	return after > before ? after - before : 1;
}

/* Show snapshot @index: what was known before it is not what led to it. */
static enum exit_code go_to(struct feed *feed, size_t index, struct history *history,
			    struct failure *failure)
{
	history_clear(history);
	feed->next = index;
	recording_seek(feed->recording, index);
	return feed_look(feed, history, failure);
}

enum exit_code feed_step(struct feed *feed, int by, struct history *history,
			 struct failure *failure)
{
	if (!feed->recording)
		return EXIT_FINE;
	if (by > 0)
		return feed_look(feed, history, failure);
	return feed->next > 1 ? go_to(feed, feed->next - 2, history, failure) : EXIT_FINE;
}

/* "14:30" and "14:30:05": on the day of the moment that is shown, in UTC. */
static bool parse_clock(const char *text, uint64_t now_ns, uint64_t *time_ns)
{
	unsigned int hours, minutes, seconds = 0;
	uint64_t now = now_ns / NS_PER_SECOND;
	int used = 0;

	if (sscanf(text, "%2u:%2u%n:%2u%n", &hours, &minutes, &used, &seconds, &used) < 2 ||
	    text[used] || hours > 23 || minutes > 59 || seconds > 59)
		return false;
	*time_ns = (now - now % SECONDS_PER_DAY + hours * 3600 + minutes * 60 + seconds) *
		   NS_PER_SECOND;
	return true;
}

/* "+5m", "-90s": from the moment that is shown. */
static bool parse_relative(const char *text, uint64_t now_ns, uint64_t *time_ns)
{
	struct number seconds;

	if ((*text != '+' && *text != '-') || !parse_seconds(text + 1, &seconds) ||
	    seconds.value > UINT32_MAX)
		return false;
	if (*text == '+')
		*time_ns = now_ns + seconds.value * NS_PER_SECOND;
	else
		*time_ns = now_ns > seconds.value * NS_PER_SECOND ?
			   now_ns - seconds.value * NS_PER_SECOND : 0;
	return true;
}

enum exit_code feed_jump(struct feed *feed, const char *time, struct history *history,
			 struct failure *failure)
{
	uint64_t now_ns, time_ns;
	size_t index;

	*failure = (struct failure){ 0 };
	if (!feed->recording)
		return EXIT_FINE;
	now_ns = recording_snapshot_time(feed->recording, feed->next ? feed->next - 1 : 0);
	if (!parse_clock(time, now_ns, &time_ns) && !parse_relative(time, now_ns, &time_ns) &&
	    !parse_time(time, &time_ns))
		return fail(failure, EXIT_USAGE, "'%.64s' is no time such as 14:30:05, +5m or -90s",
			    time);
	if (!recording_find_time(feed->recording, time_ns, &index))
		index = 0;
	return go_to(feed, index, history, failure);
}
