// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "samples.h"
#include "xalloc.h"

#define MiB (UINT64_C(1) << 20)
#define GiB (UINT64_C(1) << 30)
#define HOUR_NS (UINT64_C(3600) * 1000000000)

static void set_known(struct list *list)
{
	list->known = true;
}

/* A kernel that tells nothing. */
static void fill_unknown(struct snapshot *snapshot)
{
	snapshot->source = "netlink";
	snapshot->time_ns = UINT64_C(1795334468123456789);
}

static void add_level(struct snapshot *snapshot, uint64_t page_bytes, uint64_t bytes)
{
	direct_map_level(&snapshot->direct_map.levels, page_bytes)->bytes = number(bytes);
}

/* A stock kernel, and nobody there. */
static void fill_empty(struct snapshot *snapshot)
{
	fill_unknown(snapshot);
	snapshot->source = "procfs";
	snapshot->monotonic_ns = number(UINT64_C(86400123456789));
	snapshot->boot_id = xstrdup("c3f1ba54-0dc1-4b29-9a0c-2e2f0b6a3e11");
	snapshot->direct_map.origin = ORIGIN_MEMINFO;
	snapshot->processes = number(120);
	snapshot->unreadable_processes = number(0);
	snapshot->info.available = TRUTH_YES;
	snapshot->info.mode = MODE_STOCK;
	snapshot->info.kernel_release = xstrdup("6.12.117");
	snapshot->info.machine = xstrdup("x86_64");
	snapshot->hibernation.available = TRUTH_YES;
	set_known(&snapshot->hibernation.blockers);
	set_known(&snapshot->files);
	set_known(&snapshot->limits);
	add_level(snapshot, 4096, 16 * MiB);
	add_level(snapshot, 2 * MiB, 1008 * MiB);
	add_level(snapshot, GiB, 7 * GiB);
}

static struct holder *add_holder(struct secret_file *file, uint64_t pid, const char *comm)
{
	struct holder *holder = list_add(&file->holders, sizeof(*holder));

	holder->pid = number(pid);
	holder->uid = number(1000);
	holder->comm = xstrdup(comm);
	holder->cgroup = xstrdup("/user.slice/vault.service");
	holder->descriptors = number(1);
	holder->path_descriptors = number(0);
	holder->mappings = number(1);
	holder->mapped_bytes = number(32 * MiB);
	holder->resident_bytes = number(24 * MiB + 100 * 1024);
	holder->memlock_limit_bytes = number(8 * MiB);
	return holder;
}

static void add_blocker(struct snapshot *snapshot, enum blocker_kind kind, uint64_t pid,
			const char *comm)
{
	struct blocker *blocker = list_add(&snapshot->hibernation.blockers, sizeof(*blocker));

	blocker->kind = kind;
	blocker->certain = TRUTH_YES;
	if (comm) {
		blocker->pid = number(pid);
		blocker->comm = xstrdup(comm);
	}
}

/* A stock kernel with one file. */
static void fill_one(struct snapshot *snapshot)
{
	struct secret_file *file;

	fill_empty(snapshot);
	file = list_add(&snapshot->files, sizeof(*file));
	file->device = number(5);
	file->inode = number(50507);
	file->size_bytes = number(32 * MiB);
	file->blocks_hibernation = TRUTH_YES;
	add_holder(file, 4121, "vaultd");
	add_blocker(snapshot, BLOCKER_FILE, 4121, "vaultd");
	snapshot->hibernation.available = TRUTH_NO;
}

static void fill_pool(struct pool *pool)
{
	pool->capacity_bytes = number(128 * MiB);
	pool->reserved_bytes = number(72 * MiB);
	pool->used_bytes = number(61 * MiB + 512 * 1024);
	pool->wasted_bytes = number(10 * MiB + 512 * 1024);
	pool->floor_bytes = number(16 * MiB);
	pool->ready_bytes = number(6 * MiB);
	pool->floor_missing_bytes = number(2 * MiB);
	pool->available_bytes = number(54 * MiB);
	pool->chunk_bytes = number(2 * MiB);
	pool->chunks = number(36);
	pool->free_chunks = number(27);
	pool->quarantined_chunks = number(1);
	pool->reserved_peak_bytes = number(100 * MiB);
	pool->used_peak_bytes = number(90 * MiB);
	pool->files = number(12);
	pool->failures.pool_exhausted = number(0);
	pool->failures.memlock = number(3);
	pool->failures.direct_map = number(0);
	pool->failures.memory = number(1);
	pool->failures.pinned = number(2);
	pool->failures.low_memory = number(0);
	pool->failures.cgroup = number(4);
}

static void add_pooled_file(struct snapshot *snapshot, uint64_t i)
{
	struct secret_file *file = list_add(&snapshot->files, sizeof(*file));

	file->id = number(i);
	file->device = number(5);
	file->inode = number(50500 + i);
	file->creator.pid = number(4000 + i);
	file->creator.uid = number(1000);
	file->creator.comm = xstrdup("vaultd");
	file->creator.cgroup_id = number(7000 + i);
	file->creator.cgroup = xstrdup("/system.slice/vaultd.service");
	file->size_bytes = number(i * MiB);
	file->used_bytes = number(i * MiB - 4096);
	file->reserved_bytes = number((i + 1) / 2 * 2 * MiB);
	file->wasted_bytes = number(file->reserved_bytes.value - file->used_bytes.value);
	file->chunks = number((i + 1) / 2);
	file->reservation = i % 4 ? TRUTH_YES : TRUTH_NO;
	file->age_ns = number(i * HOUR_NS + 120 * UINT64_C(1000000000));
	file->blocks_hibernation = TRUTH_YES;
	set_known(&file->holders);
}

