/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sizes of page that the direct map is made of, as parts of a bar. */
#ifndef SECRETTOP_LEVELS_H
#define SECRETTOP_LEVELS_H

#include "canvas.h"
#include "format.h"

#define MOST_LEVELS 5

/* The shares of a list of levels, the largest pages first. Returns how many. */
size_t level_shares(const struct canvas *canvas, const struct list *levels,
		    struct share shares[MOST_LEVELS]);

/* What the levels map together. */
uint64_t levels_bytes(const struct list *levels);

/* "1G 86.1%  2M 12.9%", each with its glyph of the bar before it. Allocated. */
char *levels_text(const struct canvas *canvas, const struct list *levels,
		  const struct style *style);

#endif
