// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include "journal.h"
#include "moment.h"
#include "monitor.h"
#include "xalloc.h"

void output_open(struct output *output, int fd, int signals)
{
	output->fd = fd;
	output->signals = signals;
	output->stream = open_memstream(&output->bytes, &output->size);
	if (!output->stream)
		errx(EXIT_FAILED, "out of memory");
}

void output_close(struct output *output)
{
	if (output->stream)
		fclose(output->stream);
	free(output->bytes);
}

/*
 * True: there is room. A pipe has room for PIPE_BUF bytes then; others block briefly.
 * A signal ends the wait, but not a line for which there is room.
 */
static bool wait_for_room(struct output *output)
{
	struct pollfd fds[] = {
		{ .fd = output->fd, .events = POLLOUT },
		{ .fd = output->signals, .events = POLLIN },
	};

	while (poll(fds, 2, -1) < 0 && errno == EINTR)
		;
	output->signalled = fds[1].revents;
	return fds[0].revents;
}

static enum exit_code write_some(struct output *output, const char **rest, bool *done,
				 struct failure *failure)
{
	size_t left = output->size - (size_t)(*rest - output->bytes);
	ssize_t written;

	*done = !wait_for_room(output);
	if (*done)
		return EXIT_FINE;
	written = write(output->fd, *rest, left < PIPE_BUF ? left : PIPE_BUF);
	if (written >= 0)
		*rest += written;
	else if (errno == EPIPE)
		*done = true;
	else if (errno != EINTR && errno != EAGAIN)
		return fail(failure, EXIT_FAILED, "cannot write the output: %s",
			    strerror(errno));
	return EXIT_FINE;
}

enum exit_code output_flush(struct output *output, bool *done, struct failure *failure)
{
	enum exit_code code = EXIT_FINE;
	const char *rest;

	if (fflush(output->stream))
		errx(EXIT_FAILED, "out of memory");
	rest = output->bytes;
	while (!code && !*done && rest < output->bytes + output->size)
		code = write_some(output, &rest, done, failure);
	*done = *done || output->signalled;
	fseeko(output->stream, 0, SEEK_SET);
	return code;
}

/* ---- records ---- */

/* How things are is for recordings: the journal gets what happens. */
static enum exit_code write_journal(struct monitor *monitor, const struct event *event)
{
	if (event->type == EVENT_SNAPSHOT || event->type == EVENT_RESYNC)
		return EXIT_FINE;
	return journal_send(event, &monitor->failure);
}

enum exit_code monitor_print_record(struct monitor *monitor, const struct record *record)
{
	const struct style style = {
		.units = monitor->common.units,
		.user_names = !monitor->common.root && !monitor->common.replay,
	};
	FILE *stream = monitor->output.stream;

	if (monitor->done)
		return EXIT_FINE;
	if (monitor->own.journal)
		return write_journal(monitor, &record->event);
	if (monitor->common.json)
		record_print_json(record, stream);
	else
		record_print(record, &style, stream);
	return output_flush(&monitor->output, &monitor->done, &monitor->failure);
}

static bool is_wanted(const struct monitor *monitor, const struct event *event)
{
	const struct row row = { .item = event };

	if (monitor->unwanted[event->type])
		return false;
	list_for_each(filter, &monitor->filters, struct filter) {
		if (!filter_passes(filter, &row))
			return false;
	}
	return true;
}

enum exit_code monitor_print_event(struct monitor *monitor, const struct event *event)
{
	const struct record record = { .event = *event };
	enum exit_code code;

	if (!is_wanted(monitor, event))
		return EXIT_FINE;
	code = monitor_print_record(monitor, &record);
	monitor->counted++;
	if (monitor->own.count.known && monitor->counted >= monitor->own.count.value)
		monitor->done = true;
	return code;
}

enum exit_code monitor_print_snapshot(struct monitor *monitor, struct snapshot *snapshot)
{
	const struct record record = {
		.event = {
			.type = EVENT_SNAPSHOT,
			.time_ns = snapshot->time_ns,
			.monotonic_ns = snapshot->monotonic_ns,
			.boot_id = snapshot->boot_id,
			.sequence = pool_event_number(&snapshot->pool, GROUP_EVENTS),
			.derived = !monitor->listener,
		},
		.snapshot = *snapshot,
	};

	return monitor_print_record(monitor, &record);
}

/* Something about the stream, at this moment. */
static enum exit_code print_own(struct monitor *monitor, struct event event)
{
	struct record record = { .event = event };

	record.event.time_ns = clock_ns(CLOCK_REALTIME);
	record.event.monotonic_ns = number(clock_ns(CLOCK_MONOTONIC));
	record.event.boot_id = monitor->boot_id;
	return monitor_print_record(monitor, &record);
}

enum exit_code monitor_print_overrun(struct monitor *monitor, enum event_group group,
				     struct number last, uint64_t lost)
{
	return print_own(monitor, (struct event){
		.type = EVENT_OVERRUN, .group = group, .sequence = last,
		.dropped = number(lost),
	});
}

enum exit_code monitor_print_resync(struct monitor *monitor)
{
	return print_own(monitor, (struct event){
		.type = EVENT_RESYNC, .sequence = monitor->numbers.last[GROUP_EVENTS],
	});
}
