/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal: puts cells, reads keys, and is left as it was found. */
#ifndef SECRETTOP_TERMINAL_H
#define SECRETTOP_TERMINAL_H

#include "canvas.h"
#include "source.h"

/* A key, and for the mouse's where it was. */
struct pressed {
	int key;		/* KEY_NONE: there is none */
	int x;
	int y;
};

/* Take the terminal over. Crashes give it back, too. */
enum exit_code terminal_open(bool color, struct failure *failure);

/* Give it back, for good or for a while. */
void terminal_close(void);
void terminal_leave(void);
void terminal_return(void);

/* Whether it can show more than ASCII. */
bool terminal_is_ascii(void);

/* Its size now. */
void terminal_size(int *width, int *height);

/* Show what differs from what was shown before, or all. */
void terminal_show(const struct canvas *canvas, bool all);

/* The next key pressed; does not wait. */
struct pressed terminal_key(void);

/* Ask the terminal to put the text into the clipboard; some do. */
void terminal_copy(const char *text);

#endif
