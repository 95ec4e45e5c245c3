// SPDX-License-Identifier: GPL-2.0-or-later
/* The table: headings, and the lines that are in sight. */
#include <ctype.h>

#include "draw.h"
#include "levels.h"
#include "table-internal.h"
#include "xalloc.h"

#define PREFIX_WIDTH 4		/* tag, owner, tree, blank */
#define GAP 1
#define WIDEST_TEXT 28		/* but for the last column, which takes what is left */
#define SHORTEST_FILL 10
#define WIDEST_FILL 40
#define WARNING_PERCENT 75
#define CRITICAL_PERCENT 90

/* A column as it is on the screen. */
struct slot {
	const struct column *column;
	size_t index;		/* in state->columns */
	int x;
	int width;
};

struct drawing {
	const struct state *state;
	struct canvas *canvas;
	struct list *hits;
	struct list slots;	/* of struct slot */
	size_t first;		/* the lines in sight */
	size_t end;
};

static const struct line *line_at(const struct drawing *drawing, size_t index)
{
	return list_at(&drawing->state->lines, index, sizeof(struct line));
}

static char *cell_text(const struct drawing *drawing, const struct column *column,
		       const struct line *line)
{
	struct row row = { .item = line->item, .outer = line->outer };

	return field_text(column->field, column_object(column, &row), &drawing->state->style);
}

static bool aligns_right(const struct field *field)
{
	return field_is_numeric(field) && field->type != FIELD_USER;
}

/* ---- where columns are ---- */

/* Wide enough for what is usual, so that a screen does not move at each look. */
static int usual_width(const struct field *field)
{
	switch (field->type) {
	case FIELD_BYTES:
		return 6;
	case FIELD_SECONDS:
		return 6;
	case FIELD_USER:
		return 8;
	case FIELD_TEXT:
		return 12;
	default:
		return 4;
	}
}

static int natural_width(const struct drawing *drawing, const struct column *column)
{
	int width = text_width(drawing->canvas, column->name) + 1;
	size_t i;

	if (usual_width(column->field) > width)
		width = usual_width(column->field);
	for (i = drawing->first; i < drawing->end; i++) {
		const struct line *line = line_at(drawing, i);
		char *text;
		int own;

		if (line->kind != LINE_ITEM)
			continue;
		text = cell_text(drawing, column, line);
		own = text_width(drawing->canvas, text);
		width = own > width ? own : width;
		free(text);
	}
	if (!field_is_numeric(column->field) && width > WIDEST_TEXT)
		return WIDEST_TEXT;
	return width;
}

/* Those hidden on the left have no slot. */
static void place_columns(struct drawing *drawing)
{
	const struct state *state = drawing->state;
	int x = PREFIX_WIDTH;
	size_t i;

	for (i = (size_t)state->shift; i < state->columns.count; i++) {
		struct slot *slot = list_add(&drawing->slots, sizeof(*slot));

		slot->column = list_at(&state->columns, i, sizeof(struct column));
		slot->index = i;
		slot->x = x;
		slot->width = natural_width(drawing, slot->column);
		x += slot->width + GAP;
		if (i + 1 == state->columns.count && !aligns_right(slot->column->field) &&
		    slot->x < drawing->canvas->width)
			slot->width = drawing->canvas->width - slot->x;
	}
}

/* ---- headings ---- */

static void draw_heading(const struct drawing *drawing, const struct slot *slot, int y)
{
	const struct table *table = drawing->state->tables[state_place(drawing->state)->tab];
	bool sorted = table->sort && !strcmp(table->sort->path, slot->column->path);
	const char *up = glyph(drawing->canvas, "▲", "^");
	const char *down = glyph(drawing->canvas, "▼", "v");
	char *text = xasprintf("%s%s", slot->column->name,
			       !sorted ? "" : table->descending ? down : up);
	struct area hit = { slot->x, y, slot->width, 1 };

	if (aligns_right(slot->column->field))
		put_right(drawing->canvas, slot->x, y, slot->width,
			  sorted ? INK_SORT : INK_HEADING, text);
	else
		put_text(drawing->canvas, slot->x, y, slot->width,
			 sorted ? INK_SORT : INK_HEADING, text);
	add_hit(drawing->hits, &hit, HIT_COLUMN, slot->index);
	free(text);
}

