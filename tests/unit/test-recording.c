// SPDX-License-Identifier: GPL-2.0-or-later
/* Recordings and documents, read again: sound ones whole, others as far as they are. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "recording.h"
#include "samples.h"
#include "test.h"
#include "xalloc.h"

#define SECOND UINT64_C(1000000000)
#define START UINT64_C(1795334468000000000)	/* 2026-11-22T08:01:08Z */

static char path[] = "/tmp/secretmem-recording-XXXXXX";
static struct failure failure;

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 || close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static void write_bytes(const char *bytes, size_t length)
{
	FILE *stream = fopen(path, "w");

	assert_non_null(stream);
	assert_int_equal(fwrite(bytes, 1, length, stream), length);
	assert_int_equal(fclose(stream), 0);
}

static void write_text(const char *text)
{
	write_bytes(text, strlen(text));
}

/* ---- what is written comes back ---- */

static char *status_text(const struct snapshot *snapshot)
{
	char *text;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	json_print_status(stream, snapshot);
	fclose(stream);
	return text;
}

static void assert_document_comes_back(const struct sample *sample)
{
	struct snapshot before = { 0 }, after = { 0 };
	char *first, *second;
	enum exit_code code;

	sample->fill(&before);
	first = status_text(&before);
	write_text(first);
	code = status_document_read(path, &after, &failure);
	if (code)
		fail_msg("%s: %s", sample->name, failure.text);
	assert_string_equal(after.source, "replay");
	after.source = before.source;
	second = status_text(&after);
	assert_string_equal(first, second);
	free(first);
	free(second);
	snapshot_clear(&before);
	snapshot_clear(&after);
}

/* To JSON, back to the model, and to JSON again: not a byte differs. */
static void documents_come_back(void **state)
{
	const struct sample *sample;

	(void)state;
	for (sample = samples; sample->name; sample++)
		assert_document_comes_back(sample);
}

static void fill_event(struct event *event, enum event_type type, uint64_t sequence)
{
	*event = (struct event){
		.type = type,
		.time_ns = START + sequence * SECOND,
		.monotonic_ns = number(sequence * SECOND + 1),
		.boot_id = xstrdup("boot"),
		.sequence = number(sequence),
		.derived = sequence % 2,
		.file_id = number(7), .device = number(5), .inode = number(50507),
		.pid = number(4121), .uid = number(1000),
		.comm = xstrdup("a\x1b\xff\\ b"),
		.cgroup_id = number(UINT64_MAX), .chunk_id = number(0),
		.position = number(63), .bytes = number(2 << 20), .state = CHUNK_READY,
		.group = GROUP_DIRECT_MAP,
		.reason = REASON_CGROUP, .page_bytes = number(1 << 30),
		.count = number(3), .owner = OWNER_SECRETMEM, .dropped = number(99),
	};
}

static char *record_text(const struct record *record)
{
	char *text;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	record_print_json(record, stream);
	fclose(stream);
	return text;
}

static void assert_event_comes_back(enum event_type type)
{
	struct record before = { 0 }, after = { 0 };
	struct recording *recording;
	char *first, *second;

	fill_event(&before.event, type, type);
	first = record_text(&before);
	write_text(first);
	assert_int_equal(recording_open(path, &recording, &failure), EXIT_FINE);
	assert_null(recording_warning(recording));
	assert_true(recording_next(recording, &after));
	second = record_text(&after);
	assert_string_equal(first, second);
	assert_int_equal(strcspn(first, "\n"), strlen(first) - 1);
	free(first);
	free(second);
	record_clear(&before);
	record_clear(&after);
	assert_false(recording_next(recording, &after));
	recording_close(recording);
}

static void events_come_back(void **state)
{
	enum event_type type;

	(void)state;
	for (type = EVENT_FILE_CREATED; type < EVENT_TYPES; type++)
		if (type != EVENT_SNAPSHOT)
			assert_event_comes_back(type);
}

/* Every field is one of some event's, and every event names fields that there are. */
static void kinds_name_fields(void **state)
{
	enum event_type type;
	size_t blanks, named;
	const char *c;

	(void)state;
	for (type = EVENT_FILE_CREATED; type < EVENT_TYPES; type++) {
		blanks = named = 0;
		for (c = event_kinds[type].fields; *c; c++)
			blanks += *c == ' ';
		table_for_each(field, &event_table) {
			if (field - event_table.fields >= 6)
				named += event_has(type, field);
			else
				assert_true(event_has(type, field));
		}
		assert_int_equal(blanks, named);
		assert_non_null(event_kinds[type].help);
		assert_int_equal(event_type_find(event_type_name(type),
						 strlen(event_type_name(type))), type);
	}
	assert_int_equal(event_type_find("file", 4), EVENT_UNKNOWN);
	assert_int_equal(event_type_find("splits", 6), EVENT_UNKNOWN);
}

