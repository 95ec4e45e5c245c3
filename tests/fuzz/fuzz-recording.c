// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whatever somebody calls a recording, or a document of status: read, shown, and
 * written again, which must then be read as the same.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "json.h"
#include "recording.h"
#include "summary.h"

static char path[32];

/* A file in memory, which is a regular one. */
static int the_file(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("recording", MFD_CLOEXEC);
	if (fd < 0)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return fd;
}

static void fill_file(const void *data, size_t size)
{
	int fd = the_file();

	if (ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
}

static FILE *nowhere(void)
{
	static FILE *stream;

	if (!stream)
		stream = fopen("/dev/null", "w");
	if (!stream)
		abort();
	return stream;
}

/* What was read must be fit for all that shows it. */
static void show(const struct record *record)
{
	const struct style style = { 0 };

	record_print(record, &style, nowhere());
	summary_print(&record->snapshot, &style, 80, nowhere());
}

/* All records as lines. Allocated. */
static char *lines_of(struct recording *recording, size_t *size)
{
	struct record record = { 0 };
	char *text = NULL;
	FILE *stream = open_memstream(&text, size);

	if (!stream)
		abort();
	while (recording_next(recording, &record)) {
		record_print_json(&record, stream);
		show(&record);
		record_clear(&record);
	}
	fclose(stream);
	return text;
}

static void seek_everywhere(struct recording *recording)
{
	size_t i, found, count = recording_snapshots(recording);
	struct record record = { 0 };

	for (i = 0; i < count; i++) {
		uint64_t time_ns = recording_snapshot_time(recording, i);

		if (!recording_find_time(recording, time_ns, &found))
			abort();
		recording_seek(recording, found);
		if (!recording_next(recording, &record) || record.event.time_ns > time_ns)
			abort();
		record_clear(&record);
	}
}

/* True: it is a recording; then @text has its lines. */
static bool read_recording(char **text, size_t *size)
{
	struct recording *recording;
	struct failure failure;

	if (recording_open(path, &recording, &failure))
		return false;
	*text = lines_of(recording, size);
	seek_everywhere(recording);
	recording_close(recording);
	return true;
}

static void read_document(void)
{
	struct snapshot snapshot = { 0 };
	struct failure failure;

	if (status_document_read(path, &snapshot, &failure) != EXIT_FAILED)
		json_print_status(nowhere(), &snapshot);
	snapshot_clear(&snapshot);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *first, *second;
	size_t first_size, second_size;

	fill_file(data, size);
	read_document();
	if (!read_recording(&first, &first_size))
		return 0;
	fill_file(first, first_size);
	if (!read_recording(&second, &second_size) || first_size != second_size ||
	    memcmp(first, second, first_size))
		abort();
	free(first);
	free(second);
	return 0;
}

/* ---- seeds: lines of each kind, a document, and what is none of them ---- */

#define RECORD "{\"schema\":\"secretmem/record\",\"schema_version\":1,"
#define MOMENT "\"time\":\"2026-11-22T08:01:08.123456789Z\",\"monotonic_ns\":86400000000000," \
	"\"boot_id\":\"c3f1ba54\",\"sequence\":7,\"derived\":false"
#define STATUS "{\"schema\":\"secretmem/status\",\"schema_version\":1,\"source\":\"netlink\"," \
	"\"time\":\"2026-11-22T08:01:08Z\",\"partial\":false,\"processes\":3," \
	"\"info\":{\"available\":true,\"mode\":\"pooled\"},\"pool\":{\"capacity_bytes\":134217728," \
	"\"failures\":{\"memlock\":3}},\"files\":[{\"id\":1,\"inode\":50507,\"size_bytes\":4096," \
	"\"age_seconds\":120,\"creator\":{\"pid\":1,\"comm\":\"a\\\\x1b\\\\\\\\b\"}," \
	"\"holders\":[{\"pid\":41,\"uid\":1000,\"comm\":\"vaultd\"}]}],\"chunks\":[]," \
	"\"direct_map\":{\"origin\":\"map\",\"levels\":[{\"page_bytes\":4096,\"bytes\":8192}]," \
	"\"regions\":[{\"index\":0,\"levels\":[{\"page_bytes\":4096,\"bytes\":8192}]}]}," \
	"\"hibernation\":{\"available\":false,\"blockers\":[{\"kind\":\"file\",\"certain\":true}]}," \
	"\"limits\":null}"
#define SNAPSHOT RECORD "\"type\":\"snapshot\"," MOMENT ",\"status\":" STATUS "}\n"
#define EVENT RECORD "\"type\":\"chunk-added\"," MOMENT ",\"file_id\":3,\"device\":5," \
	"\"inode\":1,\"pid\":41,\"uid\":1000,\"comm\":\"\\\\xff \\\"\",\"cgroup_id\":1," \
	"\"chunk_id\":12,\"position\":5,\"bytes\":2097152,\"state\":\"ready\"}\n"
#define OVERRUN RECORD "\"type\":\"overrun\"," MOMENT ",\"group\":\"events\",\"dropped\":9}\n"

size_t fuzz_seed(unsigned int index, uint8_t buffer[FUZZ_INPUT_SIZE])
{
	static const char *const seeds[] = {
		STATUS, SNAPSHOT, EVENT, OVERRUN, SNAPSHOT EVENT OVERRUN SNAPSHOT EVENT,
		EVENT "{\"schema\":\"secretmem/record\",\"schema_version\":2,\"type\":\"new\"}\n",
		"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "\n\n{}\n", EVENT "{\"sch",
	};

	if (index >= sizeof(seeds) / sizeof(seeds[0]))
		return 0;
	memcpy(buffer, seeds[index], strlen(seeds[index]));
	return strlen(seeds[index]);
}
