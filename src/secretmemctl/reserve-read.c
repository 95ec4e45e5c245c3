// SPDX-License-Identifier: GPL-2.0-or-later
/* What secretmemctl reserve goes by: the load, the machine, the running kernel. */
#include "moment.h"
#include "reserve-run.h"
#include "xalloc.h"

/* An image of a system that does not run has no proc. */
static enum exit_code open_machine(struct run *run)
{
	enum exit_code code = procfs_open(run->common.root, &run->procfs, &run->failure);

	return code == EXIT_USAGE && run->common.root ? EXIT_FINE : code;
}

static enum exit_code read_snapshot(struct run *run, const struct source_options *options,
				    struct snapshot *snapshot)
{
	const unsigned int parts = PART_INFO | PART_POOL | PART_FILES | PART_DIRECT_MAP;
	struct source *source;
	enum exit_code code = source_open(options, &source, &run->failure);

	if (!code)
		code = source_read(source, parts, snapshot, &run->failure);
	source_close(source);
	return code;
}

static bool is_fatal(enum exit_code code)
{
	return code && code != EXIT_PARTIAL;
}

/* A recording tells of the load; the kernel that runs here is another matter. */
static enum exit_code read_here(struct run *run)
{
	struct source_options options = source_options(&run->common);

	if (!run->procfs)
		return EXIT_FINE;
	options.replay = options.at = options.from = NULL;
	return read_snapshot(run, &options, &run->here);
}

static enum exit_code read_load(struct run *run)
{
	struct source_options options = source_options(&run->common);

	if (run->common.replay || run->common.from)
		options.root = NULL;
	else if (!run->procfs)
		return EXIT_FINE;
	return read_snapshot(run, &options, &run->load);
}

static void read_machine(struct run *run)
{
	const struct pool *pool = run->load.pool.chunk_bytes.known ? &run->load.pool :
								     &run->here.pool;

	if (run->procfs)
		machine_read(run->procfs, pool, &run->machine);
	else
		machine_assume(pool, &run->machine);
}

static enum exit_code read_recording(struct run *run)
{
	struct what_if_pool pool = { .chunk_bytes = run->machine.chunk_bytes.value };
	enum exit_code code;

	if (!run->common.replay)
		return EXIT_FINE;
	code = recorded_read(run->common.replay, pool.chunk_bytes, &run->recorded,
			     &run->failure);
	if (code)
		return code;
	if (run->recorded.warning)
		complain("%s", run->recorded.warning);
	pool.chunk_bytes = run->recorded.chunk_bytes.value;
	pool.chunks = what_if_smallest(&run->recorded.requests, pool.chunk_bytes, 0);
	what_if_run(&run->recorded.requests, &pool, &run->smallest);
	return EXIT_FINE;
}

enum exit_code run_read(struct run *run)
{
	enum exit_code code = open_machine(run), load;

	if (!code && (run->common.replay || run->common.from))
		code = read_here(run);
	/* What of this machine's load could not be seen does not matter then. */
	if (is_fatal(code))
		return code;
	load = read_load(run);
	if (is_fatal(load))
		return load;
	read_machine(run);
	code = read_recording(run);
	return code ? code : load;
}

/* The one that tells of this machine. */
static const struct snapshot *here(const struct run *run)
{
	return run->common.replay || run->common.from ? &run->here : &run->load;
}

void value_fill(struct reserve_value *value, const struct setting *setting,
		uint64_t granule_bytes)
{
	struct setting rounded = *setting;

	value->present = setting->size_bytes.known ? TRUTH_YES : TRUTH_NO;
	if (!setting->size_bytes.known)
		rounded = (struct setting){ number(0), number(0) };
	if (!setting_round(&rounded, granule_bytes))
		rounded = (struct setting){ 0 };
	value->size_bytes = rounded.size_bytes;
	value->floor_bytes = rounded.floor_bytes;
}

static void fill_cmdline(struct run *run)
{
	struct reserve_value *value = &run->report.running;
	struct text text = { 0 };
	struct setting setting;
	struct cmdline_word word;

	if (procfs_read_text(run->procfs, run->procfs->proc, "cmdline", &text) == READING_FINE) {
		setting = setting_of_cmdline(text.bytes);
		value_fill(value, &setting, run->machine.granule_bytes.value);
		value->place = xstrdup("/proc/cmdline");
		if (cmdline_find(text.bytes, SETTING_KEY, &word))
			value->text = xasprintf(SETTING_KEY "=%.*s", (int)word.value_length,
						word.value ? word.value : "");
	}
	text_clear(&text);
}

/* Only the kernel itself knows: of files that look like one nobody can tell. */
static void fill_supported(struct run *run)
{
	if (run->procfs->live && run->common.source != SOURCE_PROCFS)
		run->report.supported = here(run)->info.family_version.known ? TRUTH_YES :
									       TRUTH_NO;
}

/* A kernel without the family has no pool, and takes no notice of the parameter. */
static void fill_pool(struct run *run)
{
	const struct pool *pool = &here(run)->pool;
	struct reserve_value *value = &run->report.pool;

	if (here(run)->info.mode == MODE_POOLED) {
		value->present = TRUTH_YES;
		value->size_bytes = pool->capacity_bytes;
		value->floor_bytes = pool->floor_bytes;
	} else if (run->report.supported) {
		value->present = TRUTH_NO;
		value->size_bytes = value->floor_bytes = number(0);
	}
}

void run_fill_running(struct run *run)
{
	run->report.source = run->load.source;
	run->report.time_ns = clock_ns(CLOCK_REALTIME);
	run->report.partial = run->load.partial;
	if (!run->procfs)
		return;
	fill_cmdline(run);
	fill_supported(run);
	fill_pool(run);
}

void run_fill_advice(struct run *run)
{
	const struct sizing_facts facts = {
		.snapshot = &run->load,
		.machine = &run->machine,
		.plan = &run->plan,
		.recording = run->common.replay ? &run->smallest : NULL,
		.headroom_percent = run->own.headroom,
		.keep_floor_bytes = run->report.next_boot.floor_bytes,
	};

	sizing_fill(&facts, &run->report.advice);
}

void run_fill_wanted(struct run *run)
{
	const struct sizing *advice = &run->report.advice;
	struct reserve_value *value = &run->report.wanted;
	struct setting wanted = run->asked;

	if (!run->operand)
		return;
	if (run->automatic)
		wanted = (struct setting){ advice->size_bytes, advice->floor_bytes };
	if (!wanted.size_bytes.known || !setting_round(&wanted, run->machine.granule_bytes.value))
		return;
	value_fill(value, &wanted, run->machine.granule_bytes.value);
	value->text = setting_parameter(&wanted);
}

/* What would the recorded requests do in a pool of that size? */
enum exit_code run_fill_what_if(struct run *run)
{
	uint64_t chunk = run->recorded.chunk_bytes.value;
	struct what_if_pool pool;

	if (!run->own.plan_size)
		return EXIT_FINE;
	if (!setting_round(&run->tried, chunk))
		return fail(&run->failure, EXIT_USAGE, "--plan-size: '%s' is too large for any "
			    "machine", run->own.plan_size);
	pool = (struct what_if_pool){
		.chunk_bytes = chunk,
		.chunks = run->tried.size_bytes.value / chunk,
		.floor = run->tried.floor_bytes.value / chunk,
	};
	what_if_run(&run->recorded.requests, &pool, &run->report.what_if);
	return EXIT_FINE;
}
