// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * secretmemctl check: one line and an exit status, by the conventions of
 * monitoring plugins: https://www.monitoring-plugins.org/doc/guidelines.html
 */
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "age.h"
#include "check.h"
#include "escape.h"
#include "json.h"
#include "xalloc.h"

#define THOUSANDTHS 1000.0
#define DEFAULT_TIMEOUT 8	/* seconds: agents give up after 10 */
#define DEFAULT_INTERVAL 60	/* seconds, of a file that does not tell */

/* What monitoring systems know of exit statuses: enum check_state less one. */
#define EXIT_UNKNOWN 3

struct check_options {
	struct list warnings;	/* of const char *: RANGE or METRIC=RANGE */
	struct list criticals;
	const char *state;
	struct number timeout;
	bool verbose;
	bool version;
};

#define OPTION(member) offsetof(struct check_options, member)

static const struct parameter parameters[] = {
	{ "warning", 'w', "RANGE", "warn outside this range; METRIC=RANGE where there are several",
	  PARAMETER_TEXTS, OPTION(warnings) },
	{ "critical", 'c', "RANGE", "the same for a critical state",
	  PARAMETER_TEXTS, OPTION(criticals) },
	{ "state", 's', "FILE", "keep there what metrics that compare two checks need",
	  PARAMETER_TEXT, OPTION(state) },
	{ "timeout", 't', "SECONDS", "give up after this time; 8 if not told",
	  PARAMETER_COUNT, OPTION(timeout) },
	{ "verbose", 'v', NULL, "a line for each metric as well",
	  PARAMETER_FLAG, OPTION(verbose) },
	{ "version", 'V', NULL, "show the version",
	  PARAMETER_FLAG, OPTION(version) },
	{ NULL }
};

static const struct document document = {
	"secretmem/check", "What secretmemctl check --json prints.", &check_report_table
};

/* What one run is about. */
struct check {
	const struct command *command;
	struct common_options common;
	struct check_options own;
	struct check_report report;
	struct snapshot snapshot;
	struct failure failure;
};

/* ---- what is asked ---- */

static struct check_item *find_item(const struct list *items, const struct check_metric *metric)
{
	list_for_each(item, items, struct check_item) {
		if (item->metric == metric)
			return item;
	}
	return NULL;
}

static struct check_item *add_item(struct list *items, const struct check_metric *metric)
{
	struct check_item *item = find_item(items, metric);

	if (item)
		return item;
	item = list_add(items, sizeof(*item));
	item->metric = metric;
	item->name = metric->name;
	item->unit = metric->unit;
	return item;
}

static int complain_metric(const struct check *check, const char *name, size_t length)
{
	return usage_error(check->command, "unknown metric '%.*s': see secretmemctl check help",
			   (int)length, name);
}

static int add_operands(struct check *check, int argc, char **argv)
{
	const struct check_metric *metric;
	int i;

	for (i = optind; i < argc; i++) {
		metric = check_metric_find(argv[i], strlen(argv[i]));
		if (!metric)
			return complain_metric(check, argv[i], strlen(argv[i]));
		add_item(&check->report.items, metric);
	}
	return EXIT_FINE;
}

/* "METRIC=RANGE", or a range alone where one metric was named. */
static int add_threshold(struct check *check, const char *text, bool critical)
{
	struct list *items = &check->report.items;
	const char *equals = strchr(text, '=');
	const struct check_metric *metric;
	struct check_item *item = items->items;
	struct range *range;

	if (equals) {
		metric = check_metric_find(text, (size_t)(equals - text));
		if (!metric)
			return complain_metric(check, text, (size_t)(equals - text));
		item = add_item(items, metric);
		text = equals + 1;
	} else if (items->count != 1) {
		return usage_error(check->command, "which metric is '%s' for? Name one, or write "
				   "METRIC=%s", text, text);
	}
	range = critical ? &item->critical : &item->warning;
	if (range->known)
		return usage_error(check->command, "two ranges for %s", item->name);
	if (range_parse(text, !strcmp(item->unit, "B"), range, &check->failure))
		return usage_error(check->command, "%s", check->failure.text);
	return EXIT_FINE;
}

/* Ranges without a name come first, while the operands are all there is. */
static int add_thresholds(struct check *check, const struct list *texts, bool critical,
			  bool named)
{
	int code = EXIT_FINE;

	list_for_each(text, texts, const char *) {
		if (!code && !!strchr(*text, '=') == named)
			code = add_threshold(check, *text, critical);
	}
	return code;
}

