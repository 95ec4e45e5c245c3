// SPDX-License-Identifier: GPL-2.0-or-later
/* What the machine can give, what a pool costs it, and what else to mind. */
#include <inttypes.h>

#include "size.h"
#include "sizing/sizing-internal.h"
#include "xalloc.h"

#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)

/* RLIMIT_MEMLOCK of Linux, where nobody sets it. */
#define DEFAULT_MEMLOCK (8 * MIB)

static uint64_t round_down(uint64_t bytes, uint64_t granule)
{
	return bytes - bytes % granule;
}

static struct number lesser(struct number a, struct number b)
{
	if (!a.known || (b.known && b.value < a.value))
		return b;
	return a;
}

static struct number half_of_memory(const struct machine *machine)
{
	if (!machine->memory_bytes.known)
		return (struct number){ 0 };
	return number(round_down(machine->memory_bytes.value / 2, machine->granule_bytes.value));
}

static struct number zone_room(const struct machine *machine)
{
	if (!machine->zone_bytes.known)
		return (struct number){ 0 };
	return number(round_down(machine->zone_bytes.value, machine->granule_bytes.value));
}

struct number sizing_most(const struct machine *machine)
{
	return lesser(half_of_memory(machine), zone_room(machine));
}

static void add_bound(struct sizing *sizing, const char *name, struct number bytes,
		      const char *source, enum confidence confidence, const char *text)
{
	if (bytes.known)
		sizing_add(sizing, &(struct sizing_item){
			ITEM_BOUND, name, .bytes = bytes, .source = source,
			.confidence = confidence,
		}, "%s", text);
}

/*
 * What cannot be moved has to have a place outside of the pool. As much again
 * as it takes now is little enough.
 */
static struct number movable_room(const struct machine *machine)
{
	uint64_t keep = 2 * machine->unmovable_bytes.value;

	if (!machine->memory_bytes.known || !machine->unmovable_bytes.known ||
	    keep > machine->memory_bytes.value)
		return (struct number){ 0 };
	return number(round_down(machine->memory_bytes.value - keep,
				 machine->granule_bytes.value));
}

void add_bounds(const struct sizing_facts *facts, struct sizing *sizing)
{
	const struct machine *machine = facts->machine;

	add_bound(sizing, "half-of-memory", half_of_memory(machine), "/proc/zoneinfo",
		  CONFIDENCE_EXACT, "of more than half of the memory the kernel makes no pool");
	add_bound(sizing, "one-zone", zone_room(machine), "/proc/iomem", CONFIDENCE_AT_LEAST,
		  "the longest stretch of memory in one zone, in which the pool has to lie");
	add_bound(sizing, "movable", movable_room(machine), "/proc/meminfo",
		  CONFIDENCE_ESTIMATE,
		  "what is left if what cannot be moved grows to twice as much");
	sizing->most_bytes = sizing_most(machine);
}

/*
 * A floor is of use against refusals while there is room: what lies in the pool
 * is pinned, or moving it away would leave too little memory.
 */
void add_floor(const struct sizing_facts *facts, struct sizing *sizing)
{
	const struct failures *failures = &facts->snapshot->pool.failures;
	uint64_t refused = failures->pinned.value + failures->low_memory.value;

	if (refused) {
		sizing->floor_bytes = sizing->minimum_bytes;
		sizing_add(sizing, &(struct sizing_item){
			ITEM_ADVICE, "floor", .bytes = sizing->floor_bytes,
			.count = number(refused), .source = facts->snapshot->source,
			.confidence = CONFIDENCE_ESTIMATE,
		}, "%" PRIu64 " refused since boot while the pool had room: kept ready, what is "
			   "needed cannot be refused so", refused);
		return;
	}
	sizing->floor_bytes = facts->keep_floor_bytes.known ? facts->keep_floor_bytes : number(0);
	if (sizing->floor_bytes.value)
		sizing_add(sizing, &(struct sizing_item){
			ITEM_ADVICE, "floor", .bytes = sizing->floor_bytes,
			.source = "next boot", .confidence = CONFIDENCE_STATED,
		}, "the floor that is set for the next boot is kept");
}

