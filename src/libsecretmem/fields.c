// SPDX-License-Identifier: GPL-2.0-or-later
#include "fields.h"
#include "xalloc.h"

#define NS_PER_SECOND UINT64_C(1000000000)
#define THOUSANDTHS 1000

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TABLE(label, type, rows) \
	.name = label, .size = sizeof(type), .fields = rows, .count = COUNT(rows)
/* Rows are: name, column, type, place, help, words, table, and what metric it is. */
#define AT(type, member) offsetof(struct type, member)
#define NO_METRIC .metric = METRIC_NONE
#define GAUGE .metric = METRIC_GAUGE
#define COUNTER .metric = METRIC_COUNTER
#define LABEL .metric = METRIC_LABEL

static const char *const mode_words[] = { NULL, "stock", "pooled", NULL };
static const char *const chunk_state_words[] = { NULL, "held", "ready", "quarantined", NULL };
static const char *const limit_kind_words[] = { NULL, "pool", "memlock", "cgroup", NULL };
static const char *const blocker_kind_words[] = {
	NULL, "file", "hidden-file", "lockdown", "nohibernate", "cxl", "no-support",
	"quarantine", NULL
};

static const char *const origin_words[] = { NULL, "map", "meminfo", NULL };
static const char *const event_type_words[] = {
	NULL, "file-created", "file-released", "chunk-added", "chunk-released",
	"reserve-failed", "fault-failed", "limit", "threshold", "split", "snapshot", "overrun",
	"resync", NULL
};
static const char *const reason_words[] = {
	NULL, "pool-exhausted", "memlock", "direct-map", "memory", "pinned", "low-memory",
	"cgroup", NULL
};
static const char *const owner_words[] = { NULL, "other", "secretmem", NULL };
static const char *const group_words[] = { NULL, "events", "direct-map", NULL };

static const struct field info_fields[] = {
	{ "available", "AVAILABLE", FIELD_TRUTH, AT(info, available),
	  "whether memfd_secret(2) works on this machine", GAUGE },
	{ "mode", "MODE", FIELD_WORD, AT(info, mode),
	  "where secret memory comes from: stock (single pages) or pooled (chunks)",
	  mode_words, LABEL },
	{ "family_version", "FAMILY", FIELD_NUMBER, AT(info, family_version),
	  "version of the kernel's netlink family; unknown where there is none", GAUGE },
	{ "kernel_release", "KERNEL", FIELD_TEXT, AT(info, kernel_release),
	  "release of the running kernel", LABEL },
	{ "machine", "MACHINE", FIELD_TEXT, AT(info, machine),
	  "hardware name of the running kernel", LABEL },
};

static const struct field_table info_table = { TABLE("info", struct info, info_fields) };

static const struct field failures_fields[] = {
	{ "pool_exhausted", "POOL", FIELD_NUMBER, AT(failures, pool_exhausted),
	  "requests that failed since boot because the pool had too few chunks left", COUNTER },
	{ "memlock", "MEMLOCK", FIELD_NUMBER, AT(failures, memlock),
	  "requests that failed since boot at a creator's RLIMIT_MEMLOCK", COUNTER },
	{ "direct_map", "DIRECT-MAP", FIELD_NUMBER, AT(failures, direct_map),
	  "requests that failed since boot because the direct map could not be changed",
	  COUNTER },
	{ "memory", "MEMORY", FIELD_NUMBER, AT(failures, memory),
	  "requests that failed since boot because other memory was short", COUNTER },
	{ "pinned", "PINNED", FIELD_NUMBER, AT(failures, pinned),
	  "requests that failed since boot as the pool's memory could not be emptied",
	  COUNTER },
	{ "low_memory", "LOW-MEMORY", FIELD_NUMBER, AT(failures, low_memory),
	  "requests refused since boot, as the machine would have run out of memory", COUNTER },
	{ "cgroup", "CGROUP", FIELD_NUMBER, AT(failures, cgroup),
	  "requests that failed since boot at a misc cgroup's limit for secretmem", COUNTER },
};

