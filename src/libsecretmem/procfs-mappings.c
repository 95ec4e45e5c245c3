// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The mappings of secret files that one process has.
 *
 * The kernel tells each mapping's device and inode; nobody can imitate the
 * device. In a sysroot, where it is not known, a mapping is taken for one if it
 * is called exactly as one, and its device is without a driver (major 0) and
 * not mounted in the process: secretmem's file system is mounted nowhere.
 *
 * Most processes have no shared mapping of a file at all. Newer kernels
 * (6.11) say so in one system call, where the text of maps takes twenty lines.
 * Only where there is one of ours is smaps read, for what is resident.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "procfs.h"

/* As <linux/fs.h> has it since 6.11; ours, as headers may be older. */
struct map_query {
	uint64_t size;
	uint64_t query_flags;
	uint64_t query_address;
	uint64_t start;
	uint64_t end;
	uint64_t flags;
	uint64_t page_size;
	uint64_t offset;
	uint64_t inode;
	uint32_t device_major;
	uint32_t device_minor;
	uint32_t name_size;
	uint32_t build_id_size;
	uint64_t name_address;
	uint64_t build_id_address;
};

#define MAP_QUERY _IOWR('f', 17, struct map_query)
#define MAP_QUERY_SHARED 0x08
#define MAP_QUERY_OR_NEXT 0x10
#define MAP_QUERY_FILE 0x20

/* One line of maps, or the head of one part of smaps. */
struct mapping {
	uint64_t start;
	uint64_t end;
	uint64_t device;
	uint64_t inode;
	const char *path;
	size_t path_length;
};

/*
 * Does any secret file appear among the mappings? Zero: none does. Negative:
 * the kernel cannot tell in this way.
 */
static int query_mappings(struct procfs_reader *reader, int maps)
{
	struct map_query query = { .size = sizeof(query) };

	do {
		query.query_flags = MAP_QUERY_SHARED | MAP_QUERY_OR_NEXT | MAP_QUERY_FILE;
		query.query_address = query.end;
		if (ioctl(maps, MAP_QUERY, &query))
			return errno == ENOENT || errno == ESRCH ? 0 : -1;
	} while (makedev(query.device_major, query.device_minor) != reader->device.value);
	return 1;
}

/* The mappings of a process that has none of ours need not be read as text. */
static bool surely_has_none(const struct process *process, const char *path)
{
	struct procfs_reader *reader = process->reader;
	int maps, answer;

	if (!reader->live || !reader->device.known || reader->no_map_query)
		return false;
	maps = openat(process->directory, path, O_RDONLY | O_CLOEXEC);
	if (maps < 0)
		return false;
	answer = query_mappings(reader, maps);
	reader->no_map_query = answer < 0 && errno == ENOTTY;
	close(maps);
	return !answer;
}

/* "start-end perms offset major:minor inode   path" */
static bool parse_mapping(const char *line, size_t length, struct mapping *mapping)
{
	const char *end = line + length, *cursor = line;
	uint64_t offset, major_number, minor_number;

	if (!take_number(&cursor, 16, '-', &mapping->start) ||
	    !take_number(&cursor, 16, ' ', &mapping->end) || mapping->end < mapping->start)
		return false;
	cursor += strcspn(cursor, " \n");
	if (*cursor++ != ' ' || !take_number(&cursor, 16, ' ', &offset) ||
	    !take_number(&cursor, 16, ':', &major_number) ||
	    !take_number(&cursor, 16, ' ', &minor_number) ||
	    !take_number(&cursor, 10, 0, &mapping->inode) || cursor > end)
		return false;
	mapping->device = makedev((unsigned int)major_number, (unsigned int)minor_number);
	cursor += strspn(cursor, " ");
	mapping->path = cursor;
	mapping->path_length = cursor < end ? (size_t)(end - cursor) : 0;
	return true;
}

/* Follow the mapping's link in map_files; not everybody may. */
static bool stat_mapping(const struct process *process, const struct mapping *mapping,
			 struct stat *status)
{
	char path[64];

