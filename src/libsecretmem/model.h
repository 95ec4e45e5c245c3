/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The model: what is known of secret memory at one moment.
 *
 * A source (source.h) fills it, a renderer reads it; neither knows the other.
 * What a source cannot know is absent: a number that is not known, a string
 * or a list that is NULL. Absent is never zero.
 *
 * Every member that users see has one row in the field table (fields.c), which
 * gives its name, unit, help and place; a member is added here and there, and
 * nowhere else.
 */
#ifndef SECRETMEM_MODEL_H
#define SECRETMEM_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A number that may be unknown. Zeroed memory is an unknown number. */
struct number {
	uint64_t value;
	bool known;
};

/* A yes or no that may be unknown. Zeroed memory is unknown. */
enum truth {
	TRUTH_UNKNOWN,
	TRUTH_NO,
	TRUTH_YES,
};

/*
 * A list that may be unknown. Zeroed memory is an unknown list; one that is
 * known to be empty has .known set. All items of a list have one type, which
 * the comment at the member names.
 */
struct list {
	void *items;
	size_t count;
	size_t capacity;
	bool known;
};

/* Where secret memory comes from. */
enum mode {
	MODE_UNKNOWN,
	MODE_STOCK,		/* single pages from the page allocator */
	MODE_POOLED,		/* chunks of the area sized by secretmem= */
};

/* Who created a file. A process number may have been reused since. */
struct creator {
	struct number pid;
	struct number uid;
	char *comm;		/* bytes as the kernel has them, up to 15 */
	struct number cgroup_id;
	char *cgroup;		/* path below the cgroup2 mount, "/..." */
};

/* A process that keeps a file alive today, by descriptor or by mapping. */
struct holder {
	struct number pid;
	struct number uid;	/* real user */
	char *comm;
	char *cgroup;		/* path below the cgroup2 mount, "/..." */
	struct number descriptors;	/* open ones that hold the file, O_PATH not counted */
	struct number path_descriptors;	/* O_PATH ones: they keep the pages only */
	struct number mappings;
	struct number mapped_bytes;	/* sum over its mappings */
	struct number resident_bytes;	/* of the mapped ones, what this process touched */
	struct number memlock_limit_bytes;	/* soft RLIMIT_MEMLOCK; unknown if unlimited */
	struct number seen_ns;	/* since it was looked at */
};

/* One memfd_secret file, whether mapped or not. */
struct secret_file {
	struct number id;	/* never reused; netlink only */
	struct number device;	/* st_dev */
	struct number inode;	/* st_ino */
	struct creator creator;	/* netlink only */
	struct number size_bytes;
	struct number used_bytes;	/* pages it has; netlink only */
	struct number reserved_bytes;	/* its chunks; pooled mode only */
	struct number wasted_bytes;	/* reserved - used */
	struct number chunks;
	enum truth reservation;	/* holds all the chunks it can need; pooled mode only */
	struct number age_ns;
	enum truth blocks_hibernation;
	struct list holders;	/* of struct holder; unknown with netlink alone */
};

enum chunk_state {
	CHUNK_UNKNOWN,
	CHUNK_HELD,
	CHUNK_READY,		/* part of the floor; no file has it */
	CHUNK_QUARANTINED,
};

/* One chunk in use, be it for the floor, never a free one. */
struct chunk {
	struct number id;
	struct number file_id;
	struct number position;	/* in the pool, counted in chunks from 0 */
	struct number used_bytes;
	enum chunk_state state;
};

/* Requests that failed since boot, by reason. */
struct failures {
	struct number pool_exhausted;
	struct number memlock;
	struct number direct_map;
	struct number memory;
	struct number pinned;
	struct number low_memory;
	struct number cgroup;
};

struct pool {
	struct number capacity_bytes;
	struct number reserved_bytes;
	struct number used_bytes;
	struct number floor_bytes;
	struct number ready_bytes;
	struct number floor_missing_bytes;
	struct number available_bytes;
	struct number wasted_bytes;
	struct number chunk_bytes;
	struct number chunks;
	struct number free_chunks;
	struct number quarantined_chunks;
	struct number reserved_peak_bytes;
	struct number used_peak_bytes;
	struct number files;
	struct failures failures;
	struct number low_threshold_bytes;
	struct number failure_threshold;
	struct number event_sequence;
	struct number direct_map_sequence;
	struct number events_dropped;
	enum truth floor_pending;
};

/* One size of page that the direct map is made of. */
struct direct_map_level {
	struct number page_bytes;
	struct number bytes;	/* mapped by pages of this size */
	struct number mapped_percent;	/* of all that is mapped */
	struct number splits;	/* of pages of this size, since boot */
	struct number secretmem_splits;	/* those that secretmem asked for */
	struct number collapses;	/* smaller pages joined to one of this size, since boot */
};

