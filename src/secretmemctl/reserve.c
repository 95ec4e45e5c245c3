// SPDX-License-Identifier: GPL-2.0-or-later
/* secretmemctl reserve: how much should secretmem= be, and make it so. */
#include <ctype.h>
#include <getopt.h>

#include "json.h"
#include "reserve-run.h"
#include "xalloc.h"

#define OPTION(member) offsetof(struct reserve_options, member)

static const struct parameter parameters[] = {
	{ "persist", 'p', NULL, "set it for the next boot, and read it back",
	  PARAMETER_FLAG, OPTION(persist) },
	{ "remove", 0, NULL, "take off what --persist has set",
	  PARAMETER_FLAG, OPTION(remove) },
	{ "check", 'c', NULL, "do running kernel, next boot and SIZE agree?",
	  PARAMETER_FLAG, OPTION(check) },
	{ "plan", 0, "WORKLOAD", "size for files like 20x64M,500x4K; +… adds them",
	  PARAMETER_TEXT, OPTION(plan) },
	{ "plan-size", 0, "SIZE", "what would be refused, with --replay, in that pool?",
	  PARAMETER_TEXT, OPTION(plan_size) },
	{ "headroom", 0, "PERCENT", "add this much to what is needed (25)",
	  PARAMETER_COUNT, OPTION(headroom) },
	{ "backend", 0, "BACKEND", "set it by grub, grubby, kernel-install, uki, rpm-ostree",
	  PARAMETER_TEXT, OPTION(backend) },
	{ "force", 0, NULL, "set it although this kernel ignores it",
	  PARAMETER_FLAG, OPTION(force) },
	{ "run-helpers", 0, NULL, "with --root: run the image's own programs, in it",
	  PARAMETER_FLAG, OPTION(run_helpers) },
	{ NULL }
};

static const struct document document = {
	"secretmem/reserve", "What secretmemctl reserve --json prints.", &reserve_report_table
};

static int parse_setting(const struct run *run, const char *text, struct setting *setting)
{
	if (!setting_parse(text, setting))
		return usage_error(run->command, "'%s' is not a size like 512M or "
				   "512M,floor=64M", text);
	if (setting->floor_bytes.value > setting->size_bytes.value)
		return usage_error(run->command, "'%s': the floor cannot be larger than the pool",
				   text);
	return EXIT_FINE;
}

static int parse_operand(struct run *run, int argc, char **argv)
{
	int code;

	if (optind == argc)
		return EXIT_FINE;
	if (optind + 1 < argc)
		return usage_error(run->command, "one SIZE, not '%s' as well", argv[optind + 1]);
	run->operand = argv[optind];
	run->automatic = !strcmp(run->operand, "auto");
	if (run->automatic)
		return EXIT_FINE;
	code = parse_setting(run, run->operand, &run->asked);
	if (!code && !run->asked.size_bytes.value)
		code = usage_error(run->command, "a pool of 0 is none: --remove takes the "
				   "parameter off");
	return code;
}

/* Of those that do something, one at a time. */
static int check_actions(const struct run *run)
{
	const struct reserve_options *own = &run->own;

	if (own->persist + own->remove + own->check > 1)
		return usage_error(run->command, "--persist, --remove or --check, one at a time");
	if (own->persist && !run->operand)
		return usage_error(run->command, "--persist needs a SIZE, or auto");
	if (own->remove && run->operand)
		return usage_error(run->command, "--remove takes no SIZE");
	if (own->run_helpers && !run->common.root)
		return usage_error(run->command, "--run-helpers is for --root=DIR: on this machine "
				   "they run anyway");
	return EXIT_FINE;
}

static int check_plan_size(struct run *run)
{
	if (!run->own.plan_size)
		return EXIT_FINE;
	if (!run->common.replay)
		return usage_error(run->command, "--plan-size is for --replay=FILE");
	if (run->operand || run->own.remove || run->own.check)
		return usage_error(run->command, "--plan-size only tells: no SIZE, --remove or "
				   "--check");
	return parse_setting(run, run->own.plan_size, &run->tried);
}