const struct field_table failures_table = {
	TABLE("failures", struct failures, failures_fields)
};

static const struct field pool_fields[] = {
	{ "capacity_bytes", "CAPACITY", FIELD_BYTES, AT(pool, capacity_bytes),
	  "size of the pool, the hard upper limit of secret memory", GAUGE },
	{ "reserved_bytes", "RESERVED", FIELD_BYTES, AT(pool, reserved_bytes),
	  "memory of all the chunks that files hold", GAUGE },
	{ "used_bytes", "USED", FIELD_BYTES, AT(pool, used_bytes),
	  "memory of the pages that files hold", GAUGE },
	{ "wasted_bytes", "WASTED", FIELD_BYTES, AT(pool, wasted_bytes),
	  "memory of chunks that files hold and do not use", GAUGE },
	{ "floor_bytes", "FLOOR", FIELD_BYTES, AT(pool, floor_bytes),
	  "memory kept for reservations, taken by them or ready", GAUGE },
	{ "ready_bytes", "READY", FIELD_BYTES, AT(pool, ready_bytes),
	  "memory of the chunks that are ready for a reservation", GAUGE },
	{ "floor_missing_bytes", "FLOOR-MISSING", FIELD_BYTES, AT(pool, floor_missing_bytes),
	  "what the floor lacks, because it could not be had", GAUGE },
	{ "available_bytes", "AVAILABLE", FIELD_BYTES, AT(pool, available_bytes),
	  "memory of the chunks that can still be reserved", GAUGE },
	{ "chunk_bytes", "CHUNK-SIZE", FIELD_BYTES, AT(pool, chunk_bytes),
	  "size of a chunk", GAUGE },
	{ "chunks", "CHUNKS", FIELD_NUMBER, AT(pool, chunks),
	  "chunks that files hold", GAUGE },
	{ "free_chunks", "FREE-CHUNKS", FIELD_NUMBER, AT(pool, free_chunks),
	  "chunks that can still be reserved", GAUGE },
	{ "quarantined_chunks", "QUARANTINED", FIELD_NUMBER, AT(pool, quarantined_chunks),
	  "chunks taken out of use for good", GAUGE },
	{ "reserved_peak_bytes", "RESERVED-PEAK", FIELD_BYTES, AT(pool, reserved_peak_bytes),
	  "most memory ever reserved since boot", GAUGE },
	{ "used_peak_bytes", "USED-PEAK", FIELD_BYTES, AT(pool, used_peak_bytes),
	  "most memory ever used since boot", GAUGE },
	{ "files", "FILES", FIELD_NUMBER, AT(pool, files),
	  "secretmem files, whether mapped or not", GAUGE },
	{ "failures", "FAILED", FIELD_OBJECT, AT(pool, failures),
	  "requests that failed since boot, by reason", NULL, &failures_table,
	  .metric = METRIC_REASONS },
	{ "low_threshold_bytes", "LOW-THRESHOLD", FIELD_BYTES, AT(pool, low_threshold_bytes),
	  "an event tells when less than this is available; 0: none does", GAUGE },
	{ "failure_threshold", "FAILURE-THRESHOLD", FIELD_NUMBER, AT(pool, failure_threshold),
	  "an event tells every so many failures of one reason; 0: none does", GAUGE },
	{ "event_sequence", "EVENTS", FIELD_NUMBER, AT(pool, event_sequence),
	  "number of the last event but splits; counted while somebody listens", COUNTER },
	{ "direct_map_sequence", "SPLIT-EVENTS", FIELD_NUMBER, AT(pool, direct_map_sequence),
	  "number of the last event about splits", COUNTER },
	{ "events_dropped", "EVENTS-DROPPED", FIELD_NUMBER, AT(pool, events_dropped),
	  "events since boot that the kernel had no memory to tell", COUNTER },
	{ "floor_pending", "FLOOR-PENDING", FIELD_TRUTH, AT(pool, floor_pending),
	  "whether the floor that was asked for is still being made", GAUGE },
};