/* A GiB of physical memory, and how the direct map maps it. */
struct direct_map_region {
	struct number index;	/* of the GiB, from 0 */
	struct list levels;	/* of struct direct_map_level, page_bytes and bytes alone */
	struct number unmapped_bytes;
};

/* What the bytes of the levels were counted by. They differ: see secretmemctl-status(8). */
enum direct_map_origin {
	ORIGIN_UNKNOWN,
	ORIGIN_MAP,		/* the page tables, walked */
	ORIGIN_MEMINFO,		/* DirectMap* of /proc/meminfo */
};

struct direct_map {
	enum direct_map_origin origin;
	struct list levels;	/* of struct direct_map_level, smallest first */
	struct number unmapped_bytes;	/* by secretmem, now */
	struct number removals;	/* of ranges, since boot */
	struct number restores;
	struct number restore_failures;
	struct list regions;	/* of struct direct_map_region, by index */
};

enum blocker_kind {
	BLOCKER_UNKNOWN,
	BLOCKER_FILE,		/* a secretmem file that a visible process holds */
	BLOCKER_HIDDEN_FILE,	/* perhaps: held where nobody can look */
	BLOCKER_LOCKDOWN,	/* kernel lockdown */
	BLOCKER_NOHIBERNATE,	/* nohibernate or hibernate=no on the command line */
	BLOCKER_CXL,		/* CXL memory is active */
	BLOCKER_NO_SUPPORT,	/* this kernel cannot hibernate at all */
	BLOCKER_QUARANTINE,	/* chunks of the pool that could not be zeroed */
};

/* A reason why this machine does not hibernate. */
struct blocker {
	enum blocker_kind kind;
	enum truth certain;	/* no: one of several that it may be */
	struct number inode;	/* of the file, for BLOCKER_FILE */
	struct number pid;	/* one holder, for BLOCKER_FILE */
	char *comm;
};

/* The blockers of one kind. */
struct blocker_count {
	enum blocker_kind kind;
	struct number blockers;
};

struct hibernation {
	enum truth available;
	struct list blockers;	/* of struct blocker */
	struct list causes;	/* of struct blocker_count; filled by totals_fill() */
};

enum limit_kind {
	LIMIT_UNKNOWN,
	LIMIT_POOL,
	LIMIT_MEMLOCK,
	LIMIT_CGROUP,
};

/* Something that bounds secret memory, and how near it is. */
struct limit {
	enum limit_kind kind;
	struct number uid;	/* whose, for LIMIT_MEMLOCK */
	char *cgroup;		/* whose, for LIMIT_CGROUP */
	struct number limit_bytes;	/* unknown if unlimited */
	struct number charged_bytes;
	struct number used_percent;
};

/* The secret memory of one cgroup, or of all those that are not among the largest. */
struct cgroup_total {
	char *cgroup;		/* path, or "_other" */
	struct number files;
	struct number size_bytes;
	struct number used_bytes;
	struct number reserved_bytes;
	struct number limit_bytes;
	struct number charged_bytes;
};

/*
 * Sums for those who watch many machines: few, bounded in number, and without
 * anything about one process or file. Filled by totals_fill() (totals.h).
 */
struct totals {
	struct number files;
	struct number holders;	/* distinct processes */
	struct number size_bytes;
	struct number used_bytes;
	struct number touched_bytes;	/* by the holder who touched most, of each file */
	struct number amplification_ratio;	/* in thousandths */
	struct number pool_used_percent;
	struct number memlock_used_percent;	/* the highest of any user */
	struct number cgroup_used_percent;	/* the highest of any cgroup */
	struct number advised_bytes;	/* filled by secretmemctl metrics alone */
	struct list cgroups;	/* of struct cgroup_total, the largest first */
};

/* What never changes while the machine runs. */
struct info {
	enum truth available;	/* memfd_secret(2) works here */
	enum mode mode;
	struct number family_version;	/* of the netlink family; unknown: not there */
	char *kernel_release;
	char *machine;
};

struct snapshot {
	const char *source;	/* "netlink", "procfs" or "replay" */
	uint64_t time_ns;	/* since 1970, UTC */
	struct number monotonic_ns;	/* the same moment by CLOCK_MONOTONIC */
	char *boot_id;		/* of the boot that this clock belongs to */
	bool partial;		/* something could not be read: see below */
	struct number processes;	/* looked at */
	struct number unreadable_processes;	/* could not be looked into */
	struct number interval_ns;	/* how often it is written anew, if so */
	struct number scan_age_ns;	/* since the one was looked at that waits longest */
	struct info info;
	struct pool pool;
	struct list files;	/* of struct secret_file */
	struct list chunks;	/* of struct chunk */
	struct direct_map direct_map;
	struct hibernation hibernation;
	struct list limits;	/* of struct limit */
	struct totals totals;
};

