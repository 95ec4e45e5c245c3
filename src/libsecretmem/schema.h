/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON Schema (2020-12) of the documents that these tools print, made of the same
 * field tables as the documents. What it promises is in docs/json.md.
 */
#ifndef SECRETMEM_SCHEMA_H
#define SECRETMEM_SCHEMA_H

#include <stdio.h>

#include "fields.h"

/* A kind of document. */
struct document {
	const char *schema;	/* "secretmem/status" */
	const char *help;	/* what prints it: one sentence */
	const struct field_table *table;
	bool record;		/* a line of a stream: see event.h */
};

extern const struct document status_document;
extern const struct document summary_document;
extern const struct document record_document;

void schema_print(const struct document *document, FILE *stream);

#endif
