/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON documents, made of the field table. */
#ifndef SECRETMEM_JSON_H
#define SECRETMEM_JSON_H

#include <stdio.h>

#include <json-c/json.h>

#include "fields.h"

/* An object by its table. */
struct json_object *json_of(const struct field_table *table, const void *object);

/* An object that begins as all our documents do: schema, its version, ours. */
struct json_object *json_envelope(const char *schema);

/* Print a document, readable, with a newline at its end, and free it. */
void json_print(FILE *stream, struct json_object *json);

/* Put all fields of @object into @json. */
void json_add_fields(struct json_object *json, const struct field_table *table,
		     const void *object);

/* The document of secretmemctl status. */
void json_print_status(FILE *stream, const struct snapshot *snapshot);

#endif
