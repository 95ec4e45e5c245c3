// SPDX-License-Identifier: GPL-2.0-or-later
/* The procfs source: open a tree, read what is asked for, close. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "procfs.h"
#include "xalloc.h"

static bool is_live(int root)
{
	struct stat ours, theirs;

	return !stat("/", &ours) && !fstat(root, &theirs) && ours.st_dev == theirs.st_dev &&
	       ours.st_ino == theirs.st_ino;
}

static bool visit_any(void *context, int list, const char *name)
{
	(void)list;
	(void)name;
	*(bool *)context = true;
	return false;
}

/*
 * The empty directory that every image has for a mount is no proc tree. One's own
 * says as much without a list of all processes.
 */
static bool has_proc(const struct procfs_reader *reader)
{
	bool any = false;

	if (reader->live)
		return !faccessat(reader->root, "proc/self", F_OK, AT_SYMLINK_NOFOLLOW);
	return procfs_list(reader, reader->root, "proc", visit_any, &any) == READING_FINE && any;
}

/* A proc mounted for another pid namespace has other numbers. */
static bool has_our_pids(const struct procfs_reader *reader)
{
	char text[32], own[32];
	ssize_t length;

	length = reader->live ? readlinkat(reader->proc, "self", text, sizeof(text)) : -1;
	return length == snprintf(own, sizeof(own), "%d", getpid()) &&
	       !memcmp(text, own, (size_t)length);
}

static enum exit_code open_tree(struct procfs_reader *reader, const char *root,
				struct failure *failure)
{
	reader->root = open(root ? root : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (reader->root < 0)
		return fail(failure, EXIT_USAGE, "cannot open %s: %s", root ? root : "/",
			    strerror(errno));
	reader->live = is_live(reader->root);
	if (!has_proc(reader)) {
		if (reader->live)
			return fail(failure, EXIT_FAILED,
				    "there is no /proc here: mount -t proc proc /proc");
		return fail(failure, EXIT_USAGE, "no proc tree under %s", root);
	}
	reader->proc = procfs_openat(reader, reader->root, "proc", O_PATH | O_DIRECTORY);
	if (reader->proc < 0)
		return fail(failure, EXIT_FAILED, "cannot open proc: %s", strerror(errno));
	reader->same_pids = has_our_pids(reader);
	return EXIT_FINE;
}

enum exit_code procfs_open(const char *root, struct procfs_reader **reader,
			   struct failure *failure)
{
	struct procfs_reader *new = xcalloc(1, sizeof(*new));
	enum exit_code code;

	new->proc = -1;
	*reader = NULL;
	code = open_tree(new, root, failure);
	if (code) {
		procfs_close(new);
		return code;
	}
	*reader = new;
	return EXIT_FINE;
}

/* Files that look like a proc do not change. */
void procfs_watch(struct procfs_reader *reader, uint64_t cycle_ns)
{
	if (reader->live && !reader->watch)
		reader->watch = watch_new(cycle_ns);
}

void procfs_close(struct procfs_reader *reader)
{
	if (!reader)
		return;
	if (reader->root >= 0)
		close(reader->root);
	if (reader->proc >= 0)
		close(reader->proc);
	text_clear(&reader->text);
	watch_free(reader->watch);
	free(reader);
}

/* What was scanned for the sake of another part, and not asked for. */
static void drop_files(struct snapshot *snapshot)
{
	struct snapshot dropped = { .files = snapshot->files };

	snapshot->files = (struct list){ 0 };
	snapshot_clear(&dropped);
}

/* A file that somebody holds proves what could not be asked. */
static void infer_available(struct snapshot *snapshot)
{
	if (!snapshot->info.available && snapshot->files.count)
		snapshot->info.available = TRUTH_YES;
}

static void read_files(struct procfs_reader *reader, unsigned int parts,
		       struct snapshot *snapshot)
{
	bool wanted = parts & (PART_FILES | PART_HOLDERS) || snapshot->files.known;

	procfs_holders(reader, snapshot);
	if (parts & PART_INFO)
		infer_available(snapshot);
	if (parts & PART_HIBERNATION)
		procfs_hibernation(reader, snapshot);
	if (parts & PART_LIMITS)
		procfs_limits(snapshot);
	if (!wanted)
		drop_files(snapshot);
}

/* Those that are counted tell themselves; these cannot be. */
static enum exit_code tell_hidden(struct failure *failure)
{
	return fail(failure, EXIT_PARTIAL, "processes of others are hidden here (hidepid)%s",
		    geteuid() ? ": run as root" : "");
}

#define FILE_PARTS (PART_FILES | PART_HOLDERS | PART_HIBERNATION | PART_LIMITS)

void procfs_prepare(struct procfs_reader *reader, unsigned int parts)
{
	if (parts & (FILE_PARTS | PART_INFO))
		procfs_probe(reader);
}

enum exit_code procfs_read(struct procfs_reader *reader, unsigned int parts,
			   struct snapshot *snapshot, struct failure *failure)
{
	procfs_prepare(reader, parts);
	if (parts & FILE_PARTS)
		read_files(reader, parts, snapshot);
	if (parts & PART_INFO)
		procfs_info(reader, &snapshot->info);
	if (parts & (PART_DIRECT_MAP | PART_REGIONS))
		procfs_direct_map(reader, &snapshot->direct_map);
	if (snapshot->processes.known && !snapshot->unreadable_processes.known)
		return tell_hidden(failure);
	return snapshot->partial ? EXIT_PARTIAL : EXIT_FINE;
}
