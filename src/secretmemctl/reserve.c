// SPDX-License-Identifier: GPL-2.0-or-later
/* secretmemctl reserve: how much should secretmem= be, and make it so. */
#include <ctype.h>
#include <getopt.h>
#include <time.h>

#include "command.h"
#include "json.h"
#include "procfs.h"
#include "reserve.h"
#include "xalloc.h"

#define NS_PER_SECOND UINT64_C(1000000000)
#define OPTION(member) offsetof(struct reserve_options, member)

struct reserve_options {
	bool check;
	const char *plan;
	struct number headroom;
};

static const struct parameter parameters[] = {
	{ "check", 'c', NULL, "do running kernel, next boot and SIZE agree?",
	  PARAMETER_FLAG, OPTION(check) },
	{ "plan", 0, "WORKLOAD", "size for files like 20x64M,500x4K; +… adds them",
	  PARAMETER_TEXT, OPTION(plan) },
	{ "headroom", 0, "PERCENT", "add this much to what is needed (25)",
	  PARAMETER_COUNT, OPTION(headroom) },
	{ NULL }
};

/* What one run is about. */
struct run {
	const struct command *command;
	struct common_options common;
	struct reserve_options own;
	const char *operand;	/* SIZE or "auto"; NULL: none */
	bool automatic;
	struct setting asked;
	struct workload plan;
	struct procfs_reader *procfs;	/* NULL: an image, in which nothing runs */
	struct snapshot snapshot;
	struct machine machine;
	struct reserve_report report;
	struct failure failure;
};

static bool is_zero(struct number size)
{
	return size.known && !size.value;
}

static int parse_operand(struct run *run, int argc, char **argv)
{
	if (optind == argc)
		return EXIT_FINE;
	if (optind + 1 < argc)
		return usage_error(run->command, "one SIZE, not '%s' as well", argv[optind + 1]);
	run->operand = argv[optind];
	run->automatic = !strcmp(run->operand, "auto");
	if (run->automatic)
		return EXIT_FINE;
	if (!setting_parse(run->operand, &run->asked))
		return usage_error(run->command, "'%s' is not a size like 512M or "
				   "512M,floor=64M, nor auto", run->operand);
	if (is_zero(run->asked.size_bytes))
		return usage_error(run->command, "a pool of 0 is none: --remove takes the "
				   "parameter off");
	if (run->asked.floor_bytes.value > run->asked.size_bytes.value)
		return usage_error(run->command, "the floor cannot be larger than the pool");
	return EXIT_FINE;
}

static int check_options(struct run *run, int argc, char **argv)
{
	int code = parse_operand(run, argc, argv);

	if (!code && run->own.plan) {
		code = workload_parse(run->own.plan, &run->plan, &run->failure);
		if (code)
			usage_error(run->command, "%s", run->failure.text);
	}
	return code;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

/* An image of a system that does not run has no proc. */
static enum exit_code open_machine(struct run *run)
{
	enum exit_code code = procfs_open(run->common.root, &run->procfs, &run->failure);

	return code == EXIT_USAGE && run->common.root ? EXIT_FINE : code;
}

static enum exit_code read_load(struct run *run)
{
	const struct source_options options = source_options(&run->common);
	const unsigned int parts = PART_INFO | PART_POOL | PART_FILES | PART_DIRECT_MAP;
	struct source *source;
	enum exit_code code = source_open(&options, &source, &run->failure);

	if (!code)
		code = source_read(source, parts, &run->snapshot, &run->failure);
	source_close(source);
	return code;
}

static enum exit_code read_machine(struct run *run)
{
	enum exit_code code = open_machine(run);

	if (code)
		return code;
	if (!run->procfs) {
		machine_assume(&run->snapshot.pool, &run->machine);
		return EXIT_FINE;
	}
	code = read_load(run);
	if (!code || code == EXIT_PARTIAL)
		machine_read(run->procfs, &run->snapshot.pool, &run->machine);
	return code;
}

static void set_value(struct reserve_value *value, const struct setting *setting,
		      uint64_t granule_bytes)
{
	struct setting rounded = *setting;

	value->present = setting->size_bytes.known ? TRUTH_YES : TRUTH_NO;
	rounded.size_bytes.known = setting_round(&rounded, granule_bytes);
	value->size_bytes = rounded.size_bytes;
	value->floor_bytes = rounded.floor_bytes;
}

/* The words as they stand there, for what the kernel makes of them is another matter. */
static void set_value_of_cmdline(struct reserve_value *value, const char *cmdline,
				 uint64_t granule_bytes)
{
	struct setting setting = setting_of_cmdline(cmdline);
	struct cmdline_word word;

	set_value(value, &setting, granule_bytes);
	if (cmdline_find(cmdline, SETTING_KEY, &word))
		value->text = xasprintf(SETTING_KEY "=%.*s", (int)word.value_length,
					word.value ? word.value : "");
}

static void fill_running(struct run *run)
{
	struct reserve_value *value = &run->report.running;
	struct text text = { 0 };

	if (run->procfs && procfs_read_text(run->procfs, run->procfs->proc, "cmdline", &text) ==
	    READING_FINE) {
		set_value_of_cmdline(value, text.bytes, run->machine.granule_bytes.value);
		value->place = xstrdup("/proc/cmdline");
	}
	text_clear(&text);
}

/* A kernel without the family has no pool, and takes no notice of the parameter. */
static void fill_pool(struct run *run)
{
	const struct pool *pool = &run->snapshot.pool;
	const struct info *info = &run->snapshot.info;
	struct reserve_value *value = &run->report.pool;

	if (info->mode == MODE_POOLED) {
		value->present = TRUTH_YES;
		value->size_bytes = pool->capacity_bytes;
		value->floor_bytes = pool->floor_bytes;
	} else if (info->mode == MODE_STOCK || info->available == TRUTH_NO) {
		value->present = TRUTH_NO;
		value->size_bytes = value->floor_bytes = number(0);
	}
	if (run->procfs && run->procfs->live && run->common.source != SOURCE_PROCFS)
		run->report.supported = info->family_version.known ? TRUTH_YES : TRUTH_NO;
}

static void fill_wanted(struct run *run)
{
	const struct sizing *advice = &run->report.advice;
	struct reserve_value *value = &run->report.wanted;
	struct setting wanted = run->asked;

	if (!run->operand)
		return;
	if (run->automatic)
		wanted = (struct setting){ advice->size_bytes, advice->floor_bytes };
	if (!wanted.size_bytes.known)
		return;
	setting_round(&wanted, run->machine.granule_bytes.value);
	set_value(value, &wanted, run->machine.granule_bytes.value);
	value->text = setting_parameter(&wanted);
	value->place = xstrdup(run->automatic ? "auto" : run->operand);
}

static void fill_advice(struct run *run)
{
	const struct sizing_facts facts = {
		.snapshot = &run->snapshot,
		.machine = &run->machine,
		.plan = &run->plan,
		.headroom_percent = run->own.headroom,
		.keep_floor_bytes = run->report.next_boot.floor_bytes,
	};

	sizing_fill(&facts, &run->report.advice);
}

static void fill_report(struct run *run)
{
	struct reserve_report *report = &run->report;

	report->source = run->snapshot.source;
	report->time_ns = now_ns();
	report->partial = run->snapshot.partial;
	fill_running(run);
	fill_pool(run);
	fill_advice(run);
	fill_wanted(run);
	report->verdict = reserve_judge(report, run->machine.chunk_bytes.value);
}

/* What is over a bound is no pool at all: better not to ask for it. */
static enum exit_code check_wanted(struct run *run)
{
	struct number wanted = run->report.wanted.size_bytes;
	struct number most = run->report.advice.most_bytes;
	char *text;

	if (run->automatic && !wanted.known)
		return fail(&run->failure, EXIT_FAILED, "nothing to size by: %s",
			    sizing_find(&run->report.advice, "nothing-known")->text);
	if (run->operand && !wanted.known)
		return fail(&run->failure, EXIT_USAGE, "'%s' is too large for any machine",
			    run->operand);
	if (!wanted.known || !most.known || wanted.value <= most.value)
		return EXIT_FINE;
	text = size_text(most.value, UNITS_IEC);
	fail(&run->failure, EXIT_USAGE, "%s is more than this machine can give: the kernel would "
	     "make no pool; at most %s", run->report.wanted.text, text);
	free(text);
	return EXIT_USAGE;
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
		json_print(stdout, "secretmem/reserve", &reserve_report_table, &run->report);
	} else if (run->own.check) {
		reserve_print_check(&run->report, &page);
	} else {
		reserve_print(&run->report, &page);
	}
}

