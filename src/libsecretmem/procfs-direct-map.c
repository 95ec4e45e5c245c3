// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The direct map: how much of it is mapped by pages of which size, and how
 * often pages were split. What an architecture does not tell stays unknown.
 */
#include <string.h>

#include "procfs.h"

#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)

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
 * level 3 (1 GiB). They belong to levels that meminfo has; no others exist.
 */
static void add_splits(struct direct_map *map, const struct text *vmstat)
{
	struct number level2 = word_number(text_find(vmstat, "direct_map_level2_splits "), 10);
	struct number level3 = word_number(text_find(vmstat, "direct_map_level3_splits "), 10);

	list_for_each(level, &map->levels, struct direct_map_level) {
		if (!level->page_bytes.known || level->splits.known)
			continue;
		if (level->page_bytes.value == 2 * MIB || level->page_bytes.value == 4 * MIB)
			level->splits = level2;
		else if (level->page_bytes.value == GIB)
			level->splits = level3;
	}
}

void procfs_direct_map(struct procfs_reader *reader, struct direct_map *map)
{
	struct text *text = &reader->text;

	if (procfs_read_text(reader, reader->proc, "meminfo", text) == READING_FINE)
		add_levels(map, text);
	if (procfs_read_text(reader, reader->proc, "vmstat", text) == READING_FINE)
		add_splits(map, text);
}
