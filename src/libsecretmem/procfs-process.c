// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One process: its descriptors of secret files, by all its threads.
 *
 * On a live machine a descriptor that is called like one of a secret file is
 * followed by stat: the file's st_dev is that of secretmem's only superblock,
 * or is not. In a sysroot links lead nowhere. There a descriptor is taken for
 * one if it is called exactly so and the mnt_id of its fdinfo is not in the
 * mountinfo of the process: secretmem's mount is internal to the kernel and in
 * nobody's, while an ordinary file that is called "/secretmem (deleted)" is on
 * a mount of its process. (A file on a detached mount could still deceive
 * there. It cannot on a live machine.)
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "procfs.h"
#include "xalloc.h"

#define SECRETMEM_MAGIC 0x5345434d
#define PF_KTHREAD 0x00200000

/* True ones are 20 bytes; what does not fit is another file's. */
#define LINK_BYTES 64

#define MAX_GAPS 2

static const char secret_link[] = "/secretmem (deleted)";

/* A process or one of its threads: the directory with its fd/ and fdinfo/. */
struct table {
	struct process *process;
	int directory;
	uint64_t looked_at;	/* all descriptors below this number were */
};

bool link_may_be_secret(const struct procfs_reader *reader, const char *text, size_t length)
{
	if (!reader->live)
		return length == strlen(secret_link) && !memcmp(text, secret_link, length);
	return length && text[0] == '/' && memmem(text, length, "secretmem", 9);
}

struct sighting *process_sighting(struct process *process, uint64_t inode)
{
	size_t cursor = 0, place;
	struct sighting *new;

	if (key_index_next(&process->by_inode, inode, &cursor, &place))
		return list_at(&process->sightings, place, sizeof(*new));
	key_index_add(&process->by_inode, inode, process->sightings.count);
	new = list_add(&process->sightings, sizeof(*new));
	new->inode = inode;
	new->device = process->reader->device;
	return new;
}

/*
 * Where our own memfd_secret() was refused, st_dev is learned from the first
 * file that is on a file system of the right type.
 */
static bool learn_device(struct procfs_reader *reader, int directory, const char *path,
			 const struct stat *status)
{
	int fd = openat(directory, path, O_PATH | O_CLOEXEC);
	struct statfs system;
	struct stat again;

	if (fd < 0)
		return false;
	if (!fstatfs(fd, &system) && system.f_type == SECRETMEM_MAGIC &&
	    !fstat(fd, &again) && again.st_dev == status->st_dev)
		reader->device = number(status->st_dev);
	close(fd);
	return reader->device.known;
}

bool link_is_secret(struct procfs_reader *reader, int directory, const char *path,
		    struct stat *status)
{
	if (fstatat(directory, path, status, 0) || !S_ISREG(status->st_mode))
		return false;
	if (reader->device.known)
		return reader->device.value == status->st_dev;
	return learn_device(reader, directory, path, status);
}

/* Read mountinfo once per process, and only if it is asked for. */
static bool load_mountinfo(struct process *process)
{
	if (!process->has_mountinfo &&
	    procfs_read_text(process->reader, process->directory, "mountinfo",
			     &process->mountinfo) == READING_FINE)
		process->has_mountinfo = process->mountinfo.length > 0;
	return process->has_mountinfo;
}

bool process_has_mount(struct process *process, uint64_t mount)
{
	size_t position = 0, length;
	const char *line;

	if (!load_mountinfo(process)) {
		/* Nothing can be said without it: not even that it is a secret file. */
		process->denied = true;
		return true;
	}
	while (text_next_line(&process->mountinfo, &position, &line, &length)) {
		struct number id = word_number(line, 10);

		if (id.known && id.value == mount)
			return true;
	}
	return false;
}

/* Is @device that of a line "36 35 98:0 /mnt1 /mnt2 rw …" of mountinfo? */
static bool mount_is_on(const char *line, uint64_t device)
{
	uint64_t id, parent, major_number, minor_number;

	return take_number(&line, 10, ' ', &id) && take_number(&line, 10, ' ', &parent) &&
	       take_number(&line, 10, ':', &major_number) &&
	       take_number(&line, 10, ' ', &minor_number) &&
	       makedev((unsigned int)major_number, (unsigned int)minor_number) == device;
}