/* What a source is asked to fill; the rest of the snapshot stays unknown. */
enum snapshot_part {
	PART_INFO = 1 << 0,
	PART_POOL = 1 << 1,
	PART_FILES = 1 << 2,
	PART_CHUNKS = 1 << 3,
	PART_DIRECT_MAP = 1 << 4,
	PART_HIBERNATION = 1 << 5,
	PART_LIMITS = 1 << 6,
	PART_HOLDERS = 1 << 7,
	PART_REGIONS = 1 << 8,
	PART_ALL = (1 << 9) - 1,
};

enum event_type {
	EVENT_UNKNOWN,
	EVENT_FILE_CREATED,	/* from here as the kernel numbers them */
	EVENT_FILE_RELEASED,
	EVENT_CHUNK_ADDED,
	EVENT_CHUNK_RELEASED,
	EVENT_RESERVE_FAILED,
	EVENT_FAULT_FAILED,
	EVENT_LIMIT,
	EVENT_THRESHOLD,
	EVENT_SPLIT,
	EVENT_SNAPSHOT,		/* how things are at this moment */
	EVENT_OVERRUN,		/* events were lost here */
	EVENT_RESYNC,		/* what was lost is made up for by the snapshot before */
};

/* Why a request failed; in the order of struct failures. */
enum failure_reason {
	REASON_UNKNOWN,
	REASON_POOL_EXHAUSTED,
	REASON_MEMLOCK,
	REASON_DIRECT_MAP,
	REASON_MEMORY,
	REASON_PINNED,
	REASON_LOW_MEMORY,
	REASON_CGROUP,
};

/* Who asked for a change of the direct map. */
enum split_owner {
	OWNER_UNKNOWN,
	OWNER_OTHER,
	OWNER_SECRETMEM,
};

/* What the kernel counts by itself, and may be heard by itself. */
enum event_group {
	GROUP_UNKNOWN,
	GROUP_EVENTS,
	GROUP_DIRECT_MAP,	/* splits */
};

/* Something that happened. Which members an event has, follows from its type. */
struct event {
	enum event_type type;
	uint64_t time_ns;	/* since 1970, UTC */
	struct number monotonic_ns;
	char *boot_id;
	struct number sequence;	/* counted by the kernel, by group */
	bool derived;		/* from two looks, not told by the kernel */
	struct number file_id;
	struct number device;
	struct number inode;
	struct number pid;
	struct number uid;
	char *comm;
	struct number cgroup_id;
	struct number chunk_id;
	struct number position;
	struct number bytes;
	enum chunk_state state;
	enum failure_reason reason;
	struct number page_bytes;
	struct number count;
	enum split_owner owner;
	enum event_group group;
	struct number dropped;
};

static inline struct number number(uint64_t value)
{
	return (struct number){ .value = value, .known = true };
}

/* For qsort(): negative where @a comes first, positive where @b does. */
static inline int compare_integers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/*
 * Add one zeroed item of @item_size bytes and return it; the list is known
 * from then on. Memory that runs out ends the program: see xalloc.h. Items
 * move when the list grows.
 */
void *list_add(struct list *list, size_t item_size);

/* Return item @index of a list of items of @item_size bytes. */
static inline void *list_at(const struct list *list, size_t index, size_t item_size)
{
	return (char *)list->items + index * item_size;
}

/* Walk a list of @type items with @item. */
#define list_for_each(item, list, type)					\
	for (type *item = (type *)(list)->items;				\
	     item && item < (type *)(list)->items + (list)->count; item++)

/* The file with this device and inode, or NULL. */
struct secret_file *snapshot_find_file(const struct snapshot *snapshot,
				       uint64_t device, uint64_t inode);

/* The level with pages of this size, added in its order if it is not there. */
struct direct_map_level *direct_map_level(struct list *levels, uint64_t page_bytes);

/* Count the levels anew by the regions, which have what is mapped indeed. */
void direct_map_sum(struct direct_map *map);

/* What part of the direct map each level is, once their bytes are known. */
void direct_map_share(struct direct_map *map);

/* Forget the regions. */
void direct_map_clear_regions(struct direct_map *map);

/*
 * Forget what is about one process, file or user, and leave what anybody may
 * read: the pool, the direct map, the totals.
 */
void snapshot_clear_details(struct snapshot *snapshot);

/* Free all that a snapshot owns and zero it. */
void snapshot_clear(struct snapshot *snapshot);

void event_clear(struct event *event);

#endif
