// SPDX-License-Identifier: GPL-2.0-or-later
/* secrettop: options, and which way to show it. */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "moment.h"
#include "privileges.h"
#include "run.h"
#include "xalloc.h"

#define SHORTEST_DELAY 0.1
#define LONGEST_DELAY 3600
#define MS_PER_SECOND 1000
#define SPEED_AS_IT_WAS 16
#define NS_PER_SECOND UINT64_C(1000000000)
#define SCAN_SECONDS 8		/* a new holder is shown within ten */

struct own_options {
	bool batch;
	struct number count;
	const char *delay;
	const char *view;
	const char *filter;
	const char *sort;
	bool tree;
	bool ascii;
	bool keys;
	bool version;
};

#define OPTION(member) offsetof(struct own_options, member)

static const struct parameter parameters[] = {
	{ "delay", 'd', "SECONDS", "look again after so long: 0.1 to 3600, else 1",
	  PARAMETER_TEXT, OPTION(delay) },
	{ "batch", 'b', NULL, "print the pictures one after the other",
	  PARAMETER_FLAG, OPTION(batch) },
	{ "count", 'n', "NUMBER", "with --batch or --json: end after so many",
	  PARAMETER_COUNT, OPTION(count) },
	{ "view", 'v', "VIEW", "begin with files, chunks, directmap, owners, cgroups or events",
	  PARAMETER_TEXT, OPTION(view) },
	{ "filter", 'f', "FILTER", "begin with rows that have this text, or with COLUMN=VALUE",
	  PARAMETER_TEXT, OPTION(filter) },
	{ "sort", 's', "COLUMN", "sort by it; -COLUMN descends",
	  PARAMETER_TEXT, OPTION(sort) },
	{ "tree", 't', NULL, "show what is inside rows",
	  PARAMETER_FLAG, OPTION(tree) },
	{ "ascii", 'a', NULL, "draw with ASCII only",
	  PARAMETER_FLAG, OPTION(ascii) },
	{ "keys", 0, NULL, "list the keys and what they do",
	  PARAMETER_FLAG, OPTION(keys) },
	{ "version", 'V', NULL, "show the version",
	  PARAMETER_FLAG, OPTION(version) },
	{ NULL }
};

static const struct command top_command = {
	.name = "",
	.summary = "watch the secret memory of this machine",
	.parameters = parameters,
	.document = &record_document,
	.epilogue =
		"It looks and never touches. Keys: F1 shows them.\n\n"
		"Exit status: 0 fine, 1 failed, 2 usage, 3 not supported here, 4 permission,\n"
		"5 partial: something could not be read at the last look of --batch.\n",
};

/* ---- looks ---- */

/* What the program itself costs, as it says of others what they hold. */
static void measure_self(struct run *run)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC), cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	FILE *stream = fopen("/proc/self/statm", "re");
	struct self_cost *self = &run->state.self;
	unsigned long pages = 0;

	if (stream) {
		if (fscanf(stream, "%*u %lu", &pages) != 1)
			pages = 0;
		fclose(stream);
	}
	self->known = run->looked_ns && now > run->looked_ns && pages;
	if (self->known)
		self->cpu_permille = (cpu - run->cpu_ns) * 1000 / (now - run->looked_ns);
	self->memory_bytes = (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
	run->cpu_ns = cpu;
	run->looked_ns = now;
}

/* What stays on the screen when a look failed is not what is now. */
static void tell_failure(struct run *run, enum exit_code code)
{
	struct state *state = &run->state;
	const struct snapshot *last = history_snapshot(run->history, 0);
	char *time;

	if (!code || code == EXIT_PARTIAL || !last) {
		snprintf(state->notice, sizeof(state->notice), "%s", run->failure.text);
		return;
	}
	time = time_text(last->time_ns);
	snprintf(state->notice, sizeof(state->notice), "%.400s; this is from %s",
		 run->failure.text, time);
	free(time);
}

/* What nobody sees need not be asked for. */
static unsigned int wanted_parts(const struct run *run)
{
	if (run->common.json || state_place(&run->state)->tab == TAB_DIRECT_MAP)
		return PART_ALL;
	return PART_ALL & ~PART_REGIONS;
}

enum exit_code run_look(struct run *run)
{
	struct state *state = &run->state;
	enum exit_code code = feed_look(run->feed, wanted_parts(run), run->history,
					&run->failure);

	tell_failure(run, code);
	feed_tell(run->feed, &state->playing);
	if (!state->playing.replay)
		measure_self(run);
	return code;
}

/* ---- options ---- */