static void draw_headings(const struct drawing *drawing)
{
	const struct area *area = &drawing->state->layout.parts[SHOW_HEADING];

	if (!area->height)
		return;
	ink_area(drawing->canvas, area, INK_HEADING);
	if (state_place(drawing->state)->item) {
		put_text(drawing->canvas, PREFIX_WIDTH, area->y, area->width, INK_HEADING,
			 "FIELD                VALUE");
		return;
	}
	list_for_each(slot, &drawing->slots, struct slot)
		draw_heading(drawing, slot, area->y);
}

/* ---- cells ---- */

static enum ink cell_ink(const struct field *field, const void *object)
{
	uint64_t percent = field_number(field, object).value;

	if (field->type != FIELD_PERCENT || percent < WARNING_PERCENT)
		return INK_PLAIN;
	return percent < CRITICAL_PERCENT ? INK_WARNING : INK_BAD;
}

static void draw_cell(const struct drawing *drawing, const struct slot *slot,
		      const struct line *line, int y)
{
	struct row row = { .item = line->item, .outer = line->outer };
	char *text = cell_text(drawing, slot->column, line);
	enum ink ink = cell_ink(slot->column->field, column_object(slot->column, &row));
	int x = slot->x, width = slot->width;

	/* The last column shows where in the tree a row is. */
	if (line->depth && slot->index + 1 == drawing->state->columns.count) {
		x += 2 * (int)line->depth;
		width -= 2 * (int)line->depth;
	}
	if (aligns_right(slot->column->field))
		put_right(drawing->canvas, x, y, width, ink, text);
	else
		put_text(drawing->canvas, x, y, width, ink, text);
	free(text);
}

/* ---- what stands before a row ---- */

static uint64_t owner_of(const struct drawing *drawing, const struct line *line)
{
	enum tab tab = state_place(drawing->state)->tab;
	const struct secret_file *file = NULL;

	if (line->kind != LINE_ITEM)
		return 0;
	if (tab == TAB_FILES)
		file = line->item;
	else if (tab == TAB_CHUNKS)
		file = find_file(drawing->state->snapshot,
				 ((const struct chunk *)line->item)->file_id);
	return file ? file_owner(file) : 0;
}

static void draw_prefix(const struct drawing *drawing, const struct line *line, int y)
{
	char letter = owner_letter(drawing->state, owner_of(drawing, line));
	struct canvas *canvas = drawing->canvas;

	if (state_is_tagged(drawing->state, line->id))
		put_text(canvas, 0, y, 1, INK_TAGGED, "*");
	if (letter)
		put_format(canvas, 1, y, 1, INK_OWNER + (letter - 'a') % OWNER_INKS, "%c",
			   letter);
	if (line->inside)
		put_text(canvas, 2, y, 1, INK_KEY, line->open ? glyph(canvas, "▾", "-") :
								glyph(canvas, "▸", "+"));
}

/* ---- chunks: how full ---- */

static void draw_fill(const struct drawing *drawing, const struct chunk *chunk, int x, int y)
{
	const struct number whole = drawing->state->snapshot->pool.chunk_bytes;
	struct canvas *canvas = drawing->canvas;
	const struct share used = {
		chunk->used_bytes.value, glyph(canvas, "█", "#"), INK_USED,
	};
	const struct share rest = { 0, glyph(canvas, "·", "."), INK_FREE };
	int width = canvas->width - x - 2;

	if (!whole.known || !chunk->used_bytes.known || width < SHORTEST_FILL)
		return;
	if (width > WIDEST_FILL)
		width = WIDEST_FILL;
	put_text(canvas, x, y, 1, INK_PLAIN, "[");
	put_bar(canvas, x + 1, y, width, &used, 1, whole.value, &rest);
	put_text(canvas, x + 1 + width, y, 1, INK_PLAIN, "]");
}