bool process_has_mounted_device(struct process *process, uint64_t device)
{
	size_t position = 0, length;
	const char *line;

	if (!load_mountinfo(process)) {
		process->denied = true;
		return true;
	}
	while (text_next_line(&process->mountinfo, &position, &line, &length)) {
		if (mount_is_on(line, device))
			return true;
	}
	return false;
}

/* With one thread there is one table, which has each number once. */
static bool has_one_table(const struct process *process)
{
	return process->threads.known && process->threads.value == 1;
}

static bool was_counted(const struct process *process, uint64_t inode, uint64_t fd_number)
{
	const struct counted *counted = process->counted.items;
	size_t cursor = 0, place;

	while (key_index_next(&process->by_number, fd_number, &cursor, &place)) {
		if (counted[place].inode == inode)
			return true;
	}
	return false;
}

static bool count_once(struct process *process, uint64_t inode, uint64_t fd_number)
{
	if (has_one_table(process))
		return true;
	if (was_counted(process, inode, fd_number))
		return false;
	key_index_add(&process->by_number, fd_number, process->counted.count);
	*(struct counted *)list_add(&process->counted, sizeof(struct counted)) =
		(struct counted){ inode, fd_number };
	return true;
}

/* @path: opened with O_PATH. */
static void add_descriptor(struct process *process, uint64_t inode, struct number size,
			   const char *name, bool path)
{
	struct sighting *sighting;

	if (!count_once(process, inode, name_number(name).value))
		return;
	sighting = process_sighting(process, inode);
	if (!sighting->size_bytes.known)
		sighting->size_bytes = size;
	if (path)
		sighting->path_descriptors++;
	else
		sighting->descriptors++;
}

/*
 * The mode of the link tells as what the file was opened. O_PATH is neither for
 * reading nor for writing, and everything else is. So it need not be looked up in
 * fdinfo, which costs three times as much.
 */
static void look_at_live(struct table *table, int list, const char *name)
{
	struct stat file, link;

	if (!link_is_secret(table->process->reader, list, name, &file))
		return;
	/* Without the link it was closed meanwhile. */
	if (!fstatat(list, name, &link, AT_SYMLINK_NOFOLLOW))
		add_descriptor(table->process, file.st_ino, number((uint64_t)file.st_size), name,
			       !(link.st_mode & (S_IRUSR | S_IWUSR)));
}

static enum reading read_fdinfo(const struct table *table, const char *name)
{
	struct procfs_reader *reader = table->process->reader;
	char path[sizeof("fdinfo/") + 255];

	snprintf(path, sizeof(path), "fdinfo/%s", name);
	return procfs_read_text(reader, table->directory, path, &reader->text);
}

static bool opened_as_path(const struct text *fdinfo)
{
	struct number flags = word_number(text_find(fdinfo, "flags:"), 8);

	return flags.known && flags.value & O_PATH;
}

static void look_at_file(struct table *table, const char *name)
{
	struct text *text = &table->process->reader->text;
	struct number mount, inode;

	if (read_fdinfo(table, name) != READING_FINE) {
		table->process->denied = true;
		return;
	}
	mount = word_number(text_find(text, "mnt_id:"), 10);
	inode = word_number(text_find(text, "ino:"), 10);
	if (!mount.known || !inode.known)
		table->process->denied = true;
	else if (!process_has_mount(table->process, mount.value))
		add_descriptor(table->process, inode.value, (struct number){ 0 }, name,
			       opened_as_path(text));
}

/* Absent: closed meanwhile. Denied: seen by those only who may trace the process. */
static enum reading look_at(struct table *table, int list, const char *name)
{
	char link[LINK_BYTES];
	ssize_t length = readlinkat(list, name, link, sizeof(link));

	if (length < 0)
		return reading_of_errno();
	table->process->empty = false;
	if (!link_may_be_secret(table->process->reader, link, (size_t)length))
		return READING_FINE;
	if (table->process->reader->live)
		look_at_live(table, list, name);
	else
		look_at_file(table, name);
	return READING_FINE;
}

static bool visit_descriptor(void *context, int list, const char *name)
{
	struct table *table = context;
	struct number fd_number = name_number(name);

	if (fd_number.known && fd_number.value < table->looked_at)
		return true;
	if (look_at(table, list, name) != READING_DENIED)
		return true;
	table->process->denied = true;
	return false;
}

