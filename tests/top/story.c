// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A recording that tells the same story each time: a machine with a pool, on
 * which a key store, an agent and a batch job hold secret memory, files come
 * and go, requests fail and the direct map is split. For tests and pictures of
 * what is shown of it.
 *
 * usage: story >RECORDING
 */
#include <inttypes.h>

#include "event.h"
#include "totals.h"
#include "xalloc.h"

#define MiB (UINT64_C(1) << 20)
#define GiB (UINT64_C(1) << 30)
#define SECOND UINT64_C(1000000000)
#define START (UINT64_C(1795343400) * SECOND)	/* 2026-11-22T10:30:00Z */
#define UPTIME UINT64_C(11520)			/* seconds, at the start */
#define LOOKS 20
#define BOOT_ID "4f1d3b52-8f0e-4f2c-9a55-0c1d2e3f4a5b"

/* Who holds files. */
struct actor {
	uint64_t pid;
	uint64_t uid;
	const char *comm;
	const char *cgroup;
	uint64_t cgroup_id;
};

static const struct actor vaultd = { 4121, 990, "vaultd", "/system.slice/vaultd.service", 3411 };
static const struct actor agent = { 5230, 1000, "ssh-agent",
	"/user.slice/user-1000.slice/session-2.scope", 5120 };
static const struct actor keepassxc = { 6012, 1000, "keepassxc",
	"/user.slice/user-1000.slice/session-2.scope", 5120 };
static const struct actor batch = { 7333, 1001, "sign-batch", "/batch.slice/signing.service", 6200 };

struct part {
	const struct actor *actor;
	uint64_t size_mib;
	uint64_t used_kib;
	int from;		/* looks at which it is there */
	int to;
	int64_t age_at_start;	/* seconds */
};

static const struct part parts[] = {
	{ &vaultd, 32, 24 * 1024 + 612, 0, LOOKS, 11400 },
	{ &vaultd, 8, 8 * 1024, 0, LOOKS, 11400 },
	{ &vaultd, 8, 3 * 1024 + 200, 0, LOOKS, 9000 },
	{ &agent, 2, 64, 0, LOOKS, 7205 },
	{ &keepassxc, 4, 1500, 0, LOOKS, 311 },
	{ &batch, 16, 16 * 1024, 6, 15, 0 },
	{ &batch, 16, 9 * 1024, 7, 15, 0 },
	{ &batch, 2, 4, 8, 12, 0 },
	{ &batch, 2, 4, 9, 12, 0 },
};

#define PARTS (sizeof(parts) / sizeof(parts[0]))

static uint64_t chunks_of(const struct part *part)
{
	return (part->size_mib + 1) / 2;
}

static bool is_there(const struct part *part, int look)
{
	return look >= part->from && look < part->to;
}

static void add_holder(struct secret_file *file, const struct part *part)
{
	struct holder *holder = list_add(&file->holders, sizeof(*holder));

	holder->pid = number(part->actor->pid);
	holder->uid = number(part->actor->uid);
	holder->comm = xstrdup(part->actor->comm);
	holder->cgroup = xstrdup(part->actor->cgroup);
	holder->descriptors = number(1);
	holder->path_descriptors = number(0);
	holder->mappings = number(1);
	holder->mapped_bytes = number(part->size_mib * MiB);
	holder->resident_bytes = number(part->used_kib << 10);
	holder->memlock_limit_bytes = number(64 * MiB);
	holder->seen_ns = number(0);
}

static void set_creator(struct creator *creator, const struct actor *actor)
{
	creator->pid = number(actor->pid);
	creator->uid = number(actor->uid);
	creator->comm = xstrdup(actor->comm);
	creator->cgroup_id = number(actor->cgroup_id);
	creator->cgroup = xstrdup(actor->cgroup);
}

static void add_file(struct snapshot *snapshot, size_t index, int look)
{
	const struct part *part = &parts[index];
	struct secret_file *file = list_add(&snapshot->files, sizeof(*file));

	file->id = number(index + 1);
	file->device = number(5);
	file->inode = number(50500 + index);
	set_creator(&file->creator, part->actor);
	file->size_bytes = number(part->size_mib * MiB);
	file->used_bytes = number(part->used_kib << 10);
	file->chunks = number(chunks_of(part));
	file->reserved_bytes = number(chunks_of(part) * 2 * MiB);
	file->wasted_bytes = number(file->reserved_bytes.value - file->used_bytes.value);
	file->reservation = TRUTH_YES;
	file->age_ns = number((uint64_t)(part->age_at_start + look - part->from) * SECOND);
	file->blocks_hibernation = TRUTH_YES;
	file->holders.known = true;
	add_holder(file, part);
}

