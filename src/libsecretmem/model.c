// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "model.h"
#include "xalloc.h"

#define FIRST_BYTES 256

/* Of what is large there is mostly one: thousands of files have one holder each. */
static size_t first_capacity(size_t item_size)
{
	return item_size < FIRST_BYTES ? FIRST_BYTES / item_size : 1;
}

static void list_grow(struct list *list, size_t item_size)
{
	size_t capacity = list->capacity ? 2 * list->capacity : first_capacity(item_size);

	list->items = xreallocarray(list->items, capacity, item_size);
	list->capacity = capacity;
}

void *list_add(struct list *list, size_t item_size)
{
	void *item;

	if (list->count == list->capacity)
		list_grow(list, item_size);
	item = list_at(list, list->count++, item_size);
	list->known = true;
	return memset(item, 0, item_size);
}

struct secret_file *snapshot_find_file(const struct snapshot *snapshot,
				       uint64_t device, uint64_t inode)
{
	list_for_each(file, &snapshot->files, struct secret_file) {
		if (file->device.known && file->device.value == device &&
		    file->inode.known && file->inode.value == inode)
			return file;
	}
	return NULL;
}

struct direct_map_level *direct_map_level(struct list *levels, uint64_t page_bytes)
{
	struct direct_map_level *level;
	size_t at = 0, after;

	list_for_each(known, levels, struct direct_map_level) {
		if (known->page_bytes.value == page_bytes)
			return known;
		at += known->page_bytes.value < page_bytes;
	}
	list_add(levels, sizeof(*level));
	level = list_at(levels, at, sizeof(*level));
	after = levels->count - 1 - at;
	memmove(level + 1, level, after * sizeof(*level));
	*level = (struct direct_map_level){ .page_bytes = number(page_bytes) };
	return level;
}

static void clear_holders(struct list *holders)
{
	list_for_each(holder, holders, struct holder) {
		free(holder->comm);
		free(holder->cgroup);
	}
	free(holders->items);
}

static void clear_files(struct list *files)
{
	list_for_each(file, files, struct secret_file) {
		free(file->creator.comm);
		free(file->creator.cgroup);
		clear_holders(&file->holders);
	}
	free(files->items);
	*files = (struct list){ 0 };
}

static void clear_blockers(struct list *blockers)
{
	list_for_each(blocker, blockers, struct blocker)
		free(blocker->comm);
	free(blockers->items);
	*blockers = (struct list){ 0 };
}

static void clear_limits(struct list *limits)
{
	list_for_each(limit, limits, struct limit)
		free(limit->cgroup);
	free(limits->items);
	*limits = (struct list){ 0 };
}

static void clear_cgroups(struct list *cgroups)
{
	list_for_each(cgroup, cgroups, struct cgroup_total)
		free(cgroup->cgroup);
	free(cgroups->items);
}

void snapshot_clear_details(struct snapshot *snapshot)
{
	clear_files(&snapshot->files);
	free(snapshot->chunks.items);
	snapshot->chunks = (struct list){ 0 };
	clear_blockers(&snapshot->hibernation.blockers);
	clear_limits(&snapshot->limits);
}

static void sum_region(struct list *levels, const struct direct_map_region *region)
{
	list_for_each(part, &region->levels, struct direct_map_level) {
		struct direct_map_level *level = direct_map_level(levels, part->page_bytes.value);

		level->bytes = number(level->bytes.value + part->bytes.value);
	}
}

void direct_map_sum(struct direct_map *map)
{
	list_for_each(level, &map->levels, struct direct_map_level)
		level->bytes = number(0);
	list_for_each(region, &map->regions, struct direct_map_region)
		sum_region(&map->levels, region);
	map->origin = ORIGIN_MAP;
}

void direct_map_share(struct direct_map *map)
{
	uint64_t total = 0;

	list_for_each(level, &map->levels, struct direct_map_level)
		total += level->bytes.value;
	list_for_each(level, &map->levels, struct direct_map_level) {
		if (level->bytes.known && total)
			level->mapped_percent = number((uint64_t)(
				(unsigned __int128)level->bytes.value * 100 / total));
	}
}

void direct_map_clear_regions(struct direct_map *map)
{
	list_for_each(region, &map->regions, struct direct_map_region)
		free(region->levels.items);
	free(map->regions.items);
	map->regions = (struct list){ 0 };
}

void snapshot_clear(struct snapshot *snapshot)
{
	snapshot_clear_details(snapshot);
	free(snapshot->boot_id);
	free(snapshot->info.kernel_release);
	free(snapshot->info.machine);
	direct_map_clear_regions(&snapshot->direct_map);
	free(snapshot->direct_map.levels.items);
	free(snapshot->hibernation.causes.items);
	clear_cgroups(&snapshot->totals.cgroups);
	memset(snapshot, 0, sizeof(*snapshot));
}

void event_clear(struct event *event)
{
	free(event->boot_id);
	free(event->comm);
	memset(event, 0, sizeof(*event));
}