/* ---- lines inside a row ---- */

/* "name value  name value …" of what is known, but for what @label said. */
static int draw_fields(const struct drawing *drawing, const struct field_table *table,
		       const void *item, int x, int y)
{
	struct canvas *canvas = drawing->canvas;

	table_for_each(field, table) {
		char *text;

		if (field->type == FIELD_LIST || field->type == FIELD_OBJECT || !field->column ||
		    field == table->label || field == table->key || !field_known(field, item))
			continue;
		text = field_text(field, item, &drawing->state->style);
		x += put_format(canvas, x, y, canvas->width - x, INK_DIM, "  %s ", field->column);
		x += put_text(canvas, x, y, canvas->width - x, INK_PLAIN, text);
		free(text);
	}
	return x;
}

static int draw_branch(const struct drawing *drawing, const struct line *line, int y)
{
	struct canvas *canvas = drawing->canvas;
	const char *branch = line->last ? glyph(canvas, "└─ ", "`- ") : glyph(canvas, "├─ ", "|- ");

	return PREFIX_WIDTH + put_text(canvas, PREFIX_WIDTH, y, 3, INK_DIM, branch);
}

static void draw_named(const struct drawing *drawing, const struct line *line,
		       const struct field_table *table, int y)
{
	char *name = item_text(table, line->item);
	int x = draw_branch(drawing, line, y);

	x += put_text(drawing->canvas, x, y, drawing->canvas->width - x, INK_PLAIN, name);
	draw_fields(drawing, table, line->item, x, y);
	free(name);
}

static void draw_chunk(const struct drawing *drawing, const struct line *line, int y)
{
	int x = draw_branch(drawing, line, y);

	x += put_text(drawing->canvas, x, y, drawing->canvas->width - x, INK_PLAIN, "chunk");
	x = draw_fields(drawing, &chunk_table, line->item, x, y);
	draw_fill(drawing, line->item, x + 2, y);
}

#define REGION_WIDTH 12
#define GIB (UINT64_C(1) << 30)

/* "GiB 3  [███▓▓░x     ] 1G 0.0%  2M 99.8%": memory that is not RAM stays blank. */
static void draw_region(const struct drawing *drawing, const struct line *line, int y)
{
	const struct direct_map_region *region = line->item;
	struct canvas *canvas = drawing->canvas;
	const struct share rest = { 0, " ", INK_FREE };
	struct share shares[MOST_LEVELS + 1];
	size_t count = level_shares(canvas, &region->levels, shares);
	char *words = levels_text(canvas, &region->levels, &drawing->state->style), *secret;
	int x = PREFIX_WIDTH + REGION_WIDTH, width = canvas->width / 2 - x;

	shares[count++] = (struct share){ region->unmapped_bytes.value, "x", INK_SECRET };
	put_format(canvas, PREFIX_WIDTH, y, REGION_WIDTH, INK_PLAIN, "GiB %llu",
		   (unsigned long long)region->index.value);
	if (width >= SHORTEST_FILL) {
		put_text(canvas, x, y, 1, INK_PLAIN, "[");
		put_bar(canvas, x + 1, y, width - 2, shares, count, GIB, &rest);
		put_text(canvas, x + width - 1, y, 1, INK_PLAIN, "]");
		x += width + 1;
	}
	x += put_text(canvas, x, y, canvas->width - x, INK_PLAIN, words);
	if (region->unmapped_bytes.value) {
		secret = size_text(region->unmapped_bytes.value, drawing->state->style.units);
		put_format(canvas, x, y, canvas->width - x, INK_SECRET, "  x unmapped %s", secret);
		free(secret);
	}
	free(words);
}