/*
 * Newer kernels (6.2) tell as the directory's size how many descriptors there
 * are, and most tables have hardly a gap. Then to go by number spares the
 * listing, which costs half as much as all the links; after more than a few
 * gaps it is done after all.
 */
static bool look_by_number(struct table *table, int list)
{
	uint64_t found = 0, gaps = 0, count;
	struct stat status;
	char name[24];

	if (!table->process->reader->live || fstat(list, &status) || status.st_size <= 0)
		return false;
	for (count = (uint64_t)status.st_size; found < count && gaps <= MAX_GAPS;
	     table->looked_at++) {
		snprintf(name, sizeof(name), "%" PRIu64, table->looked_at);
		switch (look_at(table, list, name)) {
		case READING_FINE:
			found++;
			break;
		case READING_ABSENT:
			gaps++;
			break;
		case READING_DENIED:
			return false;
		}
	}
	return found == count;
}

static enum reading read_descriptors(struct table *table)
{
	const struct procfs_reader *reader = table->process->reader;
	int list = procfs_openat(reader, table->directory, "fd", O_RDONLY | O_DIRECTORY);
	enum reading reading = READING_FINE;

	if (list < 0)
		return reading_of_errno();
	if (!look_by_number(table, list))
		reading = procfs_list_open(list, visit_descriptor, table);
	close(list);
	return reading;
}

static enum reading read_table(struct process *process, int directory)
{
	struct table table = { .process = process, .directory = directory };
	enum reading reading = read_descriptors(&table);

	if (reading == READING_DENIED)
		process->denied = true;
	return reading;
}

static bool same_table(pid_t one, pid_t other)
{
	return !syscall(SYS_kcmp, one, other, KCMP_FILES, 0, 0);
}

/*
 * Was the thread's table looked at already? Where kcmp() cannot tell, it is
 * looked at again, and what has the same number and inode is not counted.
 */
static bool table_is_known(struct process *process, pid_t thread)
{
	if (!process->reader->same_pids)
		return false;
	list_for_each(known, &process->tables, pid_t) {
		if (same_table(*known, thread))
			return true;
	}
	return false;
}

static void forget_counted(struct process *process)
{
	process->counted.count = 0;
	key_index_clear(&process->by_number);
}

/* Numbers of descriptors are counted anew in a table that is known to be another. */
static void begin_table(struct process *process, pid_t thread)
{
	pid_t *first = process->tables.items;

	if (!process->reader->same_pids ||
	    syscall(SYS_kcmp, *first, thread, KCMP_FILES, 0, 0) <= 0)
		return;
	forget_counted(process);
	*(pid_t *)list_add(&process->tables, sizeof(pid_t)) = thread;
}

static bool visit_thread(void *context, int list, const char *name)
{
	struct process *process = context;
	struct number thread = name_number(name);
	int directory;

	if (!thread.known || (pid_t)thread.value == process->pid ||
	    table_is_known(process, (pid_t)thread.value))
		return true;
	directory = procfs_openat(process->reader, list, name, O_PATH | O_DIRECTORY);
	if (directory < 0)
		return true;
	begin_table(process, (pid_t)thread.value);
	read_table(process, directory);
	close(directory);
	return true;
}

/* The kernel adds the number of threads to the links of the directory task. */
static struct number count_threads(const struct process *process)
{
	struct stat status;

	if (!process->reader->live || fstatat(process->directory, "task", &status, 0) ||
	    status.st_nlink < 3)
		return (struct number){ 0 };
	return number(status.st_nlink - 2);
}

static void read_threads(struct process *process)
{
	if (has_one_table(process))
		return;
	procfs_list(process->reader, process->directory, "task", visit_thread, process);
}

/* The state letter and the flags of "PID (comm) S ppid pgrp sid tty tpgid flags …". */
static bool read_stat(struct process *process, char *state, unsigned int *flags)
{
	struct text *text = &process->reader->text;
	const char *after;

	if (procfs_read_text(process->reader, process->directory, "stat", text) != READING_FINE)
		return false;
	/* comm may hold any byte, also ')'. */
	after = text->length ? strrchr(text->bytes, ')') : NULL;
	return after && sscanf(after, ") %c %*d %*d %*d %*d %*d %u", state, flags) == 2;
}

