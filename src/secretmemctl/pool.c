// SPDX-License-Identifier: GPL-2.0-or-later
/* secretmemctl pool: the running pool, what fits into it, and its floor. */
#include <getopt.h>

#include "command.h"
#include "json.h"
#include "moment.h"
#include "pool.h"
#include "xalloc.h"

struct pool_options {
	struct number floor;
	struct number low;
	struct number failures;
	struct number fits;
};

#define OPTION(member) offsetof(struct pool_options, member)

static const struct parameter parameters[] = {
	{ "floor", 0, "SIZE", "keep this much for reservations from now on",
	  PARAMETER_SIZE, OPTION(floor) },
	{ "low", 0, "SIZE", "send an event when less than this is available, 0: do not",
	  PARAMETER_SIZE, OPTION(low) },
	{ "failures", 0, "COUNT", "send an event at every COUNTth failure, 0: do not",
	  PARAMETER_COUNT, OPTION(failures) },
	{ "fits", 0, "SIZE", "would a reservation of this size succeed now?",
	  PARAMETER_SIZE, OPTION(fits) },
	{ NULL }
};

#define FITS(member) offsetof(struct fits, member)
#define FLOOR(member) offsetof(struct floor_report, member)
#define REPORT(member) offsetof(struct pool_report, member)
#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static const struct field fits_fields[] = {
	{ "asked_bytes", "ASKED", FIELD_BYTES, FITS(asked_bytes), "what --fits asked for" },
	{ "reservation_bytes", "RESERVATION", FIELD_BYTES, FITS(bytes),
	  "that in whole chunks" },
	{ "fits", "FITS", FIELD_TRUTH, FITS(fits), "whether that would succeed now" },
};

static const struct field_table fits_table = {
	"fits", sizeof(struct fits), fits_fields, COUNT(fits_fields)
};

static const struct field floor_fields[] = {
	{ "asked_bytes", "ASKED", FIELD_BYTES, FLOOR(asked_bytes), "what --floor asked for" },
	{ "floor_bytes", "FLOOR", FIELD_BYTES, FLOOR(bytes), "that in whole chunks" },
	{ "before_bytes", "BEFORE", FIELD_BYTES, FLOOR(before_bytes), "the floor before" },
	{ "after_bytes", "AFTER", FIELD_BYTES, FLOOR(after_bytes),
	  "the floor after, as the kernel tells it" },
	{ "missing_bytes", "MISSING", FIELD_BYTES, FLOOR(missing_bytes),
	  "what could not be had of it" },
};

static const struct field_table floor_table = {
	"floor", sizeof(struct floor_report), floor_fields, COUNT(floor_fields)
};

static const struct field report_fields[] = {
	{ "source", NULL, FIELD_CONSTANT, REPORT(source), "where it is known from" },
	{ "time", NULL, FIELD_TIME, REPORT(time_ns), "when it was read" },
	{ "partial", NULL, FIELD_FLAG, REPORT(partial), "whether something could not be read" },
	{ "pool", NULL, FIELD_OBJECT, REPORT(pool), "the pool", NULL, &pool_table },
	{ "rooms", NULL, FIELD_LIST, REPORT(rooms),
	  "what bounds the caller's next reservation", NULL, &room_table },
	{ "largest_bytes", NULL, FIELD_BYTES, REPORT(largest_bytes),
	  "the largest reservation that fits now, as far as is known" },
	{ "bound", NULL, FIELD_WORD, REPORT(bound), "what bounds it", room_kind_words },
	{ "fits", NULL, FIELD_OBJECT, REPORT(fits), "the answer to --fits", NULL, &fits_table },
	{ "floor", NULL, FIELD_OBJECT, REPORT(floor), "what --floor did", NULL, &floor_table },
};

const struct field_table pool_report_table = {
	"pool report", sizeof(struct pool_report), report_fields, COUNT(report_fields)
};

static const struct document document = {
	"secretmem/pool", "What secretmemctl pool --json prints.", &pool_report_table
};

/* What one run is about. */
struct run {
	const struct command *command;
	struct common_options common;
	struct pool_options own;
	struct netlink_reader *netlink;
	struct procfs_reader *procfs;
	struct snapshot snapshot;
	struct room_facts facts;
	struct floor_change change;
	struct pool_report report;
	struct failure failure;
};

static bool sets_threshold(const struct pool_options *options)
{
	return options->low.known || options->failures.known;
}

static int check_options(const struct run *run, int argc, char **argv)
{
	if (optind < argc)
		return usage_error(run->command, "'%s' is not an option", argv[optind]);
	if (run->own.fits.known && (run->own.floor.known || sets_threshold(&run->own)))
		return usage_error(run->command, "--fits looks only: it takes no --floor, --low "
				   "or --failures");
	if (run->common.source == SOURCE_PROCFS || run->common.root)
		return usage_error(run->command, "the pool is this machine's and known by netlink "
				   "only: no --source=procfs or --root");
	return EXIT_FINE;
}

static enum exit_code open_readers(struct run *run)
{
	enum exit_code code;

	code = netlink_open(run->common.debug, &run->netlink, &run->failure);
	if (!code)
		code = procfs_open(NULL, &run->procfs, &run->failure);
	return code;
}

