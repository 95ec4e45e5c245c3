// SPDX-License-Identifier: GPL-2.0-or-later
/* The field table is what all renderers trust: names, help and units hold. */
#include <ctype.h>
#include <string.h>

#include "columns.h"
#include "test.h"

typedef void check_field(const struct field_table *table, const struct field *field);

static void walk(const struct field_table *table, check_field *check)
{
	table_for_each(field, table) {
		check(table, field);
		if (field->table)
			walk(field->table, check);
	}
}

static void check_name(const struct field_table *table, const struct field *field)
{
	const char *letter;

	assert_non_null(field->name);
	assert_true(*field->name);
	for (letter = field->name; *letter; letter++)
		assert_true(islower((unsigned char)*letter) || *letter == '_');
	table_for_each(other, table) {
		if (other != field && !strcmp(other->name, field->name))
			fail_msg("two fields %s in %s", field->name, table->name);
	}
}

static void names_are_unique_and_snake_case(void **state)
{
	(void)state;
	walk(&snapshot_table, check_name);
	walk(&event_table, check_name);
}

static void check_help(const struct field_table *table, const struct field *field)
{
	if (!field->help || strlen(field->help) < 5 ||
	    field->help[strlen(field->help) - 1] == '.')
		fail_msg("help of %s in %s", field->name, table->name);
	if (strlen(field->help) > 79)
		fail_msg("help of %s in %s is too long", field->name, table->name);
}

static void help_is_there(void **state)
{
	(void)state;
	walk(&snapshot_table, check_help);
	walk(&event_table, check_help);
}

static bool ends_with(const char *name, const char *unit)
{
	size_t length = strlen(name), unit_length = strlen(unit);

	if (!strcmp(name, unit))
		return true;
	return length > unit_length && name[length - unit_length - 1] == '_' &&
	       !strcmp(name + length - unit_length, unit);
}

static void check_unit(const struct field_table *table, const struct field *field)
{
	static const char *const units[] = { "bytes", "seconds", "percent", "ratio", "ns", "ms" };
	const char *unit = field_unit(field);
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		bool wanted = unit && !strcmp(unit, units[i]);

		if (ends_with(field->name, units[i]) != wanted)
			fail_msg("unit of %s in %s", field->name, table->name);
	}
}

static void suffix_says_the_unit(void **state)
{
	(void)state;
	walk(&snapshot_table, check_unit);
	walk(&event_table, check_unit);
}

static void check_inside(const struct field_table *table, const struct field *field)
{
	bool nested = field->type == FIELD_OBJECT || field->type == FIELD_LIST;

	assert_true(field->offset < table->size);
	assert_true(nested == !!field->table);
	assert_true((field->type == FIELD_WORD) == !!field->words);
	if (field->type == FIELD_OBJECT)
		assert_true(field->offset + field->table->size <= table->size);
}

static void tables_fit_their_structs(void **state)
{
	(void)state;
	walk(&snapshot_table, check_inside);
	walk(&event_table, check_inside);
}

/* Fields that overlap are two rows for one member. */
static void check_overlap(const struct field_table *table, const struct field *field)
{
	table_for_each(other, table) {
		if (other != field && other->offset == field->offset)
			fail_msg("%s and %s of %s are one", field->name, other->name,
				 table->name);
	}
}

static void no_member_has_two_rows(void **state)
{
	(void)state;
	walk(&snapshot_table, check_overlap);
	walk(&event_table, check_overlap);
}

static void check_columns(const struct view *view)
{
	struct list columns = { 0 };

	columns_fill(view, &columns);
	assert_true(columns.count > 0);
	list_for_each(column, &columns, struct column) {
		if (column_find(&columns, column->name) != column)
			fail_msg("two columns %s of %s", column->name, view->name);
		if (column_find(&columns, column->path) != column)
			fail_msg("two columns %s of %s", column->path, view->name);
	}
	columns_clear(&columns);
}

static void columns_are_unique(void **state)
{
	const struct view *view;

	(void)state;
	for (view = views; view->name; view++)
		check_columns(view);
	check_columns(&holders_view);
}

static void check_defaults(const struct view *view)
{
	const struct table_request request = { 0 };
	struct failure failure;
	struct table *table;

	if (table_open(view, &request, &table, &failure))
		fail_msg("%s: %s", view->name, failure.text);
	table_close(table);
	assert_non_null(view->unknown);
	assert_true(view->single || view->empty);
}

static void default_columns_exist(void **state)
{
	const struct view *view;

	(void)state;
	for (view = views; view->name; view++)
		check_defaults(view);
	check_defaults(&holders_view);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_unique_and_snake_case),
		cmocka_unit_test(help_is_there),
		cmocka_unit_test(suffix_says_the_unit),
		cmocka_unit_test(tables_fit_their_structs),
		cmocka_unit_test(no_member_has_two_rows),
		cmocka_unit_test(columns_are_unique),
		cmocka_unit_test(default_columns_exist),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
