// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Events as the kernel tells them, and what is done when some were lost: that is
 * said with their number, then comes a snapshot, in its place among the events
 * that are heard, and a line that says that it makes up for the loss.
 */
#include <poll.h>

#include "moment.h"
#include "monitor.h"
#include "xalloc.h"

#define NS_PER_SECOND UINT64_C(1000000000)
#define MOST_AT_ONCE 1000	/* then signals and the clock have their turn */
#define MOST_PENDING 1000
#define REST_MS 500		/* what did not come within that is lost */

/* The kernel tells the time since boot. */
static void add_moment(struct monitor *monitor, struct event *event)
{
	uint64_t age = clock_ns(CLOCK_MONOTONIC) - event->monotonic_ns.value;

	event->time_ns = clock_ns(CLOCK_REALTIME);
	if (event->monotonic_ns.known)
		event->time_ns -= age;
	if (!event->boot_id && monitor->boot_id)
		event->boot_id = xstrdup(monitor->boot_id);
}

static enum exit_code take_event(struct monitor *monitor, struct event *event)
{
	struct number before = number(event->sequence.value - 1);
	enum exit_code code = EXIT_FINE;
	uint64_t lost;

	if (!event_number_take(&monitor->numbers, event, &lost))
		return EXIT_FINE;
	if (lost) {
		monitor->overrun = true;
		code = monitor_print_overrun(monitor, event_group(event), before, lost);
	}
	if (code || !event->type)
		return code;
	add_moment(monitor, event);
	return monitor_print_event(monitor, event);
}

/* The place of a snapshot among the events. */
struct place {
	const struct pool *pool;	/* which tells the last numbers before it */
	struct list pending;		/* of struct event: heard already, and behind it */
	bool passed[GROUP_DIRECT_MAP + 1];	/* by the first event behind it */
};

static bool is_before(const struct place *place, const struct event *event)
{
	struct number last = pool_event_number(place->pool, event_group(event));

	return last.known && event->sequence.value <= last.value;
}

/* Nothing of this group can come any more that is before the snapshot. */
static bool is_settled(const struct monitor *monitor, const struct place *place,
		       enum event_group group)
{
	struct number last = pool_event_number(place->pool, group);
	struct number heard = monitor->numbers.last[group];

	return !last.known || !heard.known || heard.value >= last.value || place->passed[group];
}

/* The kernel numbers events at once, and tells them a little later. True: it did. */
static bool wait_for_rest(const struct monitor *monitor, const struct place *place)
{
	struct pollfd fds[] = {
		{ .fd = netlink_listener_fd(monitor->listener), .events = POLLIN },
		{ .fd = monitor->signals, .events = POLLIN },
	};

	if (is_settled(monitor, place, GROUP_EVENTS) &&
	    is_settled(monitor, place, GROUP_DIRECT_MAP))
		return false;
	return poll(fds, 2, REST_MS) > 0 && !fds[1].revents;
}

/* What the first snapshot has is not told again. */
static enum exit_code place_event(struct monitor *monitor, struct place *place,
				  struct event *event)
{
	enum event_group group = event_group(event);
	bool before = is_before(place, event);

	if (before && monitor->numbers.last[group].known)
		return take_event(monitor, event);
	if (before)
		return EXIT_FINE;
	place->passed[group] = true;
	*(struct event *)list_add(&place->pending, sizeof(*event)) = *event;
	*event = (struct event){ 0 };
	return EXIT_FINE;
}

/* What happened up to a snapshot comes before it; the first events behind it wait. */
static enum exit_code hear_until(struct monitor *monitor, struct place *place)
{
	enum exit_code code = EXIT_FINE;
	enum heard heard;

	while (!code && !monitor->done && place->pending.count < MOST_PENDING) {
		struct event event = { 0 };

		heard = netlink_hear(monitor->listener, &event, &monitor->failure);
		if (heard == HEARD_FAILED)
			return EXIT_FAILED;
		if (heard == HEARD_NOTHING && !wait_for_rest(monitor, place))
			return EXIT_FINE;
		monitor->overrun |= heard == HEARD_OVERRUN;
		if (heard == HEARD_EVENT)
			code = place_event(monitor, place, &event);
		event_clear(&event);
	}
	return code;
}

/* What the pool has counted and nobody heard is lost. */
static enum exit_code tell_lost(struct monitor *monitor, const struct pool *pool, bool *lost_any)
{
	enum exit_code code = EXIT_FINE;
	enum event_group group;

	for (group = GROUP_EVENTS; !code && group <= GROUP_DIRECT_MAP; group++) {
		struct number last = pool_event_number(pool, group);
		uint64_t lost = event_number_sync(&monitor->numbers, group, last);

		if (!lost)
			continue;
		*lost_any = true;
		code = monitor_print_overrun(monitor, group, last, lost);
	}
	return code;
}

static enum exit_code print_pending(struct monitor *monitor, struct list *pending)
{
	enum exit_code code = EXIT_FINE;

	list_for_each(event, pending, struct event) {
		if (!code)
			code = take_event(monitor, event);
		event_clear(event);
	}
	free(pending->items);
	return code;
}

static enum exit_code print_in_place(struct monitor *monitor, struct snapshot *now,
				     struct place *place)
{
	bool resync = monitor->overrun;
	enum exit_code code;

	monitor->overrun = false;
	code = hear_until(monitor, place);
	resync |= monitor->overrun;
	if (!code)
		code = tell_lost(monitor, &now->pool, &resync);
	if (!code)
		code = monitor_print_snapshot(monitor, now);
	if (!code && resync)
		code = monitor_print_resync(monitor);
	monitor->overrun = false;
	return code;
}

enum exit_code monitor_listen_snapshot(struct monitor *monitor)
{
	struct snapshot now = { 0 };
	struct place place = { .pool = &now.pool };
	enum exit_code code, later;

	code = monitor_read(monitor, PART_ALL, &now);
	if (!code)
		code = print_in_place(monitor, &now, &place);
	later = print_pending(monitor, &place.pending);
	snapshot_clear(&now);
	monitor->resync_ns = monitor->overrun ? clock_ns(CLOCK_MONOTONIC) + NS_PER_SECOND : NEVER;
	return code ? code : later;
}

enum exit_code monitor_listen(struct monitor *monitor)
{
	enum exit_code code = EXIT_FINE;
	enum heard heard;
	int i;

	for (i = 0; !code && !monitor->done && i < MOST_AT_ONCE; i++) {
		struct event event = { 0 };

		heard = netlink_hear(monitor->listener, &event, &monitor->failure);
		if (heard == HEARD_NOTHING)
			break;
		if (heard == HEARD_FAILED)
			return EXIT_FAILED;
		if (heard == HEARD_EVENT)
			code = take_event(monitor, &event);
		else
			monitor->overrun = true;
		event_clear(&event);
	}
	if (monitor->overrun && monitor->resync_ns == NEVER)
		monitor->resync_ns = clock_ns(CLOCK_MONOTONIC);
	return code;
}
