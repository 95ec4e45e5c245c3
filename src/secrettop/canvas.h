/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is drawn on: cells of text and ink, nothing of any terminal. The screen
 * and batch mode show the same canvas. Whatever is drawn outside is cut off, so
 * that no drawing has to know how large it is.
 */
#ifndef SECRETTOP_CANVAS_H
#define SECRETTOP_CANVAS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What a cell means. How that looks, the terminal decides; see inks[]. */
enum ink {
	INK_PLAIN,
	INK_DIM,
	INK_LABEL,
	INK_TITLE,
	INK_GOOD,
	INK_WARNING,
	INK_BAD,
	INK_HEADING,
	INK_SORT,		/* the heading that rows are sorted by */
	INK_SELECTED,
	INK_TAGGED,
	INK_FOUND,
	INK_TAB,
	INK_TAB_CHOSEN,
	INK_KEY,
	INK_KEY_TEXT,
	INK_USED,
	INK_RESERVED,
	INK_READY,
	INK_FREE,
	INK_LARGE,		/* pages of the direct map: the largest size */
	INK_MIDDLE,
	INK_SMALL,
	INK_SECRET,		/* not in the direct map at all */
	INK_GRAPH,
	INK_OWNER,		/* the first of OWNER_INKS */
	INK_COUNT = INK_OWNER + 6,
};

#define OWNER_INKS 6

/* How an ink looks. A color is one of the terminal's first eight; -1: its own. */
struct ink_look {
	const char *name;
	int8_t foreground;
	int8_t background;
	bool bold;
	bool reverse;
	bool dim;
	char mark;		/* in tests: what stands for it */
};

extern const struct ink_look inks[INK_COUNT];

#define CELL_BYTES 14

/* A character and what combines with it; no text: behind a wide one. */
struct cell {
	char text[CELL_BYTES];
	uint8_t ink;
	bool reverse;
};

struct canvas {
	int width;
	int height;
	bool ascii;		/* draw with ASCII only */
	struct cell *cells;
};

/* A part of it; may be empty, or reach outside. */
struct area {
	int x;
	int y;
	int width;
	int height;
};

void canvas_resize(struct canvas *canvas, int width, int height);
void canvas_clear(struct canvas *canvas);
void canvas_free(struct canvas *canvas);

/* NULL outside. */
struct cell *canvas_cell(const struct canvas *canvas, int x, int y);

/*
 * Put @text, which is UTF-8, on one line of at most @width columns. What it
 * returns is how many it took. Characters that no terminal should get are
 * shown as escape() shows them, so are all but ASCII where nothing else will do.
 */
int put_text(struct canvas *canvas, int x, int y, int width, enum ink ink, const char *text);
int put_format(struct canvas *canvas, int x, int y, int width, enum ink ink,
	       const char *format, ...) __attribute__((format(printf, 6, 7)));

/* The same, ending at the right of the @width columns. */
void put_right(struct canvas *canvas, int x, int y, int width, enum ink ink, const char *text);

/* @count cells with the same character. */
void put_repeated(struct canvas *canvas, int x, int y, int count, enum ink ink,
		  const char *character);

/* How many columns put_text() would take. */
int text_width(const struct canvas *canvas, const char *text);

/* Give all the cells of a part one ink; .height lines of it. */
void ink_area(struct canvas *canvas, const struct area *area, enum ink ink);

/* Of two drawings the one that this canvas can show. */
static inline const char *glyph(const struct canvas *canvas, const char *utf8,
				const char *ascii)
{
	return canvas->ascii ? ascii : utf8;
}

/* One part of a bar. */
struct share {
	uint64_t amount;
	const char *glyph;
	enum ink ink;
};

/*
 * A bar of @width cells for @whole, of which the shares are parts. What is not
 * nothing has at least a cell, where there are enough of them. Any rest is
 * shown by @rest.
 */
void put_bar(struct canvas *canvas, int x, int y, int width, const struct share *shares,
	     size_t count, uint64_t whole, const struct share *rest);

/* As text with a newline behind each line, blanks at the ends left out. */
void canvas_print(const struct canvas *canvas, bool color, FILE *stream);

/* The inks by their marks, in the same shape. */
void canvas_print_inks(const struct canvas *canvas, FILE *stream);

#endif