static void add_chunk(struct snapshot *snapshot, uint64_t id, enum chunk_state state)
{
	struct chunk *chunk = list_add(&snapshot->chunks, sizeof(*chunk));

	chunk->id = number(id);
	if (state == CHUNK_HELD)
		chunk->file_id = number(id / 2 + 1);
	chunk->position = number(3 * id);
	chunk->used_bytes = number(state == CHUNK_READY ? 0 : 2 * MiB - id * 4096);
	chunk->state = state;
}

static void add_limit(struct snapshot *snapshot, enum limit_kind kind, uint64_t limit_bytes,
		      uint64_t charged_bytes)
{
	struct limit *limit = list_add(&snapshot->limits, sizeof(*limit));

	limit->kind = kind;
	limit->limit_bytes = number(limit_bytes);
	limit->charged_bytes = number(charged_bytes);
	limit->used_percent = number(100 * charged_bytes / limit_bytes);
	if (kind == LIMIT_MEMLOCK)
		limit->uid = number(1000);
	if (kind == LIMIT_CGROUP)
		limit->cgroup = xstrdup("/system.slice/vaultd.service");
}

/* What a walk over the page tables tells. */
static void fill_direct_map(struct direct_map *map)
{
	struct direct_map_level *large = direct_map_level(&map->levels, 2 * MiB);
	struct direct_map_region *region;
	uint64_t i;

	direct_map_share(map);
	map->origin = ORIGIN_MAP;
	large->splits = number(17);
	large->secretmem_splits = number(0);
	large->collapses = number(3);
	map->unmapped_bytes = number(72 * MiB);
	map->removals = number(40);
	map->restores = number(4);
	map->restore_failures = number(0);
	for (i = 0; i < 2; i++) {
		region = list_add(&map->regions, sizeof(*region));
		region->index = number(4 * i);
		region->unmapped_bytes = number(72 * MiB * i);
		direct_map_level(&region->levels, 2 * MiB)->bytes = number(GiB - 72 * MiB * i);
	}
}

/* A pooled kernel with many files. */
static void fill_many(struct snapshot *snapshot)
{
	struct secret_file *file;
	uint64_t i;

	fill_empty(snapshot);
	snapshot->source = "netlink";
	snapshot->partial = true;
	snapshot->unreadable_processes = number(3);
	snapshot->info.mode = MODE_POOLED;
	snapshot->info.family_version = number(1);
	fill_pool(&snapshot->pool);
	for (i = 1; i <= 12; i++)
		add_pooled_file(snapshot, i);
	for (i = 0; i < 5; i++)
		add_chunk(snapshot, i, i < 3 ? CHUNK_HELD : i - 3 + CHUNK_READY);
	file = list_at(&snapshot->files, 11, sizeof(*file));
	add_holder(file, 4121, "vaultd");
	add_holder(file, 4300, "agent");
	add_holder(list_at(&snapshot->files, 0, sizeof(*file)), 4121, "vaultd");
	for (i = 0; i < 5; i++)
		add_blocker(snapshot, BLOCKER_FILE, 4121 + i / 2, "vaultd");
	add_blocker(snapshot, BLOCKER_LOCKDOWN, 0, NULL);
	add_blocker(snapshot, BLOCKER_CXL, 0, NULL);
	snapshot->hibernation.available = TRUTH_NO;
	add_limit(snapshot, LIMIT_POOL, 128 * MiB, 72 * MiB);
	add_limit(snapshot, LIMIT_MEMLOCK, 8 * MiB, 6 * MiB);
	add_limit(snapshot, LIMIT_CGROUP, 64 * MiB, 63 * MiB);
	fill_direct_map(&snapshot->direct_map);
}

/* Names that try to break out of a terminal, a table and a JSON string. */
static void fill_hostile(struct snapshot *snapshot)
{
	struct secret_file *file;
	struct holder *holder;

	fill_one(snapshot);
	file = snapshot->files.items;
	file->creator.comm = xstrdup("\x1b]0;x\a\xff\"\\");
	file->creator.cgroup = xstrdup("/a\nb/\xc2\x9b" "2J/\xe2\x82\xac/\xe2\x82");
	holder = add_holder(file, 1, "\xed\xa0\x80,(2)\t");
	free(holder->cgroup);
	holder->cgroup = xstrdup("/\xf0\x9f\x94\x91 key\\x41");
	add_blocker(snapshot, BLOCKER_FILE, 1, "\x1b[31m");
	snapshot->info.kernel_release = (free(snapshot->info.kernel_release),
					 xstrdup("6.12\x1b[2J"));
}

const struct sample samples[] = {
	{ "unknown", fill_unknown },
	{ "empty", fill_empty },
	{ "one", fill_one },
	{ "many", fill_many },
	{ "hostile", fill_hostile },
	{ NULL }
};

const struct sample *sample_find(const char *name)
{
	const struct sample *sample;

	for (sample = samples; sample->name; sample++) {
		if (!strcmp(sample->name, name))
			return sample;
	}
	return NULL;
}