static void add_chunks(struct snapshot *snapshot, size_t index, uint64_t *position)
{
	const struct part *part = &parts[index];
	uint64_t i, left = part->used_kib << 10;

	for (i = 0; i < chunks_of(part); i++) {
		struct chunk *chunk = list_add(&snapshot->chunks, sizeof(*chunk));

		chunk->id = number(100 * (index + 1) + i);
		chunk->file_id = number(index + 1);
		chunk->position = number((*position)++);
		chunk->used_bytes = number(left < 2 * MiB ? left : 2 * MiB);
		chunk->state = CHUNK_HELD;
		left -= chunk->used_bytes.value;
	}
	*position += index % 2;
}

static void add_ready(struct snapshot *snapshot)
{
	uint64_t i;

	for (i = 0; i < 3; i++) {
		struct chunk *chunk = list_add(&snapshot->chunks, sizeof(*chunk));

		chunk->id = number(10 + i);
		chunk->position = number(61 + i);
		chunk->used_bytes = number(0);
		chunk->state = CHUNK_READY;
	}
}

static void add_files(struct snapshot *snapshot, int look)
{
	uint64_t position = 0;
	size_t i;

	snapshot->files.known = snapshot->chunks.known = true;
	for (i = 0; i < PARTS; i++) {
		if (!is_there(&parts[i], look))
			continue;
		add_file(snapshot, i, look);
		add_chunks(snapshot, i, &position);
	}
	add_ready(snapshot);
}

static void sum_pool(struct snapshot *snapshot, int look)
{
	struct pool *pool = &snapshot->pool;

	*pool = (struct pool){
		.capacity_bytes = number(128 * MiB), .chunk_bytes = number(2 * MiB),
		.floor_bytes = number(6 * MiB), .ready_bytes = number(6 * MiB),
		.floor_missing_bytes = number(0), .quarantined_chunks = number(0),
		.reserved_bytes = number(0), .used_bytes = number(0), .wasted_bytes = number(0),
		.chunks = number(0), .files = number(snapshot->files.count),
		.reserved_peak_bytes = number(100 * MiB), .used_peak_bytes = number(80 * MiB),
	};
	pool->failures = (struct failures){
		number(look >= 11 ? (uint64_t)look - 10 : 0), number(2), number(0), number(0),
		number(0), number(0), number(0),
	};
	list_for_each(file, &snapshot->files, struct secret_file) {
		pool->reserved_bytes.value += file->reserved_bytes.value;
		pool->used_bytes.value += file->used_bytes.value;
		pool->wasted_bytes.value += file->wasted_bytes.value;
		pool->chunks.value += file->chunks.value;
	}
	pool->available_bytes = number(128 * MiB - pool->reserved_bytes.value);
	pool->free_chunks = number(pool->available_bytes.value / (2 * MiB));
}

/* Others split the direct map now and then; a module was loaded at look 9. */
static void add_direct_map(struct snapshot *snapshot, int look)
{
	static const uint64_t splits[LOOKS] = {
		41, 41, 41, 43, 43, 43, 44, 48, 48, 120, 131, 131, 132, 132, 132, 135, 135, 135,
		135, 136,
	};
	struct direct_map *map = &snapshot->direct_map;
	uint64_t small = (24 + splits[look] / 8) * MiB;
	struct direct_map_level *level;

	map->origin = ORIGIN_MAP;
	direct_map_level(&map->levels, 4096)->bytes = number(small);
	level = direct_map_level(&map->levels, 2 * MiB);
	level->bytes = number(2 * GiB - small - snapshot->pool.reserved_bytes.value);
	level->splits = number(splits[look]);
	level->secretmem_splits = number(0);
	level = direct_map_level(&map->levels, GiB);
	level->bytes = number(6 * GiB);
	level->splits = number(2);
	level->secretmem_splits = number(1);
	map->unmapped_bytes = snapshot->pool.reserved_bytes;
	map->removals = number(40 + (uint64_t)look);
	map->restores = number((uint64_t)look);
	map->restore_failures = number(0);
}

static void add_regions(struct snapshot *snapshot)
{
	uint64_t i, small = 0;
	struct list *regions = &snapshot->direct_map.regions;

	list_for_each(level, &snapshot->direct_map.levels, struct direct_map_level) {
		if (level->page_bytes.value == 4096)
			small = level->bytes.value;
	}
	for (i = 0; i < 8; i++) {
		struct direct_map_region *region = list_add(regions, sizeof(*region));
		uint64_t unmapped = i == 7 ? snapshot->pool.reserved_bytes.value : 0;

		region->index = number(i);
		region->unmapped_bytes = number(unmapped);
		direct_map_level(&region->levels, 4096)->bytes = number(i ? 0 : small);
		direct_map_level(&region->levels, 2 * MiB)->bytes =
			number(i && i < 7 ? 0 : GiB - (i ? 0 : small) - unmapped);
		direct_map_level(&region->levels, GiB)->bytes = number(i && i < 7 ? GiB : 0);
	}
}

