// SPDX-License-Identifier: GPL-2.0-or-later
#include "derive.h"
#include "ears.h"
#include "moment.h"
#include "netlink-event.h"
#include "xalloc.h"

#define MOST_AT_ONCE 4096	/* of a storm; the rest waits for the next look */

struct ears {
	struct netlink_reader *netlink;
	struct netlink_listener *listener;	/* NULL: events are derived */
	struct event_numbers numbers;
};

struct ears *ears_open(const struct source_options *options)
{
	struct ears *ears = xcalloc(1, sizeof(*ears));
	struct failure failure;

	if (options->kind == SOURCE_PROCFS || options->root || options->replay || options->from)
		return ears;
	if (netlink_open(options->debug, &ears->netlink, &failure))
		return ears;
	if (!netlink_has_events(ears->netlink) ||
	    netlink_listen(ears->netlink, 0, &ears->listener, &failure))
		ears->listener = NULL;
	return ears;
}

void ears_close(struct ears *ears)
{
	if (!ears)
		return;
	netlink_listener_close(ears->listener);
	netlink_close(ears->netlink);
	free(ears);
}

/* The kernel tells the time since boot. */
static void set_time(struct event *event)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);

	event->time_ns = clock_ns(CLOCK_REALTIME);
	if (event->monotonic_ns.known && event->monotonic_ns.value < now)
		event->time_ns -= now - event->monotonic_ns.value;
}

/* The look that follows makes up for them. */
static void add_overrun(struct history *history, uint64_t lost)
{
	struct event event = { .type = EVENT_OVERRUN };

	event.dropped = number(lost);
	set_time(&event);
	history_add_event(history, &event);
}

static void take_event(struct ears *ears, struct event *event, struct history *history)
{
	uint64_t lost;

	if (!event_number_take(&ears->numbers, event, &lost))
		return;
	if (lost)
		add_overrun(history, lost);
	if (!event->type)
		return;
	set_time(event);
	history_add_event(history, event);
}

static void hear(struct ears *ears, struct history *history)
{
	struct event event = { 0 };
	struct failure failure;
	enum heard heard;
	int i;

	for (i = 0; i < MOST_AT_ONCE; i++) {
		heard = netlink_hear(ears->listener, &event, &failure);
		if (heard == HEARD_EVENT)
			take_event(ears, &event, history);
		event_clear(&event);
		if (heard == HEARD_NOTHING || heard == HEARD_FAILED)
			return;
	}
}

static void derive(const struct snapshot *before, const struct snapshot *after,
		   struct history *history)
{
	struct list events = { 0 };

	derive_events(before, after, &events);
	list_for_each(event, &events, struct event)
		history_add_event(history, event);
	events_clear(&events);
}

void ears_take(struct ears *ears, const struct snapshot *before, const struct snapshot *after,
	       struct history *history)
{
	if (ears->listener)
		hear(ears, history);
	else if (before)
		derive(before, after, history);
}
