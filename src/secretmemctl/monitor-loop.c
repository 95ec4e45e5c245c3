// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "moment.h"
#include "monitor.h"

#define NS_PER_SECOND UINT64_C(1000000000)

enum { FD_SIGNALS, FD_OUTPUT, FD_EVENTS, FDS };

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t next_moment(const struct monitor *monitor)
{
	uint64_t moment = earlier(monitor->end_ns, monitor->snapshot_ns);

	return earlier(earlier(moment, monitor->look_ns), monitor->resync_ns);
}

/* Wait until something is to be done; no error of poll lasts. */
static void wait_for(const struct monitor *monitor, struct pollfd fds[FDS])
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC), moment = next_moment(monitor);
	uint64_t left = moment > now ? moment - now : 0;
	const struct timespec timeout = {
		.tv_sec = (time_t)(left / NS_PER_SECOND),
		.tv_nsec = (long)(left % NS_PER_SECOND),
	};

	fds[FD_SIGNALS] = (struct pollfd){ .fd = monitor->signals, .events = POLLIN };
	fds[FD_OUTPUT] = (struct pollfd){ .fd = monitor->output.fd };
	fds[FD_EVENTS] = (struct pollfd){
		.fd = monitor->listener ? netlink_listener_fd(monitor->listener) : -1,
		.events = POLLIN,
	};
	if (ppoll(fds, FDS, moment == NEVER ? NULL : &timeout, NULL) < 0) {
		fds[FD_SIGNALS].revents = 0;
		fds[FD_OUTPUT].revents = 0;
		fds[FD_EVENTS].revents = 0;
	}
}

/* The next moment of a rhythm; those that were missed are left out. */
static uint64_t next_of(uint64_t moment, struct number seconds, uint64_t now)
{
	uint64_t step = seconds.value * NS_PER_SECOND;

	return moment + ((now - moment) / step + 1) * step;
}

static enum exit_code snapshot(struct monitor *monitor)
{
	return monitor->listener ? monitor_listen_snapshot(monitor) :
				   monitor_look(monitor, true);
}

static enum exit_code look(struct monitor *monitor, uint64_t now)
{
	monitor->look_ns = next_of(monitor->look_ns, monitor->own.interval, now);
	return monitor_look(monitor, false);
}

static enum exit_code do_due(struct monitor *monitor)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);

	if (now >= monitor->end_ns) {
		monitor->done = true;
		return EXIT_FINE;
	}
	if (now >= monitor->snapshot_ns) {
		monitor->snapshot_ns = next_of(monitor->snapshot_ns, monitor->own.snapshots, now);
		return snapshot(monitor);
	}
	if (now >= monitor->resync_ns)
		return snapshot(monitor);
	return now >= monitor->look_ns ? look(monitor, now) : EXIT_FINE;
}

/* The reader of a pipe that is gone, or a signal, ends it well. */
static bool is_over(const struct pollfd fds[FDS])
{
	return fds[FD_SIGNALS].revents || fds[FD_OUTPUT].revents & (POLLERR | POLLHUP);
}

static uint64_t after(struct number seconds, uint64_t now)
{
	uint64_t moment;

	if (!seconds.known || __builtin_mul_overflow(seconds.value, NS_PER_SECOND, &moment) ||
	    __builtin_add_overflow(moment, now, &moment))
		return NEVER;
	return moment;
}

static void set_moments(struct monitor *monitor)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);

	monitor->end_ns = after(monitor->own.timeout, now);
	monitor->snapshot_ns = after(monitor->own.snapshots, now);
	monitor->look_ns = monitor->listener ? NEVER : after(monitor->own.interval, now);
	monitor->resync_ns = NEVER;
}

enum exit_code monitor_loop(struct monitor *monitor)
{
	struct pollfd fds[FDS];
	enum exit_code code;

	set_moments(monitor);
	code = snapshot(monitor);
	while (!code && !monitor->done) {
		wait_for(monitor, fds);
		if (is_over(fds))
			break;
		if (fds[FD_EVENTS].revents)
			code = monitor_listen(monitor);
		if (!code && !monitor->done)
			code = do_due(monitor);
	}
	return code;
}