static void add_blockers(struct snapshot *snapshot)
{
	snapshot->hibernation.available = TRUTH_NO;
	list_for_each(file, &snapshot->files, struct secret_file) {
		struct blocker *blocker = list_add(&snapshot->hibernation.blockers,
						   sizeof(*blocker));

		blocker->kind = BLOCKER_FILE;
		blocker->certain = TRUTH_YES;
		blocker->inode = file->inode;
		blocker->pid = file->creator.pid;
		blocker->comm = xstrdup(file->creator.comm);
	}
}

static struct limit *add_limit(struct snapshot *snapshot, enum limit_kind kind, uint64_t bytes,
			       uint64_t charged)
{
	struct limit *limit = list_add(&snapshot->limits, sizeof(*limit));

	limit->kind = kind;
	limit->limit_bytes = number(bytes);
	limit->charged_bytes = number(charged);
	limit->used_percent = number(100 * charged / bytes);
	return limit;
}

static void add_limits(struct snapshot *snapshot)
{
	uint64_t charged = 0;

	list_for_each(file, &snapshot->files, struct secret_file) {
		if (file->creator.uid.value == vaultd.uid)
			charged += file->reserved_bytes.value;
	}
	add_limit(snapshot, LIMIT_POOL, 128 * MiB, snapshot->pool.reserved_bytes.value);
	add_limit(snapshot, LIMIT_MEMLOCK, 64 * MiB, charged)->uid = number(vaultd.uid);
	add_limit(snapshot, LIMIT_CGROUP, 56 * MiB, charged)->cgroup = xstrdup(vaultd.cgroup);
}

static void fill(struct snapshot *snapshot, int look)
{
	snapshot->source = "netlink";
	snapshot->time_ns = START + (uint64_t)look * SECOND;
	snapshot->monotonic_ns = number((UPTIME + (uint64_t)look) * SECOND);
	snapshot->boot_id = xstrdup(BOOT_ID);
	snapshot->processes = number(143);
	snapshot->unreadable_processes = number(0);
	snapshot->scan_age_ns = number(7 * SECOND);
	snapshot->info = (struct info){
		.available = TRUTH_YES, .mode = MODE_POOLED, .family_version = number(2),
		.kernel_release = xstrdup("6.12.117-series"), .machine = xstrdup("x86_64"),
	};
	add_files(snapshot, look);
	sum_pool(snapshot, look);
	add_direct_map(snapshot, look);
	add_regions(snapshot);
	add_blockers(snapshot);
	add_limits(snapshot);
	totals_fill(snapshot);
}

/* ---- events ---- */

static void set_moment(struct event *event, int look)
{
	/* Between two looks. */
	event->time_ns = START + (uint64_t)look * SECOND - SECOND / 4;
	event->monotonic_ns = number((UPTIME + (uint64_t)look) * SECOND - SECOND / 4);
	event->boot_id = xstrdup(BOOT_ID);
}

static void print_event(struct event *event)
{
	static uint64_t sequence = 100;
	struct record record = { .event = *event };

	record.event.sequence = number(sequence++);
	record_print_json(&record, stdout);
	event_clear(&record.event);
}

static void print_file_event(enum event_type type, size_t index, int look)
{
	const struct part *part = &parts[index];
	struct event event = { .type = type };

	set_moment(&event, look);
	event.file_id = number(index + 1);
	event.device = number(5);
	event.inode = number(50500 + index);
	event.pid = number(part->actor->pid);
	event.uid = number(part->actor->uid);
	event.comm = xstrdup(part->actor->comm);
	event.cgroup_id = number(part->actor->cgroup_id);
	print_event(&event);
}

static void print_split(int look, uint64_t count)
{
	struct event event = { .type = EVENT_SPLIT };

	set_moment(&event, look);
	event.page_bytes = number(2 * MiB);
	event.count = number(count);
	event.owner = OWNER_OTHER;
	print_event(&event);
}

static void print_failure(int look)
{
	struct event event = { .type = EVENT_RESERVE_FAILED };

	set_moment(&event, look);
	event.pid = number(batch.pid);
	event.uid = number(batch.uid);
	event.comm = xstrdup(batch.comm);
	event.bytes = number(64 * MiB);
	event.reason = REASON_POOL_EXHAUSTED;
	print_event(&event);
}

static void print_events(int look)
{
	size_t i;

	for (i = 0; i < PARTS && look; i++) {
		if (parts[i].from == look)
			print_file_event(EVENT_FILE_CREATED, i, look);
		if (parts[i].to == look)
			print_file_event(EVENT_FILE_RELEASED, i, look);
	}
	if (look == 9)
		print_split(look, 72);
	if (look >= 11)
		print_failure(look);
}

int main(void)
{
	int look;

	for (look = 0; look < LOOKS; look++) {
		struct record record = { .event.type = EVENT_SNAPSHOT };

		print_events(look);
		fill(&record.snapshot, look);
		record.event.time_ns = record.snapshot.time_ns;
		record.event.monotonic_ns = record.snapshot.monotonic_ns;
		record.event.boot_id = xstrdup(BOOT_ID);
		record_print_json(&record, stdout);
		record_clear(&record);
	}
	return fflush(stdout) ? 1 : 0;
}
