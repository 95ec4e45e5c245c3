// SPDX-License-Identifier: GPL-2.0-or-later
/* What covers the table for a while: help, setup, the columns to sort by. */
#include "columns.h"
#include "draw.h"
#include "xalloc.h"

#define MENU_WIDTH 30
#define KEYS_WIDTH 16

/* ---- help ---- */

/* The glyphs, which no key tells. */
static const char *const legend[] = {
	"Pool     used, reserved beyond that, _ ready for reservations, free",
	"Chunks   the letter of the owner, as before its files; a capital: more than",
	"         half of it is used; * of several owners, _ ready, ! in quarantine",
	"Direct   the kernel's own mapping of memory, by the size of its pages",
	"Split/s  large pages of it that were split each second, for any reason",
	"-        not known here, which is not 0",
};

#define LEGEND_LINES (sizeof(legend) / sizeof(legend[0]))

size_t help_count(void)
{
	const struct binding_group *group;
	size_t count = 1 + LEGEND_LINES;

	for (group = binding_groups; group->title; group++)
		count += group->count + 2;
	return count;
}

static void put_binding(struct canvas *canvas, const struct binding *binding,
			const struct area *area, int y)
{
	char *keys = binding_keys(binding);

	put_text(canvas, area->x + 2, y, KEYS_WIDTH, INK_KEY, keys);
	put_text(canvas, area->x + 2 + KEYS_WIDTH, y, area->width - 2 - KEYS_WIDTH, INK_PLAIN,
		 binding->help);
	free(keys);
}

/* Line @index of the help on line @y of the screen. */
static void put_help_line(struct canvas *canvas, size_t index, const struct area *area, int y)
{
	const struct binding_group *group;

	if (!index) {
		put_text(canvas, area->x, y, area->width, INK_TITLE, "What the lines mean");
		return;
	}
	index--;
	if (index < LEGEND_LINES) {
		put_text(canvas, area->x + 2, y, area->width - 2, INK_PLAIN, legend[index]);
		return;
	}
	index -= LEGEND_LINES;
	for (group = binding_groups; group->title; group++) {
		if (index == 1)
			put_text(canvas, area->x, y, area->width, INK_TITLE, group->title);
		else if (index >= 2 && index < group->count + 2)
			put_binding(canvas, &group->bindings[index - 2], area, y);
		if (index < group->count + 2)
			return;
		index -= group->count + 2;
	}
}

static void draw_help(const struct state *state, struct canvas *canvas, const struct area *area)
{
	size_t count = help_count(), height = (size_t)area->height, i;
	size_t top = state->menu_scroll.cursor;

	if (top + height > count)
		top = count > height ? count - height : 0;
	for (i = 0; i < height && top + i < count; i++)
		put_help_line(canvas, top + i, area, area->y + (int)i);
}

/* ---- menus ---- */

/* The first line in sight, so that the chosen one is. */
static size_t menu_top(const struct state *state, const struct area *area)
{
	size_t height = (size_t)area->height, cursor = state->menu_scroll.cursor;

	return cursor >= height ? cursor - height + 1 : 0;
}

static char *menu_text(const struct state *state, size_t index)
{
	if (state->keys == KEYS_SETUP)
		return setup_text(state, index);
	return xstrdup(((const struct column *)list_at(&state->columns, index,
						       sizeof(struct column)))->name);
}

static void draw_choices(const struct state *state, struct canvas *canvas,
			 const struct area *area, size_t count, struct list *hits)
{
	size_t top = menu_top(state, area), i;

	for (i = top; i < count && i < top + (size_t)area->height; i++) {
		struct area line = { area->x, area->y + (int)(i - top), area->width, 1 };
		char *text = menu_text(state, i);
		bool title = state->keys == KEYS_SETUP && setup_is_title(state, i);

		put_text(canvas, line.x + 2, line.y, line.width - 2,
			 title ? INK_TITLE : INK_PLAIN, text);
		if (i == state->menu_scroll.cursor) {
			put_text(canvas, line.x, line.y, 1, INK_PLAIN, ">");
			ink_area(canvas, &line, INK_SELECTED);
		}
		add_hit(hits, &line, HIT_MENU, i);
		free(text);
	}
}

/* All between the title and the last line, or a column at the left of the table. */
static struct area menu_area(const struct state *state, const struct canvas *canvas)
{
	const struct area *body = &state->layout.parts[SHOW_BODY];
	struct area area = { 0, 1, canvas->width, canvas->height - 2 };

	if (canvas->height < 3)
		area = (struct area){ 0, 0, canvas->width, canvas->height };
	if (state->keys == KEYS_SORT && body->height > 2)
		area = (struct area){ 0, body->y, MENU_WIDTH, body->height };
	return area;
}

static void clear_area(struct canvas *canvas, const struct area *area)
{
	int y;

	for (y = area->y; y < area->y + area->height; y++)
		put_repeated(canvas, area->x, y, area->width, INK_PLAIN, " ");
}

void draw_menu(const struct state *state, struct canvas *canvas, struct list *hits)
{
	struct area area = menu_area(state, canvas);

	if (hits)
		hits->count = 0;
	clear_area(canvas, &area);
	if (state->keys == KEYS_HELP)
		draw_help(state, canvas, &area);
	else
		draw_choices(state, canvas, &area, state->keys == KEYS_SETUP ?
			     setup_count(state) : state->columns.count, hits);
}
