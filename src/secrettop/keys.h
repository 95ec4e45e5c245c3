/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys: one table from which keys are obeyed, the help screen and the man
 * page are made.
 */
#ifndef SECRETTOP_KEYS_H
#define SECRETTOP_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A key is a character, or one of these, which no character is. */
enum key {
	KEY_NONE,
	KEY_TABULATOR = '\t',
	KEY_RETURN = '\n',
	KEY_ESCAPE = 0x1b,
	KEY_SPACE = ' ',
	KEY_SPECIAL = 0x110000,
	KEY_ARROW_UP,
	KEY_ARROW_DOWN,
	KEY_ARROW_LEFT,
	KEY_ARROW_RIGHT,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_FIRST,		/* Home */
	KEY_LAST,		/* End */
	KEY_BACK_TAB,
	KEY_ERASE,		/* Backspace */
	KEY_REMOVE,		/* Delete */
	KEY_CLICK,
	KEY_WHEEL_UP,
	KEY_WHEEL_DOWN,
	KEY_RESIZED,
	KEY_FUNCTION,		/* F1 is KEY_FUNCTION + 1 */
};

#define CONTROL(letter) ((letter) & 0x1f)

enum action {
	ACTION_NONE,
	ACTION_UP,
	ACTION_DOWN,
	ACTION_PAGE_UP,
	ACTION_PAGE_DOWN,
	ACTION_TOP,
	ACTION_BOTTOM,
	ACTION_LEFT,
	ACTION_RIGHT,
	ACTION_ENTER,
	ACTION_BACK,
	ACTION_NEXT_TAB,
	ACTION_PREVIOUS_TAB,
	ACTION_TAB,		/* by its digit */
	ACTION_FOLLOW,
	ACTION_SEARCH,
	ACTION_FIND_NEXT,
	ACTION_FIND_PREVIOUS,
	ACTION_FILTER,
	ACTION_SORT_MENU,
	ACTION_SORT_PREVIOUS,
	ACTION_SORT_NEXT,
	ACTION_INVERT,
	ACTION_TREE,
	ACTION_EXPAND,
	ACTION_TAG,
	ACTION_UNTAG,
	ACTION_COPY,
	ACTION_PAUSE,
	ACTION_STEP_BACK,
	ACTION_STEP_ON,
	ACTION_SLOWER,
	ACTION_FASTER,
	ACTION_JUMP,
	ACTION_DELAY,
	ACTION_HELP,
	ACTION_SETUP,
	ACTION_SAVE,
	ACTION_REDRAW,
	ACTION_QUIT,
};

/* Keys that do one thing. */
struct binding {
	int keys[4];		/* those not needed are KEY_NONE */
	enum action action;
	const char *help;	/* half a line, no full stop */
	const char *footer;	/* what the last line calls it; NULL: nothing */
};

/* A chapter of the help screen. */
struct binding_group {
	const char *title;
	const struct binding *bindings;
	size_t count;
};

extern const struct binding_group binding_groups[];	/* ends with a NULL title */

enum action key_action(int key);

/* The names of a binding's keys: "Up, k". Allocated. */
char *binding_keys(const struct binding *binding);

/* All of them, as the man page has them: "KEYS<tab>HELP", a title a line alone. */
void keys_print(FILE *stream);

#endif
