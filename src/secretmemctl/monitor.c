// SPDX-License-Identifier: GPL-2.0-or-later
/* secretmemctl monitor: what happens, as it happens; and the recorder. */
#include <getopt.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "moment.h"
#include "monitor.h"
#include "privileges.h"
#include "recording.h"
#include "replay.h"
#include "xalloc.h"

#define DEFAULT_INTERVAL 2		/* seconds */
#define DEFAULT_BUFFER (4 << 20)

#define OPTION(member) offsetof(struct monitor_options, member)

static const struct parameter parameters[] = {
	{ "events", 'e', "TYPES", "print events of these types only; help lists them",
	  PARAMETER_TEXT, OPTION(events) },
	{ "filter", 'f', "FILTER", "print events with FIELD=VALUE, or !=, < or >; all must hold",
	  PARAMETER_TEXTS, OPTION(filters) },
	{ "count", 'c', "COUNT", "end after so many events",
	  PARAMETER_COUNT, OPTION(count) },
	{ "timeout", 't', "TIME", "end after that time: 90, 15m, 3h",
	  PARAMETER_SECONDS, OPTION(timeout) },
	{ "snapshots", 's', "TIME", "print a snapshot every so often, not only the first",
	  PARAMETER_SECONDS, OPTION(snapshots) },
	{ "interval", 'i', "TIME", "where the kernel tells no events, look every so often (2s)",
	  PARAMETER_SECONDS, OPTION(interval) },
	{ "buffer", 0, "SIZE", "how much may wait here before some is lost (4M)",
	  PARAMETER_SIZE, OPTION(buffer) },
	{ "journal", 'j', NULL, "write events to the journal of systemd, and nothing to stdout",
	  PARAMETER_FLAG, OPTION(journal) },
	{ NULL }
};

static const struct view events_view = { .name = "events", .table = &event_table };

/* ---- what is asked for ---- */

static void print_types(const char *title, enum event_type type, enum event_type end)
{
	puts(title);
	for (; type < end; type++) {
		printf("  %-14s %s\n", event_type_name(type), event_kinds[type].help);
		if (*event_kinds[type].fields)
			printf("  %-14s%s\n", "", event_kinds[type].fields);
	}
	putchar('\n');
}

/* "(bytes)", "(other, secretmem)" */
static void print_values(const struct field *field)
{
	const char *unit = field_unit(field);
	size_t i;

	if (unit)
		printf(" (%s)", unit);
	for (i = 1; field->words && field->words[i]; i++)
		printf("%s%s", i == 1 ? " (" : ", ", field->words[i]);
	puts(field->words ? ")" : "");
}

static void print_help(void)
{
	print_types("Types of events, and fields that they have:", EVENT_FILE_CREATED,
		    EVENT_SNAPSHOT);
	print_types("Lines that are always printed:", EVENT_SNAPSHOT, EVENT_TYPES);
	puts("Fields, of which all have the first six:");
	table_for_each(field, &event_table) {
		printf("  %-14s %s", field->name, field->help);
		print_values(field);
	}
}

static int choose_type(struct monitor *monitor, const char *name, size_t length)
{
	enum event_type type = event_type_find(name, length);

	if (!type || type >= EVENT_SNAPSHOT)
		return usage_error(monitor->command, "--events: there is no type '%.*s': "
				   "--events=help lists them", (int)length, name);
	monitor->unwanted[type] = false;
	return EXIT_FINE;
}

static int choose_types(struct monitor *monitor)
{
	const char *rest = monitor->own.events;
	int code = EXIT_FINE;

	if (!rest)
		return EXIT_FINE;
	memset(monitor->unwanted, true, sizeof(monitor->unwanted));
	while (!code && rest) {
		size_t length = strcspn(rest, ",");

		code = choose_type(monitor, rest, length);
		rest = rest[length] ? rest + length + 1 : NULL;
	}
	return code;
}

static int choose_filters(struct monitor *monitor)
{
	enum exit_code code;

	columns_fill(&events_view, &monitor->columns);
	list_for_each(text, &monitor->own.filters, const char *) {
		code = filter_parse(*text, &monitor->columns, &events_view,
				    list_add(&monitor->filters, sizeof(struct filter)),
				    &monitor->failure);
		if (code)
			return usage_error(monitor->command, "%s", monitor->failure.text);
	}
	return EXIT_FINE;
}

static int check_zero(const struct monitor *monitor, struct number value, const char *name)
{
	if (value.known && !value.value)
		return usage_error(monitor->command, "--%s: 0 is too few", name);
	return EXIT_FINE;
}

static int check_replay(const struct monitor *monitor)
{
	const struct monitor_options *own = &monitor->own;

	if (monitor->common.from)
		return usage_error(monitor->command, "a document has no events: --replay reads "
				   "a recording");
	if (monitor->common.replay && (own->timeout.known || own->snapshots.known ||
				       own->interval.known || own->buffer.known))
		return usage_error(monitor->command, "a recording is as it is: no --timeout, "
				   "--snapshots, --interval or --buffer with --replay");
	return EXIT_FINE;
}