const struct field_table pool_table = { TABLE("pool", struct pool, pool_fields) };

static const struct field creator_fields[] = {
	{ "pid", "PID", FIELD_NUMBER, AT(creator, pid),
	  "process that created the file; it may have ended" },
	{ "uid", "USER", FIELD_USER, AT(creator, uid),
	  "user that created the file, whom RLIMIT_MEMLOCK is charged to" },
	{ "comm", "COMM", FIELD_TEXT, AT(creator, comm),
	  "name of the creator when it created the file" },
	{ "cgroup_id", "CGROUP-ID", FIELD_NUMBER, AT(creator, cgroup_id),
	  "number of the creator's cgroup when it created the file" },
	{ "cgroup", "CGROUP", FIELD_TEXT, AT(creator, cgroup),
	  "path of the creator's cgroup" },
};

static const struct field_table creator_table = {
	TABLE("creator", struct creator, creator_fields)
};

static const struct field holder_fields[] = {
	{ "pid", "PID", FIELD_NUMBER, AT(holder, pid), "process" },
	{ "uid", "USER", FIELD_USER, AT(holder, uid), "real user of the process" },
	{ "comm", "COMM", FIELD_TEXT, AT(holder, comm), "name of the process" },
	{ "descriptors", "FDS", FIELD_NUMBER, AT(holder, descriptors),
	  "descriptors that hold the file, without O_PATH ones" },
	{ "path_descriptors", "PATH-FDS", FIELD_NUMBER, AT(holder, path_descriptors),
	  "O_PATH descriptors, which keep the memory of the file only" },
	{ "mappings", "MAPS", FIELD_NUMBER, AT(holder, mappings), "mappings of the file" },
	{ "mapped_bytes", "MAPPED", FIELD_BYTES, AT(holder, mapped_bytes),
	  "memory that its mappings of the file span" },
	{ "resident_bytes", "RESIDENT", FIELD_BYTES, AT(holder, resident_bytes),
	  "memory of the file that is in the page tables of the process" },
	{ "memlock_limit_bytes", "MEMLOCK", FIELD_BYTES, AT(holder, memlock_limit_bytes),
	  "soft RLIMIT_MEMLOCK of the process; unknown where unlimited" },
	{ "cgroup", "CGROUP", FIELD_TEXT, AT(holder, cgroup), "path of the process's cgroup" },
	{ "seen_seconds", "SEEN", FIELD_SECONDS, AT(holder, seen_ns),
	  "time since the process was looked at" },
};

const struct field_table holder_table = {
	TABLE("holder", struct holder, holder_fields),
	.label = &holder_fields[2], .key = &holder_fields[0],
};

static const struct field file_fields[] = {
	{ "id", "ID", FIELD_NUMBER, AT(secret_file, id),
	  "number of the file, never used again" },
	{ "device", "DEVICE", FIELD_NUMBER, AT(secret_file, device),
	  "device of the file, as in st_dev of stat(2)" },
	{ "inode", "INODE", FIELD_NUMBER, AT(secret_file, inode),
	  "inode of the file, as in st_ino of stat(2)" },
	{ "size_bytes", "SIZE", FIELD_BYTES, AT(secret_file, size_bytes), "size of the file" },
	{ "used_bytes", "USED", FIELD_BYTES, AT(secret_file, used_bytes),
	  "memory of the pages that the file holds" },
	{ "reserved_bytes", "RESERVED", FIELD_BYTES, AT(secret_file, reserved_bytes),
	  "memory of the chunks that the file holds" },
	{ "wasted_bytes", "WASTED", FIELD_BYTES, AT(secret_file, wasted_bytes),
	  "memory of chunks that the file holds and does not use" },
	{ "chunks", "CHUNKS", FIELD_NUMBER, AT(secret_file, chunks),
	  "chunks that the file holds" },
	{ "reservation", "RESERVATION", FIELD_TRUTH, AT(secret_file, reservation),
	  "whether the file holds all the chunks that it can ever need" },
	{ "age_seconds", "AGE", FIELD_SECONDS, AT(secret_file, age_ns),
	  "time since the file was created" },
	{ "blocks_hibernation", "BLOCKS-HIBERNATION", FIELD_TRUTH,
	  AT(secret_file, blocks_hibernation),
	  "whether the file keeps the machine from hibernating" },
	{ "creator", "CREATOR", FIELD_OBJECT, AT(secret_file, creator),
	  "who created the file", NULL, &creator_table },
	{ "holders", "HOLDERS", FIELD_LIST, AT(secret_file, holders),
	  "processes that keep the file alive, by descriptor or mapping",
	  NULL, &holder_table },
};

