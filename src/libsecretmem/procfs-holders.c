// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The scan: all processes, and what each has of each secret file, joined by
 * file. Two processes that share one memory (between vfork() and exec()) are
 * two holders, as each of them keeps the file alive; so no sum over holders
 * tells how much memory there is.
 */
#include <limits.h>
#include <stdlib.h>

#include "key-index.h"
#include "procfs.h"
#include "xalloc.h"

struct scan {
	struct procfs_reader *reader;
	struct snapshot *snapshot;
	struct process process;
	struct key_index files;	/* of the snapshot, by inode */
	uint64_t processes;
	uint64_t unreadable;
};

static void index_files(struct key_index *index, const struct list *files)
{
	size_t place = 0;

	list_for_each(file, files, struct secret_file) {
		if (file->inode.known)
			key_index_add(index, file->inode.value, place);
		place++;
	}
}

static bool is_file(const struct secret_file *file, const struct sighting *sighting)
{
	/* All are on one file system: an unknown device is the same. */
	return file->inode.value == sighting->inode &&
	       (!file->device.known || !sighting->device.known ||
		file->device.value == sighting->device.value);
}

static struct secret_file *find_file(const struct scan *scan, const struct sighting *sighting)
{
	struct secret_file *file;
	size_t cursor = 0, place;

	while (key_index_next(&scan->files, sighting->inode, &cursor, &place)) {
		file = list_at(&scan->snapshot->files, place, sizeof(*file));
		if (is_file(file, sighting))
			return file;
	}
	return NULL;
}

static struct secret_file *add_file(struct scan *scan, const struct sighting *sighting)
{
	struct list *files = &scan->snapshot->files;
	struct secret_file *file = list_add(files, sizeof(*file));

	file->inode = number(sighting->inode);
	key_index_add(&scan->files, sighting->inode, files->count - 1);
	return file;
}

/* What is known already stays. */
static void learn(struct number *number, struct number value)
{
	if (!number->known)
		*number = value;
}

static void fill_holder(struct holder *holder, const struct sighting *sighting)
{
	if (!holder->seen_ns.known)
		holder->seen_ns = number(0);
	holder->descriptors = number(sighting->descriptors);
	holder->path_descriptors = number(sighting->path_descriptors);
	holder->mappings = number(sighting->mappings);
	holder->mapped_bytes = number(sighting->mapped_bytes);
	holder->resident_bytes = sighting->mappings ? sighting->resident_bytes : number(0);
}

static void add_holder(struct scan *scan, const struct sighting *sighting,
		       const struct holder *process)
{
	struct secret_file *file = find_file(scan, sighting);
	struct holder *holder;

	if (!file)
		file = add_file(scan, sighting);
	learn(&file->device, sighting->device);
	learn(&file->size_bytes, sighting->size_bytes);
	holder = list_add(&file->holders, sizeof(*holder));
	*holder = *process;
	holder->comm = process->comm ? xstrdup(process->comm) : NULL;
	holder->cgroup = process->cgroup ? xstrdup(process->cgroup) : NULL;
	fill_holder(holder, sighting);
}

static void add_process(struct scan *scan)
{
	struct holder process = { 0 };

	if (!scan->process.sightings.count || !process_describe(&scan->process, &process))
		return;
	list_for_each(sighting, &scan->process.sightings, struct sighting)
		add_holder(scan, sighting, &process);
	free(process.comm);
	free(process.cgroup);
}

static bool visit_process(void *context, int list, const char *name)
{
	struct number pid = name_number(name);
	struct scan *scan = context;

	(void)list;
	if (!pid.known || !pid.value || pid.value > INT_MAX)
		return true;
	if (process_read(&scan->process, scan->reader, name) == PROCESS_THERE) {
		scan->processes++;
		scan->unreadable += scan->process.denied;
		add_process(scan);
	}
	process_close(&scan->process);
	return true;
}

static bool is_kept(const struct secret_file *file)
{
	list_for_each(holder, &file->holders, struct holder) {
		if (holder->descriptors.value || holder->mappings.value)
			return true;
	}
	return false;
}

/*
 * A stock kernel stops counting a file as a user at its last close, while an
 * O_PATH descriptor still keeps its pages. Whether that close has come is not
 * known as long as somebody could not be looked into.
 */
static enum truth blocks_hibernation(const struct snapshot *snapshot,
				     const struct secret_file *file)
{
	if (is_kept(file))
		return TRUTH_YES;
	/* A kernel that tells its files counts each until its pages are gone. */
	if (snapshot->info.family_version.known)
		return TRUTH_YES;
	return snapshot->partial ? TRUTH_UNKNOWN : TRUTH_NO;
}

static void finish_files(struct snapshot *snapshot)
{
	snapshot->files.known = true;
	list_for_each(file, &snapshot->files, struct secret_file) {
		file->holders.known = true;
		if (!file->blocks_hibernation)
			file->blocks_hibernation = blocks_hibernation(snapshot, file);
	}
}

/* What is known from this and from earlier reads. */
static void add_watched(struct scan *scan, struct watch_counts *counts)
{
	struct watch *watch = scan->reader->watch;

	watch_look(watch, scan->reader, &scan->process);
	watch_count(watch, counts);
	scan->processes = counts->processes;
	scan->unreadable = counts->unreadable;
	list_for_each(held, watch_held(watch), struct held) {
		held->holder.seen_ns = number(watch_age_ns(watch, held->pid));
		list_for_each(sighting, &held->sightings, struct sighting)
			add_holder(scan, sighting, &held->holder);
	}
}

/* All of them, now. Whether processes are hidden. */
static bool add_all(struct scan *scan)
{
	struct procfs_reader *reader = scan->reader;
	enum reading reading = procfs_list(reader, reader->root, "proc", visit_process, scan);

	return reading != READING_FINE || procfs_hides_processes(reader);
}

/* With processes hidden, those that could not be read cannot be counted either. */
static void finish_processes(const struct scan *scan, bool hidden)
{
	struct snapshot *snapshot = scan->snapshot;

	snapshot->processes = number(scan->processes);
	if (!hidden)
		snapshot->unreadable_processes = number(scan->unreadable);
	if (hidden || scan->unreadable)
		snapshot->partial = true;
}

void procfs_holders(struct procfs_reader *reader, struct snapshot *snapshot)
{
	struct scan scan = { .reader = reader, .snapshot = snapshot };
	struct watch_counts counts = { 0 };

	scan.process.directory = -1;
	index_files(&scan.files, &snapshot->files);
	if (reader->watch)
		add_watched(&scan, &counts);
	else
		counts.hidden = add_all(&scan);
	snapshot->scan_age_ns = number(counts.age_ns);
	finish_processes(&scan, counts.hidden);
	finish_files(snapshot);
	process_free(&scan.process);
	key_index_free(&scan.files);
}
