// SPDX-License-Identifier: GPL-2.0-or-later
/* secretmemctl metrics: what there is now, for systems that watch many machines. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "age.h"
#include "command.h"
#include "discovery.h"
#include "json.h"
#include "openmetrics.h"
#include "replace.h"
#include "sizing/sizing.h"

#define NS_PER_SECOND UINT64_C(1000000000)
#define EVERYBODY_READS 0644

struct metrics_options {
	int format;		/* enum metrics_format */
	const char *output;
	const char *summary;
	struct number interval;	/* in seconds */
};

#define OPTION(member) offsetof(struct metrics_options, member)

/* By enum metrics_format, and one more, which is not about values. */
static const char *const format_words[] = { "openmetrics", "prometheus", "discovery", NULL };

#define FORMAT_DISCOVERY (METRICS_PROMETHEUS + 1)

static const struct parameter parameters[] = {
	{ "format", 'f', "FORMAT", "openmetrics, prometheus (0.0.4), or discovery: cgroups for Zabbix",
	  PARAMETER_CHOICE, OPTION(format), format_words },
	{ "output", 'o', "FILE", "write to this file, whole at any time, and not to stdout",
	  PARAMETER_TEXT, OPTION(output) },
	{ "summary", 'S', "FILE", "write there as well what --json prints",
	  PARAMETER_TEXT, OPTION(summary) },
	{ "interval", 'i', "SECONDS", "promise readers of the files that they are this new",
	  PARAMETER_COUNT, OPTION(interval) },
	{ NULL }
};

/* What one run is about. */
struct metrics_run {
	const struct command *command;
	struct common_options common;
	struct metrics_options own;
	struct snapshot snapshot;
	struct failure failure;
};

static void write_metrics(FILE *stream, const void *data)
{
	const struct metrics_run *run = data;

	if (run->own.format == FORMAT_DISCOVERY)
		discovery_print(&run->snapshot, stream);
	else
		metrics_print(&run->snapshot, run->own.format, stream);
}

static void write_summary(FILE *stream, const void *data)
{
	const struct metrics_run *run = data;

	json_print(stream, SUMMARY_SCHEMA, &snapshot_table, &run->snapshot);
}

/* To a file, or where there is none, to stdout. */
static enum exit_code put(struct metrics_run *run, const char *path, replace_writer *writer)
{
	if (path)
		return replace_file(path, EVERYBODY_READS, writer, run, &run->failure);
	writer(stdout, run);
	return EXIT_FINE;
}

static enum exit_code put_all(struct metrics_run *run)
{
	enum exit_code code;

	code = put(run, run->own.output, run->common.json ? write_summary : write_metrics);
	if (!code && run->own.summary)
		code = put(run, run->own.summary, write_summary);
	return code;
}

static enum exit_code read_snapshot(struct metrics_run *run)
{
	const struct source_options options = source_options(&run->common);
	struct source *source;
	enum exit_code code;

	code = source_open(&options, &source, &run->failure);
	if (!code)
		code = source_read(source, PART_ALL, &run->snapshot, &run->failure);
	source_close(source);
	return code;
}

/* What secretmem= should be, as secretmemctl reserve tells it; unknown: no advice. */
static void add_advice(struct metrics_run *run)
{
	struct machine machine = { 0 };
	const struct workload none = { 0 };
	const struct sizing_facts facts = {
		.snapshot = &run->snapshot, .machine = &machine, .plan = &none,
	};
	struct procfs_reader *reader;
	struct sizing sizing = { 0 };
	struct failure unused;

	if (procfs_open(run->common.root, &reader, &unused))
		return;
	machine_read(reader, &run->snapshot.pool, &machine);
	procfs_close(reader);
	sizing_fill(&facts, &sizing);
	run->snapshot.totals.advised_bytes = sizing.size_bytes;
	sizing_clear(&sizing);
}

/* A file has the advice of its moment already, if it has one. */
static enum exit_code complete(struct metrics_run *run)
{
	if (run->common.from)
		return check_age(&run->snapshot, run->common.from, 0, &run->failure);
	if (!run->common.replay)
		add_advice(run);
	return EXIT_FINE;
}

static void add_interval(struct metrics_run *run)
{
	if (run->own.interval.known)
		run->snapshot.interval_ns = number(run->own.interval.value * NS_PER_SECOND);
}

/* What is missing is said after the rest, where it is not overlooked. */
static int show(struct metrics_run *run)
{
	enum exit_code code = read_snapshot(run), written = EXIT_FINE;
	struct failure missing = run->failure;

	if (!code || code == EXIT_PARTIAL) {
		written = complete(run);
		snapshot_clear_details(&run->snapshot);
		add_interval(run);
		if (!written)
			written = put_all(run);
	}
	fflush(stdout);
	if (*missing.text)
		complain("%s", missing.text);
	if (written)
		complain("%s", run->failure.text);
	return written ? written : code;
}

/* All that there can be; what is known differs. */
static int print_names(void)
{
	static const char *const types[] = { "gauge", "counter", "info" };
	const struct snapshot nothing = { 0 };
	struct list families = { 0 };

	metrics_collect(&nothing, &families);
	puts("metrics:");
	list_for_each(family, &families, struct metric_family)
		printf("  %s%s%s%s %s (%s)\n", family->name, family->label ? "{" : "",
		       family->label ? family->label : "", family->label ? "}" : "",
		       family->help, types[family->type]);
	metrics_clear(&families);
	return EXIT_FINE;
}

static int check_options(const struct metrics_run *run, int argc, char **argv)
{
	const struct number interval = run->own.interval;

	if (argc - optind > 1 || (optind < argc && strcmp(argv[optind], "help")))
		return usage_error(run->command, "'%s' is not an option; help lists the metrics",
				   argv[argc - 1]);
	if (interval.known && (!interval.value || interval.value > UINT32_MAX))
		return usage_error(run->command, "--interval: seconds from 1 to 4294967295");
	return EXIT_FINE;
}

static int cmd_metrics(const struct command *command, int argc, char **argv)
{
	struct metrics_run run = { .command = command };
	int code;

	if (parse_options(command, argc, argv, &run.common, &run.own, &code)) {
		code = check_options(&run, argc, argv);
		if (!code)
			code = optind < argc ? print_names() : show(&run);
	}
	snapshot_clear(&run.snapshot);
	return code;
}

const struct command metrics_command = {
	.name = "metrics",
	.summary = "print metrics for Prometheus and others",
	.operands = "[help]",
	.parameters = parameters,
	.document = &summary_document,
	.run = cmd_metrics,
	.epilogue =
		"What is not known has no metric. --json prints a summary: sums, and nothing about\n"
		"one process, file or user, so that anybody may read it.\n\n"
		"Exit status: 0 fine, 1 failed, 2 usage, 3 not supported here, 4 permission,\n"
		"5 partial: something could not be read, and the rest is printed.\n",
};
