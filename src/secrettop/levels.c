// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>

#include "levels.h"
#include "xalloc.h"

/* From the largest pages to the smallest; the middle ones share an ink. */
static const struct { const char *utf8, *ascii; } glyphs[MOST_LEVELS] = {
	{ "█", "#" }, { "▓", "=" }, { "▒", "+" }, { "░", "-" }, { "·", "." },
};

static enum ink level_ink(size_t rank, size_t count)
{
	if (!rank)
		return INK_LARGE;
	return rank + 1 == count ? INK_SMALL : INK_MIDDLE;
}

/* By rank: 0 has the largest pages. */
static const struct direct_map_level *ranked(const struct list *levels, size_t rank)
{
	return list_at(levels, levels->count - 1 - rank, sizeof(struct direct_map_level));
}

static size_t shown(const struct list *levels)
{
	return levels->count < MOST_LEVELS ? levels->count : MOST_LEVELS;
}

size_t level_shares(const struct canvas *canvas, const struct list *levels,
		    struct share shares[MOST_LEVELS])
{
	size_t i, count = shown(levels);

	for (i = 0; i < count; i++)
		shares[i] = (struct share){
			ranked(levels, i)->bytes.value,
			glyph(canvas, glyphs[i].utf8, glyphs[i].ascii),
			level_ink(i, count),
		};
	return count;
}

uint64_t levels_bytes(const struct list *levels)
{
	uint64_t sum = 0;

	list_for_each(level, levels, struct direct_map_level)
		sum += level->bytes.value;
	return sum;
}

static uint64_t permille(uint64_t part, uint64_t whole)
{
	if (!whole)
		return 0;
	return (uint64_t)(((unsigned __int128)part * 1000 + whole / 2) / whole);
}

char *levels_text(const struct canvas *canvas, const struct list *levels,
		  const struct style *style)
{
	uint64_t whole = levels_bytes(levels), part;
	size_t i, size;
	char *text;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		errx(EXIT_FAILED, "out of memory");
	for (i = 0; i < shown(levels); i++) {
		char *page = size_text(ranked(levels, i)->page_bytes.value, style->units);

		part = permille(ranked(levels, i)->bytes.value, whole);
		fprintf(stream, "%s%s%s %" PRIu64 ".%" PRIu64 "%%", i ? "  " : "",
			glyph(canvas, glyphs[i].utf8, glyphs[i].ascii), page, part / 10,
			part % 10);
		free(page);
	}
	fclose(stream);
	return text;
}
