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
	memset(json->names, 0, sizeof(json->names));
}

static void flush(struct json_writer *json)
{
	fwrite(json->buffer, 1, json->used, json->stream);
	json->used = 0;
}

/*
 * Where @length bytes can be written, of which take() keeps those before its @end.
 * stdio would do as well, but takes a call or two for each character.
 */
static inline char *room(struct json_writer *json, size_t length)
{
	if (length > sizeof(json->buffer) - json->used)
		flush(json);
	return json->buffer + json->used;
}

static inline void take(struct json_writer *json, const char *end)
{
	json->used = (size_t)(end - json->buffer);
}

static inline void put_char(struct json_writer *json, char character)
{
	char *at = room(json, 1);

	*at = character;
	take(json, at + 1);
}

static inline void put_bytes(struct json_writer *json, const char *bytes, size_t length)
{
	for (; length > sizeof(json->buffer); length -= sizeof(json->buffer)) {
		take(json, mempcpy(room(json, sizeof(json->buffer)), bytes,
				   sizeof(json->buffer)));
		bytes += sizeof(json->buffer);
	}
	take(json, mempcpy(room(json, length), bytes, length));
}

static inline void put(struct json_writer *json, const char *text)
{
	put_bytes(json, text, strlen(text));
}

/* Bytes of a line break, and of the comma before it. */
static inline size_t separator_length(const struct json_writer *json)
{
	return sizeof(",\n") + json->depth * INDENT;
}

/* These write where there is room, and return where they ended. */

static inline char *break_line(const struct json_writer *json, char *at)
{
	unsigned int depth;

	if (json->form == JSON_LINE)
		return at;
	*at++ = '\n';
	for (depth = json->depth; depth; depth--)
		at = mempcpy(at, "  ", INDENT);
	return at;
}

/* What comes before a member of an object, or an item of a list. */
static inline char *separate(struct json_writer *json, char *at)
{
	if (!json->empty)
		*at++ = ',';
	json->empty = false;
	return break_line(json, at);
}

static void put_separator(struct json_writer *json)
{
	take(json, separate(json, room(json, separator_length(json))));
}

static void put_name(struct json_writer *json, const char *name)
{
	size_t length = strlen(name);
	char *at = room(json, separator_length(json) + length + sizeof("\"\": "));

	at = separate(json, at);
	*at++ = '"';
	at = mempcpy(at, name, length);
	at = mempcpy(at, "\":", 2);
	if (json->form == JSON_PAGE)
		*at++ = ' ';
	take(json, at);
}

/* Put @names together, which are far less than a buffer. */
static void write_names(const struct json_writer *json, const struct field_table *table,
			struct json_names *names)
{
	struct json_writer writer;
	size_t i;

	start(&writer, NULL, json->form);
	writer.depth = json->depth;
	writer.empty = false;
	names->table = table;
	names->ends = xreallocarray(names->ends, table->count, sizeof(*names->ends));
	for (i = 0; i < table->count; i++) {
		put_name(&writer, table->fields[i].name);
		names->ends[i] = writer.used;
	}
	names->text = xreallocarray(names->text, writer.used, 1);
	memcpy(names->text, writer.buffer, writer.used);
}

static const struct json_names *names_of(struct json_writer *json,
					 const struct field_table *table)
{
	struct json_names *names = &json->names[json->depth];

	if (names->table != table)
		write_names(json, table, names);
	return names;
}

static void finish(struct json_writer *json)
{
	size_t i;

	flush(json);
	for (i = 0; i < JSON_DEPTH; i++) {
		free(json->names[i].text);
		free(json->names[i].ends);
	}
}

static void open_bracket(struct json_writer *json, char bracket)
{
	put_char(json, bracket);
	json->depth++;
	json->empty = true;
}

static void close_bracket(struct json_writer *json, char bracket)
{
	char *at;

	json->depth--;
	json->empty = false;
	at = break_line(json, room(json, separator_length(json) + 1));
	*at++ = bracket;
	take(json, at);
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
static void put_allocated(struct json_writer *json, char *text)
{
	put_string(json, text);
	free(text);
}

/* Most names need no escape, nor memory for one. */
static void put_text(struct json_writer *json, const char *text)
{
	if (text_is_plain(text))
		put_string(json, text);
	else
		put_allocated(json, escape_text(text));
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
		put_text(json, *(char *const *)place);
		break;
	case FIELD_TIME:
		put_allocated(json, exact_time_text(*(const uint64_t *)place));
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

static void put_if_known(struct json_writer *json, const struct field *field,
			 const void *object)
{
	if (field_known(field, object))
		put_value(json, field, object);
	else
		put(json, "null");
}

void json_field(struct json_writer *json, const struct field *field, const void *object)
{
	put_name(json, field->name);
	put_if_known(json, field, object);
}

/* Before the first name of an object is no comma. */
void json_fields(struct json_writer *json, const struct field_table *table, const void *object)
{
	const struct json_names *names = names_of(json, table);
	size_t i, begin = json->empty;

	for (i = 0; i < table->count; i++) {
		put_bytes(json, names->text + begin, names->ends[i] - begin);
		json->empty = false;
		put_if_known(json, &table->fields[i], object);
		begin = names->ends[i];
	}
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
	finish(json);
}

void json_print(FILE *stream, const char *schema, const struct field_table *table,
		const void *object)
{
	struct json_writer json;

	start(&json, stream, JSON_PAGE);
	put_document(&json, schema, table, object);
	put_char(&json, '\n');
	finish(&json);
}

void json_print_status(FILE *stream, const struct snapshot *snapshot)
{
	json_print(stream, STATUS_SCHEMA, &snapshot_table, snapshot);
}
