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
		"a file got a chunk of the pool", " file_id" DOER " chunk_id position bytes"
	},
	[EVENT_CHUNK_RELEASED] = {
		"a file gave a chunk back to the pool",
		" file_id" DOER " chunk_id position bytes state"
	},
	[EVENT_RESERVE_FAILED] = {
		"mmap(2) or ftruncate(2) got ENOMEM: there is no reservation",
		FILE_IDENTITY DOER " bytes reason"
	},
	[EVENT_FAULT_FAILED] = {
		"an access to memory of a file did not get its page",
		FILE_IDENTITY DOER " bytes reason"
	},
	[EVENT_LIMIT] = {
		"a limit stood in the way of what the next event tells",
		FILE_IDENTITY DOER " bytes reason"
	},
	[EVENT_THRESHOLD] = {
		"a threshold of the pool was crossed", DOER " bytes count reason"
	},
	[EVENT_SPLIT] = {
		"large pages of the direct map were split", " page_bytes count owner"
	},
	[EVENT_SNAPSHOT] = { "how things are at this moment", "" },
	[EVENT_OVERRUN] = {
		"events were lost here: the reader was too slow, or the kernel short of memory",
		" group dropped"
	},
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

/* ---- for people ---- */

#define NS_PER_SECOND UINT64_C(1000000000)
#define NS_PER_US UINT64_C(1000)

/* Names may have what separates fields here; what ends a text looks like other escapes. */
static void put_text(const char *text, FILE *stream)
{
	bool quoted = strpbrk(text, " \"=") || !*text;

	if (quoted)
		fputc('"', stream);
	for (; *text; text++) {
		if (*text == '"')
			fputs("\\x22", stream);
		else
			fputc(*text, stream);
	}
	if (quoted)
		fputc('"', stream);
}

static void put_field(const struct field *field, const void *object,
		      const struct style *style, FILE *stream)
{
	char *text;

	if (!field_known(field, object))
		return;
	text = field_text(field, object, style);
	fprintf(stream, " %s=", field->name);
	put_text(text, stream);
	free(text);
}

static void put_time(const struct event *event, FILE *stream)
{
	char *text = time_text(event->time_ns);
	uint64_t ns = event->monotonic_ns.value;

	fputs(text, stream);
	free(text);
	if (event->monotonic_ns.known)
		fprintf(stream, " %5" PRIu64 ".%06" PRIu64, ns / NS_PER_SECOND,
			ns % NS_PER_SECOND / NS_PER_US);
}

/* Those that all events have come before these. */
static void put_fields(const struct event *event, const struct style *style, FILE *stream)
{
	bool common = true;

	table_for_each(field, &event_table) {
		common &= !!strcmp(field->name, "file_id");
		if (!common && event_has(event->type, field))
			put_field(field, event, style, stream);
	}
}

static void put_snapshot(const struct snapshot *snapshot, const struct style *style,
			 FILE *stream)
{
	static const char *const fields[] = { "reserved_bytes", "available_bytes", "capacity_bytes" };
	size_t i;

	fprintf(stream, " source=%s", snapshot->source);
	if (snapshot->files.known)
		fprintf(stream, " files=%zu", snapshot->files.count);
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		table_for_each(field, &pool_table) {
			if (!strcmp(field->name, fields[i]))
				put_field(field, &snapshot->pool, style, stream);
		}
	}
	if (snapshot->boot_id)
		fprintf(stream, " boot_id=%s", snapshot->boot_id);
}

void record_print(const struct record *record, const struct style *style, FILE *stream)
{
	const struct event *event = &record->event;

	put_time(event, stream);
	fprintf(stream, " %-*s", TYPE_WIDTH, event_type_name(event->type));
	put_fields(event, style, stream);
	if (event->type == EVENT_SNAPSHOT)
		put_snapshot(&record->snapshot, style, stream);
	fputs(event->derived ? " derived\n" : "\n", stream);
}