/* ---- a recording with three snapshots and events between ---- */

static void write_snapshot(FILE *stream, uint64_t second)
{
	struct record record = { 0 };

	sample_find("many")->fill(&record.snapshot);
	record.snapshot.time_ns = START + second * SECOND;
	record.snapshot.partial = false;
	record.snapshot.pool.chunks = number(second);
	record.event.type = EVENT_SNAPSHOT;
	record.event.time_ns = record.snapshot.time_ns;
	record_print_json(&record, stream);
	record_clear(&record);
}

static void write_event(FILE *stream, enum event_type type, uint64_t sequence)
{
	struct record record = { 0 };

	fill_event(&record.event, type, sequence);
	record_print_json(&record, stream);
	record_clear(&record);
}

/* Snapshots at 0, 10 and 20 seconds, events at 5 and 15. Allocated. */
static char *sample_recording(void)
{
	char *text;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	write_snapshot(stream, 0);
	write_event(stream, EVENT_FILE_CREATED, 5);
	write_snapshot(stream, 10);
	write_event(stream, EVENT_CHUNK_ADDED, 15);
	write_snapshot(stream, 20);
	fclose(stream);
	return text;
}

static size_t count_records(struct recording *recording)
{
	struct record record = { 0 };
	size_t count = 0;

	while (recording_next(recording, &record)) {
		count++;
		record_clear(&record);
	}
	return count;
}

/* Open what is in the file, and see that it has so many records. */
static struct recording *open_with(size_t records)
{
	struct recording *recording;

	if (recording_open(path, &recording, &failure))
		fail_msg("%s", failure.text);
	assert_int_equal(count_records(recording), records);
	return recording;
}

static void assert_warning(const struct recording *recording, const char *wanted)
{
	const char *warning = recording_warning(recording);

	if (!warning || !strstr(warning, wanted))
		fail_msg("'%s' is not in '%s'", wanted, warning ? warning : "no warning");
}

static void recording_is_read_from_any_snapshot(void **state)
{
	char *text = sample_recording();
	struct record record = { 0 };
	struct recording *recording;
	size_t i;

	(void)state;
	write_text(text);
	free(text);
	recording = open_with(5);
	assert_null(recording_warning(recording));
	assert_int_equal(recording_snapshots(recording), 3);
	for (i = 3; i--;) {
		recording_seek(recording, i);
		assert_true(recording_next(recording, &record));
		assert_int_equal(record.snapshot.time_ns, START + 10 * i * SECOND);
		assert_int_equal(recording_snapshot_time(recording, i), record.snapshot.time_ns);
		assert_int_equal(record.snapshot.pool.chunks.value, 10 * i);
		assert_int_equal(record.snapshot.files.count, 12);
		record_clear(&record);
		assert_int_equal(count_records(recording), 4 - 2 * i);
	}
	recording_close(recording);
}

/* What status --replay FILE --at AT shows. */
static enum exit_code read_at(const char *at, uint64_t *chunks)
{
	const struct source_options options = { .replay = path, .at = at };
	struct snapshot snapshot = { 0 };
	struct source *source;
	enum exit_code code;

	code = source_open(&options, &source, &failure);
	if (!code)
		code = source_read(source, PART_ALL, &snapshot, &failure);
	if (!code)
		*chunks = snapshot.pool.chunks.value;
	snapshot_clear(&snapshot);
	source_close(source);
	return code;
}

static void source_shows_the_moment_asked_for(void **state)
{
	static const struct { const char *at; uint64_t chunks; } moments[] = {
		{ NULL, 20 }, { "+0", 0 }, { "+9s", 0 }, { "+10", 10 }, { "+19s", 10 },
		{ "+1d", 20 }, { "2026-11-22T08:01:08Z", 0 }, { "2026-11-22T08:01:18.0Z", 10 },
		{ "2026-11-22T09:01:17.999999999+01:00", 0 }, { "2027-01-01T00:00:00Z", 20 },
	};
	static const char *const wrong[] = {
		"2026-11-22T08:01:07.999Z", "yesterday", "+", "+1x", "2026-11-22", "",
		"2026-11-22T08:01:08", "+99999999999999999999",
	};
	char *text = sample_recording();
	uint64_t chunks;
	size_t i;

	(void)state;
	write_text(text);
	free(text);
	for (i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
		assert_int_equal(read_at(moments[i].at, &chunks), EXIT_FINE);
		assert_int_equal(chunks, moments[i].chunks);
	}
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(read_at(wrong[i], &chunks), EXIT_USAGE);
}

/* ---- what is not sound ---- */