static struct number level_pages(const struct direct_map *map, uint64_t page_bytes)
{
	list_for_each(level, &map->levels, struct direct_map_level) {
		if (level->page_bytes.value == page_bytes && level->bytes.known)
			return number(level->bytes.value / page_bytes);
	}
	return (struct number){ 0 };
}

/* The area is aligned to its own size, up to 1 GiB: it ends no more of them than it must. */
static void add_splits(const struct sizing_facts *facts, struct sizing *sizing)
{
	struct number pages = level_pages(&facts->snapshot->direct_map, GIB);
	uint64_t most = (sizing->size_bytes.value + GIB - 1) / GIB;

	if (!pages.value)
		return;
	if (most > pages.value)
		most = pages.value;
	sizing_add(sizing, &(struct sizing_item){
		ITEM_COST, "direct-map-1g", .bytes = number(most * GIB), .count = number(most),
		.source = "direct map", .confidence = CONFIDENCE_COMPUTED,
	}, "at most %" PRIu64 " of %" PRIu64 " mappings of 1 GiB will be split into 2 MiB, and "
		   "none of 2 MiB", most, pages.value);
}

void add_costs(const struct sizing_facts *facts, struct sizing *sizing)
{
	uint64_t movable = sizing->size_bytes.value - sizing->floor_bytes.value;

	sizing_add(sizing, &(struct sizing_item){
		ITEM_COST, "movable-only", .bytes = number(movable), .source = "advice",
		.confidence = CONFIDENCE_COMPUTED,
	}, "while no secret needs it, only what can be moved may lie there");
	if (sizing->floor_bytes.value)
		sizing_add(sizing, &(struct sizing_item){
			ITEM_COST, "floor-unused", .bytes = sizing->floor_bytes,
			.source = "advice", .confidence = CONFIDENCE_COMPUTED,
		}, "the floor is lost to all other uses");
	add_splits(facts, sizing);
}

/* It is charged in whole chunks, and whoever has the default has four files. */
static void add_memlock(const struct sizing_facts *facts, struct sizing *sizing)
{
	uint64_t chunk = facts->machine->chunk_bytes.value;

	if (sizing->minimum_bytes.value <= DEFAULT_MEMLOCK)
		return;
	sizing_add(sizing, &(struct sizing_item){
		ITEM_NOTE, "memlock", .bytes = number(DEFAULT_MEMLOCK),
		.count = number(DEFAULT_MEMLOCK / chunk), .source = "kernel",
		.confidence = CONFIDENCE_COMPUTED,
	}, "a user's default RLIMIT_MEMLOCK, charged by the chunk, is good for %" PRIu64
		   " files: raise it for those who need more (LimitMEMLOCK=)",
		   DEFAULT_MEMLOCK / chunk);
}

static void add_too_much(struct sizing *sizing)
{
	char *most;

	if (!sizing->most_bytes.known || !sizing->size_bytes.known ||
	    sizing->size_bytes.value <= sizing->most_bytes.value)
		return;
	most = size_text(sizing->most_bytes.value, UNITS_IEC);
	sizing_add(sizing, &(struct sizing_item){
		ITEM_NOTE, "too-much", .bytes = sizing->most_bytes, .source = "bounds",
		.confidence = CONFIDENCE_EXACT,
	}, "that is more than this machine can give: at most %s", most);
	free(most);
}

static void add_nothing_known(struct sizing *sizing)
{
	if (!sizing->size_bytes.known)
		sizing_add(sizing, &(struct sizing_item){
			ITEM_NOTE, "nothing-known", .source = "demand",
			.confidence = CONFIDENCE_UNKNOWN,
		}, "no secret memory was seen: state what will run (--plan), or record it "
			   "(secretmemctl monitor) and replay that");
}

static void add_assumed_chunk(const struct sizing_facts *facts, struct sizing *sizing)
{
	if (facts->machine->chunk_assumed)
		sizing_add(sizing, &(struct sizing_item){
			ITEM_NOTE, "chunk", .bytes = facts->machine->chunk_bytes,
			.source = "page size", .confidence = CONFIDENCE_COMPUTED,
		}, "the chunk of a pool here, which no kernel tells as long as there is none");
}

void add_notes(const struct sizing_facts *facts, struct sizing *sizing)
{
	add_assumed_chunk(facts, sizing);
	add_memlock(facts, sizing);
	add_too_much(sizing);
	add_nothing_known(sizing);
}
