// SPDX-License-Identifier: GPL-2.0-or-later
/* What check says: one line of text, perfdata, JSON. */
#include <string.h>

#include "check.h"
#include "size.h"
#include "xalloc.h"

#define THOUSANDTHS 1000
#define ITEM(member) offsetof(struct check_item, member)
#define REPORT(member) offsetof(struct check_report, member)
#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static const char *const state_words[] = {
	NULL, "ok", "warning", "critical", "unknown", NULL
};

static const struct field item_fields[] = {
	{ "name", NULL, FIELD_CONSTANT, ITEM(name), "what was checked" },
	{ "unit", NULL, FIELD_CONSTANT, ITEM(unit),
	  "its unit in perfdata: %, B, c for a counter, or none" },
	{ "value", NULL, FIELD_DECIMAL, ITEM(value), "its value" },
	{ "warning", NULL, FIELD_TEXT, ITEM(warning_text), "the range for a warning" },
	{ "critical", NULL, FIELD_TEXT, ITEM(critical_text), "the range for a critical state" },
	{ "state", NULL, FIELD_WORD, ITEM(state), "what that makes of it", state_words },
};

static const struct field_table item_table = {
	"check item", sizeof(struct check_item), item_fields, COUNT(item_fields)
};

static const struct field report_fields[] = {
	{ "source", NULL, FIELD_CONSTANT, REPORT(source), "where it is known from" },
	{ "time", NULL, FIELD_TIME, REPORT(time_ns), "when it was read" },
	{ "partial", NULL, FIELD_FLAG, REPORT(partial), "whether something could not be read" },
	{ "state", NULL, FIELD_WORD, REPORT(state), "the worst state of all", state_words },
	{ "text", NULL, FIELD_TEXT, REPORT(text), "the line that says it" },
	{ "metrics", NULL, FIELD_LIST, REPORT(items), "what was checked", NULL, &item_table },
};

const struct field_table check_report_table = {
	"check report", sizeof(struct check_report), report_fields, COUNT(report_fields)
};

const char *check_state_word(enum check_state state)
{
	static const char *const words[] = {
		"NONE", "OK", "WARNING", "CRITICAL", "UNKNOWN"
	};

	return words[state];
}

static char *value_text(const struct check_item *item, enum units units)
{
	if (!item->value.known)
		return xstrdup("not known");
	if (!strcmp(item->unit, "B"))
		return size_text(item->value.value / THOUSANDTHS, units);
	return decimal_text(item->value.value);
}

/* Which range spoke, as it was given. */
static void put_reason(FILE *stream, const struct check_item *item)
{
	if (item->state == CHECK_CRITICAL)
		fprintf(stream, " (critical: %s)", item->critical_text);
	if (item->state == CHECK_WARNING)
		fprintf(stream, " (warning: %s)", item->warning_text);
	if (item->first)
		fputs(" (the first check)", stream);
}

static void put_item(FILE *stream, const struct check_item *item, enum units units)
{
	char *value = value_text(item, units);

	fprintf(stream, "%s %s%s", item->name, value,
		item->value.known && !strcmp(item->unit, "%") ? "%" : "");
	put_reason(stream, item);
	free(value);
}

/* Those that are as bad as @state; where all is well, everything. */
char *check_text(const struct list *items, enum check_state state, enum units units)
{
	const char *before = "";
	size_t size;
	char *text;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		errx(EXIT_FAILED, "out of memory");
	list_for_each(item, items, struct check_item) {
		if (item->state != state)
			continue;
		fputs(before, stream);
		put_item(stream, item, units);
		before = ", ";
	}
	if (fclose(stream))
		errx(EXIT_FAILED, "out of memory");
	return text;
}

/* 'label'=value[UOM];[warn];[crit];[min];[max] */
static void put_perfdata(FILE *stream, const struct check_item *item)
{
	char *value = item->value.known ? decimal_text(item->value.value) : xstrdup("U");
	char *warning = range_text(&item->warning), *critical = range_text(&item->critical);

	fprintf(stream, " '%s'=%s%s;%s;%s;0;%s", item->name, value,
		item->value.known ? item->unit : "", warning, critical,
		strcmp(item->unit, "%") ? "" : "100");
	free(value);
	free(warning);
	free(critical);
}

/* A bar would begin perfdata. */
static void put_text(FILE *stream, const char *text)
{
	for (; *text; text++) {
		if (*text == '|')
			fputs("\\x7c", stream);
		else
			fputc(*text, stream);
	}
}

static void put_lines(FILE *stream, const struct check_report *report)
{
	list_for_each(item, &report->items, struct check_item) {
		char *value = item->value.known ? decimal_text(item->value.value) :
						  xstrdup("unknown");

		fprintf(stream, "%s: %s = %s%s: %s\n", check_state_word(item->state), item->name,
			value, item->value.known ? item->unit : "", item->metric->help);
		free(value);
	}
}

void check_print(const struct check_report *report, bool verbose, FILE *stream)
{
	fprintf(stream, "SECRETMEM %s: ", check_state_word(report->state));
	put_text(stream, report->text);
	if (report->items.count)
		fputs(" |", stream);
	list_for_each(item, &report->items, struct check_item)
		put_perfdata(stream, item);
	fputc('\n', stream);
	if (verbose)
		put_lines(stream, report);
}