/* Cut anywhere, what is whole is read, and the rest is said; nothing crashes. */
static void cut_recording_is_read_up_to_the_cut(void **state)
{
	char *text = sample_recording(), *line = text;
	size_t length = strlen(text), cut, whole = 0;
	struct recording *recording;

	(void)state;
	for (cut = 1; cut < length; cut += 1 + cut % 97) {
		write_bytes(text, cut);
		while (strchr(line, '\n') && strchr(line, '\n') < text + cut) {
			line = strchr(line, '\n') + 1;
			whole++;
		}
		if (!whole && text[cut] != '\n') {
			assert_int_equal(recording_open(path, &recording, &failure), EXIT_FAILED);
			assert_non_null(strstr(failure.text, "is no recording: line 1 is cut off"));
			continue;
		}
		if (text[cut] == '\n' || text[cut - 1] == '\n')
			continue;
		recording = open_with(whole);
		assert_warning(recording, "is left out: it is cut off");
		recording_close(recording);
	}
	free(text);
}

/* Only the newline is missing: the object is whole. */
static void last_line_needs_no_newline(void **state)
{
	char *text = sample_recording();
	struct recording *recording;

	(void)state;
	write_bytes(text, strlen(text) - 1);
	free(text);
	recording = open_with(5);
	assert_null(recording_warning(recording));
	recording_close(recording);
}

/* Put @line between the first two lines of a recording. */
static void write_with(const char *line, size_t length)
{
	char *text = sample_recording(), *second = strchr(text, '\n') + 1;
	FILE *stream = fopen(path, "w");

	assert_non_null(stream);
	fwrite(text, 1, (size_t)(second - text), stream);
	fwrite(line, 1, length, stream);
	fputs(second, stream);
	assert_int_equal(fclose(stream), 0);
	free(text);
}

#define RECORD "{\"schema\":\"secretmem/record\",\"schema_version\":1,"
#define TIME "\"time\":\"2026-11-22T08:01:09Z\","

static void assert_left_out(const char *line, size_t length, const char *why)
{
	struct recording *recording;

	write_with(line, length);
	recording = open_with(5);
	assert_warning(recording, why);
	recording_close(recording);
}

static void other_lines_are_left_out(void **state)
{
	static const char nul[] = RECORD "\"type\":\"limit\"\0}\n";

	(void)state;
	assert_left_out("garbage\n", 8, "line 2 is left out: it is no JSON object");
	assert_left_out("{}\n", 3, "it is no record");
	assert_left_out("[1,2]\n", 6, "it is no JSON object");
	assert_left_out("{\"schema\":1}\n", 13, "it is no record");
	assert_left_out(RECORD "\"a\":1}x\n", strlen(RECORD "\"a\":1}x\n"),
			"it is no JSON object");
	assert_left_out(nul, sizeof(nul) - 1, "it is no JSON object");
	assert_left_out("{\"a\":\"\xff\"}\n", 10, "it is no JSON object");
	assert_left_out(RECORD "\"type\":\"dance\"}\n", strlen(RECORD "\"type\":\"dance\"}\n"),
			"1 record of an unknown type, the first in line 2");
	assert_left_out(RECORD "\"a\":1}\n", strlen(RECORD "\"a\":1}\n"),
			"1 record of an unknown type");
	assert_left_out(RECORD TIME "\"type\":\"snapshot\"}\n",
			strlen(RECORD TIME "\"type\":\"snapshot\"}\n"),
			"a snapshot without time or status");
	assert_left_out(RECORD "\"type\":\"snapshot\",\"status\":{}}\n",
			strlen(RECORD "\"type\":\"snapshot\",\"status\":{}}\n"),
			"a snapshot without time or status");
}

static void empty_lines_do_no_harm(void **state)
{
	struct recording *recording;

	(void)state;
	write_with("\n\n", 2);
	recording = open_with(5);
	assert_null(recording_warning(recording));
	recording_close(recording);
}

/* Brackets upon brackets, and a line that is as long as a large file. */
static void huge_lines_are_left_out(void **state)
{
	size_t length = 8 << 20;
	char *line = xcalloc(length + 1, 1);

	(void)state;
	memset(line, '[', length);
	line[length - 1] = '\n';
	assert_left_out(line, length, "no JSON object");
	memcpy(line, RECORD "\"x\":\"", strlen(RECORD "\"x\":\""));
	assert_left_out(line, length, "no JSON object");
	free(line);
}

static void assert_read_with_warning(const char *line, const char *why)
{
	struct recording *recording;

	write_with(line, strlen(line));
	recording = open_with(6);
	if (why)
		assert_warning(recording, why);
	else
		assert_null(recording_warning(recording));
	recording_close(recording);
}

