// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>

#include <json-c/json.h>

#include "event.h"
#include "json.h"
#include "schema.h"
#include "xalloc.h"

#define DIALECT "https://json-schema.org/draft/2020-12/schema"
#define TIME_PATTERN "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?Z$"

const struct document status_document = {
	STATUS_SCHEMA, "What secretmemctl status --json prints.", &snapshot_table
};

const struct document summary_document = {
	SUMMARY_SCHEMA, "What secretmemctl metrics --json prints: sums that anybody may read.",
	&snapshot_table
};

const struct document record_document = {
	RECORD_SCHEMA, "One line of what secretmemctl monitor --json prints.", &event_table, true
};

/* ---- json-c, which fails for want of memory only ---- */

static struct json_object *made(struct json_object *json)
{
	if (!json)
		errx(EXIT_FAILED, "out of memory");
	return json;
}

static void add(struct json_object *json, const char *name, struct json_object *value)
{
	if (json_object_object_add(json, name, made(value)))
		errx(EXIT_FAILED, "out of memory");
}

static void add_text(struct json_object *json, const char *name, const char *text)
{
	add(json, name, json_object_new_string(text));
}

static void append(struct json_object *list, struct json_object *value)
{
	if (json_object_array_add(list, value))
		errx(EXIT_FAILED, "out of memory");
}

static void append_text(struct json_object *list, const char *text)
{
	append(list, made(json_object_new_string(text)));
}

/* { "type": ["integer", "null"] }: what is unknown is null. */
static void add_type(struct json_object *json, const char *type, bool maybe_null)
{
	struct json_object *list;

	if (!maybe_null) {
		add_text(json, "type", type);
		return;
	}
	list = made(json_object_new_array());
	append_text(list, type);
	append_text(list, "null");
	add(json, "type", list);
}

/* ---- tables ---- */

static void add_reference(struct json_object *json, const struct field_table *table,
			  struct json_object *tables);

static void add_words(struct json_object *json, const char *const *words)
{
	struct json_object *list = made(json_object_new_array());
	size_t i;

	for (i = 1; words[i]; i++)
		append_text(list, words[i]);
	append(list, NULL);
	add(json, "enum", list);
}

static void add_number_type(struct json_object *json, const struct field *field)
{
	const char *unit = field_unit(field);

	add_type(json, field->type == FIELD_DECIMAL ? "number" : "integer", true);
	add(json, "minimum", json_object_new_int(0));
	if (unit)
		add_text(json, "x-unit", unit);
}

static void add_items(struct json_object *json, const struct field_table *table,
		      struct json_object *tables)
{
	struct json_object *items = made(json_object_new_object());

	add_reference(items, table, tables);
	add(json, "items", items);
}

static void add_field_type(struct json_object *json, const struct field *field,
			   struct json_object *tables)
{
	switch (field->type) {
	case FIELD_TRUTH:
		add_type(json, "boolean", true);
		break;
	case FIELD_FLAG:
		add_type(json, "boolean", false);
		break;
	case FIELD_WORD:
		add_words(json, field->words);
		break;
	case FIELD_TEXT:
	case FIELD_CONSTANT:
		add_type(json, "string", true);
		break;
	case FIELD_TIME:
		add_type(json, "string", false);
		add_text(json, "pattern", TIME_PATTERN);
		break;
	case FIELD_OBJECT:
		add_reference(json, field->table, tables);
		break;
	case FIELD_LIST:
		add_type(json, "array", true);
		add_items(json, field->table, tables);
		break;
	default:
		add_number_type(json, field);
	}
}

static void add_fields(struct json_object *properties, const struct field_table *table,
		       struct json_object *tables)
{
	table_for_each(field, table) {
		struct json_object *json = made(json_object_new_object());

		add_text(json, "description", field->help);
		add_field_type(json, field, tables);
		add(properties, field->name, json);
	}
}

static struct json_object *names(const struct field_table *table)
{
	struct json_object *list = made(json_object_new_array());

	table_for_each(field, table)
		append_text(list, field->name);
	return list;
}

/* Other members may be there as well: a newer version may have more. */
static struct json_object *object_schema(const struct field_table *table,
					 struct json_object *tables)
{
	struct json_object *json = made(json_object_new_object());
	struct json_object *properties = made(json_object_new_object());

	add_text(json, "type", "object");
	add(json, "required", names(table));
	add_fields(properties, table, tables);
	add(json, "properties", properties);
	return json;
}

static char *table_key(const struct field_table *table)
{
	char *key = xstrdup(table->name), *letter;

	for (letter = key; *letter; letter++) {
		if (!isalnum((unsigned char)*letter))
			*letter = '_';
	}
	return key;
}

