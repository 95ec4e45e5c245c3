/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where things are on the screen: a pure function of its size and of what there
 * is to show. Whatever the size, no part lies outside, and none over another.
 */
#ifndef SECRETTOP_LAYOUT_H
#define SECRETTOP_LAYOUT_H

#include "canvas.h"

/* The parts, from top to bottom. */
enum part {
	SHOW_TITLE,
	SHOW_NOTICE,		/* what a source could not tell */
	SHOW_FILES,
	SHOW_POOL,
	SHOW_CHUNKS,
	SHOW_DIRECT_MAP,
	SHOW_SPLITS,
	SHOW_HIBERNATION,
	SHOW_LIMITS,		/* and failures */
	SHOW_TABS,
	SHOW_HEADING,
	SHOW_BODY,
	SHOW_FOOTER,
	SHOW_COUNT,
};

/* How many lines each part could use; 0: there is nothing to show. */
struct wishes {
	int lines[SHOW_COUNT];
};

struct layout {
	struct area parts[SHOW_COUNT];	/* .height 0: not on this screen */
};

/* Where the cells of a part's own begin, behind its label and a bracket. */
#define LABEL_COLUMNS 8

/* The columns that a map or a graph has on a screen of this width. */
int layout_map_width(int width);

struct layout layout_of(int width, int height, const struct wishes *wishes);

#endif
