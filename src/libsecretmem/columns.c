// SPDX-License-Identifier: GPL-2.0-or-later
#include <strings.h>

#include "columns.h"
#include "xalloc.h"

/* Where in the objects a table's fields are, as columns are added. */
struct place {
	const char *name;	/* what precedes their names, or "" */
	const char *path;
	size_t offset;
	bool outer;
};

static void add_fields(struct list *columns, const struct field_table *table,
		       const struct place *place);

static void add_inside(struct list *columns, const struct field *field,
		       const struct place *place)
{
	struct place inside = {
		.name = xasprintf("%s%s-", place->name, field->column),
		.path = xasprintf("%s%s.", place->path, field->name),
		.offset = place->offset + field->offset,
		.outer = place->outer,
	};

	add_fields(columns, field->table, &inside);
	free((char *)inside.name);
	free((char *)inside.path);
}

static void add_column(struct list *columns, const struct field *field,
		       const struct place *place)
{
	struct column *column = list_add(columns, sizeof(*column));

	column->name = xasprintf("%s%s", place->name, field->column);
	column->path = xasprintf("%s%s", place->path, field->name);
	column->field = field;
	column->offset = place->offset;
	column->outer = place->outer;
}

static void add_fields(struct list *columns, const struct field_table *table,
		       const struct place *place)
{
	table_for_each(field, table) {
		if (field->type == FIELD_OBJECT)
			add_inside(columns, field, place);
		else if (field->column)
			add_column(columns, field, place);
	}
}

void columns_fill(const struct view *view, struct list *columns)
{
	add_fields(columns, view->table, &(struct place){ "", "", 0, false });
	if (view->outer)
		add_fields(columns, view->outer, &(struct place){ "", "", 0, true });
}

void columns_clear(struct list *columns)
{
	list_for_each(column, columns, struct column) {
		free(column->name);
		free(column->path);
	}
	free(columns->items);
	*columns = (struct list){ 0 };
}

const struct column *column_find(const struct list *columns, const char *name)
{
	list_for_each(column, columns, struct column) {
		if (!strcasecmp(column->name, name) || !strcmp(column->path, name))
			return column;
	}
	return NULL;
}

const void *column_object(const struct column *column, const struct row *row)
{
	return (const char *)(column->outer ? row->outer : row->item) + column->offset;
}

enum exit_code fail_unknown_column(struct failure *failure, const struct list *columns,
				   const struct view *view, const char *name)
{
	size_t length;

	fail(failure, EXIT_USAGE, "unknown column '%.40s' of %s: it has", name, view->name);
	list_for_each(column, columns, struct column) {
		length = strlen(failure->text);
		snprintf(failure->text + length, sizeof(failure->text) - length, " %s",
			 column->name);
	}
	return EXIT_USAGE;
}

void view_print_columns(const struct view *view, FILE *stream)
{
	struct list columns = { 0 };

	columns_fill(view, &columns);
	fprintf(stream, "Columns of %s (%s):\n", view->name, view->help);
	list_for_each(column, &columns, struct column) {
		const char *unit = field_unit(column->field);

		fprintf(stream, "  %-19s %s%s%s%s\n", column->name, column->field->help,
			unit ? " (" : "", unit ? unit : "", unit ? ")" : "");
	}
	columns_clear(&columns);
}
