/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hearing the family's events. The kernel numbers those of each group without a
 * gap, so what was lost is known to the number: when a later one comes, or when
 * the pool is asked for the number of the last.
 */
#ifndef SECRETMEM_NETLINK_EVENT_H
#define SECRETMEM_NETLINK_EVENT_H

#include "netlink.h"

struct netlink_listener;

/* Does the family of this kernel have events? */
bool netlink_has_events(const struct netlink_reader *reader);

/*
 * Join both groups. @buffer_bytes: how much may wait to be heard before some is
 * lost; 0: as the system has it. EXIT_PERMISSION without CAP_SYS_ADMIN.
 */
enum exit_code netlink_listen(const struct netlink_reader *reader, uint64_t buffer_bytes,
			      struct netlink_listener **listener, struct failure *failure);
void netlink_listener_close(struct netlink_listener *listener);

/* Readable when there is something to hear. */
int netlink_listener_fd(const struct netlink_listener *listener);

enum heard {
	HEARD_NOTHING,		/* for now */
	HEARD_EVENT,
	HEARD_OVERRUN,		/* the kernel says that some were lost, somewhere from here on */
	HEARD_FAILED,
};

/* Hear one thing without waiting. Into @event, zeroed or cleared, goes an event. */
enum heard netlink_hear(struct netlink_listener *listener, struct event *event,
			struct failure *failure);

/* The numbers up to which all is accounted for, by group; zeroed: none yet. */
struct event_numbers {
	struct number last[GROUP_DIRECT_MAP + 1];
};

enum event_group event_group(const struct event *event);

/* How many events before this one are lost; true: it is new, not one counted before. */
bool event_number_take(struct event_numbers *numbers, const struct event *event,
		       uint64_t *lost);

/* The number that the pool tells of the last event of a group. */
struct number pool_event_number(const struct pool *pool, enum event_group group);

/* All up to this number is accounted for, once the return value is told as lost. */
uint64_t event_number_sync(struct event_numbers *numbers, enum event_group group,
			   struct number now);

#endif