static void fill_fits(struct run *run)
{
	struct pool_report *report = &run->report;
	struct fits *fits = &report->fits;

	if (!run->own.fits.known)
		return;
	fits->asked_bytes = run->own.fits;
	fits->bytes = whole_chunks(fits->asked_bytes.value, report->pool.chunk_bytes.value);
	fits->fits = fits->bytes.known ? rooms_fit(&report->rooms, fits->bytes.value) : TRUTH_NO;
}

static void fill_floor(struct run *run)
{
	struct floor_report *floor = &run->report.floor;

	if (!run->own.floor.known)
		return;
	floor->asked_bytes = run->own.floor;
	floor->bytes = number(run->change.floor_bytes);
	floor->before_bytes = run->change.before.floor_bytes;
	floor->after_bytes = run->change.after.floor_bytes;
	floor->missing_bytes = run->change.after.floor_missing_bytes;
}

static void fill_report(struct run *run)
{
	struct pool_report *report = &run->report;
	const struct room *least;

	report->source = "netlink";
	report->time_ns = clock_ns(CLOCK_REALTIME);
	report->partial = run->snapshot.partial;
	report->pool = run->snapshot.pool;
	room_facts_read(run->procfs, &run->snapshot, &run->facts);
	rooms_fill(&run->facts, &report->rooms);
	least = room_least(&report->rooms);
	if (least) {
		report->largest_bytes = least->free_bytes;
		report->bound = least->kind;
	}
	fill_fits(run);
	fill_floor(run);
}

static void print(const struct run *run)
{
	const struct page page = {
		.stream = stdout,
		.style = {
			.units = run->common.units,
			.color = want_color(&run->common),
		},
	};

	if (run->common.json) {
		json_print(stdout, document.schema, document.table, &run->report);
	} else if (run->own.fits.known) {
		pool_print_fits(&run->report, &page);
	} else if (run->own.floor.known) {
		pool_print_floor(&run->report, &run->change, &page);
	} else {
		pool_print(&run->report, &page);
	}
	if (sets_threshold(&run->own) && run->own.floor.known && !run->common.json)
		pool_print_thresholds(&run->report.pool, &page);
}

/* What the answer means for a script. */
static int verdict(const struct run *run, enum exit_code code)
{
	if (run->own.fits.known && run->report.fits.fits == TRUTH_NO)
		return EXIT_FAILED;
	if (run->report.floor.missing_bytes.value)
		return EXIT_FAILED;
	return code;
}

/* The kernel would refuse it too, and could not say what would be right. */
static enum exit_code check_low(struct run *run)
{
	struct snapshot snapshot = { 0 };
	enum exit_code code = pool_read(run->netlink, 0, &snapshot, &run->failure);
	const struct number capacity = snapshot.pool.capacity_bytes;
	char *most;

	if (!code && run->own.low.value > capacity.value) {
		most = size_text(capacity.value, run->common.units);
		code = fail(&run->failure, EXIT_USAGE,
			    "--low cannot be more than the pool has: at most %s", most);
		free(most);
	}
	snapshot_clear(&snapshot);
	return code;
}

static enum exit_code set_thresholds(struct run *run)
{
	const struct pool_settings settings = {
		.low_threshold_bytes = run->own.low,
		.failure_threshold = run->own.failures,
	};
	enum exit_code code = check_low(run);

	return code ? code : netlink_set_pool(run->netlink, &settings, &run->failure);
}

static enum exit_code act(struct run *run)
{
	enum exit_code code = open_readers(run);

	if (!code && sets_threshold(&run->own))
		code = set_thresholds(run);
	if (!code && run->own.floor.known)
		code = floor_set(run->netlink, run->own.floor.value, &run->change,
				 &run->failure);
	if (!code)
		code = pool_read(run->netlink, PART_FILES, &run->snapshot, &run->failure);
	return code;
}

static int show(struct run *run)
{
	enum exit_code code = act(run);
	int status = code;

	if (!code || code == EXIT_PARTIAL) {
		fill_report(run);
		print(run);
		status = verdict(run, code);
	}
	fflush(stdout);
	if (code)
		complain("%s", run->failure.text);
	return status;
}

static int cmd_pool(const struct command *command, int argc, char **argv)
{
	struct run run = { .command = command };
	int code;

	if (parse_options(command, argc, argv, &run.common, &run.own, &code)) {
		code = check_options(&run, argc, argv);
		if (!code)
			code = show(&run);
	}
	netlink_close(run.netlink);
	procfs_close(run.procfs);
	free(run.report.rooms.items);
	room_facts_clear(&run.facts);
	snapshot_clear(&run.snapshot);
	return code;
}

const struct command pool_command = {
	.name = "pool",
	.summary = "show the running pool, what fits into it, and set its floor and events",
	.parameters = parameters,
	.document = &document,
	.live = true,
	.run = cmd_pool,
	.epilogue =
		"A SIZE of --floor and --fits is rounded up to whole chunks. What would limit a\n"
		"reservation is looked at for the caller: RLIMIT_MEMLOCK of this user, the cgroup\n"
		"of this process.\n\n"
		"Exit status: 0 fine, or yes; 1 no, or some of the floor could not be had, or\n"
		"failed; 2 usage, or larger than the pool; 3 there is no pool; 4 permission;\n"
		"5 partial.\n",
};
