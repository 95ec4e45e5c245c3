/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON read back into the model, by the field table that it was written by. */
#ifndef SECRETMEM_JSON_READ_H
#define SECRETMEM_JSON_READ_H

#include <json-c/json.h>

#include "fields.h"

/* What was not as the field table has it. Zeroed memory: nothing. */
struct json_faults {
	size_t count;
	char first[128];	/* in words */
};

/*
 * Fill @object, which must be zeroed, with what @json has of the fields of
 * @table. Members that the table does not have are passed over; what is not
 * there, null, a word that is not known, or of a wrong type (which is counted)
 * stays unknown. A FIELD_CONSTANT is the program's own, and is not read.
 */
void json_read(const struct field_table *table, struct json_object *json, void *object,
	       struct json_faults *faults);

/* A text member of our own envelope, or NULL. */
const char *json_member_text(struct json_object *json, const char *name);

/*
 * Parse the @length bytes of one document; NULL: @why tells what it is not, as
 * in "is ...". To be put by json_object_put().
 */
struct json_object *json_parse(const char *bytes, size_t length, const char **why);

#endif
