/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON documents, made of the field table. */
#ifndef SECRETMEM_JSON_H
#define SECRETMEM_JSON_H

#include <stdio.h>

#include "fields.h"

#define SCHEMA_VERSION 1
#define STATUS_SCHEMA "secretmem/status"
#define SUMMARY_SCHEMA "secretmem/summary"	/* the same, less what only root may know */
#define RECORD_SCHEMA "secretmem/record"

enum json_form {
	JSON_PAGE,		/* readable: a member a line, set in by depth */
	JSON_LINE,		/* all in one line */
};

/*
 * The names of a table's fields as they stand in an object at one depth, each with
 * what comes before it. A list has many such objects.
 */
struct json_names {
	const struct field_table *table;
	char *text;
	size_t *ends;		/* of each in the text */
};

#define JSON_DEPTH 16		/* more than any document has */

/* Where a document goes, and how far it is. */
struct json_writer {
	FILE *stream;
	enum json_form form;
	unsigned int depth;
	bool empty;		/* nothing is in the innermost object or list yet */
	struct json_names names[JSON_DEPTH];	/* those written last, by depth */
	size_t used;		/* bytes of the buffer */
	char buffer[16384];	/* what is not in the stream yet */
};

/*
 * Print a readable document that begins as all of ours do: schema, its version,
 * the program's. @object is described by @table.
 */
void json_print(FILE *stream, const char *schema, const struct field_table *table,
		const void *object);

/* A document of secretmemctl status. */
void json_print_status(FILE *stream, const struct snapshot *snapshot);

/*
 * A line of a stream is put together: open, fields, close. It has no version of
 * the program; a document of status within has.
 */
void json_open(struct json_writer *json, FILE *stream, const char *schema);
void json_field(struct json_writer *json, const struct field *field, const void *object);
void json_fields(struct json_writer *json, const struct field_table *table, const void *object);
void json_status(struct json_writer *json, const char *name, const struct snapshot *snapshot);
void json_close(struct json_writer *json);

#endif