static bool parse_delay(const char *text, uint64_t *delay_ms)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text || *end || !(seconds >= SHORTEST_DELAY) || seconds > LONGEST_DELAY)
		return false;
	*delay_ms = (uint64_t)lround(seconds * MS_PER_SECOND);
	return true;
}

static bool find_tab(const char *name, enum tab *tab)
{
	for (*tab = 0; *tab < TAB_COUNT; (*tab)++) {
		if (!strcasecmp(name, tab_kinds[*tab].name))
			return true;
	}
	return false;
}

static int apply_view(struct state *state, const struct own_options *own)
{
	enum tab tab = TAB_FILES;

	if (own->view && !find_tab(own->view, &tab))
		return usage_error(&top_command, "there is no view '%s': there are files, chunks, "
				   "directmap, owners, cgroups, events", own->view);
	state_choose_tab(state, tab);
	if (own->tree)
		state->settings.tree[tab] = true;
	if (own->sort) {
		free(state->settings.sort[tab]);
		state->settings.sort[tab] = xstrdup(own->sort);
	}
	if (own->filter)
		state->filter[tab] = xstrdup(own->filter);
	*state->message = '\0';
	table_reopen(state, tab);
	return *state->message ? usage_error(&top_command, "%s", state->message) : EXIT_FINE;
}

static int apply_options(struct run *run, const struct own_options *own)
{
	struct state *state = &run->state;
	struct failure failure = { 0 };
	enum tab tab;
	int code;

	settings_load(&state->settings, &failure);
	for (tab = 0; tab < TAB_COUNT; tab++)
		table_reopen(state, tab);
	if (own->delay && !parse_delay(own->delay, &state->settings.delay_ms))
		return usage_error(&top_command, "--delay: '%s' is not 0.1 to 3600 seconds",
				   own->delay);
	if (run->common.units)
		state->settings.units = run->common.units;
	state->ascii = own->ascii;
	state->style.user_names = !run->common.root && !run->common.replay;
	run->count = own->count;
	run->color = want_color(&run->common);
	code = apply_view(state, own);
	/* What is wrong with the setup is no reason not to start. */
	if (!code && *failure.text)
		state_say(state, true, "%s", failure.text);
	return code;
}

static const char *host_name(const struct run *run)
{
	static struct utsname name;

	if (run->common.replay || run->common.root || uname(&name))
		return "";
	return name.nodename;
}

/* What was opened with them needs no more privileges than looking does. */
static int open_feed(struct run *run)
{
	struct source_options options = source_options(&run->common);
	enum exit_code code;

	options.watch_ns = SCAN_SECONDS * NS_PER_SECOND;
	code = feed_open(&options, &run->feed, &run->failure);
	if (!code)
		code = privileges_drop(&run->failure);
	if (code)
		complain("%s", run->failure.text);
	return code;
}

static int start(struct run *run, const struct own_options *own)
{
	int code = apply_options(run, own);

	run->state.host = host_name(run);
	run->state.playing.speed_log2 = SPEED_AS_IT_WAS;
	/* One moment was asked for. */
	run->state.paused = run->common.at;
	if (!code)
		code = open_feed(run);
	if (code)
		return code;
	return own->batch || run->common.json ? run_batch(run) : run_screen(run);
}

static int run_top(int argc, char **argv, bool ascii)
{
	struct run run = { .history = history_new() };
	struct own_options own = { .ascii = ascii };
	int code;

	state_init(&run.state);
	if (parse_options(&top_command, argc, argv, &run.common, &own, &code)) {
		if (own.keys)
			keys_print(stdout);
		else if (own.version)
			printf("secrettop %s\n", PACKAGE_VERSION);
		else if (optind < argc)
			code = usage_error(&top_command, "unknown argument '%s'", argv[optind]);
		else
			code = start(&run, &own);
	}
	feed_close(run.feed);
	state_free(&run.state);
	history_free(run.history);
	return code;
}

/* A full disk shows only when the last of the output is written. */
static int close_stdout(int exit_code)
{
	bool failed = ferror(stdout);

	errno = 0;
	if (!fclose(stdout) && !failed)
		return exit_code;
	complain("cannot write the output%s%s", errno ? ": " : "", errno ? strerror(errno) : "");
	return EXIT_FAILED;
}

/* Whether the user's locale has ASCII only; text is UTF-8 inside, whatever it has. */
static bool set_locale(void)
{
	bool ascii = !setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8");

	if (ascii)
		setlocale(LC_CTYPE, "C.UTF-8");
	return ascii;
}

int main(int argc, char **argv)
{
	return close_stdout(run_top(argc, argv, set_locale()));
}
