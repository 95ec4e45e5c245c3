// SPDX-License-Identifier: GPL-2.0-or-later
#include "keys.h"
#include "xalloc.h"

#define F(n) (KEY_FUNCTION + (n))
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct binding moving[] = {
	{ { KEY_ARROW_UP, 'k' }, ACTION_UP, "one row up" },
	{ { KEY_ARROW_DOWN, 'j' }, ACTION_DOWN, "one row down" },
	{ { KEY_PAGE_UP, CONTROL('B') }, ACTION_PAGE_UP, "one page up" },
	{ { KEY_PAGE_DOWN, CONTROL('F') }, ACTION_PAGE_DOWN, "one page down" },
	{ { KEY_FIRST, 'g' }, ACTION_TOP, "to the first row" },
	{ { KEY_LAST, 'G' }, ACTION_BOTTOM, "to the last row" },
	{ { KEY_ARROW_LEFT }, ACTION_LEFT, "columns further left" },
	{ { KEY_ARROW_RIGHT }, ACTION_RIGHT, "columns further right" },
	{ { KEY_RETURN }, ACTION_ENTER, "look into the selected row" },
	{ { KEY_ESCAPE }, ACTION_BACK, "back, or out of what was begun" },
	{ { KEY_TABULATOR }, ACTION_NEXT_TAB, "next view" },
	{ { KEY_BACK_TAB }, ACTION_PREVIOUS_TAB, "previous view" },
	{ { '1', '2', '3', '6' }, ACTION_TAB, "this view" },
	{ { 'F' }, ACTION_FOLLOW, "keep the selected row in sight" },
};

static const struct binding choosing[] = {
	{ { F(3), '/' }, ACTION_SEARCH, "search, as you type", "Search" },
	{ { 'n' }, ACTION_FIND_NEXT, "next row found" },
	{ { 'N' }, ACTION_FIND_PREVIOUS, "previous row found" },
	{ { F(4), '\\' }, ACTION_FILTER,
	  "show rows with a text, or with COLUMN=VALUE, !=, < or >", "Filter" },
	{ { F(6) }, ACTION_SORT_MENU, "choose the column to sort by", "Sort" },
	{ { '<' }, ACTION_SORT_PREVIOUS, "sort by the column before" },
	{ { '>' }, ACTION_SORT_NEXT, "sort by the column after" },
	{ { 'I' }, ACTION_INVERT, "sort the other way round" },
	{ { F(5), 't' }, ACTION_TREE, "show what is inside rows, or not", "Tree" },
	{ { '+', '-' }, ACTION_EXPAND, "show what is inside this row, or not" },
	{ { KEY_SPACE }, ACTION_TAG, "tag the row: the sum of all tagged is shown" },
	{ { 'U' }, ACTION_UNTAG, "untag all rows" },
	{ { 'y' }, ACTION_COPY, "copy the secretmemctl command that shows this" },
};

static const struct binding timing[] = {
	{ { 'Z' }, ACTION_PAUSE, "pause, and go on", "Pause" },
	{ { ',' }, ACTION_STEP_BACK, "pause, and one look back" },
	{ { '.' }, ACTION_STEP_ON, "one look on" },
	{ { '[' }, ACTION_SLOWER, "replay at half the speed" },
	{ { ']' }, ACTION_FASTER, "replay at twice the speed" },
	{ { 'J' }, ACTION_JUMP, "replay from a time: 14:30, 14:30:05, +5m, -90s" },
	{ { 'd' }, ACTION_DELAY, "change the time between looks" },
};

static const struct binding others[] = {
	{ { F(1), 'h', '?' }, ACTION_HELP, "this help", "Help" },
	{ { F(2), 'S' }, ACTION_SETUP, "set up columns and looks", "Setup" },
	{ { 'W' }, ACTION_SAVE, "save the setup" },
	{ { CONTROL('L') }, ACTION_REDRAW, "draw the screen anew" },
	{ { F(10), 'q' }, ACTION_QUIT, "quit", "Quit" },
};

#define GROUP(title, array) { title, array, COUNT(array) }

const struct binding_group binding_groups[] = {
	GROUP("Moving", moving),
	GROUP("Choosing", choosing),
	GROUP("Time", timing),
	GROUP("Other", others),
	{ NULL }
};

static bool has_key(const struct binding *binding, int key)
{
	size_t i;

	/* The digits are a range, of which the table names the ends. */
	if (binding->action == ACTION_TAB)
		return key >= '1' && key <= '6';
	for (i = 0; i < COUNT(binding->keys) && binding->keys[i]; i++) {
		if (binding->keys[i] == key)
			return true;
	}
	return false;
}

enum action key_action(int key)
{
	const struct binding_group *group;
	size_t i;

	for (group = binding_groups; group->title; group++) {
		for (i = 0; i < group->count; i++) {
			if (has_key(&group->bindings[i], key))
				return group->bindings[i].action;
		}
	}
	return ACTION_NONE;
}

static const struct {
	int key;
	const char *name;
} key_names[] = {
	{ KEY_TABULATOR, "Tab" },
	{ KEY_RETURN, "Enter" },
	{ KEY_ESCAPE, "Esc" },
	{ KEY_SPACE, "Space" },
	{ KEY_ARROW_UP, "Up" },
	{ KEY_ARROW_DOWN, "Down" },
	{ KEY_ARROW_LEFT, "Left" },
	{ KEY_ARROW_RIGHT, "Right" },
	{ KEY_PAGE_UP, "PgUp" },
	{ KEY_PAGE_DOWN, "PgDn" },
	{ KEY_FIRST, "Home" },
	{ KEY_LAST, "End" },
	{ KEY_BACK_TAB, "Shift-Tab" },
};

/* The name of a key, into at least 16 bytes. */
static void name_key(int key, char *name)
{
	size_t i;

	for (i = 0; i < COUNT(key_names); i++) {
		if (key_names[i].key == key) {
			strcpy(name, key_names[i].name);
			return;
		}
	}
	if (key > KEY_FUNCTION)
		sprintf(name, "F%d", (key - KEY_FUNCTION) % 100);
	else if (key < ' ')
		sprintf(name, "Ctrl-%c", key + '@');
	else
		sprintf(name, "%c", key);
}

char *binding_keys(const struct binding *binding)
{
	char names[80] = "", name[16];
	size_t i;

	if (binding->action == ACTION_TAB)
		return xstrdup("1 to 6");
	for (i = 0; i < COUNT(binding->keys) && binding->keys[i]; i++) {
		name_key(binding->keys[i], name);
		strcat(names, i ? " " : "");
		strcat(names, name);
	}
	return xstrdup(names);
}


void keys_print(FILE *stream)
{
	const struct binding_group *group;
	size_t i;

	for (group = binding_groups; group->title; group++) {
		fprintf(stream, "%s\n", group->title);
		for (i = 0; i < group->count; i++) {
			char *keys = binding_keys(&group->bindings[i]);

			fprintf(stream, "%s\t%s\n", keys, group->bindings[i].help);
			free(keys);
		}
	}
}
