// SPDX-License-Identifier: GPL-2.0-or-later
/* Which rows and columns a table has, and in what order. */
#include "filter.h"
#include "table-internal.h"
#include "xalloc.h"

static void choose(struct table *table, const struct column *column, bool by_user)
{
	struct column *shown = list_add(&table->shown, sizeof(*shown));

	*shown = *column;
	shown->chosen = by_user;
}

static void choose_all(struct table *table)
{
	list_for_each(column, &table->columns, struct column)
		choose(table, column, false);
}

static enum exit_code choose_list(struct table *table, const char *names, bool by_user,
				  struct failure *failure)
{
	char *copy = xstrdup(names), *rest = copy, *name;
	enum exit_code code = EXIT_FINE;
	const struct column *column;

	while (!code && (name = strsep(&rest, ","))) {
		column = column_find(&table->columns, name);
		if (column)
			choose(table, column, by_user);
		else
			code = fail_unknown_column(failure, &table->columns, table->view, name);
	}
	free(copy);
	return code;
}

static enum exit_code choose_default(struct table *table, struct failure *failure)
{
	if (table->view->columns)
		return choose_list(table, table->view->columns, false, failure);
	choose_all(table);
	return EXIT_FINE;
}

/* "A,B" shows these, "+A,B" the default and these. */
static enum exit_code choose_columns(struct table *table, const char *wanted,
				     struct failure *failure)
{
	bool adds = !wanted || *wanted == '+';
	enum exit_code code = EXIT_FINE;

	if (adds)
		code = choose_default(table, failure);
	if (code || !wanted)
		return code;
	return choose_list(table, wanted + adds, true, failure);
}

/* "-A" and "A:desc" descend, "A" and "A:asc" ascend. */
static enum exit_code choose_order(struct table *table, const char *wanted,
				   struct failure *failure)
{
	size_t length;
	char *name;

	if (!wanted)
		return EXIT_FINE;
	table->descending = *wanted == '-';
	wanted += table->descending;
	length = strcspn(wanted, ":");
	if (!strcmp(wanted + length, ":desc"))
		table->descending = true;
	else if (wanted[length] && strcmp(wanted + length, ":asc"))
		return fail(failure, EXIT_USAGE, "sort '%.80s': it must be COLUMN, -COLUMN, "
			    "COLUMN:asc or COLUMN:desc", wanted);
	name = xstrndup(wanted, length);
	table->sort = column_find(&table->columns, name);
	if (!table->sort)
		fail_unknown_column(failure, &table->columns, table->view, name);
	free(name);
	return table->sort ? EXIT_FINE : EXIT_USAGE;
}

static enum exit_code choose_filters(struct table *table, const struct list *texts,
				     struct failure *failure)
{
	enum exit_code code = EXIT_FINE;

	list_for_each(text, texts, const char *) {
		code = filter_parse(*text, &table->columns, table->view,
				    list_add(&table->filters, sizeof(struct filter)), failure);
		if (code)
			break;
	}
	return code;
}

static enum exit_code check_single(const struct table *table,
				   const struct table_request *request,
				   struct failure *failure)
{
	if (table->view->single && (request->sort || request->filters.count))
		return fail(failure, EXIT_USAGE, "%s is one object: there is nothing to sort "
			    "or to filter", table->view->name);
	return EXIT_FINE;
}

enum exit_code table_open(const struct view *view, const struct table_request *request,
			  struct table **table, struct failure *failure)
{
	enum exit_code code;

	*table = xcalloc(1, sizeof(**table));
	(*table)->view = view;
	(*table)->no_headings = request->no_headings;
	columns_fill(view, &(*table)->columns);
	code = check_single(*table, request, failure);
	if (!code)
		code = choose_columns(*table, request->columns, failure);
	if (!code)
		code = choose_order(*table, request->sort, failure);
	if (!code)
		code = choose_filters(*table, &request->filters, failure);
	if (code) {
		table_close(*table);
		*table = NULL;
	}
	return code;
}

void table_close(struct table *table)
{
	columns_clear(&table->columns);
	free(table->shown.items);
	free(table->filters.items);
	free(table->rows.items);
	free(table);
}

static bool passes(const struct table *table, const struct row *row)
{
	list_for_each(filter, &table->filters, struct filter) {
		if (!filter_passes(filter, row))
			return false;
	}
	return true;
}

