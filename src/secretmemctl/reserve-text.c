// SPDX-License-Identifier: GPL-2.0-or-later
/* What secretmemctl reserve found, in a few lines for people. */
#include <inttypes.h>
#include <string.h>

#include "escape.h"
#include "reserve.h"
#include "xalloc.h"

#define LABEL_WIDTH 13
#define MOST_REFUSALS 10

static void label(const struct page *page, const char *text)
{
	fprintf(page->stream, "%s%-*s%s", page->style.color ? "\033[1m" : "", LABEL_WIDTH, text,
		page->style.color ? "\033[0m" : "");
}

static void put_size(const struct page *page, struct number bytes)
{
	char *text = bytes.known ? size_text(bytes.value, page->style.units) : xstrdup("-");

	fputs(text, page->stream);
	free(text);
}

static void put_escaped(const struct page *page, const char *text)
{
	char *escaped = escape_text(text);

	fputs(escaped, page->stream);
	free(escaped);
}

static void put_place(const struct page *page, const struct reserve_value *value)
{
	if (value->place) {
		fputs(" (", page->stream);
		put_escaped(page, value->place);
		fputc(')', page->stream);
	}
	fputc('\n', page->stream);
}

static void print_parameter(const char *name, const struct reserve_value *value,
			    const struct page *page)
{
	label(page, name);
	if (value->text)
		put_escaped(page, value->text);
	else
		fputs(value->present == TRUTH_NO ? "no secretmem=" : "-", page->stream);
	put_place(page, value);
}

static void print_pool(const struct reserve_report *report, const struct page *page)
{
	const struct reserve_value *pool = &report->pool;

	label(page, "Pool");
	if (pool->present == TRUTH_YES) {
		put_size(page, pool->size_bytes);
		if (pool->floor_bytes.value) {
			fputs(", floor ", page->stream);
			put_size(page, pool->floor_bytes);
		}
		fputc('\n', page->stream);
	} else if (pool->present == TRUTH_NO) {
		fprintf(page->stream, "none%s\n", report->supported == TRUTH_NO ?
			": this kernel ignores secretmem=" :
			report->running.size_bytes.value ?
			": the kernel's log tells why (dmesg | grep secretmem)" : "");
	} else {
		fputs("-\n", page->stream);
	}
}

static void print_advice(const struct reserve_report *report, const struct page *page)
{
	const struct setting setting = {
		.size_bytes = report->advice.size_bytes,
		.floor_bytes = report->advice.floor_bytes,
	};
	char *text = setting.size_bytes.known ? setting_parameter(&setting) : xstrdup("-");

	label(page, "Advice");
	fprintf(page->stream, "%s\n", text);
	free(text);
}

static void print_values(const struct reserve_report *report, const struct page *page)
{
	print_parameter("Running", &report->running, page);
	print_pool(report, page);
	print_parameter("Next boot", &report->next_boot, page);
	if (report->wanted.size_bytes.known)
		print_parameter("Asked for", &report->wanted, page);
}

/* The widest cell of a column. */
static size_t column_width(const struct field *field, const struct list *items,
			   const struct style *style)
{
	size_t width = strlen(field->column);

	list_for_each(item, items, struct sizing_item) {
		char *text = field_text(field, item, style);

		if (strlen(text) > width)
			width = strlen(text);
		free(text);
	}
	return width;
}

static void put_cell(const struct field *field, const char *text, size_t width,
		     const struct page *page)
{
	if (field->type == FIELD_TEXT)
		fputs(text, page->stream);
	else
		fprintf(page->stream, "%*s ", (field_is_numeric(field) ? 1 : -1) * (int)width, text);
}

/* The last column may be long; it is never cut. */
static void print_items(const struct list *items, const struct page *page)
{
	table_for_each(field, &sizing_item_table) {
		if (field->column)
			put_cell(field, field->column, column_width(field, items, &page->style),
				 page);
	}
	fputc('\n', page->stream);
	list_for_each(item, items, struct sizing_item) {
		table_for_each(field, &sizing_item_table) {
			char *text;

			if (!field->column)
				continue;
			text = field_text(field, item, &page->style);
			put_cell(field, text, column_width(field, items, &page->style), page);
			free(text);
		}
		fputc('\n', page->stream);
	}
}

