// SPDX-License-Identifier: GPL-2.0-or-later
/* Where keys go while the user types a text, or is in a menu. */
#include <math.h>
#include <wchar.h>

#include "draw.h"
#include "state.h"
#include "xalloc.h"

#define SHORTEST_DELAY 0.1
#define LONGEST_DELAY 3600

/* ---- the text being typed ---- */

static void append(struct state *state, int key)
{
	size_t length = strlen(state->prompt);
	char bytes[8];
	int count;

	if (key < ' ' || key == 0x7f || key >= KEY_SPECIAL)
		return;
	count = key < 0x80 ? snprintf(bytes, sizeof(bytes), "%c", key) :
			     snprintf(bytes, sizeof(bytes), "%lc", (wint_t)key);
	if (count > 0 && length + (size_t)count < sizeof(state->prompt))
		memcpy(state->prompt + length, bytes, (size_t)count + 1);
}

/* A character, however many bytes it has. */
static void erase(struct state *state)
{
	size_t length = strlen(state->prompt);

	while (length && ((unsigned char)state->prompt[--length] & 0xc0) == 0x80)
		;
	state->prompt[length] = '\0';
}

/* ---- what is done with it ---- */

static void take_text(char **text, const char *prompt)
{
	free(*text);
	*text = *prompt ? xstrdup(prompt) : NULL;
}

static void take_search(struct state *state)
{
	take_text(&state->search, state->prompt);
	state_find(state, 1, state_scroll(state)->cursor);
}

static void take_filter(struct state *state)
{
	enum tab tab = state_place(state)->tab;

	take_text(&state->filter[tab], state->prompt);
	table_reopen(state, tab);
}

static void take_delay(struct state *state)
{
	char *end;
	double seconds = strtod(state->prompt, &end);

	if (end == state->prompt || *end || !(seconds >= SHORTEST_DELAY) ||
	    seconds > LONGEST_DELAY)
		state_say(state, true, "a delay is 0.1 to 3600 seconds, not '%s'", state->prompt);
	else
		state->settings.delay_ms = (uint64_t)lround(seconds * 1000);
}

static void take_jump(struct state *state)
{
	take_text(&state->wants_jump, state->prompt);
}

static void (*const takers[])(struct state *state) = {
	[KEYS_SEARCH] = take_search,
	[KEYS_FILTER] = take_filter,
	[KEYS_DELAY] = take_delay,
	[KEYS_JUMP] = take_jump,
};

/* A search goes on while it is typed. */
static void changed(struct state *state)
{
	if (state->keys == KEYS_SEARCH)
		take_search(state);
}

static void type_key(struct state *state, int key)
{
	enum mode_of_keys keys = state->keys;

	switch (key) {
	case KEY_RETURN:
		state->keys = KEYS_VIEW;
		takers[keys](state);
		break;
	case KEY_ESCAPE:
		state->keys = KEYS_VIEW;
		break;
	case KEY_ERASE:
	case KEY_REMOVE:
		erase(state);
		changed(state);
		break;
	case CONTROL('U'):
		*state->prompt = '\0';
		changed(state);
		break;
	case KEY_FUNCTION + 3:
	case KEY_ARROW_DOWN:
		if (keys == KEYS_SEARCH)
			action_run(state, ACTION_FIND_NEXT, key);
		break;
	default:
		append(state, key);
		changed(state);
		break;
	}
}

/* ---- menus ---- */

static size_t menu_count(const struct state *state)
{
	switch (state->keys) {
	case KEYS_SORT:
		return state->columns.count;
	case KEYS_SETUP:
		return setup_count(state);
	default:
		return help_count();
	}
}

static void menu_choose(struct state *state)
{
	size_t cursor = state->menu_scroll.cursor;

	if (state->keys == KEYS_SORT) {
		state_choose_sort(state, cursor, false);
		state->keys = KEYS_VIEW;
	} else if (state->keys == KEYS_SETUP) {
		setup_change(state, cursor);
	}
}

static void menu_move(struct state *state, enum action action)
{
	size_t *cursor = &state->menu_scroll.cursor, last = menu_count(state);
	size_t page = (size_t)state->layout.parts[SHOW_BODY].height + 1;

	last -= last > 0;
	if (action == ACTION_UP)
		*cursor -= *cursor > 0;
	else if (action == ACTION_DOWN)
		*cursor += *cursor < last;
	else if (action == ACTION_PAGE_UP)
		*cursor -= *cursor < page ? *cursor : page;
	else if (action == ACTION_PAGE_DOWN)
		*cursor = *cursor + page > last ? last : *cursor + page;
	else if (action == ACTION_TOP)
		*cursor = 0;
	else if (action == ACTION_BOTTOM)
		*cursor = last;
}

/* Saving, drawing anew and quitting are the same everywhere. */
static void menu_key(struct state *state, int key)
{
	enum action action = key_action(key);

	switch (action) {
	case ACTION_BACK:
	case ACTION_HELP:
	case ACTION_SETUP:
	case ACTION_SORT_MENU:
		state->keys = KEYS_VIEW;
		break;
	case ACTION_ENTER:
	case ACTION_TAG:
		menu_choose(state);
		break;
	case ACTION_SAVE:
	case ACTION_REDRAW:
	case ACTION_PAUSE:
		action_run(state, action, key);
		break;
	case ACTION_QUIT:
		if (key == 'q' && state->keys == KEYS_HELP)
			state->keys = KEYS_VIEW;
		else
			state->wants_quit = true;
		break;
	default:
		menu_move(state, action);
		break;
	}
}

void state_key(struct state *state, int key)
{
	*state->message = '\0';
	switch (state->keys) {
	case KEYS_VIEW:
		action_run(state, key_action(key), key);
		break;
	case KEYS_SORT:
	case KEYS_HELP:
	case KEYS_SETUP:
		menu_key(state, key);
		break;
	default:
		type_key(state, key);
		break;
	}
}
