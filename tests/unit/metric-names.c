// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "metric-names.h"
#include "metrics.h"

static void put_labels(const struct field_table *table, FILE *stream)
{
	table_for_each(field, table) {
		if (field->metric == METRIC_LABEL)
			fprintf(stream, " %s", field->name);
	}
}

static void put_families(const struct list *families, FILE *stream)
{
	static const char *const types[] = { "gauge", "counter", "info" };

	list_for_each(family, families, struct metric_family)
		fprintf(stream, "%s %s %s %s\n", family->name, types[family->type],
			family->unit ? family->unit : "-", family->label ? family->label : "-");
}

/* Reasons are rows of the table, and values of a label. */
static void put_reasons(const struct field_table *table, FILE *stream)
{
	table_for_each(field, table) {
		if (field->metric == METRIC_REASONS) {
			table_for_each(reason, field->table)
				fprintf(stream, " %s", reason->name);
		} else if (field->type == FIELD_OBJECT) {
			put_reasons(field->table, stream);
		}
	}
}

char *metric_names(void)
{
	const struct snapshot nothing = { 0 };
	struct list families = { 0 };
	size_t size;
	char *text;
	FILE *stream = open_memstream(&text, &size);

	metrics_collect(&nothing, &families);
	put_families(&families, stream);
	metrics_clear(&families);
	fputs("labels:", stream);
	put_labels(&snapshot_table, stream);
	table_for_each(field, &snapshot_table) {
		if (field->type == FIELD_OBJECT)
			put_labels(field->table, stream);
	}
	fputs("\nreasons:", stream);
	put_reasons(&snapshot_table, stream);
	fputc('\n', stream);
	fclose(stream);
	return text;
}