static int check_options(struct run *run, int argc, char **argv)
{
	int code = parse_operand(run, argc, argv);

	if (!code)
		code = check_actions(run);
	if (!code)
		code = check_plan_size(run);
	if (!code && run->own.plan) {
		code = workload_parse(run->own.plan, &run->plan, &run->failure);
		if (code)
			usage_error(run->command, "%s", run->failure.text);
	}
	return code;
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

static enum exit_code fill_report(struct run *run)
{
	enum exit_code code = run_read_boot(run);

	if (code)
		return code;
	run_fill_running(run);
	run_fill_advice(run);
	run_fill_wanted(run);
	code = check_wanted(run);
	if (!code)
		code = run_fill_what_if(run);
	if (!code)
		code = run_change_boot(run);
	run->report.verdict = reserve_judge(&run->report, run->machine.chunk_bytes.value);
	return code;
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

	if (run->common.json)
		json_print(stdout, document.schema, document.table, &run->report);
	else if (run->own.check)
		reserve_print_check(&run->report, &page);
	else if (run->own.plan_size)
		reserve_print_what_if(&run->report.what_if, &page);
	else if (run->report.plan.action)
		reserve_print_plan(&run->report, &page);
	else
		reserve_print(&run->report, &page);
}

/* What the answer means for a script; @code is of reading the load. */
static int verdict(const struct run *run, enum exit_code code)
{
	static const int codes[] = {
		[VERDICT_UNKNOWN] = EXIT_PARTIAL,
		[VERDICT_AGREES] = EXIT_FINE,
		[VERDICT_DIFFERS] = EXIT_DIFFERS,
		[VERDICT_REBOOT_PENDING] = EXIT_REBOOT_PENDING,
	};

	if (run->own.check)
		return codes[run->report.verdict];
	if (run->own.plan_size)
		return run->report.what_if.refused.value ? EXIT_FAILED : EXIT_FINE;
	/* What is done is done, however much of the load was seen. */
	return run->own.persist || run->own.remove ? EXIT_FINE : (int)code;
}

static int act(struct run *run)
{
	enum exit_code code = run_read(run), wrong;
	struct failure partial = run->failure;

	if (code && code != EXIT_PARTIAL) {
		complain("%s", run->failure.text);
		return code;
	}
	wrong = fill_report(run);
	if (wrong) {
		complain("%s", run->failure.text);
		return wrong;
	}
	print(run);
	fflush(stdout);
	if (code && !run->own.check && !run->own.remove)
		complain("%s", partial.text);
	return verdict(run, code);
}

static void value_clear(struct reserve_value *value)
{
	free(value->text);
	free(value->place);
}

static void lines_clear(struct list *lines)
{
	list_for_each(line, lines, struct reserve_line)
		free(line->text);
	free(lines->items);
}

static void plan_clear(struct reserve_plan *plan)
{
	list_for_each(edit, &plan->edits, struct reserve_edit) {
		free(edit->path);
		lines_clear(&edit->diff);
	}
	free(plan->edits.items);
	lines_clear(&plan->commands);
	lines_clear(&plan->warnings);
	free(plan->parameter);
}

static void report_clear(struct reserve_report *report)
{
	value_clear(&report->running);
	value_clear(&report->pool);
	value_clear(&report->next_boot);
	value_clear(&report->wanted);
	plan_clear(&report->plan);
	sizing_clear(&report->advice);
	what_if_clear(&report->what_if);
}

static void run_clear(struct run *run)
{
	report_clear(&run->report);
	boot_plan_clear(&run->boot_plan);
	boot_state_clear(&run->state);
	boot_close(&run->boot);
	what_if_clear(&run->smallest);
	recorded_clear(&run->recorded);
	workload_clear(&run->plan);
	snapshot_clear(&run->here);
	snapshot_clear(&run->load);
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
			code = act(&run);
	}
	run_clear(&run);
	return code;
}

const struct command reserve_command = {
	.name = "reserve",
	.summary = "tell what secretmem= should be, and set it for the next boot",
	.operands = "[SIZE|auto]",
	.parameters = parameters,
	.document = &document,
	.image = true,
	.run = cmd_reserve,
	.epilogue =
		"A SIZE is like 512M or 512M,floor=64M, and rounded up to whole chunks; auto is\n"
		"what is advised. Without --persist or --remove nothing is changed: with SIZE it\n"
		"shows what would be.\n\n"
		"Exit status: 0 fine, or all agree; 1 failed, or something would be refused;\n"
		"2 usage, or more than the machine can give; 3 not supported here; 4 permission;\n"
		"5 partial, or not known; 6 they differ; 7 they will agree after the next boot.\n",
};