/* What the answer means for a script. */
static int verdict(const struct run *run, enum exit_code code)
{
	static const int codes[] = {
		[VERDICT_UNKNOWN] = EXIT_PARTIAL,
		[VERDICT_AGREES] = EXIT_FINE,
		[VERDICT_DIFFERS] = EXIT_DIFFERS,
		[VERDICT_REBOOT_PENDING] = EXIT_REBOOT_PENDING,
	};

	return run->own.check ? codes[run->report.verdict] : (int)code;
}

static int show(struct run *run)
{
	enum exit_code code = read_machine(run), wrong;
	int status = code;

	if (!code || code == EXIT_PARTIAL) {
		fill_report(run);
		wrong = check_wanted(run);
		if (wrong) {
			complain("%s", run->failure.text);
			return wrong;
		}
		print(run);
		status = verdict(run, code);
	}
	fflush(stdout);
	if (code)
		complain("%s", run->failure.text);
	return status;
}

static void value_clear(struct reserve_value *value)
{
	free(value->text);
	free(value->place);
}

static void run_clear(struct run *run)
{
	value_clear(&run->report.running);
	value_clear(&run->report.pool);
	value_clear(&run->report.next_boot);
	value_clear(&run->report.wanted);
	sizing_clear(&run->report.advice);
	what_if_clear(&run->report.what_if);
	workload_clear(&run->plan);
	snapshot_clear(&run->snapshot);
	procfs_close(run->procfs);
}

/* "-5M" is no option: nobody would understand that it is an unknown one. */
static const char *find_negative(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--"); i++) {
		if (argv[i][0] == '-' && isdigit((unsigned char)argv[i][1]))
			return argv[i];
	}
	return NULL;
}

static int cmd_reserve(const struct command *command, int argc, char **argv)
{
	const char *negative = find_negative(argc, argv);
	struct run run = { .command = command };
	int code;

	if (negative)
		return usage_error(command, "'%s' is not a size like 512M", negative);
	if (parse_options(command, argc, argv, &run.common, &run.own, &code)) {
		code = check_options(&run, argc, argv);
		if (!code)
			code = show(&run);
	}
	run_clear(&run);
	return code;
}

const struct command reserve_command = {
	.name = "reserve",
	.summary = "tell what secretmem= should be, and set it for the next boot",
	.operands = "[SIZE|auto]",
	.parameters = parameters,
	.run = cmd_reserve,
	.epilogue =
		"A SIZE is like 512M or 512M,floor=64M, and rounded up to whole chunks; auto is\n"
		"what is advised.\n\n"
		"Exit status: 0 fine, or all agree; 1 failed; 2 usage, or more than the machine\n"
		"can give; 3 not supported here; 4 permission; 5 partial, or not known; 6 they\n"
		"differ; 7 they will agree after the next boot.\n",
};
