// SPDX-License-Identifier: GPL-2.0-or-later
#include "ears.h"
#include "feed.h"
#include "moment.h"
#include "recording.h"
#include "size.h"
#include "xalloc.h"

#define NS_PER_SECOND UINT64_C(1000000000)
#define SECONDS_PER_DAY 86400
#define COST_SHARE 100		/* of the time, for the regions of the direct map */
#define MOST_BEFORE 300		/* that a jump reads, for rates and graphs */

struct feed {
	struct source *source;		/* NULL: a recording */
	struct ears *ears;
	struct recording *recording;
	size_t next;			/* the snapshot that a look gives */
	size_t start;			/* the one that the first look is to give */
	uint64_t regions_due_ns;	/* when to ask for the regions of the direct map again */
};

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

/* "+90s" is from the first snapshot. A time before it means the first one. */
static enum exit_code find_moment(const struct feed *feed, const char *text, uint64_t now_ns,
				  size_t *index, struct failure *failure)
{
	uint64_t time_ns;

	if (!parse_clock(text, now_ns, &time_ns) && !parse_relative(text, now_ns, &time_ns) &&
	    !parse_time(text, &time_ns))
		return fail(failure, EXIT_USAGE, "'%.64s' is no time such as 14:30:05, +5m or -90s",
			    text);
	if (!recording_find_time(feed->recording, time_ns, index))
		*index = 0;
	return EXIT_FINE;
}

static enum exit_code choose_start(struct feed *feed, const char *at, struct failure *failure)
{
	return find_moment(feed, at, recording_snapshot_time(feed->recording, 0), &feed->start,
			   failure);
}

static enum exit_code open_recording(struct feed *feed, const struct source_options *options,
				     struct failure *failure)
{
	enum exit_code code = recording_open(options->replay, &feed->recording, failure);

	if (code)
		return code;
	if (!recording_snapshots(feed->recording))
		return fail(failure, EXIT_FAILED, "%.256s has no snapshot", options->replay);
	recording_seek(feed->recording, 0);
	return options->at ? choose_start(feed, options->at, failure) : EXIT_FINE;
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
	if (!code && (*feed)->source)
		(*feed)->ears = ears_open(options);
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
	ears_close(feed->ears);
	recording_close(feed->recording);
	free(feed);
}

/* The regions of another look, which stay until they are asked for again. */
static void carry_regions(const struct snapshot *from, struct snapshot *to)
{
	if (!from)
		return;
	to->direct_map.regions.known = from->direct_map.regions.known;
	list_for_each(old, &from->direct_map.regions, struct direct_map_region) {
		struct direct_map_region *new = list_add(&to->direct_map.regions, sizeof(*new));

		*new = *old;
		new->levels = (struct list){ 0 };
		list_for_each(level, &old->levels, struct direct_map_level)
			*(struct direct_map_level *)list_add(&new->levels, sizeof(*level)) = *level;
	}
}

/* They cost a walk of page tables, or of a long text: that much of the time, not more. */
static unsigned int without_regions(const struct feed *feed, unsigned int parts)
{
	if (clock_ns(CLOCK_MONOTONIC) < feed->regions_due_ns)
		parts &= ~(unsigned int)PART_REGIONS;
	return parts;
}

static void pace_regions(struct feed *feed, uint64_t cost_ns)
{
	feed->regions_due_ns = clock_ns(CLOCK_MONOTONIC) + cost_ns * COST_SHARE;
}

static enum exit_code look_at_source(struct feed *feed, unsigned int wanted,
				     struct history *history, struct failure *failure)
{
	uint64_t start_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	unsigned int parts = without_regions(feed, wanted);
	struct snapshot snapshot = { 0 };
	enum exit_code code = source_read(feed->source, parts, &snapshot, failure);

	if (parts & PART_REGIONS)
		pace_regions(feed, clock_ns(CLOCK_THREAD_CPUTIME_ID) - start_ns);
	else if (wanted & PART_REGIONS)
		carry_regions(history_snapshot(history, 0), &snapshot);
	if (!code || code == EXIT_PARTIAL) {
		ears_take(feed->ears, history_snapshot(history, 0), &snapshot, history);
		history_add(history, &snapshot, clock_ns(CLOCK_MONOTONIC));
	} else {
		history_add_failure(history, clock_ns(CLOCK_REALTIME),
				    clock_ns(CLOCK_MONOTONIC));
	}
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

enum exit_code feed_look(struct feed *feed, unsigned int parts, struct history *history,
			 struct failure *failure)
{
	enum exit_code code;
	size_t before;

	*failure = (struct failure){ 0 };
	if (feed->source)
		return look_at_source(feed, parts, history, failure);
	/* What was before the start is history. */
	do {
		before = feed->next;
		code = look_at_recording(feed, history, failure);
	} while (!code && feed->next > before && feed->next <= feed->start);
	return code;
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

/* Show snapshot @index, and what came before it as history. */
static enum exit_code go_to(struct feed *feed, size_t index, struct history *history,
			    struct failure *failure)
{
	size_t first = index > MOST_BEFORE ? index - MOST_BEFORE : 0;

	history_clear(history);
	feed->start = index;
	feed->next = first;
	recording_seek(feed->recording, first);
	return feed_look(feed, PART_ALL, history, failure);
}

enum exit_code feed_step(struct feed *feed, int by, struct history *history,
			 struct failure *failure)
{
	if (!feed->recording)
		return EXIT_FINE;
	if (by > 0)
		return feed_look(feed, PART_ALL, history, failure);
	return feed->next > 1 ? go_to(feed, feed->next - 2, history, failure) : EXIT_FINE;
}

enum exit_code feed_jump(struct feed *feed, const char *time, struct history *history,
			 struct failure *failure)
{
	enum exit_code code;
	size_t index;

	*failure = (struct failure){ 0 };
	if (!feed->recording)
		return EXIT_FINE;
	code = find_moment(feed, time, recording_snapshot_time(feed->recording, feed->next ?
							       feed->next - 1 : 0),
			   &index, failure);
	return code ? code : go_to(feed, index, history, failure);
}