const struct field_table file_table = { TABLE("file", struct secret_file, file_fields) };

static const struct field chunk_fields[] = {
	{ "id", "ID", FIELD_NUMBER, AT(chunk, id),
	  "number of this use of the chunk, never used again" },
	{ "file_id", "FILE", FIELD_NUMBER, AT(chunk, file_id),
	  "number of the file that holds the chunk" },
	{ "position", "POSITION", FIELD_NUMBER, AT(chunk, position),
	  "position in the pool, counted in chunks from 0" },
	{ "used_bytes", "USED", FIELD_BYTES, AT(chunk, used_bytes),
	  "memory of the chunk's pages that the file uses" },
	{ "state", "STATE", FIELD_WORD, AT(chunk, state),
	  "held by a file, ready for a reservation, or quarantined", chunk_state_words },
};

const struct field_table chunk_table = { TABLE("chunk", struct chunk, chunk_fields) };

static const struct field level_fields[] = {
	{ "page_bytes", "PAGE", FIELD_BYTES, AT(direct_map_level, page_bytes),
	  "size of the pages at this level", LABEL },
	{ "bytes", "MAPPED", FIELD_BYTES, AT(direct_map_level, bytes),
	  "memory that is mapped by pages of this size", GAUGE },
	{ "mapped_percent", "MAPPED%", FIELD_PERCENT, AT(direct_map_level, mapped_percent),
	  "how much that is of the direct map", NO_METRIC },
	{ "splits", "SPLITS", FIELD_NUMBER, AT(direct_map_level, splits),
	  "pages of this size that were split since boot", COUNTER },
	{ "secretmem_splits", "SECRETMEM-SPLITS", FIELD_NUMBER,
	  AT(direct_map_level, secretmem_splits),
	  "those that were split for secret memory", COUNTER },
	{ "collapses", "COLLAPSES", FIELD_NUMBER, AT(direct_map_level, collapses),
	  "pages of this size that were made of smaller ones since boot", COUNTER },
};

const struct field_table level_table = {
	TABLE("direct map level", struct direct_map_level, level_fields)
};

/* Of a region, only how much there is of each size is known. */
static const struct field region_level_fields[] = {
	{ "page_bytes", "PAGE", FIELD_BYTES, AT(direct_map_level, page_bytes),
	  "size of the pages at this level" },
	{ "bytes", "MAPPED", FIELD_BYTES, AT(direct_map_level, bytes),
	  "memory of the region that is mapped by pages of this size" },
};

static const struct field_table region_level_table = {
	TABLE("region level", struct direct_map_level, region_level_fields),
	.label = &region_level_fields[1], .key = &region_level_fields[0],
};

static const struct field region_fields[] = {
	{ "index", "REGION", FIELD_NUMBER, AT(direct_map_region, index),
	  "which GiB of physical memory, counted from 0" },
	{ "unmapped_bytes", "UNMAPPED", FIELD_BYTES, AT(direct_map_region, unmapped_bytes),
	  "memory of the region that is not mapped" },
	{ "levels", "LEVELS", FIELD_LIST, AT(direct_map_region, levels),
	  "memory that is mapped, by size of page, smallest first",
	  NULL, &region_level_table },
};

