// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>

#include "json.h"
#include "json-read.h"
#include "recording.h"
#include "xalloc.h"

/* Far above what a machine can have; a line without end must not eat all memory. */
#define LONGEST_LINE ((size_t)256 << 20)

/* A snapshot's place. */
struct entry {
	off_t offset;
	uint64_t time_ns;
};

/* What was not sound: how often, and where first. */
struct complaint {
	size_t count;
	size_t line;
	const char *what;
};

struct recording {
	char *path;
	FILE *stream;
	char *line;		/* without its newline */
	size_t length;
	size_t capacity;
	size_t number;		/* of the line, from 1 */
	bool whole;		/* it ended with a newline */
	bool too_long;
	size_t records;
	struct list entries;	/* of struct entry */
	struct complaint unreadable;	/* lines that are no records */
	struct complaint unknown;	/* records of a type that is not known */
	struct complaint newer;		/* of a newer schema_version */
	struct json_faults faults;
	char warning[512];
};

static void keep_byte(struct recording *recording, char byte)
{
	if (recording->length == LONGEST_LINE) {
		recording->too_long = true;
		return;
	}
	if (recording->length == recording->capacity) {
		recording->capacity = recording->capacity ? 2 * recording->capacity : 4096;
		recording->line = xreallocarray(recording->line, recording->capacity, 1);
	}
	recording->line[recording->length++] = byte;
}

/* False: there is no more. */
static bool read_line(struct recording *recording)
{
	int byte;

	recording->length = 0;
	recording->too_long = false;
	while ((byte = getc_unlocked(recording->stream)) != EOF && byte != '\n')
		keep_byte(recording, (char)byte);
	recording->whole = byte == '\n';
	recording->number++;
	return recording->whole || recording->length;
}

static void complain_of(struct complaint *complaint, size_t line, const char *what)
{
	if (complaint->count++)
		return;
	complaint->line = line;
	complaint->what = what;
}

/* The line's object, if it is one of a recording; NULL: @why tells. */
static struct json_object *parse_line(const struct recording *recording, const char **why)
{
	struct json_object *json;
	const char *schema;

	*why = "too long";
	if (recording->too_long)
		return NULL;
	json = json_parse(recording->line, recording->length, why);
	if (!json && recording->whole)
		*why = "no JSON object";
	if (!json)
		return NULL;
	schema = json_member_text(json, "schema");
	if (schema && !strcmp(schema, RECORD_SCHEMA))
		return json;
	*why = schema && !strcmp(schema, STATUS_SCHEMA) ?
		"a document of secretmemctl status, which --from reads" : "no record";
	json_object_put(json);
	return NULL;
}

static void check_version(struct recording *recording, struct json_object *json)
{
	if (json_object_get_int64(json_object_object_get(json, "schema_version")) >
	    SCHEMA_VERSION)
		complain_of(&recording->newer, recording->number, "newer");
}

static void read_status(struct json_object *json, struct snapshot *snapshot,
			struct json_faults *faults)
{
	size_t before = faults->count;

	json_read(&snapshot_table, json, snapshot, faults);
	snapshot->source = "replay";
	snapshot->partial |= faults->count > before;
}

/* A snapshot without its status, or of a time that is not known, is none. */
static bool take_snapshot(struct recording *recording, struct json_object *json,
			  struct record *record)
{
	struct json_object *status = json_object_object_get(json, "status");

	if (!json_object_is_type(status, json_type_object) || !record->event.time_ns)
		return false;
	read_status(status, &record->snapshot, &recording->faults);
	return true;
}

static bool take_record(struct recording *recording, struct json_object *json,
			struct record *record)
{
	check_version(recording, json);
	json_read(&event_table, json, &record->event, &recording->faults);
	if (!record->event.type) {
		complain_of(&recording->unknown, recording->number, "unknown");
		return false;
	}
	if (record->event.type == EVENT_SNAPSHOT && !take_snapshot(recording, json, record)) {
		complain_of(&recording->unreadable, recording->number,
			    "a snapshot without time or status");
		return false;
	}
	return true;
}

