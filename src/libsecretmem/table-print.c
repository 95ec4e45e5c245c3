// SPDX-License-Identifier: GPL-2.0-or-later
#include <libsmartcols.h>

#include "table-internal.h"
#include "xalloc.h"

#define WARNING_PERCENT 75
#define CRITICAL_PERCENT 90

static void check(int result)
{
	if (result < 0)
		errx(EXIT_FAILED, "cannot print a table: %s", strerror(-result));
}

static int column_flags(const struct field *field)
{
	if (field_is_numeric(field) && field->type != FIELD_USER)
		return SCOLS_FL_RIGHT;
	if (field->type == FIELD_TEXT || field->type == FIELD_LIST)
		return SCOLS_FL_TRUNC;
	return 0;
}

static struct libscols_table *new_table(const struct table *table, const struct style *style,
					size_t width, FILE *stream)
{
	struct libscols_table *printed = scols_new_table();

	if (!printed)
		errx(EXIT_FAILED, "out of memory");
	/* The text is escaped already, in our way. */
	check(scols_table_enable_noencoding(printed, 1));
	check(scols_table_enable_colors(printed, style->color));
	check(scols_table_enable_noheadings(printed, table->no_headings || table->view->single));
	check(scols_table_set_stream(printed, stream));
	check(scols_table_set_termforce(printed, width ? SCOLS_TERMFORCE_ALWAYS :
							 SCOLS_TERMFORCE_NEVER));
	if (width)
		check(scols_table_set_termwidth(printed, width));
	return printed;
}

static const char *cell_color(const struct field *field, const void *object)
{
	uint64_t percent = field_number(field, object).value;

	if (field->type != FIELD_PERCENT || percent < WARNING_PERCENT)
		return NULL;
	return percent < CRITICAL_PERCENT ? "yellow" : "red";
}

static void add_cell(struct libscols_line *line, size_t index, const struct column *column,
		     const struct row *row, const struct style *style)
{
	const void *object = column_object(column, row);
	const char *color = cell_color(column->field, object);

	check(scols_line_refer_data(line, index, field_text(column->field, object, style)));
	if (color && style->color)
		check(scols_cell_set_color(scols_line_get_cell(line, index), color));
}

static struct libscols_line *new_line(struct libscols_table *printed)
{
	struct libscols_line *line = scols_table_new_line(printed, NULL);

	if (!line)
		errx(EXIT_FAILED, "out of memory");
	return line;
}

static void add_line(struct libscols_table *printed, const struct list *columns,
		     const struct row *row, const struct style *style)
{
	struct libscols_line *line = new_line(printed);
	size_t index = 0;

	list_for_each(column, columns, struct column)
		add_cell(line, index++, column, row, style);
}

static void new_column(struct libscols_table *printed, const char *name, int flags)
{
	if (!scols_table_new_column(printed, name, 0, flags))
		errx(EXIT_FAILED, "out of memory");
}

static void add_rows(struct libscols_table *printed, const struct list *columns,
		     const struct list *rows, const struct style *style)
{
	list_for_each(column, columns, struct column)
		new_column(printed, column->name, column_flags(column->field));
	list_for_each(row, rows, struct row)
		add_line(printed, columns, row, style);
}

/* One object has a line for each of its fields. */
static void add_single(struct libscols_table *printed, const struct list *columns,
		       const struct row *row, const struct style *style)
{
	struct libscols_line *line;

	new_column(printed, "FIELD", 0);
	new_column(printed, "VALUE", SCOLS_FL_RIGHT);
	list_for_each(column, columns, struct column) {
		line = new_line(printed);
		check(scols_line_set_data(line, 0, column->name));
		add_cell(line, 1, column, row, style);
	}
}

void table_print(const struct table *table, const struct style *style, size_t width,
		 FILE *stream)
{
	struct libscols_table *printed = new_table(table, style, width, stream);
	struct list columns = { 0 };

	table_columns(table, &columns);
	if (table->view->single)
		add_single(printed, &columns, table->rows.items, style);
	else
		add_rows(printed, &columns, &table->rows, style);
	check(scols_print_table(printed));
	scols_unref_table(printed);
	free(columns.items);
}