const struct field_table region_table = {
	TABLE("region", struct direct_map_region, region_fields)
};

static const struct field direct_map_fields[] = {
	{ "origin", "ORIGIN", FIELD_WORD, AT(direct_map, origin),
	  "what the levels were counted by: the map itself, or /proc/meminfo",
	  origin_words, LABEL },
	{ "levels", NULL, FIELD_LIST, AT(direct_map, levels),
	  "sizes of page that the direct map is made of, smallest first",
	  NULL, &level_table, .metric = METRIC_INLINE },
	{ "unmapped_bytes", "UNMAPPED", FIELD_BYTES, AT(direct_map, unmapped_bytes),
	  "memory that is taken out of the direct map for secret memory", GAUGE },
	{ "removals", "REMOVALS", FIELD_NUMBER, AT(direct_map, removals),
	  "how often secretmem took a range out of the direct map since boot", COUNTER },
	{ "restores", "RESTORES", FIELD_NUMBER, AT(direct_map, restores),
	  "how often it put one back", COUNTER },
	{ "restore_failures", "RESTORE-FAILURES", FIELD_NUMBER, AT(direct_map, restore_failures),
	  "how often that failed", COUNTER },
	{ "regions", NULL, FIELD_LIST, AT(direct_map, regions),
	  "the direct map by GiB of physical memory", NULL, &region_table, NO_METRIC },
};

const struct field_table direct_map_table = {
	TABLE("direct map", struct direct_map, direct_map_fields)
};

static const struct field blocker_fields[] = {
	{ "kind", "KIND", FIELD_WORD, AT(blocker, kind),
	  "what keeps the machine from hibernating", blocker_kind_words },
	{ "certain", "CERTAIN", FIELD_TRUTH, AT(blocker, certain),
	  "no: one of several reasons that it may be" },
	{ "inode", "INODE", FIELD_NUMBER, AT(blocker, inode), "inode of the file" },
	{ "pid", "PID", FIELD_NUMBER, AT(blocker, pid), "a process that holds the file" },
	{ "comm", "COMM", FIELD_TEXT, AT(blocker, comm), "name of that process" },
};

const struct field_table blocker_table = {
	TABLE("blocker", struct blocker, blocker_fields),
	.label = &blocker_fields[4], .key = &blocker_fields[3],
};

static const struct field cause_fields[] = {
	{ "kind", "KIND", FIELD_WORD, AT(blocker_count, kind),
	  "what keeps the machine from hibernating", blocker_kind_words, LABEL },
	{ "blockers", "BLOCKERS", FIELD_NUMBER, AT(blocker_count, blockers),
	  "how many blockers there are of this kind", GAUGE },
};

static const struct field_table cause_table = {
	TABLE("cause", struct blocker_count, cause_fields)
};

static const struct field hibernation_fields[] = {
	{ "available", "AVAILABLE", FIELD_TRUTH, AT(hibernation, available),
	  "whether the machine can hibernate now", GAUGE },
	{ "blockers", NULL, FIELD_LIST, AT(hibernation, blockers),
	  "reasons why it cannot", NULL, &blocker_table, NO_METRIC },
	{ "causes", NULL, FIELD_LIST, AT(hibernation, causes),
	  "the same, counted by kind", NULL, &cause_table, .metric = METRIC_INLINE },
};

static const struct field_table hibernation_table = {
	TABLE("hibernation", struct hibernation, hibernation_fields)
};

static const struct field limit_fields[] = {
	{ "kind", "KIND", FIELD_WORD, AT(limit, kind),
	  "what limits: the pool, RLIMIT_MEMLOCK or a cgroup", limit_kind_words },
	{ "uid", "USER", FIELD_USER, AT(limit, uid), "whom RLIMIT_MEMLOCK limits" },
	{ "limit_bytes", "LIMIT", FIELD_BYTES, AT(limit, limit_bytes),
	  "the limit; unknown where there is none" },
	{ "charged_bytes", "CHARGED", FIELD_BYTES, AT(limit, charged_bytes),
	  "what counts towards it now" },
	{ "used_percent", "USED%", FIELD_PERCENT, AT(limit, used_percent),
	  "how much of the limit that is" },
	{ "cgroup", "CGROUP", FIELD_TEXT, AT(limit, cgroup), "which cgroup is limited" },
};

