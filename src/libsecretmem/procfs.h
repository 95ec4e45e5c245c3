/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside of the procfs source: what a stock kernel shows of secret memory in
 * /proc and /sys, or in a tree of files below a root that looks like them.
 *
 * procfs.c           open, read, close
 * procfs-text.c      files read whole, lines and words found in them
 * procfs-cmdline.c   the kernel's command line
 * procfs-config.c    the kernel's configuration
 * procfs-info.c      what kernel this is, and whether it has secret memory
 * procfs-process.c   one process: its tables of descriptors, its threads
 * procfs-mappings.c  its mappings
 * procfs-hidepid.c   whether processes are hidden from us
 * procfs-holders.c   the scan over all of them, joined by file
 * procfs-watch.c     the same spread over many reads
 * procfs-direct-map.c, procfs-hibernation.c, procfs-limits.c
 */
#ifndef SECRETMEM_PROCFS_H
#define SECRETMEM_PROCFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "key-index.h"
#include "model.h"
#include "source.h"

/* Bytes read from a file, and a NUL behind them. Zeroed memory is no text. */
struct text {
	char *bytes;
	size_t length;
	size_t capacity;
};

/* How an attempt to read something ended. */
enum reading {
	READING_FINE,
	READING_ABSENT,		/* there is no such thing, or no longer */
	READING_DENIED,		/* it is there, and we may not or cannot read it */
};

struct stat;

struct procfs_reader {
	int root;		/* the directory that holds proc/ and sys/ */
	int proc;
	bool live;		/* this machine's own, not files that look like it */
	bool same_pids;		/* the numbers in proc are those of our system calls */
	bool no_map_query;	/* the kernel has no PROCMAP_QUERY */
	bool probed;
	enum truth available;	/* memfd_secret() worked when it was probed */
	struct number device;	/* st_dev of all secret files, once it is known */
	struct text text;	/* a buffer to read into, kept for its size */
	struct watch *watch;	/* NULL: each read looks at all processes */
};

/* procfs-text.c */

/* What errno says of an attempt to open or read. */
enum reading reading_of_errno(void);

/* open() below @directory; in a sysroot no link leads out of it. */
int procfs_openat(const struct procfs_reader *reader, int directory, const char *path,
		  int flags);

/* Read all of @path below @directory into @text, whatever was in it. */
enum reading procfs_read_text(const struct procfs_reader *reader, int directory,
			      const char *path, struct text *text);

/* Is there a @path below the root? */
bool procfs_exists(const struct procfs_reader *reader, const char *path);

void text_clear(struct text *text);

/*
 * Call @visit for each entry of the directory @path below @directory but "."
 * and "..", until it returns false.
 */
enum reading procfs_list(const struct procfs_reader *reader, int directory, const char *path,
			 bool (*visit)(void *context, int list, const char *name),
			 void *context);

/* The same for a directory that is open. */
enum reading procfs_list_open(int list,
			      bool (*visit)(void *context, int list, const char *name),
			      void *context);

/* Walk lines: *@line is set to the next one of @text, without its newline. */
bool text_next_line(const struct text *text, size_t *position, const char **line,
		    size_t *length);

/* What follows @key at the start of a line, blanks skipped; NULL: no such line. */
const char *text_find(const struct text *text, const char *key);

/* The number that @word begins with, in @base; unknown if none does. */
struct number word_number(const char *word, int base);

/*
 * Take a number in @base from *@cursor and the character @after behind it, if
 * that is not 0. Unlike sscanf() it does not look for the end of the text.
 */
bool take_number(const char **cursor, int base, char after, uint64_t *value);

/* The name of a directory or descriptor that is all digits, as a number. */
struct number name_number(const char *name);

/* procfs-cmdline.c */

/* One word of a kernel's command line: "key", "key=value". */
struct cmdline_word {
	const char *key;
	size_t key_length;
	const char *value;	/* NULL: no '=' */
	size_t value_length;
};

/* Take the next word from *@cursor; false at the end, or at "--". */
bool cmdline_next(const char **cursor, struct cmdline_word *word);

/* Is this the word's key? '-' and '_' are one to the kernel. */
bool cmdline_key_is(const struct cmdline_word *word, const char *key);

/* The last word with @key: it is the one that counts. */
bool cmdline_find(const char *cmdline, const char *key, struct cmdline_word *word);

/* A value as the kernel's kstrtobool() takes it; no value at all is a yes. */
enum truth cmdline_bool(const struct cmdline_word *word);