void reserve_print(const struct reserve_report *report, const struct page *page)
{
	print_values(report, page);
	print_advice(report, page);
	fputc('\n', page->stream);
	print_items(&report->advice.items, page);
}

/* Of an image they are to be run in there. */
static void print_plan_lines(const struct reserve_plan *plan, const struct page *page)
{
	list_for_each(edit, &plan->edits, struct reserve_edit) {
		list_for_each(line, &edit->diff, struct reserve_line)
			fprintf(page->stream, "%s\n", line->text);
	}
	list_for_each(command, &plan->commands, struct reserve_line)
		fprintf(page->stream, "+ %s\n", command->text);
	list_for_each(warning, &plan->warnings, struct reserve_line)
		fprintf(page->stream, "Note: %s.\n", warning->text);
}

static const char *outcome_text(const struct reserve_plan *plan)
{
	switch (plan->outcome) {
	case OUTCOME_UNCHANGED:
		return "Nothing to do: it is so already.";
	case OUTCOME_PLANNED:
		return plan->action == ACTION_SET ?
		       "Nothing was changed: --persist does this." : "Nothing was changed.";
	case OUTCOME_DONE:
		return "Done, and read back: it takes effect at the next boot.";
	case OUTCOME_WRITTEN:
		return "Written, and read back. The commands are still to be run in the image "
		       "(or by --run-helpers).";
	default:
		return "";
	}
}

void reserve_print_plan(const struct reserve_report *report, const struct page *page)
{
	print_values(report, page);
	label(page, "By");
	fprintf(page->stream, "%s\n\n", report->plan.backend);
	if (report->plan.outcome != OUTCOME_UNCHANGED)
		print_plan_lines(&report->plan, page);
	fprintf(page->stream, "%s\n", outcome_text(&report->plan));
}

void reserve_print_check(const struct reserve_report *report, const struct page *page)
{
	static const char *const verdicts[] = {
		[VERDICT_UNKNOWN] = "not known",
		[VERDICT_AGREES] = "all agree",
		[VERDICT_DIFFERS] = "they differ",
		[VERDICT_REBOOT_PENDING] = "the next boot will change it",
	};

	print_values(report, page);
	label(page, "Verdict");
	fprintf(page->stream, "%s\n", verdicts[report->verdict]);
}

static void print_count(const char *name, struct number count, const char *what,
			const struct page *page)
{
	label(page, name);
	fprintf(page->stream, "%" PRIu64 " %s\n", count.value, what);
}

static void print_refusals(const struct what_if *what_if, const struct page *page)
{
	size_t shown = 0;

	list_for_each(refusal, &what_if->refusals, struct refusal) {
		if (shown++ == MOST_REFUSALS)
			break;
		label(page, "");
		fprintf(page->stream, "file %" PRIu64 " asked for ", refusal->file.value);
		put_size(page, refusal->bytes);
		fprintf(page->stream, ": lacked %" PRIu64 " chunks, of which %" PRIu64
			" were left\n", refusal->chunks.value, refusal->free_chunks.value);
	}
	if (what_if->refusals.count > MOST_REFUSALS) {
		label(page, "");
		fprintf(page->stream, "and %zu more: see --json\n",
			what_if->refusals.count - MOST_REFUSALS);
	}
}

void reserve_print_what_if(const struct what_if *what_if, const struct page *page)
{
	label(page, "Pool");
	put_size(page, what_if->size_bytes);
	fputs(", floor ", page->stream);
	put_size(page, what_if->floor_bytes);
	fputc('\n', page->stream);
	print_count("Requests", what_if->requests, "recorded", page);
	print_count("Refused", what_if->refused, "by this pool", page);
	print_refusals(what_if, page);
	if (what_if->limited.value)
		print_count("Limited", what_if->limited,
			    "refused by other limits, whatever its size", page);
	label(page, "Peak");
	put_size(page, what_if->peak_bytes);
	fprintf(page->stream, " in %" PRIu64 " files at one time, ", what_if->files_peak.value);
	put_size(page, what_if->rounding_bytes);
	fputs(" of it for whole chunks only\n", page->stream);
	label(page, "Unused");
	put_size(page, what_if->unused_bytes);
	fputs(" was never needed\n", page->stream);
}