const struct field_table limit_table = { TABLE("limit", struct limit, limit_fields) };

static const struct field cgroup_total_fields[] = {
	{ "cgroup", "CGROUP", FIELD_TEXT, AT(cgroup_total, cgroup),
	  "path of the cgroup; _other sums those that come after the largest", LABEL },
	{ "files", "FILES", FIELD_NUMBER, AT(cgroup_total, files),
	  "secretmem files of the cgroup", GAUGE },
	{ "size_bytes", "SIZE", FIELD_BYTES, AT(cgroup_total, size_bytes),
	  "size of the cgroup's secretmem files", GAUGE },
	{ "used_bytes", "USED", FIELD_BYTES, AT(cgroup_total, used_bytes),
	  "memory of the pages that the cgroup's files hold", GAUGE },
	{ "reserved_bytes", "RESERVED", FIELD_BYTES, AT(cgroup_total, reserved_bytes),
	  "memory of the chunks that the cgroup's files hold", GAUGE },
	{ "limit_bytes", "LIMIT", FIELD_BYTES, AT(cgroup_total, limit_bytes),
	  "limit of the cgroup for secretmem; unknown where there is none", GAUGE },
	{ "charged_bytes", "CHARGED", FIELD_BYTES, AT(cgroup_total, charged_bytes),
	  "what is charged to the cgroup as secretmem", GAUGE },
};

static const struct field_table cgroup_total_table = {
	TABLE("cgroup", struct cgroup_total, cgroup_total_fields)
};

static const struct field totals_fields[] = {
	{ "files", NULL, FIELD_NUMBER, AT(totals, files),
	  "secretmem files that are known", GAUGE },
	{ "holders", NULL, FIELD_NUMBER, AT(totals, holders),
	  "processes that hold secretmem files", GAUGE },
	{ "size_bytes", NULL, FIELD_BYTES, AT(totals, size_bytes),
	  "size of all secretmem files", GAUGE },
	{ "used_bytes", NULL, FIELD_BYTES, AT(totals, used_bytes),
	  "memory of the pages that all files hold", GAUGE },
	{ "touched_bytes", NULL, FIELD_BYTES, AT(totals, touched_bytes),
	  "memory of files that a process has touched, at least", GAUGE },
	{ "amplification_ratio", NULL, FIELD_DECIMAL, AT(totals, amplification_ratio),
	  "direct map in the smallest pages, as a multiple of the secret memory", GAUGE },
	{ "pool_used_percent", NULL, FIELD_PERCENT, AT(totals, pool_used_percent),
	  "how much of the pool is reserved", GAUGE },
	{ "memlock_used_percent", NULL, FIELD_PERCENT, AT(totals, memlock_used_percent),
	  "how much of RLIMIT_MEMLOCK the user has used who is nearest to it", GAUGE },
	{ "cgroup_used_percent", NULL, FIELD_PERCENT, AT(totals, cgroup_used_percent),
	  "how much of its limit the cgroup has used that is nearest to it", GAUGE },
	{ "advised_bytes", NULL, FIELD_BYTES, AT(totals, advised_bytes),
	  "what secretmem= should be, by secretmemctl reserve; from metrics alone", GAUGE },
	{ "cgroups", NULL, FIELD_LIST, AT(totals, cgroups),
	  "the cgroups with the most secret memory", NULL, &cgroup_total_table,
	  .metric = METRIC_GROUP },
};

static const struct field_table totals_table = {
	TABLE("totals", struct totals, totals_fields)
};

