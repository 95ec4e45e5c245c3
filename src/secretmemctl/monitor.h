/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside secretmemctl monitor: one thread that waits for what comes first.
 *
 * monitor.c          options, and what is asked for
 * monitor-loop.c     waiting: for events, moments, signals, the reader's end
 * monitor-listen.c   events that the kernel tells
 * monitor-look.c     events derived by looking again and again
 * monitor-output.c   lines, out at once, without ever being stuck in one
 */
#ifndef SECRETMEM_MONITOR_H
#define SECRETMEM_MONITOR_H

#include "command.h"
#include "event.h"
#include "filter.h"
#include "netlink-event.h"

#define NEVER UINT64_MAX

struct monitor_options {
	const char *events;
	struct list filters;		/* of const char * */
	struct number count;
	struct number timeout;
	struct number snapshots;
	struct number interval;
	struct number buffer;
	bool journal;
};

/* Lines on their way to a descriptor. */
struct output {
	int fd;
	int signals;			/* a signalfd that ends writing; or -1 */
	bool signalled;			/* it did, or will when the line is written */
	FILE *stream;			/* in memory */
	char *bytes;
	size_t size;
};

struct monitor {
	const struct command *command;
	struct common_options common;
	struct monitor_options own;
	const struct netlink_peer *peer;	/* instead of the kernel, in tests */

	bool unwanted[EVENT_TYPES];
	struct list columns;		/* of struct column: what filters may name */
	struct list filters;		/* of struct filter */

	struct source *source;
	struct netlink_reader *netlink;
	struct netlink_listener *listener;	/* NULL: events are derived */
	int signals;
	struct output output;
	char *boot_id;

	struct event_numbers numbers;
	bool overrun;			/* something was lost since the last resync */
	struct snapshot before;		/* what the next look is compared with */
	uint64_t counted;		/* events printed */
	bool done;
	bool told_partial;

	uint64_t end_ns;		/* by CLOCK_MONOTONIC, like what follows */
	uint64_t snapshot_ns;
	uint64_t look_ns;
	uint64_t resync_ns;
	struct failure failure;
};

/* Each returns EXIT_FINE to go on, or how the program ends; monitor->done ends it well. */
enum exit_code monitor_loop(struct monitor *monitor);

/* Print all that was heard so far. */
enum exit_code monitor_listen(struct monitor *monitor);

/* A snapshot in its place among the events; told as a resync where some were lost. */
enum exit_code monitor_listen_snapshot(struct monitor *monitor);

/* Print what happened since the last look; @snapshot: and how things are now. */
enum exit_code monitor_look(struct monitor *monitor, bool snapshot);

/* Read, and say once what cannot be. */
enum exit_code monitor_read(struct monitor *monitor, unsigned int parts,
			    struct snapshot *snapshot);

/* Print an event if it is wanted, and count it. */
enum exit_code monitor_print_event(struct monitor *monitor, const struct event *event);

/* Print a line that is always wanted: a snapshot, which comes back, or one about the stream. */
enum exit_code monitor_print_snapshot(struct monitor *monitor, struct snapshot *snapshot);
enum exit_code monitor_print_overrun(struct monitor *monitor, enum event_group group,
				     struct number last, uint64_t lost);
enum exit_code monitor_print_resync(struct monitor *monitor);

/* Print a record as it is, wanted or not. */
enum exit_code monitor_print_record(struct monitor *monitor, const struct record *record);

/* Open all that is needed to watch; monitor_close() is due in any case. */
enum exit_code monitor_open(struct monitor *monitor);
void monitor_close(struct monitor *monitor);

void output_open(struct output *output, int fd, int signals);
void output_close(struct output *output);

/*
 * Write what is in the stream. Nothing waits for a reader that has stopped once a
 * signal says to end: EXIT_FINE with *@done set then, and where the reader is gone.
 */
enum exit_code output_flush(struct output *output, bool *done, struct failure *failure);

#endif