/* A kernel thread, or a zombie, which holds nothing: it is not for us. */
static enum presence presence_by_stat(struct process *process)
{
	unsigned int flags;
	char state;

	if (!read_stat(process, &state, &flags))
		return PROCESS_THERE;
	if (flags & PF_KTHREAD)
		return PROCESS_KERNEL;
	process->leaderless = state == 'Z' || state == 'X';
	return process->leaderless && process->threads.known && process->threads.value == 1 ?
	       PROCESS_GONE : PROCESS_THERE;
}

static enum presence look_into(struct process *process)
{
	enum presence presence = PROCESS_THERE;
	enum reading descriptors, mappings;

	process->threads = count_threads(process);
	*(pid_t *)list_add(&process->tables, sizeof(pid_t)) = process->pid;
	descriptors = read_table(process, process->directory);
	/* One that shows no descriptor may be a kernel thread: there are many of those. */
	if (process->denied || process->empty)
		presence = presence_by_stat(process);
	if (presence != PROCESS_THERE || (process->denied && process->reader->live))
		return presence;
	read_threads(process);
	mappings = process_read_mappings(process);
	if (descriptors == READING_ABSENT && mappings == READING_ABSENT && process->empty)
		return PROCESS_GONE;
	return PROCESS_THERE;
}

static void process_reset(struct process *process)
{
	process->denied = false;
	process->empty = true;
	process->leaderless = false;
	process->has_mountinfo = false;
	process->sightings.count = 0;
	key_index_clear(&process->by_inode);
	forget_counted(process);
	process->tables.count = 0;
}

enum presence process_read(struct process *process, struct procfs_reader *reader,
			   const char *name)
{
	process_reset(process);
	process->reader = reader;
	process->pid = (pid_t)name_number(name).value;
	process->directory = procfs_openat(reader, reader->proc, name, O_PATH | O_DIRECTORY);
	if (process->directory >= 0)
		return look_into(process);
	process->denied = reading_of_errno() == READING_DENIED;
	return process->denied ? PROCESS_THERE : PROCESS_GONE;
}

void process_close(struct process *process)
{
	if (process->directory >= 0)
		close(process->directory);
	process->directory = -1;
}

void process_free(struct process *process)
{
	free(process->sightings.items);
	key_index_free(&process->by_inode);
	free(process->counted.items);
	key_index_free(&process->by_number);
	free(process->tables.items);
	text_clear(&process->mountinfo);
}

/* The process's file @name as text of the reader's buffer; NULL: not to be had. */
static const struct text *read_own(const struct process *process, const char *name)
{
	struct text *text = &process->reader->text;

	if (procfs_read_text(process->reader, process->directory, name, text) != READING_FINE)
		return NULL;
	return text->length ? text : NULL;
}

/* comm may hold newlines: only the last one is the file's. */
static char *read_comm(const struct process *process)
{
	const struct text *text = read_own(process, "comm");
	size_t length;

	if (!text)
		return NULL;
	length = text->length - (text->bytes[text->length - 1] == '\n');
	return xstrndup(text->bytes, length);
}

/* The line of the unified hierarchy. */
static char *read_cgroup(const struct process *process)
{
	const struct text *text = read_own(process, "cgroup");
	const char *path = text ? text_find(text, "0::") : NULL;

	return path && *path == '/' ? xstrndup(path, strcspn(path, "\n")) : NULL;
}

static struct number read_memlock_limit(const struct process *process)
{
	const struct text *text = read_own(process, "limits");
	const char *soft = text ? text_find(text, "Max locked memory") : NULL;

	return word_number(soft, 10);
}

static struct number read_uid(const struct process *process)
{
	const struct text *text = read_own(process, "status");

	return word_number(text ? text_find(text, "Uid:") : NULL, 10);
}

bool process_describe(struct process *process, struct holder *holder)
{
	holder->pid = number((uint64_t)process->pid);
	holder->uid = read_uid(process);
	/* One that went meanwhile holds nothing any more. */
	if (!holder->uid.known && process->reader->live)
		return false;
	holder->comm = read_comm(process);
	holder->cgroup = read_cgroup(process);
	holder->memlock_limit_bytes = read_memlock_limit(process);
	return true;
}