static const struct field snapshot_fields[] = {
	{ "source", NULL, FIELD_CONSTANT, AT(snapshot, source),
	  "where it is known from: netlink, procfs or replay", LABEL },
	{ "time", NULL, FIELD_TIME, AT(snapshot, time_ns), "when it was read", GAUGE },
	{ "monotonic_ns", NULL, FIELD_NANOSECONDS, AT(snapshot, monotonic_ns),
	  "the same moment, on the clock that starts at boot", NO_METRIC },
	{ "boot_id", NULL, FIELD_TEXT, AT(snapshot, boot_id),
	  "which boot of the machine that was", NO_METRIC },
	{ "partial", NULL, FIELD_FLAG, AT(snapshot, partial),
	  "whether something could not be read", GAUGE },
	{ "processes", NULL, FIELD_NUMBER, AT(snapshot, processes),
	  "processes that were looked at", GAUGE },
	{ "unreadable_processes", NULL, FIELD_NUMBER, AT(snapshot, unreadable_processes),
	  "processes that could not be looked into", GAUGE },
	{ "interval_seconds", NULL, FIELD_SECONDS, AT(snapshot, interval_ns),
	  "how often it is written anew; unknown where nobody promised", GAUGE },
	{ "scan_age_seconds", NULL, FIELD_SECONDS, AT(snapshot, scan_age_ns),
	  "time since the process was looked at that was looked at longest ago", NO_METRIC },
	{ "info", NULL, FIELD_OBJECT, AT(snapshot, info),
	  "what never changes while the machine runs", NULL, &info_table,
	  .metric = METRIC_INLINE },
	{ "pool", NULL, FIELD_OBJECT, AT(snapshot, pool),
	  "the pool that secret memory is taken from", NULL, &pool_table,
	  .metric = METRIC_GROUP },
	{ "files", NULL, FIELD_LIST, AT(snapshot, files),
	  "the secretmem files", NULL, &file_table, NO_METRIC },
	{ "chunks", NULL, FIELD_LIST, AT(snapshot, chunks),
	  "the chunks in use", NULL, &chunk_table, NO_METRIC },
	{ "direct_map", NULL, FIELD_OBJECT, AT(snapshot, direct_map),
	  "the kernel's direct map", NULL, &direct_map_table, .metric = METRIC_GROUP },
	{ "hibernation", NULL, FIELD_OBJECT, AT(snapshot, hibernation),
	  "whether the machine can hibernate", NULL, &hibernation_table,
	  .metric = METRIC_GROUP },
	{ "limits", NULL, FIELD_LIST, AT(snapshot, limits),
	  "what bounds secret memory", NULL, &limit_table, NO_METRIC },
	{ "totals", NULL, FIELD_OBJECT, AT(snapshot, totals),
	  "sums that name no file and no process", NULL, &totals_table,
	  .metric = METRIC_INLINE },
};

const struct field_table snapshot_table = {
	TABLE("snapshot", struct snapshot, snapshot_fields)
};

