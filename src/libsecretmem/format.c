// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdio.h>

#include "escape.h"
#include "format.h"
#include "users.h"
#include "xalloc.h"

static char *number_text(uint64_t value)
{
	return xasprintf("%" PRIu64, value);
}

static char *user_text(uint64_t uid, const struct style *style)
{
	const char *name = style->user_names ? user_name((uid_t)uid) : NULL;

	return name ? escape_text(name) : number_text(uid);
}

static char *numeric_text(const struct field *field, const void *object,
			  const struct style *style)
{
	uint64_t value = field_number(field, object).value;

	switch (field->type) {
	case FIELD_BYTES:
		return size_text(value, style->units);
	case FIELD_SECONDS:
		return age_text(value);
	case FIELD_PERCENT:
		return xasprintf("%" PRIu64 "%%", value);
	case FIELD_USER:
		return user_text(value, style);
	case FIELD_DECIMAL:
		return decimal_text(((const struct number *)field_place(field, object))->value);
	default:
		return number_text(value);
	}
}

/* One part of an item's short name; empty: not known, or it has none. */
static char *part_text(const struct field *field, const void *item)
{
	static const struct style plain;

	if (!field || !field_known(field, item))
		return xstrdup("");
	return field_text(field, item, &plain);
}

/* A comma ends an item of a list: one in a name looks like other bytes of that kind. */
static char *escape_commas(const char *text)
{
	char *escaped = xcalloc(strlen(text) + 1, sizeof("\\x2c") - 1), *out = escaped;

	for (; *text; text++) {
		if (*text == ',')
			out = stpcpy(out, "\\x2c");
		else
			*out++ = *text;
	}
	return escaped;
}

char *item_text(const struct field_table *table, const void *item)
{
	char *label = part_text(table->label, item), *key = part_text(table->key, item);
	char *escaped = escape_commas(label);
	char *text = xasprintf("%s(%s)", *escaped ? escaped : "-", *key ? key : "-");

	free(escaped);
	free(label);
	free(key);
	return text;
}

static char *list_text(const struct field *field, const struct list *list)
{
	char *text = NULL;
	size_t i, size;
	FILE *stream;

	if (!list->count)
		return xstrdup("none");
	stream = open_memstream(&text, &size);
	for (i = 0; stream && i < list->count; i++) {
		char *item = item_text(field->table, list_at(list, i, field->table->size));

		fprintf(stream, "%s%s", i ? "," : "", item);
		free(item);
	}
	if (!stream || fclose(stream))
		errx(EXIT_FAILED, "out of memory");
	return text;
}

char *field_text(const struct field *field, const void *object, const struct style *style)
{
	const void *place = field_place(field, object);

	if (!field_known(field, object))
		return xstrdup("-");
	switch (field->type) {
	case FIELD_TRUTH:
		return xstrdup(*(const enum truth *)place == TRUTH_YES ? "yes" : "no");
	case FIELD_FLAG:
		return xstrdup(*(const bool *)place ? "yes" : "no");
	case FIELD_WORD:
		return xstrdup(field_word(field, object));
	case FIELD_TEXT:
	case FIELD_CONSTANT:
		return escape_text(*(char *const *)place);
	case FIELD_TIME:
		return time_text(*(const uint64_t *)place);
	case FIELD_LIST:
		return list_text(field, place);
	case FIELD_OBJECT:
		return xstrdup("");
	default:
		return numeric_text(field, object, style);
	}
}