static int add_all_thresholds(struct check *check)
{
	const struct check_options *own = &check->own;
	int code;

	code = add_thresholds(check, &own->warnings, false, false);
	if (!code)
		code = add_thresholds(check, &own->criticals, true, false);
	if (!code)
		code = add_thresholds(check, &own->warnings, false, true);
	if (!code)
		code = add_thresholds(check, &own->criticals, true, true);
	return code;
}

static bool compares(const struct check_metric *metric)
{
	return metric->kind != CHECK_VALUE;
}

/* Without being asked for anything it shows all that it can. */
static void add_all_metrics(struct check *check)
{
	const struct check_metric *metric;

	for (metric = check_metrics; metric->name; metric++) {
		if (!compares(metric) || check->own.state)
			add_item(&check->report.items, metric);
	}
}

/* "check help" tells what METRIC may be. */
static bool asks_for_help(int argc, char **argv)
{
	return argc - optind == 1 && !strcmp(argv[optind], "help");
}

static void print_metrics(void)
{
	const struct check_metric *metric;

	puts("metrics:");
	for (metric = check_metrics; metric->name; metric++)
		printf("  %-27s %s%s%s%s\n", metric->name, metric->help,
		       *metric->unit ? " (" : "", metric->unit, *metric->unit ? ")" : "");
}

static int check_state_option(const struct check *check)
{
	list_for_each(item, &check->report.items, struct check_item) {
		if (compares(item->metric) && !check->own.state)
			return usage_error(check->command, "%s compares two checks: it needs "
					   "--state=FILE", item->name);
	}
	return EXIT_FINE;
}

static int parse(struct check *check, int argc, char **argv)
{
	const struct number timeout = check->own.timeout;
	int code;

	if (timeout.known && (!timeout.value || timeout.value > UINT32_MAX))
		return usage_error(check->command, "--timeout: seconds from 1 to 4294967295");
	code = add_operands(check, argc, argv);
	if (!code)
		code = add_all_thresholds(check);
	if (!code)
		code = check_state_option(check);
	return code;
}

/* ---- what there is ---- */

static void read_items(struct check *check)
{
	list_for_each(item, &check->report.items, struct check_item) {
		struct number value = item->metric->read(&check->snapshot);

		if (compares(item->metric))
			item->counter = value;
		else
			item->value = value;
	}
}

/* Of those that nobody asked for by name, what is not known is left out. */
static void drop_unknown(struct list *items)
{
	struct check_item *kept = items->items;

	list_for_each(item, items, struct check_item) {
		if (item->value.known || item->counter.known)
			*kept++ = *item;
	}
	items->count = (size_t)(kept - (struct check_item *)items->items);
}

/* Where nobody holds secret memory, there is nothing to be unknown. */
static bool is_idle(const struct snapshot *snapshot)
{
	return snapshot->totals.files.known && !snapshot->totals.files.value &&
	       snapshot->info.available != TRUTH_NO;
}

static enum check_state judge(const struct check_item *item, const struct snapshot *snapshot)
{
	double value = (double)item->value.value / THOUSANDTHS;

	if (!item->value.known)
		return item->first || is_idle(snapshot) ? CHECK_OK : CHECK_UNKNOWN;
	if (range_alerts(&item->critical, value))
		return CHECK_CRITICAL;
	return range_alerts(&item->warning, value) ? CHECK_WARNING : CHECK_OK;
}

/* How bad: unknown is worse than well, and no alarm. */
static int badness(enum check_state state)
{
	static const int order[] = {
		[CHECK_OK] = 1, [CHECK_UNKNOWN] = 2, [CHECK_WARNING] = 3, [CHECK_CRITICAL] = 4,
	};

	return order[state];
}

static void judge_items(struct check *check)
{
	struct check_report *report = &check->report;

	report->state = report->items.count ? CHECK_OK : CHECK_UNKNOWN;
	list_for_each(item, &report->items, struct check_item) {
		item->state = judge(item, &check->snapshot);
		item->warning_text = item->warning.known ? range_text(&item->warning) : NULL;
		item->critical_text = item->critical.known ? range_text(&item->critical) : NULL;
		if (badness(item->state) > badness(report->state))
			report->state = item->state;
	}
}

static void make_text(struct check *check)
{
	struct check_report *report = &check->report;
	char *items = check_text(&report->items, report->state, check->common.units);
	const char *missing = check->failure.text;

	if (!report->items.count)
		report->text = xasprintf("nothing is known here%s%s", *missing ? ": " : "",
					 missing);
	else
		report->text = xasprintf("%s%s%s%s", items, *missing ? " (" : "", missing,
					 *missing ? ")" : "");
	free(items);
}