static const struct field event_fields[] = {
	{ "type", "TYPE", FIELD_WORD, AT(event, type), "what happened", event_type_words },
	{ "time", "TIME", FIELD_TIME, AT(event, time_ns), "when it happened" },
	{ "monotonic_ns", "MONOTONIC", FIELD_NANOSECONDS, AT(event, monotonic_ns),
	  "the same moment, on the clock that starts at boot" },
	{ "boot_id", "BOOT-ID", FIELD_TEXT, AT(event, boot_id),
	  "which boot of the machine that was" },
	{ "sequence", "SEQUENCE", FIELD_NUMBER, AT(event, sequence),
	  "number of the event in its group since boot; unknown where derived" },
	{ "derived", "DERIVED", FIELD_FLAG, AT(event, derived),
	  "whether it was found by comparing two looks, not told by the kernel" },
	{ "file_id", "FILE", FIELD_NUMBER, AT(event, file_id),
	  "number of the file, never used again" },
	{ "device", "DEVICE", FIELD_NUMBER, AT(event, device),
	  "device of the file, as in st_dev of stat(2)" },
	{ "inode", "INODE", FIELD_NUMBER, AT(event, inode),
	  "inode of the file, as in st_ino of stat(2)" },
	{ "pid", "PID", FIELD_NUMBER, AT(event, pid), "process that did it" },
	{ "uid", "USER", FIELD_USER, AT(event, uid), "user of the process" },
	{ "comm", "COMM", FIELD_TEXT, AT(event, comm), "name of the process" },
	{ "cgroup_id", "CGROUP-ID", FIELD_NUMBER, AT(event, cgroup_id),
	  "number of the process's cgroup" },
	{ "chunk_id", "CHUNK", FIELD_NUMBER, AT(event, chunk_id),
	  "number of this use of the chunk, never used again" },
	{ "position", "POSITION", FIELD_NUMBER, AT(event, position),
	  "position of the chunk in the pool, counted in chunks from 0" },
	{ "bytes", "BYTES", FIELD_BYTES, AT(event, bytes), "how much memory it is about" },
	{ "state", "STATE", FIELD_WORD, AT(event, state),
	  "what a chunk that was released is used for now; unknown where free",
	  chunk_state_words },
	{ "reason", "REASON", FIELD_WORD, AT(event, reason), "why it failed", reason_words },
	{ "page_bytes", "PAGE", FIELD_BYTES, AT(event, page_bytes),
	  "size of the pages of the direct map that were split" },
	{ "count", "COUNT", FIELD_NUMBER, AT(event, count), "how many" },
	{ "owner", "OWNER", FIELD_WORD, AT(event, owner), "who asked for it", owner_words },
	{ "group", "GROUP", FIELD_WORD, AT(event, group),
	  "which events were lost: splits (direct-map) or all others", group_words },
	{ "dropped", "DROPPED", FIELD_NUMBER, AT(event, dropped),
	  "how many events were lost; the last of them had this sequence" },
};

const struct field_table event_table = { TABLE("event", struct event, event_fields) };

bool field_is_numeric(const struct field *field)
{
	return field->type <= FIELD_USER;
}

struct number field_number(const struct field *field, const void *object)
{
	struct number value = { 0 };

	if (field_is_numeric(field))
		value = *(const struct number *)field_place(field, object);
	if (field->type == FIELD_SECONDS)
		value.value /= NS_PER_SECOND;
	if (field->type == FIELD_DECIMAL)
		value.value /= THOUSANDTHS;
	return value;
}

/* An enum's values are small, and the words end with a NULL. */
const char *field_word(const struct field *field, const void *object)
{
	unsigned int i, value = *(const unsigned int *)field_place(field, object);

	for (i = 1; i < value && field->words[i]; i++)
		;
	return i == value ? field->words[i] : NULL;
}

bool field_known(const struct field *field, const void *object)
{
	const void *place = field_place(field, object);

	switch (field->type) {
	case FIELD_NUMBER:
	case FIELD_BYTES:
	case FIELD_PERCENT:
	case FIELD_SECONDS:
	case FIELD_NANOSECONDS:
	case FIELD_DECIMAL:
	case FIELD_USER:
		return ((const struct number *)place)->known;
	case FIELD_TRUTH:
		return *(const enum truth *)place != TRUTH_UNKNOWN;
	case FIELD_WORD:
		return field_word(field, object);
	case FIELD_TEXT:
	case FIELD_CONSTANT:
		return *(char *const *)place;
	case FIELD_LIST:
		return ((const struct list *)place)->known;
	case FIELD_FLAG:
	case FIELD_TIME:
	case FIELD_OBJECT:
		break;
	}
	return true;
}

const char *field_unit(const struct field *field)
{
	switch (field->type) {
	case FIELD_BYTES:
		return "bytes";
	case FIELD_PERCENT:
		return "percent";
	case FIELD_SECONDS:
		return "seconds";
	case FIELD_NANOSECONDS:
		return "ns";
	case FIELD_DECIMAL:
		return "ratio";
	default:
		return NULL;
	}
}
