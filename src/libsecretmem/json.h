/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON documents, made of the field table. */
#ifndef SECRETMEM_JSON_H
#define SECRETMEM_JSON_H

#include <stdio.h>

#include <json-c/json.h>

#include "fields.h"

/* An object by its table. */
struct json_object *json_of(const struct field_table *table, const void *object);

#define SCHEMA_VERSION 1
#define STATUS_SCHEMA "secretmem/status"
#define SUMMARY_SCHEMA "secretmem/summary"	/* the same, less what only root may know */
#define RECORD_SCHEMA "secretmem/record"

/* An object that begins as all our documents do: schema, its version, ours. */
struct json_object *json_envelope(const char *schema);

/* The same without the version of the program, of which a recording has one in a snapshot. */
struct json_object *json_schema(const char *schema);

/* Print a document, readable, with a newline at its end, and free it. */
void json_print(FILE *stream, struct json_object *json);

/* The same in one line. */
void json_print_line(FILE *stream, struct json_object *json);

/* Put all fields of @object into @json. */
void json_add_fields(struct json_object *json, const struct field_table *table,
		     const void *object);

/* Put one of them into @json, which must not have it yet. */
void json_add_field(struct json_object *json, const struct field *field, const void *object);

/* Put @value into @json, which must not have @name yet; @name must stay. */
void json_add(struct json_object *json, const char *name, struct json_object *value);

/* A document of secretmemctl status. */
struct json_object *json_status(const struct snapshot *snapshot);

void json_print_status(FILE *stream, const struct snapshot *snapshot);

#endif
