// SPDX-License-Identifier: GPL-2.0-or-later
#include "layout.h"

#define BRACKETS 2

/* A line for a part, in the order in which parts get theirs. */
struct step {
	enum part part;
	int lines;		/* it gets up to so many by this step */
};

/*
 * The smallest screen shows the title, one a line higher what it is about; 24
 * lines hold all of it. What is higher gives the map and the graph some more,
 * and the table the rest.
 */
static const struct step steps[] = {
	{ SHOW_TITLE, 1 },
	{ SHOW_BODY, 1 },
	{ SHOW_NOTICE, 1 },
	{ SHOW_FILES, 1 },
	{ SHOW_HEADING, 1 },
	{ SHOW_BODY, 3 },
	{ SHOW_POOL, 1 },
	{ SHOW_HIBERNATION, 1 },
	{ SHOW_FOOTER, 1 },
	{ SHOW_TABS, 1 },
	{ SHOW_DIRECT_MAP, 1 },
	{ SHOW_SPLITS, 1 },
	{ SHOW_CHUNKS, 1 },
	{ SHOW_LIMITS, 1 },
	{ SHOW_BODY, 10 },
	{ SHOW_CHUNKS, 2 },
	{ SHOW_BODY, 16 },
	{ SHOW_SPLITS, 2 },
	{ SHOW_CHUNKS, 4 },
	{ SHOW_BODY, 24 },
	{ SHOW_SPLITS, 4 },
	{ SHOW_CHUNKS, 8 },
};

static int least(int a, int b)
{
	return a < b ? a : b;
}

/* What the part still lacks of what the step grants and it wishes. */
static int grant(const struct step *step, const struct wishes *wishes, int has, int left)
{
	int wanted = least(step->lines, wishes->lines[step->part]) - has;

	return wanted > 0 ? least(wanted, left) : 0;
}

static void share_lines(int lines[SHOW_COUNT], const struct wishes *wishes, int height)
{
	size_t i;
	int given;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		given = grant(&steps[i], wishes, lines[steps[i].part], height);
		lines[steps[i].part] += given;
		height -= given;
	}
	lines[SHOW_BODY] += height;
}

int layout_map_width(int width)
{
	return width > LABEL_COLUMNS + BRACKETS ? width - LABEL_COLUMNS - BRACKETS : 0;
}

struct layout layout_of(int width, int height, const struct wishes *wishes)
{
	struct layout layout = { 0 };
	int lines[SHOW_COUNT] = { 0 }, y = 0;
	enum part part;

	share_lines(lines, wishes, height);
	for (part = 0; part < SHOW_COUNT; part++) {
		layout.parts[part] = (struct area){ 0, y, width, lines[part] };
		y += lines[part];
	}
	return layout;
}
