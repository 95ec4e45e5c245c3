// SPDX-License-Identifier: GPL-2.0-or-later
#include "escape.h"
#include "json-read.h"
#include "size.h"
#include "xalloc.h"

#define NS_PER_SECOND UINT64_C(1000000000)

static bool read_number(const struct field *field, struct json_object *json,
			struct number *place)
{
	uint64_t value;

	/* Of a number below zero json-c makes 0. */
	if (!json_object_is_type(json, json_type_int) || json_object_get_int64(json) < 0)
		return false;
	value = json_object_get_uint64(json);
	if (field->type == FIELD_SECONDS &&
	    __builtin_mul_overflow(value, NS_PER_SECOND, &value))
		return false;
	*place = number(value);
	return true;
}

/* json-c made a double of the text, which the thousandths were. */
static bool read_decimal(struct json_object *json, struct number *place)
{
	double value = json_object_get_double(json);

	if (!json_object_is_type(json, json_type_double) &&
	    !json_object_is_type(json, json_type_int))
		return false;
	if (value < 0 || value > 1e15)
		return false;
	*place = number((uint64_t)(value * 1000 + 0.5));
	return true;
}

static bool read_truth(struct json_object *json, enum truth *place)
{
	if (!json_object_is_type(json, json_type_boolean))
		return false;
	*place = json_object_get_boolean(json) ? TRUTH_YES : TRUTH_NO;
	return true;
}

static bool read_flag(struct json_object *json, bool *place)
{
	if (!json_object_is_type(json, json_type_boolean))
		return false;
	*place = json_object_get_boolean(json);
	return true;
}

/* The text of a string that is one: without a NUL inside. */
static const char *plain_text(struct json_object *json)
{
	const char *text;

	if (!json_object_is_type(json, json_type_string))
		return NULL;
	text = json_object_get_string(json);
	return strlen(text) == (size_t)json_object_get_string_len(json) ? text : NULL;
}

/* What a newer version may mean by a word is unknown. */
static bool read_word(const struct field *field, struct json_object *json,
		      unsigned int *place)
{
	const char *text = plain_text(json);
	unsigned int i;

	for (i = 1; text && field->words[i]; i++) {
		if (!strcmp(field->words[i], text))
			*place = i;
	}
	return text;
}

static bool read_text(struct json_object *json, char **place)
{
	const char *text = plain_text(json);

	if (text)
		*place = unescape(text);
	return text;
}

static bool read_time(struct json_object *json, uint64_t *place)
{
	const char *text = plain_text(json);

	return text && parse_time(text, place);
}

static bool read_object(const struct field_table *table, struct json_object *json,
			void *place, struct json_faults *faults)
{
	if (!json_object_is_type(json, json_type_object))
		return false;
	json_read(table, json, place, faults);
	return true;
}

static bool read_list(const struct field_table *table, struct json_object *json,
		      struct list *place, struct json_faults *faults)
{
	bool good = json_object_is_type(json, json_type_array);
	size_t i, count = good ? json_object_array_length(json) : 0;

	place->known = good;
	for (i = 0; i < count; i++) {
		struct json_object *item = json_object_array_get_idx(json, i);

		if (json_object_is_type(item, json_type_object))
			json_read(table, item, list_add(place, table->size), faults);
		else
			good = false;
	}
	return good;
}

static bool read_field(const struct field *field, struct json_object *json, void *place,
		       struct json_faults *faults)
{
	switch (field->type) {
	case FIELD_DECIMAL:
		return read_decimal(json, place);
	case FIELD_TRUTH:
		return read_truth(json, place);
	case FIELD_FLAG:
		return read_flag(json, place);
	case FIELD_WORD:
		return read_word(field, json, place);
	case FIELD_TEXT:
		return read_text(json, place);
	case FIELD_CONSTANT:
		return true;
	case FIELD_TIME:
		return read_time(json, place);
	case FIELD_OBJECT:
		return read_object(field->table, json, place, faults);
	case FIELD_LIST:
		return read_list(field->table, json, place, faults);
	default:
		return read_number(field, json, place);
	}
}

static void add_fault(const struct field_table *table, const struct field *field,
		      struct json_faults *faults)
{
	if (!faults->count++)
		snprintf(faults->first, sizeof(faults->first), "%s of %s", field->name,
			 table->name);
}

void json_read(const struct field_table *table, struct json_object *json, void *object,
	       struct json_faults *faults)
{
	table_for_each(field, table) {
		struct json_object *value = json_object_object_get(json, field->name);

		if (value && !read_field(field, value, (char *)object + field->offset, faults))
			add_fault(table, field, faults);
	}
}

const char *json_member_text(struct json_object *json, const char *name)
{
	return plain_text(json_object_object_get(json, name));
}

struct json_object *json_parse(const char *bytes, size_t length, const char **why)
{
	struct json_tokener *tokener;
	struct json_object *json;
	enum json_tokener_error error;

	*why = "no JSON object";
	if (!length || length > INT32_MAX || memchr(bytes, '\0', length))
		return NULL;
	tokener = json_tokener_new();
	if (!tokener)
		errx(EXIT_FAILED, "out of memory");
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	json = json_tokener_parse_ex(tokener, bytes, (int)length);
	error = json_tokener_get_error(tokener);
	if (error == json_tokener_continue)
		*why = "cut off";
	json_tokener_free(tokener);
	if (json_object_is_type(json, json_type_object))
		return json;
	json_object_put(json);
	return NULL;
}
