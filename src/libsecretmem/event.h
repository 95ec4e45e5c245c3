/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events and the lines that tell them. A line is a record: an event, or a
 * snapshot between events. Lines of JSON are a recording (recording.h).
 */
#ifndef SECRETMEM_EVENT_H
#define SECRETMEM_EVENT_H

#include <stdio.h>

#include "fields.h"
#include "format.h"

/* What one type of event is, and which fields of the event table it has. */
struct event_kind {
	const char *help;	/* one line, no full stop */
	const char *fields;	/* by name, each after a blank */
};

#define EVENT_TYPES (EVENT_RESYNC + 1)

extern const struct event_kind event_kinds[EVENT_TYPES];

/* "file-created"; NULL: unknown. */
const char *event_type_name(enum event_type type);

/* EVENT_UNKNOWN where there is none of this name. */
enum event_type event_type_find(const char *name, size_t length);

/* Whether events of this type have the field. All have those before file_id. */
bool event_has(enum event_type type, const struct field *field);

struct record {
	struct event event;
	struct snapshot snapshot;	/* of EVENT_SNAPSHOT */
};

void record_clear(struct record *record);

/* One line of JSON. */
void record_print_json(const struct record *record, FILE *stream);

/* One line for people. */
void record_print(const struct record *record, const struct style *style, FILE *stream);

#endif