static void newer_recording_is_read(void **state)
{
	(void)state;
	assert_read_with_warning(RECORD "\"type\":\"limit\",\"new\":[{\"a\":1}]}\n", NULL);
	assert_read_with_warning(RECORD "\"type\":\"limit\",\"reason\":\"magic\"}\n", NULL);
	assert_read_with_warning("{\"schema\":\"secretmem/record\",\"schema_version\":2,"
				 "\"type\":\"limit\"}\n", "of a newer version than 1");
}

static void wrong_types_are_unknown(void **state)
{
	static const char *const values[] = {
		"\"bytes\":\"many\"", "\"bytes\":-1", "\"bytes\":1.5", "\"bytes\":{}", "\"bytes\":[]",
		"\"comm\":7", "\"comm\":\"a\\u0000b\"", "\"derived\":\"no\"", "\"derived\":0",
		"\"reason\":1", "\"time\":\"today\"", "\"time\":0", "\"time\":\"2026-02-30T00:00:00Z\"",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		char *line = xasprintf(RECORD "\"type\":\"limit\",%s}\n", values[i]);

		assert_read_with_warning(line, "1 value of a wrong type, the first ");
		free(line);
	}
}

/* A snapshot that lacks something that it should have had is partial. */
static void wrong_types_make_a_snapshot_partial(void **state)
{
	struct recording *recording;
	struct record record = { 0 };

	(void)state;
	write_text(RECORD TIME "\"type\":\"snapshot\",\"status\":{\"files\":[{\"inode\":\"x\"},3],"
		   "\"chunks\":[],\"limits\":null,\"pool\":7}}\n");
	assert_int_equal(recording_open(path, &recording, &failure), EXIT_FINE);
	assert_warning(recording, "3 values of a wrong type, the first pool of snapshot");
	assert_true(recording_next(recording, &record));
	assert_true(record.snapshot.partial);
	assert_int_equal(record.snapshot.files.count, 1);
	assert_false(((struct secret_file *)record.snapshot.files.items)->inode.known);
	assert_true(record.snapshot.chunks.known);
	assert_false(record.snapshot.limits.known);
	record_clear(&record);
	recording_close(recording);
}

static void assert_no_recording(const char *text, const char *why)
{
	struct recording *recording;

	write_text(text);
	assert_int_equal(recording_open(path, &recording, &failure), EXIT_FAILED);
	assert_null(recording);
	if (!strstr(failure.text, why))
		fail_msg("'%s' is not in '%s'", why, failure.text);
}

static void what_is_no_recording_is_refused(void **state)
{
	struct recording *recording;

	(void)state;
	assert_no_recording("", "is no recording: it is empty");
	assert_no_recording("root:x:0:0\n", "is no recording: line 1 is no JSON object");
	assert_no_recording("{\"schema\":\"secretmem/status\"}\n", "which --from reads");
	assert_no_recording("\x7f" "ELF\x02\x01\x01", "is no recording");
	assert_int_equal(recording_open("/nonexistent", &recording, &failure), EXIT_FAILED);
	assert_int_equal(recording_open("/tmp", &recording, &failure), EXIT_FAILED);
	assert_int_equal(recording_open("/dev/zero", &recording, &failure), EXIT_FAILED);
}

static void what_is_no_document_is_refused(void **state)
{
	struct snapshot snapshot = { 0 };
	char *text = sample_recording();
	size_t i;
	static const char *const texts[] = { "", "{", "{}", "[]", "x", "{\"schema\":\"x\"}" };

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		write_text(texts[i]);
		assert_int_equal(status_document_read(path, &snapshot, &failure), EXIT_FAILED);
		assert_non_null(strstr(failure.text, "is no document of secretmemctl status"));
	}
	write_text(text);
	free(text);
	assert_int_equal(status_document_read(path, &snapshot, &failure), EXIT_FAILED);
	write_text("{\"schema\":\"secretmem/status\",\"processes\":true,\"partial\":false}\n");
	assert_int_equal(status_document_read(path, &snapshot, &failure), EXIT_PARTIAL);
	assert_true(snapshot.partial);
	snapshot_clear(&snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_come_back),
		cmocka_unit_test(events_come_back),
		cmocka_unit_test(kinds_name_fields),
		cmocka_unit_test(recording_is_read_from_any_snapshot),
		cmocka_unit_test(source_shows_the_moment_asked_for),
		cmocka_unit_test(cut_recording_is_read_up_to_the_cut),
		cmocka_unit_test(last_line_needs_no_newline),
		cmocka_unit_test(other_lines_are_left_out),
		cmocka_unit_test(empty_lines_do_no_harm),
		cmocka_unit_test(huge_lines_are_left_out),
		cmocka_unit_test(newer_recording_is_read),
		cmocka_unit_test(wrong_types_are_unknown),
		cmocka_unit_test(wrong_types_make_a_snapshot_partial),
		cmocka_unit_test(what_is_no_recording_is_refused),
		cmocka_unit_test(what_is_no_document_is_refused),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
