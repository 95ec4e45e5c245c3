// SPDX-License-Identifier: GPL-2.0-or-later
/* The document of secretmemctl reserve, and whether its values agree. */
#include "reserve.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define VALUE(member) offsetof(struct reserve_value, member)
#define EDIT(member) offsetof(struct reserve_edit, member)
#define LINE(member) offsetof(struct reserve_line, member)
#define PLAN(member) offsetof(struct reserve_plan, member)
#define REPORT(member) offsetof(struct reserve_report, member)

/* What the sizes may differ by: less than this is no reason to do anything. */
#define TOLERANCE 2		/* chunks */

static const char *const verdict_words[] = {
	NULL, "agrees", "differs", "reboot-pending", NULL
};

static const struct field value_fields[] = {
	{ "present", NULL, FIELD_TRUTH, VALUE(present), "whether it is there" },
	{ "text", NULL, FIELD_TEXT, VALUE(text), "as it stands there" },
	{ "size_bytes", NULL, FIELD_BYTES, VALUE(size_bytes),
	  "the pool that it makes; 0 where there is none" },
	{ "floor_bytes", NULL, FIELD_BYTES, VALUE(floor_bytes), "and how much of it is the floor" },
	{ "place", NULL, FIELD_TEXT, VALUE(place), "where it is known from" },
};

static const struct field_table value_table = {
	"value", sizeof(struct reserve_value), value_fields, COUNT(value_fields)
};

static const char *const action_words[] = { NULL, "set", "remove", NULL };
static const char *const outcome_words[] = {
	NULL, "unchanged", "planned", "done", "written", NULL
};

static const struct field line_fields[] = {
	{ "text", NULL, FIELD_TEXT, LINE(text), "one line" },
};

static const struct field_table line_table = {
	"line", sizeof(struct reserve_line), line_fields, COUNT(line_fields)
};

static const struct field edit_fields[] = {
	{ "path", NULL, FIELD_TEXT, EDIT(path), "the file, below the root" },
	{ "diff", NULL, FIELD_LIST, EDIT(diff), "what changes in it, as a unified diff", NULL,
	  &line_table },
};

static const struct field_table edit_table = {
	"edit", sizeof(struct reserve_edit), edit_fields, COUNT(edit_fields)
};

static const struct field plan_fields[] = {
	{ "action", NULL, FIELD_WORD, PLAN(action), "what is to be done with the parameter",
	  action_words },
	{ "outcome", NULL, FIELD_WORD, PLAN(outcome), "how far that is", outcome_words },
	{ "parameter", NULL, FIELD_TEXT, PLAN(parameter), "what is to be there" },
	{ "backend", NULL, FIELD_CONSTANT, PLAN(backend), "by what it is set" },
	{ "edits", NULL, FIELD_LIST, PLAN(edits), "files that change", NULL, &edit_table },
	{ "commands", NULL, FIELD_LIST, PLAN(commands), "commands that run after that", NULL,
	  &line_table },
	{ "warnings", NULL, FIELD_LIST, PLAN(warnings), "what to mind", NULL, &line_table },
};

static const struct field_table plan_table = {
	"plan", sizeof(struct reserve_plan), plan_fields, COUNT(plan_fields)
};

static const struct field report_fields[] = {
	{ "source", NULL, FIELD_CONSTANT, REPORT(source), "where the load is known from" },
	{ "time", NULL, FIELD_TIME, REPORT(time_ns), "when it was read" },
	{ "partial", NULL, FIELD_FLAG, REPORT(partial), "whether something could not be read" },
	{ "supported", NULL, FIELD_TRUTH, REPORT(supported),
	  "whether the running kernel takes secretmem=" },
	{ "running", NULL, FIELD_OBJECT, REPORT(running),
	  "secretmem= on the running kernel's command line", NULL, &value_table },
	{ "pool", NULL, FIELD_OBJECT, REPORT(pool), "the pool that the running kernel has", NULL,
	  &value_table },
	{ "next_boot", NULL, FIELD_OBJECT, REPORT(next_boot),
	  "secretmem= on the command line of the next boot", NULL, &value_table },
	{ "stale", NULL, FIELD_TRUTH, REPORT(stale),
	  "whether the next boot is not yet what is configured for it" },
	{ "wanted", NULL, FIELD_OBJECT, REPORT(wanted), "what was asked for", NULL,
	  &value_table },
	{ "verdict", NULL, FIELD_WORD, REPORT(verdict), "whether they agree", verdict_words },
	{ "plan", NULL, FIELD_OBJECT, REPORT(plan), "what is done about it", NULL, &plan_table },
	{ "advice", NULL, FIELD_OBJECT, REPORT(advice), "what secretmem= should be, and why",
	  NULL, &sizing_table },
	{ "what_if", NULL, FIELD_OBJECT, REPORT(what_if),
	  "what a pool of another size would do", NULL, &what_if_table },
};

const struct field_table reserve_report_table = {
	"reserve report", sizeof(struct reserve_report), report_fields, COUNT(report_fields)
};

static bool close_to(struct number a, struct number b, uint64_t tolerance)
{
	uint64_t apart = a.value > b.value ? a.value - b.value : b.value - a.value;

	/* Little is not nothing. */
	return !a.value == !b.value && apart <= tolerance;
}

static bool agree(const struct reserve_value *a, const struct reserve_value *b,
		  uint64_t chunk_bytes)
{
	return close_to(a->size_bytes, b->size_bytes, TOLERANCE * chunk_bytes) &&
	       close_to(a->floor_bytes, b->floor_bytes, TOLERANCE * chunk_bytes);
}

/* The pool's floor may be set while it runs; its size comes from the boot alone. */
static bool pool_agrees(const struct reserve_report *report, uint64_t chunk_bytes)
{
	return close_to(report->pool.size_bytes, report->running.size_bytes,
			TOLERANCE * chunk_bytes);
}

/* An image has nothing that runs: what is wanted and the next boot are all there is. */
enum verdict reserve_judge(const struct reserve_report *report, uint64_t chunk_bytes)
{
	const struct reserve_value *next = &report->next_boot, *running = &report->running;
	bool wanted = report->wanted.size_bytes.known;

	if (!next->size_bytes.known)
		return VERDICT_UNKNOWN;
	if (report->stale == TRUTH_YES || (wanted && !agree(next, &report->wanted, chunk_bytes)))
		return VERDICT_DIFFERS;
	if (!running->size_bytes.known)
		return wanted ? VERDICT_AGREES : VERDICT_UNKNOWN;
	if (!agree(next, running, chunk_bytes))
		return VERDICT_REBOOT_PENDING;
	/* Nobody could be asked for it. */
	if (!report->supported)
		return VERDICT_AGREES;
	if (!report->pool.size_bytes.known)
		return VERDICT_UNKNOWN;
	return pool_agrees(report, chunk_bytes) ? VERDICT_AGREES : VERDICT_DIFFERS;
}