static enum exit_code read_snapshot(struct check *check)
{
	const struct source_options options = source_options(&check->common);
	struct source *source;
	enum exit_code code;

	code = source_open(&options, &source, &check->failure);
	if (!code)
		code = source_read(source, PART_ALL, &check->snapshot, &check->failure);
	source_close(source);
	return code;
}

static enum exit_code use_state(struct check *check)
{
	struct failure failure;
	enum exit_code code;

	if (!check->own.state)
		return EXIT_FINE;
	code = check_state_use(check->own.state, check->snapshot.time_ns, &check->report.items,
			       &failure);
	if (code)
		check->failure = failure;
	return code;
}

static enum exit_code examine(struct check *check)
{
	bool asked = check->report.items.count;
	enum exit_code code = read_snapshot(check);

	if (code && code != EXIT_PARTIAL)
		return code;
	if (check->common.from)
		code = check_age(&check->snapshot, check->common.from, DEFAULT_INTERVAL,
				 &check->failure);
	if (code == EXIT_FAILED)
		return code;
	if (!asked)
		add_all_metrics(check);
	read_items(check);
	if (!asked)
		drop_unknown(&check->report.items);
	return use_state(check);
}

/* ---- what is said ---- */

/* What kept us from looking is what we have to say. */
static void fill_report(struct check *check, enum exit_code code)
{
	struct check_report *report = &check->report;

	report->source = check->snapshot.source;
	report->time_ns = check->snapshot.time_ns;
	report->partial = check->snapshot.partial;
	if (code) {
		report->items.count = 0;
		report->state = CHECK_UNKNOWN;
		report->text = xstrdup(check->failure.text);
	} else {
		judge_items(check);
		make_text(check);
	}
}

static void print(const struct check *check)
{
	if (check->common.json)
		json_print(stdout, document.schema, document.table, &check->report);
	else
		check_print(&check->report, check->own.verbose, stdout);
}

static char *timeout_line;

static void time_is_over(int signal)
{
	ssize_t written = write(STDOUT_FILENO, timeout_line, strlen(timeout_line));

	(void)signal;
	(void)written;
	_exit(EXIT_UNKNOWN);
}

static void start_timeout(struct number seconds)
{
	const struct sigaction action = { .sa_handler = time_is_over };

	if (!seconds.known)
		seconds = number(DEFAULT_TIMEOUT);
	timeout_line = xasprintf("SECRETMEM UNKNOWN: no answer after %" PRIu64 " seconds\n",
				 seconds.value);
	sigaction(SIGALRM, &action, NULL);
	alarm((unsigned int)seconds.value);
}

/* Of standard output that cannot be written, main() would say "warning". */
static int run(struct check *check)
{
	start_timeout(check->own.timeout);
	fill_report(check, examine(check));
	print(check);
	alarm(0);
	if (fflush(stdout))
		_exit(EXIT_UNKNOWN);
	return check->report.state - 1;
}

static void clear(struct check *check)
{
	list_for_each(item, &check->report.items, struct check_item) {
		free(item->warning_text);
		free(item->critical_text);
	}
	free(check->report.items.items);
	free(check->report.text);
	free(check->own.warnings.items);
	free(check->own.criticals.items);
	free(timeout_line);
	snapshot_clear(&check->snapshot);
}

/*
 * Monitoring systems show what is on standard output: mistakes go there too. And
 * nothing but an answer may have an exit status other than "unknown".
 */
static int cmd_check(const struct command *command, int argc, char **argv)
{
	struct check check = { .command = command };
	int code = EXIT_UNKNOWN, unused;

	dup2(STDOUT_FILENO, STDERR_FILENO);
	if (parse_options(command, argc, argv, &check.common, &check.own, &unused)) {
		if (check.own.version)
			printf("secretmemctl check %s\n", PACKAGE_VERSION);
		else if (asks_for_help(argc, argv))
			print_metrics();
		else if (!parse(&check, argc, argv))
			code = run(&check);
	}
	clear(&check);
	return code;
}

const struct command check_command = {
	.name = "check",
	.summary = "check against thresholds, as a monitoring plugin",
	.operands = "[METRIC…]",
	.parameters = parameters,
	.document = &document,
	.run = cmd_check,
	.epilogue =
		"secretmemctl check help lists the metrics.\n\n"
		"Exit status: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN, as monitoring systems take\n"
		"it: 3 also for --help, --version, mistakes, and where nothing can be known.\n",
};