static void add_row(struct table *table, const void *item, const void *outer, size_t index)
{
	struct row row = { item, outer, index };

	if (passes(table, &row))
		*(struct row *)list_add(&table->rows, sizeof(row)) = row;
}

/* @first: how many rows came before, so that each has an index of its own. */
static size_t add_items(struct table *table, const struct list *list, const void *outer,
			size_t first)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		add_row(table, list_at(list, i, table->view->table->size), outer, first + i);
	return first + list->count;
}

/* The rows in one item of the outer table. */
static const struct list *inner_list(const struct view *view, const void *outer)
{
	return (const void *)((const char *)outer + view->inner_offset);
}

static void add_inner_items(struct table *table, const struct list *outers)
{
	size_t i, rows = 0;

	for (i = 0; i < outers->count; i++) {
		const char *outer = list_at(outers, i, table->view->outer->size);

		rows = add_items(table, inner_list(table->view, outer), outer, rows);
	}
}

void table_fill(struct table *table, const struct snapshot *snapshot)
{
	const void *place = (const char *)snapshot + table->view->offset;

	table->rows.count = 0;
	if (table->view->single)
		add_row(table, place, NULL, 0);
	else if (table->view->single_outer)
		add_items(table, inner_list(table->view, place), place, 0);
	else if (table->view->outer)
		add_inner_items(table, place);
	else
		add_items(table, place, NULL, 0);
	table_sort(table);
}

void table_fill_list(struct table *table, const struct list *list)
{
	table->rows.count = 0;
	add_items(table, list, NULL, 0);
	table_sort(table);
}

static bool known_anywhere(const struct column *column, const struct list *rows)
{
	list_for_each(row, rows, struct row) {
		if (field_known(column->field, column_object(column, row)))
			return true;
	}
	return false;
}

/* A column that nobody asked for and that says nothing is left out. */
static bool says_something(const struct column *column, const struct table *table)
{
	return column->chosen || known_anywhere(column, &table->rows);
}

void table_columns(const struct table *table, struct list *columns)
{
	list_for_each(column, &table->shown, struct column) {
		if (says_something(column, table))
			*(struct column *)list_add(columns, sizeof(*column)) = *column;
	}
	if (columns->count)
		return;
	list_for_each(column, &table->shown, struct column)
		*(struct column *)list_add(columns, sizeof(*column)) = *column;
}

size_t table_count(const struct table *table)
{
	return table->rows.count;
}

void table_keep(struct table *table, size_t count)
{
	if (table->rows.count > count)
		table->rows.count = count;
}

/* One object is known when anything in it is. */
static bool object_known(const struct field_table *table, const void *object)
{
	table_for_each(field, table) {
		bool known = field->type == FIELD_OBJECT ?
			     object_known(field->table, field_place(field, object)) :
			     field_known(field, object);

		if (known)
			return true;
	}
	return false;
}

/* The holders are known when those of any file are, or when there is no file. */
static bool inner_known(const struct view *view, const struct list *outers)
{
	size_t i;

	for (i = 0; i < outers->count; i++) {
		const char *outer = list_at(outers, i, view->outer->size);

		if (inner_list(view, outer)->known)
			return true;
	}
	return outers->known && !outers->count;
}

bool view_known(const struct view *view, const struct snapshot *snapshot)
{
	const void *place = (const char *)snapshot + view->offset;

	if (view->single)
		return object_known(view->table, place);
	if (view->single_outer)
		return inner_list(view, place)->known;
	if (view->outer)
		return inner_known(view, place);
	return ((const struct list *)place)->known;
}

struct list *view_list(const struct view *view, struct snapshot *snapshot)
{
	size_t inner = view->single_outer ? view->inner_offset : 0;

	return (void *)((char *)snapshot + view->offset + inner);
}

size_t table_apply(const struct table *table, struct snapshot *snapshot)
{
	struct list *list = view_list(table->view, snapshot);
	size_t size = table->view->table->size, i, end = list->count;
	char *items = xcalloc(list->count + 1, size), *rest;
	bool *taken = xcalloc(list->count + 1, sizeof(*taken));

	rest = items;
	list_for_each(row, &table->rows, struct row) {
		rest = mempcpy(rest, row->item, size);
		taken[row->index] = true;
	}
	for (i = 0; i < end; i++) {
		if (!taken[i])
			rest = mempcpy(rest, list_at(list, i, size), size);
	}
	free(taken);
	free(list->items);
	list->items = items;
	list->count = table->rows.count;
	return end;
}