/* procfs-config.c */

/*
 * How an option of the kernel's configuration is set: 'y', 'm', 'n', or 0
 * where the configuration cannot be read. @release finds /boot/config-*.
 */
char procfs_config(const struct procfs_reader *reader, const char *release,
		   const char *option);

/* procfs-info.c */

/* Try memfd_secret(), once, and learn from it the device of all secret files. */
void procfs_probe(struct procfs_reader *reader);

void procfs_info(struct procfs_reader *reader, struct info *info);

/* The release of the kernel whose proc this is, to be freed; NULL: unknown. */
char *procfs_release(const struct procfs_reader *reader);

/* procfs-process.c, procfs-mappings.c */

/* What one process has of one file. */
struct sighting {
	struct number device;
	uint64_t inode;
	struct number size_bytes;
	uint64_t descriptors;
	uint64_t path_descriptors;
	uint64_t mappings;
	uint64_t mapped_bytes;
	struct number resident_bytes;
};

/* A descriptor that was counted, so that a shared table does not count it twice. */
struct counted {
	uint64_t inode;
	uint64_t number;
};

/* A process as it is being looked into. */
struct process {
	struct procfs_reader *reader;
	int directory;
	pid_t pid;
	bool denied;		/* some part of it could not be read */
	bool empty;		/* no descriptor was seen */
	bool leaderless;	/* its main thread has ended */
	struct number threads;
	struct list sightings;	/* of struct sighting */
	struct key_index by_inode;	/* places in .sightings */
	struct list counted;	/* of struct counted */
	struct key_index by_number;	/* places in .counted */
	struct list tables;	/* of pid_t: a thread for each table looked at */
	struct text mountinfo;	/* read when it is needed */
	bool has_mountinfo;
};

enum presence {
	PROCESS_THERE,
	PROCESS_GONE,		/* vanished while we looked, or holds nothing: a zombie */
	PROCESS_KERNEL,		/* a kernel thread */
};

/* Look into a process whose number is @name; what it has is in ->sightings. */
enum presence process_read(struct process *process, struct procfs_reader *reader,
			   const char *name);

/* Keep the memory for the next one. */
void process_close(struct process *process);
void process_free(struct process *process);

/* Who the process is, once it turned out to hold something. */
bool process_describe(struct process *process, struct holder *holder);

struct sighting *process_sighting(struct process *process, uint64_t inode);

/* In a sysroot: does the process's own mountinfo list this mount, or device? */
bool process_has_mount(struct process *process, uint64_t mount);
bool process_has_mounted_device(struct process *process, uint64_t device);

/* Add the mappings of secret files. */
enum reading process_read_mappings(struct process *process);

/* Is this the link text of a secret file, at a first look? */
bool link_may_be_secret(const struct procfs_reader *reader, const char *text, size_t length);

/* On a live machine: does the link lead to a secret file? Then fill @status. */
bool link_is_secret(struct procfs_reader *reader, int directory, const char *path,
		    struct stat *status);

/* procfs-holders.c */

void procfs_holders(struct procfs_reader *reader, struct snapshot *snapshot);

/* procfs-watch.c */

/* A process that holds something, and what. */
struct held {
	pid_t pid;
	struct holder holder;	/* the process alone */
	struct list sightings;	/* of struct sighting */
	uint64_t cost_ns;	/* of looking into it */
};

struct watch_counts {
	uint64_t processes;
	uint64_t unreadable;
	uint64_t age_ns;	/* since the process was looked at that waits longest */
	bool hidden;
};

/* All are looked at within @cycle_ns. */
struct watch *watch_new(uint64_t cycle_ns);
void watch_free(struct watch *watch);

/* Look at those that are due; the first time at all. @process is to work with. */
void watch_look(struct watch *watch, struct procfs_reader *reader, struct process *process);

/* What is known then: a list of struct held, and since when of each. */
const struct list *watch_held(const struct watch *watch);
uint64_t watch_age_ns(const struct watch *watch, pid_t pid);
void watch_count(const struct watch *watch, struct watch_counts *counts);

/* The others, one part of the snapshot each. */
void procfs_direct_map(struct procfs_reader *reader, struct direct_map *map);
void procfs_hibernation(struct procfs_reader *reader, struct snapshot *snapshot);
void procfs_limits(struct snapshot *snapshot);

/* Does this proc hide processes from us? */
bool procfs_hides_processes(const struct procfs_reader *reader);

#endif
