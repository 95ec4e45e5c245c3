// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * JSON is written as it comes, not built as a tree first: with 10,000 files the
 * tree of json-c took most of what a dump costs, nearly all of it to allocate and
 * to free. Reading JSON is json-c's (json-read.c).
 */
#include "escape.h"
#include "json.h"
#include "size.h"
#include "xalloc.h"

#define INDENT 2
#define MOST_DIGITS 20	/* of 64 bits */

/* The buffer is not touched before it is used. */
static void start(struct json_writer *json, FILE *stream, enum json_form form)
{
	json->stream = stream;
	json->form = form;
	json->depth = 0;
	json->empty = true;
	json->used = 0;
}

static void flush(struct json_writer *json)
{
	fwrite(json->buffer, 1, json->used, json->stream);
	json->used = 0;
}

/*
 * Where @length bytes can be written. stdio would do as well, but takes a call
 * or two for each character.
 */
static char *room(struct json_writer *json, size_t length)
{
	if (length > sizeof(json->buffer) - json->used)
		flush(json);
	json->used += length;
	return json->buffer + json->used - length;
}

static void put_char(struct json_writer *json, char character)
{
	*room(json, 1) = character;
}

static void put_bytes(struct json_writer *json, const char *bytes, size_t length)
{
	for (; length > sizeof(json->buffer); length -= sizeof(json->buffer)) {
		memcpy(room(json, sizeof(json->buffer)), bytes, sizeof(json->buffer));
		bytes += sizeof(json->buffer);
	}
	memcpy(room(json, length), bytes, length);
}

static inline void put(struct json_writer *json, const char *text)
{
	put_bytes(json, text, strlen(text));
}

static void put_line_break(struct json_writer *json)
{
	size_t blanks = json->depth * INDENT;

	if (json->form == JSON_LINE)
		return;
	put_char(json, '\n');
	memset(room(json, blanks), ' ', blanks);
}

/* What comes before a member of an object, or an item of a list. */
static void put_separator(struct json_writer *json)
{
	if (!json->empty)
		put_char(json, ',');
	json->empty = false;
	put_line_break(json);
}

static void put_name(struct json_writer *json, const char *name)
{
	put_separator(json);
	put_char(json, '"');
	put(json, name);
	put(json, "\":");
	if (json->form == JSON_PAGE)
		put_char(json, ' ');
}

static void open_bracket(struct json_writer *json, char bracket)
{
	put_char(json, bracket);
	json->depth++;
	json->empty = true;
}

static void close_bracket(struct json_writer *json, char bracket)
{
	json->depth--;
	json->empty = false;
	put_line_break(json);
	put_char(json, bracket);
}

static void put_number(struct json_writer *json, uint64_t value)
{
	char digits[MOST_DIGITS], *first = digits + sizeof(digits);

	do {
		*--first = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	put_bytes(json, first, (size_t)(digits + sizeof(digits) - first));
}

/* Of what JSON wants escaped, escape() leaves these two. */
static void put_string(struct json_writer *json, const char *text)
{
	size_t plain;

	put_char(json, '"');
	for (; *text; text += plain) {
		plain = strcspn(text, "\"\\");
		put_bytes(json, text, plain);
		for (; text[plain] == '"' || text[plain] == '\\'; text++) {
			put_char(json, '\\');
			put_char(json, text[plain]);
		}
	}
	put_char(json, '"');
}

/* @text is allocated, and freed here. */
static void put_text(struct json_writer *json, char *text)
{
	put_string(json, text);
	free(text);
}

static void put_truth(struct json_writer *json, bool truth)
{
	put(json, truth ? "true" : "false");
}

static void put_decimal(struct json_writer *json, uint64_t thousandths)
{
	char *text = decimal_text(thousandths);

	put(json, text);
	free(text);
}

static void put_object(struct json_writer *json, const struct field_table *table,
		       const void *object)
{
	open_bracket(json, '{');
	json_fields(json, table, object);
	close_bracket(json, '}');
}

static void put_list(struct json_writer *json, const struct field_table *table,
		     const struct list *list)
{
	size_t i;

	open_bracket(json, '[');
	for (i = 0; i < list->count; i++) {
		put_separator(json);
		put_object(json, table, list_at(list, i, table->size));
	}
	close_bracket(json, ']');
}

static void put_value(struct json_writer *json, const struct field *field, const void *object)
{
	const void *place = field_place(field, object);

	switch (field->type) {
	case FIELD_TRUTH:
		put_truth(json, *(const enum truth *)place == TRUTH_YES);
		break;
	case FIELD_FLAG:
		put_truth(json, *(const bool *)place);
		break;
	case FIELD_WORD:
		put_string(json, field_word(field, object));
		break;
	case FIELD_TEXT:
	case FIELD_CONSTANT:
		put_text(json, escape_text(*(char *const *)place));
		break;
	case FIELD_TIME:
		put_text(json, exact_time_text(*(const uint64_t *)place));
		break;
	case FIELD_DECIMAL:
		put_decimal(json, ((const struct number *)place)->value);
		break;
	case FIELD_OBJECT:
		put_object(json, field->table, place);
		break;
	case FIELD_LIST:
		put_list(json, field->table, place);
		break;
	default:
		put_number(json, field_number(field, object).value);
	}
}

void json_field(struct json_writer *json, const struct field *field, const void *object)
{
	put_name(json, field->name);
	if (field_known(field, object))
		put_value(json, field, object);
	else
		put(json, "null");
}

void json_fields(struct json_writer *json, const struct field_table *table, const void *object)
{
	table_for_each(field, table)
		json_field(json, field, object);
}

static void put_schema(struct json_writer *json, const char *schema)
{
	open_bracket(json, '{');
	put_name(json, "schema");
	put_string(json, schema);
	put_name(json, "schema_version");
	put_number(json, SCHEMA_VERSION);
}

static void put_document(struct json_writer *json, const char *schema,
			 const struct field_table *table, const void *object)
{
	put_schema(json, schema);
	put_name(json, "tool_version");
	put_string(json, PACKAGE_VERSION);
	json_fields(json, table, object);
	close_bracket(json, '}');
}

void json_open(struct json_writer *json, FILE *stream, const char *schema)
{
	start(json, stream, JSON_LINE);
	put_schema(json, schema);
}

void json_status(struct json_writer *json, const char *name, const struct snapshot *snapshot)
{
	put_name(json, name);
	put_document(json, STATUS_SCHEMA, &snapshot_table, snapshot);
}

void json_close(struct json_writer *json)
{
	close_bracket(json, '}');
	put_char(json, '\n');
	flush(json);
}

void json_print(FILE *stream, const char *schema, const struct field_table *table,
		const void *object)
{
	struct json_writer json;

	start(&json, stream, JSON_PAGE);
	put_document(&json, schema, table, object);
	put_char(&json, '\n');
	flush(&json);
}

void json_print_status(FILE *stream, const struct snapshot *snapshot)
{
	json_print(stream, STATUS_SCHEMA, &snapshot_table, snapshot);
}
