// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A cell has the letter of the owner of its chunks, large where more than half
 * of their memory is used, small where less is. So owner, chunk and waste are
 * one picture, also without color. What several owners share is '*'.
 */
#include "map.h"
#include "xalloc.h"

#define MOST_CHUNKS ((size_t)1 << 24)	/* more are not drawn: a pool of 32 TiB */

/* What the chunks of a cell are. */
struct map_cell {
	uint32_t held;
	uint32_t ready;
	uint32_t quarantined;
	uint64_t used_bytes;
	uint64_t owner;		/* 0: not known */
	bool several;		/* owners */
	bool selected;
};

size_t map_chunks(const struct snapshot *snapshot)
{
	const struct pool *pool = &snapshot->pool;
	uint64_t chunks;

	if (!pool->capacity_bytes.known || !pool->chunk_bytes.known || !pool->chunk_bytes.value)
		return 0;
	chunks = pool->capacity_bytes.value / pool->chunk_bytes.value;
	return chunks > MOST_CHUNKS ? MOST_CHUNKS : (size_t)chunks;
}

static void add_owner(struct map_cell *cell, uint64_t owner)
{
	if (cell->held > 1 && cell->owner != owner)
		cell->several = true;
	cell->owner = owner;
}

static void add_chunk(const struct state *state, struct map_cell *cell,
		      const struct chunk *chunk, const struct secret_file *file)
{
	const struct line *selected = state_selected(state);

	cell->used_bytes += chunk->used_bytes.value;
	if (chunk->state == CHUNK_READY) {
		cell->ready++;
	} else if (chunk->state == CHUNK_QUARANTINED) {
		cell->quarantined++;
	} else {
		cell->held++;
		add_owner(cell, file ? file_owner(file) : 0);
	}
	if (selected && (selected->item == chunk || (file && selected->item == file)))
		cell->selected = true;
}

static void put_cell(const struct state *state, struct canvas *canvas, int x, int y,
		     const struct map_cell *cell)
{
	uint64_t memory = cell->held * state->snapshot->pool.chunk_bytes.value;
	char letter = owner_letter(state, cell->owner), text[2] = "";
	struct cell *drawn;
	enum ink ink;

	if (cell->quarantined) {
		put_text(canvas, x, y, 1, INK_BAD, "!");
	} else if (cell->held) {
		*text = cell->several ? '*' : letter ? letter : '#';
		ink = letter ? INK_OWNER + (letter - 'a') % OWNER_INKS : INK_USED;
		if (2 * cell->used_bytes > memory && letter && !cell->several)
			*text = (char)(letter - 'a' + 'A');
		put_text(canvas, x, y, 1, cell->several ? INK_USED : ink, text);
	} else if (cell->ready) {
		put_text(canvas, x, y, 1, INK_READY, "_");
	} else {
		put_text(canvas, x, y, 1, INK_FREE, glyph(canvas, "·", "."));
	}
	drawn = canvas_cell(canvas, x, y);
	if (drawn)
		drawn->reverse = cell->selected;
}

/* Files by number: chunks come in any order. */
static int compare_files(const void *a, const void *b)
{
	const struct secret_file *first = *(const struct secret_file *const *)a;
	const struct secret_file *second = *(const struct secret_file *const *)b;

	return first->id.value < second->id.value ? -1 : first->id.value > second->id.value;
}

static void sort_files(const struct list *files, struct list *sorted)
{
	list_for_each(file, files, struct secret_file) {
		if (file->id.known)
			*(const struct secret_file **)list_add(sorted, sizeof(file)) = file;
	}
	if (sorted->count)
		qsort(sorted->items, sorted->count, sizeof(struct secret_file *), compare_files);
}

static const struct secret_file *file_of(const struct list *sorted, const struct chunk *chunk)
{
	const struct secret_file key = { .id = chunk->file_id }, *wanted = &key;
	const struct secret_file *const *found = NULL;

	if (sorted->count && chunk->file_id.known)
		found = bsearch(&wanted, sorted->items, sorted->count,
				sizeof(struct secret_file *), compare_files);
	return found ? *found : NULL;
}

static void fill_cells(const struct state *state, struct map_cell *cells, size_t count,
		       size_t chunks)
{
	struct list sorted = { 0 };

	sort_files(&state->snapshot->files, &sorted);
	list_for_each(chunk, &state->snapshot->chunks, struct chunk) {
		uint64_t position = chunk->position.value;

		if (!chunk->position.known || position >= chunks)
			continue;
		add_chunk(state, &cells[chunks <= count ? position : position * count / chunks],
			  chunk, file_of(&sorted, chunk));
	}
	free(sorted.items);
}

void map_draw(const struct state *state, struct canvas *canvas, const struct area *area)
{
	size_t chunks = map_chunks(state->snapshot), count, i;
	struct map_cell *cells;

	if (area->width <= 0 || area->height <= 0 || !chunks)
		return;
	count = (size_t)area->width * (size_t)area->height;
	cells = xcalloc(count, sizeof(*cells));
	fill_cells(state, cells, count, chunks);
	for (i = 0; i < count && i < chunks; i++)
		put_cell(state, canvas, area->x + (int)(i % (size_t)area->width),
			 area->y + (int)(i / (size_t)area->width), &cells[i]);
	free(cells);
}
