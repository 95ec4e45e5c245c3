// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The direct map: how much of it is mapped by pages of which size, and how
 * often pages were split and joined. What an architecture does not tell stays
 * unknown. Where debugfs has the page tables they count, not what meminfo says.
 */
#include <string.h>

#include "procfs.h"

#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)
#define MOST_MEMORY ((uint64_t)1 << 46)	/* more is a file that is no map */

/* A page size as meminfo has it in "DirectMap2M:": 0 where it is none. */
static uint64_t parse_page_size(const char *word, const char **end)
{
	static const char units[] = "kMG";
	const char *unit;
	uint64_t count;

	if (!take_number(&word, 10, 0, &count) || !*word || word[1] != ':')
		return 0;
	unit = strchr(units, *word);
	*end = word + 2;
	if (!unit || count > GIB)
		return 0;
	return count << (10 * (unit - units + 1));
}

/* "DirectMap4k:      208784 kB" */
static void add_level(struct direct_map *map, const char *line)
{
	uint64_t page_bytes = parse_page_size(line + strlen("DirectMap"), &line);
	struct direct_map_level *level;
	struct number kib;

	if (!page_bytes)
		return;
	kib = word_number(line + strspn(line, " \t"), 10);
	if (!kib.known || kib.value > UINT64_MAX >> 10)
		return;
	level = direct_map_level(&map->levels, page_bytes);
	if (level->bytes.known)
		return;
	level->bytes = number(kib.value << 10);
	map->origin = ORIGIN_MEMINFO;
}

static void add_levels(struct direct_map *map, const struct text *meminfo)
{
	size_t position = 0, length;
	const char *line;

	while (text_next_line(meminfo, &position, &line, &length)) {
		if (length > 9 && !memcmp(line, "DirectMap", 9))
			add_level(map, line);
	}
}

/*
 * x86 counts the splits of level 2 (2 MiB pages, 4 MiB without PAE) and of
 * level 3 (1 GiB), and from 6.16 on what was joined to pages of these levels.
 * They belong to levels that meminfo has; no others exist.
 */
struct level_counts {
	struct number splits;
	struct number collapses;
};

static struct level_counts level_counts(const struct text *vmstat, const char *splits,
					const char *collapses)
{
	return (struct level_counts){
		.splits = word_number(text_find(vmstat, splits), 10),
		.collapses = word_number(text_find(vmstat, collapses), 10),
	};
}

static void keep_counts(struct direct_map_level *level, const struct level_counts *counts)
{
	if (!level->splits.known)
		level->splits = counts->splits;
	level->collapses = counts->collapses;
}

static void add_counts(struct direct_map *map, const struct text *vmstat)
{
	const struct level_counts level2 = level_counts(vmstat, "direct_map_level2_splits ",
							"direct_map_level2_collapses ");
	const struct level_counts level3 = level_counts(vmstat, "direct_map_level3_splits ",
							"direct_map_level3_collapses ");

	list_for_each(level, &map->levels, struct direct_map_level) {
		if (level->page_bytes.value == 2 * MIB || level->page_bytes.value == 4 * MIB)
			keep_counts(level, &level2);
		else if (level->page_bytes.value == GIB)
			keep_counts(level, &level3);
	}
}

/* ---- the page tables, as x86 has them in debugfs ---- */

/* A range of the direct map by physical address. */
struct range {
	uint64_t start;
	uint64_t end;
	uint64_t page_bytes;	/* 0: not mapped */
};

/* The last word of a line is the level that ends there; only a large page is mapped above. */
static uint64_t entry_page_bytes(const char *line, size_t length)
{
	static const struct { const char *end; uint64_t page_bytes; } levels[] = {
		{ " pte", 4096 }, { " pmd", 2 * MIB }, { " pud", GIB },
	};
	size_t i;

	if (!memmem(line, length, " RW ", 4) && !memmem(line, length, " ro ", 4))
		return 0;
	for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (length >= 4 && !memcmp(line + length - 4, levels[i].end, 4))
			return levels[i].page_bytes;
	}
	return 0;
}

/* "0xffff888000000000-0xffff888000200000   2M     RW   PSE   GLB NX pmd" */
static bool parse_entry(const char *line, size_t length, struct range *range)
{
	const char *cursor = line;
	uint64_t start, end;

	if (length < 2 || memcmp(line, "0x", 2))
		return false;
	cursor += 2;
	if (!take_number(&cursor, 16, '-', &start) || strncmp(cursor, "0x", 2))
		return false;
	cursor += 2;
	if (!take_number(&cursor, 16, 0, &end) || end <= start)
		return false;
	*range = (struct range){ start, end, entry_page_bytes(line, length) };
	return true;
}

/* Regions come in order of their address. */
static struct direct_map_region *region_at(struct list *regions, uint64_t index)
{
	struct direct_map_region *last = NULL;

	if (regions->count)
		last = list_at(regions, regions->count - 1, sizeof(*last));
	if (last && last->index.value == index)
		return last;
	last = list_add(regions, sizeof(*last));
	last->index = number(index);
	return last;
}

static void add_range(struct list *regions, struct range range)
{
	while (range.start < range.end) {
		uint64_t next = (range.start / GIB + 1) * GIB;
		uint64_t end = next < range.end ? next : range.end;
		struct direct_map_region *region = region_at(regions, range.start / GIB);
		struct direct_map_level *level = direct_map_level(&region->levels,
								  range.page_bytes);

		level->bytes = number(level->bytes.value + (end - range.start));
		range.start = end;
	}
}

/* What is not mapped there is as well what is no memory: that stays unknown. */
static void add_regions(struct list *regions, const struct text *tables)
{
	size_t position = 0, length;
	bool inside = false, based = false;
	uint64_t base = 0;
	struct range range;
	const char *line;

	while (text_next_line(tables, &position, &line, &length)) {
		if (length > 4 && !memcmp(line, "---[", 4))
			inside = memmem(line, length, "Low Kernel Mapping", 18);
		else if (inside && parse_entry(line, length, &range)) {
			if (!based)
				base = range.start;
			based = true;
			range.start -= base;
			range.end -= base;
			if (range.page_bytes && range.end < MOST_MEMORY)
				add_range(regions, range);
		}
	}
}

static void read_tables(struct procfs_reader *reader, struct direct_map *map)
{
	if (map->regions.known ||
	    procfs_read_text(reader, reader->root, "sys/kernel/debug/page_tables/kernel",
			     &reader->text) != READING_FINE)
		return;
	add_regions(&map->regions, &reader->text);
	if (map->regions.count)
		direct_map_sum(map);
}

void procfs_direct_map(struct procfs_reader *reader, struct direct_map *map)
{
	struct text *text = &reader->text;

	if (procfs_read_text(reader, reader->proc, "meminfo", text) == READING_FINE)
		add_levels(map, text);
	if (procfs_read_text(reader, reader->proc, "vmstat", text) == READING_FINE)
		add_counts(map, text);
	read_tables(reader, map);
}