static int check_options(struct monitor *monitor, int argc, char **argv)
{
	const struct monitor_options *own = &monitor->own;
	int code;

	if (optind < argc)
		return usage_error(monitor->command, "'%s' is not an option", argv[optind]);
	if (own->journal && monitor->common.json)
		return usage_error(monitor->command, "the journal has fields of its own: --journal "
				   "or --json");
	code = check_replay(monitor);
	if (!code)
		code = check_zero(monitor, own->count, "count");
	if (!code)
		code = check_zero(monitor, own->snapshots, "snapshots");
	if (!code)
		code = check_zero(monitor, own->interval, "interval");
	if (!code)
		code = choose_types(monitor);
	return code ? code : choose_filters(monitor);
}

/* ---- a recording ---- */

static enum exit_code print_record(struct monitor *monitor, struct record *record)
{
	if (record->event.type < EVENT_SNAPSHOT)
		return monitor_print_event(monitor, &record->event);
	return monitor_print_record(monitor, record);
}

static enum exit_code print_recording(struct monitor *monitor, struct recording *recording)
{
	struct record record = { 0 };
	enum exit_code code = EXIT_FINE;

	while (!code && !monitor->done && recording_next(recording, &record)) {
		code = print_record(monitor, &record);
		record_clear(&record);
	}
	if (recording_warning(recording))
		complain("%s: %s", monitor->common.replay, recording_warning(recording));
	return code;
}

static enum exit_code replay(struct monitor *monitor)
{
	const struct source_options options = source_options(&monitor->common);
	struct replay *replay;
	enum exit_code code = replay_open(&options, &replay, &monitor->failure);

	if (!code)
		code = print_recording(monitor, replay_recording(replay));
	replay_close(replay);
	return code;
}

/* ---- this machine ---- */

/* Where the kernel has no events they are derived, unless it was asked not to look. */
static enum exit_code open_listener(struct monitor *monitor)
{
	uint64_t buffer = monitor->own.buffer.known ? monitor->own.buffer.value : DEFAULT_BUFFER;
	enum exit_code code;

	if (monitor->common.source == SOURCE_PROCFS || monitor->common.root)
		return EXIT_FINE;
	if (monitor->peer)
		code = netlink_open_peer(monitor->peer, &monitor->netlink, &monitor->failure);
	else
		code = netlink_open(monitor->common.debug, &monitor->netlink, &monitor->failure);
	if (code == EXIT_UNSUPPORTED && monitor->common.source == SOURCE_AUTO)
		return EXIT_FINE;
	if (!code && netlink_has_events(monitor->netlink))
		code = netlink_listen(monitor->netlink, buffer, &monitor->listener,
				      &monitor->failure);
	return code;
}

static enum exit_code open_source(struct monitor *monitor)
{
	struct source_options options = source_options(&monitor->common);

	options.peer = monitor->peer;
	return source_open(&options, &monitor->source, &monitor->failure);
}

enum exit_code monitor_open(struct monitor *monitor)
{
	enum exit_code code;

	if (!monitor->own.interval.known)
		monitor->own.interval = number(DEFAULT_INTERVAL);
	monitor->boot_id = monitor->common.root ? NULL : boot_id();
	code = open_listener(monitor);
	if (!code)
		code = open_source(monitor);
	return code;
}

void monitor_close(struct monitor *monitor)
{
	netlink_listener_close(monitor->listener);
	netlink_close(monitor->netlink);
	source_close(monitor->source);
	snapshot_clear(&monitor->before);
	columns_clear(&monitor->columns);
	free(monitor->filters.items);
	free(monitor->own.filters.items);
	free(monitor->boot_id);
	output_close(&monitor->output);
}

/* From here on these come as something to read; a reader's end is an error of write(). */
static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static enum exit_code watch(struct monitor *monitor)
{
	enum exit_code code = monitor_open(monitor);

	if (!code)
		code = privileges_drop(&monitor->failure);
	return code ? code : monitor_loop(monitor);
}

static int run(struct monitor *monitor)
{
	enum exit_code code;

	monitor->signals = open_signals();
	output_open(&monitor->output, STDOUT_FILENO, monitor->signals);
	code = monitor->common.replay ? replay(monitor) : watch(monitor);
	if (code)
		complain("%s", monitor->failure.text);
	close(monitor->signals);
	return code;
}

static int cmd_monitor(const struct command *command, int argc, char **argv)
{
	struct monitor monitor = { .command = command, .signals = -1 };
	int code;

	if (parse_options(command, argc, argv, &monitor.common, &monitor.own, &code)) {
		if (monitor.own.events && !strcmp(monitor.own.events, "help")) {
			print_help();
		} else {
			code = check_options(&monitor, argc, argv);
			if (!code)
				code = run(&monitor);
		}
	}
	monitor_close(&monitor);
	return code;
}

const struct command monitor_command = {
	.name = "monitor",
	.summary = "print what happens to secret memory, as it happens",
	.parameters = parameters,
	.document = &record_document,
	.run = cmd_monitor,
	.epilogue =
		"It begins with a snapshot. With --json each line is an object, and all of them are\n"
		"a recording, for --replay; with --snapshots for every moment.\n\n"
		"Exit status: 0 ended by --count, --timeout, a signal or its reader; 1 failed;\n"
		"2 usage; 3 not supported here; 4 permission.\n",
};