	snprintf(path, sizeof(path), "map_files/%" PRIx64 "-%" PRIx64, mapping->start,
		 mapping->end);
	return process->reader->live &&
	       link_is_secret(process->reader, process->directory, path, status);
}

static bool is_secret_mapping(struct process *process, const struct mapping *mapping)
{
	const struct procfs_reader *reader = process->reader;
	struct stat status;

	if (!link_may_be_secret(reader, mapping->path, mapping->path_length))
		return false;
	if (reader->device.known)
		return reader->device.value == mapping->device;
	if (reader->live)
		return stat_mapping(process, mapping, &status);
	return !major(mapping->device) && !process_has_mounted_device(process, mapping->device);
}

static void add_mapping(struct process *process, const struct mapping *mapping)
{
	struct sighting *sighting = process_sighting(process, mapping->inode);
	struct stat status;

	sighting->mappings++;
	sighting->mapped_bytes += mapping->end - mapping->start;
	sighting->device = number(mapping->device);
	if (!sighting->size_bytes.known && stat_mapping(process, mapping, &status))
		sighting->size_bytes = number((uint64_t)status.st_size);
}

/* "Rss:                 184 kB", of the mapping whose head came before */
static void add_resident(struct process *process, uint64_t inode, const char *line)
{
	struct sighting *sighting = process_sighting(process, inode);
	struct number kib = word_number(line + 4 + strspn(line + 4, " \t"), 10);

	if (kib.known && kib.value <= UINT64_MAX >> 20)
		sighting->resident_bytes = number(sighting->resident_bytes.value +
						  (kib.value << 10));
}

/* Both texts have the same lines for mappings; that of smaps has more between them. */
static void add_mappings(struct process *process, const struct text *text)
{
	struct mapping mapping;
	size_t position = 0, length;
	bool ours = false;
	const char *line;

	while (text_next_line(text, &position, &line, &length)) {
		if (length && parse_mapping(line, length, &mapping)) {
			ours = is_secret_mapping(process, &mapping);
			if (ours)
				add_mapping(process, &mapping);
		} else if (ours && length > 4 && !memcmp(line, "Rss:", 4)) {
			add_resident(process, mapping.inode, line);
		}
	}
}

static bool has_candidate(const struct text *text)
{
	return text->length && memmem(text->bytes, text->length, "secretmem", 9);
}

/*
 * Read smaps in place of maps; it is not there in every kernel. Until st_dev is
 * known, map_files may tell it: the first mapping that passes makes it known.
 */
static void read_candidates(struct process *process, const char *smaps)
{
	struct text details = { 0 };

	if (procfs_read_text(process->reader, process->directory, smaps, &details) ==
	    READING_FINE && has_candidate(&details))
		add_mappings(process, &details);
	else
		add_mappings(process, &process->reader->text);
	text_clear(&details);
}

static enum reading read_maps_at(struct process *process, const char *maps, const char *smaps)
{
	enum reading reading;

	if (surely_has_none(process, maps))
		return READING_FINE;
	reading = procfs_read_text(process->reader, process->directory, maps,
				   &process->reader->text);
	if (reading == READING_FINE && has_candidate(&process->reader->text))
		read_candidates(process, smaps);
	return reading;
}

/* Any thread can tell the memory of all, where the main one has ended. */
static bool visit_thread(void *context, int list, const char *name)
{
	struct process *process = context;
	char maps[64], smaps[64];

	(void)list;
	if (!name_number(name).known || strlen(name) > 20 ||
	    name_number(name).value == (uint64_t)process->pid)
		return true;
	snprintf(maps, sizeof(maps), "task/%s/maps", name);
	snprintf(smaps, sizeof(smaps), "task/%s/smaps", name);
	read_maps_at(process, maps, smaps);
	return false;
}

enum reading process_read_mappings(struct process *process)
{
	enum reading reading = read_maps_at(process, "maps", "smaps");

	if (reading == READING_DENIED)
		process->denied = true;
	if (process->leaderless)
		procfs_list(process->reader, process->directory, "task", visit_thread, process);
	return reading;
}