/* A table stands in $defs once, wherever it is used. */
static void add_reference(struct json_object *json, const struct field_table *table,
			  struct json_object *tables)
{
	char *key = table_key(table), *path = xasprintf("#/$defs/%s", key);

	add_text(json, "$ref", path);
	if (!json_object_object_get_ex(tables, key, NULL))
		add(tables, key, object_schema(table, tables));
	free(path);
	free(key);
}

/* ---- documents ---- */

static struct json_object *constant(struct json_object *value)
{
	struct json_object *json = made(json_object_new_object());

	add(json, "const", value);
	return json;
}

/* What all documents begin with. */
static void add_envelope(struct json_object *properties, struct json_object *required,
			 const char *schema)
{
	add(properties, "schema", constant(json_object_new_string(schema)));
	add(properties, "schema_version", constant(json_object_new_int(SCHEMA_VERSION)));
	append_text(required, "schema");
	append_text(required, "schema_version");
}

static void add_tool_version(struct json_object *properties, struct json_object *required)
{
	struct json_object *json = made(json_object_new_object());

	add_text(json, "description", "version of the program that wrote this");
	add_text(json, "type", "string");
	add(properties, "tool_version", json);
	append_text(required, "tool_version");
}

static void require_fields(struct json_object *required, const struct field_table *table)
{
	table_for_each(field, table)
		append_text(required, field->name);
}

/* An object with envelope, the program's version, and the fields of a table. */
static void fill_document(struct json_object *json, const struct document *document,
			  struct json_object *tables)
{
	struct json_object *required = made(json_object_new_array());
	struct json_object *properties = made(json_object_new_object());

	add_text(json, "type", "object");
	add(json, "required", required);
	add_envelope(properties, required, document->schema);
	add_tool_version(properties, required);
	require_fields(required, document->table);
	add_fields(properties, document->table, tables);
	add(json, "properties", properties);
}

/* { "if": the type is this, "then": these are there } */
static struct json_object *fields_of_type(enum event_type type)
{
	struct json_object *json = made(json_object_new_object());
	struct json_object *condition = made(json_object_new_object());
	struct json_object *properties = made(json_object_new_object());
	struct json_object *then = made(json_object_new_object());
	struct json_object *required = made(json_object_new_array());

	add(properties, "type", constant(json_object_new_string(event_type_name(type))));
	add(condition, "properties", properties);
	add(json, "if", condition);
	table_for_each(field, &event_table) {
		if (event_has(type, field))
			append_text(required, field->name);
	}
	if (type == EVENT_SNAPSHOT)
		append_text(required, "status");
	add(then, "required", required);
	add(json, "then", then);
	return json;
}

static struct json_object *all_types(void)
{
	struct json_object *list = made(json_object_new_array());
	enum event_type type;

	for (type = EVENT_UNKNOWN + 1; type < EVENT_TYPES; type++)
		append(list, fields_of_type(type));
	return list;
}

static struct json_object *status_reference(struct json_object *tables)
{
	struct json_object *status = made(json_object_new_object());
	struct json_object *json = made(json_object_new_object());

	fill_document(status, &status_document, tables);
	add(tables, "status", status);
	add_text(json, "description", "of a snapshot: the whole document of secretmemctl status");
	add_text(json, "$ref", "#/$defs/status");
	return json;
}

/* A line has the fields of its type, and a snapshot the document of status. */
static void fill_record(struct json_object *json, const struct document *document,
			struct json_object *tables)
{
	struct json_object *required = made(json_object_new_array());
	struct json_object *properties = made(json_object_new_object());

	add_text(json, "type", "object");
	add(json, "required", required);
	add_envelope(properties, required, document->schema);
	append_text(required, "type");
	add_fields(properties, document->table, tables);
	add(properties, "status", status_reference(tables));
	add(json, "properties", properties);
	add(json, "allOf", all_types());
}

void schema_print(const struct document *document, FILE *stream)
{
	struct json_object *json = made(json_object_new_object());
	struct json_object *tables = made(json_object_new_object());
	const char *name = strchr(document->schema, '/') + 1;
	char *id = xasprintf("urn:secretmem-tools:%s:%d", name, SCHEMA_VERSION);

	add_text(json, "$schema", DIALECT);
	add_text(json, "$id", id);
	add_text(json, "$comment", "SPDX-License-Identifier: GPL-2.0-or-later");
	add_text(json, "title", document->schema);
	add_text(json, "description", document->help);
	if (document->record)
		fill_record(json, document, tables);
	else
		fill_document(json, document, tables);
	add(json, "$defs", tables);
	fputs(json_object_to_json_string_ext(json, JSON_C_TO_STRING_PRETTY |
					     JSON_C_TO_STRING_SPACED |
					     JSON_C_TO_STRING_NOSLASHESCAPE), stream);
	fputc('\n', stream);
	json_object_put(json);
	free(id);
}
