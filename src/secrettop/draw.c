// SPDX-License-Identifier: GPL-2.0-or-later
/* The whole screen: its parts, and those that all views share. */
#include "draw.h"
#include "xalloc.h"

void add_hit(struct list *hits, const struct area *area, enum hit_kind kind, size_t value)
{
	if (hits)
		*(struct hit *)list_add(hits, sizeof(struct hit)) =
			(struct hit){ *area, kind, value };
}

/* ---- tabs ---- */

/* Whose files these are. Allocated, or NULL. */
static char *scope_text(const struct place *place)
{
	const struct group *scope = place->scope;

	if (!scope)
		return NULL;
	if (place->scope_kind == GROUP_CGROUP)
		return xasprintf("of cgroup %s", scope->cgroup);
	if (place->scope_kind == GROUP_USER)
		return xasprintf("of user %llu", (unsigned long long)scope->uid.value);
	return xasprintf("of %s(%llu)", scope->comm ? scope->comm : "-",
			 (unsigned long long)scope->pid.value);
}

/* "of vaultd(4121)  filter: x  12 lines": what is left out of the table, if anything. */
static char *where_text(const struct state *state)
{
	const struct place *place = state_place(state);
	const char *filter = place->item ? NULL : state->filter[place->tab];
	char *scope = scope_text(place), *text;

	text = xasprintf("%s%s%s%s%s%s%zu line%s", scope ? scope : "", scope ? "  " : "",
			 place->item ? "what is known of it  " : "", filter ? "filter: " : "",
			 filter ? filter : "", filter ? "  " : "", state->lines.count,
			 state->lines.count == 1 ? "" : "s");
	free(scope);
	return text;
}

static void draw_where(const struct state *state, struct canvas *canvas, int x,
		       const struct area *area)
{
	const struct place *place = state_place(state);
	bool narrowed = place->scope || state->filter[place->tab];
	char *text = where_text(state);

	put_right(canvas, x, area->y, area->x + area->width - x,
		  narrowed ? INK_WARNING : INK_DIM, text);
	free(text);
}

static void draw_tabs(const struct state *state, struct canvas *canvas, struct list *hits)
{
	const struct area *area = &state->layout.parts[SHOW_TABS];
	int x = area->x;
	enum tab tab;

	if (!area->height)
		return;
	for (tab = 0; tab < TAB_COUNT; tab++) {
		bool chosen = state_place(state)->tab == tab;
		struct area hit = { x, area->y, 0, 1 };

		hit.width = put_format(canvas, x, area->y, area->width - x,
				       chosen ? INK_TAB_CHOSEN : INK_TAB,
				       chosen ? "[%s]" : " %s ", tab_kinds[tab].name);
		add_hit(hits, &hit, HIT_KEY, (size_t)'1' + tab);
		x += hit.width;
	}
	draw_where(state, canvas, x + 1, area);
}

/* ---- the last line ---- */

static const char *const prompts[] = {
	[KEYS_SEARCH] = "Search",
	[KEYS_FILTER] = "Filter (text, or COLUMN=VALUE, !=, <, >)",
	[KEYS_DELAY] = "Seconds between looks",
	[KEYS_JUMP] = "Time (14:30:05, +5m, -90s)",
	[KEYS_SETUP] = NULL,
};

/* What the keys mean, where a binding has a name for it. */
static void draw_keys(const struct area *area, struct canvas *canvas, struct list *hits)
{
	const struct binding_group *group;
	int x = area->x, function;
	size_t i;

	for (function = 1; function <= 10; function++) {
		for (group = binding_groups; group->title; group++) {
			for (i = 0; i < group->count; i++) {
				const struct binding *binding = &group->bindings[i];
				struct area hit = { x, area->y, 0, 1 };

				if (binding->keys[0] != KEY_FUNCTION + function)
					continue;
				x += put_format(canvas, x, area->y, area->width - x, INK_KEY,
						"F%d", function);
				x += put_format(canvas, x, area->y, area->width - x,
						INK_KEY_TEXT, "%-7s", binding->footer ?
						binding->footer : "");
				hit.width = x - hit.x;
				add_hit(hits, &hit, HIT_KEY, (size_t)(KEY_FUNCTION + function));
			}
		}
	}
}

static void draw_prompt(const struct state *state, const struct area *area,
			struct canvas *canvas)
{
	int x = area->x;
	struct cell *cursor;

	x += put_format(canvas, x, area->y, area->width, INK_KEY, "%s: ", prompts[state->keys]);
	x += put_text(canvas, x, area->y, area->width - x, INK_PLAIN, state->prompt);
	cursor = canvas_cell(canvas, x, area->y);
	if (cursor)
		cursor->reverse = true;
}

static void draw_footer(const struct state *state, struct canvas *canvas, struct list *hits)
{
	const struct area *area = &state->layout.parts[SHOW_FOOTER];
	struct area last = { 0, canvas->height - 1, canvas->width, 1 };

	/* What the user types is seen on any screen. */
	if (state->keys >= KEYS_SEARCH && state->keys <= KEYS_JUMP) {
		put_repeated(canvas, 0, last.y, last.width, INK_PLAIN, " ");
		draw_prompt(state, &last, canvas);
	} else if (*state->message) {
		put_repeated(canvas, 0, last.y, last.width, INK_PLAIN, " ");
		put_text(canvas, 0, last.y, last.width,
			 state->message_is_bad ? INK_BAD : INK_GOOD, state->message);
	} else if (area->height) {
		draw_keys(area, canvas, hits);
	}
}

void draw(const struct history *history, const struct state *state, struct canvas *canvas,
	  struct list *hits)
{
	if (hits)
		hits->count = 0;
	canvas_clear(canvas);
	draw_head(history, state, canvas);
	draw_tabs(state, canvas, hits);
	draw_table(state, canvas, hits);
	if (state->keys >= KEYS_SORT)
		draw_menu(state, canvas, hits);
	draw_footer(state, canvas, hits);
}