/* False: this line tells nothing. */
static bool read_record(struct recording *recording, struct record *record)
{
	struct json_object *json;
	const char *why;
	bool good;

	if (!recording->length)
		return false;
	json = parse_line(recording, &why);
	if (!json) {
		complain_of(&recording->unreadable, recording->number, why);
		return false;
	}
	good = take_record(recording, json, record);
	json_object_put(json);
	return good;
}

/* @offset: of the next record's line. */
static bool next_record(struct recording *recording, struct record *record, off_t *offset)
{
	*offset = ftello(recording->stream);
	while (read_line(recording)) {
		if (read_record(recording, record))
			return true;
		record_clear(record);
		*offset = ftello(recording->stream);
	}
	return false;
}

bool recording_next(struct recording *recording, struct record *record)
{
	off_t offset;

	return next_record(recording, record, &offset);
}

/* ---- what was not sound, in words ---- */

static void say(struct recording *recording, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void say(struct recording *recording, const char *format, ...)
{
	size_t length = strlen(recording->warning);
	va_list arguments;

	length += (size_t)snprintf(recording->warning + length,
				   sizeof(recording->warning) - length, "%s",
				   length ? "; " : "");
	if (length >= sizeof(recording->warning))
		return;
	va_start(arguments, format);
	vsnprintf(recording->warning + length, sizeof(recording->warning) - length, format,
		  arguments);
	va_end(arguments);
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void say_unreadable(struct recording *recording)
{
	const struct complaint *unreadable = &recording->unreadable;

	if (unreadable->count == 1)
		say(recording, "line %zu is left out: it is %s", unreadable->line,
		    unreadable->what);
	else if (unreadable->count)
		say(recording, "%zu lines are left out: the first, line %zu, is %s",
		    unreadable->count, unreadable->line, unreadable->what);
}

static void make_warning(struct recording *recording)
{
	const struct complaint *newer = &recording->newer, *unknown = &recording->unknown;

	say_unreadable(recording);
	if (unknown->count)
		say(recording, "%zu record%s of an unknown type, the first in line %zu",
		    unknown->count, plural(unknown->count), unknown->line);
	if (newer->count)
		say(recording, "it is of a newer version than %d: what is new in it is left out",
		    SCHEMA_VERSION);
	if (recording->faults.count)
		say(recording, "%zu value%s of a wrong type, the first %s",
		    recording->faults.count, plural(recording->faults.count),
		    recording->faults.first);
}

const char *recording_warning(const struct recording *recording)
{
	return *recording->warning ? recording->warning : NULL;
}

/* ---- open, and go to a moment ---- */

static void scan(struct recording *recording)
{
	struct record record = { 0 };
	struct entry *entry;
	off_t offset;

	while (next_record(recording, &record, &offset)) {
		recording->records++;
		if (record.event.type == EVENT_SNAPSHOT) {
			entry = list_add(&recording->entries, sizeof(*entry));
			entry->offset = offset;
			entry->time_ns = record.event.time_ns;
		}
		record_clear(&record);
	}
	make_warning(recording);
}

static enum exit_code fail_open(const char *path, struct failure *failure)
{
	return fail(failure, errno == EACCES ? EXIT_PERMISSION : EXIT_FAILED,
		    "cannot open %.256s: %s", path, strerror(errno));
}

/* A file that has an end, and can be read twice. */
static enum exit_code open_file(const char *path, FILE **stream, struct failure *failure)
{
	struct stat status;

	*stream = fopen(path, "re");
	if (!*stream)
		return fail_open(path, failure);
	if (!fstat(fileno(*stream), &status) && S_ISREG(status.st_mode))
		return EXIT_FINE;
	fclose(*stream);
	*stream = NULL;
	return fail(failure, EXIT_FAILED, "%.256s is not a regular file", path);
}

static enum exit_code check_any(struct recording *recording, struct failure *failure)
{
	const struct complaint *unreadable = &recording->unreadable;

	if (ferror(recording->stream))
		return fail(failure, EXIT_FAILED, "cannot read %.256s", recording->path);
	if (recording->records)
		return EXIT_FINE;
	if (!unreadable->count)
		return fail(failure, EXIT_FAILED, "%.256s is no recording: it is empty",
			    recording->path);
	return fail(failure, EXIT_FAILED, "%.256s is no recording: line %zu is %s",
		    recording->path, unreadable->line, unreadable->what);
}

enum exit_code recording_open(const char *path, struct recording **recording,
			      struct failure *failure)
{
	enum exit_code code;

	*recording = xcalloc(1, sizeof(**recording));
	(*recording)->path = xstrdup(path);
	code = open_file(path, &(*recording)->stream, failure);
	if (!code) {
		scan(*recording);
		code = check_any(*recording, failure);
	}
	if (code) {
		recording_close(*recording);
		*recording = NULL;
		return code;
	}
	rewind((*recording)->stream);
	return EXIT_FINE;
}

void recording_close(struct recording *recording)
{
	if (!recording)
		return;
	if (recording->stream)
		fclose(recording->stream);
	free(recording->path);
	free(recording->line);
	free(recording->entries.items);
	free(recording);
}

size_t recording_snapshots(const struct recording *recording)
{
	return recording->entries.count;
}

static const struct entry *entry_at(const struct recording *recording, size_t index)
{
	return list_at(&recording->entries, index, sizeof(struct entry));
}

uint64_t recording_snapshot_time(const struct recording *recording, size_t index)
{
	return entry_at(recording, index)->time_ns;
}

void recording_seek(struct recording *recording, size_t index)
{
	fseeko(recording->stream, entry_at(recording, index)->offset, SEEK_SET);
}

bool recording_find_time(const struct recording *recording, uint64_t time_ns, size_t *index)
{
	size_t i = recording->entries.count;

	while (i--) {
		if (entry_at(recording, i)->time_ns <= time_ns) {
			*index = i;
			return true;
		}
	}
	return false;
}

/* ---- one document ---- */

/* Up to its end, with newlines. */
static void read_all(struct recording *file)
{
	int byte;

	while ((byte = getc_unlocked(file->stream)) != EOF && !file->too_long)
		keep_byte(file, (char)byte);
}

static bool is_status(struct json_object *json)
{
	const char *schema = json_member_text(json, "schema");

	return schema && (!strcmp(schema, STATUS_SCHEMA) || !strcmp(schema, SUMMARY_SCHEMA));
}

static enum exit_code take_document(const char *path, struct json_object *json,
				    struct snapshot *snapshot, struct failure *failure)
{
	struct json_faults faults = { 0 };

	if (!is_status(json))
		return fail(failure, EXIT_FAILED, "%.256s is no document of secretmemctl status",
			    path);
	read_status(json, snapshot, &faults);
	if (faults.count)
		return fail(failure, EXIT_PARTIAL, "%.256s: %zu value%s of a wrong type, the "
			    "first %s", path, faults.count, plural(faults.count), faults.first);
	return EXIT_FINE;
}

enum exit_code status_document_read(const char *path, struct snapshot *snapshot,
				    struct failure *failure)
{
	struct recording file = { 0 };
	enum exit_code code = open_file(path, &file.stream, failure);
	struct json_object *json;
	const char *why;

	if (code)
		return code;
	read_all(&file);
	fclose(file.stream);
	while (file.length && file.line[file.length - 1] == '\n')
		file.length--;
	json = json_parse(file.line, file.length, &why);
	if (json)
		code = take_document(path, json, snapshot, failure);
	else
		code = fail(failure, EXIT_FAILED,
			    "%.256s is no document of secretmemctl status: it is %s", path, why);
	json_object_put(json);
	free(file.line);
	return code;
}
