// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>

#include "event.h"
#include "json.h"
#include "xalloc.h"

#define TYPE_WIDTH 14
#define MOST_FIELDS 32

#define DOER " pid uid comm cgroup_id"
#define FILE_IDENTITY " file_id device inode"

const struct event_kind event_kinds[EVENT_TYPES] = {
	[EVENT_FILE_CREATED] = {
		"a secretmem file was created", FILE_IDENTITY DOER
	},
	[EVENT_FILE_RELEASED] = {
		"a file and its memory have gone", FILE_IDENTITY DOER " bytes"
	},
	[EVENT_CHUNK_ADDED] = {
		"a file got a chunk of the pool", FILE_IDENTITY DOER " chunk_id position bytes"
	},
	[EVENT_CHUNK_RELEASED] = {
		"a file gave a chunk back to the pool",
		FILE_IDENTITY DOER " chunk_id position bytes state"
	},
	[EVENT_RESERVE_FAILED] = {
		"mmap(2) or ftruncate(2) got ENOMEM: there is no reservation",
		FILE_IDENTITY DOER " bytes reason"
	},
	[EVENT_FAULT_FAILED] = {
		"an access to memory of a file without reservation failed",
		FILE_IDENTITY DOER " bytes reason"
	},
	[EVENT_LIMIT] = {
		"a limit stood in the way of what the next event tells",
		FILE_IDENTITY DOER " bytes reason"
	},
	[EVENT_THRESHOLD] = {
		"a threshold set by secretmemctl pool was crossed", " bytes count reason"
	},
	[EVENT_SPLIT] = {
		"large pages of the direct map were split", " page_bytes count owner"
	},
	[EVENT_SNAPSHOT] = { "how things are at this moment", "" },
	[EVENT_OVERRUN] = { "events were lost here: the reader was too slow", " group dropped" },
	[EVENT_RESYNC] = {
		"the snapshot before this line makes up for what was lost", ""
	},
};

static const struct field *type_field(void)
{
	return event_table.fields;
}

const char *event_type_name(enum event_type type)
{
	const struct event event = { .type = type };

	return field_word(type_field(), &event);
}

enum event_type event_type_find(const char *name, size_t length)
{
	enum event_type type;

	for (type = EVENT_FILE_CREATED; type < EVENT_TYPES; type++) {
		const char *word = event_type_name(type);

		if (strlen(word) == length && !strncmp(word, name, length))
			return type;
	}
	return EVENT_UNKNOWN;
}

/* Is @name one of the words of @fields, each of which follows a blank? */
static bool names_field(const char *fields, const char *name)
{
	size_t length = strlen(name);

	while ((fields = strchr(fields, ' '))) {
		fields++;
		if (!strncmp(fields, name, length) &&
		    (!fields[length] || fields[length] == ' '))
			return true;
	}
	return false;
}

/* By type and row; asked for every field of every event. */
static bool has[EVENT_TYPES][MOST_FIELDS];

static void fill_has(void)
{
	enum event_type type;
	bool common = true;

	table_for_each(field, &event_table) {
		common &= !!strcmp(field->name, "file_id");
		for (type = EVENT_FILE_CREATED; type < EVENT_TYPES; type++)
			has[type][field - event_table.fields] =
				common || names_field(event_kinds[type].fields, field->name);
	}
}

bool event_has(enum event_type type, const struct field *field)
{
	if (!has[EVENT_FILE_CREATED][0])
		fill_has();
	return has[type][field - event_table.fields];
}

void record_clear(struct record *record)
{
	event_clear(&record->event);
	snapshot_clear(&record->snapshot);
}

void record_print_json(const struct record *record, FILE *stream)
{
	const struct event *event = &record->event;
	struct json_writer json;

	json_open(&json, stream, RECORD_SCHEMA);
	table_for_each(field, &event_table) {
		if (event_has(event->type, field))
			json_field(&json, field, event);
	}
	if (event->type == EVENT_SNAPSHOT)
		json_status(&json, "status", &record->snapshot);
	json_close(&json);
}
