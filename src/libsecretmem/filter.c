// SPDX-License-Identifier: GPL-2.0-or-later
#include <pwd.h>

#include "filter.h"
#include "format.h"
#include "xalloc.h"

static const struct {
	const char *text;
	enum filter_operator operator;
} operators[] = {
	{ "!=", FILTER_NOT_EQUAL },
	{ "=", FILTER_EQUAL },
	{ "<", FILTER_LESS },
	{ ">", FILTER_GREATER },
};

/* A user by number or by the name that the table shows. */
static bool parse_user(const char *text, struct number *uid)
{
	const struct passwd *user;

	if (parse_count(text, uid))
		return true;
	user = getpwnam(text);
	if (user)
		*uid = number(user->pw_uid);
	return user;
}

static bool parse_value(const struct field *field, const char *text, struct number *value)
{
	switch (field->type) {
	case FIELD_BYTES:
		return parse_size(text, value);
	case FIELD_SECONDS:
		return parse_seconds(text, value);
	case FIELD_USER:
		return parse_user(text, value);
	default:
		return parse_count(text, value);
	}
}

static bool is_word(const struct field *field, const char *text)
{
	size_t i;

	if (field->type == FIELD_TRUTH || field->type == FIELD_FLAG)
		return !strcmp(text, "yes") || !strcmp(text, "no");
	for (i = 1; field->words[i]; i++) {
		if (!strcmp(field->words[i], text))
			return true;
	}
	return false;
}

/* Is the value such as the column may have? */
static bool check_value(struct filter *filter)
{
	const struct field *field = filter->column->field;

	filter->unknown = !strcmp(filter->value, "-");
	if (filter->unknown)
		return filter->operator <= FILTER_NOT_EQUAL;
	if (field_is_numeric(field))
		return parse_value(field, filter->value, &filter->number);
	if (field->type == FIELD_TRUTH || field->type == FIELD_FLAG ||
	    field->type == FIELD_WORD)
		return is_word(field, filter->value);
	return true;
}

static bool parse_operator(const char *text, struct filter *filter)
{
	size_t i, length;

	for (i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
		length = strlen(operators[i].text);
		if (!strncmp(text, operators[i].text, length)) {
			filter->operator = operators[i].operator;
			filter->value = text + length;
			return *filter->value && !strchr("=<>", *filter->value);
		}
	}
	return false;
}

static enum exit_code check_filter(struct filter *filter, const char *text,
				   struct failure *failure)
{
	if (filter->operator > FILTER_NOT_EQUAL && !field_is_numeric(filter->column->field))
		return fail(failure, EXIT_USAGE, "filter '%.80s': %s has no order, only = and !=",
			    text, filter->column->name);
	if (!check_value(filter))
		return fail(failure, EXIT_USAGE, "filter '%.80s': '%.40s' is no value of %s",
			    text, filter->value, filter->column->name);
	return EXIT_FINE;
}

enum exit_code filter_parse(const char *text, const struct list *columns,
			    const struct view *view, struct filter *filter,
			    struct failure *failure)
{
	size_t length = strcspn(text, "!=<>");
	enum exit_code code;
	char *name;

	*filter = (struct filter){ 0 };
	if (!length || !parse_operator(text + length, filter))
		return fail(failure, EXIT_USAGE,
			    "filter '%.80s': it must be COLUMN=VALUE, or with !=, < or >", text);
	name = xstrndup(text, length);
	filter->column = column_find(columns, name);
	code = filter->column ? check_filter(filter, text, failure) :
				fail_unknown_column(failure, columns, view, name);
	free(name);
	return code;
}

static bool part_equals(const struct field *field, const void *item, const char *value)
{
	static const struct style plain;
	char *text;
	bool equal;

	if (!field || !field_known(field, item))
		return false;
	text = field_text(field, item, &plain);
	equal = !strcmp(text, value);
	free(text);
	return equal;
}

/* A list equals the short name of any of its items, or either part of it. */
static bool list_has(const struct field_table *table, const struct list *list,
		     const char *value)
{
	size_t i;

	if (!list->count)
		return !strcmp(value, "none");
	for (i = 0; i < list->count; i++) {
		const void *item = list_at(list, i, table->size);
		char *text = item_text(table, item);
		bool equal = !strcmp(text, value) || part_equals(table->label, item, value) ||
			     part_equals(table->key, item, value);

		free(text);
		if (equal)
			return true;
	}
	return false;
}

static bool text_passes(const struct filter *filter, const void *object)
{
	const struct field *field = filter->column->field;
	bool equal;

	if (field->type == FIELD_LIST)
		equal = list_has(field->table, field_place(field, object), filter->value);
	else
		equal = part_equals(field, object, filter->value);
	return equal == (filter->operator == FILTER_EQUAL);
}

static bool number_passes(const struct filter *filter, const void *object)
{
	uint64_t value = field_number(filter->column->field, object).value;

	switch (filter->operator) {
	case FILTER_EQUAL:
		return value == filter->number.value;
	case FILTER_NOT_EQUAL:
		return value != filter->number.value;
	case FILTER_LESS:
		return value < filter->number.value;
	case FILTER_GREATER:
		return value > filter->number.value;
	}
	return false;
}

bool filter_passes(const struct filter *filter, const struct row *row)
{
	const struct field *field = filter->column->field;
	const void *object = column_object(filter->column, row);
	bool known = field_known(field, object);

	if (filter->unknown)
		return known == (filter->operator == FILTER_NOT_EQUAL);
	if (!known)
		return filter->operator == FILTER_NOT_EQUAL;
	return field_is_numeric(field) ? number_passes(filter, object) :
					 text_passes(filter, object);
}
