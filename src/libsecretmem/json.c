// SPDX-License-Identifier: GPL-2.0-or-later
#include "escape.h"
#include "json.h"
#include "size.h"
#include "xalloc.h"

/* json-c returns NULL for want of memory, and takes NULL for null. */
static struct json_object *made(struct json_object *json)
{
	if (!json)
		errx(EXIT_FAILED, "out of memory");
	return json;
}

void json_add(struct json_object *json, const char *name, struct json_object *value)
{
	if (json_object_object_add_ex(json, name, value, JSON_C_OBJECT_ADD_KEY_IS_NEW |
				      JSON_C_OBJECT_ADD_CONSTANT_KEY))
		errx(EXIT_FAILED, "out of memory");
}

/* json-c keeps a copy. */
static struct json_object *json_text(char *text)
{
	struct json_object *json = made(json_object_new_string(text));

	free(text);
	return json;
}

static struct json_object *json_list(const struct field_table *table, const struct list *list)
{
	struct json_object *json = made(json_object_new_array());
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (json_object_array_add(json, json_of(table, list_at(list, i, table->size))))
			errx(EXIT_FAILED, "out of memory");
	}
	return json;
}

static struct json_object *json_field(const struct field *field, const void *object)
{
	const void *place = field_place(field, object);

	if (!field_known(field, object))
		return NULL;
	switch (field->type) {
	case FIELD_TRUTH:
		return made(json_object_new_boolean(*(const enum truth *)place == TRUTH_YES));
	case FIELD_FLAG:
		return made(json_object_new_boolean(*(const bool *)place));
	case FIELD_WORD:
		return made(json_object_new_string(field_word(field, object)));
	case FIELD_TEXT:
	case FIELD_CONSTANT:
		return json_text(escape_text(*(char *const *)place));
	case FIELD_TIME:
		return json_text(exact_time_text(*(const uint64_t *)place));
	case FIELD_OBJECT:
		return json_of(field->table, place);
	case FIELD_LIST:
		return json_list(field->table, place);
	default:
		return made(json_object_new_uint64(field_number(field, object).value));
	}
}

void json_add_field(struct json_object *json, const struct field *field, const void *object)
{
	json_add(json, field->name, json_field(field, object));
}

void json_add_fields(struct json_object *json, const struct field_table *table,
		     const void *object)
{
	table_for_each(field, table)
		json_add_field(json, field, object);
}

struct json_object *json_of(const struct field_table *table, const void *object)
{
	struct json_object *json = made(json_object_new_object());

	json_add_fields(json, table, object);
	return json;
}

struct json_object *json_schema(const char *schema)
{
	struct json_object *json = made(json_object_new_object());

	json_add(json, "schema", made(json_object_new_string(schema)));
	json_add(json, "schema_version", made(json_object_new_int(SCHEMA_VERSION)));
	return json;
}

struct json_object *json_envelope(const char *schema)
{
	struct json_object *json = json_schema(schema);

	json_add(json, "tool_version", made(json_object_new_string(PACKAGE_VERSION)));
	return json;
}

void json_print(FILE *stream, struct json_object *json)
{
	fputs(json_object_to_json_string_ext(json, JSON_C_TO_STRING_PRETTY |
					     JSON_C_TO_STRING_SPACED |
					     JSON_C_TO_STRING_NOSLASHESCAPE), stream);
	fputc('\n', stream);
	json_object_put(json);
}

void json_print_line(FILE *stream, struct json_object *json)
{
	fputs(json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN |
					     JSON_C_TO_STRING_NOSLASHESCAPE), stream);
	fputc('\n', stream);
	json_object_put(json);
}

struct json_object *json_status(const struct snapshot *snapshot)
{
	struct json_object *json = json_envelope(STATUS_SCHEMA);

	json_add_fields(json, &snapshot_table, snapshot);
	return json;
}

void json_print_status(FILE *stream, const struct snapshot *snapshot)
{
	json_print(stream, json_status(snapshot));
}