static void draw_field(const struct drawing *drawing, const struct line *line, int y)
{
	struct canvas *canvas = drawing->canvas;
	char *text = cell_text(drawing, line->column, line);
	int x = PREFIX_WIDTH + 21;

	put_text(canvas, PREFIX_WIDTH, y, 20, INK_LABEL, line->column->name);
	x += put_text(canvas, x, y, canvas->width - x, INK_PLAIN, text) + 2;
	x = x < 48 ? 48 : x;
	put_text(canvas, x, y, canvas->width - x, INK_DIM, line->column->field->help);
	free(text);
}

static void draw_item(const struct drawing *drawing, const struct line *line, int y)
{
	int x = 0;

	draw_prefix(drawing, line, y);
	list_for_each(slot, &drawing->slots, struct slot) {
		draw_cell(drawing, slot, line, y);
		x = slot->x + slot->width;
	}
	if (state_place(drawing->state)->tab == TAB_CHUNKS)
		draw_fill(drawing, line->item, x + 1, y);
}

static void draw_line(const struct drawing *drawing, const struct line *line, int y)
{
	switch (line->kind) {
	case LINE_ITEM:
		draw_item(drawing, line, y);
		break;
	case LINE_HOLDER:
		draw_named(drawing, line, &holder_table, y);
		break;
	case LINE_PROCESS:
		draw_named(drawing, line, &group_table, y);
		break;
	case LINE_CHUNK:
		draw_chunk(drawing, line, y);
		break;
	case LINE_REGION:
		draw_region(drawing, line, y);
		break;
	case LINE_FIELD:
		draw_field(drawing, line, y);
		break;
	}
}

static enum ink line_ink(const struct drawing *drawing, const struct line *line, bool selected)
{
	const struct state *state = drawing->state;

	if (selected)
		return INK_SELECTED;
	if (state_is_tagged(state, line->id))
		return INK_TAGGED;
	if (state->search && line_has(state, line, state->search))
		return INK_FOUND;
	return INK_PLAIN;
}

static void draw_lines(const struct drawing *drawing)
{
	const struct area *body = &drawing->state->layout.parts[SHOW_BODY];
	size_t i;

	for (i = drawing->first; i < drawing->end; i++) {
		int y = body->y + (int)(i - drawing->first);
		bool selected = i == state_scroll(drawing->state)->cursor;
		struct area line = { 0, y, body->width, 1 };
		enum ink ink = line_ink(drawing, line_at(drawing, i), selected);

		draw_line(drawing, line_at(drawing, i), y);
		if (ink != INK_PLAIN)
			ink_area(drawing->canvas, &line, ink);
		add_hit(drawing->hits, &line, HIT_LINE, i);
	}
}

/* Why there is no line. */
static const char *empty_text(const struct state *state)
{
	const struct place *place = state_place(state);
	const struct view *view = state->tables[place->tab]->view;

	if (!state->snapshot)
		return "Nothing is known yet.";
	if (place->item)
		return "It is gone. Esc goes back.";
	if (state->filter[place->tab])
		return "Nothing matches the filter. Esc removes it.";
	if (place->scope)
		return "No file is left. Esc goes back.";
	if (place->tab == TAB_EVENTS)
		return view->empty;
	if ((place->tab == TAB_OWNERS || place->tab == TAB_CGROUPS) ?
	    !state->snapshot->files.known : !view_known(view, state->snapshot))
		return view->unknown;
	return state->snapshot->partial && place->tab != TAB_DIRECT_MAP ?
	       "No secret memory was seen." : view->empty;
}

void draw_table(const struct state *state, struct canvas *canvas, struct list *hits)
{
	const struct area *body = &state->layout.parts[SHOW_BODY];
	struct drawing drawing = {
		.state = state, .canvas = canvas, .hits = hits,
		.first = state_scroll(state)->top,
	};

	drawing.end = drawing.first + (size_t)body->height;
	if (drawing.end > state->lines.count)
		drawing.end = state->lines.count;
	place_columns(&drawing);
	draw_headings(&drawing);
	if (state->lines.count)
		draw_lines(&drawing);
	else if (body->height)
		put_text(canvas, 1, body->y, body->width - 1, INK_DIM, empty_text(state));
	free(drawing.slots.items);
}
