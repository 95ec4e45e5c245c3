/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drawing: what the history and the state say, as it looks. It changes neither,
 * so that the same of them always looks the same.
 */
#ifndef SECRETTOP_DRAW_H
#define SECRETTOP_DRAW_H

#include "state.h"

/* What a click into an area means. */
enum hit_kind {
	HIT_KEY,		/* as if .value had been pressed */
	HIT_COLUMN,		/* sort by it */
	HIT_LINE,		/* select it */
	HIT_MENU,		/* choose it */
};

struct hit {
	struct area area;
	enum hit_kind kind;
	size_t value;
};

/*
 * Draw what state_settle() settled; the canvas has the size that it was told.
 * @hits, a list of struct hit, may be NULL.
 */
void draw(const struct history *history, const struct state *state, struct canvas *canvas,
	  struct list *hits);

/* draw-head.c: one part each. */
void draw_head(const struct history *history, const struct state *state,
	       struct canvas *canvas);

/* draw-table.c */
void draw_table(const struct state *state, struct canvas *canvas, struct list *hits);

/* draw-menu.c */
void draw_menu(const struct state *state, struct canvas *canvas, struct list *hits);
size_t help_count(void);

void add_hit(struct list *hits, const struct area *area, enum hit_kind kind, size_t value);

#endif
