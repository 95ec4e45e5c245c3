// SPDX-License-Identifier: GPL-2.0-or-later
#include "derive.h"
#include "monitor.h"

/* What cannot be read now will not be the next time, either. */
static void tell_partial(struct monitor *monitor)
{
	if (*monitor->failure.text && !monitor->told_partial)
		complain("%s", monitor->failure.text);
	monitor->told_partial = true;
}

enum exit_code monitor_read(struct monitor *monitor, unsigned int parts,
			    struct snapshot *snapshot)
{
	enum exit_code code = source_read(monitor->source, parts, snapshot, &monitor->failure);

	if (code && code != EXIT_PARTIAL)
		return code;
	tell_partial(monitor);
	return EXIT_FINE;
}

static enum exit_code print_derived(struct monitor *monitor, const struct snapshot *now)
{
	struct list events = { 0 };
	enum exit_code code = EXIT_FINE;

	derive_events(&monitor->before, now, &events);
	list_for_each(event, &events, struct event) {
		if (!code)
			code = monitor_print_event(monitor, event);
	}
	events_clear(&events);
	return code;
}

enum exit_code monitor_look(struct monitor *monitor, bool snapshot)
{
	struct snapshot now = { 0 };
	enum exit_code code;

	code = monitor_read(monitor, snapshot ? PART_ALL : DERIVE_PARTS, &now);
	if (!code && monitor->before.time_ns)
		code = print_derived(monitor, &now);
	if (!code && snapshot)
		code = monitor_print_snapshot(monitor, &now);
	snapshot_clear(&monitor->before);
	monitor->before = now;
	return code;
}
